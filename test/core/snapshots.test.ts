import { describe, expect, it } from 'vitest';
import { parseCustomerFile } from '../../src/rollout/customers/customer-file.ts';
import { snapshotOf } from '../../src/rollout/snapshots/snapshots.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';

function takenAt(timeZone: string, readAt: string): string {
  const settings = parseCustomerFile(
    JSON.stringify({
      version: 1,
      name: 'Contoso',
      tenantId: TENANT,
      timeZone,
      graph: { clientId: TENANT, clientSecret: 'env:X' },
      hr: { source: 'bamboohr', company: 'contoso', apiKey: 'env:Y' },
    }),
    '/c.yaml',
  );
  const reading = { source: 'hr', state: 'read' as const, rows: 0, why: null, code: null };
  const instant = new Date(readAt);
  const stored = { employees: [], accounts: [], registrations: [], parts: new Map() };
  const readings = [{ ...reading, readAt: instant, triedAt: instant }];
  return snapshotOf({ id: TENANT, name: 'Contoso', settings }, { ...stored, readings }).takenAt;
}

describe('a snapshot of stored data', () => {
  it.each([
    ['UTC', '2026-11-22T23:30:00Z', '2026-11-22T23:30:00.000+00:00'],
    ['Europe/Berlin', '2026-11-22T23:30:00Z', '2026-11-23T00:30:00.000+01:00'],
    ['Europe/Berlin', '2026-07-22T22:30:00Z', '2026-07-23T00:30:00.000+02:00'],
    ['America/St_Johns', '2026-11-22T02:00:00Z', '2026-11-21T22:30:00.000-03:30'],
    ['Asia/Kathmandu', '2026-11-22T20:00:00Z', '2026-11-23T01:45:00.000+05:45'],
  ])('bears the customer’s own date in %s', (timeZone, readAt, expected) => {
    const written = takenAt(timeZone, readAt);
    expect(written).toBe(expected);
    expect(Date.parse(written)).toBe(Date.parse(readAt));
  });
});
