import { deletePass, listPasses } from '../../services/graph/access-passes.ts';
import type { Graph } from '../../services/graph/client.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Customer } from '../customers/customers.ts';
import { SETTLE_MS, unclaimed } from './access-pass.core.ts';
import { changePass, readPassesOf } from './access-pass.store.ts';
import type { IssuedPass } from './access-pass-types.core.ts';
import type { AccessPassDeps } from './pass-deps.ts';

/**
 * Looks for a pass that was made without anybody learning its secret and deletes it. While a request may still be on its
 * way nothing is decided; run again it begins by looking. Gives what came of it.
 */
export async function settleUnclaimed(
  deps: AccessPassDeps,
  about: { customer: Customer; graph: Graph; writer: Graph; intent: IssuedPass },
): Promise<'lost' | 'failed' | 'waiting'> {
  const { customer, graph, writer, intent } = about;
  const userId = intent.accountId;
  const options = { signal: deps.signal };
  const passes = await listPasses(graph, userId, options);
  const ours = await deps.database.withCustomer(customer.id, (tx) => readPassesOf(tx, userId));
  const known = new Set(ours.flatMap(({ passId }) => passId ?? []));
  const found = unclaimed(passes, { minutes: intent.minutes, askedAt: intent.askedAt, known });
  for (const { id } of found) await deletePass(writer, { userId, passId: id }, options);
  const now = deps.clock.now();
  if (found.length === 0 && now < Date.parse(intent.askedAt) + SETTLE_MS) return 'waiting';
  deps.stopPoint('access-pass.settling');
  const state = found.length === 0 ? 'failed' : 'lost';
  const at = new Date(now);
  await deps.database.withCustomer(customer.id, async (tx) => {
    const failure = 'pass_answer_lost';
    const change = { state, passId: found[0]?.id ?? null, endedAt: at.toISOString(), failure } as const;
    if (!(await changePass(tx, intent, change))) return;
    const facts = { id: intent.id, accountId: userId, deleted: found.map(({ id }) => id) };
    await appendJournal(tx, { at, actor: { kind: 'product' }, event: `accessPass.${state}`, facts });
  });
  return state;
}
