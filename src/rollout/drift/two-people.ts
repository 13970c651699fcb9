import type { Json } from '../../lib/canonical-json.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Tx } from '../../store/transaction.ts';
import { type Actor, journalActor } from '../access/access.core.ts';
import { isSamePerson, missingSides } from '../approvals/phase-approval.core.ts';
import { standingOf } from '../approvals/phase-approval-records.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import { insertApproval, readApprovals } from './approvals.store.ts';
import type { DriftRow } from './drift.store.ts';
import { refreshDrift } from './drift-cards.ts';
import type { DriftDeps } from './drift-deps.ts';
import type { DriftVerdict } from './drift-types.core.ts';
import type { Offer } from './remedy.core.ts';
import { APPROVAL_HOURS, approvalDigestOf, type TwoPeople } from './two-people.core.ts';

const HOUR_MS = 3_600_000;

export type TwoPeopleAsk = { customerId: string; row: DriftRow; verdict: DriftVerdict; words: Sentence };

/** How an approval of two people stands: those of exactly this content, not lapsed, of people who still have the role. */
export async function twoPeopleOf(
  { access, clock }: Pick<DriftDeps, 'access' | 'clock'>,
  tx: Tx,
  { customerId, row, verdict, words }: TwoPeopleAsk,
): Promise<TwoPeople> {
  const given = await readApprovals(tx, row.id);
  const digest = approvalDigestOf(row, verdict);
  const asked = { customerId, digest, now: clock.now(), expireAfterHours: APPROVAL_HOURS, usedUpAt: null };
  const standing = given.length === 0 ? [] : await standingOf(access, given, asked);
  const approvals = standing.map(({ decision }) => decision);
  const [first] = approvals.map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
  return {
    ...{ words, approvals, lost: verdict === 'accept' ? (row.effect?.lost ?? []) : [] },
    missing: missingSides(standing),
    expiresAt: first === undefined ? null : new Date(first + APPROVAL_HOURS * HOUR_MS).toISOString(),
  };
}

/** How it stands for each verdict of a finding that takes two people; null where one person decides, or nobody may. */
export async function twoPeopleFor(
  deps: Pick<DriftDeps, 'access' | 'clock'>,
  tx: Tx,
  { customerId, row, offers }: { customerId: string; row: DriftRow; offers: Readonly<Record<DriftVerdict, Offer>> },
): Promise<Record<DriftVerdict, TwoPeople | null>> {
  const of = async (verdict: DriftVerdict) => {
    const offer = offers[verdict];
    if (row.state !== 'open' || !offer.yes || offer.two === undefined) return null;
    return twoPeopleOf(deps, tx, { customerId, row, verdict, words: offer.two });
  };
  return { restore: await of('restore'), accept: await of('accept') };
}

/**
 * Records one person's approval in the caller's transaction and gives how it stands after it; `own` where this person has
 * approved exactly this already.
 */
export async function approveDrift(
  deps: DriftDeps,
  tx: Tx,
  { actor, ...ask }: TwoPeopleAsk & { actor: Actor },
): Promise<{ own: boolean; standing: TwoPeople }> {
  const before = await twoPeopleOf(deps, tx, ask);
  if (before.approvals.some(({ by }) => isSamePerson(by, actor.identity))) return { own: true, standing: before };
  const { row, verdict, words } = ask;
  const at = new Date(deps.clock.now());
  const { identity: by, displayName } = actor;
  const digest = approvalDigestOf(row, verdict);
  const content = { verdict, words, lost: [...before.lost], before: row.before, after: row.after } as unknown as Json;
  await insertApproval(tx, { findingId: row.id, digest, by, displayName, content, at });
  const facts = {
    id: row.id,
    kind: row.kind,
    object: row.object,
    objectId: row.objectId,
    digest,
    lost: [...before.lost],
  };
  await appendJournal(tx, { at, actor: journalActor(actor), event: `drift.approved.${verdict}`, facts });
  await refreshDrift(tx, row.id, { why: `approved:${digest}:${by.objectId}:${at.getTime()}`, now: at });
  return { own: false, standing: await twoPeopleOf(deps, tx, ask) };
}
