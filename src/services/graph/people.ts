import type { Graph } from './client.ts';
import { listPolicies } from './conditional-access.ts';
import type { NotLicensed } from './licence-refusal.ts';
import type { ReadOptions } from './pages.ts';
import { listRegistrations, type Registrations } from './registration.ts';
import { readLegacySignIns, type SignInWindow } from './sign-ins.ts';
import { listUsers } from './users.ts';
import type { GraphPolicy, GraphSignIn, GraphUser } from './wire.ts';

export type People = {
  users: GraphUser[];
  registrations: Registrations;
  policies: GraphPolicy[];
  legacySignIns: { kind: 'rows'; rows: GraphSignIn[] } | NotLicensed;
};

/**
 * Reads what the people sync needs, the four listings side by side: one request each for a tenant that fits a page.
 * All or nothing: when one fails, the others are ended and its error is thrown.
 */
export async function readPeople(graph: Graph, read: ReadOptions & { signIns: SignInWindow }): Promise<People> {
  const stop = new AbortController();
  const signal = read.signal === undefined ? stop.signal : AbortSignal.any([read.signal, stop.signal]);
  const options: ReadOptions = { priority: read.priority, signal };
  try {
    const [users, registrations, policies, legacySignIns] = await Promise.all([
      listUsers(graph, options),
      listRegistrations(graph, options),
      listPolicies(graph, options),
      collectLegacy(graph, options, read.signIns),
    ]);
    return { users, registrations, policies, legacySignIns };
  } finally {
    stop.abort();
  }
}

async function collectLegacy(
  graph: Graph,
  options: ReadOptions,
  window: SignInWindow,
): Promise<People['legacySignIns']> {
  const rows: GraphSignIn[] = [];
  const onRows = (page: GraphSignIn[]) => {
    rows.push(...page);
  };
  const read = await readLegacySignIns(graph, { ...options, window, onRows });
  return read.kind === 'done' ? { kind: 'rows', rows } : read;
}
