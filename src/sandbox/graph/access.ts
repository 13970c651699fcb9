import type { KeyObject } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { type Answer, type Call, headerOf } from '../http/exchange.ts';
import { GRAPH_APP_ID } from '../login/login.ts';
import type { SandboxState, TenantState } from '../state/state.ts';
import type { GraphRoute } from './context.ts';
import { forbidden, unauthorized } from './errors.ts';

export type Access = { tenant: TenantState; appId: string; roles: ReadonlySet<string> };
export type AccessVerdict = { ok: true; access: Access } | { ok: false; refusal: Answer };

export type AccessDeps = {
  state: SandboxState;
  now: number;
  publicKey: KeyObject;
  loginUrl: string;
  graphUrl: string;
};

/** Believes a call only with a token that the sign-in service signed for Graph, for a tenant that exists, not expired. */
export async function checkToken(call: Call, deps: AccessDeps): Promise<AccessVerdict> {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headerOf(call, 'authorization') ?? '');
  if (bearer === null) return refuse('Access token is empty.');
  try {
    const payload = await believed(bearer[1] ?? '', deps);
    const tenant = deps.state.tenants.get(String(payload.tid));
    if (tenant === undefined || payload.iss !== `${deps.loginUrl}/${String(payload.tid)}/v2.0`) {
      return refuse('Access token validation failure. Invalid issuer.');
    }
    const roles = new Set(Array.isArray(payload.roles) ? payload.roles.map(String) : []);
    return { ok: true, access: { tenant, appId: String(payload.appid), roles } };
  } catch (error) {
    return refuse(reasonOf(error));
  }
}

/** Tokens whose signature held, by the key: a client shows the same one for an hour, and only the time can end it. */
const held = new WeakMap<KeyObject, Map<string, JWTPayload>>();
const HELD_MAX = 1_000;

async function believed(token: string, { publicKey, graphUrl, now }: AccessDeps): Promise<JWTPayload> {
  const known = held.get(publicKey) ?? new Map<string, JWTPayload>();
  held.set(publicKey, known);
  const before = known.get(token);
  if (before !== undefined && isCurrent(before, now / 1000)) return before;
  const { payload } = await jwtVerify(token, publicKey, {
    algorithms: ['RS256'],
    audience: ['https://graph.microsoft.com', GRAPH_APP_ID, graphUrl],
    currentDate: new Date(now),
  });
  if (known.size >= HELD_MAX) known.clear();
  known.set(token, payload);
  return payload;
}

function isCurrent({ nbf = 0, exp = 0 }: JWTPayload, seconds: number): boolean {
  return nbf <= Math.floor(seconds) && Math.floor(seconds) < exp;
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'Lifetime validation failed, the token is expired.';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
    return 'Access token validation failure. Invalid audience.';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'Access token validation failure. Invalid signature.';
  return 'CompactToken parsing failed with error code: 80049217';
}

function refuse(message: string): AccessVerdict {
  return { ok: false, refusal: unauthorized(message) };
}

/** Whether the application's rights reach for a route; the refusal otherwise. */
export function checkPermissions(route: GraphRoute, roles: ReadonlySet<string>): Answer | null {
  const hasOne = route.permissions.length === 0 || route.permissions.some((name) => roles.has(name));
  const hasAll = (route.alsoNeeds ?? []).every((name) => roles.has(name));
  if (hasOne && hasAll) return null;
  const isReport = route.template.startsWith('/reports') || route.template.startsWith('/auditLogs');
  return isReport
    ? forbidden('Your application does not have the required permission: AuditLog.Read.All.')
    : forbidden();
}
