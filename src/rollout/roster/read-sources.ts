import { DAY_MS } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { Connections } from '../../services/connections.ts';
import { listPolicies } from '../../services/graph/conditional-access.ts';
import {
  listRegistrationPages,
  type RegistrationPages,
  type Registrations,
} from '../../services/graph/registration.ts';
import { getSecurityDefaults } from '../../services/graph/security-defaults.ts';
import { collectSignIns, readLegacySignIns, type SignInRows } from '../../services/graph/sign-ins.ts';
import { listUsers, readUserDelta, startUserDelta } from '../../services/graph/users.ts';
import type { GraphPolicy, GraphSecurityDefaults, GraphUser, GraphUserChange } from '../../services/graph/wire.ts';
import type { HrReading } from '../../services/hr/hr.ts';

/** A source that was read, or why it was not. One source's failure leaves the others' readings alone. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; code: string; why: string };

export type UsersReading =
  | { kind: 'all'; users: GraphUser[]; mark: string }
  | { kind: 'changes'; changes: GraphUserChange[]; mark: string };

export type RegistrationReading = Registrations | RegistrationPages;

export type PeopleReading = {
  hr: Outcome<HrReading>;
  users: Outcome<UsersReading>;
  registration: Outcome<RegistrationReading>;
  policies: Outcome<GraphPolicy[]>;
  /** Undefined when an enabled policy already tells that Security Defaults are off. */
  securityDefaults: Outcome<GraphSecurityDefaults> | undefined;
  legacySignIns: Outcome<SignInRows>;
};

export type PeoplePlan = {
  /** Where the last user delta ended, or the watch began; undefined when there is no mark yet. */
  mark: string | undefined;
  /** Read users whole instead of what changed since the mark, which stays in force. */
  isWhole: boolean;
  /** Legacy sign-ins are read from here on, ISO 8601. */
  signInsFrom: string;
  /** Digests of registration pages that were taken over already: pages that come again so are not parsed. */
  knownPages?: ReadonlySet<string>;
  signal: AbortSignal;
};

/** Tries a source. A vendor's failure becomes an outcome; a stopping process and our own mistakes are thrown on. */
export async function attempt<T>(signal: AbortSignal, read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    return { ok: false, code: error.code, why: error.sentence };
  }
}

/** Reads everything the master list stands on, the sources side by side, without writing anything. */
export async function readPeopleSources({ graph, hr }: Connections, plan: PeoplePlan): Promise<PeopleReading> {
  const { signal } = plan;
  const [hrReading, users, registration, policyReading, legacySignIns] = await Promise.all([
    attempt(signal, () => readHr(hr, signal)),
    attempt(signal, () => readUsers(graph, plan)),
    attempt(signal, () => listRegistrationPages(graph, { signal, known: plan.knownPages })),
    readPolicies(graph, signal),
    attempt(signal, () =>
      collectSignIns((onRows) => readLegacySignIns(graph, { window: { from: plan.signInsFrom }, onRows, signal })),
    ),
  ]);
  return { hr: hrReading, users, registration, legacySignIns, ...policyReading };
}

async function readHr(hr: Connections['hr'], signal: AbortSignal): Promise<HrReading> {
  if (hr === null) throw new AppError('hr_none', 'the customer file names no HR source');
  return hr.read(signal);
}

/**
 * The mark comes before the list: a change between the two is then read twice instead of never. So a full listing
 * keeps a mark that is there, and takes one first where there is none.
 */
async function readUsers(graph: Connections['graph'], { mark, isWhole, signal }: PeoplePlan): Promise<UsersReading> {
  if (mark !== undefined && isWhole) return { kind: 'all', users: await listUsers(graph, { signal }), mark };
  if (mark !== undefined) {
    const changes: GraphUserChange[] = [];
    const onChanges = (rows: GraphUserChange[]) => {
      for (const row of rows) changes.push(row);
    };
    const delta = await readUserDelta(graph, { deltaLink: mark, onChanges, signal });
    if (delta.kind === 'changes') return { kind: 'changes', changes, mark: delta.deltaLink };
  }
  const fresh = await startUserDelta(graph, { signal });
  return { kind: 'all', users: await listUsers(graph, { signal }), mark: fresh };
}

/**
 * Entra refuses to enable a policy while Security Defaults are on, so an enabled policy tells that they are off and
 * saves the request.
 */
async function readPolicies(
  graph: Connections['graph'],
  signal: AbortSignal,
): Promise<Pick<PeopleReading, 'policies' | 'securityDefaults'>> {
  const policies = await attempt(signal, () => listPolicies(graph, { signal }));
  if (policies.ok && policies.value.some((policy) => policy.state === 'enabled')) {
    return { policies, securityDefaults: undefined };
  }
  return { policies, securityDefaults: await attempt(signal, () => getSecurityDefaults(graph, { signal })) };
}

/** The instant `days` before another one, ISO 8601. */
export function daysBefore(instantMs: number, days: number): string {
  return new Date(instantMs - days * DAY_MS).toISOString();
}
