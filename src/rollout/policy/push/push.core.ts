/**
 * The plan of a push: what has to be written so that the tenant says what the approved draft says, in an order in which
 * nothing is taken away before something else holds (S25): groups and their members first, then OBSERVE, then ENFORCE,
 * both report-only (S4, S5). Undoing goes the same way back. The preview and the push are this one plan.
 */
import type { Json } from '../../../lib/canonical-json.ts';
import { digestOf, shortDigest } from '../../../lib/digest.ts';
import { type GraphObject, objectOf } from '../graph-json.core.ts';
import { groupKey, type ManagedObject, ownedId, replaceReferences } from '../managed-objects.core.ts';
import type { ManagedGroup, ManagedName, ManagedPolicy } from '../managed-policies.core.ts';
import { differenceOf } from '../policy-difference.core.ts';

/** One write. A stored shape: a change needs a migration. */
export type PushStep =
  /** Makes a group. */
  | { do: 'group'; name: string; key: string; group: { displayName: string; description: string; tag: string } }
  /** Puts accounts into a group; `groupId` is null for one that this push makes. */
  | { do: 'members'; name: string; key: string; groupId: string | null; displayName: string; add: string[] }
  /** Makes a policy, or changes the one of this id, which said `before`. */
  | { do: 'policy'; name: string; key: ManagedName; json: Json; policyId: string | null; before: Json };

/** A stored shape: a change needs a migration. */
export type PushPlan = {
  steps: PushStep[];
  /** Ids of groups that are there already, by the reference the policies use. */
  groupIds: Record<string, string>;
  /** Of every group that the policies name, by its key: the reference and who has to be in it. */
  groups: { key: string; reference: string; purpose: ManagedGroup['purpose']; members: string[] }[];
};

export type PlanInput = {
  /** Names the run in what it makes (S30). */
  pushId: string;
  policies: readonly ManagedPolicy[];
  groups: readonly ManagedGroup[];
  owned: readonly ManagedObject[];
  live: readonly GraphObject[];
  /** The direct members of a group as they are now. */
  membersOf(groupId: string): readonly string[];
};

/** Break-glass and exceptions before anything that they are to be left out of. */
const GROUP_ORDER: Record<ManagedGroup['purpose'], number> = { breakGlass: 0, exceptions: 1, direct: 2, phase: 3 };
const POLICY_ORDER: readonly ManagedName[] = ['OBSERVE', 'ENFORCE'];

/** Plans the writes; none when the tenant says already what the draft says. */
export function planPush(input: PlanInput): PushPlan {
  const groups = [...input.groups].sort((a, b) => GROUP_ORDER[a.purpose] - GROUP_ORDER[b.purpose]);
  const groupIds: Record<string, string> = {};
  for (const group of groups) {
    const id = idOf(group, input);
    if (id !== null) groupIds[group.reference] = id;
  }
  return {
    steps: [...groups.flatMap((group) => groupSteps(group, input)), ...policySteps(input, groupIds)],
    groupIds,
    groups: groups.map((group) => ({
      key: groupKey(group),
      reference: group.reference,
      purpose: group.purpose,
      members: group.members,
    })),
  };
}

function idOf(group: ManagedGroup, { owned }: PlanInput): string | null {
  return group.id ?? ownedId(owned, groupKey(group)) ?? null;
}

function groupSteps(group: ManagedGroup, input: PlanInput): PushStep[] {
  const [key, groupId] = [groupKey(group), idOf(group, input)];
  const present = new Set(groupId === null ? [] : input.membersOf(groupId).map((id) => id.toLowerCase()));
  const add = group.add.filter((id) => !present.has(id.toLowerCase()));
  const displayName = group.name;
  const made = { displayName, description: descriptionOf(group, input.pushId), tag: tagOf(key, input.pushId) };
  return [
    ...(groupId === null ? [{ do: 'group' as const, name: `group.${key}`, key, group: made }] : []),
    ...(add.length === 0 ? [] : [{ do: 'members' as const, name: `members.${key}`, key, groupId, displayName, add }]),
  ];
}

