import { randomBytes } from 'node:crypto';
import { canonicalJson, type Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { ConnectionSettings } from '../../services/connections.ts';
import {
  awaitConsent,
  type ConsentAnswer,
  consentAddress,
  readConsentAnswer,
  statedConsent,
} from '../../services/graph/admin-consent.ts';
import { createTokenSource } from '../../services/graph/token.ts';
import { isLoopback } from '../../services/http.ts';
import type { Database, Tx } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { type AskedConsent, type ConsentApp, lockAsked, saveAnswered, saveAsked } from './admin-consents.store.ts';
import { connectionSettings } from './connection-settings.ts';
import type { Customer, Customers } from './customers.ts';
import type { Environment } from './secrets.ts';

export { CONSENT_APPS } from './admin-consents.store.ts';

/** Asks an administrator of a customer's tenant to let an application in, and takes what he answered. */
export type AdminConsents = {
  /**
   * The address to send the administrator to, for a day and one answer. Refuses `consent_app_none` where the customer file
   * names no such application, `redirect_bad`, `bad_tenant` and `secret_missing`.
   */
  ask(customer: Customer, question: { app: ConsentApp; redirectUri: string; actor: Json }): Promise<string>;
  /**
   * Takes the address at which the browser ended, journals what it says and, for a consent, waits for the token that alone
   * proves it. With `actor` only the one who asked may bring the answer. Refuses `consent_foreign` (no state, or none of
   * ours for this customer), `consent_other_asker`, `consent_used`, `consent_expired`, `consent_refused`,
   * `consent_other_tenant`, `consent_incomplete` and `consent_unproved`.
   */
  answer(
    query: URLSearchParams,
    given?: { customerId?: string; actor?: Json },
  ): Promise<{ customer: Customer; app: ConsentApp }>;
};

export type AdminConsentDeps = {
  customers: Pick<Customers, 'get' | 'connections'>;
  database: Database;
  clock: Clock;
  environment: Environment;
  /** The deployment's own app in Teams. */
  teamsApp?: ConnectionSettings['teamsApp'];
  signal: AbortSignal;
};

/** Questions are kept for as long as somebody may wonder what became of one. */
const KEPT_MS = 30 * 24 * 60 * 60_000;
const CUSTOMER_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Creates it. */
export function createAdminConsents(deps: AdminConsentDeps): AdminConsents {
  return {
    ask: (customer, question) => ask(deps, customer, question),
    answer: async (query, given = {}) => {
      const stated = statedConsent(query);
      const customer =
        stated !== null && CUSTOMER_ID.test(stated.customerId)
          ? await deps.customers.get(stated.customerId)
          : undefined;
      const isMeant = given.customerId === undefined || given.customerId === customer?.id;
      if (stated === null || customer === undefined || !isMeant) throw refused('foreign');
      const taken = await deps.database.withCustomer(customer.id, (tx) =>
        take(deps, tx, { query, nonce: stated.nonce, actor: given.actor }),
      );
      if (!taken.ok) throw refused(taken.reason);
      await prove(deps, customer, taken.app);
      return { customer, app: taken.app };
    },
  };
}

async function ask(
  deps: AdminConsentDeps,
  customer: Customer,
  { app, redirectUri, actor }: { app: ConsentApp; redirectUri: string; actor: Json },
): Promise<string> {
  refuseRedirect(redirectUri);
  const { clientId } = appOf(deps, customer, app);
  const { tenantId, graph } = customer.settings;
  const now = deps.clock.now();
  const [nonce, key] = [randomBytes(16).toString('base64url'), randomBytes(32).toString('base64url')];
  const request = { customerId: customer.id, tenantId, loginUrl: graph.loginUrl, clientId, redirectUri };
  const address = consentAddress(request, { key, now, nonce });
  const at = new Date(now);
  await deps.database.withCustomer(customer.id, async (tx) => {
    await saveAsked(tx, { nonce, key, app, askedBy: actor, at, forgetBefore: new Date(now - KEPT_MS) });
    await appendJournal(tx, { at, actor, event: 'customer.consent_asked', facts: { app, clientId } });
  });
  return address;
}

/** The login service sends people back to registered addresses only; these are the ones that may be registered. */
function refuseRedirect(redirectUri: string): void {
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : null;
  const isSafe = url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)));
  if (isSafe && url.search === '' && url.hash === '') return;
  const userMessage =
    'Microsoft sends people back to a registered https:// address without a query only: give it with --redirect-uri.';
  throw new AppError('redirect_bad', userMessage, { userMessage });
}

