/**
 * Graph's `users/delta`: items carry only what changed, can repeat, and mark deleted accounts with `@removed`. The
 * answer is a patch, so that a handful of changes never touches the rest of a large tenant.
 */
import type { Account } from './roster-types.core.ts';

type ManagerChange = { id: string; '@removed'?: unknown };

/** One item of a delta page, as Graph sends it. */
export type AccountChange = {
  id: string;
  '@removed'?: unknown;
  'manager@delta'?: readonly ManagerChange[] | undefined;
} & {
  readonly [property: string]: unknown;
};

export type AccountPatch = {
  /** Accounts that are new or changed, whole. */
  changed: Map<string, Account>;
  /** Accounts that are gone, deleted for good or into the recycle bin. */
  removed: Set<string>;
};

/** Merges the items, in their order, into the accounts known; the map given stays as it is. */
export function applyAccountChanges(
  accounts: ReadonlyMap<string, Account>,
  changes: readonly AccountChange[],
): AccountPatch {
  const patch: AccountPatch = { changed: new Map(), removed: new Set() };
  for (const change of changes) {
    if (change['@removed'] !== undefined) {
      patch.changed.delete(change.id);
      if (accounts.has(change.id)) patch.removed.add(change.id);
      continue;
    }
    const known = patch.changed.get(change.id) ?? knownBefore(accounts, patch, change.id);
    patch.removed.delete(change.id);
    patch.changed.set(change.id, merge(known, change));
  }
  return patch;
}

/** A restored account comes back whole, so nothing of its former self is kept. */
function knownBefore(accounts: ReadonlyMap<string, Account>, patch: AccountPatch, id: string): Account {
  return (patch.removed.has(id) ? undefined : accounts.get(id)) ?? { id };
}

function merge(known: Account, change: AccountChange): Account {
  const properties = Object.entries(change).filter(([name]) => !name.includes('@'));
  const merged: Account = { ...known, ...Object.fromEntries(properties) };
  const manager = managerAfter(known, change['manager@delta']);
  return manager === undefined ? merged : { ...merged, manager };
}

/** The new manager, null when the old one was taken away, undefined when the item says nothing about it. */
function managerAfter(known: Account, entries: readonly ManagerChange[] | undefined): Account['manager'] {
  if (entries === undefined) return undefined;
  const added = entries.filter((entry) => entry['@removed'] === undefined).at(-1);
  if (added !== undefined) return { id: added.id };
  return entries.some((entry) => entry.id === known.manager?.id) ? null : undefined;
}
