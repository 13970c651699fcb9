import { appendJournal } from '../../store/journal.ts';
import type { Tx } from '../../store/transaction.ts';
import { readFirstEnforced } from './sign-ins.store.ts';

/** The accounts whose phases were enforced at one moment: one phase, or all that gave way to Security Defaults' end. */
export type EnforcedTogether = { phases: readonly string[]; accountIds: readonly string[]; sinceMs: number };

/**
 * When the enforcing policy was first applied to a sign-in of these accounts since then, ISO 8601; null while none was
 * read, which may also mean that the logs are behind.
 */
export async function firstEnforcedSignIn(
  tx: Tx,
  { accountIds, sinceMs }: Pick<EnforcedTogether, 'accountIds' | 'sinceMs'>,
): Promise<string | null> {
  const ids = accountIds.map((id) => id.toLowerCase());
  return ids.length === 0 ? null : readFirstEnforced(tx, ids, sinceMs);
}

/** Runs what adds sign-ins, and journals for each enforcement the first that was seen, once. */
export async function tellingFirst(tx: Tx, together: readonly EnforcedTogether[], add: () => Promise<void>) {
  const unseen: EnforcedTogether[] = [];
  for (const one of together) if ((await firstEnforcedSignIn(tx, one)) === null) unseen.push(one);
  await add();
  for (const one of unseen) {
    const at = await firstEnforcedSignIn(tx, one);
    if (at === null) continue;
    const { phases, sinceMs } = one;
    const facts = { phases: [...phases], firstEnforcedSignInAt: at, afterMs: Date.parse(at) - sinceMs };
    const actor = { kind: 'system', name: 'sign-ins' };
    await appendJournal(tx, { at: new Date(at), actor, event: 'phase.first_enforced_sign_in', facts });
  }
}
