/** How life begins in a tenant: what its log of sign-ins tells about programs and visitors, and what is old news. */
import { isObject, type SandboxState, type TenantState, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { type LegacyClient, type LifeState, NOTHING_YET, type Seen } from './life-state.ts';
import { readWorkforce } from './workforce.ts';

const DAY_MS = 86_400_000;
const MODERN: readonly string[] = ['Browser', 'Mobile Apps and Desktop clients'];
/** More often than this no program signs in, so that a log full of one scanner stays readable. */
const PER_DAY_MAX = 4;
const LOG_DAYS = 7;

/**
 * The state in which life begins: what was written before now was read before now, and nothing is planned. Whoever
 * lived before remembers it.
 */
export function beginLife(world: { state: SandboxState; now(): number }, tenant: TenantState): LifeState {
  const now = world.now();
  if (tenant.life !== null) {
    return { ...tenant.life, livedUntil: now, seen: seenNow(world.state, tenant), due: {} };
  }
  const recent = tenant.tenant.signIns.filter((row) => Date.parse(row.createdDateTime) > now - 2 * LOG_DAYS * DAY_MS);
  return {
    livedUntil: now,
    seen: seenNow(world.state, tenant),
    people: Object.fromEntries(mfaBefore(recent).map(([id, mfaAt]) => [id, { ...NOTHING_YET, mfaAt }])),
    clients: legacyClients(recent),
    mending: {},
    visitors: visitorsOf(world.state, tenant, recent),
    due: {},
    log: [],
    signIns: { interactive: 0, background: 0, failed: 0 },
  };
}

/** How much has been written to the people of a tenant, and in the PSA. */
export function seenNow(state: SandboxState, tenant: TenantState): Seen {
  return {
    mails: tenant.kept.sentMails.size,
    deliveries: state.gmail.deliveries.length,
    activities: tenant.kept.activities.size,
    records: state.connectwise.nextId - 1,
  };
}

/** Sessions that carry MFA from before. */
function mfaBefore(rows: readonly GraphObject[]): [string, number][] {
  const found = new Map<string, number>();
  for (const row of rows) {
    if (row.authenticationRequirement !== 'multiFactorAuthentication' || !hasSucceeded(row)) continue;
    const at = Date.parse(textOf(row, 'createdDateTime'));
    const userId = textOf(row, 'userId');
    found.set(userId, Math.max(at, found.get(userId) ?? 0));
  }
  return [...found];
}

function hasSucceeded(row: GraphObject): boolean {
  return isObject(row.status) && row.status.errorCode === 0;
}

function isLegacy(row: GraphObject): boolean {
  return row.authenticationProtocol === 'ropc' || !MODERN.includes(textOf(row, 'clientAppUsed'));
}

function legacyClients(rows: readonly GraphObject[]): LegacyClient[] {
  const found = new Map<string, LegacyClient & { rows: number }>();
  for (const row of rows.filter(isLegacy)) {
    const [userId, appId, client] = [textOf(row, 'userId'), textOf(row, 'appId'), textOf(row, 'clientAppUsed')];
    const isRopc = row.authenticationProtocol === 'ropc';
    const id = [userId, appId, client, isRopc ? 'ropc' : ''].join(' ');
    const known = found.get(id);
    if (known !== undefined) {
      known.rows += 1;
      known.worked ||= hasSucceeded(row);
      continue;
    }
    const ipAddress = textOf(row, 'ipAddress') === '' ? null : textOf(row, 'ipAddress');
    const appName = textOf(row, 'appDisplayName');
    const worked = hasSucceeded(row);
    found.set(id, { id, userId, appId, appName, client, isRopc, ipAddress, perDay: 0, worked, rows: 1 });
  }
  return [...found.values()]
    .map(({ rows: count, ...client }) => ({ ...client, perDay: Math.min(PER_DAY_MAX, count / LOG_DAYS) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Guests and second accounts: nobody in HR, but people who sign in. */
function visitorsOf(state: SandboxState, tenant: TenantState, rows: readonly GraphObject[]): LifeState['visitors'] {
  const counts: Record<string, number> = {};
  const workforce = readWorkforce(state, tenant);
  for (const row of rows) {
    const userId = textOf(row, 'userId');
    if (row.isInteractive !== true || isLegacy(row)) continue;
    const user = tenant.usersById.get(userId);
    if (user === undefined || workforce.knows(user)) continue;
    counts[userId] = (counts[userId] ?? 0) + 1 / LOG_DAYS;
  }
  return counts;
}
