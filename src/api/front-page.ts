import { html } from '../rollout/guide/markup.core.ts';
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

/** The style sheet of the guide; the name after it only keeps a browser's copies apart. */
const STYLE = '/guide/style/front.css';

/**
 * The page at the bare address, for whoever opens it in a browser to see whether the server is up: it says where the
 * product is used and, with a sandbox, where the page is that plays Teams. It tells nothing of any customer.
 */
export function frontRoutes(standInOrigin: string | undefined): Route[] {
  const handle: Route['handle'] = ({ headers }) => ({
    status: 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-cache',
      'Content-Security-Policy':
        "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'X-Robots-Tag': 'noindex',
      Vary: 'Accept-Language',
    },
    body: frontPage(/^\s*de\b/i.test(headers['accept-language'] ?? '') ? 'de' : 'en', standInOrigin),
  });
  return [{ method: 'GET', path: '/', handle }];
}

function frontPage(language: keyof typeof WORDS, standInOrigin: string | undefined): string {
  const words = WORDS[language];
  const standIn =
    standInOrigin === undefined
      ? null
      : html`<p>${words.standIn} <a class="address" href="${standInOrigin}">${standInOrigin}</a></p>`;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>MFA Rollout</title>
<link rel="stylesheet" href="${STYLE}">
</head>
<body>
<main id="content"><h1>MFA Rollout</h1><p class="lead">${words.lead}</p>${standIn}<p>${words.lost}</p></main>
</body>
</html>
`.markup;
}
