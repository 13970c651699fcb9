import { describe, expect, it } from 'vitest';
import { evaluateEndpoint, signInFromWire } from '../../src/sandbox/evaluator/endpoint.ts';
import { type Judgement, judgeSignIn } from '../../src/sandbox/evaluator/judge.ts';
import { coverOf, lockedOut, ordinaryShapes } from '../../src/sandbox/evaluator/watch.ts';
import { isObject, objectAt, wordsAt } from '../../src/sandbox/evaluator/wire.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { type RandomCase, randomCase, seededRandom } from '../support/random-ca-cases.ts';

const SEEDS = Array.from({ length: 1000 }, (_, index) => index + 1);

function caseOf(seed: number): RandomCase {
  return randomCase(seededRandom(seed));
}

function judge(given: RandomCase, policies = given.policies): Judgement {
  const signIn = signInFromWire(given.signIn, 'notGiven');
  if (signIn === null) throw new Error('the case holds no sign-in');
  return judgeSignIn(given.tenant, signIn, { policies });
}

/** Applies a change to every object within, from the inside out. */
function rewritten(value: unknown, change: (holder: GraphObject) => GraphObject): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => rewritten(item, change));
  if (!isObject(value)) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewritten(item, change)])));
}

function policiesWith(given: RandomCase, change: (holder: GraphObject) => GraphObject): RandomCase['policies'] {
  return given.policies.map((policy) => ({
    ...policy,
    conditions: rewritten(policy.conditions, change),
  }));
}

describe('random cases', () => {
  it('are the same for the same seed and differ for another', () => {
    expect(caseOf(7)).toEqual(caseOf(7));
    expect(caseOf(7)).not.toEqual(caseOf(8));
  });

  it('are JSON, so that they are what Graph could send', () => {
    for (const seed of SEEDS.slice(0, 100)) expect(JSON.parse(JSON.stringify(caseOf(seed)))).toEqual(caseOf(seed));
  });

  it('reach every answer and most reasons', () => {
    const verdicts = SEEDS.flatMap((seed) => judge(caseOf(seed)).policies);
    const answers = new Set(verdicts.map((verdict) => String(verdict.applies)));
    const reasons = new Set(verdicts.flatMap((verdict) => verdict.reasons));
    expect([...answers].sort()).toEqual(['depends', 'false', 'true']);
    expect([...reasons].sort()).toEqual(
      expect.arrayContaining([
        'application',
        'authenticationContext',
        'clientApps',
        'devicePlatform',
        'devices',
        'insiderRisk',
        'location',
        'notSet',
        'policyNotEnabled',
        'signInRisk',
        'userActions',
        'userRisk',
        'users',
        'workloadIdentities',
      ]),
    );
    expect(verdicts.filter((verdict) => verdict.applies === true).length).toBeGreaterThan(verdicts.length / 10);
  });

  it('are all requests that the endpoint answers, and it agrees where nothing is open', () => {
    for (const seed of SEEDS.slice(0, 500)) {
      const given = caseOf(seed);
      const { status, body } = evaluateEndpoint(given.tenant, { ...given.signIn, appliedPoliciesOnly: false });
      expect(status).toBe(200);
      const results: unknown[] = Array.isArray(body.value) ? body.value : [];
      const { policies } = judge(given);
      for (const [index, verdict] of policies.entries()) {
        if (verdict.applies !== 'depends') {
          expect(results[index], `seed ${seed}`).toMatchObject({ policyApplies: verdict.applies });
        }
      }
    }
  });
});

