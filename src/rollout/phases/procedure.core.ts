/** Binds a procedure to one customer: whom each phase is for, and on which days. */
import type { Person } from '../roster/roster-types.core.ts';
import type { PhaseFilter, Procedure, ProcedurePhase, Sentence } from './phase-types.core.ts';
import { workDayAfter } from './work-days.core.ts';

/** What a filter looks at. */
export type Filtered = Pick<Person, 'accountId' | 'department' | 'jobTitle' | 'userPrincipalName'>;

/** The name of the phase of each person: of the first that names him, else of everyone else. */
export function phaseOf(procedure: Pick<Procedure, 'phases'>, person: Filtered): string {
  const named = procedure.phases.find(({ people }) => people !== null && matches(people, person));
  return (named ?? lastOf(procedure)).name;
}

function lastOf({ phases }: Pick<Procedure, 'phases'>): ProcedurePhase {
  const last = phases.at(-1);
  if (last === undefined) throw new RangeError('a procedure has at least one phase');
  return last;
}

function matches(filter: PhaseFilter, person: Filtered): boolean {
  const domain = person.userPrincipalName?.split('@').at(-1) ?? null;
  return (
    isAmong(filter.departments, person.department) &&
    isAmong(filter.jobTitles, person.jobTitle) &&
    isAmong(filter.domains, domain)
  );
}

function isAmong(wanted: readonly string[] | undefined, value: string | null): boolean {
  if (wanted === undefined) return true;
  return value !== null && wanted.some((one) => folded(one) === folded(value));
}

function folded(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim().toLowerCase();
}

export type Binding = {
  startsOn: string;
  deadline: string;
  today: string;
  /** Whether Security Defaults are on at the customer; null or left out: not known. */
  securityDefaultsOn?: boolean | null | undefined;
};

export type BoundPhase = { name: string; everyoneElse: boolean; enforceOn: string };

/** A mistake that keeps a procedure from being bound to a customer. */
export type BindMistake = { code: string; message: Sentence };

export type Bound = { phases: BoundPhase[]; mistakes: BindMistake[] };

/**
 * The procedure as it is followed at a customer. `sdSwitch: first` has one phase for everybody, on the day of the first:
 * whom Security Defaults cover is covered by the managed policy in the same step. Where they are known to be off there is
 * nothing to switch, and the phases stand as they are written.
 */
export function followed(procedure: Procedure, securityDefaultsOn: boolean | null): Procedure {
  const [first] = procedure.phases;
  if (procedure.sdSwitch === 'last' || securityDefaultsOn === false || first === undefined) return procedure;
  return { ...procedure, phases: [{ ...lastOf(procedure), enforceAfterDays: first.enforceAfterDays }] };
}

/**
 * The phases with their days, and everything that speaks against them: a deadline that is past or too early, a phase
 * nobody is in, a person whom two phases name. With a mistake nothing of it is to be used.
 */
export function bindProcedure(written: Procedure, people: readonly Filtered[], binding: Binding): Bound {
  const procedure = followed(written, binding.securityDefaultsOn ?? null);
  const { phases, mistakes } = daysOf(procedure, binding);
  return { phases, mistakes: [...mistakes, ...emptyPhases(procedure, people), ...twiceNamed(procedure, people)] };
}

function daysOf(procedure: Procedure, { startsOn, deadline, today }: Binding): Bound {
  const mistakes: BindMistake[] = [];
  if (deadline < today) mistakes.push(mistake('deadline_past', PAST(deadline)));
  if (startsOn < today) mistakes.push(mistake('start_past', START_PAST(startsOn)));
  const phases = procedure.phases.flatMap(({ name, people, enforceAfterDays }) => {
    const enforceOn = workDayAfter(startsOn, enforceAfterDays, procedure.calendar);
    return enforceOn === null ? [] : [{ name, everyoneElse: people === null, enforceOn }];
  });
  const last = phases.at(-1);
  if (phases.length < procedure.phases.length) mistakes.push(mistake('no_working_day', NO_DAY));
  else if (last !== undefined && last.enforceOn > deadline) {
    mistakes.push(mistake('deadline_too_early', TOO_EARLY(last, deadline)));
  }
  return { phases, mistakes };
}

const NO_DAY: Sentence = {
  en: 'The calendar of the procedure leaves no working day for some phase. Shorten its freezes or holidays.',
  de: 'Der Kalender des Verfahrens lässt für eine Phase keinen Arbeitstag übrig. Verkürzen Sie Sperrzeiten oder Feiertage.',
};

const PAST = (deadline: string): Sentence => ({
  en: `The deadline ${deadline} is past. Name a later one.`,
  de: `Der Stichtag ${deadline} ist vorbei. Nennen Sie einen späteren.`,
});

