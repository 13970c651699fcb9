/**
 * Whether declared break-glass accounts can be relied on (S2): the facts of the account itself, another kind of method
 * than the daily administrators have, so that one method's failure does not lock everybody out, and a drill on record.
 */
import type { Answer, BreakGlassCheck } from '../exceptions/exception-types.core.ts';
import { GLOBAL_ADMINISTRATOR } from '../policy/evaluator/role-templates.core.ts';
import type { AccountMethods, RegistrationRow, RoleAssignment } from '../roster/roster-types.core.ts';
import type { UsableCheck } from './emergency-types.core.ts';

export type UsableInput = {
  checks: readonly BreakGlassCheck[];
  /** Accounts whose drill counts now, in lower case. */
  drilled: ReadonlySet<string>;
  declared: readonly string[];
  users: readonly { id: string; accountEnabled?: boolean | null | undefined }[];
  roleAssignments: readonly RoleAssignment[] | null | undefined;
  /** Members of groups that hold roles. */
  membersOf(groupId: string): readonly string[] | undefined;
  registration: readonly RegistrationRow[] | null | undefined;
  methods: readonly AccountMethods[] | null | undefined;
};

/** Completes the checks. What the daily administrators have registered and cannot be read is `unknown`. */
export function usableChecks(input: UsableInput): UsableCheck[] {
  const daily = dailyAdministrators(input);
  const kinds = createKindsOf(input);
  return input.checks.map((check) => ({
    ...check,
    otherMethod: otherMethod(kinds(check.accountId), daily === null ? null : daily.map(kinds)),
    drill: input.drilled.has(check.accountId.toLowerCase()) ? 'yes' : 'no',
  }));
}

/** Whether everything but the drill holds. */
export function isUsable({ accountId: _id, ...facts }: BreakGlassCheck): boolean {
  return Object.entries(facts).every(([name, fact]) => name === 'drill' || fact === 'yes');
}

/** Whether a drill is asked of the account and none counts; a check that does not speak of drills asks for none. */
export function lacksDrill(check: BreakGlassCheck): boolean {
  return 'drill' in check && check.drill !== 'yes';
}

type Kinds = ReadonlySet<string> | null;

/** `no` only where every daily administrator stands and falls with what the emergency account has. */
function otherMethod(own: Kinds, daily: readonly Kinds[] | null): Answer {
  if (own === null || daily === null) return 'unknown';
  if (daily.length === 0) return 'yes';
  if (daily.some((kinds) => kinds !== null && isOther(kinds, own))) return 'yes';
  return daily.includes(null) ? 'unknown' : 'no';
}

/** Who has registered nothing depends on nothing that could fail with the emergency account's method. */
function isOther(kinds: ReadonlySet<string>, own: ReadonlySet<string>): boolean {
  return kinds.size === 0 || [...kinds].some((kind) => !own.has(kind));
}

/** Active, enabled Global Administrators that are no emergency accounts; null when that was not read. */
function dailyAdministrators({ roleAssignments, declared, users, membersOf }: UsableInput): string[] | null {
  if (roleAssignments === null || roleAssignments === undefined) return null;
  const emergency = new Set(declared.map((id) => id.toLowerCase()));
  const enabled = new Set(users.filter((user) => user.accountEnabled !== false).map(({ id }) => id));
  const holders = roleAssignments
    .filter((row) => row.eligible !== true && row.roleDefinitionId.toLowerCase() === GLOBAL_ADMINISTRATOR)
    .flatMap(({ principalId }) => membersOf(principalId) ?? [principalId]);
  return [...new Set(holders)].filter((id) => enabled.has(id) && !emergency.has(id.toLowerCase()));
}

/** Both names that Graph has for a method, told apart by what would have to fail. No other kind answers MFA. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:fido2|passkey)/i, 'passkey'],
  [/^(?:x509Certificate|certificate)/i, 'certificate'],
  [/^(?:microsoftAuthenticator|passwordlessMicrosoftAuthenticator)/i, 'authenticator'],
  [/^(?:softwareOath|softwareOneTimePasscode|hardwareOath|hardwareOneTimePasscode)/i, 'oneTimePasscode'],
  [/^(?:phone|mobilePhone|alternateMobilePhone|officePhone)/i, 'phone'],
  [/^(?:windowsHello|platformCredential|macOs)/i, 'device'],
  [/^externalAuthentication/i, 'external'],
];

function createKindsOf({ registration, methods }: UsableInput): (accountId: string) => Kinds {
  const own = new Map((methods ?? []).map((entry) => [entry.id, entry.methods.map((one) => one['@odata.type'])]));
  const reported = new Map((registration ?? []).map((row) => [row.id, row.methodsRegistered]));
  return (accountId) => {
    const names = own.get(accountId)?.map((type) => type.slice(type.lastIndexOf('.') + 1)) ?? reported.get(accountId);
    if (names === undefined || names === null) return null;
    return new Set(names.flatMap((name) => KINDS.find(([form]) => form.test(name))?.[1] ?? []));
  };
}
