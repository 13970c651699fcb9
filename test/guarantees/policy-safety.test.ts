/**
 * The rules that stand before and around every write of a push, one block for each: the same tenant with and without
 * what the rule is about. Refused, the rule's code comes and nothing was written; mended, the same push is accepted.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { policyFingerprint } from '../../src/rollout/policy/managed-objects.core.ts';
import { brokenRules } from '../../src/rollout/policy/managed-rules.core.ts';
import { planPush } from '../../src/rollout/policy/push/push.core.ts';
import { type PushFacts, refusalOf } from '../../src/rollout/policy/push/push-gates.core.ts';
import { changeMembersAs, editGroup, editPolicy, putPolicy, removePolicy } from '../../src/sandbox/other-admins.ts';
import { patchUser } from '../../src/sandbox/people.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { BREAK_GLASS, drawn } from '../support/draft-builders.ts';
import { drillBreakGlass } from '../support/drill.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import {
  addUndrilledCustomer,
  BY,
  decideDraft,
  graphWrites,
  journalled,
  ownGroups,
  ownPolicies,
  signExceptions,
  tenantOf,
  writableParts,
} from '../support/push-world.ts';

const SOMEBODY = 'admin@contoso.example';
const POLICY_ID = 'aaaaaaaa-0000-4000-8000-00000000b10c';
const ROUND_MS = 120_000;

let app: App;
let world: RunningSandbox;
let customer: Customer;
let digest: string;
/** How the push of the same draft ended before the drills. */
let undrilled: unknown;
let undrilledWrites: string[];
let atStopPoint: (name: string) => void = () => undefined;
beforeAll(async () => {
  world = await startWorld({ seed: 71, size: 100 });
  const dataDir = join(mkdtempSync(join(tmpdir(), 'mfa-safety-')), 'data');
  app = await startProduct({ dataDir }, { clock: hurriedClock, stopPoint: (name) => atStopPoint(name) });
  // So that Graph's own evaluation may be asked.
  const reading = tenantOf(world).apps.find(({ clientId }) => clientId === world.setUp.clientId);
  reading?.roles.push('Policy.Read.ConditionalAccess');
  customer = await addUndrilledCustomer(app, world);
  await signExceptions(app, customer);
  digest = await decideDraft(app, customer);
  world.sandbox.requests.clear();
  undrilled = await app.push.push(customer, BY, digest).catch((error: unknown) => error);
  undrilledWrites = writes();
  await drillBreakGlass(app, customer);
}, ROUND_MS);
afterAll(async () => {
  await app.close();
  await world.stop();
});

const where = () => ({ tenantId: customer.id });
const which = (policyId = POLICY_ID) => ({ ...where(), policyId });

/** The push is refused with this code and nothing was written. */
async function refused(code: string, asked = digest): Promise<void> {
  world.sandbox.requests.clear();
  await expect(app.push.push(customer, BY, asked)).rejects.toMatchObject({ code });
  expect(writes()).toEqual([]);
}

/** The push is accepted, and taken back so that the next rule finds the tenant as it was. */
async function accepted(): Promise<void> {
  const before = writableParts(world);
  expect(await app.push.push(customer, BY, digest)).toMatchObject({ state: 'live', failure: null });
  expect(await app.push.undo(customer, BY)).toMatchObject({ state: 'undone', failure: null });
  expect(writableParts(world)).toEqual(before);
}

function writes(): string[] {
  return graphWrites(world).filter((call) => call !== 'POST /$batch');
}

/** A policy by the hand of another administrator. */
function policyOf(users: GraphObject, more: GraphObject = {}): GraphObject {
  return {
    displayName: 'By hand',
    state: 'enabled',
    conditions: { users, applications: { includeApplications: ['All'] }, clientAppTypes: ['all'] },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
    ...more,
  };
}

describe('S1 break-glass floor', () => {
  it(
    'refuses while an enabled policy blocks a break-glass account',
    async () => {
      const includeUsers = customer.settings.declared.breakGlass.slice(0, 1);
      putPolicy(world.sandbox, which(), { policy: policyOf({ includeUsers }), by: SOMEBODY });
      await refused('break_glass_still_asked');
      removePolicy(world.sandbox, which(), SOMEBODY);
      await accepted();
    },
    ROUND_MS,
  );
});

describe('S2 break-glass usable', () => {
  it('refuses before every account was drilled, and says how to', async () => {
    expect(undrilled).toMatchObject({ code: 'break_glass_no_drill' });
    expect(String((undrilled as Error).message)).toContain('mfa-rollout break-glass drill');
    expect(undrilledWrites).toEqual([]);
    await accepted();
  });

  it(
    'refuses while one of two cannot sign in',
    async () => {
      const who = { ...where(), userId: customer.settings.declared.breakGlass[0] ?? '' };
      patchUser(world.sandbox, who, { accountEnabled: false });
      await refused('break_glass_unusable');
      patchUser(world.sandbox, who, { accountEnabled: true });
      await accepted();
    },
    ROUND_MS,
  );
});

