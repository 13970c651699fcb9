import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { ConnectWise } from '../../services/psa/connectwise/api.ts';
import { findBoard, findCompany, listPriorities } from '../../services/psa/connectwise/directory.ts';
import { listProjectStatuses } from '../../services/psa/connectwise/projects.ts';
import { listBoardStatuses, pickStatus } from '../../services/psa/connectwise/tickets.ts';
import type { Status } from '../../services/psa/connectwise/wire.ts';
import type { CustomerSettings } from '../customers/customer-file.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import { pickPriority } from './priority.core.ts';
import type { TicketPriority } from './tickets.core.ts';

export type PsaSettings = NonNullable<CustomerSettings['psa']>;

/** One customer's place in the PSA: its company, the boards named in its file, and what statuses they have. */
export type PsaPlace = {
  connectWise: ConnectWise;
  settings: PsaSettings;
  companyId(signal: AbortSignal): Promise<number>;
  /** Undefined where the file names none: the PSA then takes its default. Refuses `psa_board_unknown`. */
  boardId(of: 'service' | 'project', signal: AbortSignal): Promise<number | undefined>;
  /** The status of a board that closes, or one that leaves open. Refuses `psa_status_missing`. */
  status(boardId: number, wanted: { closes: boolean }, signal: AbortSignal): Promise<number>;
  /** The site's priority of a level; null, told in the log, where it has none: the board's default then stands. */
  priority(level: TicketPriority, signal: AbortSignal): Promise<number | null>;
  /** What projects or phases can be. */
  planStatuses(of: 'project' | 'phase', signal: AbortSignal): Promise<readonly Status[]>;
};

export type PsaPlaces = {
  /** Null where the customer's file has no section `psa`. */
  of(customer: Customer): Promise<PsaPlace | null>;
};

/** Names and ids of a site change seldom; what an engineer changes there is seen after this time. */
const KEPT_MS = 10 * 60_000;

/** Creates the look-up of places, which keeps what it read of one for some minutes. */
export function createPlaces(deps: { customers: Customers; clock: Clock; log: Log }): PsaPlaces {
  const held = new Map<string, PsaPlace>();
  return {
    of: async (customer) => {
      const { psa: settings } = customer.settings;
      const { psa: connectWise } = await deps.customers.connections(customer);
      if (settings === undefined || connectWise === null) return null;
      const known = held.get(customer.id);
      // Other settings come with another client.
      if (known?.connectWise === connectWise) return known;
      const place = createPlace(deps, { customer, connectWise, settings });
      held.set(customer.id, place);
      return place;
    },
  };
}

type PlaceOf = { customer: Customer; connectWise: ConnectWise; settings: PsaSettings };

function createPlace(deps: { clock: Clock; log: Log }, { customer, connectWise, settings }: PlaceOf): PsaPlace {
  const kept = createKept(deps.clock);
  return {
    connectWise,
    settings,
    companyId: (signal) =>
      kept('company', async () => {
        const company = await findCompany(connectWise, { identifier: settings.customer, signal });
        if (company !== null) return company.id;
        throw refused(
          'psa_company_unknown',
          `ConnectWise has no company with the identifier ${settings.customer}. Correct "psa.customer" in the customer file.`,
        );
      }),
    boardId: (of, signal) =>
      kept(`board ${of}`, async () => {
        const name = of === 'service' ? settings.serviceBoard : settings.projectBoard;
        if (name === undefined) return undefined;
        const board = await findBoard(connectWise, { name, of, signal });
        if (board !== null) return board.id;
        const section = of === 'service' ? 'psa.serviceBoard' : 'psa.projectBoard';
        throw refused(
          'psa_board_unknown',
          `ConnectWise has no ${of} board in use called ${name}. Correct "${section}" in the customer file.`,
        );
      }),
    status: (boardId, wanted, signal) =>
      kept(`status ${boardId} ${String(wanted.closes)}`, async () => {
        const status = pickStatus(await listBoardStatuses(connectWise, { boardId, signal }), wanted);
        if (status !== null) return status.id;
        throw refused(
          'psa_status_missing',
          `The board of these tickets has no status in use that ${wanted.closes ? 'closes' : 'leaves'} a ticket${wanted.closes ? '' : ' open'}. Add one in ConnectWise.`,
        );
      }),
    priority: async (level, signal) => {
      const priorities = await kept('priorities', () => listPriorities(connectWise, { signal }));
      return kept(`priority ${level}`, () => {
        const found = priorities === null ? null : pickPriority(priorities, level, settings.priorities ?? {});
        if (found === null) deps.log.warn('tickets.priority_unknown', { customerId: customer.id, level });
        return Promise.resolve(found?.id ?? null);
      });
    },
    planStatuses: (of, signal) => kept(`plan ${of}`, () => listProjectStatuses(connectWise, { of, signal })),
  };
}

/** What failed is not kept. */
function createKept(clock: Clock) {
  const held = new Map<string, { at: number; value: unknown }>();
  return async <T>(name: string, read: () => Promise<T>): Promise<T> => {
    const known = held.get(name);
    if (known !== undefined && clock.now() - known.at < KEPT_MS && clock.now() >= known.at) return known.value as T;
    const value = await read();
    held.set(name, { at: clock.now(), value });
    return value;
  };
}

function refused(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
}
