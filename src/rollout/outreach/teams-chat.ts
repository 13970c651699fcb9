import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { VendorRefusedError } from '../../lib/errors.ts';
import { findInstallation, findTeamsApp, findTeamsAppOf, installApp } from '../../services/graph/app-installation.ts';
import type { ConversationState, Post } from '../conversations/conversations.core.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import type { Rendered, TeamsAnswer, TeamsAsk, TeamsChat } from './outreach-facts.ts';

export type TeamsChatDeps = {
  customers: Customers;
  clock: Clock;
  conversations: Pick<Conversations, 'plan' | 'post' | 'find'>;
  /** The application in Entra ID that the Teams app names. */
  clientId: string;
  /** The message as the card that the bot writes. */
  card(message: Rendered, customer: Customer): Json;
};

/**
 * Creates the way to a person in Teams: the chat with the bot, by the account's id. The app is installed for whoever has
 * it not; who removed it or blocked the bot is left alone. The bot's own job writes the message and settles what became
 * of it, so nothing here is ever written twice.
 */
export function createTeamsChat(deps: TeamsChatDeps): TeamsChat {
  return {
    standing: async (customer, key) => {
      const post = await deps.conversations.post(customer.id, key);
      return post === undefined ? null : answerOf(post);
    },
    post: (ask) => post(deps, ask),
  };
}

async function post(deps: TeamsChatDeps, ask: TeamsAsk): Promise<TeamsAnswer> {
  const { customer, accountId, key, message } = ask;
  const known = await deps.conversations.find(customer.id, {
    tenantId: customer.id,
    kind: 'personal',
    party: accountId,
  });
  if (known !== undefined && known.state !== 'installed') return { kind: 'refused', reason: CLOSED[known.state] };
  const refusal = known === undefined ? await bringApp(deps, ask) : null;
  if (refusal !== null) return { kind: 'refused', reason: refusal };
  const target = { to: 'person', tenantId: customer.id, objectId: accountId } as const;
  await deps.conversations.plan(customer.id, { key, target, content: deps.card(message, customer), subject: null });
  return { kind: 'pending' };
}

/** Installs the app with the person; the reason where that cannot be. */
async function bringApp(
  { customers, clock, clientId }: TeamsChatDeps,
  { customer, accountId, signal }: TeamsAsk,
): Promise<Sentence | null> {
  const { teams: graph } = await customers.connections(customer);
  const named = customer.settings.teams?.teamsAppId;
  const options = { signal };
  try {
    const app =
      named === undefined ? await findTeamsAppOf(graph, clientId, options) : await findTeamsApp(graph, named, options);
    if (app === null) return NO_APP;
    const holder = { in: 'person', id: accountId } as const;
    const found = await findInstallation(graph, { holder, teamsAppId: app.id }, options);
    if (found === null) await installApp({ graph, clock }, { holder, app }, options);
    return null;
  } catch (error) {
    if (!(error instanceof VendorRefusedError)) throw error;
    return error.call.status === 403 ? NOT_ALLOWED : NO_TEAMS;
  }
}

function answerOf({ state, failure }: Post): TeamsAnswer {
  switch (state) {
    case 'planned':
    case 'posting':
      return { kind: 'pending' };
    case 'posted':
    case 'gone':
      return { kind: 'posted' };
    case 'unknown':
      return { kind: 'unknown' };
    case 'refused':
      return { kind: 'refused', reason: (failure ?? '').includes('MessageWritesBlocked') ? CLOSED.blocked : NOT_TAKEN };
  }
}

const CLOSED: Readonly<Record<Exclude<ConversationState, 'installed'>, Sentence>> = {
  blocked: {
    en: 'In Teams the person blocked the bot. Tell the person in another way.',
    de: 'In Teams hat die Person den Bot blockiert. Benachrichtigen Sie sie auf anderem Weg.',
  },
  removed: {
    en: 'In Teams the app was removed for this person. Install it again, or tell the person in another way.',
    de: 'In Teams wurde die App für diese Person entfernt. Installieren Sie sie neu, oder benachrichtigen Sie die Person auf anderem Weg.',
  },
};
const NO_APP: Sentence = {
  en: 'The app is not in the tenant’s Teams catalogue either, so the bot cannot write to the person.',
  de: 'Auch im Teams-Katalog des Mandanten fehlt die App; der Bot kann der Person nicht schreiben.',
};
const NOT_ALLOWED: Sentence = {
  en: 'Teams does not let the app be installed for the person: check its right for that, and the app policies.',
  de: 'Teams lässt die App für diese Person nicht installieren: Prüfen Sie das Recht dazu und die App-Richtlinien.',
};
const NO_TEAMS: Sentence = {
  en: 'Teams cannot reach the person either: there may be no licence for it.',
  de: 'Auch Teams erreicht die Person nicht: Möglicherweise fehlt ihr die Lizenz.',
};
const NOT_TAKEN: Sentence = {
  en: 'Teams did not take the bot’s message to the person.',
  de: 'Teams hat die Nachricht des Bots an die Person nicht angenommen.',
};
