/** What a person is like, by the seed alone: it never changes, and drawing it anew gives the same. */
import { createRandom, type Random } from '../world/random.ts';
import { type LifeOptions, TEMPERAMENTS, type Temperament } from './life-state.ts';

export type Character = {
  temperament: Temperament;
  hasPhone: boolean;
  /** The apps that the person opens, each with what it is opened in; the first one in the background too. */
  apps: { appId: string; appName: string; client: string }[];
  homeIp: string;
};

/** A span of days abroad. */
export type Trip = { country: string; ipAddress: string };

const BROWSER = 'Browser';
const MOBILE = 'Mobile Apps and Desktop clients';
const APPS = [
  { appId: '00000002-0000-0ff1-ce00-000000000000', appName: 'Office 365 Exchange Online' },
  { appId: '00000003-0000-0ff1-ce00-000000000000', appName: 'Office 365 SharePoint Online' },
  { appId: '1fec8e78-bce4-4aaf-ab1b-5451cc387264', appName: 'Microsoft Teams' },
  { appId: '4765445b-32c6-49b0-83e6-1d93765276ca', appName: 'OfficeHome' },
];
const COUNTRIES = ['FR', 'IT', 'ES', 'PL', 'GB', 'US', 'SG', 'BR'];
const DAY_MS = 86_400_000;
const MONTH_DAYS = 28;
const OFFICE_SHARE = 0.6;

/** The seed of everything that a person does. */
export function seedOf(worldSeed: number, tenantId: string, userId: string): string {
  return `${worldSeed}/life/${tenantId}/${userId}`;
}

/** Draws what a person is like. */
export function characterOf(seed: string, options: LifeOptions): Character {
  const random = createRandom(`${seed}/character`);
  const temperament = drawTemperament(random, options);
  const hasPhone = !random.chance(options.withoutPhone);
  const [first, second] = random.shuffle(APPS);
  const apps = [
    { client: MOBILE, app: first },
    { client: BROWSER, app: second },
    { client: BROWSER, app: first },
  ].flatMap(({ client, app }) => (app === undefined ? [] : [{ ...app, client }]));
  return { temperament, hasPhone, apps, homeIp: `192.0.2.${1 + random.int(250)}` };
}

function drawTemperament(random: Random, options: LifeOptions): Temperament {
  const sum = TEMPERAMENTS.reduce((total, name) => total + options.temperaments[name], 0);
  let left = random.next() * sum;
  for (const name of TEMPERAMENTS) {
    left -= options.temperaments[name];
    if (left < 0) return name;
  }
  return 'ignores';
}

/** Where a person is abroad on a date; null at home. Each span of four weeks may hold one trip of two to eight days. */
export function tripOn(seed: string, date: string, options: LifeOptions): Trip | null {
  const day = Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
  const span = Math.floor(day / MONTH_DAYS);
  const random = createRandom(`${seed}/trip/${span}`);
  if (!random.chance(options.travelsPerMonth)) return null;
  const length = 2 + random.int(7);
  const from = random.int(MONTH_DAYS - length);
  const place = day - span * MONTH_DAYS;
  if (place < from || place >= from + length) return null;
  return { country: random.pick(COUNTRIES), ipAddress: `203.0.113.${1 + random.int(76)}` };
}

/** From where a person signs in at home: the office, or the person's own line. */
export function isInOffice(random: Random): boolean {
  return random.chance(OFFICE_SHARE);
}
