/**
 * A process that plays generated tenants and writes one line of JSON for each. Argument: what to play, as JSON.
 */
import pg from 'pg';
import { type Playing, playSome } from './generated-tenants/play-some.ts';

/** A server plans every statement anew unless it has a name, which takes longer than to run it. */
function nameStatements(): void {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    if (!names.has(text) && names.size < NAMES_MAX) names.set(text, `s${names.size}`);
    return names.get(text);
  };
  const client = pg.Client.prototype as unknown as { query(this: unknown, ...given: unknown[]): unknown };
  const { query } = client;
  client.query = function (first, second, ...rest) {
    const text = typeof first === 'string' ? first : (first as { text?: unknown } | undefined)?.text;
    const values = typeof first === 'string' ? second : ((first as { values?: unknown } | undefined)?.values ?? second);
    const name = typeof text === 'string' && isSingle(text, values) ? nameOf(text) : undefined;
    if (name === undefined) return query.call(this, first, second, ...rest);
    const named = typeof first === 'string' ? { text, values, name } : { name, ...(first as object) };
    return typeof first === 'string' ? query.call(this, named, ...rest) : query.call(this, named, second, ...rest);
  };
}

/** What has no values goes as plain text otherwise, and only plain text may be several statements. */
function isSingle(text: string, values: unknown): boolean {
  return (Array.isArray(values) && values.length > 0) || /^\s*(?:select|with|insert|update|delete)\b[^;]*$/i.test(text);
}

const NAMES_MAX = 800;

const [text] = process.argv.slice(2);
if (import.meta.main && text !== undefined) {
  nameStatements();
  await playSome(JSON.parse(text) as Playing, (told) => process.stdout.write(`${JSON.stringify(told)}\n`));
}
