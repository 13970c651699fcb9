/** The answers about people, made from the read model. Every list goes out in pages of a bounded number of bytes. */
import type { z } from 'zod';
import type {
  accountWithoutHrRowSchema,
  ComparedField,
  ExceptionRow,
  hrWithoutAccountRowSchema,
  LeftoversPage,
  LeftoversQuery,
  PeoplePage,
  PeopleQuery,
  PersonDetail,
  PersonRow,
  suggestionRowSchema,
} from '../contract.ts';
import { type Actor, may } from '../rollout/access/access.core.ts';
import type { AccountWithoutHr, Difference, Person, Roster } from '../rollout/roster/roster-types.core.ts';
import { accountsSeenBy } from './exception-sight.ts';
import type { Positions } from './people-index.ts';
import type { ReadModel } from './read-models.ts';
import { shortText } from './short-text.ts';

/** What the texts of a row may take: 25 rows of people, or 12 of left-overs, then stay below 8 KB. */
const NAME_BYTES = 64;
const DEPARTMENT_BYTES = 48;
const ADDRESS_BYTES = 72;
const WHY_BYTES = 140;
const ID_BYTES = 40;

/** A page of the master list; of a manager's own people when one is named. */
export function peoplePage(
  model: ReadModel,
  { offset, limit, ...filter }: PeopleQuery,
  { revision, managerId }: { revision: string; managerId: string | undefined },
): PeoplePage {
  const positions = model.people.list(filter, managerId);
  const rows: PersonRow[] = [];
  for (let place = offset; place < Math.min(offset + limit, positions.length); place += 1)
    rows.push(personRow(model.roster.people[at(positions, place)] as Person));
  return { revision, total: positions.length, offset, rows };
}

function at(positions: Positions, place: number): number {
  return positions[place] as number;
}

function personRow(person: Person): PersonRow {
  return {
    accountId: person.accountId,
    name: shortText(person.displayName, NAME_BYTES),
    department: person.department === null ? null : shortText(person.department, DEPARTMENT_BYTES),
    enrolment: person.enrolment,
    accountStatus: person.accountStatus,
    class: person.class,
    differences: person.differences.map(({ field }) => field),
  };
}

export type DetailFacts = { revision: string; exception?: ExceptionRow | null };

/** Everything known of one person, or of an account without HR; undefined when the list knows neither. */
export function personDetail(model: ReadModel, accountId: string, facts: DetailFacts): PersonDetail | undefined {
  const position = model.people.positionOf(accountId);
  const reports = model.people.reportsOf(accountId).length;
  if (position !== undefined)
    return detailOfPerson(model, model.roster.people[position] as Person, { ...facts, reports });
  const account = model.accountsWithoutHr.get(accountId);
  return account === undefined ? undefined : detailOfAccount(account, { ...facts, reports });
}

function detailOfPerson(model: ReadModel, person: Person, facts: DetailFacts & { reports: number }): PersonDetail {
  const { accountId, displayName, userPrincipalName, mail, accountStatus, enrolment, enrolmentWhy } = person;
  const managerId = person.managerAccountId;
  return {
    ...{ accountId, displayName, userPrincipalName, mail, accountStatus, enrolment, enrolmentWhy },
    class: person.class,
    classWhy: null,
    methods: [...person.methods],
    hr: {
      employeeId: person.employeeId,
      status: person.hrStatus,
      returnDate: person.returnDate,
      jobTitle: person.jobTitle,
      department: person.department,
      matchedBy: person.matchedBy,
      manager: managerId === null ? null : { accountId: managerId, name: model.nameOf(managerId) ?? managerId },
      managerWhy: person.managerWhy,
      compared: [
        compared(person.differences, 'department', person.department, (value) => value),
        compared(person.differences, 'manager', managerId, (value) => managerName(model, value)),
      ],
    },
    ...facts,
  };
}

function detailOfAccount(account: AccountWithoutHr, facts: DetailFacts & { reports: number }): PersonDetail {
  const { accountId, displayName, userPrincipalName, accountStatus, enrolment, enrolmentWhy } = account;
  return {
    ...{ accountId, displayName, userPrincipalName, accountStatus, enrolment, enrolmentWhy },
    mail: null,
    class: account.class,
    classWhy: account.why,
    methods: [],
    hr: null,
    ...facts,
  };
}

