import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { createBambooHr } from './bamboohr/bamboohr.ts';
import { createWebhookPost, type WebhookPost } from './bamboohr/deliveries.ts';
import type { SandboxClock } from './clock.ts';
import { type ConnectWiseDeps, contextOf, createConnectWise } from './connectwise/connectwise.ts';
import type { CwContext } from './connectwise/context.ts';
import { createCourier } from './connectwise/courier.ts';
import { answerControl } from './control/control.ts';
import { createGmail } from './gmail/gmail.ts';
import { loadServiceAccountKey, type ServiceAccountKey } from './gmail/service-account.ts';
import { createGoogleToken } from './gmail/token-endpoint.ts';
import { createGraph } from './graph/graph.ts';
import { createNotices, type Notices } from './graph/notices.ts';
import { GRAPH_LIMITS, type GraphLimits } from './graph/throttling.ts';
import { loadServerIdentity, writeFileWhole } from './http/certificates.ts';
import type { Answer, VendorApp } from './http/exchange.ts';
import type { Faults } from './http/faults.ts';
import type { InProcessAnswer, InProcessCall } from './http/in-process.ts';
import type { RequestLog } from './http/requests.ts';
import { createVendorHandler, readCall, send } from './http/server.ts';
import { createLife } from './life/life.ts';
import { DEFAULT_LIFE } from './life/life-state.ts';
import { ADDRESSES, type Address, createCarry, listenAll, type SandboxUrls } from './listeners.ts';
import { loadSigningKeys, type SigningKeys } from './login/keys.ts';
import { createLogin } from './login/login.ts';
import { setTenantOptions, type WorldHandle } from './people.ts';
import { type Parts, restore, stateAt, walk } from './restore.ts';
import { type Journal, openJournal, UNKEPT } from './state/journal.ts';
import { createBotLink } from './teams/bot-link.ts';
import { createConnector, METADATA_PATH } from './teams/connector.ts';
import type { Cast } from './teams/equip.ts';
import { CONNECTOR_LIMITS, type ConnectorLimits } from './teams/limits.ts';
import { createStandIn } from './teams/stand-in.ts';
import { createTeams, type Teams } from './teams/teams.ts';
import type { Throttle } from './throttle.ts';
import { createWatch, type Watch } from './watch.ts';
import { createWorkday } from './workday/workday.ts';
import type { World } from './world/world.ts';

export type SandboxOptions = {
  /** Folder of everything that lasts: the journal, the keys, the certificates, the control token. */
  dataDir: string;
  /** The world of a new folder; a folder that has one keeps it and ignores this. */
  world: World | (() => World | Promise<World>);
  /** False: what happens is forgotten with the process, and no answer waits for the disk. */
  isKept?: boolean;
  /** The time under the sandbox's own offset; default: the machine's. */
  clock?: Clock;
  /** First of as many ports in a row as there are listeners; 0 or absent: the ports of the last run when they are free, else any. */
  port?: number;
  /** `world`: a new folder's clock begins at `world.startsAt`; `machine` (default): at the time of `clock`. */
  startAt?: 'machine' | 'world';
  /** Other limits than the published ones. */
  limits?: Partial<GraphLimits & ConnectorLimits>;
  /** Whether the people of every tenant live while the clock is turned; what is left out stays as it was. */
  life?: boolean;
  /** Where the product's bot answers, when that is known at the start; it can be told at any time by control. */
  botEndpoint?: string;
};

/** What the ready line says about the app. */
type AppFacts = {
  appId: string;
  appSecret: string;
  homeTenantId: string;
  openIdMetadataUrl: string;
  loginUrl: string;
  /** The id in the app's manifest. */
  teamsAppId: string;
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
  /** The provider's application and where its tokens come from: what a deployment is told about Teams. */
  app: AppFacts;
  /** The world as it began, for what is told about its customers. */
  begun: World;
  /** Teams as people and tests use it. */
  teams: Teams;
  /** Answers a call to one of its addresses without the network; undefined for any other. */
  carry(url: string, call: InProcessCall): Promise<InProcessAnswer> | undefined;
  /** Turns the clock on by `ms`; the offset is kept. */
  advance(ms: number): void;
  /** Stops listening and closes the journal; answers under way are cut. */
  stop(): Promise<void>;
};

const CONTROL_TOKEN_BYTES = 32;

