import { z } from 'zod';
import { dayOf } from '../lib/local-time.ts';
import { signedRowsIn } from '../rollout/approvals/sign-off.ts';
import { type LedgerRow, readLedger } from '../rollout/outreach/outreach.store.ts';
import type { CwRecord } from '../sandbox/connectwise/state.ts';
import { readJournal } from '../store/journal.ts';
import { canonicalEventLog, type LogLine } from './event-log.ts';
import type { Stage } from './rehearsal-stage.ts';
import { judgeByTruth, type TruthRow } from './rehearsal-truth.ts';
import { REHEARSAL, through } from './rehearsed-day.ts';

export type RehearsedPhase = {
  name: string;
  state: string;
  enforcedAt: string | null;
  people: number;
  enrolled: number;
};

export type RehearsalEnd = { phases: RehearsedPhase[]; truth: TruthRow[]; log: LogLine[] };

/** Reads the tenant a last time, and holds what is reported against what is so. */
export async function endOf(stage: Stage): Promise<RehearsalEnd> {
  const { app, customer, sandbox } = stage;
  const request = { peopleOnly: false, full: true, acceptShrunk: false, actor: REHEARSAL };
  await through(stage, app.syncs.sync(customer, request, { signal: app.signal, onProgress: () => undefined }));
  // The schedule stops with the rollout, so this last reading has to be asked for.
  await through(stage, app.signIns.readNow(customer));
  const readToMs = app.clock.now();
  const { model } = await app.reports.report(customer);
  const people = await app.phases.people(customer);
  const phaseOf = new Map(people.map(({ accountId, phase }) => [accountId, phase]));
  const mails = await mailsOf(stage);
  const truth = judgeByTruth(sandbox, customer.id, {
    model,
    released: await releasedIn(stage),
    phaseOf: (accountId) => phaseOf.get(accountId) ?? null,
    mails: mails.filter(({ state, way }) => state === 'accepted' && way !== 'teams'),
    today: dayOf(new Date(app.clock.now()), customer.settings.timeZone),
    readToMs,
  });
  return { phases: await phasesOf(stage), truth, log: await logOf(stage, mails) };
}

/** A stored shape: whom a signed row is about. */
const signedRow = z.object({ accountId: z.string() });

/**
 * Whom a signature carved out last. A row that changed since has to be signed anew and counts as unsigned meanwhile, but
 * the cover went while it was signed.
 */
async function releasedIn({ app, customer }: Stage): Promise<string[]> {
  const rows = await app.database.withCustomer(customer.id, signedRowsIn);
  return z
    .array(signedRow)
    .parse(rows)
    .map(({ accountId }) => accountId);
}

type Mail = { at: Date; person: string } & Pick<
  LedgerRow,
  'message' | 'state' | 'phase' | 'way' | 'address' | 'subject'
>;

async function mailsOf({ app, customer }: Stage): Promise<Mail[]> {
  const rollout = await app.phases.current(customer.id);
  if (rollout === null) return [];
  const rows = await app.database.withCustomer(customer.id, (tx) => readLedger(tx, rollout.id));
  return rows.map(({ message, state, personId: person, phase, way, address, subject, settledAt, dueAt }) => {
    return { at: settledAt ?? dueAt, message, state, person, phase, way, address, subject };
  });
}

async function logOf({ app, customer, sandbox }: Stage, mails: readonly Mail[]): Promise<LogLine[]> {
  const journal = await app.database.withCustomer(customer.id, (tx) => readJournal(tx, customer.id, 0, 1_000_000));
  const tickets = [...sandbox.state.connectwise.records.ticket.values()].map(ticketOf);
  return canonicalEventLog({ timeZone: customer.settings.timeZone, journal, mails, tickets });
}

function ticketOf(record: CwRecord): { at: Date; summary: string; isClosed: boolean } {
  const info = record._info as { dateEntered?: unknown } | undefined;
  const at = typeof info?.dateEntered === 'string' ? info.dateEntered : '1970-01-01T00:00:00Z';
  return { at: new Date(at), summary: String(record.summary), isClosed: record.closedFlag === true };
}

async function phasesOf({ app, customer }: Stage): Promise<RehearsedPhase[]> {
  const rollout = await app.phases.current(customer.id);
  const people = await app.phases.people(customer);
  return (rollout?.phases ?? []).map(({ name, state, enforcedAt }) => {
    const own = people.filter((person) => person.phase === name && person.exempt === null);
    const enrolled = own.filter(({ enrolment }) => enrolment === 'capable').length;
    return { name, state, enforcedAt, people: own.length, enrolled };
  });
}
