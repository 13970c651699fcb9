/**
 * BambooHR's own sign-in for applications: the page that asks for consent (`authorize.php`) and the token endpoint
 * (`token.php?request=token`). Both stand on the company's address, never on the gateway's.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import type { Answer, Call } from '../http/exchange.ts';
import type { SandboxEvent } from '../state/events.ts';
import type { CompanyState } from '../state/state.ts';
import { accessTokenOf, applicationOf, grantOfRefresh, newGrant, refreshTokenOf } from './connections.ts';
import type { OAuthGrant } from './state.ts';

type OAuthDeps = { clock: Clock; record(event: SandboxEvent): void };

/** Both places, as a company's address shows them. */
export type OAuth = Record<'show' | 'decide' | 'token', (company: CompanyState, call: Call) => Answer>;

type Code = { domain: string; redirectUri: string; scopes: string[]; ends: number };

const CODE_MS = 10 * 60_000;

/** Creates it; codes live in memory, since an interrupted consent is simply given again. */
export function createOAuth(deps: OAuthDeps): OAuth {
  const codes = new Map<string, Code>();
  return {
    show: (company, { query }) => (isAsked(company, query) ? consentPage(company, query) : REFUSED_PAGE),
    decide: (company, { query, body }) => {
      if (!isAsked(company, query)) return REFUSED_PAGE;
      const redirectUri = query.get('redirect_uri') ?? '';
      if (new URLSearchParams(body).get('answer') !== 'allow') return backTo(query, { error: 'access_denied' });
      const code = randomBytes(24).toString('base64url');
      const ends = deps.clock.now() + CODE_MS;
      codes.set(code, { domain: company.company.domain, redirectUri, scopes: scopesIn(query), ends });
      return backTo(query, { code });
    },
    token: (company, call) => issue(deps, codes, { company, call }),
  };
}

function scopesIn(query: URLSearchParams): string[] {
  return (query.get('scope') ?? '').split(/[\s+]+/).filter((scope) => scope !== '');
}

/** What is wrong here is told on the page: an address that is not the application's must not be sent anywhere. */
function isAsked(company: CompanyState, query: URLSearchParams): boolean {
  const isKnown = query.get('client_id') === applicationOf(company).clientId;
  const isSafe = URL.parse(query.get('redirect_uri') ?? '')?.protocol === 'https:';
  return isKnown && isSafe && query.get('response_type') === 'code';
}

const HTML = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' };
const REFUSED_PAGE: Answer = {
  status: 400,
  headers: HTML,
  text: '<!doctype html><title>BambooHR</title><p>This application or its redirect address (https only) is not registered.',
};

function consentPage({ company }: CompanyState, query: URLSearchParams): Answer {
  const style = 'body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:10vh auto;padding:0 1rem}';
  const hash = createHash('sha256').update(style).digest('base64');
  const origin = new URL(query.get('redirect_uri') ?? '').origin;
  const scopes = scopesIn(query).map((scope) => `<li>${scope.replaceAll(/[^\w.:]/g, '')}</li>`);
  return {
    status: 200,
    headers: {
      ...HTML,
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' ${origin}; frame-ancestors 'none'`,
    },
    text: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>BambooHR</title><style>${style}</style></head><body><h1>Allow access to ${company.domain}?</h1><p>The application asks for:</p><ul>${scopes.join('')}</ul><form method="post"><button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Deny</button></form></body></html>`,
  };
}

function backTo(query: URLSearchParams, values: Record<string, string>): Answer {
  const address = new URL(query.get('redirect_uri') ?? '');
  for (const [name, value] of Object.entries(values)) address.searchParams.set(name, value);
  const state = query.get('state');
  if (state !== null) address.searchParams.set('state', state);
  return { status: 302, headers: { Location: address.href } };
}

function refusal(status: number, error: string): Answer {
  return { status, body: { error } };
}

type Asked = { company: CompanyState; call: Call };

function issue(deps: OAuthDeps, codes: Map<string, Code>, { company, call }: Asked): Answer {
  if (call.query.get('request') !== 'token') return refusal(400, 'invalid_request');
  const form = new URLSearchParams(call.body);
  const { clientId, clientSecret } = applicationOf(company);
  if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret)
    return refusal(401, 'invalid_client');
  switch (form.get('grant_type') ?? '') {
    case 'authorization_code': {
      const code = codes.get(form.get('code') ?? '');
      codes.delete(form.get('code') ?? '');
      const isGood =
        code?.domain === company.company.domain &&
        code.redirectUri === form.get('redirect_uri') &&
        deps.clock.now() < code.ends;
      return isGood ? tokensFor(deps, company, newGrant(code.scopes)) : refusal(400, 'invalid_grant');
    }
    case 'refresh_token': {
      const grant = grantOfRefresh(company, form.get('refresh_token') ?? '');
      if (grant === null) return refusal(400, 'invalid_grant');
      const { refreshTokenRotates } = company.options;
      return tokensFor(deps, company, refreshTokenRotates ? { ...grant, serial: grant.serial + 1 } : grant);
    }
    default:
      return refusal(400, 'unsupported_grant_type');
  }
}

function tokensFor({ clock, record }: OAuthDeps, company: CompanyState, grant: OAuthGrant): Answer {
  const { accessTokenSeconds } = company.options;
  if (company.grants.get(grant.id)?.serial !== grant.serial)
    record({ type: 'oauth.grant.set', domain: company.company.domain, grant });
  return {
    status: 200,
    body: {
      access_token: accessTokenOf(company, grant, clock.now() + accessTokenSeconds * 1000),
      token_type: 'Bearer',
      expires_in: accessTokenSeconds,
      scope: grant.scopes.join(' '),
      // Who did not ask to go on without the person gets none.
      ...(grant.scopes.includes('offline_access') ? { refresh_token: refreshTokenOf(company, grant) } : {}),
    },
  };
}
