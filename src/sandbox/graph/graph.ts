import type { KeyObject } from 'node:crypto';
import {
  type Answer,
  type Bend,
  type Call,
  type CallFacts,
  headerOf,
  type Matched,
  type VendorApp,
} from '../http/exchange.ts';
import { type Faults, faultAnswer, replacesAnswer } from '../http/faults.ts';
import type { RequestLog } from '../http/requests.ts';
import { compileTemplate } from '../http/templates.ts';
import { claimedTenant } from '../login/login.ts';
import { readOptions } from '../odata/options.ts';
import type { Throttle } from '../throttle.ts';
import { type Access, checkPermissions, checkToken } from './access.ts';
import { answerBatch } from './batch.ts';
import type { GraphContext, GraphDeps, GraphRoute, GraphVersion } from './context.ts';
import { badRequest, graphError, newRequestId, stampError } from './errors.ts';
import { createMailboxSlots, crowded, type MailboxSlots } from './mailbox-slots.ts';
import { GRAPH_ROUTES } from './routes.ts';
import { charge, type GraphLimits } from './throttling.ts';

export type GraphAppDeps = GraphDeps & {
  publicKey: KeyObject;
  loginUrl: () => string;
  throttle: Throttle;
  limits: GraphLimits;
  faults: Faults;
  log: RequestLog;
};

const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

const COMPILED = GRAPH_ROUTES.map((route) => ({ route, template: compileTemplate(route.template) }));
/** Braces may stand for what a later line fixes, so fixed paths are tried first. */
const ORDERED = [...COMPILED].sort((a, b) => braces(a.route) - braces(b.route));

function braces(route: GraphRoute): number {
  return route.template.split('{').length;
}

type Found =
  | { kind: 'route'; route: GraphRoute; version: GraphVersion; values: Record<string, string> }
  | { kind: 'batch'; version: GraphVersion }
  | { kind: 'none'; template: string; answer: Answer };

/** Creates the simulated Microsoft Graph, v1.0 and beta. */
export function createGraph(deps: GraphAppDeps): VendorApp & { errorAnswer(status: number): Answer } {
  const mailboxes = createMailboxSlots(deps.state, deps.limits.outlookConcurrent);
  return {
    vendor: 'graph',
    errorAnswer: (status) => stamped(deps, undefined, faultError(status)),
    match: (call) => matchCall(deps, mailboxes, call),
  };
}

function matchCall(deps: GraphAppDeps, mailboxes: MailboxSlots, call: Call): Matched {
  const facts: CallFacts = {};
  const found = find(call);
  const token = /^Bearer\s+(\S+)$/i.exec(headerOf(call, 'authorization') ?? '')?.[1];
  const claimed = token === undefined ? undefined : claimedTenant(token);
  if (claimed !== undefined) facts.tenant = claimed;
  const isMail = found.kind === 'route' && found.route.throttle === 'outlook';
  const slot = isMail ? mailboxes.enter(call, found.values) : null;
  const answer = async (bend: Bend) =>
    stamped(deps, call, await answerFound(deps, { call, found, facts, bend, isCrowded: slot?.isCrowded === true }));
  return { template: templateOf(found), facts, answer, ...(slot === null ? {} : { release: slot.leave }) };
}

function templateOf(found: Found): string {
  switch (found.kind) {
    case 'route':
      return found.route.template;
    case 'batch':
      return '/$batch';
    case 'none':
      return found.template;
  }
}

function find(call: Call): Found {
  const [, version = '', ...rest] = call.path.split('/');
  if (version !== 'v1.0' && version !== 'beta') {
    return { kind: 'none', template: '(unknown)', answer: badRequest(`Invalid version: ${version}`, 'BadRequest') };
  }
  const path = `/${rest.join('/').replace(/\/$/, '')}`;
  if (path === '/$batch' && call.method === 'POST') return { kind: 'batch', version };
  let otherMethod: string | null = null;
  for (const { route, template } of ORDERED) {
    const values = template.match(path);
    if (values === null || !route.versions.includes(version)) continue;
    if (route.method === call.method) return { kind: 'route', route, version, values };
    otherMethod = route.template;
  }
  if (otherMethod !== null) {
    const message = 'Specified HTTP method is not allowed for the request target.';
    return { kind: 'none', template: otherMethod, answer: graphError(405, 'Request_BadRequest', message) };
  }
  return { kind: 'none', template: '(unknown)', answer: unknownSegment(path) };
}

function unknownSegment(path: string): Answer {
  if (path === '/me' || path.startsWith('/me/')) {
    return badRequest('/me request is only valid with delegated authentication flow.', 'BadRequest');
  }
  const segment = path.split('/').at(-1) ?? '';
  return badRequest(`Resource not found for the segment '${segment}'.`, 'BadRequest');
}

