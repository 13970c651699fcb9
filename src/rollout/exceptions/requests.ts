import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { dayOf } from '../../lib/local-time.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { type Actor, journalActor, may } from '../access/access.core.ts';
import type { Customer } from '../customers/customers.ts';
import type { Rollout, Sentence } from '../phases/phase-types.core.ts';
import { isRequested, requestName } from './decided-rows.core.ts';
import type { ExceptionRequest, ExceptionTable, RequestKind } from './exception-types.core.ts';
import {
  dayRefusal,
  extensionEnd,
  type GivenRequest,
  judgeRequest,
  type RequestFacts,
  type RequestRefusal,
} from './request-rules.core.ts';
import {
  closeRequest,
  insertRequest,
  lockRequests,
  readOpenRequests,
  readRequests,
  type StoredRequest,
} from './requests.store.ts';

/** How a request stands. `covered`: the account is an exception for another reason meanwhile, or is gone. */
export type RequestStanding = 'unsigned' | 'signed' | 'ended' | 'covered' | 'replaced' | 'withdrawn';

export type ListedRequest = ExceptionRequest & { id: string; name: string; standing: RequestStanding };

export type RequestOutcome =
  | { outcome: 'recorded' | 'already'; request: ExceptionRequest; note: Sentence }
  | { outcome: 'withdrawn'; request: ExceptionRequest; note: Sentence }
  | RequestRefusal;

export type ExceptionRequests = {
  /**
   * What was asked for, the newest first: everything for who may see exceptions, else what the actor asked himself or
   * what is about his own people.
   */
  list(customer: Customer, actor: Actor): Promise<ListedRequest[]>;
  /**
   * Asks for an exception about one account. It carves nobody out: the approver's signature on the table does. Throws
   * `not_your_person` unless the actor may ask for everybody or is that person's manager; else every end is an outcome.
   */
  ask(customer: Customer, actor: Actor, given: GivenRequest & { accountId: string }): Promise<RequestOutcome>;
  /** Takes a request back, a signed one too: the person returns by the readiness checks. For the asker and who signs. */
  withdraw(customer: Customer, actor: Actor, id: string): Promise<RequestOutcome>;
};

export type RequestDeps = {
  database: Database;
  clock: Clock;
  stopPoint: StopPoint;
  exceptions(customer: Customer): Promise<ExceptionTable>;
  stored(
    customer: Customer,
  ): Promise<{ users?: readonly { id: string; displayName?: string | null | undefined }[] | null | undefined }>;
  phases: {
    current(customerId: string): Promise<Rollout | null>;
    people(customer: Customer): Promise<readonly { accountId: string; managerAccountId: string | null }[]>;
  };
  /** Hears in the transaction that somebody is to be left out no more. */
  onWithdrawn(tx: Tx, withdrawal: { cause: string; at: Date }): Promise<unknown>;
};

/** Creates the asking for exceptions about single people. */
export function createExceptionRequests(deps: RequestDeps): ExceptionRequests {
  return {
    list: (customer, actor) => list(deps, customer, actor),
    ask: (customer, actor, given) => ask(deps, { customer, actor, given }),
    withdraw: (customer, actor, id) => withdraw(deps, { customer, actor, id }),
  };
}

async function list(deps: RequestDeps, customer: Customer, actor: Actor): Promise<ListedRequest[]> {
  const all = await deps.database.withCustomer(customer.id, readRequests);
  if (all.length === 0) return [];
  const { exceptions } = await deps.exceptions(customer);
  const rows = new Map(exceptions.flatMap((row) => (row.request === undefined ? [] : [[row.request, row.signed]])));
  const users = new Map(
    ((await deps.stored(customer)).users ?? []).map((user) => [user.id.toLowerCase(), user.displayName ?? '']),
  );
  const own = await ownPeople(deps, customer, actor);
  const today = todayAt(deps, customer);
  const seesAll = actor.customerId === customer.id && may(actor, 'seeExceptions');
  return all
    .filter((one) => seesAll || isAsker(actor, one) || own.has(one.accountId))
    .map(({ state, ...request }) => {
      const standing =
        state === 'open' ? standingOf(request, { signed: rows.get(requestName(request)), today }) : state;
      return { ...request, id: requestName(request), name: users.get(request.accountId) ?? '', standing };
    })
    .reverse();
}

