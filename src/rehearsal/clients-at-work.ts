import type { Tenant } from '../sandbox/world/world.ts';

/* Which programs cannot answer MFA by the simulated log itself, told apart without the product's own reading of it. */

type SignIn = Tenant['signIns'][number];

/** Without a sign-in for so long a client is no longer at work. */
const AT_WORK_MS = 86_400_000;
const MODERN: readonly unknown[] = ['Browser', 'Mobile Apps and Desktop clients'];
const WRONG_PASSWORD = 50126;
/** What the simulated tenant answers a session that would have to show MFA and has nobody to ask. */
const MFA_ASKED: readonly unknown[] = [50072, 50074, 50076, 50079];
const REFUSED = 'refused background sign-in';

/**
 * The programs at work on the last day before `readToMs`, by the rows that the log showed then, each as "account
 * application protocol", sorted: those whose protocol can show nobody a prompt, and sessions that enforcement has
 * refused for a day or longer without their owner answering at any screen.
 */
export function clientsAtWork(signIns: readonly SignIn[], readToMs: number): string[] {
  const known = signIns.filter(({ createdDateTime }) => Date.parse(createdDateTime) <= readToMs);
  return [...new Set([...speechless(known, readToMs), ...refusedSessions(known, readToMs)])].sort();
}

function isAtWork(atMs: number, readToMs: number): boolean {
  return readToMs - atMs < AT_WORK_MS;
}

function codeOf({ status }: SignIn): unknown {
  return (status as { errorCode?: unknown } | null)?.errorCode;
}

function keyOf({ userId, appDisplayName }: SignIn, protocol: string): string {
  return `${String(userId).toLowerCase()} ${String(appDisplayName)} ${protocol}`;
}

function speechless(signIns: readonly SignIn[], readToMs: number): string[] {
  return signIns.flatMap((row) => {
    const isRopc = row.authenticationProtocol === 'ropc';
    if (!isAtWork(Date.parse(row.createdDateTime), readToMs) || codeOf(row) === WRONG_PASSWORD) return [];
    if (!isRopc && MODERN.includes(row.clientAppUsed)) return [];
    return [keyOf(row, isRopc ? 'ROPC' : String(row.clientAppUsed))];
  });
}

function refusedSessions(signIns: readonly SignIn[], readToMs: number): string[] {
  const isRefused = (row: SignIn) =>
    row.isInteractive === false && MODERN.includes(row.clientAppUsed) && MFA_ASKED.includes(codeOf(row));
  const sessions = Map.groupBy(signIns.filter(isRefused), (row) => keyOf(row, REFUSED));
  return [...sessions].flatMap(([key, rows]) => {
    const times = rows.map(({ createdDateTime }) => Date.parse(createdDateTime)).sort((a, b) => a - b);
    const last = times.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (!isAtWork(last, readToMs)) return [];
    const userId = rows[0]?.userId;
    const answers = signIns.filter((row) => row.userId === userId && row.isInteractive !== false && codeOf(row) === 0);
    const answered = Math.max(...answers.map(({ createdDateTime }) => Date.parse(createdDateTime)));
    return last - Math.max(stretchOf(times), answered) >= AT_WORK_MS ? [key] : [];
  });
}

/** When the last stretch of refusals began: a day without any ends the one before it. */
function stretchOf(times: readonly number[]): number {
  let first = times[0] ?? Number.NaN;
  for (const [place, at] of times.entries()) {
    if (at - (times[place - 1] ?? at) >= AT_WORK_MS) first = at;
  }
  return first;
}
