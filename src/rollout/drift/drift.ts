import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { randomId } from '../../lib/ids.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { awaitEffect } from '../../work/await-effect.ts';
import { defineJob, type JobKinds } from '../../work/job.ts';
import type { Recurring } from '../../work/schedule.ts';
import { type Actor, journalActor, may } from '../access/access.core.ts';

import { type MayDecide, mayDecide } from '../approvals/sign-off.ts';
import type { Customer } from '../customers/customers.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import { acceptFinding, whyNotAccepted } from './accept.ts';
import { storedOrNull } from './cover-world.ts';
import { countOpen, type DriftRow, lockDrift, readDrift, readFinding, readWatch, saveFinding } from './drift.store.ts';
import { refreshDrift } from './drift-cards.ts';
import type { DriftDeps } from './drift-deps.ts';
import { DRIFT_TEXTS, ENDED_TEXTS } from './drift-texts.core.ts';
import type { DriftFinding, DriftVerdict } from './drift-types.core.ts';
import { pollDrift } from './poll.ts';
import { acceptOffer, type Offer, type RemedyFacts, restoreOffer } from './remedy.core.ts';
import { runRestore } from './restore.ts';

/** How often every customer's tenant is looked at. */
export const DRIFT_SCHEDULE: Recurring = { kind: 'drift.poll', everySeconds: 5 * 60 };

/** A finding with what may be done about it. */
export type DriftView = DriftFinding & { offers: { restore: Offer; accept: Offer } };

/** What the watch knows of a customer. */
export type DriftList = {
  findings: DriftView[];
  /** When the tenant was last looked at, ISO 8601; null before the first time. */
  lookedAt: string | null;
  /** What could not be read then. */
  unread: { part: string; code: string }[];
  /** Display names of the accounts that the findings speak of, by object id; empty for those who may not see them. */
  names: ReadonlyMap<string, string>;
  mayDecide: MayDecide;
};

export type DriftPress = { id: string; verdict: DriftVerdict; digest: string };

export type DriftOutcome =
  | { outcome: 'recorded'; state: 'restoring' | 'accepted'; message: string; text: Sentence; job: string | null }
  | { outcome: 'already'; message: string; text: Sentence }
  | { outcome: 'stale'; message: string; text: Sentence }
  | { outcome: 'refused'; code: string; message: string; text: Sentence };

export type Drift = {
  kinds: JobKinds;
  /** Every finding that stands and the newest of the others. Calls no vendor. Names are for those with `seeDrift`. */
  list(customer: Customer, actor: Actor): Promise<DriftList>;
  /** One finding; null where there is none of this id. */
  find(customer: Customer, id: string): Promise<DriftView | null>;
  /** How many findings stand open, by urgency. */
  open(customerId: string): Promise<{ urgent: number; other: number }>;
  /**
   * Decides about a finding as it was shown: `restore` asks a job to put it back, `accept` makes what is there ours.
   * Answers `already` for one that is decided, `stale` where it changed since, and refuses with the reason what a rule
   * stands against. Needs `decideDrift`.
   */
  decide(customer: Customer, actor: Actor, press: DriftPress): Promise<DriftOutcome>;
  /** Resolves when the job of this key has ended; rejects with `effect_failed` when it died. */
  settled(customer: Customer, job: string): Promise<void>;
};

/** Creates the drift watch: the looks, the findings and the decisions about them. */
export function createDrift(deps: DriftDeps): Drift {
  const { database } = deps;
  return {
    kinds: {
      // A look that failed is made good by the next one, a few minutes later.
      'drift.poll': defineJob({
        payload: z.strictObject({}),
        handle: (_none, job) => pollDrift(deps, job).then(() => undefined),
        retryLimit: 1,
      }),
      'drift.restore': defineJob({
        payload: z.strictObject({ id: z.string() }),
        handle: ({ id }, job) => runRestore(deps, id, job),
      }),
    },
    list: (customer, actor) => listDrift(deps, customer, actor),
    find: async (customer, id) => {
      const row = await database.withCustomer(customer.id, (tx) => readFinding(tx, id));
      return row === null ? null : viewOf(row, customer);
    },
    open: (customerId) => database.withCustomer(customerId, countOpen),
    decide: (customer, actor, press) =>
      database.withCustomer(customer.id, (tx) => decide(deps, tx, { customer, pressed: actor, press })),
    settled: (customer, key) => awaitEffect(database, { customerId: customer.id, key }, deps.signal),
  };
}

async function listDrift(deps: DriftDeps, customer: Customer, actor: Actor): Promise<DriftList> {
  const { rows, watch } = await deps.database.withCustomer(customer.id, async (tx) => ({
    rows: await readDrift(tx),
    watch: await readWatch(tx),
  }));
  return {
    findings: rows.map((row) => viewOf(row, customer)),
    lookedAt: watch?.lookedAt.toISOString() ?? null,
    unread: watch?.unread ?? [],
    names: may(actor, 'seeDrift') && rows.length > 0 ? await namesIn(deps, customer) : new Map(),
    mayDecide: mayDecide(actor, 'decideDrift'),
  };
}

