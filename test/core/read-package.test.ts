import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readPackage } from '../../src/rollout/app-package/read-package.ts';

const ID = '0b0a50de-1111-4000-8000-000000000001';
const MANIFEST = { id: ID, version: '1.0.0', webApplicationInfo: { id: ID } };
const DIRECTORY_END_BYTES = 22;

/** A package whose directory names its only file again and again: small to send, endless to unpack. */
function repeated(zip: Uint8Array, times: number): Uint8Array {
  const view = Buffer.from(zip);
  const end = view.length - DIRECTORY_END_BYTES;
  const start = view.readUInt32LE(end + 16);
  const entry = view.subarray(start, end);
  const tail = Buffer.from(view.subarray(end));
  tail.writeUInt16LE(times, 8);
  tail.writeUInt16LE(times, 10);
  tail.writeUInt32LE(entry.length * times, 12);
  return Buffer.concat([view.subarray(0, start), ...Array.from({ length: times }, () => entry), tail]);
}

describe('reading an app package', () => {
  const zip = zipSync({ 'manifest.json': strToU8(JSON.stringify(MANIFEST)) });

  it('tells what the manifest says', () => {
    expect(readPackage(repeated(zip, 1))).toEqual({ externalId: ID, version: '1.0.0', applicationId: ID });
  });

  it('refuses a package that names its manifest twice: one could name it ten thousand times', () => {
    expect(() => readPackage(repeated(zip, 2))).toThrow(expect.objectContaining({ code: 'package_unreadable' }));
    const large = zipSync({ 'manifest.json': strToU8(JSON.stringify(MANIFEST) + ' '.repeat(250_000)) });
    const bomb = repeated(large, 15_000);
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect(() => readPackage(bomb)).toThrow(expect.objectContaining({ code: 'package_unreadable' }));
  });
});
