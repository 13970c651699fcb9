import { AppError } from '../../../lib/errors.ts';
import type { Tx } from '../../../store/transaction.ts';
import { lockFlips } from '../enforce/enforce.store.ts';
import { isUnderWay } from '../push/push.store.ts';
import { readMemberRun } from './members.store.ts';

/** Refuses with `flip_waits` while memberships are being written: who is left out is not known then. */
export async function requireMembersAtRest(tx: Tx): Promise<void> {
  await lockFlips(tx);
  const run = await readMemberRun(tx);
  if (run?.state !== 'writing' || !(await isUnderWay(tx, run.job))) return;
  throw new AppError('flip_waits', `memberships are being written (${run.job})`);
}