const START_PAST = (startsOn: string): Sentence => ({
  en: `The start ${startsOn} is past. Begin today or later.`,
  de: `Der Beginn ${startsOn} ist vorbei. Beginnen Sie heute oder später.`,
});

const TOO_EARLY = ({ name, enforceOn }: BoundPhase, deadline: string): Sentence => ({
  en: `The phase "${name}" would be enforced on ${enforceOn}, after the deadline ${deadline}. Begin earlier, or leave fewer days between the phases.`,
  de: `Die Phase „${name}“ käme am ${enforceOn} und damit nach dem Stichtag ${deadline}. Beginnen Sie früher oder lassen Sie weniger Tage zwischen den Phasen.`,
});

function mistake(code: string, message: Sentence): BindMistake {
  return { code, message };
}

/** Everyone else may be nobody: it is there for whoever comes later. */
function emptyPhases(procedure: Procedure, people: readonly Filtered[]): BindMistake[] {
  const taken = new Set(people.map((person) => phaseOf(procedure, person)));
  const empty = procedure.phases.filter(({ name, people: filter }) => filter !== null && !taken.has(name));
  if (empty.length === 0) return [];
  const names = empty.map(({ name }) => `"${name}"`).join(', ');
  const known = [...new Set(people.flatMap(({ department }) => department ?? []))].sort().join(', ');
  return [
    mistake('phase_empty', {
      en: `Nobody is in ${names}. The departments of the master list are: ${known || 'none'}. Correct the filter, or take the phase out.`,
      de: `Niemand ist in ${names}. Die Abteilungen der Stammliste sind: ${known || 'keine'}. Berichtigen Sie den Filter oder streichen Sie die Phase.`,
    }),
  ];
}

/** People named in a sentence; the others are counted. */
const NAMED_MAX = 5;

function twiceNamed({ phases }: Procedure, people: readonly Filtered[]): BindMistake[] {
  const twice = people.flatMap((person) => {
    const naming = phases.filter(({ people: filter }) => filter !== null && matches(filter, person));
    return naming.length > 1 ? [{ person, names: naming.map(({ name }) => name) }] : [];
  });
  const [first] = twice;
  if (first === undefined) return [];
  const who = twice.slice(0, NAMED_MAX).map(({ person }) => person.userPrincipalName ?? person.accountId);
  const more = twice.length > who.length ? ` +${twice.length - who.length}` : '';
  const names = first.names.map((name) => `"${name}"`).join(', ');
  return [
    mistake('person_in_two_phases', {
      en: `${twice.length} people are in more than one phase (${names}: ${who.join(', ')}${more}). Narrow the filters, so that each person has one phase.`,
      de: `${twice.length} Personen sind in mehr als einer Phase (${names}: ${who.join(', ')}${more}). Fassen Sie die Filter enger, sodass jede Person eine Phase hat.`,
    }),
  ];
}

/** Working days before the first phase is enforced: a week for its mails. */
const FIRST_AFTER = 5;
const NEXT_AFTER = 3;
/** The first phase: who helps the others is through it himself. */
const HELPERS = /^(it|information technology|informatik|edv|ict)$/i;

/**
 * The phases that a customer's departments suggest: the helpers first, then the small before the large, then everyone
 * else; one for everybody where Security Defaults are to give way first.
 */
export function suggestPhases(
  people: readonly Pick<Person, 'department'>[],
  sdSwitch: Procedure['sdSwitch'] = 'last',
): ProcedurePhase[] {
  if (sdSwitch === 'first') return [{ name: EVERYONE, people: null, enforceAfterDays: FIRST_AFTER }];
  const sizes = new Map<string, { name: string; size: number }>();
  for (const { department } of people) {
    if (department === null || folded(department) === '') continue;
    const known = sizes.get(folded(department)) ?? { name: department.trim(), size: 0 };
    sizes.set(folded(department), { ...known, size: known.size + 1 });
  }
  const departments = [...sizes.values()].sort(
    (a, b) =>
      Number(HELPERS.test(b.name)) - Number(HELPERS.test(a.name)) || a.size - b.size || (a.name < b.name ? -1 : 1),
  );
  const phases: ProcedurePhase[] = departments.map(({ name }, at) => ({
    name,
    people: { departments: [name] },
    enforceAfterDays: FIRST_AFTER + at * NEXT_AFTER,
  }));
  return [...phases, { name: EVERYONE_ELSE, people: null, enforceAfterDays: FIRST_AFTER + phases.length * NEXT_AFTER }];
}

const EVERYONE_ELSE = 'Everyone else';
const EVERYONE = 'Everyone';
