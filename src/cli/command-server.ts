import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { AppError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Operations } from './operations.ts';
import { refusalOf } from './output.ts';
import { type Line, reachSocket } from './protocol.ts';

const BODY_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Serves the operations on the command socket until `close()`. The socket belongs to the process's own user alone
 * (mode 0600). The socket file of a killed process is replaced; refuses with `data_dir_in_use` where somebody answers,
 * as another server may whose store is elsewhere.
 */
export async function serveCommands(
  socketPath: string,
  operations: Operations,
  log: Log,
): Promise<{ close(): Promise<void> }> {
  await reachSocket(socketPath, refuseLive);
  rmSync(socketPath, { force: true });
  const server = createServer((request, response) => {
    answer(request, response, operations, log).catch((error: unknown) => {
      log.error('command.failed', { error: String(error) });
      response.destroy();
    });
  });
  await reachSocket(socketPath, (path) => listen(server, path));
  if (process.platform !== 'win32') chmodSync(socketPath, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          rmSync(socketPath, { force: true });
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  operations: Operations,
  log: Log,
): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  const write = (line: Line) => response.write(`${JSON.stringify(line)}\n`);
  const path = request.url ?? '';
  try {
    const { name, input } = commandOf(path, await readBody(request));
    const value = await operations.run(name, input, (text) => {
      write({ type: 'progress', text });
    });
    write({ type: 'result', value });
  } catch (error) {
    const refusal = refusalOf(error);
    const level = refusal.code === 'process_stopping' ? 'info' : 'warn';
    log[level]('command.refused', { command: path, code: refusal.code });
    write({ type: 'refusal', ...refusal });
  }
  response.end();
}

function commandOf(path: string, body: string): { name: string; input: unknown } {
  try {
    return { name: decodeURIComponent(path.slice(1)), input: body === '' ? {} : (JSON.parse(body) as unknown) };
  } catch (error) {
    throw new AppError('usage', 'the command is not of the form that the command line sends', { cause: error });
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > BODY_BYTES_MAX) throw new AppError('usage', `a command takes at most ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refuseLive(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const visitor = connect(path, () => {
      visitor.destroy();
      const userMessage =
        'Another running copy uses this data folder. Stop that copy first, or give this one another folder with DATA_DIR.';
      reject(new AppError('data_dir_in_use', userMessage, { userMessage }));
    });
    visitor.once('error', () => resolve());
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
