import type { Json } from '../../../lib/canonical-json.ts';
import { AppError, VendorRefusedError } from '../../../lib/errors.ts';
import { getPolicy } from '../../../services/graph/conditional-access-write.ts';
import { untilShown } from '../../../services/graph/eventually.ts';
import { appendJournal } from '../../../store/journal.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { RunningJob, Save } from '../../../work/job.ts';
import type { GraphObject } from '../graph-json.core.ts';
import type { ManagedObject } from '../managed-objects.core.ts';
import { readManaged, saveManaged } from '../push/push.store.ts';
import { type SwitchRow, standingSwitch } from '../security-defaults/security-defaults.store.ts';
import { bringBack, isQuiet } from '../security-defaults/security-defaults-back.ts';
import { plannedOf } from '../security-defaults/security-defaults-run.ts';
import { saveKept, saveTakenBack } from '../security-defaults/security-defaults-save.ts';
import { type EnforcedPhase, type FlipPlan, isSamePhase, planWithdraw } from './enforce.core.ts';
import { endFlip, forgetEnforced, noteFlip, noteTrouble, readEnforced, readOpenFlips } from './enforce.store.ts';
import { enqueueWithdraw } from './enforce-ask.ts';
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

/**
 * Takes a phase out of enforcement: reads, notes what stands, sends one change that takes out this phase alone, and reads
 * it back. Asks no gate, no person and no state of the rollout, and works on a policy that somebody else edited. It
 * resolves only when Graph shows the phase out; until then the queue tries it again.
 */
export async function runWithdraw(deps: EnforcementDeps, seq: number, job: RunningJob): Promise<Save | undefined> {
  const run = await beginRun(deps, seq, job);
  if (run === null) return undefined;
  try {
    return await withdraw(run, job);
  } catch (error) {
    if (error instanceof VendorRefusedError) await noteRefused(run, error);
    throw error;
  }
}

async function withdraw(run: FlipRun, job: RunningJob): Promise<Save> {
  const wanted = await wantedNow(run);
  if (run.row.why === null && wanted.isWantedAgain) return (tx) => endSilently(run, tx);
  if (wanted.standing !== null) return takeSwitchBack(run, wanted.standing, job);
  await takeOut(run, wanted);
  return (tx) => saveWithdrawal(run, tx, wanted);
}

/** It is tried again until it goes through: why it does not yet is told once, for whoever can mend it. */
async function noteRefused({ deps, customer, row }: FlipRun, { call, sentence }: VendorRefusedError): Promise<void> {
  const code = call.status === 403 ? 'permission_missing' : 'vendor_refused';
  const message = `${sentence} ${AGAIN}`;
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customer.id, async (tx) => {
    if (!(await noteTrouble(tx, row.seq, { code, message }, at))) return;
    const facts = { flip: row.seq, phase: row.phase.name, code, why: message };
    await appendJournal(tx, { at, actor: row.actor, event: 'phase.withdraw.delayed', facts });
  });
}

const AGAIN = 'It is tried again by itself, at least every quarter of an hour.';

type Wanted = {
  owned: ManagedObject[];
  enforced: EnforcedPhase[];
  own: ManagedObject | undefined;
  /** The switch of Security Defaults that the phase was enforced with. */
  standing: SwitchRow | null;
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
    const standing = await standingSwitch(tx, row.phase);
    return { owned: await readManaged(tx), enforced, own: await ownEnforce(tx), standing, isWantedAgain };
  });
}

async function readLive({ reader, options }: FlipRun, own: ManagedObject | undefined): Promise<GraphObject | null> {
  // A policy that is gone enforces nobody.
  return own === undefined ? null : ((await getPolicy(reader, own.objectId, options)) as GraphObject | null);
}

function planOver({ row }: FlipRun, live: GraphObject | null, { owned, enforced }: Wanted): FlipPlan | null {
  // A policy that only reports enforces nobody, and stays as it was pushed.
  return live === null || isQuiet(live) ? null : planWithdraw({ live, owned, enforced, phase: row.phase });
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

/**
 * The reverse of a switch: Security Defaults come back, the policies go back to how they stood, and every phase of the
 * switch is out. It never gives up: what a last attempt could not do is asked for anew.
 */
async function takeSwitchBack(run: FlipRun, standing: SwitchRow, job: RunningJob): Promise<Save> {
  const { deps, customer, row } = run;
  const at = new Date(deps.clock.now());
  const json = standing.before;
  const noted = { policyId: plannedOf(standing).policyId, groupId: null, isFirst: false, json };
  await deps.database.withCustomer(customer.id, async (tx) => {
    await requireTurn(tx, run);
    await noteFlip(tx, row.seq, { plan: noted, before: { policy: standing.planned }, at });
    if (row.plan !== null) return;
    const told = { flip: row.seq, phase: row.phase.name, policyId: noted.policyId, securityDefaults: 'on' };
    await appendJournal(tx, { at, actor: row.actor, event: 'phase.withdraw.begun', facts: told });
  });
  deps.stopPoint('withdraw.noted');
  try {
    const went = await bringBack(run, standing);
    return (tx) => (went.end === 'kept' ? saveKept(run, tx, went) : saveTakenBack(run, tx, went.row));
  } catch (error) {
    if (!(error instanceof AppError) || !job.isLastAttempt || deps.signal.aborted) throw error;
    const { code, sentence: message } = error;
    return (tx) => askAnew(run, tx, { code, message });
  }
}

const AGAIN_MS = 60_000;

async function askAnew({ deps, row }: FlipRun, tx: Tx, outcome: { code: string; message: string }): Promise<void> {
  const at = new Date(deps.clock.now());
  await endFlip(tx, row.seq, { state: 'refused', outcome, at });
  const { rolloutId, phase, actor, why } = row;
  await enqueueWithdraw(tx, { rolloutId, phase, actor, why, at: new Date(at.getTime() + AGAIN_MS) });
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

async function endSilently({ deps, row }: FlipRun, tx: Tx): Promise<void> {
  await endFlip(tx, row.seq, { state: 'cancelled', outcome: null, at: new Date(deps.clock.now()) });
}

async function saveWithdrawal(run: FlipRun, tx: Tx, wanted: Wanted): Promise<void> {
  const { own, owned } = wanted;
  const { deps, customer, row } = run;
  const at = new Date(deps.clock.now());
  if (!(await endFlip(tx, row.seq, { state: 'done', outcome: null, at }))) return;
  // What we own is what we wrote without this phase: an edit by somebody else stays visible as one.
  const live = writtenEnforce(owned);
  const plan = planOver(run, live ?? null, wanted);
  if (own !== undefined && plan !== null) await saveManaged(tx, asManaged(own, plan.json));
  await forgetEnforced(tx, row.phase);
  const facts = { flip: row.seq, phase: row.phase.name, why: row.why };
  await appendJournal(tx, { at, actor: row.actor, event: 'phase.withdrawn', facts });
  if (row.why === null) return;
  const told = { kind: 'withdrawn', phase: row.phase.name, at, why: row.why } as const;
  await deps.outcome(tx, told, { customerId: customer.id, rolloutId: row.rolloutId });
}
