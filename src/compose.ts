import type { Bot } from '../bot/bot.ts';
import { composeBot } from './compose-bot.ts';
import { composeHelp, type HelpApp } from './compose-help.ts';
import { composeRollout, ROLLOUT_SCHEDULES, type RolloutApp } from './compose-rollout.ts';
import type { TeamsSettings } from './config.ts';
import type { Clock } from './lib/clock.ts';
import { AppError } from './lib/errors.ts';
import type { Log } from './lib/log.ts';
import type { StopPoint } from './lib/stop-point.ts';
import { type Access, createAccess } from './rollout/access/access.ts';
import { createSignOff, type SignOff } from './rollout/approvals/sign-off.ts';
import { createForgetMessages } from './rollout/conversations/old-messages.ts';
import type { TeamsLimits } from './rollout/conversations/pace.ts';
import { withPhaseCards } from './rollout/conversations/phase-cards.ts';
import { type AdminConsents, createAdminConsents } from './rollout/customers/admin-consents.ts';
import { createHrConnection, type HrConnection } from './rollout/customers/connect-hr.ts';
import { type Customer, type Customers, type CustomersDeps, createCustomers } from './rollout/customers/customers.ts';
import { createHrDeliveries, type HrDeliveries } from './rollout/customers/hr-deliveries.ts';
import type { Environment } from './rollout/customers/secrets.ts';
import { signable } from './rollout/exceptions/exception-table.core.ts';
import { createExceptions } from './rollout/exceptions/exceptions.ts';
import { createGuide, type Guide } from './rollout/guide/guide.ts';
import { createHelpdeskChannels, type HelpdeskChannels } from './rollout/helpdesk/channel.ts';
import { createFaq, type Faq } from './rollout/helpdesk/faq/faq.ts';
import { createForgetLedger } from './rollout/outreach/old-ledger.ts';
import { createMessageTemplates, type MessageTemplates } from './rollout/outreach/templates/templates.ts';
import { createDayMoves, type DayMoves } from './rollout/phases/day-moves.ts';
import { createPhases, type Phases } from './rollout/phases/phases.ts';
import { createPolicyDrafts, type PolicyDrafts } from './rollout/policy/draft/drafts.ts';
import { createRelease, guardPush } from './rollout/policy/enforce/enforce.ts';
import { managedGroupIds } from './rollout/policy/managed-groups.ts';
import { askMembers } from './rollout/policy/members/members.ts';
import { createPolicyPush, type PolicyPush } from './rollout/policy/push/push.ts';
import { enforcedPhases } from './rollout/policy/push/push-undo-managed.ts';
import { createRosterSources, type RosterSources } from './rollout/roster/roster.ts';
import { createPeopleFacts } from './rollout/snapshots/people-facts.ts';
import { createRevisions, type Revisions } from './rollout/snapshots/revision.ts';
import { createSyncJobs, SYNC_SCHEDULE, type Syncs } from './rollout/snapshots/syncs.ts';
import { createTakeover, type Takeover } from './rollout/takeover/takeover.ts';
import { withTakeoverCard } from './rollout/takeover/takeover-card.ts';
import { createUndoEverything, releaseAfterTakeover, type UndoEverything } from './rollout/takeover/undo-everything.ts';
import type { Carry } from './services/http-types.ts';
import { createPacers, type Limits } from './services/limits.ts';
import { type Database, openDatabase, type StoreLocation } from './store/database.ts';
import type { JobKinds } from './work/job.ts';
import { openQueue, type Queue } from './work/queue.ts';
import { createSchedule, type Recurring } from './work/schedule.ts';
import { keepUp } from './work/upkeep.ts';
import { createWorker, type Worker } from './work/worker.ts';

export type AppDeps = {
  location: StoreLocation;
  clock: Clock;
  isClockTurned(): boolean;
  log: Log;
  environment: Environment;
  stopPoint: StopPoint;
  /**
   * Settings of bot and tab; asked for once the store is this process's, since the sandbox that may supply them must not
   * be started beside another server's. Undefined: there is neither.
   */
  teams?(): Promise<TeamsSettings | undefined>;
  /** Where people find this deployment's pages, where no bot says so. */
  publicUrl?: string;
  /** What every customer gets again and again without anybody asking: a running server's SCHEDULES. Absent: nothing. */
  schedules?: readonly Recurring[];
  /** Other limits of vendors than the published ones. */
  limits?: Partial<Limits>;
  teamsLimits?: TeamsLimits;
  /** Carries calls to whatever answers in this process, such as a sandbox; all others go over the network. */
  carry?: Carry;
};

