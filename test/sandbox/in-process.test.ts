/** A call within the process comes to the same as one over TLS. */
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/http/faults.ts';
import type { InProcessCall } from '../../src/sandbox/http/in-process.ts';
import { startTestSandbox, type TestSandbox, tokenForm } from '../support/sandbox-client.ts';
import { READER, TENANT_ID } from '../support/sandbox-tenant.ts';

let sandbox: TestSandbox;
let authorization: string;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  authorization = `Bearer ${await sandbox.token()}`;
});
afterAll(() => sandbox.end());

type Asked = { url: string; method: 'GET' | 'POST'; headers: Record<string, string>; body: string | null };

const users = (): Asked => ({
  ...{ url: `${sandbox.urls.graph}/v1.0/users?$select=id,displayName&$top=2`, method: 'GET', body: null },
  headers: { Authorization: authorization },
});

function carried({ url, ...rest }: Asked, given: Partial<InProcessCall> = {}) {
  const answer = sandbox.carry(url, { ...rest, signal: new AbortController().signal, ...given });
  if (answer === undefined) throw new Error('this is an address of the sandbox');
  return answer;
}

/** What the connection itself adds, and what is another with every call. */
const OF_THE_WAY = /^(?:connection|date|keep-alive|transfer-encoding|.*request-id)$/;

function meant(headers: Record<string, unknown>): [string, unknown][] {
  return Object.entries(headers)
    .filter(([name]) => !OF_THE_WAY.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

const TOKEN = (): Asked => ({
  ...{ url: `${sandbox.urls.login}/${TENANT_ID}/oauth2/v2.0/token`, method: 'POST', body: `${tokenForm(READER)}x` },
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
});

it.each<[string, () => Asked]>([
  ['a page of a list', users],
  ['a call without a token', () => ({ ...users(), headers: {} })],
  ['an object that is not there', () => ({ ...users(), url: `${sandbox.urls.graph}/v1.0/groups/${TENANT_ID}` })],
  ['a form that is refused', TOKEN],
  ['another vendor', () => ({ ...users(), url: `${sandbox.urls.bamboohr}/nothing/there` })],
])('%s has the same status, headers and body', async (_what, asked) => {
  const { url, ...rest } = asked();
  const wired = await sandbox.ask(url, { ...rest, ...(rest.body === null ? {} : { body: rest.body }) });
  const near = await carried(asked());
  expect(near.statusCode).toBe(wired.status);
  expect(meant(near.headers)).toEqual(meant(wired.headers));
  expect(withoutIds(await text(near.body))).toBe(withoutIds(wired.text));
});

/** Every answer of Graph and of the sign-in service names the call by an id of its own. */
function withoutIds(body: string): string {
  return body.replaceAll(/"(?:client-)?request-id":"[^"]*"|"(?:trace|correlation)_id":"[^"]*"|ID: [0-9a-f-]+/g, '');
}

const lostIn = (fault: Partial<Fault>) =>
  sandbox.faults.put({ id: 'lost', vendor: 'graph', template: '*', times: 1, ...fault });

it('an answer that is lost fails as a socket does, and its call is in the log', async () => {
  lostIn({ cut: 'before', afterEffect: true });
  sandbox.requests.clear();
  await expect(carried(users())).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  expect(sandbox.requests.list()).toMatchObject([{ template: '/users', status: 0, fault: 'lost' }]);
});

it('an answer that is cut in its middle gives its status and then fails', async () => {
  lostIn({ cut: 'body' });
  const { statusCode, body } = await carried(users());
  expect(statusCode).toBe(200);
  await expect(text(body)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
});

it('a call that is given up ends with the reason', async () => {
  const stop = new AbortController();
  lostIn({ delayMs: 60_000 });
  const answer = carried(users(), { signal: stop.signal });
  stop.abort(new Error('given up'));
  await expect(answer).rejects.toThrow('given up');
  sandbox.manual.advance(60_000);
});

it('an address of nobody here is left to the network', () => {
  const call = { method: 'GET', headers: {}, body: null, signal: new AbortController().signal };
  expect(sandbox.carry('https://graph.example/v1.0/users', call)).toBeUndefined();
});
