import { expect, it } from 'vitest';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { stepOf } from '../../src/rollout/holdouts/holdouts.core.ts';
import { withDemandedDays } from '../../src/rollout/phases/demanded-days.ts';
import { asDemanded } from '../../src/rollout/phases/phase-life.core.ts';
import type { Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import { holdoutTickets } from '../../src/rollout/tickets/ticket-lists.core.ts';
import { phaseOf, phasePerson, rolloutOf } from '../support/outreach-world.ts';

/* Security Defaults go with the last phase: a department whose day comes before is asked for nothing on it. */

const sales = phaseOf({ name: 'Sales', everyoneElse: false, state: 'ready', enforceOn: '2027-03-29' });
const done = { ...sales, name: 'IT', state: 'enforced', enforcedAt: '2027-03-24T23:30:00.000Z' } as const;
const last = phaseOf({ name: 'Everyone else', everyoneElse: true, state: 'planned', enforceOn: '2027-04-20' });

function rollout(sdSwitch: 'first' | 'last'): Rollout {
  const made = rolloutOf([done, sales, last], {});
  return { ...made, deadline: '2027-06-30', procedure: { ...made.procedure, sdSwitch } };
}

const zone = { timeZone: 'Europe/Berlin' };
const demanded = (areDefaultsOn: boolean, sdSwitch: 'first' | 'last' = 'last') =>
  asDemanded(rollout(sdSwitch), { ...zone, areDefaultsOn });
const days = (found: Rollout) => found.phases.map(({ enforceOn }) => enforceOn);

it('every phase that is not enforced has the last one’s day while Security Defaults have to go with it', () => {
  expect(days(demanded(true))).toEqual(['2027-03-25', '2027-04-20', '2027-04-20']);
  expect(days(demanded(false))).toEqual(['2027-03-25', '2027-03-29', '2027-04-20']);
  expect(days(demanded(true, 'first'))).toEqual(['2027-03-25', '2027-03-29', '2027-04-20']);
});

it('holdouts are chased before the day on which they are asked', () => {
  const stepIn = (found: Rollout, today: string) => {
    const [, phase] = found.phases;
    return phase === undefined ? undefined : stepOf({ rollout: found, today }, phase);
  };
  expect(stepIn(demanded(true), '2027-03-28')).toBeNull();
  expect(stepIn(demanded(true), '2027-04-17')).toBe('before');
  expect(stepIn(demanded(true), '2027-04-19')).toBe('lastDay');
  expect(stepIn(demanded(false), '2027-03-28')).toBe('lastDay');
});

it('a holdout’s ticket is opened before that day and names it', () => {
  const person = phasePerson({ accountId: 'p', phase: 'Sales', enrolment: 'not' });
  const ticketsOn = (today: string) => {
    const found = demanded(true);
    return found.phases.flatMap((phase) =>
      holdoutTickets({ rollout: found, phase, people: [person], language: 'en', today }),
    );
  };
  expect(ticketsOn('2027-03-28')).toEqual([]);
  const [ticket] = ticketsOn('2027-04-18');
  expect(ticket?.text).toContain('MFA is required from 2027-04-20.');
});

it('whoever looks at the rollout through it sees those days, by what is stored at that moment', async () => {
  const state = { areDefaultsOn: true };
  const phases = withDemandedDays({
    phases: { current: async () => rollout('last'), people: async () => [] },
    customers: { get: async (id) => ({ id, settings: zone }) as Customer },
    areDefaultsOn: async () => state.areDefaultsOn,
  });
  const seen = async () => days((await phases.current('contoso')) ?? rollout('first'));
  expect(await seen()).toEqual(days(demanded(true)));
  state.areDefaultsOn = false;
  expect(await seen()).toEqual(days(demanded(false)));
});
