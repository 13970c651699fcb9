/** What goes wrong while the product works: vendors that fail, another administrator, the power. */
import { changeMembersAs, editPolicy, putPolicy, removePolicy } from '../../../src/sandbox/other-admins.ts';
import { enrolUser } from '../../../src/sandbox/people.ts';
import { graphPolicy } from '../../../src/sandbox/world/policy-form.ts';
import type { Random } from '../../../src/sandbox/world/random.ts';
import type { GraphObject } from '../../../src/sandbox/world/world.ts';
import type { GeneratedTenant } from './build-tenant.ts';
import { type Judge, tenantOf } from './judge.ts';
import { PowerCut, type Stage } from './stage.ts';
import { isOwn, OWN } from './write-rules.ts';

export type Accidents = {
  /** Arms what may go wrong in the next piece of work. */
  before(work: string): void;
  /** Somebody else may change a policy between a decision and the work that it asks for. */
  between(work: 'push' | 'enforce'): void;
  after(): void;
  /** Nothing goes wrong any more. */
  end(): void;
};

type Parts = {
  stage: Stage;
  made: GeneratedTenant;
  judge: Judge;
  random: Random;
  steps: string[];
  /** What happens for certain, in place of what is drawn. */
  certain?: Certain | undefined;
};

/** What another administrator does for certain: between a decision and its work, at a point of the work, or nothing. */
export type Certain = { between?: 'push' | 'enforce'; at?: string };

/** So often somebody else changes a policy between a decision and its work. */
const SHARE_BETWEEN = 0.02;

const BY = '00000000-0000-4000-8000-0000000000ad';

/** Work in which nobody is asked and nothing is written is left in peace more often. */
const SHARE: Readonly<Record<string, number>> = { push: 0.45, enforce: 0.4, undo: 0.45, rollBack: 0.4, members: 0.3 };
const SHARE_ELSE = 0.06;

/** Draws the accidents of one story. */
export function createAccidents(parts: Parts): Accidents {
  const { stage, random, steps, certain } = parts;
  const later = random.fork('between');
  let isOver = false;
  return {
    between: (work) => {
      const isNow = certain === undefined ? later.chance(SHARE_BETWEEN) : certain.between === work;
      if (isOver || !isNow) return;
      const policies = tenantOf(stage.sandbox, parts.made.tenant.tenantId).conditionalAccessPolicies;
      const mine = policies.find((policy) => isOwn(policy) && String(policy.displayName).includes('ENFORCE'));
      if (work === 'enforce' && mine !== undefined) changeThis(parts, mine, 'edit');
      else addPolicy({ ...parts, random: later });
    },
    before: (work) => {
      const [name = ''] = work.split(' ');
      if (certain !== undefined) {
        atCertainPoint(parts, certain.at);
        return;
      }
      if (isOver || !random.chance(SHARE[name] ?? SHARE_ELSE)) return;
      const kind = random.pick(['fault', 'fault', 'otherAdmin', 'power'] as const);
      switch (kind) {
        case 'fault':
          armFault(parts);
          return;
        case 'otherAdmin':
          atSomePoint(parts, () => actAsOther(parts));
          return;
        case 'power':
          atSomePoint(parts, (point) => {
            steps.push(`! power cut at ${point}`);
            throw new PowerCut(point);
          });
      }
    },
    after: () => {
      stage.hooks.stopPoint = () => undefined;
      stage.sandbox.faults.clear();
    },
    end: () => {
      isOver = true;
      stage.hooks.stopPoint = () => undefined;
      stage.sandbox.faults.clear();
    },
  };
}

/** Once, at a point drawn among the next ones. */
function atSomePoint({ stage, random }: Parts, act: (point: string) => void): void {
  let left = random.int(9);
  stage.hooks.stopPoint = (point) => {
    left -= 1;
    if (left === -1) act(point);
  };
}

/** Once, when the policy that was written last is there. */
function atCertainPoint(parts: Parts, at: string | undefined): void {
  parts.stage.hooks.stopPoint = (point) => {
    if (point !== at) return;
    parts.stage.hooks.stopPoint = () => undefined;
    const mine = tenantOf(parts.stage.sandbox, parts.made.tenant.tenantId).conditionalAccessPolicies.findLast(isOwn);
    if (mine !== undefined) changeThis(parts, mine, 'edit');
  };
}