async function namesIn(deps: DriftDeps, customer: Customer): Promise<Map<string, string>> {
  const stored = await storedOrNull(deps, customer);
  return new Map((stored?.users ?? []).map((user) => [user.id.toLowerCase(), user.displayName ?? user.id]));
}

function viewOf({ live: _live, progress: _progress, ...finding }: DriftRow, customer: Customer): DriftView {
  const facts = factsOf(customer);
  return { ...finding, offers: { restore: restoreOffer(finding, facts), accept: acceptOffer(finding, facts) } };
}

function factsOf({ settings }: Customer): RemedyFacts {
  return {
    hasWriter: settings.writer !== undefined,
    breakGlass: settings.declared.breakGlass.map((id) => id.toLowerCase()),
  };
}

type Deciding = { customer: Customer; pressed: Actor; press: DriftPress };

async function decide(deps: DriftDeps, tx: Tx, { customer, pressed, press }: Deciding): Promise<DriftOutcome> {
  await lockDrift(tx);
  const actor = await actorNow(deps, customer, pressed);
  const permission = mayDecide(actor, 'decideDrift');
  if (!permission.yes) return refused('not_your_decision', { en: permission.why, de: NOT_YOURS_DE });
  const row = await readFinding(tx, press.id);
  if (row === null) return refused('drift_unknown', DRIFT_TEXTS.unknown);
  if (row.state !== 'open') return alreadyEnded(row);
  if (row.digest !== press.digest) return { outcome: 'stale', message: DRIFT_TEXTS.stale.en, text: DRIFT_TEXTS.stale };
  const offer =
    press.verdict === 'restore' ? restoreOffer(row, factsOf(customer)) : await acceptable(tx, row, customer);
  if (!offer.yes) return refused(offer.code, offer.why);
  const at = new Date(deps.clock.now());
  const decidedBy = { ...actor.identity, displayName: actor.displayName, at: at.toISOString() };
  const decided: DriftRow = { ...row, decidedBy, failure: null, changedAt: at.toISOString() };
  const { id, kind, object, objectId, digest } = row;
  const facts = { id, kind, object, objectId, digest };
  await appendJournal(tx, { at, actor: journalActor(actor), event: `drift.decided.${press.verdict}`, facts });
  deps.stopPoint('drift.deciding');
  if (press.verdict === 'accept') return accept(tx, decided, at);
  const job = `drift.restore:${id}:${randomId()}`;
  await saveFinding(tx, { ...decided, state: 'restoring', job, progress: null });
  await enqueue(tx, { kind: 'drift.restore', key: job, payload: { id }, dueAt: at, priority: PRIORITY });
  await refreshDrift(tx, id, { why: `asked:${job}`, now: at });
  return recorded('restoring', ENDED_TEXTS.restoring, job);
}

/** Somebody may be locked out, or get past MFA, until it is done. */
const PRIORITY = 10;

const NOT_YOURS_DE = 'Darüber entscheidet nur, wer die Rolle engineer hat. Ihr Techniker kann sie vergeben.';

async function acceptable(tx: Tx, row: DriftRow, customer: Customer): Promise<Offer> {
  const offer = acceptOffer(row, factsOf(customer));
  return offer.yes ? whyNotAccepted(tx, row, customer) : offer;
}

async function accept(tx: Tx, row: DriftRow, at: Date): Promise<DriftOutcome> {
  await acceptFinding(tx, row, at);
  await saveFinding(tx, { ...row, state: 'accepted', job: null });
  await refreshDrift(tx, row.id, { why: 'accepted', now: at });
  return recorded('accepted', ENDED_TEXTS.accepted, null);
}

/** The role may have been taken away while the card was open. */
async function actorNow({ access }: DriftDeps, customer: Customer, pressed: Actor): Promise<Actor> {
  try {
    const now = await access.actorOf(pressed.identity, customer.id);
    return { ...now, displayName: now.displayName ?? pressed.displayName };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_granted') return { ...pressed, roles: [] };
    throw error;
  }
}

function recorded(state: 'restoring' | 'accepted', text: Sentence, job: string | null): DriftOutcome {
  return { outcome: 'recorded', state, message: text.en, text, job };
}

function refused(code: string, text: Sentence): DriftOutcome {
  return { outcome: 'refused', code, message: text.en, text };
}

function alreadyEnded({ state, decidedBy }: DriftRow): DriftOutcome {
  const what = state === 'open' ? DRIFT_TEXTS.stale : ENDED_TEXTS[state];
  const who = decidedBy === null ? '' : ` ${decidedBy.displayName ?? decidedBy.objectId}, ${decidedBy.at}.`;
  const text = { en: `${what.en}${who}`, de: `${what.de}${who}` };
  return { outcome: 'already', message: text.en, text };
}
