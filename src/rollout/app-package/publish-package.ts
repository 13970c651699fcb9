import { createHash } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import { type PublishOutcome, publishApp } from '../../services/graph/app-catalogue.ts';
import { tokenOnBehalfOf } from '../../services/graph/on-behalf-of.ts';
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
  teams: { appId: string; appSecret: string };
  /** Verifies a person's token (signature, issuer, audience, scope) and says who it is; throws for any other token. */
  verify(token: string): Promise<Identity>;
  /** The exchange of a verified token; the real one unless told otherwise. */
  exchange?: typeof tokenOnBehalfOf;
};

export type PackagePublisher = {
  /**
   * Publishes a package to the customer's catalogue as the person whose token this is, and journals who did it and what
   * came of it. Refuses with `package_unreadable`, `package_foreign` (a package of another application) and whatever
   * `publishApp` refuses; whether the person may publish is the catalogue's decision.
   */
  publish(
    customer: Customer,
    request: { token: string; zip: Uint8Array; signal?: AbortSignal },
  ): Promise<PublishOutcome>;
};

/** Creates the publisher of the app package. */
export function createPackagePublisher(deps: PackagePublisherDeps): PackagePublisher {
  const { clock, customers, teams, exchange = tokenOnBehalfOf } = deps;
  return {
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
      const outcome = await publishApp(catalogue, { token, app, ...(signal === undefined ? {} : { signal }) });
      await deps.database.withCustomer(customer.id, (tx) =>
        appendJournal(tx, {
          at: new Date(clock.now()),
          actor: { kind: 'person', ...(identity ?? {}) },
          event: 'app.published',
          facts: { ...facts, package: digestOfBytes(zip), outcome },
        }),
      );
      return outcome;
    },
  };
}

function digestOfBytes(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function foreignPackage(): AppError {
  const userMessage = 'This package belongs to another application. Build it with the settings of this deployment.';
  return new AppError('package_foreign', userMessage, { userMessage });
}
