import { appendJournal } from '../../../store/journal.ts';
import type { Tx } from '../../../store/transaction.ts';
import { saveManaged } from '../push/push.store.ts';
import type { FlipPlan } from './enforce.core.ts';
import { endFlip, saveEnforced } from './enforce.store.ts';
import { enqueueWithdraw } from './enforce-ask.ts';
import { asManaged, type FlipRun, type failureOf, ownEnforce } from './enforce-run.ts';
import { type EndingSessions, endSessions } from './enforce-sessions.ts';

type Enforced = { plan: FlipPlan; ending: EndingSessions };

/** Keeps that a phase is enforced, and ends the sessions of its people where that is wanted. */
export async function saveEnforcement(run: FlipRun, tx: Tx, { plan, ending }: Enforced): Promise<void> {
  const { deps, customer, row } = run;
  const at = new Date(deps.clock.now());
  if (!(await endFlip(tx, row.seq, { state: 'done', outcome: null, at }))) {
    // It was taken back while it was written: what stands now is not wanted.
    await enqueueWithdraw(tx, { rolloutId: row.rolloutId, phase: row.phase, why: null, actor: row.actor, at });
    return;
  }
  const own = await ownEnforce(tx);
  if (own !== undefined) await saveManaged(tx, asManaged(own, plan.json));
  await saveEnforced(tx, { ...row.phase, groupId: plan.groupId }, { seq: row.seq, at });
  const facts = { flip: row.seq, phase: row.phase.name, policyId: plan.policyId, groupId: plan.groupId };
  await appendJournal(tx, { at, actor: row.actor, event: 'phase.enforced', facts });
  await endSessions(run, tx, ending);
  const of = { customerId: customer.id, rolloutId: row.rolloutId };
  await deps.outcome(tx, { kind: 'enforced', phase: row.phase.name, at }, of);
}

type Failed = { failure: ReturnType<typeof failureOf>; maybeWritten: boolean };

/** Keeps that an enforcement was refused; what may have been written nevertheless is taken out again. */
export async function saveRefusal(run: FlipRun, tx: Tx, { failure, maybeWritten }: Failed): Promise<void> {
  const { deps, customer, row } = run;
  const at = new Date(deps.clock.now());
  const { code, message, rule, text } = failure;
  const isNews = await endFlip(tx, row.seq, { state: 'refused', outcome: { code, message }, at });
  // What may have come through nevertheless is taken out again, so that nobody is enforced by a refused step.
  if (maybeWritten) {
    await enqueueWithdraw(tx, { rolloutId: row.rolloutId, phase: row.phase, why: null, actor: row.actor, at });
  }
  if (!isNews) return;
  const facts = { flip: row.seq, phase: row.phase.name, code, rule };
  await appendJournal(tx, { at, actor: row.actor, event: 'phase.enforce.refused', facts });
  const told = { kind: 'refused', phase: row.phase.name, at, code, message: text } as const;
  await deps.outcome(tx, told, { customerId: customer.id, rolloutId: row.rolloutId });
}
