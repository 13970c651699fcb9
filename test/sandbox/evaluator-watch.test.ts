import { describe, expect, it } from 'vitest';
import { compareCover, coverOf, lockedOut, ordinaryShapes } from '../../src/sandbox/evaluator/watch.ts';
import type { GraphObject, Tenant } from '../../src/sandbox/world/world.ts';
import { caPolicy, caTenant } from '../support/ca-tenant.ts';

const withPolicies = (...conditionalAccessPolicies: (GraphObject & { id: string })[]): Tenant =>
  caTenant({ conditionalAccessPolicies });
const block = { operator: 'OR', builtInControls: ['block'] };
const users = (...includeUsers: string[]) => ({ users: { includeUsers } });

describe('who is locked out', () => {
  it('nobody in a tenant without policies', () => {
    expect(lockedOut(caTenant())).toEqual([]);
  });

  it('those whom a policy blocks everywhere, and only they', () => {
    expect(lockedOut(withPolicies(caPolicy({ conditions: users('bob', 'eve'), grant: block })))).toEqual([
      'bob',
      'eve',
    ]);
  });

  it('nobody whom a policy blocks in one place only', () => {
    const locations = { includeLocations: ['All'], excludeLocations: ['AllTrusted'] };
    expect(lockedOut(withPolicies(caPolicy({ conditions: { locations }, grant: block })))).toEqual([]);
  });

  it('nobody who is asked for MFA and may still register', () => {
    expect(lockedOut(withPolicies(caPolicy()))).toEqual([]);
  });

  it('those who are asked for MFA, have none and may not register', () => {
    const registering = { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } };
    const noRegistration = caPolicy({ id: 'no-registration', conditions: registering, grant: block });
    expect(lockedOut(withPolicies(caPolicy(), noRegistration))).toEqual(['eve', 'guest', 'partner', 'local-guest']);
  });

  it('those who need MFA even to register it', () => {
    const registering = { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } };
    const guarded = caPolicy({ id: 'guarded', conditions: { ...registering, ...users('eve') } });
    expect(lockedOut(withPolicies(caPolicy({ conditions: users('eve') }), guarded))).toEqual(['eve']);
  });

  it('nobody who may register in the office', () => {
    const conditions = {
      applications: { includeUserActions: ['urn:user:registersecurityinfo'] },
      locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
    };
    expect(lockedOut(withPolicies(caPolicy(), caPolicy({ id: 'office', conditions, grant: block })))).toEqual([]);
  });

  it('no disabled account: it was never in', () => {
    const tenant = withPolicies(caPolicy({ grant: block }));
    tenant.users = tenant.users.slice(0, 2).map((user) => ({ ...user, accountEnabled: user.id !== 'ann' }));
    expect(lockedOut(tenant)).toEqual(['bob']);
  });

  it('nobody by a report-only block', () => {
    expect(lockedOut(withPolicies(caPolicy({ grant: block, state: 'enabledForReportingButNotEnforced' })))).toEqual([]);
  });
});

const countOf = (tenant: Tenant, userId: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const protection of coverOf(tenant).get(userId)?.values() ?? []) {
    counts[protection] = (counts[protection] ?? 0) + 1;
  }
  return counts;
};

describe('cover', () => {
  const shapes = ordinaryShapes(caTenant());
  const total = shapes.length;
  const legacy = shapes.filter((shape) => shape.signIn.clientApp === 'other').length;

  it('is nothing without policies', () => {
    expect(countOf(caTenant(), 'ann')).toEqual({});
  });

  it('is everything under MFA for all users and all resources; legacy clients cannot answer', () => {
    expect(countOf(withPolicies(caPolicy()), 'ann')).toEqual({ mfa: total - legacy, blocked: legacy });
  });

  it('does not count report-only', () => {
    expect(countOf(withPolicies(caPolicy({ state: 'enabledForReportingButNotEnforced' })), 'ann')).toEqual({});
  });

  it('of MFA or a compliant device leaves the managed device open', () => {
    const grant = { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] };
    const managed = shapes.filter((shape) => shape.name.includes('managed')).length;
    expect(countOf(withPolicies(caPolicy({ grant })), 'ann')).toEqual({
      mfa: total - legacy - managed,
      blocked: legacy,
    });
  });

  it('of a policy with a condition not known counts as none', () => {
    const tenant = withPolicies(caPolicy({ conditions: { times: { excludedRanges: ['x'] } } }));
    expect(countOf(tenant, 'ann')).toEqual({});
  });

  it('of Security Defaults is MFA when necessary, and always for administrators', () => {
    const tenant = caTenant({ securityDefaults: { isEnabled: true } });
    const azure = shapes.filter((shape) => shape.name.startsWith('azure')).length;
    expect(countOf(tenant, 'ann').mfaWhenNecessary).toBe((total - legacy) * (1 - azure / total));
    expect(countOf(tenant, 'bob')).toEqual({ mfa: total - legacy, blocked: legacy });
  });

  it('of per-user MFA is MFA for the person', () => {
    expect(countOf(caTenant({ perUserMfa: { ann: 'enforced' } }), 'ann')).toEqual({
      mfa: total - legacy,
      blocked: legacy,
    });
    expect(countOf(caTenant({ perUserMfa: { ann: 'enforced' } }), 'eve')).toEqual({});
  });

  it('has shapes of the same names in every tenant', () => {
    const other = ordinaryShapes(caTenant({ namedLocations: [], organization: {} }));
    expect(other.map((shape) => shape.name)).toEqual(shapes.map((shape) => shape.name));
    expect(new Set(other.map((shape) => shape.name)).size).toBe(total);
  });
});

describe('who lost cover', () => {
  const covered = withPolicies(caPolicy());

  it('nobody when nothing changes', () => {
    expect(compareCover(coverOf(covered), coverOf(covered))).toEqual([]);
  });

  it('whoever is excluded now', () => {
    const after = withPolicies(caPolicy({ conditions: { users: { includeUsers: ['All'], excludeUsers: ['eve'] } } }));
    const losses = compareCover(coverOf(covered), coverOf(after));
    expect(losses.map((loss) => loss.userId)).toEqual(['eve']);
    expect(losses[0]?.shapes).toHaveLength(ordinaryShapes(covered).length);
  });

  it('everybody in the place that is excluded now, by name', () => {
    const locations = { includeLocations: ['All'], excludeLocations: ['AllTrusted'] };
    const losses = compareCover(coverOf(covered), coverOf(withPolicies(caPolicy({ conditions: { locations } }))));
    expect(losses).toHaveLength(covered.users.length);
    expect(losses[0]?.shapes.every((shape) => shape.endsWith('trusted network'))).toBe(true);
  });

  it('everybody when Security Defaults goes off before the policies are on', () => {
    const before = caTenant({ securityDefaults: { isEnabled: true } });
    expect(compareCover(coverOf(before), coverOf(caTenant()))).toHaveLength(before.users.length);
    expect(compareCover(coverOf(before), coverOf(covered))).toEqual([]);
  });

  it('nobody whose account is gone or disabled', () => {
    const after = caTenant();
    after.users = after.users.map((user) => ({ ...user, accountEnabled: false }));
    expect(compareCover(coverOf(covered), coverOf(after))).toEqual([]);
  });
});
