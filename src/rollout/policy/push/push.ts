import { z } from 'zod';
import type { Json } from '../../../lib/canonical-json.ts';
import { AppError } from '../../../lib/errors.ts';
import { type NewId, randomId } from '../../../lib/ids.ts';
import { enqueue } from '../../../store/outbox.ts';
import type { Tx } from '../../../store/transaction.ts';
import { awaitEffect } from '../../../work/await-effect.ts';
import { defineJob, type JobKinds } from '../../../work/job.ts';
import type { Customer } from '../../customers/customers.ts';
import type { ManagedObject } from '../managed-objects.core.ts';
import { isAnyUnderWay } from '../writing.store.ts';
import { inTurn } from '../writing-turn.ts';
import { type PushStep, wordsOf } from './push.core.ts';
import {
  insertPush,
  isUnderWay,
  lockPushes,
  NO_OUTCOME,
  type PushOutcome,
  type PushRow,
  readLatestPush,
  readManaged,
  readPush,
  readPushBefore,
  savePush,
} from './push.store.ts';
import { clientIdsOf, factsOf, type Known, readStored, storedUsability } from './push-facts.ts';
import { type Refusal, refusalOf } from './push-gates.core.ts';
import { type PushJobDeps, refusedAsBusy, runPush, runUndo } from './push-job.ts';

/** One step as it is told: what it does, the way back, and how far it came. */
export type ToldStep = {
  step: string;
  does: string;
  undo: string;
  state: 'planned' | 'begun' | 'done' | 'undone' | 'left';
  objectId: string | null;
  /** Why undoing left it. */
  why: string | null;
};

/** What pushing would do now, by what is stored: nothing was asked of the tenant. */
export type PushPreview = { digest: string; steps: ToldStep[]; refusal: Refusal | null };

/** A push as it stands. */
export type Push = Pick<PushRow, 'id' | 'digest' | 'state'> &
  PushOutcome & {
    askedAt: string;
    steps: ToldStep[];
    /** Everything this product owns in the tenant now. */
    objects: Pick<ManagedObject, 'key' | 'kind' | 'objectId' | 'name'>[];
  };

export type PolicyPush = {
  kinds: JobKinds;
  /** What `push` would write and what forbids it, by what is stored. Refuses with `snapshot_part_missing` before a sync. */
  plan(customer: Customer, actor: Json): Promise<PushPreview>;
  /**
   * Writes the approved draft of this digest into the tenant, report-only, through the queue, and resolves when that is
   * done. A second call meanwhile waits for the same job; one after it writes nothing. Refuses with the code and sentence
   * of the rule that forbids it (see push-gates.core.ts), with `writer_not_configured`, with `push_under_way` while
   * another draft is being pushed, with `undo_under_way` while everything is taken back, and with what failed
   * after everything written was taken back.
   */
  push(customer: Customer, actor: Json, digest: string): Promise<Push>;
  /**
   * Takes a push back, the newest one that stands where no id is given. Asks no gate: phases that are enforced are taken
   * out of enforcement first, then the policies go, then the groups. Resolves with what had to be left, each with its
   * reason. Refuses with `nothing_to_undo` and `push_under_way`.
   */
  undo(customer: Customer, actor: Json, pushId?: string): Promise<Push>;
  /**
   * The same as `push` without waiting for its end: the job is under way when this resolves, and the draft's cards follow
   * it. A second call joins the first.
   */
  begin(customer: Customer, actor: Json, digest: string): Promise<Push>;
  /** The same as `undo` for a push that no enforced phase stands on: whoever waits takes those out first with `undo`. */
  beginUndo(customer: Customer, actor: Json): Promise<Push>;
  /** The newest push; null before the first. Nothing is read from the tenant. */
  show(customer: Customer): Promise<Push | null>;
};

export type PolicyPushDeps = PushJobDeps & {
  newId?: NewId;
  /** Resolves when no phase is enforced any more; asked before anything is undone. */
  release(customer: Customer, actor: Json): Promise<void>;
};

const payload = z.strictObject({ actor: z.json(), pushId: z.string() });

/** A way back waits for the end of whatever else is writing. */
const UNDO_RETRIES = 30;

