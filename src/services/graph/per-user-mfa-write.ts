import type { Clock } from '../../lib/clock.ts';
import { writeInBatches } from './batch.ts';
import type { Graph } from './client.ts';
import type { ReadOptions } from './pages.ts';
import { readPerUserMfaOf } from './per-user-mfa.ts';
import type { PerUserMfaState } from './wire.ts';

/** Reads go through the reading application, writes through the writing one. */
export type PerUserMfaWriting = { reader: Graph; writer: Graph; clock: Clock };

/**
 * What came of one user. `before` is what an undo needs. `already`: it stood so. `set`: written and read back. `gone`:
 * there is no such user. `refused`: Graph took nothing, with its status and code. `notShown`: taken, and something else is
 * read back.
 */
export type PerUserMfaChange = { id: string; before: PerUserMfaState | null; after: PerUserMfaState | null } & (
  | { outcome: 'already' | 'set' | 'gone' | 'notShown' }
  | { outcome: 'refused'; status: number; vendorCode: string | undefined }
);

type Refusal = { status: number; vendorCode: string | undefined };

/**
 * Brings these users' own MFA switch to a state, twenty in a request, asking before and after: who stands so already is
 * not written. Graph makes `enforced` of `enabled` for whoever has registered, which counts as set. The users come back in
 * the order given. Setting a state twice does no harm, so that after a loss (VendorUnreachableError) the whole can be done
 * again. Needs Policy.Read.All, and Policy.ReadWrite.AuthenticationMethod of the writing application.
 */
export async function setPerUserMfa(
  { reader, writer, clock }: PerUserMfaWriting,
  { userIds, state }: { userIds: readonly string[]; state: PerUserMfaState },
  options: ReadOptions = {},
): Promise<PerUserMfaChange[]> {
  const statesOf = (ids: readonly string[]) => readPerUserMfaOf({ graph: reader, clock }, { ...options, userIds: ids });
  const wanted = [...new Set(userIds)];
  const before = await statesOf(wanted);
  const open = wanted.filter((id) => before.has(id) && !isSet(before.get(id), state));
  const refused = await write({ graph: writer, clock }, { open, state, options });
  const after = await statesOf(open.filter((id) => !refused.has(id)));
  return wanted.map((id) =>
    changeOf({ id, state, before: before.get(id), after: after.get(id), refusal: refused.get(id) }),
  );
}

async function write(
  deps: { graph: Graph; clock: Clock },
  { open, state, options }: { open: readonly string[]; state: PerUserMfaState; options: ReadOptions },
): Promise<Map<string, Refusal>> {
  const refused = new Map<string, Refusal>();
  const items = open.map((id) => ({ id, body: { perUserMfaState: state } }));
  for await (const { id, answer } of writeInBatches(deps, { call: 'perUserMfa.update', items, options })) {
    const { status, vendorCode } = answer;
    if (status >= 300 && status !== 404) refused.set(id, { status, vendorCode });
  }
  return refused;
}

type Seen = {
  id: string;
  state: PerUserMfaState;
  before: PerUserMfaState | undefined;
  after: PerUserMfaState | undefined;
  refusal: Refusal | undefined;
};

function changeOf({ id, state, before, after, refusal }: Seen): PerUserMfaChange {
  if (before === undefined) return { id, before: null, after: null, outcome: 'gone' };
  if (isSet(before, state)) return { id, before, after: before, outcome: 'already' };
  if (refusal !== undefined) return { id, before, after: before, outcome: 'refused', ...refusal };
  if (after === undefined) return { id, before, after: null, outcome: 'gone' };
  return { id, before, after, outcome: isSet(after, state) ? 'set' : 'notShown' };
}

function isSet(found: PerUserMfaState | undefined, wanted: PerUserMfaState): boolean {
  return found === wanted || (wanted === 'enabled' && found === 'enforced');
}
