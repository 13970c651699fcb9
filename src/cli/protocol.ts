import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

/**
 * How the command line talks to the running server: one HTTP POST per command over a socket in the data folder. Who
 * may open the socket is decided by the folder's file rights. The answer is a stream of JSON lines.
 */
export const lineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), text: z.string() }),
  z.object({ type: z.literal('result'), value: z.unknown() }),
  z.object({ type: z.literal('refusal'), code: z.string(), message: z.string() }),
]);

export type Line = z.infer<typeof lineSchema>;

/** Unix sockets have short names: the longest path that every platform accepts. */
const SOCKET_PATH_MAX = 100;

/** Where the running server listens for commands. */
export function commandSocketPath(dataDir: string): string {
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\mfa-rollout-${Buffer.from(dataDir).toString('hex').slice(-64)}`;
  return join(dataDir, 'command.sock');
}

/**
 * Lets `use` open a socket by a path that is short enough. A longer one is reached through a link in a folder that only
 * this user may enter, and that is gone when `use` is through: who may open the socket is still decided at its place.
 */
export async function reachSocket<T>(socketPath: string, use: (path: string) => Promise<T>): Promise<T> {
  if (process.platform === 'win32' || Buffer.byteLength(socketPath) <= SOCKET_PATH_MAX) return use(socketPath);
  const folder = mkdtempSync(join(tmpdir(), 'mfa-'));
  try {
    const link = join(folder, 'd');
    symlinkSync(dirname(socketPath), link);
    return await use(join(link, basename(socketPath)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