/** Where nothing differs, Entra's value is HR's. */
function compared(
  differences: readonly Difference[],
  field: Difference['field'],
  value: string | null,
  shown: (value: string | null) => string | null,
): ComparedField {
  const difference = differences.find((one) => one.field === field);
  if (difference === undefined) return { field, hr: shown(value), entra: shown(value), differs: false };
  return { field, hr: shown(difference.hr), entra: shown(difference.entra), differs: true };
}

const EMPLOYEE = 'employee:';

/** Managers are account ids, or `employee:<id>` for one without an account; whoever is in no list keeps the id. */
function managerName(model: ReadModel, reference: string | null): string | null {
  if (reference === null) return null;
  if (!reference.startsWith(EMPLOYEE)) return model.nameOf(reference) ?? reference;
  const employeeId = reference.slice(EMPLOYEE.length);
  return model.employeeNameOf(employeeId) ?? employeeId;
}

/** A page of one of the three left-over lists, as the actor may see it. */
export function leftoversPage(
  model: ReadModel,
  query: LeftoversQuery,
  { revision, actor }: { revision: string; actor: Actor },
): LeftoversPage {
  const { roster } = model;
  const counts = {
    hrWithoutAccount: roster.hrWithoutAccount.length,
    accountWithoutHr: accountsSeenBy(actor, roster.accountWithoutHr).length,
    suggestions: roster.suggestions.length,
  };
  const { kind, offset, limit, search = '' } = query;
  const page = <T, R>(all: readonly T[], rowOf: (row: T) => R) => ({
    ...{ revision, counts, offset },
    total: all.length,
    rows: all.slice(offset, offset + limit).map(rowOf),
  });
  switch (kind) {
    case 'hrWithoutAccount':
      return { kind, ...page(model.leftovers(kind, search), (row) => hrRow(row, actor)) };
    case 'accountWithoutHr':
      return {
        kind,
        ...page(ofClass(accountsSeenBy(actor, model.leftovers(kind, search)), query.class), accountRow),
      };
    case 'suggestions':
      return { kind, ...page(model.leftovers(kind, search), (row) => suggestionRow(model, row)) };
  }
}

function ofClass(rows: readonly AccountWithoutHr[], wanted: LeftoversQuery['class']): readonly AccountWithoutHr[] {
  return wanted === undefined ? rows : rows.filter((row) => row.class === wanted);
}

function hrRow(row: Roster['hrWithoutAccount'][number], actor: Actor): z.infer<typeof hrWithoutAccountRowSchema> {
  return {
    employeeId: shortText(row.employeeId, ID_BYTES),
    name: shortText(row.displayName, NAME_BYTES),
    department: row.department === null ? null : shortText(row.department, DEPARTMENT_BYTES),
    hrStatus: may(actor, 'seeExceptions') ? row.hrStatus : null,
    workEmail: row.workEmail === null ? null : shortText(row.workEmail, ADDRESS_BYTES),
    why: shortText(row.why, WHY_BYTES),
  };
}

function accountRow(row: AccountWithoutHr): z.infer<typeof accountWithoutHrRowSchema> {
  const { accountId, userPrincipalName, accountStatus, enrolment } = row;
  return {
    accountId,
    name: shortText(row.displayName, NAME_BYTES),
    userPrincipalName: userPrincipalName === null ? null : shortText(userPrincipalName, ADDRESS_BYTES),
    accountStatus,
    class: row.class,
    enrolment,
    why: shortText(row.why, WHY_BYTES),
  };
}

function suggestionRow(
  model: ReadModel,
  { employeeId, accountId, why }: Roster['suggestions'][number],
): z.infer<typeof suggestionRowSchema> {
  const address = model.accountsWithoutHr.get(accountId)?.userPrincipalName ?? null;
  return {
    employeeId: shortText(employeeId, ID_BYTES),
    employeeName: shortText(model.employeeNameOf(employeeId) ?? employeeId, NAME_BYTES),
    accountId,
    accountName: shortText(model.nameOf(accountId) ?? accountId, NAME_BYTES),
    userPrincipalName: address === null ? null : shortText(address, ADDRESS_BYTES),
    why: shortText(why, WHY_BYTES),
  };
}
