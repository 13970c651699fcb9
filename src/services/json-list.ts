import type { BodyCollector } from './http-types.ts';
import { storableJson } from './storable-json.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST_OPEN = 0x5b;
const LIST_CLOSE = 0x5d;
const OBJECT_OPEN = 0x7b;
const OBJECT_CLOSE = 0x7d;

/** What stands around the list; more than this is not an envelope. */
const ENVELOPE_BYTES_MAX = 1024 * 1024;
/** An element is an object of a list: a longer one is none, and would be held whole. */
const ITEM_BYTES_MAX = 1024 * 1024;
/** Ten times the largest tenants: a list that goes on beyond this does not end. */
const ITEMS_MAX = 2_000_000;

type Scan = {
  part: 'around' | 'list';
  depth: number;
  isText: boolean;
  isEscaped: boolean;
  /** The last text at the depth of the envelope's members: the member's name, once a colon follows. */
  name: Buffer[];
  isName: boolean;
  member: string | null;
  lists: number;
  items: number;
  isBroken: boolean;
};

/**
 * Reads a JSON object as it arrives and hands over each element of its list `key` at once, so that no more of the text is
 * held than one element. Its result is the object with that list empty; what JSON.parse would refuse it refuses, and a
 * list that comes twice, and what no vendor sends: an element or an envelope of more than a megabyte. It looks at bytes, which in UTF-8 cannot be mistaken for a part of another letter.
 */
export function createJsonList(key: string, onItem: (item: unknown) => void): BodyCollector {
  const scan: Scan = {
    ...{ part: 'around', depth: 0, isText: false, isEscaped: false, name: [], isName: false, member: null },
    ...{ lists: 0, items: 0, isBroken: false },
  };
  const around = createPieces(ENVELOPE_BYTES_MAX);
  const item = createPieces(ITEM_BYTES_MAX);

  const isTooLong = () => around.isTooLong() || item.isTooLong();
  const endItem = (isLast: boolean) => {
    const text = item.take();
    if (isLast) leaveList(scan);
    if (isLast && scan.items === 0 && text.trim() === '') return;
    const parsed = storableJson(text);
    scan.isBroken ||= !parsed.ok;
    scan.items += 1;
    scan.isBroken ||= scan.items > ITEMS_MAX;
    if (parsed.ok) onItem(parsed.value);
  };

  return {
    take(chunk) {
      let from = 0;
      const cut = (to: number, next: number) => {
        (scan.part === 'list' ? item : around).add(chunk.subarray(from, to));
        from = next;
      };
      for (let at = 0; at < chunk.length && !scan.isBroken; at += 1) {
        const byte = chunk[at] ?? 0;
        if (endsItem(scan, byte)) {
          // The closing bracket belongs to what stands around the list.
          cut(at, byte === COMMA ? at + 1 : at);
          endItem(byte === LIST_CLOSE);
        } else if (beginsList(scan, byte, key)) {
          cut(at + 1, at + 1);
          enterList(scan);
        } else step(scan, byte);
      }
      cut(chunk.length, chunk.length);
      scan.isBroken ||= isTooLong();
      return !scan.isBroken;
    },
    done() {
      if (scan.items > ITEMS_MAX) return { ok: false, why: 'the list does not end' };
      if (isTooLong()) return { ok: false, why: 'a part of the answer is too large' };
      if (scan.isBroken || scan.part === 'list') return { ok: false };
      return storableJson(around.take());
    },
  };
}

/** A comma or the closing bracket at the list's own depth. */
function endsItem({ part, isText, depth }: Scan, byte: number): boolean {
  return part === 'list' && !isText && depth === 0 && (byte === COMMA || byte === LIST_CLOSE);
}

function beginsList({ part, isText, depth, member }: Scan, byte: number, key: string): boolean {
  return byte === LIST_OPEN && part === 'around' && !isText && depth === 1 && member === key;
}

function enterList(scan: Scan): void {
  scan.lists += 1;
  scan.isBroken ||= scan.lists > 1;
  scan.part = 'list';
  scan.depth = 0;
}

function leaveList(scan: Scan): void {
  scan.part = 'around';
  scan.depth = 1;
  scan.member = null;
}

function step(scan: Scan, byte: number): void {
  if (scan.isText) stepInText(scan, byte);
  else if (byte === QUOTE) beginText(scan);
  else if (byte === OBJECT_OPEN || byte === LIST_OPEN) scan.depth += 1;
  else if (byte === OBJECT_CLOSE || byte === LIST_CLOSE) scan.depth -= 1;
  else if (scan.part === 'around' && scan.depth === 1) stepBetweenMembers(scan, byte);
  scan.isBroken ||= scan.depth < 0;
}

function stepInText(scan: Scan, byte: number): void {
  if (scan.isEscaped) scan.isEscaped = false;
  else if (byte === BACKSLASH) scan.isEscaped = true;
  else if (byte === QUOTE) scan.isText = false;
  if (scan.isName && scan.isText) scan.name.push(Buffer.of(byte));
  if (!scan.isText) scan.isName = false;
}

function beginText(scan: Scan): void {
  scan.isText = true;
  scan.isName = scan.part === 'around' && scan.depth === 1;
  if (scan.isName) scan.name = [];
}

function stepBetweenMembers(scan: Scan, byte: number): void {
  if (byte === COMMA) scan.member = null;
  if (byte !== COLON) return;
  const name = storableJson(`"${Buffer.concat(scan.name).toString('utf8')}"`);
  scan.member = name.ok && typeof name.value === 'string' ? name.value : null;
}

function createPieces(bytesMax: number) {
  let pieces: Uint8Array[] = [];
  let size = 0;
  return {
    add(piece: Uint8Array): void {
      if (piece.length === 0) return;
      // A copy: the chunk that it is a part of must not be held for it.
      pieces.push(piece.slice());
      size += piece.length;
    },
    isTooLong: () => size > bytesMax,
    take(): string {
      const bytes = Buffer.concat(pieces);
      pieces = [];
      size = 0;
      // Bytes that are no UTF-8 become no text; the empty one is no JSON either.
      return decoded(bytes);
    },
  };
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    // Told as text that no JSON is.
    return '\u0000';
  }
}
