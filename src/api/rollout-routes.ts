/** The routes of a rollout: its phases, their people, messages and findings, and the presses that decide about them. */
import {
  findingsQuerySchema,
  historyQuerySchema,
  holdoutsQuerySchema,
  messageRowsQuerySchema,
  type PhaseOutcome,
  phaseDecideRequestSchema,
  phasePeopleQuerySchema,
  phaseQuerySchema,
  phaseReviewRequestSchema,
  type RolloutAnswer,
  settleRequestSchema,
  takeFindingRequestSchema,
  waiveFindingRequestSchema,
} from '../contract.ts';
import type { Clock } from '../lib/clock.ts';
import { journalActor } from '../rollout/access/access.core.ts';
import type { PhaseApprovals, PhaseDecisionOutcome } from '../rollout/approvals/phase-approval-types.ts';
import type { Forecasts } from '../rollout/forecast/forecast.ts';
import type { History } from '../rollout/history/history.ts';
import type { Outreach } from '../rollout/outreach/outreach.ts';
import type { FindingOutcome } from '../rollout/sign-ins/findings.ts';
import type { SignIns } from '../rollout/sign-ins/sign-ins.ts';
import { type CustomerHandler, type CustomerRequest, json, parsed, queryOf, requireRight, UNSTORED } from './asking.ts';
import { conditional, etagOf } from './etag.ts';
import { findingsAnswer } from './finding-answers.ts';
import { type MessageFacts, messageRowsPage, messagesAnswer } from './message-answers.ts';
import { decisionAnswer, phaseAnswer, phaseNamed, reviewAnswer, rolloutAnswer, windowOf } from './rollout-answers.ts';
import { holdoutsPage, phasePeoplePage } from './rollout-lists.ts';
import { type MoveRouteDeps, moveRoutes } from './rollout-moves.ts';
import { type PhaseReads, seenRollout } from './rollout-people.ts';
import type { Route, RouteAnswer } from './route.ts';

export type RolloutRouteDeps = {
  clock: Pick<Clock, 'now'>;
  phases: PhaseReads;
  approvals: PhaseApprovals;
  outreach: Pick<Outreach, 'ledger' | 'plan' | 'settle'>;
  signIns: Pick<SignIns, 'impact' | 'findings' | 'judgeStopLine' | 'past'>;
  history: History;
  forecasts: Forecasts;
} & MoveRouteDeps;

type At = (method: Route['method'], path: string, handle: CustomerHandler) => Route;

/**
 * The routes, put below a customer by `at`. Each refuses with `no_role` whoever may not see it. Gates, the ledger and
 * what is seen of sign-ins change without an entry in the journal, so that the tag of an answer is made from the answer.
 */
export function rolloutRoutes(deps: RolloutRouteDeps, at: At): Route[] {
  return [
    at('GET', '/rollout', async (asked) => answered(asked, await overall(deps, asked))),
    at('GET', '/rollout/history', async (asked) => {
      requireRight(asked.actor, 'seePeople');
      const query = parsed(historyQuerySchema, queryOf(asked.request));
      return answered(asked, await deps.history.list(asked.customer.id, query));
    }),
    at('GET', '/phase', async (asked) => answered(asked, { phase: await onePhase(deps, asked) })),
    at('GET', '/phase/people', async (asked) => answered(asked, await phasePeople(deps, asked))),
    at('POST', '/phase/review', async ({ request, actor, customer }) => {
      requireRight(actor, 'approvePhase');
      const review = await deps.approvals.review(customer, actor, parsed(phaseReviewRequestSchema, request.body));
      return fresh(reviewAnswer(review));
    }),
    at('POST', '/phase/decide', async ({ request, actor, customer }) => {
      requireRight(actor, 'approvePhase');
      const { anyway, seen = null, ...press } = parsed(phaseDecideRequestSchema, request.body);
      const given = { ...press, seen, ...(anyway === undefined ? {} : { anyway }) };
      return pressed(request.reference, await deps.approvals.decide(customer, actor, given));
    }),
    at('GET', '/messages', async (asked) => {
      requireRight(asked.actor, 'seePeople');
      const { phase } = parsed(phaseQuerySchema, queryOf(asked.request));
      return answered(asked, messagesAnswer(await messageFacts(deps, asked, phase)));
    }),
    at('GET', '/messages/rows', async (asked) => {
      requireRight(asked.actor, 'seePeople');
      const query = parsed(messageRowsQuerySchema, queryOf(asked.request));
      return answered(asked, messageRowsPage(await messageFacts(deps, asked, query.phase), query));
    }),
    at('POST', '/messages/settle', async ({ request, actor, customer }) => {
      requireRight(actor, 'settleMessages');
      const { accountId: personId, ...ask } = parsed(settleRequestSchema, request.body);
      await deps.outreach.settle(customer, { ...ask, personId }, journalActor(actor));
      return fresh({ done: true });
    }),
    at('GET', '/holdouts', async (asked) => answered(asked, await holdouts(deps, asked))),
    ...moveRoutes(deps, at),
    ...findingRoutes(deps, at),
  ];
}

