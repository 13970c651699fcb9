/**
 * The people of the tenants whose life is switched on. What happens, and when, follows from the world's seed and from
 * what others did; into how many steps the time is cut makes no difference.
 */
import type { SandboxClock } from '../clock.ts';
import type { CwContext } from '../connectwise/context.ts';
import type { WorldHandle } from '../people.ts';
import { createAttemptCache } from './attempts.ts';
import { addDays, dateAt, instantAt } from './calendar.ts';
import { inOrder, type Planned, planDay } from './day-plan.ts';
import type { Due } from './life-state.ts';
import { nudge, openMail, read } from './mail-deeds.ts';
import { enrol, learn, losePhone, mend, writeTicket } from './method-deeds.ts';
import { openScene, type Scene, type SceneCache } from './scene.ts';
import { runProgram, signIn, signInAgain } from './sign-in-deeds.ts';

export type LifeDeps = {
  world: WorldHandle;
  clock: SandboxClock;
  /** The PSA, for something that this person does at the site. */
  connectWise(by: string): CwContext;
};

export type Life = {
  /**
   * Everything that people do up to and including an instant happens, each thing at its own instant of the world's
   * clock, in order of time. Does nothing for tenants whose life is off.
   */
  liveUntil(instantMs: number): void;
};

/** Creates the life of a world. */
export function createLife(deps: LifeDeps): Life {
  const caches = new Map<string, SceneCache>();
  return {
    liveUntil(instantMs) {
      const scenes = [...deps.world.state.tenants.values()].flatMap((tenant) => {
        const { life, options } = tenant;
        if (life === null || options.life === null || life.livedUntil >= instantMs) return [];
        const cache = cacheOf(caches, tenant.tenant.tenantId, options.life);
        return [openScene({ world: deps.world, tenant, life, cache }, deps.connectWise)];
      });
      if (scenes.length === 0) return;
      for (const scene of scenes) openMail(scene);
      const first = Math.min(...scenes.map(({ life }) => life.livedUntil));
      for (let date = dateAt(first); instantAt(date, 0) <= instantMs; date = addDays(date, 1)) {
        liveDay(deps.clock, { scenes, caches, date, instantMs });
      }
      deps.clock.at(instantMs, () => {
        for (const scene of scenes) scene.end(instantMs);
      });
    },
  };
}

function cacheOf(caches: Map<string, SceneCache>, tenantId: string, options: SceneCache['options']): SceneCache {
  const known = caches.get(tenantId);
  if (known?.options === options) return known;
  const made = { options, attempts: createAttemptCache(), characters: new Map(), days: new Map() };
  caches.set(tenantId, made);
  return made;
}

type Day = { scenes: readonly Scene[]; caches: Map<string, SceneCache>; date: string; instantMs: number };

/** One local day, or as much of it as lies in the stretch. */
function liveDay(clock: SandboxClock, { scenes, caches, date, instantMs }: Day): void {
  const end = Math.min(instantMs, instantAt(addDays(date, 1), 0) - 1);
  const planned = scenes.flatMap((scene) => {
    const items = dayOf(scene, caches.get(scene.tenantId), date);
    const from = scene.life.livedUntil;
    return items.filter(({ at }) => at > from && at <= end).map((item) => ({ ...item, scene }));
  });
  if (scenes.length > 1) planned.sort((a, b) => a.at - b.at || (a.scene.tenantId < b.scene.tenantId ? -1 : 1));
  for (const { scene, ...item } of planned) {
    for (let due = nextDue(scenes, item); due !== null; due = nextDue(scenes, item)) actDue(clock, due);
    clock.at(item.at, () => actPlanned(scene, item));
  }
  const last = { at: end + 1, userId: '', id: '' };
  for (let due = nextDue(scenes, last); due !== null; due = nextDue(scenes, last)) actDue(clock, due);
  clock.at(end, () => {
    for (const scene of scenes) scene.attempts.flush();
  });
}

function dayOf(scene: Scene, cache: SceneCache | undefined, date: string): Planned[] {
  const { rulesSeq } = scene.tenant;
  const known = cache?.days.get(date);
  if (known?.rulesSeq === rulesSeq) return known.items;
  const seed = scene.world.state.world.seed;
  const items = planDay({ seed, tenant: scene.tenant, life: scene.life, options: scene.options }, date);
  cache?.days.clear();
  cache?.days.set(date, { rulesSeq, items });
  return items;
}

type Coming = { scene: Scene; due: Due };

/** The first of what is to come in any tenant, when it comes before `item`. */
function nextDue(scenes: readonly Scene[], item: { at: number; userId: string; id: string }): Coming | null {
  let first: Coming | null = null;
  for (const scene of scenes) {
    const due = scene.next();
    if (due === undefined || inOrder({ ...due, id: due.key }, item) >= 0) continue;
    if (first === null || due.at < first.due.at) first = { scene, due };
  }
  return first;
}

function actDue(clock: SandboxClock, { scene, due }: Coming): void {
  scene.take();
  clock.at(due.at, () => fulfil(scene, due));
}

function fulfil(scene: Scene, due: Due): void {
  const { userId, deed } = due;
  switch (deed.kind) {
    case 'read':
      read(scene, due, deed.reports);
      return;
    case 'nudge':
      nudge(scene, userId, deed.managerId);
      return;
    case 'enrol':
      enrol(scene, due, deed);
      return;
    case 'retry':
      signInAgain(scene, { userId, index: deed.index, key: due.key });
      return;
    case 'ticket':
      writeTicket(scene, userId, deed);
      return;
    case 'learn':
      learn(scene, deed.clientId);
      return;
    case 'mend':
      mend(scene, deed.clientId);
      return;
  }
}

function actPlanned(scene: Scene, item: Planned): void {
  switch (item.kind) {
    case 'signIn':
      signIn(scene, item);
      return;
    case 'program':
      runProgram(scene, item);
      return;
    case 'losePhone':
      losePhone(scene, item.userId);
      return;
  }
}
