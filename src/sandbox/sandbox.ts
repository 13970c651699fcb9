import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../lib/clock.ts';
import { createBambooHr } from './bamboohr/bamboohr.ts';
import { createSandboxClock, type SandboxClock } from './clock.ts';
import { type ConnectWiseDeps, contextOf, createConnectWise } from './connectwise/connectwise.ts';
import { createCourier } from './connectwise/courier.ts';
import { applyConnectWiseEvent, type ConnectWiseEvent } from './connectwise/state.ts';
import { answerControl } from './control/control.ts';
import { createGmail } from './gmail/gmail.ts';
import { loadServiceAccountKey, type ServiceAccountKey } from './gmail/service-account.ts';
import { applyGmailEvent, type GmailEvent } from './gmail/state.ts';
import { createGoogleToken } from './gmail/token-endpoint.ts';
import { createGraph } from './graph/graph.ts';
import { GRAPH_LIMITS, type GraphLimits } from './graph/throttling.ts';
import { loadServerIdentity, type ServerIdentity, writeFileWhole } from './http/certificates.ts';
import type { Answer, VendorApp } from './http/exchange.ts';
import { createFaults, type Fault, type Faults, faultSchema } from './http/faults.ts';
import { createRequestLog, type RequestLog } from './http/requests.ts';
import { createVendorHandler, type Listener, listen, readCall, send } from './http/server.ts';
import { loadSigningKeys, type SigningKeys } from './login/keys.ts';
import { createLogin } from './login/login.ts';
import type { WorldHandle } from './people.ts';
import { applyCompanyEvent, applyTenantEvent } from './state/apply.ts';
import type { SandboxEvent } from './state/events.ts';
import { type Journal, openJournal } from './state/journal.ts';
import { buildState, type SandboxState } from './state/state.ts';
import { createThrottle, type Throttle } from './throttle.ts';
import { createWatch, type Watch } from './watch.ts';
import { createWorkday } from './workday/workday.ts';
import type { World } from './world/world.ts';

type SandboxUrls = Record<(typeof VENDORS)[number], string>;

export type SandboxOptions = {
  /** Folder of everything that lasts: the journal, the keys, the certificates, the control token. */
  dataDir: string;
  /** The world of a new folder; a folder that has one keeps it and ignores this. */
  world: World | (() => World | Promise<World>);
  /** The time under the sandbox's own offset; default: the machine's. */
  clock?: Clock;
  /** First of as many ports in a row as there are listeners; 0 or absent: the ports of the last run when they are free, else any. */
  port?: number;
  /** `world`: a new folder's clock begins at `world.startsAt`; `machine` (default): at the time of `clock`. */
  startAt?: 'machine' | 'world';
  /** Other limits than the published ones. */
  limits?: Partial<GraphLimits>;
};

/** A running sandbox. It is a `WorldHandle` too: the functions of `people.ts` change its world. */
export type Sandbox = WorldHandle & {
  urls: SandboxUrls;
  caFile: string;
  /** Google's key file of the service account, with the address of this sandbox in it. */
  googleKeyFile: string;
  controlToken: string;
  clock: SandboxClock;
  requests: RequestLog;
  faults: Faults;
  throttle: Throttle;
  /** Who is locked out and who lost cover, by the sandbox's own evaluator. */
  watch: Watch;
  /** Turns the clock on by `ms`; the offset is kept. */
  advance(ms: number): void;
  /** Stops listening and closes the journal; answers under way are cut. */
  stop(): Promise<void>;
};

/** In the order of their ports; a new one goes to the end, so that the others keep theirs. */
const VENDORS = ['login', 'graph', 'bamboohr', 'control', 'workday', 'gmail', 'googleToken', 'connectwise'] as const;
const CONTROL_TOKEN_BYTES = 32;

