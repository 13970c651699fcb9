import type { GraphObject } from '../world/world.ts';
import type { InvokeResult } from './invoke-result.ts';
import type { Person } from './places.ts';

/** The cards that single people see instead of everybody's; they live as long as a client's memory would. */
export type Views = {
  /** Keeps what came of a press, and when. */
  keep(person: Person, messageId: string, result: InvokeResult): void;
  /** The person's own card; null when they see everybody's, as after every edit of the message. */
  cardFor(person: Person, messageId: string): GraphObject | null;
  /** How long until Teams would refresh by itself again; 0 when it would now. */
  dueInMs(person: Person, messageId: string): number;
  /** Whether the message was edited after the person's own card was made, so that they see everybody's. */
  isOvertaken(person: Person, messageId: string): boolean;
};

type View = { card: GraphObject | null; base: string | null; askedAt: number };

const REFRESH_EVERY_MS = 60_000;

/** Creates an empty set. */
export function createViews(now: () => number): Views {
  const views = new Map<string, View>();
  const isCurrent = ({ tenant }: Person, messageId: string, { base }: View) =>
    base === (tenant.kept.activities.get(messageId)?.editedAt ?? null);
  const keyOf = ({ tenant, user }: Person, messageId: string) => `${tenant.tenant.tenantId} ${user.id} ${messageId}`;
  return {
    keep(person, messageId, result) {
      const key = keyOf(person, messageId);
      const before = views.get(key);
      const card = result.show === 'card' ? result.card : (before?.card ?? null);
      // An answer counts as newer than an edit that the bot made while it worked on the press.
      const edited = person.tenant.kept.activities.get(messageId)?.editedAt ?? null;
      const base = result.show === 'card' ? edited : (before?.base ?? null);
      views.set(key, { card, base, askedAt: now() });
    },
    cardFor(person, messageId) {
      const view = views.get(keyOf(person, messageId));
      return view !== undefined && isCurrent(person, messageId, view) ? view.card : null;
    },
    dueInMs(person, messageId) {
      const view = views.get(keyOf(person, messageId));
      return view === undefined ? 0 : Math.max(0, view.askedAt + REFRESH_EVERY_MS - now());
    },
    isOvertaken(person, messageId) {
      const view = views.get(keyOf(person, messageId));
      return view !== undefined && view.card !== null && !isCurrent(person, messageId, view);
    },
  };
}
