/** The rollout and its phases as the tab gets them. */
import {
  type Gate,
  LISTED_PEOPLE_MAX,
  NOT_READY_MAX,
  type PhaseDetail,
  type PhaseReview,
  type PhaseSummary,
  type RolloutAnswer,
  type RolloutProgress,
} from '../contract.ts';
import { dayOf } from '../lib/local-time.ts';
import { type Actor, may } from '../rollout/access/access.core.ts';
import type { PhaseDecision } from '../rollout/approvals/phase-approval.core.ts';
import type { PhaseApprovals, PhaseReview as Review } from '../rollout/approvals/phase-approval-types.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { Forecasts } from '../rollout/forecast/forecast.ts';
import { forecastSentence } from '../rollout/forecast/forecast-texts.core.ts';
import { lineOf } from '../rollout/phases/after-enforcement.ts';
import { isUntold } from '../rollout/phases/move.core.ts';
import { isWaiting } from '../rollout/phases/phase-life.core.ts';
import type { Phase, PhasePerson, Rollout } from '../rollout/phases/phase-types.core.ts';
import { announcedAt } from '../rollout/phases/rollout-jobs.ts';
import type { SignIns, WindowReport } from '../rollout/sign-ins/sign-ins.ts';
import { readinessOf, type SeenRollout } from './rollout-people.ts';

export type RolloutReads = {
  approvals: Pick<PhaseApprovals, 'review'>;
  signIns: Pick<SignIns, 'impact' | 'judgeStopLine' | 'past'>;
  forecasts: Forecasts;
};

type Asked = { customer: Customer; actor: Actor };

/** The whole rollout in counts. */
export async function rolloutAnswer(
  reads: RolloutReads,
  { customer, actor, now, seen }: Asked & { now: Date; seen: SeenRollout },
): Promise<RolloutAnswer> {
  const { rollout, people, isWhole } = seen;
  const { timeZone } = customer.settings;
  const phases: PhaseSummary[] = [];
  for (const phase of rollout.phases) {
    const report = isWhole ? await windowOf(reads, customer, phase) : null;
    phases.push(headOf({ rollout, phase, people, timeZone, isWhole, report }));
  }
  return {
    scope: isWhole ? 'customer' : 'team',
    rollout: {
      name: rollout.procedure.name,
      state: rollout.state,
      startsOn: rollout.startsOn,
      deadline: rollout.deadline,
      today: dayOf(now, timeZone),
      timeZone,
      counts: readinessOf(people),
      phases,
      mayMove: rollout.state === 'running' && may(actor, 'moveRollout'),
      progress: isWhole ? await progressOf(reads, { customer, rollout, people, now }) : null,
    },
  };
}

async function progressOf(
  { forecasts }: RolloutReads,
  asked: Parameters<Forecasts['progress']>[0],
): Promise<RolloutProgress> {
  const progress = await forecasts.progress(asked);
  return { ...progress, sentence: forecastSentence(progress.forecast) };
}

/** The phase of this name, case aside; without a name the first. Undefined: there is none. */
export function phaseNamed({ phases }: Rollout, name: string | undefined): Phase | undefined {
  if (name === undefined) return phases[0];
  return phases.find((phase) => phase.name.toLowerCase() === name.toLowerCase());
}

/** One phase; the review is for those who may decide about it. */
export async function phaseAnswer(
  reads: Pick<RolloutReads, 'approvals' | 'signIns'>,
  asked: Asked & { seen: SeenRollout; phase: Phase; now: Date },
): Promise<PhaseDetail> {
  const { customer, actor, seen, phase } = asked;
  const { timeZone } = customer.settings;
  const report = seen.isWhole ? await windowOf(reads, customer, phase) : null;
  const head = headOf({ ...seen, phase, timeZone, report });
  const names = new Map(seen.people.map(({ accountId, displayName }) => [accountId, displayName]));
  const isNamed = may(actor, 'seeExceptions');
  const review = may(actor, 'approvePhase')
    ? reviewAnswer(await reads.approvals.review(customer, actor, { phase: phase.name }))
    : null;
  return {
    ...head,
    gates: head.gates === null ? null : phase.gates.map((gate) => gateOf(gate, isNamed ? names : undefined)),
    window: report === null ? null : { readTo: report.readTo, problem: report.problem, counts: report.counts },
    stopLine: await stopLineOf(reads, asked),
    past: seen.isWhole && phase.announcedAt === null ? await reads.signIns.past(customer, phase.name) : null,
    review,
    mayMove: seen.rollout.state === 'running' && isUntold(phase, NOBODY_TOLD) && may(actor, 'moveRollout'),
    hasLater: seen.rollout.phases.some(({ ordinal }) => ordinal > phase.ordinal),
  };
}

