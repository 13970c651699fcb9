import { type Clock, DAY_MS } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import { storableText } from '../../lib/storable-text.ts';
import type { Graph } from '../../services/graph/client.ts';
import { readNewSignIns, type SignInLog } from '../../services/graph/sign-ins.ts';
import type { Database, Tx } from '../../store/database.ts';
import { withTraffic } from './findings.core.ts';
import { readFindingsOf, saveFindings } from './findings.store.ts';
import { type EnforcedTogether, tellingFirst } from './first-enforced.ts';
import {
  addChallenges,
  addOutcomes,
  type LogRow,
  lockSignIns,
  pruneChallenges,
  readLogRow,
  saveLogRow,
} from './sign-ins.store.ts';
import { createTally, type Tally, type TallyContext } from './tally.core.ts';

/** Clients that work by the week show in the first reading. */
export const LOOK_BACK_MS = 7 * DAY_MS;

const LOGS: readonly SignInLog[] = ['interactive', 'nonInteractive'];
/** Rows may come so late: four times the longest delay that was seen. */
const OVERLAP_MS = 45 * 60_000;
/** Without a premium licence there is nothing to read at all. */
const RETENTION_MS = 30 * DAY_MS;
const HOUR_MS = 3_600_000;
/** A span is longer while few rows come and shorter while many do: what a crash repeats stays within minutes. */
const FEW_PAGES = 2;
const MANY_PAGES = 50;
/** One job ends before the queue takes it for dead; the next one goes on from the mark. */
export const PAGES_PER_RUN = 1_000;
const LOST_KEPT = 20;
const WHY_UNITS_MAX = 300;

export type ReadDeps = { database: Database; clock: Clock; stopPoint: StopPoint };

export type ReadTask = {
  customerId: string;
  graph: Graph;
  context: TallyContext;
  /** Enforcements of which the first sign-in is told. */
  enforced: readonly EnforcedTogether[];
  /** Where a first reading begins, in ms. */
  fromMs: number;
  signal: AbortSignal;
};

/**
 * Reads what is new in both logs, span by span, and keeps each span's counts together with its mark: a span that a crash
 * cut off is read again and counts once. Held in memory are a page, the ids of the overlap, and counts that grow with
 * people and not with sign-ins. What Graph answers in place of rows is kept as the state of the log and not thrown, so
 * that one log's failure leaves the other one read; rejects when the signal ends it.
 */
export async function readSignIns(deps: ReadDeps, task: ReadTask): Promise<void> {
  const budget = { pages: PAGES_PER_RUN };
  for (const log of LOGS) {
    try {
      await readLog(deps, task, { log, budget });
    } catch (error) {
      if (task.signal.aborted || !(error instanceof AppError)) throw error;
      // Another reading of this customer was quicker; what it read is kept.
      if (error.code === OVERTAKEN) return;
      await keepFailure(deps, task, { log, state: 'failed', why: storableText(error.sentence, WHY_UNITS_MAX) });
    }
  }
}

const OVERTAKEN = 'sign_ins_overtaken';

type Turn = { log: SignInLog; budget: { pages: number } };

async function readLog(deps: ReadDeps, task: ReadTask, { log, budget }: Turn): Promise<void> {
  let spanMs = HOUR_MS;
  // One present for the whole reading: chasing a clock that runs would never end.
  const nowMs = deps.clock.now();
  while (budget.pages > 0) {
    const row = await deps.database.withCustomer(task.customerId, (tx) => readLogRow(tx, log));
    const span = spanOf({ row, fromMs: task.fromMs, nowMs }, spanMs);
    if (span === null) return;
    const pages = await readSpan(deps, task, { log, row, ...span });
    if (pages === null) return;
    budget.pages -= pages;
    if (pages <= FEW_PAGES) spanMs *= 2;
    else if (pages > MANY_PAGES) spanMs = Math.max(HOUR_MS / 4, spanMs / 2);
  }
}

type Span = { from: string; toMs: number; nowMs: number };

