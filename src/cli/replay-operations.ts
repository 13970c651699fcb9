import type { App } from '../compose.ts';
import { DAY_MS } from '../lib/clock.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import { beginReplay, type OpenReplay } from '../rollout/snapshots/replay-answer.ts';
import { readNewSignIns, type SignInLog } from '../services/graph/sign-ins.ts';
import { actorAtCommandLine, type OperationTable, oneCustomer, operation } from './operation.ts';
import { replayAnswer } from './render-replay.ts';
import { replayQuestion } from './replay-question.ts';

/** `policy replay`: the tenant's own log, read afresh and not kept, against what is stored of the tenant. */
export const REPLAY_OPERATIONS: OperationTable = {
  'policy replay': operation(oneCustomer.extend(replayQuestion.shape), async ({ app, onProgress }, input) => {
    const { customer: named, ...question } = input;
    const customer = await app.customers.find(named);
    const stored = { ...(await app.syncs.stored(customer)), takenAt: new Date(app.clock.now()).toISOString() };
    const drawn = question.draftText === undefined ? await app.drafts.draw(customer, actorAtCommandLine()) : null;
    const replay = beginReplay(stored, question, drawn?.draft ?? null);
    onProgress('reading the sign-in log; Microsoft allows five pages of a thousand in ten seconds');
    const isLogRead = await readLogs(app, customer, { replay, days: question.days });
    const nameOf = new Map((stored.users ?? []).map((user) => [user.id, user.displayName ?? user.id]));
    return replayAnswer(replay.answer(isLogRead), nameOf);
  }),
};

const LOGS: readonly SignInLog[] = ['interactive', 'nonInteractive'];

/** False when the tenant's licence keeps a log from being read: half of a log must not look like all of it. */
async function readLogs(
  app: App,
  customer: Customer,
  { replay, days }: { replay: OpenReplay; days: number },
): Promise<boolean> {
  const { graph } = await app.customers.connections(customer);
  const now = app.clock.now();
  const from = new Date(now - days * DAY_MS).toISOString();
  for (const log of LOGS) {
    const onRows = (rows: readonly Record<string, unknown>[]) => {
      for (const row of rows) replay.add(row);
    };
    const reading = await readNewSignIns(graph, log, { from, now, signal: app.signal, onRows });
    if (reading.kind === 'notLicensed') return false;
  }
  return true;
}
