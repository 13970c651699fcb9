import type { Json } from '../../lib/canonical-json.ts';
import { shortDigest } from '../../lib/digest.ts';
import { AppError } from '../../lib/errors.ts';
import type { Tx } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { type Actor, journalActor, type Right } from '../access/access.core.ts';
import type { Customer } from '../customers/customers.ts';
import { isWaiting, WAITS_FOR_SWITCH } from '../phases/phase-life.core.ts';
import type { Phase, PhaseState, Rollout, Sentence } from '../phases/phase-types.core.ts';
import {
  approvalsSince,
  isSamePerson,
  missingSides,
  type PhaseDecision,
  type PhaseVerdict,
  sidesOf,
} from './phase-approval.core.ts';
import { insertPhaseDecision, lockPhaseDecisions, type PhaseRef, readPhaseDecisions } from './phase-approval.store.ts';
import { foundPhase, reviewPhase, standingNow } from './phase-approval-review.ts';
import { DECISION_TEXTS, joined } from './phase-approval-texts.core.ts';
import type {
  PhaseApprovalDeps,
  PhaseApprovals,
  PhaseDecided,
  PhaseDecisionOutcome,
  PhasePress,
} from './phase-approval-types.ts';
import { mayDecide } from './sign-off.ts';

/** Creates the reviewing and deciding of phases. */
export function createPhaseApprovals(deps: PhaseApprovalDeps): PhaseApprovals {
  return {
    review: (customer, actor, asked) =>
      deps.database.withCustomer(customer.id, (tx) => reviewPhase(deps, tx, { customer, actor, asked })),
    decide: (customer, actor, press) =>
      deps.database.withCustomer(customer.id, (tx) => decide(deps, tx, { customer, actor, press })),
  };
}

const RIGHTS: Readonly<Record<PhaseVerdict, Right>> = {
  approve: 'approvePhase',
  askAgain: 'approvePhase',
  hold: 'holdPhase',
  resume: 'holdPhase',
  rollBack: 'rollBackPhase',
};

type Deciding = { customer: Customer; actor: Actor; press: PhasePress };

async function decide(
  deps: PhaseApprovalDeps,
  tx: Tx,
  { customer, actor: pressed, press }: Deciding,
): Promise<PhaseDecisionOutcome> {
  await lockPhaseDecisions(tx);
  const now = await actorNow(deps, customer, pressed);
  const permission = mayDecide(now, RIGHTS[press.verdict]);
  if (!permission.yes) return { outcome: 'refused', code: 'not_your_decision', message: permission.why };
  const { rollout, phase, ref } = await foundPhase(deps, customer, press.phase);
  if (rollout.state !== 'running') {
    return refused('rollout_ended', DECISION_TEXTS.rolloutEnded(rollout.state));
  }
  const decisions = await readPhaseDecisions(tx, ref);
  const actor = { ...now, displayName: now.displayName ?? pressed.displayName };
  const deciding: Pressed = { customer, actor, press, rollout, phase, ref, decisions };
  const outcome =
    press.verdict === 'approve' ? await approve(deps, tx, deciding) : await decideOther(deps, tx, deciding);
  deps.stopPoint('phase.deciding');
  return outcome;
}

