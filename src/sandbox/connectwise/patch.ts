import { z } from 'zod';
import { isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import type { Flaw } from './errors.ts';

const operationsSchema = z.array(
  z.object({ op: z.enum(['add', 'replace', 'remove']), path: z.string().min(1), value: z.unknown().optional() }),
);

export type PatchReading = { ok: true; record: GraphObject; paths: string[] } | { ok: false; flaws: Flaw[] };

/**
 * Applies operations in order to a copy of the record. Paths stand with or without a leading slash and with their
 * case; a reference is replaced as a whole or by its id: other steps into it are accepted and change nothing.
 */
export function patchRecord(before: GraphObject, body: unknown, fields: ReadonlySet<string>): PatchReading {
  const parsed = operationsSchema.safeParse(body);
  if (!parsed.success) return refusal('InvalidObject', 'The patch must be a list of operations', 'patchOperations');
  const record = structuredClone(before);
  const paths: string[] = [];
  for (const { op, path, value } of parsed.data) {
    const steps = path.replace(/^\//, '').split('/');
    const [head = ''] = steps;
    if (!fields.has(head)) return refusal('InvalidField', `'${path}' is not a field of the object`, path);
    paths.push(head);
    const problem = applyOperation(record, steps, { op, value });
    if (problem !== null) return refusal('InvalidField', problem, path);
  }
  if (paths.includes('customFields') && record.customFields !== undefined) {
    record.customFields = withValues(before.customFields, record.customFields);
  }
  return { ok: true, record, paths };
}

/** Custom fields belong to the site: a patch gives them values, and one that it leaves out keeps its own. */
function withValues(before: unknown, sent: unknown): unknown {
  const fields = listIn(before);
  const values = listIn(sent);
  const known = new Set(fields.map(({ id }) => id));
  return [
    ...fields.map((field) => ({ ...field, ...values.find(({ id }) => id === field.id) })),
    ...values.filter(({ id }) => !known.has(id)),
  ];
}

function listIn(value: unknown): GraphObject[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isObject) : [];
}

/** What a site says that wants the custom fields of a record named in each patch of it; null where nothing is missing. */
export function customFieldsFlaw(before: GraphObject, paths: readonly string[]): Flaw | null {
  if (listIn(before.customFields).length === 0 || paths.includes('customFields')) return null;
  return { code: 'MissingRequiredField', message: 'The customFields field is required.', field: 'customFields' };
}

function refusal(code: Flaw['code'], message: string, field: string): PatchReading {
  return { ok: false, flaws: [{ code, message, field }] };
}

function applyOperation(
  record: GraphObject,
  steps: readonly string[],
  { op, value }: { op: 'add' | 'replace' | 'remove'; value: unknown },
): string | null {
  const [head = '', second, ...rest] = steps;
  if (second === undefined) {
    if (op === 'remove') delete record[head];
    else record[head] = value;
    return null;
  }
  const holder = record[head];
  if (Array.isArray(holder)) return changeItem(holder as unknown[], [second, ...rest], { op, value });
  if (holder === undefined && /^\d+$/.test(second)) return `there is no element ${second}`;
  if (second === 'id') record[head] = op === 'remove' ? null : { id: value };
  return null;
}

function changeItem(
  items: unknown[],
  [place = '', ...rest]: readonly string[],
  { op, value }: { op: 'add' | 'replace' | 'remove'; value: unknown },
): string | null {
  const index = place === '-' ? items.length : Number(place);
  const isThere = Number.isInteger(index) && index >= 0 && index < items.length;
  if (op === 'add' && rest.length === 0) {
    items.splice(Math.min(index, items.length), 0, value);
    return null;
  }
  if (!isThere) return `there is no element ${place}`;
  const [property] = rest;
  if (property === undefined) {
    if (op === 'remove') items.splice(index, 1);
    else items[index] = value;
    return null;
  }
  const item = { ...(items[index] as GraphObject) };
  if (op === 'remove') delete item[property];
  else item[property] = value;
  items[index] = item;
  return null;
}
