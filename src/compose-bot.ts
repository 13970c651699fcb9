import { z } from 'zod';
import { type Bot, createBot } from '../bot/bot.ts';
import type { PushPart } from '../bot/cards/push-part.ts';
import type { Language } from '../bot/cards/texts.ts';
import type { BotDeps, DraftPushes, DraftReviews, FindPosted } from '../bot/deps.ts';
import type { TeamsSettings } from './config.ts';
import { AppError, VendorRefusedError } from './lib/errors.ts';
import { type Actor, journalActor, may, rolesFor } from './rollout/access/access.core.ts';
import { createConversations } from './rollout/conversations/conversations.ts';
import { createTeamsPace, type TeamsLimits } from './rollout/conversations/pace.ts';
import type { Customer, Customers } from './rollout/customers/customers.ts';
import { guidePath, isGuideMethod } from './rollout/guide/guide-types.core.ts';
import type { HelpdeskChannels } from './rollout/helpdesk/channel.ts';
import { inGerman } from './rollout/helpdesk/german-words.core.ts';
import type { PolicyDrafts } from './rollout/policy/draft/drafts.ts';
import type { PolicyPush, ToldStep } from './rollout/policy/push/push.ts';
import { findPosted } from './services/graph/channel-messages.ts';
import type { Database } from './store/database.ts';
import { defineJob, type JobKinds } from './work/job.ts';

export type BotParts = Pick<
  BotDeps,
  | 'access'
  | 'accessPasses'
  | 'afterEnforcement'
  | 'sessions'
  | 'stuck'
  | 'approvals'
  | 'clock'
  | 'drift'
  | 'decisions'
  | 'faq'
  | 'emergency'
  | 'holdouts'
  | 'log'
  | 'past'
  | 'people'
  | 'phases'
  | 'reports'
  | 'signOff'
  | 'stopPoint'
  | 'takeover'
  | 'undoEverything'
> & {
  database: Database;
  customers: Customers;
  drafts: PolicyDrafts;
  push: PolicyPush;
  channel: HelpdeskChannels;
  teams: TeamsSettings | undefined;
  teamsLimits?: TeamsLimits | undefined;
};

/** Builds the bot and the jobs it works; without settings for one there is none, and its jobs come to nothing. */
export function composeBot(parts: BotParts): { bot: Bot | undefined; kinds: JobKinds } {
  const { teams } = parts;
  if (teams === undefined) return { bot: undefined, kinds: CARDS_NOWHERE };
  const bot = botWith({ ...parts, teams });
  return { bot, kinds: botJobs(bot) };
}

const postPayload = z.strictObject({
  subject: z.string().min(1),
  occasion: z.string().optional(),
  toDeciders: z.boolean().optional(),
});

/** Without a bot there is no card to bring up to date. */
const CARDS_NOWHERE: JobKinds = {
  'cards.refresh': defineJob({
    payload: z.strictObject({ subject: z.string() }),
    handle: () => Promise.resolve(undefined),
  }),
  'cards.post': defineJob({ payload: postPayload, handle: () => Promise.resolve(undefined) }),
  'bot.post': defineJob({ payload: z.strictObject({ key: z.string() }), handle: () => Promise.resolve(undefined) }),
};

type Registered = BotParts & { teams: TeamsSettings };

function botWith(parts: Registered): Bot {
  const { database, clock, customers, teams, channel } = parts;
  return createBot({
    ...parts,
    settings: teams,
    pace: createTeamsPace(clock, parts.teamsLimits),
    conversations: createConversations({ database, clock }),
    drafts: draftReviews(parts),
    pushes: draftPushes(parts),
    guideUrl: ({ id }, language, method) => {
      const page = method !== null && isGuideMethod(method) ? method : null;
      return `${teams.publicUrl.replace(/\/+$/, '')}${guidePath({ customerId: id, language, method: page })}`;
    },
    tabUrl: (customer, page) => tabUrl(parts, customer, page),
    channelOf: async (customer) => {
      const known = await channel.find(customer.id);
      if (known?.channelId === undefined || known.channelId === null) return undefined;
      return { tenantId: customer.id, teamId: known.teamId, channelId: known.channelId };
    },
    findPosted: createFindPosted(customers, teams),
  });
}

