import { z } from 'zod';
import { type Answer, headerOf } from '../http/exchange.ts';
import type { Employee } from '../state/events.ts';
import { type BambooContext, headerError } from './context.ts';
import { peopleOf, readableFields, showEmployee } from './fields.ts';

const FIELDS_MAX = 400;
/** Accept values that give JSON; the other documented formats are not simulated. */
const JSON_ACCEPT = 'application/json';

const bodySchema = z.object({
  title: z.string().optional(),
  fields: z.array(z.string()).optional(),
  filters: z
    .object({
      lastChanged: z.object({ value: z.string().optional(), includeNull: z.string().optional() }).optional(),
      employeeIds: z.array(z.union([z.int(), z.string()])).optional(),
    })
    .optional(),
});

/**
 * POST /v1/reports/custom: everybody whatever the status. The content type must be `application/json` to the letter,
 * or the body is read as XML; unknown fields are left out without a word.
 */
export function customReport(context: BambooContext): Answer {
  const format = context.call.query.get('format')?.toLowerCase() ?? null;
  const accept = headerOf(context.call, 'accept') ?? '*/*';
  if (format === null ? accept !== JSON_ACCEPT : format !== 'json') return headerError(404, 'Report format not found');
  if (headerOf(context.call, 'content-type') !== 'application/json') return headerError(400, 'Malformed XML');
  const parsed = bodySchema.safeParse(context.json);
  if (!parsed.success) return headerError(400, 'Malformed JSON');
  const wanted = parsed.data.fields ?? [];
  if (wanted.length > FIELDS_MAX) return headerError(400, `Too many fields: at most ${FIELDS_MAX} can be requested`);
  const fields = readableFields(context.company, wanted);
  const employees = peopleOf(context.company, context.bend.shrinkTo)
    .filter((employee) => isWanted(context, employee, parsed.data.filters))
    .map((employee) => ({ id: employee.id, ...showEmployee(employee, fields) }));
  return {
    status: 200,
    body: {
      title: parsed.data.title ?? 'Report',
      fields: fields.map((field) => ({ id: field.alias, type: field.type, name: field.name })),
      employees,
    },
  };
}

function isWanted(context: BambooContext, employee: Employee, filters: z.infer<typeof bodySchema>['filters']): boolean {
  const { company } = context;
  const onlyCurrent = context.call.query.get('onlyCurrent') === 'true';
  if (onlyCurrent && company.options.onlyCurrentHidesInactive && employee.status !== 'Active') return false;
  const ids = filters?.employeeIds?.map(String);
  if (ids !== undefined && !ids.includes(employee.id)) return false;
  const since = filters?.lastChanged?.value;
  if (since === undefined) return true;
  const changed = company.company.lastChanged[employee.id]?.at;
  if (changed === undefined) return filters?.lastChanged?.includeNull !== 'no';
  return Date.parse(changed) >= Date.parse(since);
}
