import { createHash } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import type { FilterRules } from '../odata/rules.ts';
import { isObject, type TenantState } from '../state/state.ts';
import type { GraphObject, Tenant } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { graphError, needsPremium } from './errors.ts';
import { hasP1 } from './licence.ts';
import { cutToSelection, listAnswer } from './listing.ts';
import { maskMember, masksLateMembers } from './unknown-members.ts';

const PAGE = { default: 1000, max: 1000 };
const DAY_MS = 86_400_000;
const RETENTION_DAYS_PREMIUM = 30;
const RETENTION_DAYS_FREE = 7;

/** Properties of a sign-in in v1.0 (metadata of 2026-08-20); everything else is beta. */
const SIGN_IN_V1 = new Set(
  (
    'id appDisplayName appId appliedConditionalAccessPolicies authenticationAppDeviceDetails clientAppUsed ' +
    'conditionalAccessStatus correlationId createdDateTime deviceDetail homeTenantId ipAddress isInteractive location ' +
    'resourceDisplayName resourceId resourceTenantId riskDetail riskEventTypes riskEventTypes_v2 riskLevelAggregated ' +
    'riskLevelDuringSignIn riskState servicePrincipalId servicePrincipalName status userAgent userDisplayName userId ' +
    'userPrincipalName'
  ).split(' '),
);

const SIGN_IN_FILTERS: FilterRules = {
  appDisplayName: 'eq startswith',
  appId: 'eq',
  clientAppUsed: 'eq',
  conditionalAccessStatus: 'eq',
  correlationId: 'eq',
  createdDateTime: 'eq ge le',
  'deviceDetail/browser': 'eq startswith',
  'deviceDetail/operatingSystem': 'eq startswith',
  id: 'eq',
  ipAddress: 'eq startswith',
  'location/city': 'eq startswith',
  'location/countryOrRegion': 'eq startswith',
  'location/state': 'eq startswith',
  resourceDisplayName: 'eq',
  resourceId: 'eq',
  riskDetail: 'eq',
  riskLevelAggregated: 'eq',
  riskLevelDuringSignIn: 'eq',
  riskState: 'eq',
  'status/errorCode': 'eq',
  userDisplayName: 'eq startswith',
  userId: 'eq',
  userPrincipalName: 'eq startswith',
};

const SIGN_IN_BETA_FILTERS: FilterRules = {
  ...SIGN_IN_FILTERS,
  authenticationRequirement: 'eq startswith',
  servicePrincipalId: 'eq startswith',
  servicePrincipalName: 'eq startswith',
  signInEventTypes: 'any',
  'signInEventTypes/*': 'eq ne',
  userAgent: 'eq startswith',
};

const AUDIT_FILTERS: FilterRules = {
  activityDateTime: 'eq ge le',
  activityDisplayName: 'eq startswith',
  correlationId: 'eq',
  id: 'eq',
  'initiatedBy/app/appId': 'eq',
  'initiatedBy/app/displayName': 'eq startswith',
  'initiatedBy/user/displayName': 'eq startswith',
  'initiatedBy/user/id': 'eq',
  'initiatedBy/user/userPrincipalName': 'eq startswith',
  loggedByService: 'eq',
  targetResources: 'any',
  'targetResources/*/displayName': 'eq startswith',
  'targetResources/*/id': 'eq',
};

/**
 * GET /auditLogs/signIns: newest first. v1.0 knows interactive sign-ins of users only; beta gives these too unless a
 * filter on signInEventTypes asks for others.
 */
export function listSignIns(context: GraphContext): Answer {
  if (!hasP1(context.tenant)) return needsPremium();
  const isBeta = context.version === 'beta';
  const asksForTypes = isBeta && (context.options.filter ?? '').includes('signInEventTypes');
  const rows = visibleSignIns(context.tenant, context.now);
  return listAnswer<GraphObject>(context, {
    fragment: 'auditLogs/signIns',
    resource: 'signIn',
    items: rows,
    ...(asksForTypes ? {} : { only: isInteractive }),
    view: (row) => row,
    cut: (row, select) => cutToSelection(showSignIn(context, row), select),
    filters: isBeta ? SIGN_IN_BETA_FILTERS : SIGN_IN_FILTERS,
    orders: ['createdDateTime'],
    page: PAGE,
  });
}

