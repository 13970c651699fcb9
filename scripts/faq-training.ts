// What the FAQ's model learns from: the labelled messages, the same with slips of the finger, and what the patterns of
// training/patterns.*.txt spell out. The order and every choice are fixed, so that the same files give the same examples.
import { readFileSync } from 'node:fs';
import { LABELS } from '../src/rollout/helpdesk/faq/labels.core.ts';
import type { LabelledMessage } from '../src/rollout/helpdesk/faq/training-messages.ts';

export const PATTERN_FILES = ['en', 'de'].map((code) => `src/rollout/helpdesk/faq/training/patterns.${code}.txt`);

/** An example to learn from; `weight` says how much it counts beside a real message. */
export type Example = { text: string; label: number; weight: number };

const SPELLINGS_PER_PATTERN = 20;
const PATTERN_WEIGHT = 0.2;
const SLIP_WEIGHT = 0.3;
const LOWER_CASE_SHARE = 0.4;
const BARE_SHARE = 0.25;

/** The messages as examples, each a second time with slips. */
export function examplesOf(messages: readonly LabelledMessage[]): Example[] {
  const random = createRandom(11);
  return messages.flatMap(({ text, topic }) => {
    const label = LABELS.indexOf(topic);
    return [
      { text, label, weight: 1 },
      { text: slipped(text, random), label, weight: SLIP_WEIGHT },
    ];
  });
}

/** What the patterns spell out. `{a|b}` is a choice, `<name>` one of the words given at the head of the file. */
export function patternExamples(): Example[] {
  return PATTERN_FILES.flatMap((file) => readPatterns(readFileSync(file, 'utf8')));
}

function readPatterns(text: string): Example[] {
  const random = createRandom(7);
  const slots = new Map<string, readonly string[]>();
  let label = -1;
  return text.split('\n').flatMap((line) => {
    const [, slot, words] = /^<(\w+)> = (.*)$/.exec(line) ?? [];
    if (slot !== undefined && words !== undefined) slots.set(slot, words.split('|'));
    else if (line.startsWith('# ')) label = labelOf(line.slice(2));
    else if (line.trim() !== '') return spellings({ pattern: line, slots, random, label });
    return [];
  });
}

function labelOf(heading: string): number {
  const label = LABELS.findIndex((topic) => (topic ?? 'none') === heading);
  if (label === -1) throw new Error(`no topic is called ${heading}`);
  return label;
}

type Pattern = { pattern: string; slots: ReadonlyMap<string, readonly string[]>; random: Random; label: number };

function spellings({ pattern, slots, random, label }: Pattern): Example[] {
  const found = new Set<string>();
  for (let tries = 0; tries < 2 * SPELLINGS_PER_PATTERN && found.size < SPELLINGS_PER_PATTERN; tries += 1) {
    const chosen = pattern
      .replace(/\{([^{}]*)\}/g, (_, choice: string) => pick(choice.split('|'), random))
      .replace(/<(\w+)>/g, (_, slot: string) => pick(slots.get(slot) ?? [], random))
      .replace(/\s+/g, ' ')
      .replace(/ ([,?!.])/g, '$1')
      .trim();
    const cased = random() < LOWER_CASE_SHARE ? chosen.toLowerCase() : chosen;
    found.add(random() < BARE_SHARE ? cased.replace(/[.,!?]+/g, '').trim() : cased);
  }
  return [...found].map((text) => ({ text, label, weight: PATTERN_WEIGHT }));
}

/** Two words of the message as hurried fingers write them: letters swapped, dropped or doubled, umlauts bare. */
function slipped(text: string, random: Random): string {
  const words = text.split(' ');
  for (let slips = 0; slips < 2; slips += 1) {
    const at = Math.floor(random() * words.length);
    const word = words[at] ?? '';
    if (word.length < 5) continue;
    const place = 1 + Math.floor(random() * (word.length - 3));
    const kinds = [
      word.slice(0, place) + (word[place + 1] ?? '') + (word[place] ?? '') + word.slice(place + 2),
      word.slice(0, place) + word.slice(place + 1),
      word.slice(0, place) + (word[place] ?? '') + word.slice(place),
    ];
    words[at] = pick(kinds, random);
  }
  const bare: Record<string, string> = { ä: 'a', ö: 'o', ü: 'u' };
  const spelled = words.join(' ');
  return random() < 0.5 ? spelled.replace(/[äöü]/g, (letter) => bare[letter] ?? letter) : spelled;
}

export type Random = () => number;

/** A fixed row of numbers between 0 and 1 (linear congruence). */
export function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_00_00_00_00;
  };
}

function pick<T extends string>(choices: readonly T[], random: Random): T | '' {
  return choices[Math.floor(random() * choices.length)] ?? '';
}
