import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { LifeReport } from '../../src/sandbox/life/life-report.ts';
import { DEFAULT_LIFE, type LifeOptions } from '../../src/sandbox/life/life-state.ts';
import { patchUser, setTenantOptions } from '../../src/sandbox/people.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import type { Tenant, World } from '../../src/sandbox/world/world.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

type Town = TestSandbox & {
  tenantId: string;
  tenant(): Tenant;
  life(): Promise<LifeReport>;
  /** Mails everybody by the simulated Outlook, as it stands in the ledger. */
  mailAll(subject: string, content?: string): void;
};

const worlds = new Map<number, World>();

/** The sandbox copies what it is given, so that one world serves many tests. */
function worldOf(seed: number): World {
  const world = worlds.get(seed) ?? generateWorld({ name: 'reference', seed, size: 100, hr: 'bamboohr' }).world;
  worlds.set(seed, world);
  return world;
}

async function startTown(
  given: { world?: World; life?: Partial<LifeOptions> | null; options?: Partial<SandboxOptions> } = {},
): Promise<Town> {
  const { world = worldOf(1), life = {}, options = {} } = given;
  const sandbox = await startTestSandbox(world, { startAt: 'world', ...options });
  endings.push(() => sandbox.end());
  const tenantId = [...sandbox.state.tenants.keys()][0] ?? '';
  if (life !== null) setTenantOptions(sandbox, tenantId, { life: { ...DEFAULT_LIFE, ...life } });
  const tenant = () => sandbox.state.tenants.get(tenantId)?.tenant as Tenant;
  return {
    ...sandbox,
    tenantId,
    tenant,
    life: async () => (await sandbox.control(`/tenants/${tenantId}/life`)).at() as LifeReport,
    mailAll(subject, content = 'Please register a method for MFA.') {
      const to = tenant().users.flatMap(({ mail }) => (typeof mail === 'string' ? [mail] : []));
      mail(sandbox, { tenantId, to, subject, content });
    },
  };
}

/** A world in which registering from outside the office asks for MFA. */
function guardedWorld(changes: Partial<Tenant> = {}): World {
  const { world } = generateWorld({ name: 'oldPolicies', seed: 1, size: 100, hr: 'bamboohr' });
  return { ...world, tenants: world.tenants.map((tenant) => ({ ...tenant, ...changes })) };
}

let mails = 0;

function mail(sandbox: TestSandbox, given: { tenantId: string; to: string[]; subject: string; content: string }): void {
  const { tenantId, to, subject, content } = given;
  mails += 1;
  sandbox.record({
    type: 'kept.put',
    tenantId,
    collection: 'sentMails',
    item: {
      id: `mail ${mails}`,
      at: new Date(sandbox.now()).toISOString(),
      mailboxId: 'rollout',
      messageId: null,
      ...{ to, cc: [], bcc: [], subject, attachments: [], undeliverable: [], returnsAt: null },
      message: { subject, body: { contentType: 'text', content } },
    },
  });
}

const NOBODY = { prompt: 0, reminder: 0, lastCall: 0, manager: 0, ignores: 0 };

/** A mail that Gmail delivered; its text is quoted-printable, as senders write it. */
function gmail(town: Town, recipient: string, subject: string): void {
  mails += 1;
  const head = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable';
  const raw = Buffer.from(`${head}\r\n\r\nZwei-Fak=\r\ntor: bitte bis morgen.`).toString('base64url');
  const id = `gmail ${mails}`;
  const mailbox = 'it-rollout@contoso.example';
  const shown = { internalDate: town.now(), visibleFrom: town.now() };
  const at = new Date(town.now()).toISOString();
  const delivery = { at, mailbox, recipient, field: 'to', delivered: true, gmailId: id, messageId: id } as const;
  town.record({
    type: 'gmail.sent',
    mailbox,
    draftId: null,
    messages: [{ id, threadId: id, labelIds: ['SENT'], raw, ...shown }],
    deliveries: [{ ...delivery, subject, content: id }],
  });
}

function chat(town: Town, userId: string, text: string): void {
  mails += 1;
  const where = { tenantId: town.tenantId, type: 'kept.put' } as const;
  const id = `chat of ${userId}`;
  town.record({ ...where, collection: 'botChats', item: { id, userId, isBlocked: false } });
  const createdAt = new Date(town.now()).toISOString();
  const times = { createdAt, editedAt: null, deletedAt: null };
  const item = { id: String(mails), conversationId: id, rootId: null, userId: null, activity: { text }, ...times };
  town.record({ ...where, collection: 'activities', item });
}

