import type { Answer } from '../http/exchange.ts';

/** An error of the connector. */
export function connectorError(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

export function badArgument(message: string): Answer {
  return connectorError(400, 'BadArgument', message);
}

export function noConversation(): Answer {
  return connectorError(404, 'ConversationNotFound', 'Conversation not found.');
}

export function noActivity(): Answer {
  return connectorError(404, 'ActivityNotFoundInConversation', 'The activity was not found in the conversation.');
}

export function notInRoster(): Answer {
  return connectorError(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');
}

/** The person blocked the bot, or removed it. */
export function writesBlocked(): Answer {
  const message = 'Writing to this conversation is blocked for the bot.';
  const detail = { subCode: 'MessageWritesBlocked', details: null, errorCode: 209, message };
  return {
    status: 403,
    body: { error: { code: 'MessageWritesBlocked', message, innerHttpError: { statusCode: 403, body: detail } } },
  };
}

export function tooLarge(): Answer {
  return connectorError(413, 'MessageSizeTooBig', 'Message size too large.');
}

export function tooMany(waitMs: number): Answer {
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
  return { ...connectorError(429, 'TooManyRequests', 'Too many requests.'), headers: { 'Retry-After': seconds } };
}

/** A call without a token of the bot. */
export function denied(): Answer {
  return {
    status: 401,
    headers: { 'WWW-Authenticate': 'Bearer' },
    body: { message: 'Authorization has been denied for this request.' },
  };
}

const FAULTS: Readonly<Record<number, [string, string]>> = {
  412: ['PreconditionFailed', 'The conversation was changed by another operation. Try again.'],
  429: ['TooManyRequests', 'Too many requests.'],
  502: ['BadGateway', 'Bad gateway.'],
  503: ['ServiceUnavailable', 'The service is unavailable.'],
  504: ['GatewayTimeout', 'The gateway did not answer in time.'],
};

/** The body of a fault that was switched on. */
export function faultError(status: number): Answer {
  const [code, message] = FAULTS[status] ?? ['ServiceError', 'Internal server error.'];
  return connectorError(status, code, message);
}
