import { z } from 'zod';
import type { Answer } from '../http/exchange.ts';
import type { Employee } from '../state/events.ts';
import { type BambooContext, problem } from './context.ts';
import { fieldCatalogue, peopleOf, readableFields, showEmployee } from './fields.ts';
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
  const all = fieldCatalogue(context.company).filter(
    (field) => !context.company.options.hiddenFields.includes(field.alias),
  );
  const size = Math.min(
    Number(context.call.query.get('page_size') ?? FIELDS_PAGE_DEFAULT) || FIELDS_PAGE_DEFAULT,
    PAGE_MAX,
  );
  const pages = Math.max(1, Math.ceil(all.length / size));
  // Pages out of range are moved to the nearest one, not refused.
  const page = Math.min(Math.max(1, Number(context.call.query.get('page') ?? '1') || 1), pages);
  const fields = all.slice((page - 1) * size, page * size).map((field) => ({
    name: field.alias,
    label: field.name,
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
  if (!read.ok) return problem(context, { status: 422, code: 'VALIDATION_FAILED', detail: read.detail });
  const shown = readableFields(context.company, query.fields);
  const rows = peopleOf(context.company, context.bend.shrinkTo).filter(read.filter);
  const ordered = read.order === null ? rows : [...rows].sort(read.order);
  const total = Math.ceil(ordered.length / read.size);
  const data = ordered
    .slice((read.page - 1) * read.size, read.page * read.size)
    .map((employee) => ({ fields: showEmployee(employee, shown) }));
  const link = (page: number) =>
    `https://${context.company.company.domain}.bamboohr.com/api/v2/datasets/${DATASET}/data?page=${page}`;
  return {
    status: 200,
    body: {
      data,
      links: { next: read.page < total ? link(read.page + 1) : null, prev: read.page > 1 ? link(read.page - 1) : null },
      meta: { page: read.page, pageSize: read.size, totalPages: total, totalItems: ordered.length },
    },
  };
}

type Order = (a: Employee, b: Employee) => number;
type ReadQuery =
  | { ok: true; filter: DatasetFilter; order: Order | null; page: number; size: number }
  | { ok: false; detail: string };

function readQuery(context: BambooContext, query: Query): ReadQuery {
  const page = query.page ?? 1;
  const size = query.pageSize ?? PAGE_DEFAULT;
  if (page < 1) return { ok: false, detail: 'page must be at least 1.' };
  if (size < 1 || size > PAGE_MAX) return { ok: false, detail: `pageSize must be between 1 and ${PAGE_MAX}.` };
  const hidden = new Set(context.company.options.hiddenFields);
  const known = new Set(
    ['id', ...fieldCatalogue(context.company).map((field) => field.alias)].filter((name) => !hidden.has(name)),
  );
  const filter = typeof query.filter === 'string' && query.filter.trim() !== '' ? query.filter : null;
  const reading = filter === null ? { ok: true as const, filter: () => true } : readDatasetFilter(filter, known);
  if (!reading.ok) return reading;
  const order = readOrder(query);
  return order === 'bad'
    ? { ok: false, detail: 'orderBy must name selected fields, each with asc or desc.' }
    : { ok: true, filter: reading.filter, order, page, size };
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
