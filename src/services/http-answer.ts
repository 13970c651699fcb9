import { VendorBrokenError, type VendorCall } from '../lib/errors.ts';
import { dropBody, passBody, readBody } from './http-body.ts';
import { callOf, innerErrorOf, vendorCodeOf } from './http-failures.ts';
import type { BodyCollector, CarriedAnswer, HttpAnswer, HttpRequest } from './http-types.ts';
import { storableJson } from './storable-json.ts';

const BYTES_MAX = 64 * 1024 * 1024;
const ERROR_BYTES_MAX = 64 * 1024;
const NOT_JSON = 'the answer is not valid JSON';
const NOT_JSON_TYPE = 'the answer is not declared as JSON';

/**
 * Reads an answer to its end and checks it: size, content type, syntax. Throws VendorBrokenError for a success that
 * cannot be believed; a refusal is given with the vendor's code where its body told one.
 */
export async function answerOf(request: HttpRequest, response: CarriedAnswer): Promise<HttpAnswer> {
  const status = response.statusCode;
  const headers = flatHeaders(response.headers);
  const success = status < 300;
  if (success && request.collect !== undefined) return collectedAnswer(request, response, request.collect());
  const bytesMax = success ? (request.bytesMax ?? BYTES_MAX) : ERROR_BYTES_MAX;
  const read = await readBody(response.body, headers['content-encoding'], bytesMax);
  if (!success) {
    // The body of a refusal is read for the vendor's code alone; one that cannot be read takes nothing from the status.
    const body = read.ok ? jsonOrNull(read.bytes) : null;
    return { status, headers, body: undefined, vendorCode: request.vendorCode?.(body) ?? vendorCodeOf(body) };
  }
  const call = callOf(request, { status, headers });
  if (!read.ok) throw new VendorBrokenError(call, `the answer is ${read.fault}`, { facts: { bytesMax } });
  if (request.expect === 'none' || read.bytes.length === 0) return { status, headers, body: undefined };
  if (request.expect === 'text')
    return { status, headers, body: textOf(call, request, { headers, bytes: read.bytes }) };
  return unwrapInnerError(call, { status, headers, body: jsonOf(call, headers, read.bytes) });
}

async function collectedAnswer(
  request: HttpRequest,
  response: CarriedAnswer,
  collector: BodyCollector,
): Promise<HttpAnswer> {
  const { statusCode: status, body } = response;
  const headers = flatHeaders(response.headers);
  const call = callOf(request, { status, headers });
  if (!isJson(headers)) {
    dropBody(body);
    throw new VendorBrokenError(call, NOT_JSON_TYPE);
  }
  const bytesMax = request.bytesMax ?? BYTES_MAX;
  const encoding = headers['content-encoding'];
  const fault = await passBody(body, { encoding, bytesMax, take: (chunk) => collector.take(chunk) });
  if (fault !== null) throw new VendorBrokenError(call, `the answer is ${fault}`, { facts: { bytesMax } });
  const made = collector.done();
  if (!made.ok) throw new VendorBrokenError(call, made.why ?? NOT_JSON);
  return unwrapInnerError(call, { status, headers, body: made.value });
}

function textOf(
  call: VendorCall,
  request: HttpRequest,
  answer: { headers: Record<string, string>; bytes: Buffer },
): string {
  const type = mediaTypeOf(answer.headers);
  if (!(request.textTypes ?? []).includes(type))
    throw new VendorBrokenError(call, 'the answer has an unexpected content type');
  return answer.bytes.toString('utf8');
}

function jsonOf(call: VendorCall, headers: Record<string, string>, bytes: Buffer): unknown {
  if (!isJson(headers)) throw new VendorBrokenError(call, NOT_JSON_TYPE);
  const parsed = parseJson(bytes);
  if (!parsed.ok) throw new VendorBrokenError(call, NOT_JSON);
  return parsed.value;
}

function isJson(headers: Record<string, string>): boolean {
  return /^(application|text)\/([a-z0-9.+-]+\+)?json$/.test(mediaTypeOf(headers));
}

/** Some vendors put the refusal into a success: BambooHR's `200 {"error":{"code":429}}`. */
function unwrapInnerError(call: VendorCall, answer: HttpAnswer): HttpAnswer {
  const inner = innerErrorOf(answer.body);
  if (inner === null) return answer;
  const code = inner.code === null ? undefined : String(inner.code);
  if (typeof inner.code === 'number' && inner.code >= 400 && inner.code < 600) {
    return { status: inner.code, headers: answer.headers, body: undefined, vendorCode: code };
  }
  throw new VendorBrokenError(
    { ...call, ...(code === undefined ? {} : { vendorCode: code }) },
    'answered success with an error inside',
  );
}

function mediaTypeOf(headers: Record<string, string>): string {
  return (headers['content-type'] ?? '').split(';', 1).join('').trim().toLowerCase();
}

function parseJson(bytes: Buffer): { ok: true; value: unknown } | { ok: false } {
  try {
    return storableJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Bytes that are no UTF-8 are no JSON either.
    return { ok: false };
  }
}

function jsonOrNull(bytes: Buffer): unknown {
  const parsed = parseJson(bytes);
  return parsed.ok ? parsed.value : null;
}

/** Headers with names in lower case and one value each. */
export function flatHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return Object.fromEntries(flat);
}
