/**
 * Generated tenants go through the real product and its jobs, the smallest in the sandbox's own process and the others
 * over HTTPS, and the sandbox's own evaluator judges them after every write. One tenant again: MFA_GUARANTEES_SEED=<seed>; another number of them:
 * MFA_GUARANTEES_COUNT=<n>, beginning at MFA_GUARANTEES_FROM=<seed>.
 */
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { playMany, type Tally } from '../support/generated-tenants/play-many.ts';
import { SMALL_MAX } from '../support/generated-tenants/recipe.ts';

const IS_FULL = process.env.MFA_GUARANTEES === 'full';
const ONE = process.env.MFA_GUARANTEES_SEED;
const COUNT = ONE === undefined ? numberOf(process.env.MFA_GUARANTEES_COUNT, IS_FULL ? 10_000 : 2) : 1;
/** The short run has one of each way. */
const FROM = numberOf(ONE ?? process.env.MFA_GUARANTEES_FROM, IS_FULL ? 1 : 9);
/** Where a long run writes what it found so far. */
const REPORT = process.env.MFA_GUARANTEES_REPORT;
const DAYS_MS = 3 * 24 * 3_600_000;
/** In so many tenants chance no longer decides how many come to their end. */
const MANY = 60;

function numberOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`a whole number, not "${text}"`);
  return value;
}

function tell(tally: Tally): void {
  if (REPORT !== undefined) writeFileSync(REPORT, tally.text());
}

it(
  `locks nobody out, takes cover from nobody and ends as before or as planned in ${COUNT} generated tenants from seed ${FROM}`,
  async () => {
    const peopleMax = IS_FULL || ONE !== undefined ? undefined : SMALL_MAX;
    const tally = await playMany({ from: FROM, count: COUNT, peopleMax, onProgress: tell });
    process.stdout.write(`${tally.text()}\n`);
    expect(tally.broken).toEqual([]);
    expect(tally.violations).toEqual([]);
    expect(tally.played).toBeGreaterThan(0);
    expect(tally.played).toBe(COUNT);
    // A run in which everything is refused proves nothing.
    if (COUNT >= MANY) expect(tally.enforced / tally.played).toBeGreaterThan(1 / 3);
  },
  DAYS_MS,
);