const PURPOSES: Record<ManagedGroup['purpose'], string> = {
  breakGlass: 'emergency accounts that no managed policy reaches',
  exceptions: 'accounts with a signed exception',
  direct: 'people who use MFA already',
  phase: 'people of one phase',
};

function descriptionOf({ purpose }: ManagedGroup, pushId: string): string {
  return `Made by MFA Rollout: ${PURPOSES[purpose]}. Membership is written by the rollout; changes by hand are reported. Run ${pushId}.`;
}

/** Becomes the group's mail nickname: letters, digits and hyphens, at most 64, of no other run and no other group. */
function tagOf(key: string, pushId: string): string {
  return `mfa-rollout-${shortDigest(digestOf({ pushId }))}-${shortDigest(digestOf({ key }))}`;
}

function policySteps({ policies, owned, live }: PlanInput, groupIds: Record<string, string>): PushStep[] {
  const ids = new Map(Object.entries(groupIds));
  return POLICY_ORDER.flatMap((key): PushStep[] => {
    const policy = policies.find(({ name }) => name === key);
    if (policy === undefined) return [];
    const policyId = ownedId(owned, key) ?? null;
    const before = live.find(({ id }) => id === policyId) ?? null;
    const wanted = objectOf(replaceReferences(policy.json, ids)) ?? {};
    const changes = differenceOf({ policy: key, live: before, draft: wanted, nameOf: (reference) => reference });
    if (before !== null && changes.length === 0) return [];
    const step = { do: 'policy' as const, name: `policy.${key}`, key, json: policy.json };
    return [{ ...step, policyId: before === null ? null : policyId, before: before as unknown as Json }];
  });
}

/** How far a step came. A stored shape: a change needs a migration. */
export type StepProgress = {
  state: 'begun' | 'done' | 'undone' | 'left';
  /** When it was begun, for giving a lost answer time to show. */
  at: number;
  objectId?: string | undefined;
  /** The accounts that were not in the group before, and that undoing takes out again. */
  adding?: string[] | undefined;
  /** Why undoing left it as it is. */
  why?: string | undefined;
};

export type Progress = Record<string, StepProgress>;

/**
 * The steps that may have had an effect and were not taken back yet: every policy before any group, whatever the order
 * in which they were written, and the last one first.
 */
export function stepsToUndo(plan: PushPlan, progress: Progress): PushStep[] {
  const isOpen = ({ name }: PushStep) => ['begun', 'done', 'left'].includes(progress[name]?.state ?? '');
  const open = plan.steps.filter(isOpen).reverse();
  return [...open.filter((step) => step.do === 'policy'), ...open.filter((step) => step.do !== 'policy')];
}

/** The ids of groups by reference, those included that this push has made so far. */
export function knownGroupIds(plan: PushPlan, progress: Progress): Map<string, string> {
  const ids = new Map(Object.entries(plan.groupIds));
  for (const { key, reference } of plan.groups) {
    const made = progress[`group.${key}`]?.objectId;
    if (made !== undefined) ids.set(reference, made);
  }
  return ids;
}

/** The id of the group that a step puts accounts into, or undefined while it is not made. */
export function groupIdOf(step: Extract<PushStep, { do: 'members' }>, progress: Progress): string | undefined {
  return step.groupId ?? progress[`group.${step.key}`]?.objectId;
}

/** A step and the way back from it, in words. */
export function wordsOf(step: PushStep): { does: string; undo: string } {
  switch (step.do) {
    case 'group':
      return {
        does: `makes the group "${step.group.displayName}"`,
        undo: 'deletes the group, unless somebody else changed it',
      };
    case 'members':
      return {
        does: `puts ${step.add.length} accounts into "${step.displayName}"`,
        undo: 'takes out exactly those accounts',
      };
    case 'policy':
      return step.policyId === null
        ? { does: `makes the policy ${step.key}, report-only`, undo: 'deletes it, unless somebody else changed it' }
        : {
            does: `changes the policy ${step.key}`,
            undo: 'writes back what it said before, unless somebody changed it',
          };
  }
}
