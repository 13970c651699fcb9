/** What the product does in a PSA, with its queue, against the sandbox; phases and people are plain objects. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { neverStop, type StopPoint } from '../../src/lib/stop-point.ts';
import { parseCustomerFile } from '../../src/rollout/customers/customer-file.ts';
import { type Customer, createCustomers } from '../../src/rollout/customers/customers.ts';
import { createFaq } from '../../src/rollout/helpdesk/faq/faq.ts';
import type { PhasePerson, Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import { createTickets, type Tickets } from '../../src/rollout/tickets/tickets.ts';
import type { CwRecord } from '../../src/sandbox/connectwise/state.ts';
import type { SetUp } from '../../src/sandbox/set-up.ts';
import { createPacers } from '../../src/services/limits.ts';
import { type Database, openDatabase, type StoreLocation } from '../../src/store/database.ts';
import { openQueue } from '../../src/work/queue.ts';
import { createSchedule } from '../../src/work/schedule.ts';
import { createWorker, type Worker } from '../../src/work/worker.ts';
import { hurriedClock } from './hurried-clock.ts';
import { PLAIN_PROCEDURE } from './procedure.ts';
import { plainCustomerFile, type RunningSandbox, WIDE_LIMITS } from './product.ts';

export type TicketsRig = {
  tickets: Tickets;
  database: Database;
  worker: Worker;
  customer: Customer;
  /** What the phases answer; may be changed between the steps of a test. */
  facts: { rollout: Rollout | null; people: PhasePerson[] };
  addCustomer(setUp: SetUp, change?: (file: Record<string, unknown>) => void): Promise<Customer>;
  close(): Promise<void>;
};

type Wishes = { world: RunningSandbox; publicUrl?: string | undefined; stopPoint?: StopPoint };

/** Opens a store with the jobs about tickets; the world's first customer is added, its worker runs only when told. */
export async function startTickets(location: StoreLocation, wishes: Wishes): Promise<TicketsRig> {
  const clock = hurriedClock;
  const database = await openDatabase(location, { log: silentLog });
  const stopping = new AbortController();
  const common = { database, clock, log: silentLog, signal: stopping.signal };
  const pacers = createPacers(systemClock, WIDE_LIMITS);
  const customers = createCustomers({ ...common, pacers, environment: {}, isClockTurned: () => false });
  const facts: TicketsRig['facts'] = { rollout: null, people: [] };
  const tickets = createTickets({
    ...common,
    customers,
    stopPoint: wishes.stopPoint ?? neverStop,
    faq: createFaq(),
    phases: { current: () => Promise.resolve(facts.rollout), people: () => Promise.resolve(facts.people) },
    publicUrl: 'publicUrl' in wishes ? wishes.publicUrl : 'https://rollout.example',
  });
  const { kinds } = tickets;
  const queue = await openQueue({ database, clock, log: silentLog, kinds });
  await queue.releaseLeft();
  const worker = createWorker({
    database,
    queue,
    schedule: createSchedule(database, queue, []),
    kinds,
    log: silentLog,
  });
  const addCustomer = async (setUp: SetUp, change: (file: Record<string, unknown>) => void = () => undefined) => {
    const file: Record<string, unknown> = customerFile(wishes.world, setUp);
    change(file);
    const folder = mkdtempSync(join(tmpdir(), 'mfa-tickets-'));
    writeFileSync(join(folder, 'secret'), setUp.clientSecret);
    writeFileSync(join(folder, 'key'), setUp.bamboohr.apiKey);
    writeFileSync(join(folder, 'psa-public'), setUp.connectwise.publicKey);
    writeFileSync(join(folder, 'psa-private'), setUp.connectwise.privateKey);
    const settings = parseCustomerFile(JSON.stringify(file), join(folder, 'customer.yaml'));
    return (await customers.add(settings, { kind: 'test' })).customer;
  };
  return {
    ...{ tickets, database, worker, facts, addCustomer },
    customer: await addCustomer(wishes.world.setUp),
    close: async () => {
      stopping.abort();
      await worker.stop();
      await customers.close();
      await queue.close();
      await database.close();
    },
  };
}

function customerFile({ sandbox }: RunningSandbox, setUp: SetUp): Record<string, unknown> {
  const { company, clientId, customer, serviceBoard, projectBoard } = setUp.connectwise;
  return {
    ...plainCustomerFile({ setUp, sandbox }),
    psa: {
      source: 'connectwise',
      baseUrl: sandbox.urls.connectwise,
      companyId: company,
      publicKey: 'file:psa-public',
      privateKey: 'file:psa-private',
      ...{ clientId, customer, serviceBoard, projectBoard },
      pace: { limit: 100_000, windowMs: 1_000 },
    },
  };
}

/** Everything of one kind that stands at the provider's site. */
export function atSite({ sandbox }: RunningSandbox, kind: 'ticket' | 'note' | 'project' | 'phase'): CwRecord[] {
  return [...sandbox.state.connectwise.records[kind].values()];
}

/** Lets the customer's people and technicians do something at the site. */
export async function atHelpdesk(
  { sandbox }: RunningSandbox,
  path: string,
  body: object,
): Promise<Record<string, unknown>> {
  const agent = new Agent({ connect: { ca: readFileSync(sandbox.caFile, 'utf8') } });
  const answer = await request(`${sandbox.urls.control}/_sandbox/connectwise${path}`, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${sandbox.controlToken}` },
    body: JSON.stringify(body),
  });
  const text = await answer.body.text();
  await agent.close();
  if (answer.statusCode >= 300) throw new Error(`the sandbox answered ${answer.statusCode}: ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/** A person of a phase, valid unless said otherwise. */
export function phasePerson(change: Partial<PhasePerson> = {}): PhasePerson {
  return {
    accountId: '00000000-0000-4000-8000-000000000001',
    displayName: 'Ada Example',
    department: 'Sales',
    jobTitle: null,
    managerAccountId: null,
    managerWhy: 'none',
    accountStatus: 'enabled',
    enrolment: 'not',
    enrolmentWhy: 'no method',
    methods: [],
    userPrincipalName: 'ada@contoso.example',
    mail: null,
    hrStatus: 'active',
    returnDate: null,
    phase: 'Sales',
    exempt: null,
    ...change,
  } as PhasePerson;
}

/** A rollout of one phase, Sales, to be enforced on a day. */
export function rolloutOf(phase: Partial<Rollout['phases'][number]> = {}): Rollout {
  const one: Rollout['phases'][number] = {
    name: 'Sales',
    ordinal: 0,
    everyoneElse: false,
    state: 'announced',
    since: '2026-11-02T08:00:00.000Z',
    resumes: null,
    enforceOn: '2026-11-20',
    announcedAt: '2026-11-02T08:00:00.000Z',
    windowFrom: null,
    enforcedAt: null,
    gates: [],
    revision: 1,
    ...phase,
  };
  return {
    id: '11111111-2222-4333-8444-555555555555',
    procedure: PLAIN_PROCEDURE,
    startsOn: '2026-11-02',
    deadline: '2026-12-31',
    state: 'running',
    phases: [one],
  };
}
