import { DAY_MS } from '../../lib/clock.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Customer } from '../customers/customers.ts';
import { isJobOpen, type ManagedStanding, readManagedStanding } from '../policy/managed-standing.ts';
import type { Snapshot } from '../snapshots/snapshot-file.ts';
import { type CompareInput, compare, couldSee, ownIdsOf, watchedGroups } from './compare.core.ts';
import { reachesMore, storedOrNull } from './cover-world.ts';
import {
  type DriftRow,
  type DriftWatch,
  type OwnWrite,
  readOwnWrites,
  readStandingDrift,
  readTolerated,
  readWatch,
} from './drift.store.ts';
import type { DriftDeps } from './drift-deps.ts';
import type { DriftFinding, DriftSeen } from './drift-types.core.ts';
import { missingAccounts, type WatchedGroup } from './find-groups.core.ts';
import { asksForMfa, type DriftBaseline, nextBaseline } from './find-others.core.ts';
import { type Doubts, goneOf, type Reading, readAgain, readTenant, type SeenTenant } from './read-tenant.ts';
import { keysInDoubt, reconcile } from './reconcile.core.ts';

/** What one look came to. */
export type Look = {
  /** Every difference that stands and was seen twice where it was new. */
  seen: DriftSeen[];
  tenant: SeenTenant;
  standing: ManagedStanding;
  baseline: DriftBaseline;
  stored: Snapshot | null;
  /** The look before this one: what is new happened after it. */
  since: Date;
  couldSee(finding: DriftFinding): boolean;
  tolerated: ReadonlyMap<string, string>;
  /** What to remember of the look, given the findings that stand after it. */
  watch(open: readonly DriftFinding[]): DriftWatch;
};

/** A difference is looked at again after this: somebody may be in the middle of it, and Graph's copies disagree for a while. */
const AGAIN_MS = 2_900;
/** So long Graph may go on showing what stood before a write of ours. */
const SETTLE_MS = 60_000;
/** What a first look finds may have happened so long before. */
const FIRST_SPAN_MS = 15 * 60_000;

/** The policies that putting back something else writes too. */
const WRITTEN_WITH: Partial<Record<DriftRow['aspect'], readonly string[]>> = {
  group: ['ENFORCE', 'OBSERVE'],
  securityDefaults: ['ENFORCE'],
};

/** What a job of ours is putting back at the moment says nothing yet: the object, or the policies that name the group. */
function beingRestored(open: readonly DriftRow[]): string[] {
  const begun = open.filter(({ state, progress }) => state === 'restoring' && progress !== null);
  return begun.flatMap(({ aspect, object }) => [object, ...(WRITTEN_WITH[aspect] ?? [])]);
}

type Store = {
  standing: ManagedStanding;
  watch: DriftWatch | null;
  open: DriftFinding[];
  tolerated: Map<string, string>;
  writes: OwnWrite[];
};

async function readStore(deps: DriftDeps, customerId: string, startedAt: number): Promise<Store> {
  return deps.database.withCustomer(customerId, async (tx) => {
    const watch = await readWatch(tx);
    const from = new Date((watch?.lookedAt.getTime() ?? startedAt) - SETTLE_MS);
    const standing = await readManagedStanding(tx);
    const open = await readStandingDrift(tx);
    return {
      standing: { ...standing, inFlight: new Set([...standing.inFlight, ...beingRestored(open)]) },
      watch,
      open,
      tolerated: await readTolerated(tx, new Date(startedAt)),
      writes: await readOwnWrites(tx, from),
    };
  });
}

/**
 * Looks at the tenant with one list of policies, and once more at what would be told anew or taken away. What we have
 * written is read before and after, and only what differs from both is drift, so that a write of ours in between is none.
 */