type Reason = 'foreign' | 'other_asker' | 'used' | 'expired' | 'refused' | 'other_tenant' | 'incomplete' | 'unproved';
type Taken = { ok: true; app: ConsentApp } | { ok: false; reason: Reason };

/** Whatever a believed answer says, it is the only one: a second one of the same state finds it answered. */
async function take(
  deps: AdminConsentDeps,
  tx: Tx,
  { query, nonce, actor }: { query: URLSearchParams; nonce: string; actor: Json | undefined },
): Promise<Taken> {
  const asked = await lockAsked(tx, nonce);
  if (asked === undefined) return { ok: false, reason: 'foreign' };
  const answer = readConsentAnswer(query, { key: asked.key, now: deps.clock.now() });
  if (answer.outcome === 'foreign') return { ok: false, reason: 'foreign' };
  if (actor !== undefined && canonicalJson(actor) !== canonicalJson(asked.askedBy))
    return { ok: false, reason: 'other_asker' };
  if (asked.isAnswered) return { ok: false, reason: 'used' };
  await note(deps, tx, asked, answer);
  return answer.outcome === 'granted'
    ? { ok: true, app: asked.app }
    : { ok: false, reason: answer.outcome === 'otherTenant' ? 'other_tenant' : answer.outcome };
}

async function note(deps: AdminConsentDeps, tx: Tx, asked: AskedConsent, answer: ConsentAnswer): Promise<void> {
  const at = new Date(deps.clock.now());
  const { outcome } = answer;
  await saveAnswered(tx, { nonce: asked.nonce, outcome, at });
  const facts = { app: asked.app, outcome, ...(outcome === 'refused' ? { code: answer.code } : {}) };
  await appendJournal(tx, { at, actor: asked.askedBy, event: 'customer.consent_answered', facts });
}

/** Everything in an address can be written by anybody: only a token of the customer's own tenant proves a consent. */
async function prove(deps: AdminConsentDeps, customer: Customer, app: ConsentApp): Promise<void> {
  const { http } = await deps.customers.connections(customer);
  const { clock } = deps;
  const { loginUrl } = customer.settings.graph;
  const settings = { loginUrl, tenantId: customer.id, ...appOf(deps, customer, app) };
  const isProved = await awaitConsent({ tokens: createTokenSource({ http, clock }, settings), clock }, deps.signal);
  if (!isProved) throw refused('unproved');
  const entry = { at: new Date(clock.now()), actor: { kind: 'system', name: 'consent' }, facts: { app } };
  await deps.database.withCustomer(customer.id, (tx) =>
    appendJournal(tx, { ...entry, event: 'customer.consent_proved' }),
  );
}

/** Refuses `consent_app_none` where the customer has no such application of its own. */
function appOf(
  { environment, teamsApp }: AdminConsentDeps,
  customer: Customer,
  app: ConsentApp,
): NonNullable<ConnectionSettings['teamsApp']> {
  const settings = connectionSettings(customer.settings, environment);
  const { clientId, credential } = settings.graph;
  const apps = {
    reader: { clientId, credential },
    messenger: settings.messenger,
    writer: settings.writer,
    teams: teamsApp,
  };
  const found = apps[app];
  if (found !== undefined) return found;
  const userMessage = `${customer.name} has no application "${app}" of its own: name it in the customer file, or ask for another one with --app.`;
  throw new AppError('consent_app_none', userMessage, { userMessage });
}

const SENTENCES: Record<Reason, string> = {
  foreign:
    'That address answers no question of this deployment for this customer. Copy it whole from the browser, or ask again.',
  other_asker: 'Somebody else asked for this consent: only he can bring the answer. Ask for an address of your own.',
  used: 'That answer was taken already: each address counts once. Ask again if it has to be repeated.',
  expired: 'That address is too old. Ask for a new one and let it be opened within a day.',
  refused: 'Microsoft says that consent was not given. Ask a Global Administrator of the tenant to accept.',
  other_tenant:
    'Consent was given in another tenant than the customer’s. Open the address as an administrator of the customer’s own tenant.',
  incomplete: 'Microsoft’s answer names no tenant or no consent. Open a new address and go through to its end.',
  unproved:
    'Microsoft gives no token for this tenant yet, so the consent is not proved. Wait a few minutes and run "mfa-rollout customers check".',
};

function refused(reason: Reason): AppError {
  return new AppError(`consent_${reason}`, SENTENCES[reason], { userMessage: SENTENCES[reason] });
}
