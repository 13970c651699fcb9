/** The judge of the generated tenants sees what a broken product would do: its writes are made here by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createManualClock } from '../../src/lib/clock.ts';
import { changeMembersAs, putPolicy, removePolicy } from '../../src/sandbox/other-admins.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { buildGenerated, type GeneratedTenant } from '../support/generated-tenants/build-tenant.ts';
import { createJudge, type Judge, tenantOf } from '../support/generated-tenants/judge.ts';
import type { Recipe } from '../support/generated-tenants/recipe.ts';
import { tokenForm } from '../support/sandbox-client.ts';

const RECIPE: Recipe = {
  ...{ seed: 900_002, people: 4, departments: ['IT'], emergency: 'two', hasEmergencyGroup: true },
  ...{ securityDefaults: false, premium: 'yes', policies: ['mfaAll'], administrators: 1, enrolled: 1 },
  ...{ perUserMfa: false, guests: 0, serviceAccounts: 0, sharedMailboxes: 0, hasSyncAccount: false },
  ...{ leavers: 0, eligibleAdmin: false, twinGroups: false },
};
const START_MS = Date.parse('2027-01-11T06:00:00Z');
/** Graph takes one write of a policy in a second. */
const PACE_MS = 2_000;
const POLICIES = '/v1.0/identity/conditionalAccess/policies';

const TESTS = 10;

