import { type Cover, type CoverLoss, compareCover, type LookMemo, lookAround } from './evaluator/watch.ts';
import { showPass, TAP_TYPE } from './graph/user-authentication.ts';
import type { SandboxEvent } from './state/events.ts';
import type { SandboxState, TenantState } from './state/state.ts';
import type { Tenant } from './world/world.ts';

/** What the sandbox sees about a tenant by its own evaluator. */
export type WatchReport = {
  /** Place in the journal up to which it looked, and the place from which it compares. */
  seq: number;
  since: number;
  /** People whose account is enabled and who get in nowhere; the second list without those locked out before. */
  lockedOut: string[];
  newlyLockedOut: string[];
  /** People who can do with the password alone what was protected before. */
  lostCover: CoverLoss[];
};

export type Watch = {
  /**
   * Looks at a tenant now. It compares with the place `since` of the journal: the tenant's baseline unless told
   * otherwise, and before any baseline the world as it began. Throws for an unknown tenant. Costs about a second
   * for two hundred people after a change, and nothing when nothing changed: no write ever waits for it.
   */
  look(tenantId: string, since?: number): WatchReport;
  /**
   * What it would have seen after each write since the tenant's baseline that could change somebody's sign-ins, apart
   * from what people register themselves. A write costs as much as a look for those whom it concerns.
   */
  verdicts(tenantId: string): Verdict[];
};

/** A look at one place of the journal: who had come to be locked out, and who had lost cover since the baseline. */
export type Verdict = Pick<WatchReport, 'seq' | 'newlyLockedOut' | 'lostCover'> & { at: string; event: string };

/** Looks at people that are remembered, a few kilobytes each. */
const MEMO_MAX = 10_000;

type Sight = { lockedOut: string[]; cover: Cover };

/** `stateAt` builds the world as it was at a place of the journal; `walk` goes through all places in order. */
type WatchDeps = {
  state: SandboxState;
  now(): number;
  stateAt(seq: number): SandboxState;
  walk(visit: (state: SandboxState, place: { seq: number; at: number; event: SandboxEvent }) => void): void;
};

/** Creates the watch. */
export function createWatch(deps: WatchDeps): Watch {
  const memo: LookMemo = new Map();
  const sightOf = (tenant: Tenant): Sight => {
    if (memo.size > MEMO_MAX) memo.clear();
    return lookAround(tenant, memo);
  };
  const judged = new Map<string, Map<number, Verdict>>();
  const seen = new Map<string, { key: string; sight: Sight }>();
  const remember = (slot: string, key: string, look: () => Sight): Sight => {
    const known = seen.get(slot);
    if (known?.key === key) return known.sight;
    const sight = look();
    seen.set(slot, { key, sight });
    return sight;
  };
  return {
    look(tenantId, since) {
      const tenant = requireTenant(deps.state, tenantId);
      const from = since ?? tenant.baselineSeq;
      const shown = passesAt(tenant.tenant, deps.now());
      const present = remember(tenantId, keyOf(tenant, shown), () => sightOf(shown));
      const past = remember(`${tenantId} before`, String(from), () =>
        sightOf(requireTenant(deps.stateAt(from), tenantId).tenant),
      );
      return { seq: deps.state.seq, since: from, lockedOut: present.lockedOut, ...compared(past, present) };
    },
    verdicts(tenantId) {
      const from = requireTenant(deps.state, tenantId).baselineSeq;
      const known = judged.get(`${tenantId} ${from}`) ?? new Map<number, Verdict>();
      judged.clear();
      judged.set(`${tenantId} ${from}`, known);
      const past = remember(`${tenantId} before`, String(from), () =>
        sightOf(requireTenant(deps.stateAt(from), tenantId).tenant),
      );
      deps.walk((state, { seq, at, event }) => {
        if (seq <= from || known.has(seq) || state.tenants.get(tenantId)?.rulesSeq !== seq) return;
        const tenant = requireTenant(state, tenantId);
        const sight = sightOf(passesAt(tenant.tenant, at));
        const names = event.type === 'together' ? event.events.map(({ type }) => type).join(' ') : event.type;
        known.set(seq, { seq, at: new Date(at).toISOString(), event: names, ...compared(past, sight) });
      });
      return [...known.values()];
    },
  };
}

function compared(past: Sight, present: Sight): Pick<WatchReport, 'newlyLockedOut' | 'lostCover'> {
  const before = new Set(past.lockedOut);
  return {
    newlyLockedOut: present.lockedOut.filter((id) => !before.has(id)),
    lostCover: compareCover(past.cover, present.cover),
  };
}

function requireTenant(state: SandboxState, tenantId: string): TenantState {
  const tenant = state.tenants.get(tenantId);
  if (tenant === undefined) throw new Error(`there is no tenant ${tenantId}`);
  return tenant;
}

/** Temporary Access Passes are the one thing that changes by the clock alone. */
function passesAt(tenant: Tenant, now: number): Tenant {
  const authenticationMethods = { ...tenant.authenticationMethods };
  for (const [userId, methods] of Object.entries(authenticationMethods)) {
    if (!methods.some((method) => method['@odata.type'] === TAP_TYPE)) continue;
    authenticationMethods[userId] = methods.map((method) =>
      method['@odata.type'] === TAP_TYPE ? showPass(method, now) : method,
    );
  }
  return { ...tenant, authenticationMethods };
}

function keyOf(tenant: TenantState, shown: Tenant): string {
  const passes = Object.values(shown.authenticationMethods)
    .flat()
    .filter((method) => method['@odata.type'] === TAP_TYPE)
    .map((method) => `${method.id} ${String(method.isUsable)}`);
  return [tenant.coverSeq, ...passes].join(',');
}
