import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createGraph, type Graph } from './graph/client.ts';
import { createOutlookSender } from './graph/mail.ts';
import { type Credential, createTokenSource } from './graph/token.ts';
import { createBambooSource } from './hr/bamboohr/provider.ts';
import type { BambooSettings } from './hr/bamboohr/settings.ts';
import type { HrSource } from './hr/hr.ts';
import { createWorkdaySource } from './hr/workday/provider.ts';
import type { WorkdaySettings } from './hr/workday/settings.ts';
import { createHttpClient, type HttpClient } from './http.ts';
import type { Carry } from './http-types.ts';
import type { Pacers } from './limits.ts';
import { createGmailSender } from './mail/gmail/provider.ts';
import type { GmailSettings } from './mail/gmail/settings.ts';
import type { MailSender } from './mail/mail.ts';
import { type ConnectWise, createConnectWise } from './psa/connectwise/api.ts';
import type { ConnectWiseSettings } from './psa/connectwise/settings.ts';

export type HrSettings = ({ kind: 'bamboohr' } & BambooSettings) | ({ kind: 'workday' } & WorkdaySettings);

export type MailSettings = { kind: 'outlook'; mailbox: string } | ({ kind: 'gmail' } & GmailSettings);

export type PsaSettings = { kind: 'connectwise' } & ConnectWiseSettings;

type App = { clientId: string; credential: Credential };

/** One customer's other systems. Secrets stand here as values: references are resolved before. */
export type ConnectionSettings = {
  graph: { baseUrl: string; loginUrl: string; tenantId: string; clientId: string; credential: Credential };
  /** The app that works in Teams and sends mail, where reading is another app's. */
  messenger?: App | undefined;
  /** The app that writes policies and groups; nothing else may. */
  writer?: App | undefined;
  /** The deployment's own Teams app, which works in Teams where the customer named no messenger. */
  teamsApp?: App | undefined;
  hr?: HrSettings | undefined;
  mail?: MailSettings | undefined;
  psa?: PsaSettings | undefined;
  tls?: { caFile?: string | undefined } | undefined;
};

export type ConnectionDeps = {
  clock: Clock;
  log: Log;
  /** One set for the whole process: some limits count over all customers. */
  pacers: Pacers;
  /** Ends calls and waits when the process stops. */
  signal?: AbortSignal | undefined;
  random?: () => number;
  /** Carries calls to whatever answers in this process, in place of the network. */
  carry?: Carry | undefined;
};

export type Connections = {
  graph: Graph;
  /** Graph as the app that works in Teams: the same as `graph` where there is one app for all. */
  teams: Graph;
  /** Graph as the app that writes; null where the customer named none: the reading app never writes. */
  writer: Graph | null;
  hr: HrSource | null;
  mail: MailSender | null;
  psa: ConnectWise | null;
  /** For further vendors of this customer: the same authorities, deadlines and retries. */
  http: HttpClient;
  close(): Promise<void>;
};

/** Builds the clients of one customer. Nothing is sent yet; refuses addresses and files that cannot be used. */
export function createConnections(settings: ConnectionSettings, deps: ConnectionDeps): Connections {
  const http = createHttpClient({ ...deps, caFile: settings.tls?.caFile });
  const graph = graphOf(settings.graph, { http, ...deps });
  const graphAs = (app: App) => graphOf({ ...settings.graph, ...app }, { http, ...deps });
  const messenger = settings.messenger === undefined ? null : graphAs(settings.messenger);
  const teams = messenger ?? (settings.teamsApp === undefined ? graph : graphAs(settings.teamsApp));
  const writer = settings.writer === undefined ? null : graphAs(settings.writer);
  const hr = settings.hr === undefined ? null : hrSourceOf(settings.hr, { http, ...deps });
  const mail =
    settings.mail === undefined ? null : mailSenderOf(settings.mail, { http, graph: messenger ?? graph, ...deps });
  const psa = settings.psa === undefined ? null : psaOf(settings.psa, { http, ...deps });
  return { graph, teams, writer, hr, mail, psa, http, close: () => http.close() };
}

function graphOf(
  { baseUrl, ...app }: ConnectionSettings['graph'],
  { http, clock, pacers }: ConnectionDeps & { http: HttpClient },
): Graph {
  const tokens = createTokenSource({ http, clock }, app);
  return createGraph({ http, tokens, app, clock, pacers }, baseUrl);
}

function hrSourceOf(settings: HrSettings, { http, clock, pacers }: ConnectionDeps & { http: HttpClient }): HrSource {
  switch (settings.kind) {
    case 'bamboohr':
      return createBambooSource({ http, clock, pacer: pacers.bamboohr }, settings);
    case 'workday':
      return createWorkdaySource({ http, clock, pacer: pacers.workday }, settings);
  }
}

function mailSenderOf(
  settings: MailSettings,
  { http, graph, clock, pacers }: ConnectionDeps & { http: HttpClient; graph: Graph },
): MailSender {
  switch (settings.kind) {
    case 'outlook':
      return createOutlookSender({ graph, clock, pacer: pacers.exchangeMails }, settings);
    case 'gmail':
      return createGmailSender({ http, clock, pacer: pacers.gmail(settings.serviceAccount.clientEmail) }, settings);
  }
}

function psaOf(settings: PsaSettings, { http, clock, pacers }: ConnectionDeps & { http: HttpClient }): ConnectWise {
  const pacer = pacers.connectwise(settings.baseUrl.toLowerCase(), settings.pace);
  return createConnectWise({ http, clock, pacer }, settings);
}
