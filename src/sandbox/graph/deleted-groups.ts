import type { Answer } from '../http/exchange.ts';
import type { GraphContext } from './context.ts';
import { notFound } from './errors.ts';

/**
 * POST /directory/deletedItems/{id}/restore: 404. The sandbox has no deleted Microsoft 365 groups, and security groups are
 * deleted permanently. Source: "Restore deleted item (directory object)".
 */
export function restoreDirectoryObject(context: GraphContext): Answer {
  return notFound(context.values.id ?? '');
}
