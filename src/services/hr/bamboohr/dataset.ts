import { z } from 'zod';
import { VendorBrokenError, type VendorCall, VendorRefusedError } from '../../../lib/errors.ts';
import { parsedAnswer } from '../../parsed-answer.ts';
import type { BambooSend } from './ask.ts';
import { bambooCallOf } from './calls.ts';
import { BAMBOO_FIELDS, type BambooField, type BambooRow, bambooFields, bambooRowOf, neededFields } from './rows.ts';
import type { BambooRules } from './settings.ts';

/**
 * How a dataset may call what we ask for, as the other endpoints do first. The vendor's reference of 2026 gives the
 * dataset `employee` names of its own; which ones an account has is told by the dataset's list of fields.
 */
const NAMES: Readonly<Record<'id' | BambooField, readonly [string, ...string[]]>> = {
  id: ['id', 'eeid', 'employeeId'],
  employeeNumber: ['employeeNumber'],
  displayName: ['displayName', 'fullName1', 'name'],
  preferredName: ['preferredName'],
  firstName: ['firstName'],
  lastName: ['lastName'],
  workEmail: ['workEmail', 'email'],
  department: ['department', 'jobInformationDepartment', 'departmentName'],
  jobTitle: ['jobTitle', 'jobInformationJobTitle', 'jobTitleName'],
  supervisorEId: ['supervisorEId', 'supervisorEid', 'reportsToId'],
  supervisorId: ['supervisorId'],
  status: ['status'],
  employmentHistoryStatus: ['employmentHistoryStatus', 'employmentStatus', 'employmentStatusName'],
  hireDate: ['hireDate'],
  terminationDate: ['terminationDate'],
};

/** The dataset's name of each field that it has, by ours. */
type Names = ReadonlyMap<'id' | BambooField, string>;

const OURS = ['id', ...BAMBOO_FIELDS] as const;
const USUAL: Names = new Map(OURS.map((field) => [field, NAMES[field][0]]));

const restricted = z.array(z.string()).nullish();
const pageSchema = z.looseObject({
  data: z.array(
    z.looseObject({
      fields: z.looseObject({ _restrictedFields: restricted }),
      _restrictedFields: restricted,
    }),
  ),
  meta: z.looseObject({
    page: z.number().int(),
    totalPages: z.number().int().nonnegative(),
    totalItems: z.number().int().nullish(),
  }),
});
type Row = z.infer<typeof pageSchema>['data'][number];

const fieldsSchema = z.looseObject({
  fields: z.array(z.looseObject({ name: z.string() })),
  pagination: z.looseObject({ total_pages: z.coerce.number().int() }).nullish(),
});

const PAGE_SIZE = 1_000;
const PAGES_MAX = 1_000;
/** A list that people change while it is read is read again, and not for ever. */
const READINGS_MAX = 3;

type BambooDataset = (signal?: AbortSignal) => Promise<BambooRow[]>;

/**
 * Creates the reader of one dataset: everybody, whatever the status. The usual names are asked for first; where the
 * dataset does not know them, those of its own list of fields, which are kept. Refuses, by VendorBrokenError, a list
 * without an end, one that changes whenever it is read, and one that hides a needed field of somebody.
 */
export function createBambooDataset(
  send: BambooSend,
  { dataset, employeeIdField }: { dataset: string; employeeIdField: BambooRules['employeeIdField'] },
): BambooDataset {
  let names: Names = USUAL;
  const needed = neededFields({ employeeIdField });
  return async (signal) => {
    const reading: Reading = { send, dataset, needed, signal };
    try {
      return await settledRows(reading, names);
    } catch (error) {
      if (!mayBeNames(error)) throw error;
      const found = await namesOf(reading).catch(() => null);
      // What the list of fields does not explain stays what it was.
      if (found?.get('id') === undefined || isSame(found, names)) throw error;
      names = found;
      return settledRows(reading, names);
    }
  };
}

type Reading = {
  send: BambooSend;
  dataset: string;
  needed: readonly BambooField[];
  signal: AbortSignal | undefined;
};

/** A name that the dataset does not know is refused, or left out of every row: then the rows have no id. */
function mayBeNames(error: unknown): boolean {
  if (error instanceof VendorRefusedError) return error.call.status === 400 || error.call.status === 422;
  return error instanceof VendorBrokenError && error.facts.property === 'id';
}

