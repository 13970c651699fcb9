/**
 * BambooHR under its addresses of today and of before: `/api/{version}/…` and
 * `/api/gateway.php/{company}/{version}/…`. The company of today's form is the host name there; on loopback it is
 * named by a first path segment (`/{company}/api/v1/…`), by a Host header, or by the key alone.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import {
  type Answer,
  type Bend,
  type Call,
  type CallFacts,
  headerOf,
  type Matched,
  type VendorApp,
} from '../http/exchange.ts';
import { compileTemplate } from '../http/templates.ts';
import type { SandboxEvent } from '../state/events.ts';
import type { CompanyState, SandboxState } from '../state/state.ts';
import type { Throttle } from '../throttle.ts';
import { metaUsers, timeOffRequests } from './accounts.ts';
import { grantOfAccess } from './connections.ts';
import { type BambooContext, headerError } from './context.ts';
import { listDatasetFields, listDatasets, queryDataset } from './datasets.ts';
import { EMPLOYEE_SCOPES, listEmployees } from './employee-list.ts';
import { createOAuth, type OAuth } from './oauth.ts';
import { changedEmployees, directory, metaFields, oneEmployee, whosOut } from './people.ts';
import { customReport } from './reports.ts';
import { deleteWebhook, getWebhook, listWebhooks, postWebhook, webhookLog } from './webhooks.ts';

export type BambooDeps = {
  state: SandboxState;
  clock: Clock;
  throttle: Throttle;
  record(event: SandboxEvent): void;
};

type Handler = (context: BambooContext) => Answer;
type Route = {
  method: string;
  template: ReturnType<typeof compileTemplate>;
  handle: Handler;
  /** The scopes of which a connection needs one; an API key has its user's rights. */
  scopes: readonly string[];
};

/** The one place that tells of a limit inside a success. */
const WEBHOOK_LOG = '/v1/webhooks/{id}/log';

const ROUTES: readonly Route[] = [
  route('GET', '/v1/employees/directory', ['employee_directory'], directory),
  route('GET', '/v1/employees/changed', ['public.user', 'public.integration'], changedEmployees),
  route('GET', '/v1/employees/{id}', ['employee', 'employee:name', 'employee:job'], oneEmployee),
  route('GET', '/v1/employees', EMPLOYEE_SCOPES, listEmployees),
  route('POST', '/v1/reports/custom', ['report'], customReport),
  route('GET', '/v1/time_off/whos_out', ['time_off'], whosOut),
  route('GET', '/v1/time_off/requests', ['time_off'], timeOffRequests),
  route('GET', '/v1/meta/fields', ['employee', 'field'], metaFields),
  route('GET', '/v1/meta/users', ['user'], metaUsers),
  route('GET', '/v1_2/datasets', ['report'], listDatasets),
  route('GET', '/v1_2/datasets/{name}/fields', ['report'], listDatasetFields),
  route('POST', '/v2/datasets/{name}/data', ['report'], queryDataset),
  route('GET', '/v1/webhooks', ['webhooks'], listWebhooks),
  route('POST', '/v1/webhooks', ['webhooks'], postWebhook),
  route('GET', WEBHOOK_LOG, ['webhooks'], webhookLog),
  route('GET', '/v1/webhooks/{id}', ['webhooks'], getWebhook),
  route('DELETE', '/v1/webhooks/{id}', ['webhooks'], deleteWebhook),
];

function route(method: string, template: string, scopes: readonly string[], handle: Handler): Route {
  return { method, template: compileTemplate(template), handle, scopes };
}

/** Creates the simulated BambooHR. */
export function createBambooHr(deps: BambooDeps): VendorApp & { errorAnswer(status: number): Answer } {
  const oauth = createOAuth(deps);
  return {
    vendor: 'bamboohr',
    errorAnswer: (status) => withRequestId(headerError(status, status === 429 ? 'Too many requests' : 'Service error')),
    match(call) {
      const facts: CallFacts = {};
      const signIn = signInMatch(deps, oauth, { call, facts });
      if (signIn !== null) return signIn;
      const { company, path } = splitPath(call.path);
      for (const candidate of ROUTES) {
        const values = candidate.template.match(path);
        if (values === null || candidate.method !== call.method) continue;
        const answer = (bend: Bend) =>
          Promise.resolve(
            withRequestId(answerRoute(deps, { call, values, facts, bend, name: company, route: candidate })),
          );
        if (company !== null) facts.tenant = company;
        return { template: candidate.template.text, facts, answer };
      }
      return unknownPath(facts);
    },
  };
}

const SIGN_IN = /^(?:\/([^/]+))?(\/(?:authorize|token)\.php)$/;

