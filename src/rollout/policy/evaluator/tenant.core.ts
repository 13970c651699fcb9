import { flagsOf, type GraphObject, type JsonObject, objectOf, type Part, textOf } from '../graph-json.core.ts';
import { type IpRange, parseCidr, rangeBetween } from './ip-address.core.ts';

/**
 * A tenant prepared for evaluation: who is in which group at any depth, who holds which role, which places and
 * applications are known. A part that was not read stays "not read" here and makes the answers built on it unknown.
 *
 * Sources: "Conditional Access: Users, groups, and workload identities" (nested groups count; only built-in roles
 * that are assigned for the whole directory count) and "Authentication and Conditional Access for B2B users" (kinds of guests).
 */
export type TenantInput = {
  readonly users?: Part<GraphObject>;
  /** Groups with their direct members, each `{id, @odata.type}`. */
  readonly groups?: Part<GraphObject>;
  readonly roleAssignments?: Part<JsonObject>;
  readonly servicePrincipals?: Part<GraphObject>;
  readonly namedLocations?: Part<GraphObject>;
  readonly authenticationStrengths?: Part<GraphObject>;
  readonly securityDefaults?: JsonObject | null | undefined;
};

/** What a person may be in the eyes of a guest condition; `none` is an ordinary member. Lower case, as compared. */
export type GuestType =
  | 'none'
  | 'internalguest'
  | 'b2bcollaborationguest'
  | 'b2bcollaborationmember'
  | 'b2bdirectconnectuser'
  | 'otherexternaluser'
  | 'serviceprovider';

/** Somebody who signs in, as far as user conditions look at him. */
export type Subject = {
  /** Object id in lower case; null for somebody who has no object in the directory. */
  readonly id: string | null;
  /** Every kind of guest he can be by what was read; exactly one when that is certain. */
  readonly guestTypes: readonly GuestType[];
  readonly homeTenantId: string | null;
  /** Whether it is the account of an agent, which is no person; null: the account was not read. */
  readonly isAgent: boolean | null;
};

/** Members of a group at any depth. `incomplete`: part of it could not be read, so that absence proves nothing. */
export type Members = { readonly ids: ReadonlySet<string>; readonly exists: boolean; readonly incomplete: boolean };

/** Holders of a role, direct or through a group. */
export type RoleHolders = {
  readonly active: ReadonlySet<string>;
  readonly eligible: ReadonlySet<string>;
  readonly incomplete: boolean;
};

export type NamedLocation =
  | {
      readonly kind: 'ip';
      readonly name: string;
      readonly isTrusted: boolean;
      readonly ranges: readonly IpRange[];
      /** Whether it has a range besides that cannot be read: an address outside the others may be in it. */
      readonly hasMore: boolean;
    }
  | {
      readonly kind: 'country';
      readonly name: string;
      readonly countries: ReadonlySet<string>;
      readonly includesUnknown: boolean;
      /** Found by the position the Authenticator app tells, not by the address. */
      readonly isByGps: boolean;
    }
  | { readonly kind: 'other'; readonly name: string; readonly isTrusted: boolean };

type KnownApp = { readonly name: string; readonly owner: string | null };

export type CompiledTenant = {
  readonly subjects: ReadonlyMap<string, Subject> | null;
  readonly groupsRead: boolean;
  readonly rolesRead: boolean;
  membersOf(groupId: string): Members;
  holdersOf(roleId: string): RoleHolders;
  groupName(groupId: string): string;
  readonly locations: ReadonlyMap<string, NamedLocation> | null;
  readonly apps: ReadonlyMap<string, KnownApp>;
  readonly strengths: ReadonlyMap<string, JsonObject>;
  /** null: not read. */
  readonly securityDefaultsOn: boolean | null;
};

/**
 * Prepares a tenant. Promises: any nesting and any cycle of groups is followed once; a group's or a role's members
 * are worked out when a policy first asks for them, in time linear in the memberships. Refuses nothing.
 */
