import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileBoth } from '../../src/rollout/policy/draft/draft-effect.core.ts';
import { withPlannedGroups } from '../../src/rollout/policy/draft/draft-groups.core.ts';
import { evaluateSignIn } from '../../src/rollout/policy/evaluate.core.ts';
import type { GraphObject } from '../../src/rollout/policy/graph-json.core.ts';
import { BREAK_GLASS, type Customer, draftInput, drawn } from '../support/draft-builders.ts';
import { BLOCK, MFA, policy } from '../support/policy-builders.ts';

const NAMES = ['ann', 'bob', 'cat', 'dan', 'eve', 'fay'];
const department = fc.constantFrom('IT', 'Sales', 'sales', 'Finance', null);
const some = fc.subarray(NAMES);
const OFFICE_ONLY = { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] };

const livePolicy = fc
  .record({
    users: some,
    state: fc.constantFrom('enabled', 'disabled', 'enabledForReportingButNotEnforced'),
    grantControls: fc.constantFrom(MFA, MFA, BLOCK, OFFICE_ONLY),
    clients: fc.constantFrom(
      ['all'],
      ['browser'],
      ['other', 'exchangeActiveSync'],
      ['browser', 'mobileAppsAndDesktopClients'],
    ),
  })
  .map(({ users, state, grantControls, clients }) =>
    policy({ state, users: { includeUsers: users }, grantControls, conditions: { clientAppTypes: clients } }),
  );

const customer: fc.Arbitrary<Customer> = fc
  .record({
    people: fc.dictionary(fc.constantFrom(...NAMES), department, { maxKeys: NAMES.length, noNullPrototype: true }),
    unregistered: some,
    blockedInDirectory: some,
    live: fc.array(livePolicy, { maxLength: 3 }),
    securityDefaultsOn: fc.constantFrom(true, false, null),
    carved: fc.array(
      fc.record({
        accountId: fc.constantFrom(...NAMES, 'svc'),
        signed: fc.boolean(),
        endsAt: fc.constantFrom(null, '2026-01-01', '2027-01-31'),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ live, carved, ...rest }) => ({
    ...rest,
    others: ['svc', ...NAMES.filter((name) => !(name in rest.people))],
    live: live.map((one, index): GraphObject => ({ ...one, id: `p${index}` })),
    exceptions: carved,
  }));

const MODERN_AND_OLDER = ['browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other'];

describe('for any customer', () => {
  it('whoever is said to be asked is asked at every sign-in, and was not so at one of them before', () => {
    fc.assert(
      fc.property(customer, (given) => {
        const input = draftInput(given);
        const { draft, effect } = drawn(given);
        const [enforce] = draft.policies;
        const tenant = withPlannedGroups(input.tenant, draft.groups);
        const json = { ...(enforce?.json as object), id: 'draft:ENFORCE' };
        const { before, after } = compileBoth({ tenant, live: input.live, draft: json });
        for (const row of effect.filter((one) => one.change === 'asked' || one.change === 'kept')) {
          const results = MODERN_AND_OLDER.map((clientAppType) => ({
            was: before === null ? null : evaluateSignIn(before, { userId: row.accountId, clientAppType }),
            will: evaluateSignIn(after, { userId: row.accountId, clientAppType }),
          }));
          expect(results.every(({ will }) => will.mfaRequired === 'yes' || will.blocked === 'yes')).toBe(true);
          const wasEverywhere = results.every(({ was }) => was?.mfaRequired === 'yes' || was?.blocked === 'yes');
          expect(wasEverywhere).toBe(row.change === 'kept');
        }
      }),
      { numRuns: 150 },
    );
  });

  it('break-glass accounts and signed exceptions are never among those asked', () => {
    fc.assert(
      fc.property(customer, (given) => {
        const { draft, effect } = drawn(given);
        const excluded = draft.groups.filter(({ purpose }) => purpose === 'breakGlass' || purpose === 'exceptions');
        const out = new Set(excluded.flatMap(({ members }) => members));
        expect(BREAK_GLASS.every((id) => out.has(id))).toBe(true);
        for (const row of effect.filter(({ accountId }) => out.has(accountId))) expect(row.reach).toBe('leftOut');
        expect(draft.stuck.filter(({ accountId }) => out.has(accountId))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('every person is in exactly one group that ENFORCE is for', () => {
    fc.assert(
      fc.property(customer, (given) => {
        const { groups } = drawn(given).draft;
        const reached = groups
          .filter(({ purpose }) => purpose === 'phase' || purpose === 'direct')
          .flatMap(({ members }) => members);
        expect(reached.toSorted()).toEqual(Object.keys(given.people).toSorted());
      }),
      { numRuns: 150 },
    );
  });

  it('the draft does not depend on the order of people, exceptions and policies', () => {
    fc.assert(
      fc.property(customer, (given) => {
        const turned = {
          ...given,
          people: Object.fromEntries(Object.entries(given.people).toReversed()),
          exceptions: (given.exceptions ?? []).toReversed(),
          live: (given.live ?? []).toReversed(),
        };
        const [one, other] = [drawn(given).draft, drawn(turned).draft];
        expect(other.digest).toBe(one.digest);
        expect(other.sentences).toEqual(one.sentences);
      }),
      { numRuns: 150 },
    );
  });

  it('one more person to be asked makes another sentence and another digest', () => {
    fc.assert(
      fc.property(customer, department, (given, where) => {
        const more = { ...given, people: { ...given.people, zoe: where } };
        const [one, other] = [drawn(given), drawn(more)];
        expect(other.effect.find(({ accountId }) => accountId === 'zoe')?.change).toBe('asked');
        expect(other.draft.digest).not.toBe(one.draft.digest);
        expect(other.draft.sentences.en).not.toBe(one.draft.sentences.en);
        expect(other.draft.sentences.de).not.toBe(one.draft.sentences.de);
      }),
      { numRuns: 150 },
    );
  });

  it('every enabled account is counted once', () => {
    fc.assert(
      fc.property(customer, (given) => {
        const { accounts, blockedInDirectory, stuck: _stuck, ...changes } = drawn(given).draft.counts;
        expect(Object.values(changes).reduce((sum, count) => sum + count, blockedInDirectory)).toBe(accounts);
      }),
      { numRuns: 50 },
    );
  });
});
