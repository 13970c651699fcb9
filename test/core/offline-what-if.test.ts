import { describe, expect, it } from 'vitest';
import { answerOffline } from '../../src/cli/offline.ts';
import { createProgram } from '../../src/cli/program.ts';

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

describe('the target of a what-if question', () => {
  const contextFile = FILE.replace(
    '"includeApplications":["All"]',
    '"includeAuthenticationContextClassReferences":["c7"]',
  );
  it.each([
    ['c7', 'yes'],
    ['C7', 'yes'],
    ['c70', 'no'],
    ['urn:user:registersecurityinfo', 'no'],
  ])('may be the authentication context or action %s', (action, mfaRequired) => {
    expect(answerOffline('what-if', contextFile, { user: ANN, action }).json).toMatchObject({
      results: [{ mfaRequired }],
    });
  });
});

describe('the arguments of what-if', () => {
  const nowhere = (): never => {
    throw new Error('nothing is asked of anybody');
  };
  const backend = { print: nowhere, operate: nowhere, offline: nowhere, moveStore: nowhere };
  const silent = { out: () => undefined, err: () => undefined };
  it.each([
    ['--app', ' ', 'It is empty'],
    ['--app', 'Exchange Online', 'by its application id'],
    ['--app', 'All', 'Leave it out'],
    ['--app', 'None', 'Leave it out'],
    ['--action', '', 'It is empty'],
    ['--action', 'c0', 'c1 to c99'],
    ['--action', 'c100', 'c1 to c99'],
    ['--user', '  ', 'It is empty'],
    ['--ip', 'fe80::1%eth0', 'an IPv4 or IPv6 address'],
    ['--ip', '010.0.0.1', 'an IPv4 or IPv6 address'],
    ['--country', 'DEU', 'two letters'],
  ])('refuse %s "%s" before a file is read', async (option, value, why) => {
    const program = createProgram(backend, silent);
    const run = program.parseAsync(['what-if', '--snapshot', 'nowhere.json', option, value], { from: 'user' });
    await expect(run).rejects.toThrow(why);
  });
});

describe('an answer that no policy asks for MFA', () => {
  const why = (perUserMfa: object[] | undefined) => {
    const file = JSON.stringify({ ...(JSON.parse(FILE) as object), policies: [], perUserMfa });
    const { json } = answerOffline('what-if', file, { user: ANN });
    return (json as { results: { why: string }[] }).results[0]?.why;
  };

  it('says so where per-user MFA does, and where that was not read', () => {
    const state = (perUserMfaState: string) => [{ id: ANN, perUserMfaState }];
    expect(why(state('enforced'))).toContain('Per-user MFA is on for this account');
    expect(why(state('disabled'))).not.toContain('er-user MFA');
    expect(why(undefined)).toContain('Whether per-user MFA asks was not read.');
  });
});
