import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import type { Answer } from '../http/exchange.ts';
import type { TenantState } from '../state/state.ts';

type ErrorDeps = { clock: Clock; loginUrl: () => string };

/** An error of the token endpoint: numbered text, ids and time as Entra gives them. */
export function aadError(
  deps: ErrorDeps,
  given: { status: number; error: string; code: number; text: string },
): Answer & { body: { error: string; error_description: string } } {
  const timestamp = `${new Date(deps.clock.now()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const trace = randomUUID();
  const correlation = randomUUID();
  const description = `AADSTS${given.code}: ${given.text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
  return {
    status: given.status,
    headers: { 'x-ms-request-id': trace },
    body: {
      error: given.error,
      error_description: description,
      error_codes: [given.code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `${deps.loginUrl()}/error?code=${given.code}`,
    } as { error: string; error_description: string },
  };
}

/** AADSTS90002. */
export function unknownTenant(deps: ErrorDeps, name: string): Answer {
  const text =
    `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct ` +
    'cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.';
  return aadError(deps, { status: 400, error: 'invalid_request', code: 90002, text });
}

/** AADSTS900144: an application's token needs a tenant of its own. */
export function sharedName(deps: ErrorDeps): Answer {
  const text = 'The provided request must name a tenant: application tokens cannot be had from a shared authority.';
  return aadError(deps, { status: 400, error: 'invalid_request', code: 900144, text });
}

/** AADSTS650051: seen shortly after a consent. */
export function spreading(deps: ErrorDeps, clientId: string): Answer {
  const text = `The application '${clientId}' is being added to the directory. Try again in a moment.`;
  return aadError(deps, { status: 400, error: 'invalid_client', code: 650051, text });
}

/** AADSTS700016. */
export function notConsented(deps: ErrorDeps, clientId: string, tenant: TenantState): Answer {
  const text =
    `Application with identifier '${clientId}' was not found in the directory '${tenant.tenant.initialDomain}'. This can ` +
    'happen if the application has not been installed by the administrator of the tenant or consented to by any user in ' +
    'the tenant. You may have sent your authentication request to the wrong tenant.';
  return aadError(deps, { status: 400, error: 'unauthorized_client', code: 700016, text });
}
