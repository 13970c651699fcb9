import type { GraphObject, JsonObject, Part } from '../graph-json.core.ts';
import { objectOf, textOf } from '../graph-json.core.ts';
import { DIRECTORY_SYNC_ROLE } from './role-templates.core.ts';
import type { CompiledTenant } from './tenant.core.ts';

/**
 * What else is known of a person beside the cover: enrolment, per-user MFA, administration. Being able to answer MFA
 * and being asked for it are two facts; a gap in either is told. What was not read is `unknown`, never `no`.
 */
export type Known = 'yes' | 'no' | 'unknown';

export type PersonFacts = {
  readonly enabled: Known;
  readonly registered: Known;
  readonly capable: Known;
  readonly methods: readonly string[];
  readonly perUserMfa: 'disabled' | 'enabled' | 'enforced' | 'unknown';
  readonly admin: 'active' | 'eligible' | 'no' | 'unknown';
  /** Template ids of the roles that administer, direct or through a group; null when that cannot be told. */
  readonly adminRoles: AdminRoles | null;
  /**
   * `registeredNotRequired`: could answer, is never asked. `requiredNotRegistered`: is asked, cannot answer.
   * `neither`: is not asked and could not answer. null: no gap, or it cannot be told.
   */
  readonly gap: 'registeredNotRequired' | 'requiredNotRegistered' | 'neither' | null;
};

/** Sorted; a role limited to an administrative unit counts, for its holder administers. */
export type AdminRoles = { readonly active: readonly string[]; readonly eligible: readonly string[] };

export type PersonInput = {
  readonly tenant: CompiledTenant;
  /** Role assignments as in the tenant; the roles anybody holds are read from them. */
  readonly roleAssignments?: Part<JsonObject>;
  readonly registration?: Part<JsonObject>;
  /** Methods per person, for tenants whose licence has no registration report. */
  readonly authenticationMethods?: Part<JsonObject>;
};

/** Roles that give no power to administer: readers, inviters, the accounts of synchronisation and of devices. */
const PLAIN_ROLES: ReadonlySet<string> = new Set([
  DIRECTORY_SYNC_ROLE,
  '88d8e3e3-8f55-4a1e-953a-9b9898b8876b', // Directory Readers
  '95e79109-95c0-4d8e-aee3-d01accf2d47b', // Guest Inviter
  'a0b1b346-4d3e-4e8b-98f8-753987be4970', // User
  '10dae51f-b6af-4016-8d66-8c2a99b929b3', // Guest User
  '2af84b1e-32c8-42b7-82bc-daa82404023b', // Restricted Guest User
  'd405c6df-0af8-4e3b-95e4-4d06e542189e', // Device Users
  '9c094953-4995-41c8-84c8-3ebb9b32c93f', // Device Join
  'c34f683f-4d5a-4403-affd-6615e00e3a7f', // Workplace Device Join
]);

/** Prepares the look-ups; the function returned gives one person's facts beside the cover found for him. */
export function personFacts(input: PersonInput) {
  const rows = rowsById(input.registration);
  const methodRows = rowsById(input.authenticationMethods);
  const adminOf = adminsOf(input);
  return (user: GraphObject, covered: string, perUserState: string | null): PersonFacts => {
    const id = user.id.toLowerCase();
    const enrolment = enrolmentOf(rows.get(id), methodRows.get(id));
    return {
      enabled: knownOf(user.accountEnabled),
      ...enrolment,
      perUserMfa: perUserMfaOf(perUserState),
      ...adminOf(id),
      gap: gapOf(enrolment, covered),
    };
  };
}

function rowsById(rows: Part<JsonObject>): ReadonlyMap<string, JsonObject> {
  return new Map((rows ?? []).map((row) => [textOf(row.id)?.toLowerCase() ?? '', row]));
}

function knownOf(value: unknown): Known {
  if (typeof value !== 'boolean') return 'unknown';
  return value ? 'yes' : 'no';
}

