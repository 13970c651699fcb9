import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import { shortDigest } from '../../lib/digest.ts';
import { AppError } from '../../lib/errors.ts';
import { randomId } from '../../lib/ids.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { awaitEffect } from '../../work/await-effect.ts';
import { defineJob, type JobKinds } from '../../work/job.ts';
import { type Actor, journalActor } from '../access/access.core.ts';
import { isSamePerson, type Side, sidesOf } from '../approvals/phase-approval.core.ts';
import { mayDecide } from '../approvals/sign-off.ts';
import type { Customer } from '../customers/customers.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import {
  insertTakeover,
  insertTakeoverDecision,
  isUnderWay,
  lockTakeovers,
  readLatestTakeover,
  readStandingTakeovers,
  readTakeover,
  saveTakeover,
  type TakeoverRow,
  type TakeoverVerdict,
} from './takeover.store.ts';
import { decidedSoFar, takeoverStanding } from './takeover-approval.ts';
import { judgedPlan, storedView, type TakeoverDeps } from './takeover-facts.ts';
import { redrawTakeover, runTakeover, runTakeoverUndo } from './takeover-job.ts';
import { reviewOf, type TakeoverReview } from './takeover-review.ts';

/** A press: what was shown. */
export type TakeoverPress = { verdict: TakeoverVerdict; digest: string };

/** How a press ended. Everything but `recorded` changed nothing. `started`: it was the last one that was missing. */
export type TakeoverDecided =
  | { outcome: 'recorded'; missing: Side[]; started: boolean }
  | { outcome: 'already'; message: string; text: Sentence }
  | { outcome: 'stale'; currentDigest: string; message: string; text: Sentence }
  | { outcome: 'refused'; code: string; message: string; text: Sentence };

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
  /** Begins that undo and does not wait for its end; false where nothing was taken over. */
  beginUndo(customer: Customer, actor: Actor): Promise<TakeoverUndoAsked>;
  /** Takes what undoing left as settled, so that it holds nothing back any more. */
  acceptLeft(customer: Customer, actor: Json): Promise<void>;
};

/** How a wish to undo ended. */
export type TakeoverUndoAsked = { outcome: 'begun' } | { outcome: 'refused'; code: string; text: Sentence };

const payload = z.strictObject({ actor: z.json(), takeoverId: z.string() });
const undoPayload = payload.extend({ after: z.string().nullable() });

/** Somebody waits for it. */
const PRIORITY = 10;
/** An undo waits for the run that it stops. */
const RETRIES = 30;

