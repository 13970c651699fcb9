/**
 * The handshake with Teams. Teams' own library waits a minute for a host that never answers; this one says so after
 * five seconds and goes on listening, so that a slow host still gets its tab.
 */
import { app } from '@microsoft/teams-js';
import { type ThemeName, themeNamed } from './theme.ts';

const HOST_WAIT_MS = 5_000;

/** What Teams tells the tab when it opens it. */
export type Teams = {
  theme: ThemeName;
  /** As Teams writes it, such as `en-us`. */
  locale: string;
  /** Where a deep link leads, as the link's maker wrote it. */
  subPageId: string | null;
};

/** How far the tab has come with its host. `outside`: opened in a browser of its own, where there is no sign-in. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'outside' }
  | { state: 'silent' }
  | { state: 'teams'; teams: Teams };

/**
 * Connects to Teams and reports each state reached. `silent` may be followed by `teams` when the host answers late.
 * Returns a function that stops the reports.
 */
export function connectToTeams(report: (connection: Connection) => void): () => void {
  let isStopped = false;
  const tell = (connection: Connection) => {
    if (!isStopped) report(connection);
  };
  const timer = setTimeout(() => tell({ state: 'silent' }), HOST_WAIT_MS);
  const stop = () => {
    isStopped = true;
    clearTimeout(timer);
  };
  void greet()
    .then(tell)
    .finally(() => clearTimeout(timer));
  return stop;
}

async function greet(): Promise<Connection> {
  try {
    await app.initialize(allowedOrigins());
  } catch {
    // The library refuses at once when there is no parent window, and after its own minute when the parent is silent.
    return window.parent === window ? { state: 'outside' } : { state: 'silent' };
  }
  const context = await app.getContext();
  app.notifyAppLoaded();
  const subPageId = context.page.subPageId;
  return {
    state: 'teams',
    teams: {
      theme: themeNamed(context.app.theme),
      locale: context.app.locale,
      subPageId: subPageId === undefined || subPageId === '' ? null : subPageId,
    },
  };
}

/** Hosts beside Microsoft's own that the server allows; it names them only in sandbox mode. */
function allowedOrigins(): string[] | undefined {
  const content = document.querySelector('meta[name="teams-valid-origins"]')?.getAttribute('content') ?? '';
  const origins = content.split(/[\s,]+/).filter((origin) => origin !== '');
  return origins.length === 0 ? undefined : origins;
}

/** Tells Teams that the tab can be shown. Also said when the sign-in failed: else Teams hides our explanation. */
export function sayReady(): void {
  app.notifySuccess().catch(() => {
    // A Teams that went away meanwhile needs no word, and there is nobody to tell.
  });
}

/** Calls `apply` whenever the person changes the theme of Teams. */
export function followTheme(apply: (theme: ThemeName) => void): void {
  app.registerOnThemeChangeHandler((name) => apply(themeNamed(name)));
}