function standingOf(
  { until }: ExceptionRequest,
  { signed, today }: { signed: boolean | undefined; today: string },
): RequestStanding {
  if (until <= today) return 'ended';
  if (signed === undefined) return 'covered';
  return signed ? 'signed' : 'unsigned';
}

async function ownPeople(deps: RequestDeps, customer: Customer, actor: Actor): Promise<ReadonlySet<string>> {
  const { tenantId, objectId } = actor.identity;
  if (actor.customerId !== customer.id || tenantId !== customer.id) return new Set();
  const people = await deps.phases.people(customer);
  const own = people.filter((one) => one.managerAccountId === objectId && one.accountId !== objectId);
  return new Set(own.map(({ accountId }) => accountId));
}

function isAsker({ identity }: Actor, { by }: Pick<ExceptionRequest, 'by'>): boolean {
  return by.tenantId === identity.tenantId && by.objectId === identity.objectId;
}

type Asking = { customer: Customer; actor: Actor; given: GivenRequest & { accountId: string } };

async function ask(deps: RequestDeps, { customer, actor, given }: Asking): Promise<RequestOutcome> {
  const accountId = given.accountId.toLowerCase();
  const isHelper = actor.customerId === customer.id && may(actor, 'requestExceptions');
  if (!isHelper && !(await ownPeople(deps, customer, actor)).has(accountId)) throw notYours();
  const rollout = await deps.phases.current(customer.id);
  const { users } = await deps.stored(customer);
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockRequests(tx);
    const open = (await readOpenRequests(tx)).find((one) => one.accountId === accountId) ?? null;
    const { exceptions } = await deps.exceptions(customer);
    const rows = exceptions.filter((row) => row.accountId.toLowerCase() === accountId);
    const facts: RequestFacts = {
      ...boundsOf(customer, { rollout, today: todayAt(deps, customer) }),
      isKnown: (users ?? []).some(({ id }) => id.toLowerCase() === accountId),
      isNever: rows.some(({ kind, directorySync }) => kind === 'breakGlass' || directorySync),
      row: rows.find((row) => !isRequested(row)) ?? null,
      open,
    };
    const judged = judgeRequest(given, facts);
    if (judged.outcome === 'refused') return judged;
    if (judged.outcome === 'already') return { ...judged, note: TO_BE_SIGNED };
    const at = new Date(deps.clock.now());
    const { until, reason } = judged;
    const asked = { accountId, kind: given.kind, until, reason, by: actor.identity, displayName: actor.displayName };
    const request = await putRequest(tx, { ...asked, at: at.toISOString() }, actor);
    deps.stopPoint('exceptions.asking');
    return { outcome: 'recorded', request, note: TO_BE_SIGNED };
  });
}

function boundsOf(
  _customer: Customer,
  { rollout, today }: { rollout: Rollout | null; today: string },
): Pick<RequestFacts, 'today' | 'extensionUntil'> {
  const isBound = rollout !== null && rollout.state !== 'stopped';
  const days = rollout?.procedure.extensionDays;
  return { today, extensionUntil: isBound ? extensionEnd(rollout.deadline, days) : null };
}

/** What speaks against ending a request on this day in this rollout, or null. */
export function requestDayRefusal(
  given: { kind: RequestKind; until: string | null },
  { rollout, today }: { rollout: Rollout; today: string },
): RequestRefusal | null {
  return dayRefusal(given, { today, extensionUntil: extensionEnd(rollout.deadline, rollout.procedure.extensionDays) });
}

/** The requests that nobody withdrew, for the customer of this transaction. */
export function openRequestsIn(tx: Tx): Promise<ExceptionRequest[]> {
  return readOpenRequests(tx);
}

