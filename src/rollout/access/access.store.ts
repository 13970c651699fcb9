import { sql } from 'drizzle-orm';
import type { Tx } from '../../store/transaction.ts';
import { GRANTED_ROLES, type GrantedRole, type Identity } from './access.core.ts';

export type Grant = { identity: Identity; role: GrantedRole; displayName: string | null; grantedAt: Date };

type GrantRow = {
  tenant_id: string;
  object_id: string;
  role: string;
  display_name: string | null;
  granted_at: string | Date;
};

/** Adds a grant; false when it is there already, whose name is then brought up to date. */
export async function insertGrant(tx: Tx, grant: Grant): Promise<boolean> {
  const { identity, role, displayName, grantedAt } = grant;
  const { rows } = await tx.execute<{ is_new: boolean }>(sql`
    INSERT INTO grants (customer_id, tenant_id, object_id, role, display_name, granted_at)
    VALUES (app_customer(), ${identity.tenantId}, ${identity.objectId}, ${role}, ${displayName}, ${grantedAt.toISOString()})
    ON CONFLICT (customer_id, tenant_id, object_id, role) DO UPDATE SET display_name = excluded.display_name
    RETURNING (xmax = 0) AS is_new`);
  return rows[0]?.is_new === true;
}

/** Removes a grant; false when there was none. */
export async function deleteGrant(tx: Tx, { tenantId, objectId }: Identity, role: GrantedRole): Promise<boolean> {
  const done = await tx.execute(
    sql`DELETE FROM grants WHERE tenant_id = ${tenantId} AND object_id = ${objectId} AND role = ${role}`,
  );
  return (done.rowCount ?? 0) > 0;
}

/** The grants of the customer of this transaction, by role and name. */
export async function readGrants(tx: Tx): Promise<Grant[]> {
  const { rows } = await tx.execute<GrantRow>(sql`
    SELECT tenant_id, object_id, role, display_name, granted_at FROM grants
    ORDER BY role COLLATE "C", display_name COLLATE "C", tenant_id, object_id`);
  return rows.map(grantOf);
}

/** What one person was granted at the customer of this transaction. */
export async function readGrantsOf(tx: Tx, { tenantId, objectId }: Identity): Promise<Grant[]> {
  const { rows } = await tx.execute<GrantRow>(sql`
    SELECT tenant_id, object_id, role, display_name, granted_at FROM grants
    WHERE tenant_id = ${tenantId} AND object_id = ${objectId} ORDER BY role COLLATE "C"`);
  return rows.map(grantOf);
}

/** What one person was granted anywhere. Needs the portfolio's transaction. */
export async function readGrantsEverywhere(
  tx: Tx,
  { tenantId, objectId }: Identity,
): Promise<{ customerId: string; role: GrantedRole }[]> {
  const { rows } = await tx.execute<{ customer_id: string; role: string }>(sql`
    SELECT customer_id, role FROM grants WHERE tenant_id = ${tenantId} AND object_id = ${objectId}`);
  return rows.map((row) => ({ customerId: row.customer_id, role: roleOf(row.role) }));
}

function grantOf(row: GrantRow): Grant {
  return {
    identity: { tenantId: row.tenant_id, objectId: row.object_id },
    role: roleOf(row.role),
    displayName: row.display_name,
    grantedAt: new Date(row.granted_at),
  };
}

function roleOf(text: string): GrantedRole {
  const role = GRANTED_ROLES.find((known) => known === text);
  if (role === undefined) throw new TypeError(`the grants table holds a role that is none: ${text}`);
  return role;
}
