/** The groups and policies that a generated tenant has before the product meets it. */
import { graphPolicy, MFA_STRENGTH, type PolicyTemplate } from '../../../src/sandbox/world/policy-form.ts';
import type { Random } from '../../../src/sandbox/world/random.ts';
import { ROLES } from '../../../src/sandbox/world/roles.ts';
import type { GraphObject, Tenant } from '../../../src/sandbox/world/world.ts';
import { BORN, type Cast } from './people.ts';
import type { OldPolicy, Recipe } from './recipe.ts';

type Group = Tenant['groups'][number];

/** Groups by what the policies need them for. */
export type Ground = {
  groups: Group[];
  emergencyGroupId: string | null;
  inner: string;
  outer: string;
  dynamic: string;
};

/** Draws the groups: nested ones, a dynamic one, twins of one name, the one of the emergency accounts. */
export function drawGroups(random: Random, recipe: Recipe, cast: Cast): Ground {
  const groups: Group[] = [];
  const some = () => cast.workers.filter(() => random.chance(0.3)).map(({ id }) => userMember(id));
  const make = (name: string, members: Group['members'], set: GraphObject = {}) => {
    const id = random.uuid();
    groups.push({ group: plainGroup(id, name, set), members });
    return id;
  };
  const inner = make('MFA ring 1 (inner)', some());
  const outer = make('MFA "ring" 2 / outer', [...some(), { id: inner, '@odata.type': '#microsoft.graph.group' }]);
  const dynamic = make('All of one department', some(), {
    groupTypes: ['DynamicMembership'],
    membershipRule: `(user.department -eq "${recipe.departments[0] ?? ''}")`,
    membershipRuleProcessingState: 'On',
  });
  if (recipe.twinGroups) for (let twin = 0; twin < 2; twin += 1) make('Twins', some());
  const emergency = cast.emergency.map(userMember);
  const emergencyGroupId = recipe.hasEmergencyGroup ? make('Emergency access', emergency) : null;
  return { groups, emergencyGroupId, inner, outer, dynamic };
}

function userMember(id: string): Group['members'][number] {
  return { id, '@odata.type': '#microsoft.graph.user' };
}

function plainGroup(id: string, displayName: string, set: GraphObject): Group['group'] {
  return {
    ...{ id, displayName, description: null, groupTypes: [], isAssignableToRole: null, mailEnabled: false },
    ...{ mailNickname: `g-${id.slice(0, 8)}`, mail: null, securityEnabled: true, createdDateTime: BORN },
    ...{ membershipRule: null, membershipRuleProcessingState: null, uniqueName: null, onPremisesSyncEnabled: null },
    ...{ visibility: null, resourceProvisioningOptions: [], proxyAddresses: [] },
    ...set,
  };
}

type Given = { cast: Cast; ground: Ground; locations: { office: string; countries: string } };

/** Draws the policies that the recipe names; most of them leave the emergency accounts out. */
export function drawPolicies(random: Random, recipe: Recipe, given: Given): Tenant['conditionalAccessPolicies'] {
  return recipe.policies.map((kind) => {
    const template = templateOf(kind, random, given);
    const { users = {} } = template;
    const excluded = random.chance(0.9) && users.excludeUsers === undefined ? given.cast.emergency : [];
    const guarded = { ...template, users: { ...users, excludeUsers: [...(users.excludeUsers ?? []), ...excluded] } };
    return graphPolicy(guarded, { id: random.uuid(), createdDateTime: BORN, modifiedDateTime: null });
  });
}

const LEGACY = ['exchangeActiveSync', 'other'];
const ADMINS = [ROLES.globalAdministrator, ROLES.exchangeAdministrator];
const MFA = { controls: ['mfa'] };
const EXCHANGE = '00000002-0000-0ff1-ce00-000000000000';
const AZURE = '797f4846-ba00-4fd7-ba43-dac1f8f63013';

