import { VendorRefusedError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import type { ReadOptions } from './pages.ts';

/**
 * Ends every session of one person: tokens that were given out before stop being renewed, within minutes and up to an
 * hour. Asked again it does the same once more, so that a lost answer may be repeated. `gone`: there is no such person.
 * Needs User.ReadWrite.All of the writing application, or the narrower User.RevokeSessions.All.
 */
export async function revokeSessions(
  writer: Graph,
  userId: string,
  options: ReadOptions = {},
): Promise<'revoked' | 'gone'> {
  try {
    await writer.request('sessions.revoke', { ...options, ids: { id: userId }, repeatable: true });
    return 'revoked';
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.status === 404) return 'gone';
    throw error;
  }
}
