import type { IncomingHttpHeaders } from 'node:http';
import { html, type Markup } from '../rollout/guide/markup.core.ts';
import type { RouteAnswer } from './route.ts';

export type PageLanguage = 'en' | 'de';

/** The style sheet of the guide; the name after it only keeps a browser's copies apart. */
const STYLE = '/guide/style/front.css';

/** German for whoever asks for German first, else English. */
export function pageLanguage(headers: IncomingHttpHeaders): PageLanguage {
  return /^\s*de\b/i.test(headers['accept-language'] ?? '') ? 'de' : 'en';
}

/** A page of the server itself, outside Teams and without sign-in: it loads nothing but its style and may not be framed. */
export function plainPage(
  language: PageLanguage,
  main: Markup,
  { status, cached }: { status: number; cached: 'no-cache' | 'no-store' },
): RouteAnswer {
  return {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': cached,
      // An address may carry what is nobody else's business.
      'Referrer-Policy': 'no-referrer',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'X-Robots-Tag': 'noindex',
      Vary: 'Accept-Language',
    },
    body: html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>MFA Rollout</title>
<link rel="stylesheet" href="${STYLE}">
</head>
<body>
<main id="content"><h1>MFA Rollout</h1>${main}</main>
</body>
</html>
`.markup,
  };
}
