import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { randomId } from '../../lib/ids.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import { readManagedStanding } from '../policy/managed-standing.ts';
import { nameActors } from './actors.ts';
import { createEffectTeller, type EffectTeller } from './cover-world.ts';
import {
  type DriftRow,
  endStanding,
  forgetWatch,
  insertFinding,
  lockDrift,
  readStandingDrift,
  saveFinding,
  saveWatch,
} from './drift.store.ts';
import { postDrift, refreshDrift } from './drift-cards.ts';
import type { DriftDeps } from './drift-deps.ts';
import type { DriftFinding, DriftSeen } from './drift-types.core.ts';
import { severityOf } from './effect.core.ts';
import { driftDigest } from './find-policies.core.ts';
import { isResting, type Look, lookForDrift } from './look.ts';
import type { Reading } from './read-tenant.ts';
import { reconcile } from './reconcile.core.ts';

const THE_WATCH = { kind: 'system', name: 'drift' };

/**
 * One look at a customer's tenant: tells what somebody else changed, brings findings up to date, and asks the audit log
 * who it was. Looks at nothing where nothing of ours is in the tenant. What a single part refuses leaves the others.
 */
export async function pollDrift(deps: DriftDeps, job: RunningJob): Promise<void> {
  const customer = await deps.customers.find(job.customerId);
  const owned = await deps.database.withCustomer(customer.id, async (tx) => (await readManagedStanding(tx)).owned);
  if (owned.length === 0) {
    await deps.database.withCustomer(customer.id, (tx) => endWatch(deps, tx));
    return;
  }
  const { graph } = await deps.customers.connections(customer);
  const signal = AbortSignal.any([job.signal, deps.signal]);
  const reading: Reading = { graph, clock: deps.clock, options: { signal } };
  const look = await lookForDrift(deps, customer, reading);
  deps.stopPoint('drift.looked');
  await deps.database.withCustomer(customer.id, (tx) => keep(deps, tx, look));
  await namedOrLater(deps, customer, reading);
}

/** The log has a limit of its own: where it cannot be read now, the next look asks again. */
async function namedOrLater(deps: DriftDeps, customer: Customer, reading: Reading): Promise<void> {
  try {
    await nameActors(deps, customer, reading);
  } catch (error) {
    if (!(error instanceof AppError) || reading.options.signal?.aborted === true) throw error;
    deps.log.warn('drift.actors_unread', { customerId: customer.id, code: error.code });
  }
}

/** Nothing of ours is there any more: what was told of it is over. */
async function endWatch(deps: DriftDeps, tx: Tx): Promise<void> {
  await lockDrift(tx);
  const now = new Date(deps.clock.now());
  for (const id of await endStanding(tx, 'gone', now)) await refreshDrift(tx, id, { why: 'ended', now });
  await forgetWatch(tx);
}

async function keep(deps: DriftDeps, tx: Tx, look: Look): Promise<void> {
  await lockDrift(tx);
  const now = new Date(deps.clock.now());
  const standing = await settledRows(tx, await readStandingDrift(tx));
  const { news, changed, gone } = reconcile(standing, look.seen, {
    isJudged: look.couldSee,
    tolerated: look.tolerated,
  });
  const effectOf = createEffectTeller(look.stored, { ...look, seen: look.tenant, all: look.seen });
  // Whoever is told of a difference also finds its card: both or neither.
  for (const seen of news) await tell(tx, seen, { look, effectOf, now });
  for (const { finding, seen } of changed) {
    const at = now.toISOString();
    const row = {
      ...(finding as DriftRow),
      ...judged(seen, effectOf),
      changedAt: at,
      failure: null,
      live: liveOf(look, seen),
    };
    await saveFinding(tx, { ...row, actor: null });
    await postDrift(tx, row, now);
    await refreshDrift(tx, row.id, { why: row.digest, now });
    await note(tx, 'drift.changed', row, now);
  }
  for (const finding of gone) {
    await saveFinding(tx, { ...(finding as DriftRow), state: 'gone', changedAt: now.toISOString() });
    await refreshDrift(tx, finding.id, { why: 'gone', now });
    await note(tx, 'drift.gone', finding, now);
  }
  await saveWatch(tx, look.watch(await readStandingDrift(tx)));
}

/** A finding whose job to put it back is over without a word stands open again. */
async function settledRows(tx: Tx, rows: readonly DriftRow[]): Promise<DriftRow[]> {
  const settled: DriftRow[] = [];
  for (const row of rows) {
    if (row.state === 'restoring' && (await isResting(tx, row.job))) {
      const open: DriftRow = { ...row, state: 'open', progress: null, job: null };
      await saveFinding(tx, open);
      settled.push(open);
    } else settled.push(row);
  }
  return settled;
}

function judged(
  seen: DriftSeen,
  effectOf: EffectTeller,
): DriftSeen & Pick<DriftFinding, 'digest' | 'severity' | 'effect'> {
  const effect = effectOf(seen);
  return { ...seen, digest: driftDigest(seen), severity: severityOf(seen, effect), effect };
}

async function tell(
  tx: Tx,
  seen: DriftSeen,
  { look, effectOf, now }: { look: Look; effectOf: EffectTeller; now: Date },
): Promise<void> {
  const at = now.toISOString();
  const row: DriftRow = {
    ...judged(seen, effectOf),
    ...{ id: randomId(), state: 'open', since: look.since.toISOString(), firstSeen: at, changedAt: at },
    ...{ actor: null, decidedBy: null, failure: null, job: null, progress: null, live: liveOf(look, seen) },
    toleratedUntil: null,
  };
  if (!(await insertFinding(tx, row))) return;
  await postDrift(tx, row, now);
  await note(tx, 'drift.found', row, now);
}

/** The object as it was seen: what accepting makes ours. */
function liveOf({ tenant }: Look, { aspect, objectId }: DriftSeen): Json {
  const found =
    aspect === 'group' ? tenant.groups.get(objectId)?.group : tenant.policies?.find(({ id }) => id === objectId);
  return found === undefined ? null : (JSON.parse(JSON.stringify(found)) as Json);
}

async function note(tx: Tx, event: string, finding: DriftFinding, at: Date): Promise<void> {
  const { id, kind, object, objectId, before, after, digest, severity } = finding;
  const facts = { id, kind, object, objectId, before, after, digest, severity };
  await appendJournal(tx, { at, actor: THE_WATCH, event, facts });
}
