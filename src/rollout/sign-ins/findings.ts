import { type Clock, DAY_MS } from '../../lib/clock.ts';
import { dayOf } from '../../lib/local-time.ts';
import { storableText } from '../../lib/storable-text.ts';
import type { Database, Tx } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { type Actor, journalActor, may, type Right, rolesFor } from '../access/access.core.ts';
import type { Customer } from '../customers/customers.ts';
import type { ExceptionRow } from '../exceptions/exception-types.core.ts';
import type { PhasePerson } from '../phases/phase-types.core.ts';
import { changeName, type Finding, type FindingOwner, type FindingRow, settle } from './findings.core.ts';
import { readFindings, readFindingsOf, saveFindings } from './findings.store.ts';
import { readToOf } from './log-state.core.ts';
import { remedyFor } from './remedies.core.ts';
import { lastAnswers, lockSignIns, readLogStates } from './sign-ins.store.ts';

/** Hears which findings changed their status, in the transaction that keeps it: saves rows and puts effects into the outbox. */
export type FindingsListener = (tx: Tx, findings: readonly Finding[]) => Promise<void>;

/** A finding with the guess whom to ask, and the manager of whoever owns the account. */
export type ListedFinding = Finding & {
  accountName: string | null;
  owner: FindingOwner;
  managerAccountId: string | null;
};

export type FindingOutcome =
  | { ok: true; finding: Finding }
  | {
      ok: false;
      code: 'not_allowed' | 'finding_unknown' | 'finding_gone' | 'finding_waived' | 'finding_taken' | 'waiver_invalid';
      message: string;
    };

export type Findings = {
  /** Every finding of the customer, those to be settled first. Calls no vendor. */
  list(customerId: string): Promise<ListedFinding[]>;
  /**
   * Says that somebody works on it; `already` he did is a success that changes nothing. Answers `not_allowed`,
   * `finding_unknown`, `finding_gone`, `finding_waived`, and `finding_taken` with the name of whoever was first.
   */
  take(customer: Customer, actor: Actor, key: string): Promise<FindingOutcome>;
  /**
   * The customer's signature that the client may go on until a day, itself included, though enforcement will break it.
   * Answers `not_allowed`, `finding_unknown`, `finding_gone`, and `waiver_invalid` for a day in the past or more than a
   * year ahead, or without a reason.
   */
  waive(customer: Customer, actor: Actor, waiver: { key: string; until: string; why: string }): Promise<FindingOutcome>;
};

export type FindingsDeps = {
  database: Database;
  clock: Clock;
  onFindings: readonly FindingsListener[];
  /** Everybody on the master list with an account; empty where it was not read. */
  people(customerId: string): Promise<readonly PhasePerson[]>;
  exceptions(customerId: string): Promise<readonly Pick<ExceptionRow, 'accountId' | 'displayName' | 'owner'>[]>;
};

const WAIVED_DAYS_MAX = 366;
const WHY_UNITS_MAX = 500;

/** Creates the access to the findings. */
export function createFindings(deps: FindingsDeps): Findings {
  return {
    list: (customerId) => listFindings(deps, customerId),
    take: (customer, actor, key) => takeFinding(deps, customer, { actor, key }),
    waive: (customer, actor, waiver) => waiveFinding(deps, customer, { actor, ...waiver }),
  };
}

/** The findings of the transaction's customer without guesses about people. */
export async function storedFindings(tx: Tx): Promise<Finding[]> {
  return (await readFindings(tx)).filter(({ openedAt }) => openedAt !== null).map(findingOf);
}

/**
 * Brings every finding to its status as of what was read: opens what has traffic, closes what has had none for a day,
 * ends waivers whose day is over. Journals the changes and tells the listeners, in the caller's transaction.
 */
