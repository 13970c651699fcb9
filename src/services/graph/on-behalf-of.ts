import type { Clock } from '../../lib/clock.ts';
import { AppError, type VendorCall, VendorUnreachableError } from '../../lib/errors.ts';

export type OnBehalfOfSettings = {
  loginUrl: string;
  /** The tenant that the person signed in to. */
  tenantId: string;
  clientId: string;
  clientSecret: string;
};

const CALL: VendorCall = { vendor: 'login', method: 'POST', path: '/{tenant}/oauth2/v2.0/token' };
const DEADLINE_MS = 30_000;

/**
 * The sign-in services of Microsoft's clouds. The credential asks no other one: its library looks a strange host up at
 * login.microsoftonline.com first and has no hook for another network, so it cannot be pointed at a simulated one. Nor
 * shall a simulated person's token ever be sent to the real service.
 */
const LOGIN_HOSTS: ReadonlySet<string> = new Set([
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
]);

/** Whether a person's token can be exchanged at this sign-in service. */
export function canExchangeAt(loginUrl: string): boolean {
  const { host, protocol } = new URL(loginUrl);
  return protocol === 'https:' && LOGIN_HOSTS.has(host);
}

/**
 * A token for `scopes` in the name of the person whose token this is. The token must have been verified: the library
 * only decodes it (ADR 4). It is loaded with the first call, because it takes much memory and most processes never need
 * it. Refuses with `on_behalf_login` (a sign-in service that is not Microsoft's), `on_behalf_consent` (nobody consented
 * yet), `on_behalf_expired` (sign in again) or `on_behalf_refused`; throws VendorUnreachableError when no answer comes.
 */
export async function tokenOnBehalfOf(
  { clock, settings }: { clock: Clock; settings: OnBehalfOfSettings },
  verifiedToken: string,
  scopes: readonly string[],
): Promise<string> {
  if (!canExchangeAt(settings.loginUrl)) throw strangeLogin();
  const { origin } = new URL(settings.loginUrl);
  const { OnBehalfOfUserCredential } = await import('@microsoft/teamsfx');
  const { tenantId, clientId, clientSecret } = settings;
  try {
    const credential = new OnBehalfOfUserCredential(verifiedToken, {
      authorityHost: origin,
      tenantId,
      clientId,
      clientSecret,
    });
    const answer = await withinDeadline(clock, credential.getToken([...scopes]));
    if (answer === null) throw refused('no_token');
    return answer.token;
  } catch (error) {
    throw error instanceof AppError ? error : translated(error);
  }
}

async function withinDeadline<T>(clock: Clock, work: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const late = clock.sleep(DEADLINE_MS, settled.signal).then(() => {
    throw new VendorUnreachableError(CALL, 'no answer within the deadline');
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    settled.abort();
    // The sleep that was broken off rejects; whoever won the race has told the outcome.
    late.catch(() => undefined);
  }
}

/** The library's codes say what is to be done; its texts repeat what the service wrote about the person. */
function translated(error: unknown): AppError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
  switch (code) {
    case 'UiRequiredError':
      return new AppError('on_behalf_consent', 'the person’s tenant has not consented to the right', {
        userMessage:
          'An administrator of the customer must first consent to this app publishing to the catalogue. See docs/runbook.md, “Publish to the catalogue”.',
      });
    case 'TokenExpiredError':
      return new AppError('on_behalf_expired', 'the person’s token is not taken any more', {
        userMessage: 'Your sign-in has run out. Open the tab again and repeat the step.',
      });
    default:
      return refused(code);
  }
}

function refused(reason: string): AppError {
  return new AppError('on_behalf_refused', 'no token came back in the person’s name', {
    userMessage: 'Microsoft gave no token in your name. Check BOT_APP_ID and BOT_APP_SECRET, then try again.',
    facts: { reason },
  });
}

function strangeLogin(): AppError {
  const userMessage =
    'Publishing to a catalogue works with Microsoft’s own sign-in service only, not with the sandbox. Upload the package by hand instead: docs/runbook.md.';
  return new AppError('on_behalf_login', userMessage, { userMessage });
}
