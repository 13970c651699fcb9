import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.ts';

/** SHA-256 of the value's canonical JSON, as `sha256:` and 64 lower-case hex digits. Equal values, equal digest. */
export function digestOf(value: Json): string {
  return `sha256:${createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex')}`;
}

const SHORT_DIGITS = 12;

/** The start of a digest's digits: enough for two people to see that they look at the same thing, never a proof. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, SHORT_DIGITS);
}