export function compileTenant(tenant: TenantInput): CompiledTenant {
  const groups = tenant.groups ? byId(tenant.groups) : null;
  const membersOf = remember((groupId: string) => collectMembers(groupId, groups));
  const assignments = tenant.roleAssignments ? assignmentsByRole(tenant.roleAssignments) : null;
  const subjects = tenant.users ? new Map(tenant.users.map((user) => [user.id.toLowerCase(), subjectOf(user)])) : null;
  const context = { groups, subjects, membersOf };
  return {
    subjects,
    groupsRead: groups !== null,
    rolesRead: assignments !== null,
    membersOf,
    holdersOf: remember((roleId: string) => collectHolders(assignments?.get(roleId) ?? [], context)),
    groupName: (groupId) => textOf(groups?.get(groupId)?.displayName) ?? groupId,
    locations: tenant.namedLocations
      ? new Map(tenant.namedLocations.map((location) => [location.id.toLowerCase(), locationOf(location)]))
      : null,
    apps: appsOf(tenant.servicePrincipals ?? []),
    strengths: byId(tenant.authenticationStrengths ?? []),
    securityDefaultsOn: booleanOf(tenant.securityDefaults?.isEnabled),
  };
}

/** Somebody without an object in this directory: a B2B direct connect user, a partner's technician. */
export function externalSubject(type: string, homeTenantId: string | null): Subject {
  return {
    id: null,
    guestTypes: [type.toLowerCase() as GuestType],
    homeTenantId: homeTenantId?.toLowerCase() ?? null,
    isAgent: false,
  };
}

function remember<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = compute(key);
    known.set(key, made);
    return made;
  };
}

function byId<T extends GraphObject>(objects: readonly T[]): Map<string, T> {
  return new Map(objects.map((object) => [object.id.toLowerCase(), object]));
}