function armFault({ stage, made, random, steps }: Parts): void {
  const kind = random.pick(['busy', 'down', 'lost', 'lostWrite', 'gateway'] as const);
  const common = {
    ...{ id: `fault-${kind}`, vendor: 'graph' as const, template: '*', tenant: made.tenant.tenantId },
    ...{ skip: random.int(12) + 1, times: 1 + random.int(3) },
  };
  steps.push(`! ${kind}, after ${common.skip} calls, ${common.times} times`);
  const { faults } = stage.sandbox;
  switch (kind) {
    case 'busy':
      faults.put({ ...common, status: 429, retryAfter: '7' });
      return;
    case 'down':
      faults.put({ ...common, status: 503 });
      return;
    case 'lost':
      faults.put({ ...common, cut: 'before' });
      return;
    case 'lostWrite': {
      const method = random.pick(['POST', 'PATCH', 'DELETE']);
      faults.put({ ...common, skip: random.int(3) + 1, method, afterEffect: true, cut: 'before' });
      return;
    }
    case 'gateway':
      faults.put({ ...common, method: random.pick(['POST', 'PATCH']), skip: 1, afterEffect: true, status: 504 });
  }
}

/** What another administrator does in the middle of the product's work. */
function actAsOther(parts: Parts): void {
  const kind = parts.random.pick(['edit', 'disable', 'delete', 'add', 'join', 'leave', 'enrol'] as const);
  switch (kind) {
    case 'add':
      addPolicy(parts);
      return;
    case 'enrol':
      helpToEnrol(parts);
      return;
    case 'join':
    case 'leave':
      changeMembers(parts, kind);
      return;
    case 'edit':
    case 'disable':
    case 'delete':
      changePolicy(parts, kind);
  }
}

function tell({ steps }: Parts, what: string): void {
  steps.push(`! another administrator ${what}`);
}

function addPolicy(parts: Parts): void {
  const { stage, made, judge, random } = parts;
  const which = { tenantId: made.tenant.tenantId, policyId: random.uuid() };
  tell(parts, 'adds a policy');
  const policy = newPolicy(which.policyId, made.cast.emergency);
  judge.outside({ policyId: which.policyId }, () => putPolicy(stage.sandbox, which, { policy, by: BY }));
}

function helpToEnrol(parts: Parts): void {
  const { stage, made, judge, random } = parts;
  const [who] = random.shuffle(made.cast.workers);
  if (who === undefined) return;
  tell(parts, 'helps somebody to enrol');
  const given = { method: 'microsoftAuthenticator', reportLagMs: 0, id: random.uuid() } as const;
  const whom = { tenantId: made.tenant.tenantId, userId: who.id };
  judge.outside({ users: true }, () => enrolUser(stage.sandbox, whom, given));
}

function changeMembers(parts: Parts, kind: 'join' | 'leave'): void {
  const { stage, made, judge, random } = parts;
  const { tenantId } = made.tenant;
  const [who] = random.shuffle(made.cast.workers);
  const [entry] = random.shuffle(tenantOf(stage.sandbox, tenantId).groups);
  if (who === undefined || entry === undefined) return;
  const { group, members } = entry;
  const isDynamic = Array.isArray(group.groupTypes) && group.groupTypes.includes('DynamicMembership');
  if (isDynamic || members.some(({ id }) => id === who.id) !== (kind === 'leave')) return;
  tell(parts, `changes the members of ${String(group.displayName)}: ${kind}`);
  const change = { add: kind === 'join' ? [who.id] : [], remove: kind === 'leave' ? [who.id] : [], by: BY };
  const which = { tenantId, groupId: group.id };
  judge.outside({ groupId: group.id }, () => changeMembersAs(stage.sandbox, which, change));
}

function changePolicy(parts: Parts, kind: 'edit' | 'disable' | 'delete'): void {
  const { stage, made, random } = parts;
  const [policy] = random.shuffle(tenantOf(stage.sandbox, made.tenant.tenantId).conditionalAccessPolicies);
  if (policy !== undefined) changeThis(parts, policy, kind);
}

function changeThis(parts: Parts, policy: GraphObject & { id: string }, kind: 'edit' | 'disable' | 'delete'): void {
  const { stage, made, judge } = parts;
  const { tenantId } = made.tenant;
  tell(parts, `${kind}s the policy ${String(policy.displayName)}`);
  const which = { tenantId, policyId: policy.id };
  judge.outside({ policyId: policy.id }, () => {
    if (kind === 'delete') removePolicy(stage.sandbox, which, BY);
    else editPolicy(stage.sandbox, which, { set: changeOf(kind, policy), by: BY });
  });
}

function newPolicy(id: string, emergency: readonly string[]): GraphObject {
  const users = { includeUsers: ['All'], excludeUsers: [...emergency] };
  const template = { name: 'Added meanwhile', state: 'enabled' as const, users, clients: ['other'] };
  const at = '2027-01-01T00:00:00Z';
  return graphPolicy(
    { ...template, grant: { controls: ['block'] } },
    { id, createdDateTime: at, modifiedDateTime: null },
  );
}

/** Our own policies keep the beginning of their name, by which the judge tells them. */
function changeOf(kind: 'edit' | 'disable', policy: GraphObject): GraphObject {
  if (kind === 'disable') return { state: 'disabled' };
  const name = String(policy.displayName);
  return { displayName: name.startsWith(OWN) ? `${name} (edited)` : `${name} edited` };
}
