import { z } from 'zod';
import type { Clock } from '../../../lib/clock.ts';
import { AppError, type VendorCall, VendorRefusedError } from '../../../lib/errors.ts';
import type { HttpClient } from '../../http.ts';
import { callOf, vendorCodeOf } from '../../http-failures.ts';
import { retryAfterMs } from '../../http-retry.ts';
import type { HttpAnswer, HttpRequest } from '../../http-types.ts';
import type { Pacer } from '../../pacer.ts';
import { parsedAnswer } from '../../parsed-answer.ts';
import { type ConnectWiseCall, type ConnectWiseCallName, companyInfoCall, connectWiseCallOf } from './calls.ts';
import { addressesOf, type ConnectWiseSettings, headersOf } from './settings.ts';
import { companyInfoSchema } from './wire.ts';

export type ConnectWiseAsk = {
  call: ConnectWiseCallName;
  ids?: Readonly<Record<string, number>>;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: object;
  signal?: AbortSignal | undefined;
};

/** ConnectWise of one company. Areas build on it; it knows the calls of `calls.ts` and no other. */
export type ConnectWise = {
  settings: ConnectWiseSettings;
  /** Makes one call and gives its success, checked; throws one of the three vendor errors otherwise. */
  call<S extends z.ZodType>(ask: ConnectWiseAsk, schema: S): Promise<z.infer<S>>;
  /** The same with the answer's headers. */
  exchange<S extends z.ZodType>(ask: ConnectWiseAsk, schema: S): Promise<{ body: z.infer<S>; answer: HttpAnswer }>;
  /** Makes a request of this server that lies outside its API: paced and repeated like the others. */
  fetch(request: HttpRequest): Promise<HttpAnswer>;
};

type Deps = { http: HttpClient; clock: Clock; pacer: Pacer };

/** Creates the API of one company. Refuses a base URL that is none. */
export function createConnectWise(deps: Deps, settings: ConnectWiseSettings): ConnectWise {
  const addresses = addressesOf(settings);
  const fetch = (request: HttpRequest) => deps.http.send({ ...request, turn: turnOf(deps, settings, request.signal) });
  const codebase = createCodebase(() => readCodebase(fetch, addresses.login, settings));

  const attempt = async (ask: ConnectWiseAsk, base: string) => {
    const request = requestOf(settings, ask, `${addresses.api}/${base}apis/3.0`);
    return { request, answer: await fetch(request) };
  };
  const exchange = async <S extends z.ZodType>(ask: ConnectWiseAsk, schema: S) => {
    const base = await codebase.current();
    const { request, answer } = await attempt(ask, base).catch(async (error: unknown) => {
      if (!isUnknownEndpoint(error)) throw error;
      // With an update of the server its codebase moves. What was not found was not carried out, so it is asked again.
      const moved = await codebase.renewed(base);
      if (moved === base) throw error;
      return attempt(ask, moved);
    });
    return { body: parsedAnswer(schema, answer.body, callOf(request, answer)), answer };
  };
  return { settings, exchange, fetch, call: async (ask, schema) => (await exchange(ask, schema)).body };
}

function createCodebase(read: () => Promise<string>) {
  let held: Promise<string> | null = null;
  const fresh = () => {
    const reading = read();
    held = reading;
    reading.catch(() => {
      if (held === reading) held = null;
    });
    return reading;
  };
  return {
    current: () => held ?? fresh(),
    /** Reads anew unless somebody else has done so since `seen` was read. */
    async renewed(seen: string): Promise<string> {
      const known = held === null ? seen : await held;
      return known === seen ? fresh() : known;
    },
  };
}

