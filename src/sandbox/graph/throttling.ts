/**
 * Graph's limits as data. Figures: throttling-limits page (users, groups, Conditional Access), the logs and reports
 * page of 2025 and the newer 122 per 10 s over all tenants.
 */
import type { Answer } from '../http/exchange.ts';
import type { TenantState } from '../state/state.ts';
import type { Throttle, Verdict, Window } from '../throttle.ts';
import type { GraphContext, GraphRoute, ThrottleClass } from './context.ts';
import { graphError } from './errors.ts';
import { findUser, usesActivity } from './users.ts';

/** Buckets that one call fills. `retryAfter: false` answers 429 without saying for how long. */
type Bucket = { key: string; window: Window; units: number; retryAfter: boolean; scope: string };

const SECOND_MS = 1000;

export type GraphLimits = {
  conditionalAccess: Window;
  logsAndReports: Window;
  logsAndReportsAllTenants: Window;
  signInActivity: Window;
  resourceUnits: { small: Window; medium: Window; large: Window };
  outlookMailbox: Window;
  /** Bytes sent into a mailbox. */
  outlookUpload: Window;
  /** Calls under way at the same time for an application and a mailbox. */
  outlookConcurrent: number;
  /** Mails that one mailbox sends, whichever application asks. */
  exchangeMails: Window;
  directoryWrites: Window;
  directoryWritesAllApps: Window;
  /** Changes of subscriptions, and listings of them. */
  subscriptions: { write: Window; list: Window };
  teams: { read: Window; write: Window; remove: Window; message: Window; perTeam: Window };
};

/** The published figures; a test may give smaller ones. */
export const GRAPH_LIMITS: GraphLimits = {
  /** One request per second for a tenant, all applications together, reads included. */
  conditionalAccess: { limit: 1, windowMs: SECOND_MS },
  /** Five requests per ten seconds for an application in a tenant. */
  logsAndReports: { limit: 5, windowMs: 10 * SECOND_MS },
  /** 122 requests per ten seconds for an application over all tenants. */
  logsAndReportsAllTenants: { limit: 122, windowMs: 10 * SECOND_MS },
  /** Ten requests per minute for an application that select signInActivity. */
  signInActivity: { limit: 10, windowMs: 60 * SECOND_MS },
  /** Resource units per ten seconds: below 50, up to 500, and above 500 users. */
  resourceUnits: {
    small: { limit: 3500, windowMs: 10 * SECOND_MS },
    medium: { limit: 5000, windowMs: 10 * SECOND_MS },
    large: { limit: 8000, windowMs: 10 * SECOND_MS },
  },
  /** Ten thousand requests per ten minutes for an application and a mailbox. */
  outlookMailbox: { limit: 10_000, windowMs: 600 * SECOND_MS },
  outlookUpload: { limit: 15_000_000, windowMs: 30 * SECOND_MS },
  outlookConcurrent: 4,
  /** Thirty messages a minute: Exchange Online's message rate of a mailbox. */
  exchangeMails: { limit: 30, windowMs: 60 * SECOND_MS },
  /** Writes to the directory: for an application in a tenant, and for all of them together. */
  directoryWrites: { limit: 3000, windowMs: 150 * SECOND_MS },
  directoryWritesAllApps: { limit: 18_000, windowMs: 300 * SECOND_MS },
  subscriptions: {
    write: { limit: 1_000, windowMs: 20 * SECOND_MS },
    list: { limit: 40, windowMs: 20 * SECOND_MS },
  },
  /** For an application in a tenant, and for one team or chat. */
  teams: {
    read: { limit: 30, windowMs: SECOND_MS },
    write: { limit: 30, windowMs: SECOND_MS },
    remove: { limit: 15, windowMs: SECOND_MS },
    message: { limit: 50, windowMs: SECOND_MS },
    perTeam: { limit: 4, windowMs: SECOND_MS },
  },
};

const SMALL_TENANT = 50;
const LARGE_TENANT = 500;
const SMALL_PAGE = 20;
const PERCENTAGE_SHOWN_FROM = 0.8;

export type Charge = { refusal: Answer | null; headers: Record<string, string> };

/** Counts a call against every limit that it touches; refused calls keep counting. */
export function charge(
  context: GraphContext,
  route: GraphRoute,
  given: { throttle: Throttle; limits: GraphLimits },
): Charge {
  const { throttle, limits } = given;
  const units = resourceUnits(context, route);
  const headers: Record<string, string> = {};
  if (route.throttle === 'directory') headers['x-ms-resource-unit'] = String(units);
  let worst: { bucket: Bucket; verdict: Verdict } | null = null;
  for (const bucket of bucketsOf(context, { route, limits, units })) {
    const verdict = throttle.count(bucket.key, bucket.window, bucket.units);
    const share = verdict.used / bucket.window.limit;
    if (route.throttle === 'directory' && share >= PERCENTAGE_SHOWN_FROM) {
      headers['x-ms-throttle-limit-percentage'] = share.toFixed(2);
    }
    if (verdict.refused && (worst === null || verdict.waitMs > worst.verdict.waitMs)) worst = { bucket, verdict };
  }
  return { refusal: worst === null ? null : refuse(context, worst, headers), headers };
}

