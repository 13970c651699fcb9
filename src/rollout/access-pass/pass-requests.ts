import type { Customer } from '../customers/customers.ts';
import { readPasses } from './access-pass.store.ts';
import type { IssuedPass, PassRequest } from './access-pass-types.core.ts';
import type { AccessPassDeps } from './pass-deps.ts';

/** Requests that no pass has answered since, by the person they are for. */
export async function openRequests(
  deps: Pick<AccessPassDeps, 'requestsOf' | 'database'>,
  customer: Customer,
): Promise<ReadonlyMap<string, readonly PassRequest[]>> {
  const asked = await deps.requestsOf(customer);
  if (asked.size === 0) return asked;
  const passes = await deps.database.withCustomer(customer.id, readPasses);
  const open = new Map<string, readonly PassRequest[]>();
  for (const [accountId, requests] of asked) {
    const left = requests.filter(({ at }) => !passes.some((pass) => answers(pass, accountId, at)));
    if (left.length > 0) open.set(accountId, left);
  }
  return open;
}

function answers({ accountId, state, askedAt }: IssuedPass, wanted: string, since: string): boolean {
  const wasMade = state === 'issued' || state === 'used' || state === 'expired';
  return accountId === wanted && wasMade && Date.parse(askedAt) >= Date.parse(since);
}
