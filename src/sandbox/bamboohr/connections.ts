/** Connections by OAuth: who consented to what for a company's application, and the tokens that follow from it. */
import { createHmac, randomBytes } from 'node:crypto';
import type { CompanyState } from '../state/state.ts';
import type { OAuthGrant } from './state.ts';

/** The application that a company registered with BambooHR: the same in every run of a world. */
export function applicationOf({ company }: Pick<CompanyState, 'company'>): { clientId: string; clientSecret: string } {
  return { clientId: `rollout-of-${company.domain}`, clientSecret: macOf(company.apiKey, 'client secret') };
}

/** A new consent to these scopes. */
export function newGrant(scopes: readonly string[]): OAuthGrant {
  return { id: randomBytes(8).toString('hex'), scopes: [...scopes], serial: 1, revoked: false };
}

/** The refresh token of a consent as it stands. */
export function refreshTokenOf({ company }: Pick<CompanyState, 'company'>, { id, serial }: OAuthGrant): string {
  return signed(company.apiKey, `refresh.${id}.${serial}`);
}

/** An access token that ends at an instant. */
export function accessTokenOf({ company }: Pick<CompanyState, 'company'>, grant: OAuthGrant, endsAt: number): string {
  return signed(company.apiKey, `access.${grant.id}.${endsAt}`);
}

/** The consent whose last refresh token this is; null for a used, revoked or foreign one. */
export function grantOfRefresh(state: CompanyState, token: string): OAuthGrant | null {
  const [kind, id, serial] = opened(state.company.apiKey, token);
  const grant = state.grants.get(id ?? '');
  return kind === 'refresh' && grant !== undefined && !grant.revoked && Number(serial) === grant.serial ? grant : null;
}

/** The consent behind an access token that has not ended. */
export function grantOfAccess(state: CompanyState, token: string, now: number): OAuthGrant | null {
  const [kind, id, endsAt] = opened(state.company.apiKey, token);
  const grant = state.grants.get(id ?? '');
  return kind === 'access' && grant !== undefined && !grant.revoked && now < Number(endsAt) ? grant : null;
}

function signed(key: string, text: string): string {
  return `${text}.${macOf(key, text)}`;
}

function opened(key: string, token: string): string[] {
  const end = token.lastIndexOf('.');
  const text = token.slice(0, Math.max(end, 0));
  return text !== '' && token === signed(key, text) ? text.split('.') : [];
}

function macOf(key: string, text: string): string {
  return createHmac('sha256', key).update(`oauth ${text}`).digest('hex');
}
