import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { dayOf } from '../../lib/local-time.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { defineJob, type JobKinds } from '../../work/job.ts';
import type { Recurring } from '../../work/schedule.ts';
import { type Actor, journalActor } from '../access/access.core.ts';
import type { Customer } from '../customers/customers.ts';
import { openRequestsIn, putRequest, requestDayRefusal } from '../exceptions/requests.ts';
import { queueExtraReminder } from '../outreach/extra-reminder.ts';
import type { PhasePerson, Rollout, Sentence } from '../phases/phase-types.core.ts';
import { type GivenAnswer, judgeAnswer, proposalOf, requestKindOf, standingAnswer } from './answers.core.ts';
import { runChase } from './chase.ts';
import { ENGINEER_LIST, type HoldoutDeps, holdoutSubject, type ListName } from './holdout-deps.ts';
import { wishesIn, wishTickets } from './holdout-tickets.core.ts';
import type { HoldoutAnswer, ProposedException } from './holdout-types.core.ts';
import { nameKey } from './holdouts.core.ts';
import {
  type ChaseStep,
  type HoldoutRow,
  insertAnswer,
  lockHoldouts,
  readAnswers,
  readHoldouts,
  readPassRequests,
  readSteps,
} from './holdouts.store.ts';

/** How often it is looked who is still missing: whoever enrols is ticked off within this. */
export const HOLDOUTS_SCHEDULE: Recurring = { kind: 'holdouts.chase', everySeconds: 60 * 60 };

/** One person of a list, with everything that was done and answered about him. */
export type ListedHoldout = HoldoutRow & {
  displayName: string;
  managerName: string | null;
  ordinal: number;
  /** The standing answer, and the latest reminder that somebody asked for. */
  answer: HoldoutAnswer | null;
  reminded: HoldoutAnswer | null;
  proposal: ProposedException | null;
  /** `seq` of the latest answer about him; 0 for none. */
  seen: number;
  steps: readonly (ChaseStep & { at: string })[];
};

/** The list of one manager or of the engineer, as its card shows it. */
export type HoldoutList = { name: ListName; phase: string; enforceOn: string; lines: ListedHoldout[] };

export type AnswerOutcome =
  | { outcome: 'recorded'; answer: HoldoutAnswer; note: Sentence | null }
  | { outcome: 'already'; answer: HoldoutAnswer }
  | { outcome: 'over'; why: Sentence }
  | { outcome: 'refused'; code: string; message: Sentence };

export type Holdouts = {
  kinds: JobKinds;
  /** Everybody who is or was a holdout of the present rollout; none where there is none. */
  list(customer: Customer): Promise<ListedHoldout[]>;
  /** The list that a card shows, those who are done last; undefined when its rollout is not the present one any more. */
  listOf(customer: Customer, name: ListName): Promise<HoldoutList | undefined>;
  /**
   * Takes somebody's answer about a person of the present rollout. It neither carves out nor enforces anybody; what it
   * asks for is queued in the same transaction. Throws `not_your_person` unless the actor is that person's manager at
   * this moment, or engineer or helpdesk; every other way to fail is an outcome.
   */
  answer(customer: Customer, actor: Actor, given: GivenAnswer & { accountId: string }): Promise<AnswerOutcome>;
  /** Absences and extensions asked for people who are still missing, as they stand in the table for the approver. */
  proposals(customer: Customer): Promise<ProposedException[]>;
  /** Everybody who ever asked for a pass, in whichever rollout, by the person it is for, whatever was answered later. */
  passRequests(customer: Customer): Promise<ReadonlyMap<string, readonly HoldoutAnswer[]>>;
  /** Accounts whose own methods answered MFA when they were last read, which the master list may learn hours later. */
  enrolledIn(tx: Tx, rolloutId: string): Promise<ReadonlySet<string>>;
};

/** Creates the chase of those who have not enrolled. */
export function createHoldouts(deps: HoldoutDeps): Holdouts {
  return {
    kinds: {
      'holdouts.chase': defineJob({ payload: z.strictObject({}), handle: (_none, job) => runChase(deps, job) }),
    },
    list: async (customer) => {
      const rollout = await deps.phases.current(customer.id);
      return rollout === null ? [] : listed(deps, customer, rollout);
    },
    listOf: (customer, name) => listOf(deps, customer, name),
    answer: (customer, actor, given) => takeAnswer(deps, { customer, actor, given }),
    enrolledIn: async (tx, rolloutId) => {
      const rows = await readHoldouts(tx, rolloutId);
      return new Set(rows.flatMap(({ standing, accountId }) => (standing === 'enrolled' ? [accountId] : [])));
    },
    passRequests: async (customer) => {
      const requests = await deps.database.withCustomer(customer.id, readPassRequests);
      return Map.groupBy(requests, ({ accountId }) => accountId.toLowerCase());
    },
    proposals: async (customer) => {
      const rollout = await deps.phases.current(customer.id);
      const all = rollout === null ? [] : await listed(deps, customer, rollout);
      return all.flatMap(({ standing, proposal }) => (standing === 'open' && proposal !== null ? [proposal] : []));
    },
  };
}

