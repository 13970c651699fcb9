import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { dayOf } from '../../lib/local-time.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { awaitEffect } from '../../work/await-effect.ts';
import { defineJob, type JobKinds } from '../../work/job.ts';
import { type Actor, journalActor, may } from '../access/access.core.ts';
import type { Customer } from '../customers/customers.ts';
import { isRequested } from '../exceptions/decided-rows.core.ts';
import type { ExceptionKind } from '../exceptions/exception-types.core.ts';
import type { ExceptionRequests, ListedRequest, RequestOutcome } from '../exceptions/requests.ts';
import type { Rollout, Sentence } from '../phases/phase-types.core.ts';
import type { EnforcementDeps } from '../policy/enforce/enforce-run.ts';
import { directKnownIn, personCover, switchedOnIn } from '../policy/members/direct-group.ts';
import { inTurn } from '../policy/writing-turn.ts';
import type { Enrolment } from '../roster/roster-types.core.ts';
import type { Snapshot } from '../snapshots/snapshot-file.ts';
import { settleBrokenOff } from './broken-off.ts';
import { evaluatedOf, runSwitch } from './person-job.ts';
import { type Evaluated, newcomerNote, type SwitchKind } from './persons.core.ts';
import { insertSwitch, lockSwitches, nextSwitch, readSwitches, type SwitchRow } from './persons.store.ts';

/** How the newest switch of a person came out. */
export type ShownSwitch = {
  kind: SwitchKind;
  state: SwitchRow['state'];
  by: string | null;
  at: string;
  before: Evaluated | null;
  after: Evaluated | null;
  refusal: { code: string; message: Sentence } | null;
};

/** One person with the evaluated status, what was switched and asked for, and what the reader may do. */
export type PersonView = {
  accountId: string;
  displayName: string;
  userPrincipalName: string | null;
  department: string | null;
  phase: string | null;
  accountStatus: 'enabled' | 'disabled';
  enrolment: Enrolment;
  /** By the evaluator over what was last read; null before policies were. */
  evaluated: Evaluated | null;
  /** In the direct group as far as our own writes tell, and whether a switch of ours put him there. */
  isDirect: boolean;
  isOurs: boolean;
  /** Null where there is none, and for who may not know. */
  exception: { kind: ExceptionKind; signed: boolean; endsAt: string | null } | null;
  requests: ListedRequest[];
  latest: ShownSwitch | null;
  newcomer: Sentence | null;
  maySwitch: boolean;
  /** Whether the reader may sign that somebody is enforced without a method. */
  maySign: boolean;
};

export type SwitchOutcome =
  | { outcome: 'asked' | 'joined'; key: string; note: Sentence }
  | { outcome: 'refused'; code: string; message: Sentence };

export type OffAsk = { accountId: string; until: string | null; reason: string | null };

export type Persons = {
  kinds: JobKinds;
  /** One account by its id, sign-in name or mail, or by a name that only one has; null where there is none. */
  find(customer: Customer, named: string): Promise<string | null>;
  /** One person, by what is stored. Throws `not_your_person` unless the actor helps everybody or manages that person. */
  show(customer: Customer, actor: Actor, accountId: string): Promise<PersonView>;
  /**
   * Asks for MFA on, or for taking a switch of ours back; a second press joins the first. What it comes to is judged and
   * written by a job, from a fresh reading. `anyway` is the approver's signature that nobody else can give.
   */
  ask(
    customer: Customer,
    actor: Actor,
    asked: { accountId: string; kind: SwitchKind; anyway: boolean },
  ): Promise<SwitchOutcome>;
  /** Asks for MFA off: an exception that the approver signs (S13). */
  off(customer: Customer, actor: Actor, asked: OffAsk): Promise<RequestOutcome>;
  /** Resolves when the switch of this key has come to its end. */
  settled(customer: Customer, key: string): Promise<void>;
};

export type PersonDeps = EnforcementDeps & { requests: ExceptionRequests };

/** A switch waits for the end of others that write memberships or policies. */
const RETRIES = 30;

/** Creates MFA on and off for single people. */
export function createPersons(deps: PersonDeps): Persons {
  return {
    kinds: {
      'person.switch': defineJob({
        payload: z.strictObject({ switch: z.number().int() }),
        retryLimit: RETRIES,
        handle: ({ switch: seq }, job) =>
          inTurn(deps, job, { work: () => runSwitch(deps, seq, job), writes: 'groups' }),
      }),
    },
    find: async (customer, named) => findAccount(await deps.syncs.stored(customer), named),
    show: (customer, actor, accountId) => show(deps, { customer, actor, accountId: accountId.toLowerCase() }),
    ask: (customer, actor, asked) => ask(deps, { customer, actor, ...asked, accountId: asked.accountId.toLowerCase() }),
    off: (customer, actor, asked) => deps.requests.ask(customer, actor, { ...asked, kind: 'mfaOff' }),
    settled: (customer, key) => awaitEffect(deps.database, { customerId: customer.id, key }, deps.signal),
  };
}

