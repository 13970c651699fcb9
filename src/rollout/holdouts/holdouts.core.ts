/**
 * Who is a holdout, and who is asked to help. A manager who has not enrolled himself, or is on leave, is passed over for
 * his own; where nobody above can help, the engineer has the person on his list. Whose methods cannot be told is never
 * called missing: the engineer looks. Nobody stands on two lists.
 */
import { addDays } from '../exceptions/calendar.core.ts';
import type { Phase, PhasePerson, Rollout } from '../phases/phase-types.core.ts';
import type {
  ExcuseCode,
  Excused,
  FoundHoldout,
  HoldoutStep,
  ListOwner,
  MethodReading,
  Reason,
} from './holdout-types.core.ts';

export type HoldoutFacts = {
  rollout: Rollout;
  /** Everybody of the master list, since managers may be in other phases. */
  people: readonly PhasePerson[];
  /** What was read of single people just now; it wins over the list, which lags by hours. */
  fresh: ReadonlyMap<string, MethodReading>;
  /** Today at the customer, `YYYY-MM-DD`. */
  today: string;
};

export type Holdouts = { found: FoundHoldout[]; excused: Excused[] };

/** Judges everybody once: on one manager's list, on the engineer's, or excused with the reason. */
export function holdoutsOf(facts: HoldoutFacts): Holdouts {
  const steps = new Map(facts.rollout.phases.map((phase) => [nameKey(phase.name), stepOf(facts, phase)]));
  const chain = { people: new Map(facts.people.map((person) => [person.accountId, person])), fresh: facts.fresh };
  const judged: Holdouts = { found: [], excused: [] };
  for (const person of facts.people) {
    const { accountId, phase } = person;
    const step = steps.get(nameKey(phase)) ?? null;
    const excuse = excuseOf(person, { fresh: facts.fresh, step });
    if (excuse !== null) judged.excused.push({ accountId, phase, why: excuse });
    else if (step !== null) judged.found.push({ accountId, phase, step, owner: ownerOf(person, chain) });
  }
  return judged;
}

/** At which step a phase's holdouts are; null while it is not their time. */
export function stepOf(
  { rollout, today }: Pick<HoldoutFacts, 'rollout' | 'today'>,
  { state, enforceOn }: Pick<Phase, 'state' | 'enforceOn'>,
): HoldoutStep | null {
  if (rollout.state === 'stopped') return null;
  if (state === 'enforced') return 'enforced';
  if (rollout.state === 'finished') return null;
  // Nobody of a planned phase was told anything yet; the insurer's day comes all the same.
  const isSooner = state !== 'planned' && enforceOn < rollout.deadline;
  const day = isSooner ? enforceOn : rollout.deadline;
  if (today < addDays(day, -rollout.procedure.chaseDaysBefore)) return null;
  return today >= addDays(day, -1) ? 'lastDay' : 'before';
}

/** A phase's name as it is compared. */
export function nameKey(name: string): string {
  return name.trim().toLowerCase();
}

function excuseOf(
  person: PhasePerson,
  { fresh, step }: { fresh: HoldoutFacts['fresh']; step: HoldoutStep | null },
): Reason<ExcuseCode> | null {
  if (person.accountStatus === 'disabled') return excuse('disabled');
  if (person.exempt !== null) return excuse('exempt');
  if (person.hrStatus === 'onLeave') return excuse('onLeave');
  if (enrolmentOf(person, fresh) === 'capable') return excuse('enrolled');
  return step === null ? excuse('notDue') : null;
}

function enrolmentOf(person: PhasePerson, fresh: HoldoutFacts['fresh']): PhasePerson['enrolment'] {
  const reading = fresh.get(person.accountId);
  return reading?.readAt == null ? person.enrolment : reading.enrolment;
}

type Chain = { people: ReadonlyMap<string, PhasePerson>; fresh: HoldoutFacts['fresh'] };

