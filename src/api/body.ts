import type { IncomingMessage } from 'node:http';
import { refused } from './api-error.ts';

/**
 * Reads a JSON body of at most so many bytes; undefined when there is none. Refuses with `body_too_large` as soon as
 * that is known, `body_not_json` for another type, `request_invalid` for text that is no JSON.
 */
export async function readJson(request: IncomingMessage, bytesMax: number): Promise<unknown> {
  const bytes = await readBytes(request, bytesMax);
  if (bytes.length === 0) return undefined;
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(request.headers['content-type'] ?? ''))
    throw refused('body_not_json', 'This takes JSON. Send it with Content-Type: application/json.');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    // The parser's own words repeat a piece of what somebody wrote.
    throw refused('request_invalid', 'This request is no JSON. Reload the page.', 'no JSON');
  }
}

/** Reads a body of at most so many bytes as it comes. Refuses with `body_too_large` as soon as that is known. */
export async function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(bytesMax: number): Error {
  return refused('body_too_large', `This is too large: at most ${Math.floor(bytesMax / 1024)} KB are taken.`);
}
