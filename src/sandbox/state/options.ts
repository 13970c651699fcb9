import type { LifeOptions } from '../life/life-state.ts';

/** Behaviours on which the documents are silent or disagree: a tenant shows one, a test may turn it to the other. */
export type TenantOptions = {
  /** Whether v1.0 `/users?$select=perUserMfaState` gives the undocumented property. */
  perUserMfaStateSelectable: boolean;
  /** Whether an application may read deleted policies, which the permission tables call "not supported". */
  deletedPoliciesReadable: boolean;
  /** Whether roleAssignments without a filter is refused, as the documents of 2023 say. */
  roleAssignmentsNeedFilter: boolean;
  /** Whether users/{id}/authentication/methods shares the 5 per 10 s of the reports. */
  methodsInReportsLimit: boolean;
  /** Whether Security Defaults shares the one-per-second limit of Conditional Access. */
  securityDefaultsInPolicyLimit: boolean;
  /** Items on a page of a delta answer. */
  deltaPageSize: number;
  /** Shortest and longest time from a sign-in to its row in the log. */
  signInDelayMs: [number, number];
  /** The same for directory audits. */
  auditDelayMs: [number, number];
  /** How the people live while the clock is turned; null: they do nothing by themselves. */
  life: LifeOptions | null;
} & WriteOptions;

/** Behaviours of writes. */
export type WriteOptions = {
  /** How long after an administrator's consent a token is still refused. */
  consentVisibleAfterMs: number;
  /** How long after its creation a group is still answered with 404. */
  groupVisibleAfterMs: number;
  /** How long after its creation Conditional Access does not know a group (1054) or a named location (1040). */
  referenceVisibleAfterMs: number;
  /** Whether a PATCH merges the objects inside a policy or replaces each object that it names. */
  policyPatch: 'merge' | 'replace';
  /** Whether an object that is null inside a sent policy is refused (1007), as one client's author saw in 2026. */
  policyNullsRefused: boolean;
  /** Whether the numbered text of a refused policy stands in `innerError`, as in 2020, or in `message`. */
  policyErrorInside: boolean;
  /** JSON layers inside the old and new value of an audited policy. */
  auditJsonLayers: 1 | 2;
  /** Which policies keep Security Defaults from being switched on. */
  securityDefaultsBlockedBy: 'enabledPolicies' | 'enabledOrReportOnly' | 'nothing';
  /** How long after Security Defaults went off a policy still cannot be enabled. */
  securityDefaultsOffAfterMs: number;
  /** In which state Microsoft's own policies appear when Security Defaults goes off. */
  managedPoliciesAppear: 'no' | 'reportOnly' | 'enabled';
  /** The tenant's rules for Temporary Access Passes. */
  temporaryAccessPass: {
    isEnabled: boolean;
    minimumMinutes: number;
    maximumMinutes: number;
    defaultMinutes: number;
    onceOnly: boolean;
    /** Groups whose people may have one; left out: everybody. */
    forGroups?: string[] | undefined;
    /** Groups whose people may have none. */
    notForGroups?: string[] | undefined;
  };
  /** Recipients that one mailbox may write to in 24 hours. */
  mailRecipientsPerDay: number;
  /** Shortest and longest time from an accepted send to the copy in Sent Items. */
  mailSettleMs: [number, number];
  /** The same to the notice about an address that nobody has. */
  mailReturnMs: [number, number];
  /** Addresses that accept nothing, in lower case. */
  undeliverableAddresses: string[];
};

const MINUTE_MS = 60_000;

export const DEFAULT_TENANT_OPTIONS: TenantOptions = {
  perUserMfaStateSelectable: true,
  deletedPoliciesReadable: true,
  roleAssignmentsNeedFilter: false,
  methodsInReportsLimit: true,
  securityDefaultsInPolicyLimit: false,
  deltaPageSize: 100,
  signInDelayMs: [5 * MINUTE_MS, 11 * MINUTE_MS],
  auditDelayMs: [2 * MINUTE_MS, 5 * MINUTE_MS],
  life: null,
  consentVisibleAfterMs: 0,
  groupVisibleAfterMs: 0,
  referenceVisibleAfterMs: 0,
  policyPatch: 'merge',
  policyNullsRefused: false,
  policyErrorInside: false,
  auditJsonLayers: 1,
  securityDefaultsBlockedBy: 'enabledPolicies',
  securityDefaultsOffAfterMs: 0,
  managedPoliciesAppear: 'no',
  temporaryAccessPass: {
    isEnabled: true,
    minimumMinutes: 60,
    maximumMinutes: 480,
    defaultMinutes: 60,
    onceOnly: false,
  },
  mailRecipientsPerDay: 10_000,
  mailSettleMs: [MINUTE_MS / 6, MINUTE_MS / 2],
  mailReturnMs: [MINUTE_MS, 5 * MINUTE_MS],
  undeliverableAddresses: [],
};

/** The same for a company at BambooHR. */
export type CompanyOptions = {
  /** Requests that a key may make in a window; null: no limit (the vendor publishes no number). */
  rateLimit: { requests: number; windowMs: number } | null;
  /** Status of a refused call: 429 since 16 September 2026, 503 before. */
  rateLimitStatus: 429 | 503;
  /** Retry-After as seconds or as a date: both are seen. */
  retryAfterAsDate: boolean;
  /** Whether the directory is shared with the key's user; false answers 403. */
  directoryShared: boolean;
  /** Fields of the directory, the company's choice. */
  directoryFields: string[];
  /** Fields that the key's user may not see: they are missing from every answer, without an error. */
  hiddenFields: string[];
  /** Whether Who's Out is switched on; false answers 403. */
  whosOutEnabled: boolean;
  /**
   * Whether `onlyCurrent=true` on a custom report hides people who are not active. The specification of 2026 says
   * that it only concerns future-dated values and that all statuses come; older pages read as if it hid people.
   */
  onlyCurrentHidesInactive: boolean;
  /**
   * What the dataset of employees calls its fields: as the other endpoints do, or by names of its own, with a refusal
   * of all others (the vendor's reference of later in 2026).
   */
  datasetNames: 'usual' | 'own';
  /** Whether using a refresh token replaces it: the vendor says it may or may not. */
  refreshTokenRotates: boolean;
  /** How long an access token is good for. */
  accessTokenSeconds: number;
};

export const DEFAULT_COMPANY_OPTIONS: CompanyOptions = {
  rateLimit: null,
  rateLimitStatus: 429,
  retryAfterAsDate: false,
  directoryShared: true,
  directoryFields: [
    'displayName',
    'firstName',
    'lastName',
    'preferredName',
    'jobTitle',
    'workEmail',
    'department',
    'location',
    'division',
    'supervisor',
  ],
  hiddenFields: [],
  whosOutEnabled: true,
  onlyCurrentHidesInactive: false,
  datasetNames: 'usual',
  refreshTokenRotates: true,
  accessTokenSeconds: 3600,
};
