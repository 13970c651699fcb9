import type { Department, Overview, PendingDecision, Source } from '../contract.ts';
import { AppError } from '../lib/errors.ts';
import { may } from '../rollout/access/access.core.ts';
import { isWaiting } from '../rollout/phases/phase-life.core.ts';
import type { Rollout } from '../rollout/phases/phase-types.core.ts';
import type { SourceReading } from '../rollout/roster/roster.ts';
import { accountsSeenBy } from './exception-sight.ts';
import { countGroup, type GroupCounts, type ReadModel } from './read-models.ts';
import type { Asker, Reviews } from './reviews.ts';

export type OverviewFacts = {
  asker: Asker;
  model: ReadModel;
  revision: string;
  managerId: string | undefined;
  rollout: Rollout | null;
};

/** Counts, sources and what awaits a decision: of the whole customer, or of a manager's own people. */
export async function overviewAnswer(reviews: Reviews, facts: OverviewFacts): Promise<Overview> {
  const { asker, model, revision, managerId } = facts;
  const isTeam = managerId !== undefined;
  const { roster } = model;
  const team = isTeam ? teamGroups(model, managerId) : undefined;
  const counts = team?.counts ?? model.counts;
  const exceptions = isTeam ? undefined : await exceptionState(reviews, asker);
  const { id, name, settings } = asker.customer;
  return {
    revision,
    customer: { id, name, timeZone: settings.timeZone },
    takenAt: takenAt(model.readings),
    scope: isTeam ? 'team' : 'customer',
    sources: model.readings.map(sourceOf),
    counts: {
      people: counts.people,
      capable: counts.capable,
      notCapable: counts.not,
      unknown: counts.unknown,
      exceptions: exceptions?.total ?? null,
      hrWithoutAccount: isTeam ? 0 : roster.hrWithoutAccount.length,
      accountWithoutHr: isTeam ? 0 : accountsSeenBy(asker.actor, roster.accountWithoutHr).length,
      suggestions: isTeam ? 0 : roster.suggestions.length,
      differences: counts.differences,
    },
    departments: [...(team?.departments ?? model.departments)].map(departmentOf),
    decisions: exceptions === undefined ? [] : [exceptions.decision, await draftState(reviews, asker)],
    phases: phasesUnderWay(facts.rollout),
  };
}

/** Whoever looks has something to do in these: the others are over, or their time has not come. */
function phasesUnderWay(rollout: Rollout | null): Overview['phases'] {
  if (rollout?.state !== 'running') return [];
  // Nothing is to be done about a phase that waits for the last one.
  const under = rollout.phases.filter(
    (phase) => phase.state !== 'planned' && phase.state !== 'enforced' && !isWaiting(phase),
  );
  return under.map(({ name, state }) => ({ name, state }));
}

function teamGroups(model: ReadModel, managerId: string): Pick<ReadModel, 'counts' | 'departments'> {
  const { people } = model.roster;
  const positions = model.people.reportsOf(managerId);
  const groups = new Map<string | null, number[]>();
  for (const position of positions) {
    const department = people[position]?.department ?? null;
    const group = groups.get(department);
    if (group === undefined) groups.set(department, [position]);
    else group.push(position);
  }
  const departments = [...model.departments.keys()].flatMap((name) => {
    const group = groups.get(name);
    return group === undefined ? [] : [[name, countGroup(people, group)] as const];
  });
  return { counts: countGroup(people, positions), departments: new Map(departments) };
}

function departmentOf([name, counts]: [string | null, GroupCounts]): Department {
  return [name, counts.people, counts.capable, counts.not, counts.unknown];
}

function takenAt(readings: readonly SourceReading[]): string | null {
  const newest = Math.max(0, ...readings.map((reading) => reading.readAt?.getTime() ?? 0));
  return newest === 0 ? null : new Date(newest).toISOString();
}

function sourceOf({ source, readAt, state, why, code }: SourceReading): Source {
  return {
    source,
    readAt: readAt?.toISOString() ?? null,
    ok: state === 'read',
    ...(why === null ? {} : { why }),
    ...(code === null ? {} : { code }),
  };
}

async function exceptionState(
  reviews: Reviews,
  asker: Asker,
): Promise<{ total: number | null; decision: PendingDecision }> {
  const review = await reviews.exceptions(asker).catch(refusal);
  if (review instanceof AppError) return { total: null, decision: unavailable('exceptions', review) };
  const { digest, signature, mayDecide, counts } = review;
  const state = signature.state === 'unsigned' ? 'open' : signature.state;
  return { total: counts.total, decision: { kind: 'exceptions', state, digest, ...permission(mayDecide) } };
}

async function draftState(reviews: Reviews, asker: Asker): Promise<PendingDecision> {
  if (!may(asker.actor, 'seePolicyDraft')) return unavailable('policyDraft', NOT_SHOWN);
  const review = await reviews.draft(asker).catch(refusal);
  if (review instanceof AppError) return unavailable('policyDraft', review);
  const { digest, state, mayDecide } = review;
  return { kind: 'policyDraft', state: state.state, digest, ...permission(mayDecide) };
}

const NOT_SHOWN = { sentence: 'The draft is for the engineer and the approver.' };

function unavailable(kind: PendingDecision['kind'], { sentence }: Pick<AppError, 'sentence'>): PendingDecision {
  return { kind, state: 'unavailable', digest: null, mayDecide: false, why: sentence };
}

function permission(mayDecide: { yes: true } | { yes: false; why: string }): { mayDecide: boolean; why?: string } {
  return mayDecide.yes ? { mayDecide: true } : { mayDecide: false, why: mayDecide.why };
}

/** What is not there yet, with its sentence; a fault stays one. */
function refusal(error: unknown): AppError {
  if (error instanceof AppError && error.userMessage !== undefined) return error;
  throw error;
}
