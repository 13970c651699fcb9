import type { Json } from '../../lib/canonical-json.ts';
import { shortDigest } from '../../lib/digest.ts';
import { AppError } from '../../lib/errors.ts';
import { randomId } from '../../lib/ids.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Customer } from '../customers/customers.ts';
import {
  insertTakeover,
  isUnderWay,
  lockTakeovers,
  readLatestTakeover,
  readStandingTakeovers,
  saveTakeover,
  type TakeoverRow,
} from './takeover.store.ts';
import { decidedSoFar, takeoverStanding } from './takeover-approval.ts';
import { judgedPlan, storedView, type TakeoverDeps } from './takeover-facts.ts';

/** A job of a takeover that somebody may wait for. */
export type TakeoverAsked = { key: string; id: string };

/** Somebody waits for it. */
const PRIORITY = 10;

/** The run that is to be waited for; null where one has ended and nothing is left to do. */
export async function askToRun(deps: TakeoverDeps, customer: Customer, actor: Json): Promise<TakeoverAsked | null> {
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockTakeovers(tx);
    const latest = await readLatestTakeover(tx);
    if (latest !== null && (await isUnderWay(tx, latest.job))) return joined(latest);
    if (latest?.state === 'done') return null;
    const again = latest === null ? null : goneOnWith(latest);
    if (again !== null) return begin(deps, tx, { again, actor });
    const digest = await approvedDigest(deps, tx, { customer, actor });
    return begin(deps, tx, { again: null, actor, digest });
  });
}

/** The takeover that never came to its end and goes on; null where a new one has to begin. */
function goneOnWith(latest: TakeoverRow): TakeoverRow | null {
  if (latest.state === 'running' || latest.state === 'asked') return latest;
  if (latest.state !== 'standing' && latest.state !== 'undoing') return null;
  throw refused('takeover_unfinished', 'An earlier takeover was not taken back whole. Undo it first.');
}

/** The digest of the plan as it is, approved by both sides. Refuses with what stands against it. */
async function approvedDigest(
  deps: TakeoverDeps,
  tx: Tx,
  { customer, actor }: { customer: Customer; actor: Json },
): Promise<string> {
  const { digest, gates, plan } = await judgedPlan(deps, customer, await storedView(deps, customer, actor));
  const [gate] = gates;
  if (gate !== undefined) throw refused(gate.code, `${gate.message.en} ${gate.clear.en}`);
  if (plan.steps.length === 0) throw refused('nothing_to_take_over', 'There is no old MFA that may be taken out.');
  const { missing } = await takeoverStanding(deps, customer.id, { ...(await decidedSoFar(tx)), digest });
  if (missing.length === 0) return digest;
  const message = `Two people have to approve this plan (${shortDigest(digest)}); still to approve: ${missing.join(', ')}.`;
  throw refused('takeover_not_approved', message);
}

function joined({ job, id, state }: TakeoverRow): TakeoverAsked {
  if (state !== 'undoing') return { key: job, id };
  throw refused('takeover_undoing', 'The takeover is just being undone. Wait for its end.');
}

type Beginning = { actor: Json } & ({ again: TakeoverRow } | { again: null; digest: string });

/** Puts the run of an approved plan into the outbox in the caller's transaction. */
export async function begin({ clock }: TakeoverDeps, tx: Tx, beginning: Beginning): Promise<TakeoverAsked> {
  const at = new Date(clock.now());
  const { again, actor } = beginning;
  const id = again?.id ?? randomId();
  const key = `takeover.run:${id}:${randomId()}`;
  if (again === null) await insertTakeover(tx, { id, digest: beginning.digest, job: key, actor, at });
  else await saveTakeover(tx, { ...again, job: key }, at);
  await enqueue(tx, { kind: 'takeover.run', key, payload: { actor, takeoverId: id }, dueAt: at, priority: PRIORITY });
  return { key, id };
}

/** Begins the way back of the takeover that stands, or joins the one under way; null where none stands. */
export async function askUndo({ clock }: TakeoverDeps, tx: Tx, actor: Json): Promise<TakeoverAsked | null> {
  await lockTakeovers(tx);
  const [row] = await readStandingTakeovers(tx);
  if (row === undefined) return null;
  const isWorking = await isUnderWay(tx, row.job);
  if (row.state === 'undoing' && isWorking) return { key: row.job, id: row.id };
  const at = new Date(clock.now());
  const key = `takeover.undo:${row.id}:${randomId()}`;
  await saveTakeover(tx, { ...row, state: 'undoing', job: key, outcome: { failure: null } }, at);
  const asked = { actor, takeoverId: row.id, after: isWorking ? row.job : null };
  await enqueue(tx, { kind: 'takeover.undo', key, payload: asked, dueAt: at, priority: PRIORITY });
  return { key, id: row.id };
}

/** A refusal that a person reads. */
export function refused(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
}

/** Takes what undoing left as settled. */
export async function acceptLeft({ clock }: TakeoverDeps, tx: Tx, actor: Json): Promise<void> {
  await lockTakeovers(tx);
  const [row] = await readStandingTakeovers(tx);
  if (row?.state !== 'standing') return;
  const at = new Date(clock.now());
  await saveTakeover(tx, { ...row, state: 'undone' }, at);
  const steps = Object.entries(row.progress).flatMap(([step, { state }]) => (state === 'left' ? [step] : []));
  await appendJournal(tx, { at, actor, event: 'takeover.left.accepted', facts: { takeoverId: row.id, steps } });
}
