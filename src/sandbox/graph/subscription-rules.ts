/**
 * What may be subscribed to, for how long and by whom. Figures: "Subscription lifetime" and the quotas of users and
 * groups; rights are those of reading the resource. Of what Graph tells, users and groups are told here.
 */
import type { StoredSubscription } from '../state/kept.ts';
import type { GraphObject } from '../world/world.ts';
import type { GraphContext } from './context.ts';

const MINUTE_MS = 60_000;
const LIFE_MINUTES = 41_760;
const CLIENT_STATE_MAX = 128;
const PER_APP_MAX = 100;
const PER_TENANT_MAX = 1_000;

const USERS = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const GROUPS = [
  'GroupMember.Read.All',
  'Group.Read.All',
  'Group.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];

/** A resource by its address: which objects it is about, whether about their members alone, and who may read it. */
type Subscribed = { kind: 'user' | 'group'; id: string | null; isMembers: boolean; rights: readonly string[] };

/** Reads the address of a resource; null for one that Graph tells nothing about. */
export function subscribedOf(resource: string): Subscribed | null {
  const [collection = '', id = null, part = null, ...rest] = resource.replace(/^\//, '').split('/');
  if (rest.length > 0 || id === '' || (part !== null && part !== 'members')) return null;
  if (collection === 'users' && part === null) return { kind: 'user', id, isMembers: false, rights: USERS };
  return collection === 'groups' ? { kind: 'group', id, isMembers: part !== null, rights: GROUPS } : null;
}

const CHANGES = new Set(['created', 'updated', 'deleted']);

/** Why a subscription cannot be made as it was sent; null where it can, but for the address that is yet to answer. */
export function flawOf(body: GraphObject, now: number): string | null {
  const { changeType, resource, clientState } = body;
  const kinds = typeof changeType === 'string' ? changeType.split(',') : [];
  if (kinds.length === 0 || kinds.some((kind) => !CHANGES.has(kind))) return 'The changeType is missing or not known.';
  if (typeof resource !== 'string' || subscribedOf(resource) === null) {
    return `Subscriptions are not supported for the resource '${String(resource)}'.`;
  }
  const isStateFit = typeof (clientState ?? '') === 'string' && String(clientState ?? '').length <= CLIENT_STATE_MAX;
  if (!isStateFit) return `The clientState must be a text of ${CLIENT_STATE_MAX} characters at most.`;
  return addressFlaw(body) ?? lifeFlaw(body.expirationDateTime, now);
}

/** Lifecycle notifications go to the host of the others. */
function addressFlaw({ notificationUrl, lifecycleNotificationUrl }: GraphObject): string | null {
  const own = typeof notificationUrl === 'string' ? URL.parse(notificationUrl) : null;
  if (own === null) return 'The notificationUrl must be an address.';
  if (lifecycleNotificationUrl === undefined) return null;
  const life = typeof lifecycleNotificationUrl === 'string' ? URL.parse(lifecycleNotificationUrl) : null;
  return life?.host === own.host ? null : 'The lifecycleNotificationUrl must be on the host of the notificationUrl.';
}

/** Why a subscription cannot live until then; null where it can. */
export function lifeFlaw(until: unknown, now: number): string | null {
  const at = typeof until === 'string' ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(at) || at <= now) return 'The expirationDateTime must be an instant to come.';
  const isTooLong = at > now + LIFE_MINUTES * MINUTE_MS;
  return isTooLong ? `Subscription expiration can only be ${LIFE_MINUTES} minutes in the future.` : null;
}

/** The subscriptions that still stand. */
export function standing(context: Pick<GraphContext, 'tenant' | 'now'>): StoredSubscription[] {
  return [...context.tenant.kept.subscriptions.values()].filter((one) => isStanding(one, context.now));
}

/** Whether a subscription has neither run out nor been removed. */
export function isStanding({ expirationDateTime, told }: StoredSubscription, now: number): boolean {
  return Date.parse(expirationDateTime) > now && told !== 'subscriptionRemoved';
}

/** Whether one more would be too many, for the application or for the tenant. */
export function isFull(context: GraphContext): boolean {
  const all = standing(context);
  return all.length >= PER_TENANT_MAX || all.filter(({ appId }) => appId === context.appId).length >= PER_APP_MAX;
}
