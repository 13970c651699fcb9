/**
 * How a policy differs from what is live, in what it means: order, doubles, null, empty lists, absent members and keys
 * nobody declared say nothing. Graph fills every list with [] and every object with null, and beta adds keys of its own.
 * Declared members: conditionalAccessPolicy in Graph's v1.0 metadata.
 */
import type { Json } from '../../lib/canonical-json.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { flagsOf, type JsonObject, objectOf } from './graph-json.core.ts';

export type PolicyDifference = {
  /** Name of the managed policy. */
  policy: string;
  /** Where in the policy, for example `conditions.users.includeGroups`. */
  path: string;
  /** What is live; null where nothing is. */
  from: Json;
  /** What the draft says; null where it says nothing. */
  to: Json;
  words: string;
};

/** What a declared member holds: a plain value, a set of texts, flags in one text, or an object of further members. */
type Shape = 'value' | 'set' | 'flags' | { readonly [member: string]: Shape };

const FILTER: Shape = { mode: 'value', rule: 'value' };
const GUESTS: Shape = {
  guestOrExternalUserTypes: 'flags',
  externalTenants: { membershipKind: 'value', members: 'set' },
};

const POLICY: Shape = {
  displayName: 'value',
  state: 'value',
  conditions: {
    users: {
      includeUsers: 'set',
      excludeUsers: 'set',
      includeGroups: 'set',
      excludeGroups: 'set',
      includeRoles: 'set',
      excludeRoles: 'set',
      includeGuestsOrExternalUsers: GUESTS,
      excludeGuestsOrExternalUsers: GUESTS,
    },
    applications: {
      includeApplications: 'set',
      excludeApplications: 'set',
      includeUserActions: 'set',
      includeAuthenticationContextClassReferences: 'set',
      applicationFilter: FILTER,
    },
    clientAppTypes: 'set',
    clientApplications: {
      includeServicePrincipals: 'set',
      excludeServicePrincipals: 'set',
      servicePrincipalFilter: FILTER,
    },
    locations: { includeLocations: 'set', excludeLocations: 'set' },
    platforms: { includePlatforms: 'set', excludePlatforms: 'set' },
    devices: { deviceFilter: FILTER },
    authenticationFlows: { transferMethods: 'flags' },
    signInRiskLevels: 'set',
    userRiskLevels: 'set',
    servicePrincipalRiskLevels: 'set',
    insiderRiskLevels: 'flags',
  },
  grantControls: {
    operator: 'value',
    builtInControls: 'set',
    customAuthenticationFactors: 'set',
    termsOfUse: 'set',
    authenticationStrength: { id: 'value' },
  },
  sessionControls: {
    disableResilienceDefaults: 'value',
    applicationEnforcedRestrictions: { isEnabled: 'value' },
    cloudAppSecurity: { isEnabled: 'value', cloudAppSecurityType: 'value' },
    persistentBrowser: { isEnabled: 'value', mode: 'value' },
    secureSignInSession: { isEnabled: 'value' },
    signInFrequency: {
      isEnabled: 'value',
      value: 'value',
      type: 'value',
      authenticationType: 'value',
      frequencyInterval: 'value',
    },
  },
};

/** What a member means, for comparing, and as it is written, for showing. */
type Said = { meaning: Json; shown: Json };

/** Every declared member that says something, by its path; sets sorted and without doubles. */
function meaningOf(policy: JsonObject): ReadonlyMap<string, Said> {
  const found = new Map<string, Said>();
  collect(policy, { shape: POLICY, path: '' }, found);
  // Every client is what an unset condition means; Graph writes it out.
  const clients = found.get('conditions.clientAppTypes')?.meaning;
  if (Array.isArray(clients) && clients.includes('all')) found.delete('conditions.clientAppTypes');
  return found;
}

/** What a policy means, as a value that is equal for policies that mean the same. */
export function canonicalMeaning(policy: JsonObject): Json {
  const members = [...meaningOf(policy)].sort(([a], [b]) => (a < b ? -1 : 1));
  return members.map(([path, { meaning }]): Json => [path, meaning]);
}

function collect(value: unknown, at: { shape: Shape; path: string }, found: Map<string, Said>): void {
  const { shape, path } = at;
  if (value === null || value === undefined) return;
  if (typeof shape === 'string') {
    const said = leafOf(value, shape);
    if (said !== null) found.set(path, said);
    return;
  }
  const members = objectOf(value);
  if (members === null) {
    found.set(path, plain(value));
    return;
  }
  for (const [name, inner] of Object.entries(shape)) {
    collect(members[name], { shape: inner, path: path === '' ? name : `${path}.${name}` }, found);
  }
}

