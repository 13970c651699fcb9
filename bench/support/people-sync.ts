import { daysBefore, type PeopleReading, readPeopleSources } from '../../src/rollout/roster/read-sources.ts';
import { leastSync } from './least.ts';
import type { BenchTenant, Traffic } from './tenant.ts';

const SIGN_IN_DAYS = 7;

/** For each of 200,000 people: twenty would not fit beside them into the memory of a small machine. */
export const FULL_SIGN_INS = 2;

/** One people sync: what it asked of Graph, how long it took in virtual time, and where the next one goes on. */
export type MeasuredSync = Traffic & {
  /** Calls that only start the watch for changes. */
  marks: number;
  makespanMs: number;
  mark: string;
};

/** The least that a full people sync of this tenant needs. */
export function leastSyncOf({ truth, time }: BenchTenant): ReturnType<typeof leastSync> {
  return leastSync(truth, signInsFrom(time));
}

/** From when on the bench's syncs read sign-ins. */
export function signInsFrom(time: BenchTenant['time']): string {
  return daysBefore(time.callers.now(), SIGN_IN_DAYS);
}

/**
 * Reads HR and tenant as the product's job does, on fresh windows. Throws when a source could not be read or brought
 * other than the tenant's rows: a sync that leaves something out is no cheap one.
 */
export async function syncPeople(tenant: BenchTenant, mark?: string): Promise<MeasuredSync> {
  tenant.forget();
  const connections = tenant.connect();
  const startedAt = tenant.time.now();
  const { rows } = leastSyncOf(tenant);
  const plan = {
    mark,
    isWhole: mark === undefined,
    signInsFrom: signInsFrom(tenant.time),
    signal: new AbortController().signal,
  };
  const reading = await tenant.time.run(() => readPeopleSources(connections, plan));
  for (const [source, outcome] of Object.entries(reading)) {
    if (outcome?.ok === false) throw new Error(`${source} was not read: ${outcome.why}`);
  }
  const { users, registration, legacySignIns } = reading;
  if (!users.ok) throw new Error('the users were not read');
  requireRows('users', users.value.kind === 'all' ? users.value.users : undefined, rows.users);
  requireRows('registrations', rowsIn(registration), rows.registrations);
  requireRows('legacy sign-ins', rowsIn(legacySignIns), rows.legacySignIns);
  return {
    ...tenant.traffic(),
    marks: tenant.sandbox.requests.list().filter(({ query }) => query.$deltaToken === 'latest').length,
    makespanMs: tenant.time.now() - startedAt,
    mark: users.value.mark,
  };
}

type Rows = PeopleReading['registration'] | PeopleReading['legacySignIns'];

function rowsIn(outcome: Rows): readonly unknown[] {
  if (!outcome.ok || outcome.value.kind === 'notLicensed') return [];
  return outcome.value.kind === 'rows' ? outcome.value.rows : outcome.value.pages.flatMap((page) => page.rows());
}

/** A sync that reads changes alone brings no list of users to count. */
function requireRows(what: string, found: readonly unknown[] | undefined, expected: number): void {
  if (found === undefined || found.length === expected) return;
  throw new Error(`the sync brought ${found.length} ${what}, the tenant has ${expected}`);
}
