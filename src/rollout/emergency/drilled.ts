import type { Tx } from '../../store/transaction.ts';
import type { Customer } from '../customers/customers.ts';
import { isDrilled } from './drill.core.ts';
import { readDrills } from './emergency.store.ts';

/** The declared accounts whose drill counts at a moment: what a push and an enforcement stand on. */
export async function drilledIn(
  tx: Tx,
  { settings }: Pick<Customer, 'settings'>,
  nowMs: number,
): Promise<ReadonlySet<string>> {
  const { breakGlass, drillDays } = settings.declared;
  const drills = await readDrills(tx);
  const counts = (accountId: string) =>
    isDrilled(
      drills.filter((drill) => drill.accountId === accountId),
      { nowMs, drillDays },
    ) === 'yes';
  return new Set(breakGlass.filter(counts));
}
