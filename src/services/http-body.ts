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
  const unpacked = unpack(body, (encoding ?? '').trim().toLowerCase());
  if (unpacked === null) {
    dropBody(body);
    return { ok: false, fault: 'in an unknown content encoding' };
  }
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > bytesMax) return { ok: false, fault: 'too large' };
      chunks.push(chunk);
    }
  } catch (error) {
    if (isZlibError(error)) return { ok: false, fault: 'badly compressed' };
    throw error;
  } finally {
    dropBody(body);
  }
  return { ok: true, bytes: Buffer.concat(chunks, size) };
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
