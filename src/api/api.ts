import type { Clock } from '../lib/clock.ts';
import { createPackagePublisher, type PackagePublisherDeps } from '../rollout/app-package/publish-package.ts';
import type { Syncs } from '../rollout/snapshots/syncs.ts';
import { type ApiDeps, apiRoutes } from './api-routes.ts';
import { createReadModels } from './read-models.ts';
import type { Route } from './route.ts';
import { createSigningKeys } from './signing-keys.ts';
import { TAB_FOLDER } from './tab-build.ts';
import { createTabSite } from './tab-files.ts';
import { audiencesOf, createTokenCheck } from './token.ts';

/** What the tab and its API need to know of the deployment. */
export type ApiSettings = {
  appId: string;
  appSecret: string;
  /** The service provider's own tenant: its people may come as well as the customers'. */
  homeTenantId: string;
  loginUrl: string;
  publicUrl: string;
  standInOrigin?: string | undefined;
  caFile?: string | undefined;
};

export type ApiParts = Omit<ApiDeps, 'token' | 'readModels' | 'publisher'> & {
  settings: ApiSettings;
  clock: Clock;
  syncs: Pick<Syncs, 'derived'>;
  database: PackagePublisherDeps['database'];
  customers: ApiDeps['customers'] & PackagePublisherDeps['customers'];
  /** The exchange of a person's token, when another than the real one. */
  exchange?: PackagePublisherDeps['exchange'] | undefined;
  /** Where the built tab stands, when elsewhere than in the project. */
  tabFolder?: string;
};

export type Api = {
  routes: Route[];
  /**
   * Makes what the first visitor after a start would wait for: the packed tab, and each customer's master list. Never
   * rejects; what could not be made is made when somebody asks for it.
   */
  warm(): Promise<void>;
  /** Ends the connections of the token check. */
  close(): Promise<void>;
};

/** Every route of the tab and its API. Refuses a `caFile` that cannot be read. */
export function createApi(parts: ApiParts): Api {
  const { settings, clock, customers, syncs } = parts;
  const url = `${settings.loginUrl.replace(/\/+$/, '')}/common/discovery/v2.0/keys`;
  const keys = createSigningKeys({ url, caFile: settings.caFile, clock });
  const token = createTokenCheck({
    settings: { loginUrl: settings.loginUrl, audiences: audiencesOf(settings.appId, settings.publicUrl) },
    clock,
    keys,
    isOnboarded: async (tenantId) =>
      tenantId === settings.homeTenantId || (await customers.list()).some(({ id }) => id === tenantId),
  });
  const readModels = createReadModels(syncs);
  const { standInOrigin } = settings;
  const verify = async (given: string) => (await token.verify(given)).identity;
  const publisher = createPackagePublisher({ ...parts, teams: settings, verify });
  const tab = createTabSite({ folder: parts.tabFolder ?? TAB_FOLDER, standInOrigin });
  return {
    routes: [...apiRoutes({ ...parts, token, readModels, publisher }), ...tab.routes],
    warm: async () => {
      try {
        await tab.pack();
        for (const customer of await customers.list()) {
          if (parts.signal?.aborted === true) return;
          await readModels.of(customer, (await parts.revisions.of(customer.id)).data);
        }
      } catch {
        // Nobody waits for this; the one who asks later is told what is wrong.
      }
    },
    close: () => keys.close(),
  };
}
