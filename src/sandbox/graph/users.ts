import type { Answer } from '../http/exchange.ts';
import type { Expand } from '../odata/options.ts';
import { type GraphUser, isObject, type TenantState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext, isEventual } from './context.ts';
import { badRequest, forbidden, graphError, needsPremium, notFound } from './errors.ts';
import { hasP1 } from './licence.ts';
import { listAnswer } from './listing.ts';
import {
  BASIC_USER_PROPERTIES,
  DEFAULT_USER_PROPERTIES,
  EMPTY_USER_VALUES,
  SINGLE_USER_PROPERTIES,
  USER_FILTERS,
} from './user-properties.ts';

export const USER_TYPE = '#microsoft.graph.user';
const PAGE_DEFAULT = 100;
const PAGE_MAX = 999;
/** With sign-in activity pages are smaller (users list page, change of July 2025). */
const PAGE_MAX_WITH_ACTIVITY = 500;
const FULL_READ = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];

/** GET /users. */
export function listUsers(context: GraphContext): Answer {
  const { options, tenant } = context;
  const selected = options.select ?? [];
  const single = selected.find((name) => SINGLE_USER_PROPERTIES.includes(name));
  if (single !== undefined) {
    return graphError(501, 'NotImplemented', `Selecting '${single}' on a collection of users is not implemented.`);
  }
  const refusal = refuseActivity(context) ?? refuseExpand(context, { single: false });
  if (refusal !== null) return refusal;
  const withActivity = usesActivity(context);
  return listAnswer(context, {
    fragment: fragmentOf('users', context),
    resource: 'User',
    items: tenant.tenant.users,
    view: (user) => user,
    cut: (user, select) => showUser(context, user, select),
    filters: USER_FILTERS,
    orders: ['displayName', 'userPrincipalName', 'createdDateTime', 'employeeId', 'surname'],
    page: { default: PAGE_DEFAULT, max: withActivity ? PAGE_MAX_WITH_ACTIVITY : PAGE_MAX },
    allows: ['count', 'expand', 'search'],
    directory: true,
  });
}

/** GET /users/{id}, by object id or user principal name. */
export function getUser(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const user = findUser(context.tenant, id);
  if (user === undefined) return notFound(id);
  const refusal = refuseActivity(context) ?? refuseExpand(context, { single: true });
  if (refusal !== null) return refusal;
  if (usesActivity(context) && user.id !== id) {
    return badRequest('Get By Key only supports UserId and the key has to be a valid Guid', 'BadRequest');
  }
  const body = { '@odata.context': contextUrl(context, `${fragmentOf('users', context)}/$entity`) };
  return { status: 200, body: { ...body, ...showUser(context, user, context.options.select) } };
}

/** GET /users/$count: refused without the header, a bare number with it. */
export function countUsers(context: GraphContext): Answer {
  if (!isEventual(context)) return badRequest('$count is not currently supported.');
  return { status: 200, headers: { 'Content-Type': 'text/plain' }, text: String(context.tenant.tenant.users.length) };
}

/** GET /users/{id}/manager. */
export function getManager(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const user = findUser(context.tenant, id);
  if (user === undefined) return notFound(id);
  const manager = managerOf(context.tenant, user.id);
  if (manager === undefined) return notFound('manager');
  const body = { '@odata.context': contextUrl(context, 'directoryObjects/$entity'), '@odata.type': USER_TYPE };
  return { status: 200, body: { ...body, ...showUser(context, manager, context.options.select) } };
}

/** GET /users/{id}/mailboxSettings: 404 for an account without a mailbox. */
export function getMailboxSettings(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const user = findUser(context.tenant, id);
  if (user === undefined) return notFound(id);
  const settings = mailboxSettings(context.tenant, user.id);
  if (settings === null) return graphError(404, 'MailboxNotEnabledForRESTAPI', MAILBOX_MISSING);
  const fragment = `users('${encodeURIComponent(id)}')/mailboxSettings`;
  const wanted = context.options.select;
  const shown = wanted === null ? settings : Object.fromEntries(wanted.map((name) => [name, settings[name] ?? null]));
  return { status: 200, body: { '@odata.context': contextUrl(context, fragment), ...shown } };
}

const MAILBOX_MISSING = 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.';

/** A user by object id or by user principal name. */
export function findUser(tenant: TenantState, idOrName: string): GraphUser | undefined {
  return tenant.usersById.get(idOrName) ?? tenant.usersByName.get(idOrName.toLowerCase());
}

/** Cuts a user to what was asked for and what the caller may see; properties without a value become null or []. */
export function showUser(context: GraphContext, user: GraphUser, select: string[] | null): GraphObject {
  const shown = selectUser(context, user, select ?? DEFAULT_USER_PROPERTIES);
  for (const expand of context.options.expand) {
    const manager = managerOf(context.tenant, user.id);
    if (expand.property === 'manager' && manager !== undefined) {
      shown.manager = showManager(context, { manager, expand, level: 1 });
    }
  }
  return shown;
}

