/** The tab's API: every route of the contract, and the one place where a request becomes an actor with rights. */
import {
  API_BASE,
  decideRequestSchema,
  leftoversQuerySchema,
  type Me,
  peopleQuerySchema,
  publishRequestSchema,
  signRequestSchema,
} from '../contract.ts';
import { type Actor, may } from '../rollout/access/access.core.ts';
import type { Access } from '../rollout/access/access.ts';
import type { PackagePublisher } from '../rollout/app-package/publish-package.ts';
import type { DecisionOutcome } from '../rollout/approvals/approvals.core.ts';
import type { SignOff } from '../rollout/approvals/sign-off.ts';
import type { Customers } from '../rollout/customers/customers.ts';
import type { PolicyDrafts } from '../rollout/policy/draft/drafts.ts';
import type { Revisions } from '../rollout/snapshots/revision.ts';
import { refused } from './api-error.ts';
import { appPackageAnswer, consentRoute, PACKAGE_BODY_BYTES, publishAnswer } from './app-package.ts';
import {
  accountIdIn,
  type CustomerHandler,
  type CustomerRequest,
  json,
  noRole,
  parsed,
  personUnknown,
  queryOf,
  requireRight,
  scopeOf,
  UNSTORED,
} from './asking.ts';
import { type DriftRouteDeps, driftRoutes } from './drift-routes.ts';
import { conditional, etagOf } from './etag.ts';
import { detailSeenBy } from './exception-sight.ts';
import { type HelpRouteDeps, helpRoutes } from './help-routes.ts';
import { createKept } from './kept.ts';
import { type OverviewFacts, overviewAnswer } from './overview-answer.ts';
import { leftoversPage, peoplePage, personDetail } from './people-answers.ts';
import { type PersonRouteDeps, personRoutes } from './person-routes.ts';
import { type PushRouteDeps, pushRoutes } from './push-routes.ts';
import type { ReadModel, ReadModels } from './read-models.ts';
import { createReviews, draftAnswer, exceptionAnswer, exceptionOf, type Reviews } from './reviews.ts';
import { type RolloutRouteDeps, rolloutRoutes } from './rollout-routes.ts';
import type { Route, RouteAnswer, RouteRequest } from './route.ts';
import { type TakeoverRouteDeps, takeoverRoutes } from './takeover-routes.ts';
import { bearerOf, type SignedIn, type TokenCheck } from './token.ts';

export type ApiDeps = RolloutRouteDeps &
  TakeoverRouteDeps &
  HelpRouteDeps &
  DriftRouteDeps &
  PushRouteDeps &
  PersonRouteDeps & {
    token: TokenCheck;
    access: Pick<Access, 'actorOf' | 'customersOf'>;
    customers: Pick<Customers, 'list'>;
    revisions: Revisions;
    readModels: ReadModels;
    signOff: SignOff;
    drafts: PolicyDrafts;
    publisher: PackagePublisher;
    /** Aborted when the process stops. */
    signal?: AbortSignal;
  };

/** Kept overviews; each takes some kilobytes, and is asked for again by every open tab. */
const OVERVIEWS_MAX = 200;

/** The routes. Each refuses with the codes of the token check, `not_granted`, `no_role`, `not_yours` or `request_invalid`. */
export function apiRoutes(deps: ApiDeps): Route[] {
  const reviews = createReviews(deps);
  const overviews = createKept<string>(OVERVIEWS_MAX);
  const modelOf = ({ customer, revision }: CustomerRequest) => deps.readModels.of(customer, revision.data);
  const at = (method: Route['method'], path: string, handle: CustomerHandler): Route => ({
    method,
    path: `${API_BASE}/customers/:id${path}`,
    handle: async (request) => handle(await authorised(deps, request)),
  });
  return [
    { method: 'GET', path: `${API_BASE}/me`, handle: (request) => answerMe(deps, request) },
    at('GET', '/overview', (asked) => {
      const managerId = scopeOf(asked.actor);
      const make = () => overview(deps, reviews, { asker: asked, managerId, revision: asked.etag });
      return conditional(asked.request, asked.etag, () => overviews(asked.etag, make));
    }),
    at('GET', '/people', (asked) => {
      const managerId = scopeOf(asked.actor);
      const query = parsed(peopleQuerySchema, queryOf(asked.request));
      return conditional(asked.request, asked.etag, async () =>
        json(peoplePage(await modelOf(asked), query, { managerId, revision: asked.etag })),
      );
    }),
    at('GET', '/people/:accountId', async (asked) => answerPerson(asked, await modelOf(asked), reviews)),
    at('GET', '/leftovers', (asked) => {
      requireRight(asked.actor, 'seePeople');
      const query = parsed(leftoversQuerySchema, queryOf(asked.request));
      return conditional(asked.request, asked.etag, async () =>
        json(leftoversPage(await modelOf(asked), query, { revision: asked.etag, actor: asked.actor })),
      );
    }),
    at('GET', '/exceptions', (asked) => {
      requireRight(asked.actor, 'seePeople');
      return conditional(asked.request, asked.etag, async () => {
        const { nameOf } = await modelOf(asked);
        return json(exceptionAnswer(await reviews.exceptions(asked), { revision: asked.etag, nameOf }));
      });
    }),
    at('POST', '/exceptions/sign', async ({ request, actor, customer }) => {
      const { digest } = parsed(signRequestSchema, request.body);
      return decided(request, await deps.signOff.sign(customer, actor, digest));
    }),
    at('GET', '/policy-draft', (asked) => {
      requireRight(asked.actor, 'seePolicyDraft');
      return conditional(asked.request, asked.etag, async () => {
        const { nameOf } = await modelOf(asked);
        return json(draftAnswer(await reviews.draft(asked), { revision: asked.etag, nameOf }));
      });
    }),
    at('POST', '/policy-draft/decide', async ({ request, actor, customer }) => {
      const { seen = null, ...press } = parsed(decideRequestSchema, request.body);
      return decided(request, await deps.drafts.decide(customer, actor, { ...press, seen }));
    }),
    at('GET', '/app-package', (asked) => {
      requireRight(asked.actor, 'publishApp');
      const { customer, actor, etag: revision } = asked;
      const facts = { customer, identity: actor.identity, revision };
      return conditional(asked.request, revision, () => json(appPackageAnswer(deps.publisher, facts)));
    }),
    {
      ...at('POST', '/app-package', async ({ request, actor, customer }) => {
        requireRight(actor, 'publishApp');
        const { zip } = parsed(publishRequestSchema, request.body);
        const token = bearerOf(request.headers.authorization);
        const outcome = await publishAnswer(deps.publisher, { customer, token, zip, signal: deps.signal });
        return { status: 200, headers: UNSTORED, body: json(outcome) };
      }),
      bodyBytesMax: PACKAGE_BODY_BYTES,
    },
    consentRoute(deps.publisher),
    ...NOUNS.flatMap((routesOf) => routesOf(deps, at)),
  ];
}

