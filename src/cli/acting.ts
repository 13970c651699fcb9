import { z } from 'zod';
import type { App } from '../compose.ts';
import { AppError } from '../lib/errors.ts';
import type { Actor, Identity } from '../rollout/access/access.core.ts';
import type { Customer } from '../rollout/customers/customers.ts';

/** A tenant's id as people write it. */
export const directoryId = z
  .guid('a tenant id of the form 00000000-0000-0000-0000-000000000000')
  .transform((id) => id.toLowerCase());

type Granted = { identity: Identity; displayName: string | null };
type Named = { as: string; tenant: string | undefined };

/**
 * The command line acts as somebody of the grants table, named by object id, by the sign-in name at the customer or as
 * "grants list" shows him; whoever may open the socket is trusted to say who he is. Refuses with `not_granted`, and with
 * `identity_ambiguous` where several people are called so, or the id stands in the grants of several tenants.
 */
export async function actingAs(app: App, customer: Customer, named: Named): Promise<Actor> {
  const isMeant = await matcherOf(app, customer, named.as);
  const grants = await app.access.list(customer.id);
  const found = grants.filter(
    (grant) => isMeant(grant) && grant.identity.tenantId === (named.tenant ?? grant.identity.tenantId),
  );
  const [identity, ...others] = [
    ...new Map(found.map((grant) => [JSON.stringify(grant.identity), grant.identity])).values(),
  ];
  if (identity !== undefined && others.length === 0) return app.access.actorOf(identity, customer.id);
  const ambiguous = others.some(({ objectId }) => objectId !== identity?.objectId)
    ? `${others.length + 1} people called ${named.as} have a role at ${customer.name}: name one by the object id of "mfa-rollout grants list".`
    : `${named.as} stands in the grants of ${others.length + 1} tenants: say which with --tenant.`;
  const userMessage =
    identity === undefined ? `${named.as} has no role at ${customer.name}. See "mfa-rollout grants list".` : ambiguous;
  throw new AppError(identity === undefined ? 'not_granted' : 'identity_ambiguous', userMessage, { userMessage });
}

/** Which grants are those of a person so named. A sign-in name is looked up among the customer's own accounts. */
async function matcherOf(app: App, customer: Customer, named: string): Promise<(grant: Granted) => boolean> {
  const wanted = folded(named);
  if (!wanted.includes('@')) {
    return ({ identity, displayName }) =>
      identity.objectId === wanted || (displayName !== null && folded(displayName) === wanted);
  }
  const { users } = await app.syncs.stored(customer);
  const id = users?.find((user) => user.userPrincipalName?.toLowerCase() === wanted)?.id.toLowerCase();
  return ({ identity }) => identity.objectId === id;
}

function folded(text: string): string {
  return text.normalize('NFC').trim().toLowerCase();
}
