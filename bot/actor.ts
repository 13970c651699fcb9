import { AppError } from '../src/lib/errors.ts';
import type { Actor, Identity } from '../src/rollout/access/access.core.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import type { Language } from './cards/texts.ts';
import type { BotDeps } from './deps.ts';
import type { Inbound } from './inbound.ts';

/** In whose Teams something happened: a customer's, or our own. */
export type Place = { tenantId: string; customer: Customer | null; isHome: boolean };

/**
 * The Teams an activity came from; undefined when its tenant is nobody's we know, or it names two. The connector's token
 * does not prove the tenant, so nothing is stored or answered without this.
 */
export async function placeOf(
  { customers, settings }: Pick<BotDeps, 'customers' | 'settings'>,
  inbound: Inbound,
): Promise<Place | undefined> {
  const [tenantId, ...others] = new Set(inbound.tenantIds);
  if (tenantId === undefined || others.length > 0) return undefined;
  const customer = (await customers.get(tenantId)) ?? null;
  const isHome = tenantId === settings.homeTenantId;
  return customer === null && !isHome ? undefined : { tenantId, customer, isHome };
}

/** Who sent it. Null for what no person sent: another bot, or Teams itself. */
export function identityOf(place: Place, { from }: Inbound): Identity | null {
  if (from.objectId === null) return null;
  // In a shared channel a member may come from another tenant than the channel's.
  return { tenantId: from.tenantId ?? place.tenantId, objectId: from.objectId };
}

/**
 * The customer it is about: in a customer's Teams that customer and no other, in our own the one that the card names or
 * the first at which the person has a role. Naming is not believing: the actor is asked for afterwards. Refuses with
 * `foreign_customer` and `not_granted`.
 */
export async function customerFor(
  deps: Pick<BotDeps, 'customers' | 'access'>,
  place: Place,
  about: { named: string | null; identity: Identity },
): Promise<Customer> {
  const { named, identity } = about;
  if (place.customer !== null && (named === null || named === place.customer.id)) return place.customer;
  if (!place.isHome) throw new AppError('foreign_customer', 'the card names another customer than the conversation’s');
  const mine = await deps.access.customersOf(identity);
  const wanted = mine.find(({ customerId }) => customerId === (named ?? customerId));
  const customer = wanted === undefined ? undefined : await deps.customers.get(wanted.customerId);
  if (customer === undefined) throw new AppError('not_granted', 'nobody granted this person anything there');
  return customer;
}

/** The person as actor at the customer, read afresh; the name is the activity's where the grants know none. */
export async function actorFor(
  { access }: Pick<BotDeps, 'access'>,
  customer: Customer,
  { identity, name }: { identity: Identity; name: string | null },
): Promise<Actor> {
  const actor = await access.actorOf(identity, customer.id);
  return { ...actor, displayName: actor.displayName ?? name };
}

/** The language to answer in. */
export function languageFor(customer: Customer, inbound: Inbound): Language {
  return inbound.language ?? customer.settings.language;
}
