/**
 * What the master list is made of. Accounts, registration rows and mailboxes stand as Microsoft Graph writes them;
 * employees in the one form that every HR source is brought to. Dates are calendar dates, `YYYY-MM-DD`.
 */

/** A person as HR knows him. `inactive` is a leaver, or somebody whose first day has not come. */
export type Employee = {
  employeeId: string;
  displayName: string | null;
  firstName: string | null;
  lastName: string | null;
  workEmail: string | null;
  department: string | null;
  jobTitle: string | null;
  managerEmployeeId: string | null;
  status: 'active' | 'onLeave' | 'inactive';
  hireDate: string | null;
  terminationDate: string | null;
  returnDate: string | null;
};

type Given<T> = T | null | undefined;

/** The properties of a Graph `user` that the cores read; an object may carry more. */
export type Account = {
  id: string;
  displayName?: Given<string>;
  givenName?: Given<string>;
  surname?: Given<string>;
  userPrincipalName?: Given<string>;
  mail?: Given<string>;
  proxyAddresses?: Given<readonly string[]>;
  employeeId?: Given<string>;
  department?: Given<string>;
  accountEnabled?: Given<boolean>;
  userType?: Given<string>;
  manager?: Given<{ id: string }>;
  onPremisesSyncEnabled?: Given<boolean>;
};

/** The properties of a Graph `userRegistrationDetails` that the cores read. */
export type RegistrationRow = {
  id: string;
  isMfaCapable?: Given<boolean>;
  isMfaRegistered?: Given<boolean>;
  methodsRegistered?: Given<readonly string[]>;
  lastUpdatedDateTime?: Given<string>;
};

/** One account's `authentication/methods`, read one by one where the tenant has no licence for the report. */
export type AccountMethods = { id: string; methods: readonly { '@odata.type': string }[] };

/** One account's mailbox; `userPurpose` null or absent: asked for, and could not be read. */
export type Mailbox = { id: string; userPurpose?: Given<string> };

export type RoleAssignment = {
  roleDefinitionId: string;
  principalId: string;
  eligible?: Given<boolean>;
  directoryScopeId?: Given<string>;
};

/** What the customer says about accounts that no system marks. */
export type Declared = { breakGlass: readonly string[]; serviceAccounts: readonly string[] };

export type Enrolment = 'capable' | 'not' | 'unknown';

export type MatchedBy = 'employeeId' | 'mail' | 'userPrincipalName' | 'proxyAddress';

export type ManagerWhy =
  | 'managerLeft'
  | 'managerNotStarted'
  | 'managerWithoutAccount'
  | 'noManager'
  | 'unknownManager'
  | null;

/** A field in which HR and Entra do not agree. For `manager` both values are account ids, HR's as `employee:<id>` without one. */
export type Difference = { field: 'department' | 'manager'; hr: string | null; entra: string | null };

export type AccountStatus = 'enabled' | 'disabled';

/** An employee at work or on leave, and the one account that is certainly his. */
export type Person = {
  personId: string;
  accountId: string;
  employeeId: string;
  displayName: string;
  department: string | null;
  managerAccountId: string | null;
  managerWhy: ManagerWhy;
  accountStatus: AccountStatus;
  enrolment: Enrolment;
  enrolmentWhy: string;
  class: 'employee' | 'guest';
  matchedBy: MatchedBy;
  differences: readonly Difference[];
  hrStatus: 'active' | 'onLeave';
  returnDate: string | null;
  jobTitle: string | null;
  userPrincipalName: string | null;
  mail: string | null;
  methods: readonly string[];
};

/** An employee at work or on leave for whom no account is certain. */
export type PersonWithoutAccount = {
  personId: string;
  employeeId: string;
  displayName: string;
  department: string | null;
  hrStatus: 'active' | 'onLeave';
  workEmail: string | null;
  why: string;
};

export type FutureHire = {
  personId: string;
  employeeId: string;
  displayName: string;
  department: string | null;
  hireDate: string | null;
  accountId: string | null;
  matchedBy: MatchedBy | null;
};

export type AccountClass =
  | 'leaver'
  | 'secondAccount'
  | 'futureHire'
  | 'guest'
  | 'room'
  | 'equipment'
  | 'sharedMailbox'
  | 'serviceAccount'
  | 'breakGlass'
  | 'unclassified';

/** An account that belongs to no employee at work or on leave. */
export type AccountWithoutHr = {
  accountId: string;
  displayName: string;
  userPrincipalName: string | null;
  accountStatus: AccountStatus;
  class: AccountClass;
  /** The HR row behind the account, where one is known: the leaver, the future hire, the owner of a second account. */
  employeeId?: string;
  why: string;
  enrolment: Enrolment;
  enrolmentWhy: string;
};

/** A pair that only a person may confirm. */
export type Suggestion = { employeeId: string; accountId: string; why: string };

/** An employee id and an address that point to different accounts; the id won. */
export type MatchConflict = { employeeId: string; accountId: string; otherAccountId: string; why: string };

export type RosterCounts = {
  employees: number;
  active: number;
  onLeave: number;
  inactive: number;
  futureHires: number;
  accounts: number;
  people: number;
  hrWithoutAccount: number;
  accountWithoutHr: number;
  suggestions: number;
  conflicts: number;
  matchedBy: Record<MatchedBy, number>;
  enrolment: Record<Enrolment, number>;
  differences: Record<Difference['field'], number>;
  classes: Record<AccountClass, number>;
};

export type Roster = {
  people: Person[];
  hrWithoutAccount: PersonWithoutAccount[];
  futureHires: FutureHire[];
  accountWithoutHr: AccountWithoutHr[];
  suggestions: Suggestion[];
  conflicts: MatchConflict[];
  counts: RosterCounts;
};
