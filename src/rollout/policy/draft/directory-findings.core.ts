import { isUsable, lacksDrill } from '../../emergency/usable.core.ts';
import { type CompiledPolicies, evaluateSignIn } from '../evaluate.core.ts';
import type { SignIn } from '../evaluator/sign-in.core.ts';
import { type GraphObject, type Part, textOf } from '../graph-json.core.ts';
import { MANAGED_PREFIX, type ManagedGroup } from '../managed-policies.core.ts';
import { type DraftFinding, type FindingsInput, when } from './draft-finding.core.ts';

/** With fewer, one lost telephone locks the customer out. */
const BREAK_GLASS_MIN = 2;

/** S1 and S2: two emergency accounts that get in whatever the policies say. */
export function breakGlassFindings(input: FindingsInput): DraftFinding[] {
  const { declared, tenant } = input;
  const isThere = (id: string) => tenant.subjects?.has(id.toLowerCase()) === true;
  const missing = declared.breakGlass.filter((id) => !isThere(id));
  const present = declared.breakGlass.filter(isThere);
  return [
    ...when(present.length < BREAK_GLASS_MIN, {
      code: 'break_glass_too_few',
      rule: 'S1',
      blocks: 'push',
      message: `${present.length} of at least ${BREAK_GLASS_MIN} break-glass accounts are declared and exist in the directory.`,
      clear: 'Declare two emergency accounts under declared.breakGlass in the customer file and sync.',
    }),
    ...when(missing.length > 0, {
      code: 'break_glass_unknown',
      rule: 'S7',
      blocks: 'push',
      message: `${missing.length} declared break-glass accounts do not exist in the directory.`,
      clear: 'Correct the ids under declared.breakGlass in the customer file.',
      accountIds: missing,
    }),
    ...usableFindings(input, present),
  ];
}

function usableFindings(input: FindingsInput, present: readonly string[]): DraftFinding[] {
  const asked = present.filter((id) => isAskedElsewhere(id, input));
  const unusable = input.table.breakGlass.filter((check) => !isUsable(check));
  const undrilled = input.table.breakGlass.filter(lacksDrill);
  return [
    ...when(asked.length > 0, {
      code: 'break_glass_still_asked',
      rule: 'S1',
      blocks: 'push',
      message: `${asked.length} break-glass accounts may be blocked, held to a device of the company, or asked for MFA that they are not known to be able to answer, by other enabled policies.`,
      clear:
        'Exclude the accounts from those policies. Where they ask for MFA alone, a passkey registered for each will do.',
      accountIds: asked,
    }),
    ...when(unusable.length > 0, {
      code: 'break_glass_unusable',
      rule: 'S2',
      blocks: 'enforcement',
      message: `${unusable.length} break-glass accounts are not known to be usable: enabled, cloud-only, on the onmicrosoft.com domain, permanent Global Administrator, with a passkey or certificate, and another method than the daily administrators.`,
      clear: 'See the evidence of the account in the exception table, mend what says no, and sync.',
      accountIds: unusable.map((check) => check.accountId),
    }),
    ...when(undrilled.length > 0, {
      code: 'break_glass_no_drill',
      rule: 'S2',
      blocks: 'enforcement',
      message: `No drill that counts is on record of ${undrilled.length} break-glass accounts, so nobody knows whether they get in.`,
      clear:
        'Start a drill for each ("mfa-rollout break-glass drill ACCOUNT", or the card of the emergency accounts) and sign in with the account.',
      accountIds: undrilled.map((check) => check.accountId),
    }),
  ];
}

/** By the policies as they stand today, at a screen: an emergency account uses no older client. */
function isAskedElsewhere(userId: string, { judged, effect }: FindingsInput): boolean {
  const { before } = judged;
  if (before === null) return false;
  const canAnswer = effect.find((row) => row.accountId.toLowerCase() === userId.toLowerCase())?.canAnswer === 'yes';
  const isAsked = ['browser', 'mobileAppsAndDesktopClients'].some((clientAppType) => {
    const { blocked, mfaRequired } = evaluateSignIn(before, { userId, clientAppType });
    return blocked !== 'no' || (mfaRequired !== 'no' && !canAnswer);
  });
  const repair = { userId, clientAppType: 'browser', target: { kind: 'app', appId: AZURE_PORTAL } } as const;
  return isAsked || PLATFORMS.every((platform) => needsDevice(before, { ...repair, platform }));
}

