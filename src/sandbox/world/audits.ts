import { type Account, instantOf, type Stage } from './draft.ts';
import type { Random } from './random.ts';
import type { GraphObject, Tenant } from './world.ts';

/** A handful of older entries of the directory's audit log, newest first; a policy's values are JSON in a string. */
export function createAudits(
  stage: Stage,
  random: Random,
  about: { actor: Account; groupId: string; policy: GraphObject | undefined },
): Tenant['directoryAudits'] {
  const { actor, groupId, policy } = about;
  const person = random.pick(stage.accounts);
  const rows = [
    audit(random, actor, stage, {
      day: -6.2,
      activityDisplayName: 'Add member to group',
      category: 'GroupManagement',
      loggedByService: 'Core Directory',
      targets: [target(person.id, 'User', person.displayName, []), target(groupId, 'Group', null, [])],
    }),
    audit(random, actor, stage, {
      day: -5.1,
      activityDisplayName: 'Update user',
      category: 'UserManagement',
      loggedByService: 'Core Directory',
      targets: [
        target(person.id, 'User', person.displayName, [
          { displayName: 'Department', oldValue: '[]', newValue: '["Sales"]' },
        ]),
      ],
    }),
  ];
  if (policy !== undefined) {
    const newValue = JSON.stringify(policy);
    const oldValue = JSON.stringify({ ...policy, state: 'disabled' });
    rows.push(
      audit(random, actor, stage, {
        day: -4.5,
        activityDisplayName: 'Update conditional access policy',
        category: 'Policy',
        loggedByService: 'Conditional Access',
        targets: [
          target(String(policy.id), 'Policy', String(policy.displayName), [
            { displayName: 'ConditionalAccessPolicy', oldValue, newValue },
          ]),
        ],
      }),
    );
  }
  return rows.reverse();
}

type AuditFacts = {
  day: number;
  activityDisplayName: string;
  category: string;
  loggedByService: string;
  targets: GraphObject[];
};

function target(id: string, type: string, displayName: string | null, modifiedProperties: GraphObject[]): GraphObject {
  return { id, displayName, type, userPrincipalName: null, groupType: null, modifiedProperties };
}

function audit(random: Random, actor: Account, stage: Stage, facts: AuditFacts): Tenant['directoryAudits'][number] {
  return {
    id: `Directory_${random.hex(12)}`,
    category: facts.category,
    correlationId: random.uuid(),
    result: 'success',
    resultReason: '',
    activityDisplayName: facts.activityDisplayName,
    activityDateTime: instantOf(stage.facts, facts.day),
    loggedByService: facts.loggedByService,
    operationType: facts.activityDisplayName.split(' ')[0] ?? '',
    initiatedBy: {
      app: null,
      user: { id: actor.id, displayName: actor.displayName, userPrincipalName: actor.upn, ipAddress: '203.0.113.9' },
    },
    targetResources: facts.targets,
    additionalDetails: [],
  };
}
