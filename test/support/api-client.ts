/** The product's API in this process over real HTTP, and people who are signed in to it. */
import { randomUUID } from 'node:crypto';
import { type ApiParts, createApi } from '../../src/api/api.ts';
import { type RunningServer, type ServerDeps, startServer } from '../../src/api/server.ts';
import type { App } from '../../src/compose.ts';
import { API_BASE } from '../../src/contract.ts';
import type { GrantedRole, Identity } from '../../src/rollout/access/access.core.ts';
import { startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

export type ApiAnswer = { status: number; etag: string | null; bytes: number; headers: Headers; body: unknown };

/** Somebody with a token; a path stands below the API's base. */
export type SignedInPerson = {
  identity: Identity;
  get(path: string, headers?: Record<string, string>): Promise<ApiAnswer>;
  post(path: string, body: unknown): Promise<ApiAnswer>;
};

export type RunningApi = {
  url: string;
  homeTenantId: string;
  issuer: TokenIssuer;
  /** Somebody new, or of this identity. */
  signIn(identity: Partial<Identity> & { tenantId: string }): Promise<SignedInPerson>;
  /** The same with a role at the customer. */
  signInAs(role: GrantedRole, customerId: string): Promise<SignedInPerson>;
  stop(): Promise<void>;
};

/** Starts the API on an app that is composed already. */
export async function startApi(
  app: App,
  { exchange, ...given }: Partial<ServerDeps> & Pick<ApiParts, 'exchange'> = {},
): Promise<RunningApi> {
  const issuer = await startTokenIssuer();
  const homeTenantId = randomUUID();
  const { loginUrl, appId } = issuer;
  const settings = { appSecret: 'not a real secret', appId, homeTenantId, loginUrl, publicUrl: 'https://tab.example' };
  const api = createApi({ ...app, settings, exchange });
  const probes = { readiness: () => ({ ready: true }) as const, metrics: () => '' };
  const server: RunningServer = await startServer(0, { ...probes, routes: api.routes, ...given });
  const signIn: RunningApi['signIn'] = async ({ tenantId, objectId = randomUUID() }) => {
    const identity = { tenantId, objectId };
    const token = await issuer.token({ ...identity, at: app.clock.now() });
    const call = async (path: string, init: RequestInit & { headers?: Record<string, string> }) => {
      const headers = { authorization: `Bearer ${token}`, ...init.headers };
      return answerOf(await fetch(`${server.url}${API_BASE}${path}`, { ...init, headers }));
    };
    return {
      identity,
      get: (path, headers = {}) => call(path, { headers }),
      post: (path, body) =>
        call(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    };
  };
  return {
    url: server.url,
    homeTenantId,
    issuer,
    signIn,
    signInAs: async (role, customerId) => {
      const person = await signIn({ tenantId: role === 'engineer' ? homeTenantId : customerId });
      const grant = { identity: person.identity, role, displayName: role };
      await app.access.grant(customerId, grant, { kind: 'test' });
      return person;
    },
    stop: async () => {
      await server.close();
      await api.close();
      await issuer.stop();
    },
  };
}

async function answerOf(answer: Response): Promise<ApiAnswer> {
  const text = await answer.text();
  return {
    status: answer.status,
    etag: answer.headers.get('etag'),
    bytes: Buffer.byteLength(text),
    headers: answer.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}
