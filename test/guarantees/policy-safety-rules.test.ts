/**
 * Rules that stand in a core, one block for each: two customers that differ only in what the rule is about; of one the
 * push is refused with the rule's code, of the other it is accepted. The rest of the rules stand in policy-safety.test.ts
 * and, for enforcing, in enforce-safety.test.ts.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/lib/canonical-json.ts';
import type { PolicyDraft } from '../../src/rollout/policy/draft/draft.core.ts';
import { compileBoth } from '../../src/rollout/policy/draft/draft-effect.core.ts';
import type { FindingsInput } from '../../src/rollout/policy/draft/draft-finding.core.ts';
import { type GraphObject, objectOf } from '../../src/rollout/policy/graph-json.core.ts';
import { type ManagedObject, policyFingerprint } from '../../src/rollout/policy/managed-objects.core.ts';
import type { ManagedPolicy } from '../../src/rollout/policy/managed-policies.core.ts';
import { brokenRules } from '../../src/rollout/policy/managed-rules.core.ts';
import { type Progress, planPush, stepsToUndo } from '../../src/rollout/policy/push/push.core.ts';
import { type PushFacts, refusalOf } from '../../src/rollout/policy/push/push-gates.core.ts';
import { planOf } from '../../src/rollout/policy/push/push-run.ts';
import { watchFindings } from '../../src/rollout/policy/watch-findings.core.ts';
import { BREAK_GLASS, type Customer, draftInput, drawn } from '../support/draft-builders.ts';
import { BLOCK, MFA, policy } from '../support/policy-builders.ts';

const SAFE: Customer = { people: { anna: 'Sales', ben: 'Sales' }, admins: ['anna', 'ben', ...BREAK_GLASS] };
const YES = { enabled: 'yes', cloudOnly: 'yes', initialDomain: 'yes', permanentGlobalAdmin: 'yes' } as const;
const USABLE = { ...YES, phishingResistantMethod: 'yes', otherMethod: 'yes', drill: 'yes' } as const;

/** What a push of this draft rests on. */
function factsOf(draft: PolicyDraft, change: Partial<PushFacts> = {}): PushFacts {
  const plan = planPush({ pushId: 'p', ...draft, owned: [], live: [], membersOf: () => [] });
  return {
    ...{ digest: draft.digest, fresh: draft, plan, owned: [], live: [], reviewed: [], groups: [], principals: [] },
    stored: { digest: draft.digest, state: 'approved' },
    breakGlass: BREAK_GLASS.map((accountId) => ({ accountId, ...USABLE })),
    rails: { accountsMax: 100, percentMax: 30 },
    ...change,
  };
}

const refused = (customer: Customer, change: Partial<PushFacts> = {}) =>
  refusalOf(factsOf(drawn(customer).draft, change));

/** The refusal of a draft whose ENFORCE says something else than what was drawn. */
function refusedSaying(change: (json: GraphObject) => Json): ReturnType<typeof refusalOf> {
  const { draft } = drawn(SAFE);
  const policies = draft.policies.map((one): ManagedPolicy => {
    const json = objectOf(structuredClone(one.json)) as GraphObject;
    return one.name === 'ENFORCE' ? { ...one, json: change(json) } : one;
  });
  const findings = [...draft.findings, ...policies.flatMap((one) => brokenRules(one, draft.groups))];
  return refusalOf(factsOf({ ...draft, policies, findings }));
}

/** What the findings of a draft rest on, where nobody is new and nothing guards the registration. */
function findingsInput(draft: PolicyDraft): FindingsInput {
  const input = draftInput(SAFE);
  const { policies, groups } = draft;
  const drafted = { ...objectOf(policies[0]?.json), id: 'draft' } as GraphObject;
  const judged = { ...compileBoth({ ...input, draft: drafted }), before: null };
  return { ...input, managedIds: new Set(), policies, groups, effect: [], judged, judgement: draft, isHrRead: true };
}

const codesOf = (customer: Customer) => drawn(customer).draft.findings.map(({ rule, code }) => `${rule} ${code}`);

