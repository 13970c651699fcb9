import { z } from 'zod';
import type { VendorCall } from '../../lib/errors.ts';
import { requestIdOf } from '../http-failures.ts';
import type { HttpAnswer } from '../http-types.ts';
import { type GraphCallName, graphCallOf } from './calls.ts';

/*
 * What we rely on in Graph's answers. Objects are open, since Graph adds members at any time and the snapshot keeps
 * objects as they came; what is named here is checked. Names stay as Graph writes them.
 */
const text = z.string();
const id = z.string().min(1);
const textOrNull = z.string().nullish();
const flagOrNull = z.boolean().nullish();
const ids = z.array(z.string());

const reference = z.looseObject({ id });

export const userSchema = z.looseObject({
  id,
  userPrincipalName: text,
  displayName: textOrNull,
  mail: textOrNull,
  employeeId: textOrNull,
  department: textOrNull,
  jobTitle: textOrNull,
  accountEnabled: flagOrNull,
  userType: textOrNull,
  onPremisesSyncEnabled: flagOrNull,
  assignedLicenses: z.array(z.looseObject({ skuId: text })).nullish(),
  proxyAddresses: ids.nullish(),
  externalUserState: textOrNull,
  manager: reference.nullish(),
});
export type GraphUser = z.infer<typeof userSchema>;

const removal = z.looseObject({ reason: text });

/** A change of a user: only `id` is sure, the rest is what changed. */
export const userChangeSchema = userSchema.partial().extend({
  id,
  '@removed': removal.optional(),
  'manager@delta': z.array(z.looseObject({ id, '@removed': removal.optional() })).optional(),
});
export type GraphUserChange = z.infer<typeof userChangeSchema>;

export const registrationSchema = z.looseObject({
  id,
  isMfaRegistered: z.boolean(),
  isMfaCapable: z.boolean(),
  methodsRegistered: ids,
  lastUpdatedDateTime: textOrNull,
});
export type GraphRegistration = z.infer<typeof registrationSchema>;

export const methodSchema = z.looseObject({ id, '@odata.type': text, phoneType: textOrNull });
export type GraphMethod = z.infer<typeof methodSchema>;

const policyUsers = z.looseObject({
  includeUsers: ids.nullish(),
  excludeUsers: ids.nullish(),
  includeGroups: ids.nullish(),
  excludeGroups: ids.nullish(),
  includeRoles: ids.nullish(),
  excludeRoles: ids.nullish(),
});

const policyApplications = z.looseObject({
  includeApplications: ids.nullish(),
  excludeApplications: ids.nullish(),
  includeUserActions: ids.nullish(),
});

export const policySchema = z.looseObject({
  id,
  displayName: text,
  state: z.enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced']),
  createdDateTime: textOrNull,
  modifiedDateTime: textOrNull,
  conditions: z.looseObject({
    users: policyUsers.nullish(),
    applications: policyApplications.nullish(),
    clientAppTypes: ids.nullish(),
  }),
  grantControls: z
    .looseObject({
      operator: textOrNull,
      builtInControls: ids.nullish(),
      authenticationStrength: z.looseObject({ id: textOrNull, requirementsSatisfied: textOrNull }).nullish(),
    })
    .nullish(),
});
export type GraphPolicy = z.infer<typeof policySchema>;

export const namedLocationSchema = z.looseObject({
  id,
  '@odata.type': text,
  displayName: textOrNull,
  isTrusted: flagOrNull,
});
export type GraphNamedLocation = z.infer<typeof namedLocationSchema>;

export const securityDefaultsSchema = z.looseObject({ isEnabled: z.boolean() });
export type GraphSecurityDefaults = z.infer<typeof securityDefaultsSchema>;

/** Built-in or custom; each combination is a list of methods, joined by commas, that counts together. */
export const authenticationStrengthSchema = z.looseObject({
  id,
  displayName: text,
  policyType: text,
  requirementsSatisfied: text,
  allowedCombinations: ids,
});
export type GraphAuthenticationStrength = z.infer<typeof authenticationStrengthSchema>;

const appliedPolicy = z.looseObject({ id: textOrNull, displayName: textOrNull, result: textOrNull });

