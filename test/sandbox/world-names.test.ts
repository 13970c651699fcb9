import { describe, expect, it } from 'vitest';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import type { Tenant } from '../../src/sandbox/world/world.ts';
import { type Customer, customersOf } from './world-oracle.ts';

type Case = { words: string[]; isException: boolean };

/** The words of what a directory shows of an account: names and addresses, and the job and department with them. */
function wordsOf(user: Tenant['users'][number]): string[] {
  const texts = [user.displayName, user.userPrincipalName, user.mail, user.jobTitle, user.department];
  const words = texts.flatMap((text) => (typeof text === 'string' ? text.toLowerCase().split(/[^\p{L}]+/u) : []));
  return [...new Set(words.filter((word) => word !== ''))];
}

/** People on leave are people by name and by everything but HR: the others are to be told apart by evidence. */
function casesOf({ tenant, truth }: Customer): Case[] {
  const exceptions = new Set(
    truth.exceptions.filter(({ kind }) => kind !== 'onLeave').map(({ accountId }) => accountId),
  );
  return tenant.users
    .filter(({ userType }) => userType === 'Member')
    .map((user) => ({ words: wordsOf(user), isException: exceptions.has(user.id) }));
}

function casesOfSeeds(seeds: readonly number[], name: 'reference' | 'oldPolicies'): Case[] {
  return seeds.flatMap((seed) => customersOf(generateWorld({ seed, name, signInsPerPerson: 1 })).flatMap(casesOf));
}

/** Naive Bayes over words: the log odds that a word speaks for an exception, with one added to every count. */
function train(cases: readonly Case[]): (words: readonly string[]) => number {
  const counts = new Map<string, { exception: number; other: number }>();
  const totals = { exception: 0, other: 0 };
  for (const { words, isException } of cases) {
    const side = isException ? 'exception' : 'other';
    totals[side] += 1;
    for (const word of words) {
      const seen = counts.get(word) ?? { exception: 0, other: 0 };
      seen[side] += 1;
      counts.set(word, seen);
    }
  }
  return (words) =>
    words.reduce((sum, word) => {
      const { exception, other } = counts.get(word) ?? { exception: 0, other: 0 };
      return sum + Math.log((exception + 1) / (totals.exception + 2)) - Math.log((other + 1) / (totals.other + 2));
    }, 0);
}

/** The chance that an exception scores above another account, ties counted half: one half is guessing. */
function areaUnderCurve(cases: readonly Case[], score: (words: readonly string[]) => number): number {
  const scored = cases.map(({ words, isException }) => ({ score: score(words), isException }));
  const exceptions = scored.filter(({ isException }) => isException);
  const others = scored.filter(({ isException }) => !isException);
  let wins = 0;
  for (const one of exceptions) {
    for (const other of others) wins += one.score > other.score ? 1 : one.score === other.score ? 0.5 : 0;
  }
  return wins / (exceptions.length * others.length);
}

const TRAINING = Array.from({ length: 10 }, (_, index) => index + 1);
const TEST = Array.from({ length: 10 }, (_, index) => index + 11);

describe('the names of a world', () => {
  it('let a classifier that learnt the words of ten worlds do no better than guessing on ten others', () => {
    const training = casesOfSeeds(TRAINING, 'reference');
    const test = casesOfSeeds(TEST, 'reference');
    const area = areaUnderCurve(test, train(training));
    expect(test.filter(({ isException }) => isException)).toHaveLength(110);
    expect(area).toBeGreaterThan(0.4);
    expect(area).toBeLessThan(0.6);
  });

  it('would be caught by that classifier if they told what an account is', () => {
    const reveal = (one: Case) => ({ ...one, words: one.isException ? [...one.words, 'svc'] : one.words });
    const score = train(casesOfSeeds(TRAINING, 'reference').map(reveal));
    expect(areaUnderCurve(casesOfSeeds(TEST, 'reference').map(reveal), score)).toBeGreaterThan(0.95);
  });

  it('give words that look like labels to real people in every world', () => {
    for (const seed of TEST) {
      for (const { truth, users } of customersOf(generateWorld({ seed, name: 'reference' }))) {
        const named = truth.people.map(({ accountId }) => users.get(accountId)?.surname);
        for (const word of ['Service', 'Room', 'Admin', 'Shared']) expect(named).toContain(word);
      }
    }
  });
});
