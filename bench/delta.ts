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
import { patchEmployee, patchUser } from '../src/sandbox/people.ts';
import { createPacers } from '../src/services/limits.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import type { BenchOptions } from './support/bench.ts';
import { leastSync } from './support/least.ts';
import { type BenchLine, countLine, noneLine, printedLine, ratioLine } from './support/line.ts';
import { FULL_SIGN_INS } from './support/people-sync.ts';
import type { BenchTenant, BenchTenants } from './support/tenant.ts';

const ROUNDS = [
  { where: 'Entra', changes: 0 },
  { where: 'Entra', changes: 20 },
  { where: 'Entra', changes: 2_000 },
  { where: 'HR', changes: 20 },
] as const;
type Round = (typeof ROUNDS)[number];
/** Of the CPU of taking everything over, where hardly anything changed and HR says what it said. */
const CPU_SHARE = 1 / 200;
/** Rows of a tenant of which the share of CPU is held: accounts, registrations and employees of 200,000 people. */
const FULL_ROWS = 500_000;
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
  for (const [place, round] of ROUNDS.entries()) {
    change(tenant, round, `Changed ${place}`);
    const later = await syncOnce(tenant, database, mark);
    mark = later.mark;
    lines.push(...roundLines(tenant, { name, round, first, later }));
  }
  return lines;
}

type Synced = Awaited<ReturnType<typeof syncOnce>>;

function change({ sandbox, truth, setUp }: BenchTenant, { where, changes }: Round, jobTitle: string): void {
  const { tenantId } = truth;
  const domain = setUp.bamboohr.company;
  const employees = sandbox.state.companies.get(domain)?.company.employees ?? [];
  if (where === 'Entra') {
    for (const { id } of truth.users.slice(0, changes)) patchUser(sandbox, { tenantId, userId: id }, { jobTitle });
  } else {
    for (const { id } of employees.slice(0, changes)) patchEmployee(sandbox, { domain, employeeId: id }, { jobTitle });
  }
}

function roundLines(
  tenant: BenchTenant,
  { name, round, first, later }: { name: string; round: Round; first: Synced; later: Synced },
): BenchLine[] {
  const { where, changes } = round;
  const least = leastSync(tenant.truth, later.from);
  const pages = deltaPagesOf(tenant, where === 'Entra' ? changes : 0);
  const at = `${name}, ${changes} changed in ${where}`;
  return [
    countLine({ name: `${at}: requests`, value: later.requests, limit: least.requests - least.usersPages + pages }),
    // Registration has no delta: its pages are read again, so that more is asked than changed.
    printedLine(`${at}: requests against ${FORMULA} and the pages of changes`, {
      value: later.requests,
      limit: FORMULA - 1 + pages,
      ratio: later.requests / (FORMULA - 1 + pages),
    }),
    noneLine(`${at}: refused with 429`, later.refused),
    countLine({ name: `${at}: rows of people written`, value: later.rows, limit: changes }),
    cpuLine(`${at}: CPU ms of taking over`, { round, first, later }),
  ];
}

/** Gated where the share is one of rows: a small tenant's is that of a few statements, whatever the rows. */
function cpuLine(name: string, { round, first, later }: { round: Round; first: Synced; later: Synced }): BenchLine {
  const isGated = round.where === 'Entra' && round.changes <= 20 && first.rows >= FULL_ROWS;
  const figure = { name, value: later.cpuMs, limit: first.cpuMs };
  return isGated
    ? ratioLine({ ...figure, limit: first.cpuMs * CPU_SHARE, target: 1, isCpu: true })
    : printedLine(name, { ...figure, ratio: later.cpuMs / first.cpuMs });
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
