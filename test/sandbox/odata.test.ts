import { describe, expect, test } from 'vitest';
import { fulfils, parseFilter } from '../../src/sandbox/odata/filter.ts';
import { readOptions } from '../../src/sandbox/odata/options.ts';

const person = {
  id: 'a1',
  surname: "O'Neil",
  accountEnabled: true,
  employeeId: null,
  createdDateTime: '2026-03-01T10:00:00Z',
  proxyAddresses: ['SMTP:a@example.org', 'smtp:b@example.org'],
  status: { errorCode: 50126 },
  roles: [{ id: 'x', level: 2 }],
};

describe('$filter', () => {
  test.each([
    ["surname eq 'o''neil'", true],
    ["startswith(surname,'O') and accountEnabled eq true", true],
    ["endsWith(surname, 'x') or id in ('a0', 'a1')", true],
    ["id eq 'a0' or id eq 'a1' and accountEnabled eq false", false],
    ["(id eq 'a0' or id eq 'a1') and accountEnabled eq true", true],
    ["not(id eq 'a1')", false],
    ['employeeId eq null', true],
    ["employeeId ne 'a'", true],
    ["employeeId eq 'a'", false],
    ['createdDateTime ge 2026-03-01T11:00:00+01:00', true],
    ['createdDateTime gt 2026-03-01T10:00:00Z', false],
    ['createdDateTime le 2026-03-02', true],
    ["proxyAddresses/any(p:p eq 'smtp:a@example.org')", true],
    ["proxyAddresses/any(p: startswith(p, 'x'))", false],
    ["roles/any(r: r/id eq 'x' and r/level eq 2)", true],
    ['roles/any()', true],
    ['status/errorCode eq 50126', true],
    ['status/errorCode lt 0', false],
    ["missing/thing eq 'a'", false],
  ])('%s is %s', (text, expected) => {
    expect(fulfils(parseFilter(text), person)).toBe(expected);
  });

  test.each([
    '',
    'id',
    'id eq',
    "id is 'a'",
    "id eq 'a",
    "id eq 'a' and",
    "(id eq 'a'",
    'id in ()',
    "'a' eq id",
    "id eq 'a' id",
  ])('refuses: %s', (text) => {
    expect(() => parseFilter(text)).toThrow(/Invalid filter clause/);
  });
});

describe('query options', () => {
  test('reads nested expands, and names without the dollar and in any case', () => {
    const read = readOptions(
      new URLSearchParams('Select=id,mail&$expand=manager($select=id,mail;$levels=max),memberOf&$top=5'),
    );
    expect(read).toMatchObject({
      ok: true,
      options: {
        select: ['id', 'mail'],
        top: 5,
        expand: [
          { property: 'manager', select: ['id', 'mail'], levels: 'max' },
          { property: 'memberOf', select: null, levels: null },
        ],
      },
    });
  });

  test('refuses an unknown option and a number that is none', () => {
    expect(readOptions(new URLSearchParams('$sort=id')).ok).toBe(false);
    expect(readOptions(new URLSearchParams('$top=-1')).ok).toBe(false);
  });
});