/** Whether somebody was written to all the same is looked up when a day is really moved. */
const NOBODY_TOLD: ReadonlySet<string> = new Set();

/** How far an enforced phase is from being taken out; to tell it calls no vendor. */
async function stopLineOf(
  { signIns }: Pick<RolloutReads, 'signIns'>,
  { customer, seen, phase, now }: { customer: Customer; seen: SeenRollout; phase: Phase; now: Date },
): Promise<PhaseDetail['stopLine']> {
  if (!seen.isWhole) return null;
  const people = seen.people.filter((person) => person.phase === phase.name);
  return lineOf(signIns.judgeStopLine, { customer, rollout: seen.rollout, phase, people, now });
}

/** Only in these states do sign-ins say something about what is to come. */
const WATCHED: ReadonlySet<Phase['state']> = new Set(['observing', 'blocked', 'ready', 'approved', 'held']);

/** The report-only window of a phase that is in it; null for every other. */
export async function windowOf(
  { signIns }: Pick<RolloutReads, 'signIns'>,
  customer: Customer,
  phase: Phase,
): Promise<(WindowReport & { phase: string }) | null> {
  if (phase.windowFrom === null || !WATCHED.has(phase.state)) return null;
  return signIns.impact(customer, phase);
}

type Head = {
  rollout: Rollout;
  phase: Phase;
  people: readonly PhasePerson[];
  timeZone: string;
  isWhole: boolean;
  report: WindowReport | null;
};

function headOf({ rollout, phase, people, timeZone, isWhole, report }: Head): PhaseSummary {
  const { name, everyoneElse, state, since, resumes, enforceOn, windowFrom, enforcedAt, revision } = phase;
  return {
    ...{ name, everyoneElse, state, since, resumes, enforceOn, windowFrom, enforcedAt, revision },
    waiting: isWaiting(phase),
    announceOn: dayOf(phase.announcedAt ?? announcedAt(rollout, phase, timeZone), timeZone),
    counts: readinessOf(people.filter((person) => person.phase === name)),
    gates: isWhole ? phase.gates.map((gate) => gateOf(gate, undefined)) : null,
    sight: report === null ? null : sightOf(report, rollout),
  };
}

function sightOf({ sight }: WindowReport, { procedure }: Rollout): PhaseSummary['sight'] {
  const { countable, seen, hoursPassed, neverSeen } = sight;
  // Whole hours: the answer is the same as before until there is something new to say.
  const passed = Math.floor(hoursPassed);
  return { countable, seen, neverSeen: neverSeen.length, hoursPassed: passed, ...procedure.window };
}

/** Who may not know who is carved out or away is not told either whom a gate is about. */
function gateOf(gate: Phase['gates'][number], names: ReadonlyMap<string, string> | undefined): Gate {
  const { code, message, clear, accountIds } = gate;
  const listed = names === undefined ? [] : accountIds.slice(0, LISTED_PEOPLE_MAX);
  return {
    ...{ code, message, clear },
    peopleCount: accountIds.length,
    people: listed.map((accountId) => ({ accountId, name: names?.get(accountId) ?? accountId })),
  };
}

/** A review as the tab gets it: of the people only those about whom something has to be decided. */
export function reviewAnswer(review: Review): PhaseReview {
  const { digest, refusal, isFirst, counts, anyway, approvals, missing, expiresAt, latest, mayDecide } = review;
  const notReady = review.people.filter(({ effect, readiness }) => effect === 'asked' && readiness === 'notReady');
  return {
    ...{ digest, isFirst, counts, anyway, missing, expiresAt, mayDecide },
    firstEnforcedSignInAt: review.firstEnforcedSignInAt,
    refusal: refusal === null ? null : { code: refusal.code, message: refusal.text },
    notReady: notReady.slice(0, NOT_READY_MAX).map(({ accountId, displayName, why, anyway: isNamed }) => ({
      ...{ accountId, why, name: displayName, anyway: isNamed },
    })),
    approvals: approvals.map(decisionAnswer),
    latest: latest === null ? null : decisionAnswer(latest),
  };
}

/** A decision without what only the store needs. */
export function decisionAnswer({
  id,
  verdict,
  digest,
  by,
  displayName,
  at,
}: PhaseDecision): PhaseReview['approvals'][number] {
  return { id, verdict, digest, by, displayName, at };
}
