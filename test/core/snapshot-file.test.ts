import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/lib/errors.ts';
import { parseSnapshot } from '../../src/rollout/snapshots/snapshot-file.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const minimal = { version: 1, takenAt: '2026-11-22T08:00:00Z', tenantId: TENANT };

function codeOf(content: string): string {
  try {
    parseSnapshot(content);
  } catch (error) {
    if (error instanceof AppError) {
      expect(error.userMessage?.length).toBeGreaterThan(20);
      return error.code;
    }
    throw error;
  }
  return 'accepted';
}

const codeFor = (value: unknown) => codeOf(JSON.stringify(value));

describe('snapshot file', () => {
  it('may leave optional parts out, and they stay missing', () => {
    const snapshot = parseSnapshot(JSON.stringify(minimal));
    expect(snapshot.users).toBeUndefined();
    expect(snapshot.declared).toEqual({ breakGlass: [], serviceAccounts: [] });
  });

  it('keeps Graph’s own objects whole, also keys it does not know', () => {
    const snapshot = parseSnapshot(
      JSON.stringify({ ...minimal, users: [{ id: 'u1', '@odata.type': '#x', extra: { deep: [1] } }] }),
    );
    expect(snapshot.users).toEqual([{ id: 'u1', '@odata.type': '#x', extra: { deep: [1] } }]);
  });

  it('with a policy nested beyond all measure is refused before anything reads it', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const file = (policy: string) =>
      JSON.stringify(minimal).replace(/}$/, `,"namedLocations":[{"id":"p1","note":${policy}}]}`);
    expect(codeOf(file(nested(50_000)))).toBe('snapshot_invalid');
    expect(codeOf(file(nested(20)))).toBe('accepted');
  });

  it('takes null in "declared" as nothing declared', () => {
    const nothing = { breakGlass: null, serviceAccounts: null, exceptionGroupId: null, breakGlassGroupId: null };
    const said = { breakGlass: [], serviceAccounts: [], exceptionGroupId: null, breakGlassGroupId: null };
    expect(parseSnapshot(JSON.stringify({ ...minimal, declared: nothing })).declared).toEqual(said);
    expect(codeFor({ ...minimal, declared: null })).toBe('accepted');
  });

  it('writes every reference as its object is written, since ids are the same in upper and lower case', () => {
    const USER = 'AAAAAAAA-0000-4000-8000-000000000001';
    const GROUP = 'BBBBBBBB-0000-4000-8000-000000000001';
    const user = USER.toLowerCase();
    const snapshot = parseSnapshot(
      JSON.stringify({
        ...minimal,
        users: [{ id: USER, manager: { id: user } }],
        groups: [{ id: GROUP, members: [{ id: user }] }],
        registration: [{ id: user }],
        authenticationMethods: [{ id: user, methods: [] }],
        roleAssignments: [
          { roleDefinitionId: 'r', principalId: user },
          { roleDefinitionId: 'r', principalId: GROUP.toLowerCase() },
        ],
        perUserMfa: [{ id: user, perUserMfaState: 'disabled' }],
        mailboxes: [{ id: user, userPurpose: 'shared' }],
        signIns: [{ createdDateTime: '2026-11-22T08:00:00Z', userId: user }],
        declared: { breakGlass: [user], serviceAccounts: ['nobody'] },
      }),
    );
    expect(JSON.stringify(snapshot)).not.toContain(user);
    expect(snapshot.roleAssignments?.[1]?.principalId).toBe(GROUP);
    expect(snapshot.declared).toEqual({ breakGlass: [USER], serviceAccounts: ['nobody'] });
  });

  it('refuses one id in two spellings', () => {
    expect(codeFor({ ...minimal, users: [{ id: 'aa' }, { id: 'AA' }] })).toBe('snapshot_duplicate_id');
  });

  it('reads a byte order mark away and keeps the day of a date-time', () => {
    const employees = [{ employeeId: '1', status: 'active', hireDate: '2020-01-02T00:00:00Z' }];
    const snapshot = parseSnapshot(`\uFEFF${JSON.stringify({ ...minimal, hr: { source: 'csv', employees } })}`);
    expect(snapshot.hr?.employees[0]?.hireDate).toBe('2020-01-02');
    expect(snapshot.hr?.employees[0]?.workEmail).toBeNull();
  });

  it.each([
    ['cut off', JSON.stringify(minimal).slice(0, -3), 'snapshot_not_json'],
    ['not JSON', '<html></html>', 'snapshot_not_json'],
    ['empty', '', 'snapshot_not_json'],
    ['a list', '[]', 'snapshot_invalid'],
    ['null', 'null', 'snapshot_invalid'],
    ['of another version', JSON.stringify({ ...minimal, version: 2 }), 'snapshot_version'],
    ['without version', '{}', 'snapshot_version'],
    ['with an unknown key of ours', JSON.stringify({ ...minimal, usres: [] }), 'snapshot_unknown_key'],
    [
      'nested too deep to be ours',
      `{"version":1,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'snapshot_unknown_key',
    ],
  ])('%s is refused with a code and a sentence', (_what, content, code) => {
    const seen = codeOf(content);
    expect(code === 'snapshot_unknown_key' ? ['snapshot_unknown_key', 'snapshot_invalid'] : [code]).toContain(seen);
  });

  it.each([
    ['a user without id', { users: [{ displayName: 'x' }] }, 'snapshot_invalid'],
    ['users that are no list', { users: {} }, 'snapshot_invalid'],
    ['two users of one id', { users: [{ id: 'a' }, { id: 'a' }] }, 'snapshot_duplicate_id'],
    [
      'an employee with an unknown key',
      { hr: { source: 'csv', employees: [{ employeeId: '1', status: 'active', iban: 'x' }] } },
      'snapshot_unknown_key',
    ],
    [
      'an employee with an unknown status',
      { hr: { source: 'csv', employees: [{ employeeId: '1', status: 'maybe' }] } },
      'snapshot_invalid',
    ],
    ['two tenants mixed', { organization: { id: '99999999-2222-4333-8444-555555555555' } }, 'snapshot_foreign'],
    ['a tenant id that is none', { tenantId: 'contoso' }, 'snapshot_invalid'],
    ['a date that is none', { takenAt: 'yesterday' }, 'snapshot_invalid'],
  ])('with %s is refused', (_what, change, code) => {
    expect(codeFor({ ...minimal, ...change })).toBe(code);
  });

  it('with a __proto__ key changes no prototype', () => {
    codeOf(
      `{"version":1,"takenAt":"2026-11-22T08:00:00Z","tenantId":"${TENANT}","users":[{"id":"a","__proto__":{"polluted":true}}]}`,
    );
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('names at most a few mistakes and counts the rest', () => {
    const users = Array.from({ length: 50 }, () => ({ id: 3 }));
    expect(() => parseSnapshot(JSON.stringify({ ...minimal, users }))).toThrow(/and 40 more/);
  });
});
