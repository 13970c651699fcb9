import { randomUUID } from 'node:crypto';
import type { TenantHappening } from '../state/events.ts';
import { type TenantState, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';

/** Who did something: an application by its appId, or a person by user id. */
export type Actor = { appId: string } | { userId: string };

export type AuditFacts = {
  activity: string;
  category: 'Policy' | 'GroupManagement' | 'UserManagement';
  service: 'Conditional Access' | 'Core Directory' | 'Authentication Methods';
  targets: GraphObject[];
};

/** One line of the directory's audit log about a write that succeeded. */
export function auditOf(
  tenant: TenantState,
  given: { actor: Actor; now: number },
  facts: AuditFacts,
): Extract<TenantHappening, { type: 'audits.add' }> {
  const row = {
    id: `Directory_${randomUUID()}`,
    category: facts.category,
    correlationId: randomUUID(),
    result: 'success',
    resultReason: '',
    activityDisplayName: facts.activity,
    activityDateTime: new Date(given.now).toISOString(),
    loggedByService: facts.service,
    operationType: facts.activity.split(' ')[0] ?? '',
    initiatedBy: initiatorOf(tenant, given.actor),
    targetResources: facts.targets,
    additionalDetails: [],
  };
  return { type: 'audits.add', audits: [row] };
}

/** It is an application or a person, never both: own writes are known by their appId. */
function initiatorOf(tenant: TenantState, actor: Actor): GraphObject {
  if ('appId' in actor) {
    const { tenant: world } = tenant;
    const principal = world.servicePrincipals.find((candidate) => candidate.appId === actor.appId);
    const displayName = world.apps.find((app) => app.clientId === actor.appId)?.displayName ?? null;
    const app = {
      appId: actor.appId,
      displayName,
      servicePrincipalId: principal?.id ?? null,
      servicePrincipalName: null,
    };
    return { user: null, app };
  }
  const user = tenant.usersById.get(actor.userId) ?? {};
  return {
    app: null,
    user: {
      id: actor.userId,
      displayName: textOf(user, 'displayName'),
      userPrincipalName: textOf(user, 'userPrincipalName'),
      ipAddress: '203.0.113.9',
    },
  };
}

type Target = { id: string; type: 'Policy' | 'Group' | 'User' | 'Directory'; object?: GraphObject | undefined };

/** What a line is about, with the values that changed; values are JSON in a string. */
export function auditTarget(target: Target, modifiedProperties: GraphObject[] = []): GraphObject {
  const { object } = target;
  return {
    id: target.id,
    displayName: object === undefined ? null : textOf(object, 'displayName'),
    type: target.type,
    userPrincipalName: target.type === 'User' && object !== undefined ? textOf(object, 'userPrincipalName') : null,
    groupType: null,
    modifiedProperties,
  };
}

/** A changed value: `undefined` for one that was not there. `layers` more rounds of JSON are put around it. */
export function modified(displayName: string, change: { from?: unknown; to?: unknown }, layers = 1): GraphObject {
  return { displayName, oldValue: wrap(change.from, layers), newValue: wrap(change.to, layers) };
}

function wrap(value: unknown, layers: number): string | null {
  if (value === undefined) return null;
  let text = JSON.stringify(value);
  for (let layer = 1; layer < layers; layer += 1) text = JSON.stringify(text);
  return text;
}
