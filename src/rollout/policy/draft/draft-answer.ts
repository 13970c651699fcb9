import { z } from 'zod';
import { SERVICE_PLANS } from '../../../services/graph/licences.ts';
import type { ExceptionTable } from '../../exceptions/exception-types.core.ts';
import type { Procedure } from '../../phases/phase-types.core.ts';
import type { Roster } from '../../roster/roster-types.core.ts';
import { required, rosterOf } from '../../snapshots/answers.ts';
import type { Snapshot } from '../../snapshots/snapshot-file.ts';
import { compileTenant } from '../evaluator/tenant.core.ts';
import type { ManagedObject } from '../managed-objects.core.ts';
import { type DrawnDraft, drawDraft } from './draft.core.ts';
import type { LicenceFacts } from './draft-finding.core.ts';
import type { KnownAccount } from './draft-judgement.core.ts';

/** What earlier pushes made, and the procedure whose phases the groups follow. */
export type DraftStanding = { owned: readonly ManagedObject[]; procedure: Pick<Procedure, 'phases'> | null };

const NOTHING_YET: DraftStanding = { owned: [], procedure: null };

/** A snapshot and the master list joined from it. */
export type DraftBasis = { snapshot: Snapshot; roster(): Roster };

/**
 * Draws the draft from a snapshot and its exception table. Refuses with `snapshot_part_missing` without accounts; any
 * other part that was not read is among the findings.
 */
export function draftOf(snapshot: Snapshot, table: ExceptionTable, standing: DraftStanding = NOTHING_YET): DrawnDraft {
  return draftFrom({ snapshot, roster: () => rosterOf(snapshot) }, table, standing);
}

/** The same where the master list was joined before; it is asked for only when HR was read. */
export function draftFrom(basis: DraftBasis, table: ExceptionTable, { owned, procedure }: DraftStanding): DrawnDraft {
  const { snapshot } = basis;
  const users = required(snapshot, 'users');
  const roster = (snapshot.hr ?? null) === null ? null : basis.roster();
  const known = new Map<string, KnownAccount>(users.map((user) => [user.id, fromAccount(user)]));
  for (const row of roster?.accountWithoutHr ?? []) known.set(row.accountId, { ...row, department: null });
  for (const person of roster?.people ?? []) known.set(person.accountId, person);
  return drawDraft({
    tenantId: snapshot.tenantId.toLowerCase(),
    tenant: compileTenant(snapshot),
    users,
    live: snapshot.policies ?? null,
    directory: snapshot.groups,
    declared: snapshot.declared,
    people: roster?.people ?? null,
    known,
    table,
    licence: licenceOf(snapshot),
    owned,
    procedure,
    today: snapshot.takenAt.slice(0, 10),
    roleAssignments: snapshot.roleAssignments,
    registration: snapshot.registration,
    authenticationMethods: snapshot.authenticationMethods,
    perUserMfa: snapshot.perUserMfa,
  });
}

/** An account outside of the master list, or of a tenant whose HR was not read. */
function fromAccount(user: { id: string; displayName?: string | null | undefined }): KnownAccount {
  return {
    displayName: user.displayName ?? user.id,
    department: null,
    enrolment: 'unknown',
    enrolmentWhy: 'the account was not looked at: HR was not read',
  };
}

/** A lapsed subscription keeps working for a while under Warning. */
const WORKING = new Set(['Enabled', 'Warning']);

const skuSchema = z.looseObject({
  capabilityStatus: z.string().nullish(),
  prepaidUnits: z.looseObject({ enabled: z.number().nullish(), warning: z.number().nullish() }).nullish(),
  servicePlans: z.array(z.looseObject({ servicePlanId: z.string().nullish() })).nullish(),
});

/** Whether the tenant has Entra ID P1, by itself or within P2, and for how many; null when that was not read. */
export function licenceOf(snapshot: Pick<Snapshot, 'subscribedSkus'>): LicenceFacts {
  const premium = new Set<unknown>([SERVICE_PLANS.entraP1, SERVICE_PLANS.entraP2]);
  const skus = z.array(skuSchema).safeParse(snapshot.subscribedSkus);
  if (!skus.success) return null;
  const paid = skus.data.filter(
    ({ capabilityStatus, servicePlans }) =>
      WORKING.has(capabilityStatus ?? 'Enabled') &&
      (servicePlans ?? []).some((plan) => premium.has(plan.servicePlanId?.toLowerCase())),
  );
  const seats = paid.reduce(
    (sum, { prepaidUnits }) => sum + (prepaidUnits?.enabled ?? 0) + (prepaidUnits?.warning ?? 0),
    0,
  );
  return { hasP1: paid.length > 0, seats };
}
