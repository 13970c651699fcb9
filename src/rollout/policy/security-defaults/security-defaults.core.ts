/**
 * Security Defaults give way to the managed policy in one step (safety rule S14). Before it, whatever they protect has to
 * be protected by what comes after them, for everybody whom they protect. Where the step was interrupted, what stands in
 * the tenant says how it goes on: to the end that was planned, or back to how it was, never in between.
 * Source of the four protections: "Security defaults in Microsoft Entra ID".
 */

import type { EffectRow } from '../draft/draft-effect.core.ts';
import { type CompiledPolicies, evaluateSignIn } from '../evaluate.core.ts';
import { DIRECTORY_SYNC_ROLE } from '../evaluator/role-templates.core.ts';
import type { SignIn } from '../evaluator/sign-in.core.ts';
import { type GraphObject, type JsonObject, objectOf, textOf } from '../graph-json.core.ts';
import { policyFingerprint } from '../managed-objects.core.ts';
import { REPORT_ONLY } from '../managed-policies.core.ts';
import { isMicrosoftManaged } from '../push/push-gates.core.ts';

/** What Security Defaults do for a tenant. */
export const PROTECTIONS = ['everybodyMfa', 'adminMfa', 'olderClientsBlocked', 'azureManagementMfa'] as const;

export type Protection = (typeof PROTECTIONS)[number];

/** People who would have less of a protection than now, or of whom that cannot be told. */
export type ParityGap = { protection: Protection; accountIds: readonly string[]; names: readonly string[] };

/** Roles whose holders Security Defaults ask at every sign-in, by template id; the page lists them. */
const ASKED_ROLES: readonly string[] = [
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', // Application Administrator
  'c4e39bd9-1100-46d3-8c65-fb160da0071f', // Authentication Administrator
  '0526716b-113d-4c15-b2c8-68e3c22b9f80', // Authentication Policy Administrator
  'b0f54661-2d74-4c50-afa3-1ec803f12efe', // Billing Administrator
  '158c047a-c907-4556-b7ef-446551a6b5f7', // Cloud Application Administrator
  'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9', // Conditional Access Administrator
  '29232cdf-9323-42fd-ade2-1d097af3e4de', // Exchange Administrator
  '729827e3-9c14-49f7-bb1b-9608f156bbb8', // Helpdesk Administrator
  '45d8d3c5-c802-45c6-b32a-1d70b5e1e86e', // Identity Governance Administrator
  '966707d0-3269-4727-9be2-8c3a10f19b9d', // Password Administrator
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13', // Privileged Authentication Administrator
  'e8611ab8-c189-46e8-94e1-60213ab1f814', // Privileged Role Administrator
  '194ae4cb-b126-40b2-bd5b-6091b380977d', // Security Administrator
  'f28a1f50-f6e7-4571-818b-6a12f2af6b6c', // SharePoint Administrator
  '69091246-20e8-4a56-aa4d-066075b2a7a8', // Teams Administrator
  'fe930be7-5e62-47db-91af-98c3a49a38b1', // User Administrator
];

const AZURE_MANAGEMENT = '797f4846-ba00-4fd7-ba43-dac1f8f63013';

const OLDER: readonly SignIn[] = [{ clientAppType: 'exchangeActiveSync' }, { clientAppType: 'other' }];
const AZURE: readonly SignIn[] = ['browser', 'mobileAppsAndDesktopClients'].map((clientAppType) => ({
  clientAppType,
  target: { kind: 'app', appId: AZURE_MANAGEMENT },
}));

export type ParityInput = {
  /** The policies as they will be, in a tenant without Security Defaults. */
  after: CompiledPolicies;
  effect: readonly EffectRow[];
  nameOf(accountId: string): string;
  /** Signed exceptions and declared break-glass accounts: they may have less, and nobody else. */
  released: readonly string[];
};

/**
 * Whom the policies to come would protect less than Security Defaults do, by protection; empty when nobody. Whatever
 * cannot be told counts as less.
 */
export function parityGaps({ after, effect, released, nameOf }: ParityInput): ParityGap[] {
  const { tenant } = after;
  const free = new Set(released.map((id) => id.toLowerCase()));
  // They leave out the account that synchronises the directory, where it is known which one that is.
  const syncing = tenant.rolesRead ? tenant.holdersOf(DIRECTORY_SYNC_ROLE).active : new Set<string>();
  const asked = ASKED_ROLES.map((role) => tenant.holdersOf(role));
  const isAdmin = (id: string) => asked.some(({ active, eligible }) => active.has(id) || eligible.has(id));
  const isStopped = (userId: string, signIns: readonly SignIn[]) =>
    signIns.every((signIn) => {
      const { mfaRequired, blocked } = evaluateSignIn(after, { ...signIn, userId });
      return mfaRequired === 'yes' || blocked === 'yes';
    });
  const rows = effect.filter(({ accountId, isEnabled }) => {
    const id = accountId.toLowerCase();
    return isEnabled && !free.has(id) && !syncing.has(id);
  });
  const lacking: Readonly<Record<Protection, (row: EffectRow) => boolean>> = {
    everybodyMfa: (row) => row.after !== 'everywhere',
    adminMfa: (row) => row.after !== 'everywhere' && isAdmin(row.accountId.toLowerCase()),
    // A client that cannot ask for MFA does not get in where MFA is asked.
    olderClientsBlocked: (row) => !isStopped(row.accountId, OLDER),
    azureManagementMfa: (row) => !isStopped(row.accountId, AZURE),
  };
  return PROTECTIONS.flatMap((protection) => {
    const accountIds = rows
      .filter(lacking[protection])
      .map(({ accountId }) => accountId)
      .sort();
    return accountIds.length === 0 ? [] : [{ protection, accountIds, names: accountIds.map(nameOf) }];
  });
}

