import { VendorRefusedError } from '../../../lib/errors.ts';
import type { ConnectWise } from './api.ts';
import { is } from './conditions.ts';
import { listOf } from './pages.ts';
import { type Board, boardSchema, type Company, companySchema, type Priority, prioritySchema } from './wire.ts';

type Signal = { signal?: AbortSignal | undefined };

/** A customer's company by its identifier, compared without regard to case; null where there is none. */
export async function findCompany(
  connectWise: ConnectWise,
  ask: Signal & { identifier: string },
): Promise<Company | null> {
  const companies = await listOf(connectWise, {
    call: 'companies',
    row: companySchema,
    conditions: is('identifier', ask.identifier),
    signal: ask.signal,
  });
  const same = ({ identifier }: Company) => identifier.toLowerCase() === ask.identifier.toLowerCase();
  return companies.find(same) ?? null;
}

/**
 * A board in use by its name, compared without regard to case; null where there is none. Service tickets and projects
 * live on boards of different kinds.
 */
export async function findBoard(
  connectWise: ConnectWise,
  ask: Signal & { name: string; of: 'service' | 'project' },
): Promise<Board | null> {
  const boards = await listOf(connectWise, {
    call: 'boards',
    row: boardSchema,
    conditions: is('name', ask.name),
    signal: ask.signal,
  });
  const fits = ({ name, projectFlag, inactiveFlag }: Board) =>
    name.toLowerCase() === ask.name.toLowerCase() &&
    (projectFlag === true) === (ask.of === 'project') &&
    inactiveFlag !== true;
  return boards.find(fits) ?? null;
}

/** Every priority of the site. Null where the member may not read them: that is a setting of theirs, not a failure. */
export async function listPriorities(connectWise: ConnectWise, ask: Signal): Promise<Priority[] | null> {
  try {
    return await listOf(connectWise, { call: 'priorities', row: prioritySchema, signal: ask.signal });
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.status === 403) return null;
    throw error;
  }
}
