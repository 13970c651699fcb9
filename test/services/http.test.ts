import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, createManualClock, systemClock } from '../../src/lib/clock.ts';
import { VendorBrokenError, VendorError, VendorRefusedError, VendorUnreachableError } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createHttpClient, type HttpClient } from '../../src/services/http.ts';
import type { HttpRequest } from '../../src/services/http-types.ts';
import { testAuthority } from '../support/graph-bench.ts';
import { type Arrived, type Reply, startVendorDouble, type VendorDouble } from '../support/vendor-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(answer: (request: Arrived, index: number) => Reply): Promise<VendorDouble> {
  const double = await startVendorDouble(answer, testAuthority());
  closing.push(() => double.close());
  return double;
}

function client(options: { clock?: Clock; signal?: AbortSignal; caFile?: string | null } = {}): HttpClient {
  const { caFile = testAuthority().caFile, clock = instantClock(), ...rest } = options;
  const http = createHttpClient({
    clock,
    log: silentLog,
    random: () => 0,
    ...rest,
    ...(caFile === null ? {} : { caFile }),
  });
  closing.push(() => http.close());
  return http;
}

/** Pauses between tries take no time and are noted; deadlines are not reached. */
function instantClock(pauses: number[] = []): Clock {
  return {
    now: () => 0,
    sleep: (ms, signal) => {
      if (ms >= 60_000) return systemClock.sleep(ms, signal);
      pauses.push(ms);
      return Promise.resolve();
    },
  };
}

const SECRET = 'Bearer secret-token';
const get = (double: VendorDouble, changed: Partial<HttpRequest> = {}): HttpRequest => ({
  vendor: 'double',
  method: 'GET',
  url: `${double.url}/things/some-person@contoso.example`,
  pathTemplate: '/things/{id}',
  headers: { authorization: SECRET },
  expect: 'json',
  ...changed,
});

async function failure(work: Promise<unknown>): Promise<VendorError> {
  const error = await work.then(
    () => new Error('it succeeded'),
    (caught: unknown) => caught,
  );
  if (!(error instanceof VendorError)) throw error;
  return error;
}

describe('an answer that cannot be believed', () => {
  const json = { 'content-type': 'application/json' };
  it.each<{ what: string; reply: Reply }>([
    { what: 'truncated JSON', reply: { headers: json, raw: '{"value":[{"id":' } },
    { what: 'HTML that calls itself JSON', reply: { headers: json, raw: '<html>sign in</html>' } },
    { what: 'HTML', reply: { headers: { 'content-type': 'text/html' }, raw: '<html></html>' } },
    {
      what: 'JSON under another content type',
      reply: { headers: { 'content-type': 'text/plain' }, raw: '{"value":[]}' },
    },
    { what: 'JSON without a content type', reply: { raw: '{"value":[]}' } },
    { what: 'bytes that are not UTF-8', reply: { headers: json, raw: Buffer.from([0x22, 0xff, 0x22]) } },
    { what: 'a success with an error inside', reply: { json: { error: { code: 'Unknown', message: 'no' } } } },
    { what: 'gzip that is none', reply: { headers: { ...json, 'content-encoding': 'gzip' }, raw: '{}' } },
    { what: 'an unknown content encoding', reply: { headers: { ...json, 'content-encoding': 'zz' }, raw: '{}' } },
    { what: 'a redirect to nowhere', reply: { status: 302 } },
  ])('is refused as broken, once: $what', async ({ reply }) => {
    const double = await start(() => reply);
    const error = await failure(client().send(get(double)));
    expect(error).toBeInstanceOf(VendorBrokenError);
    expect(double.arrived).toHaveLength(1);
    expect(JSON.stringify([error.message, error.facts])).not.toMatch(/secret|contoso|html|value/);
  });

  it('is refused when it is larger than allowed, and the rest is not read', async () => {
    const double = await start(() => ({ json: { value: 'x'.repeat(200_000) } }));
    const error = await failure(client().send(get(double, { bytesMax: 100_000 })));
    expect(error).toBeInstanceOf(VendorBrokenError);
    expect(error.message).toContain('too large');
  });

  it('is refused when it unpacks to more than allowed', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 0x20));
    const double = await start(() => ({
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      raw: bomb,
    }));
    const error = await failure(client().send(get(double, { bytesMax: 1_000_000 })));
    expect(bomb.length).toBeLessThan(1_000_000);
    expect(error).toBeInstanceOf(VendorBrokenError);
    expect(error.message).toContain('too large');
  });

  it('is taken when it is packed properly', async () => {
    const double = await start(() => ({
      headers: { 'content-type': 'application/json; charset=utf-8', 'content-encoding': 'gzip' },
      raw: gzipSync('{"value":["Zoë"]}'),
    }));
    expect((await client().send(get(double))).body).toEqual({ value: ['Zoë'] });
  });
});

