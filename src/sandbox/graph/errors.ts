import { randomUUID } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';

/** An error in Graph's shape; the dispatcher puts in the ids and the date. */
export function graphError(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

/** Completes an error body with what Graph adds to each: date and ids of the request. */
export function stampError(answer: Answer, ids: { requestId: string; clientRequestId: string; now: number }): Answer {
  const { body } = answer;
  if (typeof body !== 'object' || body === null || !('error' in body)) return answer;
  const innerError = {
    date: new Date(ids.now).toISOString().slice(0, 19),
    'request-id': ids.requestId,
    'client-request-id': ids.clientRequestId,
  };
  const { error } = body;
  if (typeof error !== 'object' || error === null) return answer;
  const given = 'innerError' in error && typeof error.innerError === 'object' ? error.innerError : {};
  return { ...answer, body: { error: { ...error, innerError: { ...innerError, ...given } } } };
}

/** A new id for a request, as Graph puts it into `request-id`. */
export function newRequestId(): string {
  return randomUUID();
}

export function notFound(id: string): Answer {
  const message = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`;
  return graphError(404, 'Request_ResourceNotFound', message);
}

export function badRequest(message: string, code = 'Request_BadRequest'): Answer {
  return graphError(400, code, message);
}

export function forbidden(message = 'Insufficient privileges to complete the operation.'): Answer {
  return graphError(403, 'Authorization_RequestDenied', message);
}

export function unauthorized(message: string): Answer {
  return {
    ...graphError(401, 'InvalidAuthenticationToken', message),
    headers: { 'WWW-Authenticate': 'Bearer realm="", authorization_uri="", error="invalid_token"' },
  };
}

/** The refusal of reports, logs and sign-in activity in a tenant without Entra ID P1. */
export function needsPremium(): Answer {
  const message = "Neither tenant is B2C or tenant doesn't have premium license";
  return graphError(403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant', message);
}

/** The refusal of the PIM endpoints in a tenant without Entra ID P2. */
export function needsPremiumP2(): Answer {
  const message = 'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.';
  return graphError(400, 'AadPremiumLicenseRequired', message);
}
