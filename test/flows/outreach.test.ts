import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/lib/errors.ts';
import { dayAfter, dayOf } from '../../src/lib/local-time.ts';
import type { TeamsAnswer, TeamsChat } from '../../src/rollout/outreach/outreach-facts.ts';
import type { PhasePerson } from '../../src/rollout/phases/phase-types.core.ts';
import type { Database } from '../../src/store/database.ts';
import {
  type BenchWishes,
  clockOf,
  drainAll,
  type OutreachBench,
  openAtSite,
  openOutreach,
  phaseOf,
  plainMessage,
  rolloutOf,
  sentMails,
  siteOf,
  worldPeople,
} from '../support/outreach-world.ts';
import { type RunningSandbox, startWorld } from '../support/product.ts';
import { tenantOf } from '../support/push-world.ts';
import { embeddedFolder, openQuietly } from '../support/store.ts';

const SEND = { vendor: 'graph', method: 'POST', template: '/users/{id}/messages/{message}/send' } as const;
const FIND = { vendor: 'graph', method: 'GET', template: '/users/{id}/messages' } as const;
const HOUR_MS = 3_600_000;
const DUE = { daysBefore: 7, at: '00:00' };
const graphError = (code: string) => ({ error: { code, message: code } });
const QUOTA = { id: 'quota', ...SEND, status: 403, body: graphError('ErrorExceededMessageLimit') } as const;

let world: RunningSandbox;
let database: Database;
let rounds = 0;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  world = await startWorld({ seed: 68, size: 100 });
  database = await openQuietly({ dataDir: embeddedFolder() });
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await database.close();
  await world.stop();
});
beforeEach(() => {
  world.sandbox.faults.clear();
  kept()?.sentMails.clear();
  kept()?.messages.clear();
});

function kept() {
  return world.sandbox.state.tenants.get(world.setUp.tenantId)?.kept;
}

/** Opens a bench on a rollout of its own; its people can be changed later. */
async function open(
  people: PhasePerson[],
  given: Partial<BenchWishes> & { messages?: Parameters<typeof rolloutOf>[1] } = {},
): Promise<OutreachBench & { rolloutId: string }> {
  const { messages = { announcement: DUE }, ...wishes } = given;
  // The customer's own schedule counts on from the bench before.
  world.sandbox.advance(HOUR_MS);
  const today = dayOf(new Date(world.sandbox.clock.now()), 'Europe/Berlin');
  rounds += 1;
  const rollout = { ...rolloutOf([phaseOf({ enforceOn: dayAfter(today, 7) })], messages), id: `w-${rounds}` };
  const bench = await openOutreach(world, database, { rollout: () => rollout, people: () => people, ...wishes });
  closing.push(bench.close);
  return { ...bench, rolloutId: rollout.id };
}

const rowsOf = async (bench: OutreachBench) => (await bench.outreach.ledger(bench.customer.id)).rows;
const endsOf = async (bench: OutreachBench) =>
  (await rowsOf(bench)).map(({ state, way, reason }) => [state, way, reason?.code ?? null]);

/** A chat with the bot that gives these answers in turn, and notes what it was asked to write. */
function chatOf(...answers: TeamsAnswer[]): TeamsChat & { written: string[] } {
  const written: string[] = [];
  const next = (): TeamsAnswer => answers.shift() ?? { kind: 'posted' };
  return {
    written,
    standing: async (_customer, key) => (written.some((line) => line.startsWith(`${key} `)) ? next() : null),
    post: async ({ key, message }) => {
      written.push(`${key} ${message.subject}`);
      return next();
    },
  };
}

