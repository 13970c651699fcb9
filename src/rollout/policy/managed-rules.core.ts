/**
 * What a managed policy may never say, whoever wrote it (S1, S4, S6, S17, S18, S30). The drawn policies keep to it; it is
 * asked again of every JSON that is put before somebody or on its way to the tenant.
 */
import type { Json } from '../../lib/canonical-json.ts';
import type { DraftFinding } from './draft/draft-finding.core.ts';
import { isEmpty, type JsonObject, objectOf, textOf, textsOf } from './graph-json.core.ts';
import { MANAGED_PREFIX, type ManagedGroup, type ManagedPolicy } from './managed-policies.core.ts';

type Rule = {
  code: string;
  rule: string;
  message: string;
  clear: string;
  isBroken(parts: Parts, groups: readonly ManagedGroup[]): boolean;
};

const RULES: readonly Rule[] = [
  {
    code: 'not_report_only',
    rule: 'S4',
    message: 'is not report-only.',
    clear: 'A policy is born report-only; enforcing is a step of its own.',
    isBroken: ({ policy }) => textOf(policy.state) !== 'enabledForReportingButNotEnforced',
  },
  {
    code: 'not_named_as_ours',
    rule: 'S30',
    message: 'does not carry the name by which people know what this product made.',
    clear: `Let its name begin with "${MANAGED_PREFIX}"; the product itself tells it by id and content.`,
    isBroken: ({ policy }) => textOf(policy.displayName)?.startsWith(`${MANAGED_PREFIX} - `) !== true,
  },
  {
    code: 'names_users',
    rule: 'S6',
    message: 'names single users.',
    clear: 'Put them into a group of the draft.',
    isBroken: ({ users }) =>
      [...wordsOf(users.includeUsers), ...wordsOf(users.excludeUsers)].some((word) => word !== 'all'),
  },
  {
    code: 'blocks_everybody',
    rule: 'S17',
    message: 'blocks everybody from everything.',
    clear: 'Ask for MFA instead of blocking.',
    isBroken: ({ users, applications, grant }) =>
      wordsOf(users.includeUsers).includes('all') &&
      wordsOf(applications.includeApplications).includes('all') &&
      wordsOf(grant.builtInControls).includes('block'),
  },
  {
    code: 'excludes_applications',
    rule: 'S18',
    message: 'leaves out applications.',
    clear: 'Make an exception with an end date for the account instead.',
    isBroken: ({ applications }) => !isEmpty(applications.excludeApplications),
  },
  {
    code: 'names_service_principals',
    rule: 'S26',
    message: 'speaks of service principals.',
    clear: 'A policy for users never reaches them: leave it out.',
    isBroken: ({ conditions }) => !isEmpty(conditions.clientApplications),
  },
  {
    code: 'break_glass_not_excluded',
    rule: 'S1',
    message: 'does not leave out the break-glass group.',
    clear: 'Exclude the group.',
    isBroken: ({ users }, groups) => {
      const excluded = wordsOf(users.excludeGroups);
      const emergency = groups.filter((group) => group.purpose === 'breakGlass');
      return emergency.some(({ reference }) => !excluded.includes(reference.toLowerCase()));
    },
  },
];

/** The rules that a policy breaks; none of a drawn one. Each of them forbids the push. */
export function brokenRules(
  policy: Pick<ManagedPolicy, 'name' | 'json'>,
  groups: readonly ManagedGroup[],
): DraftFinding[] {
  const parts = partsOf(policy.json);
  return RULES.filter((rule) => rule.isBroken(parts, groups)).map(({ code, rule, message, clear }) => ({
    ...{ code, rule, clear, message: `${policy.name} ${message}` },
    blocks: 'push',
    accountIds: [],
  }));
}

/** In lower case; a value of another form than a list of texts names something that is not understood. */
function wordsOf(value: unknown): readonly string[] {
  return textsOf(value) ?? ['not understood'];
}

type Parts = Record<'policy' | 'conditions' | 'users' | 'applications' | 'grant', JsonObject>;

function partsOf(json: Json): Parts {
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
