/** Teams as people use it: what they write and press, what the bot answers, what they are shown of it. */
import type { Clock } from '../../lib/clock.ts';
import { findApp, findInstallation } from '../graph/teams-form.ts';
import type { SandboxUrls } from '../listeners.ts';
import type { SigningKeys } from '../login/keys.ts';
import { signTabToken } from '../login/person-tokens.ts';
import type { SandboxEvent } from '../state/events.ts';
import type { StoredActivity } from '../state/kept.ts';
import type { SandboxState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { cardAction, localeOf, messageActivity } from './activities.ts';
import type { BotLink } from './bot-link.ts';
import { cardOf, refreshOf } from './card-check.ts';
import { botMri } from './ids.ts';
import { type InvokeResult, readInvokeAnswer } from './invoke-result.ts';
import { keepMessage, openChat, type TeamsWorld } from './messages.ts';
import { createNewsDesk, createObserver, type NewsDesk } from './observer.ts';
import { appIdOf, findPlace, isInstalled, mriOf, type Person, type Place, peopleOf } from './places.ts';
import { type ShownMessage, showMessages } from './shown-messages.ts';
import { createViews, type Views } from './views.ts';

export type TeamsDeps = {
  world: TeamsWorld;
  clock: Clock;
  keys: SigningKeys;
  link: BotLink;
  urls: () => SandboxUrls;
};

/** What people do in Teams. Each throws with a sentence when the person cannot do it there. */
export type Teams = {
  state: SandboxState;
  world: TeamsWorld;
  news: NewsDesk;
  link: BotLink;
  observe(event: SandboxEvent, apply: () => void): void;
  botTypes(conversationId: string): void;
  person(tenantId: string, userId: string): Person;
  /** The place of a conversation that the person may see. */
  place(person: Person, conversationId: string): Place;
  /** Writes a message; with `mentionsBot` its text begins with the bot's name. Resolves when the bot has it. */
  write(
    person: Person,
    conversationId: string,
    message: { text: string; mentionsBot: boolean },
  ): Promise<StoredActivity>;
  /** Presses Action.Execute, or lets the card refresh by itself. */
  press(
    person: Person,
    messageId: string,
    press: { action: GraphObject; trigger: 'manual' | 'automatic' },
  ): Promise<InvokeResult>;
  /**
   * Refreshes a card whose `refresh` means this person: by itself at most once a minute, by hand at any time. Shows
   * nothing when there is nothing to refresh, or when an edit came too soon: then it says how long to wait.
   */
  refresh(person: Person, messageId: string, byHand: boolean): Promise<InvokeResult>;
  /** A conversation's messages, each card as this person sees it. */
  show(person: Person, conversationId: string): { messages: (ShownMessage & { card: GraphObject | null })[] };
  /** Whether the person may look at a conversation. */
  sees(person: Person, conversationId: string): boolean;
  /** Presses Action.Submit: the bot gets a message without text. */
  submit(person: Person, messageId: string, value: GraphObject): Promise<void>;
  /** Adds the app for the person, or takes it away. */
  setApp(person: Person, isWanted: boolean): void;
  tabToken(person: Person): Promise<string>;
};

/** Creates Teams on a world. */
export function createTeams(deps: TeamsDeps): Teams {
  const { world, link } = deps;
  const { state } = world;
  const news = createNewsDesk();
  const given = { state, now: world.now, connectorUrl: () => deps.urls().connector };
  const post = (activity: GraphObject) => link.post(activity);
  const place = (person: Person, conversationId: string): Place => placeFor(state, person, conversationId);
  const views = createViews(world.now);
  const press: Teams['press'] = async (person, messageId, { action, trigger }) => {
    const on = messageFor(person, messageId);
    const where = place(person, on.conversationId);
    const result = readInvokeAnswer(await post(cardAction(given, where, { author: person, on, action, trigger })));
    views.keep(person, messageId, result);
    return result;
  };
  return {
    state,
    world,
    news,
    link,
    place,
    observe: createObserver({ world, clock: deps.clock, link, connectorUrl: given.connectorUrl }, news),
    botTypes: (conversationId) => news.tell({ kind: 'typing', tenantId: null, conversationId }),
    person(tenantId, userId) {
      const tenant = state.tenants.get(tenantId);
      const user = tenant?.usersById.get(userId);
      if (tenant === undefined || user === undefined) throw new Error(`there is no user ${userId} in ${tenantId}`);
      return { tenant, user, locale: localeOf(user) };
    },
    async write(person, conversationId, message) {
      const where = place(person, conversationId);
      const activity = textActivity(state, message);
      const kept = keepMessage(world, where, { userId: person.user.id, activity });
      if (reachesBot(state, where)) await post(messageActivity(given, where, { author: person, message: kept }));
      return kept;
    },
    press,
    async refresh(person, messageId, byHand) {
      const on = messageFor(person, messageId);
      const where = place(person, on.conversationId);
      const action = refreshAction(state, where, { person, on });
      if (action === null) return { show: 'nothing' };
      const againInMs = byHand ? 0 : views.dueInMs(person, messageId);
      if (againInMs > 0) {
        return views.isOvertaken(person, messageId) ? { show: 'nothing', againInMs } : { show: 'nothing' };
      }
      return press(person, messageId, { action, trigger: byHand ? 'manual' : 'automatic' });
    },
    show(person, conversationId) {
      const messages = showMessages(state, place(person, conversationId));
      return { messages: messages.map((message) => ({ ...message, card: cardFor(views, person, message) })) };
    },
    sees: (person, conversationId) => canSee(state, person, conversationId) !== null,
    async submit(person, messageId, value) {
      const on = messageFor(person, messageId);
      const where = place(person, on.conversationId);
      const now = new Date(world.now()).toISOString();
      const message = { ...on, id: String(world.now()), createdAt: now, activity: { value } };
      await post({ ...messageActivity(given, where, { author: person, message }), replyToId: on.id });
    },
    setApp: (person, isWanted) => setApp(world, person, isWanted),
    tabToken: ({ tenant, user }) =>
      signTabToken(
        { clock: deps.clock, keys: deps.keys, loginUrl: () => deps.urls().login },
        { tenantId: tenant.tenant.tenantId, user },
        appIdOf(state),
      ),
  };
}

/** A conversation of the person's own tenant of which they are a member; null for any other. */
function canSee(state: SandboxState, person: Person, conversationId: string): Place | null {
  const place = findPlace(state, conversationId, person.tenant);
  if (place === null) return null;
  const isIn =
    place.kind === 'personal'
      ? place.user.id === person.user.id
      : peopleOf(place.tenant, place.team.id).some(({ id }) => id === person.user.id);
  return isIn ? place : null;
}

function placeFor(state: SandboxState, person: Person, conversationId: string): Place {
  const place = canSee(state, person, conversationId);
  if (place === null) throw new Error('there is no such conversation for this person');
  return place;
}

/** The refresh that a message's card asks for, if it means this person. */
function refreshAction(
  state: SandboxState,
  place: Place,
  given: { person: Person; on: StoredActivity },
): GraphObject | null {
  const card = cardOf(given.on.activity);
  if (card === null || given.on.userId !== null) return null;
  const members = place.kind === 'personal' ? 1 : peopleOf(place.tenant, place.team.id).length;
  return refreshOf(card, mriOf(state, given.person.tenant, given.person.user.id), members);
}

function cardFor(views: Views, person: Person, message: ShownMessage): GraphObject | null {
  return views.cardFor(person, message.id) ?? cardOf({ attachments: message.attachments });
}

/** In channels the bot hears everything, since its app has the right to read them; elsewhere what is written to it. */
function reachesBot(state: SandboxState, place: Place): boolean {
  return place.kind === 'channel'
    ? isInstalled(state, place.tenant, { team: place.team.id })
    : place.tenant.kept.botChats.get(place.conversationId)?.isBlocked !== true;
}

function textActivity(state: SandboxState, message: { text: string; mentionsBot: boolean }): GraphObject {
  const { app } = state.cast.provider;
  if (!message.mentionsBot) return { type: 'message', text: message.text, textFormat: 'plain' };
  const name = `<at>${app.displayName}</at>`;
  const mention = { type: 'mention', mentioned: { id: botMri(app.appId), name: app.displayName }, text: name };
  return { type: 'message', text: `${name} ${message.text}`, textFormat: 'plain', entities: [mention] };
}

function messageFor(person: Person, messageId: string): StoredActivity {
  const found = person.tenant.kept.activities.get(messageId);
  if (found === undefined || found.deletedAt !== null) throw new Error(`there is no message ${messageId}`);
  return found;
}

function setApp(world: TeamsWorld, person: Person, isWanted: boolean): void {
  const { tenant, user } = person;
  const app = [...tenant.kept.teamsApps.values()].find((one) => one.azureAdAppId === appIdOf(world.state));
  if (app === undefined || findApp(tenant, app.id) === undefined) throw new Error('the app is not in the catalogue');
  const { tenantId } = tenant.tenant;
  const holder = { holder: 'user' as const, holderId: user.id };
  const installed = findInstallation(tenant, holder, app.id);
  if (isWanted && installed === undefined) {
    openChat(world, tenant, user.id);
    const id = Buffer.from(`${user.id}##${app.id}`).toString('base64');
    const item = { id, ...holder, teamsAppId: app.id, version: app.version };
    world.record({ tenantId, type: 'kept.put', collection: 'installations', item });
  }
  if (!isWanted && installed !== undefined) {
    world.record({ tenantId, type: 'kept.remove', collection: 'installations', id: installed.id });
  }
}
