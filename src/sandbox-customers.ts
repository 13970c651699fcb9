import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { App } from './compose.ts';
import { type EmbeddedSandbox, SANDBOX_FOLDER, type SandboxCustomer } from './embedded-sandbox.ts';
import { parseCustomerFile } from './rollout/customers/customer-file.ts';

/**
 * Adds the sandbox's made-up customers the way an engineer adds a real one: a customer file with references to secrets
 * is written into the sandbox's folder and read back. Run again, it takes over changed addresses and nothing else.
 */
export async function addSandboxCustomers(
  dataDir: string,
  sandbox: EmbeddedSandbox,
  app: Pick<App, 'customers' | 'syncs' | 'signal'>,
): Promise<void> {
  const folder = join(dataDir, SANDBOX_FOLDER, 'customers');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const made of sandbox.customers) {
    const base = join(folder, made.tenantId);
    writeFileSync(`${base}.graph-secret`, made.clientSecret, { mode: 0o600 });
    const hrSecret = made.hr === 'workday' ? made.workday.password : made.bamboohr.apiKey;
    writeFileSync(`${base}.hr-secret`, hrSecret, { mode: 0o600 });
    const text = stringify(customerFileOf(made, sandbox));
    writeFileSync(`${base}.yaml`, text, { mode: 0o600 });
    const settings = parseCustomerFile(text, `${base}.yaml`);
    const { customer } = await app.customers.add(settings, { kind: 'system', name: 'sandbox' });
    await app.syncs.prepare(customer, app.signal);
  }
}

function customerFileOf(made: SandboxCustomer, sandbox: EmbeddedSandbox): unknown {
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
    hr: hrOf(made, sandbox),
    tls: { caFile: sandbox.caFile },
    declared: {
      ...declared,
      ...(exceptionGroupId === null ? {} : { exceptionGroupId }),
      ...(breakGlassGroupId === null ? {} : { breakGlassGroupId }),
    },
  };
}

function hrOf({ tenantId, hr, bamboohr, workday }: SandboxCustomer, { urls }: EmbeddedSandbox): unknown {
  const secret = `file:${tenantId}.hr-secret`;
  if (hr === 'bamboohr') {
    return { source: hr, baseUrl: urls.bamboohr, company: bamboohr.company, route: 'gateway', apiKey: secret };
  }
  const { tenant, owner, report, userName } = workday;
  const reportUrl = `${urls.workday}/ccx/service/customreport2/${tenant}/${owner}/${report}`;
  return { source: hr, reportUrl, username: userName, password: secret };
}
