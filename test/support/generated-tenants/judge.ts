/**
 * Watches one tenant by the sandbox's own evaluator, which shares nothing with the product's: after every write of the
 * product it compares who gets in and who is under MFA with the moment before and with the first contact.
 */
import {
  type Cover,
  compareCover,
  type LookMemo,
  lookAround,
  ordinaryShapes,
} from '../../../src/sandbox/evaluator/watch.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { ROLES } from '../../../src/sandbox/world/roles.ts';
import type { GraphObject, Tenant } from '../../../src/sandbox/world/world.ts';
import { createWriteRules, isOwn, type RuleKind, type WriteRules } from './write-rules.ts';

export type ViolationKind =
  | 'breakGlassLockedOut'
  | 'breakGlassAsked'
  | 'administratorsLockedOut'
  | 'personLockedOut'
  | 'coverShrunk'
  | 'belowFirstContact'
  | 'neitherBeforeNorPlanned'
  | RuleKind;

export type Violation = { kind: ViolationKind; at: string; accounts: string[]; detail: string };

/** What somebody outside the product changes; an object of the tenant by its id. */
export type OutsideChange = { policyId?: string; groupId?: string; users?: boolean; securityDefaults?: boolean };

/** `othersDoing`: somebody else changed an object of the product, and only what follows from that is not as planned. */
export type Ended = 'asBefore' | 'asPlanned' | 'othersDoing' | 'neither';

/** What the product says that it brought about. */
export type Claim = {
  /** Accounts of the phases that are enforced. */
  enforced: ReadonlySet<string>;
  /** The phase for everyone else is enforced. */
  isEverybody: boolean;
  /** Everything was taken back. */
  isUndone: boolean;
};

export type Judge = {
  violations: Violation[];
  /** Writes of the product that were judged. */
  writes: number;
  /** Objects of the product that somebody else changed: what became of them is that person's doing. */
  touched: Set<string>;
  /** Accounts that a signature carves out, and those who are enforced by signature although they cannot answer. */
  signed: { exempt: ReadonlySet<string>; anyway: Set<string> };
  /** Whether an account may come to be without MFA that it had. */
  isExempt(id: string): boolean;
  /** The work under way, for whoever looks into a violation. */
  label: string;
  /** What else a write may not do. */
  rules: Pick<WriteRules, 'reviewed' | 'working' | 'pushed'>;
  /** Hears of every stop point: whether the next write takes something back, so that cover may shrink to the first contact. */
  point(name: string): void;
  outside(change: OutsideChange, act: () => void): void;
  /** The end of one piece of work: what may be open for a moment within it must be closed now. */
  settle(): void;
  /** What the tenant is in the end. */
  ending(claim: Claim): Ended;
  stop(): void;
};

type Sight = ReturnType<typeof lookAround>;

const MEMO_MAX = 5_000;

/** Pieces of work that take something back. */
const WAY_BACK = /^(?:rollBack|undo)\b/;

/** Work on policies and groups. Other work runs beside it, and its points say nothing of the next write. */
const WRITES_COVER = /^(?:push|enforce|switch|back|withdraw|undo|members|person|takeover|drift\.restore)\./;

