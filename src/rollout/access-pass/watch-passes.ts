import { listPasses } from '../../services/graph/access-passes.ts';
import type { Graph } from '../../services/graph/client.ts';
import { type MethodRegistration, readMethodRegistrations } from '../../services/graph/method-registrations.ts';
import { collectSignIns, readInteractiveSignInsOf } from '../../services/graph/sign-ins.ts';
import { readUsageLocation } from '../../services/graph/user-details.ts';
import type { GraphSignIn } from '../../services/graph/wire.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import { endOf, type PassEnd } from './access-pass.core.ts';
import { changePass, readPasses, saveRegistration } from './access-pass.store.ts';
import type { IssuedPass, PassRegistration, PassRequest } from './access-pass-types.core.ts';
import { type AccessPassDeps, alarmSubject, passSubject } from './pass-deps.ts';
import { originOf, type SeenSignIn } from './pass-origin.core.ts';
import { openRequests } from './pass-requests.ts';
import { settleUnclaimed } from './settle-pass.ts';

const HOUR_MS = 60 * 60_000;
const NO_REQUESTS: ReadonlyMap<string, readonly PassRequest[]> = new Map();
/** A session that was begun with a pass outlives it; a method registered later was registered otherwise. */
const WATCHED_AFTER_MS = 24 * HOUR_MS;
/** Where somebody usually is, is told by so many days before. */
const USUAL_MS = 30 * 24 * HOUR_MS;
/** Whoever asked may still be waiting for the answer: longer than any call lasts. */
const UNDER_WAY_MS = 3 * 60_000;
/** Rows of the sign-in log come later than those of the audit log: nothing is called unknown before. */
const ROWS_LATE_MS = 20 * 60_000;

/**
 * Looks at what became of passes: settles those whose answer was lost, notes which were used or expired, tells of requests,
 * and raises an alarm where a method was registered from elsewhere. Run again, it changes nothing that did not change.
 */
export async function runWatch(deps: AccessPassDeps, job: RunningJob): Promise<Save | undefined> {
  const customer = await deps.customers.find(job.customerId);
  const passes = await deps.database.withCustomer(customer.id, readPasses);
  const asked = customer.settings.helpdesk.accessPass ? await openRequests(deps, customer) : NO_REQUESTS;
  const now = deps.clock.now();
  const open = passes.filter(({ state }) => state === 'issued' || state === 'issuing');
  const watched = passes.filter((pass) => isWatched(pass, now));
  if (open.length + watched.length + asked.size === 0) return undefined;
  const ends = open.length === 0 ? [] : await lookAtOpen(deps, customer, open);
  const origins = watched.length === 0 ? [] : await lookAtOrigins(deps, customer, watched);
  deps.stopPoint('access-passes.read');
  const helpers = await deps.helpersOf(customer.id);
  return async (tx) => {
    for (const { pass, end } of ends) await noteEnd(tx, { pass, end, now });
    for (const { pass, registration } of origins)
      await noteOrigin(tx, deps, { customer, pass, registration, now, helpers });
    for (const [accountId, requests] of asked) await tellRequest(deps, { customer, accountId, requests, helpers });
  };
}

/** From its start until the sessions that it may have begun are over, unless a registration was seen. */
function isWatched({ startsAt, expiresAt, registration }: IssuedPass, now: number): boolean {
  if (startsAt === null || expiresAt === null || registration !== null) return false;
  return now < Date.parse(expiresAt) + WATCHED_AFTER_MS + HOUR_MS;
}

type Ended = { pass: IssuedPass; end: NonNullable<PassEnd> };

async function lookAtOpen(deps: AccessPassDeps, customer: Customer, open: readonly IssuedPass[]): Promise<Ended[]> {
  const { graph, writer } = await deps.customers.connections(customer);
  const ended: Ended[] = [];
  for (const pass of open) {
    if (pass.state === 'issuing') {
      const isUnderWay = deps.clock.now() < Date.parse(pass.askedAt) + UNDER_WAY_MS;
      if (writer !== null && !isUnderWay) await settleUnclaimed(deps, { customer, graph, writer, intent: pass });
      continue;
    }
    const listed = await listPasses(graph, pass.accountId, { signal: deps.signal });
    const end = endOf(listed, { passId: pass.passId, expiresAt: pass.expiresAt, now: deps.clock.now() });
    if (end !== null) ended.push({ pass, end });
  }
  return ended;
}

type Origin = { pass: IssuedPass; registration: PassRegistration };

