// The FAQ as a plain page for the channel's tab: read without sign-in, like the guide whose style it wears, by people
// who cannot sign in yet. It says nothing of the customer and nothing of the reader.
import { GUIDE_METHODS, guidePath } from '../guide/guide-types.core.ts';
import { html, type Markup } from '../guide/markup.core.ts';
import type { FaqTopicText, Language } from './faq/faq-types.core.ts';

const WORDS = {
  en: { title: 'Frequently asked questions', lead: 'About multi-factor authentication (MFA).', guide: 'Show me how' },
  de: { title: 'Häufige Fragen', lead: 'Zur Multi-Faktor-Authentifizierung (MFA).', guide: 'Zur Anleitung' },
} as const satisfies Record<Language, object>;

/** The style sheet of the guide; the name after it only keeps a browser's copies apart. */
const STYLE = '/guide/style/faq.css';

/** The page with every topic; its links lead to the guide of this customer in the same language. */
export function faqPage(view: { customerId: string; language: Language; topics: readonly FaqTopicText[] }): string {
  const words = WORDS[view.language];
  return html`<!doctype html>
<html lang="${view.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${words.title}</title>
<link rel="stylesheet" href="${STYLE}">
</head>
<body>
<main id="content"><h1>${words.title}</h1><p class="lead">${words.lead}</p>${view.topics.map((topic) => section(view, topic))}</main>
</body>
</html>
`.markup;
}

function section(view: { customerId: string; language: Language }, topic: FaqTopicText): Markup {
  const method = GUIDE_METHODS.find((known) => known === topic.guide) ?? null;
  const path = guidePath({ customerId: view.customerId, language: view.language, method });
  const link = topic.guide === null ? null : html`<p><a href="${path}">${WORDS[view.language].guide}</a></p>`;
  return html`<section class="panel" id="${topic.id}"><h2>${topic.title}</h2><p>${topic.answer}</p><p>${topic.nextStep}</p>${link}</section>`;
}
