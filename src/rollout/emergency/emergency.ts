import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { randomId } from '../../lib/ids.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { awaitEffect } from '../../work/await-effect.ts';
import { defineJob, type JobKinds } from '../../work/job.ts';
import type { Recurring } from '../../work/schedule.ts';
import { type Actor, journalActor, may, rolesFor } from '../access/access.core.ts';
import type { Access } from '../access/access.ts';
import type { Customer } from '../customers/customers.ts';
import type { BreakGlassCheck } from '../exceptions/exception-types.core.ts';
import type { Syncs } from '../snapshots/syncs.ts';
import { DRILL_HOURS, standingOf } from './drill.core.ts';
import { insertDrill, lockEmergency, readDrills, readReadings, readSession } from './emergency.store.ts';
import { EMERGENCY_SUBJECT, type EmergencyDeps } from './emergency-deps.ts';
import { runEmergencyPoll } from './emergency-poll.ts';
import type { Drill, DrillStanding, KeptSignIn, LogReading, SeenSignIn } from './emergency-types.core.ts';
import { recordSignIns } from './record-sign-ins.ts';

/** How often the sign-ins of break-glass accounts are looked for, whether a rollout runs or not. */
export const EMERGENCY_SCHEDULE: Recurring = { kind: 'emergency.poll', everySeconds: 5 * 60 };

/** One declared account as people see it. */
export type EmergencyAccount = DrillStanding & {
  accountId: string;
  displayName: string;
  userPrincipalName: string | null;
  /** The facts of the account by the last sync; null before one, or where the account is not in the directory. */
  check: BreakGlassCheck | null;
};

export type EmergencyStatus = {
  accounts: EmergencyAccount[];
  drillDays: number;
  /** How far their sign-ins were read; what was never read is missing. */
  readings: LogReading[];
};

export type DrillOutcome =
  | { outcome: 'started'; drill: Drill }
  /** A drill of the account waits already. */
  | { outcome: 'already'; drill: Drill };

/** One session of an account, as its card tells it. */
export type EmergencySession = { accountId: string; displayName: string; signIns: KeptSignIn[] };

export type Emergency = {
  kinds: JobKinds;
  /** The declared accounts with their drills. Calls no vendor. */
  status(customer: Customer): Promise<EmergencyStatus>;
  /**
   * Starts a drill of one account: whoever has its key signs in with it before the drill ends. A second start joins the
   * running one. Refuses with `not_break_glass` an account that is not declared as one.
   */
  startDrill(customer: Customer, by: Json, accountId: string): Promise<DrillOutcome>;
  /** The same by a person. Refuses with `not_allowed` whoever is no engineer at this moment. */
  startDrillAs(customer: Customer, actor: Actor, accountId: string): Promise<DrillOutcome>;
  /** Takes what was seen of these accounts in the sign-in log; see record-sign-ins.ts. */
  record(customer: Customer, signIns: readonly SeenSignIn[]): Promise<void>;
  /** Reads the logs through the queue and resolves when that is done. */
  pollNow(customer: Customer): Promise<EmergencyStatus>;
  /** What a session's card tells; undefined where there is none. */
  session(customer: Customer, session: string): Promise<EmergencySession | undefined>;
};

export type EmergencyParts = EmergencyDeps & {
  access: Pick<Access, 'actorOf'>;
  syncs: Pick<Syncs, 'exceptions' | 'stored'>;
};

/** Creates the watch over the break-glass accounts and their drills. */
export function createEmergency(deps: EmergencyParts): Emergency {
  const { database, clock } = deps;
  const start = (customer: Customer, by: Json, accountId: string) =>
    database.withCustomer(customer.id, (tx) => startDrill(deps, tx, { customer, by, accountId }));
  return {
    kinds: {
      'emergency.poll': defineJob({
        payload: z.strictObject({ asked: z.boolean().default(false) }),
        handle: (payload, job) => runEmergencyPoll(deps, payload, job),
      }),
    },
    status: (customer) => statusOf(deps, customer),
    startDrill: start,
    startDrillAs: async (customer, actor, accountId) => {
      // The role may have been taken away while the card was open.
      const now = await deps.access.actorOf(actor.identity, customer.id);
      requireEngineer(now);
      return start(customer, journalActor({ ...now, displayName: now.displayName ?? actor.displayName }), accountId);
    },
    record: (customer, signIns) =>
      database.withCustomer(customer.id, (tx) =>
        recordSignIns(tx, deps, { customer, signIns, now: new Date(clock.now()) }),
      ),
    pollNow: async (customer) => {
      // A secret that is missing is told at once: no repetition of the job mends it.
      await deps.customers.connections(customer);
      const key = `emergency.poll:${(deps.newId ?? randomId)()}`;
      const effect = { kind: 'emergency.poll', key, payload: { asked: true }, dueAt: new Date(clock.now()) };
      await database.withCustomer(customer.id, (tx) => enqueue(tx, effect));
      await awaitEffect(database, { customerId: customer.id, key }, deps.signal);
      return statusOf(deps, customer);
    },
    session: async (customer, session) => {
      const signIns = await database.withCustomer(customer.id, (tx) => readSession(tx, session));
      const accountId = signIns[0]?.accountId;
      if (accountId === undefined) return undefined;
      return { accountId, displayName: (await namesOf(deps, customer))(accountId).displayName, signIns };
    },
  };
}

