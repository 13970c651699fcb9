import type { HttpMethod } from '../http-types.ts';

/**
 * The limits of Graph that are paced before sending. `conditionalAccess`: per tenant, all apps together. `reports`:
 * sign-in logs and registration, per app and tenant and again over all tenants of the app. `directory`: resource
 * units per app and tenant. `outlook`: per app and mailbox, with few calls at once. `teams`: per app and tenant, and far
 * fewer on any one team.
 */
export type LimitClass = 'conditionalAccess' | 'reports' | 'directory' | 'outlook' | 'teams';

export type GraphCall = {
  area: string;
  method: HttpMethod;
  version: 'v1.0' | 'beta';
  /** Ids stand in braces; they are filled in, encoded, by the client. */
  path: string;
  /** Application permissions that are needed together. */
  permissions: readonly string[];
  limit: LimitClass;
  /** Resource units of the directory limit. */
  cost?: number;
};

/** Every request to Graph goes through one of these; docs/permissions.md is compared with this table by a test. */
export const graphCalls = {
  'users.list': {
    area: 'users',
    method: 'GET',
    version: 'v1.0',
    path: '/users',
    permissions: ['User.Read.All'],
    limit: 'directory',
    cost: 2,
  },
  'users.get': {
    area: 'users',
    method: 'GET',
    version: 'v1.0',
    path: '/users/{id}',
    permissions: ['User.Read.All'],
    limit: 'directory',
    cost: 1,
  },
  'users.delta': {
    area: 'users',
    method: 'GET',
    version: 'v1.0',
    path: '/users/delta',
    permissions: ['User.Read.All'],
    limit: 'directory',
    cost: 1,
  },
  'registration.list': {
    area: 'registration',
    method: 'GET',
    version: 'v1.0',
    path: '/reports/authenticationMethods/userRegistrationDetails',
    permissions: ['AuditLog.Read.All'],
    limit: 'reports',
  },
  'registration.methods': {
    area: 'registration',
    method: 'GET',
    version: 'v1.0',
    path: '/users/{id}/authentication/methods',
    permissions: ['UserAuthenticationMethod.Read.All'],
    limit: 'reports',
  },
  'conditionalAccess.policies': {
    area: 'conditional-access',
    method: 'GET',
    version: 'v1.0',
    path: '/identity/conditionalAccess/policies',
    permissions: ['Policy.Read.All'],
    limit: 'conditionalAccess',
  },
  'conditionalAccess.namedLocations': {
    area: 'conditional-access',
    method: 'GET',
    version: 'v1.0',
    path: '/identity/conditionalAccess/namedLocations',
    permissions: ['Policy.Read.All'],
    limit: 'conditionalAccess',
  },
  // Whether Security Defaults share the limit of Conditional Access is not documented; pacing it so cannot be refused.
  'securityDefaults.get': {
    area: 'security-defaults',
    method: 'GET',
    version: 'v1.0',
    path: '/policies/identitySecurityDefaultsEnforcementPolicy',
    permissions: ['Policy.Read.All'],
    limit: 'conditionalAccess',
  },
  // Without Policy.Read.All the sign-ins come without their Conditional Access results.
  'signIns.interactive': {
    area: 'sign-ins',
    method: 'GET',
    version: 'v1.0',
    path: '/auditLogs/signIns',
    permissions: ['AuditLog.Read.All', 'Policy.Read.All'],
    limit: 'reports',
  },
  'signIns.nonInteractive': {
    area: 'sign-ins',
    method: 'GET',
    version: 'beta',
    path: '/auditLogs/signIns',
    permissions: ['AuditLog.Read.All', 'Policy.Read.All'],
    limit: 'reports',
  },
  'mailboxes.settings': {
    area: 'mailboxes',
    method: 'GET',
    version: 'v1.0',
    path: '/users/{id}/mailboxSettings',
    permissions: ['MailboxSettings.Read'],
    limit: 'outlook',
  },
  'roles.assignments': {
    area: 'roles',
    method: 'GET',
    version: 'v1.0',
    path: '/roleManagement/directory/roleAssignments',
    permissions: ['RoleManagement.Read.Directory'],
    limit: 'directory',
    cost: 1,
  },
  'roles.eligible': {
    area: 'roles',
    method: 'GET',
    version: 'v1.0',
    path: '/roleManagement/directory/roleEligibilityScheduleInstances',
    permissions: ['RoleManagement.Read.Directory'],
    limit: 'directory',
    cost: 1,
  },
  'roles.activated': {
    area: 'roles',
    method: 'GET',
    version: 'v1.0',
    path: '/directoryRoles',
    permissions: ['RoleManagement.Read.Directory'],
    limit: 'directory',
    cost: 1,
  },
  'groups.list': {
    area: 'groups',
    method: 'GET',
    version: 'v1.0',
    path: '/groups',
    permissions: ['GroupMember.Read.All'],
    limit: 'directory',
    cost: 1,
  },
  'groups.members': {
    area: 'groups',
    method: 'GET',
    version: 'v1.0',
    path: '/groups/{id}/members',
    permissions: ['GroupMember.Read.All'],
    limit: 'directory',
    cost: 3,
  },
  'groups.transitiveMembers': {
    area: 'groups',
    method: 'GET',
    version: 'v1.0',
    path: '/groups/{id}/transitiveMembers',
    permissions: ['GroupMember.Read.All'],
    limit: 'directory',
    cost: 5,
  },
  'servicePrincipals.list': {
    area: 'service-principals',
    method: 'GET',
    version: 'v1.0',
    path: '/servicePrincipals',
    permissions: ['Application.Read.All'],
    limit: 'directory',
    cost: 1,
  },
  'licences.list': {
    area: 'licences',
    method: 'GET',
    version: 'v1.0',
    path: '/subscribedSkus',
    permissions: ['Organization.Read.All'],
    limit: 'directory',
    cost: 3,
  },
  'organization.get': {
    area: 'organization',
    method: 'GET',
    version: 'v1.0',
    path: '/organization',
    permissions: ['Organization.Read.All'],
    limit: 'directory',
    cost: 1,
  },
  // The property is undocumented in v1.0; where it is missing, the documented beta call answers user by user.
  'perUserMfa.bulk': {
    area: 'per-user-mfa',
    method: 'GET',
    version: 'v1.0',
    path: '/users',
    permissions: ['User.Read.All'],
    limit: 'directory',
    cost: 1,
  },
  'perUserMfa.get': {
    area: 'per-user-mfa',
    method: 'GET',
    version: 'beta',
    path: '/users/{id}/authentication/requirements',
    permissions: ['Policy.Read.All'],
    limit: 'directory',
    cost: 1,
  },
  // Reading one message is documented for the narrower Mail.Read; Mail.ReadWrite, needed for drafts, includes it.
  'mail.find': {
    area: 'mail',
    method: 'GET',
    version: 'v1.0',
    path: '/users/{id}/messages',
    permissions: ['Mail.ReadWrite'],
    limit: 'outlook',
  },
  'mail.create': {
    area: 'mail',
    method: 'POST',
    version: 'v1.0',
    path: '/users/{id}/messages',
    permissions: ['Mail.ReadWrite'],
    limit: 'outlook',
  },
  'mail.get': {
    area: 'mail',
    method: 'GET',
    version: 'v1.0',
    path: '/users/{id}/messages/{messageId}',
    permissions: ['Mail.ReadWrite'],
    limit: 'outlook',
  },
  'mail.send': {
    area: 'mail',
    method: 'POST',
    version: 'v1.0',
    path: '/users/{id}/messages/{messageId}/send',
    permissions: ['Mail.Send'],
    limit: 'outlook',
  },
  // Rights that end in `.Group` hold in one team: its owner, or whoever installs the app there, consents to them.
  'teams.get': {
    area: 'teams',
    method: 'GET',
    version: 'v1.0',
    path: '/teams/{id}',
    permissions: ['TeamSettings.Read.Group'],
    limit: 'teams',
  },
  'channels.list': {
    area: 'channels',
    method: 'GET',
    version: 'v1.0',
    path: '/teams/{id}/channels',
    permissions: ['ChannelSettings.Read.Group'],
    limit: 'teams',
  },
  'channels.get': {
    area: 'channels',
    method: 'GET',
    version: 'v1.0',
    path: '/teams/{id}/channels/{channelId}',
    permissions: ['ChannelSettings.Read.Group'],
    limit: 'teams',
  },
  'channels.create': {
    area: 'channels',
    method: 'POST',
    version: 'v1.0',
    path: '/teams/{id}/channels',
    permissions: ['Channel.Create.Group'],
    limit: 'teams',
  },
  'channels.messages': {
    area: 'channels',
    method: 'GET',
    version: 'v1.0',
    path: '/teams/{id}/channels/{channelId}/messages',
    permissions: ['ChannelMessage.Read.Group'],
    limit: 'teams',
  },
  'tabs.list': {
    area: 'tabs',
    method: 'GET',
    version: 'v1.0',
    path: '/teams/{id}/channels/{channelId}/tabs',
    permissions: ['TeamsTab.Read.Group'],
    limit: 'teams',
  },
  'tabs.create': {
    area: 'tabs',
    method: 'POST',
    version: 'v1.0',
    path: '/teams/{id}/channels/{channelId}/tabs',
    permissions: ['TeamsTab.Create.Group'],
    limit: 'teams',
  },
  'tabs.delete': {
    area: 'tabs',
    method: 'DELETE',
    version: 'v1.0',
    path: '/teams/{id}/channels/{channelId}/tabs/{tabId}',
    permissions: ['TeamsTab.Delete.Group'],
    limit: 'teams',
  },
  'apps.catalogue': {
    area: 'app-installation',
    method: 'GET',
    version: 'v1.0',
    path: '/appCatalogs/teamsApps',
    permissions: ['AppCatalog.Read.All'],
    limit: 'teams',
  },
  'apps.ofTeam': {
    area: 'app-installation',
    method: 'GET',
    version: 'v1.0',
    path: '/teams/{id}/installedApps',
    permissions: ['TeamsAppInstallation.ReadWriteAndConsentSelfForTeam.All'],
    limit: 'teams',
  },
  // Installing consents to the app's rights in that team, which the right without "AndConsent" may not do.
  'apps.installInTeam': {
    area: 'app-installation',
    method: 'POST',
    version: 'v1.0',
    path: '/teams/{id}/installedApps',
    permissions: ['TeamsAppInstallation.ReadWriteAndConsentSelfForTeam.All'],
    limit: 'teams',
  },
  'apps.upgradeInTeam': {
    area: 'app-installation',
    method: 'POST',
    version: 'v1.0',
    path: '/teams/{id}/installedApps/{installationId}/upgrade',
    permissions: ['TeamsAppInstallation.ReadWriteAndConsentSelfForTeam.All'],
    limit: 'teams',
  },
  'apps.ofPerson': {
    area: 'app-installation',
    method: 'GET',
    version: 'v1.0',
    path: '/users/{id}/teamwork/installedApps',
    permissions: ['TeamsAppInstallation.ReadWriteSelfForUser.All'],
    limit: 'teams',
  },
  'apps.installForPerson': {
    area: 'app-installation',
    method: 'POST',
    version: 'v1.0',
    path: '/users/{id}/teamwork/installedApps',
    permissions: ['TeamsAppInstallation.ReadWriteSelfForUser.All'],
    limit: 'teams',
  },
  'apps.upgradeForPerson': {
    area: 'app-installation',
    method: 'POST',
    version: 'v1.0',
    path: '/users/{id}/teamwork/installedApps/{installationId}/upgrade',
    permissions: ['TeamsAppInstallation.ReadWriteSelfForUser.All'],
    limit: 'teams',
  },
  'apps.chat': {
    area: 'app-installation',
    method: 'GET',
    version: 'v1.0',
    path: '/users/{id}/teamwork/installedApps/{installationId}/chat',
    permissions: ['TeamsAppInstallation.ReadWriteSelfForUser.All'],
    limit: 'teams',
  },
  // A batch needs the rights of the calls inside it and none of its own.
  'batch.v1': { area: 'batch', method: 'POST', version: 'v1.0', path: '/$batch', permissions: [], limit: 'directory' },
  'batch.beta': {
    area: 'batch',
    method: 'POST',
    version: 'beta',
    path: '/$batch',
    permissions: [],
    limit: 'directory',
  },
} as const satisfies Record<string, GraphCall>;

export type GraphCallName = keyof typeof graphCalls;

/** The table's entry, with its optional members visible. */
export function graphCallOf(name: GraphCallName): GraphCall {
  return graphCalls[name];
}
