/**
 * The least that a people sync can cost, computed from the tenant as it was generated and from the limits as they are
 * published. Nothing of the product is imported here: the figures judge it.
 */
import type { Tenant } from '../../src/sandbox/world/world.ts';

/** Graph's pages: throttling-limits, users list, signIn list. */
const USERS_PAGE = 999;
const REPORT_PAGE = 1000;
const REPORTS = { limit: 5, windowMs: 10_000 };
const REPORTS_OVER_ALL = { limit: 122, windowMs: 10_000 };
const POLICIES = { limit: 1, windowMs: 1_000 };

/** What a first sync asks for besides the listings: where changes begin to count, so that the next one reads only these. */
export const WATCH_REQUESTS = 1;

const MODERN_CLIENTS = new Set(['Browser', 'Mobile Apps and Desktop clients']);

export type LeastSync = {
  /** What a full sync has to bring home. */
  rows: { users: number; registrations: number; legacySignIns: number };
  usersPages: number;
  registrationPages: number;
  legacyPages: number;
  policyCalls: number;
  /** Security Defaults can only be on where no policy is enabled, so that they are asked for only there. */
  securityDefaultsCalls: number;
  /** All of them together. */
  requests: number;
};

/** The least requests to Graph for a full people sync whose sign-ins reach back to `from`, ISO 8601. */
export function leastSync(tenant: Tenant, from: string): LeastSync {
  const rows = {
    users: tenant.users.length,
    // The report leaves disabled accounts out.
    registrations: tenant.users.filter((user) => user.accountEnabled !== false).length,
    legacySignIns: tenant.signIns.filter((row) => row.createdDateTime >= from && isLegacy(row)).length,
  };
  const isPolicyEnabled = tenant.conditionalAccessPolicies.some((policy) => policy.state === 'enabled');
  const parts = {
    usersPages: pagesOf(rows.users, USERS_PAGE),
    registrationPages: pagesOf(rows.registrations, REPORT_PAGE),
    legacyPages: pagesOf(rows.legacySignIns, REPORT_PAGE),
    policyCalls: 1,
    securityDefaultsCalls: isPolicyEnabled ? 0 : 1,
  };
  return { rows, ...parts, requests: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

function pagesOf(rows: number, pageSize: number): number {
  return Math.max(1, Math.ceil(rows / pageSize));
}

/**
 * The earliest end of these requests in ms when each answer takes `roundTripMs`: the chain of user pages, the report
 * requests under their window, and the policy calls under theirs, side by side. The watch for changes has to begin
 * before the first page of users.
 */
export function leastMakespanMs(least: LeastSync, roundTripMs: number): number {
  const reports = least.registrationPages + least.legacyPages;
  return Math.max(
    roundTripMs * (WATCH_REQUESTS + least.usersPages),
    windowed(reports, REPORTS) + roundTripMs,
    windowed(least.policyCalls + least.securityDefaultsCalls, POLICIES) + roundTripMs,
  );
}

/** The earliest start of the last of `calls` under the limit of Conditional Access. */
export function leastPolicyPaceMs(calls: number): number {
  return windowed(calls, POLICIES);
}

/** The earliest start of the last of `calls` of one tenant under the limit of logs and reports. */
export function leastReportPaceMs(calls: number): number {
  return windowed(calls, REPORTS);
}

/** The earliest start of the last of `calls` of all tenants together under that limit. */
export function leastFleetMs(calls: number): number {
  return windowed(calls, REPORTS_OVER_ALL);
}

function windowed(calls: number, { limit, windowMs }: { limit: number; windowMs: number }): number {
  return windowMs * Math.floor((calls - 1) / limit);
}

/** An interactive sign-in with a client that cannot answer a request for MFA. */
function isLegacy(row: Tenant['signIns'][number]): boolean {
  const isInteractive = Array.isArray(row.signInEventTypes) && row.signInEventTypes.includes('interactiveUser');
  return isInteractive && typeof row.clientAppUsed === 'string' && !MODERN_CLIENTS.has(row.clientAppUsed);
}

/** Quota units of Gmail for one mailbox, and what a mail costs that is looked for, drafted and sent. */
const GMAIL_UNITS = { limit: 6_000, windowMs: 60_000 };
const GMAIL_SEND_UNITS = 100;
const GMAIL_MAIL_UNITS = 5 + 10 + GMAIL_SEND_UNITS;
/** Exchange Online's message rate of one mailbox. */
export const EXCHANGE_MAILS = { limit: 30, windowMs: 60_000 };

/**
 * The earliest moment at which Gmail takes the last of so many mails of one mailbox, each sent so that a lost answer can
 * be settled: nobody sends a mail that he did not look for, nor one without a draft to ask about.
 */
export function leastGmailMs(mails: number): number {
  return windowed(mails * GMAIL_MAIL_UNITS, GMAIL_UNITS);
}

/** The same for bare sendings. */
export function leastGmailSendsMs(mails: number): number {
  return windowed(mails * GMAIL_SEND_UNITS, GMAIL_UNITS);
}

/** The earliest moment at which Exchange takes the last of so many mails of one mailbox. */
export function leastExchangeMs(mails: number): number {
  return windowed(mails, EXCHANGE_MAILS);
}

/** A bot's limits in one thread, and in one tenant over all threads. */
export const TEAMS_THREAD = [
  { limit: 7, windowMs: 1_000 },
  { limit: 8, windowMs: 2_000 },
  { limit: 60, windowMs: 30_000 },
  { limit: 1_800, windowMs: 3_600_000 },
] as const;
export const TEAMS_TENANT = { limit: 50, windowMs: 1_000 };

/** The earliest start of the last of so many messages to as many people. */
export function leastCardsMs(cards: number): number {
  return windowed(cards, TEAMS_TENANT);
}

/** The same for messages into one thread, each as early as all windows allow. */
export function leastThreadMs(messages: number): number {
  const starts: number[] = [];
  for (let n = 0; n < messages; n += 1) {
    const free = TEAMS_THREAD.map(({ limit, windowMs }) => (n < limit ? 0 : (starts[n - limit] ?? 0) + windowMs));
    starts.push(Math.max(starts[n - 1] ?? 0, ...free));
  }
  return starts.at(-1) ?? 0;
}
