import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import type { Reply, TestSandbox } from './sandbox-client.ts';

const SCOPE = 'https://www.googleapis.com/auth/gmail.';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Full names of Gmail's scopes. */
export function scopes(...names: string[]): string {
  return names.map((name) => `${SCOPE}${name}`).join(' ');
}

/** The claims of an assertion, and the key that signs it when it is not the service account's own. */
export type AssertionGiven = { claims?: Record<string, unknown>; privateKey?: string };

/** Asks the token endpoint with an assertion as Google's libraries write it; `claims` replaces single claims. */
export async function askToken(sandbox: TestSandbox, given: AssertionGiven = {}): Promise<Reply> {
  const file = JSON.parse(readFileSync(sandbox.googleKeyFile, 'utf8')) as Record<string, string>;
  const now = Math.floor(sandbox.now() / 1000);
  const claims = {
    iss: file.client_email ?? '',
    scope: scopes('compose', 'readonly'),
    aud: 'https://oauth2.googleapis.com/token',
    iat: now,
    exp: now + 3600,
    ...given.claims,
  };
  const key = createPrivateKey(given.privateKey ?? file.private_key ?? '');
  const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(key);
  return sandbox.ask(file.token_uri ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
  });
}

/** Calls a mailbox as the service account; `path` begins behind `/users/me`. */
export type GmailCaller = (
  path: string,
  given?: { method?: 'GET' | 'POST' | 'DELETE'; body?: unknown; user?: string },
) => Promise<Reply>;

/** A caller with a token for one mailbox and these scopes. */
export async function gmailCaller(sandbox: TestSandbox, sub: string, scope?: string): Promise<GmailCaller> {
  const reply = await askToken(sandbox, { claims: { sub, ...(scope === undefined ? {} : { scope }) } });
  const authorization = `Bearer ${String(reply.at('access_token'))}`;
  return (path, { user = 'me', ...rest } = {}) =>
    sandbox.ask(`${sandbox.urls.gmail}/gmail/v1/users/${user}${path}`, { ...rest, headers: { authorization } });
}

type MailGiven = ConstructorParameters<typeof MailComposer>[0];

/** A mail as it goes over the API: composed by a common library, in base64url. */
export async function rawMail(given: MailGiven = {}): Promise<string> {
  const mail = new MailComposer({
    from: 'it-rollout@contoso-example.com',
    to: 'person.1@contoso-example.com',
    subject: 'Sign in safely',
    text: 'Please enrol.',
    ...given,
  });
  return (await mail.compile().build()).toString('base64url');
}
