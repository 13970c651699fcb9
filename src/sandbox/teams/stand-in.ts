/** The page on which a newcomer sees Teams: plain HTTP on loopback, its sessions in HttpOnly cookies. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, type Call, headerOf } from '../http/exchange.ts';
import { readCall, send } from '../http/server.ts';
import { answerPage, productOrigin } from './stand-in-api.ts';
import type { StandInDeps } from './stand-in-deps.ts';
import { createEventStreams, type EventStreams } from './stand-in-events.ts';
import { loadPageFiles } from './stand-in-files.ts';
import { createSessions, isTabLink, type Sessions, SIGN_IN_PATH } from './stand-in-sessions.ts';

export type StandIn = {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends what is open towards browsers. */
  stop(): void;
};

type Parts = { deps: StandInDeps; sessions: Sessions; streams: EventStreams; files: (path: string) => Answer | null };

/** Creates the page's server. */
export function createStandIn(deps: StandInDeps): StandIn {
  const streams = createEventStreams(deps.teams);
  const parts: Parts = { deps, sessions: createSessions(deps), streams, files: loadPageFiles() };
  return {
    stop: streams.stop,
    async handle(request, response) {
      const call = await readCall(request, response);
      if (call === null) return;
      const refusal = refuseStranger(deps, call);
      if (refusal !== null) {
        send({ request, response }, refusal);
        return;
      }
      if (call.method === 'GET' && call.path === '/events') {
        const person = await parts.sessions.personOf(call);
        if (person === null) send({ request, response }, { status: 401 });
        else streams.open(person, response);
        return;
      }
      const answer = await answerCall(parts, call);
      send({ request, response }, { ...answer, headers: { ...guards(deps), ...answer.headers } });
    },
  };
}

/**
 * Another site's page may neither reach this one under a name of its own (rebinding) nor have a browser write here
 * with its cookies.
 */
function refuseStranger(deps: StandInDeps, call: Call): Answer | null {
  const { host, origin } = new URL(deps.urls().standIn);
  if (headerOf(call, 'host') !== host) return { status: 421, body: { error: `open ${deps.urls().standIn}` } };
  const from = headerOf(call, 'origin');
  const isForeign = from !== undefined && from !== origin;
  return isForeign && call.method !== 'GET' ? { status: 403, body: { error: 'another page asks for this' } } : null;
}

async function answerCall(parts: Parts, call: Call): Promise<Answer> {
  const { deps, sessions } = parts;
  if (call.path.startsWith(`${SIGN_IN_PATH}/`)) {
    return deps.login.match({ ...call, path: call.path.slice(SIGN_IN_PATH.length) }).answer({});
  }
  if (call.method === 'GET' && call.path === '/sign-in') return sessions.begin(call);
  if (call.method === 'GET' && call.path === '/signed-in') return sessions.finish(call);
  if (call.path.startsWith('/api/')) return answerApi(parts, call);
  const isPage = call.path === '/' || isTabLink(call);
  if (isPage && (await sessions.personOf(call)) === null) return sessions.begin(call);
  return (call.method === 'GET' ? parts.files(isPage ? '/' : call.path) : null) ?? { status: 404 };
}

async function answerApi({ deps, sessions }: Parts, call: Call): Promise<Answer> {
  const isWrite = call.method === 'POST';
  // A form of another page cannot send this type without asking first.
  if (isWrite && !/^application\/json\b/.test(headerOf(call, 'content-type') ?? '')) return { status: 415 };
  if (isWrite && call.path === '/api/sign-out') return sessions.end();
  const person = await sessions.personOf(call);
  if (person === null) return { status: 401, body: { error: 'sign in first' } };
  const locale = headerOf(call, 'x-teams-locale');
  const known = locale === 'de-DE' || locale === 'en-US' ? { ...person, locale } : person;
  return (await answerPage(deps.teams, known, call)) ?? { status: 404 };
}

function guards(deps: StandInDeps): Record<string, string> {
  const product = productOrigin(deps.teams.state) ?? '';
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: ${product}`,
    "connect-src 'self'",
    `frame-src ${product === '' ? "'none'" : product}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    // Not `no-referrer`: the browser would hide from our own check which page a write comes from.
    'Referrer-Policy': 'same-origin',
  };
}