/** Begins to watch; the tenant as it is now is the first contact. */
export function createJudge(sandbox: Sandbox, tenantId: string, emergency: readonly string[]): Judge {
  const memo: LookMemo = new Map();
  const live = () => tenantOf(sandbox, tenantId);
  const look = (tenant: Tenant): Sight => {
    if (memo.size > MEMO_MAX) memo.clear();
    return lookAround(tenant, memo);
  };
  const shadow = structuredClone(live());
  const first = structuredClone(shadow);
  let floor = look(shadow);
  // Whoever was fully covered at some time is carried over, and stays so whatever others do to the old policies.
  const best = new Map(floor.cover);
  let before = floor;
  let isBack = false;
  let seenSeq = coverSeqOf(sandbox, tenantId);
  let gapFrom: Sight | null = null;
  let wasOn = isOn(shadow);
  const rules = createWriteRules({
    live,
    coverOf: (tenant) => look(tenant).cover,
    isExempt: (id) => judge.isExempt(id),
    emergency,
  });
  const judge: Judge = {
    rules,
    ...{ violations: [], writes: 0, touched: new Set(), label: 'first contact' },
    point: (name) => {
      rules.point(name);
      isBack = /^(?:withdraw|undo)\./.test(name) || (isBack && !WRITES_COVER.test(name));
    },
    signed: { exempt: new Set(), anyway: new Set() },
    // S1: whatever takes the place of Security Defaults leaves the emergency accounts out, which they did not.
    isExempt: (id) => judge.signed.exempt.has(id) || (isOn(shadow) && emergency.includes(id)),
    outside: (change, act) => {
      // What others take once the switch protects again is theirs; before that it is the product's to answer.
      if (gapFrom !== null && shrunk({ judge, from: gapFrom, to: before, at: '' }).length === 0) gapFrom = null;
      act();
      mirror(shadow, live(), { ...change, touched: judge.touched });
      floor = look(shadow);
      for (const [id, cover] of floor.cover) if (cover.size > (best.get(id)?.size ?? 0)) best.set(id, cover);
      before = look(live());
      wasOn = isOn(live());
      seenSeq = coverSeqOf(sandbox, tenantId);
      if (change.policyId !== undefined) rules.outside(change.policyId);
    },
    settle: () => {
      if (gapFrom !== null)
        judge.violations.push(...shrunk({ judge, from: gapFrom, to: before, at: 'end of the switch' }));
      gapFrom = null;
    },
    ending: (claim) => endingOf({ live: live(), first, shadow, best, claim, judge, look, emergency }),
    stop: () => {
      sandbox.requests.add = add;
    },
  };
  const add = sandbox.requests.add;
  sandbox.requests.add = (request) => {
    add(request);
    if (request.vendor !== 'graph' || request.tenant !== tenantId || request.method === 'GET') return;
    const seq = coverSeqOf(sandbox, tenantId);
    if (seq === seenSeq) return;
    seenSeq = seq;
    const from = before;
    const isWayBack = isBack || WAY_BACK.test(judge.label);
    const isSwitch = isOn(shadow) && !isOn(live());
    before = look(live());
    judge.writes += 1;
    const at = `${judge.label}: ${request.method} ${request.template}`;
    const isPush = judge.label === 'push';
    judge.violations.push(...rules.written({ at, isPush, isBack: isWayBack, wasOn, cover: from.cover }));
    wasOn = isOn(live());
    judge.violations.push(...lockOuts({ judge, from, to: before, at, tenant: live(), emergency }));
    judge.violations.push(...newlyAsked(emergency, { floor, from, to: before, at }));
    // Between the two calls of the switch nothing can protect; what counts is its end.
    if (isSwitch && gapFrom === null && compareCover(from.cover, before.cover).length > 0) gapFrom = from;
    if (gapFrom !== null) return;
    if (!isWayBack) judge.violations.push(...shrunk({ judge, from, to: before, at }));
    judge.violations.push(...shrunk({ judge, from: floor, to: before, at, kind: 'belowFirstContact' }));
  };
  return judge;
}

/** A tenant of the sandbox as it is. */
export function tenantOf(sandbox: Sandbox, tenantId: string): Tenant {
  const state = sandbox.state.tenants.get(tenantId);
  if (state === undefined) throw new Error(`there is no tenant ${tenantId}`);
  return state.tenant;
}

function coverSeqOf(sandbox: Sandbox, tenantId: string): number {
  return sandbox.state.tenants.get(tenantId)?.coverSeq ?? 0;
}

/** The tenant as if nobody else had changed who is in the groups that were there at the first contact. */
function withGroupsOf(first: Tenant, tenant: Tenant): Tenant {
  const were = new Map(first.groups.map((entry) => [entry.group.id, entry]));
  return { ...tenant, groups: tenant.groups.map((entry) => were.get(entry.group.id) ?? entry) };
}

function isOn({ securityDefaults }: Tenant): boolean {
  return securityDefaults.isEnabled;
}

type Step = { judge: Judge; from: Sight; to: Sight; at: string };

function shrunk({ judge, from, to, at, kind = 'coverShrunk' }: Step & { kind?: ViolationKind }): Violation[] {
  const lost = compareCover(from.cover, to.cover).filter(({ userId }) => !judge.isExempt(userId));
  if (lost.length === 0) return [];
  const detail = lost.map(({ shapes }) => `${shapes.length}: ${shapes[0] ?? ''}`).join('; ');
  return [{ kind, at, accounts: lost.map(({ userId }) => userId), detail }];
}