/** Consent and tokens: on a company's own address, which a gateway is not. */
function signInMatch(
  deps: BambooDeps,
  oauth: OAuth,
  { call, facts }: { call: Call; facts: CallFacts },
): Matched | null {
  const [, named, template = ''] = SIGN_IN.exec(call.path) ?? [];
  const acts: Readonly<Record<string, OAuth[keyof OAuth]>> = {
    'GET /authorize.php': oauth.show,
    'POST /authorize.php': oauth.decide,
    'POST /token.php': oauth.token,
  };
  const act = acts[`${call.method} ${template}`];
  if (act === undefined) return null;
  const domain = named ?? hostCompany(call);
  const company = deps.state.companies.get(domain ?? '');
  if (company === undefined) return unknownPath(facts);
  facts.tenant = company.company.domain;
  return { template, facts, answer: () => Promise.resolve(withRequestId(act(company, call))) };
}

function unknownPath(facts: CallFacts): Matched {
  return { template: '(unknown)', facts, answer: () => Promise.resolve(withRequestId(headerError(404, 'Not found'))) };
}

function splitPath(path: string): { company: string | null; path: string } {
  const legacy = /^\/api\/gateway\.php\/([^/]+)(\/.*)$/.exec(path);
  if (legacy !== null) return { company: decodeURIComponent(legacy[1] ?? ''), path: legacy[2] ?? '' };
  const prefixed = /^\/([^/]+)\/api(\/.*)$/.exec(path);
  if (prefixed !== null) return { company: decodeURIComponent(prefixed[1] ?? ''), path: prefixed[2] ?? '' };
  return { company: null, path: path.replace(/^\/api/, '') };
}

type Given = {
  call: Call;
  values: Record<string, string>;
  facts: CallFacts;
  bend: Bend;
  name: string | null;
  route: Route;
};

function answerRoute(deps: BambooDeps, given: Given): Answer {
  const { call, facts, route: place } = given;
  const now = deps.clock.now();
  const authorised = authorise(deps.state, { call, named: given.name, now });
  if (authorised === null) return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="BambooHR"' } };
  const { company, scopes } = authorised;
  facts.tenant = company.company.domain;
  const limited = limit(deps, { company, now, template: place.template.text });
  if (limited !== null) return limited;
  if (scopes !== null && !place.scopes.some((scope) => scopes.includes(scope)))
    return headerError(403, `The scope ${place.scopes.join(' or ')} was not granted`);
  const by = scopes === null ? 'key' : 'oauth';
  const context = {
    company,
    call,
    values: given.values,
    json: parseJson(call.body),
    bend: given.bend,
    now,
    by,
  } as const;
  return place.handle({ ...context, record: deps.record });
}

type Authorised = { company: CompanyState; scopes: readonly string[] | null };

/** By key (user = key, password = anything) or by a connection's token; either must be of the company addressed. */
function authorise(
  state: SandboxState,
  { call, named, now }: { call: Call; named: string | null; now: number },
): Authorised | null {
  const [, scheme = '', proof = ''] = /^(Basic|Bearer)\s+(\S+)$/i.exec(headerOf(call, 'authorization') ?? '') ?? [];
  const key = Buffer.from(proof, 'base64').toString('utf8').split(':')[0] ?? '';
  const domain = named ?? hostCompany(call);
  for (const company of state.companies.values()) {
    if (domain !== null && company.company.domain !== domain) continue;
    if (scheme.toLowerCase() === 'basic') {
      if (company.company.apiKey === key) return { company, scopes: null };
      continue;
    }
    const grant = grantOfAccess(company, proof, now);
    if (grant !== null) return { company, scopes: grant.scopes };
  }
  return null;
}

function hostCompany(call: Call): string | null {
  return /^([a-z0-9-]+)\.bamboohr\.com/i.exec(headerOf(call, 'host') ?? '')?.[1] ?? null;
}

const SECOND_MS = 1000;

function limit(
  deps: BambooDeps,
  { company, now, template }: { company: CompanyState; now: number; template: string },
): Answer | null {
  const { rateLimit, rateLimitStatus, retryAfterAsDate } = company.options;
  if (rateLimit === null) return null;
  const window = { limit: rateLimit.requests, windowMs: rateLimit.windowMs };
  const verdict = deps.throttle.count(`bamboohr ${company.company.domain}`, window);
  if (!verdict.refused) return null;
  const seconds = Math.max(1, Math.ceil(verdict.waitMs / SECOND_MS));
  if (template === WEBHOOK_LOG) {
    const message = `Over rate limit, please try again in ${seconds} seconds`;
    return { status: 200, body: { error: { code: 429, message } } };
  }
  const refusal = headerError(rateLimitStatus, 'Limit Exceeded');
  const retryAfter = retryAfterAsDate ? new Date(now + seconds * SECOND_MS).toUTCString() : String(seconds);
  return { ...refusal, headers: { ...refusal.headers, 'Retry-After': retryAfter } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // No JSON: each endpoint says in its own way that it wanted some.
    return undefined;
  }
}

function withRequestId(answer: Answer): Answer {
  return { ...answer, headers: { 'x-request-id': randomUUID(), ...answer.headers } };
}