/** GET /auditLogs/signIns/{id}. */
export function getSignIn(context: GraphContext): Answer {
  if (!hasP1(context.tenant)) return needsPremium();
  const id = context.values.id ?? '';
  const row = visibleSignIns(context.tenant, context.now).find((candidate) => candidate.id === id);
  if (row === undefined || (context.version === 'v1.0' && !isInteractive(row))) return missingEntry(id);
  const body = { '@odata.context': contextUrl(context, 'auditLogs/signIns/$entity') };
  return { status: 200, body: { ...body, ...showSignIn(context, row) } };
}

/** GET /auditLogs/directoryAudits: 7 days without a premium licence, 30 with one. */
export function listDirectoryAudits(context: GraphContext): Answer {
  const { tenant, now } = context;
  return listAnswer<GraphObject>(context, {
    fragment: 'auditLogs/directoryAudits',
    resource: 'directoryAudit',
    items: visible(tenant.tenant.directoryAudits, {
      property: 'activityDateTime',
      delayMs: tenant.options.auditDelayMs,
      oldest: now - retentionMs(tenant),
      now,
    }),
    view: (row) => row,
    filters: AUDIT_FILTERS,
    orders: ['activityDateTime'],
    page: PAGE,
  });
}

/** The sign-ins that the log shows at an instant, newest first: a row comes into it minutes after what it tells. */
export function visibleSignIns(tenant: TenantState, now: number): Tenant['signIns'] {
  return visible(tenant.tenant.signIns, {
    property: 'createdDateTime',
    delayMs: tenant.options.signInDelayMs,
    oldest: now - retentionMs(tenant),
    now,
  });
}

type Sight = { property: string; delayMs: [number, number]; oldest: number; now: number };

/** Rows that have arrived in the log and are not yet dropped from it. Rows are stored newest first. */
function visible<T extends GraphObject & { id: string }>(rows: readonly T[], sight: Sight): T[] {
  const [shortest, longest] = sight.delayMs;
  const timeOf = (row: T) => Date.parse(String(row[sight.property]));
  const settled = firstAtOrBefore(rows, sight.now - longest, timeOf);
  const dropped = firstAtOrBefore(rows, sight.oldest - 1, timeOf);
  // Only the fresh rows at the front can still be on their way; each has a delay of its own.
  const fresh = rows
    .slice(0, settled)
    .filter((row) => timeOf(row) + shortest + share(row.id) * (longest - shortest) <= sight.now);
  return [...fresh, ...rows.slice(settled, Math.max(settled, dropped))];
}

/** The place of the first row that is not younger than `instant`, by halving: logs are long. */
function firstAtOrBefore<T>(rows: readonly T[], instant: number, timeOf: (row: T) => number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = rows[middle];
    if (row !== undefined && timeOf(row) > instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A number from 0 to 1 that belongs to an id: each row has a delay of its own, the same at every look. */
function share(id: string): number {
  return createHash('sha256').update(id).digest().readUInt16BE(0) / 0xffff;
}

function retentionMs(tenant: TenantState): number {
  return (hasP1(tenant) ? RETENTION_DAYS_PREMIUM : RETENTION_DAYS_FREE) * DAY_MS;
}

function isInteractive(row: GraphObject): boolean {
  if (Array.isArray(row.signInEventTypes)) return row.signInEventTypes.includes('interactiveUser');
  return row.isInteractive !== false;
}

function showSignIn(context: GraphContext, row: GraphObject): GraphObject {
  const shown: GraphObject = {};
  for (const [name, value] of Object.entries(row)) {
    if (context.version === 'beta' || SIGN_IN_V1.has(name)) shown[name] = value;
  }
  const isMasked = masksLateMembers(context);
  if (isMasked) shown.riskDetail = maskMember('riskDetail', shown.riskDetail ?? 'none');
  shown.appliedConditionalAccessPolicies = appliedPolicies(context, row, isMasked);
  return shown;
}

/** Which policies applied is told only to a caller that may read policies. */
function appliedPolicies(context: GraphContext, row: GraphObject, isMasked: boolean): unknown[] {
  const mayRead = context.roles.has('Policy.Read.All') || context.roles.has('Policy.Read.ConditionalAccess');
  if (!mayRead || !Array.isArray(row.appliedConditionalAccessPolicies)) return [];
  return row.appliedConditionalAccessPolicies.map((applied: unknown) =>
    isMasked && isObject(applied)
      ? { ...applied, result: maskMember('appliedConditionalAccessPolicyResult', applied.result) }
      : applied,
  );
}

function missingEntry(id: string): Answer {
  return graphError(404, 'UnknownError', `The log holds no entry '${id}'.`);
}
