import { AppError } from '../../../lib/errors.ts';
import type { WindowLimit } from '../../sliding-window.ts';

export type ConnectWiseSettings = {
  /**
   * The server, by its address for people or for programs: `https://na.myconnectwise.net`, or one's own host. What
   * stands behind it in the address of the API may be there as well; the codebase is looked up all the same.
   */
  baseUrl: string;
  /** The company that people enter at the login. */
  companyId: string;
  publicKey: string;
  privateKey: string;
  /** Of the integration, as ConnectWise's developer site gave it; sent with every call. */
  clientId: string;
  /** The API version that answers are asked for in: what was tested against, not the newest. */
  apiVersion?: string | undefined;
  /** What the server allows, where it is not the usual modest pace. */
  pace?: WindowLimit | undefined;
};

const API_VERSION = '2022.1';
const CLOUD = /^(?!api-)([a-z0-9-]+\.myconnectwise\.net)$/i;

export type ConnectWiseAddresses = {
  /** Where the company is looked up. */
  login: string;
  /** Where the API is, without the codebase. */
  api: string;
  /** Origins that this server's callback keys may come from. */
  keyOrigins: readonly string[];
  /** Whether other companies live on the same host. */
  isShared: boolean;
};

/** The addresses of a server. In the cloud the API has a host of its own. Refuses a base URL that is none. */
export function addressesOf({ baseUrl }: ConnectWiseSettings): ConnectWiseAddresses {
  if (!URL.canParse(baseUrl)) {
    throw new AppError('bad_base_url', 'the base URL of ConnectWise is not an address', {
      userMessage: 'The base URL of ConnectWise in the customer file is not an address.',
    });
  }
  const base = new URL(baseUrl);
  const path = base.pathname.replace(/\/+$/, '').replace(/\/[^/]+\/apis\/3\.0$/i, '');
  const forPeople = new URL(base);
  forPeople.hostname = base.hostname.replace(/^api-(?=.+\.myconnectwise\.net$)/i, '');
  const forPrograms = new URL(base);
  forPrograms.hostname = base.hostname.replace(CLOUD, 'api-$1');
  return {
    login: `${base.origin}${path}`,
    api: `${forPrograms.origin}${path}`,
    keyOrigins: [forPeople.origin, forPrograms.origin],
    isShared: base.hostname.toLowerCase().endsWith('.myconnectwise.net'),
  };
}

/** The headers that every call carries. */
export function headersOf(settings: ConnectWiseSettings): Record<string, string> {
  const { companyId, publicKey, privateKey } = settings;
  const credentials = Buffer.from(`${companyId}+${publicKey}:${privateKey}`, 'utf8').toString('base64');
  return {
    accept: `application/vnd.connectwise.com+json; version=${settings.apiVersion ?? API_VERSION}`,
    authorization: `Basic ${credentials}`,
    clientid: settings.clientId,
  };
}
