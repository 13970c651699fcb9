import {
  flagsOf,
  isEmpty,
  isWordForSet,
  type JsonObject,
  objectOf,
  strangeMembers,
  textOf,
  textsOf,
} from '../graph-json.core.ts';
import type { Outcome } from './outcome.core.ts';
import type { CompiledTenant, GuestType, Members, RoleHolders, Subject } from './tenant.core.ts';

/**
 * Whom a policy is for. Exclusion wins over inclusion. A role counts while it is active: somebody who is only
 * eligible for it falls under the policy once he activates it, which is `conditional`. Source: "Conditional Access:
 * Users, groups, and workload identities" ("users actively assigned a privileged role").
 */
export type UserVerdict = {
  readonly outcome: Outcome;
  readonly reason: string;
  /** Roles whose activation brings the policy on, where nothing else does. */
  readonly whenActive: readonly string[];
  /** Roles whose activation takes the policy off. */
  readonly unlessActive: readonly string[];
};

export type UserCondition = {
  match(subject: Subject): UserVerdict;
  /** References to users, groups and roles that do not exist in what was read. */
  readonly unresolved: readonly string[];
  /** Whether the policy names any user at all. */
  readonly isSet: boolean;
  /** Every set of users the answer depends on; people in the same of them get the same answer. */
  readonly sets: readonly ReadonlySet<string>[];
};

const UNDERSTOOD: ReadonlySet<string> = new Set(
  ['Users', 'Groups', 'Roles', 'GuestsOrExternalUsers'].flatMap((kind) => [`include${kind}`, `exclude${kind}`]),
);

const EVERY_GUEST_TYPE: ReadonlySet<string> = new Set<GuestType>([
  'internalguest',
  'b2bcollaborationguest',
  'b2bcollaborationmember',
  'b2bdirectconnectuser',
  'otherexternaluser',
  'serviceprovider',
]);

type GuestRule = {
  readonly types: ReadonlySet<string>;
  /** Whether the rule names a kind of guest that is not known here; a member of the tenant is never of one. */
  readonly namesMore: boolean;
  /** Home tenants the rule is limited to; null: no limit. */
  readonly tenants: ReadonlySet<string> | 'strange' | null;
};

type Side = {
  readonly all: boolean;
  /** Every account of an agent. */
  readonly agents: boolean;
  readonly ids: ReadonlySet<string>;
  readonly groups: readonly { readonly name: string; readonly members: Members }[];
  readonly roles: readonly { readonly id: string; readonly holders: RoleHolders }[];
  readonly rolesRead: boolean;
  readonly guests: readonly GuestRule[];
  /** What could not be understood about this side; it may then hold for anybody. */
  readonly strange: readonly string[];
};

/** Compiles `conditions.users`. Promises that what is not understood makes the answer unknown, never a match. */
export function compileUserCondition(value: unknown, tenant: CompiledTenant): UserCondition {
  const users = objectOf(value);
  const unread = users === null ? (isEmpty(value) ? [] : ['users']) : strangeMembers(users, UNDERSTOOD);
  // An exclusion not understood may let people out; it never brings anybody in.
  const exclusions = unread.filter((member) => member.startsWith('exclude'));
  const strange = unread.filter((member) => !exclusions.includes(member));
  const include = sideOf(users ?? {}, 'include', tenant);
  const excluded = sideOf(users ?? {}, 'exclude', tenant);
  const exclude = { ...excluded, strange: [...excluded.strange, ...exclusions] };
  const isSet = strange.length > 0 || sideIsSet(include);
  return {
    isSet,
    unresolved: [...unresolvedOf(include, tenant), ...unresolvedOf(exclude, tenant)],
    sets: [...setsOf(include), ...setsOf(exclude)],
    match: (subject) => matchUser(subject, { include, exclude, strange }),
  };
}

function setsOf(side: Side): readonly ReadonlySet<string>[] {
  const roles = side.roles.flatMap(({ holders }) => [holders.active, holders.eligible]);
  return [side.ids, ...side.groups.map((group) => group.members.ids), ...roles];
}

function sideIsSet(side: Side): boolean {
  const named = side.ids.size + side.groups.length + side.roles.length + side.guests.length;
  return side.all || side.agents || named > 0 || side.strange.length > 0;
}

