import { isObject, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import type { BotAnswer } from './bot-link.ts';
import { ADAPTIVE_CARD, cardProblem } from './card-check.ts';

/** What Teams shows after a press: a card in place of the old one, a strip with words, or that the app was not reached. */
export type InvokeResult =
  | { show: 'card'; card: GraphObject }
  | { show: 'message'; text: string }
  | { show: 'error'; text: string }
  /** `againInMs`: the card may be asked for again by itself only then. */
  | { show: 'nothing'; againInMs?: number }
  | { show: 'unreachable'; why: string };

const MESSAGE = 'application/vnd.microsoft.activity.message';
const ERROR = 'application/vnd.microsoft.error';
/** Also seen in the documents, beside the one that works. */
const OTHER_CARD = 'application/vnd.microsoft.adaptive.card';

/** Reads the bot's answer to a card's invoke as Teams does: only HTTP 200 is looked into. */
export function readInvokeAnswer(answer: BotAnswer): InvokeResult {
  if (!answer.reached) return { show: 'unreachable', why: answer.why };
  if (answer.status !== 200) return { show: 'unreachable', why: `HTTP ${answer.status}` };
  const body = parse(answer.body);
  if (body === null) return { show: 'nothing' };
  const status = typeof body.statusCode === 'number' ? body.statusCode : 200;
  const type = textOf(body, 'type');
  if (type === ERROR || status >= 400) return { show: 'error', text: errorText(body, status) };
  if (type === MESSAGE) return { show: 'message', text: typeof body.value === 'string' ? body.value : '' };
  if (type !== ADAPTIVE_CARD && type !== OTHER_CARD) return { show: 'nothing' };
  const problem = cardProblem(body.value);
  return problem === null && isObject(body.value)
    ? { show: 'card', card: body.value }
    : { show: 'error', text: problem ?? 'Something went wrong.' };
}

function errorText(body: GraphObject, status: number): string {
  const message = isObject(body.value) ? textOf(body.value, 'message') : '';
  return message === '' ? `Something went wrong (${status}). Try again.` : message;
}

function parse(text: string): GraphObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    // An empty or broken body shows nothing, as in Teams.
    return null;
  }
}
