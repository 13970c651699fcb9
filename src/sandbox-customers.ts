import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { App } from './compose.ts';
import { type EmbeddedSandbox, SANDBOX_FOLDER, type SandboxCustomer } from './embedded-sandbox.ts';
import { AppError } from './lib/errors.ts';
import { parseCustomerFile } from './rollout/customers/customer-file.ts';
import type { Customer } from './rollout/customers/customers.ts';

/**
 * Adds the sandbox's made-up customers the way an engineer adds a real one: a customer file with references to secrets
 * is written into the sandbox's folder and read back. Run again, it takes over changed addresses and nothing else.
 */
export async function addSandboxCustomers(
  dataDir: string,
  sandbox: Addresses & Pick<EmbeddedSandbox, 'customers'>,
  app: Pick<App, 'customers' | 'syncs' | 'access' | 'signal'>,
): Promise<void> {
  const folder = join(dataDir, SANDBOX_FOLDER, 'customers');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const made of sandbox.customers) {
    const base = join(folder, made.tenantId);
    writeFileSync(`${base}.graph-secret`, made.clientSecret, { mode: 0o600 });
    writeFileSync(`${base}.writer-secret`, made.writer.clientSecret, { mode: 0o600 });
    const hrSecret = made.hr === 'workday' ? made.workday.password : made.bamboohr.apiKey;
    writeFileSync(`${base}.hr-secret`, hrSecret, { mode: 0o600 });
    writeFileSync(`${base}.messenger-secret`, sandbox.app.appSecret, { mode: 0o600 });
    writeFileSync(`${base}.psa-secret`, made.connectwise.privateKey, { mode: 0o600 });
    writeFileSync(`${base}.psa-public-key`, made.connectwise.publicKey, { mode: 0o600 });
    const text = stringify(customerFileOf(made, sandbox));
    writeFileSync(`${base}.yaml`, text, { mode: 0o600 });
    const settings = parseCustomerFile(text, `${base}.yaml`);
    const { customer } = await app.customers.add(settings, SANDBOX);
    await grantRoles(app, made);
    await app.syncs.prepare(customer, app.signal);
  }
}

/**
 * Reads each made-up customer once and opens its channel, so that a newcomer finds something to press. What fails is
 * told in the log and can be done again by hand: `mfa-rollout sync`, `mfa-rollout channel open`.
 */
export async function openDoors(app: App, sandbox: EmbeddedSandbox): Promise<void> {
  for (const { tenantId } of sandbox.customers) {
    try {
      const customer = await app.customers.find(tenantId);
      const watch = { signal: app.signal, onProgress: () => undefined };
      const request = { peopleOnly: false, full: false, acceptShrunk: false, actor: SANDBOX };
      if ((await app.syncs.readings(customer)).length === 0) await app.syncs.sync(customer, request, watch);
      await drillBreakGlass(app, sandbox, customer);
      await app.channel.open(customer, SANDBOX, app.signal);
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'unexpected';
      app.log[code === 'process_stopping' ? 'info' : 'warn']('sandbox.not_opened', { customerId: tenantId, code });
    }
  }
}

/**
 * Starts a drill of each break-glass account that never had one and lets its made-up owner sign in. The product sees
 * that in the log by itself, some minutes later, as it would with a real account.
 */
async function drillBreakGlass(
  { emergency }: Pick<App, 'emergency'>,
  sandbox: Pick<EmbeddedSandbox, 'signIn'>,
  customer: Customer,
): Promise<void> {
  const { accounts } = await emergency.status(customer);
  for (const { accountId } of accounts.filter(({ state, missedAt }) => state === 'never' && missedAt === null)) {
    await emergency.startDrill(customer, SANDBOX, accountId);
    await sandbox.signIn(customer.id, accountId);
  }
}

const SANDBOX = { kind: 'system', name: 'sandbox' };

/** The three people who work on the rollout, as an engineer would grant them with `mfa-rollout grants add`. */
async function grantRoles({ access }: Pick<App, 'access'>, { tenantId, people }: SandboxCustomer): Promise<void> {
  for (const role of ['engineer', 'approver', 'helpdesk'] as const) {
    const { displayName, ...identity } = people[role];
    await access.grant(tenantId, { identity, role, displayName }, SANDBOX);
  }
}

type Addresses = Pick<EmbeddedSandbox, 'app' | 'caFile' | 'googleKeyFile' | 'urls'> & {
  /** Another pace at ConnectWise than the product's own. */
  psaPace?: { limit: number; windowMs: number };
};

function customerFileOf(made: SandboxCustomer, sandbox: Addresses): unknown {
  const { exceptionGroupId, breakGlassGroupId, ...declared } = made.declared;
  return {
    version: 1,
    name: made.name,
    tenantId: made.tenantId,
    timeZone: made.timeZone,
    graph: {
      baseUrl: sandbox.urls.graph,
      loginUrl: sandbox.urls.login,
      clientId: made.clientId,
      clientSecret: `file:${made.tenantId}.graph-secret`,
    },
    writer: { clientId: made.writer.clientId, clientSecret: `file:${made.tenantId}.writer-secret` },
    messenger: { clientId: sandbox.app.appId, clientSecret: `file:${made.tenantId}.messenger-secret` },
    hr: hrOf(made, sandbox),
    teams: { ...made.teams, teamsAppId: sandbox.app.teamsAppId },
    mail: {
      via: 'gmail',
      mailbox: made.gmail.mailbox,
      serviceAccountKey: `file:${sandbox.googleKeyFile}`,
      baseUrl: sandbox.urls.gmail,
      tokenUrl: `${sandbox.urls.googleToken}/token`,
    },
    psa: psaOf(made, sandbox),
    tls: { caFile: sandbox.caFile },
    declared: {
      ...declared,
      approverAccountId: made.people.approver.objectId,
      ...(exceptionGroupId === null ? {} : { exceptionGroupId }),
      ...(breakGlassGroupId === null ? {} : { breakGlassGroupId }),
    },
  };
}

function psaOf({ tenantId, connectwise }: SandboxCustomer, { urls, psaPace }: Addresses): unknown {
  const { company, clientId, customer, serviceBoard, projectBoard } = connectwise;
  return {
    source: 'connectwise',
    baseUrl: urls.connectwise,
    companyId: company,
    publicKey: `file:${tenantId}.psa-public-key`,
    privateKey: `file:${tenantId}.psa-secret`,
    ...{ clientId, customer, serviceBoard, projectBoard },
    ...(psaPace === undefined ? {} : { pace: psaPace }),
  };
}

function hrOf({ tenantId, hr, bamboohr, workday }: SandboxCustomer, { urls }: Pick<EmbeddedSandbox, 'urls'>): unknown {
  const secret = `file:${tenantId}.hr-secret`;
  if (hr === 'bamboohr') {
    return { source: hr, baseUrl: urls.bamboohr, company: bamboohr.company, route: 'gateway', apiKey: secret };
  }
  const { tenant, owner, report, userName } = workday;
  const reportUrl = `${urls.workday}/ccx/service/customreport2/${tenant}/${owner}/${report}`;
  return { source: hr, reportUrl, username: userName, password: secret };
}
