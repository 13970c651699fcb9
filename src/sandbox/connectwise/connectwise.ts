/** ConnectWise PSA (Manage): one site of the service provider, with a company for each of its customers. */
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { type Answer, type Call, type CallFacts, headerOf, type VendorApp } from '../http/exchange.ts';
import { compileTemplate } from '../http/templates.ts';
import type { WorldHandle } from '../people.ts';
import type { Throttle } from '../throttle.ts';
import { messagesFor, type Notice } from './callbacks.ts';
import type { CwCall, CwContext } from './context.ts';
import type { Courier } from './courier.ts';
import { failure, noEndpoint } from './errors.ts';
import { ROUTES } from './routes.ts';
import type { ConnectWiseState } from './state.ts';

export type ConnectWiseDeps = {
  world: WorldHandle;
  clock: Clock;
  throttle: Throttle;
  courier: Courier;
  url: () => string;
};

const COMPANY_INFO = compileTemplate('/login/companyinfo/{company}');
const KEY_PATH = /^\/([^/]+)\/\/system\/callbackkey\/index\.rails$/;
const API_PATH = /^\/([^/]+)\/apis\/3\.0(\/.*)$/;
/** The code base that always leads to the newest one. */
const NEWEST = 'v4_6_release';
const ACCEPT = /^application\/vnd\.connectwise\.com\+json;\s*version=(\d{4}\.\d{1,2})$/i;
const OLDEST_VERSION = 2019;
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

/** Creates the simulated PSA. */
export function createConnectWise(deps: ConnectWiseDeps): VendorApp & { errorAnswer(status: number): Answer } {
  const known = (template: string, facts: CallFacts, act: () => Answer) => ({
    template,
    facts,
    answer: () => Promise.resolve(act()),
  });
  return {
    vendor: 'connectwise',
    errorAnswer: (status) =>
      failure(status, {
        code: status === 429 ? 'TooManyRequests' : 'ServerError',
        message: FAULTS[status] ?? 'An error occurred',
      }),
    match(call) {
      const info = COMPANY_INFO.match(call.path);
      if (info !== null && call.method === 'GET') {
        return known(COMPANY_INFO.text, {}, () => companyInfo(deps.world.state.connectwise, info.company ?? ''));
      }
      if (KEY_PATH.test(call.path)) return known('/system/callbackkey', {}, () => callbackKey(deps, call));
      const [, codebase = '', path = ''] = API_PATH.exec(call.path) ?? [];
      for (const candidate of ROUTES) {
        const values = candidate.template.match(path);
        if (values === null || candidate.method !== call.method) continue;
        const act = () => answerRoute(deps, { call, values, codebase, handle: candidate.handle });
        return known(candidate.template.text, { appId: headerOf(call, 'clientid') ?? '' }, act);
      }
      return known('(unknown)', {}, () => refusalOf(deps, call) ?? noEndpoint());
    },
  };
}

/** What the texts of its failures say; one with "timeout" is worth another attempt. */
const FAULTS: Readonly<Record<number, string>> = {
  429: 'Too many requests',
  500: 'Execution timeout expired. The timeout period elapsed prior to completion of the operation.',
};

/** GET /login/companyinfo/{company}: without credentials; an unknown company is 200 with null. */
function companyInfo({ site, options }: ConnectWiseState, company: string): Answer {
  const version = options.codebase.replace('_', '.');
  const body = {
    CompanyName: site.company,
    Codebase: `${options.codebase}/`,
    VersionCode: version,
    VersionNumber: `${version}.0`,
    CompanyID: site.company,
    IsCloud: true,
  };
  return { status: 200, body: company === site.company ? body : null };
}

/** The address that callbacks name for the key of their signature. */
function callbackKey(deps: ConnectWiseDeps, call: Call): Answer {
  const { site } = deps.world.state.connectwise;
  if (headerOf(call, 'clientid') !== site.clientId) return noClientId();
  const isOurs = call.query.get('companyName') === site.company && call.query.get('id') === site.signingKeyId;
  return isOurs ? { status: 200, body: { signing_key: site.signingKey } } : noEndpoint();
}

type Given = {
  call: Call;
  values: Record<string, string>;
  codebase: string;
  handle: (context: CwCall) => Answer;
};

function answerRoute(deps: ConnectWiseDeps, given: Given): Answer {
  const { call, values, codebase, handle } = given;
  const { options } = deps.world.state.connectwise;
  if (codebase !== NEWEST && codebase !== options.codebase) return noEndpoint();
  const refusal = refusalOf(deps, call) ?? limit(deps);
  if (refusal !== null) return refusal;
  const accept = headerOf(call, 'accept') ?? '*/*';
  const version = ACCEPT.exec(accept)?.[1];
  if (/vnd\.connectwise/i.test(accept) && (version === undefined || Number.parseFloat(version) < OLDEST_VERSION)) {
    return failure(406, { code: 'ConnectWiseApi', message: 'The requested version is not supported.' });
  }
  const json = parseJson(call.body);
  const context = { ...contextOf(deps, deps.world.state.connectwise.site.member), call, values, json };
  const answer = handle(context);
  const current = options.codebase.replace(/^v/, '').replace('_', '.');
  const type = version === undefined ? 'application/json' : `application/vnd.connectwise.com+json; version=${version}`;
  return { ...answer, headers: { 'Content-Type': type, 'api-current-version': current, ...answer.headers } };
}

/** The context of a call of the member, or of something that somebody else does at the site. */
export function contextOf(deps: ConnectWiseDeps, by: string): CwContext {
  const state = deps.world.state.connectwise;
  return {
    state,
    now: deps.clock.now(),
    url: deps.url(),
    by,
    record: (event) => deps.world.record(event),
    tell: (notice: Notice) => deps.courier.carry(messagesFor(state, notice, { url: deps.url(), by })),
  };
}

/** Company, public and private key in Basic credentials, and the integration's GUID beside them. */
function refusalOf(deps: ConnectWiseDeps, call: Call): Answer | null {
  const { site, options } = deps.world.state.connectwise;
  const basic = /^Basic\s+(\S+)$/i.exec(headerOf(call, 'authorization') ?? '')?.[1];
  if (basic === undefined) return failure(401, { code: 'Unauthorized', message: 'UserNotAuthenticated' });
  const given = Buffer.from(basic, 'base64');
  const wanted = Buffer.from(`${site.company}+${site.publicKey}:${site.privateKey}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    return options.wrongKeyStatus === 404
      ? noEndpoint()
      : failure(401, { code: 'Unauthorized', message: 'UserNotAuthenticated' });
  }
  return headerOf(call, 'clientid')?.toLowerCase() === site.clientId ? null : noClientId();
}

function noClientId(): Answer {
  return failure(403, { code: 'ConnectWiseApi', message: 'A valid clientId header is required.' });
}

function limit(deps: ConnectWiseDeps): Answer | null {
  const { requestsPerMinute } = deps.world.state.connectwise.options;
  if (requestsPerMinute === null) return null;
  const verdict = deps.throttle.take('connectwise', { limit: requestsPerMinute, windowMs: MINUTE_MS });
  if (!verdict.refused) return null;
  const seconds = String(Math.max(1, Math.ceil(verdict.waitMs / SECOND_MS)));
  return {
    ...failure(429, { code: 'TooManyRequests', message: 'Too many requests' }),
    headers: { 'Retry-After': seconds },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // No JSON: the object is read as empty, and what it lacks is told.
    return undefined;
  }
}
