import { type Account, instantOf, type Stage } from './draft.ts';
import { DEPARTMENTS, type Department, LAST_NAMES } from './name-tables.ts';
import { latinOf } from './names.ts';
import type { Random } from './random.ts';
import type { GraphObject, Tenant } from './world.ts';

type Group = Tenant['groups'][number];
type Member = Group['members'][number];

/** The groups of a tenant and the ids that policies and truth need. */
export type Groups = {
  groups: Group[];
  byDepartment: Record<Department, string>;
  /** A group that holds a group that holds a group with people. */
  nested: { outer: string; people: Account[] };
  roleGroupId: string;
  breakGlassGroupId: string | null;
  exceptionGroupId: string | null;
};

/** Who is to be in the groups that are not filled by department. */
export type GroupWishes = { breakGlass: readonly Account[]; helpdesk: readonly Account[]; premium: boolean };

/** Creates department groups, one nested three deep, a dynamic one, a Microsoft 365 one, and perhaps the customer's own. */
export function createGroups(stage: Stage, wishes: GroupWishes): Groups {
  const random = stage.random.fork('groups');
  const groups: Group[] = [];
  const add = (members: Member[], more: GraphObject = {}) => {
    const made = { group: graphGroup(stage, random, more), members };
    groups.push(made);
    return made.group.id;
  };
  const people = stage.accounts.filter(({ standing }) => standing === 'certain');
  const byDepartment = Object.fromEntries(
    DEPARTMENTS.map((name) => [name, add(people.filter(({ department }) => department === name).map(userMember))]),
  ) as Record<Department, string>;
  const inner = random.shuffle(people).slice(0, 6);
  const middle = add([groupMember(add(inner.map(userMember)))]);
  const outer = add([groupMember(middle), ...people.slice(0, 1).map(userMember)]);
  if (wishes.premium) addDynamic(stage, random, add);
  add(people.slice(3, 12).map(userMember), {
    displayName: `${stage.facts.company} IT`,
    groupTypes: ['Unified'],
    mailEnabled: true,
    visibility: 'Private',
    // It has a team: the place for the rollout's channel.
    resourceProvisioningOptions: ['Team'],
  });
  return {
    groups,
    byDepartment,
    nested: { outer, people: inner },
    roleGroupId: add(wishes.helpdesk.map(userMember), { isAssignableToRole: wishes.premium ? true : null }),
    ...ownGroups(random, wishes, add),
  };
}

/** Some customers have their break-glass group, some an empty one, some none; likewise the exception group. */
function ownGroups(
  random: Random,
  wishes: GroupWishes,
  add: (members: Member[], more?: GraphObject) => string,
): Pick<Groups, 'breakGlassGroupId' | 'exceptionGroupId'> {
  const roll = random.next();
  const members = roll < 0.5 ? wishes.breakGlass.map(userMember) : [];
  return {
    breakGlassGroupId: roll < 0.8 ? add(members) : null,
    exceptionGroupId: random.chance(0.6) ? add([]) : null,
  };
}

function addDynamic(stage: Stage, random: Random, add: (members: Member[], more?: GraphObject) => string): void {
  const department = random.pick(DEPARTMENTS);
  const members = stage.accounts.filter((one) => !one.guest && one.department === department);
  add(members.map(userMember), {
    groupTypes: ['DynamicMembership'],
    membershipRule: `(user.department -eq "${department}")`,
    membershipRuleProcessingState: 'On',
  });
}

function userMember({ id }: Account): Member {
  return { '@odata.type': '#microsoft.graph.user', id };
}

function groupMember(id: string): Member {
  return { '@odata.type': '#microsoft.graph.group', id };
}

function graphGroup(stage: Stage, random: Random, more: GraphObject): Group['group'] {
  const id = random.uuid();
  const displayName = `${random.pick(LAST_NAMES)} ${random.pick(LAST_NAMES)} ${random.hex(4)}`;
  const nickname = latinOf(displayName).replaceAll(' ', '-');
  const created = instantOf(stage.facts, -200 - random.int(700));
  const isMail = more.mailEnabled === true;
  const mail = isMail ? `${nickname}@${stage.facts.domain}` : null;
  return {
    id,
    deletedDateTime: null,
    classification: null,
    createdDateTime: created,
    description: null,
    displayName,
    expirationDateTime: null,
    groupTypes: [],
    isAssignableToRole: null,
    isManagementRestricted: null,
    mail,
    mailEnabled: false,
    mailNickname: nickname,
    membershipRule: null,
    membershipRuleProcessingState: null,
    onPremisesDomainName: null,
    onPremisesLastSyncDateTime: null,
    onPremisesSecurityIdentifier: null,
    onPremisesSyncEnabled: null,
    preferredDataLocation: null,
    preferredLanguage: null,
    proxyAddresses: mail === null ? [] : [`SMTP:${mail}`],
    renewedDateTime: created,
    resourceBehaviorOptions: [],
    resourceProvisioningOptions: [],
    securityEnabled: !isMail,
    theme: null,
    uniqueName: null,
    visibility: null,
    onPremisesProvisioningErrors: [],
    serviceProvisioningErrors: [],
    ...more,
  };
}
