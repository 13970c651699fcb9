/**
 * What a simulated world consists of. The generator (`generate.ts`) makes it from a seed, the servers keep it as
 * their state and change it; nothing of the product imports it.
 *
 * Objects of Microsoft Graph stand here as Graph writes them on the wire, complete: the servers cut them down to the
 * default property set, `$select` and the caller's permissions. What Graph derives (registration rows, transitive
 * members, delta pages) is derived by the servers.
 */
export type GraphObject = { [property: string]: unknown };

export type World = {
  seed: number;
  name: string;
  /** The instant at which the world begins, ISO 8601 in UTC. Everything in the past of the world lies before it. */
  startsAt: string;
  tenants: Tenant[];
  bambooCompanies: BambooCompany[];
  /** Which HR system the customers say they use; the other one answers too, with the same people. Absent: BambooHR. */
  hr?: HrSource;
};

export type HrSource = 'bamboohr' | 'workday';

export type Tenant = {
  tenantId: string;
  /** The `*.onmicrosoft.com` name. */
  initialDomain: string;
  /** Graph `organization`, with `verifiedDomains` and `assignedPlans`. */
  organization: GraphObject;
  subscribedSkus: GraphObject[];
  apps: AppRegistration[];
  /** Graph `user` objects with every property that a caller could select; never `manager`. */
  users: (GraphObject & { id: string })[];
  /** User id to manager's user id. */
  managers: Record<string, string>;
  /** User id to what `/users/{id}/authentication/methods` lists (the password method included). */
  authenticationMethods: Record<string, (GraphObject & { id: string; '@odata.type': string })[]>;
  /**
   * Instant from which the registration report knows the user's present methods, ISO 8601; before it the report
   * shows `reportedBefore`. Absent: it has known them for long.
   */
  registrationReportLag: Record<string, { knownFrom: string; reportedBefore: string[] }>;
  /**
   * Methods (names as in `methodsRegistered`) that the tenant's authentication-methods policy allows: a person whose
   * strong methods are all outside it is registered but not capable.
   */
  allowedMethods: string[];
  /** User id to `userPurpose` of the mailbox; absent: the user has no mailbox (404). */
  mailboxPurposes: Record<string, 'user' | 'linked' | 'shared' | 'room' | 'equipment' | 'others'>;
  /** A group whose `resourceProvisioningOptions` hold `Team` has a team of the same id. */
  groups: {
    group: GraphObject & { id: string };
    members: { id: string; '@odata.type': string }[];
    /** Absent: as far as this world knows, nobody in particular. */
    owners?: { id: string; '@odata.type': string }[];
  }[];
  /** Active role assignments; `roleDefinitionId` is the role template id. */
  roleAssignments: { id: string; roleDefinitionId: string; principalId: string; directoryScopeId: string }[];
  /** Eligible (PIM) assignments: `roleEligibilityScheduleInstances`. */
  roleEligibilities: { id: string; roleDefinitionId: string; principalId: string; directoryScopeId: string }[];
  servicePrincipals: (GraphObject & { id: string; appId: string })[];
  conditionalAccessPolicies: (GraphObject & { id: string })[];
  deletedPolicies: (GraphObject & { id: string })[];
  namedLocations: (GraphObject & { id: string })[];
  securityDefaults: GraphObject & { isEnabled: boolean };
  /** User id to per-user MFA state; absent: disabled. */
  perUserMfa: Record<string, 'disabled' | 'enabled' | 'enforced'>;
  /** Sign-ins of every kind in beta form (`signInEventTypes`, `authenticationProtocol` …), newest first. */
  signIns: (GraphObject & { id: string; createdDateTime: string; userId: string })[];
  directoryAudits: (GraphObject & { id: string; activityDateTime: string })[];
  /** The catalogue of Teams apps at the beginning; absent: only what the store offers everybody. */
  teamsApps?: TeamsApp[];
};

/** An app of a tenant's catalogue; `externalId` is the id in its manifest. */
export type TeamsApp = {
  id: string;
  externalId: string | null;
  displayName: string;
  distributionMethod: 'store' | 'organization' | 'sideloaded';
  version: string;
  /** `webApplicationInfo.id` of the manifest: the application that may install it for itself. */
  azureAdAppId: string | null;
};

