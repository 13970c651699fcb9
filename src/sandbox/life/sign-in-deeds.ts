/** Signing in: at work by oneself, or a program by itself, and what people do when they do not get in. */
import type { Attempt, AttemptTruth } from '../sign-in-attempts.ts';
import { dateAt, inWorkingHours } from './calendar.ts';
import { seedOf, tripOn } from './character.ts';
import { type Planned, worksInOffice } from './day-plan.ts';
import type { LegacyClient, LockReason } from './life-state.ts';
import type { Scene } from './scene.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SESSION_DAYS = 90;

type SignIn = Extract<Planned, { kind: 'signIn' }>;

/** Whether an account's person is at work now; also of guests and second accounts. */
export function standingNow(scene: Scene, userId: string) {
  const isVisitor = scene.life.visitors[userId] !== undefined;
  const user = scene.tenant.usersById.get(userId);
  return scene.workforce.standingOn(user, dateAt(scene.world.now()), isVisitor);
}

/** A person at work signs in, by hand or in the background. */
export function signIn(scene: Scene, item: SignIn): void {
  if (standingNow(scene, item.userId) !== 'atWork') return;
  const { isInteractive } = item;
  const attempt = { ...attemptOf(scene, item), answers: !item.slips };
  const truth = scene.attempts.attempt(attempt);
  scene.count(isInteractive ? 'interactive' : 'background');
  if (!truth.gotIn) scene.count('failed');
  if (isInteractive) afterSignIn(scene, attempt, truth);
}

/** Once more, after the prompt went wrong or a method was registered: this time it is answered. */
export function signInAgain(scene: Scene, given: { userId: string; index: number; key: string }): void {
  const { userId, index } = given;
  if (standingNow(scene, userId) !== 'atWork') return;
  const random = scene.random(userId, `${given.key}/${scene.world.now()}`);
  const id = random.uuid();
  const attempt = attemptOf(scene, { userId, index, id, isInteractive: true, isInOffice: true, usesSession: false });
  const truth = scene.attempts.attempt(attempt);
  scene.count('interactive');
  if (!truth.gotIn) scene.count('failed');
  afterSignIn(scene, attempt, truth);
}

type Wish = Pick<SignIn, 'userId' | 'index' | 'id' | 'isInteractive' | 'isInOffice' | 'usesSession'>;

/** Where somebody is at this moment: abroad, in the office or at home. */
function placeOf(scene: Scene, userId: string, isInOffice: boolean): { country: string; ipAddress: string } {
  const seed = seedOf(scene.world.state.world.seed, scene.tenantId, userId);
  const trip = tripOn(seed, dateAt(scene.world.now()), scene.options);
  if (trip !== null) return trip;
  const { country, officeIp } = scene.home;
  const { homeIp } = scene.character(userId);
  return { country, ipAddress: isInOffice && officeIp !== null ? officeIp : homeIp };
}

function attemptOf(scene: Scene, wish: Wish): Attempt {
  const { userId } = wish;
  const { apps } = scene.character(userId);
  const app = apps[wish.index] ?? apps[0] ?? { appId: '', appName: '', client: '' };
  const now = scene.world.now();
  const { mfaAt } = scene.person(userId);
  return {
    ...app,
    id: wish.id,
    userId,
    at: new Date(now).toISOString(),
    isRopc: false,
    isInteractive: wish.isInteractive,
    hasMfa: wish.usesSession && mfaAt !== null && now - mfaAt < SESSION_DAYS * DAY_MS,
    answers: true,
    ...placeOf(scene, userId, wish.isInOffice),
  };
}

function afterSignIn(scene: Scene, attempt: Attempt, { result, gotIn }: AttemptTruth): void {
  const { userId } = attempt;
  const now = scene.world.now();
  if (gotIn) {
    if (result === 'promptedCanAnswer' && !attempt.hasMfa) scene.setPerson(userId, { mfaAt: now });
    unlock(scene, userId);
    return;
  }
  const random = scene.random(userId, `after ${now}`);
  switch (result) {
    case 'promptedCanAnswer':
      scene.plan({
        at: now + Math.round((2 + 3 * random.next()) * MINUTE_MS),
        key: `retry ${userId}`,
        userId,
        deed: { kind: 'retry', index: 0 },
      });
      return;
    case 'promptedNotRegistered':
      registerAtPrompt(scene, userId);
      return;
    case 'allowedWithoutMfa':
    case 'blocked':
      lockOut(scene, userId, 'blocked');
      return;
  }
}

