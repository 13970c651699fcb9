/**
 * The sign-ins of a stretch of life. The evaluator decides each kind of sign-in of a person once for as long as
 * neither the tenant's rules nor the person's methods change; the rows are kept together at the end of a day.
 */

import { canAnswerMfa, usableCombinations } from '../evaluator/methods.ts';
import { canRegister } from '../evaluator/watch.ts';
import { showPass, TAP_TYPE } from '../graph/user-authentication.ts';
import { addSignIns, type WorldHandle } from '../people.ts';
import { type Attempt, type AttemptTruth, judgeAttempt, type Visit, visitOf } from '../sign-in-attempts.ts';
import type { TenantState } from '../state/state.ts';
import type { Tenant } from '../world/world.ts';

type Row = Tenant['signIns'][number];
type Judged = { row: Row; truth: AttemptTruth };

export type Attempts = {
  /** Lets somebody sign in now, and tells what became of it. */
  attempt(attempt: Attempt): AttemptTruth;
  /** Whether the person has a method that the tenant lets the person answer with. */
  isEnrolled(userId: string): boolean;
  /** Whether the person could register a method now from a place. */
  mayRegister(userId: string, place: Pick<Attempt, 'country' | 'ipAddress'>): boolean;
  /** Writes the rows of the sign-ins since the last time into the log. */
  flush(): void;
};

type Known = { methods: Visit['methods'] | undefined; visit: Visit; judged: Map<string, Judged> };

/** What one tenant's attempts cost once and are then known. */
export type AttemptCache = { rulesSeq: number; people: Map<string, Known> };

/** An empty cache. */
export function createAttemptCache(): AttemptCache {
  return { rulesSeq: -1, people: new Map() };
}

/** Creates the sign-ins of a tenant. */
export function createAttempts(world: WorldHandle, tenant: TenantState, cache: AttemptCache): Attempts {
  let rows: Row[] = [];
  const { tenantId } = tenant.tenant;
  return {
    attempt(attempt) {
      const known = knownOf(world, tenant, { cache, userId: attempt.userId });
      const { id = '', at = new Date(world.now()).toISOString(), ...rest } = attempt;
      const key = JSON.stringify(rest);
      const judged = known.judged.get(key) ?? judgeAttempt(known.visit, attempt, at);
      known.judged.set(key, judged);
      rows.push({ ...judged.row, id, createdDateTime: at, correlationId: id });
      return { ...judged.truth, id };
    },
    isEnrolled(userId) {
      const { methods } = knownOf(world, tenant, { cache, userId }).visit;
      const lasting = methods.filter((method) => method['@odata.type'] !== TAP_TYPE);
      return canAnswerMfa(usableCombinations(tenant.tenant, lasting));
    },
    mayRegister(userId, { country = null, ipAddress = null }) {
      const { visit } = knownOf(world, tenant, { cache, userId });
      const signIn = {
        target: { kind: 'userAction', userAction: 'registerSecurityInformation' },
        clientApp: 'browser',
        transferMethod: 'none',
        ...(ipAddress === null ? {} : { ipAddress }),
        ...(country === null ? {} : { country }),
      } as const;
      return canRegister(tenant.tenant, visit.subject, { signIn });
    },
    flush() {
      if (rows.length === 0) return;
      addSignIns(world, tenantId, rows);
      rows = [];
    },
  };
}

function knownOf(
  world: WorldHandle,
  { tenant, rulesSeq }: TenantState,
  { cache, userId }: { cache: AttemptCache; userId: string },
): Known {
  if (cache.rulesSeq !== rulesSeq) {
    cache.rulesSeq = rulesSeq;
    cache.people.clear();
  }
  const methods = tenant.authenticationMethods[userId];
  const hasPass = methods?.some((method) => method['@odata.type'] === TAP_TYPE) ?? false;
  const known = cache.people.get(userId);
  if (known !== undefined && known.methods === methods && !hasPass) return known;
  const visit = known?.visit ?? visitOf(tenant, userId);
  // A pass is usable for a while only: what is known of its holder is not kept from one sign-in to the next.
  const shown = (methods ?? []).map((method) =>
    method['@odata.type'] === TAP_TYPE ? showPass(method, world.now()) : method,
  );
  const made = { methods, visit: { ...visit, methods: shown }, judged: new Map<string, Judged>() };
  cache.people.set(userId, made);
  return made;
}
