/** Registering a method, losing the phone, and what is written to the help desk about it. */
import { EMAIL_CONNECTOR, openTicket } from '../connectwise/customers.ts';
import { enrolUser, type MethodKind, setMethods } from '../people.ts';
import { textOf } from '../state/state.ts';
import { inWorkingHours } from './calendar.ts';
import type { Due, DueDeed, LegacyClient, TicketAbout } from './life-state.ts';
import { postpone } from './mail-deeds.ts';
import type { Scene } from './scene.ts';
import { lockOut, mayRegister, obstacleOf, standingNow, unlock } from './sign-in-deeds.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What people register, by how much they like it, with the name that the tenant's policy allows it under. */
const METHODS: readonly { method: MethodKind; allowedAs: string; weight: number }[] = [
  { method: 'microsoftAuthenticator', allowedAs: 'microsoftAuthenticatorPush', weight: 80 },
  { method: 'phone', allowedAs: 'mobilePhone', weight: 12 },
  { method: 'fido2', allowedAs: 'passKeyDeviceBound', weight: 8 },
];
const ON_PHONE = ['microsoftAuthenticator', 'phone', 'softwareOath'].map(
  (kind) => `#microsoft.graph.${kind}AuthenticationMethod`,
);

type Enrolment = Extract<DueDeed, { kind: 'enrol' }>;

/** A person registers a method, unless there is one by now; nobody registers twice. */
export function enrol(scene: Scene, due: Due, { why, tries }: Enrolment): void {
  const { userId } = due;
  const standing = standingNow(scene, userId);
  if (standing === 'away') postpone(scene, due);
  if (standing !== 'atWork') return;
  if (why === 'newPhone') scene.setPerson(userId, { phoneLostAt: null });
  if (scene.attempts.isEnrolled(userId)) return;
  const obstacle = why === 'securityKey' ? registrationObstacle(scene, userId) : obstacleOf(scene, userId);
  if (obstacle === 'mayNotRegister') {
    const key = `ticket mayNotRegister ${userId}`;
    if (tries === 0) planTicket(scene, { key, userId, about: 'mayNotRegister' });
    postpone(scene, due);
  }
  if (obstacle !== null) {
    if (why === 'prompted') lockOut(scene, userId, obstacle);
    return;
  }
  const now = scene.world.now();
  const random = scene.random(userId, `enrols ${due.key}`);
  const method = why === 'securityKey' ? 'fido2' : chooseMethod(scene, random.next());
  if (method === null) return;
  const reportLagMs = Math.round((1 + 7 * random.next()) * HOUR_MS);
  enrolUser(scene.world, { tenantId: scene.tenantId, userId }, { method, reportLagMs, id: random.uuid() });
  scene.setPerson(userId, { mfaAt: now });
  scene.note(userId, 'enrolled', `${why}: ${method}`);
  if (why === 'prompted' || scene.person(userId).locked !== null) {
    scene.plan({ at: now + MINUTE_MS, key: `retry ${userId}`, userId, deed: { kind: 'retry', index: 0 } });
  }
}

function registrationObstacle(scene: Scene, userId: string): 'mayNotRegister' | null {
  return mayRegister(scene, userId) ? null : 'mayNotRegister';
}

/** One of the methods that the tenant allows; null when it allows none of them. */
function chooseMethod(scene: Scene, draw: number): MethodKind | null {
  const { allowedMethods } = scene.tenant.tenant;
  const open = METHODS.filter(({ allowedAs }) => allowedMethods.includes(allowedAs));
  const sum = open.reduce((total, { weight }) => total + weight, 0);
  let left = draw * sum;
  for (const { method, weight } of open) {
    left -= weight;
    if (left < 0) return method;
  }
  return null;
}

