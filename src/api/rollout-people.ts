/** Whom of a rollout's people somebody may see, and how they are counted. */
import type { Readiness } from '../contract.ts';
import { type Actor, may } from '../rollout/access/access.core.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { PhasePerson, Rollout } from '../rollout/phases/phase-types.core.ts';
import type { Phases } from '../rollout/phases/phases.ts';
import { scopeOf } from './asking.ts';

/** The rollout with the people of it whom the actor may see; `isWhole` says whether that is everybody. */
export type SeenRollout = { rollout: Rollout; people: readonly PhasePerson[]; isWhole: boolean };

export type PhaseReads = Pick<Phases, 'current' | 'people'>;

/**
 * What the actor may see of the customer's newest rollout: everybody's seer all people, a manager the own ones. Null
 * before the first rollout. Refuses with `no_role`, and with `snapshot_part_missing` where nothing was read yet.
 */
export async function seenRollout(phases: PhaseReads, customer: Customer, actor: Actor): Promise<SeenRollout | null> {
  const managerId = scopeOf(actor);
  const rollout = await phases.current(customer.id);
  if (rollout === null) return null;
  const people = await phases.people(customer);
  if (managerId === undefined) return { rollout, people, isWhole: true };
  return { rollout, people: people.filter((person) => person.managerAccountId === managerId), isWhole: false };
}

/** Whether the account works: others are nobody's turn. */
export function isCounted({ accountStatus }: PhasePerson): boolean {
  return accountStatus === 'enabled';
}

/** How ready these people are. */
export function readinessOf(people: readonly PhasePerson[]): Readiness {
  const counts: Readiness = { people: 0, capable: 0, not: 0, unknown: 0, exempt: 0 };
  for (const person of people) {
    if (!isCounted(person)) continue;
    if (person.exempt !== null) counts.exempt += 1;
    else {
      counts.people += 1;
      counts[person.enrolment] += 1;
    }
  }
  return counts;
}

/** Whether the actor may know of this person that he is carved out, on leave, or what enforcing would mean for him. */
export function mayKnowAllOf(actor: Actor, person: PhasePerson): boolean {
  return may(actor, 'seeExceptions') || person.managerAccountId === actor.identity.objectId;
}
