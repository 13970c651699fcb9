import { outreachCard } from '../bot/cards/outreach.card.ts';
import { storedCard } from '../bot/proactive.ts';
import type { TeamsSettings } from './config.ts';
import type { Clock } from './lib/clock.ts';
import { AppError } from './lib/errors.ts';
import { dayOf } from './lib/local-time.ts';
import type { Log } from './lib/log.ts';
import type { StopPoint } from './lib/stop-point.ts';
import type { Access } from './rollout/access/access.ts';
import { hasRoute, PASSES_SCHEDULE } from './rollout/access-pass/access-pass.ts';
import { createPhaseApprovals } from './rollout/approvals/phase-approval.ts';
import type { PhaseApprovals } from './rollout/approvals/phase-approval-types.ts';
import { createConversations } from './rollout/conversations/conversations.ts';
import { createPhaseCards } from './rollout/conversations/phase-cards.ts';
import type { Customer, Customers } from './rollout/customers/customers.ts';
import { createDrift, DRIFT_SCHEDULE, type Drift } from './rollout/drift/drift.ts';
import { createEmergency, EMERGENCY_SCHEDULE, type Emergency } from './rollout/emergency/emergency.ts';
import { createReports, type Reports } from './rollout/evidence/report.ts';
import { REPORT_SCHEDULE } from './rollout/evidence/report-closing.ts';
import { findingFact } from './rollout/evidence/report-facts.ts';
import { type ClassDecisions, createClassDecisions } from './rollout/exceptions/classes.ts';
import { isRequested } from './rollout/exceptions/decided-rows.core.ts';
import { createExceptionRequests, type ExceptionRequests } from './rollout/exceptions/requests.ts';
import { createForecasts, type Forecasts } from './rollout/forecast/forecast.ts';
import type { Guide } from './rollout/guide/guide.ts';
import type { Faq } from './rollout/helpdesk/faq/faq.ts';
import { createHistory, type History } from './rollout/history/history.ts';
import { createHoldouts, HOLDOUTS_SCHEDULE, type Holdouts } from './rollout/holdouts/holdouts.ts';
import { createMailText } from './rollout/outreach/mail-text.ts';
import { BOUNCE_SCHEDULE, createOutreach, OUTREACH_SCHEDULE, type Outreach } from './rollout/outreach/outreach.ts';
import type { TeamsChat } from './rollout/outreach/outreach-facts.ts';
import { createTeamsChat } from './rollout/outreach/teams-chat.ts';
import type { MessageTemplates } from './rollout/outreach/templates/templates.ts';
import { createPersons, type Persons } from './rollout/persons/persons.ts';
import {
  type AfterEnforcement,
  type AfterEnforcementAsk,
  createAfterEnforcement,
} from './rollout/phases/after-enforcement.ts';
import { withDemandedDays } from './rollout/phases/demanded-days.ts';
import { createExceptionGate, createOrderGate, createRegistrationGate } from './rollout/phases/own-gates.ts';
import { asDemanded } from './rollout/phases/phase-life.core.ts';
import type { GateSource } from './rollout/phases/phase-ports.ts';
import { type Phases, THE_PRODUCT } from './rollout/phases/phases.ts';
import { createRolloutJobs, eventOfFlip, type LookListener, ROLLOUT_SCHEDULE } from './rollout/phases/rollout-jobs.ts';
import type { PolicyDrafts } from './rollout/policy/draft/drafts.ts';
import { createEnforcement, type Enforcement } from './rollout/policy/enforce/enforce.ts';
import type { EnforcementDeps } from './rollout/policy/enforce/enforce-run.ts';
import { askMembers, createMembers, MEMBERS_SCHEDULE, type Members } from './rollout/policy/members/members.ts';
import type { PolicyPush } from './rollout/policy/push/push.ts';
import { createReplays } from './rollout/sign-ins/replays.ts';
import { createSignIns, SIGN_INS_SCHEDULE, type SignIns } from './rollout/sign-ins/sign-ins.ts';
import type { Syncs } from './rollout/snapshots/syncs.ts';
import { findingTickets, holdoutTickets } from './rollout/tickets/ticket-lists.core.ts';
import { createTickets, TICKETS_SCHEDULE, type Tickets } from './rollout/tickets/tickets.ts';
import type { Database } from './store/database.ts';
import { enqueue } from './store/outbox.ts';
import type { JobKinds } from './work/job.ts';
import type { Recurring } from './work/schedule.ts';

