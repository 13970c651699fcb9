import type { Tenant } from '../../src/sandbox/world/world.ts';
import { type Reply, startTestSandbox, type TestSandbox } from './sandbox-client.ts';
import { buildTenant, buildWorld, idOf, READ_ROLES, READER, TENANT_ID } from './sandbox-tenant.ts';

/** Every right that the writes of a rollout need. */
export const WRITE_ROLES = [
  ...READ_ROLES,
  'Policy.Read.ConditionalAccess',
  'Policy.ReadWrite.ConditionalAccess',
  'Policy.ReadWrite.SecurityDefaults',
  'Policy.ReadWrite.AuthenticationMethod',
  'Group.Create',
  'Group.ReadWrite.All',
  'GroupMember.ReadWrite.All',
  'User.ReadWrite.All',
  'UserAuthMethod-TAP.ReadWrite.All',
  'Mail.ReadWrite',
  'Mail.Send',
  'Channel.Create',
  'Channel.ReadBasic.All',
  'TeamsTab.ReadWriteSelfForTeam.All',
  'TeamsAppInstallation.ReadWriteSelfForUser.All',
  'TeamsAppInstallation.ReadWriteSelfForTeam.All',
  'TeamsAppInstallation.ReadForUser.All',
  'AppCatalog.Read.All',
  'Chat.ReadWrite.All',
];

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** A sandbox with one application that may do everything, whose clock turns before each call so that no limit speaks. */
export type Writer = TestSandbox & {
  /** `call` is method and path (`POST /groups`); v1.0 unless the path begins with a version. */
  send(call: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** The lines of the audit log once they have arrived, newest first. */
  audits(): Promise<Record<string, unknown>[]>;
};

/** Starts it on a tenant by hand; `roles` are the application's rights. */
export async function startWriter(
  tenant: Partial<Tenant> = {},
  given: { roles?: string[]; dataDir?: string } = {},
): Promise<Writer> {
  const app = { ...READER, roles: given.roles ?? WRITE_ROLES };
  const world = buildWorld({
    tenants: [buildTenant({ securityDefaults: { isEnabled: false }, apps: [app], ...tenant })],
  });
  const sandbox = await startTestSandbox(world, given.dataDir === undefined ? {} : { dataDir: given.dataDir });
  const send = async (call: string, body?: unknown, headers: Record<string, string> = {}) => {
    const [method, path = ''] = call.split(' ');
    const versioned = /^\/(v1\.0|beta)\//.test(path) ? path : `/v1.0${path}`;
    sandbox.manual.advance(3000);
    const asked = { method: method as Method, headers, ...(body === undefined ? {} : { body }) };
    return sandbox.graph(versioned, asked);
  };
  const audits = async () => {
    sandbox.manual.advance(600_000);
    return (await send('GET /auditLogs/directoryAudits')).rows();
  };
  return { ...sandbox, send, audits };
}

/** A policy as a client sends it: report-only, MFA for one group, everything else left out. */
export function buildSentPolicy(set: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    displayName: 'Rollout: observe',
    state: 'enabledForReportingButNotEnforced',
    conditions: {
      users: { includeUsers: ['All'], excludeUsers: [idOf('user', 1)] },
      applications: { includeApplications: ['All'] },
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    ...set,
  };
}

/** Sets options of the writer's tenant. */
export async function setOptions(writer: Writer, options: Record<string, unknown>): Promise<void> {
  await writer.control(`/tenants/${TENANT_ID}/options`, { method: 'POST', body: options });
}
