/**
 * The effect of a draft in one plain sentence, in English and German. It is written from the evaluated effect and never
 * from the JSON. Both policies are born report-only, so it says what the draft would do once it is enforced, and that
 * nothing changes until then.
 */
import { dayInEnglish, dayInGerman } from '../day-words.core.ts';
import type { EffectRow } from './draft-effect.core.ts';

export type Sentences = { en: string; de: string };

/** Accounts that are left out and have to answer MFA nowhere, by the day on which they return to scope. */
export type LeftOut = { kind: 'breakGlass' | 'other'; until: string | null };

export type SentenceInput = {
  effect: readonly EffectRow[];
  /** How each account stands that the draft leaves out. */
  leftOutOf(accountId: string): LeftOut;
  /** null: not read. */
  securityDefaultsOn: boolean | null;
  /** Phases are made of HR's departments: without HR nobody is in one. */
  isHrRead: boolean;
};

/** Writes the sentence. Accounts whose sign-in is blocked in the directory are nobody's people and are not counted. */
export function sentenceOf(input: SentenceInput): Sentences {
  const facts = factsOf(input);
  return { en: english(facts), de: german(facts) };
}

type Facts = {
  isHrRead: boolean;
  asked: number;
  unsure: number;
  kept: number;
  more: number;
  less: number;
  blocked: number;
  unknown: number;
  olderClientsFail: number;
  breakGlass: number;
  /** Left out until a day (null: without one), in order of the days. */
  untils: readonly (readonly [string | null, number])[];
  /** Left out, and asked by other policies: in some cases, at every sign-in. */
  leftOutAskedPartly: number;
  leftOutStillAsked: number;
  coveredByDefaults: number | null;
  losesDefaults: number;
};

function factsOf({ effect, leftOutOf, securityDefaultsOn, isHrRead }: SentenceInput): Facts {
  const rows = effect.filter((row) => row.isEnabled);
  const count = (wanted: (row: EffectRow) => boolean) => rows.filter(wanted).length;
  const byDefaults = (row: EffectRow) => row.coveredBy.before.includes('securityDefaults');
  const leftOut = rows.filter((row) => row.change === 'leftOut');
  const freed = leftOut.filter((row) => row.after !== 'everywhere');
  const free = freed.map((row) => leftOutOf(row.accountId));
  const untils = new Map<string | null, number>();
  for (const { kind, until } of free) if (kind === 'other') untils.set(until, (untils.get(until) ?? 0) + 1);
  return {
    isHrRead,
    asked: count((row) => row.change === 'asked'),
    unsure: count((row) => row.change === 'asked' && row.before === 'unknown'),
    kept: count((row) => row.change === 'kept'),
    more: count((row) => row.change === 'more'),
    less: count((row) => row.change === 'less' && !byDefaults(row)),
    blocked: count((row) => row.change === 'blocked'),
    unknown: count((row) => row.change === 'unknown'),
    olderClientsFail: count((row) => row.change === 'asked' && row.olderClientsFail),
    breakGlass: free.filter(({ kind }) => kind === 'breakGlass').length,
    untils: [...untils].sort(([a], [b]) => ((a ?? '~') < (b ?? '~') ? -1 : 1)),
    leftOutAskedPartly: freed.filter((row) => row.after === 'partly').length,
    leftOutStillAsked: leftOut.length - free.length,
    coveredByDefaults: securityDefaultsOn === true ? count(byDefaults) : null,
    losesDefaults: count((row) => row.change === 'less' && byDefaults(row)),
  };
}

/** The clauses of a language, and how they are put together. */
type Language = { [Name in keyof Facts]?: (value: number, facts: Facts) => string };

function clausesOf(facts: Facts, language: Language): string[] {
  const order: (keyof Facts & keyof Language)[] = ['asked', 'kept', 'more', 'less', 'blocked'];
  return order.flatMap((name) => clause(facts, language, name));
}