export async function settleFindings(
  tx: Tx,
  deps: Pick<FindingsDeps, 'clock' | 'onFindings'>,
  timeZone: string,
): Promise<void> {
  await lockSignIns(tx);
  const logs = await readLogStates(tx);
  const readTo = readToOf(logs);
  if (readTo === null) return;
  const now = new Date(deps.clock.now());
  const lostTo = logs.flatMap(({ lost }) => lost).map(({ to }) => Date.parse(to));
  const moment = {
    readToMs: Date.parse(readTo),
    lostToMs: lostTo.length === 0 ? null : Math.max(...lostTo),
    today: dayOf(now, timeZone),
    at: now.toISOString(),
    answeredMs: await lastAnswers(tx),
  };
  const changed = (await readFindings(tx)).flatMap((before) => {
    const after = settle(before, moment);
    return after === before ? [] : [{ before, after }];
  });
  if (changed.length === 0) return;
  const changes = changed.map(({ before, after }) => ({ ...named(after), change: changeName(before, after) }));
  const actor = { kind: 'system', name: 'sign-ins' };
  await keepChanges(
    tx,
    deps,
    changed.map(({ after }) => after),
  );
  await appendJournal(tx, { at: now, actor, event: 'findings.settled', facts: { readTo, changes } });
}

async function keepChanges(
  tx: Tx,
  { onFindings }: Pick<FindingsDeps, 'onFindings'>,
  rows: readonly FindingRow[],
): Promise<void> {
  await saveFindings(tx, rows);
  const findings = rows.map(findingOf);
  for (const listener of onFindings) await listener(tx, findings);
}

const ORDER = { open: 0, inWork: 1, waived: 2, gone: 3 } as const;

async function listFindings(deps: FindingsDeps, customerId: string): Promise<ListedFinding[]> {
  const findings = await deps.database.withCustomer(customerId, storedFindings);
  const people = new Map((await deps.people(customerId)).map((person) => [person.accountId.toLowerCase(), person]));
  const exceptions = new Map((await deps.exceptions(customerId)).map((row) => [row.accountId.toLowerCase(), row]));
  return findings
    .sort((one, other) => ORDER[one.status] - ORDER[other.status] || (one.key < other.key ? -1 : 1))
    .map((finding) => {
      const person = people.get(finding.accountId);
      const exception = exceptions.get(finding.accountId);
      return {
        ...finding,
        accountName: person?.displayName ?? exception?.displayName ?? null,
        owner: ownerOf(person, exception?.owner.accountId ?? null, people),
        managerAccountId: person?.managerAccountId ?? null,
      };
    });
}

/** Whose account it is; somebody on leave is asked through the manager, and a program through whoever answers for it. */
function ownerOf(
  person: PhasePerson | undefined,
  exceptionOwner: string | null,
  people: ReadonlyMap<string, PhasePerson>,
): FindingOwner {
  const nameOf = (id: string | null) => (id === null ? null : (people.get(id.toLowerCase())?.displayName ?? null));
  if (exceptionOwner !== null)
    return { accountId: exceptionOwner, displayName: nameOf(exceptionOwner), why: 'exception_owner' };
  if (person === undefined) return { accountId: null, displayName: null, why: 'nobody_known' };
  if (person.hrStatus === 'onLeave' && person.managerAccountId !== null)
    return { accountId: person.managerAccountId, displayName: nameOf(person.managerAccountId), why: 'manager' };
  return { accountId: person.accountId, displayName: person.displayName, why: 'own_account' };
}

async function takeFinding(
  deps: FindingsDeps,
  customer: Customer,
  { actor, key }: { actor: Actor; key: string },
): Promise<FindingOutcome> {
  if (!may(actor, 'handleFindings')) return notAllowed('handleFindings');
  return deps.database.withCustomer(customer.id, async (tx) => {
    const row = await lockedFinding(tx, key);
    if (row === null) return UNKNOWN;
    const by = journalActor(actor);
    switch (row.state) {
      case 'gone':
        return GONE;
      case 'waived':
        return { ok: false, code: 'finding_waived', message: `It is waived until ${row.waiver?.until ?? 'a day'}.` };
      case 'inWork':
        if (isSame(row.taken?.actor, by)) return { ok: true, finding: findingOf(row) };
        return { ok: false, code: 'finding_taken', message: `${nameOfActor(row.taken?.actor)} works on it already.` };
      case 'open': {
        const taken = { actor: by, at: new Date(deps.clock.now()).toISOString() };
        return record(tx, deps, { row: { ...row, state: 'inWork', taken }, actor, event: 'finding.taken', facts: {} });
      }
    }
  });
}