/** What recurs for each customer of a running server. */
export const SCHEDULES: readonly Recurring[] = [SYNC_SCHEDULE, ...ROLLOUT_SCHEDULES];

/** Every object of the product, built once. */
export type App = RolloutApp &
  HelpApp & {
    database: Database;
    queue: Queue;
    worker: Worker;
    customers: Customers;
    adminConsents: AdminConsents;
    hrConnection: HrConnection;
    hrDeliveries: HrDeliveries;
    rosterSources: RosterSources;
    syncs: Syncs;
    access: Access;
    signOff: SignOff;
    phases: Phases;
    dayMoves: DayMoves;
    drafts: PolicyDrafts;
    push: PolicyPush;
    takeover: Takeover;
    undoEverything: UndoEverything;
    revisions: Revisions;
    guide: Guide;
    messageTemplates: MessageTemplates;
    faq: Faq;
    channel: HelpdeskChannels;
    /** Undefined where no bot is registered. */
    bot: Bot | undefined;
    /** Undefined where no bot is registered. */
    teams: TeamsSettings | undefined;
    clock: Clock;
    log: Log;
    /** Aborted when the process stops: ends calls and waits. */
    signal: AbortSignal;
    /** Stops in order: no new work, running jobs end, connections and store close. */
    close(): Promise<void>;
  };

/** Builds the product by hand, in order. The worker is built but not started. Rejects with the store's refusals. */
export async function compose(deps: AppDeps): Promise<App> {
  const { location, clock, log } = deps;
  const database = await openDatabase(location, { log });
  const teams = await deps.teams?.().catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const stopping = new AbortController();
  const { signal } = stopping;
  const { customers, rosterSources, syncs, people, access } = composeMasterList({ ...deps, database, teams, signal });
  const exceptions = async (customer: Customer) => signable(await syncs.exceptions(customer));
  const signOff = createSignOff({ ...deps, database, access, exceptions, onSigned: askMembers });
  const channel = createHelpdeskChannels({ ...deps, database, customers, teams, signal });
  const phases = composePhases({ ...deps, database, syncs });
  const drafts = createPolicyDrafts({ ...deps, database, customers, access, syncs });
  const policies = composePolicies({ ...deps, database, customers, access, syncs, drafts, phases, signal });
  const { push, takeover, undoEverything } = policies;
  const guide = createGuide({ database, clock });
  const messageTemplates = createMessageTemplates({ database, clock });
  const faq = createFaq();
  const rollout = composeRollout({
    ...deps,
    ...{ database, customers, signal, syncs, access, drafts, push, guide, messageTemplates, faq, phases, teams },
    publicUrl: teams?.publicUrl ?? deps.publicUrl,
  });
  const help = composeHelp({ ...deps, ...rollout, ...{ database, customers, signal, access, phases, syncs } });
  const approvals = withPhaseCards(rollout.approvals, { database, clock });
  const cards = composeBot({
    ...{ ...deps, database, customers, people, access, signOff, drafts, push, faq, channel, teams, phases, approvals },
    ...{ holdouts: rollout.holdouts, afterEnforcement: rollout.afterEnforcement, past: rollout.signIns.past },
    reports: rollout.reports,
    decisions: rollout,
    drift: rollout.drift,
    emergency: rollout.emergency,
    takeover,
    undoEverything,
    ...help,
  });
  const kinds = kindsOf([syncs, drafts, channel, push, takeover, undoEverything, rollout, help, cards]);
  const queue = await openQueue({ database, clock, log, kinds });
  await queue.releaseLeft();
  const schedule = createSchedule(database, queue, deps.schedules ?? []);
  const worker = createWorker({ database, queue, schedule, kinds, log });
  const upkeep = lookAfterStore({ database, clock, log, signal, customers, phases });
  return {
    ...{ database, queue, worker, customers, rosterSources, syncs },
    ...composeConsents({ ...deps, database, customers, rosterSources, teams, signal }),
    ...{ access, signOff, phases, drafts, faq, channel, ...policies },
    ...{ ...rollout, ...help, approvals },
    dayMoves: createDayMoves({ ...deps, database, derived: syncs.derived }),
    ...{ guide, messageTemplates, revisions: createRevisions(database) },
    bot: cards.bot,
    teams,
    clock,
    log,
    signal,
    close: async () => {
      stopping.abort(stopped());
      await upkeep;
      await worker.stop();
      await cards.bot?.close();
      await customers.close();
      await queue.close();
      await database.close();
    },
  };
}

