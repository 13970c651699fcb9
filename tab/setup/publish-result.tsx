import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
} from '@fluentui/react-components';
import { useState } from 'react';
import type { PublishOutcome } from '../../src/contract.ts';
import { ApiError } from '../api/api-error.ts';
import { askConsent, type ConsentAnswer } from '../host/consent.ts';
import type { Texts } from '../i18n/en.ts';
import { useWords } from '../i18n/words.tsx';
import { Failed } from '../shell/notices.tsx';
import type { Publishing } from './use-publish.ts';

const useStyles = makeStyles({ bar: { flexShrink: 0 }, title: { display: 'block' } });

type Props = { publishing: Publishing; consentPath: string };

/** What became of the press, read out; where consent is missing, with the way to it. */
export function PublishResult({ publishing, consentPath }: Props) {
  const { outcome, error, clear } = publishing;
  return (
    <div aria-live="polite">
      {outcome === null ? null : <Outcome outcome={outcome} />}
      {error === null ? null : needsConsent(error) ? (
        <ConsentNeeded path={consentPath} clear={clear} />
      ) : (
        <Failed error={error} retry={clear} />
      )}
    </div>
  );
}

function needsConsent(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'on_behalf_consent';
}

function Outcome({ outcome }: { outcome: PublishOutcome }) {
  const styles = useStyles();
  const { t } = useWords();
  const { intent, title, text } = told(outcome, t);
  return (
    <MessageBar intent={intent} layout="multiline" className={styles.bar}>
      <MessageBarBody>
        <MessageBarTitle className={styles.title}>{title}</MessageBarTitle>
        {text}
      </MessageBarBody>
    </MessageBar>
  );
}

type Told = { intent: 'success' | 'info' | 'warning' | 'error'; title: string; text: string };

function told(outcome: PublishOutcome, { setup }: Texts): Told {
  switch (outcome.outcome) {
    case 'published':
      return outcome.change === 'none'
        ? { intent: 'info', title: setup.sameTitle(outcome.version), text: setup.same }
        : { intent: 'success', title: setup.publishedTitle(outcome.version), text: setup.published };
    case 'inReview':
      return { intent: 'warning', title: setup.reviewTitle(outcome.version), text: setup.review };
    case 'refused':
      return { intent: 'error', title: setup.refusedTitle, text: setup.refusedBy[outcome.code] ?? outcome.message };
    case 'unknown':
      return { intent: 'warning', title: setup.unknownTitle, text: setup.unknown };
  }
}

/** Consent opens in a window of Teams; afterwards the press is made again by the person, who sees that it is possible. */
function ConsentNeeded({ path, clear }: { path: string; clear: () => void }) {
  const styles = useStyles();
  const { t } = useWords();
  const [answer, setAnswer] = useState<ConsentAnswer | null>(null);
  const [isAsking, setAsking] = useState(false);
  const ask = async () => {
    setAsking(true);
    setAnswer(await askConsent(path));
    setAsking(false);
  };
  if (answer?.given === true) {
    return (
      <MessageBar intent="success" layout="multiline" className={styles.bar}>
        <MessageBarBody>{t.setup.consented}</MessageBarBody>
        <MessageBarActions>
          <Button onClick={clear}>{t.setup.understood}</Button>
        </MessageBarActions>
      </MessageBar>
    );
  }
  return (
    <MessageBar intent="warning" layout="multiline" className={styles.bar}>
      <MessageBarBody>
        <MessageBarTitle className={styles.title}>{t.setup.consentTitle}</MessageBarTitle>
        {answer === null ? t.setup.consent : t.setup.consentNotGiven(answer.why)}
      </MessageBarBody>
      <MessageBarActions>
        <Button disabled={isAsking} onClick={() => void ask()}>
          {t.setup.askConsent}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
