import { describe, expect, test } from 'vitest';
import { dayAfter, dayOf, instantOf, weekdayOf } from '../../src/lib/local-time.ts';

describe('instantOf', () => {
  test.each([
    ['winter', '2027-01-12', '09:00', 'Europe/Berlin', '2027-01-12T08:00:00.000Z'],
    ['summer', '2027-07-12', '09:00', 'Europe/Berlin', '2027-07-12T07:00:00.000Z'],
    [
      'a time that does not exist counts on over the gap',
      '2027-03-28',
      '02:30',
      'Europe/Berlin',
      '2027-03-28T01:30:00.000Z',
    ],
    ['of two such times the first is meant', '2027-10-31', '02:30', 'Europe/Berlin', '2027-10-31T00:30:00.000Z'],
    ['the same in a zone behind UTC', '2027-11-07', '01:30', 'America/New_York', '2027-11-07T05:30:00.000Z'],
    ['a gap of half an hour', '2027-10-03', '02:15', 'Australia/Lord_Howe', '2027-10-02T15:45:00.000Z'],
    ['a gap at midnight', '2027-09-05', '00:00', 'America/Santiago', '2027-09-05T04:00:00.000Z'],
    ['a leap day', '2028-02-29', '23:59', 'UTC', '2028-02-29T23:59:00.000Z'],
  ])('%s', (_name, day, at, zone, instant) => {
    expect(instantOf(day, at, zone).toISOString()).toBe(instant);
  });

  test.each([
    ['2027-02-29', '09:00', 'UTC', 'bad_day'],
    ['27-02-01', '09:00', 'UTC', 'bad_day'],
    ['2027-02-01T10:00', '09:00', 'UTC', 'bad_day'],
    ['2027-02-01', '24:00', 'UTC', 'bad_time_of_day'],
    ['2027-02-01', '9:00', 'UTC', 'bad_time_of_day'],
    ['2027-02-01', '09:00', 'Europe/Nowhere', 'bad_time_zone'],
  ])('refuses %s %s in %s with %s', (day, at, zone, code) => {
    expect(() => instantOf(day, at, zone)).toThrow(expect.objectContaining({ code }));
  });
});

test('dayOf tells the day of the wall clocks', () => {
  const lateInUtc = new Date('2027-03-27T23:30:00Z');
  expect(dayOf(lateInUtc, 'Europe/Berlin')).toBe('2027-03-28');
  expect(dayOf(lateInUtc, 'America/New_York')).toBe('2027-03-27');
  expect(dayOf('2027-03-27T23:30:00Z', 'Europe/Berlin')).toBe('2027-03-28');
  expect(() => dayOf('soon', 'UTC')).toThrow(expect.objectContaining({ code: 'bad_instant' }));
  expect(() => dayOf(new Date(Number.NaN), 'UTC')).toThrow(expect.objectContaining({ code: 'bad_instant' }));
});

test('weekdayOf counts from Monday', () => {
  expect(['2027-03-22', '2027-03-26', '2027-03-28'].map(weekdayOf)).toEqual([1, 5, 7]);
});

test('dayAfter goes over months, years and changes of the clocks', () => {
  expect(dayAfter('2027-03-27', 2)).toBe('2027-03-29');
  expect(dayAfter('2027-01-01', -1)).toBe('2026-12-31');
  expect(dayAfter('2028-02-28', 1)).toBe('2028-02-29');
});
