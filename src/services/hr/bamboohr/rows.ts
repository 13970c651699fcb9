import { z } from 'zod';
import { VendorBrokenError, type VendorCall } from '../../../lib/errors.ts';
import type { BodyCollector } from '../../http-types.ts';
import { createJsonList } from '../../json-list.ts';
import type { BambooRules } from './settings.ts';

/** A field of BambooHR: text, or null; numbers occur for ids. Absent: the key's user may not see it. */
const value = z.union([z.string(), z.number()]).nullish();

export const BAMBOO_FIELDS = [
  'employeeNumber',
  'displayName',
  'preferredName',
  'firstName',
  'lastName',
  'workEmail',
  'department',
  'jobTitle',
  'supervisorEId',
  'supervisorId',
  'status',
  'employmentHistoryStatus',
  'hireDate',
  'terminationDate',
] as const;
export type BambooField = (typeof BAMBOO_FIELDS)[number];

/** The fields that everything rests on: a person of whom one is hidden would be taken for one who has none. */
export function neededFields({ employeeIdField }: Pick<BambooRules, 'employeeIdField'>): BambooField[] {
  const needed: BambooField[] = ['status', 'firstName', 'lastName', 'workEmail', 'department'];
  return employeeIdField === 'employeeNumber' ? [...needed, employeeIdField] : needed;
}

/** The fields of one employee that are asked for, as BambooHR gives them; what else comes is nobody's concern. */
export const bambooFields = z.object(Object.fromEntries(['id', ...BAMBOO_FIELDS].map((name) => [name, value])));

export type BambooRow = { id: string } & Partial<Record<BambooField, string | null>>;

/** The fields that are asked for, of one employee. Refuses, by VendorBrokenError, an employee without an id. */
export function bambooRowOf(fields: Record<string, unknown>, facts: VendorCall): BambooRow {
  const row = rowIn(fields);
  if (row === null) throw misfit(facts, 'id');
  return row;
}

export type BambooRowReader = {
  collector: BodyCollector;
  /** The rows, once the answer ended. Refuses, by VendorBrokenError, an answer with a row that is none. */
  rows(facts: VendorCall): BambooRow[];
};

/**
 * Creates the reader of one custom report, which keeps of each row what was asked for and nothing of the text. What
 * cannot be used ends the reading at once: the rest of a hostile answer is neither read nor held.
 */
export function createBambooRowReader(): BambooRowReader {
  const rows: BambooRow[] = [];
  let fault: string | null = null;
  const list = createJsonList('employees', (entry) => {
    const parsed = bambooFields.safeParse(entry);
    const row = parsed.success ? rowIn(parsed.data) : null;
    if (row === null) fault ??= `the answer does not fit at employees.${rows.length}`;
    else if (fault === null) rows.push(row);
  });
  return {
    collector: {
      take: (chunk) => list.take(chunk) && fault === null,
      // A fault is told by `rows`, with the facts of the call.
      done: () => (fault === null ? list.done() : { ok: true, value: { employees: [] } }),
    },
    rows(facts) {
      if (fault !== null) throw new VendorBrokenError(facts, fault, { facts: { property: 'employees' } });
      return rows;
    },
  };
}

function rowIn(fields: Record<string, unknown>): BambooRow | null {
  const id = textOrNull(fields.id);
  if (id === null) return null;
  const row: BambooRow = { id };
  for (const name of BAMBOO_FIELDS) {
    const found = fields[name];
    if (found !== undefined) row[name] = textOrNull(found);
  }
  return row;
}

function textOrNull(found: unknown): string | null {
  const text = typeof found === 'number' ? String(found) : typeof found === 'string' ? found.trim() : '';
  return text === '' ? null : text;
}

function misfit(facts: VendorCall, property: string): VendorBrokenError {
  return new VendorBrokenError(facts, `the answer does not fit at ${property}`, { facts: { property } });
}
