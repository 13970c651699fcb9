import { describe, expect, it } from 'vitest';
import type { Procedure } from '../../src/rollout/phases/phase-types.core.ts';
import { bindProcedure, type Filtered, phaseOf } from '../../src/rollout/phases/procedure.core.ts';
import { parseProcedureFile, procedureFileText } from '../../src/rollout/phases/procedure-file.ts';
import { dayRefusal, momentRefusal, workDayAfter } from '../../src/rollout/phases/work-days.core.ts';

const FILE = `
version: 1
name: Two departments
phases:
  - { name: IT, people: { departments: [it, Informatics] }, enforceAfterDays: 5 }
  - { name: Sales, people: { departments: [Sales], jobTitles: [Clerk] }, enforceAfterDays: 8 }
  - { name: Everyone else, people: null, enforceAfterDays: 10 }
calendar:
  holidays: ['2027-01-06']
  freezes: [{ from: '2027-01-13', to: '2027-01-15', why: year-end closing }]
`;
const PROCEDURE: Procedure = parseProcedureFile(FILE, 'p.yaml');

const person = (accountId: string, department: string | null, jobTitle: string | null = null): Filtered => ({
  accountId,
  department,
  jobTitle,
  userPrincipalName: `${accountId}@contoso.example`,
});
const PEOPLE = [
  person('ada', 'IT '),
  person('bo', 'sales', 'clerk'),
  person('cy', 'Sales', 'Director'),
  person('di', null),
];
const BINDING = { startsOn: '2027-01-04', deadline: '2027-02-28', today: '2027-01-04' };

describe('a procedure', () => {
  it('puts everybody into one phase, whatever the case and the spaces', () => {
    expect(PEOPLE.map((one) => phaseOf(PROCEDURE, one))).toEqual(['IT', 'Sales', 'Everyone else', 'Everyone else']);
  });

  it('is bound to working days outside of holidays and freezes', () => {
    expect(bindProcedure(PROCEDURE, PEOPLE, BINDING)).toEqual({
      mistakes: [],
      phases: [
        { name: 'IT', everyoneElse: false, enforceOn: '2027-01-12' },
        { name: 'Sales', everyoneElse: false, enforceOn: '2027-01-20' },
        { name: 'Everyone else', everyoneElse: true, enforceOn: '2027-01-22' },
      ],
    });
  });

  it.each([
    ['deadline_past', { deadline: '2027-01-03' }, PEOPLE, '2027-01-03 is past'],
    ['start_past', { startsOn: '2026-12-31' }, PEOPLE, 'Begin today or later'],
    ['deadline_too_early', { deadline: '2027-01-21' }, PEOPLE, '"Everyone else" would be enforced on 2027-01-22'],
    ['phase_empty', {}, PEOPLE.slice(1), 'Nobody is in "IT"'],
  ])('is refused with %s', (code, change, people, words) => {
    const { mistakes } = bindProcedure(PROCEDURE, people, { ...BINDING, ...change });
    expect(mistakes.find((one) => one.code === code)?.message.en).toContain(words);
  });

  it('is refused when two phases name one person', () => {
    const both = parseProcedureFile(FILE.replace('[it, Informatics]', '[it, Sales]'), 'p.yaml');
    const mistake = bindProcedure(both, PEOPLE, BINDING).mistakes.find(({ code }) => code === 'person_in_two_phases');
    expect(mistake?.message.de).toContain('bo@contoso.example');
  });

  it('is refused when its calendar leaves no day', () => {
    const frozen = FILE.replace("to: '2027-01-15'", "to: '2037-01-15'");
    const { mistakes } = bindProcedure(parseProcedureFile(frozen, 'p.yaml'), PEOPLE, BINDING);
    expect(mistakes.map(({ code }) => code)).toEqual(['no_working_day']);
  });

  it('comes back the same from its file', () => {
    expect(parseProcedureFile(procedureFileText(PROCEDURE), 'again.yaml')).toEqual(PROCEDURE);
  });

  it.each([
    ['two phases of one name', FILE.replace('name: Sales', 'name: it'), 'stands there twice'],
    ['no phase for everyone else', FILE.replace('people: null', 'people: { departments: [x] }'), 'people: null'],
    ['days out of order', FILE.replace('enforceAfterDays: 10', 'enforceAfterDays: 7'), 'in the order of their days'],
    ['a window below a day', `${FILE}\nwindow: { hours: 23 }`, 'line 12: window.hours must be a number >=24'],
    [
      'an unknown key',
      FILE.replace('version: 1', 'version: 1\ndeadline: 2027-01-01'),
      'line 3: deadline is not a known key',
    ],
    ['a filter without anything', FILE.replace('{ departments: [it, Informatics] }', '{}'), 'at least one of'],
    [
      'a freeze that ends before it begins',
      FILE.replace("to: '2027-01-15'", "to: '2027-01-12'"),
      'first day is not after',
    ],
  ])('is refused as a file with %s', (_what, text, words) => {
    expect(() => parseProcedureFile(text, 'p.yaml')).toThrow(words);
  });
});

describe('the calendar', () => {
  const { calendar } = PROCEDURE;

  it.each([
    ['2027-01-05', null],
    ['2027-01-06', 'holiday'],
    ['2027-01-09', 'no working day'],
    ['2027-01-14', 'year-end closing'],
  ])('says of %s: %s', (day, words) => {
    const refusal = dayRefusal(day, calendar);
    if (words === null) expect(refusal).toBeNull();
    else expect(refusal?.en).toContain(words);
  });

  it.each([
    ['2027-01-05', '07:59', false],
    ['2027-01-05', '08:00', true],
    ['2027-01-05', '13:59', true],
    ['2027-01-05', '14:00', false],
    ['2027-01-08', '11:59', true],
    ['2027-01-08', '12:00', false],
    ['2027-01-09', '10:00', false],
  ])('enforces on %s at %s: %s', (day, time, allowed) => {
    expect(momentRefusal({ day, time }, calendar) === null).toBe(allowed);
  });

  it('counts working days only', () => {
    expect(workDayAfter('2027-01-09', 0, calendar)).toBe('2027-01-11');
    expect(workDayAfter('2027-01-04', 1, calendar)).toBe('2027-01-05');
    expect(workDayAfter('2027-01-04', 2, calendar)).toBe('2027-01-07');
  });
});
