/**
 * The tab's API over a world in memory: the paths, ETags, refusals and decision outcomes of the contract, each answer
 * checked by the contract's own schema before it goes out. What a test changes in `world` the next call sees.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  API_BASE,
  appPackageSchema,
  type Decision,
  type Department,
  decideRequestSchema,
  decisionOutcomeSchema,
  draftReviewSchema,
  errorSchema,
  exceptionReviewSchema,
  leftoversPageSchema,
  leftoversQuerySchema,
  meSchema,
  type Overview,
  overviewSchema,
  type PeopleQuery,
  type PersonRow,
  peoplePageSchema,
  peopleQuerySchema,
  personDetailSchema,
  personMfaSchema,
  publishOutcomeSchema,
  publishRequestSchema,
  REFERENCE_HEADER,
  signRequestSchema,
} from '../../src/contract.ts';
import { moreRoute } from './tab-more.ts';
import { Refusal } from './tab-refusal.ts';
import { rolloutRoute } from './tab-rollout-api.ts';
import { CUSTOMER_ID, type TabWorld } from './tab-world.ts';

export type TabRequest = { method: string; path: string; headers: Readonly<Record<string, string>>; body: string };
export type TabAnswer = { status: number; headers: Record<string, string>; body: string };

export type TabApi = {
  world: TabWorld;
  /** Every request so far, as `GET /path?query 200`. */
  log: string[];
  /** The token that is accepted. */
  token: string;
  /** Set to a status and code to refuse every call from now on. */
  refuseWith: { status: number; code: string; message: string } | null;
  answer(request: TabRequest): TabAnswer;
};

/** Creates the API; `token` is the only bearer token it takes. */
export function createTabApi(world: TabWorld, token = 'token-of-a-test'): TabApi {
  const api: TabApi = {
    world,
    log: [],
    token,
    refuseWith: null,
    answer: (request) => {
      const answered = finish(request, () => route(api, request));
      api.log.push(`${request.method} ${request.path.slice(API_BASE.length)} ${answered.status}`);
      return answered;
    },
  };
  return api;
}

