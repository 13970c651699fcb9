import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { AskOutcome } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { Failed } from './notices.tsx';
import type { Press } from './use-press.ts';

/** What became of a press about a person, a request or a class, read out; in the reader's language. */
export function AskResult<B>({ press }: { press: Press<B, AskOutcome> }) {
  const { t, language } = useWords();
  const { outcome, error } = press;
  if (error !== null) return <Failed error={error} retry={press.clear} />;
  if (outcome === null) return null;
  const text = (): string => {
    switch (outcome.outcome) {
      case 'refused':
        return outcome.message[language];
      case 'stale':
        return t.decision.stale;
      case 'done':
      case 'already':
        return outcome.note?.[language] ?? t.decision.recorded;
    }
  };
  return (
    <div aria-live="polite">
      <MessageBar intent={outcome.outcome === 'done' ? 'success' : 'warning'} layout="multiline">
        <MessageBarBody>{text()}</MessageBarBody>
      </MessageBar>
    </div>
  );
}
