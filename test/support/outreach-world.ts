/** The sending of a rollout's messages against the sandbox's mailboxes: store, queue and worker by hand, people from the world. */
import { readFileSync } from 'node:fs';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { neverStop, type StopPoint } from '../../src/lib/stop-point.ts';
import { parseCustomerFile } from '../../src/rollout/customers/customer-file.ts';
import { type Customer, createCustomers } from '../../src/rollout/customers/customers.ts';
import {
  BOUNCE_SCHEDULE,
  createOutreach,
  OUTREACH_SCHEDULE,
  type Outreach,
} from '../../src/rollout/outreach/outreach.ts';
import type { OutreachDeps } from '../../src/rollout/outreach/outreach-facts.ts';
import type { Phase, PhasePerson, Procedure, Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import type { SentMail } from '../../src/sandbox/state/kept.ts';
import type { Carry } from '../../src/services/http-types.ts';
import { createPacers, type Pacers } from '../../src/services/limits.ts';
import type { Database } from '../../src/store/database.ts';
import { openQueue } from '../../src/work/queue.ts';
import { createSchedule } from '../../src/work/schedule.ts';
import { createWorker, type Worker } from '../../src/work/worker.ts';
import { type RunningSandbox, WIDE_LIMITS } from './product.ts';
import { tenantOf } from './push-world.ts';

const TIMES_FASTER = 200;

/** The sandbox's own time, turned by `advance`; pauses before another try last a two-hundredth. */
export function clockOf({ sandbox }: RunningSandbox): Clock {
  return {
    now: () => sandbox.clock.now(),
    sleep: (ms, signal) => systemClock.sleep(ms % 1000 === 0 ? ms : ms / TIMES_FASTER, signal),
  };
}

/** A person of a phase, of whom a test says only what matters to it. */
export function phasePerson(given: Partial<PhasePerson> & { accountId: string }): PhasePerson {
  return {
    displayName: `Person ${given.accountId}`,
    department: 'Sales',
    jobTitle: null,
    managerAccountId: null,
    managerWhy: 'noManager',
    accountStatus: 'enabled',
    enrolment: 'not',
    enrolmentWhy: 'invented',
    methods: [],
    userPrincipalName: null,
    mail: `${given.accountId}@contoso.example`,
    hrStatus: 'active',
    returnDate: null,
    phase: 'Sales',
    exempt: null,
    ...given,
  };
}

/** A procedure with the given messages and one phase for each name. */
export function procedureOf(phases: readonly string[], messages: Procedure['messages']): Procedure {
  return {
    version: 1,
    name: 'Invented',
    phases: phases.map((name, index) => ({ name, people: { departments: [name] }, enforceAfterDays: 5 * (index + 1) })),
    messages,
    window: { hours: 24, seenPercent: 80 },
    stopLine: { percent: 10, people: 5 },
    approvals: { expireAfterHours: 72 },
    calendar: {
      workdays: [1, 2, 3, 4, 5],
      enforceFrom: '08:00',
      enforceUntil: '16:00',
      fridayUntil: '12:00',
      holidays: [],
      freezes: [],
    },
    heldBlocksNext: true,
    sdSwitch: 'last',
    chaseDaysBefore: 3,
  };
}

/** A phase that was announced, of which a test says only what matters to it. */
export function phaseOf(given: Partial<Phase> = {}): Phase {
  return {
    name: 'Sales',
    ordinal: 1,
    everyoneElse: false,
    state: 'announced',
    since: '2027-03-01T08:00:00.000Z',
    resumes: null,
    enforceOn: '2027-03-29',
    announcedAt: '2027-03-01T08:00:00.000Z',
    windowFrom: null,
    enforcedAt: null,
    gates: [],
    revision: 1,
    ...given,
  };
}

/** A running rollout of these phases and messages. */
export function rolloutOf(phases: readonly Phase[], messages: Procedure['messages']): Rollout {
  const names = phases.map(({ name }) => name);
  return {
    id: 'r-2027',
    procedure: procedureOf(names, messages),
    startsOn: '2027-03-01',
    deadline: '2027-06-30',
    state: 'running',
    phases,
  };
}

/** A sandbox and its first customer. */
type Site = Pick<RunningSandbox, 'sandbox' | 'setUp'>;

/** The first people of the world who have an address, all in one phase and none enrolled by the list. */
export function worldPeople(world: Site, count: number): PhasePerson[] {
  const tenant = tenantOf(world);
  const mailbox = senderMailbox(world).toLowerCase();
  const enrolled = (id: string) => (tenant.authenticationMethods[id] ?? []).length > 1;
  return tenant.users
    .filter(({ mail, userType, id }) => typeof mail === 'string' && userType === 'Member' && !enrolled(id))
    .filter(({ mail }) => String(mail).toLowerCase() !== mailbox)
    .slice(0, count)
    .map(({ id, mail, displayName }) =>
      phasePerson({ accountId: id, displayName: String(displayName), mail: String(mail) }),
    );
}

/** A mailbox to send from: some enrolled person's, since the world has none for the rollout at Outlook. */
export function senderMailbox(world: Site): string {
  const { users, mailboxPurposes, authenticationMethods } = tenantOf(world);
  const found = users.find(
    ({ id, mail, userPrincipalName }) =>
      mail === userPrincipalName && mailboxPurposes[id] === 'user' && (authenticationMethods[id] ?? []).length > 1,
  );
  return String(found?.mail);
}

/** What the sandbox's mailboxes accepted, at Outlook. */
export function sentMails(world: RunningSandbox): SentMail[] {
  const kept = world.sandbox.state.tenants.get(world.setUp.tenantId)?.kept;
  return [...(kept?.sentMails.values() ?? [])];
}

export type OutreachBench = {
  outreach: Outreach;
  worker: Worker;
  customer: Customer;
  database: Database;
  close(): Promise<void>;
};

export type BenchWishes = {
  rollout: () => Rollout;
  people: () => readonly PhasePerson[];
  stopPoint?: StopPoint;
  teamsChat?: OutreachDeps['teamsChat'];
  /** Absent: Outlook. */
  mail?: 'gmail' | 'none';
  render?: OutreachDeps['render'];
  /** Those of a deployment; absent: wide ones of its own. */
  pacers?: Pacers;
  /** Takes calls within this process; absent: they go over TLS. */
  carry?: Carry;
};

/** A message that says whom it is about, and no more. */
export async function plainMessage({ kind, reader, about }: Parameters<OutreachDeps['render']>[0]) {
  const names = about.map(({ displayName }) => displayName).join(', ');
  return { subject: `${kind} for ${reader.displayName}`, html: `<p>${names}</p>`, text: kind };
}

function mailSection(world: Site, wish: BenchWishes['mail']): object {
  const { setUp, sandbox } = world;
  switch (wish) {
    case undefined:
      return { mail: { via: 'outlook', mailbox: senderMailbox(world) } };
    case 'gmail': {
      const { token_uri: tokenUrl } = JSON.parse(readFileSync(sandbox.googleKeyFile, 'utf8')) as { token_uri: string };
      const { mailbox } = setUp.gmail;
      return {
        mail: { via: 'gmail', mailbox, serviceAccountKey: 'env:GOOGLE', baseUrl: sandbox.urls.gmail, tokenUrl },
      };
    }
    case 'none':
      return {};
  }
}

/** A customer with a mailbox, as another process can be told of it. */
export type OutreachSite = { file: object; environment: Record<string, string> };

/** The world's customer and the secrets that its file names. */
export function siteOf(world: Site, mail: BenchWishes['mail']): OutreachSite {
  const { setUp, sandbox } = world;
  const messenger = tenantOf(world).apps.find(({ displayName }) => displayName === 'Rollout messenger');
  const environment = {
    READER: setUp.clientSecret,
    MESSENGER: messenger?.clientSecret ?? '',
    HR: setUp.bamboohr.apiKey,
    GOOGLE: readFileSync(sandbox.googleKeyFile, 'utf8'),
  };
  const file = {
    version: 1,
    name: setUp.name,
    tenantId: setUp.tenantId,
    timeZone: 'Europe/Berlin',
    graph: {
      baseUrl: sandbox.urls.graph,
      loginUrl: sandbox.urls.login,
      clientId: setUp.clientId,
      clientSecret: 'env:READER',
    },
    messenger: { clientId: messenger?.clientId ?? '', clientSecret: 'env:MESSENGER' },
    hr: { source: 'bamboohr', baseUrl: sandbox.urls.bamboohr, company: setUp.bamboohr.company, apiKey: 'env:HR' },
    ...mailSection(world, mail),
    tls: { caFile: sandbox.caFile },
  };
  return { file, environment };
}

/** Builds what sends on a store; nothing runs before the worker drains. The same store may have two of them. */
export function openOutreach(world: RunningSandbox, database: Database, wishes: BenchWishes): Promise<OutreachBench> {
  return openAtSite({ site: siteOf(world, wishes.mail), clock: clockOf(world) }, database, wishes);
}

/** The same without the world at hand. */
export async function openAtSite(
  { site, clock }: { site: OutreachSite; clock: Clock },
  database: Database,
  wishes: BenchWishes,
): Promise<OutreachBench> {
  const stopping = new AbortController();
  const customers = createCustomers({
    database,
    clock,
    log: silentLog,
    pacers: wishes.pacers ?? createPacers(clock, WIDE_LIMITS),
    environment: site.environment,
    isClockTurned: () => false,
    signal: stopping.signal,
    ...(wishes.carry === undefined ? {} : { carry: wishes.carry }),
  });
  const given = parseCustomerFile(JSON.stringify(site.file), '/invented/customer.yaml');
  const { customer } = await customers.add(given, { kind: 'test' });
  const outreach = createOutreach({
    database,
    customers,
    clock,
    log: silentLog,
    stopPoint: wishes.stopPoint ?? neverStop,
    signal: stopping.signal,
    phases: { current: async () => wishes.rollout(), people: async () => wishes.people() },
    render: wishes.render ?? plainMessage,
    ...(wishes.teamsChat === undefined ? {} : { teamsChat: wishes.teamsChat }),
  });
  const queue = await openQueue({ database, clock, log: silentLog, kinds: outreach.kinds });
  await queue.releaseLeft();
  const schedule = createSchedule(database, queue, [OUTREACH_SCHEDULE, BOUNCE_SCHEDULE]);
  const worker = createWorker({ database, queue, schedule, kinds: outreach.kinds, log: silentLog });
  return {
    ...{ outreach, worker, customer, database },
    close: async () => {
      stopping.abort();
      await customers.close();
      await queue.close();
    },
  };
}

/** Turns the clock on and works until every message has an end, or says which have none. */
export async function drainAll(world: RunningSandbox, benches: readonly OutreachBench[]): Promise<void> {
  const [first] = benches;
  if (first === undefined) return;
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    await Promise.all(benches.map(({ worker }) => worker.drain()));
    const { rows, counts } = await first.outreach.ledger(first.customer.id);
    const isGoingOn = rows.some(({ state, settledAt }) => state === 'bounced' && settledAt === null);
    if (rows.length > 0 && !isGoingOn && counts.queued + counts.drafted + counts.asked === 0) return;
    world.sandbox.advance(TURN_MS);
  }
  throw new Error('messages without an end are left');
}

const TURNS_MAX = 40;
const TURN_MS = 20 * 60_000;
