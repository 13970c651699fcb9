/**
 * From where the sign-in comes.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-assignment-network
 * https://learn.microsoft.com/graph/api/resources/conditionalaccesslocations
 */
import type { GraphObject, Tenant } from '../world/world.ts';
import { type Answer, anyOf, type Finding, inScope, notGiven, notUnderstood, yesIf } from './answers.ts';
import { isWithin, parseAddress, parseEnds, parseRange, type Range } from './network.ts';
import type { Circumstances } from './sign-in.ts';
import { isCollectiveWord, isObject, objectAt, textAt, unknownKeys, wordsAt } from './wire.ts';

/** The "MFA Trusted IPs" of the multifactor service settings, a list that Graph does not give. */
const MFA_TRUSTED_IPS = '00000000-0000-0000-0000-000000000000';

/** Whether the sign-in comes from where the policy is about: "policies apply to all locations by default". */
export function locationFinding(conditions: GraphObject, place: Circumstances, tenant: Tenant): Finding {
  const locations = objectAt(conditions, 'locations');
  const open = unknownKeys(locations, ['includeLocations', 'excludeLocations']);
  if (open.length > 0) return { answer: notUnderstood(`locations.${open.join()}`), reason: 'location' };
  const included = wordsAt(locations, 'includeLocations');
  const excluded = wordsAt(locations, 'excludeLocations');
  if (included.length === 0 && excluded.length === 0) return { answer: 'yes', reason: 'location' };
  // A condition that includes nothing and excludes something cannot be built in the admin center, and no page says
  // whether it then holds nowhere or everywhere else.
  if (included.length === 0) return { answer: notUnderstood('locations.includeLocations'), reason: 'location' };
  const isAt = (entry: string): Answer => entryAnswer(entry, place, tenant);
  return { answer: inScope(anyOf(included.map(isAt)), anyOf(excluded.map(isAt))), reason: 'location' };
}

function entryAnswer(entry: string, place: Circumstances, tenant: Tenant): Answer {
  // "Any location causes a policy to apply to all IP addresses, which means any address on the Internet."
  if (entry === 'all') return 'yes';
  if (entry === MFA_TRUSTED_IPS) return notUnderstood('MFA Trusted IPs');
  if (entry === 'alltrusted') {
    const trusted = tenant.namedLocations.filter((location) => location.isTrusted === true);
    return anyOf(trusted.map((location) => namedLocationAnswer(location, place)));
  }
  if (isCollectiveWord(entry)) return notUnderstood(entry);
  const location = tenant.namedLocations.find((candidate) => candidate.id.toLowerCase() === entry);
  return location === undefined ? 'no' : namedLocationAnswer(location, place);
}

function namedLocationAnswer(location: GraphObject, place: Circumstances): Answer {
  switch (textAt(location, '@odata.type') ?? '') {
    case '#microsoft.graph.ipNamedLocation':
      return addressAnswer(location, place.ipAddress);
    case '#microsoft.graph.countryNamedLocation':
      return countryAnswer(location, place);
    default:
      return notUnderstood(`namedLocation ${textAt(location, '@odata.type') ?? 'without @odata.type'}`);
  }
}

function addressAnswer(location: GraphObject, ipAddress: string | null | undefined): Answer {
  if (ipAddress === undefined) return notGiven('ipAddress');
  if (ipAddress === null) return 'no';
  const address = parseAddress(ipAddress);
  if (address === null) return notUnderstood(`ipAddress ${ipAddress}`);
  const ranges: readonly unknown[] = Array.isArray(location.ipRanges) ? location.ipRanges : [];
  return anyOf(
    ranges.map((entry) => {
      const range = isObject(entry) ? rangeOf(entry) : null;
      return range === null ? notUnderstood('ipRange') : yesIf(isWithin(address, range));
    }),
  );
}

/** The types of https://learn.microsoft.com/graph/api/resources/iprange; null for one that came later or is broken. */
function rangeOf(entry: GraphObject): Range | null {
  const cidr = textAt(entry, 'cidrAddress');
  if (cidr !== null) return parseRange(cidr);
  return parseEnds(textAt(entry, 'lowerAddress') ?? '', textAt(entry, 'upperAddress') ?? '');
}

/** https://learn.microsoft.com/graph/api/resources/countrynamedlocation, `countryLookupMethod` */
const LOOKUPS: readonly string[] = ['clientIpAddress', 'authenticatorAppGps'];

/** "Some IP addresses don't map to a specific country or region": the location says whether it includes those. */
function countryAnswer(location: GraphObject, place: Circumstances): Answer {
  const lookup = textAt(location, 'countryLookupMethod') ?? 'clientIpAddress';
  if (!LOOKUPS.includes(lookup)) return notUnderstood(`countryLookupMethod ${lookup}`);
  const isByGps = lookup === 'authenticatorAppGps';
  const country = isByGps ? place.gpsCountry : place.country;
  if (country === undefined) return notGiven(isByGps ? 'gpsCountry' : 'country');
  if (country !== null) return yesIf(wordsAt(location, 'countriesAndRegions').includes(country.toLowerCase()));
  const hasUnmappedAddress = place.ipAddress !== null;
  return yesIf(location.includeUnknownCountriesAndRegions === true && hasUnmappedAddress);
}
