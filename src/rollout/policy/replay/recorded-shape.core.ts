/**
 * What of a recorded sign-in can bear on any of the policies, without who signed in. Sign-ins that no policy can tell
 * apart share one shape, so that a month of a large tenant is judged a few hundred times and not millions of times.
 */
import type { CompiledPolicy } from '../evaluator/compile-policy.core.ts';
import type { FilterRule } from '../evaluator/device-filter.core.ts';
import { isInRange, parseIp } from '../evaluator/ip-address.core.ts';
import type { DeviceFacts, SignIn } from '../evaluator/sign-in.core.ts';
import type { CompiledTenant } from '../evaluator/tenant.core.ts';
import { objectOf, textOf } from '../graph-json.core.ts';
import {
  clientTypeOf,
  flowOf,
  isBackground,
  type LogRow,
  platformOf,
  riskOf,
  type Speechless,
  speechlessOf,
} from './recorded-sign-in.core.ts';

export type Shape = {
  /**
   * The sign-in without its user, once for the client and once for the resource it reached for: a policy may name
   * either, and the log does not say which of the two counted.
   */
  readonly signIns: readonly SignIn[];
  readonly speechless: Speechless | null;
  /** `clientAppUsed`, or the OAuth flow that shows nobody a prompt. */
  readonly client: string;
  readonly isOlderClient: boolean;
};

/** Which facts any of the policies looks at; the others are left out of the shape. */
type Looks = {
  readonly places: boolean;
  readonly devices: boolean;
  /** Whether a filter asks for the one device it is: then no two devices are alike. */
  readonly eachDevice: boolean;
};

/** Prepares the shapes for these policies. The function returned gives equal rows the same object. */
export function createShapes(policies: readonly CompiledPolicy[], tenant: CompiledTenant): (row: LogRow) => Shape {
  const asked = policies.filter(({ standing }) => standing.outcome !== 'no');
  const looks: Looks = {
    places: asked.some(({ locations }) => locations.isSet),
    devices: asked.some(({ devices }) => devices.isSet),
    eachDevice: asked.some(({ devices }) => namesOneDevice(devices.rule)),
  };
  const placeOf = createPlaces(tenant);
  const known = new Map<string, Shape>();
  return (row) => {
    const address = looks.places ? placeOf(textOf(row.ipAddress)) : null;
    const key = keyOf(row, looks, address);
    const found = known.get(key);
    if (found !== undefined) return found;
    const shape = shapeOf(row, looks, address);
    known.set(key, shape);
    return shape;
  };
}

function namesOneDevice(rule: FilterRule | null): boolean {
  if (rule === null) return false;
  if (rule.kind === 'leaf') return rule.attribute === 'deviceid' || rule.attribute === 'displayname';
  return rule.kind === 'not' ? namesOneDevice(rule.part) : rule.parts.some(namesOneDevice);
}

function keyOf(row: LogRow, looks: Looks, address: string | null): string {
  const device = objectOf(row.deviceDetail);
  const client = `${plain(row.appId)}|${plain(row.resourceId)}|${plain(row.clientAppUsed)}|${plain(device?.operatingSystem)}`;
  const flow = `${plain(row.authenticationProtocol)}|${plain(row.originalTransferMethod)}|${isBackground(row)}`;
  const place = looks.places ? `${address}|${countryOf(row) ?? ''}|${isInTrustedNetwork(row) ?? ''}` : '';
  return `${client}|${flow}|${plain(row.riskLevelDuringSignIn)}|${place}${looks.devices ? JSON.stringify(deviceOf(row, looks)) : ''}`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function shapeOf(row: LogRow, looks: Looks, address: string | null): Shape {
  const client = textOf(row.clientAppUsed);
  const speechless = speechlessOf(row);
  const device = objectOf(row.deviceDetail);
  const facts: SignIn = {
    clientAppType: clientTypeOf(client),
    platform: platformOf(textOf(device?.operatingSystem)),
    authenticationFlow: flowOf(row),
    signInRisk: riskOf(row),
    ...(looks.places ? { ipAddress: address, country: countryOf(row), ...trustOf(row, address) } : {}),
    ...(looks.devices ? { device: deviceOf(row, looks) } : {}),
  };
  const apps = [...new Set([textOf(row.appId), textOf(row.resourceId)].filter((id) => id !== null))];
  return {
    signIns: apps.length === 0 ? [facts] : apps.map((appId) => ({ ...facts, target: { kind: 'app', appId } })),
    speechless,
    client: speechless === 'ropc' ? 'ROPC' : speechless === 'deviceCode' ? 'device code' : (client ?? ''),
    isOlderClient: speechless === 'legacy',
  };
}

function countryOf(row: LogRow): string | null {
  return textOf(objectOf(row.location)?.countryOrRegion);
}

/** The named locations of today decide; what the log said of the network counts only where it kept no address. */
function trustOf(row: LogRow, address: string | null): Pick<SignIn, 'trusted'> {
  const trusted = isInTrustedNetwork(row);
  return address === null && trusted !== null ? { trusted } : {};
}

function isInTrustedNetwork(row: LogRow): boolean | null {
  const networks = row.networkLocationDetails;
  if (!Array.isArray(networks) || networks.length === 0) return null;
  return networks.some((network) => textOf(objectOf(network)?.networkType) === 'trustedNamedLocation');
}

const TRUST_TYPES: readonly (readonly [RegExp, string])[] = [
  [/hybrid/i, 'ServerAD'],
  [/registered/i, 'Workplace'],
  [/joined/i, 'AzureAD'],
];

/** A sign-in that showed no device is that of an unregistered one; attributes the log does not keep stay unknown. */
function deviceOf(row: LogRow, { eachDevice }: Looks): SignIn['device'] {
  const device = objectOf(row.deviceDetail);
  if (device === null || typeof device.deviceId !== 'string') return null;
  if (device.deviceId === '') return 'unregistered';
  const trust = textOf(device.trustType);
  const trustType = TRUST_TYPES.find(([pattern]) => pattern.test(trust ?? ''))?.[1];
  const facts: DeviceFacts = {
    isCompliant: typeof device.isCompliant === 'boolean' ? device.isCompliant : undefined,
    trustType,
  };
  if (!eachDevice) return facts;
  return { ...facts, deviceId: device.deviceId, displayName: textOf(device.displayName) ?? undefined };
}

/** One address stands for all that lie in the same named locations. */
function createPlaces(tenant: CompiledTenant): (address: string | null) => string | null {
  const ranges = [...(tenant.locations?.values() ?? [])].flatMap((location) =>
    location.kind === 'ip' ? [location.ranges] : [],
  );
  const bySignature = new Map<string, string>();
  const byAddress = new Map<string, string>();
  return (text) => {
    if (text === null) return null;
    const known = byAddress.get(text);
    if (known !== undefined) return known;
    const address = parseIp(text);
    const signature =
      address === null
        ? 'unread'
        : ranges.map((list) => (list.some((range) => isInRange(address, range)) ? '1' : '0')).join('');
    const first = bySignature.get(signature) ?? text;
    bySignature.set(signature, first);
    byAddress.set(text, first);
    return first;
  };
}