/** The role may have been taken away while the card was open. */
async function actorNow({ access }: PhaseApprovalDeps, customer: Customer, pressed: Actor): Promise<Actor> {
  try {
    return await access.actorOf(pressed.identity, customer.id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_granted') return { ...pressed, roles: [] };
    throw error;
  }
}

type Pressed = {
  customer: Customer;
  actor: Actor;
  press: PhasePress;
  rollout: Rollout;
  phase: Phase;
  ref: PhaseRef;
  decisions: readonly PhaseDecision[];
};

async function approve(deps: PhaseApprovalDeps, tx: Tx, pressed: Pressed): Promise<PhaseDecisionOutcome> {
  const { customer, actor, press, rollout, phase, decisions } = pressed;
  const anyway = [...new Set((press.anyway ?? approvalsSince(decisions).at(-1)?.anyway ?? []).map(lower))].sort();
  if (phase.state !== 'ready') return notReady(pressed);
  if (isWaiting(phase)) return refused(WAITS_FOR_SWITCH, DECISION_TEXTS.waits(phase.name));
  const preview = await deps.preview(customer, actor, { phase, anyway });
  if ('code' in preview) return refused(preview.code, preview.text);
  if (preview.digest !== press.digest) return staleAt(preview.digest);
  const users = new Set(preview.users.map(lower));
  if (anyway.some((id) => !users.has(id))) {
    return refused('anyway_unknown', DECISION_TEXTS.anywayUnknown);
  }
  const standing = await standingNow(deps, { customer, rollout, decisions, preview });
  const own = standing.find(({ decision }) => isSamePerson(decision.by, actor.identity));
  // Both approved and the enforcement was refused: once that is mended, either of them may send it on its way again.
  if (own !== undefined && missingSides(standing).length > 0) {
    return alreadyBy(own.decision, DECISION_TEXTS.ownApproval);
  }
  const content: Json = JSON.parse(
    JSON.stringify({ ...preview, gates: phase.gates.map(({ code, accountIds }) => ({ code, accountIds })), anyway }),
  ) as Json;
  const decision = await record(deps, tx, { ...pressed, anyway, content });
  const missing = missingSides([...standing, { decision, sides: sidesOf(actor.roles) }]);
  if (missing.length === 0) await apply(deps, tx, { pressed, event: { kind: 'approved' } });
  return { outcome: 'recorded', decision, missing };
}

function lower(id: string): string {
  return id.toLowerCase();
}

function notReady({ phase, decisions }: Pressed): PhaseDecisionOutcome {
  const latest = decisions.at(-1);
  if (phase.state === 'approved' || phase.state === 'enforced') {
    return alreadyBy(latest ?? null, DECISION_TEXTS.isNow(phase.state));
  }
  const [gate] = phase.gates;
  const text = DECISION_TEXTS.notReady(phase.name, phase.state);
  return refused('phase_not_ready', gate === undefined ? text : joined(text, joined(gate.message, gate.clear)));
}

function refused(code: string, text: Sentence): PhaseDecisionOutcome {
  return { outcome: 'refused', code, message: text.en, text };
}

function alreadyBy(decision: PhaseDecision | null, what: Sentence): PhaseDecisionOutcome {
  if (decision === null) return { outcome: 'already', decision, message: what.en, text: what };
  const who = `${decision.displayName ?? decision.by.objectId}: ${decision.verdict}, ${decision.at}.`;
  const text = joined(what, { en: who, de: who });
  return { outcome: 'already', decision, message: text.en, text };
}

function staleAt(currentDigest: string): PhaseDecisionOutcome {
  const text = DECISION_TEXTS.stale(shortDigest(currentDigest));
  return { outcome: 'stale', currentDigest, message: text.en, text };
}

/** Where a press of each kind means something. Holding and rolling back are the safe side: no digest has to fit. */
const OPEN_TO: Readonly<Record<Exclude<PhaseVerdict, 'approve'>, readonly PhaseState[]>> = {
  hold: ['planned', 'announced', 'observing', 'blocked', 'ready', 'approved', 'rolledBack'],
  resume: ['held'],
  rollBack: ['approved', 'enforced'],
  askAgain: ['ready', 'observing', 'blocked'],
};

const DONE_BY: Readonly<Record<Exclude<PhaseVerdict, 'approve'>, PhaseState | null>> = {
  hold: 'held',
  resume: null,
  rollBack: 'rolledBack',
  askAgain: null,
};

async function decideOther(deps: PhaseApprovalDeps, tx: Tx, pressed: Pressed): Promise<PhaseDecisionOutcome> {
  const { press, phase, rollout, decisions } = pressed;
  const verdict = press.verdict === 'approve' ? 'askAgain' : press.verdict;
  const latest = decisions.at(-1) ?? null;
  if (phase.state === DONE_BY[verdict]) return alreadyBy(latest, DECISION_TEXTS.isNow(phase.state));
  if (!OPEN_TO[verdict].includes(phase.state)) {
    return refused('phase_state', DECISION_TEXTS.changesNothing(phase.name, phase.state));
  }
  // A hold is lifted only by somebody who had it before his eyes, so that of two people pressing at once who stops wins.
  if (verdict === 'resume' && latest?.verdict === 'hold' && press.seen !== latest.id) {
    return alreadyBy(latest, DECISION_TEXTS.heldSince);
  }
  const isAllReached = rollout.phases.some((one) => one.everyoneElse && one.state === 'enforced');
  if (verdict === 'rollBack' && isAllReached && !phase.everyoneElse) {
    return refused('everyone_enforced', DECISION_TEXTS.everyoneEnforced);
  }
  const decision = await record(deps, tx, {
    ...pressed,
    anyway: [],
    content: { state: phase.state, revision: phase.revision },
  });
  if (verdict !== 'askAgain') await apply(deps, tx, { pressed, event: eventOf(verdict, pressed) });
  return { outcome: 'recorded', decision, missing: [] };
}

function eventOf(verdict: 'hold' | 'resume' | 'rollBack', { actor }: Pressed): PhaseDecided {
  if (verdict !== 'rollBack') return { kind: verdict };
  const who = actor.displayName ?? actor.identity.objectId;
  return { kind: 'rollBack', why: { en: `${who} rolled it back.`, de: `${who} hat sie zurückgenommen.` } };
}

type Recording = Pressed & { anyway: readonly string[]; content: Json };

async function record({ clock }: PhaseApprovalDeps, tx: Tx, recording: Recording): Promise<PhaseDecision> {
  const { actor, press, ref, anyway, content } = recording;
  const at = new Date(clock.now());
  const decision = await insertPhaseDecision(tx, {
    ...{ rolloutId: ref.rolloutId, phase: ref.phase, verdict: press.verdict, digest: press.digest },
    ...{ by: actor.identity, displayName: actor.displayName, anyway, content, at },
  });
  await appendJournal(tx, {
    at,
    actor: journalActor(actor),
    event: `phase.decided.${press.verdict}`,
    facts: { decision: decision.id, phase: ref.phase, digest: press.digest, anyway: [...anyway] },
  });
  return decision;
}

async function apply(
  { phases, clock }: PhaseApprovalDeps,
  tx: Tx,
  { pressed, event }: { pressed: Pressed; event: PhaseDecided },
): Promise<void> {
  const { ref, actor } = pressed;
  const at = new Date(clock.now());
  await phases.apply(tx, {
    rolloutId: ref.rolloutId,
    phase: ref.phase,
    event,
    at,
    actor: journalActor(actor),
  });
}
