import { AppError } from '../../lib/errors.ts';
import { isSignable } from '../exceptions/exception-table.core.ts';
import { grantsForMfa } from '../policy/evaluator/grant-controls.core.ts';
import type { ManagedName } from '../policy/managed-policies.core.ts';
import type { Finding } from '../sign-ins/findings.core.ts';
import { rosterOf } from '../snapshots/answers.ts';
import { type ExceptionsAnswer, exceptionsOf } from '../snapshots/exception-answer.ts';
import { coverageOf } from '../snapshots/policy-answers.ts';
import type { Snapshot } from '../snapshots/snapshot-file.ts';
import type { FindingFact, PolicyFact, ReportFacts } from './report-types.core.ts';

/** What a live customer adds to a snapshot; null where it was not read. */
export type KnownFacts = Pick<ReportFacts, 'customer' | 'rollout' | 'approvals' | 'findings' | 'journal'> & {
  /** The exception table with its signatures. */
  exceptions: ExceptionsAnswer | null;
  signature: { by: string; at: string; digest: string } | null;
  /** The product's own policies by id, in lower case. */
  managed: ReadonlyMap<string, ManagedName>;
  /** When registration was read; undefined: at the time of the snapshot, if at all. */
  registrationReadAt?: string | null | undefined;
};

/**
 * The facts of a report from a snapshot and what else is known. A part that the snapshot lacks is null; only a snapshot
 * that contradicts itself is refused, with the code of whatever cannot read it.
 */
export function factsOf(snapshot: Snapshot, known: KnownFacts): ReportFacts {
  const { customer, rollout, approvals, findings, journal, exceptions } = known;
  const hasRegistration = (snapshot.registration ?? snapshot.authenticationMethods ?? null) !== null;
  const readAt = known.registrationReadAt === undefined ? snapshot.takenAt : known.registrationReadAt;
  return {
    customer,
    takenAt: snapshot.takenAt,
    today: snapshot.takenAt.slice(0, 10),
    roster: orNull(() => rosterOf(snapshot)),
    exceptions:
      exceptions === null
        ? null
        : {
            rows: exceptions.exceptions.filter(isSignable),
            signature: known.signature,
            breakGlass: exceptions.breakGlass,
            unknown: exceptions.unknown,
          },
    policies: policiesOf(snapshot, known.managed),
    securityDefaultsOn: snapshot.securityDefaults?.isEnabled ?? null,
    coverage: (snapshot.policies ?? null) === null ? null : (orNull(() => coverageOf(snapshot))?.people ?? null),
    registrationReadAt: hasRegistration ? readAt : null,
    rollout,
    approvals,
    findings,
    journal,
  };
}

/**
 * The facts of a snapshot file alone: phases, approvals, findings and journal are not in it, and no exception is signed.
 * Refuses nothing that a snapshot file may lack.
 */
export function offlineFacts(snapshot: Snapshot): ReportFacts {
  return factsOf(snapshot, {
    customer: { name: nameOf(snapshot), tenantId: snapshot.tenantId, timeZone: 'UTC' },
    exceptions: orNull(() => exceptionsOf(snapshot)),
    signature: null,
    managed: new Map(),
    rollout: null,
    approvals: null,
    findings: null,
    journal: null,
  });
}

function nameOf({ organization, tenantId }: Snapshot): string {
  const name = organization?.displayName;
  return typeof name === 'string' && name.trim() !== '' ? name : tenantId;
}

/** A finding as the report tells it: one that somebody works on is still open. */
export function findingFact({ key, accountId, appName, protocol, status }: Finding): FindingFact {
  const state = status === 'inWork' ? 'open' : status;
  return { id: key, accountId, application: appName, protocol, state };
}

/** A part that was not read is unknown; every other refusal is somebody else's to mend. */
export function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError && error.code === 'snapshot_part_missing') return null;
    throw error;
  }
}

function policiesOf({ policies }: Snapshot, managed: ReadonlyMap<string, ManagedName>): PolicyFact[] | null {
  if ((policies ?? null) === null) return null;
  return (policies ?? []).map((policy) => {
    const { id, state, displayName, grantControls } = policy;
    return {
      id,
      name: typeof displayName === 'string' && displayName.trim() !== '' ? displayName : id,
      state,
      managed: managed.get(id.toLowerCase()) ?? null,
      asksForMfa: grantsForMfa(grantControls, false),
    };
  });
}