function requireEngineer(actor: Actor): void {
  if (may(actor, 'drillBreakGlass')) return;
  const userMessage = `Starting a drill takes the role ${rolesFor('drillBreakGlass').join(' or ')}. Your engineer can grant it.`;
  throw new AppError('not_allowed', userMessage, { userMessage });
}

type Starting = { customer: Customer; by: Json; accountId: string };

async function startDrill(deps: EmergencyParts, tx: Tx, { customer, by, accountId }: Starting): Promise<DrillOutcome> {
  const id = accountId.toLowerCase();
  if (!customer.settings.declared.breakGlass.includes(id)) {
    const userMessage = `${accountId} is not declared as a break-glass account. Those that are stand in "mfa-rollout break-glass"; declare others in the customer file.`;
    throw new AppError('not_break_glass', userMessage, { userMessage });
  }
  await lockEmergency(tx);
  const at = new Date(deps.clock.now());
  const isOpen = (drill: Drill) => drill.signedInAt === null && Date.parse(drill.expiresAt) > at.getTime();
  const running = (await readDrills(tx)).find((drill) => drill.accountId === id && isOpen(drill));
  if (running !== undefined) return { outcome: 'already', drill: running };
  const drill: Drill = {
    ...{ id: (deps.newId ?? randomId)(), accountId: id, startedAt: at.toISOString() },
    expiresAt: new Date(at.getTime() + DRILL_HOURS * 3_600_000).toISOString(),
    ...{ signInId: null, signedInAt: null },
  };
  await insertDrill(tx, drill, by);
  const facts = { drill: drill.id, accountId: id, expiresAt: drill.expiresAt };
  await appendJournal(tx, { at, actor: by, event: 'breakGlass.drillStarted', facts });
  await refreshCards(tx, drill, at);
  return { outcome: 'started', drill };
}

/** Now that it runs, and when it ends: what the card says changes then too. */
async function refreshCards(tx: Tx, drill: Drill, at: Date): Promise<void> {
  const refresh = { kind: 'cards.refresh', payload: { subject: EMERGENCY_SUBJECT } };
  await enqueue(tx, { ...refresh, key: `cards.refresh:${EMERGENCY_SUBJECT}:${drill.id}`, dueAt: at });
  const end = new Date(Date.parse(drill.expiresAt) + 1_000);
  await enqueue(tx, { ...refresh, key: `cards.refresh:${EMERGENCY_SUBJECT}:${drill.id}:end`, dueAt: end });
}

async function statusOf(deps: EmergencyParts, customer: Customer): Promise<EmergencyStatus> {
  const { breakGlass, drillDays } = customer.settings.declared;
  const nowMs = deps.clock.now();
  const { drills, readings } = await deps.database.withCustomer(customer.id, async (tx) => ({
    drills: await readDrills(tx),
    readings: await readReadings(tx),
  }));
  const nameOf = await namesOf(deps, customer);
  const checks = await orNull(deps.syncs.exceptions(customer));
  const accounts = breakGlass.map((accountId) => ({
    ...{ accountId, ...nameOf(accountId) },
    ...standingOf(
      drills.filter((drill) => drill.accountId === accountId),
      { nowMs, drillDays },
    ),
    check: checks?.breakGlass.find((check) => check.accountId.toLowerCase() === accountId) ?? null,
  }));
  return { accounts, drillDays, readings };
}

async function namesOf({ syncs }: EmergencyParts, customer: Customer) {
  const users = (await orNull(syncs.stored(customer)))?.users ?? [];
  const byId = new Map(users.map((user) => [user.id.toLowerCase(), user]));
  return (accountId: string) => {
    const user = byId.get(accountId);
    return { displayName: user?.displayName ?? accountId, userPrincipalName: user?.userPrincipalName ?? null };
  };
}

/** Before the first sync the accounts are known by their ids alone. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AppError && error.code === 'snapshot_part_missing') return null;
    throw error;
  }
}
