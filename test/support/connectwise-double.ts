import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { withAccidents } from './accidents.ts';
import type { Arrived, Reply } from './vendor-double.ts';

export type CwRecord = { id: number } & Record<string, unknown>;

const bodySchema = z.record(z.string(), z.unknown());
const patchSchema = z.array(
  z.object({ op: z.literal('replace'), path: z.string().regex(/^\w+$/), value: z.unknown() }),
);

/** A ConnectWise server of one company, with accidents to order. */
export function createConnectWiseDouble(options: { pageSize?: number; paging?: 'forward' | 'counted' } = {}) {
  const records = new Map<string, CwRecord[]>();
  const keys = new Map([['k1', 'test-signing-key']]);
  const state = { codebase: 'v2025_1/', ignoresReferences: false, count: 0 };
  const collection = (path: string) => {
    const known = records.get(path) ?? [];
    records.set(path, known);
    return known;
  };
  const add = (path: string, fields: Record<string, unknown>): CwRecord => {
    state.count += 1;
    const record = { ...fields, id: state.count, _info: { lastUpdated: '2026-11-20T11:00:00Z' } };
    collection(path).push(record);
    return record;
  };

  const list = (path: string, query: URLSearchParams): Reply => {
    const found = collection(path).filter((record) => fits(record, query.get('conditions')));
    const size = Math.min(options.pageSize ?? 1_000, Number(query.get('pageSize')));
    const mark = options.paging === 'counted' ? 'page' : 'pageId';
    const start =
      mark === 'page'
        ? (Number(query.get('page') ?? 1) - 1) * size
        : found.findIndex(({ id }) => id > Number(query.get('pageId') ?? 0));
    const rows = start === -1 ? [] : found.slice(start, start + size);
    const last = rows.at(-1);
    const isEnd = last === undefined || found.at(-1) === last;
    const next = mark === 'page' ? start / size + 2 : last?.id;
    const link = isEnd
      ? ''
      : `<https://na.elsewhere.example/v4_6_release/apis/3.0${path}?pageSize=${size}&${mark}=${next}>; rel="next"`;
    return { headers: { link }, json: rows };
  };
  const patch = (record: CwRecord, body: string): Reply => {
    for (const { path, value } of patchSchema.parse(JSON.parse(body))) {
      if (!(state.ignoresReferences && typeof value === 'object')) record[path] = value;
    }
    record._info = { lastUpdated: '2026-11-20T11:30:00Z' };
    return { json: record };
  };
  const inApi = (path: string, { method, query, body }: Arrived): Reply => {
    const [, parent = '', id] = /^(.+?)(?:\/(\d+))?$/.exec(path) ?? [];
    if (id === undefined && method === 'GET') return list(path, query);
    if (method === 'POST') return { status: 201, json: add(path, bodySchema.parse(JSON.parse(body))) };
    const record = collection(parent).find((one) => one.id === Number(id));
    if (record === undefined)
      return refusal(404, { code: 'NotFound', message: 'Ticket private@contoso.example not found' });
    return method === 'PATCH' ? patch(record, body) : { json: record };
  };
  const carriedOut = (request: Arrived): Reply => {
    const { path, query, headers } = request;
    if (path === '/login/companyinfo/contoso')
      return { json: { Codebase: state.codebase, CompanyID: 'contoso', IsCloud: true } };
    if (path.startsWith('/login/companyinfo/')) return { json: null };
    if (path.includes('/system/callbackkey/'))
      return { json: { signing_key: keys.get(query.get('id') ?? '') ?? 'other' } };
    if (headers.authorization !== `Basic ${Buffer.from('contoso+pub:priv').toString('base64')}`) {
      return refusal(401, { code: 'Unauthorized', message: 'x' });
    }
    const root = `/${state.codebase}apis/3.0`;
    if (!path.startsWith(root))
      return refusal(404, { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' });
    return inApi(path.slice(root.length), request);
  };

  return {
    state,
    keys,
    add,
    collection,
    ...withAccidents(carriedOut),
  };
}

/** A refusal as ConnectWise words it. */
export function refusal(status: number, body: object): Reply {
  return { status, json: body };
}

/** The signature that ConnectWise puts on a delivery. */
export function signatureOf(body: string, signingKey: string): string {
  const key = createHash('sha256').update(signingKey).digest();
  return createHmac('sha256', key).update(body).digest('base64');
}

/** Conditions joined by `and`: equality with a text or a number, and later than an instant. */
function fits(record: CwRecord, conditions: string | null): boolean {
  if (conditions === null) return true;
  const parts = [...conditions.matchAll(/([\w/]+)\s*(=|>)\s*("(?:\\.|[^"\\])*"|\[[^\]]+\]|\d+)(?: and |$)/g)];
  const matched = parts.map(([text]) => text).join('');
  if (matched !== conditions) throw new Error(`the double cannot read the conditions ${conditions}`);
  return parts.every(([, field = '', operator, literal = '']) => {
    const value = field === 'lastUpdated' ? memberOf(record, '_info/lastUpdated') : memberOf(record, field);
    if (operator === '>') return Date.parse(String(value)) > Date.parse(literal.slice(1, -1));
    const wanted: unknown = literal.startsWith('"') ? literal.slice(1, -1).replace(/\\(.)/g, '$1') : Number(literal);
    // ConnectWise compares texts without regard to case.
    return typeof wanted === 'string' ? String(value).toLowerCase() === wanted.toLowerCase() : value === wanted;
  });
}

function memberOf(record: unknown, path: string): unknown {
  return path
    .split('/')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? (value as CwRecord)[name] : undefined),
      record,
    );
}
