/**
 * Every call that the simulated Graph knows: method, path, versions, permissions, limit, handler. Writes stand in
 * `write-routes.ts` as further lines. Permissions as in the published permission table of 2026-08, one of them is enough unless
 * `alsoNeeds` says otherwise.
 */
import { getMethodsPolicy, listPasses } from './access-passes.ts';
import { getSignIn, listDirectoryAudits, listSignIns } from './audit-logs.ts';
import { getStrength, listStrengths } from './authentication-strengths.ts';
import {
  evaluatePolicies,
  getNamedLocation,
  getPolicy,
  getSecurityDefaults,
  listDeletedPolicies,
  listNamedLocations,
  listPolicies,
} from './conditional-access.ts';
import type { GraphRoute, GraphVersion } from './context.ts';
import { deltaGroups, deltaUsers } from './delta.ts';
import { getServicePrincipal, listOrganization, listServicePrincipals, listSkus } from './directory.ts';
import { getGroup, listGroups, listMemberOf, listMembers } from './groups.ts';
import { getRegistration, listRegistrations, refuseCounts } from './registration.ts';
import { listDirectoryRoleMembers, listDirectoryRoles, listRoleAssignments, listRoleEligibilities } from './roles.ts';
import { getRequirements, listAuthenticationMethods } from './user-authentication.ts';
import { countUsers, getMailboxSettings, getManager, getUser, listUsers } from './users.ts';
import { WRITE_ROUTES } from './write-routes.ts';

const BOTH: GraphVersion[] = ['v1.0', 'beta'];
const BETA: GraphVersion[] = ['beta'];

const DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All'];
const USERS_FULL = ['User.Read.All', 'User.ReadWrite.All', ...DIRECTORY];
const USERS = ['User.ReadBasic.All', ...USERS_FULL];
const GROUPS = ['Group.ReadBasic.All', 'GroupMember.Read.All', 'Group.Read.All', 'Group.ReadWrite.All', ...DIRECTORY];
const MEMBERS = [
  'GroupMember.ReadBasic.All',
  'GroupMember.Read.All',
  'GroupMember.ReadWrite.All',
  'Group.ReadBasic.All',
  'Group.Read.All',
  'Group.ReadWrite.All',
  'Directory.Read.All',
];
const MEMBER_OF = [...MEMBERS, ...USERS_FULL];
const APPLICATIONS = [
  'Application.Read.All',
  'Application.ReadWrite.OwnedBy',
  'Application.ReadWrite.All',
  ...DIRECTORY,
];
const ROLES = ['RoleManagement.Read.Directory', 'RoleManagement.ReadWrite.Directory', ...DIRECTORY];
const ELIGIBILITIES = [
  'RoleEligibilitySchedule.Read.Directory',
  'RoleEligibilitySchedule.ReadWrite.Directory',
  'RoleManagement.Read.All',
  'RoleManagement.Read.Directory',
  'RoleManagement.ReadWrite.Directory',
];
const ORGANIZATION = ['Organization.Read.All', 'Organization.ReadWrite.All', ...DIRECTORY];
const STRENGTHS = [
  'Policy.Read.AuthenticationMethod',
  'Policy.Read.All',
  'Policy.ReadWrite.AuthenticationMethod',
  'Policy.ReadWrite.ConditionalAccess',
];
const METHODS = ['UserAuthenticationMethod.Read.All', 'UserAuthenticationMethod.ReadWrite.All'];
const PASSES = ['UserAuthMethod-TAP.Read.All', 'UserAuthMethod-TAP.ReadWrite.All', ...METHODS];
const METHODS_POLICY = ['Policy.Read.AuthenticationMethod', 'Policy.ReadWrite.AuthenticationMethod', 'Policy.Read.All'];
const MAILBOX = ['MailboxSettings.Read', 'MailboxSettings.ReadWrite'];
const POLICIES = ['Policy.Read.All'];
const AUDIT = ['AuditLog.Read.All'];

/** A GET on both versions. */
function read(
  template: string,
  permissions: string[],
  rest: Pick<GraphRoute, 'throttle' | 'handle'> & Partial<GraphRoute>,
): GraphRoute {
  return { method: 'GET', template, versions: BOTH, permissions, ...rest };
}