function lockOuts(step: Step & { tenant: Tenant; emergency: readonly string[] }): Violation[] {
  const { judge, from, to, at, tenant, emergency } = step;
  const outBefore = new Set(from.lockedOut);
  const fresh = to.lockedOut.filter((id) => !outBefore.has(id));
  const found: Violation[] = [];
  const tell = (kind: ViolationKind, accounts: string[]) => {
    if (accounts.length > 0) found.push({ kind, at, accounts, detail: '' });
  };
  tell(
    'breakGlassLockedOut',
    fresh.filter((id) => emergency.includes(id)),
  );
  const admins = administratorsOf(tenant);
  const isOut = new Set(to.lockedOut);
  const isAllOut = admins.length > 0 && admins.every((id) => isOut.has(id));
  if (isAllOut && !admins.every((id) => outBefore.has(id))) tell('administratorsLockedOut', admins);
  tell(
    'personLockedOut',
    fresh.filter((id) => !judge.signed.anyway.has(id) && !emergency.includes(id)),
  );
  return found;
}

/** S1: an emergency account comes under no MFA that it did not have at the first contact, whether or not it could answer. */
function newlyAsked(emergency: readonly string[], step: Omit<Step, 'judge'> & { floor: Sight }): Violation[] {
  const { floor, from, to, at } = step;
  const sizeIn = ({ cover }: Sight, id: string) => cover.get(id)?.size ?? 0;
  const accounts = emergency.filter((id) => sizeIn(to, id) > Math.max(sizeIn(floor, id), sizeIn(from, id)));
  return accounts.length === 0 ? [] : [{ kind: 'breakGlassAsked', at, accounts, detail: '' }];
}

function administratorsOf({ roleAssignments, users }: Tenant): string[] {
  const enabled = new Set(users.filter(({ accountEnabled }) => accountEnabled === true).map(({ id }) => id));
  const holders = roleAssignments.filter(({ roleDefinitionId }) => roleDefinitionId === ROLES.globalAdministrator);
  return holders.map(({ principalId }) => principalId).filter((id) => enabled.has(id));
}

type Mirroring = OutsideChange & { touched: Set<string> };

/** Brings what somebody else changed into the picture of the first contact. */
function mirror(shadow: Tenant, live: Tenant, change: Mirroring): void {
  if (change.policyId !== undefined) mirrorPolicy(shadow, live, { id: change.policyId, touched: change.touched });
  if (change.groupId !== undefined) mirrorGroup(shadow, live, { id: change.groupId, touched: change.touched });
  if (change.users === true) {
    shadow.users = structuredClone(live.users);
    shadow.authenticationMethods = structuredClone(live.authenticationMethods);
    shadow.roleAssignments = structuredClone(live.roleAssignments);
  }
  if (change.securityDefaults === true) shadow.securityDefaults = structuredClone(live.securityDefaults);
}

type OneObject = { id: string; touched: Set<string> };

function mirrorPolicy(shadow: Tenant, live: Tenant, { id, touched }: OneObject): void {
  const found = policyIn(live, id);
  const isOurs = found === undefined ? policyIn(shadow, id) === undefined : isOwn(found);
  if (isOurs) {
    touched.add(id);
    return;
  }
  const others = shadow.conditionalAccessPolicies.filter((policy) => policy.id !== id);
  shadow.conditionalAccessPolicies = found === undefined ? others : [...others, structuredClone(found)];
}

function mirrorGroup(shadow: Tenant, live: Tenant, { id, touched }: OneObject): void {
  const found = live.groups.find(({ group }) => group.id === id);
  const others = shadow.groups.filter(({ group }) => group.id !== id);
  if (isOwn(found?.group) || others.length === shadow.groups.length) touched.add(id);
  else shadow.groups = found === undefined ? others : [...others, structuredClone(found)];
}

type Ending = {
  live: Tenant;
  first: Tenant;
  shadow: Tenant;
  best: Cover;
  claim: Claim;
  judge: Judge;
  look(tenant: Tenant): Sight;
  emergency: readonly string[];
};