/** A phone is gone, and with it what was registered on it; the person calls, and has a new one days later. */
export function losePhone(scene: Scene, userId: string): void {
  const before = scene.tenant.tenant.authenticationMethods[userId] ?? [];
  const methods = before.filter((method) => !ON_PHONE.includes(method['@odata.type']));
  const hasLost = scene.person(userId).phoneLostAt !== null;
  if (standingNow(scene, userId) !== 'atWork' || methods.length === before.length || hasLost) return;
  const now = scene.world.now();
  const random = scene.random(userId, `lost ${now}`);
  setMethods(scene.world, { tenantId: scene.tenantId, userId }, { methods, reportLagMs: 4 * HOUR_MS });
  scene.setPerson(userId, { phoneLostAt: now, mfaAt: null });
  scene.note(userId, 'lostPhone');
  planTicket(scene, { key: `ticket lostPhone ${userId}`, userId, about: 'lostPhone' });
  const at = inWorkingHours(now + Math.round((0.8 + 2 * random.next()) * DAY_MS), random);
  scene.plan({ at, key: `enrol phone ${userId}`, userId, deed: { kind: 'enrol', why: 'newPhone', tries: 0 } });
}

function planTicket(scene: Scene, given: { key: string; userId: string; about: TicketAbout }): void {
  const { key, userId, about } = given;
  const random = scene.random(userId, `${key} ${scene.world.now()}`);
  const at = inWorkingHours(scene.world.now() + Math.round((10 + 80 * random.next()) * MINUTE_MS), random);
  scene.plan({ at, key, userId, deed: { kind: 'ticket', about, clientId: null } });
}

/** Somebody writes to the help desk; a program's owner writes in the name of its account. */
export function writeTicket(scene: Scene, userId: string, deed: Extract<DueDeed, { kind: 'ticket' }>): void {
  const user = scene.tenant.usersById.get(userId);
  if (user === undefined || user.accountEnabled === false) return;
  const client = scene.life.clients.find(({ id }) => id === deed.clientId);
  const from = textOf(user, 'mail') || textOf(user, 'userPrincipalName');
  const { summary, description } = wordsOf(deed.about, { name: textOf(user, 'displayName'), from, client });
  openTicket(scene.connectWise(EMAIL_CONNECTOR), { from, summary, description });
  scene.note(userId, 'ticket', deed.about);
}

function wordsOf(
  about: TicketAbout,
  { name, from, client }: { name: string; from: string; client: LegacyClient | undefined },
): { summary: string; description: string } {
  switch (about) {
    case 'lostPhone':
      return {
        summary: 'I lost my phone with the authenticator',
        description: `My phone is gone, and the authenticator with it. I get a new one in a few days. ${name}`,
      };
    case 'noPhone':
      return {
        summary: 'No phone for MFA',
        description: `I have no phone that I could use for MFA. Is there another way, such as a security key? ${name}`,
      };
    case 'mayNotRegister':
      return {
        summary: 'Cannot register the authenticator',
        description: `When I try to register a method for MFA I am told that I do not have access. ${name}`,
      };
    case 'blocked':
      return { summary: 'I am locked out', description: `I cannot sign in any more: access is blocked. ${name}` };
    case 'legacyClient':
      return {
        summary: `${client?.appName ?? 'A program'} cannot sign in any more`,
        description: `Since today ${client?.appName ?? 'it'} (${client?.client ?? 'unknown'}) fails as ${from}.`,
      };
    case 'question':
      return {
        summary: 'My authenticator does not work',
        description: `I followed the guide for MFA, but my authenticator does not show anything. What now? ${name}`,
      };
  }
}

/** The owner of a program has learnt that it must change, and changes it within a week. */
export function learn(scene: Scene, clientId: string): void {
  const client = scene.life.clients.find(({ id }) => id === clientId);
  if (client === undefined || scene.mendingOf(client) !== undefined) return;
  const now = scene.world.now();
  scene.setMending(client, { learntAt: now, mendedAt: null });
  scene.note(client.userId, 'learntOfClient', client.appName);
  const random = scene.random(clientId, 'mends');
  const at = inWorkingHours(now + Math.round((0.5 + 4 * random.next()) * DAY_MS), random);
  scene.plan({ at, key: `mend ${clientId}`, userId: client.userId, deed: { kind: 'mend', clientId } });
}

/** The program signs in no more. */
export function mend(scene: Scene, clientId: string): void {
  const client = scene.life.clients.find(({ id }) => id === clientId);
  if (client === undefined) return;
  const learntAt = scene.mendingOf(client)?.learntAt ?? scene.world.now();
  scene.setMending(client, { learntAt, mendedAt: scene.world.now() });
  scene.note(client.userId, 'mendedClient', client.appName);
  if (scene.person(client.userId).locked?.reason === 'legacyClient') unlock(scene, client.userId);
}
