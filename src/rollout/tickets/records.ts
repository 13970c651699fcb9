/* One record of ours in the PSA and the one job that works on it: what is asked, what is begun, what came of it. */
import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { digestOf } from '../../lib/digest.ts';
import { AppError, INTERRUPTIONS, VendorBrokenError, VendorUnreachableError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import type { PsaPlace, PsaPlaces } from './place.ts';
import { isUnderWay, lockRecords, type PsaRecord, readRecord, saveRecord } from './tickets.store.ts';

export type RecordDeps = {
  database: Database;
  customers: Customers;
  places: PsaPlaces;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  /** Aborted when the process stops. */
  signal: AbortSignal;
};

/** Who acts where the product does by itself. */
export const THE_PRODUCT: Json = { kind: 'system', name: 'tickets' };

export type Wish = { key: string; kind: PsaRecord['kind']; wanted: Json };

/** The name of the effect that works on a record; the number makes a later wish another effect. */
export function effectKey({ key, kind, run }: Pick<PsaRecord, 'key' | 'kind' | 'run'>): string {
  return `${kind === 'ticket' ? 'ticket.write' : 'project.sync'}:${key}:${run}`;
}

/**
 * Notes in the caller's transaction how a record shall be, and asks for the job that brings it about. A wish that is
 * fulfilled changes nothing; while a job works on the record the new wish waits for it, so that two never write at once.
 * Answers whether something was asked.
 */
export async function wish(tx: Tx, { key, kind, wanted }: Wish, at: Date): Promise<boolean> {
  await lockRecords(tx);
  const wantedDigest = digestOf(wanted);
  const known = await readRecord(tx, key);
  const before = known ?? emptyRecord(key, kind);
  if (known?.wantedDigest === wantedDigest && isSettled(known)) return false;
  const isBusy = known !== null && (await isUnderWay(tx, effectKey(known)));
  if (isBusy && known.wantedDigest === wantedDigest) return false;
  const next = { ...before, wanted, wantedDigest, run: isBusy ? before.run : before.run + 1 };
  await saveRecord(tx, next, at);
  if (!isBusy) await ask(tx, next, at);
  return true;
}

/** Whether what is wanted stands there, or a person's doing is respected instead. */
export function isSettled({ wantedDigest, writtenDigest, failure }: PsaRecord): boolean {
  return failure === null && wantedDigest === writtenDigest;
}

function emptyRecord(key: string, kind: PsaRecord['kind']) {
  const nothing = { recordId: null, byPerson: null, writtenDigest: null, begun: null, failure: null };
  return { key, kind, standing: 'none' as const, parts: {}, run: 0, ...nothing };
}

async function ask(tx: Tx, record: Pick<PsaRecord, 'key' | 'kind' | 'run'>, at: Date): Promise<void> {
  const kind = record.kind === 'ticket' ? 'ticket.write' : 'project.sync';
  const payload = { key: record.key, run: record.run };
  await enqueue(tx, { kind, key: effectKey(record), payload, dueAt: at });
}

/** Asks again for what failed or whose job died. */
export async function askAgain(tx: Tx, record: PsaRecord, at: Date): Promise<void> {
  if (isSettled(record) || (await isUnderWay(tx, effectKey(record)))) return;
  await askNext(tx, record, at);
}

/** Asks for the next job; the one before has come to its end, at the latest with this transaction. */
async function askNext(tx: Tx, record: PsaRecord, at: Date): Promise<void> {
  const next = { ...record, run: record.run + 1 };
  await saveRecord(tx, next, at);
  await ask(tx, next, at);
}

/** One job at its work on a record. */
export type RecordRun = {
  deps: RecordDeps;
  customer: Customer;
  place: PsaPlace;
  record: PsaRecord;
  signal: AbortSignal;
};

/** What a job's work came to; `event` is journalled where something was written or a person's doing was seen. */
export type RecordOutcome = Partial<Pick<PsaRecord, 'recordId' | 'standing' | 'byPerson' | 'parts'>> & {
  event: string | null;
};

/**
 * Works on a record and gives what to save. A job that was overtaken does nothing. Who does not answer is asked again;
 * what ConnectWise refuses is kept with the record and told.
 */
export async function workOn(
  deps: RecordDeps,
  asked: { key: string; run: number },
  job: RunningJob,
  work: (run: RecordRun) => Promise<RecordOutcome>,
): Promise<Save | undefined> {
  const record = await deps.database.withCustomer(job.customerId, (tx) => readRecord(tx, asked.key));
  if (record?.run !== asked.run) return undefined;
  const customer = await deps.customers.find(job.customerId);
  try {
    const place = await deps.places.of(customer);
    if (place === null) throw notConfigured();
    const signal = AbortSignal.any([job.signal, deps.signal]);
    const outcome = await work({ deps, customer, place, record, signal });
    return (tx) => saveOutcome(deps, tx, record, outcome);
  } catch (error) {
    if (!(error instanceof AppError) || isPassing(error, job)) throw error;
    const failure = { code: error.code, message: error.sentence };
    deps.log.warn('tickets.failed', { customerId: customer.id, code: error.code });
    return async (tx) => {
      const now = await current(tx, record);
      const at = new Date(deps.clock.now());
      await saveRecord(tx, { ...now, failure }, at);
      const facts = { key: record.key, code: error.code };
      const isNew = record.failure?.code !== error.code;
      if (isNew) await appendJournal(tx, { at, actor: THE_PRODUCT, event: `${record.kind}.failed`, facts });
      if (now.wantedDigest !== record.wantedDigest) await askNext(tx, { ...now, failure }, at);
    };
  }
}

async function saveOutcome(deps: RecordDeps, tx: Tx, record: PsaRecord, outcome: RecordOutcome): Promise<void> {
  const { event, ...change } = outcome;
  const now = await current(tx, record);
  const at = new Date(deps.clock.now());
  const next = { ...now, ...change, writtenDigest: record.wantedDigest, begun: null, failure: null };
  await saveRecord(tx, next, at);
  const facts = { key: record.key, id: next.recordId, digest: record.wantedDigest };
  if (event !== null) await appendJournal(tx, { at, actor: THE_PRODUCT, event, facts });
  // Something else was wanted while the job worked.
  if (now.wantedDigest !== record.wantedDigest) await askNext(tx, { ...next, updatedAt: at }, at);
}

async function current(tx: Tx, record: PsaRecord): Promise<PsaRecord> {
  await lockRecords(tx);
  return (await readRecord(tx, record.key)) ?? record;
}

/** A write that was begun and never seen done is given this long to show up before it is made again. */
const SETTLE_MS = 10_000;

/** Waits until what was begun before a crash or a lost answer must be visible. */
export async function settled(
  { clock }: Pick<RecordDeps, 'clock'>,
  begunAt: number | null,
  signal: AbortSignal,
): Promise<void> {
  if (begunAt === null) return;
  const restMs = begunAt + SETTLE_MS - clock.now();
  if (restMs > 0) await clock.sleep(Math.min(restMs, SETTLE_MS), signal);
}

/** Notes that a write begins, with the content that it brings. */
export async function begin({ deps, customer, record }: RecordRun): Promise<void> {
  const now = deps.clock.now();
  await deps.database.withCustomer(customer.id, async (tx) => {
    const begun = { digest: record.wantedDigest, at: now };
    await saveRecord(tx, { ...(await current(tx, record)), begun }, new Date(now));
  });
}

/** Whether trying again may help: of a stopping process and of a server that does not answer, or not as it should. */
export function isPassing(error: AppError, job: RunningJob): boolean {
  if (INTERRUPTIONS.has(error.code)) return true;
  const isVendors = error instanceof VendorUnreachableError || error instanceof VendorBrokenError;
  return isVendors && !job.isLastAttempt;
}

/** What is said where a customer's file has no section `psa`. */
export function notConfigured(): AppError {
  const userMessage =
    'This customer has no PSA: its file has no section "psa". Nothing is written there, and no ticket is answered.';
  return new AppError('psa_not_configured', userMessage, { userMessage });
}
