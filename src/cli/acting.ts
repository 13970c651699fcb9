import { z } from 'zod';
import type { App } from '../compose.ts';
import { AppError } from '../lib/errors.ts';
import type { Actor } from '../rollout/access/access.core.ts';
import type { Customer } from '../rollout/customers/customers.ts';

/** A tenant's id as people write it. */
export const directoryId = z
  .guid('a tenant id of the form 00000000-0000-0000-0000-000000000000')
  .transform((id) => id.toLowerCase());

/** A sign-in name is looked up among the customer's own accounts. */
async function objectIdOf(app: App, customer: Customer, named: string): Promise<string> {
  const wanted = named.toLowerCase();
  if (!wanted.includes('@')) return wanted;
  const { users } = await app.syncs.stored(customer);
  return users?.find((user) => user.userPrincipalName?.toLowerCase() === wanted)?.id.toLowerCase() ?? wanted;
}

/**
 * The command line acts as somebody of the grants table; whoever may open the socket is trusted to say who he is. Refuses
 * with `not_granted`, and with `identity_ambiguous` where the id stands in the grants of several tenants.
 */
export async function actingAs(
  app: App,
  customer: Customer,
  named: { as: string; tenant: string | undefined },
): Promise<Actor> {
  return granted(app, customer, { objectId: await objectIdOf(app, customer, named.as), tenantId: named.tenant });
}

async function granted(
  app: App,
  customer: Customer,
  wanted: { objectId: string; tenantId: string | undefined },
): Promise<Actor> {
  const grants = await app.access.list(customer.id);
  const found = grants
    .map((grant) => grant.identity)
    .filter(({ objectId, tenantId }) => objectId === wanted.objectId && tenantId === (wanted.tenantId ?? tenantId));
  const tenants = [...new Set(found.map(({ tenantId }) => tenantId))];
  const [tenantId] = tenants;
  if (tenants.length === 1 && tenantId !== undefined)
    return app.access.actorOf({ tenantId, objectId: wanted.objectId }, customer.id);
  const userMessage =
    tenants.length === 0
      ? `${wanted.objectId} has no role at ${customer.name}. See "mfa-rollout grants list".`
      : `${wanted.objectId} stands in the grants of ${tenants.length} tenants: say which with --tenant.`;
  throw new AppError(tenants.length === 0 ? 'not_granted' : 'identity_ambiguous', userMessage, { userMessage });
}
