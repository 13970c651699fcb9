import { VendorRefusedError } from '../../lib/errors.ts';
import { listPolicies } from '../../services/graph/conditional-access.ts';
import {
  createPolicy,
  findOwnPolicy,
  getPolicy,
  restorePolicy,
} from '../../services/graph/conditional-access-write.ts';
import { orMissing, untilShown } from '../../services/graph/eventually.ts';
import { listTransitiveMembers } from '../../services/graph/groups.ts';
import { type GraphObject, type JsonObject, objectOf } from '../policy/graph-json.core.ts';
import { type ManagedObject, policyFingerprint } from '../policy/managed-objects.core.ts';
import type { ManagedName } from '../policy/managed-policies.core.ts';
import { REPORT_ONLY } from '../policy/managed-policies.core.ts';
import { adoptObject, writtenPolicy } from '../policy/managed-standing.ts';
import { DRIFT_TEXTS } from './drift-texts.core.ts';
import { policyOffer } from './remedy.core.ts';
import { type Emptying, restoringBody } from './restore-body.core.ts';
import { asJson, noteIntent, notRestored, type Restored, type RestoreRun, restored } from './restore-run.ts';

/**
 * Puts a managed policy back to exactly what was written, or brings it back where it was deleted. Writes nothing where it
 * says something else than was shown (S23), where two break-glass accounts are not left out (S1), and where what was
 * written would break a rule of managed policies.
 */
export async function restoreManagedPolicy(run: RestoreRun): Promise<Restored> {
  const own = run.standing.owned.find(({ kind, key }) => kind === 'policy' && key === run.row.object);
  if (own === undefined) return notRestored(DRIFT_TEXTS.changedSince);
  const live = await liveOf(run, own.objectId);
  if (live !== null && isAsWritten(live, own)) return restored({ already: true });
  const isGone = run.row.key.startsWith('deleted:');
  const isFirst = run.row.progress === null;
  if (isFirst && isGone !== (live === null)) return notRestored(DRIFT_TEXTS.changedSince);
  if (!isGone && (live === null || policyFingerprint(live) !== run.row.witness))
    return notRestored(DRIFT_TEXTS.changedSince);
  const floor = await floorUnder(run, own);
  if (floor !== null) return floor;
  if (live !== null) return writeBack(run, own, live);
  return bringBack(run, own);
}

async function liveOf({ reader, reading }: RestoreRun, id: string): Promise<GraphObject | null> {
  return (await getPolicy(reader, id, reading.options)) as GraphObject | null;
}

function isAsWritten(live: GraphObject, own: ManagedObject): boolean {
  return policyFingerprint(live) === own.fingerprint;
}

const BREAK_GLASS_MIN = 2;

/** What stands against writing this policy at all: the floor of S1, and the rules that every managed policy keeps. */
export async function floorUnder(run: RestoreRun, own: ManagedObject): Promise<Restored | null> {
  const { customer, standing, reader, reading } = run;
  const { breakGlass, breakGlassGroupId } = customer.settings.declared;
  const groupId = breakGlassGroupId ?? standing.owned.find(({ key }) => key === 'breakGlass')?.objectId ?? null;
  const offer = policyOffer(writtenPolicy(own), { name: own.key as ManagedName, breakGlassGroupId: groupId });
  if (!offer.yes) return notRestored(offer.why);
  const members = (await orMissing(() => listTransitiveMembers(reader, groupId ?? '', reading.options))) ?? [];
  const inside = new Set(members.map(({ id }) => id.toLowerCase()));
  const left = breakGlass.filter((id) => inside.has(id.toLowerCase()));
  return left.length >= BREAK_GLASS_MIN && left.length === breakGlass.length ? null : notRestored(DRIFT_TEXTS.floor);
}

async function writeBack(run: RestoreRun, own: ManagedObject, live: GraphObject): Promise<Restored> {
  await noteIntent(run, live);
  await send(run, own, live);
  run.deps.stopPoint('drift.restore.written');
  const shown = await untilShown(
    run.reading.clock,
    async () => {
      const now = await liveOf(run, own.objectId);
      return now !== null && isAsWritten(now, own) ? now : null;
    },
    run.reading.options.signal,
  );
  return shown === null ? notRestored(DRIFT_TEXTS.notShown) : restored({ policy: own.objectId });
}

async function send(run: RestoreRun, own: ManagedObject, live: GraphObject): Promise<void> {
  try {
    await patch(run, own, restoringBody(own.written, live));
  } catch (error) {
    if (!(error instanceof VendorRefusedError) || error.call.status !== 400) throw error;
    // Some tenants take no null inside; a second refusal is the answer.
    await patch(run, own, restoringBody(own.written, live, 'inside' satisfies Emptying));
  }
}

/** A lost answer is not asked again here: whoever comes next reads first. */
async function patch({ writer, reading }: RestoreRun, own: ManagedObject, body: JsonObject): Promise<void> {
  const request = { ...reading.options, ids: { id: own.objectId }, body, expect: 'none', attemptsMax: 1 } as const;
  await writer.request('conditionalAccess.update', request);
}

/** From the deleted policies under its old id; where Graph does not let an application do so, anew and report-only first. */
async function bringBack(run: RestoreRun, own: ManagedObject): Promise<Restored> {
  const { reader, writer, reading, row } = run;
  const policies = await listPolicies(reader, reading.options);
  await noteIntent(run, null, { policyIds: policies.map(({ id }) => id) });
  const isSame = (policy: GraphObject) => policyFingerprint({ ...policy, state: REPORT_ONLY }) === asBorn(own);
  const before = new Set(row.progress?.policyIds);
  const made = await findOwnPolicy(reader, { before, isSame: (one) => isSame(one as GraphObject) }, reading.options);
  const back = made ?? (await restorePolicy(writer, own.objectId, reading.options));
  run.deps.stopPoint('drift.restore.written');
  const policy = back ?? (await born(run, own, { before, isSame }));
  const kept: ManagedObject = { ...own, objectId: policy.id };
  if (policy.id !== own.objectId) await keepId(run, kept);
  const live = policy as GraphObject;
  return isAsWritten(live, kept) ? restored({ policy: policy.id }) : writeBack(run, kept, live);
}

function asBorn({ written }: ManagedObject): string {
  return policyFingerprint({ ...objectOf(written), state: REPORT_ONLY });
}

type Known = { before: ReadonlySet<string>; isSame(policy: GraphObject): boolean };

function born({ reader, writer, reading }: RestoreRun, own: ManagedObject, { before, isSame }: Known) {
  const body = restoringBody(own.written, null);
  const policy = {
    displayName: String(body.displayName),
    state: REPORT_ONLY,
    conditions: objectOf(body.conditions) ?? {},
    grantControls: objectOf(body.grantControls) ?? {},
  } as const;
  return createPolicy(
    { reader, writer, clock: reading.clock },
    { policy, own: { before, isSame: (one) => isSame(one as GraphObject) } },
    reading.options,
  );
}

/** The policy that was made anew is ours under its new id. */
async function keepId({ deps, customer, row }: RestoreRun, kept: ManagedObject): Promise<void> {
  row.objectId = kept.objectId;
  await deps.database.withCustomer(customer.id, (tx) => adoptObject(tx, { ...kept, written: asJson(kept.written) }));
}
