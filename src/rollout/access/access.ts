import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import { type Actor, type GrantedRole, type Identity, ROLES, type Role } from './access.core.ts';
import {
  deleteGrant,
  type Grant,
  insertGrant,
  readGrants,
  readGrantsEverywhere,
  readGrantsOf,
} from './access.store.ts';

export type { Grant } from './access.store.ts';

export type GrantRequest = { identity: Identity; role: GrantedRole; displayName: string | null };

export type Access = {
  /** Grants a role; `already` when the person has it. Journalled. */
  grant(customerId: string, request: GrantRequest, by: Json): Promise<'granted' | 'already'>;
  /** Takes a role back, from the next request of the person on; `absent` when there was none. Journalled. */
  revoke(customerId: string, request: Omit<GrantRequest, 'displayName'>, by: Json): Promise<'revoked' | 'absent'>;
  list(customerId: string): Promise<Grant[]>;
  /**
   * The person behind a verified identity at a customer, read afresh: what was granted, and `manager` when the master
   * list has people under this account. Somebody of the customer's own tenant without a grant is an actor without roles;
   * anybody else without one is refused with `not_granted`, in the same words as for a customer that does not exist.
   */
  actorOf(identity: Identity, customerId: string): Promise<Actor>;
  /** The customers at which the person has a role or is at home, by name. */
  customersOf(identity: Identity): Promise<{ customerId: string; name: string; roles: Role[] }[]>;
};

export type AccessDeps = {
  database: Database;
  customers: Pick<Customers, 'get' | 'list'>;
  clock: Clock;
  /** Ids of the accounts that have people under them in the customer's master list; empty before the first sync. */
  managersOf(customer: Customer): Promise<ReadonlySet<string>>;
};

/** Creates the access to who may do what. */
export function createAccess(deps: AccessDeps): Access {
  const { database, clock } = deps;
  return {
    grant: (customerId, request, by) =>
      database.withCustomer(customerId, async (tx) => {
        const at = new Date(clock.now());
        if (!(await insertGrant(tx, { ...request, grantedAt: at }))) return 'already';
        const { identity, role, displayName } = request;
        await appendJournal(tx, { at, actor: by, event: 'access.granted', facts: { ...identity, role, displayName } });
        return 'granted';
      }),
    revoke: (customerId, { identity, role }, by) =>
      database.withCustomer(customerId, async (tx) => {
        if (!(await deleteGrant(tx, identity, role))) return 'absent';
        const at = new Date(clock.now());
        await appendJournal(tx, { at, actor: by, event: 'access.revoked', facts: { ...identity, role } });
        return 'revoked';
      }),
    list: (customerId) => database.withCustomer(customerId, readGrants),
    actorOf: (identity, customerId) => actorOf(deps, identity, customerId),
    customersOf: (identity) => customersOf(deps, identity),
  };
}

async function actorOf(deps: AccessDeps, identity: Identity, customerId: string): Promise<Actor> {
  const customer = await deps.customers.get(customerId);
  if (customer === undefined) throw notGranted();
  const grants = await deps.database.withCustomer(customerId, (tx) => readGrantsOf(tx, identity));
  const isAtHome = identity.tenantId === customerId;
  if (grants.length === 0 && !isAtHome) throw notGranted();
  const roles = await rolesOf(deps, customer, { identity, granted: grants.map(({ role }) => role) });
  return { customerId, identity, roles, displayName: grants[0]?.displayName ?? null };
}

async function rolesOf(
  deps: AccessDeps,
  customer: Customer,
  { identity, granted }: { identity: Identity; granted: readonly GrantedRole[] },
): Promise<Role[]> {
  // An object id is unique within its own tenant only: nobody of another tenant is a manager here.
  const isAtHome = identity.tenantId === customer.id;
  const isManager = isAtHome && (await deps.managersOf(customer)).has(identity.objectId);
  return ROLES.filter((role) => (role === 'manager' ? isManager : granted.includes(role)));
}

async function customersOf(
  deps: AccessDeps,
  identity: Identity,
): Promise<{ customerId: string; name: string; roles: Role[] }[]> {
  const grants = await deps.database.withPortfolio((tx) => readGrantsEverywhere(tx, identity));
  const found: { customerId: string; name: string; roles: Role[] }[] = [];
  for (const customer of await deps.customers.list()) {
    const granted = grants.filter((grant) => grant.customerId === customer.id).map(({ role }) => role);
    if (granted.length === 0 && identity.tenantId !== customer.id) continue;
    const roles = await rolesOf(deps, customer, { identity, granted });
    found.push({ customerId: customer.id, name: customer.name, roles });
  }
  return found;
}

function notGranted(): AppError {
  const userMessage =
    'Nobody has given you access here. Ask the engineer of your service provider to grant you a role.';
  return new AppError('not_granted', userMessage, { userMessage });
}