/** Somebody waits for it. */
const PRIORITY = 10;

/** Creates the jobs `policy.push` and `policy.undo` and what leads to them. */
export function createPolicyPush(deps: PolicyPushDeps): PolicyPush {
  const { database } = deps;
  const wait = async (customer: Customer, asked: Asked): Promise<Push> => {
    await awaitEffect(database, { customerId: customer.id, key: asked.key }, deps.signal);
    return begun(customer, asked);
  };
  const begun = async (customer: Customer, asked: Asked): Promise<Push> => {
    const row = await database.withCustomer(customer.id, (tx) => readPush(tx, asked.pushId));
    if (row === null) throw new AppError('push_unknown', 'the push was asked for and is not stored');
    return shown(deps, customer, row);
  };
  return {
    kinds: {
      'policy.push': defineJob({
        payload,
        handle: (asked, job) =>
          inTurn(deps, job, {
            work: () => runPush(deps, asked, job),
            busy: (by) => refusedAsBusy(deps, { asked, by }, job),
          }),
      }),
      'policy.undo': defineJob({
        payload,
        retryLimit: UNDO_RETRIES,
        handle: (asked, job) => inTurn(deps, job, { work: () => runUndo(deps, asked, job) }),
      }),
    },
    plan: (customer, actor) => preview(deps, customer, actor),
    push: async (customer, actor, digest) => {
      requireWriter(customer);
      // A secret that is missing is told at once: no repetition of the job mends it.
      await deps.customers.connections(customer);
      const asked = await database.withCustomer(customer.id, (tx) => askForPush(deps, tx, { actor, digest }));
      const push = await wait(customer, asked);
      if (push.failure === null) return push;
      throw new AppError(push.failure.code, push.failure.message, { userMessage: push.failure.message });
    },
    undo: async (customer, actor, pushId) => {
      requireWriter(customer);
      await deps.customers.connections(customer);
      // Whoever names another push than the newest takes nobody out of enforcement.
      await database.withCustomer(customer.id, (tx) => pushToUndo(tx, pushId));
      await deps.release(customer, actor);
      return wait(customer, await database.withCustomer(customer.id, (tx) => askForUndo(deps, tx, { actor, pushId })));
    },
    begin: async (customer, actor, digest) => {
      requireWriter(customer);
      await deps.customers.connections(customer);
      return begun(customer, await database.withCustomer(customer.id, (tx) => askForPush(deps, tx, { actor, digest })));
    },
    beginUndo: async (customer, actor) => {
      requireWriter(customer);
      await deps.customers.connections(customer);
      const asked = { actor, pushId: undefined };
      return begun(customer, await database.withCustomer(customer.id, (tx) => askForUndo(deps, tx, asked)));
    },
    show: async (customer) => {
      const row = await database.withCustomer(customer.id, readLatestPush);
      return row === null ? null : shown(deps, customer, row);
    },
  };
}

function requireWriter({ settings }: Customer): void {
  if (settings.writer !== undefined) return;
  throw refused(
    'writer_not_configured',
    'This customer has no writing application: give its file the section "writer". The application that reads never writes (docs/permissions.md).',
  );
}

function refused(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
}

type Asked = { key: string; pushId: string };

/** Puts the job into the outbox, or joins the one that is under way: two at once would write things twice. */
async function askForPush(
  deps: PolicyPushDeps,
  tx: Tx,
  { actor, digest }: { actor: Json; digest: string },
): Promise<Asked> {
  await lockPushes(tx);
  // It would be taken back as well, by a move that began before anybody wanted it.
  if (await isAnyUnderWay(tx, ['undo.everything'])) throw refused('undo_under_way', UNDOING);
  const latest = await readLatestPush(tx);
  if (latest !== null && (await isUnderWay(tx, latest.job))) return joined(latest, digest);
  const at = new Date(deps.clock.now());
  const newId = deps.newId ?? randomId;
  const again = latest === null ? null : goneOnWith(latest, digest);
  const pushId = again?.id ?? newId();
  const key = `policy.push:${pushId}:${newId()}`;
  if (again === null) await insertPush(tx, { id: pushId, digest, job: key, actor, at });
  else await savePush(tx, { ...again, job: key, outcome: NO_OUTCOME }, at);
  await enqueue(tx, { kind: 'policy.push', key, payload: { actor, pushId }, dueAt: at, priority: PRIORITY });
  return { key, pushId };
}

