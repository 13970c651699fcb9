import { and, desc, eq, gte } from 'drizzle-orm';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import type { Database, Tx } from '../../store/database.ts';
import { enqueue } from '../../store/outbox.ts';
import { journal } from '../../store/schema.ts';
import { phaseSubject } from '../conversations/phase-cards.ts';
import type { Customer } from '../customers/customers.ts';
import type { Phase, PhasePerson, Procedure, Rollout, Sentence } from './phase-types.core.ts';

/** How far an enforced phase is from being taken out of enforcement (safety rule S12). */
export type LineState = {
  /** People of the phase with a sign-in since it was enforced. */
  seen: number;
  failing: number;
  /** With so many of those seen the phase is taken out. */
  limit: number;
  over: boolean;
  /** Whether the logs say enough; where they do not, the phase is watched by nobody and `why` says why. */
  known: boolean;
  why: Sentence;
  /** Until when the phase stands under the line, and for how many days in all. */
  until: string;
  days: number;
};

/** Sessions that were to end with the enforcement and were left, since they are more than the customer's rail allows. */
export type HeldSessions = { people: number; accountsMax: number };

/** What is still to be watched about a phase once it is enforced. */
export type AfterEnforcement = { line: LineState | null; heldSessions: HeldSessions | null };

export type AfterEnforcementAsk = {
  customer: Customer;
  rollout: Pick<Rollout, 'procedure'>;
  phase: Phase;
  /** The people of the phase. */
  people: readonly PhasePerson[];
};

export type AfterEnforcementDeps = {
  database: Pick<Database, 'withCustomer'>;
  clock: Clock;
  judgeStopLine: LineJudge;
};

type LineJudge = (question: {
  customerId: string;
  phase: Phase;
  people: readonly PhasePerson[];
  stopLine: Procedure['stopLine'];
  now: Date;
}) => Promise<{ seen: number; failing: readonly string[]; over: boolean; known: boolean; why: Sentence }>;

/**
 * How long after its enforcement a phase stands under the stop line (safety rule S12): later failures are people's own
 * trouble, and adding them up over months would take MFA from a whole department.
 */
const STOP_LINE_DAYS = 3;
export const STOP_LINE_MS = STOP_LINE_DAYS * 24 * 60 * 60 * 1000;

const PERCENT = 100;

/** The stop line of a phase as it stands; null while it is not under it. Calls no vendor. */
export async function lineOf(
  judge: LineJudge,
  { customer, rollout, phase, people, now }: AfterEnforcementAsk & { now: Date },
): Promise<LineState | null> {
  if (phase.state !== 'enforced' || phase.enforcedAt === null) return null;
  const untilMs = Date.parse(phase.enforcedAt) + STOP_LINE_MS;
  if (now.getTime() > untilMs) return null;
  const { stopLine } = rollout.procedure;
  const { seen, failing, over, known, why } = await judge({ customerId: customer.id, phase, people, stopLine, now });
  const byShare = Math.floor((stopLine.percent * seen) / PERCENT) + 1;
  const limit = Math.min(stopLine.people, byShare);
  const until = new Date(untilMs).toISOString();
  return { seen, failing: failing.length, limit, over, known, why, until, days: STOP_LINE_DAYS };
}

/** Creates the look at what is to be watched after an enforcement. It calls no vendor and writes nothing. */
export function createAfterEnforcement({ database, clock, judgeStopLine }: AfterEnforcementDeps) {
  return async (ask: AfterEnforcementAsk): Promise<AfterEnforcement> => {
    const { phase, customer } = ask;
    if (phase.state !== 'enforced' || phase.enforcedAt === null) return { line: null, heldSessions: null };
    const since = new Date(phase.enforcedAt);
    return {
      line: await lineOf(judgeStopLine, { ...ask, now: new Date(clock.now()) }),
      heldSessions: await database.withCustomer(customer.id, (tx) => heldSessions(tx, { customer, phase, since })),
    };
  };
}

const heldFacts = z.looseObject({ phases: z.array(z.string()), people: z.number(), accountsMax: z.number() });
/** The entry of the enforcement is written by the same save as the one about its sessions. */
const SAME_SAVE_MS = 60 * 60_000;

async function heldSessions(
  tx: Tx,
  { customer, phase, since }: { customer: Customer; phase: Phase; since: Date },
): Promise<HeldSessions | null> {
  const rows = await tx
    .select({ facts: journal.facts })
    .from(journal)
    .where(
      and(
        eq(journal.customerId, customer.id),
        eq(journal.event, 'sessions.held'),
        gte(journal.at, new Date(since.getTime() - SAME_SAVE_MS)),
      ),
    )
    .orderBy(desc(journal.seq));
  for (const { facts } of rows) {
    const held = heldFacts.safeParse(facts).data;
    if (held?.phases.includes(phase.name) !== true) continue;
    return { people: held.people, accountsMax: held.accountsMax };
  }
  return null;
}

/**
 * Brings the cards of a phase under the stop line up to date: at the first look of each day (UTC), and at the first one
 * of it at which the logs do not say enough. A card that would say the same is left as it is.
 */
export async function refreshLine(
  tx: Tx,
  { name, isWatched, now }: { name: string; isWatched: boolean; now: Date },
): Promise<void> {
  const subject = phaseSubject(name);
  const key = `cards.refresh:${subject}:line-${isWatched ? 'watched' : 'blind'}-${now.toISOString().slice(0, 10)}`;
  await enqueue(tx, { kind: 'cards.refresh', key, payload: { subject }, dueAt: now });
}
