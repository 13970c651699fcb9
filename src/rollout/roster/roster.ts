import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import { startUserDelta } from '../../services/graph/users.ts';
import type { Database, Tx } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import { readBlocks } from './blocks.store.ts';
import { type EvidencePlan, type EvidenceReading, readEvidence } from './read-evidence.ts';
import { daysBefore, readPeopleSources } from './read-sources.ts';
import {
  type KnownParts,
  readMark,
  readParts,
  readReadings,
  readRows,
  readWatermark,
  type SourceReading,
  saveWatermark,
} from './roster.store.ts';
import type { Employee } from './roster-types.core.ts';
import { saveEvidence, savePeople, USERS_MARK } from './save-sources.ts';

export type { SourceReading } from './roster.store.ts';

export type RosterDeps = {
  database: Database;
  customers: Customers;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
};

export type SyncOptions = {
  /** Read users whole instead of what changed. */
  full: boolean;
  /** Take an empty or shrunk source as true. */
  acceptShrunk: boolean;
  actor: Json;
  signal: AbortSignal;
  onProgress(text: string): void;
};

/** What to save when the reading is done; runs in the transaction that completes the job. */
export type Save = (tx: Tx) => Promise<void>;

/** Everything stored of a customer, as the sources gave it. */
export type StoredSources = {
  employees: Employee[];
  accounts: { id: string }[];
  registrations: { id: string }[];
  parts: Map<string, unknown>;
  readings: SourceReading[];
};

/** Which accounts and groups the evidence has to be read for; the caller knows how the master list joins them. */
export type EvidenceScope = Pick<EvidencePlan, 'accountIds' | 'unmatchedIds' | 'methodsOf' | 'groupIds'>;

export type RosterSources = {
  /** Reads HR and tenant and gives what to save. Writes nothing itself; may be repeated at any time. */
  readPeople(customer: Customer, options: SyncOptions): Promise<Save>;
  /**
   * Begins to watch the tenant's accounts, before the first full listing; does nothing when that was done. Throws one
   * of the vendor errors: the first sync then takes the mark itself.
   */
  takeMark(customer: Customer, signal: AbortSignal): Promise<void>;
  /** The same for the evidence. */
  readEvidence(customer: Customer, scope: EvidenceScope, options: SyncOptions): Promise<Save>;
  /** How the last attempt at each source ended. */
  readings(customerId: string): Promise<SourceReading[]>;
  /** What was last read of a customer, and the mark of it. */
  stored(customerId: string): Promise<StoredSources & { mark: string }>;
  /** Names the state of what is stored: as long as it is the same, so is everything. Sees the open transaction's rows. */
  mark(customerId: string): Promise<string>;
};

const SIGN_INS_FIRST_DAYS = 7;
/** Sign-ins reach the log minutes late, some hours; the window overlaps by this much and rows are joined by id. */
const SIGN_INS_OVERLAP_DAYS = 1;

/** Creates the access to what the master list stands on. */
export function createRosterSources(deps: RosterDeps): RosterSources {
  let remembered: { customerId: string; parts: KnownParts } = { customerId: '', parts: new Map() };
  return {
    readPeople: (customer, options) => readPeople(deps, customer, options),
    takeMark: (customer, signal) => takeMark(deps, customer, signal),
    readEvidence: (customer, scope, options) => readEvidenceOf(deps, customer, { scope, options }),
    readings: (customerId) => deps.database.withCustomer(customerId, readReadings),
    stored: (customerId) => {
      // Of the customer who was asked about last, since what is remembered is large.
      if (remembered.customerId !== customerId) remembered = { customerId, parts: new Map() };
      const { parts } = remembered;
      return deps.database.withCustomer(customerId, (tx) => readStored(tx, parts));
    },
    mark: (customerId) => deps.database.withCustomer(customerId, readMark),
  };
}

async function readPeople(deps: RosterDeps, customer: Customer, options: SyncOptions): Promise<Save> {
  const before = await deps.database.withCustomer(customer.id, async (tx) => ({
    mark: await readWatermark(tx, USERS_MARK),
    readings: await readReadings(tx),
    pages: new Set((await readBlocks(tx, 'registration')).map(({ digest }) => digest)),
  }));
  const connections = await deps.customers.connections(customer);
  options.onProgress('reading HR and the tenant');
  const expectedMark = typeof before.mark === 'string' ? before.mark : undefined;
  const reading = await readPeopleSources(connections, {
    mark: expectedMark,
    isWhole: options.full || !wereUsersRead(before.readings),
    signInsFrom: signInsNeeded(deps.clock, before.readings, 'legacySignIns'),
    knownPages: before.pages,
    signal: options.signal,
  });
  deps.stopPoint('sync.people.read');
  const { shrinkPercentMax, shrinkRowsMax } = customer.settings.sources;
  const at = new Date(deps.clock.now());
  return async (tx) => {
    const rules = { at, acceptShrunk: options.acceptShrunk, shrinkPercentMax, shrinkRowsMax, expectedMark };
    const changed = await savePeople(tx, reading, rules);
    deps.stopPoint('sync.people.saving');
    const kind = reading.users.ok ? reading.users.value.kind : 'failed';
    const readings = (await readReadings(tx)).map(({ source, state, rows, code }) => ({ source, state, rows, code }));
    await appendJournal(tx, {
      at,
      actor: options.actor,
      event: 'roster.synced',
      facts: { changed, users: kind, readings },
    });
    deps.log.info('roster.synced', { customerId: customer.id, changed, users: kind });
  };
}

