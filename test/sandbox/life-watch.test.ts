import { afterEach, describe, expect, test } from 'vitest';
import { coverOf, type LookMemo, lockedOut, lookAround } from '../../src/sandbox/evaluator/watch.ts';
import type { Verdict } from '../../src/sandbox/watch.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import type { Tenant } from '../../src/sandbox/world/world.ts';
import { buildSentPolicy, startWriter } from '../support/graph-writer.ts';
import { idOf, TENANT_ID } from '../support/sandbox-tenant.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

const EVERYWHERE = {
  clientAppTypes: ['all'],
  users: { includeUsers: ['All'], excludeUsers: [] as string[] },
  applications: { includeApplications: ['All'] },
};
const POLICY = {
  id: idOf('policy', 1),
  displayName: 'Everybody answers',
  state: 'enabled',
  conditions: EVERYWHERE,
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
};

const FIDO = { '@odata.type': '#microsoft.graph.fido2AuthenticationMethod', id: 'key' };

describe('verdicts', () => {
  test('tell of each write what it did to people since the baseline', async () => {
    const writer = await startWriter({ conditionalAccessPolicies: [POLICY] });
    endings.push(() => writer.end());
    const { id } = POLICY;
    const path = `/identity/conditionalAccess/policies/${id}`;
    const excluding = (...excludeUsers: string[]) => ({ conditions: { users: { excludeUsers } } });
    await writer.send(`PATCH ${path}`, excluding(idOf('user', 2)));
    await writer.send(`PATCH ${path}`, excluding());
    await writer.send(`POST /identity/conditionalAccess/policies`, {
      ...buildSentPolicy({ state: 'enabled', conditions: EVERYWHERE }),
      grantControls: { operator: 'OR', builtInControls: ['block'] },
    });
    const verdictsNow = async () =>
      (await writer.control(`/tenants/${TENANT_ID}/watch/verdicts`)).at('verdicts') as Verdict[];
    const seen = (await verdictsNow()).map((one) => [
      one.newlyLockedOut.length,
      one.lostCover.map((loss) => loss.userId),
    ]);
    expect(seen).toEqual([
      [0, [idOf('user', 2)]],
      [0, []],
      [3, []],
    ]);
    await writer.control(`/tenants/${TENANT_ID}/watch/baseline`, { method: 'POST' });
    expect(await verdictsNow()).toEqual([]);
  });

  test('come from the same looks as those of the watch, whatever changes between two of them', () => {
    const tenant = generateWorld({ name: 'reference', seed: 4, size: 100, hr: 'bamboohr' }).world.tenants[0] as Tenant;
    const small = { ...tenant, users: tenant.users.slice(0, 12) };
    const one = small.users.find(({ accountEnabled }) => accountEnabled !== false)?.id ?? '';
    const group = { group: { id: idOf('group', 1) }, members: [{ id: one, '@odata.type': '#microsoft.graph.user' }] };
    const role = tenant.roleAssignments[0]?.roleDefinitionId ?? '';
    const block = { ...POLICY, id: idOf('policy', 2), grantControls: { operator: 'OR', builtInControls: ['block'] } };
    const inGroup = { ...EVERYWHERE, users: { includeGroups: [group.group.id] } };
    const registration = { ...EVERYWHERE, applications: { includeUserActions: ['urn:user:registersecurityinfo'] } };
    const states: Tenant[] = [
      small,
      { ...small, conditionalAccessPolicies: [POLICY] },
      { ...small, conditionalAccessPolicies: [POLICY], authenticationMethods: {} },
      { ...small, conditionalAccessPolicies: [POLICY, { ...block, conditions: registration }] },
      { ...small, conditionalAccessPolicies: [{ ...block, conditions: inGroup }] },
      { ...small, conditionalAccessPolicies: [{ ...block, conditions: inGroup }], groups: [group] },
      { ...small, perUserMfa: { [one]: 'enforced' } },
      { ...small, securityDefaults: { ...small.securityDefaults, isEnabled: true } },
      { ...small, conditionalAccessPolicies: [POLICY], allowedMethods: [] },
      // People share a look where the same can be said of them, and of these not.
      ...[{ includeUsers: [one] }, { includeUsers: ['All'], excludeUsers: [one] }, { includeRoles: [role] }].flatMap(
        (users) => [
          { ...small, conditionalAccessPolicies: [{ ...block, conditions: { ...EVERYWHERE, users } }] },
          { ...small, conditionalAccessPolicies: [POLICY, { ...block, conditions: { ...registration, users } }] },
        ],
      ),
      { ...small, conditionalAccessPolicies: [POLICY], authenticationMethods: { [one]: [FIDO] } },
    ];
    const memo: LookMemo = new Map();
    for (const state of states) {
      expect(lookAround(state, memo)).toEqual({ lockedOut: lockedOut(state), cover: coverOf(state) });
    }
  });
});