/** Creates the jobs `takeover.run` and `takeover.undo` and what leads to them. */
export function createTakeover(deps: TakeoverDeps): Takeover {
  const { database } = deps;
  const shown = (customer: Customer, actor?: Actor) => show(deps, customer, actor);
  const wait = async (customer: Customer, { key, id }: Asked): Promise<TakeoverReview> => {
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
      'takeover.run': defineJob({ payload, handle: (asked, job) => runTakeover(deps, asked, job) }),
      'takeover.undo': defineJob({
        payload: undoPayload,
        retryLimit: RETRIES,
        handle: (asked, job) => runTakeoverUndo(deps, asked, job),
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
    beginUndo: (customer, actor) =>
      database.withCustomer(customer.id, (tx) => beginUndo(deps, tx, { customer, actor })),
    acceptLeft: (customer, actor) => database.withCustomer(customer.id, (tx) => acceptLeft(deps, tx, actor)),
  };
}

type Asked = { key: string; id: string };

function requireWriter({ settings }: Customer): void {
  if (settings.writer !== undefined) return;
  throw refused(
    'writer_not_configured',
    'This customer has no writing application: give its file the section "writer" (docs/permissions.md).',
  );
}

function refused(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
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

/** The run that is to be waited for; null where one has ended and nothing is left to do. */
async function askToRun(deps: TakeoverDeps, customer: Customer, actor: Json): Promise<Asked | null> {
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

function joined({ job, id, state }: TakeoverRow): Asked {
  if (state !== 'undoing') return { key: job, id };
  throw refused('takeover_undoing', 'The takeover is just being undone. Wait for its end.');
}

type Beginning = { actor: Json } & ({ again: TakeoverRow } | { again: null; digest: string });

async function begin({ clock }: TakeoverDeps, tx: Tx, beginning: Beginning): Promise<Asked> {
  const at = new Date(clock.now());
  const { again, actor } = beginning;
  const id = again?.id ?? randomId();
  const key = `takeover.run:${id}:${randomId()}`;
  if (again === null) await insertTakeover(tx, { id, digest: beginning.digest, job: key, actor, at });
  else await saveTakeover(tx, { ...again, job: key }, at);
  await enqueue(tx, { kind: 'takeover.run', key, payload: { actor, takeoverId: id }, dueAt: at, priority: PRIORITY });
  return { key, id };
}

async function askUndo({ clock }: TakeoverDeps, tx: Tx, actor: Json): Promise<Asked | null> {
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

async function acceptLeft({ clock }: TakeoverDeps, tx: Tx, actor: Json): Promise<void> {
  await lockTakeovers(tx);
  const [row] = await readStandingTakeovers(tx);
  if (row?.state !== 'standing') return;
  const at = new Date(clock.now());
  await saveTakeover(tx, { ...row, state: 'undone' }, at);
  const steps = Object.entries(row.progress).flatMap(([step, { state }]) => (state === 'left' ? [step] : []));
  await appendJournal(tx, { at, actor, event: 'takeover.left.accepted', facts: { takeoverId: row.id, steps } });
}

type Deciding = { customer: Customer; actor: Actor; press: TakeoverPress };

async function decide(deps: TakeoverDeps, tx: Tx, { customer, actor, press }: Deciding): Promise<TakeoverDecided> {
  await lockTakeovers(tx);
  const now = await actorNow(deps, customer, actor);
  const permission = mayDecide(now, 'approveTakeover');
  if (!permission.yes) return refusal('not_your_decision', { en: permission.why, de: NOT_YOURS });
  const latest = await readLatestTakeover(tx);
  if (press.verdict === 'hold') return hold(deps, tx, { actor: now, press, latest });
  if (latest !== null && ['asked', 'running', 'done', 'standing', 'undoing'].includes(latest.state)) {
    return { outcome: 'already', message: STANDS.en, text: STANDS };
  }
  const { digest, gates, plan } = await judgedPlan(deps, customer, await storedView(deps, customer, journalActor(now)));
  if (digest !== press.digest) return staleAt(digest);
  const [gate] = gates;
  if (gate !== undefined) return refusal(gate.code, gate.message);
  const before = await takeoverStanding(deps, customer.id, { ...(await decidedSoFar(tx)), digest });
  if (before.approvals.some(({ by }) => isSamePerson(by, now.identity))) {
    return { outcome: 'already', message: OWN.en, text: OWN };
  }
  await record(deps, tx, { actor: now, press, content: JSON.parse(JSON.stringify(plan)) as Json });
  const { missing } = await takeoverStanding(deps, customer.id, { ...(await decidedSoFar(tx)), digest });
  const isLast = missing.length === 0 && sidesOf(now.roles).length > 0;
  if (isLast) await begin(deps, tx, { again: null, actor: journalActor(now), digest });
  deps.stopPoint('takeover.deciding');
  return { outcome: 'recorded', missing, started: isLast };
}

/** The role may have been taken away while the card was open. */
async function actorNow({ access }: TakeoverDeps, customer: Customer, pressed: Actor): Promise<Actor> {
  try {
    const now = await access.actorOf(pressed.identity, customer.id);
    return { ...now, displayName: now.displayName ?? pressed.displayName };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_granted') return { ...pressed, roles: [] };
    throw error;
  }
}

type Holding = { actor: Actor; press: TakeoverPress; latest: TakeoverRow | null };

async function hold(deps: TakeoverDeps, tx: Tx, { actor, press, latest }: Holding): Promise<TakeoverDecided> {
  const { decisions } = await decidedSoFar(tx);
  const isOpen = latest === null || !['done', 'standing', 'undoing'].includes(latest.state);
  if (!isOpen || decisions.at(-1)?.verdict === 'hold') {
    return { outcome: 'already', message: NOTHING.en, text: NOTHING };
  }
  await record(deps, tx, { actor, press, content: null });
  return { outcome: 'recorded', missing: ['msp', 'customer'], started: false };
}

type Recording = { actor: Actor; press: TakeoverPress; content: Json };

async function record({ clock }: TakeoverDeps, tx: Tx, { actor, press, content }: Recording): Promise<void> {
  const at = new Date(clock.now());
  const { identity: by, displayName } = actor;
  await insertTakeoverDecision(tx, { ...press, by, displayName, content, at });
  const facts = { digest: press.digest };
  await appendJournal(tx, { at, actor: journalActor(actor), event: `takeover.decided.${press.verdict}`, facts });
  await redrawTakeover(tx, `${press.digest}-${press.verdict}-${by.objectId}-${at.getTime()}`, at);
}

function refusal(code: string, text: Sentence): TakeoverDecided {
  return { outcome: 'refused', code, message: text.en, text };
}

function staleAt(currentDigest: string): TakeoverDecided {
  const short = shortDigest(currentDigest);
  const text = {
    en: `The plan has changed since it was shown to you. Look at the present one (${short}) and decide on that.`,
    de: `Der Plan hat sich geändert, seit er Ihnen gezeigt wurde. Sehen Sie den jetzigen an (${short}) und entscheiden Sie darüber.`,
  };
  return { outcome: 'stale', currentDigest, message: text.en, text };
}

const NOT_YOURS =
  'Das entscheidet nur, wer die Rolle Techniker oder Freigebender hat. Ihr Techniker kann sie vergeben.';
const STANDS: Sentence = {
  en: 'The takeover was begun already. Undo it to plan another one.',
  de: 'Die Übernahme wurde schon begonnen. Nehmen Sie sie zurück, um neu zu planen.',
};
const OWN: Sentence = {
  en: 'You have approved this plan already; another person has to.',
  de: 'Sie haben diesen Plan schon freigegeben; eine andere Person muss es noch tun.',
};
const NOTHING: Sentence = { en: 'Nothing changed.', de: 'Nichts hat sich geändert.' };
