/**
 * Process entry of the sandbox: `node src/sandbox/main.ts --data-dir DIR [--port N] [--world NAME] [--seed N]
 * [--size N] [--hr bamboohr|workday] [--start world|machine] [--bot-endpoint URL] [--life]
 * [--stop-with-input]`. Prints one line of JSON with the addresses when it answers, and stops on
 * SIGTERM or SIGINT. With --stop-with-input it stops when its standard input ends, as it does when the starter dies, and
 * leaves Ctrl+C to the starter, who still needs it while he stops.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFileWhole } from './http/certificates.ts';
import { startSandbox } from './sandbox.ts';
import { setUpsOf } from './set-up.ts';
import { generateWorld, WORLD_NAMES, type WorldName } from './world/generate.ts';
import type { CustomerTruth, HrSource } from './world/world.ts';

type Declared = CustomerTruth['declared'];

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    port: { type: 'string', default: '0' },
    world: { type: 'string', default: 'reference' },
    seed: { type: 'string', default: '1' },
    size: { type: 'string', default: '200' },
    hr: { type: 'string', default: 'bamboohr' },
    start: { type: 'string', default: 'machine' },
    'bot-endpoint': { type: 'string' },
    life: { type: 'boolean', default: false },
    'stop-with-input': { type: 'boolean', default: false },
  },
});

// A terminal tells the starter as well, who stops this process when he needs it no more.
if (values['stop-with-input']) process.on('SIGINT', () => undefined);

const NOTHING_DECLARED: Declared = {
  breakGlass: [],
  serviceAccounts: [],
  exceptionGroupId: null,
  breakGlassGroupId: null,
};

function fail(message: string): never {
  process.stderr.write(`sandbox: ${message}\n`);
  process.exit(2);
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) fail(`--${name} must be a whole number, not '${text}'`);
  return Number(text);
}

function worldName(text: string): WorldName {
  const name = WORLD_NAMES.find((candidate) => candidate === text);
  return name ?? fail(`--world must be one of ${WORLD_NAMES.join(', ')}, not '${text}'`);
}

function hrSource(text: string): HrSource {
  return text === 'bamboohr' || text === 'workday' ? text : fail(`--hr is bamboohr or workday, not '${text}'`);
}

const dataDir = values['data-dir'] ?? fail('--data-dir is missing: the folder in which the sandbox keeps its state');
const startAt =
  values.start === 'world' || values.start === 'machine' ? values.start : fail('--start is world or machine');
const options = {
  name: worldName(values.world),
  seed: wholeNumber('seed', values.seed),
  size: wholeNumber('size', values.size),
  hr: hrSource(values.hr),
};

const customersFile = join(dataDir, 'customers.json');
const truthFile = join(dataDir, 'truth.json');
const botEndpoint = values['bot-endpoint'];
if (botEndpoint !== undefined && URL.parse(botEndpoint) === null)
  fail(`--bot-endpoint is an address, not '${botEndpoint}'`);

const sandbox = await startSandbox({
  dataDir,
  port: wholeNumber('port', values.port),
  startAt,
  ...(values.life ? { life: true } : {}),
  ...(botEndpoint === undefined ? {} : { botEndpoint }),
  world: () => {
    // Under the machine's time the world begins now, so that its recent past is recent for its visitors too.
    const startsAt = startAt === 'machine' ? { startsAt: new Date().toISOString() } : {};
    const { world, truth } = generateWorld({ ...options, ...startsAt });
    writeFileWhole(truthFile, JSON.stringify(truth), 0o600);
    return world;
  },
});

// Written at every start: it holds addresses, and a folder of an earlier version lacks what was added since.
const declared = declaredByTenant();
const setUps = setUpsOf(
  sandbox.begun,
  (tenantId) => declared.get(tenantId) ?? NOTHING_DECLARED,
  sandbox.urls.connector,
);
writeFileWhole(customersFile, JSON.stringify(setUps), 0o600);

const ready = {
  ready: true,
  urls: sandbox.urls,
  caFile: sandbox.caFile,
  controlTokenFile: join(dataDir, 'control-token'),
  customersFile,
  googleKeyFile: sandbox.googleKeyFile,
  app: sandbox.app,
};
process.stdout.write(`${JSON.stringify(ready)}\n`);

/** What the customers' own people declare, by the truth that was written when the world was made. */
function declaredByTenant(): Map<string, Declared> {
  if (!existsSync(truthFile)) return new Map();
  const truth = JSON.parse(readFileSync(truthFile, 'utf8')) as {
    customers: { tenantId: string; declared: Declared }[];
  };
  return new Map(truth.customers.map((customer) => [customer.tenantId, customer.declared]));
}

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  void sandbox.stop().then(() => process.exit(0));
}
process.on('SIGTERM', stop);
if (!values['stop-with-input']) process.on('SIGINT', stop);
else process.stdin.on('end', stop).on('error', stop).resume();
