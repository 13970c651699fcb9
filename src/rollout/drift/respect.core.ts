/**
 * A managed policy may differ from what was written in several respects at once, and each is a finding of its own: its
 * effect is told, and it is accepted, as if nothing else had been changed.
 */
import type { GraphObject } from '../policy/graph-json.core.ts';
import type { DriftKind } from './drift-types.core.ts';

/** What was written, with the one respect of a finding as it is live. */
export function inOneRespect(
  written: GraphObject,
  live: Readonly<Record<string, unknown>>,
  kind: DriftKind,
): GraphObject {
  if (kind === 'renamed') return { ...written, displayName: live.displayName };
  if (kind === 'disabled') return { ...written, state: live.state };
  const { displayName, state } = written as { displayName?: unknown; state?: unknown };
  return { ...live, id: written.id, displayName, state };
}