/** Routes of single nouns, each in a file of its own. */
const NOUNS = [rolloutRoutes, helpRoutes, personRoutes, driftRoutes, pushRoutes, takeoverRoutes] as const;

async function overview(
  deps: ApiDeps,
  reviews: Reviews,
  facts: Omit<OverviewFacts, 'model' | 'rollout'>,
): Promise<string> {
  const { asker, managerId } = facts;
  const model = await deps.readModels.of(asker.customer, asker.revision.data);
  const rollout = managerId === undefined ? await deps.phases.current(asker.customer.id) : null;
  return json(await overviewAnswer(reviews, { ...facts, model, rollout }));
}

const CUSTOMER_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * How long the same rows give the same answer: ends and review days pass at the customer's midnight, which falls on a
 * quarter of an hour in every time zone.
 */
const SAME_ANSWER_MS = 15 * 60_000;

/** Who asks, judged afresh at every request: a role that was taken away is gone with the next one. */
async function authorised(deps: ApiDeps, request: RouteRequest): Promise<CustomerRequest> {
  const { identity, displayName } = await deps.token.verify(bearerOf(request.headers.authorization));
  const customerId = (request.params.id ?? '').toLowerCase();
  if (!CUSTOMER_ID.test(customerId)) throw notGranted();
  const found = await deps.access.actorOf(identity, customerId);
  const actor: Actor = { ...found, displayName: found.displayName ?? displayName };
  const customer = (await deps.customers.list()).find(({ id }) => id === customerId);
  if (customer === undefined) throw notGranted();
  const revision = await deps.revisions.of(customerId);
  const moment = Math.floor(deps.clock.now() / SAME_ANSWER_MS);
  const etag = etagOf([customerId, revision.all, moment, identity, actor.roles, actor.displayName]);
  return { request, actor, customer, revision, etag };
}

/** The same words as for a customer that is there and not theirs. */
function notGranted(): Error {
  return refused(
    'not_granted',
    'Nobody has given you access here. Ask the engineer of your service provider to grant you a role.',
  );
}

async function answerMe(deps: ApiDeps, request: RouteRequest): Promise<RouteAnswer> {
  const signedIn: SignedIn = await deps.token.verify(bearerOf(request.headers.authorization));
  const { identity, displayName } = signedIn;
  const customers = await deps.access.customersOf(identity);
  const me: Me = {
    identity: { ...identity, displayName },
    customers: customers.map(({ customerId, name, roles }) => ({ id: customerId, name, roles })),
  };
  return conditional(request, etagOf([me]), () => json(me));
}

/** One person: by everybody's seer, by the own manager, and by himself. Others do not learn whether he exists. */
function requireSight(actor: Actor, accountId: string, managerOf: (id: string) => string | null | undefined): void {
  if (may(actor, 'seePeople')) return;
  const { tenantId, objectId } = actor.identity;
  if (tenantId === actor.customerId && accountId === objectId) return;
  if (!actor.roles.includes('manager')) throw noRole();
  if (managerOf(accountId) !== objectId)
    throw refused('not_yours', 'This is not one of your own people, so it is not shown to you.');
}

/** One person, as far as the actor may know of him. */
async function answerPerson(asked: CustomerRequest, model: ReadModel, reviews: Reviews): Promise<RouteAnswer> {
  const accountId = accountIdIn(asked.request);
  const managerOf = (id: string) => {
    const position = model.people.positionOf(id);
    return position === undefined ? undefined : model.roster.people[position]?.managerAccountId;
  };
  requireSight(asked.actor, accountId, managerOf);
  const exception = await exceptionOf(reviews, asked, { accountId, nameOf: model.nameOf });
  const facts = { revision: asked.etag, ...(exception === undefined ? {} : { exception }) };
  const known = personDetail(model, accountId, facts);
  const detail = known && detailSeenBy(asked.actor, known);
  if (detail === undefined) throw personUnknown();
  return conditional(asked.request, asked.etag, () => json(detail));
}

/** What became of a press; one that was refused is an error like any other, with the code of what stands against it. */
function decided({ reference }: RouteRequest, outcome: DecisionOutcome): RouteAnswer {
  if (outcome.outcome !== 'refused') return { status: 200, headers: UNSTORED, body: json(outcome) };
  const { code, message } = outcome;
  const status = code === 'not_your_decision' ? 403 : 409;
  return { status, headers: UNSTORED, body: json({ error: { code, message, reference } }) };
}
