import type { Clock } from '../src/lib/clock.ts';
import type { Log } from '../src/lib/log.ts';
import type { SharedWork } from '../src/lib/shared-work.ts';
import type { StopPoint } from '../src/lib/stop-point.ts';
import type { Actor } from '../src/rollout/access/access.core.ts';
import type { Access } from '../src/rollout/access/access.ts';
import type { AccessPasses } from '../src/rollout/access-pass/access-pass.ts';
import type { Decision, DecisionOutcome } from '../src/rollout/approvals/approvals.core.ts';
import type { PhaseApprovals } from '../src/rollout/approvals/phase-approval-types.ts';
import type { SignOff } from '../src/rollout/approvals/sign-off.ts';
import type { Conversations } from '../src/rollout/conversations/conversations.ts';
import type { TeamsPace } from '../src/rollout/conversations/pace.ts';
import type { Customer, Customers } from '../src/rollout/customers/customers.ts';
import type { Drift } from '../src/rollout/drift/drift.ts';
import type { Emergency } from '../src/rollout/emergency/emergency.ts';
import type { Reports } from '../src/rollout/evidence/report.ts';
import type { ClassDecisions } from '../src/rollout/exceptions/classes.ts';
import type { ExceptionRequests } from '../src/rollout/exceptions/requests.ts';
import type { FaqMatch, FaqTopicText, TopicId } from '../src/rollout/helpdesk/faq/faq-types.core.ts';
import type { Stuck } from '../src/rollout/helpdesk/stuck.ts';
import type { Holdouts } from '../src/rollout/holdouts/holdouts.ts';
import type { Persons } from '../src/rollout/persons/persons.ts';
import type { AfterEnforcement, AfterEnforcementAsk } from '../src/rollout/phases/after-enforcement.ts';
import type { Sentence } from '../src/rollout/phases/phase-types.core.ts';
import type { Phases } from '../src/rollout/phases/phases.ts';
import type { Sessions } from '../src/rollout/sessions/sessions.ts';
import type { Takeover } from '../src/rollout/takeover/takeover.ts';
import type { UndoEverything } from '../src/rollout/takeover/undo-everything.ts';
import type { OwnFacts } from './cards/faq.card.ts';
import type { DrawnPhase } from './cards/phase.card.ts';
import type { PushPart } from './cards/push-part.ts';
import type { Language } from './cards/texts.ts';
import type { BotSettings } from './settings.ts';

/** The review of the policy draft, as far as a card shows it. */
export type DraftReviews = {
  review(customer: Customer, actor: Actor, language: Language): Promise<DraftSummary>;
  decide(
    customer: Customer,
    actor: Actor,
    press: { digest: string; verdict: 'approved' | 'held'; seen: string | null },
  ): Promise<DecisionOutcome>;
};

/** Writing an approved draft into the tenant, and taking that back: both only begin it. */
export type DraftPushes = {
  push(customer: Customer, actor: Actor, digest: string): Promise<void>;
  undo(customer: Customer, actor: Actor): Promise<void>;
};

export type DraftSummary = {
  digest: string;
  sentence: string;
  policies: readonly string[];
  changes: number;
  stuck: number;
  findings: number;
  state: { state: 'open' } | { state: 'approved' | 'held' | 'outdated'; decision: Decision };
  mayDecide: { yes: true } | { yes: false; why: string };
  push?: PushPart | undefined;
};

export type Faq = {
  ask(text: string, options: { language: Language }): FaqMatch;
  topic(id: TopicId, language: Language): FaqTopicText;
  topics: readonly TopicId[];
};

/** What the master list says, for the cards. */
export type People = {
  /** About one account; null when it is nobody's of the master list, or nothing was read yet. */
  ownFacts(customer: Customer, objectId: string): Promise<OwnFacts>;
  /** Counts of everybody; null before the first sync. */
  counts(customer: Customer): Promise<Record<'capable' | 'not' | 'unknown', number> | null>;
};

/** A channel as the customer's Teams knows it. */
export type Channel = { tenantId: string; teamId: string | null; channelId: string };

/**
 * Looks in a channel, or in the thread that is named, for a message of ours by its mark: its id, null when it is not
 * there, undefined when that can never be told. Rejects where it can be told later.
 */
export type FindPosted = (
  customer: Customer,
  where: Channel & { threadId: string | null },
  mark: { marker: string; since: Date; signal: AbortSignal },
) => Promise<string | null | undefined>;

/** A page of the tab, as it stands in a link. */
export type TabPage = 'takeover' | 'drift' | 'overview' | 'exceptions' | 'policy' | 'rollout' | `rollout/${string}`;

/** What the cards about single people and whole classes stand on. */
type PersonDeps = {
  persons: Pick<Persons, 'show' | 'ask' | 'off' | 'find'>;
  requests: Pick<ExceptionRequests, 'withdraw'>;
  classes: Pick<ClassDecisions, 'list' | 'decide'>;
};

/** Everything the bot stands on. */
export type BotDeps = {
  settings: BotSettings;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  pace: TeamsPace;
  conversations: Conversations;
  access: Pick<Access, 'actorOf' | 'customersOf' | 'list'>;
  customers: Pick<Customers, 'get'>;
  signOff: SignOff;
  drafts: DraftReviews;
  pushes: DraftPushes;
  faq: Faq;
  people: People;
  phases: Pick<Phases, 'current' | 'people'>;
  /** What is to be watched about a phase that is enforced. */
  afterEnforcement(ask: AfterEnforcementAsk): Promise<AfterEnforcement>;
  /** What the last weeks of sign-ins say of a phase; null while that is not known. */
  past(customer: Customer, phase: string): Promise<Sentence | null>;
  reports: Pick<Reports, 'totals'>;
  approvals: PhaseApprovals;
  takeover: Pick<Takeover, 'show' | 'decide' | 'beginUndo'>;
  undoEverything: Pick<UndoEverything, 'show' | 'begin'>;
  accessPasses: Pick<AccessPasses, 'issue' | 'withdraw' | 'list' | 'requests'>;
  sessions: Pick<Sessions, 'endFor'>;
  stuck: Stuck;
  holdouts: Pick<Holdouts, 'answer' | 'listOf'>;
  decisions: PersonDeps;
  drift: Pick<Drift, 'list' | 'find' | 'decide' | 'open'>;
  emergency: Pick<Emergency, 'session' | 'startDrillAs' | 'status'>;
  /** Address of the enrolment guide, of one method's page where `method` is given. */
  guideUrl(customer: Customer, language: Language, method: string | null): string;
  /** Address of a page of the tab. */
  tabUrl(customer: Customer, page: TabPage): Promise<string>;
  /** The channel the rollout runs in; undefined when none was opened yet. */
  channelOf(customer: Customer): Promise<Channel | undefined>;
  findPosted: FindPosted;
  /** Lets those who look at a phase at once share one reading; absent: each reads for himself. */
  sharePhase?: SharedWork<DrawnPhase | undefined>;
  /** Between 0 and 1: spreads callers that were refused at the same moment. */
  random?: () => number;
};