/** Everything that life did, without what the vendors number by themselves. */
function storyOf(town: Town) {
  const life = town.state.tenants.get(town.tenantId)?.life;
  const rows = town.tenant().signIns.map(({ id, createdDateTime, status }) => ({ id, createdDateTime, status }));
  const tickets = [...town.state.connectwise.records.ticket.values()].map(({ id, summary, _info }) => ({
    ...{ id, summary },
    entered: (_info as { dateEntered: string }).dateEntered,
  }));
  return { rows, tickets, life, methods: town.tenant().authenticationMethods };
}

/** Ten days in which everybody is mailed three times and a policy begins to ask on the eighth. */
async function tenDays(stepMs: number, seed = 1) {
  const town = await startTown({ world: worldOf(seed), life: { losesPhonePerDay: 0.02, asksPerMessage: 0.05 } });
  for (let day = 0; day < 10; day++) {
    if (day === 1 || day === 3 || day === 4) town.mailAll(`MFA is coming ${day}`);
    if (day === 7) enforce(town);
    for (let passed = 0; passed < DAY_MS; passed += stepMs) town.advance(Math.min(stepMs, DAY_MS - passed));
  }
  return storyOf(town);
}

function enforce(town: Town, set: Record<string, unknown> = {}): void {
  const item = {
    id: 'cccccccc-0000-4000-8000-00000000f00d',
    displayName: 'Everybody answers',
    state: 'enabled',
    conditions: {
      clientAppTypes: ['all'],
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    ...set,
  };
  town.record({ type: 'list.put', tenantId: town.tenantId, list: 'conditionalAccessPolicies', item });
}

describe('life', () => {
  test('is the same in steps of a day, of hours and of odd lengths, and differs with the seed', async () => {
    const whole = await tenDays(DAY_MS);
    expect(await tenDays(6 * HOUR_MS)).toEqual(whole);
    expect(await tenDays(31_234_567)).toEqual(whole);
    const { log = [] } = whole.life ?? {};
    const kinds = new Set(log.map(({ what }) => what));
    expect([...kinds]).toEqual(expect.arrayContaining(['read', 'enrolled', 'lostPhone', 'ticket']));
    expect(whole.rows.length).toBeGreaterThan(500);
    const shape = ({ life }: typeof whole) => (life?.log ?? []).map(({ at, what }) => [at, what]);
    expect(shape(await tenDays(DAY_MS, 2))).not.toEqual(shape(whole));
  });

  test('does nothing while it is off, and stops when it is switched off', async () => {
    const town = await startTown({ life: null });
    const before = structuredClone(storyOf(town));
    town.mailAll('MFA is coming');
    town.advance(14 * DAY_MS);
    expect(storyOf(town)).toEqual(before);
    expect((await town.life()).isOn).toBe(false);
    const turn = async (life: unknown) => {
      const body = { life };
      return (await town.control(`/tenants/${town.tenantId}/options`, { method: 'POST', body })).status;
    };
    expect([await turn(true), await turn({ asksPerMessage: 2 })]).toEqual([204, 400]);
    town.advance(3 * DAY_MS);
    const lived = storyOf(town);
    expect(lived.rows.length).toBeGreaterThan(before.rows.length);
    expect(await turn(false)).toBe(204);
    town.advance(3 * DAY_MS);
    expect(storyOf(town)).toEqual(lived);
  });

  test('happens at its own instants, in order, none before its cause and none after the clock', async () => {
    const town = await startTown();
    const began = town.now();
    town.advance(2 * DAY_MS);
    town.mailAll('MFA is coming');
    const mailedAt = town.now();
    const seen: number[] = [];
    town.advance(10 * DAY_MS);
    const { log, people } = await town.life();
    for (const { at } of log) seen.push(Date.parse(at));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(Math.min(...seen)).toBeGreaterThan(mailedAt);
    expect(Math.max(...seen)).toBeLessThanOrEqual(town.now());
    const enrolled = log.filter(({ what }) => what === 'enrolled');
    expect(enrolled.length).toBeGreaterThan(0);
    for (const { userId, at } of enrolled) {
      const read = log.find((one) => one.userId === userId && one.what === 'read');
      expect(Date.parse(read?.at ?? '')).toBeLessThan(Date.parse(at));
      const method = town.tenant().authenticationMethods[userId]?.at(-1);
      expect(method?.createdDateTime).toBe(at);
      expect(people.find((one) => one.userId === userId)?.isEnrolled).toBe(true);
    }
    const rows = town.tenant().signIns.filter((row) => Date.parse(row.createdDateTime) > began);
    expect(rows.every((row) => Date.parse(row.createdDateTime) <= town.now())).toBe(true);
  });

  test('goes on after a start from the same folder as if nothing had been', async () => {
    const whole = await startTown();
    const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'));
    endings.push(() => rmSync(dataDir, { recursive: true, force: true }));
    const first = await startTown({ options: { dataDir } });
    for (const town of [whole, first]) {
      town.mailAll('MFA is coming');
      town.advance(1.4 * DAY_MS);
    }
    await endings.pop()?.();
    const second = await startTown({ life: null, options: { dataDir } });
    for (const town of [whole, second]) town.advance(4 * DAY_MS);
    expect(storyOf(second)).toEqual(storyOf(whole));
  });
});

describe('people', () => {
  test('abroad sign in from there, for some days', async () => {
    const town = await startTown({ life: { travelsPerMonth: 1 } });
    const began = town.now();
    const abroad = new Set((await town.life()).travelling.map(({ userId }) => userId));
    for (let day = 0; day < 5; day++) {
      town.advance(DAY_MS);
      for (const { userId } of (await town.life()).travelling) abroad.add(userId);
    }
    const home = String(town.tenant().organization.countryLetterCode);
    const rows = town.tenant().signIns.filter((row) => Date.parse(row.createdDateTime) > began);
    const away = rows.filter(({ location }) => (location as { countryOrRegion: string }).countryOrRegion !== home);
    expect(away.length).toBeGreaterThan(10);
    expect(away.length).toBeLessThan(rows.length / 2);
    expect(away.every(({ userId }) => abroad.has(userId))).toBe(true);
  });

  test('read Gmail and the chat with the bot too, and nothing that is not about MFA', async () => {
    const town = await startTown({ life: { temperaments: { ...NOBODY, prompt: 1 }, withoutPhone: 0 } });
    const open = (await town.life()).people.filter(({ isEnrolled, isAway }) => !isEnrolled && !isAway);
    const [one, two, three] = open.map(({ userId }) => userId);
    const addressOf = (userId = '') => String(town.tenant().users.find(({ id }) => id === userId)?.mail);
    for (let day = 0; day < 3; day++) {
      gmail(town, addressOf(one), `Bitte einrichten ${day}`);
      chat(town, two ?? '', `Please register for MFA ${day}`);
      const lunch = { to: [addressOf(three)], subject: `Lunch ${day}`, content: 'There is soup.' };
      mail(town, { tenantId: town.tenantId, ...lunch });
      town.advance(DAY_MS);
    }
    town.advance(5 * DAY_MS);
    const enrolled = (await town.life()).log.filter(({ what }) => what === 'enrolled').map(({ userId }) => userId);
    expect(new Set(enrolled)).toEqual(new Set([one, two]));
  });

  test('who ignore everything never register by themselves, and do when they are made to', async () => {
    const ignores = { temperaments: { prompt: 0, reminder: 0, lastCall: 0, manager: 0, ignores: 1 }, withoutPhone: 0 };
    const town = await startTown({ life: { ...ignores, losesPhonePerDay: 0 } });
    for (let round = 0; round < 4; round++) {
      town.mailAll(`MFA ${round}`);
      town.advance(4 * DAY_MS);
    }
    const before = await town.life();
    expect(before.enrolledByDay).toEqual({});
    expect(before.log.some(({ what }) => what === 'read')).toBe(true);
    enforce(town);
    town.advance(7 * DAY_MS);
    const after = await town.life();
    expect(after.enrolled).toBeGreaterThan(before.enrolled);
    expect(
      after.log
        .filter(({ what }) => what === 'enrolled')
        .every(({ detail }) => detail?.startsWith('prompted') === true),
    ).toBe(true);
  });

  test('register once, after as many messages as they need', async () => {
    const town = await startTown({ life: { losesPhonePerDay: 0 } });
    for (let round = 0; round < 4; round++) {
      town.mailAll(`MFA ${round}`);
      town.advance(4 * DAY_MS);
    }
    const { log, people } = await town.life();
    const enrolled = log.filter(({ what }) => what === 'enrolled').map(({ userId }) => userId);
    expect(new Set(enrolled).size).toBe(enrolled.length);
    const needs = { prompt: 1, reminder: 2, lastCall: 3, manager: 6, ignores: 99 };
    for (const userId of enrolled) {
      const at = log.findIndex((one) => one.userId === userId && one.what === 'enrolled');
      const reads = log.slice(0, at).filter((one) => one.userId === userId && one.what === 'read').length;
      const temperament = people.find((one) => one.userId === userId)?.temperament ?? 'ignores';
      expect(reads).toBeGreaterThanOrEqual(needs[temperament]);
    }
  });

  test('who are disabled or away do nothing', async () => {
    const town = await startTown();
    const began = town.now();
    const { people } = await town.life();
    const away = people.find(({ isAway }) => isAway)?.userId;
    const disabled = people.find(({ isAway }) => !isAway)?.userId ?? '';
    expect(away).toBeDefined();
    patchUser(town, { tenantId: town.tenantId, userId: disabled }, { accountEnabled: false });
    town.mailAll('MFA is coming');
    town.advance(3 * HOUR_MS);
    const active = town.tenant().signIns.filter((row) => Date.parse(row.createdDateTime) > began);
    const modern = active.filter(({ authenticationProtocol }) => authenticationProtocol === 'oAuth2');
    expect(modern.length).toBeGreaterThan(0);
    expect(modern.filter(({ userId }) => userId === away || userId === disabled)).toEqual([]);
  });

  test('are told to by their manager, who has read of them', async () => {
    const onlyByManager = { prompt: 0, reminder: 0, lastCall: 0, manager: 1, ignores: 0 };
    const town = await startTown({ life: { temperaments: onlyByManager, withoutPhone: 0 } });
    const { people } = await town.life();
    const { managers, users } = town.tenant();
    const open = people.filter(({ isEnrolled, isAway }) => !isEnrolled && !isAway).map(({ userId }) => userId);
    const holdout = open.find((userId) => people.some((one) => one.userId === managers[userId] && !one.isAway)) ?? '';
    const boss = users.find(({ id }) => id === managers[holdout]);
    const name = String(users.find(({ id }) => id === holdout)?.displayName);
    const content = `MFA: still missing is ${name}.`;
    // A letter may stay unread; of several one is read.
    for (let day = 0; day < 3; day++) {
      mail(town, { tenantId: town.tenantId, to: [String(boss?.mail)], subject: `Your people ${day}`, content });
      town.advance(DAY_MS);
    }
    town.advance(7 * DAY_MS);
    const { log } = await town.life();
    const deeds = log.flatMap(({ what, userId, detail }) =>
      what === 'passedOn' ? [[what, userId, detail]] : what === 'enrolled' ? [[what, userId]] : [],
    );
    expect(deeds).toContainEqual(['passedOn', boss?.id, holdout]);
    expect(deeds.at(-1)).toEqual(['enrolled', holdout]);
  });

  test('who lose the phone are without it, tell the help desk, and come back', async () => {
    const town = await startTown({ life: { losesPhonePerDay: 0.2, withoutPhone: 0 } });
    enforce(town);
    town.advance(2 * DAY_MS);
    await town.control(`/tenants/${town.tenantId}/options`, {
      method: 'POST',
      body: { life: { losesPhonePerDay: 0 } },
    });
    const early = await town.life();
    expect(early.phonesLost.length).toBeGreaterThan(0);
    expect(early.lockedOut.map(({ reason }) => reason)).toContain('lostPhone');
    const summaries = [...town.state.connectwise.records.ticket.values()].map(({ summary }) => summary);
    expect(summaries).toContain('I lost my phone with the authenticator');
    town.advance(9 * DAY_MS);
    const late = await town.life();
    expect(late.phonesLost).toEqual([]);
    expect(late.lockedOut.filter(({ reason }) => reason === 'lostPhone')).toEqual([]);
  });

  test('who may not register are locked out and say so', async () => {
    const town = await startTown({ life: { losesPhonePerDay: 0 } });
    enforce(town);
    const registration = { includeUserActions: ['urn:user:registersecurityinfo'] };
    const conditions = { clientAppTypes: ['all'], users: { includeUsers: ['All'] }, applications: registration };
    const grantControls = { operator: 'OR', builtInControls: ['block'] };
    enforce(town, { id: 'cccccccc-0000-4000-8000-00000000beef', conditions, grantControls });
    town.advance(2 * DAY_MS);
    const { lockedOut, enrolledByDay, log } = await town.life();
    expect(lockedOut.length).toBeGreaterThan(0);
    const reasons = new Set(lockedOut.map(({ reason }) => reason));
    expect(reasons.has('mayNotRegister') && !reasons.has('noPhone') && !reasons.has('blocked')).toBe(true);
    expect(enrolledByDay).toEqual({});
    expect(log.some(({ what, detail }) => what === 'ticket' && detail === 'mayNotRegister')).toBe(true);
  });
});

describe('programs', () => {
  test('sign in at their rhythm until their owner has read a ticket that names them', async () => {
    const town = await startTown();
    const ropc = (await town.life()).clients.find(({ isRopc, appName }) => isRopc && !appName.includes('Connect'));
    const user = town.tenant().users.find(({ id }) => id === ropc?.userId);
    const began = town.now();
    const rows = () =>
      town
        .tenant()
        .signIns.filter(
          ({ authenticationProtocol, userId, createdDateTime }) =>
            authenticationProtocol === 'ropc' && userId === ropc?.userId && Date.parse(createdDateTime) > began,
        );
    town.advance(9 * DAY_MS);
    const before = rows().length;
    expect(before).toBeGreaterThan(0);
    expect((await town.life()).clients.every(({ learntAt }) => learntAt === null)).toBe(true);
    const summary = `MFA: ${String(user?.userPrincipalName)} signs in by ROPC (${String(ropc?.appName)})`;
    const description = 'This cannot answer MFA. Please move it to another flow.';
    const body = { from: 'engineer@msp-example.com', summary, description };
    expect((await town.control('/connectwise/tickets', { method: 'POST', body })).status).toBe(200);
    const writtenAt = town.now();
    town.advance(9 * DAY_MS);
    const mended = (await town.life()).clients.find(({ userId, isRopc }) => isRopc && userId === ropc?.userId);
    expect(Date.parse(mended?.learntAt ?? '')).toBeGreaterThan(writtenAt);
    expect(Date.parse(mended?.mendedAt ?? '')).toBeGreaterThan(Date.parse(mended?.learntAt ?? ''));
    expect(rows().every((row) => row.createdDateTime <= (mended?.mendedAt ?? ''))).toBe(true);
    const others = (await town.life()).clients.filter(({ mendedAt }) => mendedAt !== null);
    expect(others).toHaveLength(1);
  });

  test('that are refused are missed by their owner, who asks and mends them', async () => {
    const town = await startTown({ life: { losesPhonePerDay: 0 } });
    town.advance(HOUR_MS);
    enforce(town);
    town.advance(16 * DAY_MS);
    const { clients, lockedOut } = await town.life();
    expect(clients.filter(({ mendedAt }) => mendedAt !== null).length).toBeGreaterThan(0);
    expect(lockedOut.filter(({ reason }) => reason === 'legacyClient')).toEqual([]);
    const summaries = [...town.state.connectwise.records.ticket.values()].map(({ summary }) => String(summary));
    expect(summaries.some((summary) => summary.endsWith('cannot sign in any more'))).toBe(true);
  });
});

describe('where registering is guarded', () => {
  const temperaments = { prompt: 1, reminder: 0, lastCall: 0, manager: 0, ignores: 0 };
  const enrolledIn = async (world: World) => {
    const town = await startTown({ world, life: { temperaments, withoutPhone: 0, losesPhonePerDay: 0 } });
    const before = (await town.life()).enrolled;
    town.mailAll('Please register for multi-factor authentication');
    town.advance(5 * DAY_MS);
    const { enrolled, log } = await town.life();
    return { gained: enrolled - before, refused: log.filter(({ detail }) => detail === 'mayNotRegister').length };
  };

  test('people register on the days on which they are in the office, and ask for help at home', async () => {
    const { gained, refused } = await enrolledIn(guardedWorld());
    expect(gained).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(0);
  });

  test('nobody registers where no place is trusted', async () => {
    const { gained } = await enrolledIn(guardedWorld({ namedLocations: [] }));
    expect(gained).toBe(0);
  });
});
