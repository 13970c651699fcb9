import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { randomId } from '../../lib/ids.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { defineJob, type JobKinds, type RunningJob, type Save } from '../../work/job.ts';
import { type Actor, journalActor } from '../access/access.core.ts';
import { mayDecide } from '../approvals/sign-off.ts';
import type { Customer } from '../customers/customers.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import { endsSoon } from '../policy/ends-soon.ts';
import { enforcedPhases, managedObjects } from '../policy/push/push-undo-managed.ts';
import { isUndoingAll, lastUndoOfAll, lockTakeovers, readStandingTakeovers } from './takeover.store.ts';
import { requireWriter, type Takeover } from './takeover.ts';
import { actorNow, NOT_YOURS } from './takeover-decide.ts';
import type { TakeoverDeps } from './takeover-facts.ts';
import { redrawTakeover } from './takeover-job.ts';
import {
  holdsPhases,
  type LeftByUndo,
  nextMove,
  UNDO_BEGINS,
  type Undoing,
  type UndoMove,
  type UndoMovesDeps,
  type UndoneAll,
} from './undo-moves.ts';
import type { UndoPreview } from './undo-texts.core.ts';

/** How undoing everything stands: what it would do now, and how the last one ended. */
export type UndoStanding = {
  preview: UndoPreview;
  last: { state: 'begun' | 'undone' | 'standing'; at: string; left: LeftByUndo[] } | null;
};

/** How a wish to undo everything ended. A second press joins the first. */
export type UndoAsked = { outcome: 'begun' | 'already' } | { outcome: 'refused'; code: string; text: Sentence };

export type UndoEverything = {
  kinds: JobKinds;
  /** What undoing everything would do by what is stored, and how the last one stands. */
  show(customer: Customer): Promise<UndoStanding>;
  /**
   * Takes back everything this product did in the tenant: the takeover first, so that the old MFA stands before anything
   * else goes, then the phases, then every push with its policies, groups and members. Asks no gate. Resolves with what
   * somebody else changed meanwhile and was left. Where an old policy could not be put back the phases stay, so that
   * nobody falls below what was there at first contact; `acceptLeft` goes on nevertheless.
   */
  undo(customer: Customer, actor: Json, options?: { acceptLeft?: boolean }): Promise<UndoneAll>;
  /** Begins the same in the background for a person; the right is asked for again. Refuses as `writer_not_configured`. */
  begin(customer: Customer, actor: Actor): Promise<UndoAsked>;
};

export type UndoEverythingDeps = UndoMovesDeps & Pick<TakeoverDeps, 'signal' | 'stopPoint' | 'access'>;

/* A stored shape. */
const left = z.array(z.object({ step: z.string(), why: z.string() }));
const progress = z.object({
  takeover: z.string().nullable(),
  isTakeoverOver: z.boolean(),
  phase: z.string().nullable(),
  push: z.string().nullable(),
  left,
});
const payload = z.strictObject({ actor: z.json(), run: z.string(), turn: z.number().int(), progress });
type Turn = Omit<z.output<typeof payload>, 'actor'> & { actor: Json };

/** After the jobs that it waits for: where one slot works for a customer, those come first. */
const PRIORITY = -1;
/** A job that has not ended when it is looked at is looked at again so much later. */
const AGAIN_MS = 5_000;

type Deps = UndoEverythingDeps & { find(customerId: string): Promise<Customer> };

/** Creates the undoing of everything and the job `undo.everything`. */
export function createUndoEverything(deps: Deps): UndoEverything {
  const { database } = deps;
  return {
    kinds: { 'undo.everything': defineJob({ payload, handle: (turn, job) => takeTurn(deps, turn, job) }) },
    show: (customer) => show(deps, customer),
    undo: (customer, actor, { acceptLeft = false } = {}) => undoAll(deps, { customer, actor, acceptLeft }),
    begin: (customer, actor) => database.withCustomer(customer.id, (tx) => begin(deps, tx, { customer, actor })),
  };
}

async function show({ database }: Deps, { id }: Customer): Promise<UndoStanding> {
  const phases = (await enforcedPhases(database, id)).map(({ name }) => name);
  return database.withCustomer(id, async (tx) => {
    const [row] = await readStandingTakeovers(tx);
    const open = Object.values(row?.progress ?? {}).filter(({ state }) => ['begun', 'done', 'left'].includes(state));
    const owned = await managedObjects(tx);
    const policies = owned.filter(({ kind }) => kind === 'policy').length;
    const last = await lastUndoOfAll(tx);
    return {
      preview: { takeoverSteps: open.length, phases, policies, groups: owned.length - policies },
      last: last && { state: stateOf(last.event), at: last.at.toISOString(), left: last.facts.left ?? [] },
    };
  });
}

function stateOf(event: string): 'begun' | 'undone' | 'standing' {
  if (event === 'undo.everything.undone') return 'undone';
  return event === 'undo.everything.standing' ? 'standing' : 'begun';
}

