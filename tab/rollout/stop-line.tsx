import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { StopLine } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';

/** How far an enforced phase is from being taken out; where the logs do not say it, that is said and why. */
export function StopLineState({ line }: { line: StopLine }) {
  const { t, f, language } = useWords();
  const { seen, failing, limit, over, known, why, until, days } = line;
  const words = t.rollout.stopLine;
  const intent = over ? 'error' : known && failing === 0 ? 'success' : 'warning';
  const left = Math.max(0, limit - failing);
  return (
    <MessageBar intent={intent} layout="multiline">
      <MessageBarBody>
        {known ? (
          <>
            {words.seen(f, failing, seen)} {over ? words.over : words.left(f, left)}
          </>
        ) : (
          <>
            <strong>{words.blind}</strong> {why[language]} {words.blindNext}
          </>
        )}{' '}
        {words.until(days, f.instant(until))}
      </MessageBarBody>
    </MessageBar>
  );
}