/**
 * Starts the simulated vendors on loopback over TLS. What they answered is in the folder before the answer leaves,
 * so that a killed sandbox goes on where it stood. Refuses a folder written by another layout of the journal.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const identity = await loadServerIdentity(options.dataDir, Date.now());
  const keys = await loadSigningKeys(options.dataDir);
  const googleKey = loadServiceAccountKey(options.dataDir);
  const journal = openJournal(join(options.dataDir, 'sandbox.db'));
  const parts = await restore(journal, options);
  const { world, clock, faults, requests, throttle } = parts;
  const urls = Object.fromEntries(VENDORS.map((vendor) => [vendor, ''])) as SandboxUrls;
  const courier = createCourier(identity.caFile);
  const psa = { world, clock, throttle, courier, url: () => urls.connectwise };
  const apps = createApps(parts, { urls, keys, googleKey, psa, limits: { ...GRAPH_LIMITS, ...options.limits } });
  const controlToken = loadControlToken(options.dataDir);
  const setOffset = (offsetMs: number) => {
    world.record({ type: 'clock.set', offsetMs });
    clock.setOffset(offsetMs);
  };
  const watch = createWatch({ state: world.state, now: world.now, stateAt: (seq) => stateAt(journal, seq) });
  const control = {
    token: controlToken,
    world,
    watch,
    log: requests,
    faults,
    urls: () => urls,
    connectWise: (by: string) => contextOf(psa, by),
    offsetMs: () => clock.offsetMs(),
    setOffset,
  };
  const listeners = await listenAll({ identity, journal, port: options.port ?? 0 }, (vendor) => {
    if (vendor !== 'control') return createVendorHandler(apps[vendor], { clock, log: requests, faults });
    return async (request, response) => {
      const call = await readCall(request, response);
      if (call !== null) send({ request, response }, answerControl(control, call));
    };
  });
  for (const vendor of VENDORS) urls[vendor] = listeners[vendor].url;
  return {
    ...world,
    urls,
    caFile: identity.caFile,
    googleKeyFile: googleKey.writeKeyFile(world.state.gmail.serviceAccount, `${urls.googleToken}/token`),
    controlToken,
    clock,
    requests,
    faults,
    throttle,
    watch,
    advance: (ms) => setOffset(clock.offsetMs() + ms),
    async stop() {
      await Promise.all(VENDORS.map((vendor) => listeners[vendor].stop()));
      await courier.stop();
      journal.close();
    },
  };
}

type Parts = { world: WorldHandle; clock: SandboxClock; faults: Faults; requests: RequestLog; throttle: Throttle };

/** Brings the world back to where the journal ends, or begins a new one. */
async function restore(journal: Journal, options: SandboxOptions): Promise<Parts> {
  const isNew = journal.readWorld() === null;
  const begun = await loadWorld(journal, options);
  const base = options.clock ?? systemClock;
  const clock = createSandboxClock(base, options.startAt === 'world' ? Date.parse(begun.startsAt) - base.now() : 0);
  const state = buildState(begun);
  const armed = replay(journal, state, clock);
  const record = createRecorder(journal, state, clock);
  if (isNew) record({ type: 'clock.set', offsetMs: clock.offsetMs() });
  const faults = createFaults(createDraws(begun.seed), (list) => record({ type: 'faults.set', faults: list }));
  for (const fault of armed) faults.put(fault);
  const world = { state, now: () => clock.now(), record };
  return { world, clock, faults, requests: createRequestLog(), throttle: createThrottle(clock) };
}

type Apps = Record<Exclude<(typeof VENDORS)[number], 'control'>, VendorApp & { errorAnswer(status: number): Answer }>;

type Given = {
  urls: SandboxUrls;
  keys: SigningKeys;
  googleKey: ServiceAccountKey;
  psa: ConnectWiseDeps;
  limits: GraphLimits;
};

function createApps(parts: Parts, given: Given): Apps {
  const { world, clock, faults, requests, throttle } = parts;
  const { urls, keys, googleKey, limits } = given;
  const common = {
    state: world.state,
    clock,
    record: world.record,
    graphUrl: () => urls.graph,
    loginUrl: () => urls.login,
  };
  return {
    login: createLogin({ ...common, keys }),
    graph: createGraph({ ...common, publicKey: keys.publicKey, throttle, limits, faults, log: requests }),
    bamboohr: createBambooHr({ state: world.state, clock, throttle }),
    workday: createWorkday({ state: world.state, clock }),
    gmail: createGmail({ world, clock, throttle, tokenSecret: googleKey.tokenSecret }),
    googleToken: createGoogleToken({
      state: world.state,
      clock,
      key: googleKey,
      tokenUrl: () => `${urls.googleToken}/token`,
    }),
    connectwise: createConnectWise(given.psa),
  };
}

