import { canonicalJson, type Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { type ChannelRow, readChannel, saveChannel } from './channel.store.ts';

/** One run that brings a channel into being. */
export type Run = {
  deps: { database: Database; clock: Clock; stopPoint: StopPoint };
  customerId: string;
  actor: Json;
  jobKey: string;
  signal: AbortSignal;
};

/** A write that was begun and never seen done is given this long to show up before it is made again. */
const SETTLE_MS = 10_000;

type Change = Partial<Pick<ChannelRow, 'channelId' | 'name' | 'webUrl' | 'teamsAppId' | 'tabs'>>;

type Step<T> = {
  step: string;
  /** What the first look showed. */
  found: T | null;
  find(): Promise<T | null>;
  make(): Promise<T>;
  /** What is to be remembered of it. */
  keep(thing: T): Change;
  facts: Record<string, Json>;
};

/**
 * One thing of the channel: taken as it is found, else made, with the intent saved before and the ids after. Where a run
 * before this one began to make it and nobody knows what came of that, it is looked for once more before it is made.
 */
export async function bring<T extends { id: string }>(run: Run, step: Step<T>): Promise<T> {
  const { begun } = await rowOf(run);
  const isBegun = begun?.step === step.step;
  const found = step.found ?? (isBegun ? await settled(run, begun.at, step.find) : null);
  if (found !== null) {
    // What was begun before a crash or a lost answer is now seen to be done.
    if (isBegun) await done(run, step.step, { row: step.keep(found), facts: { ...step.facts, id: found.id } });
    else await remember(run, step.keep(found));
    return found;
  }
  await begin(run, step.step, step.facts);
  run.deps.stopPoint(`channel.${step.step}.begun`);
  const made = await step.make();
  run.deps.stopPoint(`channel.${step.step}.made`);
  await done(run, step.step, { row: step.keep(made), facts: { ...step.facts, id: made.id } });
  return made;
}

async function settled<T>(run: Run, begunAt: number, find: () => Promise<T | null>): Promise<T | null> {
  const { clock } = run.deps;
  const restMs = begunAt + SETTLE_MS - clock.now();
  if (restMs > 0) await clock.sleep(Math.min(restMs, SETTLE_MS), run.signal);
  return find();
}

/** What is known of the channel at this moment. */
export async function rowOf({ deps, customerId }: Run): Promise<ChannelRow> {
  const row = await deps.database.withCustomer(customerId, readChannel);
  if (row === null) throw new AppError('channel_unknown', 'the channel was never asked for');
  return row;
}

async function begin(run: Run, step: string, facts: Record<string, Json>): Promise<void> {
  const { deps, customerId, actor } = run;
  const now = deps.clock.now();
  await deps.database.withCustomer(customerId, async (tx) => {
    const row = await rowOf(run);
    // Begun before a crash and not done: the intent stands in the journal.
    const isNew = row.begun?.step !== step;
    const at = new Date(now);
    await saveChannel(tx, { ...row, begun: { step, at: now } }, at);
    if (isNew) await appendJournal(tx, { at, actor, event: 'channel.begun', facts: { step, ...facts } });
  });
}

async function done(
  run: Run,
  step: string,
  { row: change, facts }: { row: Change; facts: Record<string, Json> },
): Promise<void> {
  const { deps, customerId, actor, jobKey } = run;
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customerId, async (tx) => {
    const row = await rowOf(run);
    const ran = { ...row.run, key: jobKey, did: [...row.run.did, step] };
    await saveChannel(tx, { ...row, ...change, begun: null, run: ran }, at);
    await appendJournal(tx, { at, actor, event: 'channel.done', facts: { step, ...facts } });
  });
}

/** Takes over ids and names that were found to be otherwise: nothing was written, so nothing is journalled. */
async function remember({ deps, customerId }: Run, change: Change): Promise<void> {
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customerId, async (tx) => {
    const row = await readChannel(tx);
    if (row === null) return;
    const changed = { ...row, ...change };
    if (canonicalJson(changed as Json) !== canonicalJson(row as Json)) await saveChannel(tx, changed, at);
  });
}