function isSame(a: Names, b: Names): boolean {
  return OURS.every((field) => a.get(field) === b.get(field));
}

async function settledRows(reading: Reading, names: Names): Promise<BambooRow[]> {
  for (let tries = 1; tries <= READINGS_MAX; tries += 1) {
    const rows = await rowsOf(reading, names);
    if (rows !== null) return rows;
  }
  throw new VendorBrokenError(datasetCall(), 'the listing changed while it was read, each time');
}

/** Pages are counted, never taken from the answer's links: those may lead to another host than the one called. Null: people came or went between two pages. */
async function rowsOf({ send, dataset, needed, signal }: Reading, names: Names): Promise<BambooRow[] | null> {
  const rows: BambooRow[] = [];
  const fields = [...names.values()];
  // Without an order of its own a page may hold anybody.
  const orderBy = `${names.get('id') ?? 'id'} asc`;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const body = { fields, orderBy, page, pageSize: PAGE_SIZE };
    const { answer, facts } = await send('dataset', { ids: { name: dataset }, body, signal });
    const { data, meta } = parsedAnswer(pageSchema, answer.body, facts);
    if (meta.page !== page) throw new VendorBrokenError(facts, 'another page came than was asked for');
    for (const row of data) rows.push(bambooRowOf(ownFields(row, { names, needed, facts }), facts));
    if (page >= meta.totalPages) return isWhole(rows, meta.totalItems) ? rows : null;
    if (data.length === 0) throw new VendorBrokenError(facts, 'a page is empty before the last one');
  }
  throw new VendorBrokenError(datasetCall(), 'the listing does not end');
}

function isWhole(rows: readonly BambooRow[], total: number | null | undefined): boolean {
  const isComplete = total === null || total === undefined || rows.length === total;
  return isComplete && new Set(rows.map(({ id }) => id)).size === rows.length;
}

function datasetCall(): VendorCall {
  const { method, path } = bambooCallOf('dataset');
  return { vendor: 'bamboohr', method, path };
}

type Shown = { names: Names; needed: readonly BambooField[]; facts: VendorCall };

/** A row under our names, without what may not be seen: that comes empty, and is named with the dataset before it. */
function ownFields({ fields, _restrictedFields }: Row, { names, needed, facts }: Shown): Record<string, unknown> {
  const restricted = [...(_restrictedFields ?? []), ...(fields._restrictedFields ?? [])];
  const isHidden = (name: string) => restricted.some((one) => one === name || one.endsWith(`_${name}`));
  const hidden = needed.filter((field) => isHidden(names.get(field) ?? field));
  if (hidden.length > 0) throw hiddenFields(hidden, facts);
  const shown = [...names].filter(([, name]) => Object.hasOwn(fields, name) && !isHidden(name));
  return parsedAnswer(bambooFields, Object.fromEntries(shown.map(([field, name]) => [field, fields[name]])), facts);
}

function hiddenFields(hidden: readonly BambooField[], facts: VendorCall): VendorBrokenError {
  const names = hidden.join(', ');
  return new VendorBrokenError(facts, `the answer hides ${names} of somebody`, {
    facts: { property: hidden.join(',') },
    userMessage: `BambooHR does not show ${names} of everybody: let the user of the API key see these fields.`,
  });
}

/** Which of the names that we know the dataset's own list of fields has. */
async function namesOf({ send, dataset, signal }: Reading): Promise<Names> {
  const listed = new Set<string>();
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const query = { page: String(page), page_size: String(PAGE_SIZE) };
    const { answer, facts } = await send('datasetFields', { ids: { name: dataset }, query, signal });
    const { fields, pagination } = parsedAnswer(fieldsSchema, answer.body, facts);
    for (const { name } of fields) listed.add(name);
    if (page >= (pagination?.total_pages ?? 1)) break;
  }
  const found = new Map<'id' | BambooField, string>();
  for (const field of OURS) {
    const name = NAMES[field].find((one) => listed.has(one));
    if (name !== undefined) found.set(field, name);
  }
  // Elsewhere this is the supervisor's number; under names of its own a dataset may mean something else by it.
  if (found.get('supervisorEId') !== USUAL.get('supervisorEId')) found.delete('supervisorId');
  return found;
}