async function listed(deps: HoldoutDeps, customer: Customer, rollout: Rollout): Promise<ListedHoldout[]> {
  const people = new Map((await deps.phases.people(customer)).map((person) => [person.accountId, person]));
  const { rows, answers, steps, requests } = await deps.database.withCustomer(customer.id, async (tx) => ({
    rows: await readHoldouts(tx, rollout.id),
    answers: await readAnswers(tx, rollout.id),
    steps: await readSteps(tx, rollout.id),
    requests: await openRequestsIn(tx),
  }));
  const requestOf = new Map(requests.map((request) => [request.accountId, request]));
  const answersOf = Map.groupBy(answers, ({ accountId }) => accountId);
  const stepsOf = Map.groupBy(steps, ({ accountId }) => accountId);
  const today = dayOf(new Date(deps.clock.now()), customer.settings.timeZone);
  return rows.map((row) => {
    const own = answersOf.get(row.accountId) ?? [];
    return {
      ...row,
      displayName: people.get(row.accountId)?.displayName ?? row.accountId,
      managerName: row.managerId === null ? null : (people.get(row.managerId)?.displayName ?? row.managerId),
      ordinal: rollout.phases.find(({ name }) => nameKey(name) === nameKey(row.phase))?.ordinal ?? -1,
      answer: standingAnswer(own),
      reminded: own.findLast(({ kind }) => kind === 'remindNow') ?? null,
      proposal: proposalOf(requestOf.get(row.accountId), today),
      seen: own.at(-1)?.seq ?? 0,
      steps: stepsOf.get(row.accountId) ?? [],
    };
  });
}

async function listOf(deps: HoldoutDeps, customer: Customer, name: ListName): Promise<HoldoutList | undefined> {
  const rollout = await deps.phases.current(customer.id);
  const phase = rollout?.id === name.rolloutId ? rollout.phases.find((one) => one.ordinal === name.ordinal) : undefined;
  if (rollout === null || phase === undefined) return undefined;
  const isOn = ({ managerId, ordinal }: ListedHoldout) =>
    ordinal === name.ordinal && (managerId ?? ENGINEER_LIST) === name.list;
  const own = (await listed(deps, customer, rollout)).filter(isOn);
  const rank = (line: ListedHoldout) => (line.standing === 'open' ? Number(line.answer !== null) : 2);
  const lines = own.sort((a, b) => rank(a) - rank(b) || compare(a.displayName, b.displayName));
  return { name, phase: phase.name, enforceOn: phase.enforceOn, lines };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

type Asking = { customer: Customer; actor: Actor; given: GivenAnswer & { accountId: string } };

async function takeAnswer(deps: HoldoutDeps, { customer, actor, given }: Asking): Promise<AnswerOutcome> {
  const rollout = await deps.phases.current(customer.id);
  const people = await deps.phases.people(customer);
  const person = people.find(({ accountId }) => accountId === given.accountId);
  const now = new Date(deps.clock.now());
  const zone = customer.settings.timeZone;
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockHoldouts(tx);
    const rows = rollout === null ? [] : await readHoldouts(tx, rollout.id);
    const row = rows.find(({ accountId }) => accountId === given.accountId);
    requireOwn(actor, customer, { person, row });
    if (rollout === null || row === undefined || person === undefined) return NOT_LISTED;
    const all = await readAnswers(tx, rollout.id);
    const answers = all.filter(({ accountId }) => accountId === given.accountId);
    const today = dayOf(now, zone);
    const facts = { standing: row.standing, excuse: row.excuse, answers, today };
    const judged = judgeAnswer(given, {
      ...facts,
      dayOf: (at) => dayOf(at, zone),
      dayRefusal: (asked) => requestDayRefusal(asked, { rollout, today }),
    });
    if (judged.outcome !== 'record') return judged;
    const answer = await insertAnswer(tx, rollout.id, {
      ...{ accountId: given.accountId, kind: given.kind, until: judged.until },
      ...{ by: actor.identity, displayName: actor.displayName, at: now.toISOString() },
    });
    const note = await bringAbout(tx, deps, { customer, rollout, person, actor, answers: [...answers, answer], today });
    await tell(tx, { rollout, row, answer, actor });
    deps.stopPoint('holdouts.answering');
    return { outcome: 'recorded', answer, note };
  });
}