describe('a redirect', () => {
  it('to another host is refused, and the token does not travel there', async () => {
    const other = await start(() => ({ json: {} }));
    const double = await start(() => ({ status: 302, headers: { location: `${other.url}/things` } }));
    const error = await failure(client().send(get(double)));
    expect(error).toBeInstanceOf(VendorBrokenError);
    expect(other.arrived).toEqual([]);
    expect(error.message).not.toContain(other.origin);
  });

  it('within the host is followed for a read', async () => {
    const double = await start(({ path }) =>
      path === '/there' ? { json: { ok: true } } : { status: 307, headers: { location: '/there' } },
    );
    expect((await client().send(get(double))).body).toEqual({ ok: true });
  });

  it('is refused for a write and in a circle', async () => {
    const double = await start(() => ({ status: 307, headers: { location: '/there' } }));
    expect(await failure(client().send(get(double, { method: 'POST', body: '{}' })))).toBeInstanceOf(VendorBrokenError);
    expect(double.arrived).toHaveLength(1);
    expect(await failure(client().send(get(double)))).toBeInstanceOf(VendorBrokenError);
  });
});

describe('a refusal', () => {
  it('tells status, code and request id, and no text of the vendor', async () => {
    const double = await start(() => ({
      status: 403,
      headers: { 'request-id': 'abc-123' },
      json: { error: { code: 'Authorization_RequestDenied', message: 'Ann Example may not' } },
    }));
    const error = await failure(client().send(get(double)));
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect(error.call).toEqual({
      vendor: 'double',
      method: 'GET',
      path: '/things/{id}',
      status: 403,
      vendorCode: 'Authorization_RequestDenied',
      requestId: 'abc-123',
    });
    expect(error.message).not.toContain('Ann');
  });

  it.each<{ shape: string; body: unknown; code: string | undefined }>([
    { shape: 'number in an error object', body: { error: { code: 400, message: 'x' } }, code: '400' },
    { shape: 'bare error word', body: { error: 'invalid_client' }, code: 'invalid_client' },
    { shape: 'list of texts', body: { errors: [{ error: 'Some Person is missing' }] }, code: undefined },
    { shape: 'problem document', body: { title: 'Bad', status: 400, code: 'INVALID' }, code: 'INVALID' },
    { shape: 'text in place of a code', body: { error: { code: 'Some Person' } }, code: undefined },
  ])('is understood by its shape: $shape', async ({ body, code }) => {
    const double = await start(() => ({ status: 400, json: body }));
    expect((await failure(client().send(get(double)))).call.vendorCode).toBe(code);
  });
});

