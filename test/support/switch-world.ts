/** A tenant with Security Defaults on whose administrators can all answer MFA, pushed to and ready for the last step. */
import { enrolUser } from '../../src/sandbox/people.ts';
import { actorOf, approve, ENGINEER, type EnforceWorld, startEnforceWorld } from './enforce-world.ts';
import type { RunningSandbox } from './product.ts';
import { tenantOf } from './push-world.ts';

export type SwitchWorld = EnforceWorld;

export const EVERYONE = 'Everyone else';

/** Starts it; the phases of all departments are ready, and so is the last one. */
export function startSwitchWorld(seed: number): Promise<SwitchWorld> {
  return startEnforceWorld(seed, { name: 'securityDefaults', prepare: enrolAdministrators });
}

/** Lets every administrator register a method that the tenant allows, as safety rule S9 asks. */
export function enrolAdministrators({ sandbox, setUp: { tenantId } }: RunningSandbox): void {
  const tenant = tenantOf({ sandbox, setUp: { tenantId } as RunningSandbox['setUp'] });
  const people = new Set(tenant.users.map(({ id }) => id));
  const holders = new Set(tenant.roleAssignments.map(({ principalId }) => principalId));
  for (const userId of holders) {
    if (!people.has(userId)) continue;
    const given = { method: 'microsoftAuthenticator', reportLagMs: 0 } as const;
    enrolUser(sandbox, { tenantId, userId }, given);
  }
}

/** Puts every phase back to ready and approves the last one for both sides. */
export async function approveEverything(world: EnforceWorld): Promise<void> {
  for (const { name } of world.rollout.value.phases) world.phases.set(name, 'ready');
  const engineer = await actorOf(world, ENGINEER);
  // Earlier approvals count no more.
  await world.approvals.decide(world.customer, engineer, { phase: EVERYONE, verdict: 'askAgain', digest: '' });
  await approve(world, EVERYONE);
}

/** Who may leave what Security Defaults gave: signed exceptions and break-glass accounts. */
export async function releasedIn({
  app,
  customer,
}: Pick<EnforceWorld, 'app' | 'customer'>): Promise<ReadonlySet<string>> {
  const { exceptions } = await app.syncs.exceptions(customer);
  const signed = exceptions.filter((row) => row.signed).map(({ accountId }) => accountId);
  return new Set([...signed, ...customer.settings.declared.breakGlass]);
}
