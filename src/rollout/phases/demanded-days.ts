import type { Customer, Customers } from '../customers/customers.ts';
import { asDemanded } from './phase-life.core.ts';
import type { Phases } from './phases.ts';

export type DemandedDaysDeps = {
  phases: Pick<Phases, 'current' | 'people'>;
  customers: Pick<Customers, 'get'>;
  /** Whether Security Defaults are on, by what is stored. */
  areDefaultsOn(customer: Customer): Promise<boolean>;
};

/**
 * The phases for those who speak with people before their day: each phase has the day on which MFA is demanded of its
 * people. While Security Defaults have yet to give way with the last phase, that is the last one's and not their own.
 */
export function withDemandedDays({ phases, customers, areDefaultsOn }: DemandedDaysDeps): DemandedDaysDeps['phases'] {
  return {
    people: phases.people,
    current: async (customerId) => {
      const rollout = await phases.current(customerId);
      // By its id, since whoever asks may be inside a transaction of this customer.
      const customer = rollout === null ? undefined : await customers.get(customerId);
      if (rollout === null || customer === undefined) return null;
      const { timeZone } = customer.settings;
      return asDemanded(rollout, { areDefaultsOn: await areDefaultsOn(customer), timeZone });
    },
  };
}
