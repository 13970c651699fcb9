/** The only file that imports botbuilder. What faces the network is checked before the SDK sees it. */
import {
  type Activity,
  ActivityTypes,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type TurnContext,
} from 'botbuilder';
import type { Clock } from '../src/lib/clock.ts';
import type { TeamsPace } from '../src/rollout/conversations/pace.ts';
import { type BotToken, jsonOf } from './bot-token.ts';
import { ConnectorError, type Wire, type WireAnswer, withRetries } from './connector-http.ts';
import type { BotSettings } from './settings.ts';

/** What the bot answers to an invoke: always HTTP 200, the result inside. */
export type InvokeAnswer = { statusCode: number; type: string; value: unknown };

/** A message as the connector takes it. */
export type Outgoing = { text?: string; card?: object; summary: string };

/** Where a call of the connector goes, and on whose limit. */
export type Address = { serviceUrl: string; tenantId: string; signal?: AbortSignal | undefined };

/** Teams' side of the bot, in our own words. Every call may refuse with a `ConnectorError`. */
export type BotAdapter = {
  /** Runs one verified activity through the SDK; gives what the HTTP answer carries. */
  turn(activity: object, logic: () => Promise<InvokeAnswer | undefined>): Promise<{ status: number; body?: unknown }>;
  /** Writes into a conversation; gives the message's id. */
  post(address: Address, conversationId: string, message: Outgoing): Promise<string>;
  update(address: Address, copy: { conversationId: string; activityId: string }, message: Outgoing): Promise<void>;
  /** Begins a new thread in a channel. */
  postToChannel(
    address: Address,
    channelId: string,
    message: Outgoing,
  ): Promise<{ conversationId: string; activityId: string }>;
  /** The chat with a person, opened when there is none yet; `member` is the person's `29:` id or object id. */
  openChat(address: Address, member: string): Promise<string>;
};

export type AdapterDeps = {
  settings: BotSettings;
  wire: Wire;
  token: BotToken;
  pace: TeamsPace;
  clock: Clock;
  random?: () => number;
};

const AUDIENCE = 'https://api.botframework.com';

type Lane = { tenantId: string; conversationId: string; signal: AbortSignal | undefined };

/** Creates the adapter. The SDK's HTTP client is replaced by ours: it would repeat messages by itself. */
export function createAdapter(deps: AdapterDeps): BotAdapter {
  const { settings } = deps;
  const adapterOf = (lane: Lane) => new Adapter(deps, lane);
  const named = (conversationId: string, address: Address): Lane => ({
    tenantId: address.tenantId,
    conversationId,
    signal: address.signal,
  });
  const bot = { id: `28:${settings.appId}`, name: 'MFA Rollout' };
  return {
    turn: (activity, logic) => adapterOf(NO_LANE).turn(activity as Activity, logic),
    post: async (address, conversationId, message) => {
      const connector = await adapterOf(named(conversationId, address)).connector(address.serviceUrl);
      const sent = await connector.conversations.sendToConversation(conversationId, activityOf(message));
      return idOf(sent.id);
    },
    update: async (address, copy, message) => {
      const connector = await adapterOf(named(copy.conversationId, address)).connector(address.serviceUrl);
      const activity = { ...activityOf(message), id: copy.activityId };
      await connector.conversations.updateActivity(copy.conversationId, copy.activityId, activity);
    },
    postToChannel: async (address, channelId, message) => {
      const connector = await adapterOf(named(channelId, address)).connector(address.serviceUrl);
      const begun = await connector.conversations.createConversation({
        isGroup: true,
        bot,
        activity: activityOf(message) as Activity,
        channelData: { channel: { id: channelId }, tenant: { id: address.tenantId } },
        tenantId: address.tenantId,
      } as Conversation);
      return { conversationId: idOf(begun.id), activityId: idOf(begun.activityId) };
    },
    openChat: async (address, member) => {
      const connector = await adapterOf(named(member, address)).connector(address.serviceUrl);
      const chat = await connector.conversations.createConversation({
        isGroup: false,
        bot,
        members: [{ id: member, name: '' }],
        tenantId: address.tenantId,
        channelData: { tenant: { id: address.tenantId } },
      } as Conversation);
      return idOf(chat.id);
    },
  };
}

const NO_LANE: Lane = { tenantId: '', conversationId: '', signal: undefined };

type Connector = Awaited<ReturnType<Adapter['connector']>>;
type Conversation = Parameters<Connector['conversations']['createConversation']>[0];
type Options = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[4]>;
type HttpClient = NonNullable<Options['httpClient']>;
type WebResource = Parameters<HttpClient['sendRequest']>[0];
type WebAnswer = Awaited<ReturnType<HttpClient['sendRequest']>>;
type CredentialsFactory = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]>;

/** One call's adapter: cheap, and it carries the lane whose limit the call spends. */
class Adapter extends CloudAdapter {
  readonly #auth: ConfigurationBotFrameworkAuthentication;
  readonly #settings: BotSettings;

  constructor(deps: AdapterDeps, lane: Lane) {
    const auth = authenticationOf(deps, lane);
    super(auth);
    this.#auth = auth;
    this.#settings = deps.settings;
  }

