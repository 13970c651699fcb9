import type { Clock } from '../../../lib/clock.ts';
import type { HttpClient } from '../../http.ts';
import type { Pacer } from '../../pacer.ts';
import { digestOfParts } from '../../told-body.ts';
import { dayAfter, dayIn } from '../days.ts';
import type { HrReading, HrSource } from '../hr.ts';
import { createBambooApi } from './api.ts';
import { type BambooSettings, rulesOf } from './settings.ts';
import { BAMBOO_READING, employeesOf } from './transform.ts';

/** How far ahead absences are read, so that a long leave shows its last day although it is approved in parts. */
const ABSENCE_DAYS_AHEAD = 365;

/** Creates the HR source of a company at BambooHR: two requests for everybody and everybody's absence. */
export function createBambooSource(
  deps: { http: HttpClient; clock: Clock; pacer: Pacer },
  settings: BambooSettings,
): HrSource {
  const api = createBambooApi(deps, settings);
  const rules = rulesOf(settings);
  const read = async (signal?: AbortSignal): Promise<HrReading> => {
    const today = dayIn(deps.clock.now(), settings.timeZone ?? 'UTC');
    const { rows, digest } = await api.employees(signal);
    const absences = await api.absences({ start: today, end: dayAfter(today, ABSENCE_DAYS_AHEAD) }, signal);
    return {
      employees: employeesOf({ rows, absences }, rules, today),
      absencesKnown: absences !== null,
      digest: digestOfParts([BAMBOO_READING, digest, absences, rules, today]),
    };
  };
  return { source: 'bamboohr', read, readEmployees: async (signal) => (await read(signal)).employees };
}
