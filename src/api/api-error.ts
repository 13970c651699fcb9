import { errorSchema } from '../contract.ts';
import { AppError } from '../lib/errors.ts';
import type { RouteAnswer } from './route.ts';

/** The HTTP status of every code that is no fault of ours; any other code is a 500. */
const STATUS: Readonly<Record<string, number>> = {
  token_missing: 401,
  token_invalid: 401,
  token_expired: 401,
  token_scope: 403,
  token_client: 403,
  tenant_not_onboarded: 403,
  sign_in_unavailable: 503,
  no_role: 403,
  not_yours: 403,
  not_yours_to_see: 403,
  not_your_decision: 403,
  not_your_person: 403,
  account_unknown: 404,
  // Whether a customer exists is not told to people who have nothing to do with it.
  not_granted: 404,
  customer_none: 404,
  customer_unknown: 404,
  not_found: 404,
  person_unknown: 404,
  method_not_allowed: 405,
  snapshot_part_missing: 409,
  no_rollout: 409,
  phase_unknown: 404,
  mail_not_in_doubt: 409,
  package_unreadable: 400,
  package_foreign: 400,
  catalogue_tenant: 403,
  catalogue_refused: 403,
  catalogue_unreachable: 502,
  on_behalf_login: 409,
  on_behalf_consent: 403,
  on_behalf_expired: 401,
  on_behalf_refused: 502,
  body_too_large: 413,
  body_not_json: 415,
  request_invalid: 400,
  tab_not_built: 503,
  store_busy: 503,
  process_stopping: 503,
};

const SERVER_ERROR = 500;
const FAULT = 'Something went wrong here. Try again; if it stays so, tell your engineer the reference.';

/** The HTTP status that belongs to a thrown error. */
export function statusOf(error: unknown): number {
  return error instanceof AppError ? (STATUS[error.code] ?? SERVER_ERROR) : SERVER_ERROR;
}

/**
 * The JSON answer to a thrown error: its code, a sentence and the request's reference. What is meant for the log alone
 * (messages without a sentence for people, foreign errors) is not told.
 */
export function errorAnswer(error: unknown, reference: string): RouteAnswer {
  const status = statusOf(error);
  const isOurs = error instanceof AppError && (status < SERVER_ERROR || error.userMessage !== undefined);
  const [code, message] = isOurs ? [error.code, error.sentence] : ['internal', FAULT];
  return {
    status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
      ...(status === 503 ? { 'Retry-After': '5' } : {}),
    },
    body: JSON.stringify(errorSchema.parse({ error: { code, message, reference } })),
  };
}

/** A refusal with a sentence for the person. */
export function refused(code: string, userMessage: string, why: string = userMessage): AppError {
  return new AppError(code, why, { userMessage });
}