export const signInSchema = z.looseObject({
  id,
  createdDateTime: text,
  userId: textOrNull,
  userPrincipalName: textOrNull,
  appId: textOrNull,
  appDisplayName: textOrNull,
  clientAppUsed: textOrNull,
  conditionalAccessStatus: textOrNull,
  status: z.looseObject({ errorCode: z.number().nullish() }).nullish(),
  appliedConditionalAccessPolicies: z.array(appliedPolicy).nullish(),
  /** In beta only, as are the next two: how an OAuth client signed in (`ropc`, `deviceCode` …). */
  authenticationProtocol: textOrNull,
  authenticationRequirement: textOrNull,
  incomingTokenType: textOrNull,
  ipAddress: textOrNull,
  location: z.looseObject({ countryOrRegion: textOrNull }).nullish(),
});
export type GraphSignIn = z.infer<typeof signInSchema>;

const auditedChange = z.looseObject({ displayName: textOrNull, oldValue: textOrNull, newValue: textOrNull });

export const directoryAuditSchema = z.looseObject({
  id,
  activityDateTime: text,
  activityDisplayName: text,
  category: textOrNull,
  loggedByService: textOrNull,
  correlationId: textOrNull,
  result: textOrNull,
  initiatedBy: z
    .looseObject({
      user: z.looseObject({ id: textOrNull, userPrincipalName: textOrNull, displayName: textOrNull }).nullish(),
      app: z.looseObject({ appId: textOrNull, servicePrincipalId: textOrNull, displayName: textOrNull }).nullish(),
    })
    .nullish(),
  targetResources: z
    .array(
      z.looseObject({
        id: textOrNull,
        type: textOrNull,
        displayName: textOrNull,
        modifiedProperties: z.array(auditedChange).nullish(),
      }),
    )
    .nullish(),
});
export type GraphDirectoryAudit = z.infer<typeof directoryAuditSchema>;

export const mailboxSettingsSchema = z.looseObject({ userPurpose: text });

export const messageSchema = z.looseObject({ id, isDraft: z.boolean(), createdDateTime: textOrNull });
export const arrivedSchema = z.looseObject({
  id,
  subject: textOrNull,
  receivedDateTime: z.string(),
  from: z.looseObject({ emailAddress: z.looseObject({ address: textOrNull }).nullish() }).nullish(),
});
export const noticeSchema = z.looseObject({ body: z.looseObject({ content: z.string() }) });

export const roleAssignmentSchema = z.looseObject({
  roleDefinitionId: id,
  principalId: id,
  directoryScopeId: textOrNull,
});
export type GraphRoleAssignment = z.infer<typeof roleAssignmentSchema>;

export const activatedRoleSchema = z.looseObject({ id, roleTemplateId: id });

export const groupSchema = z.looseObject({
  id,
  displayName: textOrNull,
  description: textOrNull,
  mailNickname: textOrNull,
  securityEnabled: flagOrNull,
  mailEnabled: flagOrNull,
  groupTypes: ids.nullish(),
  isAssignableToRole: flagOrNull,
  membershipRule: textOrNull,
  onPremisesSyncEnabled: flagOrNull,
});
export type GraphGroup = z.infer<typeof groupSchema>;

/** Without its kind a member could be a nested group that nobody looks into, so the kind must be there. */
export const memberSchema = reference.extend({ '@odata.type': text });
export type GraphMember = z.infer<typeof memberSchema>;

export const servicePrincipalSchema = z.looseObject({
  id,
  appId: id,
  displayName: textOrNull,
  servicePrincipalType: textOrNull,
  accountEnabled: flagOrNull,
  appOwnerOrganizationId: textOrNull,
});
export type GraphServicePrincipal = z.infer<typeof servicePrincipalSchema>;

export const skuSchema = z.looseObject({
  skuId: id,
  skuPartNumber: textOrNull,
  capabilityStatus: textOrNull,
  consumedUnits: z.number().nullish(),
  prepaidUnits: z.looseObject({ enabled: z.number().nullish() }).nullish(),
  servicePlans: z.array(z.looseObject({ servicePlanId: id, provisioningStatus: textOrNull })),
});
export type GraphSku = z.infer<typeof skuSchema>;

