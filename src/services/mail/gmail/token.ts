import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../../lib/clock.ts';
import { AppError, VendorBrokenError, type VendorCall } from '../../../lib/errors.ts';
import { createHeldToken, type HeldToken } from '../../held-token.ts';
import type { HttpClient } from '../../http.ts';
import { vendorCodeOf } from '../../http-failures.ts';
import { GMAIL_SCOPES, gmailCalls } from './calls.ts';
import { type GmailSettings, GOOGLE_TOKEN_URL } from './settings.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LIFETIME_SECONDS = 3_600;
const CALL: VendorCall = { vendor: 'google', method: gmailCalls.token.method, path: gmailCalls.token.path };

/** The code given to Google's refusal of the mailbox itself, which shares `invalid_grant` with refusals of the key. */
export const NO_SUCH_MAILBOX = 'invalid_grant.mailbox';

const tokenAnswer = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/**
 * Creates the token source of one mailbox: an assertion signed by the service account, in the mailbox's name
 * (domain-wide delegation). A refusal of Google is thrown as VendorRefusedError with its code.
 */
export function createGoogleToken(deps: { http: HttpClient; clock: Clock }, settings: GmailSettings): HeldToken {
  return createHeldToken(deps.clock, async () => {
    const assertion = await assertionOf(settings, deps.clock.now());
    const answer = await deps.http.send({
      vendor: CALL.vendor,
      method: gmailCalls.token.method,
      url: settings.tokenUrl ?? GOOGLE_TOKEN_URL,
      pathTemplate: gmailCalls.token.path,
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
      expect: 'json',
      // Asking twice for a token changes nothing.
      repeatable: true,
      vendorCode: tokenErrorCode,
      refusalMessage: () =>
        'Google refused the service account: check its key, the mailbox, and that the Workspace administrator granted its numeric client id exactly the scopes of docs/permissions.md.',
    });
    const parsed = tokenAnswer.safeParse(answer.body);
    if (!parsed.success) throw new VendorBrokenError(CALL, 'the answer is not a token');
    return { token: parsed.data.access_token, lifetimeMs: parsed.data.expires_in * 1_000 };
  });
}

async function assertionOf({ serviceAccount, mailbox }: GmailSettings, nowMs: number): Promise<string> {
  const { clientEmail, privateKeyPem, privateKeyId } = serviceAccount;
  const issuedAt = Math.floor(nowMs / 1_000);
  try {
    const key = await importPKCS8(privateKeyPem, 'RS256');
    return await new SignJWT({ scope: GMAIL_SCOPES.join(' ') })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(privateKeyId === undefined ? {} : { kid: privateKeyId }) })
      .setIssuer(clientEmail)
      .setSubject(mailbox)
      // Google names itself so wherever the request is sent.
      .setAudience(GOOGLE_TOKEN_URL)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_SECONDS)
      .sign(key);
  } catch {
    // The library's error is not passed on: it may hold a part of the key.
    throw new AppError('service_account_key_unreadable', 'the key of the Google service account cannot be used', {
      userMessage:
        'The private key of the Google service account cannot be read: it must be PEM (PKCS 8), as in its JSON file.',
    });
  }
}

/** Only Google's fixed sentence tells a missing mailbox from a bad key; any other text is left alone. */
function tokenErrorCode(body: unknown): string | undefined {
  const parsed = z.looseObject({ error: z.literal('invalid_grant'), error_description: z.string() }).safeParse(body);
  const isMailbox = parsed.success && parsed.data.error_description.startsWith('Invalid email or User ID');
  return isMailbox ? NO_SUCH_MAILBOX : vendorCodeOf(body);
}
