import { createHash } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../lib/errors.ts';

/** Held for the life of the process; the operating system frees it even after kill -9. */
export type FolderLock = { release(): Promise<void> };

/**
 * Takes the one lock of a data folder. PGlite has none of its own and silently loses acknowledged rows when two
 * processes open a folder. No time is involved: a lock that expires would be stolen from a process that is only slow.
 * Refuses with `store_in_use` while another process holds it.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const address = lockAddress(folder);
  const server = (await listen(address)) ?? (await takeOverDeadSocket(address));
  if (server === undefined) throw folderInUse(folder);
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/**
 * Linux: an abstract socket, which needs no file and vanishes with its process. Windows: a named pipe, likewise.
 * macOS: a socket file, which outlives its process and is told from a live one by connecting to it. The name follows
 * device and inode, so that two paths to one folder meet in one lock.
 */
function lockAddress(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true });
  const name = `mfa-rollout-${createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 32)}`;
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((visitor) => visitor.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ path: address, exclusive: true }, () => resolve(server));
  });
}

async function takeOverDeadSocket(address: string): Promise<Server | undefined> {
  const isFile = process.platform !== 'linux' && process.platform !== 'win32';
  if (!isFile || (await answers(address))) return undefined;
  rmSync(address, { force: true });
  return listen(address);
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const visitor = connect(address, () => {
      visitor.destroy();
      resolve(true);
    });
    visitor.once('error', () => resolve(false));
  });
}

function folderInUse(folder: string): AppError {
  return new AppError('store_in_use', `the data folder ${folder} is in use by another process`, {
    userMessage:
      `The data folder ${folder} is already in use by another running copy. ` +
      'Stop that copy first, or give this one another folder with DATA_DIR.',
  });
}
