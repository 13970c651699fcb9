import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalRows } from '../../src/rollout/exceptions/exception-table.core.ts';
import type { PolicyDraft } from '../../src/rollout/policy/draft/draft.core.ts';
import { draftOf } from '../../src/rollout/policy/draft/draft-answer.ts';
import type { EffectRow } from '../../src/rollout/policy/draft/draft-effect.core.ts';
import { exceptionsOf } from '../../src/rollout/snapshots/exception-answer.ts';
import { type Cover, coverOf, lockedOut, ordinaryShapes } from '../../src/sandbox/evaluator/watch.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import type { Tenant } from '../../src/sandbox/world/world.ts';
import { worldSnapshot } from '../support/world-snapshot.ts';

/**
 * What the review says a draft would do, held against what it does: its groups are made, ENFORCE is switched on, and the
 * sandbox, which judges sign-ins by code of its own, tells who is under MFA where.
 */
const CASES = (['reference', 'securityDefaults', 'oldPolicies'] as const).flatMap((name) =>
  [11, 12].flatMap((seed) => [false, true].map((isSigned) => [name, seed, isSigned] as const)),
);

describe.each(CASES)('S8: the draft of the world %s, seed %i, exceptions signed: %s', (name, seed, isSigned) => {
  const { world, truth } = generateWorld({ name, seed, size: 100 });
  const [customer] = truth.customers;
  const [tenant] = world.tenants;
  if (customer === undefined || tenant === undefined) throw new Error('a world has a customer');
  const snapshot = worldSnapshot(world, customer);
  const signedRows = isSigned ? canonicalRows(exceptionsOf(snapshot).exceptions) : [];
  const { draft, effect } = draftOf(snapshot, exceptionsOf(snapshot, { signedRows }));
  const enforced = withEnforced(tenant, draft);
  const [before, after] = [coverOf(tenant), coverOf(enforced)];
  const rows = effect.filter((row) => row.isEnabled);
  const of = (...changes: EffectRow['change'][]) => rows.filter((row) => changes.includes(row.change));
  const everywhere = ordinaryShapes(tenant).length;

  it('asks everywhere whom it says it would, of whom that was not asked before', () => {
    expect(of('asked').length).toBeGreaterThan(50);
    for (const row of of('asked', 'kept')) expect(asked(after, row)).toHaveLength(everywhere);
    for (const row of of('asked').filter(isCertain)) expect(asked(before, row).length).toBeLessThan(everywhere);
    for (const row of of('kept')) expect(asked(before, row)).toHaveLength(everywhere);
  });

  it('changes nothing for whom it says so, and takes something from whom it says so', () => {
    for (const row of of('same')) expect(asked(after, row)).toEqual(asked(before, row));
    for (const row of of('less')) expect(coverSize(after, row)).toBeLessThan(coverSize(before, row));
    expect(of('unknown', 'blocked', 'more')).toEqual([]);
  });

  it('asks the left out nothing that other policies do not ask today', () => {
    expect(of('leftOut').length).toBeGreaterThanOrEqual(customer.declared.breakGlass.length);
    for (const row of of('leftOut')) {
      const today = new Set(asked(before, row));
      expect(asked(after, row).filter((shape) => !today.has(shape))).toEqual([]);
    }
  });

  it('locks nobody out of whom it does not say that he cannot answer', () => {
    const known = new Set([...lockedOut(tenant), ...draft.stuck.map(({ accountId }) => accountId)]);
    expect(lockedOut(enforced).filter((id) => !known.has(id))).toEqual([]);
  });
});

/**
 * App passwords pass per-user MFA by, and what Security Defaults ask of an administrator hangs on roles that Microsoft
 * may add to: the product counts neither as MFA everywhere, the ordinary sign-ins of the sandbox do.
 */
function isCertain({ coveredBy }: EffectRow): boolean {
  return !coveredBy.before.some((id) => id === 'perUserMfa' || id === 'securityDefaults');
}

/** The tenant after the push and the promotion: the groups made and filled, the policy enabled, Security Defaults off. */
function withEnforced(tenant: Tenant, draft: PolicyDraft): Tenant {
  const made = draft.groups.map((group) => ({ ...group, madeId: group.id ?? randomUUID() }));
  const ids = new Map(made.map(({ reference, madeId }) => [reference, madeId]));
  const json = JSON.stringify(draft.policies.find((policy) => policy.name === 'ENFORCE')?.json);
  const resolved = JSON.parse(json, (_key, value: unknown) =>
    typeof value === 'string' ? (ids.get(value) ?? value) : value,
  ) as object;
  const filled = made.map(({ madeId, name, members }) => ({
    group: { id: madeId, displayName: name },
    members: members.map((id) => ({ '@odata.type': '#microsoft.graph.user', id })),
  }));
  const others = tenant.groups.filter(({ group }) => !filled.some((one) => one.group.id === group.id));
  return {
    ...tenant,
    groups: [...others, ...filled] as Tenant['groups'],
    securityDefaults: { ...tenant.securityDefaults, isEnabled: false },
    conditionalAccessPolicies: [
      ...tenant.conditionalAccessPolicies,
      { id: randomUUID(), ...resolved, state: 'enabled' },
    ],
  };
}

/** The ordinary sign-ins that always need MFA or do not get in. */
function asked(cover: Cover, { accountId }: EffectRow): string[] {
  const shapes = [...(cover.get(accountId) ?? [])];
  return shapes.filter(([, protection]) => protection !== 'mfaWhenNecessary').map(([shape]) => shape);
}

function coverSize(cover: Cover, { accountId }: EffectRow): number {
  return cover.get(accountId)?.size ?? 0;
}
