import { AppError } from '../../lib/errors.ts';
import type { Customer } from '../customers/customers.ts';
import type { SourceReading } from '../roster/roster.ts';
import type { Enrolment, Person } from '../roster/roster-types.core.ts';
import type { Derived } from './derived.ts';

export type PeopleFacts = {
  /** What the master list says about one account; null when it is nobody's there, or nothing was read yet. */
  ownFacts(customer: Customer, objectId: string): Promise<{ enrolment: Enrolment; methods: readonly string[] } | null>;
  /** How many people are enrolled; null before the first sync. */
  counts(customer: Customer): Promise<Record<Enrolment, number> | null>;
  /** Who has people under him, where HR's manager wins over the directory's; nobody before the first sync. */
  managers(customer: Customer): Promise<ReadonlySet<string>>;
};

export type PeopleFactsDeps = {
  readings(customer: Customer): Promise<SourceReading[]>;
  derived(customer: Customer): Promise<Pick<Derived, 'roster'>>;
};

/** Kept for every customer as long as the process lives, so no more of a person than is told. */
type Facts = {
  people: ReadonlyMap<string, Pick<Person, 'enrolment' | 'methods'>>;
  counts: Record<Enrolment, number>;
  managers: ReadonlySet<string>;
};

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Creates the look-up of single people, which is asked with every press on a card. The master list is joined anew only
 * after a reading, once for all that is asked.
 */
export function createPeopleFacts(deps: PeopleFactsDeps): PeopleFacts {
  const known = new Map<string, { revision: string; facts: Facts | null }>();
  const factsOf = async (customer: Customer): Promise<Facts | null> => {
    const readings = await deps.readings(customer);
    const revision = readings.map(({ source, readAt }) => `${source} ${readAt?.getTime() ?? ''}`).join('\n');
    const cached = known.get(customer.id);
    if (cached?.revision === revision) return cached.facts;
    const facts = await readFacts(deps, customer);
    known.set(customer.id, { revision, facts });
    return facts;
  };
  return {
    ownFacts: async (customer, objectId) => {
      const person = (await factsOf(customer))?.people.get(objectId);
      return person === undefined ? null : { enrolment: person.enrolment, methods: person.methods };
    },
    counts: async (customer) => (await factsOf(customer))?.counts ?? null,
    managers: async (customer) => (await factsOf(customer))?.managers ?? NOBODY,
  };
}

async function readFacts(deps: PeopleFactsDeps, customer: Customer): Promise<Facts | null> {
  const derived = await deps.derived(customer);
  try {
    const { people, counts } = derived.roster();
    const told = people.map(({ accountId, enrolment, methods }) => [accountId, { enrolment, methods }] as const);
    const managers = new Set(people.flatMap((person) => person.managerAccountId ?? []));
    return { people: new Map(told), counts: counts.enrolment, managers };
  } catch (error) {
    // Before HR and the tenant were read there is no list, which is an answer.
    if (error instanceof AppError && error.code === 'snapshot_part_missing') return null;
    throw error;
  }
}