function plain(value: unknown): Said {
  const json = asJson(value);
  return { meaning: json, shown: json };
}

function leafOf(value: unknown, shape: 'value' | 'set' | 'flags'): Said | null {
  if (shape === 'value') return value === '' ? null : plain(value);
  const texts = shape === 'flags' ? flagsOf(value) : Array.isArray(value) ? (value as unknown[]).map(entryOf) : null;
  // A value of another form than declared is told as it stands.
  if (texts === null) return plain(value);
  // Ids are the same in upper and lower case, and so are Graph's words.
  const set = new Map([...texts].sort().map((text) => [text.toLowerCase(), text]));
  const sorted = [...set].sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length === 0) return null;
  return { meaning: sorted.map(([meaning]) => meaning), shown: sorted.map(([, text]) => text) };
}

function entryOf(value: unknown): string {
  return typeof value === 'string' ? value.toWellFormed() : canonicalJson(asJson(value));
}

/** What came as JSON; half characters, which canonical JSON refuses, are replaced. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value).toWellFormed(), (_key, member: unknown) =>
    typeof member === 'string' ? member.toWellFormed() : member,
  ) as Json;
}

const NOTHING: Said = { meaning: null, shown: null };

export type DifferenceInput = {
  policy: string;
  /** What is live; null when the policy is new. */
  live: JsonObject | null;
  draft: JsonObject;
  /** How a group is called. */
  nameOf(reference: string): string;
};

/** Every member that means something else than what is live, in the order of the metadata; none when they mean the same. */
export function differenceOf({ policy, live, draft, nameOf }: DifferenceInput): PolicyDifference[] {
  const before = live === null ? new Map<string, Said>() : meaningOf(live);
  const after = meaningOf(draft);
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [was, will] = [before.get(path) ?? NOTHING, after.get(path) ?? NOTHING];
    if (canonicalJson(was.meaning) === canonicalJson(will.meaning)) return [];
    const [from, to] = [was.shown, will.shown];
    return [{ policy, path, from, to, words: wordsOf(path, { from, to, nameOf }) }];
  });
}

type Step = { from: Json; to: Json; nameOf(reference: string): string };

function wordsOf(path: string, { from, to, nameOf }: Step): string {
  const what = LABELS.get(path) ?? path;
  const named = (value: Json) => (typeof value === 'string' ? nameOf(value) : canonicalJson(value));
  if (isList(from ?? []) && isList(to ?? [])) {
    const [before, after] = [listOf(from), listOf(to)];
    const [had, has] = [new Set(before.map(lower)), new Set(after.map(lower))];
    const added = after.filter((entry) => !had.has(lower(entry))).map(named);
    const removed = before.filter((entry) => !has.has(lower(entry))).map(named);
    const parts = [
      ...(added.length > 0 ? [`adds ${added.join(', ')}`] : []),
      ...(removed.length > 0 ? [`takes out ${removed.join(', ')}`] : []),
    ];
    return `${what}: ${parts.join('; ')}`;
  }
  if (from === null) return `${what}: ${named(to)}`;
  return to === null ? `${what}: no longer ${named(from)}` : `${what}: ${named(to)} instead of ${named(from)}`;
}

function lower(entry: Json): string {
  return String(entry).toLowerCase();
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function listOf(value: Json): readonly Json[] {
  return isList(value) ? value : [];
}

const LABELS: ReadonlyMap<string, string> = new Map([
  ['displayName', 'name'],
  ['state', 'state'],
  ['conditions.users.includeUsers', 'for these users'],
  ['conditions.users.excludeUsers', 'not for these users'],
  ['conditions.users.includeGroups', 'for these groups'],
  ['conditions.users.excludeGroups', 'not for these groups'],
  ['conditions.users.includeRoles', 'for these roles'],
  ['conditions.users.excludeRoles', 'not for these roles'],
  ['conditions.applications.includeApplications', 'for these applications'],
  ['conditions.applications.excludeApplications', 'not for these applications'],
  ['conditions.clientAppTypes', 'for these clients'],
  ['conditions.locations.includeLocations', 'from these places'],
  ['conditions.locations.excludeLocations', 'not from these places'],
  ['conditions.platforms.includePlatforms', 'on these platforms'],
  ['conditions.platforms.excludePlatforms', 'not on these platforms'],
  ['grantControls.builtInControls', 'asks for'],
  ['grantControls.operator', 'controls are joined by'],
  ['grantControls.authenticationStrength.id', 'authentication strength'],
]);
