import { AppError } from '../../../lib/errors.ts';
import type { BambooSettings } from './settings.ts';

/** Where the API of one version is. */
export type BambooAddress = (version: string) => string;

/**
 * The address of a company's API, on its own host or behind a gateway. The base URL may hold what stands behind it in an
 * address of the API: people copy those. Refuses a base URL that is none.
 */
export function bambooAddressOf(settings: BambooSettings): BambooAddress {
  if (!URL.canParse(settings.baseUrl)) {
    throw new AppError('bad_base_url', 'the base URL of BambooHR is not an address', {
      userMessage: 'The base URL of BambooHR in the customer file is not an address.',
    });
  }
  const base = new URL(settings.baseUrl);
  const company = encodeURIComponent(settings.company);
  const path = base.pathname.replace(/\/+$/, '').replace(/\/v\d+(_\d+)?$/i, '');
  const gateway = new RegExp(`^(.*/gateway\\.php)(?:/${company})?$`, 'i').exec(path)?.[1];
  const root = (gateway?.replace(/\/gateway\.php$/i, '') ?? path).replace(/\/api$/i, '');
  const isNamed = gateway === undefined && namesCompany(base, settings.company);
  if ((settings.route ?? (isNamed ? 'company' : 'gateway')) === 'company')
    return (version) => `${base.origin}${root}/api/${version}`;
  return (version) => `${base.origin}${gateway ?? `${root}/api/gateway.php`}/${company}/${version}`;
}

/** A base URL that names the company, as host or as path, needs it no second time; any other is a gateway's. */
function namesCompany(base: URL, company: string): boolean {
  const name = company.toLowerCase();
  return base.hostname.toLowerCase().startsWith(`${name}.`) || base.pathname.toLowerCase().split('/')[1] === name;
}