it('writes to everybody once, with the manager in copy, and tells it in ledger and plan', async () => {
  const [first, ...others] = worldPeople(world, 6);
  if (first === undefined) throw new Error('the world has people');
  const people = [
    first,
    ...others.map((person) => ({ ...person, managerAccountId: first.accountId, managerWhy: null })),
  ];
  const bench = await open(people, { messages: { announcement: DUE, lastCall: { daysBefore: 1, at: '09:00' } } });
  const before = await bench.outreach.plan(bench.customer);
  expect(before?.counts).toEqual({ send: 6, later: 6, sent: 0, not: 0 });
  await drainAll(world, [bench]);
  const mails = sentMails(world);
  expect(mails.map(({ to }) => to[0]).sort()).toEqual(people.map(({ mail }) => mail).sort());
  expect(mails.filter(({ cc }) => cc[0] === first.mail)).toHaveLength(5);
  const { rows, counts } = await bench.outreach.ledger(bench.customer.id, { message: 'announcement' });
  expect(counts.accepted).toBe(6);
  expect(new Set(rows.map(({ way }) => way))).toEqual(new Set(['outlook']));
  expect((await bench.outreach.plan(bench.customer))?.counts).toMatchObject({ send: 0, sent: 6 });
});

describe('a message that had to wait', () => {
  it('names nobody who enrolled while the mailbox was over its daily limit, and goes out the next day', async () => {
    const [manager, ...team] = worldPeople(world, 3);
    if (manager === undefined) throw new Error('the world has people');
    const managed = team.map((one) => ({ ...one, managerAccountId: manager.accountId, managerWhy: null }));
    const people = [{ ...manager, enrolment: 'capable' as const }, ...managed];
    const bench = await open(people, { messages: { managerNudge: DUE } });
    world.sandbox.faults.put({ ...QUOTA, times: 1 });
    await bench.worker.drain();
    expect((await rowsOf(bench)).map(({ state, reason }) => [state, reason?.code])).toEqual([['drafted', 'quota']]);
    const [stays, enrols] = managed;
    people.splice(
      0,
      3,
      ...people.map((one) => (one.accountId === enrols?.accountId ? { ...one, enrolment: 'capable' as const } : one)),
    );
    world.sandbox.advance(25 * HOUR_MS);
    await drainAll(world, [bench]);
    const [mail, ...others] = sentMails(world);
    expect(others).toEqual([]);
    expect(JSON.stringify(mail?.message.body)).toContain(stays?.displayName);
    expect(JSON.stringify(mail?.message.body)).not.toContain(enrols?.displayName);
    expect(kept()?.messages.size).toBe(1);
  });

  it('goes out once when the clock is set back while its answer is lost', async () => {
    const people = worldPeople(world, 1);
    let backMs = 0;
    const base = clockOf(world);
    world.sandbox.advance(HOUR_MS);
    const enforceOn = dayAfter(dayOf(new Date(base.now()), 'Europe/Berlin'), 7);
    const rollout = { ...rolloutOf([phaseOf({ enforceOn })], { announcement: DUE }), id: 'set-back' };
    const clock = { ...base, now: () => base.now() - backMs };
    const bench = await openAtSite({ site: siteOf(world, undefined), clock }, database, {
      ...{ rollout: () => rollout, people: () => people },
    });
    closing.push(bench.close);
    world.sandbox.faults.put({ id: 'lost', ...SEND, cut: 'before', afterEffect: true, times: 1 });
    await bench.worker.drain();
    expect((await rowsOf(bench)).map(({ state }) => state)).toEqual(['asked']);
    backMs = 3 * HOUR_MS;
    await bench.worker.drain();
    expect((await rowsOf(bench)).map(({ state }) => state)).toEqual(['asked']);
    await drainAll(world, [bench]);
    expect((await endsOf(bench)).map(([state]) => state)).toEqual(['accepted']);
    expect(sentMails(world)).toHaveLength(1);
  });

  it('leaves no draft in the mailbox when it became needless', async () => {
    const people = worldPeople(world, 1);
    const bench = await open(people, { messages: { reminder: DUE } });
    world.sandbox.faults.put({ ...QUOTA, times: 1 });
    await bench.worker.drain();
    expect(kept()?.messages.size).toBe(1);
    people.splice(0, 1, ...people.map((one) => ({ ...one, enrolment: 'capable' as const })));
    world.sandbox.advance(25 * HOUR_MS);
    await drainAll(world, [bench]);
    expect(await endsOf(bench)).toEqual([['skipped', 'outlook', 'enrolled']]);
    expect([kept()?.messages.size, sentMails(world)]).toEqual([0, []]);
  });

  it('waits for whoever mends what it is written from, as a closed gate, and then goes out by itself', async () => {
    let isMended = false;
    let tries = 0;
    const people = worldPeople(world, 2);
    const bench = await open(people, {
      render: async (ask) => {
        tries += 1;
        if (!isMended) throw new AppError('no_public_url', 'none', { userMessage: 'Set PUBLIC_URL.' });
        return plainMessage(ask);
      },
    });
    await bench.worker.drain();
    expect((await rowsOf(bench)).map(({ state, reason }) => [state, reason?.code])).toEqual([
      ['queued', 'cannotWrite'],
      ['queued', 'cannotWrite'],
    ]);
    expect(tries).toBe(2);
    const rollout = rolloutOf([phaseOf()], {});
    const context = {
      customer: bench.customer,
      rollout: { ...rollout, id: bench.rolloutId },
      phase: phaseOf(),
      people,
      now: new Date(world.sandbox.clock.now()),
    };
    const [gate] = await bench.outreach.gate(context);
    expect(gate?.code).toBe('messages_unwritten');
    expect(gate?.message.en).toContain('Set PUBLIC_URL.');
    isMended = true;
    world.sandbox.advance(30 * HOUR_MS);
    await drainAll(world, [bench]);
    expect(await bench.outreach.gate(context)).toEqual([]);
    expect(sentMails(world)).toHaveLength(2);
  });
});

