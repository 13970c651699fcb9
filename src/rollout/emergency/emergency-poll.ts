import { z } from 'zod';
import { DAY_MS } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { storableText } from '../../lib/storable-text.ts';
import { readSignInsOf } from '../../services/graph/account-sign-ins.ts';
import type { Graph } from '../../services/graph/client.ts';
import type { GraphSignIn } from '../../services/graph/wire.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import { readReadings, saveReading } from './emergency.store.ts';
import type { EmergencyDeps } from './emergency-deps.ts';
import { EMERGENCY_LOGS, type EmergencyLog, type LogReading, type SeenSignIn } from './emergency-types.core.ts';
import { recordSignIns } from './record-sign-ins.ts';

/** Rows may come so late: four times the longest delay that was seen. */
const OVERLAP_MS = 45 * 60_000;
const WHY_UNITS_MAX = 300;

/**
 * Reads what the declared accounts did in both logs since the last reading and records it. What keeps a log from being
 * read is kept as such and told with the accounts, so that silence is never taken for "nobody signed in". Before the
 * customer's first sync nothing is asked of the tenant, unless a person `asked` for it.
 */
export async function runEmergencyPoll(
  deps: EmergencyDeps,
  { asked }: { asked: boolean },
  job: RunningJob,
): Promise<Save | undefined> {
  const customer = await deps.customers.find(job.customerId);
  const { breakGlass } = customer.settings.declared;
  if (breakGlass.length === 0) return undefined;
  if (!asked && (await deps.syncs.readings(customer)).length === 0) return undefined;
  const { graph } = await deps.customers.connections(customer);
  const nowMs = deps.clock.now();
  const known = await deps.database.withCustomer(customer.id, readReadings);
  const signal = AbortSignal.any([job.signal, deps.signal]);
  const readings: (LogReading & { rows: SeenSignIn[] })[] = [];
  for (const log of EMERGENCY_LOGS) {
    const before = known.find((one) => one.log === log);
    readings.push(await readLog(graph, { log, before, nowMs, userIds: breakGlass, signal }));
  }
  deps.stopPoint('emergency.read');
  return async (tx) => {
    const rows = readings.flatMap((reading) => reading.rows);
    await recordSignIns(tx, deps, { customer, signIns: rows, now: new Date(nowMs) });
    for (const { log, readTo, problem } of readings) await saveReading(tx, log, { readTo, problem });
  };
}

type Reading = {
  log: EmergencyLog;
  before: LogReading | undefined;
  nowMs: number;
  userIds: readonly string[];
  signal: AbortSignal;
};

async function readLog(graph: Graph, asked: Reading): Promise<LogReading & { rows: SeenSignIn[] }> {
  const { log, before, nowMs, userIds, signal } = asked;
  const readTo = before?.readTo ?? null;
  const fromMs = readTo === null ? nowMs - DAY_MS : Math.min(nowMs, Date.parse(readTo)) - OVERLAP_MS;
  const window = { from: new Date(fromMs).toISOString(), to: new Date(nowMs).toISOString() };
  const failed = (problem: string) => ({ log, readTo, problem, rows: [] });
  try {
    const answer = await readSignInsOf(graph, log, { userIds, window, signal });
    if (answer.kind === 'notLicensed') return failed(`Entra ID ${answer.needs} is missing`);
    return { log, readTo: window.to, problem: null, rows: answer.rows.flatMap((row) => seenOf(row, log) ?? []) };
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    return failed(storableText(error.sentence, WHY_UNITS_MAX));
  }
}

/** What the log tells beside what every reader of it needs. */
const detailSchema = z.looseObject({
  ipAddress: z.string().nullish(),
  location: z.looseObject({ countryOrRegion: z.string().nullish() }).nullish(),
});

/** A row without an account is nobody's; one without a result counts as a sign-in that came through. */
function seenOf(row: GraphSignIn, log: EmergencyLog): SeenSignIn | null {
  const accountId = row.userId?.toLowerCase();
  const atMs = Date.parse(row.createdDateTime);
  if (accountId === undefined || Number.isNaN(atMs)) return null;
  const detail = detailSchema.safeParse(row).data;
  const text = (value: string | null | undefined) => (value == null ? null : storableText(value, WHY_UNITS_MAX));
  return {
    ...{ id: row.id, accountId, at: new Date(atMs).toISOString(), interactive: log === 'interactive' },
    succeeded: (row.status?.errorCode ?? 0) === 0,
    app: text(row.appDisplayName),
    ipAddress: text(detail?.ipAddress),
    country: text(detail?.location?.countryOrRegion),
  };
}
