/** Whether a client is who it says it is: its secret, or an assertion that one of its certificates signed. */
import { timingSafeEqual, X509Certificate } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import { type Answer, type Call, headerOf } from '../http/exchange.ts';
import type { TenantState } from '../state/state.ts';
import type { AppRegistration } from '../world/world.ts';
import { aadError } from './errors.ts';

type CheckDeps = { clock: Clock; loginUrl: () => string };

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The client's id and secret, from the header or the form. */
export function readClient(call: Call, form: URLSearchParams): { id: string; secret: string | null } {
  const basic = /^Basic (.+)$/i.exec(headerOf(call, 'authorization') ?? '');
  if (basic === null) return { id: form.get('client_id') ?? '', secret: form.get('client_secret') };
  const text = Buffer.from(basic[1] ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { id: decodeURIComponent(text.slice(0, colon)), secret: decodeURIComponent(text.slice(colon + 1)) };
}

/** Null when the credentials are the client's, else the refusal. */
export async function checkClient(
  deps: CheckDeps,
  given: { app: AppRegistration; tenant: TenantState; secret: string | null; form: URLSearchParams },
): Promise<Answer | null> {
  const { app, secret, form } = given;
  if (form.get('client_assertion_type') === ASSERTION_TYPE) {
    return checkAssertion(deps, given, form.get('client_assertion') ?? '');
  }
  if (secret === null || secret === '') {
    const text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    return aadError(deps, { status: 401, error: 'invalid_client', code: 7000218, text });
  }
  if (isSame(secret, app.clientSecret)) return null;
  const text =
    'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the ' +
    `client secret ID, for a secret added to app '${app.clientId}'.`;
  return aadError(deps, { status: 401, error: 'invalid_client', code: 7000215, text });
}

/** An assertion is believed when a certificate registered with the service principal has signed it for this tenant. */
async function checkAssertion(
  deps: CheckDeps,
  given: { app: AppRegistration; tenant: TenantState },
  assertion: string,
): Promise<Answer | null> {
  const { app, tenant } = given;
  const text = `Client assertion failed signature validation or is not meant for app '${app.clientId}'.`;
  const refusal = aadError(deps, { status: 401, error: 'invalid_client', code: 700027, text });
  const principal = tenant.tenant.servicePrincipals.find((candidate) => candidate.appId === app.clientId);
  const audience = [tenant.tenant.tenantId, tenant.tenant.initialDomain].flatMap((name) => [
    `${deps.loginUrl()}/${name}/oauth2/v2.0/token`,
    `${deps.loginUrl()}/${name}/v2.0`,
  ]);
  const options = { issuer: app.clientId, subject: app.clientId, audience, currentDate: new Date(deps.clock.now()) };
  for (const certificate of registeredCertificates(principal?.keyCredentials)) {
    try {
      await jwtVerify(assertion, certificate.publicKey, options);
      return null;
    } catch {
      // Another registered certificate may have signed it; when none has, the refusal says so.
    }
  }
  return refusal;
}

function registeredCertificates(credentials: unknown): X509Certificate[] {
  if (!Array.isArray(credentials)) return [];
  return credentials.flatMap((credential: unknown) => {
    const key = typeof credential === 'object' && credential !== null && 'key' in credential ? credential.key : null;
    return typeof key === 'string' ? [new X509Certificate(Buffer.from(key, 'base64'))] : [];
  });
}

/** Compares secrets in a time that tells nothing about them. */
export function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
