import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { randomId } from '../../lib/ids.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import { defineJob, type JobKinds } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import type { PolicyPush } from '../policy/push.ts';
import { standingPushes } from '../policy/push-undo-managed.ts';
import type { Takeover } from './takeover.ts';
import type { TakeoverDeps } from './takeover-facts.ts';

/** Something that undoing left as somebody else made it. */
export type LeftByUndo = { step: string; why: string };

/** How undoing everything ended. `undone`: the tenant is as at first contact, but for what is `left`. */
export type UndoneAll = { state: 'undone' | 'standing'; left: LeftByUndo[] };

export type UndoEverything = {
  kinds: JobKinds;
  /**
   * Takes back everything this product did in the tenant: the takeover first, so that the old MFA stands before anything
   * else goes, then the phases, then every push with its policies, groups and members. Asks no gate. Resolves with what
   * somebody else changed meanwhile and was left. Where an old policy could not be put back the phases stay, so that
   * nobody falls below what was there at first contact; `acceptLeft` goes on nevertheless.
   */
  undo(customer: Customer, actor: Json, options?: { acceptLeft?: boolean }): Promise<UndoneAll>;
  /** Begins the same in the background; a second press joins it. */
  begin(customer: Customer, actor: Json): Promise<void>;
};

export type UndoEverythingDeps = Pick<TakeoverDeps, 'database' | 'clock' | 'signal' | 'stopPoint'> & {
  takeover: Pick<Takeover, 'undo' | 'acceptLeft'>;
  push: Pick<PolicyPush, 'undo'>;
};

const payload = z.strictObject({ actor: z.json(), acceptLeft: z.boolean() });

/** Creates the undoing of everything and the job `undo.everything`. */
export function createUndoEverything(
  deps: UndoEverythingDeps & { find(customerId: string): Promise<Customer> },
): UndoEverything {
  const { database, clock } = deps;
  return {
    kinds: {
      'undo.everything': defineJob({
        payload,
        handle: async ({ actor, acceptLeft }, job) => {
          const customer = await deps.find(job.customerId);
          await undoAll(deps, { customer, actor, acceptLeft });
          return undefined;
        },
      }),
    },
    undo: (customer, actor, { acceptLeft = false } = {}) => undoAll(deps, { customer, actor, acceptLeft }),
    begin: async (customer, actor) => {
      const at = new Date(clock.now());
      const asked = { actor, acceptLeft: false };
      await database.withCustomer(customer.id, (tx) =>
        enqueue(tx, { kind: 'undo.everything', key: `undo.everything:${randomId()}`, payload: asked, dueAt: at }),
      );
    },
  };
}

type Undoing = { customer: Customer; actor: Json; acceptLeft: boolean };

async function undoAll(deps: UndoEverythingDeps, undoing: Undoing): Promise<UndoneAll> {
  const { customer } = undoing;
  await note(deps, undoing, 'undo.everything.begun', {});
  const left = await undoTakeover(deps, undoing);
  const isHeld = holdsPhases(left) && !undoing.acceptLeft;
  if (isHeld) left.push({ step: 'phases', why: HELD });
  else left.push(...(await undoPushes(deps, undoing)));
  deps.stopPoint('undo.everything.done');
  const state = left.length === 0 && (await pushesLeft(deps, customer)) === 0 ? 'undone' : 'standing';
  await note(deps, undoing, `undo.everything.${state}`, { left });
  return { state, left };
}

const HELD =
  'an old policy or switch could not be put back, so the phases stay enforced; put it back by hand, or accept what is left';

/** OBSERVE protects nobody; everything else that is left may be all that somebody had at first contact. */
function holdsPhases(left: readonly LeftByUndo[]): boolean {
  return left.some(({ step }) => step !== 'observe');
}

async function undoTakeover({ takeover }: UndoEverythingDeps, undoing: Undoing): Promise<LeftByUndo[]> {
  const { customer, actor, acceptLeft } = undoing;
  const review = await orNothing(() => takeover.undo(customer, actor));
  if (review === null) return [];
  const left = review.steps.flatMap(({ step, state, why }) => (state === 'left' ? [{ step, why: why ?? '' }] : []));
  if (review.state !== 'standing') return left;
  if (acceptLeft) await takeover.acceptLeft(customer, actor);
  return left.length > 0 ? left : [{ step: 'takeover', why: review.failure?.message ?? 'it is not undone' }];
}

async function undoPushes(deps: UndoEverythingDeps, { customer, actor }: Undoing): Promise<LeftByUndo[]> {
  for (;;) {
    const undone = await orNothing(() => deps.push.undo(customer, actor));
    if (undone === null) return [];
    if (undone.state === 'undone') continue;
    const left = undone.steps.flatMap(({ step, state, why }) => (state === 'left' ? [{ step, why: why ?? '' }] : []));
    return left.length > 0 ? left : [{ step: 'push', why: undone.failure?.message ?? 'it is not undone' }];
  }
}

async function orNothing<T>(undo: () => Promise<T>): Promise<T | null> {
  try {
    return await undo();
  } catch (error) {
    if (error instanceof AppError && error.code === 'nothing_to_undo') return null;
    throw error;
  }
}

function pushesLeft({ database }: UndoEverythingDeps, customer: Customer): Promise<number> {
  return database.withCustomer(customer.id, standingPushes);
}

async function note(deps: UndoEverythingDeps, { customer, actor }: Undoing, event: string, facts: Json): Promise<void> {
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customer.id, (tx) => appendJournal(tx, { at, actor, event, facts }));
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
    const left = (review?.steps ?? []).filter(({ state, step }) => state === 'left' && step !== 'observe');
    if (review?.state === 'standing' && left.length > 0) {
      const userMessage = `The old MFA could not be put back whole (${left.map(({ step }) => step).join(', ')}), so the phases stay enforced. Put it back by hand, or run "mfa-rollout undo --everything --accept-left".`;
      throw new AppError('takeover_left', userMessage, { userMessage });
    }
    await release(customer, actor);
  };
}
