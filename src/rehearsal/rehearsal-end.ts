import { z } from 'zod';
import { dayOf } from '../lib/local-time.ts';
import { decidedContents } from '../rollout/approvals/approvals.ts';
import { type LedgerRow, readLedger } from '../rollout/outreach/outreach.store.ts';
import { carvedOut } from '../rollout/policy/draft/draft-groups.core.ts';
import type { CwRecord } from '../sandbox/connectwise/state.ts';
import { readJournal } from '../store/journal.ts';
import { canonicalEventLog, type LogLine } from './event-log.ts';
import type { Stage } from './rehearsal-stage.ts';
import { type Judged, judgeByTruth, type TruthRow } from './rehearsal-truth.ts';
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

/** A stored shape: what of a signed row says whether it leaves its account out. */
const signedRow = z.object({
  ...{ accountId: z.string(), kind: z.string(), signInBlocked: z.boolean(), endsAt: z.string().nullable() },
});

/**
 * Whom signatures leave out of the policies, the break-glass accounts among them. A row that changed since it was signed
 * counts as unsigned until it is signed anew, but the cover went while it was signed.
 */
async function releasedIn({ app, customer }: Stage): Promise<Judged['released']> {
  const { timeZone } = customer.settings;
  const tables = await app.database.withCustomer(customer.id, (tx) => decidedContents(tx, 'exceptions', 'signed'));
  const idsOf = (table: unknown, today: string) => {
    const signed = z.array(signedRow).parse(table);
    const breakGlass = signed.filter(({ kind }) => kind === 'breakGlass');
    const left = carvedOut(
      signed.map((row) => ({ ...row, signed: true })),
      today,
    );
    return [...breakGlass, ...left].map(({ accountId }) => accountId);
  };
  return {
    atTheEnd: idsOf(tables.at(-1)?.content ?? [], dayOf(new Date(app.clock.now()), timeZone)),
    ever: tables.flatMap(({ at, content }) => idsOf(content, dayOf(at, timeZone))),
  };
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
