import { z } from 'zod';
import { deletePass } from '../../services/graph/access-passes.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { defineJob, type JobKinds } from '../../work/job.ts';
import type { Recurring } from '../../work/schedule.ts';
import { type Actor, journalActor, may } from '../access/access.core.ts';
import type { Customer } from '../customers/customers.ts';
import { changePass, readHolders, readPasses, readPassesOf } from './access-pass.store.ts';
import { passRefusal } from './access-pass-texts.core.ts';
import type { IssuedPass, IssueOutcome, PassAsk, PassRequest, WithdrawOutcome } from './access-pass-types.core.ts';
import { issuePass } from './issue-pass.ts';
import { type AccessPassDeps, passSubject } from './pass-deps.ts';
import { openRequests } from './pass-requests.ts';
import { runWatch } from './watch-passes.ts';

/** How often passes are looked at: used, expired, lost, and methods registered with them. */
export const PASSES_SCHEDULE: Recurring = { kind: 'access-passes.watch', everySeconds: 5 * 60 };

export type AccessPasses = {
  kinds: JobKinds;
  /** Every pass that was issued or tried, the latest first, for lists and the report: who, to whom, proof, use. */
  list(customerId: string): Promise<IssuedPass[]>;
  /** Who asked for a pass and was not answered yet, by the person it is for. */
  requests(customer: Customer): Promise<ReadonlyMap<string, readonly PassRequest[]>>;
  /**
   * Issues a one-time pass after proof of identity. Its secret stands in this answer alone; every refusal names its code:
   * see `judgeAsk` and `judgeRead`. Throws vendor errors of what could not be read, before anything was written.
   */
  issue(customer: Customer, actor: Actor, ask: PassAsk): Promise<IssueOutcome>;
  /** Deletes the person's live pass of ours, so that a new one may be issued. Refuses with `pass_none_live`. */
  withdraw(customer: Customer, actor: Actor, accountId: string): Promise<WithdrawOutcome>;
};

/**
 * Accounts with an issued pass that can be used at this moment: for a gate, they have a route to register a method
 * (safety rule S10).
 */
export async function hasRoute(tx: Tx, at: Date): Promise<ReadonlySet<string>> {
  return new Set(await readHolders(tx, at));
}

/** Creates the issuing and keeping of Temporary Access Passes. */
export function createAccessPasses(deps: AccessPassDeps): AccessPasses {
  return {
    kinds: {
      'access-passes.watch': defineJob({ payload: z.strictObject({}), handle: (_none, job) => runWatch(deps, job) }),
    },
    list: (customerId) => deps.database.withCustomer(customerId, readPasses),
    requests: (customer) => openRequests(deps, customer),
    issue: (customer, actor, ask) => issuePass(deps, { customer, actor, ask }),
    withdraw: (customer, actor, accountId) => withdraw(deps, { customer, actor, accountId: accountId.toLowerCase() }),
  };
}

async function withdraw(
  deps: AccessPassDeps,
  { customer, actor, accountId }: { customer: Customer; actor: Actor; accountId: string },
): Promise<WithdrawOutcome> {
  if (actor.customerId !== customer.id || !may(actor, 'issuePass'))
    return { outcome: 'refused', ...passRefusal('pass_not_your_part') };
  const own = await deps.database.withCustomer(customer.id, (tx) => readPassesOf(tx, accountId));
  const live = own.find(({ state }) => state === 'issued');
  if (live?.passId == null) return { outcome: 'refused', ...passRefusal('pass_none_live') };
  const { writer } = await deps.customers.connections(customer);
  if (writer === null) return { outcome: 'refused', ...passRefusal('pass_no_writer') };
  // The role may have been taken away while the card was open.
  if (!may(await deps.access.actorOf(actor.identity, customer.id), 'issuePass'))
    return { outcome: 'refused', ...passRefusal('pass_not_your_part') };
  await deletePass(writer, { userId: accountId, passId: live.passId }, { signal: deps.signal });
  deps.stopPoint('access-pass.withdrawing');
  const at = new Date(deps.clock.now());
  const change = { state: 'withdrawn', endedAt: at.toISOString() } as const;
  await deps.database.withCustomer(customer.id, async (tx) => {
    if (!(await changePass(tx, live, change))) return;
    const facts = { id: live.id, accountId };
    await appendJournal(tx, { at, actor: journalActor(actor), event: 'accessPass.withdrawn', facts });
    const subject = passSubject(accountId);
    const key = `cards.refresh:${subject}:withdrawn:${live.id}`;
    await enqueue(tx, { kind: 'cards.refresh', key, payload: { subject }, dueAt: at });
  });
  return { outcome: 'withdrawn', pass: { ...live, ...change } };
}