/** Whose list a holdout stands on. */
function ownerOf(person: PhasePerson, chain: Chain): ListOwner {
  if (enrolmentOf(person, chain.fresh) === 'unknown') return engineer('methodsUnknown');
  if (person.managerAccountId === person.accountId) return engineer('managerIsSelf');
  if (leadsBack(person, chain.people)) return engineer('managerLoop');
  const passed = new Set([person.accountId]);
  let below = person;
  let why: OwnerCode | null = null;
  for (;;) {
    const above = managerAbove(below, chain.people);
    if (typeof above === 'string') return engineer(why ?? above);
    if (passed.has(above.accountId)) return engineer('managerLoop');
    const unable = unableOf(above, chain.fresh);
    if (unable === null) return { to: 'manager', accountId: above.accountId };
    why ??= unable;
    passed.add(above.accountId);
    below = above;
  }
}

function managerAbove({ managerAccountId, managerWhy }: PhasePerson, people: Chain['people']): PhasePerson | OwnerCode {
  if (managerAccountId === null) {
    return managerWhy === null || managerWhy === 'noManager' ? 'managerMissing' : 'managerLeft';
  }
  const manager = people.get(managerAccountId);
  return manager === undefined || manager.accountStatus === 'disabled' ? 'managerLeft' : manager;
}

/** Whoever is carved out has no method and is no holdout: he can press a button. */
function unableOf(manager: PhasePerson, fresh: HoldoutFacts['fresh']): OwnerCode | null {
  if (manager.hrStatus === 'onLeave') return 'managerOnLeave';
  const isHoldout = manager.exempt === null && enrolmentOf(manager, fresh) === 'not';
  return isHoldout ? 'managerIsHoldout' : null;
}

/** Whether going up from manager to manager comes back to the person. A circle further up is not his. */
function leadsBack(person: PhasePerson, people: Chain['people']): boolean {
  const seen = new Set<string>();
  let above = person.managerAccountId;
  while (above !== null && !seen.has(above)) {
    if (above === person.accountId) return true;
    seen.add(above);
    above = people.get(above)?.managerAccountId ?? null;
  }
  return false;
}

const EXCUSES: Readonly<Record<ExcuseCode, readonly [string, string]>> = {
  enrolled: ['Can answer MFA.', 'Kann MFA beantworten.'],
  exempt: ['Carved out by a signed exception.', 'Durch eine unterschriebene Ausnahme ausgenommen.'],
  onLeave: [
    'On leave according to HR; the turn comes after the return.',
    'Laut Personalverwaltung abwesend; an der Reihe nach der Rückkehr.',
  ],
  disabled: ['The account is disabled.', 'Das Konto ist deaktiviert.'],
  notDue: ['The day of this phase is still too far away.', 'Der Tag dieser Phase ist noch zu weit weg.'],
  left: [
    'No longer on the master list: left, or without an account.',
    'Steht nicht mehr auf der Personenliste: ausgeschieden oder ohne Konto.',
  ],
};

/** Why somebody is on no list, with its sentence. */
export function excuse(code: ExcuseCode): Reason<ExcuseCode> {
  const [en, de] = EXCUSES[code];
  return { code, text: { en, de } };
}

const OWNER_REASONS = {
  managerMissing: ['HR names no manager.', 'In der Personalverwaltung ist keine Führungskraft eingetragen.'],
  managerLeft: [
    'The manager in HR has left, has not started, or has no working account.',
    'Die eingetragene Führungskraft ist ausgeschieden, noch nicht da oder ohne nutzbares Konto.',
  ],
  managerIsSelf: ['HR names this person as the own manager.', 'Die Person ist als eigene Führungskraft eingetragen.'],
  managerLoop: [
    'The managers above this person lead in a circle.',
    'Die Führungskräfte über dieser Person führen im Kreis.',
  ],
  managerOnLeave: [
    'The manager is on leave, and nobody above can be asked.',
    'Die Führungskraft ist abwesend, und über ihr ist niemand zu fragen.',
  ],
  managerIsHoldout: [
    'The manager has not enrolled either, and nobody above can be asked.',
    'Auch die Führungskraft ist nicht registriert, und über ihr ist niemand zu fragen.',
  ],
  methodsUnknown: [
    'It cannot be told whether the own methods answer MFA: please look.',
    'Ob die eigenen Methoden MFA beantworten, ist nicht zu erkennen: bitte nachsehen.',
  ],
} as const satisfies Record<string, readonly [string, string]>;

type OwnerCode = keyof typeof OWNER_REASONS;

function engineer(code: OwnerCode): ListOwner {
  const [en, de] = OWNER_REASONS[code];
  return { to: 'engineer', why: { code, text: { en, de } } };
}
