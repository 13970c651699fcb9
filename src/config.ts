import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './lib/errors.ts';

/** What the environment may say; the only place where it is read. */
const environment = z.object({
  PORT: z.coerce.number({ error: 'a port number' }).int().min(0).max(65_535).default(3978),
  DATA_DIR: z.string().min(1, 'a folder').default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'a PostgreSQL address: postgres://user:password@host:5432/database')
    .optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  /** For tests only: the named point at which this process kills itself. */
  MFA_ROLLOUT_STOP_AT: z.string().min(1).optional(),
  SANDBOX: z.enum(['on', 'off']).default('on'),
  SANDBOX_PORT: z.coerce.number({ error: 'a port number' }).int().min(0).max(65_535).default(0),
  SANDBOX_WORLD: z.string().min(1, 'the name of a world').default('reference'),
  SANDBOX_HR: z.enum(['bamboohr', 'workday']).default('bamboohr'),
  SANDBOX_SEED: z.coerce.number({ error: 'a whole number' }).int().min(0).default(1),
  SANDBOX_SIZE: z.coerce.number({ error: 'a number of people' }).int().min(100).max(200_000).default(200),
});

export type Config = {
  port: number;
  /** Absolute path of the folder that holds the embedded store, the command socket and the sandbox's state. */
  dataDir: string;
  databaseUrl: string | undefined;
  logLevel: z.infer<typeof environment>['LOG_LEVEL'];
  /** A test's stop point; see lib/stop-point.ts. */
  stopAt: string | undefined;
  sandbox: { port: number; world: string; hr: 'bamboohr' | 'workday'; seed: number; size: number } | undefined;
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
const OWN_PREFIXES = ['SANDBOX', 'MFA_ROLLOUT_'];

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
  const wrong = parsed.success ? [] : parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`);
  if (!parsed.success || unknown.length > 0) {
    const mistakes = [...wrong, ...unknown];
    throw new AppError('settings_invalid', `settings refused: ${mistakes.join('; ')}`, {
      userMessage: `These settings are wrong. Correct them and start again.\n${mistakes.map((text) => `  - ${text}`).join('\n')}`,
    });
  }
  const value = parsed.data;
  return {
    port: value.PORT,
    dataDir: resolve(value.DATA_DIR),
    databaseUrl: value.DATABASE_URL,
    logLevel: value.LOG_LEVEL,
    stopAt: value.MFA_ROLLOUT_STOP_AT,
    sandbox:
      value.SANDBOX === 'on'
        ? {
            port: value.SANDBOX_PORT,
            world: value.SANDBOX_WORLD,
            hr: value.SANDBOX_HR,
            seed: value.SANDBOX_SEED,
            size: value.SANDBOX_SIZE,
          }
        : undefined,
  };
}
