/** What the documents say about the properties of `user`, as tables. Source: v1.0 metadata of 2026-08-20 and the user resource page. */
import type { FilterRules } from '../odata/rules.ts';

/** Returned when nothing is selected: these eleven and no others. */
export const DEFAULT_USER_PROPERTIES = [
  'businessPhones',
  'displayName',
  'givenName',
  'id',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
];

/** What User.ReadBasic.All shows. */
export const BASIC_USER_PROPERTIES = new Set([
  'id',
  'displayName',
  'givenName',
  'surname',
  'mail',
  'userPrincipalName',
]);

/** Cannot be selected on a collection: 501. */
export const SINGLE_USER_PROPERTIES = [
  'aboutMe',
  'birthday',
  'hireDate',
  'interests',
  'mailboxSettings',
  'mySite',
  'pastProjects',
  'preferredName',
  'responsibilities',
  'schools',
  'skills',
];

const LIST_PROPERTIES = [
  'assignedLicenses',
  'assignedPlans',
  'businessPhones',
  'identities',
  'imAddresses',
  'licenseAssignmentStates',
  'onPremisesProvisioningErrors',
  'otherMails',
  'provisionedPlans',
  'proxyAddresses',
  'serviceProvisioningErrors',
];

const SCALAR_PROPERTIES =
  'accountEnabled ageGroup authorizationInfo city companyName consentProvidedForMinor country createdDateTime creationType ' +
  'customSecurityAttributes deletedDateTime department displayName employeeHireDate employeeId employeeLeaveDateTime ' +
  'employeeOrgData employeeType externalUserState externalUserStateChangeDateTime faxNumber givenName id isManagementRestricted ' +
  'isResourceAccount jobTitle lastPasswordChangeDateTime legalAgeGroupClassification mail mailNickname mobilePhone ' +
  'officeLocation onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes onPremisesImmutableId ' +
  'onPremisesLastSyncDateTime onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled ' +
  'onPremisesUserPrincipalName passwordPolicies passwordProfile postalCode preferredDataLocation preferredLanguage ' +
  'securityIdentifier showInAddressList signInSessionsValidFromDateTime state streetAddress surname usageLocation ' +
  'userPrincipalName userType';

/** Selectable properties and what stands for "nothing" in each: null, or an empty list. */
export const EMPTY_USER_VALUES: ReadonlyMap<string, null | readonly never[]> = new Map<string, null | readonly never[]>(
  [
    ...SCALAR_PROPERTIES.split(' ').map((name): [string, null] => [name, null]),
    ...LIST_PROPERTIES.map((name): [string, readonly never[]] => [name, []]),
  ],
);

const TEXT = 'eq ne ge le in startswith';
const PLAIN = 'eq ne in';
const DATED = 'eq ne ge le in';

/** `$filter` of users. `not` is judged by what it negates. */
export const USER_FILTERS: FilterRules = {
  accountEnabled: PLAIN,
  ageGroup: PLAIN,
  assignedLicenses: 'any',
  'assignedLicenses/*/skuId': 'eq',
  city: TEXT,
  companyName: TEXT,
  consentProvidedForMinor: PLAIN,
  country: TEXT,
  createdDateTime: DATED,
  creationType: PLAIN,
  deletedDateTime: DATED,
  department: 'eq ne ge le in',
  displayName: TEXT,
  employeeHireDate: DATED,
  employeeId: TEXT,
  employeeLeaveDateTime: DATED,
  employeeType: TEXT,
  externalUserState: PLAIN,
  externalUserStateChangeDateTime: PLAIN,
  faxNumber: TEXT,
  givenName: TEXT,
  id: PLAIN,
  jobTitle: TEXT,
  mail: `${TEXT} endswith`,
  mailNickname: TEXT,
  mobilePhone: TEXT,
  officeLocation: TEXT,
  onPremisesImmutableId: DATED,
  onPremisesLastSyncDateTime: DATED,
  onPremisesSamAccountName: TEXT,
  onPremisesSecurityIdentifier: 'eq',
  onPremisesSyncEnabled: PLAIN,
  onPremisesUserPrincipalName: TEXT,
  otherMails: 'any',
  'otherMails/*': 'eq startswith endswith',
  passwordPolicies: 'eq ne',
  postalCode: TEXT,
  preferredLanguage: TEXT,
  proxyAddresses: 'any',
  'proxyAddresses/*': 'eq startswith endswith',
  'signInActivity/lastSignInDateTime': 'eq ge le',
  'signInActivity/lastSuccessfulSignInDateTime': 'eq ge le',
  state: TEXT,
  streetAddress: TEXT,
  surname: TEXT,
  usageLocation: TEXT,
  userPrincipalName: `${TEXT} endswith`,
  userType: PLAIN,
};
