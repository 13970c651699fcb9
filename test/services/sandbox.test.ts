import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import { type Connections, createConnections } from '../../src/services/connections.ts';
import { listNamedLocations } from '../../src/services/graph/conditional-access.ts';
import { listGroups, listMembers, listTransitiveMembers } from '../../src/services/graph/groups.ts';
import { listSkus } from '../../src/services/graph/licences.ts';
import { readMailboxes } from '../../src/services/graph/mailboxes.ts';
import { getOrganization } from '../../src/services/graph/organization.ts';
import { readPerUserMfa } from '../../src/services/graph/per-user-mfa.ts';
import { readUserMethods } from '../../src/services/graph/registration.ts';
import { listEligibleRoles, listRoleAssignments } from '../../src/services/graph/roles.ts';
import { getSecurityDefaults } from '../../src/services/graph/security-defaults.ts';
import { listServicePrincipals } from '../../src/services/graph/service-principals.ts';
import { readNonInteractiveSignIns } from '../../src/services/graph/sign-ins.ts';
import { getUser, readUserDelta, startUserDelta } from '../../src/services/graph/users.ts';
import { createPacers } from '../../src/services/limits.ts';
import { readPeople } from '../support/read-people.ts';

const { world, truth } = generateWorld({ seed: 4711, name: 'reference' });
const folder = mkdtempSync(join(tmpdir(), 'services-sandbox-'));
let sandbox: Sandbox;
let connections: Connections;
let clock: Clock;

/** The sandbox's time: a pause turns the sandbox on by its length, a deadline is not reached. */
function turningClock(): Clock {
  return {
    now: () => sandbox.clock.now(),
    sleep: (ms, signal) => {
      if (ms >= 60_000) return systemClock.sleep(ms, signal);
      sandbox.advance(ms);
      return Promise.resolve();
    },
  };
}

beforeAll(async () => {
  sandbox = await startSandbox({ dataDir: folder, world, startAt: 'world' });
  clock = turningClock();
  const [tenant] = world.tenants;
  const [company] = world.bambooCompanies;
  const [app] = tenant?.apps ?? [];
  if (tenant === undefined || company === undefined || app === undefined) throw new Error('the world lacks a customer');
  connections = createConnections(
    {
      graph: {
        baseUrl: sandbox.urls.graph,
        loginUrl: sandbox.urls.login,
        tenantId: tenant.tenantId,
        clientId: app.clientId,
        credential: { kind: 'secret', secret: app.clientSecret },
      },
      hr: {
        kind: 'bamboohr',
        baseUrl: sandbox.urls.bamboohr,
        company: company.domain,
        access: { kind: 'apiKey', apiKey: company.apiKey },
      },
      tls: { caFile: sandbox.caFile },
    },
    { clock, log: silentLog, pacers: createPacers(clock) },
  );
});

afterAll(async () => {
  await connections.close();
  await sandbox.stop();
  rmSync(folder, { recursive: true });
});

const customer = () => truth.customers[0];
const window = () => ({ from: new Date(clock.now() - 7 * 86_400_000).toISOString() });

describe('against the sandbox with the published limits', () => {
  it('the people sync is four requests, none refused', async () => {
    sandbox.requests.clear();
    const people = await readPeople(connections.graph, { signIns: window() });
    const asked = sandbox.requests.list().filter(({ vendor }) => vendor === 'graph');
    expect(asked.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(people.users).toHaveLength(world.tenants[0]?.users.length ?? 0);
    expect(people.users.some(({ manager }) => typeof manager?.id === 'string')).toBe(true);
    expect(people.registrations.kind).toBe('rows');
  });

  it('every other area is read without a refusal of pace', async () => {
    const { graph } = connections;
    sandbox.requests.clear();
    const userIds = (world.tenants[0]?.users ?? []).map(({ id }) => id);
    const groups = await listGroups(graph);
    const [group] = groups;
    const [firstUser = ''] = userIds;
    expect(groups).toHaveLength(world.tenants[0]?.groups.length ?? 0);
    await listMembers(graph, group?.id ?? '');
    await listTransitiveMembers(graph, group?.id ?? '');
    expect((await getSecurityDefaults(graph)).isEnabled).toBe(world.tenants[0]?.securityDefaults.isEnabled);
    expect(await listNamedLocations(graph)).toHaveLength(world.tenants[0]?.namedLocations.length ?? 0);
    expect(await listRoleAssignments(graph)).toHaveLength(world.tenants[0]?.roleAssignments.length ?? 0);
    expect((await listSkus(graph)).length).toBeGreaterThan(0);
    expect((await getOrganization(graph)).id).toBe(world.tenants[0]?.tenantId);
    expect((await listServicePrincipals(graph)).length).toBeGreaterThan(0);
    expect((await getUser(graph, firstUser))?.id).toBe(firstUser);
    await listEligibleRoles(graph);
    await readUserMethods(graph, firstUser);
    await readNonInteractiveSignIns(graph, { window: window(), onRows: () => undefined });
    const mailboxes = await readMailboxes({ graph, clock }, { userIds });
    const purposes = world.tenants[0]?.mailboxPurposes ?? {};
    expect(mailboxes).toEqual(userIds.map((id) => ({ id, userPurpose: purposes[id] ?? null })));
    expect(await readPerUserMfa({ graph, clock }, { userIds })).toHaveLength(userIds.length);
    const throttled = sandbox.requests.list().filter(({ status }) => status === 429);
    expect(throttled).toEqual([]);
  });

  it('a delta from now on is empty and gives a new link', async () => {
    const deltaLink = await startUserDelta(connections.graph);
    const rows: unknown[] = [];
    const onChanges = (page: unknown[]) => void rows.push(...page);
    expect(await readUserDelta(connections.graph, { deltaLink, onChanges })).toMatchObject({ kind: 'changes' });
    expect(rows).toEqual([]);
  });

  it('BambooHR gives everybody of every status, and who is on leave', async () => {
    const reading = await connections.hr?.read();
    expect(reading?.absencesKnown).toBe(true);
    expect(reading?.employees).toHaveLength(world.bambooCompanies[0]?.employees.length ?? 0);
    const known = new Set(
      customer()
        ?.people.filter(({ onLeave }) => onLeave)
        .map(({ employeeId }) => employeeId),
    );
    const found = reading?.employees.filter(({ status }) => status === 'onLeave').map(({ employeeId }) => employeeId);
    expect(new Set(found)).toEqual(known);
  });
});
