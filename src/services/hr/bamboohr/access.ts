import type { Clock } from '../../../lib/clock.ts';
import type { HttpClient } from '../../http.ts';
import type { BambooCall } from './calls.ts';
import type { BambooSettings } from './settings.ts';
import { createBambooToken } from './token.ts';

/** What a request to BambooHR proves itself with. */
export type BambooAccess = {
  /** The Authorization header. */
  header(signal?: AbortSignal): Promise<string>;
  /** Gives up a header that was refused; true where another can be had. */
  giveUp(header: string): boolean;
  /** What a person can do about a refusal, by its status. */
  refusalMessage(status: number, call: BambooCall): string | undefined;
};

/** Creates the access of one company: by its API key, or by a connection that somebody consented to. */
export function createBambooAccess(
  deps: { http: HttpClient; clock: Clock },
  { access }: Pick<BambooSettings, 'access'>,
): BambooAccess {
  if (access.kind === 'apiKey') {
    const header = `Basic ${Buffer.from(`${access.apiKey}:x`).toString('base64')}`;
    return {
      header: () => Promise.resolve(header),
      giveUp: () => false,
      refusalMessage: (status, { permissions }) =>
        status === 401 || status === 403
          ? `BambooHR refused the API key: its user must be able to ${permissions.join(' and ')}.`
          : addressMessage(status),
    };
  }
  const tokens = createBambooToken(deps, access);
  return {
    header: async (signal) => `${SCHEME}${await tokens.token(signal)}`,
    giveUp: (header) => {
      tokens.invalidate(header.slice(SCHEME.length));
      return true;
    },
    refusalMessage: connectionRefusal,
  };
}

const SCHEME = 'Bearer ';

function connectionRefusal(status: number, { permissions, scope }: BambooCall): string | undefined {
  if (status === 401) {
    return 'BambooHR refused an access token that it had just issued: whoever connected it may have lost the account. Connect again with "mfa-rollout customers connect-hr".';
  }
  if (status !== 403) return addressMessage(status);
  return `BambooHR refused the connection: it needs the scope ${scope}, and whoever connected it must be able to ${permissions.join(' and ')}.`;
}

function addressMessage(status: number): string | undefined {
  return status === 404
    ? 'BambooHR has nothing at this address: check hr.company, hr.baseUrl and, where people are read by dataset, hr.datasetName in the customer file.'
    : undefined;
}
