import type { Answer } from '../http/exchange.ts';
import type { TenantState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import type { ConnectorLimits } from './limits.ts';
import type { TeamsWorld } from './messages.ts';

/** One call of the bot, its path and body taken apart. */
export type ConnectorCall = {
  world: TeamsWorld;
  /** The tenant of the path; null when the path names none. */
  within: TenantState | null;
  values: Record<string, string>;
  body: GraphObject;
  query: URLSearchParams;
  limits: ConnectorLimits;
  url: () => string;
  typing(conversationId: string): void;
};

/** What a call is about, found before limits are counted, and what it does when they allow it. */
export type Found = { ok: true; tenant: TenantState; thread: string; act(): Answer } | { ok: false; refusal: Answer };
