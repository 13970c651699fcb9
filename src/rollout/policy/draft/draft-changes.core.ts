/**
 * In what a draft differs from the one that was decided about: the policies, who is in which group, and how many people
 * are touched how. Whoever decides again looks at these instead of at everything (S22).
 */
import type { Json } from '../../../lib/canonical-json.ts';
import { objectOf } from '../graph-json.core.ts';
import { differenceOf, type PolicyDifference } from '../policy-difference.core.ts';
import type { DraftCounts, PolicyDraft } from './draft.core.ts';

/** What is kept of a draft with the decision about it, as far as it is compared. */
export type DecidedDraft = {
  policies: { name: string; json: Json }[];
  groups: Group[];
  counts: Record<string, number>;
};

type Group = Pick<PolicyDraft['groups'][number], 'reference' | 'name' | 'members'>;

/** Accounts that came into a group or left it, by id. */
export type GroupChange = { reference: string; name: string; added: string[]; removed: string[] };

export type CountChange = { what: CountedChange; before: number; after: number };

export type DraftChanges = { policies: PolicyDifference[]; groups: GroupChange[]; counts: CountChange[] };

/** The counts that are part of what is decided about; how many accounts there are is not. */
export const COUNTED_CHANGES = [
  'asked',
  'stuck',
  'kept',
  'more',
  'less',
  'blocked',
  'leftOut',
  'unknown',
] as const satisfies readonly (keyof DraftCounts)[];

type CountedChange = (typeof COUNTED_CHANGES)[number];

type Now = Pick<PolicyDraft, 'policies' | 'groups' | 'counts'>;

/** In what `now` differs from the draft that was decided about. */
export function changesSinceDecision(before: DecidedDraft, now: Now): DraftChanges {
  const names = new Map(
    [...before.groups, ...now.groups].map(({ reference, name }) => [reference.toLowerCase(), name] as const),
  );
  const nameOf = (reference: string) => names.get(reference.toLowerCase()) ?? reference;
  return {
    policies: now.policies.flatMap(({ name, json }) => {
      const was = before.policies.find((policy) => policy.name === name);
      return differenceOf({ policy: name, live: objectOf(was?.json), draft: objectOf(json) ?? {}, nameOf });
    }),
    groups: groupChanges(before.groups, now.groups),
    counts: COUNTED_CHANGES.map((what) => ({ what, before: before.counts[what] ?? 0, after: now.counts[what] })).filter(
      (one) => one.before !== one.after,
    ),
  };
}

/** By what the policies call a group: a name may change, and two groups may have the same. */
function groupChanges(before: readonly Group[], now: readonly Group[]): GroupChange[] {
  const was = new Map(before.map((group) => [group.reference.toLowerCase(), group]));
  const is = new Map(now.map((group) => [group.reference.toLowerCase(), group]));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((reference) => {
    const [old, present] = [was.get(reference), is.get(reference)];
    const [had, has] = [new Set(old?.members), new Set(present?.members)];
    const added = [...has].filter((id) => !had.has(id));
    const removed = [...had].filter((id) => !has.has(id));
    if (added.length === 0 && removed.length === 0) return [];
    return [{ reference, name: present?.name ?? old?.name ?? reference, added, removed }];
  });
}
