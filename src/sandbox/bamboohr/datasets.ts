import { z } from 'zod';
import type { Answer } from '../http/exchange.ts';
import { type BambooContext, problem } from './context.ts';
import { type DatasetField, datasetFields, datasetRow } from './dataset-fields.ts';
import { peopleOf } from './fields.ts';
import { type DatasetFilter, readDatasetFilter } from './filter.ts';

const DATASET = 'employee';
const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;
const FIELDS_PAGE_DEFAULT = 500;

const bodySchema = z.object({
  fields: z.array(z.string()).min(1),
  filter: z.string().nullish(),
  orderBy: z.string().nullish(),
  page: z.int().optional(),
  pageSize: z.int().optional(),
});

type Query = z.infer<typeof bodySchema>;

/** GET /v1_2/datasets. */
export function listDatasets(): Answer {
  return { status: 200, body: { datasets: [{ name: DATASET, label: 'Employee' }] } };
}

/** GET /v1_2/datasets/{name}/fields: an unknown dataset is 422 here, 404 on its data. */
export function listDatasetFields(context: BambooContext): Answer {
  if (context.values.name !== DATASET) {
    return problem(context, { status: 422, code: 'DATASET_NOT_FOUND', detail: 'The dataset was not found.' });
  }
  const { company } = context;
  const isListed = ({ alias }: DatasetField) => isOwn(context) || !company.options.hiddenFields.includes(alias);
  const all = datasetFields(company).filter(isListed);
  const size = Math.min(
    Number(context.call.query.get('page_size') ?? FIELDS_PAGE_DEFAULT) || FIELDS_PAGE_DEFAULT,
    PAGE_MAX,
  );
  const pages = Math.max(1, Math.ceil(all.length / size));
  // Pages out of range are moved to the nearest one, not refused.
  const page = Math.min(Math.max(1, Number(context.call.query.get('page') ?? '1') || 1), pages);
  const fields = all.slice((page - 1) * size, page * size).map((field) => ({
    name: field.name,
    label: field.label,
    parentType: 'page',
    parentName: 'Personal',
    entityName: 'personal',
  }));
  const pagination = {
    total_records: all.length,
    current_page: page,
    total_pages: pages,
    next_page: page < pages ? page + 1 : null,
    prev_page: page > 1 ? page - 1 : null,
  };
  return { status: 200, body: { pagination, name: DATASET, label: 'Employee', fields } };
}

/** POST /v2/datasets/{name}/data: filter, order and page over everybody, whatever the status. */
export function queryDataset(context: BambooContext): Answer {
  if (context.values.name !== DATASET) {
    const detail = `The dataset '${context.values.name ?? ''}' does not exist or is not accessible.`;
    return problem(context, { status: 404, code: 'DATASET_NOT_FOUND', detail });
  }
  const parsed = bodySchema.safeParse(context.json);
  if (!parsed.success) {
    const fields = Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message]));
    return problem(context, { status: 400, code: 'BAD_REQUEST', detail: 'Missing or invalid parameters.', fields });
  }
  const query = parsed.data;
  const read = readQuery(context, query);
  if (!read.ok) return problem(context, read);
  const fields = datasetFields(context.company);
  const rows = peopleOf(context.company, context.bend.shrinkTo)
    .map((employee) => datasetRow(employee, fields))
    .filter(read.filter);
  // Who asks for no order gets one that nobody promised.
  const ordered = read.order !== null ? rows.sort(read.order) : isOwn(context) ? rows.reverse() : rows;
  const total = Math.ceil(ordered.length / read.size);
  const show = showing(context, query);
  const data = ordered.slice((read.page - 1) * read.size, read.page * read.size).map(show);
  return {
    status: 200,
    body: {
      data,
      links: linksOf(context, read.page, total),
      meta: { page: read.page, pageSize: read.size, totalPages: total, totalItems: ordered.length },
    },
  };
}

/** Whether the dataset has names of its own, and says what it hides instead of leaving it out. */
function isOwn({ company }: BambooContext): boolean {
  return company.options.datasetNames === 'own';
}