describe('S3 managed groups are guarded', () => {
  it(
    'takes everything back when somebody else puts a member into a group during the push',
    async () => {
      const before = writableParts(world);
      const stranger = tenantOf(world).users.find(({ userType }) => userType === 'Guest')?.id ?? '';
      atStopPoint = (name) => {
        const made = ownGroups(world).get('direct');
        if (name !== 'push.members.made' || made === undefined || made.members.includes(stranger)) return;
        changeMembersAs(world.sandbox, { ...where(), groupId: made.id }, { add: [stranger], remove: [], by: SOMEBODY });
      };
      await expect(app.push.push(customer, BY, digest)).rejects.toMatchObject({ code: 'group_differs' });
      atStopPoint = () => undefined;
      // No policy was made, and what was put in by somebody else is told and not touched.
      expect(ownPolicies(world).size).toBe(0);
      const shown = await app.push.show(customer);
      expect(shown?.state).toBe('standing');
      expect(shown?.steps.filter(({ state }) => state === 'left').map(({ step }) => step)).toEqual(['group.direct']);
      const made = ownGroups(world).get('direct');
      const remove = { add: [], remove: [stranger], by: SOMEBODY };
      changeMembersAs(world.sandbox, { ...where(), groupId: made?.id ?? '' }, remove);
      expect(await app.push.undo(customer, BY)).toMatchObject({ state: 'undone', objects: [] });
      expect(writableParts(world)).toEqual(before);
      await accepted();
    },
    ROUND_MS,
  );
});

describe('S7 no unresolved name', () => {
  it(
    'refuses while another group carries the name of one to be made',
    async () => {
      const other = tenantOf(world).groups.find(({ group }) => group.onPremisesSyncEnabled !== true)?.group;
      const name = String(other?.displayName);
      const groupId = other?.id ?? '';
      editGroup(world.sandbox, { ...where(), groupId }, { set: { displayName: 'MFA Rollout - direct' }, by: SOMEBODY });
      await refused('group_name_taken');
      editGroup(world.sandbox, { ...where(), groupId }, { set: { displayName: name }, by: SOMEBODY });
      await accepted();
    },
    ROUND_MS,
  );
});

describe('S8 compared with Graph after the push', () => {
  it(
    'takes everything back when Graph says that a break-glass account is reached',
    async () => {
      const [account = ''] = customer.settings.declared.breakGlass;
      const groupId = () =>
        customer.settings.declared.breakGlassGroupId ?? ownGroups(world).get('break-glass')?.id ?? '';
      const change = (add: string[], remove: string[]) =>
        changeMembersAs(world.sandbox, { ...where(), groupId: groupId() }, { add, remove, by: SOMEBODY });
      let made = 0;
      atStopPoint = (name) => {
        if (name !== 'push.policy.made') return;
        made += 1;
        if (made === 2) change([], [account]);
      };
      await expect(app.push.push(customer, BY, digest)).rejects.toMatchObject({ code: 'graph_disagrees' });
      atStopPoint = () => undefined;
      expect(ownPolicies(world).size).toBe(0);
      if (tenantOf(world).groups.some(({ group }) => group.id === groupId())) change([account], []);
      if ((await app.push.show(customer))?.state === 'standing') await app.push.undo(customer, BY);
      await accepted();
      const told = (await journalled(app, customer, 'policy.push.live')).at(-1);
      expect(told?.facts).toMatchObject({ comparedWithGraph: { permitted: true, differing: null } });
    },
    ROUND_MS,
  );
});

describe('S21 rails', () => {
  it(
    'holds a push whole that moves more accounts than the customer allows',
    async () => {
      const narrow = { ...customer.settings, rails: { accountsMax: 0, percentMax: 100 } };
      await app.customers.add(narrow, BY);
      await refused('rails_exceeded');
      await app.customers.add(customer.settings, BY);
      await accepted();
    },
    ROUND_MS,
  );
});

describe('S22 hash-bound approval', () => {
  it(
    'refuses another digest and a held draft',
    async () => {
      await refused('draft_changed', `sha256:${'0'.repeat(64)}`);
      await decideDraft(app, customer, 'held');
      await refused('draft_held');
      const held = await app.drafts.state(customer, { digest });
      const seen = held.state === 'open' ? '' : held.decision.id;
      await decideDraft(app, customer, 'approved', seen);
      await accepted();
    },
    ROUND_MS,
  );
});

