import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { VendorRefusedError } from '../../lib/errors.ts';
import { type NewId, randomId } from '../../lib/ids.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import { revokeSessions } from '../../services/graph/sessions.ts';
import { readSessionsValidFrom } from '../../services/graph/user-details.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { defineJob, type JobKinds, type RunningJob, type Save } from '../../work/job.ts';
import { type Actor, journalActor, may } from '../access/access.core.ts';
import type { Access } from '../access/access.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import {
  insertRevocation,
  type Revocation,
  type RevocationState,
  readRevocation,
  readRevocations,
  settleRevocation,
} from './sessions.store.ts';

export type SessionDeps = {
  database: Database;
  customers: Pick<Customers, 'find' | 'connections'>;
  clock: Clock;
  stopPoint: StopPoint;
  access: Pick<Access, 'actorOf'>;
  /** Accounts that are declared or found to be emergency access. */
  breakGlassOf(customer: Customer): Promise<ReadonlySet<string>>;
  /** Aborted when the process stops. */
  signal: AbortSignal;
  newId?: NewId | undefined;
};

export type RevocationAsk = {
  rolloutId: string;
  phase: string;
  accountIds: readonly string[];
  /** No more people than this at once (safety rule S21): the customer's `rails.accountsMax`. */
  accountsMax: number;
  at: Date;
  actor: Json;
};

export type EndOutcome =
  | { outcome: 'asked'; occasion: string }
  | {
      outcome: 'refused';
      code: 'sessions_not_your_part' | 'sessions_person_unknown' | 'sessions_break_glass' | 'sessions_no_writer';
      message: Sentence;
    };

export type Sessions = {
  kinds: JobKinds;
  /** Ends one person's sessions, locked out or attacked: by the helpdesk or an engineer. A job does it at once. */
  endFor(customer: Customer, actor: Actor, accountId: string): Promise<EndOutcome>;
  list(customerId: string): Promise<Revocation[]>;
};

const payload = z.strictObject({ occasion: z.string(), accountId: z.string() });

/**
 * Puts the end of these people's sessions into the outbox, one effect for each person of a phase for ever: asked again,
 * also after a crash, nothing is added. `held` where more people are named than the rails allow; nothing is queued then.
 */
export async function enqueueRevocation(
  tx: Tx,
  ask: RevocationAsk,
): Promise<{ outcome: 'queued'; added: number } | { outcome: 'held'; people: number }> {
  const accountIds = [...new Set(ask.accountIds.map((id) => id.toLowerCase()))].sort();
  if (accountIds.length > ask.accountsMax) return { outcome: 'held', people: accountIds.length };
  const occasion = `flip:${ask.rolloutId}:${ask.phase}`;
  let added = 0;
  for (const accountId of accountIds) {
    if (await want(tx, { occasion, accountId, at: ask.at, priority: 0 })) added += 1;
  }
  if (added > 0) {
    const facts = { occasion, people: added };
    await appendJournal(tx, { at: ask.at, actor: ask.actor, event: 'sessions.asked', facts });
  }
  return { outcome: 'queued', added };
}

type Wanting = { occasion: string; accountId: string; at: Date; priority: number };

async function want(tx: Tx, { occasion, accountId, at, priority }: Wanting): Promise<boolean> {
  if (!(await insertRevocation(tx, { occasion, accountId, at }))) return false;
  const key = `sessions.revoke:${occasion}:${accountId}`;
  await enqueue(tx, { kind: 'sessions.revoke', key, payload: { occasion, accountId }, dueAt: at, priority });
  return true;
}

/** Creates the ending of sessions. */
export function createSessions(deps: SessionDeps): Sessions {
  return {
    kinds: { 'sessions.revoke': defineJob({ payload, handle: (about, job) => revoke(deps, about, job) }) },
    endFor: (customer, actor, accountId) => endFor(deps, { customer, actor, accountId: accountId.toLowerCase() }),
    list: (customerId) => deps.database.withCustomer(customerId, readRevocations),
  };
}

const PRIORITY = 10;