function wereUsersRead(readings: readonly SourceReading[]): boolean {
  return readings.some((reading) => reading.source === 'users' && reading.readAt !== null);
}

async function takeMark(deps: RosterDeps, customer: Customer, signal: AbortSignal): Promise<void> {
  const known = await deps.database.withCustomer(customer.id, (tx) => readWatermark(tx, USERS_MARK));
  if (known !== undefined) return;
  const { graph } = await deps.customers.connections(customer);
  const mark = await startUserDelta(graph, { signal });
  await deps.database.withCustomer(customer.id, async (tx) => {
    if ((await readWatermark(tx, USERS_MARK)) === undefined) await saveWatermark(tx, USERS_MARK, mark);
  });
}

async function readEvidenceOf(
  deps: RosterDeps,
  customer: Customer,
  { scope, options }: { scope: EvidenceScope; options: SyncOptions },
): Promise<Save> {
  const readings = await deps.database.withCustomer(customer.id, readReadings);
  const connections = await deps.customers.connections(customer);
  const { signal, onProgress } = options;
  const windows = {
    backgroundFrom: signInsNeeded(deps.clock, readings, 'backgroundSignIns'),
    // Whose sign-ins are asked for changes with the master list, so the window does not move on.
    interactiveFrom: daysBefore(deps.clock.now(), SIGN_INS_FIRST_DAYS),
  };
  const read = await readEvidence(connections, deps.clock, { ...scope, ...windows, signal, onProgress });
  const reading = ofTenant(customer, read);
  deps.stopPoint('sync.evidence.read');
  const at = new Date(deps.clock.now());
  return async (tx) => {
    await saveEvidence(tx, reading, at);
    deps.stopPoint('sync.evidence.saving');
    const missing = Object.entries(reading).flatMap(([part, outcome]) =>
      outcome.ok ? [] : [{ part, code: outcome.code }],
    );
    await appendJournal(tx, { at, actor: options.actor, event: 'evidence.synced', facts: { missing } });
    deps.log.info('evidence.synced', { customerId: customer.id, missing: missing.length });
  };
}

/** Refuses all of it when the organization that answered is another tenant than the customer's. */
function ofTenant(customer: Customer, reading: EvidenceReading): EvidenceReading {
  const { organization } = reading;
  const id = organization.ok ? (organization.value as { id: string }).id.toLowerCase() : customer.id;
  if (id === customer.id) return reading;
  const why = 'The tenant that answered is another one than the customer file’s tenantId.';
  const refused = { ok: false, code: 'tenant_wrong', why } as const;
  return Object.fromEntries(Object.keys(reading).map((part) => [part, refused])) as EvidenceReading;
}

/** Each statement sees what is committed by then, so a save that ends between two of them makes this begin again. */
async function readStored(tx: Tx, known: KnownParts): Promise<StoredSources & { mark: string }> {
  for (let mark = await readMark(tx); ; ) {
    const stored = {
      employees: (await readRows(tx, 'hr_employees')) as Employee[],
      accounts: (await readRows(tx, 'tenant_accounts')) as { id: string }[],
      registrations: (await readRows(tx, 'tenant_registrations')) as { id: string }[],
      parts: await readParts(tx, known),
      readings: await readReadings(tx),
    };
    const after = await readMark(tx);
    if (after === mark) return { ...stored, mark };
    mark = after;
  }
}

/** From when on a log has to be read: a first time some days, then from the last reading on, rows that come late included. */
export function signInsNeeded(clock: Clock, readings: readonly SourceReading[], source: string): string {
  const last = readings.find((reading) => reading.source === source)?.readAt;
  const first = daysBefore(clock.now(), SIGN_INS_FIRST_DAYS);
  if (last === null || last === undefined) return first;
  return daysBefore(last.getTime(), SIGN_INS_OVERLAP_DAYS);
}
