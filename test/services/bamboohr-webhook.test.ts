import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { judgeBambooDelivery, REPLAY_WINDOW_MS } from '../../src/services/hr/bamboohr/webhook.ts';

const KEY = 'a-private-key-of-contoso';
const NOW = Date.parse('2026-01-31T18:42:00Z');
const BODY = JSON.stringify({ type: 'employee.updated', data: { employeeId: '67', changedFields: ['department'] } });

function delivery(set: { body?: string; key?: string; at?: string; signedAt?: string } = {}) {
  const { body = BODY, key = KEY, at = String(NOW / 1_000), signedAt = at } = set;
  const signature = createHmac('sha256', key).update(body).update(signedAt).digest('hex');
  const headers = { 'x-bamboohr-signature': signature, 'x-bamboohr-timestamp': at };
  return { rawBody: Buffer.from(body), headers };
}
const keys = { privateKeys: [KEY], now: NOW };

describe('a delivery of BambooHR', () => {
  it('that is signed over body and time tells whose record changed', () => {
    expect(judgeBambooDelivery(delivery(), keys)).toMatchObject({
      ok: true,
      event: { type: 'employee.updated', employeeId: '67', changedFields: ['department'] },
    });
  });

  it('counts during a change of keys by either, and by no empty key', () => {
    expect(judgeBambooDelivery(delivery(), { ...keys, privateKeys: ['the-new-one', KEY] }).ok).toBe(true);
    expect(judgeBambooDelivery(delivery({ key: '' }), { ...keys, privateKeys: [''] })).toEqual({
      ok: false,
      reason: 'forged',
    });
  });

  it('that comes again has the same key, and another has another', () => {
    const keyOf = (given = {}) => judgeBambooDelivery(delivery(given), keys);
    expect(keyOf()).toEqual(keyOf());
    expect(keyOf({ at: String(NOW / 1_000 + 1) })).not.toEqual(keyOf());
  });

  it.each([
    ['unsigned', { ...delivery(), headers: {} }],
    ['forged', delivery({ key: 'another-key' })],
    ['forged', delivery({ signedAt: String(NOW / 1_000 - 9_999) })],
    ['stale', delivery({ at: String((NOW - REPLAY_WINDOW_MS) / 1_000 - 1) })],
    ['stale', delivery({ at: String((NOW + 5 * 60_000) / 1_000 + 1) })],
    ['stale', delivery({ at: 'some day' })],
    ['unreadable', delivery({ body: 'type=employee.updated' })],
    ['unreadable', delivery({ body: '{"type":"employee.updated"}' })],
  ] as const)('is refused as %s', (reason, given) => {
    expect(judgeBambooDelivery(given, keys)).toEqual({ ok: false, reason });
  });

  it('is forged as soon as one byte of body, time or signature differs', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('body', 'signature'),
        fc.nat(),
        fc.integer({ min: 1, max: 15 }),
        (part, place, by) => {
          const made = delivery();
          if (part === 'body') {
            const index = place % made.rawBody.length;
            made.rawBody[index] = (made.rawBody[index] ?? 0) ^ by;
          } else {
            const text = made.headers['x-bamboohr-signature'];
            const index = place % text.length;
            const digit = (Number.parseInt(text[index] ?? '0', 16) ^ by).toString(16);
            made.headers['x-bamboohr-signature'] = `${text.slice(0, index)}${digit}${text.slice(index + 1)}`;
          }
          expect(judgeBambooDelivery(made, keys)).toEqual({ ok: false, reason: 'forged' });
        },
      ),
    );
  });

  const vectors = new URL('../../../shared/contracts/vendors/signature.vectors.json', import.meta.url);
  it.skipIf(!existsSync(vectors))('is judged as the recorded one is (skipped without the contracts)', () => {
    const vector = z.object({ privateKey: z.string(), timestamp: z.string(), body: z.string(), signature: z.string() });
    const file = z.object({ bamboohr: vector }).parse(JSON.parse(readFileSync(vectors, 'utf8')));
    const { privateKey, timestamp, body, signature } = file.bamboohr;
    const headers = { 'x-bamboohr-signature': signature, 'x-bamboohr-timestamp': timestamp };
    const given = { rawBody: Buffer.from(body), headers };
    expect(judgeBambooDelivery(given, { privateKeys: [privateKey], now: Number(timestamp) * 1_000 }).ok).toBe(true);
  });
});