function findingRoutes({ signIns: { findings }, phases }: RolloutRouteDeps, at: At): Route[] {
  return [
    at('GET', '/findings', async (asked) => {
      const { actor, customer, request } = asked;
      requireRight(actor, 'seePeople');
      const query = parsed(findingsQuerySchema, queryOf(request));
      const people = await phases.people(customer);
      const found = await findings.list(customer.id);
      return answered(asked, findingsAnswer({ actor, found, people, query }));
    }),
    at('POST', '/findings/take', async ({ request, actor, customer }) => {
      requireRight(actor, 'handleFindings');
      const { key } = parsed(takeFindingRequestSchema, request.body);
      return settled(request.reference, await findings.take(customer, actor, key));
    }),
    at('POST', '/findings/waive', async ({ request, actor, customer }) => {
      requireRight(actor, 'waiveFindings');
      const waiver = parsed(waiveFindingRequestSchema, request.body);
      return settled(request.reference, await findings.waive(customer, actor, waiver));
    }),
  ];
}

function answered({ request, customer }: CustomerRequest, answer: unknown): Promise<RouteAnswer> {
  const body = json(answer);
  return conditional(request, etagOf([customer.id, body]), () => body);
}

function fresh(answer: unknown): RouteAnswer {
  return { status: 200, headers: UNSTORED, body: json(answer) };
}

async function overall(deps: RolloutRouteDeps, { customer, actor }: CustomerRequest): Promise<RolloutAnswer> {
  const seen = await seenRollout(deps.phases, customer, actor);
  if (seen === null) return { scope: 'customer', rollout: null };
  return rolloutAnswer(deps, { customer, actor, now: new Date(deps.clock.now()), seen });
}

async function onePhase(deps: RolloutRouteDeps, { customer, actor, request }: CustomerRequest) {
  const { phase: name } = parsed(phaseQuerySchema, queryOf(request));
  const seen = await seenRollout(deps.phases, customer, actor);
  const phase = seen === null ? undefined : phaseNamed(seen.rollout, name);
  return seen === null || phase === undefined
    ? null
    : phaseAnswer(deps, { customer, actor, seen, phase, now: new Date(deps.clock.now()) });
}

async function phasePeople(deps: RolloutRouteDeps, { customer, actor, request }: CustomerRequest) {
  const query = parsed(phasePeopleQuerySchema, queryOf(request));
  const seen = await seenRollout(deps.phases, customer, actor);
  const phase = seen === null ? undefined : phaseNamed(seen.rollout, query.phase);
  if (seen === null || phase === undefined) return phasePeoplePage({ actor, people: [], report: null, query });
  const people = seen.people.filter((person) => person.phase === phase.name);
  return phasePeoplePage({ actor, people, report: await windowOf(deps, customer, phase), query });
}

async function holdouts(deps: RolloutRouteDeps, { customer, actor, request }: CustomerRequest) {
  const query = parsed(holdoutsQuerySchema, queryOf(request));
  const seen = await seenRollout(deps.phases, customer, actor);
  if (seen === null) return { total: 0, offset: query.offset, rows: [] };
  return holdoutsPage({ seen, ledger: await deps.outreach.ledger(customer.id), query });
}

async function messageFacts(
  { outreach, phases }: RolloutRouteDeps,
  { customer, actor }: CustomerRequest,
  phase: string | undefined,
): Promise<MessageFacts> {
  const rollout = await phases.current(customer.id);
  const people = rollout === null ? [] : await phases.people(customer);
  const plan = rollout === null ? null : await outreach.plan(customer);
  return { actor, phase, people, plan, ledger: await outreach.ledger(customer.id) };
}

const CONFLICT = 409;
const FORBIDDEN = 403;

/** What became of a press; one that was refused is an error with the code of what stands against it. */
function pressed(reference: string, outcome: PhaseDecisionOutcome): RouteAnswer {
  if (outcome.outcome === 'refused') return refusal(reference, outcome, outcome.code === 'not_your_decision');
  return fresh(outcomeAnswer(outcome));
}

function outcomeAnswer(outcome: Exclude<PhaseDecisionOutcome, { outcome: 'refused' }>): PhaseOutcome {
  switch (outcome.outcome) {
    case 'recorded':
      return { ...outcome, decision: decisionAnswer(outcome.decision) };
    case 'already':
      return { ...outcome, decision: outcome.decision === null ? null : decisionAnswer(outcome.decision) };
    case 'stale':
      return outcome;
  }
}

function settled(reference: string, outcome: FindingOutcome): RouteAnswer {
  return outcome.ok ? fresh({ done: true }) : refusal(reference, outcome, outcome.code === 'not_allowed');
}

function refusal(
  reference: string,
  { code, message }: { code: string; message: string },
  isForbidden: boolean,
): RouteAnswer {
  const body = json({ error: { code, message, reference } });
  return { status: isForbidden ? FORBIDDEN : CONFLICT, headers: UNSTORED, body };
}
