/** Where Microsoft sends an administrator back to who was asked to let an application into his tenant. */
import { AppError } from '../lib/errors.ts';
import type { AdminConsents } from '../rollout/customers/admin-consents.ts';
import { html } from '../rollout/guide/markup.core.ts';
import { type PageLanguage, pageLanguage, plainPage } from './plain-page.ts';
import type { Route, RouteAnswer } from './route.ts';

const GRANTED = {
  en: 'Thank you: the application may work in your tenant. You can close this page.',
  de: 'Danke: Die Anwendung darf in Ihrem Mandanten arbeiten. Sie können diese Seite schließen.',
} as const;

/** What the page tells, by the code of the refusal. */
const REFUSED: Readonly<Record<string, { en: string; de: string }>> = {
  consent_used: {
    en: 'This answer was taken already. Nothing more is needed.',
    de: 'Diese Antwort wurde bereits angenommen. Mehr ist nicht nötig.',
  },
  consent_expired: {
    en: 'The address that you opened is too old. Ask whoever sent it for a new one.',
    de: 'Die geöffnete Adresse ist zu alt. Lassen Sie sich eine neue schicken.',
  },
  consent_refused: {
    en: 'Consent was not given. Nothing was changed.',
    de: 'Die Zustimmung wurde nicht erteilt. Es wurde nichts geändert.',
  },
  consent_other_tenant: {
    en: 'Consent was given in another tenant than the one that was asked. Sign in as an administrator of that one.',
    de: 'Die Zustimmung kam aus einem anderen Mandanten als dem gefragten. Melden Sie sich als dessen Administrator an.',
  },
  consent_unproved: {
    en: 'Thank you. Microsoft does not show the consent yet; whoever asked you will check it again.',
    de: 'Danke. Microsoft zeigt die Zustimmung noch nicht; wer Sie gefragt hat, prüft sie noch einmal.',
  },
};
const FOREIGN = {
  en: 'This address answers no question of this server. Open the address that you were sent once more.',
  de: 'Diese Adresse beantwortet keine Frage dieses Servers. Öffnen Sie die zugesandte Adresse noch einmal.',
} as const;

/**
 * GET /api/consent, without sign-in: the answer proves itself by its state, counts once, and a token of the tenant is what
 * proves the consent. The page tells the administrator what came of it and nothing of any customer.
 */
export function consentRoutes(consents: Pick<AdminConsents, 'answer'>): Route[] {
  const handle: Route['handle'] = async ({ query, headers }) => {
    const language = pageLanguage(headers);
    try {
      await consents.answer(query);
      return page(200, language, GRANTED[language]);
    } catch (error) {
      if (!(error instanceof AppError) || !error.code.startsWith('consent_')) throw error;
      return page(400, language, (REFUSED[error.code] ?? FOREIGN)[language]);
    }
  };
  return [{ method: 'GET', path: '/api/consent', handle }];
}

function page(status: number, language: PageLanguage, sentence: string): RouteAnswer {
  return plainPage(language, html`<p class="lead">${sentence}</p>`, { status, cached: 'no-store' });
}
