/**
 * What has to be true before the first write of a push (safety rules S1, S2, S5, S7, S17, S19 to S23, S26). Each rule stands
 * here once, as a line of a table, and says why it refuses and what somebody can do about it. What cannot be known
 * refuses as well: a rule never guesses. Undoing asks none of them.
 */
import { digestOf } from '../../../lib/digest.ts';
import type { UsableCheck } from '../../emergency/emergency-types.core.ts';
import { isUsable, lacksDrill } from '../../emergency/usable.core.ts';
import type { PolicyDraft } from '../draft/draft.core.ts';
import { type GraphObject, type JsonObject, textOf } from '../graph-json.core.ts';
import { liveGroupFingerprint, type ManagedObject, policyFingerprint } from '../managed-objects.core.ts';
import { MANAGED_POLICIES } from '../managed-policies.core.ts';
import { canonicalMeaning } from '../policy-difference.core.ts';
import { ownIdentityFindings } from '../watch-findings.core.ts';
import type { PushPlan } from './push.core.ts';

export type Refusal = { code: string; rule: string; message: string };

export type PushFacts = {
  /** The digest that somebody wants to push. */
  digest: string;
  /** How the draft of what is stored stands with those who decide. */
  stored: { digest: string; state: 'open' | 'approved' | 'held' | 'outdated' };
  /** The policies that the reviewed draft was drawn from; null when they were not read. */
  reviewed: readonly GraphObject[] | null;
  live: readonly GraphObject[];
  /** The groups of the directory as they are now. */
  groups: readonly GraphObject[];
  /** The same draft drawn over what is live. */
  fresh: PolicyDraft;
  /** The facts of every declared break-glass account as they are now. */
  breakGlass: readonly UsableCheck[];
  owned: readonly ManagedObject[];
  plan: PushPlan;
  rails: { accountsMax: number; percentMax: number };
  /** The service principals of the product's own applications in the tenant; null when they were not read. */
  principals: readonly string[] | null;
};

type Gate = { rule: string; check(facts: PushFacts): { code: string; message: string } | null };

/** The most final first; what a reader can do least about by pressing again stands above what a sync mends. */
const GATES: readonly Gate[] = [
  { rule: 'S22', check: approvalGate },
  { rule: 'S2', check: breakGlassGate },
  { rule: 'S2', check: drillGate },
  { rule: 'S5', check: pairGate },
  { rule: 'S19', check: microsoftGate },
  { rule: 'S26', check: ownIdentityGate },
  { rule: 'S21', check: railsGate },
  { rule: 'S23', check: ownObjectsGate },
  { rule: 'S23', check: livePoliciesGate },
  { rule: 'S23', check: sameDraftGate },
];

/** The first rule that forbids the push, or null. */
export function refusalOf(facts: PushFacts): Refusal | null {
  const approval = first(facts, GATES.slice(0, 1));
  if (approval !== null) return approval;
  // What a draft may never be put before anybody with forbids its push too, judged by what is live (S1, S4, S6, S7, S17, S18, S20).
  const blocking = facts.fresh.findings.find((finding) => finding.blocks === 'push');
  if (blocking !== undefined) {
    return { code: blocking.code, rule: blocking.rule, message: `${blocking.message} ${blocking.clear}` };
  }
  return first(facts, GATES.slice(1));
}

function first(facts: PushFacts, gates: readonly Gate[]): Refusal | null {
  for (const { rule, check } of gates) {
    const found = check(facts);
    if (found !== null) return { ...found, rule };
  }
  return null;
}

function approvalGate({ digest, stored }: PushFacts): ReturnType<Gate['check']> {
  if (stored.digest !== digest) {
    const message =
      'The draft has changed since it had this digest. Look at the present one, approve it, and push that.';
    return { code: 'draft_changed', message };
  }
  switch (stored.state) {
    case 'approved':
      return null;
    case 'held':
      return {
        code: 'draft_held',
        message: 'The draft is held. Whoever holds it, or another engineer, has to approve it.',
      };
    case 'open':
    case 'outdated':
      return {
        code: 'draft_not_approved',
        message: 'Nobody has approved this draft. Look at it and approve it first.',
      };
  }
}

