import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { AppError, INTERRUPTIONS, VendorRefusedError, VendorUnreachableError } from '../../lib/errors.ts';
import { type NewId, randomId } from '../../lib/ids.ts';
import type { Log } from '../../lib/log.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { awaitEffect } from '../../work/await-effect.ts';
import { defineJob, type JobKinds, type RunningJob, type Save } from '../../work/job.ts';
import type { CustomerSettings } from '../customers/customer-file.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import { CARD_SUBJECTS, cardKey } from './channel.core.ts';
import { type ChannelRow, isUnderWay, lockChannel, readChannel, saveChannel } from './channel.store.ts';
import { type ChannelPages, type Opening, openChannel } from './open-channel.ts';

/** A customer's help channel as it was last seen. */
export type HelpdeskChannel = {
  state: 'opening' | 'open' | 'refused';
  teamId: string;
  channelId: string | null;
  name: string | null;
  webUrl: string | null;
  /** The app's id in the tenant's catalogue. */
  teamsAppId: string | null;
  /** Tab ids by what they show. */
  tabs: { app?: string | undefined; guide?: string | undefined; faq?: string | undefined };
  /** What the last opening made, in order: `app`, `upgrade`, `channel`, `tab.guide` …; empty when all was there. */
  did: string[];
  failure: { code: string; message: string } | null;
};

export type HelpdeskChannels = {
  kinds: JobKinds;
  /**
   * Opens the customer's help channel through the queue and resolves when that is done; a second call meanwhile waits
   * for the same job. Run again it changes nothing. Refuses with `teams_not_configured`, and with the code and sentence
   * of what a person has to mend first (`team_archived`, `teams_app_missing`, `permission_missing` …).
   */
  open(customer: Customer, actor: Json, signal: AbortSignal): Promise<HelpdeskChannel>;
  /** What is known of the channel; null before it was first opened. Nothing is read from Teams. */
  find(customerId: string): Promise<HelpdeskChannel | null>;
};

export type ChannelDeps = {
  database: Database;
  customers: Customers;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  /** Where this deployment's pages are, and its application; undefined where no bot is registered. */
  teams: { publicUrl: string; appId: string } | undefined;
  /** Aborted when the process stops. */
  signal: AbortSignal;
  newId?: NewId;
};

const payload = z.strictObject({ actor: z.json() });

/** Somebody waits for it. */
const PRIORITY = 10;

/** Creates the job `channel.open` and what leads to it. The cards themselves are written by the bot (`cards.post`). */
export function createHelpdeskChannels(deps: ChannelDeps): HelpdeskChannels {
  const find = async (customerId: string) => {
    const row = await deps.database.withCustomer(customerId, readChannel);
    return row === null ? null : shown(row);
  };
  return {
    find,
    kinds: { 'channel.open': defineJob({ payload, handle: ({ actor }, job) => runOpening(deps, actor, job) }) },
    open: async (customer, actor, signal) => {
      settingsFor(deps, customer);
      // A secret that is missing is told at once: no repetition of the job mends it.
      await deps.customers.connections(customer);
      const key = await deps.database.withCustomer(customer.id, (tx) => askFor(deps, tx, { customer, actor }));
      await awaitEffect(deps.database, { customerId: customer.id, key }, signal);
      const channel = await find(customer.id);
      if (channel === null) throw new AppError('channel_unknown', 'the channel was opened and is not stored');
      if (channel.failure === null) return channel;
      const { code, message } = channel.failure;
      throw new AppError(code, message, { userMessage: message });
    },
  };
}

type Settings = Opening['settings'];

function settingsFor(deps: ChannelDeps, { settings }: Customer): { settings: Settings; pages: ChannelPages } {
  const { teams } = settings;
  if (teams === undefined) {
    throw notConfigured('This customer has no Teams yet: give its file the section "teams" with the id of the team.');
  }
  if (deps.teams === undefined) {
    throw notConfigured('This server has no bot: set BOT_APP_ID, BOT_APP_SECRET, BOT_TENANT_ID and PUBLIC_URL.');
  }
  return { settings: { ...settings, teams }, pages: pagesOf(deps.teams.publicUrl, settings) };
}

