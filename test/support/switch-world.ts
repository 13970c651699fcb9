/** A tenant with Security Defaults on whose administrators can all answer MFA, pushed to and ready for the last step. */
import { enrolUser } from '../../src/sandbox/people.ts';
import { approve, type EnforceWorld, startEnforceWorld } from './enforce-world.ts';
import type { RunningSandbox } from './product.ts';
import { tenantOf } from './push-world.ts';

export const EVERYONE = 'Everyone else';

/** Starts it; the phases of all departments are ready, and so is the last one. */
export function startSwitchWorld(seed: number): Promise<EnforceWorld> {
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
  await approve(world, EVERYONE);
}