/** With fewer, one lost key locks the customer out. */
const BREAK_GLASS_MIN = 2;

function breakGlassGate({ breakGlass }: PushFacts): ReturnType<Gate['check']> {
  const usable = breakGlass.filter(isUsable);
  if (usable.length >= BREAK_GLASS_MIN) return null;
  const why = breakGlass.flatMap(({ accountId, ...facts }) => {
    const missing = Object.entries(facts).filter(([name, fact]) => name !== 'drill' && fact !== 'yes');
    return missing.length === 0
      ? []
      : [`${accountId}: ${missing.map(([name, fact]) => `${WORDS[name] ?? name} ${fact}`).join(', ')}`];
  });
  const message = `${usable.length} break-glass accounts are usable, ${BREAK_GLASS_MIN} have to be (${why.join('; ')}). Mend what says no or unknown, and push again.`;
  return { code: 'break_glass_unusable', message };
}

function drillGate({ breakGlass }: PushFacts): ReturnType<Gate['check']> {
  const undrilled = breakGlass.filter(lacksDrill).map(({ accountId }) => accountId);
  if (undrilled.length === 0) return null;
  const message = `No drill that counts is on record of ${undrilled.length} break-glass accounts (${undrilled.join(', ')}): nobody knows whether they get in. Start one for each ("mfa-rollout break-glass drill ACCOUNT", or the card of the emergency accounts) and sign in with the account; the sign-in log shows it within a quarter of an hour. Then push again.`;
  return { code: 'break_glass_no_drill', message };
}

const WORDS: Readonly<Record<string, string>> = {
  enabled: 'sign-in enabled',
  cloudOnly: 'cloud-only',
  initialDomain: 'on the onmicrosoft.com domain',
  permanentGlobalAdmin: 'permanent Global Administrator',
  phishingResistantMethod: 'passkey or certificate',
  otherMethod: 'another method than the daily administrators',
};

function pairGate({ fresh }: PushFacts): ReturnType<Gate['check']> {
  const missing = MANAGED_POLICIES.filter((name) => !fresh.policies.some((policy) => policy.name === name));
  if (missing.length === 0) return null;
  const message = `The draft lacks ${missing.join(' and ')}: one policy watches everybody until the end, the other enforces. Draw it anew ("mfa-rollout policy draft").`;
  return { code: 'policy_missing', message };
}

/** Graph marks them by their name alone. */
const MICROSOFT_MANAGED = 'microsoft-managed';

/** Whether a policy is one of Microsoft's own, which only Microsoft changes. */
export function isMicrosoftManaged(policy: JsonObject): boolean {
  return textOf(policy.displayName)?.toLowerCase().startsWith(MICROSOFT_MANAGED) === true;
}

function microsoftGate({ owned, live }: PushFacts): ReturnType<Gate['check']> {
  const ours = new Set(owned.map(({ objectId }) => objectId));
  const found = live.find((policy) => ours.has(policy.id) && isMicrosoftManaged(policy));
  if (found === undefined) return null;
  const message = `The policy ${found.id} is known as ours and carries the name of one that Microsoft manages. It is not touched: find out in the admin center who renamed it.`;
  return { code: 'microsoft_managed', message };
}

function ownIdentityGate({ live, principals }: PushFacts): ReturnType<Gate['check']> {
  const [found] = ownIdentityFindings(live, principals);
  return found === undefined ? null : { code: found.code, message: `${found.message} ${found.clear}` };
}

/** So few are moved by hand in a small tenant without a second look. */
const FEW = 20;

