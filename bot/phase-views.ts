import type { Actor } from '../src/rollout/access/access.core.ts';
import { isSamePerson } from '../src/rollout/approvals/phase-approval.core.ts';
import type { PhaseReview } from '../src/rollout/approvals/phase-approval-types.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import type { Phase, PhasePerson, Rollout } from '../src/rollout/phases/phase-types.core.ts';
import type { Frame } from './cards/exceptions.card.ts';
import type { PhaseFacts, PhaseView } from './cards/phase.card.ts';
import type { BotDeps } from './deps.ts';

/** A phase of the present rollout. */
export type FoundPhase = { rollout: Rollout; phase: Phase };

/** A phase as a card names it. */
export type PhasePlace = { rolloutId: string; ordinal: number };

/** The phase at this place of this rollout; undefined when the rollout is not the present one any more. */
export async function phaseAt(
  { phases }: Pick<BotDeps, 'phases'>,
  customer: Customer,
  { rolloutId, ordinal }: PhasePlace,
): Promise<FoundPhase | undefined> {
  const rollout = await phases.current(customer.id);
  const phase = rollout?.id === rolloutId ? rollout.phases.find((one) => one.ordinal === ordinal) : undefined;
  return rollout === null || phase === undefined ? undefined : { rollout, phase };
}

/** The phase of this name in the present rollout. */
export async function phaseCalled(
  { phases }: Pick<BotDeps, 'phases'>,
  customer: Customer,
  name: string,
): Promise<FoundPhase | undefined> {
  const rollout = await phases.current(customer.id);
  const phase = rollout?.phases.find((one) => one.name === name);
  return rollout === null || phase === undefined ? undefined : { rollout, phase };
}

/** What a card of the phase says, read for this actor, who may decide about phases. Calls no vendor. */
export async function phaseFacts(
  deps: Pick<BotDeps, 'phases' | 'approvals' | 'afterEnforcement' | 'past'>,
  { customer, actor, found }: { customer: Customer; actor: Actor; found: FoundPhase },
): Promise<PhaseFacts> {
  const { rollout, phase } = found;
  const review = await deps.approvals.review(customer, actor, { phase: phase.name });
  const people = (await deps.phases.people(customer)).filter((person) => person.phase === phase.name);
  const { asked, already } = review.counts;
  const { line, heldSessions } = await deps.afterEnforcement({ customer, rollout, phase, people });
  return {
    ...{ rolloutId: rollout.id, ordinal: phase.ordinal, name: phase.name, state: phase.state },
    ...{ enforceOn: phase.enforceOn, revision: phase.revision, gates: phase.gates, isFirst: review.isFirst },
    ...{ waits: review.waits, together: review.together.length },
    people: readiness(people),
    effect: review.digest === null ? null : { asked, already },
    notReady: notReadyOf(review),
    ...{ digest: review.digest, refusal: review.refusal?.text ?? null, approvals: review.approvals },
    ...{ missing: review.missing, expiresAt: review.expiresAt, latest: review.latest },
    ...{ line, heldSessions },
    past: phase.announcedAt === null ? await deps.past(customer, phase.name) : null,
  };
}

function notReadyOf({ people }: PhaseReview): PhaseFacts['notReady'] {
  const stuck = people.filter(({ readiness: how, effect }) => how === 'notReady' && effect === 'asked');
  const named = stuck.filter(({ anyway }) => anyway).length;
  return { named, unnamed: stuck.length - named };
}

function readiness(people: readonly PhasePerson[]): PhaseFacts['people'] {
  const counts = { people: 0, capable: 0, not: 0, unknown: 0, exempt: 0 };
  for (const { accountStatus, exempt, enrolment } of people) {
    if (accountStatus !== 'enabled') continue;
    if (exempt !== null) counts.exempt += 1;
    else {
      counts.people += 1;
      counts[enrolment] += 1;
    }
  }
  return counts;
}

/** The facts as this person sees them. */
export function viewedBy(actor: Actor, facts: PhaseFacts, notice: PhaseView['notice']): PhaseView {
  const hasApproved = facts.approvals.some(({ by }) => isSamePerson(by, actor.identity));
  return { ...facts, mayDecide: { yes: true }, hasApproved, notice };
}

/** What a card that everybody sees shows; two alike show the same. */
export function shownOfPhase(facts: PhaseFacts, frame: Frame): string {
  const { rolloutId, name, revision, digest, latest, approvals, people, notReady } = facts;
  const { line = null, heldSessions = null } = facts;
  const parts = [rolloutId, name, revision, digest, latest?.id, approvals.length, people, notReady];
  // Sign-ins come every minute: the card in the channel follows who fails, not who was seen.
  if (line !== null) parts.push([line.known, line.over, line.failing].join(' '));
  if (heldSessions !== null) parts.push(heldSessions.people);
  return JSON.stringify([...parts, frame.viewers.join(' '), frame.tabUrl]);
}