/** A name that two people have is nobody's: whoever is meant has to be named otherwise (S7). */
function findAccount({ users }: Snapshot, named: string): string | null {
  const wanted = named.trim().toLowerCase();
  const all = users ?? [];
  const exact = all.find(({ id, userPrincipalName, mail }) =>
    [id, userPrincipalName, mail].some((name) => name?.toLowerCase() === wanted),
  );
  if (exact !== undefined) return exact.id.toLowerCase();
  const called = all.filter(({ displayName }) => displayName?.trim().toLowerCase() === wanted);
  return called.length === 1 ? (called[0]?.id.toLowerCase() ?? null) : null;
}

type Showing = { customer: Customer; actor: Actor; accountId: string };

async function show(deps: PersonDeps, { customer, actor, accountId }: Showing): Promise<PersonView> {
  const people = await deps.phases.people(customer);
  const person = people.find((one) => one.accountId.toLowerCase() === accountId);
  const isManager = isManagerOf(customer, actor, person);
  const isHelper = actor.customerId === customer.id && may(actor, 'requestExceptions');
  if (!isHelper && !isManager) throw notYours();
  const snapshot = await deps.syncs.stored(customer);
  const account = (snapshot.users ?? []).find(({ id }) => id.toLowerCase() === accountId);
  if (account === undefined) throw unknownAccount();
  const stored = await deps.database.withCustomer(customer.id, async (tx) => ({
    switches: await readSwitches(tx, accountId),
    direct: await directKnownIn(tx),
    ours: await switchedOnIn(tx),
  }));
  const [latest] = stored.switches;
  const enrolment = person?.enrolment ?? 'unknown';
  const since = everyoneSince(customer, await deps.phases.current(customer.id));
  return {
    ...{ accountId, displayName: account.displayName ?? '', userPrincipalName: account.userPrincipalName ?? null },
    ...{ department: person?.department ?? null, phase: person?.phase ?? null, enrolment },
    accountStatus: account.accountEnabled === false ? 'disabled' : 'enabled',
    requests: (await deps.requests.list(customer, actor)).filter((one) => one.accountId === accountId),
    evaluated: statusOf(snapshot, { accountId, enrolment, latest }),
    ...{ isDirect: stored.direct.has(accountId), isOurs: stored.ours.has(accountId) },
    exception: may(actor, 'seeExceptions') || isManager ? await exceptionOf(deps, customer, accountId) : null,
    latest: latest === undefined ? null : shownSwitch(latest),
    newcomer: newcomerNote({ ...firstDays(snapshot, accountId, person), everyoneSince: since, enrolment }),
    maySwitch: may(actor, 'switchPerson'),
    maySign: may(actor, 'signExceptions'),
  };
}

async function exceptionOf(deps: PersonDeps, customer: Customer, accountId: string): Promise<PersonView['exception']> {
  const { exceptions } = await deps.syncs.exceptions(customer);
  const row = exceptions.find((one) => one.accountId.toLowerCase() === accountId && !isRequested(one));
  return row === undefined ? null : { kind: row.kind, signed: row.signed, endsAt: row.endsAt };
}

type Status = { accountId: string; enrolment: Enrolment; latest: SwitchRow | undefined };

/** What was read back after the newest switch is newer than what the last sync stored, until the next one. */
function statusOf(snapshot: Snapshot, { accountId, enrolment, latest }: Status): Evaluated | null {
  const after = latest?.outcome?.after ?? null;
  if (after !== null && after.at > snapshot.takenAt) return after;
  if ((snapshot.policies ?? null) === null) return null;
  const canAnswer = ({ capable: 'yes', not: 'no', unknown: 'unknown' } as const)[enrolment];
  return evaluatedOf(personCover(snapshot, accountId), { canAnswer, at: snapshot.takenAt });
}

function shownSwitch({ kind, state, by, updatedAt, before, outcome }: SwitchRow): ShownSwitch {
  const refusal = outcome?.refusal ?? null;
  return {
    ...{ kind, state, by, at: updatedAt, before, after: outcome?.after ?? null },
    refusal: refusal === null ? null : { code: refusal.code, message: refusal.message },
  };
}

function everyoneSince({ settings }: Customer, rollout: Rollout | null): string | null {
  const last = rollout?.phases.find(({ everyoneElse }) => everyoneElse);
  return last?.state === 'enforced' && last.enforcedAt !== null
    ? dayOf(new Date(last.enforcedAt), settings.timeZone)
    : null;
}

function firstDays(
  { hr, users }: Snapshot,
  accountId: string,
  person: { userPrincipalName: string | null; mail: string | null } | undefined,
): { hireDate: string | null; createdOn: string | null } {
  const names = new Set([person?.mail, person?.userPrincipalName].flatMap((name) => name?.toLowerCase() ?? []));
  const employee = (hr?.employees ?? []).find(
    ({ workEmail }) => workEmail != null && names.has(workEmail.toLowerCase()),
  );
  const created = (users ?? []).find(({ id }) => id.toLowerCase() === accountId)?.createdDateTime;
  return {
    hireDate: employee?.hireDate ?? null,
    createdOn: typeof created === 'string' ? created.slice(0, 10) : null,
  };
}

