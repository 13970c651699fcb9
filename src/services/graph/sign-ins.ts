import type { Graph } from './client.ts';
import { type NotLicensed, orNotLicensed } from './licence-refusal.ts';
import { type LogRead, type LogReading, readNewEntries } from './log-reading.ts';
import { pagesOf, type ReadOptions } from './pages.ts';
import { type GraphSignIn, signInSchema } from './wire.ts';

/**
 * The values of `clientAppUsed` that mean a protocol without MFA. Microsoft writes them as display texts and adds to
 * them, so the list is data: `readUnknownClientApps` tells what it lacks.
 */
export const LEGACY_CLIENT_APPS: readonly string[] = [
  'AutoDiscover',
  'Exchange ActiveSync',
  'Exchange Online PowerShell',
  'Exchange Web Services',
  'IMAP4',
  'MAPI Over HTTP',
  'Offline Address Book',
  'Outlook Anywhere (RPC over HTTP)',
  'Outlook Service',
  'Other clients',
  'POP3',
  'Reporting Web Services',
  'Authenticated SMTP',
  'SMTP',
];

/** What is left of `clientAppUsed` when the legacy values are taken away. */
const MODERN_CLIENT_APPS: readonly string[] = ['Browser', 'Mobile Apps and Desktop clients'];

/** Graph's own default and maximum. */
const PAGE_SIZE = 1_000;
/** Graph limits the length and the clauses of a filter without saying where; this is well below what is seen to work. */
const USERS_PER_REQUEST = 12;

/** A span of the log, ISO 8601 in UTC, both ends included. */
export type SignInWindow = { from: string; to?: string | undefined };

export type SignInRead = ReadOptions & {
  window: SignInWindow;
  onRows: (rows: GraphSignIn[]) => Promise<void> | void;
};

export type SignInReading = { kind: 'done' } | NotLicensed;

/** The rows of a sign-in log held together, or the licence that the tenant lacks for it. */
export type SignInRows = { kind: 'rows'; rows: GraphSignIn[] } | NotLicensed;

/** Holds together what a reading hands out page by page: for windows that are known to be small. */
export async function collectSignIns(
  read: (onRows: (page: GraphSignIn[]) => void) => Promise<SignInReading>,
): Promise<SignInRows> {
  const rows: GraphSignIn[] = [];
  const reading = await read((page) => {
    for (const row of page) rows.push(row);
  });
  return reading.kind === 'done' ? { kind: 'rows', rows } : reading;
}

/** Interactive sign-ins over legacy protocols, chosen by Graph itself. Needs P1 and AuditLog.Read.All, Policy.Read.All. */
export function readLegacySignIns(graph: Graph, read: SignInRead): Promise<SignInReading> {
  const clients = LEGACY_CLIENT_APPS.map((name) => `clientAppUsed eq ${quoted(name)}`).join(' or ');
  return readLog(graph, read, { call: 'signIns.interactive', filter: `(${clients})` });
}

/**
 * The interactive sign-ins of these users, several users in a request: enough to say of a handful of accounts that no
 * person sits behind them, without reading the whole log.
 */
export async function readInteractiveSignInsOf(
  graph: Graph,
  userIds: readonly string[],
  read: SignInRead,
): Promise<SignInReading> {
  for (let start = 0; start < userIds.length; start += USERS_PER_REQUEST) {
    const users = userIds.slice(start, start + USERS_PER_REQUEST).map((id) => `userId eq ${quoted(id)}`);
    const reading = await readLog(graph, read, { call: 'signIns.interactive', filter: `(${users.join(' or ')})` });
    if (reading.kind === 'notLicensed') return reading;
  }
  return { kind: 'done' };
}

/**
 * Sign-ins that clients make in the background, where an OAuth client that cannot do MFA shows (resource owner
 * password, device code). The v1.0 log does not have them.
 */
export function readNonInteractiveSignIns(graph: Graph, read: SignInRead): Promise<SignInReading> {
  return readLog(graph, read, LOGS.nonInteractive);
}

/** The two logs of people's sign-ins, each with a mark of its own. */
export type SignInLog = 'interactive' | 'nonInteractive';

const LOGS: Record<SignInLog, Log> = {
  interactive: { call: 'signIns.interactive', filter: '' },
  nonInteractive: { call: 'signIns.nonInteractive', filter: "signInEventTypes/any(t: t eq 'nonInteractiveUser')" },
};

/**
 * Every sign-in that is new in a log since its mark, each once, a page at a time however long the window is. What a
 * rollout's window needs takes one reading of each log. Needs P1 and AuditLog.Read.All, Policy.Read.All.
 */
export function readNewSignIns(
  graph: Graph,
  log: SignInLog,
  read: LogRead<GraphSignIn>,
): Promise<LogReading | NotLicensed> {
  return orNotLicensed('P1', () =>
    readNewEntries(graph, read, {
      listing: (window, options) => listing({ ...LOGS[log], window, options }),
      entryOf: ({ id, createdDateTime }) => ({ id, at: createdDateTime }),
    }),
  );
}

/**
 * Looks through one unfiltered page for values of `clientAppUsed` that neither list knows: with such a value the
 * legacy filter would miss a protocol in silence.
 */
export async function readUnknownClientApps(
  graph: Graph,
  read: ReadOptions & { window: SignInWindow },
): Promise<{ kind: 'values'; values: string[] } | NotLicensed> {
  const { window, ...options } = read;
  return orNotLicensed('P1', async () => {
    const first = await pagesOf(graph, listing({ call: 'signIns.interactive', window, filter: '', options })).next();
    const used = first.done === true ? [] : first.value.rows.map((row) => row.clientAppUsed ?? '');
    const known = new Set(['', ...LEGACY_CLIENT_APPS, ...MODERN_CLIENT_APPS]);
    return { kind: 'values' as const, values: [...new Set(used)].filter((value) => !known.has(value)).sort() };
  });
}

type Log = { call: 'signIns.interactive' | 'signIns.nonInteractive'; filter: string };

function readLog(graph: Graph, read: SignInRead, log: Log): Promise<SignInReading> {
  const { window, onRows, ...options } = read;
  return orNotLicensed('P1', async () => {
    for await (const { rows } of pagesOf(graph, listing({ ...log, window, options }))) await onRows(rows);
    return { kind: 'done' as const };
  });
}

function listing({ call, window, filter, options }: Log & { window: SignInWindow; options: ReadOptions }) {
  const span = [
    `createdDateTime ge ${window.from}`,
    ...(window.to === undefined ? [] : [`createdDateTime le ${window.to}`]),
  ];
  const $filter = [...span, ...(filter === '' ? [] : [filter])].join(' and ');
  return { call, row: signInSchema, options: { ...options, query: { $filter, $top: PAGE_SIZE } } };
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
