/**
 * The request of a command, by what was given on its line. What was left out is no part of it, and neither is `--json`:
 * every command takes it, none asks by it, and an operation refuses what it does not know.
 */
export function given(options: object): Record<string, unknown> {
  const entries = Object.entries(options) as [string, unknown][];
  return Object.fromEntries(entries.filter(([name, value]) => value !== undefined && name !== 'json'));
}