it('a customer in whose tenant every rule is kept may be pushed', () => {
  expect(refused(SAFE)).toBeNull();
  expect(refusedSaying((json) => json as unknown as Json)).toBeNull();
});

/** Parts of a policy's JSON, changed. */
const conditions = (json: GraphObject, change: GraphObject | object): Json => {
  const before = objectOf(json.conditions) ?? {};
  return { ...json, conditions: { ...before, ...change } } as unknown as Json;
};

describe('S4 report-only birth', () => {
  it('refuses a policy that is born enforced', () => {
    const refusal = refusedSaying((json) => ({ ...json, state: 'enabled' }) as unknown as Json);
    expect(refusal).toMatchObject({ rule: 'S4', code: 'not_report_only' });
  });
});

describe('S5 two objects', () => {
  it('refuses a draft without the policy that watches', () => {
    const { draft } = drawn(SAFE);
    expect(draft.policies.map(({ name }) => name).sort()).toEqual(['ENFORCE', 'OBSERVE']);
    const plan = planPush({ pushId: 'p', ...draft, owned: [], live: [], membersOf: () => [] });
    expect(plan.steps.filter((step) => step.do === 'policy').map(({ key }) => key)).toEqual(['OBSERVE', 'ENFORCE']);
    const alone = { ...draft, policies: draft.policies.filter(({ name }) => name === 'ENFORCE') };
    expect(refusalOf(factsOf(alone))).toMatchObject({ rule: 'S5', code: 'policy_missing' });
  });
});

describe('S6 include by group while rolling', () => {
  it('refuses a policy that names single users', () => {
    const refusal = refusedSaying((json) => {
      const users = objectOf(objectOf(json.conditions)?.users) ?? {};
      return conditions(json, { users: { ...users, includeUsers: ['anna'] } });
    });
    expect(refusal).toMatchObject({ rule: 'S6', code: 'names_users' });
  });

  it('finds whoever came after the groups of an enforced phase were filled', () => {
    const group = (id: string, ...members: string[]) => ({
      id,
      displayName: `MFA Rollout - ${id}`,
      members: members.map((one) => ({ id: one, '@odata.type': '#microsoft.graph.user' })),
    });
    const owned = (['direct', 'exceptions', 'breakGlass', 'phase:sales'] as const).map(
      (key): ManagedObject => ({
        key,
        kind: 'group',
        objectId: key,
        name: key,
        fingerprint: '',
        written: null,
        pushId: 'p',
      }),
    );
    const users = { includeGroups: ['phase:sales'], excludeGroups: ['breakGlass'] };
    const enforced = policy({ id: 'own', displayName: 'MFA Rollout - ENFORCE', grantControls: MFA, users });
    const enforce: ManagedObject = {
      ...{ key: 'ENFORCE', kind: 'policy', objectId: 'own', name: 'MFA Rollout - ENFORCE', written: null, pushId: 'p' },
      fingerprint: policyFingerprint(enforced),
    };
    const tenant = (...inside: string[]): Customer => ({
      people: { anna: 'Sales', ben: 'Sales', new1: 'Sales', carl: 'IT' },
      groups: [
        group('direct'),
        group('exceptions'),
        group('breakGlass', ...BREAK_GLASS),
        group('phase:sales', ...inside),
      ],
      live: [enforced],
      more: { owned: [...owned, enforce] },
    });
    const found = (customer: Customer) =>
      drawn(customer).draft.findings.find(({ code }) => code === 'covered_by_nothing');
    expect(found(tenant('anna', 'ben', 'new1'))).toBeUndefined();
    expect(found(tenant('anna', 'ben'))).toMatchObject({ rule: 'S6', accountIds: ['new1'] });
  });
});

