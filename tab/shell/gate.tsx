/** The pages instead of the tab: no host, no sign-in. Each says in a sentence what helps. */
import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import type { TokenError } from '../host/token.ts';
import { useWords } from '../i18n/words.tsx';
import { Empty, Failed } from './notices.tsx';

const useStyles = makeStyles({
  centre: { display: 'flex', justifyContent: 'center', alignItems: 'center', minHeight: '60vh' },
  page: { padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalXL}` },
});

/** Shown for the moment in which Teams has not answered yet. */
export function Connecting() {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <main className={styles.centre}>
      <Spinner label={t.gate.connecting} />
    </main>
  );
}

/** Shown outside Teams, or when Teams does not answer. */
export function HostProblem({ problem }: { problem: 'outside' | 'silent' }) {
  const styles = useStyles();
  const { t } = useWords();
  const [title, text] =
    problem === 'outside' ? [t.gate.outsideTitle, t.gate.outside] : [t.gate.silentTitle, t.gate.silent];
  return (
    <main className={styles.page}>
      <Empty title={title} text={text}>
        {problem === 'silent' ? <Button onClick={() => location.reload()}>{t.common.retry}</Button> : null}
      </Empty>
    </main>
  );
}

/** Shown when Teams gave no token: with the way to consent where that is what is missing. */
export function SignInProblem({ error, retry }: { error: TokenError; retry: () => void }) {
  const styles = useStyles();
  const { t } = useWords();
  if (error.problem === 'failed') {
    return (
      <main className={styles.page}>
        <Failed error={error} retry={retry} />
      </main>
    );
  }
  const [title, text] =
    error.problem === 'consent' ? [t.gate.consentTitle, t.gate.consent] : [t.gate.cancelledTitle, t.gate.cancelled];
  return (
    <main className={styles.page}>
      <Empty title={title} text={text}>
        <Button appearance="primary" onClick={retry}>
          {t.common.retry}
        </Button>
      </Empty>
    </main>
  );
}