describe('S23 re-read before write', () => {
  it(
    'refuses when a policy was changed after the review by somebody else',
    async () => {
      const policy = tenantOf(world).conditionalAccessPolicies.find(({ state }) => state !== 'disabled');
      const before = structuredClone(policy);
      editPolicy(world.sandbox, which(policy?.id), { set: { state: 'disabled' }, by: SOMEBODY });
      await refused('live_changed');
      editPolicy(world.sandbox, which(policy?.id), { set: { state: before?.state }, by: SOMEBODY });
      await accepted();
    },
    ROUND_MS,
  );
});

describe('S26 own identity survives', () => {
  it(
    'refuses while an enabled policy for workloads may block the application that writes',
    async () => {
      const clientApplications = {
        includeServicePrincipals: ['ServicePrincipalsInMyTenant'],
        excludeServicePrincipals: [],
      };
      const conditions = {
        clientApplications,
        applications: { includeApplications: ['All'] },
        clientAppTypes: ['all'],
      };
      putPolicy(world.sandbox, which(), { policy: policyOf({}, { conditions }), by: SOMEBODY });
      await refused('own_app_blocked');
      removePolicy(world.sandbox, which(), SOMEBODY);
      await accepted();
    },
    ROUND_MS,
  );
});

describe('S31 say what is unknown', () => {
  it(
    'refuses where the administrators cannot be read, instead of taking them for none',
    async () => {
      const template = '/roleManagement/directory/roleAssignments';
      world.sandbox.faults.put({ id: 'roles', vendor: 'graph', template, status: 403 });
      await refused('permission_missing');
      world.sandbox.faults.clear();
      await accepted();
    },
    ROUND_MS,
  );
});

describe('S32 least rights', () => {
  it('refuses where no writing application is named, and does not write as the one that reads', async () => {
    const { writer: _writer, ...reading } = customer.settings;
    await app.customers.add(reading, BY);
    world.sandbox.requests.clear();
    const alone = await app.customers.find(customer.id);
    await expect(app.push.push(alone, BY, digest)).rejects.toMatchObject({ code: 'writer_not_configured' });
    expect(writes()).toEqual([]);
    await app.customers.add(customer.settings, BY);
  });
});

describe('S4, S6, S17, S18 what a policy may never say', () => {
  const json = (change: GraphObject = {}): GraphObject => ({
    displayName: 'MFA Rollout - OBSERVE',
    state: 'enabledForReportingButNotEnforced',
    conditions: {
      users: { includeUsers: ['All'], excludeGroups: ['bg'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    ...change,
  });
  const codes = (policy: GraphObject) =>
    brokenRules({ name: 'OBSERVE', json: policy as never }, []).map(({ rule, code }) => `${rule} ${code}`);

  it.each([
    ['S4 not_report_only', { state: 'enabled' }],
    ['S17 blocks_everybody', { grantControls: { operator: 'OR', builtInControls: ['block'] } }],
  ])('%s', (code, change) => {
    expect(codes(json())).toEqual([]);
    expect(codes(json(change))).toEqual([code]);
  });
});

const USABLE = { phishingResistantMethod: 'yes', otherMethod: 'yes', drill: 'yes' } as const;

/** Facts of a small tenant that may be pushed. */
function factsOf(change: Partial<PushFacts> = {}): PushFacts {
  const { draft } = drawn({ people: { anna: 'Sales', ben: 'Sales' } });
  const yes = { enabled: 'yes', cloudOnly: 'yes', initialDomain: 'yes', permanentGlobalAdmin: 'yes' } as const;
  const plan = planPush({ pushId: 'p', ...draft, owned: [], live: [], membersOf: () => [] });
  return {
    ...{ digest: draft.digest, fresh: draft, plan, owned: [], live: [], reviewed: [], groups: [], principals: [] },
    stored: { digest: draft.digest, state: 'approved' },
    breakGlass: BREAK_GLASS.map((accountId) => ({ accountId, ...yes, ...USABLE })),
    rails: { accountsMax: 100, percentMax: 30 },
    ...change,
  };
}

describe('S19 Microsoft-managed policies', () => {
  const policy = (displayName: string) => ({ id: 'own', displayName, state: 'enabledForReportingButNotEnforced' });
  const owning = (displayName: string): Partial<PushFacts> => {
    const live = [policy(displayName)];
    const fingerprint = policyFingerprint(policy(displayName));
    const object = { key: 'OBSERVE', kind: 'policy' as const, objectId: 'own', name: displayName, fingerprint };
    return { live, owned: [{ ...object, written: null, pushId: 'p' }] };
  };

  it('are never touched, whoever is said to own them', () => {
    expect(refusalOf(factsOf(owning('MFA Rollout - OBSERVE')))).toBeNull();
    expect(refusalOf(factsOf(owning('Microsoft-managed: MFA for all')))).toMatchObject({
      rule: 'S19',
      code: 'microsoft_managed',
    });
  });
});
