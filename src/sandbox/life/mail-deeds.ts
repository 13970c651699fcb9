/** What reaches people: they read it with a delay, register a method when they have been asked often enough, pass it on. */
import { textOf } from '../state/state.ts';
import { inWorkingHours } from './calendar.ts';
import { isAboutClient, isAboutMfa, type Letter, newLetters, newRecords } from './letters.ts';
import type { Due, Temperament } from './life-state.ts';
import type { Scene } from './scene.ts';
import { planSecurityKey, standingNow } from './sign-in-deeds.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NEVER_READ = 0.04;
/** Whoever is away so long has other worries than old mail. */
const WAITS_DAYS_MAX = 90;

/** After how many messages somebody registers; a word of the manager counts as one, and for some it alone counts. */
const MESSAGES_NEEDED: Readonly<Record<Temperament, number>> = {
  prompt: 1,
  reminder: 2,
  lastCall: 3,
  manager: 6,
  ignores: Number.POSITIVE_INFINITY,
};
const READS_AFTER_HOURS: Readonly<Record<Temperament, number>> = {
  prompt: 3,
  reminder: 20,
  lastCall: 26,
  manager: 20,
  ignores: 30,
};

/** Plans what becomes of everything that was written since life last looked. */
export function openMail(scene: Scene): void {
  const { state } = scene.world;
  const { tenant, life } = scene;
  const waiting = life.clients.filter((client) => scene.mendingOf(client) === undefined);
  for (const letter of newLetters(state, tenant, life.seen)) {
    for (const client of waiting) {
      if (isAboutClient(tenant, client, letter.text)) planLearning(scene, client, letter.at);
    }
    if (isAboutMfa(letter.text)) planReading(scene, letter);
  }
  if (waiting.length === 0) return;
  for (const record of newRecords(state, life.seen)) {
    for (const client of waiting) {
      if (isAboutClient(tenant, client, record.text)) planLearning(scene, client, record.at);
    }
  }
}

function planLearning(scene: Scene, client: { id: string; userId: string }, writtenAt: number): void {
  const from = Math.max(writtenAt, scene.life.livedUntil);
  const random = scene.random(client.id, 'learns');
  const at = inWorkingHours(from + Math.round((1 + 7 * random.next()) * HOUR_MS), random);
  scene.plan({ at, key: `learn ${client.id}`, userId: client.userId, deed: { kind: 'learn', clientId: client.id } });
}

function planReading(scene: Scene, letter: Letter): void {
  const { userId } = letter;
  const random = scene.random(userId, letter.key);
  if (random.chance(NEVER_READ)) return;
  const hours = READS_AFTER_HOURS[scene.character(userId).temperament];
  const after = Math.round(5 * MINUTE_MS + random.next() * hours * HOUR_MS);
  const at = inWorkingHours(Math.max(letter.at, scene.life.livedUntil) + after, random);
  const reports = reportsIn(scene, letter);
  scene.plan({ at, key: `read ${letter.key}`, userId, deed: { kind: 'read', reports, tries: 0 } });
}

/** The people of the reader, as a manager, whom the letter names. */
function reportsIn({ tenant }: Scene, letter: Letter): string[] {
  const text = letter.text.toLowerCase();
  return Object.entries(tenant.tenant.managers)
    .filter(([, managerId]) => managerId === letter.userId)
    .filter(([userId]) => {
      const user = tenant.usersById.get(userId) ?? {};
      const names = [userId, ...['userPrincipalName', 'mail', 'displayName'].map((name) => textOf(user, name))];
      return names.some((name) => name.length > 3 && text.includes(name.toLowerCase()));
    })
    .map(([userId]) => userId)
    .sort();
}

/** The same thing on the next working day, for somebody who is away; given up after some months. */
export function postpone(scene: Scene, due: Due): void {
  const { deed } = due;
  if (!('tries' in deed) || deed.tries >= WAITS_DAYS_MAX) return;
  const random = scene.random(due.userId, `${due.key} ${deed.tries}`);
  const at = inWorkingHours(scene.world.now() + DAY_MS, random);
  scene.plan({ ...due, at, deed: { ...deed, tries: deed.tries + 1 } });
}

/** Reads a letter about MFA. */
export function read(scene: Scene, due: Due, reports: readonly string[]): void {
  const { userId } = due;
  const standing = standingNow(scene, userId);
  if (standing === 'away') postpone(scene, due);
  if (standing !== 'atWork') return;
  scene.setPerson(userId, { read: scene.person(userId).read + 1 });
  scene.note(userId, 'read');
  const random = scene.random(userId, due.key);
  passOn(scene, userId, reports);
  if (random.chance(scene.options.asksPerMessage)) {
    const at = scene.world.now() + Math.round((5 + 40 * random.next()) * MINUTE_MS);
    scene.plan({ at, key: `ask ${userId}`, userId, deed: { kind: 'ticket', about: 'question', clientId: null } });
  }
  considerEnrolling(scene, userId);
}

/** A manager speaks to the people of whom the letter says that something is missing. */
function passOn(scene: Scene, managerId: string, reports: readonly string[]): void {
  if (scene.character(managerId).temperament === 'ignores') return;
  for (const userId of reports) {
    if (scene.attempts.isEnrolled(userId)) continue;
    const random = scene.random(userId, `nudge ${scene.world.now()}`);
    const at = inWorkingHours(scene.world.now() + Math.round((0.5 + 20 * random.next()) * HOUR_MS), random);
    scene.plan({ at, key: `nudge ${userId}`, userId, deed: { kind: 'nudge', managerId } });
  }
}

/** The manager's word reaches the person. */
export function nudge(scene: Scene, userId: string, managerId: string): void {
  if (standingNow(scene, userId) !== 'atWork' || standingNow(scene, managerId) === 'gone') return;
  if (scene.attempts.isEnrolled(userId)) return;
  scene.note(managerId, 'passedOn', userId);
  scene.setPerson(userId, { nudged: scene.person(userId).nudged + 1 });
  considerEnrolling(scene, userId);
}

/** Decides whether the person has been asked often enough. */
function considerEnrolling(scene: Scene, userId: string): void {
  if (scene.attempts.isEnrolled(userId)) return;
  const { temperament, hasPhone } = scene.character(userId);
  const { read: messages, nudged } = scene.person(userId);
  const isConvinced = temperament === 'manager' && nudged > 0;
  if (!isConvinced && messages + nudged < MESSAGES_NEEDED[temperament]) return;
  const now = scene.world.now();
  const random = scene.random(userId, `decides ${now}`);
  if (!hasPhone) {
    const at = now + Math.round(30 * random.next() * MINUTE_MS);
    const key = `ticket noPhone ${userId}`;
    scene.plan({ at, key, userId, deed: { kind: 'ticket', about: 'noPhone', clientId: null } });
    planSecurityKey(scene, userId);
    return;
  }
  const hours = temperament === 'prompt' ? 4 : 24;
  const at = inWorkingHours(now + Math.round(5 * MINUTE_MS + random.next() * hours * HOUR_MS), random);
  scene.plan({ at, key: `enrol asked ${userId}`, userId, deed: { kind: 'enrol', why: 'asked', tries: 0 } });
}
