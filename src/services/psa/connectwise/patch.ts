import { z } from 'zod';
import { VendorRefusedError } from '../../../lib/errors.ts';
import type { ConnectWise, ConnectWiseAsk } from './api.ts';

/** A change of one member. References are replaced as a whole, since a change inside one may be ignored silently. */
export type Change = { [member: string]: string | number | boolean | { id: number } };

/** The changes in ConnectWise's dialect: a list of operations with bare member names. */
function patchOf(changes: Change): { op: 'replace'; path: string; value: unknown }[] {
  return Object.entries(changes).map(([path, value]) => ({ op: 'replace', path, value }));
}

export type Patch = Pick<ConnectWiseAsk, 'call' | 'ids' | 'signal'> & {
  changes: Change;
  /** The record as it stands; null where it is gone. */
  read: () => Promise<Record<string, unknown> | null>;
};

/**
 * Changes a record and gives it as the server shows it then. Some sites refuse a change of a record with custom fields
 * that does not name them: it is then sent once more with the values that stand there, which leaves them as they are.
 */
export async function sendPatch<S extends z.ZodType>(
  connectWise: ConnectWise,
  { changes, read, ...ask }: Patch,
  schema: S,
): Promise<z.infer<S>> {
  const body = patchOf(changes);
  try {
    return await connectWise.call({ ...ask, body }, schema);
  } catch (error) {
    if (!(error instanceof VendorRefusedError) || error.call.status !== 400) throw error;
    // What was refused was not carried out, so it may be sent again, whatever it was refused for.
    const own = customFieldsOf(await read());
    if (own === null) throw error;
    return connectWise.call({ ...ask, body: [...body, { op: 'replace', path: 'customFields', value: own }] }, schema);
  }
}

const customFields = z.array(z.looseObject({ id: z.number().int(), value: z.unknown().optional() })).min(1);

/** The record's custom fields that have a value; those left out keep having none. Null for a record without any. */
function customFieldsOf(record: Record<string, unknown> | null): { id: number; value: unknown }[] | null {
  const parsed = customFields.safeParse(record?.customFields);
  if (!parsed.success) return null;
  return parsed.data.flatMap(({ id, value }) => (value === undefined || value === null ? [] : [{ id, value }]));
}

/**
 * The members that an answer shows otherwise than they were asked to be: a success that changed nothing. Texts and
 * numbers are left out, since a server may write them in its own way.
 */
export function ignoredChanges(changes: Change, answer: Record<string, unknown>): string[] {
  return Object.entries(changes).flatMap(([member, wanted]) => {
    const shown = answer[member];
    if (typeof wanted === 'object') return idOf(shown) === wanted.id ? [] : [member];
    return typeof wanted === 'boolean' && typeof shown === 'boolean' && shown !== wanted ? [member] : [];
  });
}

function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
}
