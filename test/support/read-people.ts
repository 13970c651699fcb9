import type { Graph } from '../../src/services/graph/client.ts';
import { listPolicies } from '../../src/services/graph/conditional-access.ts';
import type { ReadOptions } from '../../src/services/graph/pages.ts';
import { listRegistrations, type Registrations } from '../../src/services/graph/registration.ts';
import {
  collectSignIns,
  readLegacySignIns,
  type SignInRows,
  type SignInWindow,
} from '../../src/services/graph/sign-ins.ts';
import { listUsers } from '../../src/services/graph/users.ts';
import type { GraphPolicy, GraphUser } from '../../src/services/graph/wire.ts';

export type People = {
  users: GraphUser[];
  registrations: Registrations;
  policies: GraphPolicy[];
  legacySignIns: SignInRows;
};

/**
 * The four listings of a people sync side by side, as the services alone give them: one request each for a tenant that
 * fits a page. All or nothing: when one fails, the others are ended and its error is thrown.
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
      collectSignIns((onRows) => readLegacySignIns(graph, { ...options, window: read.signIns, onRows })),
    ]);
    return { users, registrations, policies, legacySignIns };
  } finally {
    stop.abort();
  }
}
