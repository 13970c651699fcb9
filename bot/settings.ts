import type { TeamsSettings } from '../src/config.ts';
import { AppError } from '../src/lib/errors.ts';

/** What the bot needs to know of its deployment. */
export type BotSettings = TeamsSettings;

/** Hosts of the Teams connector in Microsoft's clouds. */
const TEAMS_HOSTS: readonly string[] = [
  'smba.trafficmanager.net',
  'smba.infra.gcc.teams.microsoft.com',
  'smba.infra.gov.teams.microsoft.us',
  'smba.infra.dod.teams.microsoft.us',
  'frontend.botapi.msg.infra.teams.microsoftonline.cn',
];

const GLOBAL_SERVICE_URL = 'https://smba.trafficmanager.net/teams/';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** As Teams writes its addresses. What the address parser would mend (blanks, back slashes, other scripts) is not taken. */
const PLAIN_ADDRESS = /^https?:\/\/[\w.:[\]-]+(\/[\w.~/-]*)?$/i;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Refuses settings with which the bot would not check who calls it: without an app id botbuilder lets everybody in.
 * Code `teams_settings`.
 */
export function checkedSettings(settings: BotSettings): BotSettings {
  if (!GUID.test(settings.appId)) throw refused('the app id of the bot is missing or no id');
  if (!GUID.test(settings.homeTenantId)) throw refused('the id of the home tenant is missing or no id');
  if (settings.appSecret === '') throw refused('the secret of the bot’s app is missing');
  return { ...settings, appId: settings.appId.toLowerCase(), homeTenantId: settings.homeTenantId.toLowerCase() };
}

/**
 * Whether the bot may talk to this service address: its token goes there. Only Microsoft's hosts and those of the
 * settings, over https; plain http only on loopback and only where the settings say it with the scheme.
 */
export function isKnownServiceUrl(text: string, settings: Pick<BotSettings, 'connectorHosts'>): boolean {
  const url = PLAIN_ADDRESS.test(text) ? URL.parse(text) : null;
  if (url === null) return false;
  const known = settings.connectorHosts.map((host) => host.toLowerCase());
  if (url.protocol === 'http:') return LOOPBACK.test(url.hostname) && known.includes(`http://${url.host}`);
  if (url.protocol !== 'https:') return false;
  return TEAMS_HOSTS.includes(url.host) || known.includes(url.host) || known.includes(`https://${url.host}`);
}

/** The address to begin with where a tenant was never heard from: Microsoft's own, unless a sandbox plays Teams. */
export function firstServiceUrl({ firstServiceUrl }: Pick<BotSettings, 'firstServiceUrl'>, tenantId: string): string {
  return firstServiceUrl?.replace('{tenantId}', tenantId) ?? GLOBAL_SERVICE_URL;
}

function refused(why: string): AppError {
  return new AppError('teams_settings', why, { userMessage: `The bot cannot start: ${why}.` });
}
