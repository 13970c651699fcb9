import { RISK_LEVELS } from './client-conditions.core.ts';
import type { CompiledPolicy } from './compile-policy.core.ts';
import type { Space } from './cover-space.core.ts';
import type { FilterLeaf, FilterRule } from './device-filter.core.ts';
import type { IpRange } from './ip-address.core.ts';
import { MFA_TRUSTED_IPS, trustedLocations } from './location-condition.core.ts';
import { appAtoms } from './target-condition.core.ts';
import type { CompiledTenant, NamedLocation } from './tenant.core.ts';

/**
 * Which sign-ins the policies of a tenant can tell apart: the atoms of every axis, worked out from what the policies
 * mention. An application, a country or an address nobody mentions stands for all the others like it.
 */
const OTHER = '*';

/** Names of the axes; a yes-or-no axis (a place, a device attribute, a role) carries its id behind the colon. */
export const AXIS = {
  app: 'app',
  client: 'client',
  platform: 'platform',
  ip: 'ip',
  country: 'country',
  gpsCountry: 'gpsCountry',
  flow: 'flow',
  signInRisk: 'signInRisk',
  userRisk: 'userRisk',
  insiderRisk: 'insiderRisk',
  place: 'place:',
  device: 'device:',
  role: 'role:',
} as const;

/** Atoms of a yes-or-no axis. */
export const IN = 'in';
export const OUT = 'out';

const FIXED: readonly (readonly [string, readonly string[]])[] = [
  [AXIS.client, ['browser', 'mobileappsanddesktopclients', 'exchangeactivesync', 'other']],
  [AXIS.platform, ['android', 'ios', 'windows', 'windowsphone', 'macos', 'linux', OTHER]],
  [AXIS.flow, ['none', 'devicecodeflow', 'authenticationtransfer']],
  [AXIS.signInRisk, RISK_LEVELS],
  [AXIS.userRisk, RISK_LEVELS],
  [AXIS.insiderRisk, ['none', 'minor', 'moderate', 'elevated']],
];

/** Builds the space for these policies. */
export function spaceOf(policies: readonly CompiledPolicy[], tenant: CompiledTenant): Space {
  const space = new Map<string, readonly string[]>(FIXED);
  const apps = [OTHER, ...policies.flatMap((policy) => policy.target.mentioned), ...tenant.apps.keys()];
  space.set(AXIS.app, appAtoms(apps));
  const places = new Set(policies.flatMap(({ locations }) => [...locations.include, ...locations.exclude]));
  const named = [...places].flatMap((place) => namedPlaces(place, tenant));
  space.set(AXIS.ip, ipAtoms(named));
  space.set(AXIS.country, countryAtoms(named, false));
  space.set(AXIS.gpsCountry, countryAtoms(named, true));
  for (const place of [...places, ...named.map(([id]) => id)]) space.set(`${AXIS.place}${place}`, [IN, OUT]);
  space.set(MANAGED_DEVICE_AXIS, [IN, OUT]);
  for (const { devices } of policies) {
    for (const leaf of devices.rule === null ? [] : leavesOf(devices.rule)) space.set(leafAxis(leaf), [IN, OUT]);
  }
  return space;
}

/** The axis of a device's being managed, compliant or hybrid joined, without which it carries no extension attributes. */
export const MANAGED_DEVICE_AXIS = `${AXIS.device}managed`;

/** The axis of a device attribute compared with a value; the same comparison is the same axis in every policy. */
export function leafAxis(leaf: FilterLeaf): string {
  return `${AXIS.device}${leaf.attribute} ${leaf.operator} ${JSON.stringify([...leaf.values].sort())}`;
}

function leavesOf(rule: FilterRule): readonly FilterLeaf[] {
  if (rule.kind === 'leaf') return [rule];
  return rule.kind === 'not' ? leavesOf(rule.part) : rule.parts.flatMap(leavesOf);
}

type NamedPlace = readonly [string, NamedLocation];

function namedPlaces(place: string, tenant: CompiledTenant): readonly NamedPlace[] {
  const ids = place === 'alltrusted' ? (trustedLocations(tenant) ?? []) : [place];
  return ids.flatMap((id): readonly NamedPlace[] => {
    const location = id === MFA_TRUSTED_IPS ? undefined : tenant.locations?.get(id);
    return location === undefined ? [] : [[id, location]];
  });
}

function countryAtoms(places: readonly NamedPlace[], isByGps: boolean): readonly string[] {
  const codes = places.flatMap(([, location]) =>
    location.kind === 'country' && location.isByGps === isByGps ? [...location.countries] : [],
  );
  // The empty text is an address that maps to no country.
  return [...new Set([...codes, '', OTHER])];
}

/** Names of the sets of IP locations that share an address; each set is one atom. */
export function locationsOfAtom(atom: string): readonly string[] {
  return atom === '' ? [] : atom.split(' ');
}

type Edge = { readonly at: bigint; readonly id: string; readonly step: 1 | -1 };

function ipAtoms(places: readonly NamedPlace[]): readonly string[] {
  const atoms = new Set(['']);
  const seen = new Map(places);
  for (const bits of [32, 128] as const) {
    const ranges = [...seen].flatMap(([id, location]) =>
      location.kind === 'ip'
        ? location.ranges.filter((range) => range.bits === bits).map((range) => ({ id, range }))
        : [],
    );
    for (const atom of sweep(ranges)) atoms.add(atom);
  }
  return [...atoms];
}

/** Walks over all borders once and notes which locations overlap between two of them. */
function sweep(ranges: readonly { readonly id: string; readonly range: IpRange }[]): ReadonlySet<string> {
  const edges = ranges
    .flatMap(({ id, range }): readonly Edge[] => [
      { at: range.first, id, step: 1 },
      { at: range.last + 1n, id, step: -1 },
    ])
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const atoms = new Set<string>();
  const depth = new Map<string, number>();
  for (const [index, edge] of edges.entries()) {
    depth.set(edge.id, (depth.get(edge.id) ?? 0) + edge.step);
    if (edges[index + 1]?.at === edge.at) continue;
    const inside = [...depth].flatMap(([id, count]) => (count > 0 ? [id] : []));
    atoms.add(inside.sort().join(' '));
  }
  return atoms;
}