async function lookAtOrigins(
  deps: AccessPassDeps,
  customer: Customer,
  watched: readonly IssuedPass[],
): Promise<Origin[]> {
  const { graph } = await deps.customers.connections(customer);
  const now = deps.clock.now();
  const from = new Date(Math.min(...watched.map(({ startsAt }) => Date.parse(startsAt ?? '')))).toISOString();
  const registrations = await readMethodRegistrations(graph, { from, to: new Date(now).toISOString() });
  const found: Origin[] = [];
  for (const pass of watched) {
    const own = registrations.filter(({ userId }) => userId === pass.accountId);
    const registration = own.length === 0 ? null : await originFor(deps, graph, { pass, own });
    if (registration === null) continue;
    const mayComeYet = registration.verdict === 'unknown' && now < Date.parse(registration.at) + ROWS_LATE_MS;
    if (!mayComeYet) found.push({ pass, registration });
  }
  return found;
}

async function originFor(
  deps: AccessPassDeps,
  graph: Graph,
  { pass, own }: { pass: IssuedPass; own: readonly MethodRegistration[] },
): Promise<PassRegistration | null> {
  const { startsAt, expiresAt, accountId } = pass;
  if (startsAt === null || expiresAt === null) return null;
  const options = { signal: deps.signal };
  const window = { from: new Date(Date.parse(startsAt) - USUAL_MS).toISOString() };
  const read = await collectSignIns((onRows) =>
    readInteractiveSignInsOf(graph, [accountId], { ...options, window, onRows }),
  );
  return originOf({
    from: startsAt,
    to: new Date(Date.parse(expiresAt) + WATCHED_AFTER_MS).toISOString(),
    registrations: own,
    // Without a licence for the log nothing is known of where anybody is.
    signIns: read.kind === 'rows' ? read.rows.map(seen) : [],
    usageLocation: await readUsageLocation(graph, accountId, options),
  });
}

function seen({ createdDateTime: at, status, ipAddress, location }: GraphSignIn): SeenSignIn {
  const succeeded = (status?.errorCode ?? 0) === 0;
  return { at, ipAddress: ipAddress ?? null, country: countryIn(location?.countryOrRegion), succeeded };
}

function countryIn(country: string | null | undefined): string | null {
  return country === undefined || country === '' ? null : country;
}

async function noteEnd(tx: Tx, { pass, end, now }: Ended & { now: number }): Promise<void> {
  const at = new Date(now);
  const endedAt = end.state === 'expired' ? pass.expiresAt : at.toISOString();
  if (!(await changePass(tx, pass, { state: end.state, endedAt }))) return;
  const facts = { id: pass.id, accountId: pass.accountId };
  await appendJournal(tx, { at, actor: { kind: 'product' }, event: `accessPass.${end.state}`, facts });
  const subject = passSubject(pass.accountId);
  const key = `cards.refresh:${subject}:${end.state}:${pass.id}`;
  await enqueue(tx, { kind: 'cards.refresh', key, payload: { subject }, dueAt: at });
}

type Noting = Origin & { customer: Customer; now: number; helpers: readonly { tenantId: string; objectId: string }[] };

async function noteOrigin(tx: Tx, deps: AccessPassDeps, noting: Noting): Promise<void> {
  const { pass, registration, customer, now, helpers } = noting;
  if (!(await saveRegistration(tx, pass.id, registration))) return;
  const { at, from, usual, verdict } = registration;
  const facts = { id: pass.id, accountId: pass.accountId, at, from, usual: [...usual], verdict };
  const actor = { kind: 'product' };
  await appendJournal(tx, { at: new Date(now), actor, event: 'accessPass.methodRegistered', facts });
  if (verdict === 'usual') return;
  const subject = alarmSubject(pass.id);
  for (const { tenantId, objectId } of helpers) {
    const key = `${subject}:${tenantId}:${objectId}`;
    const target = { to: 'person', tenantId, objectId } as const;
    await deps.conversations.plan(customer.id, { key, target, content: null, subject });
  }
}

type Telling = {
  customer: Customer;
  accountId: string;
  requests: readonly PassRequest[];
  helpers: readonly { tenantId: string; objectId: string }[];
};

/** Whoever may issue it is told once of each request; whoever asked himself is not. */
async function tellRequest(
  { conversations }: AccessPassDeps,
  { customer, accountId, requests, helpers }: Telling,
): Promise<void> {
  const subject = passSubject(accountId);
  const latest = requests.at(-1);
  if (latest === undefined) return;
  for (const { tenantId, objectId } of helpers) {
    if (requests.some((one) => one.objectId === objectId && one.tenantId === tenantId)) continue;
    const key = `${subject}:${latest.at}:${tenantId}:${objectId}`;
    const target = { to: 'person', tenantId, objectId } as const;
    await conversations.plan(customer.id, { key, target, content: null, subject });
  }
}