function sideOf(users: JsonObject, prefix: 'include' | 'exclude', tenant: CompiledTenant): Side {
  const strange: string[] = [];
  const list = (kind: string) => {
    const texts = textsOf(users[`${prefix}${kind}`]);
    if (texts === null) strange.push(`${prefix}${kind}`);
    return texts ?? [];
  };
  const words = list('Users');
  const guests = guestRuleOf(users[`${prefix}GuestsOrExternalUsers`]);
  if (guests === 'strange') strange.push(`${prefix}GuestsOrExternalUsers`);
  const isStrange = (word: string) => isStrangeWord(word) || (prefix === 'exclude' && word === 'all');
  strange.push(...words.filter(isStrange));
  return {
    all: prefix === 'include' && words.includes('all'),
    agents: words.includes(AGENT_ACCOUNTS),
    ids: new Set(words.filter((word) => !SPECIAL_WORDS.has(word) && !isStrange(word))),
    groups: list('Groups').map((id) => ({ name: tenant.groupName(id), id, members: tenant.membersOf(id) })),
    roles: list('Roles').map((id) => ({ id, holders: tenant.holdersOf(id) })),
    rolesRead: tenant.rolesRead,
    guests: [
      ...(words.includes('guestsorexternalusers') ? [ANY_GUEST] : []),
      ...(guests === null || guests === 'strange' ? [] : [guests]),
    ],
    strange,
  };
}

/** "All agent users"; no person is among them ("Conditional Access for agent identities"; agentUser). */
const AGENT_ACCOUNTS = 'allagentidusers';
const SPECIAL_WORDS: ReadonlySet<string> = new Set(['all', 'none', 'guestsorexternalusers', AGENT_ACCOUNTS]);
const ANY_GUEST: GuestRule = { types: EVERY_GUEST_TYPE, namesMore: false, tenants: null };

/** A word for a set of users that came later than this code; ids carry digits or hyphens. */
function isStrangeWord(word: string): boolean {
  return !SPECIAL_WORDS.has(word) && isWordForSet(word);
}

function guestRuleOf(value: unknown): GuestRule | 'strange' | null {
  if (isEmpty(value)) return null;
  const rule = objectOf(value);
  const types = flagsOf(rule?.guestOrExternalUserTypes);
  if (types === null) return 'strange';
  if (types.length === 0) return null;
  const namesMore = types.some((type) => !EVERY_GUEST_TYPE.has(type));
  return { types: new Set(types), namesMore, tenants: tenantsOf(objectOf(rule?.externalTenants)) };
}

function tenantsOf(external: JsonObject | null): GuestRule['tenants'] {
  const kind = textOf(external?.membershipKind)?.toLowerCase();
  if (external === null || kind === 'all') return null;
  const members = textsOf(external.members);
  return kind === 'enumerated' && members !== null ? new Set(members) : 'strange';
}

function unresolvedOf(side: Side & { readonly groups: readonly object[] }, tenant: CompiledTenant): readonly string[] {
  const groups = tenant.groupsRead ? side.groups.filter((group) => !group.members.exists) : [];
  const users = tenant.subjects === null ? [] : [...side.ids].filter((id) => tenant.subjects?.has(id) === false);
  return [...groups.map((group) => `group ${group.name}`), ...users.map((id) => `user ${id}`)];
}

type Sides = { readonly include: Side; readonly exclude: Side; readonly strange: readonly string[] };

function matchUser(subject: Subject, sides: Sides): UserVerdict {
  const included = matchSide(subject, sides.include);
  const excluded = matchSide(subject, sides.exclude);
  const verdict = (outcome: Outcome, reason: string): UserVerdict => ({
    outcome,
    reason,
    whenActive: included.outcome === 'conditional' ? included.roles : [],
    unlessActive: excluded.outcome === 'conditional' ? excluded.roles : [],
  });
  if (excluded.outcome === 'yes') return verdict('no', `excluded ${excluded.how}`);
  // Each role that would bring the policy on also takes it off.
  const isInVain =
    included.outcome === 'conditional' &&
    sides.strange.length === 0 &&
    included.roles.every((role) => excluded.roles.includes(role));
  if (isInVain) return verdict('no', 'included only by roles that are excluded');
  if (included.outcome === 'no') return verdict(sides.strange.length > 0 ? 'unknown' : 'no', notIncluded(sides));
  if (sides.strange.length > 0)
    return verdict('unknown', `the user condition "${sides.strange.join(', ')}" is not understood`);
  if (included.outcome === 'unknown') return verdict('unknown', `cannot tell whether included: ${included.how}`);
  if (excluded.outcome === 'unknown') return verdict('unknown', `cannot tell whether excluded: ${excluded.how}`);
  if (excluded.outcome === 'conditional') return verdict('conditional', `excluded only ${excluded.how}`);
  if (included.outcome === 'conditional') return verdict('conditional', `included only ${included.how}`);
  return verdict('yes', `included ${included.how}`);
}