/** The table; a fixed path stands before one with braces that would take it too. */
export const GRAPH_ROUTES: readonly GraphRoute[] = [
  read('/organization', [...ORGANIZATION, 'User.Read.All'], { throttle: 'directory', handle: listOrganization }),
  read('/subscribedSkus', ORGANIZATION, { throttle: 'directory', units: 3, handle: listSkus }),
  read('/users', USERS, { throttle: 'directory', units: 2, handle: listUsers }),
  read('/users/$count', USERS, { throttle: 'directory', handle: countUsers }),
  read('/users/delta', USERS_FULL, { throttle: 'directory', handle: deltaUsers }),
  read('/users/{id}', USERS, { throttle: 'directory', handle: getUser }),
  read('/users/{id}/manager', USERS_FULL, { throttle: 'directory', handle: getManager }),
  read('/users/{id}/memberOf', MEMBER_OF, { throttle: 'directory', units: 2, handle: listMemberOf }),
  read('/users/{id}/transitiveMemberOf', MEMBER_OF, { throttle: 'directory', units: 2, handle: listMemberOf }),
  read('/users/{id}/mailboxSettings', MAILBOX, { throttle: 'outlook', handle: getMailboxSettings }),
  read('/users/{id}/authentication/methods', METHODS, { throttle: 'userMethods', handle: listAuthenticationMethods }),
  read('/users/{id}/authentication/temporaryAccessPassMethods', PASSES, {
    throttle: 'userMethods',
    handle: listPasses,
  }),
  read('/users/{id}/authentication/requirements', [...POLICIES, 'Policy.ReadWrite.AuthenticationMethod'], {
    versions: BETA,
    throttle: 'directory',
    handle: getRequirements,
  }),
  read('/groups', GROUPS, { throttle: 'directory', handle: listGroups }),
  read('/groups/delta', GROUPS, { throttle: 'directory', handle: deltaGroups }),
  read('/groups/{id}', GROUPS, { throttle: 'directory', handle: getGroup }),
  read('/groups/{id}/members', MEMBERS, { throttle: 'directory', units: 3, handle: listMembers }),
  read('/groups/{id}/transitiveMembers', MEMBERS, { throttle: 'directory', units: 5, handle: listMembers }),
  read('/servicePrincipals', APPLICATIONS, { throttle: 'directory', handle: listServicePrincipals }),
  read('/servicePrincipals/{id}', APPLICATIONS, { throttle: 'directory', handle: getServicePrincipal }),
  read('/directoryRoles', ROLES, { throttle: 'directory', handle: listDirectoryRoles }),
  read('/directoryRoles/{id}/members', ROLES, { throttle: 'directory', handle: listDirectoryRoleMembers }),
  read('/roleManagement/directory/roleAssignments', ROLES, { throttle: 'directory', handle: listRoleAssignments }),
  read('/roleManagement/directory/roleEligibilityScheduleInstances', ELIGIBILITIES, {
    throttle: 'directory',
    handle: listRoleEligibilities,
  }),
  read('/identity/conditionalAccess/policies', POLICIES, { throttle: 'conditionalAccess', handle: listPolicies }),
  read('/identity/conditionalAccess/policies/{id}', POLICIES, { throttle: 'conditionalAccess', handle: getPolicy }),
  read('/identity/conditionalAccess/deletedItems/policies', POLICIES, {
    throttle: 'conditionalAccess',
    handle: listDeletedPolicies,
  }),
  read('/identity/conditionalAccess/namedLocations', POLICIES, {
    throttle: 'conditionalAccess',
    handle: listNamedLocations,
  }),
  read('/identity/conditionalAccess/namedLocations/{id}', POLICIES, {
    throttle: 'conditionalAccess',
    handle: getNamedLocation,
  }),
  {
    method: 'POST',
    template: '/identity/conditionalAccess/evaluate',
    versions: BOTH,
    permissions: ['Policy.Read.ConditionalAccess'],
    throttle: 'directory',
    handle: evaluatePolicies,
  },
  read('/policies/conditionalAccessPolicies', POLICIES, { throttle: 'conditionalAccess', handle: listPolicies }),
  read('/policies/identitySecurityDefaultsEnforcementPolicy', POLICIES, {
    throttle: 'securityDefaults',
    handle: getSecurityDefaults,
  }),
  read('/policies/authenticationMethodsPolicy', METHODS_POLICY, { throttle: 'directory', handle: getMethodsPolicy }),
  read('/policies/authenticationStrengthPolicies', STRENGTHS, { throttle: 'directory', handle: listStrengths }),
  read('/policies/authenticationStrengthPolicies/{id}', STRENGTHS, { throttle: 'directory', handle: getStrength }),
  read('/reports/authenticationMethods/userRegistrationDetails', AUDIT, {
    throttle: 'logsAndReports',
    handle: listRegistrations,
  }),
  read('/reports/authenticationMethods/userRegistrationDetails/{id}', AUDIT, {
    throttle: 'logsAndReports',
    handle: getRegistration,
  }),
  // Counts by method and by feature are for people alone: the tables name no application permission.
  read('/reports/authenticationMethods/{counts}', [], { throttle: 'logsAndReports', handle: refuseCounts }),
  read('/auditLogs/signIns', AUDIT, { throttle: 'logsAndReports', handle: listSignIns }),
  read('/auditLogs/signIns/{id}', AUDIT, { throttle: 'logsAndReports', handle: getSignIn }),
  read('/auditLogs/directoryAudits', [...AUDIT, 'Directory.Read.All'], {
    throttle: 'logsAndReports',
    handle: listDirectoryAudits,
  }),
  ...WRITE_ROUTES,
];
