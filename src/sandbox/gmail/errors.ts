import type { Answer } from '../http/exchange.ts';

type GoogleError = {
  status: number;
  message: string;
  reason: string;
  domain?: 'global' | 'usageLimits';
  /** The newer name of the status, which some answers carry. */
  name?: string;
  location?: { location: string; locationType: string };
};

/** Google's envelope of errors. Which limit was hit stands in the reason, not in the status. */
export function googleError(given: GoogleError): Answer {
  const { status, message, reason, domain = 'global', location = {} } = given;
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=UTF-8' },
    body: {
      error: {
        code: status,
        message,
        errors: [{ message, domain, reason, ...location }],
        ...(given.name === undefined ? {} : { status: given.name }),
      },
    },
  };
}

export function notFound(): Answer {
  return googleError({
    status: 404,
    message: 'Requested entity was not found.',
    reason: 'notFound',
    name: 'NOT_FOUND',
  });
}

export function invalidArgument(message: string): Answer {
  return googleError({ status: 400, message, reason: 'invalidArgument', name: 'INVALID_ARGUMENT' });
}

export function invalidCredentials(): Answer {
  return googleError({
    status: 401,
    message: 'Invalid Credentials',
    reason: 'authError',
    location: { locationType: 'header', location: 'Authorization' },
  });
}

/** A refusal for the caller's speed. */
export function tooFast(status: 429 | 403, message: string): Answer {
  return status === 429
    ? googleError({ status, message, reason: 'rateLimitExceeded', domain: 'usageLimits', name: 'RESOURCE_EXHAUSTED' })
    : googleError({ status, message, reason: 'userRateLimitExceeded', domain: 'usageLimits' });
}

/** A refusal for the day's limit, in its own words. */
export function dayIsFull(): Answer {
  return googleError({
    status: 403,
    message: 'Daily Limit Exceeded',
    reason: 'dailyLimitExceeded',
    domain: 'usageLimits',
  });
}

/** What a fault answers for a status, in Google's own form. */
export function faultError(status: number): Answer {
  if (status === 429 || status === 403) return tooFast(status, 'User-rate limit exceeded.');
  if (status === 401) return invalidCredentials();
  return status >= 500
    ? googleError({ status, message: 'Backend Error', reason: 'backendError', name: 'UNAVAILABLE' })
    : googleError({ status, message: 'Bad Request', reason: 'badRequest' });
}
