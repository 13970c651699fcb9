import { type Account, instantOf, type Stage } from './draft.ts';
import type { GraphObject } from './world.ts';

export const SKU_BUSINESS_PREMIUM = 'cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46';
export const SKU_BUSINESS_STANDARD = 'f245ecc8-75af-4f8e-b61f-27d8114de5f3';

const NO_EXTENSION_ATTRIBUTES = Object.fromEntries(
  Array.from({ length: 15 }, (_, index) => [`extensionAttribute${index + 1}`, null]),
);

/** The account as Graph's `user`, with every property of the catalogue; sign-in activity is added from the sign-ins. */
export function graphUser(stage: Stage, account: Account): GraphObject & { id: string } {
  const created = instantOf(stage.facts, account.createdDay);
  return {
    id: account.id,
    deletedDateTime: null,
    ...personal(stage, account),
    ...addresses(stage, account),
    ...onPremises(stage, account),
    ...licences(stage, account, created),
    accountEnabled: account.enabled,
    createdDateTime: created,
    creationType: account.guest ? 'Invitation' : null,
    externalUserState: account.guest ? 'Accepted' : null,
    externalUserStateChangeDateTime: account.guest ? created : null,
    lastPasswordChangeDateTime: created,
    refreshTokensValidFromDateTime: created,
    signInSessionsValidFromDateTime: created,
    passwordPolicies: null,
    securityIdentifier: securityIdentifier(account.id),
    signInActivity: null,
    userType: account.guest ? 'Guest' : 'Member',
  };
}

function personal(stage: Stage, account: Account): GraphObject {
  return {
    displayName: account.displayName,
    givenName: account.guest ? null : account.name.first,
    surname: account.guest ? null : account.name.last,
    jobTitle: account.guest ? null : account.jobTitle,
    department: account.guest ? null : account.department,
    companyName: account.guest ? null : stage.facts.company,
    officeLocation: account.guest ? null : stage.facts.city,
    employeeId: account.employeeId,
    employeeType: null,
    employeeHireDate: null,
    employeeOrgData: null,
    ageGroup: null,
    consentProvidedForMinor: null,
    legalAgeGroupClassification: null,
    businessPhones: [],
    mobilePhone: null,
    faxNumber: null,
    streetAddress: null,
    city: account.guest ? null : stage.facts.city,
    state: null,
    postalCode: null,
    country: account.guest ? null : stage.facts.country,
    usageLocation: account.guest ? null : stage.facts.country,
    preferredLanguage: 'en',
    preferredDataLocation: null,
    isResourceAccount: null,
    isManagementRestricted: null,
    showInAddressList: null,
  };
}

function addresses(stage: Stage, account: Account): GraphObject {
  const proxies =
    account.mail === null ? [] : [`SMTP:${account.mail}`, ...account.aliases.map((alias) => `smtp:${alias}`)];
  const local = account.upn.split('@')[0] ?? account.upn;
  return {
    userPrincipalName: account.upn,
    mail: account.mail,
    mailNickname: local,
    proxyAddresses: proxies,
    otherMails: account.guest && account.mail !== null ? [account.mail] : [],
    imAddresses: account.purpose === 'user' && account.mail !== null ? [account.mail.toLowerCase()] : [],
    identities: [{ signInType: 'userPrincipalName', issuer: stage.facts.initialDomain, issuerAssignedId: account.upn }],
  };
}

function onPremises(stage: Stage, account: Account): GraphObject {
  const sam = account.upn.split('@')[0]?.slice(0, 20) ?? null;
  const domainName = `corp.${stage.facts.domain}`;
  return {
    onPremisesSyncEnabled: account.synced ? true : null,
    onPremisesImmutableId: account.synced ? immutableId(account.id) : null,
    onPremisesDistinguishedName: account.synced ? `CN=${account.displayName},OU=Accounts,DC=corp` : null,
    onPremisesDomainName: account.synced ? domainName : null,
    onPremisesLastSyncDateTime: account.synced ? instantOf(stage.facts, -0.01) : null,
    onPremisesSamAccountName: account.synced ? sam : null,
    onPremisesSecurityIdentifier: account.synced ? `S-1-5-21-${securityIdentifier(account.id).slice(9)}` : null,
    onPremisesUserPrincipalName: account.synced ? account.upn : null,
    onPremisesExtensionAttributes: { ...NO_EXTENSION_ATTRIBUTES },
    onPremisesProvisioningErrors: [],
  };
}

function licences(stage: Stage, account: Account, assignedDateTime: string): GraphObject {
  const skuId = stage.facts.premium ? SKU_BUSINESS_PREMIUM : SKU_BUSINESS_STANDARD;
  const plan = { assignedDateTime, capabilityStatus: 'Enabled', service: 'exchange', servicePlanId: EXCHANGE_PLAN };
  const premium = { ...plan, service: 'AADPremiumService', servicePlanId: P1_PLAN };
  return {
    assignedLicenses: account.licensed ? [{ disabledPlans: [], skuId }] : [],
    assignedPlans: account.licensed ? (stage.facts.premium ? [plan, premium] : [plan]) : [],
    provisionedPlans: [],
    serviceProvisioningErrors: [],
  };
}

export const P1_PLAN = '41781fb2-bc02-4b7c-bd55-b576c07bb09d';
export const P2_PLAN = 'eec0eb4f-6444-4f95-aba0-50c24d67f998';
export const EXCHANGE_PLAN = '9aaf7827-d63c-4b61-89c3-182f06f82e5c';

/** The SID that Microsoft derives from the object id: its four little-endian 32-bit parts. */
function securityIdentifier(id: string): string {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  const parts = [bytes.readUInt32BE(0), bytes.readUInt16BE(4), bytes.readUInt32LE(8), bytes.readUInt32LE(12)];
  const second = bytes.readUInt16BE(4) + bytes.readUInt16BE(6) * 0x1_0000;
  return `S-1-12-1-${parts[0] ?? 0}-${second}-${parts[2] ?? 0}-${parts[3] ?? 0}`;
}

function immutableId(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64');
}
