/** An administrator's consent: asked for in a window of Teams, which ends on our own page and tells how it went. */
import { authentication } from '@microsoft/teams-js';

export type ConsentAnswer = { given: true } | { given: false; why: string };

const WINDOW = { width: 600, height: 640 };

/** Opens Microsoft's consent page by way of `path` on our server; how it ended, also when the window was closed. */
export async function askConsent(path: string): Promise<ConsentAnswer> {
  try {
    await authentication.authenticate({ url: location.origin + path, ...WINDOW });
    return { given: true };
  } catch (error) {
    return { given: false, why: error instanceof Error ? error.message : String(error) };
  }
}

/** What Microsoft's consent page wrote into the address on its way back; null for any other address. */
export function consentAnswer(search: string): ConsentAnswer | null {
  const query = new URLSearchParams(search);
  const error = query.get('error');
  if (error !== null) return { given: false, why: query.get('error_description') ?? error };
  const consent = query.get('admin_consent');
  if (consent === null) return null;
  return consent.toLowerCase() === 'true' ? { given: true } : { given: false, why: consent };
}

/** Tells the page that opened this window how it went; Teams then closes the window. */
export function tellConsent(answer: ConsentAnswer): void {
  if (answer.given) authentication.notifySuccess();
  else authentication.notifyFailure(answer.why);
}