/**
 * Starts the simulated vendors on loopback over TLS. What they answered is in the folder before the answer leaves,
 * so that a killed sandbox goes on where it stood. Refuses a folder written by another layout of the journal.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const identity = await loadServerIdentity(options.dataDir, Date.now());
  const keys = await loadSigningKeys(options.dataDir);
  const channelKeys = await loadSigningKeys(options.dataDir, 'channel');
  const googleKey = loadServiceAccountKey(options.dataDir);
  const journal = openJournal(options.isKept === false ? UNKEPT : join(options.dataDir, 'sandbox.db'));
  const parts = await restore(journal, options);
  const { world, clock, faults, requests, throttle } = parts;
  const urls = Object.fromEntries(ADDRESSES.map((address) => [address, ''])) as SandboxUrls;
  const courier = createCourier(identity.caFile);
  const psa = { world, clock, throttle, courier, url: () => urls.connectwise };
  const link = createBotLink({ state: world.state, clock, keys: channelKeys, caFile: identity.caFile });
  const limits = { ...GRAPH_LIMITS, ...CONNECTOR_LIMITS, ...options.limits };
  const teams = createTeams({ world, clock, keys, link, urls: () => urls });
  const webhooks = createWebhookPost({ ...world, clock, caFile: identity.caFile });
  const notices = createNotices({ state: world.state, clock, caFile: identity.caFile });
  parts.hook.observe = (event, apply) =>
    teams.observe(event, () => webhooks.observe(event, () => notices.observe(event, apply)));
  const apps = createApps(parts, { urls, keys, channelKeys, googleKey, psa, limits, teams, notices });
  const controlToken = loadControlToken(options.dataDir);
  const watch = createWatch({
    state: world.state,
    now: world.now,
    stateAt: (seq) => stateAt(journal, seq),
    walk: (visit) => walk(journal, world.state.seq, visit),
  });
  const connectWise = (by: string) => contextOf(psa, by);
  const setOffset = createTurn(journal, parts, { connectWise, webhooks });
  const turning = { offsetMs: () => clock.offsetMs(), setOffset };
  const given = { world, watch, teams, log: requests, faults, urls: () => urls, connectWise, ...turning };
  const control = { token: controlToken, ...given };
  const standIn = createStandIn({ teams, login: apps.login, clock, keys, urls: () => urls });
  const listeners = await listenAll({ identity, journal, port: options.port ?? 0 }, (address) => {
    if (address === 'standIn') return standIn.handle;
    if (address !== 'control') return createVendorHandler(apps[address], { clock, log: requests, faults });
    return async (request, response) => {
      const call = await readCall(request, response);
      if (call !== null) send({ request, response }, await answerControl(control, call));
    };
  });
  for (const address of ADDRESSES) urls[address] = listeners[address].url;
  if (options.life !== undefined) switchLife(world, options.life);
  if (options.botEndpoint !== undefined) world.record({ type: 'bot.set', endpoint: options.botEndpoint });
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
    ...{ begun: parts.begun, teams, carry: createCarry(listeners) },
    app: appFactsOf(world.state.cast, urls),
    advance: (ms) => setOffset(clock.offsetMs() + ms),
    async stop() {
      standIn.stop();
      await Promise.all(ADDRESSES.map((address) => listeners[address].stop()));
      for (const post of [courier, webhooks, notices, link]) await post.stop();
      journal.close();
    },
  };
}

/** The way in which the clock is turned: whatever people do until then is kept with the turn or not at all. */
function createTurn(
  journal: Journal,
  { world, clock }: Parts,
  { connectWise, webhooks }: { connectWise: (by: string) => CwContext; webhooks: Pick<WebhookPost, 'sendDue'> },
): (offsetMs: number) => void {
  const life = createLife({ world, clock, connectWise });
  return (offsetMs) => {
    const instantMs = clock.now() - clock.offsetMs() + offsetMs;
    journal.together(() => {
      life.liveUntil(instantMs);
      world.record({ type: 'clock.set', offsetMs });
    });
    clock.setOffset(offsetMs);
    webhooks.sendDue();
  };
}

function switchLife(world: WorldHandle, isOn: boolean): void {
  for (const [tenantId, { options }] of world.state.tenants) {
    if ((options.life !== null) !== isOn) setTenantOptions(world, tenantId, { life: isOn ? DEFAULT_LIFE : null });
  }
}

type Apps = Record<Exclude<Address, 'control' | 'standIn'>, VendorApp & { errorAnswer(status: number): Answer }>;

type Given = {
  urls: SandboxUrls;
  keys: SigningKeys;
  channelKeys: SigningKeys;
  googleKey: ServiceAccountKey;
  psa: ConnectWiseDeps;
  limits: GraphLimits & ConnectorLimits;
  teams: Teams;
  notices: Notices;
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
    graph: createGraph({
      ...{ ...common, throttle, limits, faults, log: requests },
      ...{ publicKey: keys.publicKey, notices: given.notices },
    }),
    bamboohr: createBambooHr({ state: world.state, clock, throttle, record: world.record }),
    workday: createWorkday({ state: world.state, clock }),
    gmail: createGmail({ world, clock, throttle, tokenSecret: googleKey.tokenSecret }),
    googleToken: createGoogleToken({
      state: world.state,
      clock,
      key: googleKey,
      tokenUrl: () => `${urls.googleToken}/token`,
    }),
    connectwise: createConnectWise(given.psa),
    connector: createConnector({
      world,
      clock,
      throttle,
      limits,
      channelKeys: given.channelKeys,
      loginKey: keys.publicKey,
      loginUrl: () => urls.login,
      url: () => urls.connector,
      typing: given.teams.botTypes,
    }),
  };
}

function appFactsOf({ provider }: Cast, urls: SandboxUrls): AppFacts {
  return {
    appId: provider.app.appId,
    appSecret: provider.app.appSecret,
    homeTenantId: provider.tenantId,
    openIdMetadataUrl: `${urls.connector}${METADATA_PATH}`,
    loginUrl: urls.login,
    teamsAppId: provider.app.manifestId,
  };
}

function loadControlToken(folder: string): string {
  const file = join(folder, 'control-token');
  if (!existsSync(file)) writeFileWhole(file, randomBytes(CONTROL_TOKEN_BYTES).toString('base64url'), 0o600);
  return readFileSync(file, 'utf8').trim();
}
