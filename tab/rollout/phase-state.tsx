import { Badge } from '@fluentui/react-components';
import type { PhaseSummary } from '../../src/contract.ts';
import type { PhaseState } from '../i18n/keys.ts';
import type { Words } from '../i18n/words.tsx';
import { useWords } from '../i18n/words.tsx';

const COLOR = {
  planned: 'subtle',
  announced: 'informative',
  observing: 'brand',
  blocked: 'danger',
  ready: 'warning',
  approved: 'brand',
  enforced: 'success',
  held: 'danger',
  rolledBack: 'danger',
} as const;

/** The state of a phase as a word. */
export function StateBadge({ state, waiting = false }: { state: PhaseState; waiting?: boolean }) {
  const { t } = useWords();
  return (
    <Badge
      appearance={state === 'planned' ? 'outline' : 'tint'}
      shape="rounded"
      color={waiting ? 'informative' : COLOR[state]}
    >
      {waiting ? t.rollout.waiting : t.rollout.state[state]}
    </Badge>
  );
}

/** The day of a phase in words: when it will be enforced, or was. */
export function dayText({ state, enforceOn, enforcedAt }: PhaseSummary, { t, f }: Words): string {
  const isDone = state === 'enforced' && enforcedAt !== null;
  return isDone ? t.rollout.wasOn(f.instant(enforcedAt)) : t.rollout.on(f.day(enforceOn));
}

/** What comes next for a phase. */
export function nextText({ state, waiting, announceOn, enforceOn }: PhaseSummary, { t, f }: Words): string {
  if (waiting) return t.rollout.waits;
  return t.rollout.next[state](f.day(state === 'planned' ? announceOn : enforceOn));
}
