/* Instants as text and as a number, for cores: they get no clock, and reading a text needs none. */

/** The instant of an ISO 8601 text in milliseconds since the epoch; NaN when it is none. */
export function msOf(iso: string): number {
  return Date.parse(iso);
}

/** The instant as ISO 8601 in UTC. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
