import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Customer } from '../customers/customers.ts';
import { type GraphObject, objectOf } from '../policy/graph-json.core.ts';
import { liveGroupFingerprint, type ManagedObject, policyFingerprint } from '../policy/managed-objects.core.ts';
import type { ManagedName } from '../policy/managed-policies.core.ts';
import { adoptMembers, adoptObject, forgetObject, readManagedStanding } from '../policy/managed-standing.ts';
import { type DriftRow, readWatch, saveWatch } from './drift.store.ts';
import { DRIFT_TEXTS } from './drift-texts.core.ts';
import type { DriftBaseline } from './find-others.core.ts';
import { asksForMore, type Offer, policyOffer } from './remedy.core.ts';
import { inOneRespect } from './respect.core.ts';

/** What stands against accepting beyond the finding itself: a managed policy keeps its rules, whoever wrote it. */
export async function whyNotAccepted(tx: Tx, row: DriftRow, customer: Customer): Promise<Offer> {
  if (row.aspect !== 'policy' || row.kind === 'deleted') return { yes: true };
  const { owned } = await readManagedStanding(tx);
  const own = owned.find(({ key }) => key === row.object);
  if (own === undefined || objectOf(row.live) === null)
    return { yes: false, code: 'drift_unknown', why: DRIFT_TEXTS.unknown };
  const { breakGlassGroupId: declared } = customer.settings.declared;
  const breakGlassGroupId = declared ?? owned.find(({ key }) => key === 'breakGlass')?.objectId ?? null;
  const policy = adopted(own, row);
  if (asksForMore(policy)) return { yes: false, code: 'asks_for_more', why: DRIFT_TEXTS.asksForMore };
  return policyOffer(policy, { name: own.key as ManagedName, breakGlassGroupId });
}

/** Makes what is there ours, in the caller's transaction: from now on it is what the tenant is compared with. */
export function acceptFinding(tx: Tx, row: DriftRow, at: Date): Promise<void> {
  switch (row.aspect) {
    case 'policy':
    case 'group':
      return acceptObject(tx, row);
    case 'members':
      return acceptMembers(tx, row, at);
    case 'otherPolicy':
      return rebased(tx, ({ asking, ...rest }) => ({
        ...rest,
        asking: { ...asking, [row.objectId]: row.live as unknown as GraphObject },
      }));
    case 'securityDefaults':
      return rebased(tx, (baseline) => ({ ...baseline, securityDefaultsOn: true }));
    case 'perUserMfa':
      return rebased(tx, ({ perUserOn, ...rest }) => ({
        ...rest,
        perUserOn: [...(perUserOn ?? []), ...Object.keys(row.before)],
      }));
  }
}

async function acceptObject(tx: Tx, row: DriftRow): Promise<void> {
  if (row.kind === 'deleted') return forgetObject(tx, row.object);
  const { owned } = await readManagedStanding(tx);
  const own = owned.find(({ key }) => key === row.object);
  if (own === undefined) return;
  if (row.aspect === 'policy') {
    const written = adopted(own, row);
    const name = String(written.displayName);
    await adoptObject(tx, { ...own, name, written: asJson(written), fingerprint: policyFingerprint(written) });
    return;
  }
  const live = objectOf(row.live) ?? {};
  const { displayName, description, mailNickname: tag } = live;
  const written = asJson({ displayName, description: description ?? '', tag });
  await adoptObject(tx, { ...own, name: String(displayName), written, fingerprint: liveGroupFingerprint(live) });
}

/** What we wrote, with the one respect of the finding as it is live: what else differs is a finding of its own. */
function adopted(own: ManagedObject, { kind, live }: Pick<DriftRow, 'kind' | 'live'>): GraphObject {
  return inOneRespect({ ...objectOf(own.written), id: own.objectId }, objectOf(live) ?? {}, kind);
}

async function acceptMembers(tx: Tx, { object: key, objectId: groupId, before }: DriftRow, at: Date): Promise<void> {
  const { pushId } = await readManagedStanding(tx);
  if (pushId === null) return;
  const idsOf = (was: 'in' | 'out') => Object.keys(before).filter((id) => before[id] === was);
  await adoptMembers(tx, { key, groupId, pushId, at, accountIds: idsOf('out'), isIn: true });
  await adoptMembers(tx, { key, groupId, pushId, at, accountIds: idsOf('in'), isIn: false });
}

async function rebased(tx: Tx, change: (baseline: DriftBaseline) => DriftBaseline): Promise<void> {
  const watch = await readWatch(tx);
  if (watch !== null) await saveWatch(tx, { ...watch, baseline: change(watch.baseline) });
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
