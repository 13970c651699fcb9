import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { SERVICE_PLANS } from '../../services/graph/licences.ts';
import { profileSignIns } from '../exceptions/sign-in-profile.core.ts';
import { reconcile } from '../roster/roster.core.ts';
import type { Roster } from '../roster/roster-types.core.ts';
import type { Snapshot } from './snapshot-file.ts';

/** The master list of a snapshot. Refuses with `snapshot_part_missing` when it holds no people of HR or no accounts. */
export function rosterOf(snapshot: Snapshot): Roster {
  const hr = required(snapshot, 'hr');
  const accounts = required(snapshot, 'users');
  return reconcile({
    hrSource: hr.source,
    employees: hr.employees,
    accounts,
    isManagerRead: accounts.some((account) => account.manager !== undefined && account.manager !== null),
    registration: snapshot.registration ?? null,
    registrationGap: (hasP1(snapshot) ?? true) ? 'notRead' : 'notLicensed',
    methods: snapshot.authenticationMethods,
    mailboxes: snapshot.mailboxes,
    declared: snapshot.declared,
    roleAssignments: snapshot.roleAssignments,
    signInProfiles: signInProfiles(snapshot),
    verifiedDomains: verifiedDomains(snapshot),
    today: snapshot.takenAt.slice(0, 10),
  });
}

/** What each account's sign-ins look like; null when the snapshot holds none. */
export function signInProfiles(snapshot: Snapshot): ReturnType<typeof profileSignIns> | null {
  const signIns = snapshot.signIns ?? null;
  return signIns === null ? null : profileSignIns(signIns);
}

/** A part that a question cannot be answered without. */
export function required<K extends 'hr' | 'users' | 'policies'>(snapshot: Snapshot, part: K): NonNullable<Snapshot[K]> {
  const value = snapshot[part] ?? null;
  if (value === null) {
    const userMessage = `This needs "${part}", which was not read. Run "mfa-rollout sync", or take a complete snapshot.`;
    throw new AppError('snapshot_part_missing', userMessage, { userMessage, facts: { part } });
  }
  return value as NonNullable<Snapshot[K]>;
}

/** Licence states in which a plan still works: a lapsed subscription keeps working for a while under Warning. */
const WORKING = new Set(['Enabled', 'Warning']);

const skuSchema = z.looseObject({
  capabilityStatus: z.string().nullish(),
  servicePlans: z.array(z.looseObject({ servicePlanId: z.string().nullish() })).nullish(),
});

/** Whether the tenant has Entra ID P1, by itself or within P2; undefined when its licences were not read or understood. */
function hasP1(snapshot: Snapshot): boolean | undefined {
  const premium = new Set<unknown>([SERVICE_PLANS.entraP1, SERVICE_PLANS.entraP2]);
  const skus = z.array(skuSchema).safeParse(snapshot.subscribedSkus);
  if (!skus.success) return undefined;
  return skus.data.some(
    ({ capabilityStatus, servicePlans }) =>
      WORKING.has(capabilityStatus ?? 'Enabled') &&
      (servicePlans ?? []).some((plan) => premium.has(plan.servicePlanId?.toLowerCase())),
  );
}

function verifiedDomains(snapshot: Snapshot): string[] | undefined {
  const domains = z.array(z.looseObject({ name: z.string() })).safeParse(snapshot.organization?.verifiedDomains);
  return domains.success ? domains.data.map((domain) => domain.name) : undefined;
}
