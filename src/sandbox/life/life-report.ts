/** What life holds in store for a tenant and what it has done, for tests and for judging a rehearsal's report. */
import { canAnswerMfa, usableCombinations } from '../evaluator/methods.ts';
import { TAP_TYPE } from '../graph/user-authentication.ts';
import type { SandboxState, TenantState } from '../state/state.ts';
import { dateAt } from './calendar.ts';
import { characterOf, seedOf, tripOn } from './character.ts';
import { DEFAULT_LIFE, type Happening, type LockReason, TEMPERAMENTS, type Temperament } from './life-state.ts';
import { readWorkforce } from './workforce.ts';

export type LifeReport = {
  isOn: boolean;
  livedUntil: string | null;
  /** Accounts whose person is in the company or visits it, by what they are like. */
  people: { userId: string; temperament: Temperament; hasPhone: boolean; isEnrolled: boolean; isAway: boolean }[];
  temperaments: Record<Temperament, number>;
  /** Local date to how many registered a method on it. */
  enrolledByDay: Record<string, number>;
  enrolled: number;
  /** Things that happened, sign-ins apart. */
  events: number;
  signIns: { interactive: number; background: number; failed: number };
  lockedOut: { userId: string; since: string; reason: LockReason }[];
  travelling: { userId: string; country: string }[];
  phonesLost: string[];
  clients: {
    userId: string;
    appId: string;
    appName: string;
    client: string;
    isRopc: boolean;
    learntAt: string | null;
    mendedAt: string | null;
  }[];
  /** How many things of each kind are to come. */
  coming: Record<string, number>;
  log: (Omit<Happening, 'at'> & { at: string })[];
};

/** Tells the life of a tenant as it stands now. */
export function reportLife(world: { state: SandboxState; now(): number }, tenant: TenantState): LifeReport {
  const { life } = tenant;
  const people = peopleOf(world, tenant);
  const temperaments = Object.fromEntries(TEMPERAMENTS.map((name) => [name, 0])) as Record<Temperament, number>;
  for (const { temperament } of people) temperaments[temperament] += 1;
  const log = (life?.log ?? []).map((one) => ({ ...one, at: instant(one.at) }));
  const here = new Set(people.map(({ userId }) => userId));
  const isEnabled = (userId: string) => (tenant.usersById.get(userId)?.accountEnabled ?? false) !== false;
  const lives = Object.entries(life?.people ?? {}).filter(([userId]) => isEnabled(userId));
  return {
    isOn: tenant.options.life !== null,
    livedUntil: life === null ? null : instant(life.livedUntil),
    people,
    temperaments,
    enrolledByDay: countBy(
      (life?.log ?? []).filter(({ what }) => what === 'enrolled'),
      ({ at }) => dateAt(at),
    ),
    enrolled: people.filter(({ isEnrolled }) => isEnrolled).length,
    events: log.length,
    signIns: life?.signIns ?? { interactive: 0, background: 0, failed: 0 },
    lockedOut: lives.flatMap(([userId, { locked }]) =>
      locked === null ? [] : [{ userId, since: instant(locked.since), reason: locked.reason }],
    ),
    travelling: travellersOf(world, tenant, here),
    phonesLost: lives.filter(([, { phoneLostAt }]) => phoneLostAt !== null).map(([userId]) => userId),
    clients: clientsOf(tenant),
    coming: countBy(Object.values(life?.due ?? {}), ({ deed }) => deed.kind),
    log,
  };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}

function peopleOf(world: { state: SandboxState; now(): number }, tenant: TenantState): LifeReport['people'] {
  const { state } = world;
  const date = dateAt(world.now());
  const workforce = readWorkforce(state, tenant);
  const options = tenant.options.life ?? DEFAULT_LIFE;
  return tenant.tenant.users.flatMap((user) => {
    const isVisitor = tenant.life?.visitors[user.id] !== undefined;
    const standing = workforce.standingOn(user, date, isVisitor);
    if (standing === 'gone') return [];
    const { temperament, hasPhone } = characterOf(seedFor(state, tenant, user.id), options);
    const methods = (tenant.tenant.authenticationMethods[user.id] ?? []).filter(
      (method) => method['@odata.type'] !== TAP_TYPE,
    );
    const isEnrolled = canAnswerMfa(usableCombinations(tenant.tenant, methods));
    return [{ userId: user.id, temperament, hasPhone, isEnrolled, isAway: standing === 'away' }];
  });
}

function seedFor(state: SandboxState, tenant: TenantState, userId: string): string {
  return seedOf(state.world.seed, tenant.tenant.tenantId, userId);
}

function travellersOf(
  world: { state: SandboxState; now(): number },
  tenant: TenantState,
  here: ReadonlySet<string>,
): LifeReport['travelling'] {
  const options = tenant.options.life;
  if (options === null) return [];
  const date = dateAt(world.now());
  return [...here].flatMap((userId) => {
    const trip = tripOn(seedFor(world.state, tenant, userId), date, options);
    return trip === null ? [] : [{ userId, country: trip.country }];
  });
}

function clientsOf({ life }: TenantState): LifeReport['clients'] {
  return (life?.clients ?? []).map(({ id, userId, appId, appName, client, isRopc }) => {
    const { learntAt = null, mendedAt = null } = life?.mending[id] ?? {};
    const told = { userId, appId, appName, client, isRopc };
    return {
      ...told,
      learntAt: learntAt === null ? null : instant(learntAt),
      mendedAt: mendedAt === null ? null : instant(mendedAt),
    };
  });
}
