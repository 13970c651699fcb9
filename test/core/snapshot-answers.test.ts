import { describe, expect, it } from 'vitest';
import { rosterOf } from '../../src/rollout/snapshots/answers.ts';
import { exceptionsOf } from '../../src/rollout/snapshots/exception-answer.ts';
import { parseSnapshot } from '../../src/rollout/snapshots/snapshot-file.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const BREAK_GLASS = 'aaaaaaaa-0000-4000-8000-000000000001';
const PERSON = 'aaaaaaaa-0000-4000-8000-000000000002';

const FILE = {
  version: 1,
  takenAt: '2026-11-22T08:00:00Z',
  tenantId: TENANT,
  organization: { id: TENANT, verifiedDomains: [{ name: 'fabrikam.example' }] },
  hr: { source: 'csv', employees: [{ employeeId: '1', status: 'active', workEmail: 'ada@fabrikam.example' }] },
  users: [
    { id: BREAK_GLASS, userPrincipalName: 'way-back@fabrikam.onmicrosoft.com', accountEnabled: true },
    { id: PERSON, userPrincipalName: 'ada@fabrikam.example', mail: 'ada@fabrikam.example', accountEnabled: true },
  ],
  registration: [{ id: PERSON, isMfaCapable: true, isMfaRegistered: true }],
  subscribedSkus: [],
  declared: { breakGlass: [BREAK_GLASS] },
};

const read = (changes: object) => parseSnapshot(JSON.stringify({ ...FILE, ...changes }));

describe('answers from a snapshot another hand wrote', () => {
  it('finds the break-glass account and the enrolment when the references are in upper case', () => {
    const snapshot = read({
      registration: FILE.registration.map((row) => ({ ...row, id: row.id.toUpperCase() })),
      declared: { breakGlass: [BREAK_GLASS.toUpperCase()] },
    });
    expect(rosterOf(snapshot)).toEqual(rosterOf(read({})));
    expect(rosterOf(snapshot).people[0]?.enrolment).toBe('capable');
    expect(exceptionsOf(snapshot).exceptions.map(({ accountId, kind }) => [accountId, kind])).toEqual([
      [BREAK_GLASS, 'breakGlass'],
    ]);
  });

  it.each([
    ['domains', { organization: { id: TENANT, verifiedDomains: [null] } }],
    ['domains that are no list', { organization: { id: TENANT, verifiedDomains: 'fabrikam.example' } }],
    ['plans that are no list', { subscribedSkus: [{ servicePlans: 'all of them' }] }],
    ['empty plans', { subscribedSkus: [{ servicePlans: [null] }] }],
  ])('takes %s it does not understand as not read', (_what, changes) => {
    const person = rosterOf(read(changes)).people[0];
    expect(person?.accountId).toBe(PERSON);
  });

  it('never calls a plan unlicensed because its form was not understood', () => {
    const gap = (subscribedSkus: unknown) => rosterOf(read({ registration: null, subscribedSkus })).people[0];
    expect(gap([{ servicePlans: [null] }])?.enrolmentWhy).toBe(gap(null)?.enrolmentWhy);
    expect(gap([])?.enrolmentWhy).not.toBe(gap(null)?.enrolmentWhy);
  });

  it('refuses sign-ins of a form that Graph does not have', () => {
    expect(() => read({ signIns: [{ createdDateTime: '2026-11-22T08:00:00Z', clientAppUsed: 7 }] })).toThrow(
      expect.objectContaining({ code: 'snapshot_invalid' }) as Error,
    );
  });
});