async function loadWorld(journal: Journal, options: SandboxOptions): Promise<World> {
  const stored = journal.readWorld();
  if (stored !== null) return stored;
  const world = typeof options.world === 'function' ? await options.world() : structuredClone(options.world);
  journal.writeWorld(world);
  return world;
}

/** Applies what the journal holds; gives the faults that were switched on last. */
function replay(journal: Journal, state: SandboxState, clock: SandboxClock): Fault[] {
  let faults: Fault[] = [];
  for (const { seq, at, event } of journal.entries()) {
    applyEvent(state, event, { seq, at });
    if (event.type === 'clock.set') clock.setOffset(event.offsetMs);
    if (event.type === 'faults.set') faults = event.faults.map((fault) => faultSchema.parse(fault));
  }
  return faults;
}

/** The world as it was at a place of the journal, built anew. */
function stateAt(journal: Journal, lastSeq: number): SandboxState {
  const world = journal.readWorld();
  if (world === null) throw new Error('the journal holds no world');
  const state = buildState(world);
  for (const { seq, at, event } of journal.entries()) {
    if (seq > lastSeq) break;
    applyEvent(state, event, { seq, at });
  }
  return state;
}

/** Keeps what happens; an event that names nothing throws and is not kept. */
function createRecorder(journal: Journal, state: SandboxState, clock: Clock): (event: SandboxEvent) => void {
  return (event) => {
    const at = clock.now();
    journal.append(at, event, (seq) => applyEvent(state, event, { seq, at }));
  };
}

function applyEvent(state: SandboxState, event: SandboxEvent, place: { seq: number; at: number }): void {
  state.seq = place.seq;
  if ('tenantId' in event) {
    const tenant = state.tenants.get(event.tenantId);
    if (tenant !== undefined) applyTenantEvent(tenant, event, place.seq);
    return;
  }
  if (event.type.startsWith('connectwise.')) {
    applyConnectWiseEvent(state.connectwise, event as ConnectWiseEvent);
    return;
  }
  if (event.type.startsWith('gmail.')) {
    applyGmailEvent(state.gmail, event as GmailEvent);
    return;
  }
  if (!('domain' in event)) return;
  const company = state.companies.get(event.domain);
  if (company !== undefined) applyCompanyEvent(company, event, new Date(place.at).toISOString());
}

function loadControlToken(folder: string): string {
  const file = join(folder, 'control-token');
  if (!existsSync(file)) writeFileWhole(file, randomBytes(CONTROL_TOKEN_BYTES).toString('base64url'), 0o600);
  return readFileSync(file, 'utf8').trim();
}

/** Draws for faults with a probability: the same world and the same calls give the same draws (mulberry32). */
function createDraws(seed: number): () => number {
  let place = seed >>> 0;
  return () => {
    place = (place + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(place ^ (place >>> 15), place | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Handlers = (vendor: (typeof VENDORS)[number]) => Parameters<typeof listen>[1];
type Listeners = Record<(typeof VENDORS)[number], Listener>;

/**
 * Opens one listener for each vendor. Addresses stand in tokens and links that callers keep, so the ports of the
 * last run are taken again when nobody else has them.
 */
async function listenAll(
  given: { identity: ServerIdentity; journal: Journal; port: number },
  handlerOf: Handlers,
): Promise<Listeners> {
  const { identity, journal, port } = given;
  const open: Partial<Listeners> = {};
  for (const [index, vendor] of VENDORS.entries()) {
    const wanted = port === 0 ? Number(journal.readSetting(`port ${vendor}`) ?? '0') : port + index;
    open[vendor] = await listen({ identity, port: wanted }, handlerOf(vendor)).catch(async (error: unknown) => {
      // A remembered port that somebody else has by now is no reason not to start; a port that was asked for is.
      if (port !== 0 || wanted === 0) throw error;
      return listen({ identity, port: 0 }, handlerOf(vendor));
    });
    journal.writeSetting(`port ${vendor}`, String(open[vendor].port));
  }
  return open as Listeners;
}
