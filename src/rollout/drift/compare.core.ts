/**
 * One look at a tenant compared with what this product wrote and with what stood beside it. What is just being written by
 * us, and what we wrote ourselves, is no drift; what was not read is not judged (S31).
 */
import type { GraphObject } from '../policy/graph-json.core.ts';
import type { ManagedObject } from '../policy/managed-objects.core.ts';
import type { MemberRecord } from '../policy/members/members.core.ts';
import type { DriftFinding, DriftSeen } from './drift-types.core.ts';
import { findGroupDrift, type SeenGroup, type WatchedGroup } from './find-groups.core.ts';
import { type DriftBaseline, findDefaultsDrift, findMfaElsewhere, findPerUserDrift } from './find-others.core.ts';
import { findPolicyDrift } from './find-policies.core.ts';

/** What we have written, as it stands in the store. */
export type Written = {
  owned: readonly ManagedObject[];
  members: ReadonlyMap<string, MemberRecord>;
  alsoOurs: ReadonlyMap<string, ReadonlySet<string>>;
  inFlight: ReadonlySet<string>;
  isFlipping: boolean;
};

/** What was read of the tenant; a part that was not is undefined. */
export type Seen = {
  policies: readonly GraphObject[] | undefined;
  securityDefaultsOn: boolean | undefined;
  groups: ReadonlyMap<string, SeenGroup | null>;
  perUserOn: readonly string[] | undefined;
};

export type CompareInput = {
  written: Written;
  seen: Seen;
  watched: readonly WatchedGroup[];
  baseline: DriftBaseline;
  goneAccounts: ReadonlySet<string>;
  /** Whether an event of our own journal, of these names, speaks of writing this object since the last look. */
  isOwnWrite(id: string, by: RegExp): boolean;
};

/** Our steps that may let another policy ask for MFA again: a way back. A takeover only ever lets one ask no more. */
const WAY_BACK = /^(?!takeover[.](step|started))/;
/** Our own ways back to Security Defaults (S14); they name no object, since a tenant has them once. */
const DEFAULTS_ON = /^security_defaults[.](returned|switched_on)/;
const FLIPS = /^(phase|security_defaults)[.]/;
const ANYTHING = '';
/** Our steps that write people's own MFA switches back; everything else of ours only ever switches them off. */
const PER_USER = /^(?!takeover[.](step|started)).*(takeover|undo|per-?user)/i;

/** Every difference that stands. The order follows from the input alone. */
export function compare(input: CompareInput): DriftSeen[] {
  const { written, seen, watched, baseline, goneAccounts, isOwnWrite } = input;
  const { owned, inFlight, members } = written;
  const policies = seen.policies;
  return [
    ...(policies === undefined ? [] : findPolicyDrift({ ...written, live: policies })),
    ...findGroupDrift({ watched, live: seen.groups, members, inFlight, goneAccounts }),
    ...defaultsDrift(input),
    ...(policies === undefined
      ? []
      : findMfaElsewhere({ baseline, live: policies, ownIds: ownIdsOf(owned) }).filter(
          (one) => !isOwnWrite(one.objectId, WAY_BACK) && !isMicrosofts(one, input),
        )),
    ...findPerUserDrift(baseline.perUserOn, seen.perUserOn?.filter((id) => !isOwnWrite(id, PER_USER)) ?? null),
  ];
}

function defaultsDrift({ written, seen, baseline, isOwnWrite }: CompareInput): DriftSeen[] {
  if (seen.securityDefaultsOn === undefined || written.isFlipping) return [];
  const isOurs = isOwnWrite(ANYTHING, DEFAULTS_ON);
  return isOurs ? [] : findDefaultsDrift(baseline.securityDefaultsOn, seen.securityDefaultsOn);
}

const MICROSOFT = /^microsoft-managed/i;

/** Microsoft makes policies of its own in the minute in which Security Defaults are switched off, by whomever. */
function isMicrosofts({ name }: DriftSeen, { written, isOwnWrite }: CompareInput): boolean {
  return MICROSOFT.test(name) && (written.isFlipping || isOwnWrite(ANYTHING, FLIPS));
}

/** The ids of the managed objects, in lower case. */
export function ownIdsOf(owned: readonly ManagedObject[]): ReadonlySet<string> {
  return new Set(owned.map(({ objectId }) => objectId.toLowerCase()));
}

/** The groups to be watched: our own, and the two that the customer declared, by their managed keys. */
export function watchedGroups(
  owned: readonly ManagedObject[],
  declared: { breakGlassGroupId?: string | undefined; exceptionGroupId?: string | undefined },
): WatchedGroup[] {
  const watched = new Map<string, WatchedGroup>();
  for (const own of owned) if (own.kind === 'group') watched.set(own.key, { key: own.key, groupId: own.objectId, own });
  const { breakGlassGroupId, exceptionGroupId } = declared;
  if (breakGlassGroupId !== undefined)
    watched.set('breakGlass', { key: 'breakGlass', groupId: breakGlassGroupId, own: null });
  if (exceptionGroupId !== undefined)
    watched.set('exceptions', { key: 'exceptions', groupId: exceptionGroupId, own: null });
  return [...watched.values()];
}

/** Whether this look could see a difference at all: its part was read, and nothing of ours is writing there. */
export function couldSee(
  { aspect, object, objectId }: Pick<DriftFinding, 'aspect' | 'object' | 'objectId'>,
  { written, seen, watched }: Pick<CompareInput, 'written' | 'seen' | 'watched'>,
): boolean {
  switch (aspect) {
    case 'policy':
      return seen.policies !== undefined && !written.inFlight.has(object);
    case 'otherPolicy':
      return seen.policies !== undefined;
    case 'securityDefaults':
      return seen.securityDefaultsOn !== undefined && !written.isFlipping;
    case 'perUserMfa':
      return seen.perUserOn !== undefined;
    case 'members':
    case 'group':
      // A group that nobody watches any more has nothing to be told of.
      if (!watched.some(({ groupId }) => groupId === objectId)) return true;
      return seen.groups.has(objectId) && !written.inFlight.has(object);
  }
}
