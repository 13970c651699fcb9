import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { silentLog } from '../../src/lib/log.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type SetUp, setUpsOf } from '../../src/sandbox/set-up.ts';
import { generateWorld, type WorldName } from '../../src/sandbox/world/generate.ts';
import type { Tenant } from '../../src/sandbox/world/world.ts';
import { type Connections, createConnections } from '../../src/services/connections.ts';
import { createPacers } from '../../src/services/limits.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

/** Nothing here has to outlast the machine, and what is counted waits for no disk. */
export const QUICK_FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** What was asked of Graph since the last `forget`, and what it answered. */
export type Traffic = { requests: number; refused: number; bytes: number };

/** A made-up tenant on the sandbox, at the published limits and in virtual time. */
export type BenchTenant = {
  time: VirtualTime;
  sandbox: Sandbox;
  setUp: SetUp;
  /** The tenant as it was generated. */
  truth: Tenant;
  /** Connects the product's clients, new each time: nothing is left over from an earlier run. */
  connect(): Connections;
  /** Trusts the sandbox's certificate; for callers that are not the product. */
  agent: Agent;
  token(): Promise<string>;
  traffic(): Traffic;
  /** Forgets what was counted, in the log and in the limits' windows. */
  forget(): void;
  stop(): Promise<void>;
};

export type TenantOptions = {
  size: number;
  name?: WorldName;
  /**
   * `all`: every sign-in of the log, as one that the plain log shows. `few`: one in a hundred of those that no legacy
   * client made, for a large tenant and a plan whose filter never lets them out.
   */
  ordinarySignIns: 'all' | 'few';
  /** How many sign-ins are generated for each person; absent: twenty. All of them are held before any is left out. */
  signInsPerPerson?: number;
};

const SEED = 20_261_122;
const STARTS_AT = '2026-01-12T08:00:00Z';
const SIGN_INS_PER_PERSON = 20;
const FEW_ONE_IN = 100;
const MODERN_CLIENTS = new Set(['Browser', 'Mobile Apps and Desktop clients']);

/** Generates the tenant and starts a sandbox with it in a folder of its own. */
async function startBenchTenant(options: TenantOptions): Promise<BenchTenant> {
  const { size, name = 'reference', ordinarySignIns, signInsPerPerson = SIGN_INS_PER_PERSON } = options;
  const made = generateWorld({ name, seed: SEED, size, startsAt: STARTS_AT, signInsPerPerson });
  const { world } = made;
  const [truth] = world.tenants;
  const [declared] = made.truth.customers;
  if (truth === undefined || declared === undefined) throw new Error('a world has a customer');
  truth.signIns = logOf(truth, ordinarySignIns);
  const [setUp] = setUpsOf(world, () => declared.declared);
  if (setUp === undefined) throw new Error('a world has a customer');
  const time = createVirtualTime(Date.parse(STARTS_AT));
  const dataDir = mkdtempSync(join(QUICK_FOLDER, 'mfa-bench-'));
  const sandbox = await startSandbox({ dataDir, world: () => world, clock: time.vendors, startAt: 'world' });
  const agent = new Agent({ connect: { ca: readFileSync(sandbox.caFile, 'utf8') } });
  const connected: Connections[] = [];
  return {
    time,
    sandbox,
    setUp,
    truth,
    agent,
    connect() {
      const connections = connect({ sandbox, setUp, time });
      connected.push(connections);
      return connections;
    },
    token: () => requestToken({ sandbox, setUp, agent }),
    traffic: () => trafficOf(sandbox),
    forget() {
      sandbox.requests.clear();
      sandbox.throttle.clear();
    },
    async stop() {
      for (const connections of connected) await connections.close();
      await agent.destroy();
      await sandbox.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function logOf({ signIns }: Tenant, ordinary: TenantOptions['ordinarySignIns']): Tenant['signIns'] {
  const isOrdinary = (row: Tenant['signIns'][number]) => MODERN_CLIENTS.has(String(row.clientAppUsed));
  if (ordinary === 'few') return signIns.filter((row, index) => !isOrdinary(row) || index % FEW_ONE_IN === 0);
  const shown = { isInteractive: true, signInEventTypes: ['interactiveUser'] };
  return signIns.map((row) => (isOrdinary(row) ? { ...row, ...shown } : row));
}

function connect({ sandbox, setUp, time }: Pick<BenchTenant, 'sandbox' | 'setUp' | 'time'>): Connections {
  const { tenantId, clientId, clientSecret, bamboohr, timeZone } = setUp;
  return createConnections(
    {
      graph: {
        baseUrl: sandbox.urls.graph,
        loginUrl: sandbox.urls.login,
        tenantId,
        clientId,
        credential: { kind: 'secret', secret: clientSecret },
      },
      hr: {
        kind: 'bamboohr',
        baseUrl: sandbox.urls.bamboohr,
        route: 'gateway',
        timeZone,
        company: bamboohr.company,
        access: { kind: 'apiKey', apiKey: bamboohr.apiKey },
      },
      tls: { caFile: sandbox.caFile },
    },
    { clock: time.callers, log: silentLog, pacers: createPacers(time.callers), random: () => 0 },
  );
}

const tokenAnswer = z.object({ access_token: z.string() });

async function requestToken(of: Pick<BenchTenant, 'sandbox' | 'setUp' | 'agent'>): Promise<string> {
  const { tenantId, clientId, clientSecret } = of.setUp;
  const answer = await request(`${of.sandbox.urls.login}/${tenantId}/oauth2/v2.0/token`, {
    dispatcher: of.agent,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }).toString(),
  });
  return tokenAnswer.parse(await answer.body.json()).access_token;
}

/** Requests to Graph; a batch counts as each of the calls inside it, as Graph counts them. */
function trafficOf(sandbox: Sandbox): Traffic {
  const graph = sandbox.requests.list().filter(({ vendor }) => vendor === 'graph');
  const counted = graph.filter(({ template }) => template !== '/$batch');
  return {
    requests: counted.length,
    refused: counted.filter(({ status }) => status === 429).length,
    bytes: graph.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Tenants that several benches of one process share: a large one takes long to generate. */
export type BenchTenants = {
  /** The tenant of these options, started when it is asked for the first time. */
  get(options: TenantOptions): Promise<BenchTenant>;
  stop(): Promise<void>;
};

/** Creates an empty stock of tenants. */
export function createBenchTenants(): BenchTenants {
  const started = new Map<string, Promise<BenchTenant>>();
  return {
    get(options) {
      const { size, name, ordinarySignIns, signInsPerPerson } = options;
      const key = JSON.stringify([size, name, ordinarySignIns, signInsPerPerson]);
      const known = started.get(key) ?? startBenchTenant(options);
      started.set(key, known);
      return known;
    },
    async stop() {
      for (const tenant of started.values()) await (await tenant).stop();
    },
  };
}
