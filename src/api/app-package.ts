/** Publishing the app to the customer's catalogue, and the way to Microsoft's consent page that it may need first. */
import { type AppPackage, PACKAGE_BYTES_MAX, type PublishOutcome } from '../contract.ts';
import type { Identity } from '../rollout/access/access.core.ts';
import type { PackagePublisher } from '../rollout/app-package/publish-package.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import { refused } from './api-error.ts';
import type { Route } from './route.ts';

/** The package as base64, and the object around it. */
export const PACKAGE_BODY_BYTES = Math.ceil(PACKAGE_BYTES_MAX / 3) * 4 + 1_024;

type Asking = { customer: Customer; identity: Identity; revision: string };

/** What the page about publishing needs to know. */
export function appPackageAnswer(publisher: PackagePublisher, { customer, identity, revision }: Asking): AppPackage {
  return {
    revision,
    appId: publisher.appId,
    consentPath: `${CONSENT_PATH}/${customer.id}`,
    may: publisher.chance(customer, identity),
  };
}

type Publishing = { customer: Customer; token: string; zip: string; signal: AbortSignal | undefined };

/** Publishes the package; refuses what `PackagePublisher.publish` refuses. */
export async function publishAnswer(
  publisher: PackagePublisher,
  { customer, token, zip, signal }: Publishing,
): Promise<PublishOutcome> {
  const { version, outcome } = await publisher.publish(customer, {
    ...{ token, signal },
    zip: new Uint8Array(Buffer.from(zip, 'base64')),
  });
  return 'appId' in outcome ? { ...outcome, version } : outcome;
}

const CONSENT_PATH = '/consent';
const TENANT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Leads on to the consent page of a tenant. A page of this server, since Teams opens no other one in its window for
 * signing in; it takes no address from anybody, and does not tell whether the tenant is a customer.
 */
export function consentRoute(publisher: Pick<PackagePublisher, 'consentUrl'>): Route {
  return {
    method: 'GET',
    path: `${CONSENT_PATH}/:tenantId`,
    handle: ({ params }) => {
      const tenantId = (params.tenantId ?? '').toLowerCase();
      if (!TENANT_ID.test(tenantId)) throw refused('not_found', 'There is nothing at this address.');
      return { status: 302, headers: { 'Cache-Control': 'no-store', Location: publisher.consentUrl(tenantId) } };
    },
  };
}
