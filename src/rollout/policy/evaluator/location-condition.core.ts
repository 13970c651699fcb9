import { isEmpty, isWordForSet, objectOf, strangeMembers, textsOf } from '../graph-json.core.ts';
import { isInRange, parseIp } from './ip-address.core.ts';
import { allOf, anyOf, notOf, type Outcome, type Verdict } from './outcome.core.ts';
import type { SignIn } from './sign-in.core.ts';
import type { CompiledTenant, NamedLocation } from './tenant.core.ts';

/**
 * From where. `All` is every address, `AllTrusted` the locations marked as trusted; exclusion wins. Whether an
 * exclusion of `AllTrusted` lets anybody out is decided by the named locations known: a tenant without a trusted
 * location excludes nobody. A country is found by the address or by the position of a telephone, and the two can
 * differ. Source: "Conditional Access: Network assignment".
 */
export type LocationCondition = {
  match(signIn: SignIn): Verdict;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly isSet: boolean;
  readonly strange: readonly string[];
  /** Named locations that no longer exist. */
  readonly unresolved: readonly string[];
};

/** The place that stands for the trusted addresses of the old MFA service settings, which no API shows. */
export const MFA_TRUSTED_IPS = '00000000-0000-0000-0000-000000000000';

const UNDERSTOOD: ReadonlySet<string> = new Set(['includeLocations', 'excludeLocations']);
const WORDS: ReadonlySet<string> = new Set(['all', 'alltrusted']);

/** Compiles `conditions.locations`. A place that cannot be resolved because nothing was read makes answers unknown. */
export function compileLocationCondition(value: unknown, tenant: CompiledTenant): LocationCondition {
  const members = objectOf(value) ?? {};
  const strange =
    objectOf(value) === null && !isEmpty(value) ? ['locations'] : [...strangeMembers(members, UNDERSTOOD)];
  const list = (key: string) => {
    const texts = textsOf(members[key]);
    if (texts === null) strange.push(key);
    return texts ?? [];
  };
  const include = list('includeLocations');
  const exclude = list('excludeLocations');
  if (include.length === 0 && exclude.length > 0) strange.push('locations without an inclusion');
  const isSet = include.length + exclude.length + strange.length > 0;
  const unresolved = tenant.locations === null ? [] : [...include, ...exclude].filter((id) => isUnresolved(id, tenant));
  return {
    include,
    exclude,
    isSet,
    strange,
    unresolved: unresolved.map((id) => `named location ${id}`),
    match: (signIn) => {
      if (!isSet) return { outcome: 'yes', reason: 'from anywhere' };
      if (strange.length > 0) return { outcome: 'unknown', reason: `the ${strange.join(', ')} are not understood` };
      return matchLocation(signIn, { include, exclude, tenant });
    },
  };
}

function isUnresolved(id: string, tenant: CompiledTenant): boolean {
  return !WORDS.has(id) && !isHiddenPlace(id) && tenant.locations?.has(id) === false;
}

/** Whether a place (in lower case) is none that can be read: the old service settings, or a word that came later. */
export function isHiddenPlace(place: string): boolean {
  return place === MFA_TRUSTED_IPS || isWordForPlaces(place);
}

function isWordForPlaces(place: string): boolean {
  return !WORDS.has(place) && isWordForSet(place);
}

/**
 * The named locations marked as trusted, those of a kind not known (a compliant network) among them; null when named
 * locations were not read.
 */
export function trustedLocations(tenant: CompiledTenant): readonly string[] | null {
  if (tenant.locations === null) return null;
  return [...tenant.locations].flatMap(([id, location]) =>
    location.kind !== 'country' && location.isTrusted ? [id] : [],
  );
}

type Places = {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly tenant: CompiledTenant;
};

function matchLocation(signIn: SignIn, { include, exclude, tenant }: Places): Verdict {
  const excluded = anyOf(exclude.map((place) => isAt(place, signIn, tenant)));
  const included = anyOf(include.map((place) => isAt(place, signIn, tenant)));
  const outcome = allOf([included, notOf(excluded)]);
  switch (outcome) {
    case 'yes':
      return { outcome, reason: include.includes('all') ? 'from this place' : 'from this named location' };
    case 'no':
      return { outcome, reason: excluded === 'yes' ? 'the location is excluded' : 'not from an included location' };
    case 'conditional':
      return { outcome, reason: 'depends on the location, which was not given' };
    case 'unknown':
      return { outcome, reason: 'the location cannot be judged, because named locations were not read or understood' };
  }
}

function isAt(place: string, signIn: SignIn, tenant: CompiledTenant): Outcome {
  if (place === 'all') return 'yes';
  if (place === 'alltrusted') return isTrusted(signIn, tenant);
  const known = signIn.namedLocationIds;
  if (known !== null && known !== undefined) return known.some((id) => id.toLowerCase() === place) ? 'yes' : 'no';
  if (isWordForPlaces(place)) return 'unknown';
  if (place === MFA_TRUSTED_IPS) return signIn.trusted === false ? 'no' : 'unknown';
  const location = tenant.locations?.get(place);
  if (location !== undefined) return isAtLocation(location, signIn);
  return tenant.locations === null ? 'unknown' : 'no';
}

function isTrusted(signIn: SignIn, tenant: CompiledTenant): Outcome {
  if (typeof signIn.trusted === 'boolean') return signIn.trusted ? 'yes' : 'no';
  const trusted = trustedLocations(tenant);
  if (trusted === null) return 'unknown';
  return anyOf(trusted.map((id) => isAt(id, signIn, tenant)));
}

function isAtLocation(location: NamedLocation, signIn: SignIn): Outcome {
  switch (location.kind) {
    case 'ip':
      return isInRanges(location, signIn);
    case 'country':
      return isInCountries(location, location.isByGps ? signIn.gpsCountry : signIn.country);
    case 'other':
      return location.isTrusted && signIn.trusted === false ? 'no' : 'unknown';
  }
}

function isInRanges(location: NamedLocation & { kind: 'ip' }, signIn: SignIn): Outcome {
  if (location.isTrusted && signIn.trusted === false) return 'no';
  if (typeof signIn.ipAddress !== 'string') return 'conditional';
  const address = parseIp(signIn.ipAddress);
  if (address === null) return 'unknown';
  if (location.ranges.some((range) => isInRange(address, range))) return 'yes';
  return location.hasMore ? 'unknown' : 'no';
}

function isInCountries(location: NamedLocation & { kind: 'country' }, country: SignIn['country']): Outcome {
  if (typeof country !== 'string') return 'conditional';
  const isInside = country === '' ? location.includesUnknown : location.countries.has(country.toLowerCase());
  return isInside ? 'yes' : 'no';
}
