import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import type { Tx } from '../../store/transaction.ts';
import { awaitEffect } from '../../work/await-effect.ts';
import { defineJob, type JobKinds } from '../../work/job.ts';
import { type Actor, journalActor } from '../access/access.core.ts';
import { mayDecide } from '../approvals/sign-off.ts';
import type { Customer } from '../customers/customers.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import { inTurn } from '../policy/writing-turn.ts';
import { readLatestTakeover, readTakeover } from './takeover.store.ts';
import { decidedSoFar, takeoverStanding } from './takeover-approval.ts';
import { acceptLeft, askToRun, askUndo, refused, type TakeoverAsked } from './takeover-ask.ts';
import { actorNow, decide, NOT_YOURS, type TakeoverDecided, type TakeoverPress } from './takeover-decide.ts';
import { judgedPlan, storedView, type TakeoverDeps } from './takeover-facts.ts';
import { runTakeover, runTakeoverUndo } from './takeover-job.ts';
import { reviewOf, type TakeoverReview } from './takeover-review.ts';

export type Takeover = {
  kinds: JobKinds;
  /**
   * The takeover that stands or is under way, else what one would do by what is stored, with everything that has to
   * stand first. Nothing is asked of the tenant. Refuses with `snapshot_part_missing` before a sync.
   */
  show(customer: Customer, actor?: Actor): Promise<TakeoverReview>;
  /**
   * Records what somebody decided about the plan of this digest. The right is asked for again in the deciding
   * transaction; a plan that has changed is `stale`. The approvals of two different people, an engineer and an approver,
   * begin the takeover; a hold voids what was approved before and stops one that is under way.
   */
  decide(customer: Customer, actor: Actor, press: TakeoverPress): Promise<TakeoverDecided>;
  /**
   * Runs the approved plan and resolves when it has ended; a second call meanwhile waits for the same run, and one after
   * it writes nothing. Refuses with the code of what stands against it (see takeover-gates.core.ts), with
   * `takeover_not_approved`, `takeover_changed`, `writer_not_configured`, and with what failed after everything done was
   * taken back.
   */
  run(customer: Customer, actor: Json): Promise<TakeoverReview>;
  /**
   * Puts every original back, the last one first. Asks no gate. Resolves with what had to be left, each with its reason.
   * Refuses with `nothing_to_undo` and `writer_not_configured`.
   */
  undo(customer: Customer, actor: Json): Promise<TakeoverReview>;
  /** Begins that undo, or joins it, for whoever undoes more than the takeover; null where none stands. */
  askUndo(customer: Customer, actor: Json): Promise<TakeoverAsked | null>;
  /** Begins that undo for a person and does not wait for its end. The right is asked for again. */
  beginUndo(customer: Customer, actor: Actor): Promise<TakeoverUndoAsked>;
  /** Takes what undoing left as settled, so that it holds nothing back any more. */
  acceptLeft(customer: Customer, actor: Json): Promise<void>;
};

/** How a wish to undo ended. */
export type TakeoverUndoAsked = { outcome: 'begun' } | { outcome: 'refused'; code: string; text: Sentence };

const payload = z.strictObject({ actor: z.json(), takeoverId: z.string() });
const undoPayload = payload.extend({ after: z.string().nullable() });

/** An undo waits for the run that it stops. */
const RETRIES = 30;

/** Creates the jobs `takeover.run` and `takeover.undo` and what leads to them. */
export function createTakeover(deps: TakeoverDeps): Takeover {
  const { database } = deps;
  const shown = (customer: Customer, actor?: Actor) => show(deps, customer, actor);
  const wait = async (customer: Customer, { key, id }: TakeoverAsked): Promise<TakeoverReview> => {
    await awaitEffect(database, { customerId: customer.id, key }, deps.signal);
    const row = await database.withCustomer(customer.id, (tx) => readTakeover(tx, id));
    const failure = row?.outcome.failure ?? null;
    const isRefused = row !== null && ['refused', 'compensated', 'standing'].includes(row.state);
    if (failure !== null && isRefused && failure.code !== 'undo_incomplete') {
      throw new AppError(failure.code, failure.message, { userMessage: failure.message });
    }
    return shown(customer);
  };
  return {
    kinds: {
      'takeover.run': defineJob({
        payload,
        retryLimit: RETRIES,
        handle: (asked, job) => inTurn(deps, job, { work: () => runTakeover(deps, asked, job) }),
      }),
      'takeover.undo': defineJob({
        payload: undoPayload,
        retryLimit: RETRIES,
        handle: (asked, job) => inTurn(deps, job, { work: () => runTakeoverUndo(deps, asked, job) }),
      }),
    },
    show: shown,
    decide: (customer, actor, press) =>
      database.withCustomer(customer.id, (tx) => decide(deps, tx, { customer, actor, press })),
    run: async (customer, actor) => {
      requireWriter(customer);
      const asked = await askToRun(deps, customer, actor);
      return asked === null ? shown(customer) : wait(customer, asked);
    },
    undo: async (customer, actor) => {
      requireWriter(customer);
      const asked = await database.withCustomer(customer.id, (tx) => askUndo(deps, tx, actor));
      if (asked === null) throw refused('nothing_to_undo', 'Nothing that was taken over stands.');
      return wait(customer, asked);
    },
    askUndo: (customer, actor) => database.withCustomer(customer.id, (tx) => askUndo(deps, tx, actor)),
    beginUndo: (customer, actor) =>
      database.withCustomer(customer.id, (tx) => beginUndo(deps, tx, { customer, actor })),
    acceptLeft: (customer, actor) => database.withCustomer(customer.id, (tx) => acceptLeft(deps, tx, actor)),
  };
}

/** Refuses with `writer_not_configured`. */
export function requireWriter({ settings }: Customer): void {
  if (settings.writer !== undefined) return;
  throw refused(
    'writer_not_configured',
    'This customer has no writing application: give its file the section "writer" (docs/permissions.md).',
  );
}

async function show(deps: TakeoverDeps, customer: Customer, actor: Actor | undefined): Promise<TakeoverReview> {
  const { row, decided } = await deps.database.withCustomer(customer.id, async (tx) => ({
    row: await readLatestTakeover(tx),
    decided: await decidedSoFar(tx),
  }));
  const view = await storedView(deps, customer, THE_PRODUCT);
  const judged = await judgedPlan(deps, customer, view);
  const { digest } = judged;
  const approvals = await takeoverStanding(deps, customer.id, { ...decided, digest });
  const permission = actor === undefined ? null : mayDecide(actor, 'approveTakeover');
  return reviewOf({ row, judged, approvals, permission, users: view.snapshot.users ?? [] });
}

const THE_PRODUCT: Json = { kind: 'system', name: 'takeover' };

async function beginUndo(
  deps: TakeoverDeps,
  tx: Tx,
  { customer, actor }: { customer: Customer; actor: Actor },
): Promise<TakeoverUndoAsked> {
  const now = await actorNow(deps, customer, actor);
  const permission = mayDecide(now, 'undoTakeover');
  if (!permission.yes) {
    return { outcome: 'refused', code: 'not_your_decision', text: { en: permission.why, de: NOT_YOURS } };
  }
  const asked = await askUndo(deps, tx, journalActor(now));
  return asked === null ? { outcome: 'refused', code: 'nothing_to_undo', text: NOTHING_STANDS } : { outcome: 'begun' };
}

const NOTHING_STANDS: Sentence = {
  en: 'Nothing that was taken over stands.',
  de: 'Es steht nichts, was übernommen wurde.',
};
