import type { Throttle, Window } from '../throttle.ts';

/** How much a bot may send; Microsoft's page "Rate limiting for bots", as of 2026. */
export type ConnectorLimits = {
  /** Sends, edits and new conversations in one thread. */
  connectorSend: Window[];
  /** Reads of members and conversations in one thread. */
  connectorRead: Window[];
  /** All calls of an app in a tenant. */
  connectorTenant: Window;
  /** The largest message, counted in UTF-16, pictures inside it not counted. */
  connectorMessageBytes: number;
};

const SECOND_MS = 1000;

/** A bot's published limits. */
export const CONNECTOR_LIMITS: ConnectorLimits = {
  connectorSend: [
    { limit: 7, windowMs: SECOND_MS },
    { limit: 8, windowMs: 2 * SECOND_MS },
    { limit: 60, windowMs: 30 * SECOND_MS },
    { limit: 1800, windowMs: 3600 * SECOND_MS },
  ],
  connectorRead: [
    { limit: 14, windowMs: SECOND_MS },
    { limit: 16, windowMs: 2 * SECOND_MS },
    { limit: 120, windowMs: 30 * SECOND_MS },
    { limit: 3600, windowMs: 3600 * SECOND_MS },
  ],
  connectorTenant: { limit: 50, windowMs: SECOND_MS },
  connectorMessageBytes: 100 * 1024,
};

/** Counts a call; gives the milliseconds to wait when one of the windows is full, else null. */
export function countCall(
  throttle: Throttle,
  limits: ConnectorLimits,
  given: { tenantId: string; thread: string; kind: 'send' | 'read' },
): number | null {
  const { tenantId, thread, kind } = given;
  const windows = kind === 'send' ? limits.connectorSend : limits.connectorRead;
  const buckets: [string, Window][] = [
    [`connector ${tenantId}`, limits.connectorTenant],
    ...windows.map((window): [string, Window] => [
      `connector ${kind} ${tenantId} ${thread} ${window.windowMs}`,
      window,
    ]),
  ];
  for (const [key, window] of buckets) {
    const verdict = throttle.take(key, window);
    if (verdict.refused) return verdict.waitMs;
  }
  return null;
}