describe('S8 draft simulation', () => {
  it('says of every account what the draft would do to it, exceptions, administrators and the partner among them', () => {
    const { draft, effect } = drawn({ ...SAFE, others: ['svc'], exceptions: [{ accountId: 'svc', signed: true }] });
    expect(effect.map(({ accountId }) => accountId).sort()).toEqual(['anna', 'ben', 'bg1', 'bg2', 'svc']);
    expect(draft.admins.map(({ accountId }) => accountId).sort()).toEqual(['anna', 'ben', 'bg1', 'bg2']);
    expect(draft.exceptions.map(({ accountId, verdict }) => [accountId, verdict])).toEqual([['svc', 'leftOut']]);
    expect(draft.partner).toMatchObject({ blockedBefore: 'no', blockedAfter: 'no' });
  });
});

describe('S17 block, all resources, all users', () => {
  it('is refused outright', () => {
    const refusal = refusedSaying((json) => {
      const users = { ...objectOf(objectOf(json.conditions)?.users), includeUsers: ['All'], includeGroups: [] };
      return { ...objectOf(conditions(json, { users })), grantControls: BLOCK } as unknown as Json;
    });
    expect(refusal).toMatchObject({ rule: 'S17', code: 'blocks_everybody' });
  });
});

describe('S18 no application is left out for a person', () => {
  it('refuses a policy that leaves one out, and offers an exception with an end', () => {
    const applications = {
      includeApplications: ['All'],
      excludeApplications: ['00000003-0000-0000-c000-000000000000'],
    };
    const refusal = refusedSaying((json) => conditions(json, { applications }));
    expect(refusal).toMatchObject({ rule: 'S18', code: 'excludes_applications' });
    expect(refusal?.message).toContain('exception with an end date');
  });
});

describe('S20 licence', () => {
  it('refuses a tenant without Conditional Access', () => {
    expect(refused({ ...SAFE, more: { licence: { hasP1: false, seats: 0 } } })).toMatchObject({
      rule: 'S20',
      code: 'licence_missing',
    });
  });

  it('stops at report-only with the exact shortage where seats are missing', () => {
    const short: Customer = { ...SAFE, more: { licence: { hasP1: true, seats: 1 } } };
    expect(refused(short)).toBeNull();
    const finding = drawn(short).draft.findings.find(({ code }) => code === 'licence_short');
    expect(finding).toMatchObject({ rule: 'S20', blocks: 'enforcement' });
    expect(finding?.message).toContain('3 short');
  });
});

describe('S24 snapshot and undo', () => {
  const row = { plan: null } as Parameters<typeof planOf>[0];

  it('makes no step before plan and snapshot are kept', () => {
    expect(() => planOf(row)).toThrow(expect.objectContaining({ code: 'push_unplanned' }));
    const { plan } = factsOf(drawn(SAFE).draft);
    expect(planOf({ ...row, plan })).toBe(plan);
  });

  it('has a way back for every step', () => {
    const { plan } = factsOf(drawn(SAFE).draft);
    const done: Progress = Object.fromEntries(plan.steps.map(({ name }) => [name, { state: 'done', at: 0 }]));
    expect(new Set(stepsToUndo(plan, done))).toEqual(new Set(plan.steps));
  });
});

describe('S25 order', () => {
  it('fills what is left out before any policy, and takes policies back before any group', () => {
    const { plan } = factsOf(
      drawn({ ...SAFE, others: ['svc'], exceptions: [{ accountId: 'svc', signed: true }] }).draft,
    );
    const kinds = plan.steps.map((step) => step.do === 'policy');
    expect(kinds).toEqual([...kinds].sort());
    const done: Progress = Object.fromEntries(plan.steps.map(({ name }) => [name, { state: 'done', at: 0 }]));
    const back = stepsToUndo(plan, done).map((step) => step.do === 'policy');
    expect(back).toEqual([...back].sort().reverse());
    const filled = plan.steps.findIndex(({ name }) => name === 'members.breakGlass');
    expect(filled).toBeGreaterThan(-1);
    expect(filled).toBeLessThan(plan.steps.findIndex((step) => step.do === 'policy'));
  });
});

