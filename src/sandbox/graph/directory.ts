import type { Answer } from '../http/exchange.ts';
import type { FilterRules } from '../odata/rules.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { notFound } from './errors.ts';
import { cutToSelection, listAnswer } from './listing.ts';

const EMPTY_ORGANIZATION: GraphObject = {
  id: null,
  deletedDateTime: null,
  businessPhones: [],
  city: null,
  country: null,
  countryLetterCode: null,
  createdDateTime: null,
  displayName: null,
  marketingNotificationEmails: [],
  onPremisesLastSyncDateTime: null,
  onPremisesSyncEnabled: null,
  postalCode: null,
  preferredLanguage: null,
  securityComplianceNotificationMails: [],
  securityComplianceNotificationPhones: [],
  state: null,
  street: null,
  technicalNotificationMails: [],
  tenantType: 'AAD',
  assignedPlans: [],
  provisionedPlans: [],
  verifiedDomains: [],
};

const PRINCIPAL_FILTERS: FilterRules = {
  accountEnabled: 'eq ne in',
  appId: 'eq ne in startswith',
  appOwnerOrganizationId: 'eq ne',
  displayName: 'eq ne ge le in startswith',
  id: 'eq ne in',
  servicePrincipalType: 'eq ne in',
  tags: 'any',
  'tags/*': 'eq startswith',
};

const EMPTY_PRINCIPAL: GraphObject = {
  id: null,
  deletedDateTime: null,
  accountEnabled: true,
  alternativeNames: [],
  appDescription: null,
  appDisplayName: null,
  appId: null,
  applicationTemplateId: null,
  appOwnerOrganizationId: null,
  appRoleAssignmentRequired: false,
  description: null,
  disabledByMicrosoftStatus: null,
  displayName: null,
  homepage: null,
  loginUrl: null,
  logoutUrl: null,
  notes: null,
  notificationEmailAddresses: [],
  preferredSingleSignOnMode: null,
  preferredTokenSigningKeyThumbprint: null,
  replyUrls: [],
  servicePrincipalNames: [],
  servicePrincipalType: 'Application',
  signInAudience: null,
  tags: [],
  tokenEncryptionKeyId: null,
  addIns: [],
  appRoles: [],
  keyCredentials: [],
  oauth2PermissionScopes: [],
  passwordCredentials: [],
  resourceSpecificApplicationPermissions: [],
};

/** GET /organization: a collection of one. */
export function listOrganization(context: GraphContext): Answer {
  const organization = { ...EMPTY_ORGANIZATION, ...context.tenant.tenant.organization };
  const value = [cutToSelection(organization, context.options.select)];
  return { status: 200, body: { '@odata.context': contextUrl(context, 'organization'), value } };
}

/** GET /subscribedSkus: never paged. */
export function listSkus(context: GraphContext): Answer {
  const value = context.tenant.tenant.subscribedSkus.map((sku) => cutToSelection(sku, context.options.select));
  return { status: 200, body: { '@odata.context': contextUrl(context, 'subscribedSkus'), value } };
}

/** GET /servicePrincipals. */
export function listServicePrincipals(context: GraphContext): Answer {
  return listAnswer<GraphObject>(context, {
    fragment: 'servicePrincipals',
    resource: 'ServicePrincipal',
    items: context.tenant.tenant.servicePrincipals,
    view: (principal) => ({ ...EMPTY_PRINCIPAL, ...principal }),
    filters: PRINCIPAL_FILTERS,
    orders: ['displayName'],
    page: { default: 100, max: 999 },
    allows: ['count', 'search'],
    directory: true,
  });
}

/** GET /servicePrincipals/{id}, by object id. */
export function getServicePrincipal(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const principal = context.tenant.tenant.servicePrincipals.find((candidate) => candidate.id === id);
  if (principal === undefined) return notFound(id);
  const shown = cutToSelection({ ...EMPTY_PRINCIPAL, ...principal }, context.options.select);
  return { status: 200, body: { '@odata.context': contextUrl(context, 'servicePrincipals/$entity'), ...shown } };
}
