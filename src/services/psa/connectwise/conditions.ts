import { AppError } from '../../../lib/errors.ts';

/** A finished condition; made by `is`, `after` and `all` only, so that no text from outside can become one. */
export type Condition = string & { readonly condition: unique symbol };

/** `field="value"`, with the value's quotes escaped. Refuses a text with control characters, which no name has. */
export function is(field: string, value: string | number): Condition {
  return `${field}=${typeof value === 'number' ? numberOf(value) : quoted(value)}` as Condition;
}

/** `field > [instant]`, to the second, as ConnectWise writes instants. */
export function after(field: string, instantMs: number): Condition {
  return `${field} > [${new Date(instantMs).toISOString().slice(0, 19)}Z]` as Condition;
}

/** All of the conditions together. */
export function all(...conditions: readonly Condition[]): Condition {
  return conditions.join(' and ') as Condition;
}

function numberOf(value: number): string {
  if (!Number.isSafeInteger(value)) throw new AppError('bad_condition', 'an id in a condition is not a whole number');
  return String(value);
}

function quoted(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new AppError('bad_condition', 'a text in a condition holds control characters');
  return `"${text.replace(/[\\"]/g, (mark) => `\\${mark}`)}"`;
}
