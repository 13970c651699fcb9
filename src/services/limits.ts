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
  /** Per app and mailbox. */
  outlook: WindowLimit;
  /** Calls under way at once per app and mailbox. */
  outlookConcurrent: number;
  /** Mails that a mailbox may send ("Exchange Online limits", message rate); Exchange has more wait or refuses them. */
  exchangeMails: WindowLimit;
  /** Per app and tenant; reads and writes are counted apart there, and together here. */
  teams: WindowLimit;
  /** Per app and tenant on any one team or person. */
  teamsOne: WindowLimit;
  /** BambooHR publishes no number: a modest pace. */
  bamboohr: WindowLimit;
  /** Workday documents no limit; a report is dear to make, so it is asked for seldom. */
  workday: WindowLimit;
  /** Quota units per mailbox, for Google projects created since May 2026. */
  gmail: WindowLimit;
  /** Quota units per Google project, all mailboxes together. */
  gmailProject: WindowLimit;
  /** Per ConnectWise server; what is allowed differs, so each customer may set its own. */
  connectwise: WindowLimit;
};

export const DEFAULT_LIMITS: Limits = {
  conditionalAccess: { limit: 1, windowMs: 1_000 },
  reports: { limit: 5, windowMs: 10_000 },
  reportsAllTenants: { limit: 122, windowMs: 10_000 },
  directory: { limit: 5_000, windowMs: 10_000 },
  outlook: { limit: 10_000, windowMs: 600_000 },
  outlookConcurrent: 4,
  exchangeMails: { limit: 30, windowMs: 60_000 },
  teams: { limit: 30, windowMs: 1_000 },
  teamsOne: { limit: 4, windowMs: 1_000 },
  bamboohr: { limit: 10, windowMs: 10_000 },
  workday: { limit: 2, windowMs: 10_000 },
  gmail: { limit: 6_000, windowMs: 60_000 },
  gmailProject: { limit: 1_200_000, windowMs: 60_000 },
  connectwise: { limit: 1, windowMs: 1_000 },
};

/** All pacers of one process: shared by every customer, since some limits count over tenants. */
export type Pacers = {
  graph(limit: LimitClass, app: { tenantId: string; clientId: string }): Pacer;
  bamboohr: Pacer;
  workday: Pacer;
  /** Mails out of Exchange, each mailbox a lane. */
  exchangeMails: Pacer;
  /** Of one Google project, by its service account. */
  gmail(project: string): Pacer;
  /** Of one ConnectWise server, which may allow more or less than is usual; the figure given first counts. */
  connectwise(server: string, limit?: WindowLimit): Pacer;
};

/** Creates the pacers of the process on its clock; `limits` replaces single figures. */
export function createPacers(clock: Clock, limits: Partial<Limits> = {}): Pacers {
  const figures: Limits = { ...DEFAULT_LIMITS, ...limits };
  const perTenant = {
    conditionalAccess: createPacer({ clock, perLane: figures.conditionalAccess }),
    directory: createPacer({ clock, perLane: figures.directory }),
    outlook: createPacer({ clock, perLane: figures.outlook, concurrentPerLane: figures.outlookConcurrent }),
  };
  const reports = pacerPerKey(() =>
    createPacer({ clock, perLane: figures.reports, shared: figures.reportsAllTenants }),
  );
  const teams = pacerPerKey(() => createPacer({ clock, perLane: figures.teamsOne, shared: figures.teams }));
  const gmail = pacerPerKey(() => createPacer({ clock, perLane: figures.gmail, shared: figures.gmailProject }));
  const connectwise = pacerPerKey((_server, limit: WindowLimit | undefined) =>
    createPacer({ clock, perLane: limit ?? figures.connectwise }),
  );
  return {
    graph: (limit, { tenantId, clientId }) => {
      if (limit === 'reports') return reports(clientId, undefined);
      return limit === 'teams' ? teams(`${clientId}/${tenantId}`, undefined) : perTenant[limit];
    },
    bamboohr: createPacer({ clock, perLane: figures.bamboohr }),
    workday: createPacer({ clock, perLane: figures.workday }),
    exchangeMails: createPacer({ clock, perLane: figures.exchangeMails }),
    gmail: (project) => gmail(project, undefined),
    connectwise: (server, limit) => connectwise(server, limit),
  };
}

/** Makes each key's pacer when it is first asked for, and keeps it: what was spent must not be forgotten. */
function pacerPerKey<T>(create: (key: string, option: T) => Pacer): (key: string, option: T) => Pacer {
  const pacers = new Map<string, Pacer>();
  return (key, option) => {
    const known = pacers.get(key);
    if (known !== undefined) return known;
    const pacer = create(key, option);
    pacers.set(key, pacer);
    return pacer;
  };
}

/**
 * Whose limit a call spends: Conditional Access counts all apps of a tenant together, the others each app, Outlook each
 * mailbox of an app, and Teams each team and person.
 */
export function laneOf(limit: LimitClass, app: { tenantId: string; clientId: string }, place?: string): string {
  if (limit === 'conditionalAccess') return app.tenantId;
  const lane = `${app.clientId}/${app.tenantId}`;
  const countsByPlace = limit === 'outlook' || limit === 'teams';
  return countsByPlace && place !== undefined ? `${lane}/${place.toLowerCase()}` : lane;
}