async function readCodebase(
  fetch: ConnectWise['fetch'],
  login: string,
  settings: ConnectWiseSettings,
): Promise<string> {
  const request: HttpRequest = {
    vendor: 'connectwise',
    method: companyInfoCall.method,
    url: `${login}${companyInfoCall.path.replace('{company}', () => encodeURIComponent(settings.companyId))}`,
    pathTemplate: companyInfoCall.path,
    headers: { accept: 'application/json', clientid: settings.clientId },
    expect: 'json',
  };
  const answer = await fetch(request);
  const found = parsedAnswer(companyInfoSchema, answer.body, callOf(request, answer));
  if (found === null || found === undefined) {
    throw new VendorRefusedError(callOf(request, answer), 'the company is not known', {
      userMessage: 'ConnectWise does not know this company: check the company id, as people enter it at the login.',
    });
  }
  return found.Codebase.endsWith('/') ? found.Codebase : `${found.Codebase}/`;
}

/** Whether a refusal says that the record is not there, and not the address: that is told by its code. */
export function isNoRecord({ status, vendorCode }: VendorCall): boolean {
  return status === 404 && (vendorCode === 'NotFound' || vendorCode?.startsWith('NotFound.') === true);
}

/** An address that leads nowhere: the API says so by its code, the server in front of it with a page of its own. */
function isUnknownEndpoint(error: unknown): boolean {
  return error instanceof VendorRefusedError && error.call.status === 404 && !isNoRecord(error.call);
}

function turnOf({ pacer, clock }: Deps, settings: ConnectWiseSettings, signal: AbortSignal | undefined) {
  const lane = settings.companyId.toLowerCase();
  return (tryOnce: () => Promise<HttpAnswer>) =>
    pacer.run({ lane, signal }, async () => {
      const answer = await tryOnce();
      const pause = answer.status === 429 ? retryAfterMs(answer.headers['retry-after'], clock.now()) : null;
      if (pause !== null) pacer.hold(lane, clock.now() + pause);
      return answer;
    });
}

function requestOf(settings: ConnectWiseSettings, ask: ConnectWiseAsk, root: string): HttpRequest {
  const call = connectWiseCallOf(ask.call);
  const query = new URLSearchParams({ ...ask.query }).toString();
  return {
    vendor: 'connectwise',
    method: call.method,
    url: `${root}${filledPath(call.path, ask.ids ?? {})}${query === '' ? '' : `?${query}`}`,
    pathTemplate: call.path,
    headers: {
      ...headersOf(settings),
      ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...ask.headers,
    },
    ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    expect: 'json',
    signal: ask.signal,
    vendorCode: errorCodeOf,
    refusalMessage: (status) => refusalMessage(status, call),
  };
}

function filledPath(template: string, ids: Readonly<Record<string, number>>): string {
  return template.replace(/\{(\w+)\}/g, (_braces, name: string) => {
    const id = ids[name];
    if (id === undefined || !Number.isSafeInteger(id))
      throw new AppError('missing_id', `the path ${template} needs a whole number for {${name}}`);
    return String(id);
  });
}

const refusal = z.looseObject({
  errors: z.tuple([z.looseObject({ code: z.string(), field: z.string().nullish() })]).rest(z.unknown()),
});

/** The first fault with the field it lies in (`MissingRequiredField.summary`): field names are ConnectWise's own. */
function errorCodeOf(body: unknown): string | undefined {
  const parsed = refusal.safeParse(body);
  if (!parsed.success) return vendorCodeOf(body);
  const [{ code, field }] = parsed.data.errors;
  const named = [code, field ?? ''].filter((part) => part !== '').join('.');
  return /^[A-Za-z0-9_.]{1,100}$/.test(named) ? named : vendorCodeOf(body);
}

function refusalMessage(status: number, call: ConnectWiseCall): string | undefined {
  switch (status) {
    case 401:
      return 'ConnectWise refused the API keys: check company id, public and private key, and that the API member is active.';
    case 403:
      return `ConnectWise refused the API member: its client id must be known, and its security role must allow ${call.permissions.join(' and ')}.`;
    case 404:
      return 'ConnectWise has no such record or address. If nothing was deleted there, check the base URL, the company id and the API keys: some sites answer wrong keys in this way.';
    case 406:
      return 'ConnectWise does not give answers in this version of its API: name another as psa.apiVersion.';
    default:
      return undefined;
  }
}
