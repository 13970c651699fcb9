import { EAS_PLATFORMS, type ValueCondition } from './client-conditions.core.ts';
import type { CompiledPolicy } from './compile-policy.core.ts';
import { AXIS, IN, leafAxis, locationsOfAtom, MANAGED_DEVICE_AXIS, OUT } from './cover-axes.core.ts';
import { type Axes, type Box, product, type Space } from './cover-space.core.ts';
import { type FilterRule, usesExtensionAttributes } from './device-filter.core.ts';
import { isHiddenPlace, trustedLocations } from './location-condition.core.ts';
import type { Outcome } from './outcome.core.ts';
import type { CompiledTenant, NamedLocation } from './tenant.core.ts';
import type { UserVerdict } from './user-condition.core.ts';

/**
 * The boxes of one policy for one person, twice: `certain` holds only what surely applies, `possible` also what could
 * apply if everything that was not read or not understood turned out in favour. Where the two give different answers
 * about a person, the answer is "unknown".
 */
export type Boxes = { readonly certain: readonly Box[]; readonly possible: readonly Box[] };

const WHOLE: readonly Axes[] = [new Map()];

/** Works out where a policy acts on a person. Empty for a policy that neither asks for MFA nor blocks. */
export function boxesOf(policy: CompiledPolicy, user: UserVerdict, context: BoxContext): Boxes {
  const { requirement } = policy.grant;
  const acts = requirement === 'mfa' || requirement === 'block';
  const doubtful = requirement === 'unknown' || requirement === 'thirdParty';
  if (!policy.isEnforced || !(acts || doubtful) || policy.standing.outcome === 'no' || user.outcome === 'no') {
    return { certain: [], possible: [] };
  }
  const effect = requirement === 'block' ? 'block' : 'mfa';
  const box = (axes: Axes): Box => ({ policyId: policy.id, effect, axes });
  const { certain, possible } = context.conditionsOf(policy);
  const roles = rolesOf(user);
  const isCertain = acts && policy.standing.outcome === 'yes' && user.outcome !== 'unknown';
  return {
    certain: isCertain ? product(certain, roles).map(box) : [],
    possible: product(possible, roles).map(box),
  };
}

export type BoxContext = {
  /** Where the conditions of a policy hold, whoever signs in. */
  conditionsOf(policy: CompiledPolicy): { readonly certain: readonly Axes[]; readonly possible: readonly Axes[] };
};

/** Prepares the conditions of every policy once. */
export function createBoxContext(
  policies: readonly CompiledPolicy[],
  space: Space,
  tenant: CompiledTenant,
): BoxContext {
  const known = new Map(
    policies.map((policy) => {
      const certain = conditionAxes(policy, { space, tenant, accepts: (outcome) => outcome === 'yes', hopes: false });
      const possible = conditionAxes(policy, { space, tenant, accepts: (outcome) => outcome !== 'no', hopes: true });
      return [policy, { certain, possible }];
    }),
  );
  return { conditionsOf: (policy) => known.get(policy) ?? { certain: [], possible: WHOLE } };
}

function rolesOf(user: UserVerdict): readonly Axes[] {
  const inactive = new Map(user.unlessActive.map((role) => [`${AXIS.role}${role}`, new Set([OUT])]));
  if (user.whenActive.length === 0) return [inactive];
  const active = user.whenActive.map((role): Axes => new Map([[`${AXIS.role}${role}`, new Set([IN])]]));
  return product(active, [inactive]);
}

type Reading = {
  readonly space: Space;
  readonly tenant: CompiledTenant;
  accepts(outcome: Outcome): boolean;
  /** Whether what is not known counts as holding. */
  readonly hopes: boolean;
};

function conditionAxes(policy: CompiledPolicy, reading: Reading): readonly Axes[] {
  const apps = { isSet: true, holdsFor: policy.target.coversApp };
  return [
    valueAxes(AXIS.app, apps, reading),
    clientAxes(policy.clientApps, reading),
    valueAxes(AXIS.platform, policy.platforms, reading),
    valueAxes(AXIS.flow, policy.flows, reading),
    valueAxes(AXIS.signInRisk, policy.signInRisk, reading),
    valueAxes(AXIS.userRisk, policy.userRisk, reading),
    valueAxes(AXIS.insiderRisk, policy.insiderRisk, reading),
    placeAxes(policy, reading),
    deviceAxes(policy, reading),
  ].reduce(product, WHOLE);
}

type Holds = Pick<ValueCondition, 'isSet' | 'holdsFor'>;

function valueAxes(axis: string, condition: Holds, { space, accepts }: Reading): readonly Axes[] {
  if (!condition.isSet) return WHOLE;
  const atoms = space.get(axis) ?? [];
  const held = atoms.filter((atom) => accepts(condition.holdsFor(atom)));
  if (held.length === atoms.length) return WHOLE;
  return held.length === 0 ? [] : [new Map([[axis, new Set(held)]])];
}

