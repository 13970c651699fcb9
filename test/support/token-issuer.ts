/** A sign-in service of the test's own: a key over HTTP, and tokens signed with it. */
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT } from 'jose';

export const TEAMS_WEB = '5e3ce6c0-2b1f-4285-8d4b-75ee78787346';
export const TEAMS_DESKTOP = '1fec8e78-bce4-4aaf-ab1b-5451cc387264';

export type TokenWishes = {
  tenantId: string;
  objectId: string;
  /** Claims to replace; undefined takes one out. */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  version?: '1.0' | '2.0';
  /** Milliseconds since the epoch at which the token was issued; it lives an hour. */
  at?: number;
  key?: KeyObject;
};

export type TokenIssuer = {
  loginUrl: string;
  appId: string;
  /** How often the keys were asked for. */
  asked(): number;
  /** From now on answers with this status instead of the keys; undefined: in order again. */
  breakWith(status: number | undefined): void;
  /** Signs with a new key from now on; published or not. */
  changeKey(isPublished: boolean): void;
  token(wishes: TokenWishes): Promise<string>;
  stop(): Promise<void>;
};

/** Starts the service on loopback. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const appId = randomUUID();
  let signing = newKey();
  let published = [signing];
  let asked = 0;
  let broken: number | undefined;
  const server = createServer((_request, response) => {
    asked += 1;
    void answerKeys(published).then((body) => {
      // Not chained: restify, where it is loaded, takes the chaining out of every server of the process.
      response.statusCode = broken ?? 200;
      response.setHeader('Content-Type', 'application/json');
      response.end(broken === undefined ? body : '{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const loginUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    loginUrl,
    appId,
    asked: () => asked,
    breakWith: (status) => {
      broken = status;
    },
    changeKey: (isPublished) => {
      signing = newKey();
      if (isPublished) published = [...published, signing];
    },
    token: (wishes) => sign(wishes, { loginUrl, appId, signing }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type TestKey = { kid: string; privateKey: KeyObject; publicKey: KeyObject };

function newKey(): TestKey {
  return { kid: randomUUID(), ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

async function answerKeys(keys: readonly TestKey[]): Promise<string> {
  const jwks = await Promise.all(
    keys.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' })),
  );
  return JSON.stringify({ keys: jwks });
}

function sign(
  { tenantId, objectId, claims = {}, header = {}, version = '2.0', at = Date.now(), key }: TokenWishes,
  { loginUrl, appId, signing }: { loginUrl: string; appId: string; signing: TestKey },
): Promise<string> {
  const seconds = Math.floor(at / 1_000);
  const ofVersion =
    version === '2.0'
      ? { aud: appId, iss: `${loginUrl}/${tenantId}/v2.0`, azp: TEAMS_WEB }
      : { aud: `api://tab.example/botid-${appId}`, iss: `https://sts.windows.net/${tenantId}/`, appid: TEAMS_DESKTOP };
  const all = {
    ...ofVersion,
    ver: version,
    tid: tenantId,
    oid: objectId,
    scp: 'access_as_user',
    name: 'Adele Example',
    iat: seconds,
    nbf: seconds,
    exp: seconds + 3_600,
    ...claims,
  };
  return new SignJWT(all)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: signing.kid, ...header })
    .sign(key ?? signing.privateKey);
}