type StoreParts = Pick<App, 'database' | 'clock' | 'log' | 'signal' | 'customers' | 'phases'>;

/** What grows old in the store is removed by its upkeep. */
function lookAfterStore(parts: StoreParts): Promise<void> {
  return keepUp({ ...parts, forgettings: [createForgetMessages(parts), createForgetLedger(parts)] });
}

function kindsOf(nouns: readonly { kinds: JobKinds }[]): JobKinds {
  return Object.fromEntries(nouns.flatMap(({ kinds }) => Object.entries(kinds)));
}

type ConsentParts = Omit<AppDeps, 'teams'> & Pick<App, 'database' | 'customers' | 'rosterSources' | 'teams' | 'signal'>;

/** How somebody at a customer lets this deployment into tenant and HR system, and what the latter may tell by itself. */
function composeConsents(parts: ConsentParts): Pick<App, 'adminConsents' | 'hrConnection' | 'hrDeliveries'> {
  const wasRead = async (customerId: string) => (await parts.rosterSources.readings(customerId)).length > 0;
  return {
    adminConsents: createAdminConsents({ ...parts, teamsApp: teamsAppOf(parts.teams) }),
    hrConnection: createHrConnection(parts),
    hrDeliveries: createHrDeliveries({ ...parts, wasRead }),
  };
}

function teamsAppOf(teams: TeamsSettings | undefined): CustomersDeps['teamsApp'] {
  return teams && { clientId: teams.appId, credential: { kind: 'secret', secret: teams.appSecret } };
}

type PhaseParts = Omit<AppDeps, 'teams'> & Pick<App, 'database' | 'syncs'>;

/** Rollouts and their phases; a finished one asks for the old MFA to be taken out. */
function composePhases(parts: PhaseParts): Phases {
  const { derived, exceptions } = parts.syncs;
  return withTakeoverCard(createPhases({ ...parts, derived, exceptions }));
}

type PolicyParts = Omit<AppDeps, 'teams'> &
  Pick<App, 'database' | 'customers' | 'access' | 'syncs' | 'drafts' | 'phases' | 'signal'>;

/** What writes the managed policies, takes over from old ones, and takes all of it back. */
function composePolicies(parts: PolicyParts): Pick<App, 'push' | 'takeover' | 'undoEverything'> {
  const { database, customers } = parts;
  const enforced = (customerId: string) => enforcedPhases(database, customerId);
  const takeover = createTakeover({ ...parts, enforced });
  const release = releaseAfterTakeover(takeover, createRelease(parts));
  const push = guardPush(database, createPolicyPush({ ...parts, release }));
  return { push, takeover, undoEverything: createUndoEverything({ ...parts, takeover, push, find: customers.find }) };
}

type MasterListParts = Omit<AppDeps, 'teams'> & {
  database: Database;
  signal: AbortSignal;
  teams: TeamsSettings | undefined;
};

/** The customers, what is read of them, and who may do what. */
function composeMasterList(parts: MasterListParts) {
  const { database, clock, log, signal, teams, limits } = parts;
  const customers = createCustomers({
    ...parts,
    pacers: createPacers(clock, limits),
    teamsApp: teamsAppOf(teams),
  });
  const rosterSources = createRosterSources({ ...parts, customers });
  const syncs = createSyncJobs({
    database,
    customers,
    rosterSources,
    exceptions: createExceptions(database),
    ownGroupIds: (customerId) => managedGroupIds(database, customerId),
    clock,
    log,
    signal,
  });
  const people = createPeopleFacts(syncs);
  const access = createAccess({ database, customers, clock, managersOf: people.managers });
  return { customers, rosterSources, syncs, people, access };
}

/** Why calls and waits end when the process stops; whoever waited for a job reads the sentence. */
function stopped(): AppError {
  const userMessage = 'The server is stopping. Nothing is lost: start it again, and what was under way goes on.';
  return new AppError('process_stopping', userMessage, { userMessage });
}
