import { describe, expect, it } from 'vitest';
import { decide, THRESHOLDS } from '../../src/rollout/helpdesk/faq/decision.core.ts';
import type { TopicId } from '../../src/rollout/helpdesk/faq/faq-types.core.ts';
import { LABELS, UNRELATED_LABEL } from '../../src/rollout/helpdesk/faq/labels.core.ts';

/** What no topic is given falls to the label of unrelated messages. */
function chances(given: Partial<Record<TopicId, number>>): Float64Array {
  const found = Float64Array.from(LABELS, (topic) => (topic === null ? 0 : (given[topic] ?? 0)));
  found[UNRELATED_LABEL] = 1 - found.reduce((sum, chance) => sum + chance, 0);
  return found;
}

const needsPerson = (topic: TopicId) => topic === 'lost-phone' || topic === 'unexpected-prompt';

describe('decide', () => {
  it.each([
    ['one topic leads', { 'how-to-enrol': 0.9 }, 'answer', ['how-to-enrol']],
    ['others are far behind', { 'how-to-enrol': 0.5, 'which-methods': 0.35 }, 'answer', ['how-to-enrol']],
    ['another is close', { 'how-to-enrol': 0.45, 'which-methods': 0.4 }, 'askBack', ['how-to-enrol', 'which-methods']],
    ['a neighbour is half as likely', { 'no-phone': 0.5, 'lost-phone': 0.3 }, 'askBack', ['no-phone', 'lost-phone']],
    [
      'an urgent neighbour is half as likely',
      { 'code-not-arriving': 0.5, 'unexpected-prompt': 0.3 },
      'askBack',
      ['code-not-arriving', 'unexpected-prompt'],
    ],
    ['a neighbour is far behind', { 'app-password': 0.8, 'old-mail-app': 0.15 }, 'answer', ['app-password']],
    ['the leader needs a person', { 'lost-phone': 0.5, 'no-phone': 0.45 }, 'handOver', ['lost-phone']],
  ] as const)('when %s: %o gives %s', (_when, given, action, topics) => {
    const verdict = decide(chances(given), needsPerson);
    expect([verdict.action, verdict.topics.map(({ topic }) => topic)]).toEqual([action, topics]);
  });

  it('hands over what is ours and fits nothing', () => {
    const spread = Object.fromEntries(LABELS.flatMap((topic) => (topic === null ? [] : [[topic, 0.04]])));
    expect(decide(chances(spread), needsPerson)).toMatchObject({ action: 'handOver', topics: [{ score: 0.04 }] });
  });

  it('is silent just below the threshold, and speaks at it', () => {
    expect(decide(chances({ travel: THRESHOLDS.ours - 0.01 }), needsPerson)).toEqual({ action: 'silent', topics: [] });
    expect(decide(chances({ travel: THRESHOLDS.ours + 0.01 }), needsPerson).action).toBe('answer');
  });

  it('offers no more candidates than fit on a card', () => {
    const { topics } = decide(
      chances({ travel: 0.2, privacy: 0.2, guest: 0.2, postpone: 0.2, scanner: 0.2 }),
      needsPerson,
    );
    expect(topics).toHaveLength(THRESHOLDS.candidatesMax);
  });
});
