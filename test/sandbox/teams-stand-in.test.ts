import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dispatcher, request } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { castOf } from '../../src/sandbox/teams/equip.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { startTeamsSandbox, type TeamsSandbox } from '../support/teams-sandbox.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function start(given: Parameters<typeof startTeamsSandbox>[0] = {}): Promise<TeamsSandbox> {
  const sandbox = await startTeamsSandbox(given);
  endings.push(() => sandbox.end());
  return sandbox;
}

type Browser = (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Dispatcher.ResponseData>;

/** Signs in as a browser does, and gives what calls with its cookies from then on. */
async function browse(
  sandbox: TeamsSandbox,
  person: { userPrincipalName: string; password: string },
): Promise<Browser> {
  const { standIn } = sandbox.urls;
  const cookies = new Map<string, string>();
  const call: Browser = async (path, body, headers = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const type = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json';
    const sent = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await request(new URL(path, standIn), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie, ...(body === undefined ? {} : { 'content-type': type }), ...headers },
      body: sent,
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = line.split(';');
      expect(line).toContain('HttpOnly');
      cookies.set(pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1));
    }
    return answer;
  };
  const page = String((await call('/')).headers.location);
  const form = new URLSearchParams({ username: person.userPrincipalName, password: person.password }).toString();
  const back = new URL(String((await call(page, form)).headers.location));
  expect((await call(`${back.pathname}${back.search}`)).headers.location).toBe('/');
  return call;
}

async function json(answer: Dispatcher.ResponseData): Promise<GraphObject> {
  return (await answer.body.json()) as GraphObject;
}

describe('the page that plays Teams', () => {
  test('shows whoever signed in their own teams, chat and part, and nobody else’s', async () => {
    const sandbox = await start();
    const { approver, engineer } = sandbox.setUp.people;
    const asApprover = await browse(sandbox, approver);
    const asEngineer = await browse(sandbox, engineer);
    const me = await json(await asApprover('/api/me'));
    expect(me).toMatchObject({
      person: { objectId: approver.objectId, role: 'approver' },
      app: { isInstalled: false },
    });
    expect((await json(await asEngineer('/api/me'))).person).toMatchObject({ role: 'engineer' });
    const places = await json(await asApprover('/api/places'));
    expect(places.teams).toMatchObject([{ id: sandbox.setUp.teams.teamId, hasApp: false }]);
    const foreign = (me.app as GraphObject).chatId as string;
    await asApprover('/api/app', { installed: true });
    expect((await asApprover(`/api/messages?conversation=${foreign}`)).statusCode).toBe(200);
    expect((await asEngineer(`/api/messages?conversation=${foreign}`)).statusCode).toBe(400);
    expect((await request(`${sandbox.urls.standIn}/api/me`)).statusCode).toBe(401);
    await asApprover('/api/sign-out', {});
    expect((await asApprover('/api/me')).statusCode).toBe(401);
  });

  test('refuses writes of other pages, other names of this machine, and answers with a strict policy', async () => {
    const sandbox = await start();
    const call = await browse(sandbox, sandbox.setUp.people.user);
    expect((await call('/api/app', { installed: true }, { origin: 'http://evil.example' })).statusCode).toBe(403);
    expect((await call('/api/app', 'installed=true')).statusCode).toBe(415);
    expect((await call('/api/me', undefined, { host: 'evil.example' })).statusCode).toBe(421);
    const page = await call('/');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain(`frame-src ${new URL(sandbox.bot.endpoint).origin};`);
    expect(await page.body.text()).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=/);
    for (const path of ['/page/main.js', '/page/page.css', '/vendor/adaptivecards.js', '/vendor/markdown-it.js']) {
      expect((await call(path)).statusCode).toBe(200);
    }
    expect((await call('/page/../stand-in.ts')).statusCode).toBe(404);
  });

  test('tells an open page what happens where the person is', async () => {
    const sandbox = await start();
    const { user, helpdesk } = sandbox.setUp.people;
    await sandbox.install({ user: user.objectId });
    const call = await browse(sandbox, user);
    const stream = await call('/events');
    const chatId = ((await json(await call('/api/me'))).app as GraphObject).chatId as string;
    await sandbox.as(helpdesk.objectId, 'app', { installed: true });
    const sent = await sandbox.send(`POST /v3/conversations/${chatId}/activities`, { type: 'message', text: 'Hello' });
    let heard = '';
    for await (const chunk of stream.body as AsyncIterable<Buffer>) {
      heard += chunk.toString('utf8');
      if (heard.includes(String(sent.at('id')))) break;
    }
    const news = [...heard.matchAll(/^data: (.+)$/gm)].map(([, text = '']) => JSON.parse(text) as GraphObject);
    expect(news.filter(({ kind }) => kind === 'message')).toEqual([
      expect.objectContaining({ conversationId: chatId, messageId: sent.at('id') }),
    ]);
  });

  test('messages and chats outlive the process; an accepted message whose answer was lost is there', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'));
    endings.push(async () => rmSync(dataDir, { recursive: true, force: true }));
    const first = await startTeamsSandbox({ dataDir });
    const { user } = first.setUp.people;
    await first.install({ user: user.objectId });
    const chat = (await first.send('POST /v3/conversations', { members: [{ id: user.objectId }] })).at('id');
    const template = '/v3/conversations/{id}/activities';
    const fault = { id: 'lost', vendor: 'connector', template, times: 1, status: 502, afterEffect: true };
    await first.control('/faults', { method: 'POST', body: fault });
    const activities = `POST /v3/conversations/${String(chat)}/activities`;
    expect((await first.send(activities, { type: 'message', text: 'kept' })).status).toBe(502);
    await first.end();
    const second = await start({ dataDir });
    const shown = await second.as(user.objectId, `messages?conversationId=${String(chat)}`);
    expect(shown.rows('').map(({ text }) => text)).toEqual(['kept']);
    expect((await second.send(activities, { type: 'message', text: 'more' })).status).toBe(201);
  });
});

describe('the people whom a visitor can be', () => {
  test('are found by the facts in every kind of world: head of IT, IT, another head, one of that head’s people', () => {
    for (const seed of [1, 2, 3]) {
      for (const employeeKey of ['employeeNumber', 'id'] as const) {
        const { world, truth } = generateWorld({ name: 'portfolio', seed, size: 100, employeeKey });
        for (const { tenantId, teamId, personas } of castOf(world).customers) {
          const people = truth.customers.find((customer) => customer.tenantId === tenantId)?.people ?? [];
          const rowOf = (role: 'approver' | 'helpdesk' | 'manager' | 'user') =>
            people.find(({ accountId }) => accountId === personas?.[role].objectId);
          expect(teamId).not.toBeNull();
          expect([rowOf('approver')?.department, rowOf('helpdesk')?.department]).toEqual(['IT', 'IT']);
          expect(rowOf('manager')?.department).not.toBe('IT');
          expect(rowOf('user')).toMatchObject({ accountStatus: 'enabled', onLeave: false });
          expect(rowOf('user')?.managerAccountId).toBe(personas?.manager.objectId);
          expect(new Set(Object.values(personas ?? {}).map(({ objectId }) => objectId)).size).toBe(5);
        }
      }
    }
  });
});