function clause(facts: Facts, language: Language, name: keyof Facts): string[] {
  const value = facts[name];
  const write = language[name];
  if (typeof value !== 'number' || write === undefined) return [];
  return value > 0 || name === 'asked' ? [write(value, facts)] : [];
}

function english(facts: Facts): string {
  const untils = leftOutClause(facts, {
    all: (count) => `${these(count, 'account')} would not`,
    until: (day) => `until ${dayInEnglish(day)}`,
    open: 'without an end date',
    and: ' and ',
  });
  const clauses = [
    ...(facts.isHrRead ? [] : ['nobody is in a phase, since HR was not read']),
    ...clausesOf(facts, ENGLISH),
    ...clause(facts, ENGLISH, 'breakGlass'),
    ...untils,
    ...clause(facts, ENGLISH, 'leftOutAskedPartly'),
    ...clause(facts, ENGLISH, 'leftOutStillAsked'),
    ...clause(facts, ENGLISH, 'losesDefaults'),
    ...clause(facts, ENGLISH, 'unknown'),
    facts.unknown > 0 ? 'nobody else would be affected for certain' : 'nobody else would change',
    ...(facts.coveredByDefaults === null
      ? ['until then both policies only report and nothing changes']
      : [
          `until then both policies only report, and Security Defaults stay on, which today cover ${number(facts.coveredByDefaults, 'account', 'accounts')} (administrators at every sign-in, everybody else when Microsoft finds it necessary)`,
        ]),
  ];
  const start =
    facts.coveredByDefaults === null ? 'Once enforced' : 'Once enforced, for which Security Defaults have to be off';
  return `${start}, ${clauses.join('; ')}.`;
}

const ENGLISH: Language = {
  asked: (count, { unsure, olderClientsFail }) => {
    if (count === 0) return 'nobody would have to use MFA everywhere who does not have to today';
    const older =
      olderClientsFail === 0 ? '' : `, and older clients that cannot ask for it would fail for ${olderClientsFail}`;
    const doubt = unsure === 0 ? '' : ` (whether ${unsure} of them have to today cannot be told)`;
    return `${these(count, 'person', 'people')} would have to use MFA everywhere${doubt}${older}`;
  },
  kept: (count) =>
    `${these(count, 'person', 'people')} ${count === 1 ? 'has' : 'have'} to already and would be carried over`,
  more: (count) => `${these(count, 'account')} would be asked in more cases than today`,
  less: (count) => `${these(count, 'account')} would be asked in fewer cases than today`,
  blocked: (count) => `${these(count, 'account')} could not sign in any more`,
  unknown: (count) => `for ${number(count, 'account', 'accounts')} it cannot be told`,
  breakGlass: (count) => `${these(count, 'break-glass account')} would not, at any time`,
  leftOutAskedPartly: (count) => `of those left out other policies ask ${count} in some cases`,
  leftOutStillAsked: (count) =>
    `${these(count, 'account')} would be left out, and other policies ask ${count === 1 ? 'it' : 'them'} everywhere`,
  losesDefaults: (count) =>
    `${these(count, 'account')} outside every phase would lose what Security Defaults give until the last phase takes everybody in`,
};

function these(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? `this one ${one}` : `these ${count} ${many}`;
}