/**
 * Keeps a request in the caller's transaction, in place of any other one about the account, and lets every card of the
 * table follow. The caller has judged it.
 */
export async function putRequest(
  tx: Tx,
  asked: Omit<ExceptionRequest, 'seq'>,
  actor: Actor,
): Promise<ExceptionRequest> {
  await lockRequests(tx);
  const request = await insertRequest(tx, { ...asked, accountId: asked.accountId.toLowerCase() });
  const { accountId, kind, until, reason } = request;
  const facts = { request: requestName(request), accountId, kind, until, reason };
  const at = new Date(request.at);
  await appendJournal(tx, { at, actor: journalActor(actor), event: 'exceptions.requested', facts });
  await redraw(tx, `${requestName(request)}-asked`, at);
  return request;
}

type Withdrawing = { customer: Customer; actor: Actor; id: string };

function withdraw(deps: RequestDeps, { customer, actor, id }: Withdrawing): Promise<RequestOutcome> {
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockRequests(tx);
    const request = (await readRequests(tx)).find((one) => requestName(one) === id.toUpperCase());
    const mayTake = actor.customerId === customer.id && may(actor, 'seeExceptions');
    // The same words whether it is somebody else's or nobody's.
    if (request === undefined || !(mayTake || isAsker(actor, request))) return UNKNOWN_REQUEST;
    const { state, ...asked } = request;
    if (state !== 'open') return { outcome: 'already', request: asked, note: OVER[state] };
    const at = new Date(deps.clock.now());
    await closeRequest(tx, request.seq, at);
    const facts = { request: id, accountId: request.accountId, kind: request.kind };
    await appendJournal(tx, { at, actor: journalActor(actor), event: 'exceptions.requestWithdrawn', facts });
    await redraw(tx, `${id}-withdrawn`, at);
    await deps.onWithdrawn(tx, { cause: `request-${id}-withdrawn`, at });
    deps.stopPoint('exceptions.withdrawing');
    return { outcome: 'withdrawn', request: asked, note: WITHDRAWN };
  });
}

async function redraw(tx: Tx, cause: string, dueAt: Date): Promise<void> {
  for (const subject of ['exceptions', 'policyDraft']) {
    await enqueue(tx, { kind: 'cards.refresh', key: `cards.refresh:${subject}:${cause}`, payload: { subject }, dueAt });
  }
}

function todayAt({ clock }: RequestDeps, { settings }: Customer): string {
  return dayOf(new Date(clock.now()), settings.timeZone);
}

function notYours(): AppError {
  const userMessage = 'You can ask for people of your own team alone; the master list names another manager now.';
  return new AppError('not_your_person', userMessage, { userMessage });
}

const TO_BE_SIGNED: Sentence = {
  en: 'It stands in the exception table and counts once the approver has signed it. Until then nothing changes.',
  de: 'Es steht auf der Ausnahmenliste und gilt, sobald die Freigabe unterschrieben ist. Bis dahin ändert sich nichts.',
};
const WITHDRAWN: Sentence = {
  en: 'It is withdrawn. Whoever was left out returns as soon as a method is registered.',
  de: 'Es ist zurückgenommen. Wer ausgenommen war, kehrt zurück, sobald eine Methode registriert ist.',
};
const OVER: Readonly<Record<Exclude<StoredRequest['state'], 'open'>, Sentence>> = {
  replaced: {
    en: 'A later request about this person took its place.',
    de: 'Ein späterer Antrag zu dieser Person ist an seine Stelle getreten.',
  },
  withdrawn: { en: 'It was withdrawn before.', de: 'Es wurde bereits zurückgenommen.' },
};
const UNKNOWN_REQUEST: RequestRefusal = {
  outcome: 'refused',
  code: 'request_unknown',
  message: { en: 'There is no such request of yours.', de: 'Einen solchen Antrag von Ihnen gibt es nicht.' },
};
