import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalRows,
  digestOfExceptions,
  escapeMarkdown,
  exceptionsMarkdown,
} from '../../src/rollout/exceptions/exception-table.core.ts';
import type { ExceptionRow } from '../../src/rollout/exceptions/exception-types.core.ts';

const ROW: ExceptionRow = {
  accountId: 'a1',
  displayName: 'Backup',
  userPrincipalName: 'svc_backup@contoso.example',
  kind: 'serviceAccount',
  directorySync: false,
  evidence: ['declared by the customer as a service account (customer file)'],
  owner: { accountId: 'm1', why: 'the manager' },
  reason: 'a program',
  compensatingControl: 'long password',
  endsAt: '2027-01-31',
  reviewAt: null,
  proposal: 'exclude',
  signInBlocked: false,
  signed: false,
};

const SECOND: ExceptionRow = { ...ROW, accountId: 'a2', kind: 'breakGlass', endsAt: null, reviewAt: '2027-02-01' };

describe('the digest', () => {
  it('is the same for the same rows in any order, signed or not', () => {
    const digest = digestOfExceptions([ROW, SECOND]);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(digestOfExceptions([SECOND, { ...ROW, signed: true }])).toBe(digest);
  });

  it.each<[keyof ExceptionRow, Partial<ExceptionRow>]>([
    ['accountId', { accountId: 'a9' }],
    ['displayName', { displayName: 'Backup ' }],
    ['userPrincipalName', { userPrincipalName: null }],
    ['kind', { kind: 'sharedMailbox' }],
    ['directorySync', { directorySync: true }],
    ['evidence', { evidence: [] }],
    ['owner', { owner: { accountId: null, why: 'the manager' } }],
    ['reason', { reason: 'another' }],
    ['compensatingControl', { compensatingControl: 'none' }],
    ['endsAt', { endsAt: '2027-02-01' }],
    ['reviewAt', { reviewAt: '2027-02-01' }],
    ['proposal', { proposal: 'blockSignIn' }],
    ['signInBlocked', { signInBlocked: true }],
  ])('changes with %s', (_field, change) => {
    expect(digestOfExceptions([{ ...ROW, ...change }, SECOND])).not.toBe(digestOfExceptions([ROW, SECOND]));
  });

  it('changes when a row comes or goes', () => {
    expect(digestOfExceptions([ROW])).not.toBe(digestOfExceptions([ROW, SECOND]));
    expect(canonicalRows([])).toEqual([]);
  });

  it('can be made of names that JSON cannot hold', () => {
    expect(() => digestOfExceptions([{ ...ROW, displayName: 'half \uD83D' }])).not.toThrow();
  });
});

describe('the Markdown table', () => {
  const markdown = exceptionsMarkdown({
    exceptions: [ROW, SECOND],
    classes: {
      guest: { count: 3, accountIds: [] },
      room: { count: 0, accountIds: [] },
      equipment: { count: 1, accountIds: [] },
    },
    conflicts: [{ accountId: 'c1', kind: 'serviceAccount', facts: ['declared', 'an employee'] }],
    unknown: ['mailboxes'],
    nameOf: (id) => (id === 'm1' ? 'Mia | Boss' : null),
  });

  it('counts per kind, and ends with the digest', () => {
    expect(markdown).toContain(
      '2 exceptions (break-glass account: 1, service account: 1, shared mailbox: 0, on leave: 0)',
    );
    expect(markdown.trimEnd().split('\n').at(-1)).toContain(digestOfExceptions([ROW, SECOND]));
    expect(markdown).toContain('guests 3, rooms 0, equipment 1');
    expect(markdown).toContain('Not read, so not ruled out: mailboxes');
    expect(markdown).toContain('- c1: declared / an employee');
  });

  it('has one line for each exception, with as many cells as the head', () => {
    const lines = markdown.split('\n').filter((line) => line.startsWith('|'));
    const cells = lines.map((line) => line.split(/(?<!\\)\|/).length);
    expect(lines).toHaveLength(4);
    expect(new Set(cells).size).toBe(1);
    expect(markdown).toContain('Mia \\| Boss');
    expect(markdown).toContain('svc_backup@contoso.example');
    expect(markdown).toContain('review 2027-02-01');
  });
});

describe('escapeMarkdown', () => {
  it.each([
    ['a|b', 'a\\|b'],
    ['a\\|b', 'a\\\\\\|b'],
    ['a\nb\r\n c', 'a b c'],
    ['`code`', '\\`code\\`'],
    ['[x](http://evil.example)', '\\[x\\](http\\://evil.example)'],
    ['<img src=x>', '&lt;img src=x&gt;'],
    ['R&D', 'R&amp;D'],
    ['*bold* _it_', '\\*bold\\* \\_it\\_'],
    ['first_last', 'first_last'],
    ['www.evil.example', 'www\\.evil.example'],
    ['a\u202Etxt', 'a(U+202E)txt'],
    ['a\u2066b\u200Bc', 'a(U+2066)b(U+200B)c'],
    ['a\u0007', 'a(U+0007)'],
    ['Zoë Łącka', 'Zoë Łącka'],
  ])('writes %j as %j', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });

  it('lets no text end its cell or its line, or hide', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('|', '\n', '\u2028', '\\|', '`', '<b>', '\u202E'),
        (text, bad) => {
          const escaped = escapeMarkdown(`${text}${bad}${text}`);
          expect(escaped.replaceAll('\\\\', '').split(/(?<!\\)\|/)).toHaveLength(1);
          expect(/[\n\r\u2028\u2029<>\u202E]/.test(escaped)).toBe(false);
        },
      ),
    );
  });
});

describe('open points of the Markdown table', () => {
  const classes = {
    guest: { count: 0, accountIds: [] },
    room: { count: 0, accountIds: [] },
    equipment: { count: 0, accountIds: [] },
  };
  const second: ExceptionRow = { ...SECOND, accountId: 'a3' };

  it.each([
    ['none', [ROW], true],
    ['one', [ROW, SECOND], true],
    ['two', [SECOND, second], false],
  ])('with %s break-glass account it says whether more are needed', (_how, exceptions, isSaid) => {
    expect(exceptionsMarkdown({ exceptions, classes }).includes('At least 2 are needed')).toBe(isSaid);
  });
});