function finish(request: TabRequest, work: () => unknown): TabAnswer {
  const reference = randomUUID().slice(0, 8);
  const headers = { 'content-type': 'application/json', [REFERENCE_HEADER]: reference };
  try {
    const body = JSON.stringify(work());
    const etag = `W/"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
    if (request.method === 'GET' && request.headers['if-none-match'] === etag) {
      return { status: 304, headers: { ...headers, etag }, body: '' };
    }
    return { status: 200, headers: { ...headers, etag }, body };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const body = errorSchema.parse({ error: { code: error.code, message: error.message, reference } });
    return { status: error.status, headers, body: JSON.stringify(body) };
  }
}

/** Nothing was switched or asked for. */
function personMfa(accountId: string): unknown {
  return personMfaSchema.parse({
    ...{ accountId, evaluated: null, isDirect: false, isOurs: false, requests: [], latest: null, newcomer: null },
    ...{ maySwitch: true, maySign: false },
  });
}

function route(api: TabApi, request: TabRequest): unknown {
  if (request.headers.authorization !== `Bearer ${api.token}`) throw new Refusal(401, 'token', 'Sign in again.');
  if (api.refuseWith !== null) throw new Refusal(api.refuseWith.status, api.refuseWith.code, api.refuseWith.message);
  const url = new URL(request.path, 'http://127.0.0.1');
  const parts = url.pathname.slice(API_BASE.length + 1).split('/');
  if (parts[0] === 'me') return meSchema.parse(api.world.me);
  const query = Object.fromEntries(url.searchParams);
  if (!api.world.me.customers.some(({ id }) => id === parts[1])) {
    throw new Refusal(403, 'not_granted', 'You have no role at this customer.');
  }
  const what = `${request.method} ${parts.slice(2).join('/')}`;
  switch (what) {
    case 'GET overview':
      return overviewSchema.parse(overviewOf(api.world));
    case 'GET people':
      return peoplePageSchema.parse(peoplePage(api.world, peopleQuerySchema.parse(query)));
    case 'GET leftovers':
      return leftoversPageSchema.parse(leftoversPage(api.world, query));
    case 'GET exceptions':
      return exceptionReviewSchema.parse({ ...api.world.exceptions, revision: '1' });
    case 'POST exceptions/sign':
      return decisionOutcomeSchema.parse(sign(api.world, signRequestSchema.parse(JSON.parse(request.body)).digest));
    case 'GET policy-draft':
      return draftReviewSchema.parse({ ...api.world.draft, revision: '1' });
    case 'POST policy-draft/decide':
      return decisionOutcomeSchema.parse(decide(api.world, decideRequestSchema.parse(JSON.parse(request.body))));
    case 'GET app-package':
      return appPackageSchema.parse({ ...api.world.appPackage, revision: '1' });
    case 'POST app-package':
      return publish(api.world, publishRequestSchema.parse(JSON.parse(request.body)).zip);
    default:
      if (parts[2] === 'people' && parts[4] === 'mfa') return personMfa(parts[3] ?? '');
      return (
        moreRoute(api.world.more, what, request.body) ??
        rolloutRoute(api.world, what, { query, body: request.body }) ??
        person(api.world, parts)
      );
  }
}

function person(world: TabWorld, parts: readonly string[]): unknown {
  const detail = parts[2] === 'people' ? world.details.get(parts[3] ?? '') : undefined;
  if (detail === undefined) throw new Refusal(404, 'unknown_person', 'There is no such person in the master list.');
  return personDetailSchema.parse(detail);
}

/** A package is whatever the test says; here it is only remembered, and refused with an error when that is wanted. */
function publish(world: TabWorld, zip: string): unknown {
  world.published.push(zip);
  const { publishing } = world;
  if ('status' in publishing) throw new Refusal(publishing.status, publishing.code, publishing.message);
  return publishOutcomeSchema.parse(publishing);
}

function overviewOf(world: TabWorld): Overview {
  const is = (enrolment: PersonRow['enrolment']) => world.people.filter((one) => one.enrolment === enrolment).length;
  const { signature } = world.exceptions;
  const { state } = world.draft.state;
  return {
    revision: '1',
    customer: { id: CUSTOMER_ID, name: 'Contoso Example', timeZone: 'Europe/Berlin' },
    takenAt: world.takenAt,
    scope: world.me.customers[0]?.roles.every((role) => role === 'manager') === true ? 'team' : 'customer',
    sources: world.sources,
    counts: {
      people: world.people.length,
      capable: is('capable'),
      notCapable: is('not'),
      unknown: is('unknown'),
      exceptions: world.exceptions.counts.total,
      hrWithoutAccount: world.leftovers.hrWithoutAccount.length,
      accountWithoutHr: world.leftovers.accountWithoutHr.length,
      suggestions: world.leftovers.suggestions.length,
      differences: world.people.filter((one) => one.differences.length > 0).length,
    },
    departments: departmentsOf(world.people),
    decisions: [
      {
        kind: 'exceptions',
        state: signature.state === 'unsigned' ? 'open' : signature.state,
        digest: world.exceptions.digest,
        mayDecide: world.exceptions.mayDecide.yes,
        ...(world.exceptions.mayDecide.yes ? {} : { why: world.exceptions.mayDecide.why }),
      },
      { kind: 'policyDraft', state, digest: world.draft.digest, mayDecide: world.draft.mayDecide.yes },
    ],
    phases: (world.rollout?.rollout.phases ?? [])
      .filter((phase) => phase.state !== 'planned' && phase.state !== 'enforced')
      .map((phase) => ({ name: phase.name, state: phase.state })),
  };
}

function departmentsOf(people: readonly PersonRow[]): Department[] {
  const found = new Map<string | null, Department>();
  for (const { department, enrolment } of people) {
    const row = found.get(department) ?? [department, 0, 0, 0, 0];
    row[1] += 1;
    row[{ capable: 2, not: 3, unknown: 4 }[enrolment] as 2 | 3 | 4] += 1;
    found.set(department, row);
  }
  return [...found.values()].sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a.localeCompare(b)));
}

function peoplePage(world: TabWorld, query: PeopleQuery): unknown {
  const words = (query.search ?? '').toLowerCase().split(/\s+/);
  const passing = world.people.filter(
    (one) =>
      words.every((word) => one.name.toLowerCase().includes(word)) &&
      (query.department === undefined || (one.department ?? '') === query.department) &&
      (query.enrolment === undefined || one.enrolment === query.enrolment) &&
      (query.accountStatus === undefined || one.accountStatus === query.accountStatus) &&
      (query.class === undefined || one.class === query.class) &&
      (query.difference === undefined ||
        (query.difference === 'any' ? one.differences.length > 0 : one.differences.includes(query.difference))),
  );
  const key = query.sort.replace('-', '') as 'name' | 'department' | 'enrolment';
  const sign_ = query.sort.startsWith('-') ? -1 : 1;
  const sorted = passing.toSorted((a, b) => sign_ * (a[key] ?? '\uffff').localeCompare(b[key] ?? '\uffff'));
  const rows = sorted.slice(query.offset, query.offset + query.limit);
  return { revision: '1', total: sorted.length, offset: query.offset, rows };
}

function leftoversPage(world: TabWorld, raw: Record<string, string>): unknown {
  const { kind, offset, limit, class: wanted } = leftoversQuerySchema.parse(raw);
  const { leftovers } = world;
  const all = leftovers[kind].filter((row) => wanted === undefined || ('class' in row && row.class === wanted));
  const counts = {
    hrWithoutAccount: leftovers.hrWithoutAccount.length,
    accountWithoutHr: leftovers.accountWithoutHr.length,
    suggestions: leftovers.suggestions.length,
  };
  return { revision: '1', counts, kind, total: all.length, offset, rows: all.slice(offset, offset + limit) };
}

function made(world: TabWorld, facts: Pick<Decision, 'subject' | 'digest' | 'verdict'>): Decision {
  const { tenantId, objectId, displayName } = world.me.identity;
  return { id: randomUUID(), ...facts, by: { tenantId, objectId }, displayName, at: '2026-11-20T09:31:00Z' };
}

function stale(currentDigest: string) {
  return { outcome: 'stale', currentDigest, message: 'The content changed since it was shown.' };
}

function sign(world: TabWorld, digest: string): unknown {
  const { exceptions } = world;
  if (!exceptions.mayDecide.yes) throw new Refusal(403, 'not_approver', exceptions.mayDecide.why);
  if (digest !== exceptions.digest) return stale(exceptions.digest);
  if (exceptions.signature.state === 'signed') return { outcome: 'already', decision: exceptions.signature.decision };
  const signed = made(world, { subject: 'exceptions', digest, verdict: 'signed' });
  world.exceptions = { ...exceptions, signature: { state: 'signed', decision: signed } };
  return { outcome: 'recorded', decision: signed };
}

function decide(world: TabWorld, press: { digest: string; verdict: 'approved' | 'held' }): unknown {
  const { draft } = world;
  if (!draft.mayDecide.yes) throw new Refusal(403, 'not_engineer', draft.mayDecide.why);
  if (press.digest !== draft.digest) return stale(draft.digest);
  if (draft.state.state === press.verdict) return { outcome: 'already', decision: draft.state.decision };
  const decided = made(world, { subject: 'policyDraft', ...press });
  world.draft = { ...draft, state: { state: press.verdict, decision: decided } };
  return { outcome: 'recorded', decision: decided };
}
