/** The routes about one person's MFA, about what is asked for people, and about whole classes of accounts. */
import {
  type AskOutcome,
  classDecideRequestSchema,
  type ExceptionRequest,
  exceptionAskRequestSchema,
  type exceptionClassesSchema,
  type PersonMfa,
  personSwitchRequestSchema,
  withdrawRequestSchema,
} from '../contract.ts';
import { type Actor, may } from '../rollout/access/access.core.ts';
import type { ClassView } from '../rollout/exceptions/classes.core.ts';
import type { ClassDecisions, ClassOutcome } from '../rollout/exceptions/classes.ts';
import type { ExceptionRequests, ListedRequest, RequestOutcome } from '../rollout/exceptions/requests.ts';
import type { Persons, PersonView, SwitchOutcome } from '../rollout/persons/persons.ts';
import { accountIdIn, type CustomerHandler, json, parsed, requireRight, scopeOf, UNSTORED } from './asking.ts';
import { conditional } from './etag.ts';
import type { Route, RouteAnswer } from './route.ts';

export type PersonRouteDeps = {
  persons: Pick<Persons, 'show' | 'ask'>;
  requests: ExceptionRequests;
  classes: Pick<ClassDecisions, 'list' | 'decide'>;
};

type At = (method: Route['method'], path: string, handle: CustomerHandler) => Route;

/** The routes, put below a customer by `at`. Each refuses with `no_role` whoever may not see it. */
export function personRoutes({ persons, requests, classes }: PersonRouteDeps, at: At): Route[] {
  return [
    at('GET', '/people/:accountId/mfa', async ({ request, actor, customer, etag }) => {
      scopeOf(actor);
      const make = async () => json(personAnswer(await persons.show(customer, actor, accountIdIn(request))));
      return conditional(request, etag, make);
    }),
    at('POST', '/people/:accountId/mfa', async ({ request, actor, customer }) => {
      requireRight(actor, 'switchPerson');
      const asked = parsed(personSwitchRequestSchema, request.body);
      const accountId = accountIdIn(request);
      return pressed(outcomeOf(await persons.ask(customer, actor, { accountId, ...asked })));
    }),
    at('POST', '/people/:accountId/request', async ({ request, actor, customer }) => {
      scopeOf(actor);
      const { reason, ...asked } = parsed(exceptionAskRequestSchema, request.body);
      const given = { ...asked, accountId: accountIdIn(request), reason: reason === '' ? null : reason };
      return pressed(outcomeOf(await requests.ask(customer, actor, given)));
    }),
    at('GET', '/exception-requests', async ({ request, actor, customer, etag }) => {
      scopeOf(actor);
      const make = async () => json({ requests: (await requests.list(customer, actor)).map(requestAnswer) });
      return conditional(request, etag, make);
    }),
    at('POST', '/exception-requests/withdraw', async ({ request, actor, customer }) => {
      scopeOf(actor);
      const { id } = parsed(withdrawRequestSchema, request.body);
      return pressed(outcomeOf(await requests.withdraw(customer, actor, id)));
    }),
    at('GET', '/exception-classes', async ({ request, actor, customer, etag }) => {
      requireRight(actor, 'seePeople');
      return conditional(request, etag, async () => json(classesAnswer(await classes.list(customer), actor)));
    }),
    at('POST', '/exception-classes/decide', async ({ request, actor, customer }) => {
      requireRight(actor, 'decideClasses');
      const given = parsed(classDecideRequestSchema, request.body);
      return pressed(outcomeOf(await classes.decide(customer, actor, given)));
    }),
  ];
}

function personAnswer(view: PersonView): PersonMfa {
  const { accountId, evaluated, isDirect, isOurs, latest, newcomer, maySwitch, maySign } = view;
  const requests = view.requests.map(requestAnswer);
  return { accountId, evaluated, isDirect, isOurs, requests, latest, newcomer, maySwitch, maySign };
}

function requestAnswer({ id, accountId, name, kind, until, reason, at, ...rest }: ListedRequest): ExceptionRequest {
  return { id, accountId, name, kind, until, reason, at, askedBy: rest.displayName, standing: rest.standing };
}

function classesAnswer(views: readonly ClassView[], actor: Actor): ReturnType<typeof exceptionClassesSchema.parse> {
  return {
    mayDecide: may(actor, 'decideClasses'),
    classes: views.map(({ accountIds: _ids, decision, ...view }) => ({
      ...view,
      decision:
        decision === null
          ? null
          : {
              ...{ verdict: decision.verdict, reason: decision.reason, reviewAt: decision.reviewAt, at: decision.at },
              by: decision.displayName,
            },
    })),
  };
}

function outcomeOf(outcome: SwitchOutcome | RequestOutcome | ClassOutcome): AskOutcome {
  switch (outcome.outcome) {
    case 'refused':
      return { outcome: 'refused', code: outcome.code, message: outcome.message };
    case 'stale':
      return { outcome: 'stale' };
    case 'already':
    case 'joined':
      return { outcome: 'already', note: noteOf(outcome) };
    case 'asked':
    case 'recorded':
    case 'withdrawn':
      return { outcome: 'done', note: noteOf(outcome) };
  }
}

function noteOf(outcome: object): { en: string; de: string } | null {
  return 'note' in outcome ? (outcome.note as { en: string; de: string }) : null;
}

function pressed(outcome: AskOutcome): RouteAnswer {
  return { status: 200, headers: UNSTORED, body: json(outcome) };
}
