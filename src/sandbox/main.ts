/**
 * Process entry of the sandbox: `node src/sandbox/main.ts --data-dir DIR [--port N] [--world NAME] [--seed N]
 * [--size N] [--hr bamboohr|workday] [--start world|machine] [--stop-with-input]`. Prints one line of JSON with the addresses when it answers, and stops on
 * SIGTERM or SIGINT, and with --stop-with-input when its standard input ends, as it does when the starter dies.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFileWhole } from './http/certificates.ts';
import { startSandbox } from './sandbox.ts';
import { setUpsOf } from './set-up.ts';
import { generateWorld, WORLD_NAMES, type WorldName } from './world/generate.ts';
import type { HrSource } from './world/world.ts';

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    port: { type: 'string', default: '0' },
    world: { type: 'string', default: 'reference' },
    seed: { type: 'string', default: '1' },
    size: { type: 'string', default: '200' },
    hr: { type: 'string', default: 'bamboohr' },
    start: { type: 'string', default: 'machine' },
    'stop-with-input': { type: 'boolean', default: false },
  },
});

const NOTHING_DECLARED = { breakGlass: [], serviceAccounts: [], exceptionGroupId: null, breakGlassGroupId: null };

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

const sandbox = await startSandbox({
  dataDir,
  port: wholeNumber('port', values.port),
  startAt,
  world: () => {
    // Under the machine's time the world begins now, so that its recent past is recent for its visitors too.
    const startsAt = startAt === 'machine' ? { startsAt: new Date().toISOString() } : {};
    const { world, truth } = generateWorld({ ...options, ...startsAt });
    writeFileWhole(join(dataDir, 'truth.json'), JSON.stringify(truth), 0o600);
    const declared = new Map(truth.customers.map((customer) => [customer.tenantId, customer.declared]));
    const setUps = setUpsOf(world, (tenantId) => declared.get(tenantId) ?? NOTHING_DECLARED);
    writeFileWhole(customersFile, JSON.stringify(setUps), 0o600);
    return world;
  },
});

process.stdout.write(
  `${JSON.stringify({ ready: true, urls: sandbox.urls, caFile: sandbox.caFile, controlTokenFile: join(dataDir, 'control-token'), customersFile, googleKeyFile: sandbox.googleKeyFile })}\n`,
);

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  void sandbox.stop().then(() => process.exit(0));
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
if (values['stop-with-input']) process.stdin.on('end', stop).on('error', stop).resume();
