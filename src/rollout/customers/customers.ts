import { canonicalJson, type Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { digestOf } from '../../lib/digest.ts';
import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type ConnectionSettings, type Connections, createConnections } from '../../services/connections.ts';
import { isLoopback } from '../../services/http.ts';
import type { Carry } from '../../services/http-types.ts';
import type { Pacers } from '../../services/limits.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal, readJournal } from '../../store/journal.ts';
import { connectionSettings, endpointsOf } from './connection-settings.ts';
import type { CustomerSettings } from './customer-file.ts';
import { type Customer, findCustomer, listCustomers, saveCustomer } from './customers.store.ts';
import type { Environment } from './secrets.ts';

export type { Customer } from './customers.store.ts';

export type CustomersDeps = {
  database: Database;
  clock: Clock;
  log: Log;
  pacers: Pacers;
  environment: Environment;
  /** The deployment's own app in Teams; undefined where no bot is registered. */
  teamsApp?: ConnectionSettings['teamsApp'];
  /** Whether this process's clock is turned: then only endpoints on this machine may be called. */
  isClockTurned(): boolean;
  /** Carries calls to whatever answers in this process. */
  carry?: Carry;
  signal: AbortSignal;
};

export type Customers = {
  /** Adds a customer or takes over changed settings. Refuses with `clock_turned` while the clock is not the real one. */
  add(settings: CustomerSettings, actor: Json): Promise<{ customer: Customer; change: 'added' | 'changed' | 'none' }>;
  list(): Promise<Customer[]>;
  /** The customer of this id or exact name; without either the only one. Refuses with a sentence that lists the names. */
  find(idOrName?: string): Promise<Customer>;
  /** The customer of this id; undefined when there is none. Also inside a transaction of that customer. */
  get(id: string): Promise<Customer | undefined>;
  /** The customer's vendor clients, made once and again after a change of settings. */
  connections(customer: Customer): Promise<Connections>;
  close(): Promise<void>;
};

/** Creates the access to the customers of this deployment. */
export function createCustomers(deps: CustomersDeps): Customers {
  const open = new Map<string, { settings: string; connections: Connections }>();
  const list = () => deps.database.withPortfolio(listCustomers);
  return {
    list,
    add: (settings, actor) => addCustomer(deps, settings, actor),
    get: (id) => deps.database.withCustomer(id, (tx) => findCustomer(tx, id)),
    find: async (idOrName) => (await byId(deps, idOrName)) ?? chosen(await list(), idOrName),
    connections: async (customer) => {
      if (deps.isClockTurned()) refuseForeignEndpoints(customer.settings);
      const settings = canonical(customer.settings);
      const known = open.get(customer.id);
      if (known?.settings === settings) return known.connections;
      const resolved = connectionSettings(customer.settings, deps.environment);
      const connections = createConnections({ ...resolved, teamsApp: deps.teamsApp }, deps);
      open.set(customer.id, { settings, connections });
      await known?.connections.close();
      return connections;
    },
    close: async () => {
      await Promise.all([...open.values()].map(({ connections }) => connections.close()));
    },
  };
}

async function addCustomer(
  deps: CustomersDeps,
  settings: CustomerSettings,
  actor: Json,
): Promise<{ customer: Customer; change: 'added' | 'changed' | 'none' }> {
  if (deps.isClockTurned()) refuseForeignEndpoints(settings);
  const customer: Customer = { id: settings.tenantId, name: settings.name, settings };
  const before = await deps.database.withPortfolio(async (tx) => {
    const known = await findCustomer(tx, customer.id);
    await saveCustomer(tx, customer);
    return known;
  });
  const isSame = before !== undefined && canonical(before.settings) === canonical(settings);
  const change = await deps.database.withCustomer(customer.id, async (tx) => {
    // A crash between the two transactions leaves a customer without an entry; adding it again writes the entry.
    const isNew = (await readJournal(tx, customer.id, 0, 1)).length === 0;
    if (isSame && !isNew) return 'none';
    const entry = isNew ? 'added' : 'changed';
    const facts = { name: customer.name, settings: digestOf(settings as unknown as Json) };
    await appendJournal(tx, { at: new Date(deps.clock.now()), actor, event: `customer.${entry}`, facts });
    return entry;
  });
  deps.log.info('customer.saved', { customerId: customer.id, change });
  return { customer, change };
}

function canonical(settings: CustomerSettings): string {
  return canonicalJson(settings as unknown as Json);
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Jobs know their customer's id: the settings of all the others need not be read for that. */
async function byId({ database }: CustomersDeps, idOrName: string | undefined): Promise<Customer | undefined> {
  const id = idOrName?.toLowerCase();
  return id !== undefined && ID.test(id) ? database.withPortfolio((tx) => findCustomer(tx, id)) : undefined;
}

function chosen(customers: Customer[], idOrName: string | undefined): Customer {
  const names = customers.map((customer) => customer.name).join(', ');
  if (customers.length === 0) {
    throw refused('customer_none', 'There is no customer yet. Add one with "mfa-rollout customers add FILE".');
  }
  const wanted = idOrName?.toLowerCase();
  const matches =
    wanted === undefined
      ? customers
      : customers.filter((customer) => customer.id === wanted || customer.name.toLowerCase() === wanted);
  const [only, ...others] = matches;
  if (only === undefined)
    throw refused('customer_unknown', `There is no customer of that id or name. There are: ${names}.`);
  if (others.length > 0) {
    const choices = matches.map((customer) => `${customer.name} (${customer.id})`).join(', ');
    throw refused('customer_ambiguous', `Say which customer, by tenant id or a name that only one has: ${choices}.`);
  }
  return only;
}

/**
 * A process with a turned clock believes in a time that is not: deadlines, reminders and tokens would go out wrongly. So
 * it may talk to this machine only.
 */
function refuseForeignEndpoints(settings: CustomerSettings): void {
  if (endpointsOf(settings).every((url) => isLoopback(new URL(url)))) return;
  throw refused(
    'clock_turned',
    'The clock of this process is turned, so it talks to the sandbox on this machine only. Start without sandbox for a real customer.',
  );
}

function refused(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
}
