/** Internet addresses and ranges, IPv4 and IPv6. An IPv4-mapped IPv6 address is the IPv4 address it maps. */
export type Address = { version: 4 | 6; value: bigint };

const BITS = { 4: 32, 6: 128 } as const;
const MAPPED_PREFIX = 0xffffn;

/** Reads an address; null when it is not one. */
export function parseAddress(text: string): Address | null {
  const trimmed = text.trim();
  if (!trimmed.includes(':')) return parseIpv4(trimmed);
  const value = parseIpv6(trimmed);
  if (value === null) return null;
  return value >> 32n === MAPPED_PREFIX ? { version: 4, value: value & 0xffffffffn } : { version: 6, value };
}

function parseIpv4(text: string): Address | null {
  const parts = text.split('.');
  const isWhole = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  if (!isWhole) return null;
  return { version: 4, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) };
}

function parseIpv6(text: string): bigint | null {
  const halves = withoutDottedTail(text)?.split('::') ?? [];
  if (halves.length === 0 || halves.length > 2) return null;
  const [front = [], back = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - front.length - back.length;
  const isComplete = halves.length === 2 ? missing >= 1 : missing === 0;
  const groups = [...front, ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...back];
  if (!isComplete || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** Writes a dotted ending (`::ffff:192.0.2.1`) as two groups; null when the ending is not an IPv4 address. */
function withoutDottedTail(text: string): string | null {
  if (!text.includes('.')) return text;
  const at = text.lastIndexOf(':') + 1;
  const tail = parseIpv4(text.slice(at));
  if (tail === null) return null;
  return `${text.slice(0, at)}${(tail.value >> 16n).toString(16)}:${(tail.value & 0xffffn).toString(16)}`;
}

/** A range as a named location holds it: all addresses of one version from the first to the last. */
export type Range = { version: 4 | 6; first: bigint; last: bigint };

/**
 * Reads a CIDR range, which may be written with any address in it (`12.34.221.11/22`, as in the examples of
 * https://learn.microsoft.com/graph/api/resources/ipnamedlocation: "IPv4 CIDR format or any allowable IPv6 format", so an
 * IPv6 address alone is a range of one). null when it is none.
 */
export function parseRange(cidr: string): Range | null {
  const [base = '', written, ...rest] = cidr.split('/');
  const start = parseAddress(base);
  const length = written ?? (start?.version === 6 ? String(BITS[6]) : '');
  if (start === null || rest.length > 0 || !/^\d{1,3}$/.test(length)) return null;
  const free = BITS[start.version] - Number(length);
  if (free < 0) return null;
  const first = (start.value >> BigInt(free)) << BigInt(free);
  return { version: start.version, first, last: first + (1n << BigInt(free)) - 1n };
}

/** Reads a range from its first and last address; null when they are none. */
export function parseEnds(lower: string, upper: string): Range | null {
  const [from, to] = [parseAddress(lower), parseAddress(upper)];
  if (from === null || to === null || from.version !== to.version || from.value > to.value) return null;
  return { version: from.version, first: from.value, last: to.value };
}

/** Whether an address lies in a range. */
export function isWithin({ version, value }: Address, range: Range): boolean {
  return version === range.version && range.first <= value && value <= range.last;
}
