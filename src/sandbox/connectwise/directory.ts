/** What is there already: companies, contacts, boards, members, the lists of statuses. Read-only here. */
import type { Answer } from '../http/exchange.ts';
import { type CwCall, hrefOf, instant, listingOf } from './context.ts';
import { noRecord } from './errors.ts';
import { countRecords, cut, listRecords } from './listing.ts';
import { BOARDS, PHASE_STATUSES, PRIORITIES, PROJECT_STATUSES, SOURCES } from './site.ts';
import type { CwContact, CwRecord } from './state.ts';

const COMPANY_NAMES = new Set(['id', 'identifier', 'name', 'status', 'deletedFlag', 'lastUpdated', '_info']);
const CONTACT_NAMES = new Set([
  ...['id', 'firstName', 'lastName', 'company', 'title', 'inactiveFlag', 'communicationItems', 'lastUpdated', '_info'],
]);
const PLAIN_NAMES = new Set(['id', 'name', 'identifier', 'inactiveFlag', 'defaultFlag', 'closedStatus', 'closedFlag']);

/** A list of the directory: its records and the names by which it can be searched. */
type Shelf = { title: string; names: ReadonlySet<string>; records(context: CwCall): Iterable<CwRecord> };

export const SHELVES = {
  companies: { title: 'Company', names: COMPANY_NAMES, records: companiesOf },
  contacts: { title: 'Contact', names: CONTACT_NAMES, records: contactsOf },
  boards: { title: 'Board', names: PLAIN_NAMES, records: boardsOf },
  boardStatuses: { title: 'Status', names: PLAIN_NAMES, records: statusesOf },
  projectStatuses: { title: 'Status', names: PLAIN_NAMES, records: () => PROJECT_STATUSES.map((one) => ({ ...one })) },
  phaseStatuses: { title: 'Status', names: PLAIN_NAMES, records: () => PHASE_STATUSES.map((one) => ({ ...one })) },
  priorities: { title: 'Priority', names: PLAIN_NAMES, records: () => PRIORITIES.map((one) => ({ ...one })) },
  sources: { title: 'Source', names: PLAIN_NAMES, records: () => SOURCES.map((one) => ({ ...one })) },
  members: { title: 'Member', names: PLAIN_NAMES, records: membersOf },
} as const satisfies Record<string, Shelf>;

export function listShelf(context: CwCall, shelf: Shelf): Answer {
  return listRecords(shelf.records(context), listingOf(context, shelf.names));
}

export function countShelf(context: CwCall, shelf: Shelf): Answer {
  return countRecords(shelf.records(context), listingOf(context, shelf.names));
}

export function getFromShelf(context: CwCall, shelf: Shelf): Answer {
  for (const record of shelf.records(context)) {
    if (record.id === Number(context.values.id)) return { status: 200, body: cut(record, context.call) };
  }
  return noRecord(shelf.title, context.values.id ?? '');
}

/** GET /system/info: the test of a connection. */
export function systemInfo(context: CwCall): Answer {
  const { codebase } = context.state.options;
  return {
    status: 200,
    body: {
      version: `${codebase.replace(/^v/, '').replace('_', '.')}.0`,
      isCloud: true,
      serverTimeZone: 'Eastern Standard Time',
      cloudRegion: 'NA',
    },
  };
}

function* companiesOf(context: CwCall): Generator<CwRecord> {
  for (const { id, identifier, name } of context.state.companies) {
    yield {
      id,
      identifier,
      name,
      status: { id: 1, name: 'Active' },
      deletedFlag: false,
      customFields: [],
      _info: {
        ...seedInfo(context),
        contacts_href: hrefOf(context, `/company/contacts?conditions=company/id=${id}`),
      },
    };
  }
}

function* contactsOf(context: CwCall): Generator<CwRecord> {
  const companies = new Map(context.state.companies.map((company) => [company.id, company]));
  for (const contact of context.state.contacts) {
    const company = companies.get(contact.companyId);
    yield {
      id: contact.id,
      firstName: contact.firstName,
      lastName: contact.lastName,
      ...(company === undefined
        ? {}
        : { company: { id: company.id, identifier: company.identifier, name: company.name } }),
      ...(contact.title === null ? {} : { title: contact.title }),
      inactiveFlag: false,
      defaultFlag: false,
      communicationItems: [emailOf(contact)],
      types: [],
      customFields: [],
      _info: seedInfo(context),
    };
  }
}

function emailOf(contact: CwContact) {
  return {
    id: contact.id,
    type: { id: 1, name: 'Email' },
    value: contact.email,
    defaultFlag: true,
    domain: contact.email.slice(contact.email.indexOf('@')),
    communicationType: 'Email',
  };
}

function boardsOf(): CwRecord[] {
  return BOARDS.map(({ id, name, projectFlag }) => ({ id, name, projectFlag, inactiveFlag: false }));
}

function statusesOf(context: CwCall): CwRecord[] {
  const board = BOARDS.find((candidate) => candidate.id === Number(context.values.parentId));
  return (board?.statuses ?? []).map((status, sortOrder) => ({
    ...status,
    board: { id: board?.id, name: board?.name },
    sortOrder,
    displayOnBoard: true,
    inactive: false,
    timeEntryNotAllowed: false,
  }));
}

function membersOf(context: CwCall): CwRecord[] {
  const { memberId, member } = context.state.site;
  return [{ id: memberId, identifier: member, firstName: 'Rollout', lastName: 'API', inactiveFlag: false }];
}

/** Records that were there from the beginning were last changed when the world began. */
function seedInfo(context: CwCall) {
  return { lastUpdated: instant(context.state.startsAtMs), updatedBy: 'Admin1' };
}