/** The next span; null when everything was read, or when the clock was set back behind what was. */
function spanOf(at: { row: LogRow | undefined; fromMs: number; nowMs: number }, spanMs: number): Span | null {
  const { row, fromMs, nowMs } = at;
  const mark = row?.mark ?? null;
  const unreadMs = mark === null ? fromMs : Date.parse(mark.readTo);
  if (unreadMs >= nowMs) return null;
  const toMs = Math.min(nowMs, Math.max(unreadMs, nowMs - RETENTION_MS) + spanMs);
  return { from: row?.readFrom ?? new Date(fromMs).toISOString(), toMs, nowMs };
}

/** Reads one span and keeps it; gives how many pages it had, null when the tenant has no licence. */
async function readSpan(
  deps: ReadDeps,
  task: ReadTask,
  span: Span & { log: SignInLog; row: LogRow | undefined },
): Promise<number | null> {
  const { log, row, from, toMs, nowMs } = span;
  const tally = createTally(task.context);
  const reading = await readNewSignIns(task.graph, log, {
    mark: row?.mark ?? undefined,
    from,
    now: toMs,
    // The log drops rows by the present time, not by the span's end.
    rules: { overlapMs: OVERLAP_MS, retentionMs: RETENTION_MS - (nowMs - toMs) },
    onRows: (rows) => {
      tally.add(rows);
      deps.stopPoint('sign-ins.page');
    },
    signal: task.signal,
  });
  if (reading.kind === 'notLicensed') {
    await keepFailure(deps, task, { log, state: 'notLicensed', why: `Entra ID ${reading.needs} is missing` });
    return null;
  }
  deps.stopPoint('sign-ins.read');
  const { mark, lost, pages } = reading;
  const known: LogRow = {
    ...{ log, state: 'read', why: null, readFrom: from, mark: { readTo: mark.readTo, known: [...mark.known] } },
    lost: [...(row?.lost ?? []), ...(lost === null ? [] : [lost])].slice(-LOST_KEPT),
    revision: (row?.revision ?? 0) + 1,
  };
  await deps.database.withCustomer(task.customerId, async (tx) => {
    await requireRevision(tx, log, row?.revision ?? 0);
    await tellingFirst(tx, task.enforced, () => keepTally(tx, tally, toMs));
    await saveLogRow(tx, known, new Date(nowMs));
  });
  deps.stopPoint('sign-ins.saved');
  return pages;
}

async function requireRevision(tx: Tx, log: SignInLog, expected: number): Promise<void> {
  await lockSignIns(tx);
  const row = await readLogRow(tx, log);
  if ((row?.revision ?? 0) === expected) return;
  throw new AppError(OVERTAKEN, 'another reading of these sign-ins was kept meanwhile');
}

async function keepTally(tx: Tx, tally: Tally, toMs: number): Promise<void> {
  const enforced = tally.enforced().map((one) => ({ ...one, outcome: 'enforced' as const }));
  await addOutcomes(tx, [...tally.outcomes(), ...enforced]);
  const traffic = tally.traffic();
  const keys = traffic.map(({ key }) => key);
  const known = new Map((await readFindingsOf(tx, keys)).map((row) => [row.key, row]));
  await saveFindings(
    tx,
    traffic.map((one) => withTraffic(known.get(one.key), one)),
  );
  await addChallenges(tx, tally.challenges());
  // The other log may be behind: a day leaves it time, and a day of a phase's answers is small.
  await pruneChallenges(tx, toMs - DAY_MS);
}

async function keepFailure(
  { database, clock }: ReadDeps,
  { customerId }: ReadTask,
  failure: Pick<LogRow, 'log' | 'state' | 'why'>,
): Promise<void> {
  await database.withCustomer(customerId, async (tx) => {
    await lockSignIns(tx);
    const row = await readLogRow(tx, failure.log);
    const before = row ?? { readFrom: null, mark: null, lost: [], revision: 0 };
    await saveLogRow(tx, { ...before, ...failure, revision: before.revision + 1 }, new Date(clock.now()));
  });
}