function number(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

type LeftOutWords = { all(count: number): string; until(day: string): string; open: string; and: string };

/** One end is told with all of them; several are counted one by one. */
function leftOutClause({ untils }: Facts, words: LeftOutWords): string[] {
  const total = untils.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return [];
  const end = (until: string | null) => (until === null ? words.open : words.until(until));
  const [only] = untils;
  if (untils.length === 1 && only !== undefined) return [`${words.all(total)}, ${end(only[0])}`];
  const parts = untils.map(([until, count]) => `${count} ${end(until)}`);
  return [`${words.all(total)}: ${parts.slice(0, -1).join(', ')}${words.and}${parts.at(-1) ?? ''}`];
}

function german(facts: Facts): string {
  const untils = leftOutClause(facts, {
    all: (count) => (count === 1 ? 'dieses eine Konto nicht' : `diese ${count} Konten nicht`),
    until: (day) => `bis zum ${dayInGerman(day)}`,
    open: 'ohne Enddatum',
    and: ' und ',
  });
  const clauses = [
    ...(facts.isHrRead ? [] : ['niemand ist in einer Phase, da HR nicht gelesen wurde']),
    ...clausesOf(facts, GERMAN),
    ...clause(facts, GERMAN, 'breakGlass'),
    ...untils,
    ...clause(facts, GERMAN, 'leftOutAskedPartly'),
    ...clause(facts, GERMAN, 'leftOutStillAsked'),
    ...clause(facts, GERMAN, 'losesDefaults'),
    ...clause(facts, GERMAN, 'unknown'),
    facts.unknown > 0 ? 'sonst ist sicher niemand betroffen' : 'für niemanden sonst ändert sich etwas',
    ...(facts.coveredByDefaults === null
      ? ['bis dahin berichten beide Richtlinien nur, und nichts ändert sich']
      : [
          `bis dahin berichten beide Richtlinien nur, und die Sicherheitsstandards bleiben eingeschaltet, die heute ${konten(facts.coveredByDefaults)} schützen (Administratoren bei jeder Anmeldung, alle anderen, wenn Microsoft es für nötig hält)`,
        ]),
  ];
  const start =
    facts.coveredByDefaults === null
      ? 'Sobald erzwungen wird: '
      : 'Sobald erzwungen wird, wofür die Sicherheitsstandards ausgeschaltet sein müssen: ';
  return `${start}${clauses.join('; ')}.`;
}

const GERMAN: Language = {
  asked: (count, { unsure, olderClientsFail }) => {
    if (count === 0) return 'niemand müsste überall MFA verwenden, der es nicht heute schon muss';
    const older = olderClientsFail === 0 ? '' : `, und ältere Programme ohne MFA fielen bei ${olderClientsFail} aus`;
    const doubt = unsure === 0 ? '' : ` (ob ${unsure} davon es heute schon müssen, ist nicht bekannt)`;
    const who = count === 1 ? 'diese eine Person müsste' : `diese ${count} Personen müssten`;
    return `${who} überall MFA verwenden${doubt}${older}`;
  },
  kept: (count) =>
    count === 1
      ? 'diese eine Person muss es heute schon und würde übernommen'
      : `diese ${count} Personen müssen es heute schon und würden übernommen`,
  more: (count) => `${dieseKonten(count, 'würde', 'würden')} in mehr Fällen als heute gefragt`,
  less: (count) => `${dieseKonten(count, 'würde', 'würden')} in weniger Fällen als heute gefragt`,
  blocked: (count) => `${dieseKonten(count, 'könnte', 'könnten')} sich nicht mehr anmelden`,
  unknown: (count) => `für ${konten(count)} lässt es sich nicht sagen`,
  breakGlass: (count) => (count === 1 ? 'dieses eine Notfallkonto nie' : `diese ${count} Notfallkonten nie`),
  leftOutAskedPartly: (count) => `von den Ausgenommenen fragen andere Richtlinien ${count} in manchen Fällen`,
  leftOutStillAsked: (count) =>
    `${dieseKonten(count, 'wäre', 'wären')} ausgenommen, und andere Richtlinien fragen ${count === 1 ? 'es' : 'sie'} überall`,
  losesDefaults: (count) =>
    `${dieseKonten(count, 'verlöre', 'verlören')} außerhalb aller Phasen den Schutz der Sicherheitsstandards, bis die letzte Phase alle aufnimmt`,
};

function dieseKonten(count: number, one: string, many: string): string {
  return count === 1 ? `dieses eine Konto ${one}` : `diese ${count} Konten ${many}`;
}

function konten(count: number): string {
  return count === 1 ? 'ein Konto' : `${count} Konten`;
}
