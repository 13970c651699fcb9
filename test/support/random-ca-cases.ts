/**
 * Random Conditional Access cases in Graph's wire form, for comparing two evaluators: a small tenant, its policies and
 * a sign-in as the body of POST /identity/conditionalAccess/evaluate. Shapes are awkward on purpose but such as Graph
 * can hold: null beside [], ids both included and excluded, groups in a circle, upper-case ids, undeclared keys.
 */
import type { GraphObject, Tenant } from '../../src/sandbox/world/world.ts';
import { randomPolicy } from './random-ca-policies.ts';
import { type RandomSignIn, randomSignIns } from './random-ca-sign-ins.ts';
import { randomTenant } from './random-ca-tenant.ts';
import { diceOf } from './random-dice.ts';

export type RandomCase = RandomSignIn & {
  tenant: Tenant;
  /** The same objects as `tenant.conditionalAccessPolicies`. */
  policies: (GraphObject & { id: string })[];
};

/** Makes one case; equal random numbers make equal cases. `random` gives numbers from 0 up to 1. */
export function randomCase(random: () => number): RandomCase {
  const [only] = randomCases(random, 1);
  if (only === undefined) throw new RangeError('no case was made');
  return only;
}

/** Makes several cases of one tenant, which differ in the sign-in. */
export function randomCases(random: () => number, count: number): RandomCase[] {
  const dice = diceOf(random);
  const tenant = randomTenant(dice);
  const policies = Array.from({ length: dice.between(1, 4) }, (_, index) => randomPolicy(dice, tenant, index));
  tenant.conditionalAccessPolicies = policies;
  return randomSignIns(dice, tenant, count).map((signIn) => ({ tenant, policies, ...signIn }));
}

/** A random source from a seed (the "mulberry32" recipe), so that a failing case can be made again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