function refuse(
  context: GraphContext,
  worst: { bucket: Bucket; verdict: Verdict },
  headers: Record<string, string>,
): Answer {
  const { bucket, verdict } = worst;
  const answer = graphError(429, 'TooManyRequests', 'Please retry again later.');
  const told: Record<string, string> = { ...headers };
  if (bucket.retryAfter) told['Retry-After'] = String(Math.max(1, Math.ceil(verdict.waitMs / SECOND_MS)));
  if (bucket.scope !== '') {
    told['x-ms-throttle-scope'] = `${bucket.scope}/${context.appId}/${context.tenant.tenant.tenantId}`;
    told['x-ms-throttle-information'] = 'ResourceUnitLimitExceeded';
  }
  return { ...answer, headers: told };
}

type Given = { route: GraphRoute; limits: GraphLimits; units: number };

function bucketsOf(context: GraphContext, given: Given): Bucket[] {
  const { limits, units } = given;
  const tenantId = context.tenant.tenant.tenantId;
  const app = context.appId;
  switch (classOf(context, given.route)) {
    case 'conditionalAccess':
      return [bucket({ key: `ca ${tenantId}`, window: limits.conditionalAccess, retryAfter: false })];
    case 'logsAndReports':
    case 'userMethods':
      return [
        bucket({ key: `logs ${app} ${tenantId}`, window: limits.logsAndReports }),
        bucket({ key: `logs ${app}`, window: limits.logsAndReportsAllTenants }),
      ];
    case 'outlook':
      return outlookBuckets(context, limits);
    case 'teams':
    case 'teamsMessages':
      return teamsBuckets(context, given);
    case 'subscriptions': {
      const kind = given.route.method === 'GET' && context.values.id === undefined ? 'list' : 'write';
      return [bucket({ key: `subscriptions ${kind} ${app} ${tenantId}`, window: limits.subscriptions[kind] })];
    }
    case 'securityDefaults':
    case 'directory': {
      const directory = bucket({
        key: `units ${app} ${tenantId}`,
        window: sizeWindow(context, limits),
        units,
        scope: 'Tenant_Application/ReadWrite',
      });
      if (context.call.method !== 'GET' && given.route.throttle === 'directory') {
        return [directory, ...writeBuckets(context, limits)];
      }
      if (!usesActivity(context)) return [directory];
      return [directory, bucket({ key: `activity ${app}`, window: limits.signInActivity })];
    }
  }
}

function bucket(given: Partial<Bucket> & { key: string; window: Window }): Bucket {
  return { units: 1, retryAfter: true, scope: '', ...given };
}

/** A mailbox is one, whether it is called by id or by name. */
export function mailboxKey(given: { appId: string; tenant: TenantState; values: Record<string, string> }): string {
  const name = given.values.id ?? '';
  const id = findUser(given.tenant, name)?.id ?? name;
  return `mailbox ${given.appId} ${given.tenant.tenant.tenantId} ${id}`;
}

function outlookBuckets(context: GraphContext, limits: GraphLimits): Bucket[] {
  const key = mailboxKey(context);
  const requests = bucket({ key, window: limits.outlookMailbox });
  const units = Buffer.byteLength(context.call.body);
  const upload = bucket({ key: `upload ${key}`, window: limits.outlookUpload, units });
  const mails = bucket({ key: `mails ${mailboxKey({ ...context, appId: '' })}`, window: limits.exchangeMails });
  return [requests, ...(units === 0 ? [] : [upload]), ...(SENDS.test(context.template) ? [mails] : [])];
}

/** The calls after which a mail leaves the mailbox. */
const SENDS = /\/(sendMail|send)$/;

function writeBuckets(context: GraphContext, limits: GraphLimits): Bucket[] {
  const { tenantId } = context.tenant.tenant;
  return [
    bucket({ key: `writes ${context.appId} ${tenantId}`, window: limits.directoryWrites }),
    bucket({ key: `writes ${tenantId}`, window: limits.directoryWritesAllApps }),
  ];
}

function teamsBuckets(context: GraphContext, given: Given): Bucket[] {
  const { teams } = given.limits;
  const kind = given.route.throttle === 'teamsMessages' ? 'message' : TEAMS_KINDS[given.route.method];
  const key = `${context.appId} ${context.tenant.tenant.tenantId}`;
  const all = bucket({ key: `teams ${kind} ${key}`, window: teams[kind] });
  const place = context.values.id;
  return place === undefined ? [all] : [all, bucket({ key: `teams one ${key} ${place}`, window: teams.perTeam })];
}

const TEAMS_KINDS = { GET: 'read', POST: 'write', PATCH: 'write', DELETE: 'remove' } as const;

/** Two calls belong where the tenant's options say: the documents are silent about them. */
function classOf(context: GraphContext, route: GraphRoute): ThrottleClass {
  const { options } = context.tenant;
  if (route.throttle === 'userMethods' && !options.methodsInReportsLimit) return 'directory';
  if (route.throttle === 'securityDefaults' && options.securityDefaultsInPolicyLimit) return 'conditionalAccess';
  return route.throttle;
}

function sizeWindow(context: GraphContext, limits: GraphLimits): Window {
  const users = context.tenant.tenant.users.length;
  if (users < SMALL_TENANT) return limits.resourceUnits.small;
  return users > LARGE_TENANT ? limits.resourceUnits.large : limits.resourceUnits.medium;
}

/** Base cost, one less with `$select`, one more with `$expand`, one less for a small page, never below one. */
function resourceUnits(context: GraphContext, route: GraphRoute): number {
  const { options } = context;
  let units = route.units ?? 1;
  if (options.select !== null) units -= 1;
  if (options.expand.length > 0) units += 1;
  if (options.top !== null && options.top < SMALL_PAGE) units -= 1;
  return Math.max(1, units);
}