export type RolloutParts = {
  database: Database;
  customers: Customers;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  signal: AbortSignal;
  syncs: Syncs;
  access: Access;
  drafts: PolicyDrafts;
  push: PolicyPush;
  guide: Guide;
  messageTemplates: MessageTemplates;
  faq: Faq;
  phases: Phases;
  teams: TeamsSettings | undefined;
  /** Where people find this deployment's pages; undefined where it has no address for others. */
  publicUrl: string | undefined;
};

/** What moves a customer's people through the phases. */
export type RolloutApp = {
  approvals: PhaseApprovals;
  emergency: Emergency;
  enforcement: Enforcement;
  members: Members;
  signIns: SignIns;
  outreach: Outreach;
  tickets: Tickets;
  holdouts: Holdouts;
  reports: Reports;
  forecasts: Forecasts;
  history: History;
  /** What is to be watched about a phase that is enforced. */
  afterEnforcement(ask: AfterEnforcementAsk): Promise<AfterEnforcement>;
  drift: Drift;
  requests: ExceptionRequests;
  classes: ClassDecisions;
  persons: Persons;
};

/** What recurs for each customer of a running server. */
export const ROLLOUT_SCHEDULES: readonly Recurring[] = [
  ROLLOUT_SCHEDULE,
  OUTREACH_SCHEDULE,
  BOUNCE_SCHEDULE,
  SIGN_INS_SCHEDULE,
  TICKETS_SCHEDULE,
  HOLDOUTS_SCHEDULE,
  MEMBERS_SCHEDULE,
  DRIFT_SCHEDULE,
  PASSES_SCHEDULE,
  EMERGENCY_SCHEDULE,
  REPORT_SCHEDULE,
];

/** Builds the nouns of the rollout and joins what each tells the others. */
export function composeRollout(parts: RolloutParts): RolloutApp & { kinds: JobKinds } {
  const { syncs, teams, publicUrl, messageTemplates: templates } = parts;
  const flipping = createFlipping(parts);
  const enforcement = createEnforcement(flipping);
  const members = createMembers(flipping);
  const approvals = createPhaseApprovals({
    ...parts,
    preview: enforcement.preview,
  });
  const signIns = createSignIns({ ...parts, exceptions: syncs.exceptions });
  const replays = createReplays(parts);
  const tickets = createTickets({ ...parts, publicUrl });
  const asked = withDemandedDays({ ...parts, areDefaultsOn: defaultsOf(parts) });
  const holdouts = createHoldouts({
    ...parts,
    phases: asked,
    hasTeams: teams !== undefined,
    wantTickets: tickets.want,
    conversations: createConversations(parts),
    engineersOf: createEngineersOf(parts),
  });
  const emergency = createEmergency({
    ...parts,
    conversations: createConversations(parts),
    engineersOf: createEngineersOf(parts),
  });
  const decided = createDecided(parts, flipping);
  const outreach = createOutreach({
    ...parts,
    render: createMailText({ ...parts, templates, publicUrl, areDefaultsOn: defaultsOf(parts) }),
    teamsChat: teams && chatWith(parts, teams),
  });
  const forecasts = createForecasts(parts);
  const jobs = createRolloutJobs({
    ...parts,
    gates: [...gatesOf(parts, { classes: decided.classes, outreach, signIns }), replays.gate],
    listeners: [tickets.onPhaseChange, createPhaseCards(), replays.onPhaseChange],
    onLook: [createTicketWishes(parts, { tickets, signIns, holdouts }), forecasts.onLook, replays.onLook],
    flip: enforcement,
    isObserving: async (customer) => (await parts.push.show(customer))?.state === 'live',
    stopLine: ({ customer, rollout: { procedure }, ...question }) => {
      const now = new Date(parts.clock.now());
      return signIns.judgeStopLine({ ...question, customerId: customer.id, stopLine: procedure.stopLine, now });
    },
  });
  const reports = reportsOf(parts, signIns);
  const drift = createDrift(parts);
  const working = [drift, emergency, enforcement, members, reports, signIns, replays, tickets, outreach, holdouts];
  const nouns: JobKinds[] = [...working.map((noun) => noun.kinds), decided.persons.kinds, jobs];
  const kinds: JobKinds = Object.fromEntries(nouns.flatMap((own) => Object.entries(own)));
  return {
    approvals,
    emergency,
    enforcement,
    members,
    signIns,
    outreach,
    tickets,
    holdouts,
    reports,
    forecasts,
    history: createHistory(parts),
    afterEnforcement: createAfterEnforcement({ ...parts, judgeStopLine: signIns.judgeStopLine }),
    drift,
    ...decided,
    kinds,
  };
}

