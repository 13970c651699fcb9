import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './lib/errors.ts';

/** What the environment may say; the only place where it is read. */
const environment = z.object({
  PORT: z.coerce.number({ error: 'a port number' }).int().min(0).max(65_535).default(3978),
  /** Where to listen; a container listens on all its addresses, behind something that ends TLS. */
  HOST: z.union([z.ipv4(), z.ipv6()], { error: 'an IP address such as 127.0.0.1 or 0.0.0.0' }).default('127.0.0.1'),
  DATA_DIR: z.string().min(1, 'a folder').default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'a PostgreSQL address: postgres://user:password@host:5432/database')
    .optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  /** For tests only: the named point at which this process kills itself. */
  MFA_ROLLOUT_STOP_AT: z.string().min(1).optional(),
  /** The Entra application that is the bot and the tab's sign-in; the two ids and the secret belong together. */
  BOT_APP_ID: z.guid({ error: 'an application id' }).optional(),
  BOT_APP_SECRET: z.string().min(1).optional(),
  BOT_TENANT_ID: z.guid({ error: 'a tenant id' }).optional(),
  PUBLIC_URL: z
    .string()
    .regex(/^https:\/\/[^\s/?#]+$/, 'an https:// address without a path')
    .optional(),
  BOT_LOGIN_URL: z.url({ protocol: /^https$/ }).default('https://login.microsoftonline.com'),
  BOT_OPENID_URL: z
    .url({ protocol: /^https$/ })
    .default('https://login.botframework.com/v1/.well-known/openidconfiguration'),
  BOT_CONNECTOR_HOSTS: z.string().default(''),
  SANDBOX: z.enum(['on', 'off']).default('on'),
  SANDBOX_PORT: z.coerce.number({ error: 'a port number' }).int().min(0).max(65_535).default(0),
  SANDBOX_WORLD: z.string().min(1, 'the name of a world').default('reference'),
  SANDBOX_HR: z.enum(['bamboohr', 'workday']).default('bamboohr'),
  SANDBOX_SEED: z.coerce.number({ error: 'a whole number' }).int().min(0).default(1),
  SANDBOX_SIZE: z.coerce.number({ error: 'a number of people' }).int().min(100).max(200_000).default(200),
  SANDBOX_LIFE: z.enum(['on', 'off']).default('off'),
});

export type Config = {
  port: number;
  host: string;
  /** Absolute path of the folder that holds the embedded store, the command socket and the sandbox's state. */
  dataDir: string;
  databaseUrl: string | undefined;
  logLevel: z.infer<typeof environment>['LOG_LEVEL'];
  /** Undefined where no bot is registered: then there are the command line and the guide, but no bot and no tab. */
  teams: TeamsSettings | undefined;
  /** A test's stop point; see lib/stop-point.ts. */
  stopAt: string | undefined;
  sandbox: SandboxSettings | undefined;
};

/** The made-up company that the sandbox plays; `life`: its people sign in, enrol and forget by themselves. */
export type SandboxSettings = {
  port: number;
  world: string;
  hr: 'bamboohr' | 'workday';
  seed: number;
  size: number;
  life: boolean;
};

/** What the bot and the tab need to know of their own registration and of the Microsoft services they talk to. */
export type TeamsSettings = {
  /** One Entra application: the bot's id and the tab's sign-in audience. */
  appId: string;
  appSecret: string;
  /** The provider's own tenant, where the application is registered. */
  homeTenantId: string;
  loginUrl: string;
  /** Keys that sign the activities which reach the bot. */
  openIdMetadataUrl: string;
  /** `host[:port]` that may stand in a service URL besides the published ones. */
  connectorHosts: readonly string[];
  /** Where people's browsers reach this server. */
  publicUrl: string;
  /** Where the bot begins with a tenant it never heard from, `{tenantId}` being that tenant: sandbox only. */
  firstServiceUrl?: string;
  /** The page that plays Teams: sandbox only. */
  standInOrigin?: string;
  /** A certificate authority that is trusted besides the public ones: sandbox only. */
  caFile?: string;
};

/** Where the state lives: the folder `store` in the data folder, or the PostgreSQL server of DATABASE_URL. */
export function storeLocation(
  config: Pick<Config, 'dataDir' | 'databaseUrl'>,
): { dataDir: string } | { databaseUrl: string } {
  return config.databaseUrl === undefined
    ? { dataDir: join(config.dataDir, 'store') }
    : { databaseUrl: config.databaseUrl };
}

/** Names that look like ours but are not: a misspelt setting must not be silently without effect. */
const OWN_PREFIXES = ['SANDBOX', 'BOT_', 'MFA_ROLLOUT_'];

/** Settings of the bot that only make sense together. */
const BOT_NAMES = ['BOT_APP_ID', 'BOT_APP_SECRET', 'BOT_TENANT_ID', 'PUBLIC_URL'] as const;

/**
 * Reads the settings from the environment. Refuses with `settings_invalid`, listing every mistake at once by name;
 * values are not repeated, since one of them may be a password in a database address.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(set);
  const unknown = Object.keys(set)
    .filter((name) => OWN_PREFIXES.some((prefix) => name.startsWith(prefix)) && !(name in environment.shape))
    .map((name) => `${name}: no such setting`);
  const missing = BOT_NAMES.some((name) => name in set)
    ? BOT_NAMES.filter((name) => !(name in set)).map(
        (name) => `${name}: is missing; it belongs to ${BOT_NAMES.join(', ')}`,
      )
    : [];
  const sandboxed =
    'BOT_APP_ID' in set && set.SANDBOX !== 'off'
      ? ['SANDBOX: must be off where a bot is registered: the sandbox brings a bot of its own']
      : [];
  const exposed =
    set.HOST !== undefined && set.HOST !== '127.0.0.1' && set.HOST !== '::1' && set.SANDBOX !== 'off'
      ? ['HOST: only this machine may reach the sandbox, whose people and passwords are on show']
      : [];
  const wrong = parsed.success ? [] : parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`);
  if (!parsed.success || [...unknown, ...missing, ...sandboxed, ...exposed].length > 0) {
    const mistakes = [...wrong, ...missing, ...sandboxed, ...exposed, ...unknown];
    throw new AppError('settings_invalid', `settings refused: ${mistakes.join('; ')}`, {
      userMessage: `These settings are wrong. Correct them and start again.\n${mistakes.map((text) => `  - ${text}`).join('\n')}`,
    });
  }
  const value = parsed.data;
  return {
    port: value.PORT,
    host: value.HOST,
    dataDir: resolve(value.DATA_DIR),
    databaseUrl: value.DATABASE_URL,
    logLevel: value.LOG_LEVEL,
    teams: teamsOf(value),
    stopAt: value.MFA_ROLLOUT_STOP_AT,
    sandbox:
      value.SANDBOX === 'on'
        ? {
            port: value.SANDBOX_PORT,
            world: value.SANDBOX_WORLD,
            hr: value.SANDBOX_HR,
            seed: value.SANDBOX_SEED,
            size: value.SANDBOX_SIZE,
            life: value.SANDBOX_LIFE === 'on',
          }
        : undefined,
  };
}

function teamsOf(value: z.infer<typeof environment>): TeamsSettings | undefined {
  const { BOT_APP_ID: appId, BOT_APP_SECRET: appSecret, BOT_TENANT_ID: homeTenantId, PUBLIC_URL: publicUrl } = value;
  if (appId === undefined || appSecret === undefined || homeTenantId === undefined || publicUrl === undefined) {
    return undefined;
  }
  return {
    appId: appId.toLowerCase(),
    appSecret,
    homeTenantId: homeTenantId.toLowerCase(),
    loginUrl: value.BOT_LOGIN_URL.replace(/\/+$/, ''),
    openIdMetadataUrl: value.BOT_OPENID_URL,
    connectorHosts: value.BOT_CONNECTOR_HOSTS.split(',').flatMap((host) => host.trim() || []),
    publicUrl,
  };
}
