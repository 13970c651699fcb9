/** The numbers of a master list, counted once where the list is made. */
import { TIER } from './hr-rows.core.ts';
import type { MatchState } from './match-state.core.ts';
import type { Person, Roster, RosterCounts } from './roster-types.core.ts';

/** Counts one person, best where his row has just been made: to visit all rows again is what costs. */
export function countPerson(counts: RosterCounts, person: Person): void {
  countStatus(counts, person);
  countKey(counts.matchedBy, person);
  countEnrolment(counts.enrolment, person);
  for (const difference of person.differences) counts.differences[difference.field] += 1;
}

// Named properties: one that is looked up by a text that varies costs several times as much.

function countStatus(counts: RosterCounts, { hrStatus }: Pick<Person, 'hrStatus'>): void {
  if (hrStatus === 'active') counts.active += 1;
  else counts.onLeave += 1;
}

function countKey(counts: RosterCounts['matchedBy'], { matchedBy }: Person): void {
  if (matchedBy === 'employeeId') counts.employeeId += 1;
  else if (matchedBy === 'mail') counts.mail += 1;
  else counts[matchedBy] += 1;
}

function countEnrolment(counts: RosterCounts['enrolment'], { enrolment }: Person): void {
  if (enrolment === 'capable') counts.capable += 1;
  else if (enrolment === 'not') counts.not += 1;
  else counts.unknown += 1;
}

/** Counts the rest of the list and both of its sources; `counts` hold the people already. */
export function countRoster(state: MatchState, roster: Omit<Roster, 'counts'>, counts: RosterCounts): RosterCounts {
  for (const person of roster.hrWithoutAccount) countStatus(counts, person);
  for (let row = 0; row < state.tiers.length; row += 1) if (state.tiers[row] === TIER.inactive) counts.inactive += 1;
  for (const account of roster.accountWithoutHr) counts.classes[account.class] += 1;
  return {
    ...counts,
    employees: counts.active + counts.onLeave + counts.inactive + roster.futureHires.length,
    futureHires: roster.futureHires.length,
    accounts: roster.people.length + roster.accountWithoutHr.length,
    people: roster.people.length,
    hrWithoutAccount: roster.hrWithoutAccount.length,
    accountWithoutHr: roster.accountWithoutHr.length,
    suggestions: roster.suggestions.length,
    conflicts: roster.conflicts.length,
  };
}

/** The counts of an empty list. */
export function emptyCounts(): RosterCounts {
  return {
    employees: 0,
    active: 0,
    onLeave: 0,
    inactive: 0,
    futureHires: 0,
    accounts: 0,
    people: 0,
    hrWithoutAccount: 0,
    accountWithoutHr: 0,
    suggestions: 0,
    conflicts: 0,
    matchedBy: { employeeId: 0, mail: 0, userPrincipalName: 0, proxyAddress: 0 },
    enrolment: { capable: 0, not: 0, unknown: 0 },
    differences: { department: 0, manager: 0 },
    classes: {
      leaver: 0,
      secondAccount: 0,
      futureHire: 0,
      guest: 0,
      room: 0,
      equipment: 0,
      sharedMailbox: 0,
      serviceAccount: 0,
      breakGlass: 0,
      unclassified: 0,
    },
  };
}