const NOT_LISTED: AnswerOutcome = {
  outcome: 'refused',
  code: 'holdout_unknown',
  message: {
    en: 'This person is on no list of people who still have to enrol.',
    de: 'Diese Person steht auf keiner Liste derer, die sich noch registrieren müssen.',
  },
};

/** The same words whether the person is another manager's or nobody's. */
function requireOwn(
  actor: Actor,
  customer: Customer,
  { person, row }: { person: PhasePerson | undefined; row: HoldoutRow | undefined },
): void {
  const { tenantId, objectId } = actor.identity;
  if (actor.customerId === customer.id) {
    if (actor.roles.some((role) => role === 'engineer' || role === 'helpdesk')) return;
    // An object id is unique within its own tenant only.
    const isManager = person?.managerAccountId === objectId || row?.managerId === objectId;
    if (tenantId === customer.id && objectId !== person?.accountId && isManager) return;
  }
  const userMessage = 'You can answer for people of your own team alone; the master list names another manager now.';
  throw new AppError('not_your_person', userMessage, { userMessage });
}

type Bringing = {
  customer: Customer;
  rollout: Rollout;
  person: PhasePerson;
  actor: Actor;
  answers: readonly HoldoutAnswer[];
  today: string;
};

/** What the newest answer asks for, beside its row; a sentence where it can not be brought about as asked. */
async function bringAbout(tx: Tx, deps: HoldoutDeps, about: Bringing): Promise<Sentence | null> {
  const { customer, rollout, person, answers, today } = about;
  const latest = answers.at(-1);
  switch (latest?.kind) {
    case 'remindNow': {
      const { hasTeams } = deps;
      const asked = { rolloutId: rollout.id, person, day: today, at: new Date(latest.at), hasTeams };
      return (await queueExtraReminder(tx, asked)) === 'noAddress' ? NO_ADDRESS : null;
    }
    case 'needsToken':
    case 'tapRequest': {
      const { accountId } = person;
      const facts = { accountId, person, over: null, language: customer.settings.language };
      if (wishesIn(answers).size === 0) return null;
      await deps.wantTickets(tx, customer, wishTickets({ ...facts, answers }));
      return customer.settings.psa === undefined ? NO_PSA : null;
    }
    case 'onLeave':
    case 'extend': {
      const { accountId, by, displayName, at } = latest;
      const kind = requestKindOf(latest.kind) ?? 'extension';
      // The row of the answer says so: an answer of these kinds was judged by its day.
      const until = latest.until ?? today;
      await putRequest(tx, { accountId, kind, until, reason: null, by, displayName, at }, about.actor);
      return TO_BE_SIGNED;
    }
    case undefined:
      return null;
  }
}

const NO_ADDRESS: Sentence = {
  en: 'The person has no mail address, so no reminder can go out. Please speak to the person.',
  de: 'Die Person hat keine Mailadresse, darum kann keine Erinnerung hinausgehen. Bitte sprechen Sie sie an.',
};
const NO_PSA: Sentence = {
  en: 'There is no ticket system here; the engineer sees the wish on the list.',
  de: 'Hier gibt es kein Ticketsystem; der Techniker sieht den Wunsch auf der Liste.',
};
const TO_BE_SIGNED: Sentence = {
  en: 'It stands in the exception table now and counts once the approver has signed it.',
  de: 'Es steht jetzt auf der Ausnahmenliste und gilt, sobald die Freigabe unterschrieben ist.',
};

type Telling = { rollout: Rollout; row: HoldoutRow; answer: HoldoutAnswer; actor: Actor };

/** Every copy of the card shows the answer; the journal keeps who gave it. */
async function tell(tx: Tx, { rollout, row, answer, actor }: Telling): Promise<void> {
  const { accountId, kind, until, seq } = answer;
  const at = new Date(answer.at);
  const facts = { rolloutId: rollout.id, accountId, kind, until };
  await appendJournal(tx, { at, actor: journalActor(actor), event: 'holdouts.answered', facts });
  const ordinal = rollout.phases.find(({ name }) => nameKey(name) === nameKey(row.phase))?.ordinal ?? -1;
  const subject = holdoutSubject({ rolloutId: rollout.id, ordinal, list: row.managerId ?? ENGINEER_LIST });
  const key = `cards.refresh:${subject}:answer-${seq}`;
  await enqueue(tx, { kind: 'cards.refresh', key, payload: { subject }, dueAt: at, priority: 10 });
}
