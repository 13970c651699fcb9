/** The routes that move the days of a running rollout. */
import { moveDeadlineRequestSchema, movePhaseRequestSchema } from '../contract.ts';
import type { DayMoves, MoveOutcome } from '../rollout/phases/day-moves.ts';
import { type CustomerHandler, json, parsed, requireRight, UNSTORED } from './asking.ts';
import { pageLanguage } from './plain-page.ts';
import type { Route, RouteAnswer } from './route.ts';

export type MoveRouteDeps = { dayMoves: DayMoves };

type At = (method: Route['method'], path: string, handle: CustomerHandler) => Route;

/** The routes, put below a customer by `at`. Each refuses with `no_role` whoever may move nothing. */
export function moveRoutes({ dayMoves }: MoveRouteDeps, at: At): Route[] {
  return [
    at('POST', '/rollout/move', async ({ request, actor, customer }) => {
      requireRight(actor, 'moveRollout');
      const ask = parsed(moveDeadlineRequestSchema, request.body);
      return answerOf(request, await dayMoves.deadline(customer, actor, ask));
    }),
    at('POST', '/phase/move', async ({ request, actor, customer }) => {
      requireRight(actor, 'moveRollout');
      const ask = parsed(movePhaseRequestSchema, request.body);
      return answerOf(request, await dayMoves.phase(customer, actor, ask));
    }),
  ];
}

const CONFLICT = 409;
const FORBIDDEN = 403;

function answerOf(request: Parameters<CustomerHandler>[0]['request'], outcome: MoveOutcome): RouteAnswer {
  if (outcome.outcome !== 'refused') return { status: 200, headers: UNSTORED, body: json(outcome) };
  const { code, message } = outcome;
  const error = { code, message: message[pageLanguage(request.headers)], reference: request.reference };
  return { status: code === 'not_allowed' ? FORBIDDEN : CONFLICT, headers: UNSTORED, body: json({ error }) };
}