describe('before a reminder', () => {
  it('the own methods are read, and whoever enrolled hears nothing', async () => {
    const { users, authenticationMethods } = tenantOf(world);
    const enrolled = users.find(
      ({ id, mail }) => typeof mail === 'string' && (authenticationMethods[id] ?? []).length > 1,
    );
    const [behind] = worldPeople(world, 1);
    if (enrolled === undefined || behind === undefined) throw new Error('the world has both');
    const people = [behind, { ...behind, accountId: enrolled.id, mail: String(enrolled.mail) }];
    const bench = await open(people, { messages: { lastCall: DUE } });
    await drainAll(world, [bench]);
    expect(sentMails(world).map(({ to }) => to[0])).toEqual([behind.mail]);
    expect((await endsOf(bench)).sort()).toEqual([
      ['accepted', 'outlook', null],
      ['skipped', null, 'enrolled'],
    ]);
  });
});

describe('whoever no mail reaches', () => {
  const REFUSED = { id: 'no', ...SEND, status: 400, body: graphError('ErrorInvalidRecipients') } as const;
  const BLOCKED = { kind: 'refused', reason: { en: 'Blocked.', de: 'Blockiert.' } } as const;

  it.each([
    [
      'is written to by the bot, once',
      [{ kind: 'pending' }, { kind: 'pending' }],
      ['fellOver', 'teams', 'invalidRecipient'],
    ],
    [
      'is told as refused with what both said where the bot is blocked',
      [BLOCKED],
      ['refused', 'outlook', 'invalidRecipient'],
    ],
    [
      'is in doubt where nobody can say whether the bot’s message arrived',
      [{ kind: 'unknown' }],
      ['unknown', 'teams', 'teamsCannotTell'],
    ],
  ] as const)('%s', async (_name, answers, end) => {
    const chat = chatOf(...answers);
    world.sandbox.faults.put(REFUSED);
    const bench = await open(worldPeople(world, 1), { teamsChat: chat });
    await drainAll(world, [bench]);
    expect(await endsOf(bench)).toEqual([end]);
    expect(chat.written).toHaveLength(1);
    expect([sentMails(world), kept()?.messages.size]).toEqual([[], 0]);
    if (end[0] === 'refused') expect((await rowsOf(bench))[0]?.reason?.text.en).toMatch(/address.*Blocked\./);
  });

  it('is refused and counted where there is no bot', async () => {
    world.sandbox.faults.put(REFUSED);
    const bench = await open(worldPeople(world, 1));
    await drainAll(world, [bench]);
    expect(await endsOf(bench)).toEqual([['refused', 'outlook', 'invalidRecipient']]);
  });

  it('hears from the bot first where the account has no address', async () => {
    const [one] = worldPeople(world, 1);
    const chat = chatOf({ kind: 'pending' });
    const bench = await open(one === undefined ? [] : [{ ...one, mail: null }], { teamsChat: chat });
    await drainAll(world, [bench]);
    expect(await endsOf(bench)).toEqual([['fellOver', 'teams', 'noAddress']]);
    expect(chat.written).toHaveLength(1);
  });

  it('hears from the bot alone where the customer has no mailbox, a manager without an address too', async () => {
    const [one, manager] = worldPeople(world, 2);
    if (one === undefined || manager === undefined) throw new Error('the world has people');
    const chat = chatOf();
    const people = [
      { ...one, managerAccountId: manager.accountId, managerWhy: null },
      { ...manager, mail: null, enrolment: 'capable' as const },
    ];
    const bench = await open(people, { mail: 'none', teamsChat: chat, messages: { managerNudge: DUE } });
    await drainAll(world, [bench]);
    expect(await endsOf(bench)).toEqual([['fellOver', 'teams', 'byTeamsAlone']]);
    expect((await rowsOf(bench)).map(({ personId }) => personId)).toEqual([manager.accountId]);
    expect(chat.written).toHaveLength(1);
  });
});

