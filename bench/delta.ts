/**
 * What a later people sync costs when little has changed: requests to Graph against what the changed people need, and rows
 * of the store that it wrote, for none, some and many changes. Rows are counted by the transaction that wrote them, so
 * that a row written with the value it had counts as well. CPU is that of taking the reading over, and printed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { silentLog } from '../src/lib/log.ts';
import { parseCustomerFile } from '../src/rollout/customers/customer-file.ts';
import { createCustomers } from '../src/rollout/customers/customers.ts';
import { readBlocks } from '../src/rollout/roster/blocks.store.ts';
import { readPeopleSources } from '../src/rollout/roster/read-sources.ts';
import { readReadings } from '../src/rollout/roster/roster.store.ts';
import { signInsNeeded } from '../src/rollout/roster/roster.ts';
import { savePeople } from '../src/rollout/roster/save-sources.ts';
import { patchUser } from '../src/sandbox/people.ts';
import { createPacers } from '../src/services/limits.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import type { BenchOptions } from './support/bench.ts';
import { leastSync } from './support/least.ts';
import { type BenchLine, countLine, noneLine, printedLine } from './support/line.ts';
import { FULL_SIGN_INS } from './support/people-sync.ts';
import type { BenchTenant, BenchTenants } from './support/tenant.ts';

const CHANGES = [0, 20, 2_000] as const;
/** One request each for users, registration, policies and sign-ins: the least where every source told changes alone. */
const FORMULA = 4;
/** Rows of people that a sync may write; parts and readings are a few rows whatever the tenant's size. */
const PEOPLE_TABLES = ['hr_employees', 'tenant_accounts', 'tenant_registrations'] as const;

/** Runs the bench: on 20,000 people, with `full` on 200,000. */
export async function runDelta(tenants: BenchTenants, { full }: BenchOptions): Promise<BenchLine[]> {
  const size = full ? 200_000 : 20_000;
  const tenant = await tenants.get({
    size,
    ordinarySignIns: 'few',
    ...(full ? { signInsPerPerson: FULL_SIGN_INS } : {}),
  });
  const folder = mkdtempSync(join(tmpdir(), 'mfa-bench-delta-'));
  const database = await openDatabase({ dataDir: join(folder, 'store') }, { log: silentLog });
  try {
    await addCustomer(database, tenant, folder);
    return await linesOf(tenant, database, `delta/${size}`);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function linesOf(tenant: BenchTenant, database: Database, name: string): Promise<BenchLine[]> {
  const first = await syncOnce(tenant, database, undefined);
  const lines = [printedLine(`${name}: CPU ms of taking over everything`, { value: first.cpuMs })];
  let { mark } = first;
  for (const [round, changes] of CHANGES.entries()) {
    for (const { id } of tenant.truth.users.slice(0, changes))
      patchUser(tenant.sandbox, { tenantId: tenant.truth.tenantId, userId: id }, { jobTitle: `Changed ${round}` });
    const later = await syncOnce(tenant, database, mark);
    mark = later.mark;
    const least = leastSync(tenant.truth, later.from);
    const pages = deltaPagesOf(tenant, changes);
    const at = `${name}, ${changes} changed`;
    lines.push(
      countLine({ name: `${at}: requests`, value: later.requests, limit: least.requests - least.usersPages + pages }),
      // Registration has no delta: its pages are read again, so that more is asked than changed.
      printedLine(`${at}: requests against ${FORMULA} and the pages of changes`, {
        value: later.requests,
        limit: FORMULA - 1 + pages,
        ratio: later.requests / (FORMULA - 1 + pages),
      }),
      noneLine(`${at}: refused with 429`, later.refused),
      countLine({ name: `${at}: rows of people written`, value: later.rows, limit: changes }),
      printedLine(`${at}: CPU ms of taking over`, {
        value: later.cpuMs,
        limit: first.cpuMs,
        ratio: later.cpuMs / first.cpuMs,
      }),
    );
  }
  return lines;
}

/** Changes come in pages of their own, an empty one where there is none. */
function deltaPagesOf({ sandbox, truth }: BenchTenant, changes: number): number {
  const { deltaPageSize } = sandbox.state.tenants.get(truth.tenantId)?.options ?? { deltaPageSize: 1 };
  return Math.max(1, Math.ceil(changes / deltaPageSize));
}

async function syncOnce(tenant: BenchTenant, database: Database, mark: string | undefined) {
  tenant.forget();
  const { knownPages, from } = await database.withCustomer(tenant.truth.tenantId, async (tx) => ({
    knownPages: new Set((await readBlocks(tx, 'registration')).map(({ digest }) => digest)),
    from: signInsNeeded(tenant.time.callers, await readReadings(tx), 'legacySignIns'),
  }));
  const plan = { mark, isWhole: mark === undefined, signInsFrom: from, knownPages, signal: NEVER };
  const reading = await tenant.time.run(() => readPeopleSources(tenant.connect(), plan));
  if (!reading.users.ok) throw new Error(`the users were not read: ${reading.users.why}`);
  const traffic = tenant.traffic();
  const rules = { at: new Date(tenant.time.now()), acceptShrunk: false, shrinkPercentMax: 20, shrinkRowsMax: 5 };
  const { rows, cpuMs } = await database.withCustomer(tenant.truth.tenantId, async (tx) => {
    const before = process.cpuUsage();
    await savePeople(tx, reading, { ...rules, expectedMark: mark });
    // Counting looks at every row, which the product does not.
    const { user, system } = process.cpuUsage(before);
    let written = 0;
    for (const table of PEOPLE_TABLES) {
      const { rows: counted } = await tx.execute<{ n: number }>(
        sql`SELECT count(*)::int AS n FROM ${sql.identifier(table)} WHERE xmin::text = pg_current_xact_id()::text`,
      );
      written += counted[0]?.n ?? 0;
    }
    return { rows: written, cpuMs: (user + system) / 1000 };
  });
  return { ...traffic, rows, mark: reading.users.value.mark, cpuMs, from };
}

const NEVER = new AbortController().signal;

async function addCustomer(database: Database, { time, truth }: BenchTenant, folder: string): Promise<void> {
  writeFileSync(join(folder, 'secret'), 'asked for by nobody');
  const file = {
    ...{ version: 1, name: 'Bench', tenantId: truth.tenantId },
    graph: { clientId: truth.tenantId, clientSecret: 'file:secret' },
    hr: { source: 'bamboohr', company: 'bench', apiKey: 'file:secret' },
  };
  const deps = { database, clock: time.callers, log: silentLog, environment: {}, signal: NEVER };
  const customers = createCustomers({ ...deps, pacers: createPacers(time.callers), isClockTurned: () => false });
  await customers.add(parseCustomerFile(JSON.stringify(file), join(folder, 'customer.yaml')), { kind: 'bench' });
  await customers.close();
}