function clientAxes(clientApps: ValueCondition, reading: Reading): readonly Axes[] {
  const plain = valueAxes(AXIS.client, clientApps, {
    ...reading,
    accepts: (outcome) => outcome !== 'conditional' && reading.accepts(outcome),
  });
  if (clientApps.holdsFor('exchangeactivesync') !== 'conditional') return plain;
  const supported: Axes = new Map([
    [AXIS.client, new Set(['exchangeactivesync'])],
    [AXIS.platform, EAS_PLATFORMS],
  ]);
  return [...plain, supported];
}

function placeAxes({ locations }: CompiledPolicy, reading: Reading): readonly Axes[] {
  if (!locations.isSet) return WHOLE;
  if (locations.strange.length > 0) return reading.hopes ? WHOLE : [];
  const inside = locations.include.includes('all')
    ? WHOLE
    : locations.include.flatMap((place) => axesOfPlace(place, IN, reading));
  return locations.exclude.map((place) => axesOfPlace(place, OUT, reading)).reduce(product, inside);
}

type Side = typeof IN | typeof OUT;

function axesOfPlace(place: string, side: Side, reading: Reading): readonly Axes[] {
  const { tenant, hopes } = reading;
  if (place === 'all') return side === IN ? WHOLE : [];
  // Nothing was read about places: an exclusion may let out everybody or nobody.
  if (tenant.locations === null) return hopes ? WHOLE : [];
  const ids = place === 'alltrusted' ? (trustedLocations(tenant) ?? []) : [place];
  const isOther = (id: string) => isHiddenPlace(id) || tenant.locations?.get(id)?.kind === 'other';
  const parts = [
    axesOfNamed(
      ids.filter((id) => !isOther(id)),
      side,
      reading,
    ),
    ...ids
      .filter((id) => isOther(id) || hasUnreadRange(tenant.locations?.get(id)))
      .map((id) => [new Map([[`${AXIS.place}${id}`, new Set([side])]])]),
  ];
  return side === IN ? parts.flat() : parts.reduce(product, WHOLE);
}

/** What of a location cannot be read is a yes-or-no axis of its own. */
function hasUnreadRange(location: NamedLocation | undefined): boolean {
  return location?.kind === 'ip' && location.hasMore;
}

/** Several ids are the trusted IP locations; a country stands alone. */
function axesOfNamed(ids: readonly string[], side: Side, reading: Reading): readonly Axes[] {
  const location = reading.tenant.locations?.get(ids[0] ?? '');
  if (location === undefined || location.kind === 'other') return side === IN ? [] : WHOLE;
  if (location.kind === 'ip')
    return atomAxes(AXIS.ip, side, {
      reading,
      isInside: (atom) => locationsOfAtom(atom).some((id) => ids.includes(id)),
    });
  const isInside = (atom: string) => (atom === '' ? location.includesUnknown : location.countries.has(atom));
  return atomAxes(location.isByGps ? AXIS.gpsCountry : AXIS.country, side, { reading, isInside });
}

function atomAxes(
  axis: string,
  side: Side,
  place: { reading: Reading; isInside(atom: string): boolean },
): readonly Axes[] {
  const atoms = place.reading.space.get(axis) ?? [];
  const held = atoms.filter((atom) => place.isInside(atom) === (side === IN));
  return held.length === 0 ? [] : [new Map([[axis, new Set(held)]])];
}

/** A rule with more ways to hold than this is treated as not understood. */
const TERMS_MAX = 64;

function deviceAxes({ devices }: CompiledPolicy, { hopes }: Reading): readonly Axes[] {
  if (!devices.isSet) return WHOLE;
  const terms = devices.rule === null ? null : termsOf(devices.rule, devices.mode === 'include');
  if (terms === null || devices.rule === null) return hopes ? WHOLE : [];
  const hangsOnManagement = !hopes && devices.mode === 'include' && usesExtensionAttributes(devices.rule);
  return hangsOnManagement ? terms.map(onManagedDevices) : terms;
}

/** A rule that holds for want of an extension attribute is certain only where the device can carry one. */
function onManagedDevices(term: Axes): Axes {
  const hasOne = [...term].some(([axis, atoms]) => axis.startsWith(EXTENSION_AXIS) && atoms.has(IN));
  return hasOne ? term : new Map([...term, [MANAGED_DEVICE_AXIS, new Set([IN])]]);
}

const EXTENSION_AXIS = `${AXIS.device}extensionattribute`;

/** The ways in which a rule holds, or with `wanted` false does not hold; null when there are too many. */
function termsOf(rule: FilterRule, wanted: boolean): readonly Axes[] | null {
  if (rule.kind === 'leaf') return [new Map([[leafAxis(rule), new Set([wanted ? IN : OUT])]])];
  if (rule.kind === 'not') return termsOf(rule.part, !wanted);
  const parts = rule.parts.map((part) => termsOf(part, wanted));
  const isUnion = (rule.kind === 'or') === wanted;
  let terms: readonly Axes[] = isUnion ? [] : WHOLE;
  for (const part of parts) {
    if (part === null) return null;
    terms = isUnion ? [...terms, ...part] : product(terms, part);
    if (terms.length > TERMS_MAX) return null;
  }
  return terms;
}