/** The policy with exactly the scope it will have, reporting only: what stands ready before anything is switched off. */
export function stagedOf<T extends GraphObject>(planned: T): T {
  return { ...planned, state: REPORT_ONLY };
}

/** Whether a policy says what was planned, whatever somebody has called it meanwhile. */
export function saysTheSame(live: JsonObject | null, planned: JsonObject): boolean {
  if (live === null) return false;
  return policyFingerprint({ ...live, displayName: planned.displayName }) === policyFingerprint(planned);
}

/** How a switch stands in the tenant. */
export type SwitchSight = {
  state: 'going' | 'switched' | 'returning' | 'returned';
  defaultsOn: boolean;
  /** The enforcing policy is enabled as planned. */
  isEnforcing: boolean;
  /** Whether its phase may still be enforced: nobody has held it or taken it back. */
  isWanted: boolean;
};

/**
 * How an interrupted switch goes on. `finish`: it came through; `forward`: nothing protects the tenant, so the policy is
 * enabled; `back`: everything goes back to how it was; `anew`: Security Defaults never went off, so it begins again.
 */
export function nextOf({
  state,
  defaultsOn,
  isEnforcing,
  isWanted,
}: SwitchSight): 'finish' | 'forward' | 'back' | 'anew' {
  if (state === 'returned') return 'anew';
  if (state === 'returning') return 'back';
  // Both at once: somebody else switched them on again, and his word stands.
  if (defaultsOn) return isEnforcing ? 'back' : 'anew';
  if (isEnforcing) return 'finish';
  return isWanted ? 'forward' : 'back';
}

/** A policy whose state is to be changed, and to what. */
export type Move = { id: string; name: string; from: string; to: typeof REPORT_ONLY | 'disabled' };

/**
 * What has to move before Security Defaults can be switched on, where Graph refused to. First what is enabled of ours and
 * of Microsoft's goes to report-only; when that is not enough, everything that only reports is disabled for a moment: it
 * protects nobody. Null where nothing more can be done: a policy of somebody else is enabled, and is not ours to touch.
 */
export function movesFor(policies: readonly GraphObject[], ownIds: ReadonlySet<string>): Move[] | null {
  const enabled = policies.filter(({ state }) => state === 'enabled');
  const quieting = quietingOf(policies, ownIds);
  if (quieting.length < enabled.length) return null;
  if (quieting.length > 0) return quieting;
  const reporting = policies.filter(({ state }) => state === REPORT_ONLY);
  return reporting.length === 0 ? null : reporting.map((policy) => moveOf(policy, 'disabled'));
}

/** The enabled policies of somebody else, by name: they keep Security Defaults off, and are not ours to touch. */
export function foreignEnabled(policies: readonly GraphObject[], ownIds: ReadonlySet<string>): string[] {
  const ours = new Set(quietingOf(policies, ownIds).map(({ id }) => id));
  return policies
    .filter(({ id, state }) => state === 'enabled' && !ours.has(id))
    .map((policy) => textOf(policy.displayName) ?? policy.id);
}

/** What is enabled of ours and of Microsoft's goes to report-only: both at once were not so before. */
export function quietingOf(policies: readonly GraphObject[], ownIds: ReadonlySet<string>): Move[] {
  return policies
    .filter((policy) => policy.state === 'enabled' && (ownIds.has(policy.id) || isMicrosoftManaged(policy)))
    .map((policy) => moveOf(policy, REPORT_ONLY));
}

function moveOf(policy: GraphObject, to: Move['to']): Move {
  return { id: policy.id, name: textOf(policy.displayName) ?? policy.id, from: textOf(policy.state) ?? '', to };
}

/** Microsoft's own policies among these, as they are told. */
export function microsoftPolicies(policies: readonly GraphObject[]): { id: string; name: string; state: string }[] {
  return policies
    .filter((policy) => isMicrosoftManaged(policy))
    .map((policy) => ({ id: policy.id, name: textOf(policy.displayName) ?? '', state: textOf(policy.state) ?? '' }));
}

/** Whether Security Defaults are on, as they were read; null where that is not known. */
export function areDefaultsOn(securityDefaults: unknown): boolean | null {
  const isEnabled = objectOf(securityDefaults)?.isEnabled;
  return typeof isEnabled === 'boolean' ? isEnabled : null;
}
