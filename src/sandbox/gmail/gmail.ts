/** The Gmail API, version 1, for service accounts that act for a mailbox: drafts, sending, reading, limits. */
import type { Clock } from '../../lib/clock.ts';
import { type Answer, type Bend, type Call, type CallFacts, headerOf, type VendorApp } from '../http/exchange.ts';
import { compileTemplate } from '../http/templates.ts';
import type { WorldHandle } from '../people.ts';
import type { Throttle } from '../throttle.ts';
import type { GmailContext } from './context.ts';
import { createDraft, deleteDraft, getDraft, listDrafts, sendDraft, sendMessage } from './drafts.ts';
import { faultError, googleError, invalidCredentials, tooFast } from './errors.ts';
import { getMessage, getThread, listMessages, listThreads } from './messages.ts';
import { type Grant, readToken } from './service-account.ts';
import { openMailbox } from './state.ts';

type GmailDeps = { world: WorldHandle; clock: Clock; throttle: Throttle; tokenSecret: Buffer };

type Handler = (context: GmailContext) => Answer;
/** A method: its place, what it costs, and the scopes of which it wants one. */
type Route = {
  method: string;
  template: ReturnType<typeof compileTemplate>;
  units: number;
  scopes: readonly string[];
  handle: Handler;
};

const MAIL = 'https://mail.google.com/';
const scopesOf = (...names: string[]) => [
  MAIL,
  ...names.map((name) => `https://www.googleapis.com/auth/gmail.${name}`),
];
const WRITE = scopesOf('compose', 'modify');
const SEND = scopesOf('compose', 'modify', 'send');
const READ_DRAFTS = scopesOf('compose', 'modify', 'readonly');
const READ = scopesOf('metadata', 'modify', 'readonly');
const PROFILE = scopesOf('compose', 'metadata', 'modify', 'readonly');

const ROUTES: readonly Route[] = [
  route('POST', 'drafts', { units: 10, scopes: WRITE, handle: createDraft }),
  route('POST', 'drafts/send', { units: 100, scopes: WRITE, handle: sendDraft }),
  route('GET', 'drafts', { units: 5, scopes: READ_DRAFTS, handle: listDrafts }),
  route('GET', 'drafts/{id}', { units: 5, scopes: READ_DRAFTS, handle: getDraft }),
  route('DELETE', 'drafts/{id}', { units: 10, scopes: WRITE, handle: deleteDraft }),
  route('POST', 'messages/send', { units: 100, scopes: SEND, handle: sendMessage }),
  route('GET', 'messages', { units: 5, scopes: READ, handle: listMessages }),
  route('GET', 'messages/{id}', { units: 5, scopes: READ, handle: getMessage }),
  route('GET', 'threads', { units: 10, scopes: READ, handle: listThreads }),
  route('GET', 'threads/{id}', { units: 10, scopes: READ, handle: getThread }),
  route('GET', 'labels', { units: 1, scopes: [...READ, ...scopesOf('labels')], handle: listLabels }),
  route('GET', 'profile', { units: 1, scopes: PROFILE, handle: getProfile }),
];

function route(method: string, path: string, rest: Omit<Route, 'method' | 'template'>): Route {
  return { method, template: compileTemplate(`/gmail/v1/users/{userId}/${path}`), ...rest };
}

const PROJECT_UNITS_PER_MINUTE = 1_200_000;
const MINUTE_MS = 60_000;

/** Creates the simulated Gmail. */
export function createGmail(deps: GmailDeps): VendorApp & { errorAnswer(status: number): Answer } {
  return {
    vendor: 'gmail',
    errorAnswer: faultError,
    match(call) {
      const facts: CallFacts = {};
      const grant = grantOf(deps, call);
      if (grant !== null && grant.tenantId !== null) facts.tenant = grant.tenantId;
      for (const candidate of ROUTES) {
        const values = candidate.template.match(call.path);
        if (values === null || candidate.method !== call.method) continue;
        const answer = (bend: Bend) => Promise.resolve(answerRoute(deps, { call, values, bend, grant, candidate }));
        return { template: candidate.template.text, facts, answer };
      }
      return { template: '(unknown)', facts, answer: () => Promise.resolve(faultError(404)) };
    },
  };
}