/** An app registration with its service principal's consented application permissions in this tenant. */
export type AppRegistration = {
  clientId: string;
  clientSecret: string;
  displayName: string;
  /** Application permissions granted, as in the `roles` claim of a token. */
  roles: string[];
  /** Application permissions that the registration asks for; absent: those that were granted. */
  requested?: string[] | undefined;
  /** Addresses to which people may be sent back; absent: every safe one. */
  redirectUris?: string[] | undefined;
  /** When an administrator consented on the page, ISO 8601. */
  consentedAt?: string | undefined;
};

/** A company at BambooHR: every value is a string or null, as the vendor's API gives it. */
export type BambooCompany = {
  domain: string;
  apiKey: string;
  /** Fields by the vendor's names: id, employeeNumber, firstName, … unset dates are `0000-00-00`. */
  employees: ({ id: string } & { [field: string]: string | null })[];
  /** Approved absences: `time_off/whos_out` entries. Holidays carry no employeeId. */
  absences: {
    id: string;
    type: 'timeOff' | 'holiday';
    employeeId?: string;
    name: string;
    start: string;
    end: string;
  }[];
  /** The instant of each employee's last change, ISO 8601, for `employees/changed`. */
  lastChanged: Record<string, { action: 'Inserted' | 'Updated' | 'Deleted'; at: string }>;
};

/** What the generator knows to be so: the judge of the product's answers, never read by the servers. */
export type Truth = {
  seed: number;
  world: string;
  customers: CustomerTruth[];
};

/** What an account is that belongs to no active employee as theirs. */
export type AccountClass =
  | 'serviceAccount'
  | 'sharedMailbox'
  | 'breakGlass'
  | 'guest'
  | 'room'
  | 'equipment'
  | 'leaver'
  | 'futureHire'
  | 'secondAccount'
  | 'unclassified';

/**
 * `employeeId` is here what the directory carries as `employeeId`: the HR record's `employeeNumber`, or its `id` in a
 * company that uses no numbers; `employeeRecords` leads from it to the record.
 */
export type CustomerTruth = {
  tenantId: string;
  /** The company's place in `bambooCompanies`. */
  companyDomain: string;
  /** Certain pairs of an active employee (on leave included) and the account that is theirs. */
  matches: { employeeId: string; accountId: string }[];
  /** Pairs that only a person may confirm; a product may suggest them, and must not match them. */
  suggestible: { employeeId: string; accountId: string; why: string }[];
  /** Pairs that would be wrong, whatever looks alike about them; where only a name speaks for one it may be suggested. */
  forbidden: { employeeId: string; accountId: string; why: string }[];
  /** One row for each certain pair. */
  people: {
    employeeId: string;
    accountId: string;
    department: string;
    managerAccountId: string | null;
    accountStatus: 'enabled' | 'disabled';
    enrolment: 'capable' | 'not' | 'unknown';
    onLeave: boolean;
    /** Fields in which HR and Entra differ. */
    differences: ('department' | 'manager')[];
  }[];
  hrWithoutAccount: string[];
  futureHires: string[];
  /** Accounts of people who left and whose account is still enabled. */
  leaversWithAccount: { employeeId: string; accountId: string }[];
  /** Every account that belongs to no active employee. */
  accountsWithoutHr: { accountId: string; class: AccountClass }[];
  /** Active people who have an account that no evidence makes certain: neither matched nor without account. */
  undecided: { employeeId: string; accountId: string }[];
  exceptions: {
    accountId: string;
    kind: 'serviceAccount' | 'sharedMailbox' | 'onLeave' | 'breakGlass';
    directorySync: boolean;
  }[];
  /** The person whose OAuth client signs in by ROPC in the background. */
  ropcUser: { accountId: string; appId: string } | null;
  /** What a customer's own people would declare at set-up. */
  declared: {
    breakGlass: string[];
    serviceAccounts: string[];
    exceptionGroupId: string | null;
    breakGlassGroupId: string | null;
  };
  /** Every HR row, leavers and future hires included. */
  employeeRecords: { employeeId: string; recordId: string }[];
  /** The stories this world tells on purpose, by name, with whom they are told about. */
  traps: { trap: string; employeeId: string | null; accountId: string | null }[];
};
