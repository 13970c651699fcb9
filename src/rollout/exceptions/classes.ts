import type { Clock } from '../../lib/clock.ts';
import { dayOf } from '../../lib/local-time.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { type Actor, journalActor, may } from '../access/access.core.ts';
import type { Access } from '../access/access.ts';
import type { Customer } from '../customers/customers.ts';
import type { GateSource } from '../phases/phase-ports.ts';
import {
  type ClassRefusal,
  type ClassView,
  classGates,
  classViews,
  type GivenDecision,
  judgeClass,
} from './classes.core.ts';
import { insertClassDecision, lockClasses, readClassDecisions } from './classes.store.ts';
import type { ClassDecision, ExceptionTable } from './exception-types.core.ts';

export type ClassOutcome =
  | { outcome: 'recorded' | 'already'; decision: ClassDecision }
  | { outcome: 'stale'; currentDigest: string }
  | ClassRefusal;

export type ClassDecisions = {
  /** Guests, rooms and devices with who is in each and what was decided. Refuses with `snapshot_part_missing`. */
  list(customer: Customer): Promise<ClassView[]>;
  /**
   * Decides a class as a whole, for those who come later too. The right is asked for again in the deciding transaction;
   * a class that changed since it was shown is `stale`.
   */
  decide(customer: Customer, actor: Actor, given: GivenDecision): Promise<ClassOutcome>;
  /** Keeps the phase for everyone else closed until every class with members is decided. */
  gate: GateSource;
};

export type ClassDeps = {
  database: Database;
  clock: Clock;
  stopPoint: StopPoint;
  access: Pick<Access, 'actorOf'>;
  exceptions(customer: Customer): Promise<ExceptionTable>;
  /** Hears of a decision in the transaction that keeps it: its members come into their group, or out of it. */
  onDecided(tx: Tx, decision: { cause: string; at: Date }): Promise<unknown>;
};

/** Creates the deciding of whole classes. */
export function createClassDecisions(deps: ClassDeps): ClassDecisions {
  return {
    list: (customer) => list(deps, customer),
    decide: (customer, actor, given) => decide(deps, { customer, actor, given }),
    gate: async ({ customer, phase }) => (phase.everyoneElse ? classGates(await list(deps, customer)) : []),
  };
}

async function list(deps: ClassDeps, customer: Customer): Promise<ClassView[]> {
  const { classes } = await deps.exceptions(customer);
  const decisions = await deps.database.withCustomer(customer.id, readClassDecisions);
  return classViews(classes, decisions, dayOf(new Date(deps.clock.now()), customer.settings.timeZone));
}

type Deciding = { customer: Customer; actor: Actor; given: GivenDecision };

function decide(deps: ClassDeps, { customer, actor, given }: Deciding): Promise<ClassOutcome> {
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockClasses(tx);
    // The role may have been taken away while the page was open.
    const now = await deps.access.actorOf(actor.identity, customer.id);
    if (!may(now, 'decideClasses')) return NOT_YOURS;
    const at = new Date(deps.clock.now());
    const view = (await list(deps, customer)).find((one) => one.class === given.class);
    if (view === undefined) return NOT_YOURS;
    const judged = judgeClass(given, view, dayOf(at, customer.settings.timeZone));
    if (judged.outcome !== 'record') return judged;
    const decision: ClassDecision = {
      ...{ class: given.class, verdict: given.verdict, reason: judged.reason, reviewAt: judged.reviewAt },
      ...{ digest: view.digest, count: view.count, by: actor.identity, at: at.toISOString() },
      displayName: now.displayName ?? actor.displayName,
    };
    await insertClassDecision(tx, decision);
    const { by: _by, displayName: _name, at: _at, ...facts } = decision;
    await appendJournal(tx, { at, actor: journalActor(actor), event: 'exceptions.classDecided', facts });
    const cause = `class-${given.class}-${at.getTime()}`;
    for (const subject of ['exceptions', 'policyDraft']) {
      const key = `cards.refresh:${subject}:${cause}`;
      await enqueue(tx, { kind: 'cards.refresh', key, payload: { subject }, dueAt: at });
    }
    await deps.onDecided(tx, { cause, at });
    deps.stopPoint('exceptions.classDeciding');
    return { outcome: 'recorded', decision };
  });
}

const NOT_YOURS: ClassRefusal = {
  outcome: 'refused',
  code: 'not_your_decision',
  message: {
    en: 'Only somebody with the role approver decides this. Your engineer can grant it.',
    de: 'Das entscheidet nur, wer die Rolle der Freigabe hat. Ihr Techniker kann sie vergeben.',
  },
};