function grantOf(deps: GmailDeps, call: Call): Grant | null {
  const token = /^Bearer (\S+)$/i.exec(headerOf(call, 'authorization') ?? '')?.[1] ?? '';
  return readToken(deps.tokenSecret, token);
}

type Given = {
  call: Call;
  values: Record<string, string>;
  bend: Bend;
  grant: Grant | null;
  candidate: Route;
};

/** Token, scope, mailbox, speed: checked in this order, as their errors tell. */
function answerRoute(deps: GmailDeps, given: Given): Answer {
  const { call, values, bend, grant, candidate } = given;
  const now = deps.clock.now();
  if (grant === null || grant.expires * 1000 <= now) return invalidCredentials();
  if (!grant.scopes.some((scope) => candidate.scopes.includes(scope))) return insufficientScopes();
  const { state, record } = deps.world;
  const workspace = state.gmail.workspaces.get(grant.tenantId ?? '');
  if (grant.mailbox === null || workspace === undefined) {
    return googleError({
      status: 400,
      message: 'Precondition check failed.',
      reason: 'failedPrecondition',
      name: 'FAILED_PRECONDITION',
    });
  }
  const wanted = (values.userId ?? '').toLowerCase();
  if (wanted !== 'me' && wanted !== grant.mailbox) {
    const message = `Delegation denied for ${grant.mailbox}`;
    return googleError({ status: 403, message, reason: 'forbidden', name: 'PERMISSION_DENIED' });
  }
  const context: GmailContext = {
    state: state.gmail,
    workspace,
    mailbox: grant.mailbox,
    scopes: grant.scopes,
    call,
    values,
    json: parseJson(call.body),
    bend,
    now,
    record,
  };
  return limit(deps, context, candidate.units) ?? candidate.handle(context);
}

function insufficientScopes(): Answer {
  return googleError({
    status: 403,
    message: 'Request had insufficient authentication scopes.',
    reason: 'insufficientPermissions',
    name: 'PERMISSION_DENIED',
  });
}

function limit(deps: GmailDeps, context: GmailContext, units: number): Answer | null {
  const { options } = context.workspace;
  const own = { limit: options.unitsPerMinute, windowMs: MINUTE_MS };
  const user = deps.throttle.take(`gmail ${context.mailbox}`, own, units);
  if (user.refused) {
    const again = new Date(context.now + user.waitMs).toISOString();
    return tooFast(options.rateRefusal, `User-rate limit exceeded.  Retry after ${again}`);
  }
  const all = { limit: PROJECT_UNITS_PER_MINUTE, windowMs: MINUTE_MS };
  if (!deps.throttle.take('gmail project', all, units).refused) return null;
  return tooFast(429, "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute'.");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // No JSON: each method says in its own way that it wanted some.
    return undefined;
  }
}

const SYSTEM_LABELS = ['INBOX', 'SENT', 'DRAFT', 'UNREAD', 'TRASH', 'SPAM', 'STARRED', 'IMPORTANT'];

/** GET labels: the system's own; user labels are not simulated. */
function listLabels(): Answer {
  return { status: 200, body: { labels: SYSTEM_LABELS.map((id) => ({ id, name: id, type: 'system' })) } };
}

/** GET profile. */
function getProfile(context: GmailContext): Answer {
  const messages = [...openMailbox(context.state, context.mailbox).messages.values()];
  const threads = new Set(messages.map((message) => message.threadId));
  return {
    status: 200,
    body: {
      emailAddress: context.mailbox,
      messagesTotal: messages.length,
      threadsTotal: threads.size,
      historyId: String(Math.floor(context.now / 1000)),
    },
  };
}