describe('a mail of which nobody can say whether it was sent', () => {
  it('is handed to a person, whose word ends it or lets it go out again', async () => {
    const people = worldPeople(world, 2);
    const bench = await open(people);
    world.sandbox.faults.put({ id: 'lost', ...SEND, cut: 'before', times: 2 });
    await bench.worker.drain();
    // Somebody deletes the drafts: now neither a draft nor a sent mail can be found.
    kept()?.messages.clear();
    await drainAll(world, [bench]);
    expect(await endsOf(bench)).toEqual(people.map(() => ['unknown', 'outlook', 'cannotTell']));
    const [first, second] = await rowsOf(bench);
    const word = (row: typeof first, verdict: 'sent' | 'notSent') =>
      bench.outreach.settle(
        bench.customer,
        { message: 'announcement', personId: row?.personId ?? '', scope: '', verdict },
        { kind: 'test' },
      );
    await word(first, 'sent');
    await word(second, 'notSent');
    await expect(word(first, 'notSent')).rejects.toMatchObject({ code: 'mail_not_in_doubt' });
    await drainAll(world, [bench]);
    expect((await rowsOf(bench)).map(({ state }) => state)).toEqual(['accepted', 'accepted']);
    expect(sentMails(world).map(({ to }) => to[0])).toEqual([second?.address]);
  });
});

describe('a sample', () => {
  it('goes to the address that was named, and the ledger knows nothing of it', async () => {
    const bench = await open(worldPeople(world, 1), { messages: { howTo: { daysBefore: 1, at: '09:00' } } });
    const ask = { message: 'howTo', to: 'engineer@provider.example' } as const;
    const sending = bench.outreach.testSend(bench.customer, ask, new AbortController().signal);
    await Promise.all([sending, bench.worker.drain().then(() => bench.worker.drain())]);
    expect(sentMails(world).map(({ to }) => to)).toEqual([[ask.to]]);
    expect(await rowsOf(bench)).toEqual([]);
  });

  it('that the mail system does not take is told by what is wrong', async () => {
    world.sandbox.faults.put({ id: 'no', ...SEND, status: 400, body: graphError('ErrorInvalidRecipients') });
    const bench = await open(worldPeople(world, 1));
    const ask = { message: 'announcement', to: 'nobody@provider.example' } as const;
    const sending = bench.outreach.testSend(bench.customer, ask, new AbortController().signal);
    const told = expect(sending).rejects.toMatchObject({
      code: 'mail_invalidRecipient',
      userMessage: expect.stringContaining('address') as string,
    });
    await Promise.all([told, bench.worker.drain().then(() => bench.worker.drain())]);
  });
});

