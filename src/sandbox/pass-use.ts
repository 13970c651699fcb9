/**
 * A person gets in with a Temporary Access Pass: the log shows the sign-in and from where, a one-time pass is used up
 * (`methodUsabilityReason` OneTimeUsed), and whoever registers a method with it does so in the audit log's words.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { auditOf, auditTarget } from './graph/audit-trail.ts';
import { showPass, TAP_TYPE } from './graph/user-authentication.ts';
import { enrolUser, setMethods, type WorldHandle } from './people.ts';
import { attemptSignIns } from './sign-in-attempts.ts';

/** POST /_sandbox/tenants/{id}/people/{id}/accessPass/use. */
export const usePassSchema = z.strictObject({
  country: z.string().length(2),
  ipAddress: z.string().default('198.51.100.77'),
  registers: z.enum(['microsoftAuthenticator', 'phone', 'fido2', 'softwareOath']).optional(),
});

type Use = { country: string; ipAddress: string; registers?: z.output<typeof usePassSchema>['registers'] };

const SECURITY_INFO = { appId: '19db86c3-b2b9-44cc-b339-36da233a3be2', appName: 'My Signins' };
const REPORT_LAG_MS = 4 * 3_600_000;

/** Lets somebody use the pass that he has. Throws where there is none that is usable. */
export function usePass(world: WorldHandle, who: { tenantId: string; userId: string }, use: Use): void {
  const tenant = world.state.tenants.get(who.tenantId);
  const now = world.now();
  const methods = tenant?.tenant.authenticationMethods[who.userId] ?? [];
  const pass = methods.find((one) => one['@odata.type'] === TAP_TYPE && showPass(one, now).isUsable === true);
  if (tenant === undefined || pass === undefined) throw new Error('there is no pass to use');
  const { country, ipAddress, registers } = use;
  const attempt = { userId: who.userId, ...SECURITY_INFO, client: 'Browser', ipAddress, country, id: randomUUID() };
  attemptSignIns(world, who.tenantId, [
    { ...attempt, isRopc: false, isInteractive: true, hasMfa: false, answers: true },
  ]);
  const usedAt = new Date(now).toISOString();
  const after = methods.map((one) => (one === pass ? { ...one, usedAt } : one));
  setMethods(world, who, { methods: after, reportLagMs: REPORT_LAG_MS });
  if (registers === undefined) return;
  enrolUser(world, who, { method: registers });
  const target = auditTarget({ id: who.userId, type: 'User', object: tenant.usersById.get(who.userId) });
  const line = auditOf(
    tenant,
    { actor: { userId: who.userId }, now },
    {
      activity: 'User registered security info',
      category: 'UserManagement',
      service: 'Authentication Methods',
      targets: [target],
    },
  );
  const audits = line.audits.map((row) => ({ ...row, initiatedBy: from(row.initiatedBy, ipAddress) }));
  world.record({ tenantId: who.tenantId, ...line, audits });
}

/** The log names the address from which a person did it. */
function from(initiatedBy: unknown, ipAddress: string): object {
  const { user, ...rest } = initiatedBy as { user: object };
  return { ...rest, user: { ...user, ipAddress } };
}
