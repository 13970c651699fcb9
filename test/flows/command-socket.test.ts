import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callServer } from '../../src/cli/command-client.ts';
import { serveCommands } from '../../src/cli/command-server.ts';
import { createLog } from '../../src/lib/log.ts';

let folder: string;
let path: string;
let close: () => Promise<void>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mfa-socket-'));
  path = join(folder, 'command.sock');
  close = () => Promise.resolve();
});

afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** A server that says `words` to whoever comes and then dies, as one that is killed does. */
async function dyingServer(words: string): Promise<void> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(words, () => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  close = () => new Promise((resolve) => server.close(() => resolve()));
}

describe('a server that dies while the command line waits', () => {
  it.each([
    ['before it answers', ''],
    ['after its first line', `${HEAD}${chunk('{"type":"progress","text":"reading"}\n')}`],
    ['in the middle of the answer', `${HEAD}${chunk('{"type":"result","value":{"json":{"peo')}`],
    ['after the middle of the answer, in order', `${HEAD}${chunk('{"type":"result","val')}0\r\n\r\n`],
    ['and speaks another language', `${HEAD}${chunk('<html>\n')}0\r\n\r\n`],
  ])('%s is a refusal', async (_when, words) => {
    await dyingServer(words);
    const call = callServer(path, { name: 'roster', input: {}, onProgress: () => undefined });
    await expect(call).rejects.toMatchObject({ code: 'server_gone' });
  });
});

function post(command: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: path, path: command, method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(text));
    });
    call.on('error', reject).end(body);
  });
}

describe('the command socket', () => {
  it.each([
    ['a name that cannot be decoded', '/%zz', '{}'],
    ['a body that is not JSON', '/roster', 'not json'],
    ['a body beyond the limit', '/roster', `"${'x'.repeat(5_000_000)}"`],
  ])('refuses %s as wrong usage', async (_what, command, body) => {
    const operations = { run: () => Promise.resolve({ json: {}, text: '' }) };
    ({ close } = await serveCommands(path, operations, createLog('silent')));
    expect(JSON.parse(await post(command, body))).toMatchObject({ type: 'refusal', code: 'usage' });
  });
});