/** Makes every move here and waits between them: for somebody who holds no worker's slot. */
async function undoAll(deps: Deps, undoing: Undoing): Promise<UndoneAll> {
  const { database, signal } = deps;
  const { customer, actor } = undoing;
  requireWriter(customer);
  await database.withCustomer(customer.id, (tx) => note(deps, tx, { actor, event: 'begun', facts: {} }));
  let move: UndoMove = await nextMove(deps, undoing, UNDO_BEGINS);
  while (!('ended' in move)) {
    await endsSoon(database, { customerId: customer.id, key: move.wait }, signal).catch(unlessItFailed);
    move = await nextMove(deps, undoing, move.progress);
  }
  const { ended } = move;
  await database.withCustomer(customer.id, (tx) => end(deps, tx, { actor, ended }));
  return ended;
}

/** What did not come to its end is found by the next move, which says what is left. */
function unlessItFailed(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'effect_failed') throw error;
  return true;
}

/** One move in a worker's slot, which is free again at once: what comes next is another job. */
async function takeTurn(deps: Deps, { actor, run, turn, progress: known }: Turn, job: RunningJob): Promise<Save> {
  const customer = await deps.find(job.customerId);
  const move = await nextMove(deps, { customer, actor, acceptLeft: false }, known);
  deps.stopPoint('undo.everything.moved');
  if ('ended' in move) return (tx) => end(deps, tx, { actor, ended: move.ended });
  // Nothing new was asked for: somebody else's slot works on it, or a repetition waits for its time.
  const isWaiting = JSON.stringify(move.progress) === JSON.stringify(known);
  const dueAt = new Date(deps.clock.now() + (isWaiting ? AGAIN_MS : 0));
  return (tx) => enqueueTurn(tx, { actor, run, turn: turn + 1, progress: move.progress }, dueAt);
}

async function enqueueTurn(tx: Tx, turn: Turn, dueAt: Date): Promise<void> {
  const key = `undo.everything:${turn.run}:${turn.turn}`;
  await enqueue(tx, { kind: 'undo.everything', key, payload: turn as Json, dueAt, priority: PRIORITY });
}

async function begin(
  deps: Deps,
  tx: Tx,
  { customer, actor }: { customer: Customer; actor: Actor },
): Promise<UndoAsked> {
  const now = await actorNow(deps, customer, actor);
  const permission = mayDecide(now, 'undoEverything');
  if (!permission.yes) {
    return { outcome: 'refused', code: 'not_your_decision', text: { en: permission.why, de: NOT_YOURS } };
  }
  if (customer.settings.writer === undefined) {
    return { outcome: 'refused', code: 'writer_not_configured', text: NO_WRITER };
  }
  await lockTakeovers(tx);
  if (await isUndoingAll(tx)) return { outcome: 'already' };
  const by = journalActor(now);
  await note(deps, tx, { actor: by, event: 'begun', facts: {} });
  const turn = { actor: by, run: randomId(), turn: 1, progress: UNDO_BEGINS };
  await enqueueTurn(tx, turn, new Date(deps.clock.now()));
  deps.stopPoint('undo.everything.asked');
  return { outcome: 'begun' };
}

const NO_WRITER: Sentence = {
  en: 'This customer has no writing application, so nothing can be taken back. Give its file the section "writer".',
  de: 'Dieser Kunde hat keine schreibende Anwendung, daher kann nichts zurückgenommen werden. Ergänzen Sie in seiner Datei den Abschnitt „writer“.',
};

async function end(deps: Deps, tx: Tx, { actor, ended }: { actor: Json; ended: UndoneAll }): Promise<void> {
  deps.stopPoint('undo.everything.done');
  await note(deps, tx, { actor, event: ended.state, facts: { left: ended.left } });
}

type Note = { actor: Json; event: 'begun' | UndoneAll['state']; facts: Json };

async function note({ clock }: Deps, tx: Tx, { actor, event, facts }: Note): Promise<void> {
  const at = new Date(clock.now());
  await appendJournal(tx, { at, actor, event: `undo.everything.${event}`, facts });
  await redrawTakeover(tx, `everything-${event}-${randomId()}`, at);
}

/**
 * What has to come before phases are taken out of enforcement, whoever asks for that: the old MFA stands again. Refuses
 * with `takeover_left` where it could not be put back, since nobody may fall below what he had at first contact.
 */
export function releaseAfterTakeover(
  takeover: Pick<Takeover, 'undo'>,
  release: (customer: Customer, actor: Json) => Promise<void>,
): (customer: Customer, actor: Json) => Promise<void> {
  return async (customer, actor) => {
    const review = await orNothing(() => takeover.undo(customer, actor));
    const open = (review?.steps ?? []).filter(({ state }) => state === 'left').map(({ step }) => ({ step, why: '' }));
    if (review?.state === 'standing' && holdsPhases(open)) {
      const userMessage = `The old MFA could not be put back whole (${open.map(({ step }) => step).join(', ')}), so the phases stay enforced. Put it back by hand, or run "mfa-rollout undo --everything --accept-left".`;
      throw new AppError('takeover_left', userMessage, { userMessage });
    }
    await release(customer, actor);
  };
}

async function orNothing<T>(undo: () => Promise<T>): Promise<T | null> {
  try {
    return await undo();
  } catch (error) {
    if (error instanceof AppError && error.code === 'nothing_to_undo') return null;
    throw error;
  }
}
