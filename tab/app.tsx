import { FluentProvider, makeStyles, tokens } from '@fluentui/react-components';
import { lazy, Suspense, useEffect, useState } from 'react';
import { ApiProvider } from './api/api.tsx';
import { createApiClient } from './api/client.ts';
import { type Connection, connectToTeams, followTheme, sayReady, type Teams } from './host/connect.ts';
import { consentAnswer } from './host/consent.ts';
import { fluentTheme, type ThemeName, themeNamed } from './host/theme.ts';
import { readToken } from './host/token.ts';
import { WordsProvider, wordsFor } from './i18n/words.tsx';
import { formatRoute, isConfiguring, parseRoute } from './route.ts';
import { Connecting, HostProblem } from './shell/gate.tsx';
import { Shell } from './shell/shell.tsx';

// Pages that Teams opens in a window of their own, seldom: nobody else's first visit pays for them.
const Configure = lazy(async () => ({ default: (await import('./configure/configure.tsx')).Configure }));
const ConsentEnd = lazy(async () => ({ default: (await import('./setup/consent-end.tsx')).ConsentEnd }));

const useStyles = makeStyles({
  page: { minHeight: '100vh', boxSizing: 'border-box', backgroundColor: tokens.colorNeutralBackground2 },
});

/** The whole tab: waits for Teams, then signs in and shows the pages in Teams' theme and the person's language. */
export function App() {
  const styles = useStyles();
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' });
  const [theme, setTheme] = useState<ThemeName>(themeBefore);
  useEffect(
    () =>
      connectToTeams((reached) => {
        setConnection(reached);
        if (reached.state === 'teams') enter(reached.teams, setTheme);
      }),
    [],
  );
  useEffect(() => {
    // What the browser draws by itself, such as the picker of a day, has no theme of Teams.
    document.documentElement.style.colorScheme = theme === 'default' ? 'light' : 'dark';
  }, [theme]);
  const locale = connection.state === 'teams' ? connection.teams.locale : navigator.language;
  return (
    <FluentProvider theme={fluentTheme(theme)}>
      {/* Fluent hands the provider's own class on to dialogs and drawers, which must not be painted like the page. */}
      <div className={styles.page}>
        <WordsProvider locale={locale}>
          <Stage connection={connection} locale={locale} />
        </WordsProvider>
      </div>
    </FluentProvider>
  );
}

function Stage({ connection, locale }: { connection: Connection; locale: string }) {
  const consent = consentAnswer(location.search);
  if (consent !== null && connection.state !== 'connecting') {
    return (
      <Suspense fallback={<Connecting />}>
        <ConsentEnd answer={consent} isInTeams={connection.state === 'teams'} />
      </Suspense>
    );
  }
  switch (connection.state) {
    case 'connecting':
      return <Connecting />;
    case 'outside':
    case 'silent':
      return <HostProblem problem={connection.state} />;
    case 'teams':
      return isConfiguring(location.hash) ? (
        <Suspense fallback={<Connecting />}>
          <Configure />
        </Suspense>
      ) : (
        <SignedIn locale={locale} />
      );
  }
}

function SignedIn({ locale }: { locale: string }) {
  const [client] = useState(() =>
    createApiClient({ readToken, language: wordsFor(locale).language, fetch: (...args) => fetch(...args) }),
  );
  // Said once something is on screen, whatever became of the sign-in: else Teams would cover it with its own error page.
  useEffect(sayReady, []);
  return (
    <ApiProvider client={client}>
      <Shell />
    </ApiProvider>
  );
}

/** With these the manifest and the channel's tab are opened; any other page is where the person already was. */
const ENTRANCES: ReadonlySet<string> = new Set(['', '#overview']);

/** A deep link decides the first page, unless the address already has one (a reload inside Teams). */
function enter(teams: Teams, setTheme: (theme: ThemeName) => void): void {
  setTheme(teams.theme);
  followTheme(setTheme);
  if (teams.subPageId !== null && ENTRANCES.has(location.hash)) {
    location.replace(formatRoute(parseRoute(teams.subPageId)));
  }
}

/** Before Teams has said its theme, the system's choice spares a flash of white. */
function themeBefore(): ThemeName {
  return themeNamed(window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'default');
}
