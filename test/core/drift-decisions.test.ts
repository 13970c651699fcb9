/** Who may decide what about a finding, what an approval is bound to, and what is let stand for a time. */
import { describe, expect, it } from 'vitest';
import type { DriftEffect, DriftFinding, DriftSeen } from '../../src/rollout/drift/drift-types.core.ts';
import { driftDigest } from '../../src/rollout/drift/find-policies.core.ts';
import { reconcile } from '../../src/rollout/drift/reconcile.core.ts';
import { acceptOffer, type RemedyFacts, restoreOffer } from '../../src/rollout/drift/remedy.core.ts';
import { withGroupIds } from '../../src/rollout/drift/repoint.core.ts';
import { approvalDigestOf, isTolerated } from '../../src/rollout/drift/two-people.core.ts';
import { lossWords, missingWords } from '../../src/rollout/drift/two-people-texts.core.ts';

const FACTS: RemedyFacts = { hasWriter: true, breakGlass: ['bg'], isEnforcing: true, signed: ['s'] };
const SENTENCE = { en: '', de: '' };

function effect(lost: string[], change: Partial<DriftEffect> = {}): DriftEffect {
  return { lost, toNothing: [], gained: [], blocked: [], unknown: 0, sentence: SENTENCE, ...change };
}

function finding(change: Partial<DriftFinding> = {}): DriftFinding {
  const seen: DriftSeen = {
    ...{ key: 'members:exceptions', kind: 'membership', aspect: 'members', object: 'exceptions', objectId: 'g' },
    ...{ name: 'exceptions', before: { a: 'out' }, after: { a: 'in' }, witness: null },
  };
  const at = '2026-11-20T09:30:00.000Z';
  return {
    ...{ ...seen, id: 'f', state: 'open', digest: driftDigest(seen), severity: 1, effect: effect(['a']) },
    ...{ since: at, firstSeen: at, changedAt: at, actor: null, decidedBy: null, failure: null, job: null },
    ...{ toleratedUntil: null, ...change },
  };
}

describe('accepting', () => {
  const offer = (change: Partial<DriftFinding>) => acceptOffer(finding(change), FACTS);

  it('takes one person where nobody loses cover, and two where somebody does', () => {
    expect(offer({ effect: effect([]) })).toEqual({ yes: true });
    expect(offer({})).toMatchObject({ yes: true, two: { en: expect.stringContaining('1 account') as unknown } });
  });

  it('takes one person where everybody who loses cover has a signed exception, in the group of exceptions alone', () => {
    expect(offer({ effect: effect(['S']) })).toEqual({ yes: true });
    expect(offer({ effect: effect(['S', 'a']) })).toMatchObject({
      two: { en: expect.stringContaining('1 ') as unknown },
    });
    expect(offer({ effect: effect(['S']), object: 'direct' })).toHaveProperty('two');
  });

  it.each<[string, Partial<DriftFinding>, string]>([
    ['a loss that cannot be told', { effect: effect([], { unknown: 1 }) }, 'accept_shrinks_cover'],
    ['a tenant that was never read', { effect: null }, 'accept_shrinks_cover'],
    ['a lock-out', { effect: effect(['a'], { blocked: ['b'] }) }, 'locks_out'],
    ['a switched state', { kind: 'disabled', aspect: 'policy' }, 'state_by_approval'],
    ['a missing break-glass account', { object: 'breakGlass', before: { bg: 'in' } }, 'break_glass_missing'],
    ['a nested group', { after: { a: 'nested group' } }, 'rule_decides'],
    ['a deleted group', { aspect: 'group', after: { exists: false } }, 'group_named'],
  ])('refuses %s, whoever asks', (_what, change, code) => {
    expect(offer(change)).toMatchObject({ yes: false, code });
  });
});

describe('restoring', () => {
  const defaults = finding({ aspect: 'securityDefaults', kind: 'securityDefaults', object: 'securityDefaults' });

  it('ends Security Defaults with two people, and only under a policy that was enforcing', () => {
    expect(restoreOffer(defaults, FACTS)).toMatchObject({ yes: true, two: { en: expect.any(String) as unknown } });
    expect(restoreOffer(defaults, { ...FACTS, isEnforcing: false })).toMatchObject({ code: 'defaults_elsewhere' });
    expect(restoreOffer(defaults, { ...FACTS, hasWriter: false })).toMatchObject({ code: 'writer_not_configured' });
  });

  it('brings a deleted group back, and leaves one that a rule fills', () => {
    expect(restoreOffer(finding({ aspect: 'group', after: { exists: false } }), FACTS)).toEqual({ yes: true });
    const dynamic = finding({ aspect: 'group', after: { membership: 'dynamic' } });
    expect(restoreOffer(dynamic, FACTS)).toMatchObject({ code: 'group_dynamic' });
  });
});

it('binds an approval to the difference, the verdict and whom it costs cover', () => {
  const digest = approvalDigestOf(finding(), 'accept');
  expect(approvalDigestOf(finding({ effect: effect(['A']) }), 'accept')).toBe(digest);
  expect(approvalDigestOf(finding(), 'restore')).not.toBe(digest);
  expect(approvalDigestOf(finding({ effect: effect(['a', 'b']) }), 'accept')).not.toBe(digest);
  expect(approvalDigestOf(finding({ digest: 'sha256:other' }), 'accept')).not.toBe(digest);
});

it('lets only members of the groups that are left out stand for a time', () => {
  expect(isTolerated(finding())).toBe(true);
  expect(isTolerated(finding({ object: 'breakGlass' }))).toBe(true);
  expect(isTolerated(finding({ before: { a: 'in' }, after: { a: 'out' } }))).toBe(false);
  expect(isTolerated(finding({ object: 'phase:sales' }))).toBe(false);
});

it('is silent over what is let stand, and only as long as it looks the same', () => {
  const seen: DriftSeen = finding();
  const tolerated = new Map([[seen.key, driftDigest(seen)]]);
  const news = (one: DriftSeen, map = tolerated) => reconcile([], [one], { isJudged: () => true, tolerated: map }).news;
  expect(news(seen)).toEqual([]);
  expect(news(seen, new Map())).toHaveLength(1);
  expect(news({ ...seen, before: { a: 'out', b: 'out' }, after: { a: 'in', b: 'in' } })).toHaveLength(1);
});

it('says in both languages how many lose how much, and whose approval is missing', () => {
  expect(lossWords({ lost: ['a', 'b', 'c'], toNothing: ['a'] }, false)).toEqual({
    en: '1 account would not have to use MFA anywhere, and 2 accounts would have to use it only for some apps or in some places.',
    de: '1 Konto müsste MFA nirgends mehr verwenden, und 2 Konten müssten sie nur noch teilweise verwenden.',
  });
  expect(missingWords(['msp', 'customer']).en).toBe(
    'Still to approve: an engineer of the service provider and an approver of the customer.',
  );
});

it('puts new ids in place of old ones wherever they stand, in whatever case', () => {
  const [from, to] = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];
  const policy = { users: { includeGroups: [from.toUpperCase(), 'other'], excludeGroups: [from] } };
  expect(withGroupIds(policy, new Map([[from, to]]))).toEqual({
    users: { includeGroups: [to, 'other'], excludeGroups: [to] },
  });
});
