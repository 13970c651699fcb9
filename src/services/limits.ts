import type { Clock } from '../lib/clock.ts';
import type { LimitClass } from './graph/calls.ts';
import { createPacer, type Pacer } from './pacer.ts';
import type { WindowLimit } from './sliding-window.ts';

/** The published limits; each can be set otherwise, because vendors change them without notice. */
export type Limits = {
  /** Per tenant, all apps together; its refusals carry no Retry-After and keep counting. */
  conditionalAccess: WindowLimit;
  /** Per app and tenant. */
  reports: WindowLimit;
  /** Per app over all its tenants. */
  reportsAllTenants: WindowLimit;
  /** Resource units per app and tenant, for a tenant of 50 to 500 users. */
  directory: WindowLimit;
  outlook: WindowLimit;
  /** BambooHR publishes no number: a modest pace. */
  bamboohr: WindowLimit;
};

export const DEFAULT_LIMITS: Limits = {
  conditionalAccess: { limit: 1, windowMs: 1_000 },
  reports: { limit: 5, windowMs: 10_000 },
  reportsAllTenants: { limit: 122, windowMs: 10_000 },
  directory: { limit: 5_000, windowMs: 10_000 },
  outlook: { limit: 10_000, windowMs: 600_000 },
  bamboohr: { limit: 10, windowMs: 10_000 },
};

/** All pacers of one process: shared by every customer, since some limits count over tenants. */
export type Pacers = {
  graph(limit: LimitClass, clientId: string): Pacer;
  bamboohr: Pacer;
};

/** Creates the pacers of the process on its clock; `limits` replaces single figures. */
export function createPacers(clock: Clock, limits: Partial<Limits> = {}): Pacers {
  const figures: Limits = { ...DEFAULT_LIMITS, ...limits };
  const perTenant = {
    conditionalAccess: createPacer({ clock, perLane: figures.conditionalAccess }),
    directory: createPacer({ clock, perLane: figures.directory }),
    outlook: createPacer({ clock, perLane: figures.outlook }),
  };
  const reports = new Map<string, Pacer>();
  const reportsOf = (clientId: string): Pacer => {
    const known = reports.get(clientId);
    if (known !== undefined) return known;
    const pacer = createPacer({ clock, perLane: figures.reports, shared: figures.reportsAllTenants });
    reports.set(clientId, pacer);
    return pacer;
  };
  return {
    graph: (limit, clientId) => (limit === 'reports' ? reportsOf(clientId) : perTenant[limit]),
    bamboohr: createPacer({ clock, perLane: figures.bamboohr }),
  };
}

/** Whose limit a call spends: Conditional Access counts all apps of a tenant together, the others each app. */
export function laneOf(limit: LimitClass, app: { tenantId: string; clientId: string }): string {
  return limit === 'conditionalAccess' ? app.tenantId : `${app.clientId}/${app.tenantId}`;
}
