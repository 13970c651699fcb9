import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { type NewId, randomId } from '../../lib/ids.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { awaitEffect } from '../../work/await-effect.ts';
import { defineJob, type JobKinds, type RunningJob, type Save } from '../../work/job.ts';
import type { Recurring } from '../../work/schedule.ts';
import type { Customer } from '../customers/customers.ts';
import type { GateSource } from '../phases/phase-ports.ts';
import { MESSAGE_KINDS, type MessageKind } from '../phases/phase-types.core.ts';
import { readBounceReading } from './bounces.store.ts';
import { runBounces } from './bounces.ts';
import { type Cadence, cadenceOf, type Verdict } from './cadence.core.ts';
import { effectKey } from './mail-key.core.ts';
import { changeRow, insertMail, type LedgerRow, readForsaken, readLedger, readRow } from './outreach.store.ts';
import { cadenceFacts, type OutreachDeps } from './outreach-facts.ts';
import { heldGates, outreachGates, unwrittenGates } from './outreach-gate.core.ts';
import { LEDGER_STATES, type LedgerState, type MailRef, type PlannedMail, type Reason } from './outreach-types.core.ts';
import { savePresence } from './presence.store.ts';
import { runSend } from './send-job.ts';
import { isOpen, postponed } from './send-run.ts';
import { runTestSend, sampleFailure, TEST_KIND } from './test-send.ts';

/** How often it is looked for messages that are due. */
export const OUTREACH_SCHEDULE: Recurring = { kind: 'outreach.due', everySeconds: 5 * 60 };

/** How often the mailbox is read for mails that came back. */
export const BOUNCE_SCHEDULE: Recurring = { kind: 'outreach.bounces', everySeconds: 30 * 60 };

export type LedgerFilter = { phase?: string | undefined; message?: MessageKind | undefined };

export type LedgerAnswer = {
  rows: LedgerRow[];
  counts: Record<LedgerState, number>;
  /** Why mails that came back may be missing: the mailbox could not be read for them. Null: it could. */
  bouncesUnread: Reason | null;
};

/** What would go out, before it does. */
export type OutreachPlan = Cadence & {
  /** When the next message after those goes out; null when none is planned. */
  nextAt: string | null;
  next: Verdict[];
  counts: Record<Verdict['verdict'], number>;
};

export type Outreach = {
  kinds: JobKinds;
  /**
   * Keeps a phase from going on while its people cannot be written to because of something that a person has to mend: a
   * missing address where there is no other way, a missing manager, a message that cannot be made. Calls no vendor.
   */
  gate: GateSource;
  /** The ledger of the customer's rollout, in the order of time, and how many rows stand in which state. */
  ledger(customerId: string, filter?: LedgerFilter): Promise<LedgerAnswer>;
  /** Who would be written to now and next and who would not and why; sends nothing. Null where there is no rollout. */
  plan(customer: Customer): Promise<OutreachPlan | null>;
  /**
   * Sends one sample of a message to an address, through the queue; the ledger is not touched. Refuses with
   * `mail_not_configured`, `rollout_none`, or with what the mail system or the writing of the message failed with.
   */
  testSend(customer: Customer, ask: { message: MessageKind; to: string }, signal: AbortSignal): Promise<void>;
  /**
   * A person's word on a mail of which the mail system could not say whether it was sent: `sent` ends it, `notSent` lets
   * it be sent again. Refuses with `mail_not_in_doubt`, changing nothing, when nobody's word is wanted.
   */
  settle(
    customer: Customer,
    ask: Omit<MailRef, 'rolloutId'> & { verdict: 'sent' | 'notSent' },
    actor: Json,
  ): Promise<void>;
};

const mailPayload = z.strictObject({
  rolloutId: z.string(),
  message: z.enum(MESSAGE_KINDS),
  personId: z.string(),
  scope: z.string(),
  round: z.number().int(),
});

/** Creates what plans, sends and tells of a rollout's messages. */
export function createOutreach(given: OutreachDeps & { newId?: NewId }): Outreach {
  const { newId = randomId, ...deps } = given;
  return {
    gate: createGate(deps),
    kinds: {
      'outreach.due': defineJob({ payload: z.strictObject({}), handle: (_none, job) => runDue(deps, job) }),
      'outreach.send': defineJob({ payload: mailPayload, handle: (asked, job) => runSend(deps, asked, job) }),
      'outreach.bounces': defineJob({ payload: z.strictObject({}), handle: (_none, job) => runBounces(deps, job) }),
      [TEST_KIND]: runTestSend(deps),
    },
    ledger: (customerId, filter = {}) => ledgerOf(deps, customerId, filter),
    plan: async (customer) => {
      const facts = await cadenceFacts(deps, customer);
      return facts === null ? null : planOf(cadenceOf(facts));
    },
    testSend: async (customer, ask, signal) => {
      if (customer.settings.mail === undefined) throw refusal('mail_not_configured', NO_MAIL);
      if ((await deps.phases.current(customer.id)) === null) throw refusal('rollout_none', NO_ROLLOUT);
      const key = `mail.test:${newId()}`;
      const dueAt = new Date(deps.clock.now());
      await deps.database.withCustomer(customer.id, (tx) =>
        enqueue(tx, { kind: TEST_KIND, key, payload: ask, dueAt, priority: 5 }),
      );
      try {
        await awaitEffect(deps.database, { customerId: customer.id, key }, signal);
      } catch (error) {
        throw error instanceof AppError && error.code === 'effect_failed' ? sampleFailure(error) : error;
      }
    },
    settle: (customer, ask, actor) => settleDoubt(deps, { customer, ask, actor }),
  };
}

