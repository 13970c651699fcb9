/**
 * What a write may not do although nobody loses anything by it at once: go out over something that nobody reviewed (S23),
 * over what somebody else wrote, without leaving out who has to stay out (S1), before the way back is known (S24), unread afterwards, or take Security Defaults off
 * before the policy stands ready (S14).
 */
import { type Cover, compareCover } from '../../../src/sandbox/evaluator/watch.ts';
import type { GraphObject, Tenant } from '../../../src/sandbox/world/world.ts';

export const OWN = 'MFA Rollout - ';

/** Whether an object of a tenant is the product's, by the beginning of its name, which nobody here changes. */
export function isOwn(object: GraphObject | undefined): boolean {
  return String(object?.displayName).startsWith(OWN);
}

export type RuleKind =
  | 'breakGlassNotExcluded'
  | 'unreviewedWrite'
  | 'overOthersWrite'
  | 'offBeforeReady'
  | 'noSnapshot'
  | 'saidUnread';
export type Broken = { kind: RuleKind; at: string; accounts: string[]; detail: string };

/** A write of the product that was just made. */
type Written = { at: string; isPush: boolean; isBack: boolean; wasOn: boolean; cover: Cover };

export type WriteRules = {
  /** Somebody approves what he sees now. */
  reviewed(): void;
  /** A piece of work begins, or is over: what others do meanwhile nobody can have reviewed. */
  working(isWorking: boolean): void;
  /** Where the product's work is. */
  point(name: string): void;
  /** Somebody else has changed a policy. */
  outside(policyId: string): void;
  /** The rules that this write broke. */
  written(written: Written): Broken[];
  /** What the product says of its push, which has ended, and what it keeps of how the tenant was. */
  pushed(push: { state: string; before: unknown }): Broken[];
};

type Parts = {
  live(): Tenant;
  coverOf(tenant: Tenant): Cover;
  isExempt(id: string): boolean;
  emergency: readonly string[];
};

/** Begins to watch the writes of one tenant. */
export function createWriteRules({ live, coverOf, isExempt, emergency }: Parts): WriteRules {
  const text = (policyId: string) =>
    JSON.stringify(live().conditionalAccessPolicies.find(({ id }) => id === policyId) ?? null);
  const others = () => live().conditionalAccessPolicies.filter((policy) => !isOwn(policy));
  const othersText = () => JSON.stringify([...others()].sort((a, b) => a.id.localeCompare(b.id)));
  let reviewed = { text: othersText(), ids: others().map(({ id }) => id) };
  let seen = othersText();
  let isWorking = false;
  let last = '';
  const edited = new Map<string, string>();
  /** Policies of the product that somebody else changed at any time. */
  const meanwhile = new Set<string>();
  const unread = new Set<string>();
  const lostIf = (tenant: Tenant, cover: Cover) =>
    compareCover(cover, coverOf(tenant)).flatMap(({ userId }) => (isExempt(userId) ? [] : [userId]));
  return {
    reviewed: () => {
      reviewed = { text: othersText(), ids: others().map(({ id }) => id) };
    },
    working: (isNow) => {
      isWorking = isNow;
      if (isNow) unread.clear();
    },
    point: (name) => {
      last = name;
    },
    outside: (policyId) => {
      const isOurs = isOwn(live().conditionalAccessPolicies.find(({ id }) => id === policyId));
      if (isOurs) meanwhile.add(policyId);
      if (isOurs && !isWorking) edited.set(policyId, text(policyId));
      if (isOurs && last === POLICY_MADE) unread.add(policyId);
      // What changes while the product is at work may come after its last look.
      if (isWorking && reviewed.text === seen) reviewed = { ...reviewed, text: othersText() };
      seen = othersText();
    },
    written: ({ at, isPush, isBack, wasOn, cover }) => {
      seen = othersText();
      const overwritten = [...edited].flatMap(([id, was]) => (text(id) === was ? [] : [id]));
      for (const id of overwritten) edited.set(id, text(id));
      const isUnreviewed = isPush && !isBack && reviewed.text !== seen;
      const bare = bareIn(live(), { coverOf, emergency }).filter(({ id }) => !meanwhile.has(id));
      const early = wasOn && !live().securityDefaults.isEnabled ? lostIf(asReady(live()), cover) : [];
      return [
        ...(isUnreviewed ? [{ ...UNREVIEWED, at }] : []),
        ...bare.map(({ id, accounts }) => ({ kind: 'breakGlassNotExcluded' as const, at, accounts, detail: id })),
        ...(isBack
          ? []
          : overwritten.map((detail) => ({ kind: 'overOthersWrite' as const, at, accounts: [], detail }))),
        ...(early.length > 0 ? [{ kind: 'offBeforeReady' as const, at, accounts: early, detail: '' }] : []),
      ];
    },
    pushed: ({ state, before }) => {
      const broken: Broken[] = [];
      const tell = (kind: RuleKind, detail: string) => broken.push({ kind, at: 'push', accounts: [], detail });
      const kept = new Set(idsIn(before));
      const missing = reviewed.ids.filter((id) => !kept.has(id));
      if (HAS_WRITTEN.has(state) && missing.length > 0) tell('noSnapshot', missing.join(', '));
      if (state === 'live' && unread.size > 0) tell('saidUnread', [...unread].join(', '));
      return broken;
    },
  };
}

const UNREVIEWED = {
  kind: 'unreviewedWrite' as const,
  accounts: [],
  detail: 'others changed policies since the review',
};
/** Right after a policy was written, and before it is read back. */
const POLICY_MADE = 'push.policy.made';
const HAS_WRITTEN: ReadonlySet<string> = new Set(['live', 'compensated', 'standing']);

function idsIn(before: unknown): string[] {
  const policies = (before as { policies?: { id: string }[] } | null)?.policies ?? [];
  return policies.map(({ id }) => id);
}

type Exclusion = Pick<Parts, 'coverOf' | 'emergency'>;

/** Policies of the product that would reach an emergency account, were they about everybody and enabled. */
function bareIn(tenant: Tenant, { coverOf, emergency }: Exclusion): { id: string; accounts: string[] }[] {
  return tenant.conditionalAccessPolicies.filter(isOwn).flatMap((policy) => {
    const alone = { ...tenant, securityDefaults: { ...tenant.securityDefaults, isEnabled: false }, perUserMfa: {} };
    const cover = coverOf({ ...alone, conditionalAccessPolicies: [forEverybody(policy)] });
    const accounts = emergency.filter((id) => (cover.get(id)?.size ?? 0) > 0);
    return accounts.length === 0 ? [] : [{ id: policy.id, accounts }];
  });
}

function forEverybody(policy: Tenant['conditionalAccessPolicies'][number]): typeof policy {
  const conditions = policy.conditions as { users?: GraphObject } | undefined;
  const users = { ...conditions?.users, includeUsers: ['All'], includeGroups: [], includeRoles: [] };
  return { ...policy, state: 'enabled', conditions: { ...conditions, users } };
}

/** The tenant once the policy that stands ready is enabled and nothing else is changed. */
function asReady(tenant: Tenant): Tenant {
  const policies = tenant.conditionalAccessPolicies.map((policy) =>
    isOwn(policy) && String(policy.displayName).includes('ENFORCE') ? { ...policy, state: 'enabled' } : policy,
  );
  return { ...tenant, conditionalAccessPolicies: policies };
}
