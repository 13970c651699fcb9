import { AppError } from '../../lib/errors.ts';
import type { Tx } from '../../store/database.ts';
import { type Actor, may, rolesFor } from '../access/access.core.ts';
import type { Customer } from '../customers/customers.ts';
import { isWaiting } from '../phases/phase-life.core.ts';
import type { Phase, PhasePerson, Rollout } from '../phases/phase-types.core.ts';
import { firstEnforcedSignIn } from '../sign-ins/first-enforced.ts';
import { approvalsSince, missingSides, type PhaseDecision, type Standing } from './phase-approval.core.ts';
import { type PhaseRef, readPhaseDecisions } from './phase-approval.store.ts';
import { standingOf } from './phase-approval-records.ts';
import type { ApprovalPreview, PhaseApprovalDeps, PhaseReview, ReviewedPerson } from './phase-approval-types.ts';
import { mayDecide } from './sign-off.ts';

/** A phase of the present rollout. */
export type Found = { rollout: Rollout; phase: Phase; ref: PhaseRef };

/** The phase of this name. Refuses with `no_rollout` and `phase_unknown`. */
export async function foundPhase({ phases }: PhaseApprovalDeps, customer: Customer, name: string): Promise<Found> {
  const rollout = await phases.current(customer.id);
  if (rollout === null) throw refusing('no_rollout', 'There is no rollout yet. Begin one first.');
  const phase = rollout.phases.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (phase === undefined) {
    const names = rollout.phases.map((one) => one.name).join(', ');
    throw refusing('phase_unknown', `There is no phase "${name}". The phases are: ${names}.`);
  }
  return { rollout, phase, ref: { rolloutId: rollout.id, phase: phase.name } };
}

function refusing(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
}

export type Reviewing = { customer: Customer; actor: Actor; asked: { phase: string; anyway?: readonly string[] } };

/** Shows a phase to somebody who may decide about it. Refuses anybody else with `not_yours_to_see`. */
export async function reviewPhase(
  deps: PhaseApprovalDeps,
  tx: Tx,
  { customer, actor, asked }: Reviewing,
): Promise<PhaseReview> {
  if (!may(actor, 'approvePhase')) {
    throw refusing(
      'not_yours_to_see',
      `Only somebody with the role ${rolesFor('approvePhase').join(' or ')} sees this.`,
    );
  }
  const { rollout, phase, ref } = await foundPhase(deps, customer, asked.phase);
  const decisions = await readPhaseDecisions(tx, ref);
  const anyway = asked.anyway ?? approvalsSince(decisions).at(-1)?.anyway ?? [];
  const preview = await deps.preview(customer, actor, { phase, anyway });
  const isPlanned = !('code' in preview);
  const standing = isPlanned ? await standingNow(deps, { customer, rollout, decisions, preview }) : [];
  const people = isPlanned ? peopleOf(preview, await deps.phases.people(customer), anyway) : [];
  const count = (effect: ReviewedPerson['effect']) => people.filter((person) => person.effect === effect).length;
  return {
    ...{ rolloutId: rollout.id, phase: phase.name, state: phase.state, revision: phase.revision, gates: phase.gates },
    digest: isPlanned ? preview.digest : null,
    refusal: isPlanned ? null : preview,
    isFirst: isPlanned && preview.plan.isFirst,
    waits: isWaiting(phase),
    together: isPlanned ? [...(preview.together ?? [])] : [],
    people,
    counts: {
      ...{ asked: count('asked'), already: count('already'), exempt: count('exempt') },
      notReady: people.filter(({ readiness, effect }) => readiness === 'notReady' && effect === 'asked').length,
    },
    anyway: [...anyway],
    approvals: standing.map(({ decision }) => decision),
    missing: isWaiting(phase) ? [] : missingSides(standing),
    expiresAt: lapseOf(standing, rollout),
    latest: decisions.at(-1) ?? null,
    mayDecide: mayDecide(actor, 'approvePhase'),
    firstEnforcedSignInAt: await firstSeen(deps, tx, { customer, phase }),
  };
}

async function firstSeen(
  { phases }: PhaseApprovalDeps,
  tx: Tx,
  { customer, phase }: { customer: Customer; phase: Phase },
): Promise<string | null> {
  if (phase.state !== 'enforced' || phase.enforcedAt === null) return null;
  const people = (await phases.people(customer)).filter((person) => person.phase === phase.name);
  const accountIds = people.map(({ accountId }) => accountId);
  return firstEnforcedSignIn(tx, { accountIds, sinceMs: Date.parse(phase.enforcedAt) });
}

export type Asking = {
  customer: Customer;
  rollout: Rollout;
  decisions: readonly PhaseDecision[];
  preview: Pick<ApprovalPreview, 'digest' | 'usedUpAt'>;
};

/** The approvals of this digest that count at this moment. */
export function standingNow(
  deps: PhaseApprovalDeps,
  { customer, rollout, decisions, preview }: Asking,
): Promise<Standing[]> {
  const { expireAfterHours } = rollout.procedure.approvals;
  const asked = { customerId: customer.id, ...preview, now: deps.clock.now(), expireAfterHours };
  return standingOf(deps.access, approvalsSince(decisions), asked);
}

const HOUR_MS = 3_600_000;

function lapseOf(standing: readonly Standing[], { procedure }: Rollout): string | null {
  const [first] = standing.map(({ decision }) => Date.parse(decision.at)).sort((a, b) => a - b);
  if (first === undefined) return null;
  return new Date(first + procedure.approvals.expireAfterHours * HOUR_MS).toISOString();
}

function peopleOf(
  preview: ApprovalPreview,
  people: readonly PhasePerson[],
  anyway: readonly string[],
): ReviewedPerson[] {
  const known = new Map(people.map((person) => [person.accountId, person]));
  const [asked, stuck, signed] = [new Set(preview.newlyAsked), new Set(preview.unregistered), new Set(anyway)];
  const person = (accountId: string, effect: ReviewedPerson['effect']): ReviewedPerson => ({
    accountId,
    displayName: known.get(accountId)?.displayName ?? accountId,
    effect,
    readiness: stuck.has(accountId) ? 'notReady' : 'ready',
    why: known.get(accountId)?.enrolmentWhy ?? 'not on the master list',
    anyway: signed.has(accountId.toLowerCase()) || signed.has(accountId),
  });
  return [
    ...preview.users.map((id) => person(id, asked.has(id) ? 'asked' : 'already')),
    ...preview.exempt.map((id) => person(id, 'exempt')),
  ];
}