function selectUser(context: GraphContext, user: GraphUser, names: readonly string[]): GraphObject {
  const basicOnly = !FULL_READ.some((role) => context.roles.has(role));
  const shown: GraphObject = {};
  for (const name of names) {
    if (basicOnly && !BASIC_USER_PROPERTIES.has(name)) continue;
    const value = propertyOf(context, user, name);
    if (value !== undefined) shown[name] = value;
  }
  return shown;
}

/**
 * The value of a property; undefined when the answer does not carry it at all. The user is an open type: an unknown
 * name is not refused, it is only not there.
 */
function propertyOf(context: GraphContext, user: GraphUser, name: string): unknown {
  switch (name) {
    case 'perUserMfaState': {
      const { options, tenant } = context.tenant;
      return options.perUserMfaStateSelectable ? (tenant.perUserMfa[user.id] ?? 'disabled') : undefined;
    }
    case 'mailboxSettings':
      return mailboxSettings(context.tenant, user.id);
    case 'signInActivity':
      // Absent for an account that never signed in.
      return isObject(user[name]) ? user[name] : undefined;
    default:
      return name in user ? user[name] : EMPTY_USER_VALUES.get(name);
  }
}

function showManager(context: GraphContext, given: { manager: GraphUser; expand: Expand; level: number }): GraphObject {
  const { manager, expand, level } = given;
  const select = expand.select ?? DEFAULT_USER_PROPERTIES;
  const shown: GraphObject = {
    '@odata.type': USER_TYPE,
    ...selectUser(context, manager, select.includes('id') ? select : ['id', ...select]),
  };
  const levels = expand.levels === 'max' ? Number.POSITIVE_INFINITY : Number(expand.levels ?? '1');
  const next = managerOf(context.tenant, manager.id);
  // A circle of managers ends where the longest possible chain would.
  if (next !== undefined && level < levels && level < context.tenant.tenant.users.length) {
    shown.manager = showManager(context, { manager: next, expand, level: level + 1 });
  }
  return shown;
}

function managerOf(tenant: TenantState, userId: string): GraphUser | undefined {
  const managerId = tenant.tenant.managers[userId];
  return managerId === undefined ? undefined : tenant.usersById.get(managerId);
}

function mailboxSettings(tenant: TenantState, userId: string): GraphObject | null {
  const purpose = tenant.tenant.mailboxPurposes[userId];
  if (purpose === undefined) return null;
  return {
    archiveFolder: null,
    timeZone: 'UTC',
    delegateMeetingMessageDeliveryOptions: 'sendToDelegateOnly',
    dateFormat: 'yyyy-MM-dd',
    timeFormat: 'HH:mm',
    userPurpose: purpose,
    automaticRepliesSetting: {
      status: 'disabled',
      externalAudience: 'all',
      internalReplyMessage: '',
      externalReplyMessage: '',
      scheduledStartDateTime: { dateTime: '2020-01-01T00:00:00.0000000', timeZone: 'UTC' },
      scheduledEndDateTime: { dateTime: '2020-01-02T00:00:00.0000000', timeZone: 'UTC' },
    },
    language: { locale: 'en-US', displayName: 'English (United States)' },
    workingHours: {
      daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      startTime: '08:00:00.0000000',
      endTime: '17:00:00.0000000',
      timeZone: { name: 'UTC' },
    },
  };
}

/** Whether the call touches signInActivity, which has limits and rights of its own. */
export function usesActivity(context: Pick<GraphContext, 'options'>): boolean {
  const { select, filter } = context.options;
  return (select ?? []).includes('signInActivity') || (filter ?? '').includes('signInActivity');
}

function refuseActivity(context: GraphContext): Answer | null {
  if (!usesActivity(context)) return null;
  if (!context.roles.has('AuditLog.Read.All')) return forbidden();
  return hasP1(context.tenant) ? null : needsPremium();
}

function refuseExpand(context: GraphContext, kind: { single: boolean }): Answer | null {
  const { expand, count } = context.options;
  const unknown = expand.find((item) => item.property !== 'manager');
  if (unknown !== undefined) {
    const message = `Could not find a property named '${unknown.property}' on type 'microsoft.graph.user'.`;
    return badRequest(message, 'BadRequest');
  }
  if (expand.length === 0) return null;
  const deep = expand.some((item) => item.levels !== null);
  if (deep && !(kind.single && isEventual(context) && count)) {
    return badRequest('$levels is only supported on a single user with $count=true and ConsistencyLevel:eventual.');
  }
  if (!kind.single && isEventual(context) && count) {
    return badRequest(
      'Request with $expand is not supported with advanced query parameters.',
      'Request_UnsupportedQuery',
    );
  }
  return null;
}

function fragmentOf(collection: string, context: GraphContext): string {
  const { select, expand } = context.options;
  const expanded = expand.map((item) => `${item.property}(${(item.select ?? []).join(',')})`);
  const names = [...(select ?? []), ...expanded];
  return names.length === 0 ? collection : `${collection}(${names.join(',')})`;
}
