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
};
