/** What the people and programs of a tenant would do on a day, by the seed: whether they do it shows at its instant. */
import type { TenantState } from '../state/state.ts';
import { createRandom, type Random } from '../world/random.ts';
import { instantAt, isWeekend, WORK_BEGINS, WORK_ENDS } from './calendar.ts';
import { isInOffice, seedOf } from './character.ts';
import type { LifeOptions, LifeState } from './life-state.ts';

/** An item of a day. `index` is the place of the app in what the person uses, or nothing for a program. */
export type Planned = { at: number; userId: string; id: string } & (
  | {
      kind: 'signIn';
      isInteractive: boolean;
      index: number;
      isInOffice: boolean;
      /** Shows MFA of the session where there is one, and fails at the prompt first where there is one. */
      usesSession: boolean;
      slips: boolean;
    }
  | { kind: 'program'; clientId: string }
  | { kind: 'losePhone' }
);

const MINUTES_OF_DAY = 24 * 60;
const SLIPS = 0.04;
const BACKGROUND_MIN = 2;

/** The day of everybody who has an account, in order of time and then of person. */
export function planDay(
  given: { seed: number; tenant: TenantState; life: LifeState; options: LifeOptions },
  date: string,
): Planned[] {
  const { tenant, life, options } = given;
  const items: Planned[] = [];
  for (const { id: userId } of tenant.tenant.users) {
    if (isWeekend(date)) break;
    const { random, isHere } = beginDay(given, userId, date);
    if (isHere) items.push(...planPerson(random, { userId, date, options }));
  }
  for (const client of life.clients) {
    const random = createRandom(`${seedOf(given.seed, tenant.tenant.tenantId, client.id)}/${date}`);
    const times = Math.floor(client.perDay) + (random.chance(client.perDay % 1) ? 1 : 0);
    for (let index = 0; index < times; index++) {
      const at = instantAt(date, 0) + Math.floor(random.next() * MINUTES_OF_DAY * 60_000);
      items.push({ at, userId: client.userId, id: random.uuid(), kind: 'program', clientId: client.id });
    }
  }
  return items.sort(inOrder);
}

type Ground = { seed: number; tenant: TenantState; life: LifeState };

/** Where everything that a person does on a day is drawn from; a visitor comes only on some days. */
function beginDay({ seed, tenant, life }: Ground, userId: string, date: string): { random: Random; isHere: boolean } {
  const random = createRandom(`${seedOf(seed, tenant.tenant.tenantId, userId)}/${date}`);
  const perDay = life.visitors[userId];
  return { random, isHere: perDay === undefined || random.chance(perDay) };
}

/** Whether a person works in the office on a date, as the plan of that day has it. */
export function worksInOffice(ground: Ground, userId: string, date: string): boolean {
  const { random, isHere } = beginDay(ground, userId, date);
  return isHere && isInOffice(random);
}

/** By time, then by person, then by what: the same on every machine. */
export function inOrder(a: { at: number; userId: string; id: string }, b: typeof a): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.userId !== b.userId) return a.userId < b.userId ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function planPerson(random: Random, of: { userId: string; date: string; options: LifeOptions }): Planned[] {
  const { userId, date, options } = of;
  const inOffice = isInOffice(random);
  const interactive = 1 + (random.chance(0.5) ? 1 : 0) + (random.chance(0.2) ? 1 : 0);
  const total = interactive + BACKGROUND_MIN + random.int(3);
  const items: Planned[] = Array.from({ length: total }, (_, index) => {
    const isInteractive = index < interactive;
    const [from, to] = index === 0 ? [WORK_BEGINS - 30, WORK_BEGINS + 90] : [WORK_BEGINS + 90, WORK_ENDS + 30];
    return {
      at: instantAt(date, from) + Math.floor(random.next() * (to - from) * 60_000),
      userId,
      id: random.uuid(),
      kind: 'signIn' as const,
      isInteractive,
      index: isInteractive ? random.int(3) : 0,
      isInOffice: inOffice,
      usesSession: !isInteractive || random.chance(0.5),
      slips: random.chance(SLIPS),
    };
  });
  if (random.chance(options.losesPhonePerDay)) {
    const at = instantAt(date, WORK_BEGINS) + Math.floor(random.next() * (WORK_ENDS - WORK_BEGINS) * 60_000);
    items.push({ at, userId, id: random.uuid(), kind: 'losePhone' });
  }
  return items;
}