function booleanOf(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

function collectMembers(rootId: string, groups: ReadonlyMap<string, GraphObject> | null): Members {
  if (groups === null) return { ids: new Set(), exists: false, incomplete: true };
  if (!groups.has(rootId)) return { ids: new Set(), exists: false, incomplete: false };
  const found: Found = { ids: new Set(), waiting: [rootId], visited: new Set([rootId]), incomplete: false };
  for (let groupId = found.waiting.pop(); groupId !== undefined; groupId = found.waiting.pop()) {
    const members = groups.get(groupId)?.members;
    if (Array.isArray(members)) for (const member of members as readonly unknown[]) addMember(member, found, groups);
    else found.incomplete = true;
  }
  return { ids: found.ids, exists: true, incomplete: found.incomplete };
}

type Found = {
  readonly ids: Set<string>;
  /** Groups whose members are still to be looked at. */
  readonly waiting: string[];
  readonly visited: Set<string>;
  incomplete: boolean;
};

function addMember(member: unknown, found: Found, groups: ReadonlyMap<string, GraphObject>): void {
  const entry = objectOf(member);
  const id = textOf(entry?.id)?.toLowerCase();
  if (id === undefined) {
    found.incomplete = true;
  } else if (!isGroup(entry, id, groups)) {
    found.ids.add(id);
  } else if (!found.visited.has(id)) {
    found.visited.add(id);
    found.waiting.push(id);
  }
}

function isGroup(entry: JsonObject | null, id: string, groups: ReadonlyMap<string, GraphObject>): boolean {
  const type = textOf(entry?.['@odata.type']);
  return groups.has(id) || type?.toLowerCase().endsWith('.group') === true;
}

type Assignment = { readonly principalId: string; readonly eligible: boolean };

function assignmentsByRole(assignments: readonly JsonObject[]): ReadonlyMap<string, readonly Assignment[]> {
  const byRole = new Map<string, Assignment[]>();
  for (const assignment of assignments) {
    const roleId = textOf(assignment.roleDefinitionId)?.toLowerCase();
    const principalId = textOf(assignment.principalId)?.toLowerCase();
    const scope = textOf(assignment.directoryScopeId) ?? '/';
    // Conditional Access does not see roles scoped to an administrative unit or to one object.
    if (roleId === undefined || principalId === undefined || scope !== '/') continue;
    const list = byRole.get(roleId) ?? [];
    list.push({ principalId, eligible: assignment.eligible === true });
    byRole.set(roleId, list);
  }
  return byRole;
}

type HolderContext = {
  readonly groups: ReadonlyMap<string, GraphObject> | null;
  readonly subjects: ReadonlyMap<string, Subject> | null;
  membersOf(groupId: string): Members;
};

function collectHolders(assignments: readonly Assignment[], context: HolderContext): RoleHolders {
  const active = new Set<string>();
  const eligible = new Set<string>();
  let incomplete = false;
  for (const { principalId, eligible: isEligible } of assignments) {
    const holders = isEligible ? eligible : active;
    if (context.groups?.has(principalId) === true) {
      const members = context.membersOf(principalId);
      for (const id of members.ids) holders.add(id);
      incomplete ||= members.incomplete;
    } else {
      holders.add(principalId);
      // A principal that is no known user may be a group whose members were not read.
      incomplete ||= context.groups === null && context.subjects?.has(principalId) !== true;
    }
  }
  return { active, eligible, incomplete };
}

function subjectOf(user: GraphObject): Subject {
  return { id: user.id.toLowerCase(), guestTypes: guestTypesOf(user), homeTenantId: null, isAgent: isAgent(user) };
}

/** agentUser, a type derived from user: Graph names the type of such an object, and it has a parent. */
function isAgent(user: GraphObject): boolean {
  return textOf(user['@odata.type'])?.toLowerCase().endsWith('.agentuser') === true || !isBlank(user.identityParentId);
}

function guestTypesOf(user: GraphObject): readonly GuestType[] {
  const external = isExternal(user);
  const type = textOf(user.userType)?.toLowerCase();
  if (type === 'guest') return select(external, 'b2bcollaborationguest', 'internalguest');
  if (type === 'member') return select(external, 'b2bcollaborationmember', 'none');
  if (external === null) return [...INSIDE, ...OUTSIDE];
  return external ? OUTSIDE : INSIDE;
}

const INSIDE: readonly GuestType[] = ['none', 'internalguest'];
const OUTSIDE: readonly GuestType[] = ['b2bcollaborationguest', 'b2bcollaborationmember', 'otherexternaluser'];

function select(external: boolean | null, outside: GuestType, inside: GuestType): readonly GuestType[] {
  if (external === null) return [outside, inside];
  return [external ? outside : inside];
}

function isExternal(user: GraphObject): boolean | null {
  if (!isBlank(user.externalUserState) || user.creationType === 'Invitation') return true;
  const name = textOf(user.userPrincipalName);
  return name === null ? null : name.toUpperCase().includes('#EXT#');
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

function locationOf(location: GraphObject): NamedLocation {
  const name = textOf(location.displayName) ?? location.id;
  const other = { kind: 'other', name, isTrusted: location.isTrusted === true } as const;
  const ranges = location.ipRanges;
  if (Array.isArray(ranges)) {
    const parsed = (ranges as readonly unknown[]).map(rangeOf);
    const known = parsed.filter((range) => range !== null);
    return { ...other, kind: 'ip', ranges: known, hasMore: known.length < parsed.length };
  }
  const countries = flagsOf(location.countriesAndRegions);
  const lookup = textOf(location.countryLookupMethod) ?? 'clientIpAddress';
  const isByGps = lookup === 'authenticatorAppGps';
  if (countries === null || !Array.isArray(location.countriesAndRegions)) return other;
  if (!isByGps && lookup !== 'clientIpAddress') return other;
  const includesUnknown = location.includeUnknownCountriesAndRegions === true;
  return { kind: 'country', name, countries: new Set(countries), includesUnknown, isByGps };
}

/** A range by its first part and length, or by its first and last address (`iPv4Range`, `iPv6Range`); else null. */
function rangeOf(value: unknown): IpRange | null {
  const range = objectOf(value);
  const cidr = textOf(range?.cidrAddress);
  return cidr === null
    ? rangeBetween(textOf(range?.lowerAddress) ?? '', textOf(range?.upperAddress) ?? '')
    : parseCidr(cidr);
}

function appsOf(servicePrincipals: readonly GraphObject[]): ReadonlyMap<string, KnownApp> {
  const apps = new Map<string, KnownApp>();
  for (const principal of servicePrincipals) {
    const appId = textOf(principal.appId)?.toLowerCase();
    if (appId === undefined) continue;
    apps.set(appId, {
      name: textOf(principal.displayName) ?? appId,
      owner: textOf(principal.appOwnerOrganizationId)?.toLowerCase() ?? null,
    });
  }
  return apps;
}