function notIncluded(sides: Sides): string {
  return sides.strange.length > 0
    ? `the user condition "${sides.strange.join(', ')}" is not understood`
    : 'not among the included users';
}

type SideMatch = {
  readonly outcome: Outcome;
  readonly how: string;
  /** Eligible roles that would settle it once they are active. */
  readonly roles: readonly string[];
};

/**
 * "Today, you can target an agent's user account with a single scope"; beside it the same page calls the account "like
 * any other", so that whether another choice reaches it is not known.
 */
function matchAgent(side: Side): SideMatch {
  if (side.agents) return { outcome: 'yes', how: 'as the account of an agent', roles: [] };
  if (!sideIsSet(side)) return { outcome: 'no', how: '', roles: [] };
  return { outcome: 'unknown', how: 'whether this choice holds for the account of an agent is not known', roles: [] };
}

function matchSide(subject: Subject, side: Side): SideMatch {
  if (subject.isAgent === true) return matchAgent(side);
  const certain = certainMatch(subject, side);
  if (certain !== null) return { outcome: 'yes', how: certain, roles: [] };
  const id = subject.id;
  const roles = id === null ? [] : side.roles.filter((role) => role.holders.eligible.has(id)).map((role) => role.id);
  const doubt = doubtAbout(subject, side);
  if (doubt !== null) return { outcome: 'unknown', how: doubt, roles };
  if (roles.length === 0) return { outcome: 'no', how: '', roles };
  return { outcome: 'conditional', how: 'while an eligible role is active', roles };
}

function certainMatch(subject: Subject, side: Side): string | null {
  const id = subject.id;
  if (id !== null) {
    if (side.ids.has(id)) return 'by name';
    for (const group of side.groups) if (group.members.ids.has(id)) return `through the group "${group.name}"`;
    for (const role of side.roles) if (role.holders.active.has(id)) return 'through an active role';
  }
  if (side.guests.some((rule) => matchGuest(subject, rule) === 'yes')) return 'as a guest or external user';
  return side.all ? 'with all users' : null;
}

function doubtAbout(subject: Subject, side: Side): string | null {
  if (side.strange.length > 0) return `"${side.strange.join(', ')}" is not understood`;
  if (side.guests.some((rule) => matchGuest(subject, rule) === 'unknown'))
    return 'the kind of guest or his home tenant is not known';
  if (side.agents && subject.isAgent === null) return 'whether this is the account of an agent was not read';
  if (subject.id === null) return null;
  const unread = side.groups.find((group) => group.members.incomplete);
  if (unread !== undefined) return `the members of the group "${unread.name}" were not read`;
  if (side.roles.length === 0) return null;
  if (!side.rolesRead) return 'role assignments were not read';
  return side.roles.some((role) => role.holders.incomplete) ? 'the members of a role were not read' : null;
}

function matchGuest(subject: Subject, rule: GuestRule): Outcome {
  const outcomes = new Set(subject.guestTypes.map((type) => matchGuestType(type, subject.homeTenantId, rule)));
  const [only] = outcomes;
  return outcomes.size === 1 && only !== undefined ? only : 'unknown';
}

function matchGuestType(type: GuestType, homeTenantId: string | null, rule: GuestRule): Outcome {
  if (type === 'none') return 'no';
  if (!rule.types.has(type)) return rule.namesMore ? 'unknown' : 'no';
  if (rule.tenants === null) return 'yes';
  // Of which tenant a local guest counts as being is documented nowhere.
  if (rule.tenants === 'strange' || type === 'internalguest' || homeTenantId === null) return 'unknown';
  return rule.tenants.has(homeTenantId) ? 'yes' : 'no';
}