function endingOf(given: Ending): Ended {
  const { live, shadow } = given;
  if (stateText(live, () => true) === stateText(shadow, () => true)) return 'asBefore';
  const problem = given.claim.isUndone ? NOT_UNDONE : unplanned(given);
  if (problem === null) return 'asPlanned';
  if (given.judge.touched.size > 0 && problem.isOurs) return 'othersDoing';
  if (isOthersByGroup(given, problem)) return 'othersDoing';
  const { accounts, detail } = problem;
  given.judge.violations.push({ kind: 'neitherBeforeNorPlanned', at: 'end', accounts, detail });
  return 'neither';
}

/** Whether all is as planned but for whom others put into a group that a policy leaves out, or took out of one. */
function isOthersByGroup(given: Ending, { isOurs }: Unplanned): boolean {
  if (!isOurs || given.claim.isUndone) return false;
  const live = withGroupsOf(given.first, given.live);
  return unplanned({ ...given, live, shadow: withGroupsOf(given.first, given.shadow) }) === null;
}

type Unplanned = Pick<Violation, 'accounts' | 'detail'> & { isOurs: boolean };

const NOT_UNDONE: Unplanned = { accounts: [], detail: 'undone, and not as before', isOurs: true };

/** What is not as the product says; null when all is. */
function unplanned({ live, shadow, best, claim, judge, look, emergency }: Ending): Unplanned | null {
  const others = (object: GraphObject) => !isOwn(object);
  // Security Defaults and per-user MFA go when the managed policies have taken over everybody.
  const isLate = claim.isEverybody;
  if (stateText(live, others, isLate) !== stateText(shadow, others, isLate)) {
    return { accounts: [], detail: differenceOf(live, shadow), isOurs: false };
  }
  const shapes = ordinaryShapes(live).length;
  const now = look(live).cover;
  // Emergency accounts are declared, and stay out of every phase whether or not the table was signed.
  const exempt = new Set([...judge.signed.exempt, ...emergency]);
  const bare: string[] = [];
  const early: string[] = [];
  for (const [id, cover] of now) {
    const wanted = claim.enforced.has(id) || (claim.isEverybody && !exempt.has(id));
    if (wanted && !exempt.has(id)) {
      if (cover.size < shapes) bare.push(id);
    } else if (cover.size > (best.get(id)?.size ?? 0)) early.push(id);
  }
  if (bare.length > 0) return { accounts: bare, detail: 'said to be enforced and not asked everywhere', isOurs: true };
  if (early.length === 0) return null;
  return { accounts: early, detail: 'asked for MFA without its phase being enforced', isOurs: true };
}

function differenceOf(live: Tenant, shadow: Tenant): string {
  const now = policyTexts(live);
  const was = policyTexts(shadow);
  const changed = [...now.keys(), ...was.keys()].filter(
    (id) => now.get(id) !== was.get(id) && !isOwn(policyIn(live, id)),
  );
  return `others' objects differ: policies ${[...new Set(changed)].join(', ') || 'none'}`;
}

function policyIn(
  { conditionalAccessPolicies }: Tenant,
  id: string,
): Tenant['conditionalAccessPolicies'][number] | undefined {
  return conditionalAccessPolicies.find((policy) => policy.id === id);
}

function policyTexts({ conditionalAccessPolicies }: Tenant): Map<string, string> {
  return new Map(conditionalAccessPolicies.map((policy) => [policy.id, JSON.stringify(policy)]));
}

/** Everything that the product may change in a tenant, in one order. */
function stateText(tenant: Tenant, isMeant: (object: GraphObject) => boolean, isLate = false): string {
  const policies = tenant.conditionalAccessPolicies.filter(isMeant).map((policy) => JSON.stringify(policy));
  const groups = tenant.groups
    .filter(({ group }) => isMeant(group))
    .map(({ group, members }) => JSON.stringify([group, members.map(({ id }) => id).sort()]));
  const perUser = Object.entries(tenant.perUserMfa).filter(([, state]) => state !== 'disabled');
  const late = isLate ? [] : [tenant.securityDefaults.isEnabled, perUser.sort()];
  return JSON.stringify([policies.sort(), groups.sort(), late]);
}
