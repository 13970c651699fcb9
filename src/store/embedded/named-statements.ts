import type { PoolClient, QueryConfig } from 'pg';

/** More texts than the product has: beyond them statements go unnamed, since each name keeps a plan in memory. */
const NAMES_MAX = 1_000;
/** How many texts are remembered as used once; lists of values make new ones for ever. */
const ONCE_MAX = 5_000;
/** What the engine plans; several statements in one text cannot be named. */
const PLANNED = /^\s*(?:select|insert|update|delete|with)\b[^;]*$/i;

/**
 * Gives each statement that comes a second time a name, so that the engine reads and plans its text once and not at
 * every use: half the cost of the short statements the product lives on. Only for a connection that is nobody else's:
 * on a server a pooler may give the next transaction another session, which does not know the name.
 */
export function nameStatements(client: PoolClient): void {
  const names = new Map<string, string>();
  const once = new Set<string>();
  const nameOf = (text: string): string | undefined => {
    const name = names.get(text);
    if (name !== undefined || names.size >= NAMES_MAX || !PLANNED.test(text)) return name;
    if (!once.delete(text)) {
      if (once.size >= ONCE_MAX) once.clear();
      once.add(text);
      return undefined;
    }
    const made = `s${names.size}`;
    names.set(text, made);
    return made;
  };
  const named = (config: unknown): unknown => {
    if (typeof config === 'string') {
      const name = nameOf(config);
      return name === undefined ? config : { text: config, name };
    }
    if (!isPlainConfig(config)) return config;
    const name = nameOf(config.text);
    return name === undefined ? config : { ...config, name };
  };
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  client.query = ((config: unknown, ...rest: unknown[]) => query(named(config), ...rest)) as typeof client.query;
}

/** Neither a query that runs itself, such as a cursor, nor one that has a name. */
function isPlainConfig(config: unknown): config is QueryConfig {
  if (typeof config !== 'object' || config === null || 'submit' in config) return false;
  return 'text' in config && typeof config.text === 'string' && (!('name' in config) || config.name === undefined);
}
