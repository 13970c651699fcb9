import { AppError } from '../src/lib/errors.ts';
import { rolesFor } from '../src/rollout/access/access.core.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import type { Channel } from './deps.ts';
import { type Courier, deliver, updateCopy } from './proactive.ts';
import { subjectCard } from './subject-cards.ts';

/** What a job of the bot gets: plain data; whoever defines the jobs has checked it. */
export type BotJob = { customerId: string; signal: AbortSignal };

export type BotJobs = {
  /** Effect `bot.post` {key}: writes one planned message. */
  post(job: BotJob, payload: { key: string }): Promise<void>;
  /** Effect `cards.refresh` {subject}: brings every copy of the subject's card up to date. */
  refresh(job: BotJob, payload: { subject: string }): Promise<void>;
  /**
   * Effect `cards.post` {subject}: puts the subject's card into the customer's channel, once; with an occasion, once for
   * each, and with `toDeciders` into the chat of everybody who decides about phases as well.
   */
  postSubject(job: BotJob, payload: SubjectPost): Promise<void>;
};

export type SubjectPost = { subject: string; occasion?: string | undefined; toDeciders?: boolean | undefined };

/** Creates what the bot does when something happened elsewhere. */
export function createBotJobs(deps: Courier): BotJobs {
  return {
    post: async (job, { key }) => {
      const customer = await customerOf(deps, job);
      await deliver(deps, customer, key, job.signal);
      const post = await deps.conversations.post(customer.id, key);
      // What was decided while the card was on its way, or before a lost answer was found, met no copy to refresh.
      if (post?.state !== 'posted' || post.subject === null) return;
      await refresh(deps, customer, { subject: post.subject, signal: job.signal });
    },
    refresh: async (job, { subject }) => refresh(deps, await customerOf(deps, job), { subject, signal: job.signal }),
    postSubject: async (job, post) => {
      const customer = await customerOf(deps, job);
      if (post.toDeciders === true) await planForDeciders(deps, customer, post);
      const channel = await channelFor(deps, customer);
      if (channel === undefined) {
        // Asking again would not open one; whoever opens it gets the cards then.
        deps.log.info('bot.no_channel', { customerId: customer.id });
        return;
      }
      const target = { to: 'channel', ...channel } as const;
      const key = `${keyOf(post)}:${channel.channelId}`;
      await deps.conversations.plan(customer.id, { key, target, content: null, subject: post.subject });
      deps.stopPoint('bot.card.planned');
    },
  };
}

function keyOf({ subject, occasion }: SubjectPost): string {
  return occasion === undefined ? `card:${subject}` : `card:${subject}:${occasion}`;
}

/** One card in the chat of each person who may decide; somebody with two roles gets one. */
async function planForDeciders(deps: Courier, customer: Customer, post: SubjectPost): Promise<void> {
  const grants = await deps.access.list(customer.id);
  const deciders = grants.filter(({ role }) => rolesFor('approvePhase').includes(role));
  for (const { identity } of deciders) {
    const target = { to: 'person', ...identity } as const;
    const key = `${keyOf(post)}:${identity.tenantId}:${identity.objectId}`;
    await deps.conversations.plan(customer.id, { key, target, content: null, subject: post.subject });
  }
}

async function customerOf({ customers }: Courier, { customerId }: BotJob): Promise<Customer> {
  const customer = await customers.get(customerId);
  if (customer === undefined) throw new AppError('customer_unknown', 'the customer of this job is gone');
  return customer;
}

/** How often a card is drawn again because something was decided while its copies were being changed. */
const ROUNDS_MAX = 3;

async function refresh(
  deps: Courier,
  customer: Customer,
  { subject, signal }: { subject: string; signal: AbortSignal },
): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const copies = await deps.conversations.copies(customer.id, subject);
    if (copies.length === 0) return;
    const { card, shown } = await subjectCard(deps, customer, subject);
    const old = copies.filter((copy) => copy.shown !== shown);
    if (old.length === 0) return;
    const done = await Promise.allSettled(old.map((copy) => updateCopy(deps, customer, { copy, card, shown, signal })));
    // One copy that cannot be changed now must not keep the others from it; then the job tries again.
    const failed = done.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    deps.stopPoint('bot.refresh.round');
  }
}

/** The channel the rollout runs in, else the one the bot was heard from last; undefined before there is one. */
async function channelFor(deps: Courier, customer: Customer): Promise<Channel | undefined> {
  const opened = await deps.channelOf(customer);
  if (opened !== undefined) return opened;
  const known = await deps.conversations.list(customer.id);
  const heard = known.find(
    ({ kind, state, tenantId }) => kind === 'channel' && state === 'installed' && tenantId === customer.id,
  );
  if (heard === undefined) return undefined;
  return { tenantId: heard.tenantId, teamId: heard.teamId, channelId: heard.party };
}
