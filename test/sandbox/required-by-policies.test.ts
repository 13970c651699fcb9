import { expect, it } from 'vitest';
import { requiredByPolicies } from '../../src/rehearsal/rehearsal-truth.ts';
import { coverOf, ordinaryShapes } from '../../src/sandbox/evaluator/watch.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import type { Tenant } from '../../src/sandbox/world/world.ts';

/* Whom a rehearsal's judge counts as enforced. */

function tenantWith(changes: Partial<Tenant>): Tenant {
  const [tenant] = generateWorld({ name: 'oldPolicies', seed: 1, size: 100 }).world.tenants;
  if (tenant === undefined) throw new Error('a made-up world has a tenant');
  return { ...tenant, ...changes };
}

it('counts whom policies ask everywhere, and nobody for per-user MFA', () => {
  const tenant = tenantWith({});
  const required = requiredByPolicies(tenant);
  expect(required.size).toBeGreaterThan(10);
  const shapes = ordinaryShapes(tenant).length;
  const kindsOf = new Map([...coverOf(tenant)].map(([id, kinds]) => [id, kinds.size]));
  const byPersonAlone = Object.keys(tenant.perUserMfa).filter((id) => kindsOf.get(id) === shapes && !required.has(id));
  // They are asked or kept out at every ordinary sign-in, and still the insurer gets no policy that says so.
  expect(byPersonAlone.length).toBeGreaterThan(5);
});

it('counts the same people whether per-user MFA is on or off', () => {
  const everybody = Object.fromEntries(tenantWith({}).users.map(({ id }) => [id, 'enforced' as const]));
  expect(requiredByPolicies(tenantWith({ perUserMfa: everybody }))).toEqual(
    requiredByPolicies(tenantWith({ perUserMfa: {} })),
  );
});

it('counts nobody where no policy is enabled', () => {
  expect(requiredByPolicies(tenantWith({ conditionalAccessPolicies: [] })).size).toBe(0);
});
