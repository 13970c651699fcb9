import { randomBytes } from 'node:crypto';
import { AppError } from '../src/lib/errors.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import { inGerman } from '../src/rollout/helpdesk/german-words.core.ts';
import type { InvokeAnswer } from './adapter.ts';
import { type Language, textsIn } from './cards/texts.ts';
import type { BotDeps } from './deps.ts';
import type { Inbound } from './inbound.ts';

/** A number by which a person's complaint finds its line in the log. */
export function newReference(): string {
  return randomBytes(4).toString('hex').toUpperCase();
}

/**
 * What a press that failed is answered with: a sentence and a reference number, which stands in the log with the cause.
 * Without an error: something the bot does not know.
 */
export function errorAnswer(
  { log }: Pick<BotDeps, 'log'>,
  inbound: Inbound,
  customer: Customer | null,
  error: unknown = new AppError('action_unknown', 'no such action'),
): InvokeAnswer {
  const reference = newReference();
  const language: Language = inbound.language ?? customer?.settings.language ?? 'en';
  const code = error instanceof AppError ? error.code : 'unexpected';
  const facts = { reference, customerId: customer?.id, activity: inbound.type, code };
  const message = sentenceOf(error, language, reference);
  if (message === undefined) {
    log.error('bot.failed', { ...facts, error: error instanceof Error ? `${error.name}: ${error.message}` : 'thrown' });
    const value = { code: 'internal', message: textsIn(language).failed(reference) };
    return { statusCode: 500, type: 'application/vnd.microsoft.error', value };
  }
  log.warn('bot.refused', facts);
  return { statusCode: 400, type: 'application/vnd.microsoft.error', value: { code, message } };
}

/** The sentence for an expected refusal; undefined for a fault, whose text is for us alone. */
function sentenceOf(error: unknown, language: Language, reference: string): string | undefined {
  const texts = textsIn(language);
  if (!(error instanceof AppError)) return undefined;
  switch (error.code) {
    case 'action_unknown':
    case 'action_data':
    case 'hand_over_unknown':
      return texts.refused(texts.badAction, reference);
    case 'foreign_customer':
      return texts.refused(texts.foreignCustomer, reference);
    case 'not_granted':
      return texts.refused(texts.notGranted, reference);
    case 'snapshot_part_missing':
      return texts.refused(texts.unavailable, reference);
    default:
      if (error.userMessage === undefined) return undefined;
      return texts.refused(language === 'de' ? inGerman(error.userMessage) : error.userMessage, reference);
  }
}
