/**
 * Who is carved out of the policy is told by name to the signer and the engineer alone. The exception table is cut
 * elsewhere; here the same is kept from being read off the master list: by the class of an account, or by who is on leave.
 */
import type { PersonDetail } from '../contract.ts';
import { type Actor, may } from '../rollout/access/access.core.ts';
import type { AccountWithoutHr, Roster } from '../rollout/roster/roster-types.core.ts';

/** Every account of these classes is an exception. */
const CARVED_OUT: ReadonlySet<PersonDetail['class']> = new Set(['breakGlass', 'serviceAccount', 'sharedMailbox']);

/** The accounts without HR as this actor may see them: without those whose class says that they are carved out. */
export function accountsSeenBy(actor: Actor, accounts: Roster['accountWithoutHr']): Roster['accountWithoutHr'] {
  if (may(actor, 'seeExceptions')) return accounts;
  return accounts.filter((account: AccountWithoutHr) => !CARVED_OUT.has(account.class));
}

/** One person as this actor may see him; undefined where he must not learn that there is such an account. */
export function detailSeenBy(actor: Actor, detail: PersonDetail): PersonDetail | undefined {
  const { identity, customerId } = actor;
  const isOwn = (accountId: string | undefined) => identity.tenantId === customerId && accountId === identity.objectId;
  // Of himself and of the own people everybody knows it without this product.
  if (may(actor, 'seeExceptions') || isOwn(detail.accountId) || isOwn(detail.hr?.manager?.accountId)) return detail;
  if (CARVED_OUT.has(detail.class)) return undefined;
  return detail.hr === null ? detail : { ...detail, hr: { ...detail.hr, status: null, returnDate: null } };
}
