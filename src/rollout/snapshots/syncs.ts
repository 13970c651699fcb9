import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { type NewId, randomId } from '../../lib/ids.ts';
import type { Log } from '../../lib/log.ts';
import type { Database, Tx } from '../../store/database.ts';
import { enqueue } from '../../store/outbox.ts';
import { awaitEffect } from '../../work/await-effect.ts';
import { defineJob, type JobKinds, type RunningJob, type Save } from '../../work/job.ts';
import type { Recurring } from '../../work/schedule.ts';
import type { Subject } from '../approvals/approvals.core.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import { type Exceptions, keepShown } from '../exceptions/exceptions.ts';
import type { EvidenceScope, RosterSources, SourceReading } from '../roster/roster.ts';
import { createDerivedTables, type Derived } from './derived.ts';
import type { ExceptionsAnswer } from './exception-answer.ts';
import type { Snapshot } from './snapshot-file.ts';

export type SyncRequest = { peopleOnly: boolean; full: boolean; acceptShrunk: boolean; actor: Json };

export type Syncs = {
  kinds: JobKinds;
  /** Begins to watch the tenant, so that the first sync needs no request for it; why not, where it cannot be reached. */
  prepare(customer: Customer, signal: AbortSignal): Promise<{ ok: true } | { ok: false; code: string; why: string }>;
  /** Brings the customer's data up to date through the queue and resolves when that is done, whoever did it. */
  sync(customer: Customer, request: SyncRequest, watch: Watch): Promise<SourceReading[]>;
  /** What is stored, in the form of a snapshot. Shared: nobody may change it. */
  stored(customer: Customer): Promise<Snapshot>;
  /** The same with the master list that was joined from it, both made once per reading. */
  derived(customer: Customer): Promise<Derived>;
  /** The exception table of what is stored, with the dates and words that were shown before. */
  exceptions(customer: Customer): Promise<ExceptionsAnswer>;
  /** How the last attempt at each source ended. */
  readings(customer: Customer): Promise<SourceReading[]>;
};

export type Watch = { signal: AbortSignal; onProgress(text: string): void };

export type SyncDeps = {
  database: Database;
  customers: Customers;
  rosterSources: RosterSources;
  exceptions: Exceptions;
  /** Groups that this product made: their members are read whether a policy names them at the moment or not. */
  ownGroupIds(customerId: string): Promise<readonly string[]>;
  clock: Clock;
  /** Aborted when the process stops: what a job then waits for is not waited for, and the job begins anew later. */
  signal: AbortSignal;
  newId?: NewId;
  log: Log;
};

const payload = z.strictObject({
  full: z.boolean(),
  acceptShrunk: z.boolean(),
  thenEvidence: z.boolean(),
  actor: z.json(),
});

/** Creates the jobs `sync.people` and `sync.evidence`. People come first; their save puts the evidence into the outbox. */
export function createSyncJobs(deps: SyncDeps): Syncs {
  const newId = deps.newId ?? randomId;
  const watchers = new Map<string, (text: string) => void>();
  const inTurn = createTurns();
  const tables = createDerivedTables(deps);
  const optionsOf = <R>(request: R, { key, signal }: RunningJob) => ({
    ...request,
    signal: AbortSignal.any([signal, deps.signal]),
    onProgress: (text: string) => watchers.get(baseKey(key))?.(text),
  });
  const kinds: JobKinds = {
    'sync.people': defineJob({
      payload,
      handle: async (request, job) => {
        const customer = await deps.customers.find(job.customerId);
        const save = await deps.rosterSources.readPeople(customer, optionsOf(request, job));
        return async (tx) => {
          await save(tx);
          if (!request.thenEvidence) {
            await refreshShown(tx, job.key, deps.clock.now());
            return;
          }
          const effect = { kind: 'sync.evidence', key: evidenceKey(job.key), payload: request };
          await enqueue(tx, { ...effect, dueAt: new Date(deps.clock.now()) });
        };
      },
    }),
    'sync.evidence': defineJob({
      payload,
      handle: async (request, job) => {
        const customer = await deps.customers.find(job.customerId);
        const scope = evidenceScope(await tables.of(customer), await deps.ownGroupIds(customer.id));
        const save = await deps.rosterSources.readEvidence(customer, scope, optionsOf(request, job));
        return async (tx) => {
          await save(tx);
          // Without accounts there is no table yet, and what was read is worth keeping all the same.
          if (scope.accountIds.length === 0) return;
          // Joins the open transaction and sees what was just saved.
          const { exceptions } = await tables.exceptions(customer);
          await keepShown(tx, exceptions);
          await refreshShown(tx, job.key, deps.clock.now());
        };
      },
    }),
    'sync.due': defineJob({ payload: z.strictObject({}), handle: (_none, job) => syncDue(deps, job) }),
  };
  const readings = (customer: Customer) => deps.rosterSources.readings(customer.id);
  const syncOnce = async (customer: Customer, { peopleOnly, ...request }: SyncRequest, watch: Watch) => {
    // A secret that is missing is told at once: no repetition of the job mends it.
    await deps.customers.connections(customer);
    const key = `sync:${newId()}`;
    watchers.set(key, watch.onProgress);
    try {
      const effect = { kind: 'sync.people', key, payload: { ...request, thenEvidence: !peopleOnly } };
      await deps.database.withCustomer(customer.id, (tx) =>
        enqueue(tx, { ...effect, dueAt: new Date(deps.clock.now()) }),
      );
      const customerId = customer.id;
      await awaitEffect(deps.database, { customerId, key }, watch.signal);
      if (!peopleOnly) await awaitEffect(deps.database, { customerId, key: evidenceKey(key) }, watch.signal);
      return await readings(customer);
    } finally {
      watchers.delete(key);
    }
  };
  return {
    kinds,
    readings,
    prepare: (customer, signal) => prepare(deps, customer, signal),
    exceptions: (customer) => tables.exceptions(customer),
    derived: (customer) => tables.of(customer),
    stored: async (customer) => (await tables.of(customer)).snapshot,
    sync: (customer, request, watch) => inTurn(customer.id, watch, () => syncOnce(customer, request, watch)),
  };
}