/** What flips need, and what their ends tell the phases. */
function createFlipping(parts: RolloutParts): EnforcementDeps {
  return {
    ...parts,
    outcome: async (tx, outcome, { rolloutId }) => {
      const event = eventOfFlip(outcome);
      const told = { rolloutId, phase: outcome.phase, event, at: outcome.at, actor: THE_PRODUCT };
      await parts.phases.apply(tx, told).catch((error: unknown) => {
        // A phase of an earlier rollout: what stands in the tenant is the fact, and nobody waits for it any more.
        if (!(error instanceof AppError && error.code === 'phase_unknown')) throw error;
      });
    },
    defaultsSwitched: async (tx, { flip, at, actor }) => {
      const payload = { full: false, acceptShrunk: false, thenEvidence: true, actor };
      await enqueue(tx, { kind: 'sync.people', key: `sync:security-defaults-${flip}`, payload, dueAt: at });
    },
  };
}

/** Who hears by name of what concerns one account: people of any tenant. */
function createEngineersOf({ access }: Pick<RolloutParts, 'access'>) {
  return async (customerId: string) =>
    (await access.list(customerId)).flatMap(({ role, identity }) => (role === 'engineer' ? [identity] : []));
}

/** Everything that keeps a phase from being enforced, as far as it can be told without the tenant. */
function gatesOf(
  parts: RolloutParts,
  { classes, outreach, signIns }: Pick<RolloutApp, 'classes' | 'outreach' | 'signIns'>,
): GateSource[] {
  return [
    createRegistrationGate((customerId, at) => parts.database.withCustomer(customerId, (tx) => hasRoute(tx, at))),
    createExceptionGate(async (customer) => {
      const { exceptions } = await parts.syncs.exceptions(customer);
      // A request holds no phase up: until it is signed nothing changes, for nobody.
      return { exceptions: exceptions.filter((row) => !isRequested(row)) };
    }),
    classes.gate,
    createOrderGate(defaultsOf(parts)),
    outreach.gate,
    ...signIns.gates,
  ];
}

/** Whether Security Defaults are on, by what is stored. */
function defaultsOf({ syncs }: Pick<RolloutParts, 'syncs'>) {
  return async (customer: Customer) => (await syncs.derived(customer)).snapshot.securityDefaults?.isEnabled === true;
}

/** What is asked for and switched for single people, and what is decided about whole classes. */
function createDecided(
  parts: RolloutParts,
  flipping: EnforcementDeps,
): Pick<RolloutApp, 'requests' | 'classes' | 'persons'> {
  const { exceptions, stored } = parts.syncs;
  const requests = createExceptionRequests({ ...parts, exceptions, stored, onWithdrawn: askMembers });
  return {
    requests,
    persons: createPersons({ ...flipping, requests }),
    classes: createClassDecisions({ ...parts, exceptions, onDecided: askMembers }),
  };
}

function reportsOf(parts: RolloutParts, { findings }: SignIns): Reports {
  return createReports({
    ...parts,
    findings: async (customerId) => (await findings.list(customerId)).map(findingFact),
  });
}

/** The way to whom no mail reaches; the bot's own job writes what is planned here. */
function chatWith(parts: RolloutParts, { appId }: TeamsSettings): TeamsChat {
  return createTeamsChat({
    ...parts,
    conversations: createConversations(parts),
    clientId: appId,
    card: (message, { settings }) => storedCard(outreachCard({ ...message, language: settings.language })),
  });
}

/** Holdouts and findings as tickets, by how they are at every look at the rollout. */
function createTicketWishes(
  parts: Pick<RolloutParts, 'syncs'>,
  { tickets, signIns, holdouts: chased }: Pick<RolloutApp, 'tickets' | 'signIns' | 'holdouts'>,
): LookListener {
  const areDefaultsOn = defaultsOf(parts);
  return async (tx, { customer, rollout: running, people, now }) => {
    const { language, timeZone, psa } = customer.settings;
    if (psa === undefined) return;
    const rollout = asDemanded(running, { areDefaultsOn: await areDefaultsOn(customer), timeZone });
    const today = dayOf(now, timeZone);
    // The list learns of an enrolment hours later; the ticket of who enrolled is closed by the person's own methods.
    const enrolled = await chased.enrolledIn(tx, rollout.id);
    const known = people.map((one) => (enrolled.has(one.accountId) ? { ...one, enrolment: 'capable' as const } : one));
    const holdouts = rollout.phases.flatMap((phase) =>
      holdoutTickets({ rollout, phase, people: known, language, today }),
    );
    const found = await signIns.findings.list(customer.id);
    const findings = found.map((finding) => ({
      ...finding,
      account: finding.accountName ?? undefined,
      app: finding.appName,
      owner: finding.owner.displayName,
    }));
    await tickets.want(tx, customer, [...holdouts, ...findingTickets(findings, language)]);
  };
}