describe('a try that brings nothing', () => {
  it('is repeated for a throttled write, after the pause that the vendor asked for', async () => {
    const pauses: number[] = [];
    const double = await start((_request, index) =>
      index === 0 ? { status: 429, headers: { 'retry-after': '7.5' } } : { json: { done: true } },
    );
    const http = client({ clock: instantClock(pauses) });
    expect((await http.send(get(double, { method: 'POST', body: '{}' }))).body).toEqual({ done: true });
    expect(pauses).toEqual([7_500]);
  });

  it('is not repeated for a write whose answer is lost or that met an error of the server', async () => {
    for (const reply of [
      'cut',
      'cutInBody',
      { status: 503, headers: { 'retry-after': '1' } },
      { status: 504 },
    ] as const) {
      const double = await start(() => reply);
      const error = await failure(client().send(get(double, { method: 'PATCH', body: '{}' })));
      expect(error).toBeInstanceOf(VendorUnreachableError);
      expect(double.arrived).toHaveLength(1);
    }
  });

  it('is repeated for a read whose connection was cut', async () => {
    const double = await start(
      (_request, index) => (['cut', 'cutInBody', { json: { ok: true } }] as const)[index] ?? 'cut',
    );
    expect((await client().send(get(double))).body).toEqual({ ok: true });
    expect(double.arrived).toHaveLength(3);
  });

  it('ends after the allowed tries', async () => {
    const double = await start(() => ({ status: 429, headers: { 'retry-after': '0' } }));
    const error = await failure(client().send(get(double, { attemptsMax: 3 })));
    expect(error).toBeInstanceOf(VendorUnreachableError);
    expect(error.call.status).toBe(429);
    expect(double.arrived).toHaveLength(3);
  });

  it('is throttling even when it comes with status 200', async () => {
    const double = await start((_request, index) =>
      index === 0 ? { json: { error: { code: 429, message: 'slow' } } } : { json: [] },
    );
    expect((await client().send(get(double))).body).toEqual([]);
  });
});

describe('a call without an answer', () => {
  it('ends at its deadline on the clock', async () => {
    const clock = createManualClock(0);
    const double = await start(() => 'silence');
    const sent = failure(client({ clock }).send(get(double, { deadlineMs: 5_000, attemptsMax: 1 })));
    await double.arrival(1);
    clock.advance(5_000);
    const error = await sent;
    expect(error).toBeInstanceOf(VendorUnreachableError);
    expect(error.message).toContain('5000 ms');
    expect(clock.sleepers()).toBe(0);
  });

  it('ends at its deadline when the body stops coming', async () => {
    const clock = createManualClock(0);
    const double = await start(() => ({
      headers: { 'content-type': 'application/json', 'content-length': '10' },
      raw: '',
    }));
    const sent = failure(client({ clock }).send(get(double, { deadlineMs: 5_000, attemptsMax: 1 })));
    await double.arrival(1);
    clock.advance(5_000);
    expect(await sent).toBeInstanceOf(VendorUnreachableError);
  });

  it('ends with the reason when the process stops', async () => {
    const stop = new AbortController();
    const double = await start(() => 'silence');
    const sent = client({ signal: stop.signal }).send(get(double));
    await double.arrival(1);
    stop.abort(new Error('stopping'));
    await expect(sent).rejects.toThrow('stopping');
  });

  it('is not repeated when the certificate is not trusted, and says what to do', async () => {
    const double = await start(() => ({ json: {} }));
    const error = await failure(client({ caFile: null }).send(get(double)));
    expect(error).toBeInstanceOf(VendorUnreachableError);
    expect(error.userMessage).toContain('tls.caFile');
    expect(double.arrived).toEqual([]);
  });

  it('is told as unreachable when nobody listens', async () => {
    const double = await start(() => ({ json: {} }));
    const request = get(double);
    await closing.pop()?.();
    expect(await failure(client().send(request))).toBeInstanceOf(VendorUnreachableError);
  });
});

describe('createHttpClient', () => {
  it('refuses to send anything unencrypted to another machine', async () => {
    const double = await start(() => ({ json: {} }));
    const sent = client().send({ ...get(double), url: 'http://graph.contoso.example/things' });
    await expect(sent).rejects.toMatchObject({ code: 'insecure_url' });
  });

  it('refuses a file of authorities that cannot be read', () => {
    expect(() => client({ caFile: '/nowhere/ca.pem' })).toThrow(
      expect.objectContaining({ code: 'ca_file_unreadable' }) as Error,
    );
  });
});
