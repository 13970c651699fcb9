import { createHash } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { AppError, VendorError, VendorRefusedError } from '../../lib/errors.ts';
import { type PublishOutcome, publishApp } from '../../services/graph/app-catalogue.ts';
import { canExchangeAt, tokenOnBehalfOf } from '../../services/graph/on-behalf-of.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Identity } from '../access/access.core.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import { readPackage } from './read-package.ts';

export type PackagePublisherDeps = {
  database: Database;
  customers: Pick<Customers, 'connections'>;
  clock: Clock;
  /** The deployment's own application, whose package alone may be published. */
  teams: { appId: string; appSecret: string; loginUrl: string; publicUrl: string };
  /** Verifies a person's token (signature, issuer, audience, scope) and says who it is; throws for any other token. */
  verify(token: string): Promise<Identity>;
  /** The exchange of a verified token; the real one unless told otherwise. */
  exchange?: typeof tokenOnBehalfOf | undefined;
};

export type PackagePublisher = {
  /** The application whose package alone is taken. */
  appId: string;
  /** Where an administrator of the customer consents to the rights of the application. */
  consentUrl(tenantId: string): string;
  /** Whether there is a chance at all for this person, known without asking anybody. */
  chance(customer: Customer, identity: Identity): Chance;
  /**
   * Publishes a package to the customer's catalogue as the person whose token this is, and journals who did it and what
   * came of it. Refuses with `package_unreadable`, `package_foreign` (a package of another application), whatever
   * `publishApp` refuses, `catalogue_refused` and `catalogue_unreachable` where Graph does; whether the person may
   * publish is the catalogue's decision.
   */
  publish(
    customer: Customer,
    request: { token: string; zip: Uint8Array; signal?: AbortSignal | undefined },
  ): Promise<{ version: string; outcome: PublishOutcome }>;
};

/** `sandbox`: the sign-in service is not Microsoft's own; `otherTenant`: the catalogue belongs to others. */
export type Chance = { yes: true } | { yes: false; code: 'sandbox' | 'otherTenant'; why: string };

/** Creates the publisher of the app package. */
export function createPackagePublisher(deps: PackagePublisherDeps): PackagePublisher {
  const { clock, customers, teams, exchange = tokenOnBehalfOf } = deps;
  return {
    appId: teams.appId,
    consentUrl: (tenantId) => {
      const query = new URLSearchParams({ client_id: teams.appId, redirect_uri: `${teams.publicUrl}/tab/` });
      return `${teams.loginUrl.replace(/\/+$/, '')}/${encodeURIComponent(tenantId)}/adminconsent?${query.toString()}`;
    },
    chance: chanceOf,
    publish: async (customer, { token, zip, signal }) => {
      const facts = readPackage(zip);
      if (facts.applicationId !== teams.appId.toLowerCase()) throw foreignPackage();
      const { baseUrl, loginUrl } = customer.settings.graph;
      const settings = { loginUrl, tenantId: customer.id, clientId: teams.appId, clientSecret: teams.appSecret };
      const { http } = await customers.connections(customer);
      let identity: Identity | undefined;
      const verify = async (given: string) => {
        identity = await deps.verify(given);
        return identity;
      };
      const onBehalfOf = (verified: string, scopes: readonly string[]) =>
        exchange({ clock, settings }, verified, scopes);
      const catalogue = { http, clock, graphUrl: baseUrl, tenantId: customer.id, verify, onBehalfOf };
      const app = { externalId: facts.externalId, version: facts.version, zip };
      const outcome = await publishApp(catalogue, { token, app, ...(signal === undefined ? {} : { signal }) }).catch(
        (error: unknown) => {
          throw error instanceof VendorError ? explained(error) : error;
        },
      );
      await deps.database.withCustomer(customer.id, (tx) =>
        appendJournal(tx, {
          at: new Date(clock.now()),
          actor: { kind: 'person', ...(identity ?? {}) },
          event: 'app.published',
          facts: { ...facts, package: digestOfBytes(zip), outcome },
        }),
      );
      return { version: facts.version, outcome };
    },
  };
}

function chanceOf(customer: Customer, identity: Identity): Chance {
  if (!canExchangeAt(customer.settings.graph.loginUrl)) {
    const why =
      'This works with a real tenant only: the sandbox plays the sign-in service, and Microsoft’s library asks no other than Microsoft’s own.';
    return { yes: false, code: 'sandbox', why };
  }
  if (identity.tenantId !== customer.id) {
    const why = 'Sign in with an account of the customer: the catalogue belongs to the customer’s tenant.';
    return { yes: false, code: 'otherTenant', why };
  }
  return { yes: true };
}

/** What Graph said, in words that name its own code: an administrator finds help under it. */
function explained(error: VendorError): AppError {
  const { status, vendorCode, requestId } = error.call;
  const { facts } = error;
  if (!(error instanceof VendorRefusedError)) {
    const userMessage = 'Microsoft gave no usable answer. Publish again: what is there already is looked at first.';
    return new AppError('catalogue_unreachable', error.message, { userMessage, facts, cause: error });
  }
  const said = [vendorCode ?? `status ${status}`, ...(requestId === undefined ? [] : [`request ${requestId}`])];
  const userMessage = `Microsoft Graph refused (${said.join(', ')}). A Teams administrator of the customer may publish.`;
  return new AppError('catalogue_refused', error.message, { userMessage, facts, cause: error });
}

function digestOfBytes(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function foreignPackage(): AppError {
  const userMessage = 'This package belongs to another application. Build it with the settings of this deployment.';
  return new AppError('package_foreign', userMessage, { userMessage });
}
