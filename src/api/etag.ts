import { createHash } from 'node:crypto';
import type { RouteAnswer, RouteRequest } from './route.ts';

/** Part of every tag: to be raised when the same state gives another answer than before, so that no old one is kept. */
const ANSWER_FORM = 2;

/** A weak tag over everything that an answer depends on. */
export function etagOf(parts: readonly unknown[]): string {
  const digest = createHash('sha256').update(JSON.stringify([ANSWER_FORM, ...parts]));
  return `W/"${digest.digest('base64url').slice(0, 22)}"`;
}

/** Whether the reader holds this answer already, by the weak comparison of RFC 9110. */
export function isHeld(headers: RouteRequest['headers'], etag: string): boolean {
  const held = headers['if-none-match'];
  if (held === undefined) return false;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return held.split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag));
}

/** Answers 304 without a body to whoever holds the answer, and makes it only for the others. */
export async function conditional(
  request: RouteRequest,
  etag: string,
  make: () => Promise<string> | string,
): Promise<RouteAnswer> {
  const headers = {
    ETag: etag,
    // The browser keeps it, for this person alone, and asks every time whether it is still so.
    'Cache-Control': 'private, no-cache',
    Vary: 'Authorization',
  };
  if (isHeld(request.headers, etag)) return { status: 304, headers };
  return {
    status: 200,
    headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' },
    body: await make(),
  };
}