export async function lookForDrift(deps: DriftDeps, customer: Customer, reading: Reading): Promise<Look> {
  const startedAt = deps.clock.now();
  const first = await readStore(deps, customer.id, startedAt);
  const { watch } = first;
  // The whole tenant is large: it is read from the store only where something has to be judged by it.
  const stored = once(() => storedOrNull(deps, customer));
  const watched = watchedGroups(first.standing.owned, customer.settings.declared);
  const isDue = watch === null || watch.perUserAt === null || startedAt - watch.perUserAt.getTime() >= DAY_MS;
  const usersSingly = async () => ((await stored())?.users ?? []).map(({ id }) => id);
  let tenant = await readTenant(reading, {
    groupIds: watched.map(({ groupId }) => groupId),
    usersSingly: isDue ? usersSingly : null,
  });
  const baseline = watch?.baseline ?? firstBaseline(first.standing, await stored(), tenant);
  const given = { watched, baseline, stored };
  const early = await differences(reading, { ...given, store: first, tenant });
  const { tolerated } = first;
  const isJudged = couldSeeIn({ store: first, tenant, watched });
  const doubts = keysInDoubt(reconcile(first.open, early, { isJudged, tolerated }));
  let seen = early;
  let last = first;
  if (doubts.size > 0) {
    await settle(
      deps,
      reading,
      first,
      [...early, ...first.open].filter(({ key }) => doubts.has(key)),
    );
    last = await readStore(deps, customer.id, startedAt);
    tenant = await readAgain(reading, tenant, doubtsOf([...early, ...first.open], doubts));
    const before = await differences(reading, { ...given, store: last, tenant });
    last = await readStore(deps, customer.id, startedAt);
    const after = await differences(reading, { ...given, store: last, tenant });
    const inBoth = new Set(before.map(({ key }) => key));
    const known = new Set(early.map(({ key }) => key));
    seen = after.filter(({ key }) => inBoth.has(key) && (known.has(key) || doubts.has(key)));
  }
  return {
    ...{ seen, tenant, standing: last.standing, baseline },
    stored: doubts.size > 0 ? await stored() : null,
    since: watch?.lookedAt ?? new Date(startedAt - FIRST_SPAN_MS),
    couldSee: couldSeeIn({ store: last, tenant, watched }),
    tolerated: last.tolerated,
    watch: (open) => watchAfter({ tenant, baseline, standing: last.standing, open }, watch, startedAt),
  };
}

type Comparing = {
  watched: readonly WatchedGroup[];
  baseline: DriftBaseline;
  stored(): Promise<Snapshot | null>;
  store: Store;
  tenant: SeenTenant;
};

/** Every difference; whoever is missing from a group and gone from the directory left it by himself. */
async function differences(reading: Reading, comparing: Comparing): Promise<DriftSeen[]> {
  const { store, tenant, watched, baseline, stored } = comparing;
  const { standing, writes } = store;
  const input: CompareInput = {
    ...{ written: standing, seen: tenant, watched, baseline, goneAccounts: new Set<string>() },
    isOwnWrite: (id, by) => writes.some(({ event, text }) => by.test(event) && text.includes(id.toLowerCase())),
  };
  const { members, inFlight } = standing;
  const missing = missingAccounts({ watched, live: tenant.groups, members, inFlight });
  const goneAccounts = missing.length === 0 ? new Set<string>() : await goneOf(reading, missing);
  const found = compare({ ...input, goneAccounts });
  const snapshot = found.some(({ aspect }) => aspect === 'otherPolicy') ? await stored() : null;
  return found.filter((one) => {
    if (one.aspect !== 'otherPolicy') return true;
    const policy = tenant.policies?.find(({ id }) => id === one.objectId);
    return policy !== undefined && reachesMore(snapshot, baseline.asking[one.objectId], policy);
  });
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let given: Promise<T> | undefined;
  return () => (given ??= read());
}

function couldSeeIn({ store, tenant, watched }: Pick<Comparing, 'store' | 'tenant' | 'watched'>) {
  return (finding: DriftFinding) => couldSee(finding, { written: store.standing, seen: tenant, watched });
}