describe('S26 own identity and partner survive', () => {
  const workloads = (excluded: string[]) =>
    policy({
      ...{ id: 'w', users: {} },
      conditions: {
        clientApplications: {
          includeServicePrincipals: ['ServicePrincipalsInMyTenant'],
          excludeServicePrincipals: excluded,
        },
      },
    });

  it('refuses while a policy for workloads may hit the product, or that cannot be told', () => {
    const own = ['own-principal'];
    const live = (excluded: string[]) => ({ live: [workloads(excluded)], reviewed: [workloads(excluded)] });
    expect(refused(SAFE, { ...live(own), principals: own })).toBeNull();
    expect(refused(SAFE, { ...live([]), principals: own })).toMatchObject({ rule: 'S26', code: 'own_app_blocked' });
    expect(refused(SAFE, { ...live(own), principals: null })).toMatchObject({ rule: 'S26', code: 'own_app_blocked' });
  });

  it('refuses a draft by which technicians of the partner lose their way in', () => {
    const { draft } = drawn(SAFE);
    const input = {
      ...findingsInput(draft),
      judgement: { ...draft, partner: { ...draft.partner, blockedAfter: 'unknown' as const } },
    };
    const [finding] = watchFindings(input);
    expect(finding).toMatchObject({ rule: 'S26', code: 'partner_blocked', blocks: 'push' });
    expect(watchFindings(findingsInput(draft))).toEqual([]);
    const lost = { ...draft, findings: finding === undefined ? [] : [finding] };
    expect(refusalOf(factsOf(lost))).toMatchObject({ rule: 'S26', code: 'partner_blocked' });
  });
});

describe('S27 registration guarded', () => {
  const stuck: Customer = { ...SAFE, unregistered: ['anna'] };

  it('warns while somebody without a method can be registered by anybody from anywhere', () => {
    expect(codesOf(SAFE)).not.toContain('S27 registration_open');
    expect(codesOf(stuck)).toContain('S27 registration_open');
    expect(refused(stuck)).toBeNull();
  });

  it('does not warn where registering itself asks for more', () => {
    const guard = policy({
      ...{ id: 'reg', grantControls: MFA, users: { includeUsers: ['All'] } },
      applications: { includeUserActions: ['urn:user:registersecurityinfo'] },
    });
    expect(codesOf({ ...stuck, live: [guard] })).not.toContain('S27 registration_open');
  });
});

describe('S30 names and tags', () => {
  it('refuses a policy that does not carry the product’s name', () => {
    const refusal = refusedSaying((json) => ({ ...json, displayName: 'Everybody' }) as unknown as Json);
    expect(refusal).toMatchObject({ rule: 'S30', code: 'not_named_as_ours' });
  });

  it('knows its own by id and content, never by a name', () => {
    const named = policy({ id: 'stranger', displayName: 'MFA Rollout - OBSERVE', state: 'disabled' });
    expect(refused({ ...SAFE, live: [named] })).toMatchObject({ rule: 'S7', code: 'policy_name_taken' });
    const own: ManagedObject = {
      ...{ key: 'OBSERVE', kind: 'policy', objectId: 'own', name: 'MFA Rollout - OBSERVE', written: null, pushId: 'p' },
      fingerprint: policyFingerprint(policy({ id: 'own', displayName: 'MFA Rollout - OBSERVE' })),
    };
    const live = (displayName: string) => [policy({ id: 'own', displayName })];
    const facts = (displayName: string) => ({ owned: [own], live: live(displayName), reviewed: live(displayName) });
    expect(refused(SAFE, facts('MFA Rollout - OBSERVE'))).toBeNull();
    expect(refused(SAFE, facts('Renamed by hand'))).toMatchObject({ rule: 'S23', code: 'managed_object_changed' });
  });

  it('writes the run into what it makes', () => {
    const { plan } = factsOf(drawn(SAFE).draft);
    const made = plan.steps.flatMap((step) => (step.do === 'group' ? [step.group] : []));
    expect(made.length).toBeGreaterThan(2);
    expect(
      made.every(({ displayName, description }) => /^MFA Rollout - /.test(displayName) && /Run p/.test(description)),
    ).toBe(true);
  });
});