const UNDOING = 'Everything is being taken back out of the tenant at the moment. Wait for its end, then push.';

function joined(latest: PushRow, digest: string): Asked {
  if (latest.digest === digest && latest.state !== 'undoing') return { key: latest.job, pushId: latest.id };
  throw refused('push_under_way', 'Another push or undo of this customer is under way. Wait for its end.');
}

/** The push that this one is: one that never came to its end, or the same content, which is then only looked at. */
function goneOnWith(latest: PushRow, digest: string): PushRow | null {
  const isUnfinished = ['asked', 'running', 'undoing'].includes(latest.state);
  if (latest.digest === digest && (latest.state === 'live' || (isUnfinished && latest.state !== 'undoing')))
    return latest;
  if (!isUnfinished) return null;
  throw refused(
    'push_unfinished',
    'An earlier push or undo never came to its end. Undo it first: "mfa-rollout policy undo".',
  );
}

const STANDS: readonly PushRow['state'][] = ['live', 'standing', 'running', 'asked', 'undoing'];

async function askForUndo(
  deps: PolicyPushDeps,
  tx: Tx,
  { actor, pushId: wanted }: { actor: Json; pushId: string | undefined },
): Promise<Asked> {
  const { push, joined: job } = await pushToUndo(tx, wanted);
  if (job !== null) return { key: job, pushId: push.id };
  const at = new Date(deps.clock.now());
  const key = `policy.undo:${push.id}:${(deps.newId ?? randomId)()}`;
  await savePush(tx, { ...push, state: 'undoing', job: key, outcome: NO_OUTCOME }, at);
  const payloadOf = { actor, pushId: push.id };
  await enqueue(tx, { kind: 'policy.undo', key, payload: payloadOf, dueAt: at, priority: PRIORITY });
  return { key, pushId: push.id };
}

/** The push that an undo is about, and the job of an undo that is under way. */
async function pushToUndo(tx: Tx, wanted: string | undefined): Promise<{ push: PushRow; joined: string | null }> {
  await lockPushes(tx);
  const latest = await readLatestPush(tx);
  if (latest !== null && (await isUnderWay(tx, latest.job))) {
    if (latest.state === 'undoing') return { push: latest, joined: latest.job };
    throw refused('push_under_way', 'A push of this customer is under way. Wait for its end.');
  }
  const newest = latest === null || STANDS.includes(latest.state) ? latest : await readPushBefore(tx, latest.seq);
  if (newest !== null && (wanted === undefined || wanted === newest.id)) return { push: newest, joined: null };
  const why = newest === null ? 'Nothing that was pushed stands.' : `Only the newest push can be undone: ${newest.id}.`;
  throw refused('nothing_to_undo', why);
}

async function preview(deps: PolicyPushDeps, customer: Customer, actor: Json): Promise<PushPreview> {
  const known: Known = await readStored(deps, customer, actor);
  const live = { snapshot: known.stored, breakGlass: storedUsability(known) };
  const { digest } = known.draft;
  const facts = factsOf(known, live, { digest, pushId: 'preview', clientIds: clientIdsOf(customer) });
  return { digest, steps: facts.plan.steps.map((step) => told(step, null)), refusal: refusalOf(facts) };
}

function told(step: PushStep, row: PushRow | null): ToldStep {
  const progress = row?.progress[step.name];
  return {
    step: step.name,
    ...wordsOf(step),
    state: progress?.state ?? 'planned',
    objectId: progress?.objectId ?? null,
    why: progress?.why ?? null,
  };
}

async function shown({ database }: PolicyPushDeps, customer: Customer, row: PushRow): Promise<Push> {
  const owned = await database.withCustomer(customer.id, readManaged);
  return {
    ...{ id: row.id, digest: row.digest, state: row.state, askedAt: row.askedAt.toISOString(), ...row.outcome },
    steps: (row.plan?.steps ?? []).map((step) => told(step, row)),
    objects: owned.map(({ key, kind, objectId, name }) => ({ key, kind, objectId, name })),
  };
}
