/** What every route below a customer shares: who asks, what he may see, and how a query or body is read. */
import type { z } from 'zod';
import { isStorableValue } from '../lib/storable-text.ts';
import { type Actor, may } from '../rollout/access/access.core.ts';
import { refused } from './api-error.ts';
import type { Asker } from './reviews.ts';
import type { RouteAnswer, RouteRequest } from './route.ts';

/** A request of a person who may be at this customer; what he may see there is still to be asked. */
export type CustomerRequest = Asker & { request: RouteRequest; etag: string };

/** Answers such a request. */
export type CustomerHandler = (asked: CustomerRequest) => Promise<RouteAnswer>;

const NO_ROLE = 'You have no role here that shows this. Ask the engineer of your service provider to grant you one.';

const NOT_STORABLE =
  'This request holds a character that cannot be kept (a NUL or half a character). Write the text again without it.';

const ACCOUNT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The account that a path names. Refuses with `person_unknown` what is no id, in the words for nobody of that id. */
export function accountIdIn({ params }: RouteRequest): string {
  const accountId = (params.accountId ?? '').toLowerCase();
  if (!ACCOUNT_ID.test(accountId)) throw personUnknown();
  return accountId;
}

/** The refusal where nobody of an account is known. */
export function personUnknown(): Error {
  return refused('person_unknown', 'There is nobody of this account in the master list.');
}

/** Whose people the actor sees: everybody's (undefined), or his own by his account id. Refuses anybody else with `no_role`. */
export function scopeOf(actor: Actor): string | undefined {
  if (may(actor, 'seePeople')) return undefined;
  if (actor.roles.includes('manager')) return actor.identity.objectId;
  throw noRole();
}

/** Refuses with `no_role` whoever does not have the right. */
export function requireRight(actor: Actor, right: Parameters<typeof may>[1]): void {
  if (!may(actor, right)) throw noRole();
}

/** The refusal of somebody whose roles do not show it. */
export function noRole(): Error {
  return refused('no_role', NO_ROLE);
}

/** The query of a request; of a parameter that is given twice the last one counts. */
export function queryOf({ query }: RouteRequest): Record<string, string> {
  return Object.fromEntries([...query].filter(([name, value]) => value !== '' || name === 'department'));
}

/** The value as the schema has it. Refuses with `request_invalid`, also any text that no store can hold. */
export function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  if (!isStorableValue(value)) throw refused('request_invalid', NOT_STORABLE);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`).join('; ');
  throw refused('request_invalid', `This request is not understood (${wrong}). Reload the page.`);
}

/** The JSON of an answer. */
export function json(value: unknown): string {
  return JSON.stringify(value);
}

/** Headers of an answer that nobody keeps. */
export const UNSTORED = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
