import { X509Certificate } from 'node:crypto';
import { ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { AppError, VendorBrokenError, type VendorCall } from '../../lib/errors.ts';
import { createHeldToken, type HeldToken } from '../held-token.ts';
import type { HttpClient } from '../http.ts';

/** What the app proves itself with: a secret, or a certificate with its private key, both PEM. */
export type Credential =
  | { kind: 'secret'; secret: string }
  | { kind: 'certificate'; certificatePem: string; privateKeyPem: string };

export type TokenSettings = {
  /** Base address of the login service, without the tenant. */
  loginUrl: string;
  tenantId: string;
  clientId: string;
  credential: Credential;
};

export type TokenSource = HeldToken;

const SCOPE = 'https://graph.microsoft.com/.default';
const TOKEN_PATH = '/{tenant}/oauth2/v2.0/token';
const CALL: VendorCall = { vendor: 'login', method: 'POST', path: TOKEN_PATH };

const tokenAnswer = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/**
 * Creates the token source of one tenant's app (client credentials through MSAL, over our HTTP client, so that
 * deadline and certificate authorities hold). Refuses a certificate that cannot be read. A refusal of the login
 * service is thrown as VendorRefusedError with its code, a token of another tenant as VendorBrokenError with the fact
 * `wrong_tenant`: it is never sent anywhere.
 */
export function createTokenSource(deps: { http: HttpClient; clock: Clock }, settings: TokenSettings): TokenSource {
  return createHeldToken(deps.clock, () => requestToken(deps.http, settings));
}

async function requestToken(http: HttpClient, settings: TokenSettings): Promise<{ token: string; lifetimeMs: number }> {
  // MSAL wraps what its network module throws and reads the machine's clock for expiry: both are taken from here.
  const wire: Wire = { failure: null, lifetimeMs: 0 };
  const app = new ConfidentialClientApplication({
    auth: { clientId: settings.clientId, ...authorityOf(settings), ...credentialOf(settings.credential) },
    system: { networkClient: networkModule(http, wire), disableInternalRetries: true },
  });
  try {
    const result = await app.acquireTokenByClientCredential({ scopes: [SCOPE], skipCache: true });
    if (result === null) throw new VendorBrokenError(CALL, 'no token came back');
    refuseForeignToken(result.accessToken, settings.tenantId);
    return { token: result.accessToken, lifetimeMs: wire.lifetimeMs };
  } catch (error) {
    if (wire.failure !== null) throw wire.failure;
    if (error instanceof AppError) throw error;
    throw new AppError('token_request_failed', 'the login library could not ask for a token', {
      facts: { reason: error instanceof Error ? error.name : 'unknown' },
    });
  }
}

const claimsSchema = z.looseObject({ tid: z.string() });

/**
 * A token is opaque by contract and may one day be unreadable: then nothing is concluded, and who answers is checked
 * where answers are taken over. One that can be read and names another tenant would mix two customers' data.
 */
function refuseForeignToken(token: string, tenantId: string): void {
  const tid = tenantIn(token);
  if (tid === null || tid.toLowerCase() === tenantId.toLowerCase()) return;
  throw new VendorBrokenError(CALL, 'the token is for another tenant than the one asked for', {
    userMessage: 'The login service gave a token of another tenant than the customer file’s tenantId. Check loginUrl.',
    facts: { reason: 'wrong_tenant' },
  });
}

function tenantIn(token: string): string | null {
  try {
    const claims = claimsSchema.safeParse(decodeJwt(token));
    return claims.success ? claims.data.tid : null;
  } catch {
    // Not a JWT: the answer is that nothing is known, which jose tells by throwing.
    return null;
  }
}

/** The authority's addresses are given, not discovered: nothing but the customer's own login host is ever asked. */
function authorityOf(settings: TokenSettings) {
  const base = new URL(settings.loginUrl);
  const authority = `${base.href.replace(/\/+$/, '')}/${encodeURIComponent(settings.tenantId)}`;
  return {
    authority,
    knownAuthorities: [base.host],
    authorityMetadata: JSON.stringify({
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
      issuer: `${authority}/v2.0`,
      jwks_uri: `${authority}/discovery/v2.0/keys`,
    }),
  };
}

function credentialOf(credential: Credential) {
  if (credential.kind === 'secret') return { clientSecret: credential.secret };
  try {
    const { fingerprint256 } = new X509Certificate(credential.certificatePem);
    return {
      clientCertificate: {
        thumbprintSha256: fingerprint256.replaceAll(':', '').toLowerCase(),
        privateKey: credential.privateKeyPem,
        x5c: credential.certificatePem,
      },
    };
  } catch (cause) {
    throw new AppError('certificate_unreadable', 'the certificate of the app is not a PEM certificate', {
      userMessage: 'The app certificate of this customer cannot be read: it must be PEM.',
      cause,
    });
  }
}

type Wire = { failure: Error | null; lifetimeMs: number };

function networkModule(http: HttpClient, wire: Wire): INetworkModule {
  const send = async <T>(
    method: 'GET' | 'POST',
    url: string,
    options?: { headers?: Record<string, string>; body?: string },
  ) => {
    try {
      const answer = await http.send({
        vendor: CALL.vendor,
        method,
        url,
        pathTemplate: method === 'POST' ? TOKEN_PATH : '/{tenant}/v2.0/.well-known/openid-configuration',
        headers: { accept: 'application/json', ...options?.headers },
        ...(options?.body === undefined ? {} : { body: options.body }),
        expect: 'json',
        // Asking twice for a token changes nothing.
        repeatable: true,
        vendorCode: loginErrorCode,
        refusalMessage: () =>
          'Microsoft refused the app of this customer: check tenant, client id, secret or certificate, and consent.',
      });
      if (method === 'POST') wire.lifetimeMs = lifetimeOf(answer.body);
      return { status: answer.status, headers: answer.headers, body: answer.body as T };
    } catch (error) {
      wire.failure = error instanceof Error ? error : new Error('aborted');
      throw error;
    }
  };
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
}

function lifetimeOf(body: unknown): number {
  const parsed = tokenAnswer.safeParse(body);
  if (!parsed.success) throw new VendorBrokenError(CALL, 'the answer is not a token');
  return parsed.data.expires_in * 1_000;
}

/** The number of the refusal (AADSTS…) says more than the OAuth code; the text beside it is not taken. */
function loginErrorCode(body: unknown): string | undefined {
  const parsed = z.looseObject({ error_codes: z.array(z.number().int()).min(1) }).safeParse(body);
  return parsed.success ? `AADSTS${parsed.data.error_codes[0] ?? ''}` : undefined;
}