describe('what holds in every case', () => {
  it('null, an empty list and no list read alike', () => {
    const emptied = (empty: unknown) => (holder: GraphObject) => {
      const isEmpty = (item: unknown): boolean => item === null || (Array.isArray(item) && item.length === 0);
      const entries = Object.entries(holder).map(([key, item]) => [key, isEmpty(item) ? empty : item] as const);
      return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
    };
    for (const seed of SEEDS) {
      const given = caseOf(seed);
      const expected = judge(given);
      for (const empty of [null, [], undefined]) {
        expect(judge(given, policiesWith(given, emptied(empty))), `seed ${seed}`).toEqual(expected);
      }
    }
  });

  it('the case and the order of ids mean nothing', () => {
    const shuffled = (holder: GraphObject) =>
      Object.fromEntries(
        Object.entries(holder).map(([key, item]) => [
          key,
          Array.isArray(item) ? item.map((word: unknown) => String(word).toUpperCase()).reverse() : item,
        ]),
      );
    for (const seed of SEEDS) {
      const given = caseOf(seed);
      const applies = (judgement: Judgement) => judgement.policies.map((verdict) => verdict.applies);
      expect(applies(judge(given, policiesWith(given, shuffled))), `seed ${seed}`).toEqual(applies(judge(given)));
    }
  });

  it('excluding the person makes every policy about people not apply', () => {
    for (const seed of SEEDS) {
      const given = caseOf(seed);
      const { userId } = objectAt(given.signIn, 'signInIdentity');
      if (typeof userId !== 'string') continue;
      const excluding = (holder: GraphObject) =>
        'includeUsers' in holder || 'includeGroups' in holder || 'excludeGuestsOrExternalUsers' in holder
          ? { ...holder, excludeUsers: [...wordsAt(holder, 'excludeUsers'), userId] }
          : holder;
      const verdicts = judge(given, policiesWith(given, excluding)).policies;
      expect(
        verdicts.every((verdict) => verdict.applies === false),
        `seed ${seed}`,
      ).toBe(true);
    }
  });

  it('adding a policy never takes a demand away', () => {
    for (const seed of SEEDS) {
      const given = caseOf(seed);
      const [first, ...rest] = given.policies;
      const fewer = judge(given, rest).outcome;
      const more = judge(given, first === undefined ? rest : [first, ...rest]).outcome;
      if (fewer.blocked === true) expect(more.blocked, `seed ${seed}`).toBe(true);
      if (fewer.mfaRequired === true) expect(more.mfaRequired, `seed ${seed}`).toBe(true);
    }
  });

  it('telling a fact that was left out never contradicts a certain answer', () => {
    for (const seed of SEEDS) {
      const given = caseOf(seed);
      const known = judge(given).policies;
      const conditions = { ...objectAt(given.signIn, 'signInConditions') };
      const told = {
        clientAppType: 'browser',
        devicePlatform: 'iOS',
        ipAddress: '203.0.113.9',
        country: 'NL',
        signInRiskLevel: 'high',
        userRiskLevel: 'high',
        servicePrincipalRiskLevel: 'none',
        insiderRiskLevel: 'none',
        authenticationFlow: { transferMethod: 'deviceCodeFlow' },
        deviceInfo: { isCompliant: true },
        ...conditions,
      };
      const fuller = judge({ ...given, signIn: { ...given.signIn, signInConditions: told } }).policies;
      for (const [index, verdict] of known.entries()) {
        if (verdict.applies !== 'depends') expect(fuller[index]?.applies, `seed ${seed}`).toBe(verdict.applies);
      }
    }
  });

  it('nobody is locked out who has an unprotected way in', () => {
    for (const seed of SEEDS.slice(0, 80)) {
      const { tenant } = caseOf(seed);
      const shapes = ordinaryShapes(tenant);
      // What is not understood counts as a way barred, and is no protection.
      const isOpenFor = (userId: string): boolean =>
        shapes.some(({ signIn }) =>
          judgeSignIn(tenant, { ...signIn, identity: { kind: 'user', userId } }).policies.some(
            ({ notUnderstood }) => notUnderstood.length > 0,
          ),
        );
      const cover = coverOf(tenant);
      for (const userId of lockedOut(tenant).filter((id) => !isOpenFor(id)))
        expect([...(cover.get(userId)?.keys() ?? [])].length, `seed ${seed}`).toBeGreaterThan(0);
    }
  });
});
