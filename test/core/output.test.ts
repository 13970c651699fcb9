import { afterEach, describe, expect, it, vi } from 'vitest';
import { minuteText, printable, refusalOf, table } from '../../src/cli/output.ts';
import { AppError } from '../../src/lib/errors.ts';

describe('table', () => {
  it('lines columns up, wide and combining characters counted as a terminal draws them', () => {
    expect(
      table(
        ['name', 'n'],
        [
          ['李明', '1'],
          ['Jose\u0301', '2'],
        ],
      ),
    ).toBe('name  n\n李明  1\nJose\u0301  2');
  });

  it('takes more rows than a call takes arguments', () => {
    const rows = Array.from({ length: 200_000 }, () => ['a']);
    expect(table(['n'], rows).length).toBe(2 * 200_001 - 1);
  });

  it('lets no name widen every line without end', () => {
    const lines = table(
      ['name', 'n'],
      [
        ['x'.repeat(1_000_000), '1'],
        ['Ada', '2'],
      ],
    ).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1_000);
    expect(lines[1]).toContain('…');
  });

  it('lets no name forge a line or turn the text around', () => {
    expect(table(['name'], [['Eve\nadmin \u202Egro\u001B[2J']])).toBe('name\nEve admin  gro [2J');
  });
});

describe('printable', () => {
  it('keeps the lines of a text and takes out what commands a terminal', () => {
    expect(printable('Eve\u001B[2J\r\u009Bx\nb\u2066c\t\u2028')).toBe('Eve [2J  x\nb c  ');
  });
});

describe('refusal', () => {
  it('carries the stable code and the sentence for people', () => {
    expect(refusalOf(new AppError('store_in_use', 'inside', { userMessage: 'Outside.' }))).toEqual({
      code: 'store_in_use',
      message: 'Outside.',
    });
    expect(refusalOf(new TypeError('boom'))).toEqual({ code: 'unexpected', message: 'boom' });
  });
});

describe('an instant in words', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['2026-11-23T01:12:37.471Z', 'Europe/Berlin', '2026-11-23 02:12 Europe/Berlin'],
    ['2026-07-01T23:59:59Z', 'Europe/Berlin', '2026-07-02 01:59 Europe/Berlin'],
    [new Date('2026-11-23T01:12:37Z'), 'America/New_York', '2026-11-22 20:12 America/New_York'],
    ['2026-11-23T01:12:00Z', 'UTC', '2026-11-23 01:12 UTC'],
  ])('of %s in %s is %s', (instant, zone, words) => {
    vi.stubEnv('TZ', zone);
    expect(minuteText(instant)).toBe(words);
  });
});
