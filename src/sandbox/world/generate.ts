import { type CustomerKind, createCustomer } from './customer.ts';
import { createRandom } from './random.ts';
import type { HrSource, Truth, World } from './world.ts';

/** Everything that tells one generated world from another. */
export type WorldOptions = {
  /** A whole number; equal options give equal worlds, byte for byte. */
  seed: number;
  name: WorldName;
  /** Active employees of each customer; `MIN_SIZE` at least, `DEFAULT_SIZE` when absent. */
  size?: number;
  /** ISO 8601 in UTC. */
  startsAt?: string;
  /** Sign-ins of an ordinary person in the week before; fewer in large worlds when absent. */
  signInsPerPerson?: number;
  /** Which HR field the directory carries as `employeeId`; a company on `id` has no employee numbers at all. */
  employeeKey?: 'employeeNumber' | 'id';
  /** Which HR system the customers use; both hold the same people, so that the truth is the same. */
  hr?: HrSource;
};

/** Kinds of customer; a portfolio is one customer of each kind in one world. */
export const WORLD_NAMES = ['reference', 'securityDefaults', 'oldPolicies', 'noPremium', 'portfolio'] as const;

export type WorldName = (typeof WORLD_NAMES)[number];

const DEFAULT_SIZE = 200;
export const MIN_SIZE = 100;
/** A Monday morning. */
const DEFAULT_START = '2026-01-12T08:00:00Z';

const MANY_PEOPLE = 2_000;

/**
 * Makes a world and what is true in it. Refuses with a RangeError a size too small to hold every story, a seed that is
 * no whole number, or a start that is no instant.
 */
export function generateWorld(options: WorldOptions): { world: World; truth: Truth } {
  const size = options.size ?? DEFAULT_SIZE;
  const startsAtMs = Date.parse(options.startsAt ?? DEFAULT_START);
  if (!Number.isInteger(size) || size < MIN_SIZE)
    throw new RangeError(`size must be a whole number from ${MIN_SIZE} up`);
  if (!Number.isSafeInteger(options.seed)) throw new RangeError('seed must be a whole number');
  if (Number.isNaN(startsAtMs))
    throw new RangeError('startsAt must be an instant in ISO 8601, for example 2026-01-12T08:00:00Z');
  const kinds: CustomerKind[] =
    options.name === 'portfolio' ? ['reference', 'securityDefaults', 'oldPolicies', 'noPremium'] : [options.name];
  const random = createRandom(`mfa-rollout world ${options.seed}`);
  const customers = kinds.map((kind) =>
    createCustomer(random.fork(kind), {
      kind,
      size,
      startsAtMs,
      signInsPerPerson: options.signInsPerPerson ?? (size > MANY_PEOPLE ? 3 : 6),
      employeeKey: options.employeeKey ?? 'employeeNumber',
    }),
  );
  return {
    world: {
      seed: options.seed,
      name: options.name,
      startsAt: new Date(startsAtMs).toISOString(),
      tenants: customers.map(({ tenant }) => tenant),
      bambooCompanies: customers.map(({ company }) => company),
      ...(options.hr === undefined ? {} : { hr: options.hr }),
    },
    truth: { seed: options.seed, world: options.name, customers: customers.map(({ truth }) => truth) },
  };
}
