import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { getPolicy } from '../../services/graph/conditional-access-write.ts';
import { untilShown } from '../../services/graph/eventually.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import { type EnforcedPhase, type FlipPlan, isSamePhase, planWithdraw } from './enforce.core.ts';
import { endFlip, forgetEnforced, noteFlip, readEnforced, readOpenFlips } from './enforce.store.ts';
import { writtenEnforce } from './enforce-facts.ts';
import {
  asManaged,
  beginRun,
  type EnforcementDeps,
  type FlipRun,
  ownEnforce,
  requireTurn,
  sendChange,
} from './enforce-run.ts';
import type { GraphObject } from './graph-json.core.ts';
import type { ManagedObject } from './managed-objects.core.ts';
import { readManaged, saveManaged } from './push.store.ts';

/**
 * Takes a phase out of enforcement: reads, notes what stands, sends one change that takes out this phase alone, and reads
 * it back. Asks no gate, no person and no state of the rollout, and works on a policy that somebody else edited. It
 * resolves only when Graph shows the phase out; until then the queue tries it again.
 */
export async function runWithdraw(deps: EnforcementDeps, seq: number, job: RunningJob): Promise<Save | undefined> {
  const run = await beginRun(deps, seq, job);
  if (run === null) return undefined;
  const wanted = await wantedNow(run);
  if (run.row.why === null && wanted.isWantedAgain) return (tx) => endSilently(run, tx);
  await takeOut(run, wanted);
  return (tx) => saveWithdrawal(run, tx, wanted);
}

type Wanted = {
  owned: ManagedObject[];
  enforced: EnforcedPhase[];
  own: ManagedObject | undefined;
  /** Somebody enforced the phase on purpose since, or is about to. */
  isWantedAgain: boolean;
};

async function wantedNow({ deps, customer, row }: FlipRun): Promise<Wanted> {
  return deps.database.withCustomer(customer.id, async (tx) => {
    const enforced = await readEnforced(tx);
    const isLater = (await readOpenFlips(tx)).some(
      (flip) => flip.kind === 'enforce' && flip.seq > row.seq && isSamePhase(flip.phase, row.phase),
    );
    const isWantedAgain = isLater || enforced.some((one) => isSamePhase(one, row.phase));
    return { owned: await readManaged(tx), enforced, own: await ownEnforce(tx), isWantedAgain };
  });
}

async function readLive({ reader, options }: FlipRun, own: ManagedObject | undefined): Promise<GraphObject | null> {
  // A policy that is gone enforces nobody.
  return own === undefined ? null : ((await getPolicy(reader, own.objectId, options)) as GraphObject | null);
}

function planOver({ row }: FlipRun, live: GraphObject | null, { owned, enforced }: Wanted): FlipPlan | null {
  return live === null ? null : planWithdraw({ live, owned, enforced, phase: row.phase });
}

async function takeOut(run: FlipRun, wanted: Wanted): Promise<void> {
  const { deps, customer, row, options } = run;
  const before = await readLive(run, wanted.own);
  const plan = planOver(run, before, wanted);
  if (plan === null) return;
  const at = new Date(deps.clock.now());
  const { policyId, groupId, isFirst, json } = plan;
  const noted = { plan: { policyId, groupId, isFirst, json: asJson(json) }, before: { policy: asJson(before) }, at };
  await deps.database.withCustomer(customer.id, async (tx) => {
    await requireTurn(tx, run);
    await noteFlip(tx, row.seq, noted);
    if (row.plan !== null) return;
    const told = { flip: row.seq, phase: row.phase.name, policyId, groupId };
    await appendJournal(tx, { at, actor: row.actor, event: 'phase.withdraw.begun', facts: told });
  });
  deps.stopPoint('withdraw.noted');
  // Since the first look another change may have had its turn, and conditions are sent whole.
  const fresh = planOver(run, await readLive(run, wanted.own), wanted);
  if (fresh !== null) await sendChange(run, fresh);
  deps.stopPoint('withdraw.written');
  const gone = async () => (planOver(run, await readLive(run, wanted.own), wanted) === null ? true : null);
  if ((await untilShown(deps.clock, gone, options.signal)) !== null) return;
  throw new AppError('read_back_late', 'Graph still shows the phase in the enforcing policy after it was taken out');
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

async function endSilently({ deps, row }: FlipRun, tx: Tx): Promise<void> {
  await endFlip(tx, row.seq, { state: 'cancelled', outcome: null, at: new Date(deps.clock.now()) });
}

async function saveWithdrawal(run: FlipRun, tx: Tx, { own, owned, enforced }: Wanted): Promise<void> {
  const { deps, customer, row } = run;
  const at = new Date(deps.clock.now());
  if (!(await endFlip(tx, row.seq, { state: 'done', outcome: null, at }))) return;
  // What we own is what we wrote without this phase: an edit by somebody else stays visible as one.
  const live = writtenEnforce(owned);
  const plan = live === undefined ? null : planWithdraw({ live, owned, enforced, phase: row.phase });
  if (own !== undefined && plan !== null) await saveManaged(tx, asManaged(own, plan.json));
  await forgetEnforced(tx, row.phase);
  const facts = { flip: row.seq, phase: row.phase.name, why: row.why };
  await appendJournal(tx, { at, actor: row.actor, event: 'phase.withdrawn', facts });
  if (row.why === null) return;
  const told = { kind: 'withdrawn', phase: row.phase.name, at, why: row.why } as const;
  await deps.outcome(tx, told, { customerId: customer.id, rolloutId: row.rolloutId });
}
