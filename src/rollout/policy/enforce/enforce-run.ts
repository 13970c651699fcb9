import type { Json } from '../../../lib/canonical-json.ts';
import type { Clock } from '../../../lib/clock.ts';
import { AppError, INTERRUPTIONS, VendorRefusedError, VendorUnreachableError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import type { StopPoint } from '../../../lib/stop-point.ts';
import type { Graph } from '../../../services/graph/client.ts';
import type { ReadOptions } from '../../../services/graph/pages.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { RunningJob } from '../../../work/job.ts';
import type { Access } from '../../access/access.ts';
import type { Customer, Customers } from '../../customers/customers.ts';
import type { FlipOutcome } from '../../phases/phase-ports.ts';
import type { PhasePerson, Rollout, Sentence } from '../../phases/phase-types.core.ts';
import type { GraphObject } from '../graph-json.core.ts';
import { type ManagedObject, policyFingerprint } from '../managed-objects.core.ts';
import { isUnderWay, readManaged } from '../push/push.store.ts';
import type { KnownDeps } from '../push/push-facts.ts';
import { writablePolicy } from '../writable-policy.core.ts';
import { beginWriting, WRITER_WAITS } from '../writing-turn.ts';
import type { FlipChange, FlipPlan, FlipRefusal } from './enforce.core.ts';
import { type FlipRow, lockFlips, readFlip, readOpenFlips } from './enforce.store.ts';
import { FAILURE_TEXTS } from './enforce-texts.core.ts';

/** What a flip needs of the phases. */
export type FlipPhases = {
  current(customerId: string): Promise<Rollout | null>;
  people(customer: Customer): Promise<readonly PhasePerson[]>;
};

export type EnforcementDeps = KnownDeps & {
  customers: Customers;
  access: Pick<Access, 'actorOf'>;
  phases: FlipPhases;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  /** Aborted when the process stops. */
  signal: AbortSignal;
  /** Hears how a flip ended, in the transaction that completes its job. */
  outcome(tx: Tx, outcome: FlipOutcome, of: { customerId: string; rolloutId: string }): Promise<void>;
  /** Hears that Security Defaults were switched by this product, so that what is stored of the tenant is read anew. */
  defaultsSwitched?(tx: Tx, of: { customerId: string; flip: number; at: Date; actor: Json }): Promise<void>;
};

/** One run of a job over one asked change. */
export type FlipRun = {
  deps: EnforcementDeps;
  customer: Customer;
  row: FlipRow;
  reader: Graph;
  writer: Graph;
  options: ReadOptions;
};

/** Refused by a rule: the sentence is for people. */
export class FlipRefusedError extends AppError {
  readonly rule: string;
  readonly text: Sentence;

  constructor({ code, rule, message, text }: FlipRefusal) {
    super(code, message, { userMessage: message });
    this.rule = rule;
    this.text = text;
  }
}

/** The run of a change that has not ended; null when it has. Refuses with `writer_not_configured`. */
export async function beginRun(deps: EnforcementDeps, seq: number, job: RunningJob): Promise<FlipRun | null> {
  const customer = await deps.customers.find(job.customerId);
  const row = await deps.database.withCustomer(customer.id, (tx) => readFlip(tx, seq));
  if (row === null || (row.state !== 'asked' && row.state !== 'writing')) return null;
  const { graph: reader, writer } = await deps.customers.connections(customer);
  if (writer === null) throw new AppError('writer_not_configured', 'the customer has no writing application');
  const signal = AbortSignal.any([job.signal, deps.signal]);
  return { deps, customer, row, reader, writer, options: { priority: 'approval', signal } };
}

/**
 * Waits for its turn, in a transaction: two changes of one policy at once would undo each other, since each writes the
 * conditions whole. Throws `flip_waits` while another one may be writing, which is tried again by the queue.
 */
export async function requireTurn(tx: Tx, { row }: Pick<FlipRun, 'row'>): Promise<void> {
  await beginWriting(tx, row.job);
  await lockFlips(tx);
  for (const other of await readOpenFlips(tx)) {
    if (other.seq === row.seq || other.state !== 'writing' || !(await isUnderWay(tx, other.job))) continue;
    throw new AppError('flip_waits', `another change of the enforcing policy is under way (${other.job})`);
  }
}

/** Whether trying again may end differently, and the error says nothing about the tenant. */
export function isPassing(error: AppError, job: RunningJob): boolean {
  if (INTERRUPTIONS.has(error.code) || error.code === 'flip_waits' || error.code === WRITER_WAITS) return true;
  if (error.code === 'read_back_late') return !job.isLastAttempt;
  return error instanceof VendorUnreachableError && !job.isLastAttempt;
}

/** A failure as it is told; where no rule speaks and its code has no words of ours, both languages have its own. */
export function failureOf(error: AppError): { code: string; message: string; rule: string | null; text: Sentence } {
  const isForbidden = error instanceof VendorRefusedError && error.call.status === 403;
  const { code, sentence: message } = error;
  if (error instanceof FlipRefusedError) return { code, message, rule: error.rule, text: error.text };
  const told = isForbidden ? 'permission_missing' : code;
  return { code: told, message, rule: null, text: { en: message, de: FAILURE_TEXTS[told] ?? message } };
}

/**
 * Sends the one change. A lost answer is not repeated here: whoever comes next reads first. Needs
 * Policy.ReadWrite.ConditionalAccess.
 */
export async function sendChange(
  { writer, options }: Pick<FlipRun, 'writer' | 'options'>,
  plan: Pick<FlipPlan, 'policyId' | 'json' | 'change'>,
) {
  const body: FlipChange = bodyOf(plan);
  const request = { ...options, ids: { id: plan.policyId }, body, expect: 'none', attemptsMax: 1 } as const;
  await writer.request('conditionalAccess.update', request);
}

/** The members that may be written, complete; the state only where the plan changes it. */
function bodyOf({ json, change }: Pick<FlipPlan, 'json' | 'change'>): FlipChange {
  const { conditions, grantControls } = writablePolicy(json as unknown as Json);
  return { ...(change.state === undefined ? {} : { state: change.state }), conditions, grantControls };
}

/** ENFORCE as owned once this stands in the tenant. */
export function asManaged(own: ManagedObject, json: GraphObject): ManagedObject {
  const written = writablePolicy(json as unknown as Json) as unknown as Json;
  return { ...own, written, fingerprint: policyFingerprint(json) };
}

/** The ids of the policies that are this product's own. */
export async function ownPolicyIds(tx: Tx): Promise<ReadonlySet<string>> {
  const own = (await readManaged(tx)).filter(({ kind }) => kind === 'policy');
  return new Set(own.map(({ objectId }) => objectId));
}

/** ENFORCE as it is owned; undefined before a push. */
export async function ownEnforce(tx: Tx): Promise<ManagedObject | undefined> {
  return (await readManaged(tx)).find(({ key }) => key === 'ENFORCE');
}