export const organizationSchema = z.looseObject({
  id,
  displayName: textOrNull,
  verifiedDomains: z.array(z.looseObject({ name: text, isInitial: flagOrNull, isDefault: flagOrNull })).nullish(),
});
export type GraphOrganization = z.infer<typeof organizationSchema>;

export const perUserMfaSchema = z.looseObject({ perUserMfaState: z.enum(['disabled', 'enabled', 'enforced']) });
export type PerUserMfaState = z.infer<typeof perUserMfaSchema>['perUserMfaState'];

export const teamSchema = z.looseObject({
  id,
  displayName: textOrNull,
  /** The thread of the General channel, whatever that is called. */
  internalId: textOrNull,
  isArchived: flagOrNull,
});
export type GraphTeam = z.infer<typeof teamSchema>;

export const channelSchema = z.looseObject({
  id,
  displayName: text,
  membershipType: textOrNull,
  isArchived: flagOrNull,
  webUrl: textOrNull,
});
export type GraphChannel = z.infer<typeof channelSchema>;

const resourceSpecific = z.looseObject({ permissionValue: textOrNull, permissionType: textOrNull });

const appDefinitionSchema = z.looseObject({
  version: textOrNull,
  publishingState: textOrNull,
  /** Named so by some tenants' Graph, where others have `authorization.clientAppId`. */
  azureADAppId: textOrNull,
  authorization: z
    .looseObject({
      clientAppId: textOrNull,
      requiredPermissionSet: z
        .looseObject({ resourceSpecificPermissions: z.array(resourceSpecific).nullish() })
        .nullish(),
    })
    .nullish(),
});

/** An app of the tenant's catalogue; `externalId` is the id of its manifest. */
export const teamsAppSchema = z.looseObject({
  id,
  externalId: textOrNull,
  displayName: textOrNull,
  distributionMethod: textOrNull,
  appDefinitions: z.array(appDefinitionSchema).nullish(),
});
export type GraphTeamsApp = z.infer<typeof teamsAppSchema>;

export const installationSchema = z.looseObject({
  id,
  teamsApp: teamsAppSchema.nullish(),
  teamsAppDefinition: appDefinitionSchema.nullish(),
});
export type GraphInstallation = z.infer<typeof installationSchema>;

export const tabSchema = z.looseObject({
  id,
  displayName: textOrNull,
  webUrl: textOrNull,
  configuration: z
    .looseObject({ entityId: textOrNull, contentUrl: textOrNull, websiteUrl: textOrNull, removeUrl: textOrNull })
    .nullish(),
  teamsApp: teamsAppSchema.nullish(),
});
export type GraphTab = z.infer<typeof tabSchema>;

export const chatSchema = z.looseObject({ id });

export const channelMessageSchema = z.looseObject({
  id,
  createdDateTime: textOrNull,
  deletedDateTime: textOrNull,
  webUrl: textOrNull,
  from: z.looseObject({ application: z.looseObject({ id: textOrNull }).nullish() }).nullish(),
  body: z.looseObject({ content: textOrNull }).nullish(),
  attachments: z.array(z.looseObject({ content: textOrNull })).nullish(),
});
export type GraphChannelMessage = z.infer<typeof channelMessageSchema>;

/** Null says what a missing link says. */
const link = z
  .string()
  .min(1)
  .nullish()
  .transform((address) => address ?? undefined);

/** A page of a collection, as yet without knowledge of its rows. */
export const pageSchema = z.looseObject({
  value: z.array(z.unknown()),
  '@odata.nextLink': link,
  '@odata.deltaLink': link,
});

/** The facts of a Graph call whose answer is being judged. */
export function graphCallFacts(name: GraphCallName, answer?: HttpAnswer): VendorCall {
  const call = graphCallOf(name);
  const requestId = answer === undefined ? undefined : requestIdOf(answer.headers);
  return {
    vendor: 'graph',
    method: call.method,
    path: call.version === 'beta' ? `/beta${call.path}` : call.path,
    ...(answer === undefined ? {} : { status: answer.status }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