type Enrolment = Pick<PersonFacts, 'registered' | 'capable' | 'methods'>;

function enrolmentOf(row: JsonObject | undefined, methodRow: JsonObject | undefined): Enrolment {
  if (row !== undefined) {
    return {
      registered: knownOf(row.isMfaRegistered),
      capable: knownOf(row.isMfaCapable),
      methods: Array.isArray(row.methodsRegistered) ? (row.methodsRegistered as unknown[]).flatMap(namesOf) : [],
    };
  }
  const listed = methodRow?.methods;
  if (!Array.isArray(listed)) return { registered: 'unknown', capable: 'unknown', methods: [] };
  const methods = (listed as readonly unknown[]).flatMap((method) => methodName(objectOf(method)));
  const strong = methods.some((method) => !NO_SECOND_FACTOR.has(method)) ? 'yes' : 'no';
  return { registered: strong, capable: strong, methods };
}

/** Methods that never answer an MFA prompt. */
const NO_SECOND_FACTOR: ReadonlySet<string> = new Set(['password', 'email']);

function namesOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : [];
}

function methodName(method: JsonObject | null): readonly string[] {
  const type = textOf(method?.['@odata.type']);
  if (type === null) return [];
  return [type.replace(/^#?microsoft\.graph\./, '').replace(/AuthenticationMethod$/, '')];
}

function perUserMfaOf(state: string | null): PersonFacts['perUserMfa'] {
  if (state === 'disabled' || state === 'enabled' || state === 'enforced') return state;
  return 'unknown';
}

type Administration = Pick<PersonFacts, 'admin' | 'adminRoles'>;

const ADMIN_UNKNOWN: Administration = { admin: 'unknown', adminRoles: null };

function adminsOf({ tenant, roleAssignments }: PersonInput): (id: string) => Administration {
  if (!roleAssignments || !tenant.rolesRead) return () => ADMIN_UNKNOWN;
  const rows = roleAssignments.map((row) => ({
    role: textOf(row.roleDefinitionId)?.toLowerCase() ?? '',
    principal: textOf(row.principalId)?.toLowerCase() ?? '',
    eligible: row.eligible === true,
  }));
  const administering = rows.filter(({ role }) => !PLAIN_ROLES.has(role));
  const active = rolesByHolder(
    administering.filter((row) => !row.eligible),
    tenant,
  );
  const eligible = rolesByHolder(
    administering.filter((row) => row.eligible),
    tenant,
  );
  const incomplete = administering.some(({ role }) => tenant.holdersOf(role).incomplete);
  return (id) => {
    const roles = { active: sorted(active.get(id)), eligible: sorted(eligible.get(id)) };
    if (roles.active.length > 0) return { admin: 'active', adminRoles: roles };
    if (roles.eligible.length > 0) return { admin: 'eligible', adminRoles: roles };
    return incomplete ? ADMIN_UNKNOWN : { admin: 'no', adminRoles: roles };
  };
}

type HeldRole = { readonly role: string; readonly principal: string };

function rolesByHolder(rows: readonly HeldRole[], tenant: CompiledTenant): ReadonlyMap<string, ReadonlySet<string>> {
  const roles = new Map<string, Set<string>>();
  for (const { role, principal } of rows) {
    const group = tenant.membersOf(principal);
    for (const id of group.exists ? group.ids : [principal]) roles.set(id, (roles.get(id) ?? new Set()).add(role));
  }
  return roles;
}

function sorted(roles: ReadonlySet<string> | undefined): readonly string[] {
  return [...(roles ?? [])].sort();
}

function gapOf({ registered, capable }: Enrolment, covered: string): PersonFacts['gap'] {
  if (covered === 'unknown') return null;
  if (covered !== 'none') return capable === 'no' ? 'requiredNotRegistered' : null;
  if (registered === 'yes') return 'registeredNotRequired';
  return registered === 'no' ? 'neither' : null;
}
