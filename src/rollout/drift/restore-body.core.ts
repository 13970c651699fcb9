/**
 * What has to be sent so that a policy says what it said. Whether Graph merges a change in depth is not documented, so
 * that everything is said, and what somebody else added is emptied by name.
 */
import type { Json } from '../../lib/canonical-json.ts';
import { type GraphObject, isEmpty, type JsonObject, objectOf } from '../policy/graph-json.core.ts';
import { writablePolicy } from '../policy/writable-policy.core.ts';

/** How an added object is emptied: with null, or, where a tenant takes no null inside, with what it holds emptied. */
export type Emptying = 'null' | 'inside';

/** The body of a change that makes of `live` what was written, the state included. */
export function restoringBody(written: Json, live: GraphObject | null, how: Emptying = 'null'): JsonObject {
  const wanted = writablePolicy(written);
  const had = objectOf(objectOf(written)?.sessionControls) ?? null;
  const there: JsonObject = live ?? {};
  const session = objectOf(there.sessionControls);
  return {
    displayName: wanted.displayName,
    state: wanted.state,
    conditions: covering(objectOf(there.conditions) ?? {}, wanted.conditions, how),
    grantControls:
      wanted.grantControls === null ? null : covering(objectOf(there.grantControls) ?? {}, wanted.grantControls, how),
    ...(isEmpty(session) && had === null ? {} : { sessionControls: had }),
  };
}

function covering(live: JsonObject, wanted: JsonObject, how: Emptying): JsonObject {
  const body: Record<string, unknown> = { ...wanted };
  for (const [name, value] of Object.entries(live)) {
    if (name.includes('@odata') || isEmpty(value)) continue;
    const [inner, outer] = [objectOf(wanted[name]), objectOf(value)];
    if (inner !== null && outer !== null && !isEmpty(inner)) body[name] = covering(outer, inner, how);
    else if (isEmpty(wanted[name])) body[name] = emptied(value, how);
  }
  return body;
}

function emptied(value: unknown, how: Emptying): unknown {
  if (Array.isArray(value)) return [];
  const members = objectOf(value);
  if (how === 'null' || members === null) return null;
  const lists = Object.entries(members).filter(([, member]) => Array.isArray(member));
  return Object.fromEntries(lists.map(([name]) => [name, []]));
}
