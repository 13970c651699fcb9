import { dayOf } from '../../lib/local-time.ts';
import type { Database } from '../../store/database.ts';
import type { Customer } from '../customers/customers.ts';
import type { PhasePerson, Rollout } from '../phases/phase-types.core.ts';
import type { LookListener } from '../phases/rollout-jobs.ts';
import { type DayCount, type Forecast, forecastOf, type PlanStep, planOf } from './forecast.core.ts';
import { readDays, saveDay } from './forecast.store.ts';

/** How a rollout got on so far, how it was meant to, and what to expect by the deadline. */
export type Progress = { days: DayCount[]; plan: PlanStep[]; forecast: Forecast };

export type Forecasts = {
  /** Counts the day at every look at a running rollout. */
  onLook: LookListener;
  /** The progress of a rollout at an instant. Calls no vendor. */
  progress(asked: {
    customer: Customer;
    rollout: Rollout;
    people: readonly PhasePerson[];
    now: Date;
  }): Promise<Progress>;
};

/** Creates what counts the days of a rollout and tells what they lead to. */
export function createForecasts({ database }: { database: Database }): Forecasts {
  return {
    onLook: (tx, { customer, rollout, people, now }) => {
      const day = dayOf(now, customer.settings.timeZone);
      return saveDay(tx, { rolloutId: rollout.id, day, phases: countsOf(rollout, people) });
    },
    progress: async ({ customer, rollout, people, now }) => {
      const rows = await database.withCustomer(customer.id, (tx) => readDays(tx, rollout.id));
      const days = [...new Set(rows.map(({ day }) => day))].map((day): DayCount => {
        const own = rows.filter((row) => row.day === day);
        return { day, people: sumOf(own.map((row) => row.people)), capable: sumOf(own.map((row) => row.capable)) };
      });
      const counts = new Map(countsOf(rollout, people).map((row) => [row.phase, row.people]));
      const phases = rollout.phases.map(({ name, enforceOn }) => ({ enforceOn, people: counts.get(name) ?? 0 }));
      const today = dayOf(now, customer.settings.timeZone);
      return { days, plan: planOf(phases), forecast: forecastOf({ today, deadline: rollout.deadline, days }) };
    },
  };
}

/** Each phase with those whom it waits for: people with a working account whom nobody carved out. */
function countsOf({ phases }: Rollout, people: readonly PhasePerson[]) {
  const meant = people.filter(({ exempt, accountStatus }) => exempt === null && accountStatus === 'enabled');
  return phases.map(({ name }) => {
    const own = meant.filter(({ phase }) => phase === name);
    return { phase: name, people: own.length, capable: own.filter(({ enrolment }) => enrolment === 'capable').length };
  });
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