/** What was asked for of a person. A field that the key's user may not see is missing, or empty and named. */
function showing(context: BambooContext, query: Query) {
  const { hiddenFields } = context.company.options;
  const fields = datasetFields(context.company).filter(({ name }) => query.fields.includes(name));
  const seen = fields.filter(({ alias }) => !hiddenFields.includes(alias));
  const hidden = fields.filter(({ alias }) => hiddenFields.includes(alias));
  const namesHidden = isOwn(context) && hidden.length > 0;
  return (row: Row) => ({
    fields: Object.fromEntries([
      ...seen.map(({ name }) => [name, row[name] ?? null] as const),
      ...(namesHidden ? hidden.map(({ name }) => [name, ''] as const) : []),
    ]),
    ...(namesHidden ? { _restrictedFields: hidden.map(({ name }) => `${DATASET}_${name}`) } : {}),
  });
}

/** At the ends a link is null, or left out. */
function linksOf(context: BambooContext, page: number, total: number): Record<string, string | null> {
  const { domain } = context.company.company;
  const to = (one: number) => `https://${domain}.bamboohr.com/api/v2/datasets/${DATASET}/data?page=${one}`;
  const links = { next: page < total ? to(page + 1) : null, prev: page > 1 ? to(page - 1) : null };
  return isOwn(context) ? Object.fromEntries(Object.entries(links).filter(([, link]) => link !== null)) : links;
}

type Row = Record<string, string | null>;
type Order = (a: Row, b: Row) => number;
type Refusal = { ok: false; status: number; code: string; detail: string };
type ReadQuery = { ok: true; filter: DatasetFilter; order: Order | null; page: number; size: number } | Refusal;

function readQuery(context: BambooContext, query: Query): ReadQuery {
  const page = query.page ?? 1;
  const size = query.pageSize ?? PAGE_DEFAULT;
  if (page < 1) return invalid('page must be at least 1.');
  if (size < 1 || size > PAGE_MAX) return invalid(`pageSize must be between 1 and ${PAGE_MAX}.`);
  const order = readOrder(query);
  if (order === 'bad') {
    const detail = 'orderBy must name selected fields, each with asc or desc.';
    return isOwn(context) ? { ok: false, status: 400, code: 'UE-1001', detail } : invalid(detail);
  }
  const names = datasetFields(context.company).map(({ name }) => name);
  const unknown = isOwn(context) ? query.fields.find((name) => !names.includes(name)) : undefined;
  if (unknown !== undefined) {
    const detail = `Invalid field name: ${DATASET}_${unknown}`;
    return { ok: false, status: 400, code: 'INVALID_ARGUMENT', detail };
  }
  const reading = readFilter(context, query);
  return reading.ok ? { ok: true, filter: reading.filter, order, page, size } : invalid(reading.detail);
}

function invalid(detail: string): Refusal {
  return { ok: false, status: 422, code: 'VALIDATION_FAILED', detail };
}

function readFilter(context: BambooContext, { filter }: Query): ReturnType<typeof readDatasetFilter> {
  if (typeof filter !== 'string' || filter.trim() === '') return { ok: true, filter: () => true };
  const { hiddenFields } = context.company.options;
  const known = datasetFields(context.company).filter(({ alias }) => !hiddenFields.includes(alias));
  return readDatasetFilter(filter, new Set(known.map(({ name }) => name)));
}

function readOrder(query: Query): Order | null | 'bad' {
  if (typeof query.orderBy !== 'string' || query.orderBy.trim() === '') return null;
  const rules = query.orderBy.split(',').map((rule) => rule.trim().split(/\s+/));
  for (const [field = '', direction = 'asc'] of rules) {
    if (!query.fields.includes(field) || !['asc', 'desc'].includes(direction)) return 'bad';
  }
  return (a, b) => {
    for (const [field = '', direction] of rules) {
      const [left, right] = [a[field] ?? '', b[field] ?? ''];
      if (left !== right) return (left < right ? -1 : 1) * (direction === 'desc' ? -1 : 1);
    }
    return 0;
  };
}