function railsGate({ plan, owned, rails, fresh }: PushFacts): ReturnType<Gate['check']> {
  const moved = movedBy(plan, owned);
  const total = Math.max(1, fresh.counts.accounts - fresh.counts.blockedInDirectory);
  const percent = Math.round((moved.length * 100) / total);
  const isOver = moved.length > rails.accountsMax || (moved.length > FEW && percent > rails.percentMax);
  if (!isOver) return null;
  const message = `The push would move ${moved.length} accounts (${percent} %) and may move ${rails.accountsMax} and ${rails.percentMax} %. It is held whole: divide the change, or raise "rails" in the customer file, which makes another draft to be approved.`;
  return { code: 'rails_exceeded', message };
}

/**
 * Accounts for which a group write means something: whoever is left out, at any time; and everybody who joins a group
 * once there is a policy over it. Filling the groups of a policy that is not there yet moves nobody.
 */
export function movedBy(plan: PushPlan, owned: readonly ManagedObject[]): string[] {
  const isFirst = !owned.some(({ kind }) => kind === 'policy');
  const moved = plan.steps.flatMap((step) => {
    if (step.do !== 'members' || step.key === 'breakGlass') return [];
    return isFirst && step.key !== 'exceptions' ? [] : step.add;
  });
  return [...new Set(moved)];
}

function ownObjectsGate({ owned, live, groups }: PushFacts): ReturnType<Gate['check']> {
  const changed = owned.find((object) => !isAsWritten(object, { live, groups }));
  if (changed === undefined) return null;
  const message = `${changed.kind === 'policy' ? 'The policy' : 'The group'} "${changed.name}" (${changed.objectId}) was changed or deleted by somebody else since it was written. Put it back or undo the push ("mfa-rollout policy undo") before pushing again.`;
  return { code: 'managed_object_changed', message };
}

/** Whether an object of ours still is what was written. */
export function isAsWritten(object: ManagedObject, { live, groups }: Pick<PushFacts, 'live' | 'groups'>): boolean {
  const found = (object.kind === 'policy' ? live : groups).find(({ id }) => id === object.objectId);
  if (found === undefined) return false;
  const fingerprint = object.kind === 'policy' ? policyFingerprint(found) : liveGroupFingerprint(found);
  return fingerprint === object.fingerprint;
}

function livePoliciesGate({ reviewed, live, owned }: PushFacts): ReturnType<Gate['check']> {
  const changed = changedPolicies({ reviewed, live, owned });
  if (changed.length === 0) return null;
  const message = `Since the draft was reviewed, ${changed.join(', ')}. Run "mfa-rollout sync", look at the draft again, and approve it.`;
  return { code: 'live_changed', message };
}

/** What became of the others' policies since the review, in words. */
export function changedPolicies({ reviewed, live, owned }: Pick<PushFacts, 'reviewed' | 'live' | 'owned'>): string[] {
  if (reviewed === null) return ['the policies were read for the first time'];
  const ours = new Set(owned.map(({ objectId }) => objectId));
  const before = new Map(reviewed.filter(({ id }) => !ours.has(id)).map((policy) => [policy.id, policy]));
  const now = new Map(live.filter(({ id }) => !ours.has(id)).map((policy) => [policy.id, policy]));
  return [
    ...[...now.values()].flatMap((policy) => {
      const was = before.get(policy.id);
      if (was === undefined) return [`the policy "${nameOf(policy)}" was added`];
      return meaning(was) === meaning(policy) ? [] : [`the policy "${nameOf(policy)}" was changed`];
    }),
    ...[...before.values()]
      .filter(({ id }) => !now.has(id))
      .map((policy) => `the policy "${nameOf(policy)}" was deleted`),
  ];
}

function meaning(policy: GraphObject): string {
  return digestOf(canonicalMeaning(policy));
}

function sameDraftGate({ digest, fresh }: PushFacts): ReturnType<Gate['check']> {
  if (fresh.digest === digest) return null;
  const message =
    'The people or groups that the draft touches have changed in the tenant since it was reviewed. Run "mfa-rollout sync", look at the draft again, and approve it.';
  return { code: 'live_changed', message };
}

function nameOf(policy: GraphObject): string {
  return textOf(policy.displayName) ?? policy.id;
}
