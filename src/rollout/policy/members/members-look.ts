import type { Json } from '../../../lib/canonical-json.ts';
import { dayOf } from '../../../lib/local-time.ts';
import type { Graph } from '../../../services/graph/client.ts';
import type { ReadOptions } from '../../../services/graph/pages.ts';
import { getSecurityDefaults } from '../../../services/graph/security-defaults.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { Customer } from '../../customers/customers.ts';
import type { Snapshot } from '../../snapshots/snapshot-file.ts';
import { type EffectInput, type EffectRow, effectOf } from '../draft/draft-effect.core.ts';
import { isSamePhase, phaseKey } from '../enforce/enforce.core.ts';
import { readEnforced, readOpenFlips } from '../enforce/enforce.store.ts';
import { adminsOf, excludedGroups, withFreshMethods } from '../enforce/enforce-facts.ts';
import type { EnforcementDeps } from '../enforce/enforce-run.ts';
import { compilePolicies } from '../evaluate.core.ts';
import { compileTenant } from '../evaluator/tenant.core.ts';
import { type ManagedObject, ownedId } from '../managed-objects.core.ts';
import { pushedMembers } from '../managed-standing.ts';
import { readStandingPushes } from '../push/push.store.ts';
import { readLive, readStored } from '../push/push-facts.ts';
import { type MembersPlan, planMembers, recordOf, type UpkeptGroup, type Wish, wishesOf } from './members.core.ts';
import { readMembers, readNotes } from './members.store.ts';

const THE_UPKEEP: Json = { kind: 'system', name: 'members' };

/** What would change, with the members that each group has now and the push that stands. */
export type MembersLook = MembersPlan & { live: ReadonlyMap<string, readonly string[]>; pushId: string | null };

/** Reads the tenant and says what has to change in our groups. Writes nothing; every failed read is thrown. */
export async function lookAtMembers(
  deps: EnforcementDeps,
  customer: Customer,
  { reader, options }: { reader: Graph; options: ReadOptions },
): Promise<MembersLook> {
  const now = new Date(deps.clock.now());
  const today = dayOf(now, customer.settings.timeZone);
  const known = await readStored(deps, customer, THE_UPKEEP);
  const people = await deps.phases.people(customer);
  const stored = await deps.database.withCustomer(customer.id, readStanding);
  const { snapshot: live } = await readLive(reader, { known, today, options });
  const snapshot = { ...live, securityDefaults: await getSecurityDefaults(reader, options) };
  const groups = upkeptGroups(customer, { ...stored, owned: known.owned, snapshot });
  const wishes = wishesOf({
    groups,
    people: people.map(({ accountId, phase, exempt }) => ({
      ...{ accountId, key: phaseKey({ name: phase }), isExempt: exempt !== null },
    })),
    exceptions: known.table.exceptions,
    isUnsure: known.table.unknown.length > 0,
    breakGlass: customer.settings.declared.breakGlass,
    accounts: new Set((snapshot.users ?? []).map(({ id }) => id.toLowerCase())),
    today,
  });
  const enforceId = ownedId(known.owned, 'ENFORCE') ?? '';
  const first = effectOfWishes(snapshot, wishes.wishes, enforceId);
  const fresh = await withFreshMethods(reader, snapshot, { effect: first, options });
  const effect = fresh === snapshot ? first : effectOfWishes(fresh, wishes.wishes, enforceId);
  const admins = adminsOf(snapshot);
  const plan = planMembers(wishes, {
    ...{ effect, notes: stored.notes, nowMs: now.getTime(), rails: customer.settings.rails },
    admins: admins === null ? null : new Set(admins.map((id) => id.toLowerCase())),
  });
  return {
    ...plan,
    live: new Map(groups.map(({ key, live: members }) => [key, [...members].sort()])),
    pushId: stored.pushes.at(-1)?.id ?? null,
  };
}

async function readStanding(tx: Tx) {
  const pushes = (await readStandingPushes(tx)).map(pushedMembers);
  return {
    pushes,
    rows: await readMembers(tx),
    notes: await readNotes(tx),
    enforced: await readEnforced(tx),
    open: await readOpenFlips(tx),
  };
}

type Standing = Awaited<ReturnType<typeof readStanding>> & { owned: readonly ManagedObject[]; snapshot: Snapshot };

function upkeptGroups(customer: Customer, standing: Standing): UpkeptGroup[] {
  const { owned, snapshot, pushes, rows, enforced, open } = standing;
  const records = recordOf(pushes, rows);
  const excluded = excludedGroups(customer, owned);
  const ids = new Map(owned.filter(({ kind }) => kind === 'group').map(({ key, objectId }) => [key, objectId]));
  if (excluded !== null) ids.set('breakGlass', excluded.breakGlass).set('exceptions', excluded.exceptions);
  return [...ids].flatMap(([key, groupId]): UpkeptGroup[] => {
    const group = (snapshot.groups ?? []).find(({ id }) => id.toLowerCase() === groupId.toLowerCase());
    const record = records.get(key);
    // A group that nobody read or that is gone is left alone, as is one that no push has seen through.
    if (group?.members === undefined || group.members === null || record === undefined) return [];
    const live = new Set(group.members.map(({ id }) => id.toLowerCase()));
    const isOf = (phase: { name: string; everyoneElse: boolean }) =>
      isSamePhase({ ...phase, everyoneElse: false }, phase) && phaseKey(phase) === key;
    return [
      {
        ...{ ...record, key, groupId, live, purpose: purposeOf(key) },
        isEnforced: enforced.some(isOf),
        isBusy: open.some(({ phase }) => isOf(phase)),
      },
    ];
  });
}

function purposeOf(key: string): UpkeptGroup['purpose'] {
  return key === 'direct' || key === 'breakGlass' || key === 'exceptions' ? key : 'phase';
}

/** What the live policies would do to everybody with these memberships, compared with now. */
function effectOfWishes(snapshot: Snapshot, wishes: readonly Wish[], draftId: string): EffectRow[] {
  const live = snapshot.policies ?? [];
  const changed = { ...snapshot, groups: (snapshot.groups ?? []).map((group) => withWishes(group, wishes)) };
  const tenant = compileTenant(snapshot);
  const input: EffectInput = {
    ...{ tenant, live, users: snapshot.users ?? [], draft: { id: draftId } },
    roleAssignments: snapshot.roleAssignments,
    registration: snapshot.registration,
    authenticationMethods: snapshot.authenticationMethods,
    perUserMfa: snapshot.perUserMfa,
  };
  const before = compilePolicies(tenant, live);
  return effectOf(input, { before, after: compilePolicies(compileTenant(changed), live), draftId });
}

type Group = NonNullable<NonNullable<Snapshot['groups']>[number]>;

function withWishes(group: Group, wishes: readonly Wish[]): Group {
  const own = wishes.filter(({ groupId }) => groupId.toLowerCase() === group.id.toLowerCase());
  if (own.length === 0) return group;
  const leaving = new Set(own.filter(({ what }) => what === 'ended').map(({ accountId }) => accountId));
  const joining = own.filter(({ what }) => what !== 'ended').map(({ accountId }) => accountId);
  const staying = (group.members ?? []).filter(({ id }) => !leaving.has(id.toLowerCase()));
  return { ...group, members: [...staying, ...joining.map((id) => ({ id, '@odata.type': '#microsoft.graph.user' }))] };
}
