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
import type { CompanyState, SandboxState } from '../state/state.ts';
import type { Throttle } from '../throttle.ts';
import { type BambooContext, headerError } from './context.ts';
import { listDatasetFields, listDatasets, queryDataset } from './datasets.ts';
import { changedEmployees, directory, metaFields, oneEmployee, whosOut } from './people.ts';
import { customReport } from './reports.ts';

export type BambooDeps = { state: SandboxState; clock: Clock; throttle: Throttle };

type Handler = (context: BambooContext) => Answer;

const ROUTES: readonly { method: string; template: ReturnType<typeof compileTemplate>; handle: Handler }[] = [
  route('GET', '/v1/employees/directory', directory),
  route('GET', '/v1/employees/changed', changedEmployees),
  route('GET', '/v1/employees/{id}', oneEmployee),
  // Keys are not named in the security section of this endpoint, only OAuth is.
  route('GET', '/v1/employees', () => headerError(403, 'This endpoint requires OAuth')),
  route('POST', '/v1/reports/custom', customReport),
  route('GET', '/v1/time_off/whos_out', whosOut),
  route('GET', '/v1/meta/fields', metaFields),
  route('GET', '/v1_2/datasets', listDatasets),
  route('GET', '/v1_2/datasets/{name}/fields', listDatasetFields),
  route('POST', '/v2/datasets/{name}/data', queryDataset),
];

function route(method: string, template: string, handle: Handler) {
  return { method, template: compileTemplate(template), handle };
}

/** Creates the simulated BambooHR. */
export function createBambooHr(deps: BambooDeps): VendorApp & { errorAnswer(status: number): Answer } {
  return {
    vendor: 'bamboohr',
    errorAnswer: (status) => withRequestId(headerError(status, status === 429 ? 'Too many requests' : 'Service error')),
    match(call) {
      const { company, path } = splitPath(call.path);
      const facts: CallFacts = {};
      for (const candidate of ROUTES) {
        const values = candidate.template.match(path);
        if (values === null || candidate.method !== call.method) continue;
        const answer = (bend: Bend) =>
          Promise.resolve(
            withRequestId(answerRoute(deps, { call, values, facts, bend, name: company, handle: candidate.handle })),
          );
        if (company !== null) facts.tenant = company;
        return { template: candidate.template.text, facts, answer };
      }
      return unknownPath(facts);
    },
  };
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
  handle: Handler;
};

function answerRoute(deps: BambooDeps, given: Given): Answer {
  const { call, facts } = given;
  const company = authorise(deps.state, call, given.name);
  if (company === null) return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="BambooHR"' } };
  facts.tenant = company.company.domain;
  const now = deps.clock.now();
  const limited = limit(deps, company, now);
  if (limited !== null) return limited;
  return given.handle({ company, call, values: given.values, json: parseJson(call.body), bend: given.bend, now });
}

/** User = key, password = anything. The key must belong to the company that the address names. */
function authorise(state: SandboxState, call: Call, named: string | null): CompanyState | null {
  const basic = /^Basic\s+(\S+)$/i.exec(headerOf(call, 'authorization') ?? '');
  if (basic === null) return null;
  const key =
    Buffer.from(basic[1] ?? '', 'base64')
      .toString('utf8')
      .split(':')[0] ?? '';
  const host = /^([a-z0-9-]+)\.bamboohr\.com/i.exec(headerOf(call, 'host') ?? '')?.[1] ?? null;
  const domain = named ?? host;
  for (const company of state.companies.values()) {
    if (company.company.apiKey === key && (domain === null || company.company.domain === domain)) return company;
  }
  return null;
}

const SECOND_MS = 1000;

function limit(deps: BambooDeps, company: CompanyState, now: number): Answer | null {
  const { rateLimit, rateLimitStatus, retryAfterAsDate } = company.options;
  if (rateLimit === null) return null;
  const window = { limit: rateLimit.requests, windowMs: rateLimit.windowMs };
  const verdict = deps.throttle.count(`bamboohr ${company.company.domain}`, window);
  if (!verdict.refused) return null;
  const seconds = Math.max(1, Math.ceil(verdict.waitMs / SECOND_MS));
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
