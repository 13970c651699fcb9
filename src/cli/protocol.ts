import { join } from 'node:path';
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

/** Where the running server listens for commands; undefined when the data folder's path is too long for a socket. */
export function commandSocketPath(dataDir: string): string | undefined {
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\mfa-rollout-${Buffer.from(dataDir).toString('hex').slice(-64)}`;
  const path = join(dataDir, 'command.sock');
  return Buffer.byteLength(path) <= SOCKET_PATH_MAX ? path : undefined;
}