/** Where a locked-out tenant is mended (learn.microsoft.com, "Applications in Conditional Access policy"). */
const AZURE_PORTAL = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';
/** Whoever has to get in takes the machine that lets him. */
const PLATFORMS = ['windows', 'macOS', 'linux', 'iOS', 'android'];

function needsDevice(policies: CompiledPolicies, signIn: SignIn): boolean {
  const demanding = new Set(
    policies.policies.filter(({ isEnforced, grant }) => isEnforced && grant.needsDevice).map(({ id }) => id),
  );
  if (demanding.size === 0) return false;
  const { applies } = evaluateSignIn(policies, signIn);
  return applies.some(({ policyId, result }) => demanding.has(policyId) && result !== 'notApplies');
}

/** S7: nothing is drawn on a name or an id that is not certain. */
export function nameFindings(input: FindingsInput): DraftFinding[] {
  const { declared, tenant } = input;
  const strangers = declared.serviceAccounts.filter((id) => tenant.subjects?.has(id.toLowerCase()) === false);
  return [
    ...when(strangers.length > 0, {
      code: 'service_account_unknown',
      rule: 'S7',
      blocks: 'push',
      message: `${strangers.length} declared service accounts do not exist in the directory.`,
      clear: 'Correct the ids under declared.serviceAccounts in the customer file.',
      accountIds: strangers,
    }),
    ...ownGroupFindings(input),
    ...takenNameFindings(input),
  ];
}

function ownGroupFindings({ directory, groups }: FindingsInput): DraftFinding[] {
  const own = groups.filter((group) => group.id !== null);
  const find = (id: string | null) => directory?.find((group) => group.id.toLowerCase() === id?.toLowerCase());
  const lost = directory ? own.filter((group) => find(group.id) === undefined) : [];
  const isDynamic = (group: GraphObject | undefined) =>
    Array.isArray(group?.groupTypes) && group.groupTypes.includes('DynamicMembership');
  const dynamic = own.filter((group) => isDynamic(find(group.id)));
  return [
    ...when(lost.length > 0, {
      code: 'group_unknown',
      rule: 'S7',
      blocks: 'push',
      message: `The declared group ${lost.map((group) => group.id).join(', ')} does not exist in the directory.`,
      clear: 'Correct the group id in the customer file, or leave it out: the product then makes one.',
    }),
    ...when(dynamic.length > 0, {
      code: 'group_dynamic',
      rule: 'S7',
      blocks: 'push',
      message: `${namesOf(dynamic)} fills itself by a rule, so nobody can be put into it.`,
      clear: 'Name a group with assigned members in the customer file, or leave it out.',
    }),
  ];
}

function takenNameFindings({ directory, groups, live, managedIds, policies }: FindingsInput): DraftFinding[] {
  const taken = groups.filter(({ id, name }) => id === null && isNameTaken(directory, name));
  const foreign = (live ?? []).filter((policy) => !managedIds.has(policy.id));
  const policyNames = policies.map((policy) => `${MANAGED_PREFIX} - ${policy.name}`);
  const takenPolicies = policyNames.filter((name) => isNameTaken(foreign, name));
  return [
    ...when(taken.length > 0, {
      code: 'group_name_taken',
      rule: 'S7',
      blocks: 'push',
      message: `A group of the name ${namesOf(taken)} exists already and is not known to be ours.`,
      clear: 'Rename or remove the other group; objects are told apart by id, people read names.',
    }),
    ...when(takenPolicies.length > 0, {
      code: 'policy_name_taken',
      rule: 'S7',
      blocks: 'push',
      message: `A policy of the name ${takenPolicies.map((name) => `"${name}"`).join(', ')} exists already and is not known to be ours.`,
      clear: 'Rename or remove the other policy.',
    }),
  ];
}

function isNameTaken(objects: Part<GraphObject>, name: string): boolean {
  return (objects ?? []).some((object) => textOf(object.displayName)?.toLowerCase() === name.toLowerCase());
}

function namesOf(groups: readonly ManagedGroup[]): string {
  return groups.map((group) => `"${group.name}"`).join(', ');
}
