import { createApi } from './api/api.ts';
import { consentRoutes } from './api/consent-routes.ts';
import { faqRoutes } from './api/faq-routes.ts';
import { frontRoutes } from './api/front-page.ts';
import { guideRoutes } from './api/guide-routes.ts';
import { hrRoutes } from './api/hr-routes.ts';
import { psaRoutes } from './api/psa-routes.ts';
import { inReadersLanguage } from './api/readers-language.ts';
import type { ServerDeps } from './api/server.ts';
import { TEAMS_ANCESTORS } from './api/tab-files.ts';
import type { App } from './compose.ts';

export type Routes = Pick<ServerDeps, 'routes' | 'messages'> & { close(): Promise<void> };

/** Every address of the product. Without a registered bot there is only what needs no sign-in: guide, FAQ and callbacks. */
export function createRoutes(app: App): Routes {
  const { teams, bot } = app;
  const frameAncestors = [...TEAMS_ANCESTORS, ...(teams?.standInOrigin === undefined ? [] : [teams.standInOrigin])];
  const open = [
    ...frontRoutes(teams?.standInOrigin),
    ...guideRoutes(app.guide, { frameAncestors }),
    ...faqRoutes(app.faq, { frameAncestors }),
    ...psaRoutes(app.tickets),
    ...hrRoutes(app.hrDeliveries),
    ...consentRoutes(app.adminConsents),
  ];
  if (teams === undefined) return { routes: open, close: () => Promise.resolve() };
  const api = createApi({ ...app, settings: teams });
  void api.warm();
  return {
    routes: [...api.routes.map(inReadersLanguage), ...open],
    ...(bot === undefined ? {} : { messages: bot.handle }),
    close: api.close,
  };
}
