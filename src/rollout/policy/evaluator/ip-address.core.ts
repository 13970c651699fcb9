/**
 * IP addresses and CIDR ranges, as named locations use them (RFC 4291, RFC 4632). An address that cannot be read is
 * null, so that a wrong range never matches by accident.
 */
export type IpAddress = { readonly bits: 32 | 128; readonly value: bigint };

/** First and last address of a range, in one family. */
export type IpRange = { readonly bits: 32 | 128; readonly first: bigint; readonly last: bigint };

/** Reads an IPv4 or IPv6 address; an IPv4 address written inside IPv6 (`::ffff:1.2.3.4`) is the IPv4 address. */
export function parseIp(text: string): IpAddress | null {
  const trimmed = text.trim();
  const address = trimmed.includes(':') ? parseIpv6(trimmed.split('%', 1)[0] ?? '') : parseIpv4(trimmed);
  if (address === null || address.bits === 32) return address;
  return address.value >> 32n === 0xffffn ? { bits: 32, value: address.value & 0xffffffffn } : address;
}

/**
 * Reads a range such as `12.34.221.11/22`; host bits are ignored. ipNamedLocation takes "IPv4 CIDR format or any allowable
 * IPv6 format": an IPv6 address alone is a range of one, an IPv4 address alone is none.
 */
export function parseCidr(text: string): IpRange | null {
  const [addressText = '', prefixText, ...rest] = text.trim().split('/');
  if (rest.length > 0) return null;
  const address = addressText.includes(':') ? parseIpv6(addressText) : parseIpv4(addressText);
  if (address === null) return null;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return null;
  if (prefixText === undefined && address.bits === 32) return null;
  const prefix = prefixText === undefined ? address.bits : Number(prefixText);
  if (prefix > address.bits) return null;
  const size = 1n << BigInt(address.bits - prefix);
  const first = (address.value / size) * size;
  return { bits: address.bits, first, last: first + size - 1n };
}

/** The range from one address to another, both included; null when they are no two addresses of one family in order. */
export function rangeBetween(lower: string, upper: string): IpRange | null {
  const [from, to] = [parseIp(lower), parseIp(upper)];
  if (from === null || to === null || from.bits !== to.bits || from.value > to.value) return null;
  return { bits: from.bits, first: from.value, last: to.value };
}

/** Whether the address lies in the range; never across families. */
export function isInRange(address: IpAddress, range: IpRange): boolean {
  return address.bits === range.bits && address.value >= range.first && address.value <= range.last;
}

function parseIpv4(text: string): IpAddress | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null;
    value = value * 256n + BigInt(part);
  }
  return { bits: 32, value };
}

function parseIpv6(text: string): IpAddress | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? '');
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return { bits: 128, value: groups.reduce((sum, group) => sum * 65536n + BigInt(group), 0n) };
}

function groupsOf(text: string): readonly number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes('.')) {
      const embedded = parseIpv4(part);
      if (embedded === null) return null;
      groups.push(Number(embedded.value >> 16n), Number(embedded.value & 0xffffn));
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return null;
    }
  }
  return groups;
}
