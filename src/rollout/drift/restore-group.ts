import { AppError } from '../../lib/errors.ts';
import { getPolicy, updatePolicy } from '../../services/graph/conditional-access-write.ts';
import { restoreDeletedGroup } from '../../services/graph/deleted-groups.ts';
import { untilShown } from '../../services/graph/eventually.ts';
import { absentFrom, addMembers, createSecurityGroup } from '../../services/graph/groups-write.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import { type GraphObject, objectOf } from '../policy/graph-json.core.ts';
import { type ManagedObject, policyFingerprint } from '../policy/managed-objects.core.ts';
import { adoptObject, replaceGroup } from '../policy/managed-standing.ts';
import { writablePolicy } from '../policy/writable-policy.core.ts';
import { saveFinding } from './drift.store.ts';
import { DRIFT_TEXTS } from './drift-texts.core.ts';
import { goneOf, readGroupNow } from './read-tenant.ts';
import { withGroupIds } from './repoint.core.ts';
import {
  asJson,
  noteIntent,
  notRestored,
  type Restored,
  type RestoreRun,
  restored,
  stillRestoring,
} from './restore-run.ts';

/** A managed group that is gone, with who was in it by our record. */
type Gone = { own: ManagedObject; members: readonly string[] };

/**
 * Brings a deleted group back: under its id where Graph lets it, else anew, with the members of our record, and the
 * managed policies then name it in its place. A policy names a group only once everybody is seen in it, so that nobody
 * gains or loses anything on the way but what the deletion took. Every managed group that is gone is brought back with it,
 * since no policy that names a missing one can be written. Writes nothing where a declared break-glass account was not in
 * the group (S1). Run again after a crash it finds what is done.
 */
export async function restoreGoneGroup(run: RestoreRun): Promise<Restored> {
  const { row, deps, writer, reading } = run;
  const own = run.standing.owned.find(({ kind, key }) => kind === 'group' && key === row.object);
  // An earlier attempt may have made it anew, and noted that.
  const ids = [row.objectId, ...(own === undefined ? [] : [own.objectId])];
  for (const id of ids) if ((await readGroupNow(reading, id)) !== null) return restored({ already: true, groupId: id });
  const why = whyNot(run);
  if (why !== null) return notRestored(why);
  await noteIntent(run, { groups: run.standing.owned.filter(({ kind }) => kind === 'group') });
  const isBack = await restoreDeletedGroup(writer, row.objectId, reading.options);
  deps.stopPoint('drift.restore.written');
  const shown = async () => ((await readGroupNow(reading, row.objectId)) === null ? null : true);
  if (isBack && (await untilShown(reading.clock, shown, reading.options.signal)) !== null) {
    return restored({ groupId: row.objectId, under: 'its id' });
  }
  // A group that the customer's own file names has to be made and named there by hand.
  if (own === undefined) return notRestored(DRIFT_TEXTS.groupDeclared);
  return makeAnew(run);
}

function whyNot(run: RestoreRun): Sentence | null {
  const { standing, customer } = run;
  const emergency = standing.members.get('breakGlass')?.known ?? new Set();
  const isWhole = customer.settings.declared.breakGlass.every((id) => emergency.has(id.toLowerCase()));
  return run.row.object !== 'breakGlass' || isWhole ? null : DRIFT_TEXTS.floor;
}

async function makeAnew(run: RestoreRun): Promise<Restored> {
  const made = new Map<string, string>();
  const gone = await goneGroups(run);
  for (const one of gone) {
    const groupId = await makeOne(run, one);
    if (groupId === null) return notRestored(DRIFT_TEXTS.notShown);
    made.set(one.own.objectId, groupId);
  }
  await run.deps.database.withCustomer(run.customer.id, (tx) => noteGroups(tx, run, Object.fromEntries(made)));
  run.deps.stopPoint('drift.restore.half');
  const policies = run.standing.owned.filter(({ kind }) => kind === 'policy');
  for (const own of policies) {
    if (!(await repoint(run, own, made))) return notRestored(DRIFT_TEXTS.notShown);
  }
  run.deps.stopPoint('drift.restore.written');
  await run.deps.database.withCustomer(run.customer.id, async (tx) => {
    for (const own of policies) {
      const written = withGroupIds(own.written, made);
      await adoptObject(tx, { ...own, written, fingerprint: policyFingerprint(objectOf(written) ?? {}) });
    }
    for (const { own } of gone) await replaceGroup(tx, own, made.get(own.objectId) ?? own.objectId);
  });
  const groupId = made.get(run.row.objectId) ?? run.row.objectId;
  return restored({ groupId, anew: Object.fromEntries(made) });
}

/** Our groups that are gone, with whoever of our record is still in the directory. */
async function goneGroups({ reading, standing }: RestoreRun): Promise<Gone[]> {
  const gone: Gone[] = [];
  for (const own of standing.owned.filter(({ kind }) => kind === 'group')) {
    if ((await readGroupNow(reading, own.objectId)) !== null) continue;
    const known = [...(standing.members.get(own.key)?.known ?? [])];
    const left = known.length === 0 ? new Set<string>() : await goneOf(reading, known);
    gone.push({ own, members: known.filter((id) => !left.has(id)) });
  }
  return gone;
}

/** Makes one group, looked for by its tag first, and fills it; null where not everybody is seen in it. */
async function makeOne(run: RestoreRun, { own, members }: Gone): Promise<string | null> {
  const { reader, writer, reading } = run;
  const { displayName, description, tag } = objectOf(own.written) ?? {};
  const group = { tag: String(tag), displayName: String(displayName), description: String(description) };
  const writing = { reader, writer, clock: reading.clock };
  const { id: groupId } = await createSecurityGroup(writing, group, reading.options);
  await addMembers(writing, { groupId, accountIds: members }, reading.options);
  const isWhole = async () =>
    (await absentFrom({ reader }, { groupId, accountIds: members }, reading.options)).length === 0 ? true : null;
  return (await untilShown(reading.clock, isWhole, reading.options.signal)) === null ? null : groupId;
}

/** Noted before any policy is written, so that whoever comes next knows the new ids. */
async function noteGroups(tx: Tx, run: RestoreRun, groups: Record<string, string>): Promise<void> {
  const now = await stillRestoring(tx, run.row);
  if (now === null) throw new AppError('drift_overtaken', 'the finding is not being put back any more');
  run.row.progress = { policyIds: [], ...now.progress, groups };
  await saveFinding(tx, { ...now, progress: run.row.progress });
}

/**
 * Lets a policy name the new groups in place of those that are gone, and changes nothing else: what somebody else edited
 * in it is a finding of its own, and could not be put back while a group is missing. False where Graph does not show it.
 */
async function repoint(run: RestoreRun, own: ManagedObject, made: ReadonlyMap<string, string>): Promise<boolean> {
  const { reader, writer, reading } = run;
  const read = async () => (await getPolicy(reader, own.objectId, reading.options)) as GraphObject | null;
  const live = await read();
  // A policy that is gone names the new ones when it is brought back.
  if (live === null) return true;
  const wanted = withGroupIds(live, made);
  if (policyFingerprint(live) === policyFingerprint(wanted)) return true;
  const { conditions, grantControls } = writablePolicy(asJson(wanted));
  const change = { conditions, grantControls };
  await updatePolicy({ writer, clock: reading.clock }, { id: own.objectId, change }, reading.options);
  const isThere = async () => {
    const now = await read();
    return now !== null && policyFingerprint(now) === policyFingerprint(wanted) ? true : null;
  };
  return (await untilShown(reading.clock, isThere, reading.options.signal)) !== null;
}