const NO_MAIL = 'This customer has no mailbox to send from: give its file the section "mail".';
const NO_ROLLOUT = 'This customer has no rollout yet: apply a procedure first.';

function refusal(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
}

function createGate(deps: OutreachDeps): GateSource {
  const hasTeams = deps.teamsChat !== undefined;
  return async ({ customer, rollout, phase, people }) => {
    const hasMail = customer.settings.mail !== undefined;
    const rows = await deps.database.withCustomer(customer.id, (tx) => readLedger(tx, rollout.id));
    const open = rows.filter((row) => row.phase === phase.name && isOpen(row));
    return [
      ...outreachGates({ phase, procedure: rollout.procedure, people, hasMail, hasTeams }),
      ...unwrittenGates(open),
      ...heldGates(open),
    ];
  };
}

/** Queues what is due: the row and the effect that sends it are kept together, and a row that is there already has one. */
async function runDue(deps: OutreachDeps, job: RunningJob): Promise<Save | undefined> {
  const customer = await deps.customers.find(job.customerId);
  const facts = await cadenceFacts(deps, customer);
  if (facts === null) return undefined;
  const { mails } = cadenceOf(facts);
  const at = new Date(deps.clock.now());
  deps.stopPoint('outreach.planned');
  return async (tx) => {
    await savePresence(tx, facts.rollout.id, facts.fresh);
    for (const row of await readForsaken(tx)) await postponed({ deps, row, reason: row.reason, afterMs: 0 })(tx);
    const queued: PlannedMail[] = [];
    for (const mail of mails) {
      if (await queueMail(tx, facts.rollout.id, { mail, at })) queued.push(mail);
    }
    if (queued.length === 0) return;
    const told = {
      rolloutId: facts.rollout.id,
      messages: countBy(
        MESSAGE_KINDS,
        queued.map(({ message }) => message),
      ),
    };
    await appendJournal(tx, { at, actor: { kind: 'system', name: 'outreach' }, event: 'outreach.queued', facts: told });
  };
}

async function queueMail(tx: Tx, rolloutId: string, { mail, at }: { mail: PlannedMail; at: Date }): Promise<boolean> {
  if (!(await insertMail(tx, rolloutId, { mail, at }))) return false;
  const { message, personId, scope } = mail;
  const payload = { rolloutId, message, personId, scope, round: 0 };
  await enqueue(tx, { kind: 'outreach.send', key: effectKey(payload, 0), payload, dueAt: at });
  return true;
}

async function ledgerOf(
  deps: OutreachDeps,
  customerId: string,
  { phase, message }: LedgerFilter,
): Promise<LedgerAnswer> {
  const rollout = await deps.phases.current(customerId);
  const [all, reading] = await deps.database.withCustomer(
    customerId,
    async (tx) => [rollout === null ? [] : await readLedger(tx, rollout.id), await readBounceReading(tx)] as const,
  );
  const rows = all.filter((row) => (phase ?? row.phase) === row.phase && (message ?? row.message) === row.message);
  return {
    rows,
    bouncesUnread: reading?.failure ?? null,
    counts: countBy(
      LEDGER_STATES,
      rows.map(({ state }) => state),
    ),
  };
}

const VERDICTS = ['send', 'later', 'sent', 'not'] as const satisfies readonly Verdict['verdict'][];

function planOf({ verdicts, mails }: Cadence): OutreachPlan {
  const later = verdicts.filter(({ verdict, dueAt }) => verdict === 'later' && dueAt !== null);
  const nextAt = later.reduce<string | null>(
    (first, { dueAt }) => (first === null || (dueAt !== null && dueAt < first) ? dueAt : first),
    null,
  );
  const next = later.filter(({ dueAt }) => dueAt === nextAt);
  return {
    verdicts,
    mails,
    nextAt,
    next,
    counts: countBy(
      VERDICTS,
      verdicts.map(({ verdict }) => verdict),
    ),
  };
}

function countBy<K extends string>(names: readonly K[], values: readonly K[]): Record<K, number> {
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
  for (const value of values) counts[value] += 1;
  return counts;
}

type Doubt = {
  customer: Customer;
  ask: Omit<MailRef, 'rolloutId'> & { verdict: 'sent' | 'notSent' };
  actor: Json;
};

async function settleDoubt(deps: OutreachDeps, { customer, ask, actor }: Doubt): Promise<void> {
  const rollout = await deps.phases.current(customer.id);
  const { verdict, message, personId, scope } = ask;
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customer.id, async (tx) => {
    const row = rollout === null ? null : await readRow(tx, { rolloutId: rollout.id, message, personId, scope });
    if (row?.state !== 'unknown') {
      throw refusal(
        'mail_not_in_doubt',
        'There is no such message whose sending is in doubt. See "mfa-rollout messages list".',
      );
    }
    if (verdict === 'sent') await changeRow(tx, row, { state: 'accepted', reason: null, settledAt: at });
    else {
      const isTeams = row.way === 'teams';
      const change = {
        state: row.draftId === null || isTeams ? 'queued' : 'drafted',
        // In Teams the count is part of the message's name: what is written again has another one.
        asks: isTeams ? row.asks + 1 : 0,
        askedAt: null,
        settledAt: null,
      } as const;
      await postponed({ deps, row, reason: null, afterMs: 0, change })(tx);
    }
    const facts = { rolloutId: row.rolloutId, message, personId, phase: row.phase, verdict };
    await appendJournal(tx, { at, actor, event: 'outreach.settled', facts });
  });
}