function pagesOf(publicUrl: string, { tenantId, language }: CustomerSettings): ChannelPages {
  const base = publicUrl.replace(/\/+$/, '');
  return {
    app: `${base}/tab/#overview`,
    guide: `${base}/guide/${tenantId}/${language}`,
    faq: `${base}/faq/${tenantId}/${language}`,
  };
}

function notConfigured(userMessage: string): AppError {
  return new AppError('teams_not_configured', userMessage, { userMessage });
}

/** Puts the job into the outbox, or joins the one that is under way: two at once would make things twice. */
async function askFor(
  deps: ChannelDeps,
  tx: Tx,
  { customer, actor }: { customer: Customer; actor: Json },
): Promise<string> {
  await lockChannel(tx);
  const row = await readChannel(tx);
  if (row !== null && (await isUnderWay(tx, row.run.key))) return row.run.key;
  const at = new Date(deps.clock.now());
  const key = `channel.open:${(deps.newId ?? randomId)()}`;
  const teamId = customer.settings.teams?.teamId ?? '';
  // Ids of another team count for nothing.
  const before = row?.teamId === teamId ? row : emptyRow(teamId);
  await saveChannel(tx, { ...before, run: { key, did: [], failure: null } }, at);
  await enqueue(tx, { kind: 'channel.open', key, payload: { actor }, dueAt: at, priority: PRIORITY });
  return key;
}

function emptyRow(teamId: string): Omit<ChannelRow, 'run'> {
  const nothing = { channelId: null, name: null, webUrl: null, teamsAppId: null, begun: null };
  return { teamId, state: 'opening', tabs: {}, ...nothing };
}

async function runOpening(deps: ChannelDeps, actor: Json, job: RunningJob): Promise<Save> {
  const customer = await deps.customers.find(job.customerId);
  const at = () => new Date(deps.clock.now());
  try {
    const { settings, pages } = settingsFor(deps, customer);
    const { teams: graph } = await deps.customers.connections(customer);
    const opened = await openChannel({
      deps,
      graph,
      customerId: customer.id,
      settings,
      pages,
      clientId: settings.messenger?.clientId ?? deps.teams?.appId ?? '',
      actor,
      jobKey: job.key,
      signal: AbortSignal.any([job.signal, deps.signal]),
    });
    deps.stopPoint('channel.opened');
    deps.log.info('channel.opened', { customerId: customer.id, did: opened.run.did.length });
    return (tx) => saveOpened(tx, { actor, at: at() });
  } catch (error) {
    // Who does not answer may answer later, and a stopping process says nothing about the channel.
    if (!(error instanceof AppError) || isPassing(error, job)) throw error;
    const failure = failureOf(error);
    deps.log.warn('channel.refused', { customerId: customer.id, code: failure.code });
    return async (tx) => {
      const row = await readChannel(tx);
      if (row === null) return;
      await saveChannel(tx, { ...row, state: 'refused', run: { ...row.run, failure } }, at());
      await appendJournal(tx, { at: at(), actor, event: 'channel.refused', facts: { code: failure.code } });
    };
  }
}

function isPassing(error: AppError, job: RunningJob): boolean {
  if (INTERRUPTIONS.has(error.code)) return true;
  return error instanceof VendorUnreachableError && !job.isLastAttempt;
}

function failureOf(error: AppError): { code: string; message: string } {
  const isForbidden = error instanceof VendorRefusedError && error.call.status === 403;
  return { code: isForbidden ? 'permission_missing' : error.code, message: error.sentence };
}

async function saveOpened(tx: Tx, { actor, at }: { actor: Json; at: Date }): Promise<void> {
  const row = await readChannel(tx);
  if (row?.channelId === null || row === null) return;
  const { channelId } = row;
  const wasOpen = row.state === 'open';
  await saveChannel(tx, { ...row, state: 'open' }, at);
  for (const subject of CARD_SUBJECTS) {
    await enqueue(tx, {
      kind: 'cards.post',
      key: cardKey(channelId, subject),
      payload: { subject },
      dueAt: at,
      priority: PRIORITY,
    });
  }
  if (wasOpen && row.run.did.length === 0) return;
  const facts = { teamId: row.teamId, channelId, teamsAppId: row.teamsAppId, tabs: { ...row.tabs } };
  await appendJournal(tx, { at, actor, event: 'channel.opened', facts });
}

function shown({ run, begun: _, ...row }: ChannelRow): HelpdeskChannel {
  return { ...row, did: run.did, failure: run.failure };
}
