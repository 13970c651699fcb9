import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import { awaitEffect } from '../../work/await-effect.ts';
import { defineJob, type JobKinds } from '../../work/job.ts';
import type { Recurring } from '../../work/schedule.ts';
import { type Actor, may } from '../access/access.core.ts';
import { type MayDecide, mayDecide } from '../approvals/sign-off.ts';
import type { Customer } from '../customers/customers.ts';
import { inTurn } from '../policy/writing-turn.ts';
import { storedOrNull } from './cover-world.ts';
import { countOpen, type DriftRow, readDrift, readFinding, readWatch } from './drift.store.ts';
import { type DriftOutcome, type DriftPress, decideDrift, remedyFacts } from './drift-decide.ts';
import type { DriftDeps } from './drift-deps.ts';
import type { DriftFinding, DriftVerdict } from './drift-types.core.ts';
import { pollDrift } from './poll.ts';
import { acceptOffer, type Offer, restoreOffer } from './remedy.core.ts';
import { restoreBusy, runRestore } from './restore.ts';
import type { TwoPeople } from './two-people.core.ts';
import { twoPeopleFor } from './two-people.ts';

export type { DriftOutcome, DriftPress } from './drift-decide.ts';

/** How often every customer's tenant is looked at. */
export const DRIFT_SCHEDULE: Recurring = { kind: 'drift.poll', everySeconds: 5 * 60 };

/** A finding with what may be done about it, and who has approved what takes two people. */
export type DriftView = DriftFinding & {
  offers: Record<DriftVerdict, Offer>;
  two: Record<DriftVerdict, TwoPeople | null>;
};

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
  /** Whether this person may give one of the two approvals, where it takes two. */
  mayApprove: MayDecide;
};

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
   * stands against. Needs `decideDrift`; what costs people their cover, and the end of Security Defaults, needs two
   * different people with `approveDrift`, one of each side, of whom the last one decides.
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
        handle: ({ id }, job) =>
          inTurn(deps, job, {
            work: () => runRestore(deps, id, job),
            busy: () => restoreBusy(deps, id, job),
          }),
      }),
    },
    list: (customer, actor) => listDrift(deps, customer, actor),
    find: async (customer, id) => {
      return database.withCustomer(customer.id, async (tx) => {
        const row = await readFinding(tx, id);
        return row === null ? null : ((await viewsOf(deps, tx, { customer, rows: [row] }))[0] ?? null);
      });
    },
    open: (customerId) => database.withCustomer(customerId, countOpen),
    decide: (customer, actor, press) =>
      database.withCustomer(customer.id, (tx) => decideDrift(deps, tx, { customer, pressed: actor, press })),
    settled: (customer, key) => awaitEffect(database, { customerId: customer.id, key }, deps.signal),
  };
}

async function listDrift(deps: DriftDeps, customer: Customer, actor: Actor): Promise<DriftList> {
  const { findings, watch } = await deps.database.withCustomer(customer.id, async (tx) => ({
    findings: await viewsOf(deps, tx, { customer, rows: await readDrift(tx) }),
    watch: await readWatch(tx),
  }));
  return {
    findings,
    lookedAt: watch?.lookedAt.toISOString() ?? null,
    unread: watch?.unread ?? [],
    names: may(actor, 'seeDrift') && findings.length > 0 ? await namesIn(deps, customer) : new Map(),
    mayDecide: mayDecide(actor, 'decideDrift'),
    mayApprove: mayDecide(actor, 'approveDrift'),
  };
}

async function namesIn(deps: DriftDeps, customer: Customer): Promise<Map<string, string>> {
  const stored = await storedOrNull(deps, customer);
  return new Map((stored?.users ?? []).map((user) => [user.id.toLowerCase(), user.displayName ?? user.id]));
}

type Viewing = { customer: Customer; rows: readonly DriftRow[] };

async function viewsOf(deps: DriftDeps, tx: Tx, { customer, rows }: Viewing): Promise<DriftView[]> {
  const facts = await remedyFacts(deps, tx, { customer, rows });
  const views: DriftView[] = [];
  for (const row of rows) {
    const offers = { restore: restoreOffer(row, facts), accept: acceptOffer(row, facts) };
    const two = await twoPeopleFor(deps, tx, { customerId: customer.id, row, offers });
    const { live: _live, progress: _progress, ...finding } = row;
    views.push({ ...finding, offers, two });
  }
  return views;
}