function isManagerOf(
  customer: Customer,
  { customerId, identity }: Actor,
  person: { accountId: string; managerAccountId: string | null } | undefined,
): boolean {
  // An object id is unique within its own tenant only.
  const isOfTenant = customerId === customer.id && identity.tenantId === customer.id;
  return isOfTenant && person?.managerAccountId === identity.objectId && person.accountId !== identity.objectId;
}

type Asking = Showing & { kind: SwitchKind; anyway: boolean };

async function ask(deps: PersonDeps, { customer, actor, accountId, kind, anyway }: Asking): Promise<SwitchOutcome> {
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockSwitches(tx);
    // The role may have been taken away while the page was open.
    const now = await deps.access.actorOf(actor.identity, customer.id);
    if (!may(now, 'switchPerson')) return NOT_YOURS;
    if (anyway && !may(now, 'signExceptions')) return NOT_YOUR_SIGNATURE;
    const { users } = await deps.syncs.stored(customer);
    if (!(users ?? []).some(({ id }) => id.toLowerCase() === accountId)) throw unknownAccount();
    const known = await joinOpen(deps, tx, { customer, actor, accountId, kind, anyway });
    if (known !== null) return known;
    return { outcome: 'asked', key: await put(deps, tx, { customer, actor, accountId, kind, anyway }), note: ASKED };
  });
}

/** The end of a press where a switch is open already; null where one of its own is to be asked for. */
async function joinOpen(
  { clock }: PersonDeps,
  tx: Tx,
  { actor, accountId, kind, anyway }: Asking,
): Promise<SwitchOutcome | null> {
  const open = (await readSwitches(tx, accountId)).find(({ state }) => state === 'asked' || state === 'writing');
  if (open === undefined) return null;
  const wish = { kind, anyway, actor: journalActor(actor), at: new Date(clock.now()), priority: PRIORITY };
  const settled = await settleBrokenOff(tx, open, wish);
  if (settled === 'working') return open.kind === kind ? { outcome: 'joined', key: open.job, note: ASKED } : UNDER_WAY;
  return settled === null ? null : { outcome: 'asked', key: settled.key, note: ASKED };
}

async function put(deps: PersonDeps, tx: Tx, { actor, accountId, kind, anyway }: Asking): Promise<string> {
  const at = new Date(deps.clock.now());
  const seq = await nextSwitch(tx);
  const key = `person.switch:${seq}`;
  const by: Json = journalActor(actor);
  await insertSwitch(tx, { seq, accountId, kind, job: key, actor: by, anyway, at });
  await appendJournal(tx, { at, actor: by, event: 'person.asked', facts: { switch: seq, accountId, kind, anyway } });
  await enqueue(tx, { kind: 'person.switch', key, payload: { switch: seq }, dueAt: at, priority: PRIORITY });
  deps.stopPoint('person.asking');
  return key;
}

/** People wait at their screens for this: before any mailing. */
const PRIORITY = 10;

function notYours(): AppError {
  const userMessage = 'You can look at people of your own team alone; the master list names another manager now.';
  return new AppError('not_your_person', userMessage, { userMessage });
}

function unknownAccount(): AppError {
  const userMessage = 'There is no such account in this tenant. Run a sync if it is new.';
  return new AppError('account_unknown', userMessage, { userMessage });
}

const ASKED: Sentence = {
  en: 'It is being done: the tenant is read afresh, one membership is written and read back.',
  de: 'Es wird ausgeführt: der Mandant wird neu gelesen, eine Mitgliedschaft geschrieben und zurückgelesen.',
};
const NOT_YOURS: SwitchOutcome = {
  outcome: 'refused',
  code: 'not_your_decision',
  message: {
    en: 'Only somebody with the role engineer or approver switches people on. Your engineer can grant it.',
    de: 'Nur wer die Rolle Techniker oder Freigabe hat, schaltet Personen ein. Ihr Techniker kann sie vergeben.',
  },
};
const NOT_YOUR_SIGNATURE: SwitchOutcome = {
  outcome: 'refused',
  code: 'not_your_signature',
  message: {
    en: 'Only the approver signs that somebody is enforced without a usable method.',
    de: 'Nur die Freigabe unterschreibt, dass jemand ohne nutzbare Methode erzwungen wird.',
  },
};
const UNDER_WAY: SwitchOutcome = {
  outcome: 'refused',
  code: 'switch_under_way',
  message: {
    en: 'The other way is just being done for this person. Look again in a moment.',
    de: 'Für diese Person läuft gerade der umgekehrte Vorgang. Sehen Sie gleich noch einmal nach.',
  },
};
