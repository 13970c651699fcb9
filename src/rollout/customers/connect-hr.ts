import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { bambooConsentAddress, readBambooConsent } from '../../services/hr/bamboohr/consent.ts';
import type { BambooOAuth } from '../../services/hr/bamboohr/settings.ts';
import { connectBamboo } from '../../services/hr/bamboohr/token.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { bambooConnection } from './connection-settings.ts';
import type { Customer, Customers } from './customers.ts';
import type { Environment } from './secrets.ts';

/** Connects a customer's BambooHR by OAuth: somebody there consents in a browser, and the address he ends at is read. */
export type HrConnection = {
  /** Where to send somebody who may consent. Refuses `hr_not_oauth`, `redirect_bad` and `secret_missing`. */
  address(customer: Customer, redirectUri: string): string;
  /**
   * Takes the address at which the browser ended, keeps the refresh token and journals it. Refuses `consent_refused`,
   * `consent_expired`, `consent_foreign`, and as `address` does.
   */
  complete(customer: Customer, answer: { address: string; actor: Json }): Promise<void>;
};

/** Creates the way in which HR systems are connected. */
export function createHrConnection(deps: {
  customers: Pick<Customers, 'connections'>;
  database: Database;
  clock: Clock;
  environment: Environment;
}): HrConnection {
  const consentOf = (customer: Customer, redirectUri: string) => ({
    customerId: customer.id,
    redirectUri,
    now: deps.clock.now(),
  });
  return {
    address: (customer, redirectUri) => {
      const url = URL.canParse(redirectUri) ? new URL(redirectUri) : null;
      if (url?.protocol !== 'https:' || url.search !== '' || url.hash !== '')
        throw refused('redirect_bad', 'BambooHR sends people back to an https:// address without a query only.');
      return bambooConsentAddress(oauthOf(customer, deps.environment), consentOf(customer, redirectUri));
    },
    complete: async (customer, { address, actor }) => {
      const oauth = oauthOf(customer, deps.environment);
      const ended = URL.canParse(address) ? new URL(address) : new URL('https://invalid.example');
      const redirectUri = `${ended.origin}${ended.pathname}`;
      const answer = readBambooConsent(oauth, consentOf(customer, redirectUri), ended.searchParams);
      if (answer.outcome !== 'granted') throw refused(`consent_${answer.outcome}`, REFUSALS[answer.outcome]);
      const { http } = await deps.customers.connections(customer);
      await connectBamboo({ http }, oauth, { code: answer.code, redirectUri });
      const entry = {
        at: new Date(deps.clock.now()),
        actor,
        event: 'customer.hr_connected',
        facts: { source: 'bamboohr' },
      };
      await deps.database.withCustomer(customer.id, (tx) => appendJournal(tx, entry));
    },
  };
}

const REFUSALS = {
  refused: 'BambooHR says that access was not allowed. Ask somebody with full access there to consent.',
  expired: 'That address is too old. Ask for a new one and let it be opened within a day.',
  foreign: 'That address does not answer the one that was asked for this customer. Copy it whole from the browser.',
};

function oauthOf({ settings: { hr } }: Customer, environment: Environment): BambooOAuth {
  const oauth = hr.source === 'bamboohr' ? bambooConnection(hr, environment) : null;
  if (oauth !== null) return oauth;
  throw refused(
    'hr_not_oauth',
    'The customer file has no hr.oauth: only BambooHR with an application of its own is connected this way.',
  );
}

function refused(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
}
