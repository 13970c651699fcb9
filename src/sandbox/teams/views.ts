import type { GraphObject } from '../world/world.ts';
import type { InvokeResult } from './invoke-result.ts';
import type { Person } from './places.ts';

/** The cards that single people see instead of everybody's; they live as long as a client's memory would. */
export type Views = {
  /** Keeps what came of a press, and when. */
  keep(person: Person, messageId: string, result: InvokeResult): void;
  /** The person's own card; null when they see everybody's, as after every edit of the message. */
  cardFor(person: Person, messageId: string): GraphObject | null;
  /** Whether Teams would refresh by itself again. */
  isDue(person: Person, messageId: string): boolean;
};

type View = { card: GraphObject | null; base: string | null; askedAt: number };

const REFRESH_EVERY_MS = 60_000;

/** Creates an empty set. */
export function createViews(now: () => number): Views {
  const views = new Map<string, View>();
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
      const message = person.tenant.kept.activities.get(messageId);
      return view !== undefined && message !== undefined && view.base === message.editedAt ? view.card : null;
    },
    isDue(person, messageId) {
      const view = views.get(keyOf(person, messageId));
      return view === undefined || now() - view.askedAt >= REFRESH_EVERY_MS;
    },
  };
}
