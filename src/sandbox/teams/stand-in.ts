/** The page on which a newcomer sees Teams: plain HTTP on loopback, its sessions in HttpOnly cookies. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../lib/clock.ts';
import type { VendorApp } from '../http/exchange.ts';
import { readCall, send } from '../http/server.ts';
import type { SandboxUrls } from '../listeners.ts';
import type { SigningKeys } from '../login/keys.ts';
import type { Teams } from './teams.ts';

export type StandInDeps = {
  teams: Teams;
  /** The sign-in service, whose page browsers reach through this address as they do not know its certificate. */
  login: VendorApp;
  clock: Clock;
  keys: SigningKeys;
  urls: () => SandboxUrls;
};

export type StandIn = {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends what is open towards browsers. */
  stop(): void;
};

const SIGN_IN = '/login';

/** Creates the page's server. */
export function createStandIn(deps: StandInDeps): StandIn {
  return {
    async handle(request, response) {
      const call = await readCall(request, response);
      if (call === null) return;
      if (call.path.startsWith(`${SIGN_IN}/`)) {
        const answer = await deps.login.match({ ...call, path: call.path.slice(SIGN_IN.length) }).answer({});
        send({ request, response }, answer);
        return;
      }
      send({ request, response }, { status: 404 });
    },
    stop: () => undefined,
  };
}
