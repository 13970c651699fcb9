/**
 * What a managed policy may never say, whoever wrote it (S1, S4, S6, S17, S18). The drawn policies keep to it; it is
 * asked again of every JSON that is put before somebody or on its way to the tenant.
 */
import type { Json } from '../../lib/canonical-json.ts';
import { type DraftFinding, when } from './draft-finding.core.ts';
import { isEmpty, type JsonObject, objectOf, textOf, textsOf } from './graph-json.core.ts';
import type { ManagedGroup, ManagedPolicy } from './managed-policies.core.ts';

/** The rules that a policy breaks; none of a drawn one. All of them forbid the push. */
export function brokenRules(
  policy: Pick<ManagedPolicy, 'name' | 'json'>,
  groups: readonly ManagedGroup[],
): DraftFinding[] {
  const parts = partsOf(policy.json);
  const finding = (code: string, rule: string, message: string, clear: string) =>
    ({ code, rule, blocks: 'push', message: `${policy.name} ${message}`, clear }) as const;
  const { users, applications } = parts;
  const words = [...(textsOf(users.includeUsers) ?? []), ...(textsOf(users.excludeUsers) ?? [])];
  const everybody = textsOf(users.includeUsers)?.includes('all') === true;
  const everything = textsOf(applications.includeApplications)?.includes('all') === true;
  const blocks = textsOf(parts.grant.builtInControls)?.includes('block') === true;
  return [
    ...when(
      textOf(parts.policy.state) !== 'enabledForReportingButNotEnforced',
      finding(
        'not_report_only',
        'S4',
        'is not report-only.',
        'A policy is born report-only; enforcing is a step of its own.',
      ),
    ),
    ...when(
      words.some((word) => word !== 'all'),
      finding('names_users', 'S6', 'names single users.', 'Put them into a group of the draft.'),
    ),
    ...when(
      blocks && everybody && everything,
      finding('blocks_everybody', 'S17', 'blocks everybody from everything.', 'Ask for MFA instead of blocking.'),
    ),
    ...when(
      !isEmpty(applications.excludeApplications),
      finding(
        'excludes_applications',
        'S18',
        'leaves out applications.',
        'Make an exception with an end date for the account instead.',
      ),
    ),
    ...when(
      !isEmpty(parts.conditions.clientApplications),
      finding(
        'names_service_principals',
        'S26',
        'speaks of service principals.',
        'A policy for users never reaches them: leave it out.',
      ),
    ),
    ...when(
      !groups.filter((group) => group.purpose === 'breakGlass').every((group) => isExcluded(users, group)),
      finding('break_glass_not_excluded', 'S1', 'does not leave out the break-glass group.', 'Exclude the group.'),
    ),
  ];
}

function partsOf(json: Json) {
  const policy = objectOf(json) ?? {};
  const conditions = objectOf(policy.conditions) ?? {};
  return {
    policy,
    conditions,
    users: objectOf(conditions.users) ?? {},
    applications: objectOf(conditions.applications) ?? {},
    grant: objectOf(policy.grantControls) ?? {},
  };
}

function isExcluded(users: JsonObject, { reference }: ManagedGroup): boolean {
  return textsOf(users.excludeGroups)?.includes(reference.toLowerCase()) === true;
}
