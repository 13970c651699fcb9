import { makeStyles, tokens } from '@fluentui/react-components';
import { useEffect } from 'react';
import { type ConsentAnswer, tellConsent } from '../host/consent.ts';
import { useWords } from '../i18n/words.tsx';
import { Empty } from '../shell/notices.tsx';

const useStyles = makeStyles({ page: { padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalXL}` } });

/** Where Microsoft's consent page leads back to: tells Teams, which closes the window, and says so to whoever sees it. */
export function ConsentEnd({ answer, isInTeams }: { answer: ConsentAnswer; isInTeams: boolean }) {
  const styles = useStyles();
  const { t } = useWords();
  useEffect(() => {
    if (isInTeams) tellConsent(answer);
  }, [answer, isInTeams]);
  return (
    <main className={styles.page}>
      {answer.given ? (
        <Empty isPage title={t.setup.consentGivenTitle} text={t.setup.consentGiven} />
      ) : (
        <Empty isPage title={t.setup.consentNotGivenTitle} text={t.setup.consentNotGiven(answer.why)} />
      )}
    </main>
  );
}
