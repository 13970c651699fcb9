import type { Json } from '../../../lib/canonical-json.ts';
import { appendJournal } from '../../../store/journal.ts';
import type { Tx } from '../../../store/transaction.ts';
import { type EnforcedPhase, type FlipPhase, isSamePhase } from '../enforce/enforce.core.ts';
import { endFlip, forgetEnforced, readEnforced, saveEnforced } from '../enforce/enforce.store.ts';
import { asManaged, type FlipRun, type failureOf, ownEnforce } from '../enforce/enforce-run.ts';
import { type EndingSessions, endSessions } from '../enforce/enforce-sessions.ts';
import type { GraphObject } from '../graph-json.core.ts';
import { saveManaged } from '../push/push.store.ts';
import { microsoftPolicies } from './security-defaults.core.ts';
import { type SwitchRow, saveSwitch } from './security-defaults.store.ts';
import { SWITCH_TEXTS } from './security-defaults-texts.core.ts';

/** Keeps the end of a switch that came through: every phase of it is enforced in this transaction. */
export async function saveSwitched(
  run: FlipRun,
  tx: Tx,
  { row, policies, ending }: { row: SwitchRow; policies: readonly GraphObject[]; ending: EndingSessions },
): Promise<void> {
  const { deps, customer, row: flip } = run;
  const at = new Date(deps.clock.now());
  if (!(await endFlip(tx, flip.seq, { state: 'done', outcome: null, at }))) return;
  await saveSwitch(tx, { ...row, state: 'switched' }, at);
  const own = await ownEnforce(tx);
  if (own !== undefined) await saveManaged(tx, asManaged(own, row.planned as unknown as GraphObject));
  const phases: EnforcedPhase[] = [{ ...flip.phase, groupId: null }, ...row.phases];
  for (const phase of phases) await saveEnforced(tx, phase, { seq: flip.seq, at });
  const facts = {
    ...{ flip: flip.seq, phase: flip.phase.name, phases: row.phases.map(({ name }) => name), times: toldTimes(row) },
    ...{ apiGapMs: row.times.apiGapMs ?? null, propagation: 'unknown' },
    // They may have appeared by themselves, and are known from here on.
    microsoftManaged: microsoftPolicies(policies),
  };
  await appendJournal(tx, { at, actor: flip.actor, event: 'security_defaults.switched_off', facts });
  const enforced = { flip: flip.seq, phase: flip.phase.name, policyId: own?.objectId ?? null, groupId: null };
  await appendJournal(tx, { at, actor: flip.actor, event: 'phase.enforced', facts: enforced });
  await endSessions(run, tx, ending);
  const of = { customerId: customer.id, rolloutId: flip.rolloutId };
  await deps.outcome(tx, { kind: 'enforced', phase: flip.phase.name, at }, of);
  for (const { name } of row.phases) {
    await deps.outcome(tx, { kind: 'enforced', phase: name, at, together: true }, of);
  }
  await deps.defaultsSwitched?.(tx, { customerId: customer.id, flip: flip.seq, at, actor: flip.actor });
}

/** Keeps the end of a switch that went back: nobody was enforced, and the phase says why. */
export async function saveReturned(
  run: FlipRun,
  tx: Tx,
  { row, failure }: { row: SwitchRow; failure: ReturnType<typeof failureOf> },
): Promise<void> {
  const { deps, customer, row: flip } = run;
  const at = new Date(deps.clock.now());
  const { code, message, rule, text } = failure;
  if (!(await endFlip(tx, flip.seq, { state: 'refused', outcome: { code, message }, at }))) return;
  await saveSwitch(tx, row, at);
  const facts = { flip: flip.seq, phase: flip.phase.name, code, rule, times: toldTimes(row) };
  await appendJournal(tx, { at, actor: flip.actor, event: 'security_defaults.returned', facts });
  await appendJournal(tx, { at, actor: flip.actor, event: 'phase.enforce.refused', facts });
  const told = { kind: 'refused', phase: flip.phase.name, at, code, message: text } as const;
  await deps.outcome(tx, told, { customerId: customer.id, rolloutId: flip.rolloutId });
}

/** Keeps the end of a way back that somebody wanted: Security Defaults are on, and no phase of the switch is enforced. */
export async function saveTakenBack(run: FlipRun, tx: Tx, row: SwitchRow): Promise<void> {
  const { deps, customer, row: flip } = run;
  const at = new Date(deps.clock.now());
  if (!(await endFlip(tx, flip.seq, { state: 'done', outcome: null, at }))) return;
  await saveSwitch(tx, row, at);
  const own = await ownEnforce(tx);
  if (own !== undefined) await saveManaged(tx, asManaged(own, row.before as unknown as GraphObject));
  const everyone = await everyoneOf(tx, flip.phase);
  for (const phase of [...row.phases, ...everyone]) await forgetEnforced(tx, phase);
  const facts = { flip: flip.seq, phase: flip.phase.name, why: flip.why, times: toldTimes(row) };
  await appendJournal(tx, { at, actor: flip.actor, event: 'security_defaults.switched_on', facts });
  await appendJournal(tx, { at, actor: flip.actor, event: 'phase.withdrawn', facts });
  await deps.defaultsSwitched?.(tx, { customerId: customer.id, flip: flip.seq, at, actor: flip.actor });
  if (flip.why === null) return;
  const of = { customerId: customer.id, rolloutId: flip.rolloutId };
  for (const phase of everyone) {
    await deps.outcome(tx, { kind: 'withdrawn', phase: phase.name, at, why: flip.why }, of);
  }
  for (const phase of row.phases) {
    if (isSamePhase(phase, flip.phase)) {
      await deps.outcome(tx, { kind: 'withdrawn', phase: phase.name, at, why: flip.why }, of);
    } else {
      await deps.outcome(tx, { kind: 'returned', phase: phase.name, at }, of);
    }
  }
}

/** The last phase of the rollout that the switch belongs to, whichever of its phases was taken back. */
async function everyoneOf(tx: Tx, phase: FlipPhase): Promise<EnforcedPhase[]> {
  const enforced = (await readEnforced(tx)).filter(({ everyoneElse }) => everyoneElse);
  return enforced.length === 0 && phase.everyoneElse ? [{ ...phase, groupId: null }] : enforced;
}

/** Keeps that a phase stays enforced, since nobody would be protected without it, and says so. */
export async function saveKept(
  run: FlipRun,
  tx: Tx,
  { row, foreign }: { row: SwitchRow; foreign: readonly string[] },
): Promise<void> {
  const { deps, customer, row: flip } = run;
  const at = new Date(deps.clock.now());
  const text = SWITCH_TEXTS.kept(foreign);
  const outcome = { code: KEPT, message: text.en };
  if (!(await endFlip(tx, flip.seq, { state: 'refused', outcome, at }))) return;
  await saveSwitch(tx, row, at);
  const facts = { flip: flip.seq, phase: flip.phase.name, code: KEPT, foreign: [...foreign] };
  await appendJournal(tx, { at, actor: flip.actor, event: 'phase.withdraw.kept', facts });
  const told = { kind: 'kept', phase: flip.phase.name, at, code: KEPT, message: text } as const;
  await deps.outcome(tx, told, { customerId: customer.id, rolloutId: flip.rolloutId });
}

/** Security Defaults cannot be switched on again, so that the enforcing policy stays. */
export const KEPT = 'security_defaults_not_switchable';

function toldTimes({ times }: SwitchRow): Json {
  return JSON.parse(JSON.stringify(times)) as Json;
}
