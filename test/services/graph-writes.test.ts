import { afterEach, describe, expect, it } from 'vitest';
import { VendorRefusedError } from '../../src/lib/errors.ts';
import {
  createPolicy,
  deletePolicy,
  type NewPolicy,
  restorePolicy,
  updatePolicy,
} from '../../src/services/graph/conditional-access-write.ts';
import { evaluateInGraph } from '../../src/services/graph/evaluate.ts';
import {
  addMembers,
  createSecurityGroup,
  findGroupByTag,
  removeMembers,
} from '../../src/services/graph/groups-write.ts';
import { type GraphBench, startGraphBench } from '../support/graph-bench.ts';
import { findDeviations, hasContracts, readSchema } from '../support/graph-schema.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import type { Arrived, Reply } from '../support/vendor-double.ts';

if (!hasContracts) process.stdout.write('SKIPPED: ../shared/contracts is absent, written bodies are not compared\n');

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(answer: (request: Arrived, index: number) => Reply): Promise<GraphBench> {
  const bench = await startGraphBench(answer, { clock: hurriedClock });
  closing.push(() => bench.close());
  return bench;
}

const depsOf = ({ graph }: GraphBench) => ({ reader: graph, writer: graph, clock: hurriedClock });
const calls = (bench: GraphBench, method: string) => bench.arrived().filter((request) => request.method === method);
const bodyOf = (request: Arrived | undefined) => JSON.parse(request?.body ?? 'null') as Record<string, unknown>;
const refusal = (status: number, message = 'no'): Reply => ({
  status,
  json: { error: { code: 'BadRequest', message } },
});

const GROUP = { tag: 'mfa-rollout-a-b', displayName: 'MFA Rollout - direct', description: 'Made by a test' };
const MADE = { id: 'g1', displayName: GROUP.displayName, mailNickname: GROUP.tag };

describe('a security group', () => {
  it('is looked for by its tag before it is made, and made as the metadata says', async () => {
    const bench = await start(({ method, path }) => {
      if (method === 'POST') return { status: 201, json: MADE };
      return path.endsWith('/groups/g1') ? { json: MADE } : { json: { value: [] } };
    });
    expect(await createSecurityGroup(depsOf(bench), GROUP)).toMatchObject({ id: 'g1' });
    expect(bench.arrived()[0]?.method).toBe('GET');
    const body = bodyOf(calls(bench, 'POST')[0]);
    expect(body).toMatchObject({ mailNickname: GROUP.tag, mailEnabled: false, securityEnabled: true });
    if (hasContracts) expect(findDeviations(readSchema(), body, 'group')).toEqual([]);
  });

  it('whose answer is lost is found again and asked for once', async () => {
    const bench = await start(({ method, path }, index) => {
      if (method === 'POST') return 'cut';
      if (path.endsWith('/groups/g1')) return { json: MADE };
      return { json: { value: index < 3 ? [] : [MADE] } };
    });
    expect(await createSecurityGroup(depsOf(bench), GROUP)).toMatchObject({ id: 'g1' });
    expect(calls(bench, 'POST')).toHaveLength(1);
  });

  it('is nobody’s when two carry the tag', async () => {
    const bench = await start(() => ({ json: { value: [MADE, { ...MADE, id: 'g2' }] } }));
    await expect(findGroupByTag(bench.graph, GROUP.tag)).rejects.toMatchObject({ code: 'tag_ambiguous' });
  });
});

