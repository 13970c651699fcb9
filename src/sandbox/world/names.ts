import { FIRST_NAMES, LAST_NAMES, SCRIPT_NAMES } from './name-tables.ts';
import type { Random } from './random.ts';

/** A name as it is written, and in the Latin letters that an address uses. */
export type PersonName = { first: string; last: string; latinFirst: string; latinLast: string };

export type Script = keyof typeof SCRIPT_NAMES;

/** The names and addresses of one tenant. */
export type Names = {
  /** A name that nobody bears yet: a double surname once the pool of plain ones is used up. */
  draw(): PersonName;
  /** A name of the pool with this surname. */
  drawWithLast(last: string): PersonName;
  drawInScript(script: Script): PersonName;
  /** How many bear the name. */
  bearers(name: PersonName): number;
  /** One more bears the name without having drawn it. */
  adopt(name: PersonName): void;
  /** The local part of an address for the name, in the tenant's style; never the same twice. */
  localPart(name: PersonName): string;
};

const STYLES = ['first.last', 'flast', 'first_last', 'last.first'] as const;
const TRIES_FOR_A_NEW_NAME = 24;

/** Letters that do not fall apart into a base letter and a mark. */
const LATIN_LETTERS: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', ß: 'ss', æ: 'ae', đ: 'd', ı: 'i', þ: 'th' };

/** Lower-case Latin letters without marks: what an address makes of a name. */
export function latinOf(text: string): string {
  const plain = text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  return [...plain].map((letter) => LATIN_LETTERS[letter] ?? letter).join('');
}

/** A name of the pool's letters. */
function personName(first: string, last: string): PersonName {
  return { first, last, latinFirst: latinOf(first), latinLast: latinOf(last) };
}

/** The name as a directory shows it. */
export function fullName(name: PersonName): string {
  return `${name.first} ${name.last}`;
}

/** Creates the name source of one tenant; the style of its addresses follows from the stream. */
export function createNames(random: Random): Names {
  const style = random.pick(STYLES);
  const bearers = new Map<string, number>();
  const locals = new Set<string>();
  const count = (name: PersonName) => bearers.get(keyOf(name)) ?? 0;
  const adopt = (name: PersonName) => {
    bearers.set(keyOf(name), count(name) + 1);
    return name;
  };
  const search = (make: () => PersonName) => {
    let name = make();
    for (let tries = 1; count(name) > 0; tries++) {
      name = tries < TRIES_FOR_A_NEW_NAME ? make() : withSecondSurname(make(), random);
    }
    return adopt(name);
  };
  return {
    draw: () => search(() => personName(random.pick(FIRST_NAMES), random.pick(LAST_NAMES))),
    drawWithLast: (last) => search(() => personName(random.pick(FIRST_NAMES), last)),
    drawInScript: (script) => adopt(scriptName(random, script)),
    bearers: count,
    adopt,
    localPart: (name) => freeLocal(localIn(style, name), locals),
  };
}

function withSecondSurname(name: PersonName, random: Random): PersonName {
  return personName(name.first, `${name.last}-${random.pick(LAST_NAMES)}`);
}

function keyOf(name: PersonName): string {
  return `${name.latinFirst} ${name.latinLast}`;
}

function scriptName(random: Random, script: Script): PersonName {
  const [first, latinFirst] = random.pick(SCRIPT_NAMES[script].firsts);
  const [last, latinLast] = random.pick(SCRIPT_NAMES[script].lasts);
  return { first, last, latinFirst, latinLast };
}

function localIn(style: (typeof STYLES)[number], name: PersonName): string {
  switch (style) {
    case 'first.last':
      return `${name.latinFirst}.${name.latinLast}`;
    case 'flast':
      return `${name.latinFirst.charAt(0)}${name.latinLast}`;
    case 'first_last':
      return `${name.latinFirst}_${name.latinLast}`;
    case 'last.first':
      return `${name.latinLast}.${name.latinFirst}`;
  }
}

function freeLocal(wanted: string, taken: Set<string>): string {
  let local = wanted;
  for (let number = 2; taken.has(local); number++) local = `${wanted}${number}`;
  taken.add(local);
  return local;
}