  async turn(
    activity: Activity,
    logic: () => Promise<InvokeAnswer | undefined>,
  ): Promise<{ status: number; body?: unknown }> {
    const claimsIdentity = this.createClaimsIdentity(this.#settings.appId);
    const connectorFactory = this.#auth.createConnectorFactory(claimsIdentity);
    const verified = { audience: AUDIENCE, claimsIdentity, connectorFactory };
    const answer = await this.processActivity(verified, activity, (context) => answered(context, logic));
    return answer === undefined ? { status: 200 } : { status: answer.status, body: answer.body as unknown };
  }

  connector(serviceUrl: string) {
    return this.#auth
      .createConnectorFactory(this.createClaimsIdentity(this.#settings.appId))
      .create(serviceUrl, AUDIENCE);
  }
}

async function answered(context: TurnContext, logic: () => Promise<InvokeAnswer | undefined>): Promise<void> {
  const body = await logic();
  if (context.activity.type !== ActivityTypes.Invoke) return;
  await context.sendActivity({ type: ActivityTypes.InvokeResponse, value: { status: 200, body } });
}

function authenticationOf(deps: AdapterDeps, lane: Lane): ConfigurationBotFrameworkAuthentication {
  const { settings } = deps;
  // One of these given means all of them given: the SDK takes them as one set.
  const addresses = {
    MicrosoftAppId: settings.appId,
    MicrosoftAppTenantId: settings.homeTenantId,
    ValidateAuthority: 'true',
    ToChannelFromBotLoginUrl: `${settings.loginUrl}/${settings.homeTenantId}`,
    ToChannelFromBotOAuthScope: AUDIENCE,
    ToBotFromChannelTokenIssuer: AUDIENCE,
    OAuthUrl: 'https://token.botframework.com',
    ToBotFromChannelOpenIdMetadataUrl: settings.openIdMetadataUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: settings.openIdMetadataUrl,
    CallerId: '',
  };
  const httpClient: HttpClient = { sendRequest: (call) => sendOne(deps, lane, call) };
  const credentials = credentialsOf(deps);
  return new ConfigurationBotFrameworkAuthentication(addresses, credentials, undefined, undefined, { httpClient });
}

function credentialsOf({ settings, token }: AdapterDeps): CredentialsFactory {
  return {
    isValidAppId: (appId) => Promise.resolve(appId.toLowerCase() === settings.appId),
    isAuthenticationDisabled: () => Promise.resolve(false),
    createCredentials: () =>
      Promise.resolve({
        signRequest: async (call: WebResource) => {
          call.headers.set('authorization', `Bearer ${await token.token()}`);
          return call;
        },
      }),
  };
}

/**
 * One call with its tries. A failure is thrown as our own error and never shown to the SDK as an answer: its retry
 * policy would send messages again that may have arrived.
 */
async function sendOne(deps: AdapterDeps, lane: Lane, call: WebResource): Promise<WebAnswer> {
  const tryOnce = () => deps.pace(lane, () => exchange(deps, lane, call));
  const options = { clock: deps.clock, random: deps.random ?? Math.random, signal: lane.signal };
  let answer = await withRetries(options, tryOnce);
  if (answer.status === 401) {
    deps.token.forget((call.headers.get('authorization') ?? '').replace(/^Bearer /, ''));
    call.headers.set('authorization', `Bearer ${await deps.token.token()}`);
    answer = await withRetries(options, tryOnce);
  }
  if (answer.status < 200 || answer.status >= 300) throw new ConnectorError(answer.status, reasonOf(answer));
  const headers = { toJson: () => answer.headers };
  return { status: answer.status, headers, request: call, bodyAsText: answer.text } as unknown as WebAnswer;
}

async function exchange({ wire }: AdapterDeps, lane: Lane, call: WebResource): Promise<WireAnswer> {
  try {
    return await wire.exchange({
      method: call.method as 'GET' | 'POST' | 'PUT',
      url: call.url,
      headers: call.headers.toJson(),
      body: typeof call.body === 'string' ? call.body : undefined,
      signal: lane.signal,
    });
  } catch (error) {
    if (lane.signal?.aborted === true) throw lane.signal.reason;
    throw new ConnectorError(null, error instanceof Error ? error.name : 'unknown', error);
  }
}

/** The connector's own word for it; a sub code says more than the code. */
function reasonOf({ text }: WireAnswer): string {
  const body = jsonOf(text) as { error?: { code?: unknown; innerHttpError?: unknown; message?: unknown } } | undefined;
  const code = typeof body?.error?.code === 'string' ? body.error.code : '';
  const sub = /\b(MessageWritesBlocked|BotNotInConversationRoster|BotDisabledByAdmin|ConversationNotFound)\b/.exec(
    text,
  );
  return (sub?.[1] ?? code).slice(0, 100);
}

function activityOf(message: Outgoing): Partial<Activity> {
  return {
    type: ActivityTypes.Message,
    ...(message.text === undefined ? {} : { text: message.text, textFormat: 'plain' }),
    ...(message.card === undefined
      ? {}
      : { attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: message.card }] }),
    summary: message.summary,
  };
}

function idOf(id: string | undefined): string {
  if (id === undefined || id === '') throw new ConnectorError(null, 'answer without id');
  return id;
}
