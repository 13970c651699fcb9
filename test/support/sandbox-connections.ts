import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Tenant } from '../../src/sandbox/world/world.ts';
import { type Connections, createConnections } from '../../src/services/connections.ts';
import { createPacers } from '../../src/services/limits.ts';
import { startTestSandbox, type TestSandbox } from './sandbox-client.ts';
import { buildTenant, buildWorld, READ_ROLES, READER, TENANT_ID } from './sandbox-tenant.ts';

/** The application that writes, with the rights that docs/permissions.md names for writing and no other. */
export const WRITER = {
  clientId: '33333333-aaaa-4bbb-8ccc-000000000009',
  clientSecret: 'sandbox-secret-of-the-writer',
  displayName: 'Rollout writer',
};

const WRITER_ROLES = [
  'Policy.Read.All',
  'Application.Read.All',
  'Policy.ReadWrite.ConditionalAccess',
  'Policy.ReadWrite.SecurityDefaults',
  'Policy.ReadWrite.AuthenticationMethod',
  'Group.Create',
  'Group.ReadWrite.All',
  'GroupMember.ReadWrite.All',
];

export type ConnectedSandbox = {
  sandbox: TestSandbox;
  connections: Connections;
  reader: Connections['graph'];
  writer: Connections['graph'];
  /** The sandbox's time: a pause turns it on by its length, a deadline is not reached. */
  clock: Clock;
  end(): Promise<void>;
};

/** A sandbox with one tenant and the product's clients in front of it, reading and writing as two applications. */
export async function startConnectedSandbox(
  tenant: Partial<Tenant> = {},
  roles: { reader?: string[]; writer?: string[] } = {},
): Promise<ConnectedSandbox> {
  const apps = [
    { ...READER, roles: roles.reader ?? READ_ROLES },
    { ...WRITER, roles: roles.writer ?? WRITER_ROLES },
  ];
  const sandbox = await startTestSandbox(buildWorld({ tenants: [buildTenant({ apps, ...tenant })] }));
  const clock: Clock = {
    now: () => sandbox.manual.now(),
    sleep: (ms, signal) => {
      if (ms >= 60_000) return systemClock.sleep(ms, signal);
      sandbox.manual.advance(ms);
      return Promise.resolve();
    },
  };
  const app = ({ clientId, clientSecret }: typeof WRITER) =>
    ({ clientId, credential: { kind: 'secret', secret: clientSecret } }) as const;
  const connections = createConnections(
    {
      graph: { baseUrl: sandbox.urls.graph, loginUrl: sandbox.urls.login, tenantId: TENANT_ID, ...app(READER) },
      writer: app(WRITER),
      tls: { caFile: sandbox.caFile },
    },
    { clock, log: silentLog, pacers: createPacers(clock), random: () => 0 },
  );
  const { graph: reader, writer } = connections;
  if (writer === null) throw new Error('the writer was named');
  return {
    ...{ sandbox, connections, reader, writer, clock },
    async end() {
      await connections.close();
      await sandbox.end();
    },
  };
}