describe('a mail that came back', () => {
  const returning = (address: string) => {
    const tenant = world.sandbox.state.tenants.get(world.setUp.tenantId);
    if (tenant === undefined) throw new Error('the tenant is there');
    tenant.options.undeliverableAddresses = [address.toLowerCase()];
    tenant.options.mailReturnMs = [60_000, 60_000];
  };
  /** Lets time pass, so that the mailbox is read for notices. */
  const goOn = async (bench: OutreachBench) => {
    world.sandbox.advance(HOUR_MS);
    await bench.worker.drain();
    world.sandbox.advance(HOUR_MS);
    await drainAll(world, [bench]);
  };

  it('is bounced, once, and the person is written to by the bot', async () => {
    const people = worldPeople(world, 2);
    returning(String(people[0]?.mail));
    const chat = chatOf();
    const bench = await open(people, { teamsChat: chat });
    await drainAll(world, [bench]);
    await goOn(bench);
    await goOn(bench);
    expect((await endsOf(bench)).sort()).toEqual([
      ['accepted', 'outlook', null],
      ['fellOver', 'teams', 'bounced'],
    ]);
    expect((await rowsOf(bench)).find(({ state }) => state === 'fellOver')?.reason?.text.en).toContain('5.1.10');
    expect(chat.written).toHaveLength(1);
    expect((await bench.outreach.ledger(bench.customer.id)).bouncesUnread).toBeNull();
  });

  it('stays accepted where the mailbox may not be read, and that is said', async () => {
    const people = worldPeople(world, 1);
    returning(String(people[0]?.mail));
    const bench = await open(people);
    await drainAll(world, [bench]);
    world.sandbox.faults.put({ id: 'unread', ...FIND, status: 403, body: graphError('ErrorAccessDenied') });
    await goOn(bench);
    const { rows, bouncesUnread } = await bench.outreach.ledger(bench.customer.id);
    expect([rows.map(({ state }) => state), bouncesUnread?.code]).toEqual([['accepted'], 'bouncesUnread']);
    world.sandbox.faults.clear();
    await goOn(bench);
    expect(await endsOf(bench)).toEqual([['bounced', 'outlook', 'bounced']]);
    expect((await bench.outreach.ledger(bench.customer.id)).bouncesUnread).toBeNull();
  });
});

describe('a mailbox at Gmail', () => {
  it('sends to everybody once, brings waiting drafts up to date and learns what came back', async () => {
    const [one, other] = worldPeople(world, 2);
    if (one === undefined || other === undefined) throw new Error('the world has people');
    const domain = String(one.mail).split('@')[1] ?? '';
    const people = [one, { ...other, mail: `nobody.here@${domain}` }];
    let wording = 'old';
    const render: BenchWishes['render'] = async (ask) => ({
      ...(await plainMessage(ask)),
      html: wording,
      text: wording,
    });
    const bench = await open(people, { mail: 'gmail', render });
    const limit = { error: { code: 403, message: 'x', errors: [{ reason: 'dailyLimitExceeded', message: 'x' }] } };
    const sending = { vendor: 'gmail', method: 'POST', template: '/gmail/v1/users/{userId}/drafts/send' } as const;
    world.sandbox.faults.put({ id: 'quota', ...sending, status: 403, body: limit, times: 2 });
    await bench.worker.drain();
    // One refusal speaks for the mailbox: the other mail is not even tried.
    expect((await rowsOf(bench)).map(({ state, reason }) => [state, reason?.code]).sort()).toEqual([
      ['drafted', 'quota'],
      ['queued', 'quota'],
    ]);
    expect((await rowsOf(bench))[0]?.reason?.text.en).toMatch(/^The mailbox .+ lets it in a day\. .+ from .+ on\.$/);
    world.sandbox.faults.clear();
    wording = 'new';
    world.sandbox.advance(25 * HOUR_MS);
    await drainAll(world, [bench]);
    const { deliveries } = world.sandbox.state.gmail;
    expect(deliveries.map(({ recipient }) => recipient).sort()).toEqual(
      people.map(({ mail }) => String(mail).toLowerCase()).sort(),
    );
    expect(deliveries.every(({ content }) => !content.includes('old'))).toBe(true);
    world.sandbox.advance(HOUR_MS);
    await bench.worker.drain();
    await drainAll(world, [bench]);
    expect((await endsOf(bench)).sort()).toEqual([
      ['accepted', 'gmail', null],
      ['bounced', 'gmail', 'bounced'],
    ]);
  });
});