/** Whoever may and can, registers at the prompt: it is the only way to work. The others are locked out. */
function registerAtPrompt(scene: Scene, userId: string): void {
  const obstacle = obstacleOf(scene, userId);
  if (obstacle !== null) {
    lockOut(scene, userId, obstacle);
    return;
  }
  const now = scene.world.now();
  const at = now + Math.round((2 + 2 * scene.random(userId, `register ${now}`).next()) * MINUTE_MS);
  scene.plan({ at, key: `enrol prompted ${userId}`, userId, deed: { kind: 'enrol', why: 'prompted', tries: 0 } });
}

/** Whether somebody is let in to register a method from where he works today: many may only in the office. */
export function mayRegister(scene: Scene, userId: string): boolean {
  const { world, tenant, life } = scene;
  const ground = { seed: world.state.world.seed, tenant, life };
  const isInOffice = worksInOffice(ground, userId, dateAt(world.now()));
  return scene.attempts.mayRegister(userId, placeOf(scene, userId, isInOffice));
}

/** Why a person cannot register a method now; null when nothing stands in the way. */
export function obstacleOf(scene: Scene, userId: string): LockReason | null {
  if (scene.person(userId).phoneLostAt !== null) return 'lostPhone';
  if (!mayRegister(scene, userId)) return 'mayNotRegister';
  return scene.character(userId).hasPhone ? null : 'noPhone';
}

/** Notes that somebody does not get in; the first time for this reason the person writes to the help desk. */
export function lockOut(scene: Scene, userId: string, reason: LockReason): void {
  const { locked } = scene.person(userId);
  if (locked?.reason === reason) return;
  const now = scene.world.now();
  scene.setPerson(userId, { locked: { since: locked?.since ?? now, reason } });
  scene.note(userId, 'lockedOut', reason);
  // The help desk knows already who lost a phone, and of a program its owner writes.
  if (reason === 'lostPhone' || reason === 'legacyClient') return;
  const random = scene.random(userId, `locked ${now}`);
  const at = now + Math.round((10 + 50 * random.next()) * MINUTE_MS);
  scene.plan({
    at,
    key: `ticket ${reason} ${userId}`,
    userId,
    deed: { kind: 'ticket', about: reason, clientId: null },
  });
  if (reason === 'noPhone') planSecurityKey(scene, userId);
}

/** The help desk sends a key to somebody without a phone; it takes some days. */
export function planSecurityKey(scene: Scene, userId: string): void {
  const random = scene.random(userId, 'security key');
  const at = inWorkingHours(scene.world.now() + Math.round((1.5 + 2 * random.next()) * DAY_MS), random);
  scene.plan({ at, key: `enrol key ${userId}`, userId, deed: { kind: 'enrol', why: 'securityKey', tries: 0 } });
}

export function unlock(scene: Scene, userId: string): void {
  if (scene.person(userId).locked === null) return;
  scene.setPerson(userId, { locked: null });
  scene.note(userId, 'gotInAgain');
}

/** A program signs in; when one that worked is refused, its owner learns of it and asks the help desk. */
export function runProgram(scene: Scene, item: { userId: string; id: string; clientId: string }): void {
  const client = scene.life.clients.find(({ id }) => id === item.clientId);
  const user = scene.tenant.usersById.get(item.userId);
  if (client === undefined || user === undefined || user.accountEnabled === false) return;
  if ((scene.mendingOf(client)?.mendedAt ?? null) !== null) return;
  const { appId, appName, isRopc, ipAddress, userId } = client;
  const truth = scene.attempts.attempt({
    id: item.id,
    at: new Date(scene.world.now()).toISOString(),
    ...{ userId, appId, appName, client: client.client, isRopc },
    isInteractive: false,
    hasMfa: false,
    answers: false,
    country: scene.home.country,
    ...(ipAddress === null ? {} : { ipAddress }),
  });
  scene.count('background');
  if (truth.gotIn) return;
  scene.count('failed');
  if (client.worked) missProgram(scene, client);
}

function missProgram(scene: Scene, client: LegacyClient): void {
  const { id: clientId, userId } = client;
  if (standingNow(scene, userId) === 'gone') lockOut(scene, userId, 'legacyClient');
  if (scene.mendingOf(client) !== undefined) return;
  const random = scene.random(clientId, 'missed');
  const at = inWorkingHours(scene.world.now() + Math.round((1 + 6 * random.next()) * HOUR_MS), random);
  scene.plan({ at, key: `ticket ${clientId}`, userId, deed: { kind: 'ticket', about: 'legacyClient', clientId } });
  scene.plan({ at, key: `learn ${clientId}`, userId, deed: { kind: 'learn', clientId } });
}