async function waiveFinding(
  deps: FindingsDeps,
  customer: Customer,
  waiver: { actor: Actor; key: string; until: string; why: string },
): Promise<FindingOutcome> {
  const { actor, key, until } = waiver;
  if (!may(actor, 'waiveFindings')) return notAllowed('waiveFindings');
  const now = deps.clock.now();
  const zone = customer.settings.timeZone;
  const why = storableText(waiver.why.trim(), WHY_UNITS_MAX);
  const last = dayOf(new Date(now + WAIVED_DAYS_MAX * DAY_MS), zone);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(until) && !Number.isNaN(Date.parse(until));
  if (why === '' || !isDay || until < dayOf(new Date(now), zone) || until > last)
    return { ok: false, code: 'waiver_invalid', message: `A waiver needs a reason and a day from today to ${last}.` };
  return deps.database.withCustomer(customer.id, async (tx) => {
    const row = await lockedFinding(tx, key);
    if (row === null) return UNKNOWN;
    if (row.state === 'gone') return GONE;
    const signed = { actor: journalActor(actor), at: new Date(now).toISOString(), until, why };
    const facts = { until, why, count: row.count, lastSeen: new Date(row.lastMs).toISOString() };
    return record(tx, deps, {
      row: { ...row, state: 'waived', waiver: signed },
      actor,
      event: 'finding.waived',
      facts,
    });
  });
}

async function lockedFinding(tx: Tx, key: string): Promise<FindingRow | null> {
  await lockSignIns(tx);
  const [row] = await readFindingsOf(tx, [key]);
  return row === undefined || row.openedAt === null ? null : row;
}

async function record(
  tx: Tx,
  deps: FindingsDeps,
  change: { row: FindingRow; actor: Actor; event: string; facts: Record<string, string | number> },
): Promise<FindingOutcome> {
  const row = { ...change.row, revision: change.row.revision + 1 };
  await keepChanges(tx, deps, [row]);
  const at = new Date(deps.clock.now());
  const facts = { ...named(row), ...change.facts };
  await appendJournal(tx, { at, actor: journalActor(change.actor), event: change.event, facts });
  return { ok: true, finding: findingOf(row) };
}

const UNKNOWN: FindingOutcome = {
  ok: false,
  code: 'finding_unknown',
  message: 'There is no such finding. See "mfa-rollout findings".',
};

const GONE: FindingOutcome = {
  ok: false,
  code: 'finding_gone',
  message: 'The client has had no traffic for a day: there is nothing left to do.',
};

function notAllowed(right: Right): FindingOutcome {
  return { ok: false, code: 'not_allowed', message: `This takes the role ${rolesFor(right).join(' or ')}.` };
}

function findingOf({ firstMs, lastMs, state, ...row }: FindingRow): Finding {
  return {
    ...row,
    firstSeen: new Date(firstMs).toISOString(),
    lastSeen: new Date(lastMs).toISOString(),
    status: state,
    ...remedyFor(row.protocol),
  };
}

function named({ key, accountId, appId, protocol }: FindingRow) {
  return { key, accountId, appId, protocol };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(idsOf(one)) === JSON.stringify(idsOf(other));
}

function idsOf(actor: unknown): unknown[] {
  if (typeof actor !== 'object' || actor === null) return [];
  const { tenantId, objectId } = actor as { tenantId?: unknown; objectId?: unknown };
  return [tenantId, objectId];
}

function nameOfActor(actor: unknown): string {
  if (typeof actor !== 'object' || actor === null) return 'Somebody';
  const { displayName } = actor as { displayName?: unknown };
  return typeof displayName === 'string' ? displayName : 'Somebody';
}
