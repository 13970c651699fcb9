/** A tenant during a stretch of its life: what the deeds of its people read and change. */
import type { CwContext } from '../connectwise/context.ts';
import type { WorldHandle } from '../people.ts';
import { isObject, type TenantState, textOf } from '../state/state.ts';
import { createRandom, type Random } from '../world/random.ts';
import { type AttemptCache, type Attempts, createAttempts } from './attempts.ts';
import { seenNow } from './begin.ts';
import { type Character, characterOf, seedOf } from './character.ts';
import { inOrder, type Planned } from './day-plan.ts';
import {
  type Due,
  type Happening,
  type LegacyClient,
  type LifeOptions,
  type LifeState,
  type Mending,
  NOTHING_YET,
  type PersonLife,
} from './life-state.ts';
import { readWorkforce, type Workforce } from './workforce.ts';

export type Scene = {
  world: WorldHandle;
  tenant: TenantState;
  tenantId: string;
  life: LifeState;
  options: LifeOptions;
  workforce: Workforce;
  attempts: Attempts;
  /** Where people sign in from when they are not abroad. */
  home: { country: string; officeIp: string | null };
  /** The PSA, for something that this person does at the site. */
  connectWise(by: string): CwContext;
  character(userId: string): Character;
  /** Draws that belong to one thing that a person does. */
  random(userId: string, label: string): Random;
  person(userId: string): PersonLife;
  setPerson(userId: string, set: Partial<PersonLife>): void;
  mendingOf(client: LegacyClient): Mending | undefined;
  setMending(client: LegacyClient, mending: Mending): void;
  /** Puts something into the future; what is there already under its key stays as it is. */
  plan(due: Due): void;
  /** The next thing to come, and taking it out. */
  next(): Due | undefined;
  take(): Due | undefined;
  note(userId: string, what: Happening['what'], detail?: string): void;
  count(kind: keyof LifeState['signIns']): void;
  /** Keeps what the stretch up to `until` has changed. */
  end(until: number): void;
};

/** What of a tenant stays the same from one stretch to the next, kept so that short steps stay cheap. */
export type SceneCache = {
  options: LifeOptions;
  attempts: AttemptCache;
  characters: Map<string, Character>;
  days: Map<string, { rulesSeq: number; items: Planned[] }>;
};

type Given = { world: WorldHandle; tenant: TenantState; life: LifeState; cache: SceneCache };

/** Opens the scene of a tenant that has a life. */
export function openScene(given: Given, connectWise: (by: string) => CwContext): Scene {
  const { world, tenant, life, cache } = given;
  const { tenantId } = tenant.tenant;
  const seedFor = (userId: string) => seedOf(world.state.world.seed, tenantId, userId);
  const changes = createChanges(given);
  return {
    world,
    tenant,
    tenantId,
    life,
    options: cache.options,
    workforce: readWorkforce(world.state, tenant),
    attempts: createAttempts(world, tenant, cache.attempts),
    home: homeOf(tenant),
    connectWise,
    character(userId) {
      const known = cache.characters.get(userId) ?? characterOf(seedFor(userId), cache.options);
      cache.characters.set(userId, known);
      return known;
    },
    random: (userId, label) => createRandom(`${seedFor(userId)}/${label}`),
    ...changes,
  };
}

type Changes = Pick<
  Scene,
  'person' | 'setPerson' | 'mendingOf' | 'setMending' | 'plan' | 'next' | 'take' | 'note' | 'count' | 'end'
>;

function createChanges({ world, tenant, life }: Given): Changes {
  const people: Record<string, PersonLife> = {};
  const mending: Record<string, Mending> = {};
  const queue = Object.values(life.due).sort(inDueOrder);
  const known = new Set(queue.map(({ key }) => key));
  const log: Happening[] = [];
  const signIns = { ...life.signIns };
  const person = (userId: string) => people[userId] ?? life.people[userId] ?? NOTHING_YET;
  return {
    person,
    setPerson(userId, set) {
      people[userId] = { ...person(userId), ...set };
    },
    mendingOf: (client) => mending[client.id] ?? life.mending[client.id],
    setMending(client, state) {
      mending[client.id] = state;
    },
    plan(due) {
      if (known.has(due.key)) return;
      known.add(due.key);
      queue.splice(placeIn(queue, due), 0, due);
    },
    next: () => queue[0],
    take() {
      const due = queue.shift();
      if (due !== undefined) known.delete(due.key);
      return due;
    },
    note(userId, what, detail) {
      log.push({ at: world.now(), userId, what, detail: detail ?? null });
    },
    count(kind) {
      signIns[kind] += 1;
    },
    end(until) {
      const dueAdded = queue.filter((due) => life.due[due.key]?.at !== due.at);
      const dueGone = Object.keys(life.due).filter((key) => !known.has(key));
      const { tenantId } = tenant.tenant;
      const seen = seenNow(world.state, tenant);
      world.record({ type: 'life.lived', tenantId, until, seen, people, mending, dueAdded, dueGone, log, signIns });
    },
  };
}

function inDueOrder(a: Due, b: Due): number {
  return inOrder({ ...a, id: a.key }, { ...b, id: b.key });
}

function placeIn(queue: readonly Due[], due: Due): number {
  let [low, high] = [0, queue.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = queue[middle];
    if (other !== undefined && inDueOrder(other, due) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function homeOf(tenant: TenantState): Scene['home'] {
  const trusted = tenant.tenant.namedLocations.filter((location) => location.isTrusted === true);
  const ranges = trusted.flatMap(({ ipRanges }) => (Array.isArray(ipRanges) ? ipRanges.filter(isObject) : []));
  const first = ranges
    .map((range) => textOf(range, 'cidrAddress').split('/')[0] ?? '')
    .find((one) => one.includes('.'));
  return { country: textOf(tenant.tenant.organization, 'countryLetterCode') || 'US', officeIp: first ?? null };
}
