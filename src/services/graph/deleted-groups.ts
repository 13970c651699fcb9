import { VendorRefusedError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import type { ReadOptions } from './pages.ts';

/**
 * Brings a deleted group back under its id, with its members; false where Graph has it no more or does not let an
 * application do so: the documents long said that security groups are deleted for good. Needs Group.ReadWrite.All.
 * Source: "Restore deleted item (directory object)".
 */
export async function restoreDeletedGroup(writer: Graph, id: string, options: ReadOptions = {}): Promise<boolean> {
  try {
    await writer.request('groups.restore', { ...options, ids: { id } });
    return true;
  } catch (error) {
    if (error instanceof VendorRefusedError) return false;
    throw error;
  }
}