describe('members', () => {
  const ids = Array.from({ length: 45 }, (_, index) => `u${index}`);
  const member = (id: string) => ({ id, '@odata.type': '#microsoft.graph.user' });

  /** A group that takes twenty at once, all or nothing; `refuses` is an account that it never takes. */
  function groupOf(present: Set<string>, refuses?: string) {
    return ({ method, body }: Arrived): Reply => {
      if (method === 'GET') return { json: { value: [...present].map(member) } };
      const sent = JSON.parse(body) as { 'members@odata.bind'?: string[]; '@odata.id'?: string };
      const links = sent['members@odata.bind'] ?? [sent['@odata.id'] ?? ''];
      const named = links.map((link) => link.slice(link.lastIndexOf('/') + 1));
      if (named.length > 20 || named.some((id) => present.has(id) || id === refuses)) return refusal(400);
      for (const id of named) present.add(id);
      return { status: 204 };
    };
  }

  it('go in twenty at a time, without those who are in', async () => {
    const present = new Set(['u3', 'u44']);
    const bench = await start(groupOf(present));
    await addMembers(depsOf(bench), { groupId: 'g1', accountIds: ids });
    expect(present.size).toBe(45);
    expect(calls(bench, 'PATCH')).toHaveLength(3);
  });

  it('are not kept out by one that Graph refuses', async () => {
    const present = new Set<string>();
    const bench = await start(groupOf(present, 'u5'));
    await expect(addMembers(depsOf(bench), { groupId: 'g1', accountIds: ids.slice(0, 10) })).rejects.toBeInstanceOf(
      VendorRefusedError,
    );
    expect(present.size).toBe(9);
  });

  it('who are in by another hand meanwhile are no fault', async () => {
    const present = new Set<string>();
    const take = groupOf(present);
    const bench = await start((request, index) => {
      if (index === 1) present.add('u0');
      return take(request);
    });
    await addMembers(depsOf(bench), { groupId: 'g1', accountIds: ids.slice(0, 5) });
    expect(present.size).toBe(5);
  });

  it('who are out already are no matter, whatever the refusal; who stay are', async () => {
    const bench = await start(({ method }) =>
      method === 'DELETE' ? refusal(400) : { json: { value: [{ id: 'u2', '@odata.type': '#microsoft.graph.user' }] } },
    );
    const leave = (accountId: string) =>
      removeMembers({ writer: bench.graph }, { groupId: 'g1', accountIds: [accountId] });
    await leave('u1');
    await expect(leave('u2')).rejects.toMatchObject({ call: { status: 400 } });
  });

  it('leave by their reference, never by their account', async () => {
    const bench = await start(() => refusal(404));
    await removeMembers({ writer: bench.graph }, { groupId: 'g1', accountIds: ['u1', 'u2'] });
    expect(bench.arrived().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /v1.0/groups/g1/members/u1/$ref',
      'DELETE /v1.0/groups/g1/members/u2/$ref',
    ]);
  });
});

describe('a policy', () => {
  const policy: NewPolicy = {
    displayName: 'MFA Rollout - OBSERVE',
    state: 'enabledForReportingButNotEnforced',
    conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  };
  const shown = { ...policy, id: 'p1' };
  const own = {
    before: new Set(['old']),
    isSame: ({ displayName }: { displayName: string }) => displayName === policy.displayName,
  };

  it('is asked for again while a name in it is not known yet, and in vain no longer than a bound', async () => {
    const bench = await start((_request, index) =>
      index < 2 ? refusal(400, '1054: The users or groups do not exist.') : { status: 201, json: shown },
    );
    expect(await createPolicy(depsOf(bench), { policy, own })).toMatchObject({ id: 'p1' });
    if (hasContracts)
      expect(findDeviations(readSchema(), bodyOf(bench.arrived()[0]), 'conditionalAccessPolicy')).toEqual([]);
    const never = await start(() => refusal(400, '1040: NamedLocation does not exist.'));
    await expect(createPolicy(depsOf(never), { policy, own })).rejects.toBeInstanceOf(VendorRefusedError);
    expect(never.arrived()).toHaveLength(6);
  });

  it('whose answer is lost is the one that is new and says the same', async () => {
    const bench = await start(({ method }) =>
      method === 'POST' ? 'cut' : { json: { value: [{ ...shown, id: 'old' }, shown] } },
    );
    expect(await createPolicy(depsOf(bench), { policy, own })).toMatchObject({ id: 'p1' });
    expect(calls(bench, 'POST')).toHaveLength(1);
  });

  it('is changed and deleted again where the answer is lost, since twice is once', async () => {
    const bench = await start((_request, index) => (index === 0 ? refusal(503) : { status: 204 }));
    await updatePolicy(depsOf(bench), { id: 'p1', change: { conditions: {}, grantControls: null } });
    expect(calls(bench, 'PATCH')).toHaveLength(2);
    const gone = await start(() => refusal(404));
    await deletePolicy(gone.graph, 'p1');
  });

  it('comes back where Graph lets an application bring it back, and is null where not', async () => {
    expect(await restorePolicy((await start(() => ({ json: shown }))).graph, 'p1')).toMatchObject({ id: 'p1' });
    expect(await restorePolicy((await start(() => refusal(403))).graph, 'p1')).toBeNull();
  });
});

describe('Graph’s own evaluation', () => {
  const question = { userId: 'u1', appId: 'a1', clientAppType: 'browser' };

  it('gives the policies that apply, or says that it may not be asked', async () => {
    const value = [
      { id: 'p1', policyApplies: true },
      { id: 'p2', policyApplies: false },
    ];
    const bench = await start(() => ({ json: { value } }));
    expect(await evaluateInGraph(bench.graph, question)).toEqual({ applies: new Set(['p1']) });
    expect(await evaluateInGraph((await start(() => refusal(403))).graph, question)).toBe('notPermitted');
  });
});
