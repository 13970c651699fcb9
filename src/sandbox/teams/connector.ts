/**
 * The Teams connector: what a bot calls to write. Also the address of the keys with which the channel signs what it
 * sends to the bot. Paths begin with a region and, as Teams writes them today, with the tenant.
 */
import type { KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import { type Answer, type Call, type CallFacts, headerOf, type VendorApp } from '../http/exchange.ts';
import { compileTemplate } from '../http/templates.ts';
import type { SigningKeys } from '../login/keys.ts';
import { BOT_FRAMEWORK } from '../login/login.ts';
import { isObject, type TenantState } from '../state/state.ts';
import type { Throttle } from '../throttle.ts';
import type { GraphObject } from '../world/world.ts';
import type { ConnectorCall } from './connector-call.ts';
import { badArgument, connectorError, denied, faultError, tooMany } from './connector-errors.ts';
import { CONNECTOR_ROUTES, type ConnectorRoute } from './connector-routes.ts';
import { splitConversationId } from './ids.ts';
import { type ConnectorLimits, countCall } from './limits.ts';
import type { TeamsWorld } from './messages.ts';

export type ConnectorDeps = {
  world: TeamsWorld;
  clock: Clock;
  throttle: Throttle;
  limits: ConnectorLimits;
  /** Signs what goes to the bot. */
  channelKeys: SigningKeys;
  /** Verifies the bot's own tokens. */
  loginKey: KeyObject;
  loginUrl: () => string;
  url: () => string;
  /** Hears that the bot is typing. */
  typing(conversationId: string): void;
};

/** What every token of the channel names as its issuer. */
export const CHANNEL_ISSUER = 'https://api.botframework.com';

/** Path of the document that leads to the channel's keys. */
export const METADATA_PATH = '/v1/.well-known/openidconfiguration';
const KEYS = '/v1/.well-known/keys';
const PREFIX = /^\/(?!v\d)([a-z]+)(?:\/([0-9a-f-]{36}))?(?=\/v3\/)/i;

const ROUTES = CONNECTOR_ROUTES.map((route) => ({ route, template: compileTemplate(route.template) }));

/** Creates the simulated connector. */
export function createConnector(deps: ConnectorDeps): VendorApp & { errorAnswer(status: number): Answer } {
  return {
    vendor: 'connector',
    errorAnswer: faultError,
    match(call) {
      const open = call.method === 'GET' ? openAnswer(deps, call.path) : null;
      if (open !== null) return { template: call.path, facts: {}, answer: () => Promise.resolve(open) };
      const prefix = PREFIX.exec(call.path);
      const path = call.path.slice(prefix?.[0].length ?? 0);
      const within = deps.world.state.tenants.get(prefix?.[2]?.toLowerCase() ?? '') ?? null;
      const facts: CallFacts = within === null ? {} : { tenant: within.tenant.tenantId };
      for (const { route, template } of ROUTES) {
        const values = template.match(path);
        if (values === null || route.method !== call.method) continue;
        const given = { call, values, within, facts, namesTenant: prefix?.[2] !== undefined };
        return { template: template.text, facts, answer: () => answerRoute(deps, route, given) };
      }
      const answer = () => Promise.resolve(connectorError(404, 'NotFound', 'There is no such address.'));
      return { template: '(unknown)', facts, answer };
    },
  };
}

/** Where the bot finds the channel's keys, and the keys: to be had without a token. */
function openAnswer(deps: ConnectorDeps, path: string): Answer | null {
  if (path === METADATA_PATH) {
    const body = {
      issuer: CHANNEL_ISSUER,
      authorization_endpoint: 'https://invalid.botframework.com',
      jwks_uri: `${deps.url()}${KEYS}`,
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    };
    return { status: 200, body };
  }
  return path === KEYS
    ? {
        status: 200,
        body: { keys: [{ ...deps.channelKeys.jwk, x5t: deps.channelKeys.kid, endorsements: ['msteams'] }] },
      }
    : null;
}

type Given = {
  call: Call;
  values: Record<string, string>;
  within: TenantState | null;
  namesTenant: boolean;
  facts: CallFacts;
};

async function answerRoute(deps: ConnectorDeps, route: ConnectorRoute, given: Given): Promise<Answer> {
  const { call, values, facts } = given;
  if (!(await isBot(deps, call))) return denied();
  facts.appId = deps.world.state.cast.provider.app.appId;
  if (given.namesTenant && given.within === null) return connectorError(404, 'TenantNotFound', 'Tenant not found.');
  const body = readBody(call);
  if (body === null) return badArgument('The body is no JSON object.');
  const { state } = deps.world;
  const context: ConnectorCall = { ...deps, within: given.within, values, body, query: call.query };
  const found = route.find(context);
  if (!found.ok) return found.refusal;
  facts.tenant = found.tenant.tenant.tenantId;
  const { base } = splitConversationId(found.thread);
  const waitMs = countCall(deps.throttle, deps.limits, { tenantId: facts.tenant, thread: base, kind: route.kind });
  if (waitMs !== null) return tooMany(waitMs);
  return state.tenants.has(facts.tenant) ? found.act() : denied();
}

/** Whether the call comes from the bot: with a token for the connector from the provider's own tenant. */
async function isBot(deps: ConnectorDeps, call: Call): Promise<boolean> {
  const token = /^Bearer\s+(\S+)$/i.exec(headerOf(call, 'authorization') ?? '')?.[1];
  if (token === undefined) return false;
  const { tenantId, app } = deps.world.state.cast.provider;
  try {
    const { payload } = await jwtVerify(token, deps.loginKey, {
      algorithms: ['RS256'],
      audience: BOT_FRAMEWORK,
      // A bot of one tenant: another tenant's token for the same application is none of its own.
      issuer: `${deps.loginUrl()}/${tenantId}/v2.0`,
      currentDate: new Date(deps.clock.now()),
    });
    return payload.appid === app.appId;
  } catch {
    // Whatever is wrong with a token, the connector says no more than that it is.
    return false;
  }
}

function readBody(call: Call): GraphObject | null {
  if (call.body === '') return {};
  try {
    const value: unknown = JSON.parse(call.body);
    return isObject(value) ? value : null;
  } catch {
    // The caller's text is no JSON.
    return null;
  }
}
