import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Why a body cannot be believed. */
export type BodyFault = 'too large' | 'badly compressed' | 'in an unknown content encoding';

export type BodyRead = { ok: true; bytes: Buffer } | { ok: false; fault: BodyFault };

/**
 * Reads a body to its end, unpacked, holding at most `bytesMax` of it: the count is taken on the unpacked stream, so a
 * small answer that unpacks to a large one is stopped as well. Network errors are thrown as they come.
 */
export async function readBody(body: Readable, encoding: string | undefined, bytesMax: number): Promise<BodyRead> {
  const chunks: Buffer[] = [];
  const take = (chunk: Buffer) => chunks.push(chunk) > 0;
  const fault = await passBody(body, { encoding, bytesMax, take });
  return fault === null ? { ok: true, bytes: Buffer.concat(chunks) } : { ok: false, fault };
}

/** Passes a body on, unpacked, under the same rules; ends early, without a fault, when `take` says false. */
export async function passBody(
  body: Readable,
  pass: { encoding: string | undefined; bytesMax: number; take: (chunk: Buffer) => boolean },
): Promise<BodyFault | null> {
  const unpacked = unpack(body, (pass.encoding ?? '').trim().toLowerCase());
  if (unpacked === null) {
    dropBody(body);
    return 'in an unknown content encoding';
  }
  let size = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > pass.bytesMax) return 'too large';
      if (!pass.take(chunk)) return null;
    }
  } catch (error) {
    if (isZlibError(error)) return 'badly compressed';
    throw error;
  } finally {
    dropBody(body);
  }
  return null;
}

/** Ends a body whose rest nobody wants; the abort that this raises on the stream is expected and goes nowhere. */
export function dropBody(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

function unpack(body: Readable, encoding: string): Readable | null {
  if (encoding === '' || encoding === 'identity') return body;
  const decoder = decoderFor(encoding);
  // The reader of the decoder sees every error; the callback only keeps pipeline from throwing it a second time.
  return decoder === null ? null : pipeline(body, decoder, () => undefined);
}

function decoderFor(encoding: string) {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : null;
}

function isZlibError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && (code.startsWith('Z_') || code.startsWith('ERR__ERROR_FORMAT'));
}
