import type { Clock } from '../../lib/clock.ts';
import type { VendorApp } from '../http/exchange.ts';
import type { SandboxUrls } from '../listeners.ts';
import type { SigningKeys } from '../login/keys.ts';
import type { Teams } from './teams.ts';

/** What the page's server works with. */
export type StandInDeps = {
  teams: Teams;
  /** The sign-in service, whose page browsers reach through this address as they do not know its certificate. */
  login: VendorApp;
  clock: Clock;
  keys: SigningKeys;
  urls: () => SandboxUrls;
};
