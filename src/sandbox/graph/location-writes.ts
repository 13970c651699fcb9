import { randomUUID } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import type { Answer } from '../http/exchange.ts';
import { isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { type AuditFacts, auditTarget, modified } from './audit-trail.ts';
import { missingPolicy } from './conditional-access.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { badRequest, needsPremium } from './errors.ts';
import { hasP1 } from './licence.ts';
import { commit, instant, readBody } from './write.ts';

type Location = GraphObject & { id: string };

const IP_TYPE = '#microsoft.graph.ipNamedLocation';
const COUNTRY_TYPE = '#microsoft.graph.countryNamedLocation';

const named = {
  id: z.string(),
  displayName: z.string().min(1),
  createdDateTime: z.string(),
  modifiedDateTime: z.string(),
};
const cidr = z.looseObject({ '@odata.type': z.string(), cidrAddress: z.string().refine(isCidr) });

const locationSchema = z.discriminatedUnion('@odata.type', [
  z.strictObject({
    '@odata.type': z.literal(IP_TYPE),
    ...partial(named),
    displayName: named.displayName,
    isTrusted: z.boolean().default(false),
    ipRanges: z.array(cidr).min(1),
  }),
  z.strictObject({
    '@odata.type': z.literal(COUNTRY_TYPE),
    ...partial(named),
    displayName: named.displayName,
    countriesAndRegions: z.array(z.string().regex(/^[A-Z]{2}$/)).min(1),
    includeUnknownCountriesAndRegions: z.boolean().default(false),
    countryLookupMethod: z.enum(['clientIpAddress', 'authenticatorAppGps']).default('clientIpAddress'),
  }),
]);

function partial(shape: typeof named) {
  return z.object(shape).partial().shape;
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
}

/** POST /identity/conditionalAccess/namedLocations: 201. */
export function createLocation(context: GraphContext): Answer {
  if (!hasP1(context.tenant)) return needsPremium();
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const at = instant(context);
  const built = build(read.body, { id: randomUUID(), createdDateTime: at, modifiedDateTime: at });
  if (!built.ok) return built.refusal;
  keep(context, { activity: 'Add named location', after: built.location });
  const link = contextUrl(context, 'identity/conditionalAccess/namedLocations/$entity');
  return { status: 201, body: { '@odata.context': link, ...built.location } };
}

/** PATCH /identity/conditionalAccess/namedLocations/{id}: 204; the type cannot change. */
export function updateLocation(context: GraphContext): Answer {
  const before = find(context);
  if (before === undefined) return missingPolicy(context.values.id ?? '');
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const type = before['@odata.type'];
  if (read.body['@odata.type'] !== undefined && read.body['@odata.type'] !== type) {
    return badRequest('The type of a named location cannot be changed.', 'BadRequest');
  }
  const fixed = { id: before.id, createdDateTime: before.createdDateTime, modifiedDateTime: instant(context) };
  const built = build({ ...before, ...read.body }, fixed);
  if (!built.ok) return built.refusal;
  keep(context, { activity: 'Update named location', before, after: built.location });
  return { status: 204 };
}

/** DELETE /identity/conditionalAccess/namedLocations/{id}: 204; refused while a policy names it. */
export function deleteLocation(context: GraphContext): Answer {
  const before = find(context);
  if (before === undefined) return missingPolicy(context.values.id ?? '');
  const isNamed = context.tenant.tenant.conditionalAccessPolicies.some((policy) => names(policy, before.id));
  if (isNamed) return badRequest('The named location is in use by a Conditional Access policy.', 'BadRequest');
  const audit = locationAudit({ activity: 'Delete named location', before });
  commit(context, [{ type: 'list.remove', list: 'namedLocations', id: before.id }], [audit]);
  return { status: 204 };
}

function find(context: GraphContext): Location | undefined {
  return context.tenant.tenant.namedLocations.find((location) => location.id === context.values.id);
}

function names(policy: GraphObject, locationId: string): boolean {
  const conditions = isObject(policy.conditions) ? policy.conditions : {};
  const locations = isObject(conditions.locations) ? conditions.locations : {};
  return Object.values(locations).some((list) => Array.isArray(list) && list.includes(locationId));
}

type Built = { ok: true; location: Location } | { ok: false; refusal: Answer };

function build(body: GraphObject, fixed: GraphObject & { id: string }): Built {
  const bare = Object.fromEntries(Object.entries(body).filter(([name]) => name !== '@odata.context'));
  const parsed = locationSchema.safeParse(bare);
  if (parsed.success) return { ok: true, location: { ...parsed.data, ...fixed } };
  const where = parsed.error.issues[0]?.path.join('/') ?? '';
  return { ok: false, refusal: badRequest(`Invalid value specified for property '${where}'.`, 'BadRequest') };
}

type Change = { activity: string; before?: Location; after?: Location };

function keep(context: GraphContext, change: Change & { after: Location }): void {
  commit(context, [{ type: 'list.put', list: 'namedLocations', item: change.after }], [locationAudit(change)]);
}

function locationAudit(change: Change): AuditFacts {
  const location = change.after ?? change.before;
  const value = modified('NamedLocation', { from: change.before, to: change.after });
  const target = auditTarget({ id: location?.id ?? '', type: 'Policy', object: location }, [value]);
  return { activity: change.activity, category: 'Policy', service: 'Conditional Access', targets: [target] };
}
