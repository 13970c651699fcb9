import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Log } from '../lib/log.ts';
import type { Operations } from './operations.ts';
import { refusalOf } from './output.ts';
import type { Line } from './protocol.ts';

const BODY_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Serves the operations on the command socket until `close()`. The socket belongs to the process's own user alone
 * (mode 0600). A stale socket file of a killed process is replaced; the data folder's lock has already shown that no
 * other process owns it.
 */
export async function serveCommands(
  socketPath: string,
  operations: Operations,
  log: Log,
): Promise<{ close(): Promise<void> }> {
  rmSync(socketPath, { force: true });
  const server = createServer((request, response) => {
    answer(request, response, operations, log).catch((error: unknown) => {
      log.error('command.failed', { error: String(error) });
      response.destroy();
    });
  });
  await listen(server, socketPath);
  if (process.platform !== 'win32') chmodSync(socketPath, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
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
  const name = decodeURIComponent((request.url ?? '').slice(1));
  try {
    const body = await readBody(request);
    const value = await operations.run(name, body === '' ? {} : (JSON.parse(body) as unknown), (text) => {
      write({ type: 'progress', text });
    });
    write({ type: 'result', value });
  } catch (error) {
    const refusal = refusalOf(error);
    log.warn('command.refused', { command: name, code: refusal.code });
    write({ type: 'refusal', ...refusal });
  }
  response.end();
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > BODY_BYTES_MAX) throw new RangeError('command body too large');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
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