async function endFor(
  deps: SessionDeps,
  { customer, actor, accountId }: { customer: Customer; actor: Actor; accountId: string },
): Promise<EndOutcome> {
  if (actor.customerId !== customer.id || !may(actor, 'issuePass'))
    return { outcome: 'refused', code: 'sessions_not_your_part', message: NOT_YOUR_PART };
  // Graph takes a sign-in name for an id as well, and by that name nobody would know an emergency account.
  if (!z.guid().safeParse(accountId).success)
    return { outcome: 'refused', code: 'sessions_person_unknown', message: PERSON_UNKNOWN };
  if ((await deps.breakGlassOf(customer)).has(accountId))
    return { outcome: 'refused', code: 'sessions_break_glass', message: BREAK_GLASS };
  if (customer.settings.writer === undefined)
    return { outcome: 'refused', code: 'sessions_no_writer', message: NO_WRITER };
  // The role may have been taken away while the card was open.
  if (!may(await deps.access.actorOf(actor.identity, customer.id), 'issuePass'))
    return { outcome: 'refused', code: 'sessions_not_your_part', message: NOT_YOUR_PART };
  const at = new Date(deps.clock.now());
  const occasion = `person:${(deps.newId ?? randomId)()}`;
  await deps.database.withCustomer(customer.id, async (tx) => {
    await want(tx, { occasion, accountId, at, priority: PRIORITY });
    const facts = { occasion, accountId };
    await appendJournal(tx, { at, actor: journalActor(actor), event: 'sessions.asked', facts });
  });
  return { outcome: 'asked', occasion };
}

const NOT_YOUR_PART: Sentence = {
  en: 'Sessions are ended by the helpdesk or an engineer.',
  de: 'Sitzungen beenden der Helpdesk oder ein Techniker.',
};
const PERSON_UNKNOWN: Sentence = {
  en: 'There is no such person on the master list. Name an account by its object id.',
  de: 'Diese Person steht nicht auf der Personalliste. Nennen Sie ein Konto mit seiner Objekt-ID.',
};
const BREAK_GLASS: Sentence = {
  en: 'This is an emergency access account; nothing here touches it.',
  de: 'Das ist ein Notfallkonto; hier wird nichts daran geändert.',
};
const NO_WRITER: Sentence = {
  en: 'The customer file names no "writer": the application that may end sessions is missing.',
  de: 'Die Kundendatei nennt keinen „writer“: Die Anwendung, die Sitzungen beenden darf, fehlt.',
};

type About = z.output<typeof payload>;

/** Reads first: whose sessions ended since it was asked for is not asked again, whoever ended them. */
async function revoke(deps: SessionDeps, about: About, job: RunningJob): Promise<Save | undefined> {
  const customer = await deps.customers.find(job.customerId);
  const wanted = await deps.database.withCustomer(customer.id, (tx) => readRevocation(tx, about));
  if (wanted?.state !== 'wanted') return undefined;
  const { state, failure } = await ended(deps, { customer, wanted, job });
  deps.stopPoint('sessions.revoked');
  return async (tx) => {
    const at = new Date(deps.clock.now());
    if (!(await settleRevocation(tx, about, { state, at, failure }))) return;
    const event = `sessions.${state === 'done' ? 'ended' : state}`;
    await appendJournal(tx, { at, actor: { kind: 'product' }, event, facts: { ...about, failure } });
  };
}

type Ending = { customer: Customer; wanted: Revocation; job: RunningJob };

async function ended(
  deps: SessionDeps,
  { customer, wanted, job }: Ending,
): Promise<{ state: RevocationState; failure: string | null }> {
  const { graph, writer } = await deps.customers.connections(customer);
  if (writer === null) return { state: 'failed', failure: 'sessions_no_writer' };
  if ((await deps.breakGlassOf(customer)).has(wanted.accountId))
    return { state: 'failed', failure: 'sessions_break_glass' };
  const options = { signal: AbortSignal.any([job.signal, deps.signal]) };
  try {
    const validFrom = await readSessionsValidFrom(graph, wanted.accountId, options);
    if (validFrom === undefined) return { state: 'gone', failure: null };
    if (validFrom !== null && Date.parse(validFrom) >= Date.parse(wanted.askedAt))
      return { state: 'done', failure: null };
    const answer = await revokeSessions(writer, wanted.accountId, options);
    return { state: answer === 'gone' ? 'gone' : 'done', failure: null };
  } catch (error) {
    // Who is refused will be refused again: it is shown and not tried for ever.
    if (error instanceof VendorRefusedError) return { state: 'failed', failure: 'sessions_refused' };
    throw error;
  }
}
