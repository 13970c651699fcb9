/** The routes of a takeover: the plan as it stands, and the presses that approve it and put it back. */
import { type TakeoverAnswer, takeoverDecideRequestSchema } from '../contract.ts';
import type { Takeover } from '../rollout/takeover/takeover.ts';
import type { TakeoverReview } from '../rollout/takeover/takeover-review.ts';
import type { UndoEverything, UndoStanding } from '../rollout/takeover/undo-everything.ts';
import { undoneWords, undoWords } from '../rollout/takeover/undo-texts.core.ts';
import { type CustomerHandler, json, parsed, requireRight, UNSTORED } from './asking.ts';
import type { Route, RouteAnswer } from './route.ts';

export type TakeoverRouteDeps = {
  takeover: Pick<Takeover, 'show' | 'decide' | 'beginUndo'>;
  undoEverything: Pick<UndoEverything, 'show' | 'begin'>;
};

type At = (method: Route['method'], path: string, handle: CustomerHandler) => Route;

/** Each refuses with `no_role`, the presses also with `not_your_decision` and with what stands against the plan. */
export function takeoverRoutes({ takeover, undoEverything }: TakeoverRouteDeps, at: At): Route[] {
  return [
    at('GET', '/takeover', async ({ actor, customer }) => {
      requireRight(actor, 'approveTakeover');
      const review = await takeover.show(customer, actor);
      return answered({ ...takeoverAnswer(review), ...everythingAnswer(await undoEverything.show(customer)) });
    }),
    at('POST', '/takeover/decide', async ({ request, actor, customer }) => {
      requireRight(actor, 'approveTakeover');
      const outcome = await takeover.decide(customer, actor, parsed(takeoverDecideRequestSchema, request.body));
      if (outcome.outcome !== 'refused') {
        const text = 'text' in outcome ? outcome.text : null;
        return answered({ outcome: outcome.outcome, text });
      }
      const { code, message } = outcome;
      return refusedWith(code, message, request.reference);
    }),
    at('POST', '/takeover/undo', async ({ request, actor, customer }) => {
      requireRight(actor, 'undoTakeover');
      const outcome = await takeover.beginUndo(customer, actor);
      if (outcome.outcome === 'begun') return answered({ outcome: 'recorded', text: null });
      return refusedWith(outcome.code, outcome.text.en, request.reference);
    }),
    at('POST', '/takeover/undo-everything', async ({ request, actor, customer }) => {
      requireRight(actor, 'undoEverything');
      const outcome = await undoEverything.begin(customer, actor);
      if (outcome.outcome === 'refused') return refusedWith(outcome.code, outcome.text.en, request.reference);
      return answered({ outcome: outcome.outcome === 'begun' ? 'recorded' : 'already', text: undoneWords('begun', 0) });
    }),
  ];
}

function answered(body: unknown): RouteAnswer {
  return { status: 200, headers: UNSTORED, body: json(body) };
}

function refusedWith(code: string, message: string, reference: string): RouteAnswer {
  const status = code === 'not_your_decision' ? 403 : 409;
  return { status, headers: UNSTORED, body: json({ error: { code, message, reference } }) };
}

/** So many names are shown of a step; the command line has all of them. */
const NAMES_MAX = 50;

function everythingAnswer({ preview, last }: UndoStanding): Pick<TakeoverAnswer, 'everything'> {
  const stands = preview.takeoverSteps + preview.phases.length + preview.policies + preview.groups > 0;
  if (!stands && last === null) return {};
  const told = last && { ...last, text: undoneWords(last.state, last.left.length) };
  return { everything: { does: stands ? undoWords(preview) : [], last: told } };
}

function takeoverAnswer(review: TakeoverReview): TakeoverAnswer {
  const { state, digest, first, steps, left, kept, approvals, missing, expiresAt, failure, overRails } = review;
  return {
    ...{ state, digest, missing, expiresAt, overRails },
    failure: failure?.message ?? null,
    first: first.map(({ code, message, clear }) => ({ code, message, clear })),
    steps: steps.map(({ step, does, undo, state: reached, why, people, signedAway, methods }) => ({
      ...{ step, does, undo, why, methods, state: reached },
      people: people.slice(0, NAMES_MAX).map(({ displayName }) => displayName),
      signedAway: signedAway.slice(0, NAMES_MAX).map(({ displayName }) => displayName),
    })),
    left: left.map(({ policyId, name, reasons, uncovered }) => ({
      ...{ policyId, name, reasons: reasons.map(({ text }) => text) },
      uncovered: uncovered.slice(0, NAMES_MAX).map(({ displayName }) => displayName),
    })),
    kept: kept.map(({ displayName, why }) => ({ name: displayName, why })),
    approvals: approvals.map(({ displayName, by, at }) => ({ name: displayName ?? by.objectId, at })),
  };
}