/**
 * Runs what concerns one customer one after the other: of two people who sync at once the second one wants what is true
 * now, and two readings side by side would overtake each other. Who has to wait is told.
 */
function createTurns(): <T>(name: string, watch: Watch, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (name, watch, work) => {
    const ahead = last.get(name);
    if (ahead !== undefined) watch.onProgress('waiting for the sync that is under way');
    const turn = ahead === undefined ? work() : ahead.then(work, work);
    last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (last.get(name) === turn) last.delete(name);
    }
  };
}

/**
 * Whoever looks at a card shall not decide on what a reading has overtaken; cards that show the same stay as they are.
 * The draft is drawn before somebody looks at it, who would wait for it at a large customer.
 */
async function refreshShown(tx: Tx, syncKey: string, now: number): Promise<void> {
  await enqueue(tx, {
    kind: 'policyDraft.draw',
    key: `policyDraft.draw:${syncKey}`,
    payload: {},
    dueAt: new Date(now),
  });
  for (const subject of ['exceptions', 'policyDraft'] satisfies Subject[]) {
    const key = `cards.refresh:${subject}:${syncKey}`;
    await enqueue(tx, { kind: 'cards.refresh', key, payload: { subject }, dueAt: new Date(now) });
  }
}

/** How often a customer is read without anybody asking: people often, the slower evidence by the hour. */
export const SYNC_SCHEDULE: Recurring = { kind: 'sync.due', everySeconds: 15 * 60 };
const EVIDENCE_EVERY_MS = 60 * 60 * 1000;

/** Puts the sync of this slot of time into the outbox. A customer whom nobody has synced yet is left alone. */
async function syncDue(deps: SyncDeps, job: RunningJob): Promise<Save | undefined> {
  const readings = await deps.rosterSources.readings(job.customerId);
  if (readings.length === 0) return undefined;
  const now = deps.clock.now();
  const evidenceAt = readings.find(({ source }) => source === 'groups')?.triedAt.getTime() ?? 0;
  const request = {
    full: false,
    acceptShrunk: false,
    thenEvidence: now - evidenceAt >= EVIDENCE_EVERY_MS,
    actor: { kind: 'system', name: 'schedule' },
  };
  return async (tx) => {
    await enqueue(tx, { kind: 'sync.people', key: `sync:${job.key}`, payload: request, dueAt: new Date(now) });
  };
}

/** Somebody waits for the answer, and nothing is lost without it: a vendor that hangs is not waited for. */
const PREPARE_MS = 15_000;

async function prepare(
  deps: SyncDeps,
  customer: Customer,
  signal: AbortSignal,
): Promise<{ ok: true } | { ok: false; code: string; why: string }> {
  const limit = AbortSignal.timeout(PREPARE_MS);
  try {
    await deps.rosterSources.takeMark(customer, AbortSignal.any([signal, limit]));
    return { ok: true };
  } catch (error) {
    if (limit.aborted) return { ok: false, code: 'vendor_unreachable', why: `no answer within ${PREPARE_MS / 1000} s` };
    if (signal.aborted || !(error instanceof AppError)) throw error;
    return { ok: false, code: error.code, why: error.sentence };
  }
}

function evidenceKey(key: string): string {
  return `${key}:evidence`;
}

function baseKey(key: string): string {
  return key.replace(/:evidence$/, '');
}

/**
 * Which accounts and groups the evidence is worth reading for: mailbox kinds only of accounts without an employee,
 * single methods only without a registration report, members only of groups that are named somewhere.
 */
function evidenceScope({ snapshot, roster }: Derived, ownGroupIds: readonly string[]): EvidenceScope {
  const accounts = snapshot.users ?? [];
  const accountIds = accounts.map((account) => account.id);
  const isRosterKnown = (snapshot.hr ?? null) !== null && accounts.length > 0;
  const members = accounts.filter((account) => account.userType !== 'Guest').map((account) => account.id);
  const unmatchedIds = isRosterKnown
    ? roster()
        .accountWithoutHr.filter((row) => row.class !== 'guest')
        .map((row) => row.accountId)
    : members;
  return {
    accountIds,
    unmatchedIds,
    methodsOf: (snapshot.registration ?? null) === null ? members : [],
    groupIds: [...new Set([...namedGroups(snapshot), ...ownGroupIds])],
  };
}

/** Groups that policies, role assignments or the customer file name. */
function namedGroups(snapshot: Snapshot): string[] {
  const { exceptionGroupId, breakGlassGroupId } = snapshot.declared;
  const fromPolicies = (snapshot.policies ?? []).flatMap((policy) => {
    const users = policy.conditions?.users as { includeGroups?: string[]; excludeGroups?: string[] } | null | undefined;
    return [...(users?.includeGroups ?? []), ...(users?.excludeGroups ?? [])];
  });
  const principals = (snapshot.roleAssignments ?? []).map((assignment) => assignment.principalId);
  const declared = [exceptionGroupId, breakGlassGroupId].filter((id) => id !== null && id !== undefined);
  return [...new Set([...fromPolicies, ...principals, ...declared])];
}