type Given = { call: Call; found: Found; facts: CallFacts; bend: Bend; isCrowded?: boolean };

async function answerFound(deps: GraphAppDeps, given: Given): Promise<Answer> {
  const { call, found, facts } = given;
  const verdict = await checkToken(call, {
    state: deps.state,
    now: deps.clock.now(),
    publicKey: deps.publicKey,
    loginUrl: deps.loginUrl(),
    graphUrl: deps.graphUrl(),
  });
  if (!verdict.ok) return verdict.refusal;
  facts.tenant = verdict.access.tenant.tenant.tenantId;
  facts.appId = verdict.access.appId;
  switch (found.kind) {
    case 'none':
      return found.answer;
    case 'batch':
      return answerBatch(call, {
        version: found.version,
        answer: async (part) => answerPart(deps, part, verdict.access),
      });
    case 'route':
      return answerRoute(deps, { ...given, found }, verdict.access);
  }
}

async function answerRoute(
  deps: GraphAppDeps,
  given: Given & { found: Extract<Found, { kind: 'route' }> },
  access: Access,
): Promise<Answer> {
  const { call, found, bend } = given;
  const refusal = checkPermissions(found.route, access.roles);
  if (refusal !== null) return refusal;
  const read = readOptions(call.query);
  if (!read.ok) return badRequest(read.message, 'BadRequest');
  const context: GraphContext = {
    deps,
    ...access,
    version: found.version,
    call,
    template: found.route.template,
    values: found.values,
    options: read.options,
    bend,
    now: deps.clock.now(),
  };
  const charged = charge(context, found.route, deps);
  if (charged.refusal !== null) return charged.refusal;
  if (given.isCrowded === true) return crowded();
  const answer = await found.route.handle(context);
  return { ...answer, headers: { ...charged.headers, ...answer.headers } };
}

/**
 * One part of a batch: its own match, fault, limits and line in the log. A path that only another version knows is
 * refused with 405, as the documents show it.
 */
async function answerPart(deps: GraphAppDeps, call: Call, access: Access): Promise<Answer> {
  const found = find(call);
  const template = templateOf(found);
  const facts: CallFacts = { tenant: access.tenant.tenant.tenantId, appId: access.appId };
  const fault = deps.faults.take({ vendor: 'graph', template, call, tenant: facts.tenant });
  let answer: Answer;
  if (fault !== null && replacesAnswer(fault)) answer = faultAnswer(fault, faultError);
  else if (found.kind === 'batch') answer = badRequest('A batch inside a batch is not supported.', 'BadRequest');
  else if (found.kind === 'none')
    answer = call.path.startsWith('/v1.0/') && isBetaOnly(call) ? notAllowed() : found.answer;
  else answer = await answerRoute(deps, { call, found, facts, bend: fault ?? {} }, access);
  const done = stamped(deps, call, answer);
  deps.log.add({
    ...facts,
    vendor: 'graph',
    method: call.method,
    template,
    path: call.path,
    query: Object.fromEntries(call.query),
    status: done.status,
    at: new Date(deps.clock.now()).toISOString(),
    bytes: 0,
    batched: true,
    ...(fault === null ? {} : { fault: fault.id }),
  });
  return done;
}

function isBetaOnly(call: Call): boolean {
  return find({ ...call, path: call.path.replace('/v1.0/', '/beta/') }).kind === 'route';
}

function notAllowed(): Answer {
  return graphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
}

const FAULT_CODES: Readonly<Record<number, [string, string]>> = {
  429: ['TooManyRequests', 'Please retry again later.'],
  500: ['InternalServerError', 'An internal server error occurred.'],
  502: ['BadGateway', 'Bad gateway.'],
  503: ['ServiceUnavailable', 'The service is temporarily unavailable.'],
  504: ['GatewayTimeout', 'The gateway did not answer in time.'],
};

function faultError(status: number): Answer {
  const [code, message] = FAULT_CODES[status] ?? ['UnknownError', 'The request could not be processed.'];
  return graphError(status, code, message);
}

/** Every answer carries ids and the media type; error bodies carry them again. */
function stamped(deps: GraphAppDeps, call: Call | undefined, answer: Answer): Answer {
  const requestId = newRequestId();
  const clientRequestId = call === undefined ? requestId : (headerOf(call, 'client-request-id') ?? requestId);
  const complete = stampError(answer, { requestId, clientRequestId, now: deps.clock.now() });
  return {
    ...complete,
    headers: {
      'request-id': requestId,
      'client-request-id': clientRequestId,
      'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"1","ScaleUnit":"000"}}',
      'OData-Version': '4.0',
      'Cache-Control': 'no-cache',
      ...(complete.body === undefined ? {} : { 'Content-Type': JSON_TYPE }),
      ...complete.headers,
    },
  };
}
