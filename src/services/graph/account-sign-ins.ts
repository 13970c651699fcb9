import type { Graph } from './client.ts';
import { type NotLicensed, orNotLicensed } from './licence-refusal.ts';
import { pagesOf, type ReadOptions } from './pages.ts';
import type { SignInLog, SignInRows, SignInWindow } from './sign-ins.ts';
import { type GraphSignIn, signInSchema } from './wire.ts';

/** Graph limits the clauses of a filter without saying where; this is well below what is seen to work. */
const USERS_PER_REQUEST = 12;
const PAGE_SIZE = 1_000;

const LOGS = {
  interactive: { call: 'signIns.interactive', filter: [] },
  nonInteractive: {
    call: 'signIns.nonInteractive',
    filter: ["signInEventTypes/any(t: t eq 'nonInteractiveUser')"],
  },
} as const;

export type AccountSignIns = ReadOptions & { userIds: readonly string[]; window: SignInWindow };

/**
 * What a few accounts did in one of the two logs, chosen by Graph itself and held together: for accounts that are seldom
 * used. Needs P1 and AuditLog.Read.All.
 */
export async function readSignInsOf(graph: Graph, log: SignInLog, read: AccountSignIns): Promise<SignInRows> {
  const { userIds, window, ...options } = read;
  const rows: GraphSignIn[] = [];
  for (let start = 0; start < userIds.length; start += USERS_PER_REQUEST) {
    const asked = userIds.slice(start, start + USERS_PER_REQUEST);
    const refused = await addRows(graph, rows, { log, window, options, userIds: asked });
    if (refused !== null) return refused;
  }
  return { kind: 'rows', rows };
}

type Asked = { log: SignInLog; window: SignInWindow; options: ReadOptions; userIds: readonly string[] };

async function addRows(graph: Graph, rows: GraphSignIn[], asked: Asked): Promise<NotLicensed | null> {
  const { call, filter } = LOGS[asked.log];
  const users = asked.userIds.map((id) => `userId eq '${id.replaceAll("'", "''")}'`).join(' or ');
  const { from, to } = asked.window;
  const span = [`createdDateTime ge ${from}`, ...(to === undefined ? [] : [`createdDateTime le ${to}`])];
  const query = { $filter: [...span, ...filter, `(${users})`].join(' and '), $top: PAGE_SIZE };
  const read = await orNotLicensed('P1', async () => {
    const options = { ...asked.options, query };
    for await (const page of pagesOf(graph, { call, row: signInSchema, options })) rows.push(...page.rows);
    return null;
  });
  return read;
}