function botJobs({ jobs }: Bot): JobKinds {
  const subject = z.strictObject({ subject: z.string().min(1) });
  const done = (work: Promise<void>) => work.then(() => undefined);
  return {
    'bot.post': defineJob({
      payload: z.strictObject({ key: z.string().min(1) }),
      handle: (payload, job) => done(jobs.post(job, payload)),
    }),
    'cards.refresh': defineJob({ payload: subject, handle: (payload, job) => done(jobs.refresh(job, payload)) }),
    'cards.post': defineJob({ payload: postPayload, handle: (payload, job) => done(jobs.postSubject(job, payload)) }),
  };
}

/** Teams' link to a page of the tab; in the sandbox, to the page that plays Teams. */
async function tabUrl({ channel, teams }: Registered, customer: Customer, page: string): Promise<string> {
  const known = await channel.find(customer.id);
  const appId = known?.teamsAppId ?? teams.appId;
  const context = JSON.stringify({ subEntityId: `${customer.id}/${page}` });
  const query = new URLSearchParams({ tenantId: customer.id, context });
  return `${teams.standInOrigin ?? 'https://teams.microsoft.com'}/l/entity/${appId}/overview?${query.toString()}`;
}

type Pushed = Pick<BotParts, 'push'> & { language: Language; digest: string };

/** What a card tells of the push of an approved draft; the plan is for those alone who may carry it out. */
async function pushPart({ push, language, digest }: Pushed, customer: Customer, actor: Actor): Promise<PushPart> {
  const told = (text: string) => (language === 'de' ? inGerman(text) : text);
  const toldOrNull = (text: string | undefined) => (text === undefined ? null : told(text));
  const last = await push.show(customer);
  const isDone = ({ state }: ToldStep) => state === 'done';
  const stands = last && {
    ...{ state: last.state, failure: toldOrNull(last.failure?.message) },
    ...{ done: last.steps.filter(isDone).length, all: last.steps.length },
  };
  const isThere = last?.state === 'live' && last.digest === digest;
  const preview = may(actor, 'pushPolicy') ? await push.plan(customer, journalActor(actor)) : null;
  return {
    last: stands,
    preview: preview && {
      // What is stored was read before the push: a plan over it would write everything once more.
      steps: isThere ? [] : preview.steps.map(({ does }) => told(does)),
      refusal: isThere ? null : toldOrNull(preview.refusal?.message),
    },
  };
}

/** The right is asked for again when a button is pressed: the role may have been taken away meanwhile. */
function draftPushes({ access, push }: Pick<BotParts, 'access' | 'push'>): DraftPushes {
  const acting = async (customer: Customer, actor: Actor) => {
    const now = await access.actorOf(actor.identity, customer.id);
    if (may(now, 'pushPolicy')) return journalActor({ ...now, displayName: now.displayName ?? actor.displayName });
    const userMessage = `Only somebody with the role ${rolesFor('pushPolicy').join(' or ')} pushes a draft. Your engineer can grant it.`;
    throw new AppError('not_allowed', userMessage, { userMessage });
  };
  return {
    push: async (customer, actor, digest) => {
      await push.begin(customer, await acting(customer, actor), digest);
    },
    undo: async (customer, actor) => {
      await push.beginUndo(customer, await acting(customer, actor));
    },
  };
}

function draftReviews({ drafts, ...parts }: Pick<BotParts, 'drafts' | 'push'>): DraftReviews {
  return {
    review: async (customer, actor, language) => {
      const review = await drafts.review(customer, actor);
      return {
        digest: review.digest,
        sentence: review.sentences[language],
        policies: review.policies.map(({ name }) => name),
        changes: review.difference.length,
        stuck: review.stuck.length,
        findings: review.findings.length,
        state: review.state,
        mayDecide: review.mayDecide,
        ...(review.state.state === 'approved'
          ? { push: await pushPart({ ...parts, language, digest: review.digest }, customer, actor) }
          : {}),
      };
    },
    decide: (customer, actor, press) => drafts.decide(customer, actor, press),
  };
}

/** Whom Graph refuses will be refused again, so nobody can tell; whoever gets no answer asks again later. */
function createFindPosted(customers: Customers, teams: TeamsSettings): FindPosted {
  return async (customer, where, { marker, since, signal }) => {
    const { teamId, channelId, threadId } = where;
    if (teamId === null) return undefined;
    const { teams: graph } = await customers.connections(customer);
    const place = { teamId, channelId, ...(threadId === null ? {} : { threadId }) };
    const ask = { ...place, marker, appId: teams.appId, since: since.getTime() };
    try {
      const found = await findPosted(graph, ask, { signal });
      return found === null ? null : found.id;
    } catch (error) {
      if (error instanceof VendorRefusedError) return undefined;
      throw error;
    }
  };
}