function templateOf(kind: OldPolicy, random: Random, { cast, ground, locations }: Given): PolicyTemplate {
  const { inner, outer, dynamic } = ground;
  const on = (name: string, more: Omit<PolicyTemplate, 'name' | 'state'>): PolicyTemplate => ({
    ...{ name, state: 'enabled' as const },
    ...more,
  });
  const all = { includeUsers: ['All'] };
  switch (kind) {
    case 'mfaGroup':
      return on('MFA ring', { users: { includeGroups: [inner] }, grant: MFA });
    case 'mfaNestedGroup':
      return on('MFA outer ring', { users: { includeGroups: [outer] }, grant: MFA });
    case 'mfaAll':
      return on('MFA for everybody', { users: { ...all, excludeGroups: [inner] }, grant: MFA });
    case 'mfaAdmins':
      return on('MFA admins', { users: { includeRoles: ADMINS }, grant: MFA });
    case 'mfaOutside': {
      const places = { include: ['All'], exclude: random.chance(0.5) ? ['AllTrusted'] : [locations.office] };
      return on('MFA outside', { users: { includeGroups: [outer] }, locations: places, grant: MFA });
    }
    case 'mfaMailOnly': {
      const named = cast.workers.slice(0, 2).map(({ id }) => id);
      return on('MFA mail', { users: { includeUsers: named }, apps: [EXCHANGE], grant: MFA });
    }
    case 'mfaOrDevice':
      return on('MFA or device', { users: all, grant: { controls: ['mfa', 'compliantDevice'], operator: 'OR' } });
    case 'mfaStrength':
      return on('Strong', { users: { includeGroups: [dynamic] }, grant: { controls: [], strength: MFA_STRENGTH } });
    case 'mfaRisk':
      return on('Risky sign-ins', { users: all, signInRisk: ['high'], grant: MFA });
    case 'mfaDynamicGroup':
      return on('MFA department', { users: { includeGroups: [dynamic], excludeGroups: [inner] }, grant: MFA });
    case 'registerFromOffice': {
      const userActions = ['urn:user:registersecurityinfo'];
      const places = { include: ['All'], exclude: ['AllTrusted'] };
      return on('Register safely', { users: all, userActions, locations: places, grant: MFA });
    }
    case 'guests':
      return on('Guests', { users: { guests: 'internalGuest,b2bCollaborationGuest' }, grant: MFA });
    case 'microsoftManaged': {
      const name = 'Microsoft-managed: Multifactor authentication for admins accessing Microsoft Admin Portals';
      return on(name, { users: { includeRoles: ADMINS }, apps: ['MicrosoftAdminPortals'], grant: MFA });
    }
    case 'legacyOff':
    case 'foreignCountriesOff':
    case 'weeklySignIn':
    case 'switchedOff':
    case 'reportOnly':
    case 'deletedGroup':
    case 'conflicting':
      return otherTemplate(kind, { cast, ground, locations });
  }
}

type Rest =
  | 'legacyOff'
  | 'foreignCountriesOff'
  | 'weeklySignIn'
  | 'switchedOff'
  | 'reportOnly'
  | 'deletedGroup'
  | 'conflicting';

function otherTemplate(kind: Rest, { ground: { inner, outer }, locations }: Given): PolicyTemplate {
  const all = { includeUsers: ['All'] };
  const block = { controls: ['block'] };
  switch (kind) {
    case 'legacyOff':
      return { name: 'No legacy', state: 'enabled', users: all, clients: LEGACY, grant: block };
    case 'foreignCountriesOff': {
      const places = { include: ['All'], exclude: [locations.countries] };
      return { name: 'Home only', state: 'enabled', users: all, locations: places, grant: block };
    }
    case 'weeklySignIn': {
      const frequency = { value: 7, type: 'days', authenticationType: 'primaryAndSecondaryAuthentication' };
      const signInFrequency = { ...frequency, frequencyInterval: 'timeBased', isEnabled: true };
      return { name: 'Weekly', state: 'enabled', users: all, grant: null, session: { signInFrequency } };
    }
    case 'switchedOff':
      return { name: 'Never on', state: 'disabled', users: all, grant: MFA };
    case 'reportOnly':
      return {
        name: 'Trial',
        state: 'enabledForReportingButNotEnforced',
        users: { includeGroups: [outer] },
        grant: MFA,
      };
    case 'deletedGroup': {
      const gone = '00000000-dead-4000-8000-000000000000';
      return { name: 'Of a group that is gone', state: 'enabled', users: { includeGroups: [gone] }, grant: MFA };
    }
    case 'conflicting':
      return { name: 'No Azure', state: 'enabled', users: { includeGroups: [inner] }, apps: [AZURE], grant: block };
  }
}