/** Waits until what we wrote ourselves into one of these objects has to be shown by now. */
async function settle(
  deps: DriftDeps,
  { options }: Reading,
  { writes }: Store,
  doubtful: readonly DriftSeen[],
): Promise<void> {
  const now = deps.clock.now();
  const own = writes.filter(({ text }) => doubtful.some(({ objectId }) => text.includes(objectId.toLowerCase())));
  const waits = own.map(({ at }) => at + SETTLE_MS - now).filter((ms) => ms <= SETTLE_MS);
  await deps.clock.sleep(Math.max(AGAIN_MS, ...waits), options.signal);
}

function doubtsOf(all: readonly DriftSeen[], keys: ReadonlySet<string>): Doubts {
  const doubtful = all.filter(({ key }) => keys.has(key));
  const ids = (...aspects: DriftSeen['aspect'][]) => [
    ...new Set(doubtful.filter(({ aspect }) => aspects.includes(aspect)).map(({ objectId }) => objectId)),
  ];
  const accounts = doubtful.filter(({ aspect }) => aspect === 'perUserMfa').flatMap(({ after }) => Object.keys(after));
  return {
    policyIds: ids('policy', 'otherPolicy'),
    groupIds: ids('group', 'members'),
    defaults: doubtful.some(({ aspect }) => aspect === 'securityDefaults'),
    accountIds: [...new Set(accounts)],
  };
}

/** What stood before the first push, or failing that at the last reading of the tenant. */
function firstBaseline(standing: ManagedStanding, stored: Snapshot | null, tenant: SeenTenant): DriftBaseline {
  const own = ownIdsOf(standing.owned);
  const policies = standing.firstPolicies ?? stored?.policies ?? tenant.policies ?? [];
  const asking = policies.filter((policy) => !own.has(policy.id.toLowerCase()) && asksForMfa(policy));
  const states = stored?.perUserMfa ?? null;
  const on = states?.flatMap(({ id, perUserMfaState }) => (perUserMfaState === 'disabled' ? [] : [id.toLowerCase()]));
  return {
    asking: Object.fromEntries(asking.map((policy) => [policy.id, policy])),
    perUserOn: on ?? tenant.perUserOn ?? null,
    securityDefaultsOn: stored?.securityDefaults?.isEnabled ?? tenant.securityDefaultsOn ?? false,
  };
}

type After = {
  tenant: SeenTenant;
  baseline: DriftBaseline;
  standing: ManagedStanding;
  open: readonly DriftFinding[];
};

function watchAfter(after: After, watch: DriftWatch | null, startedAt: number): DriftWatch {
  const { tenant, baseline, standing, open } = after;
  const at = new Date(startedAt);
  const next = nextBaseline(
    baseline,
    {
      live: tenant.policies ?? Object.values(baseline.asking),
      ownIds: ownIdsOf(standing.owned),
      on: tenant.perUserOn ?? null,
      isOn: tenant.securityDefaultsOn ?? baseline.securityDefaultsOn,
    },
    {
      policies: new Set(open.flatMap(({ aspect, objectId }) => (aspect === 'otherPolicy' ? [objectId] : []))),
      accounts: new Set(open.flatMap(({ aspect, before }) => (aspect === 'perUserMfa' ? Object.keys(before) : []))),
      defaults: standing.isFlipping || open.some(({ aspect }) => aspect === 'securityDefaults'),
    },
  );
  return {
    ...{ baseline: next, lookedAt: at, unread: tenant.unread },
    perUserAt: tenant.perUserOn === undefined ? (watch?.perUserAt ?? null) : at,
  };
}

/** Whether a job is over, or there never was one. */
export async function isResting(tx: Tx, job: string | null): Promise<boolean> {
  return job === null || !(await isJobOpen(tx, job));
}
