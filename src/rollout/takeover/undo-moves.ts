import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import type { Customer } from '../customers/customers.ts';
import type { PolicyPush } from '../policy/push/push.ts';
import { latestPushJob, pushUndone, releaseNext } from '../policy/push/push-undo-managed.ts';
import { isUnderWay, readStandingTakeovers, type TakeoverRow } from './takeover.store.ts';
import type { Takeover } from './takeover.ts';
import type { TakeoverDeps } from './takeover-facts.ts';

/** Something that undoing left as somebody else made it. */
export type LeftByUndo = { step: string; why: string };

/** How undoing everything ended. `undone`: the tenant is as at first contact, but for what is `left`. */
export type UndoneAll = { state: 'undone' | 'standing'; left: LeftByUndo[] };

/** How far undoing everything came: what the last move asked for, and what was left so far. */
export type UndoProgress = {
  takeover: string | null;
  isTakeoverOver: boolean;
  phase: string | null;
  push: string | null;
  left: LeftByUndo[];
};

export const UNDO_BEGINS: UndoProgress = { takeover: null, isTakeoverOver: false, phase: null, push: null, left: [] };

/** What comes next: a job has to end first, or there is nothing more to do. */
export type UndoMove = { wait: string; progress: UndoProgress } | { ended: UndoneAll };

export type UndoMovesDeps = Pick<TakeoverDeps, 'database' | 'clock'> & {
  takeover: Pick<Takeover, 'askUndo' | 'acceptLeft'>;
  push: Pick<PolicyPush, 'beginUndo'>;
};

export type Undoing = { customer: Customer; actor: Json; acceptLeft: boolean };

/**
 * Makes the next move of undoing everything and waits for nothing: the takeover first, so that the old MFA stands before
 * anything else goes, then the phases, then the pushes. Each move reads how things stand and joins what is under way, so
 * that a move that is made twice does nothing twice. Asks no gate.
 */
export async function nextMove(deps: UndoMovesDeps, undoing: Undoing, progress: UndoProgress): Promise<UndoMove> {
  const taken = progress.isTakeoverOver ? progress : await takeoverMove(deps, undoing, progress);
  if (!('left' in taken)) return taken;
  return (await phaseMove(deps, undoing, taken)) ?? pushMove(deps, undoing, taken);
}

async function takeoverMove(
  deps: UndoMovesDeps,
  undoing: Undoing,
  progress: UndoProgress,
): Promise<UndoMove | UndoProgress> {
  const { customer, actor, acceptLeft } = undoing;
  const { standing, isWorking } = await deps.database.withCustomer(customer.id, async (tx) => {
    const [row] = await readStandingTakeovers(tx);
    return { standing: row, isWorking: row !== undefined && (await isUnderWay(tx, row.job)) };
  });
  if (standing === undefined) return { ...progress, isTakeoverOver: true };
  if (progress.takeover !== standing.id) {
    const asked = await deps.takeover.askUndo(customer, actor);
    if (asked !== null) return { wait: asked.key, progress: { ...progress, takeover: asked.id } };
    return { ...progress, isTakeoverOver: true };
  }
  if (isWorking) return { wait: standing.job, progress };
  const left = [...progress.left, ...leftOf(standing)];
  if (acceptLeft) await deps.takeover.acceptLeft(customer, actor);
  else if (holdsPhases(left)) return ended([...left, { step: 'phases', why: HELD }]);
  return { ...progress, isTakeoverOver: true, left };
}

function leftOf({ progress, outcome }: TakeoverRow): LeftByUndo[] {
  const left = Object.entries(progress).flatMap(([step, { state, why }]) =>
    state === 'left' ? [{ step, why: why ?? '' }] : [],
  );
  return left.length > 0 ? left : [{ step: 'takeover', why: outcome.failure?.message ?? 'it is not undone' }];
}

const HELD =
  'an old policy or switch could not be put back, so the phases stay enforced; put it back by hand, or accept what is left';

/** OBSERVE protects nobody; everything else that is left may be all that somebody had at first contact. */
export function holdsPhases(left: readonly LeftByUndo[]): boolean {
  return left.some(({ step }) => step !== 'observe');
}

function ended(left: LeftByUndo[]): UndoMove {
  return { ended: { state: left.length === 0 ? 'undone' : 'standing', left } };
}

async function phaseMove(
  { database, clock }: UndoMovesDeps,
  { customer, actor }: Undoing,
  progress: UndoProgress,
): Promise<UndoMove | null> {
  const at = new Date(clock.now());
  const next = await database.withCustomer(customer.id, (tx) => releaseNext(tx, { asked: progress.phase, actor, at }));
  if (next === null) return null;
  if ('left' in next) return ended([...progress.left, { step: `phase ${next.phase}`, why: next.left }]);
  return { wait: next.key, progress: { ...progress, phase: next.phase } };
}

async function pushMove(deps: UndoMovesDeps, undoing: Undoing, progress: UndoProgress): Promise<UndoMove> {
  const { database } = deps;
  const { customer, actor } = undoing;
  const pushId = progress.push;
  if (pushId !== null) {
    const undone = await database.withCustomer(customer.id, (tx) => pushUndone(tx, pushId));
    if (undone.job !== null) return { wait: undone.job, progress };
    if (!undone.isUndone) return ended([...progress.left, ...undone.left]);
  }
  const asked = await askedPush(deps, customer, actor);
  if (asked === null) return ended(progress.left);
  const job = await database.withCustomer(customer.id, async (tx) =>
    asked === 'busy' ? latestPushJob(tx) : (await pushUndone(tx, asked.pushId)).job,
  );
  const next = asked === 'busy' ? progress : { ...progress, push: asked.pushId };
  // Its job may have ended since.
  return job === null ? pushMove(deps, undoing, next) : { wait: job, progress: next };
}

/** The push whose undoing is under way by now; `busy` while another one has to end first, null where none stands. */
async function askedPush(
  { push }: UndoMovesDeps,
  customer: Customer,
  actor: Json,
): Promise<{ pushId: string } | 'busy' | null> {
  try {
    return { pushId: (await push.beginUndo(customer, actor)).id };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'nothing_to_undo') return null;
    if (error.code === 'push_under_way') return 'busy';
    throw error;
  }
}
