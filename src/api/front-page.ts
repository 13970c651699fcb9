import { html, type Markup } from '../rollout/guide/markup.core.ts';
import { type PageLanguage, pageLanguage, plainPage } from './plain-page.ts';
import type { Route } from './route.ts';

const WORDS = {
  en: {
    lead: 'This server is up. People use it inside Microsoft Teams: in the channel #it-support, in a chat with the bot and in the tab.',
    standIn: 'This one runs with a sandbox. Open the page that plays Teams:',
    lost: 'You came here by a link in a mail? Then it is cut off: open it again in the mail itself.',
  },
  de: {
    lead: 'Dieser Server läuft. Benutzt wird er in Microsoft Teams: im Kanal #it-support, im Chat mit dem Bot und in der Registerkarte.',
    standIn: 'Dieser hier läuft mit einer Sandbox. Öffnen Sie die Seite, die Teams spielt:',
    lost: 'Sie kommen über einen Link in einer Mail? Dann ist er abgeschnitten: Öffnen Sie ihn noch einmal in der Mail selbst.',
  },
} as const;

/**
 * The page at the bare address, for whoever opens it in a browser to see whether the server is up: it says where the
 * product is used and, with a sandbox, where the page is that plays Teams. It tells nothing of any customer.
 */
export function frontRoutes(standInOrigin: string | undefined): Route[] {
  const handle: Route['handle'] = ({ headers }) => {
    const language = pageLanguage(headers);
    return plainPage(language, frontContent(language, standInOrigin), { status: 200, cached: 'no-cache' });
  };
  return [{ method: 'GET', path: '/', handle }];
}

function frontContent(language: PageLanguage, standInOrigin: string | undefined): Markup {
  const words = WORDS[language];
  const standIn =
    standInOrigin === undefined
      ? null
      : html`<p>${words.standIn} <a class="address" href="${standInOrigin}">${standInOrigin}</a></p>`;
  return html`<p class="lead">${words.lead}</p>${standIn}<p>${words.lost}</p>`;
}
