import { describe, expect, it } from 'vitest';
import { answerOffline } from '../../src/cli/offline.ts';

const ANN = 'aaaaaaaa-0000-4000-8000-000000000001';
const FILE = JSON.stringify({
  version: 1,
  takenAt: '2026-11-22T08:00:00Z',
  tenantId: '11111111-2222-4333-8444-555555555555',
  users: [{ id: ANN, userPrincipalName: 'Ann@contoso.example', userType: 'Member' }],
  policies: [
    {
      id: 'bbbbbbbb-0000-4000-8000-000000000001',
      state: 'enabled',
      conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } },
      grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    },
  ],
});
const ask = (user: string) => answerOffline('what-if', FILE, { user }).json;

describe('the person of a what-if question', () => {
  it.each([ANN, 'ann@contoso.example', 'ANN@CONTOSO.EXAMPLE'])('is found by %s', (user) => {
    expect(ask(user)).toMatchObject({ results: [{ userId: ANN, mfaRequired: 'yes' }] });
  });

  it('is refused by a principal name that no account has, instead of an answer about nobody', () => {
    expect(() => ask('bo@contoso.example')).toThrow(expect.objectContaining({ code: 'user_unknown' }));
  });

  it('stays unknown by an id that was not read', () => {
    expect(ask('aaaaaaaa-0000-4000-8000-000000000002')).toMatchObject({ results: [{ mfaRequired: 'unknown' }] });
  });
});