let folder: string;
let sandbox: Sandbox;
let made: GeneratedTenant;
let judge: Judge;
const tenants = Array.from({ length: TESTS }, (_, index) => buildGenerated({ ...RECIPE, seed: RECIPE.seed + index }));
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mfa-judge-'));
  const world = { seed: 1, name: 'judged', startsAt: new Date(START_MS).toISOString() };
  sandbox = await startSandbox({
    ...{ dataDir: folder, clock: createManualClock(START_MS) },
    world: { ...world, tenants: tenants.map(({ tenant }) => tenant), bambooCompanies: [] },
  });
});
beforeEach(() => {
  const next = tenants.shift();
  if (next === undefined) throw new Error('every test has a tenant of its own');
  made = next;
  judge = createJudge(sandbox, made.tenant.tenantId, made.cast.emergency);
});
afterEach(() => judge.stop());
afterAll(async () => {
  await sandbox.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function call(url: string, given: { method: string; headers: Record<string, string>; body: string | null }) {
  const answer = await sandbox.carry(url, { ...given, signal: new AbortController().signal });
  if (answer === undefined || answer.statusCode >= 300) throw new Error(`${url} answered ${answer?.statusCode ?? ''}`);
  return answer.statusCode === 204 ? {} : ((await json(answer.body)) as GraphObject);
}

/** Writes as the product's own application does. */
async function write(method: string, path: string, body: GraphObject | null = null): Promise<GraphObject> {
  sandbox.advance(PACE_MS);
  const login = `${sandbox.urls.login}/${made.tenant.tenantId}/oauth2/v2.0/token`;
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const token = await call(login, { method: 'POST', headers: form, body: tokenForm(made.writer).toString() });
  return call(`${sandbox.urls.graph}${path}`, {
    method,
    headers: { Authorization: `Bearer ${String(token.access_token)}`, 'Content-Type': 'application/json' },
    body: body === null ? null : JSON.stringify(body),
  });
}

const kinds = () => [...new Set(judge.violations.map(({ kind }) => kind))].sort();
const old = () => tenantOf(sandbox, made.tenant.tenantId).conditionalAccessPolicies[0]?.id ?? '';
const ending = (given: Partial<Parameters<Judge['ending']>[0]> = {}) =>
  judge.ending({ enforced: new Set(), isEverybody: false, isUndone: false, ...given });

function policy(users: object, control: 'block' | 'mfa', state = 'enabled'): GraphObject {
  return {
    ...{ displayName: 'MFA Rollout - ENFORCE', state },
    conditions: { users, applications: { includeApplications: ['All'] }, clientAppTypes: ['all'] },
    grantControls: { operator: 'OR', builtInControls: [control] },
  };
}

it('a policy without its break-glass exclusion that keeps everybody out is five violations', async () => {
  await write('POST', POLICIES, policy({ includeUsers: ['All'] }, 'block'));
  expect(kinds()).toEqual([
    'administratorsLockedOut',
    'breakGlassAsked',
    'breakGlassLockedOut',
    'breakGlassNotExcluded',
    'personLockedOut',
  ]);
});

it('a policy that asks the break-glass accounts for MFA is seen, although they could answer', async () => {
  tenantOf(sandbox, made.tenant.tenantId).conditionalAccessPolicies.length = 0;
  judge.stop();
  judge = createJudge(sandbox, made.tenant.tenantId, made.cast.emergency);
  await write('POST', POLICIES, policy({ includeUsers: ['All'] }, 'mfa'));
  expect(judge.violations).toMatchObject([
    { kind: 'breakGlassNotExcluded', accounts: made.cast.emergency },
    { kind: 'breakGlassAsked', accounts: made.cast.emergency },
  ]);
});

it('an emptied break-glass group is seen where a policy counts on it', async () => {
  const groupId = made.declared.breakGlassGroupId ?? '';
  const which = { tenantId: made.tenant.tenantId, policyId: '0f0e1900-0000-4000-8000-000000000002' };
  const users = { includeRoles: ['62e90394-69f5-4237-9190-012177145e10'], excludeGroups: [groupId] };
  judge.outside({ policyId: which.policyId }, () =>
    putPolicy(sandbox, which, { policy: policy(users, 'block'), by: 'x' }),
  );
  for (const id of made.cast.emergency) await write('DELETE', `/v1.0/groups/${groupId}/members/${id}/$ref`);
  expect(kinds()).toContain('breakGlassLockedOut');
});

it('old MFA that goes before its people are covered is shrunk cover, and below the first contact', async () => {
  await write('PATCH', `${POLICIES}/${old()}`, { state: 'disabled' });
  expect(kinds()).toEqual(['belowFirstContact', 'coverShrunk']);
});

it('a way back may shrink cover and not below the first contact', async () => {
  const users = { includeUsers: ['All'], excludeUsers: made.cast.emergency };
  const more = await write('POST', POLICIES, policy(users, 'mfa'));
  judge.point('undo.begun');
  judge.point('sign-ins.read');
  await write('DELETE', `${POLICIES}/${String(more.id)}`);
  expect(kinds()).toEqual([]);
  await write('PATCH', `${POLICIES}/${old()}`, { state: 'disabled' });
  expect(kinds()).toEqual(['belowFirstContact']);
});

it('what was left standing, claimed or changed is neither as before nor as planned', async () => {
  expect(ending({ isUndone: true })).toBe('asBefore');
  const added = await write(
    'POST',
    POLICIES,
    policy({ includeUsers: ['All'] }, 'mfa', 'enabledForReportingButNotEnforced'),
  );
  expect(ending()).toBe('asPlanned');
  expect(ending({ isUndone: true })).toBe('neither');
  await write('DELETE', `${POLICIES}/${String(added.id)}`);
  await write('PATCH', `${POLICIES}/${old()}`, { displayName: 'Renamed' });
  expect(ending()).toBe('neither');
  expect(kinds()).toEqual(['breakGlassNotExcluded', 'neitherBeforeNorPlanned']);
});

it('people who are said to be enforced and are not are seen', async () => {
  const which = { tenantId: made.tenant.tenantId, policyId: old() };
  judge.outside({ policyId: which.policyId }, () => removePolicy(sandbox, which, 'x'));
  const own = await write('POST', POLICIES, policy({ includeUsers: ['All'] }, 'mfa'));
  const enforced = new Set(made.cast.workers.map(({ id }) => id));
  judge.violations.length = 0;
  expect(ending({ enforced, isEverybody: true })).toBe('neither');
  await write('PATCH', `${POLICIES}/${String(own.id)}`, excluding(made.cast.emergency));
  expect(ending({ enforced, isEverybody: true })).toBe('asPlanned');
  judge.violations.length = 0;
  await write('PATCH', `${POLICIES}/${String(own.id)}`, excluding([...made.cast.emergency, ...enforced].slice(0, -1)));
  expect(ending({ enforced, isEverybody: true })).toBe('neither');
  expect(judge.violations.at(-1)).toMatchObject({
    accounts: expect.arrayContaining([...enforced].slice(0, -1)) as string[],
  });
});

it('whom others put into the group that the policy leaves out is their doing, and nobody else is', async () => {
  const which = { tenantId: made.tenant.tenantId, policyId: old() };
  judge.outside({ policyId: which.policyId }, () => removePolicy(sandbox, which, 'x'));
  const [first = '', ...others] = made.cast.workers.map(({ id }) => id);
  const groupId = made.declared.breakGlassGroupId ?? '';
  const users = { includeUsers: ['All'], excludeUsers: made.cast.emergency, excludeGroups: [groupId] };
  const own = await write('POST', POLICIES, policy(users, 'mfa'));
  const enforced = new Set([first, ...others]);
  expect(ending({ enforced, isEverybody: true })).toBe('asPlanned');
  const group = { tenantId: which.tenantId, groupId };
  judge.outside({ groupId }, () => changeMembersAs(sandbox, group, { add: [first], remove: [], by: 'x' }));
  expect(ending({ enforced, isEverybody: true })).toBe('othersDoing');
  expect(judge.violations).toEqual([]);
  const leavesOut = (...ids: string[]) => ({
    conditions: policy({ ...users, excludeUsers: [...made.cast.emergency, ...ids] }, 'mfa').conditions,
  });
  await write('PATCH', `${POLICIES}/${String(own.id)}`, leavesOut(...others));
  expect(ending({ enforced, isEverybody: true })).toBe('neither');
  // Out of the group again, and then left out by the product: no longer the others' doing.
  judge.outside({ groupId }, () => changeMembersAs(sandbox, group, { add: [], remove: [first], by: 'x' }));
  await write('PATCH', `${POLICIES}/${String(own.id)}`, leavesOut());
  expect(ending({ enforced, isEverybody: true })).toBe('asPlanned');
  await write('PATCH', `${POLICIES}/${String(own.id)}`, leavesOut(first));
  expect(ending({ enforced, isEverybody: true })).toBe('neither');
});

it.each([
  ['after the policy was enabled', true, []],
  ['before the policy is enabled', false, ['coverShrunk']],
] as const)(
  'emergency accounts may stay out of what follows Security Defaults; a policy that others delete %s is told apart',
  async (_when, isEnabledFirst, expected) => {
    const { tenantId } = made.tenant;
    tenantOf(sandbox, tenantId).conditionalAccessPolicies.length = 0;
    tenantOf(sandbox, tenantId).securityDefaults.isEnabled = true;
    judge.stop();
    judge = createJudge(sandbox, tenantId, made.cast.emergency);
    const users = { includeUsers: ['All'], excludeUsers: made.cast.emergency };
    const own = await write('POST', POLICIES, policy(users, 'mfa', 'enabledForReportingButNotEnforced'));
    await write('PATCH', '/v1.0/policies/identitySecurityDefaultsEnforcementPolicy', { isEnabled: false });
    if (isEnabledFirst) await write('PATCH', `${POLICIES}/${String(own.id)}`, { state: 'enabled' });
    const which = { tenantId, policyId: String(own.id) };
    judge.outside({ policyId: which.policyId }, () => removePolicy(sandbox, which, 'x'));
    judge.settle();
    expect(kinds()).toEqual(expected);
  },
);

function excluding(excludeUsers: readonly string[]): GraphObject {
  const { conditions } = policy({ includeUsers: ['All'], excludeUsers }, 'mfa');
  return { conditions };
}
