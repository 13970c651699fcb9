import { type ErrorDetails, type VendorCall, VendorRefusedError, VendorUnreachableError } from '../lib/errors.ts';
import type { HttpAnswer, HttpRequest, LostStage } from './http-types.ts';

/** What a failure below HTTP means: nobody answered, or what answered does not speak HTTP. */
export type WireFailure = { kind: 'lost'; stage: LostStage; code: string } | { kind: 'notHttp'; code: string };

const NOT_CONNECTED: readonly string[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

const NOT_TRUSTED =
  /^(CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** Sorts an error of the socket, of TLS or of the HTTP parser by its code. */
export function wireFailureOf(error: unknown): WireFailure {
  const code = codeOf(error);
  if (code.startsWith('HPE_')) return { kind: 'notHttp', code };
  if (NOT_CONNECTED.includes(code)) return { kind: 'lost', stage: 'connect', code };
  if (NOT_TRUSTED.test(code)) return { kind: 'lost', stage: 'tls', code };
  return { kind: 'lost', stage: 'sent', code };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Several addresses of one host failing together come as one error that holds the others.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.cause === undefined ? error.name : codeOf(error.cause);
}

const REQUEST_ID_HEADERS = [
  'request-id',
  'x-ms-request-id',
  'x-request-id',
  'x-bamboohr-request-id',
  'x-amzn-requestid',
];
const CODE = /^[A-Za-z0-9_.:-]{1,100}$/;

/** The vendor's id of the request, where the answer names one. */
export function requestIdOf(headers: Record<string, string>): string | undefined {
  const id = REQUEST_ID_HEADERS.map((name) => headers[name]).find((value) => value !== undefined);
  return id !== undefined && CODE.test(id) ? id : undefined;
}

/**
 * The vendor's error code out of the error bodies in use: `{error:{code}}` (Graph, newer BambooHR),
 * `{error:"invalid_client"}` (OAuth), `{errors:[{code}]}`, `{code}` (problem+json, ConnectWise). Free text is never
 * taken for a code, because it may hold names.
 */
export function vendorCodeOf(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  const first = Array.isArray(body.errors) ? (body.errors as unknown[])[0] : undefined;
  const candidates = [
    isObject(body.error) ? body.error.code : body.error,
    isObject(first) ? first.code : undefined,
    body.code,
  ];
  return candidates.map(asCode).find((code) => code !== undefined);
}

/** An error inside an answer whose status says success: `{error:{code}}`. Null where there is none. */
export function innerErrorOf(body: unknown): { code: string | number | null } | null {
  if (!isObject(body) || !isObject(body.error)) return null;
  const { code } = body.error;
  return { code: typeof code === 'number' ? code : (asCode(code) ?? null) };
}

/** Whether a value is a JSON object. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asCode(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && CODE.test(value) ? value : undefined;
}

/** Gives the answer back when its status is a success; else throws what the status means. */
export function successOf(request: HttpRequest, answer: HttpAnswer): HttpAnswer {
  const { status } = answer;
  if (status < 300) return answer;
  const call = callOf(request, answer);
  const code = answer.vendorCode === undefined ? '' : ` (${answer.vendorCode})`;
  const userMessage = request.refusalMessage?.(status);
  const details: ErrorDetails = userMessage === undefined ? {} : { userMessage };
  if (status === 429 || status === 408 || (status >= 500 && status !== 501)) {
    throw new VendorUnreachableError(call, `gave no usable answer, status ${status}${code}`, details);
  }
  throw new VendorRefusedError(call, `refused with status ${status}${code}`, details);
}

/** The facts of a call for an error, from its request and, where one came, its answer. */
export function callOf(
  request: HttpRequest,
  answer?: Pick<HttpAnswer, 'status' | 'headers' | 'vendorCode'>,
): VendorCall {
  const requestId = answer === undefined ? undefined : requestIdOf(answer.headers);
  return {
    vendor: request.vendor,
    method: request.method,
    path: request.pathTemplate,
    ...(answer === undefined ? {} : { status: answer.status }),
    ...(answer?.vendorCode === undefined ? {} : { vendorCode: answer.vendorCode }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
