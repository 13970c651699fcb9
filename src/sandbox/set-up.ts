import { BOARDS, siteOf } from './connectwise/site.ts';
import { companyIdentifierOf } from './connectwise/state.ts';
import { SERVICE_ACCOUNT_FILE } from './gmail/service-account.ts';
import { DELEGATED_SCOPES, rolloutMailboxOf } from './gmail/state.ts';
import { TIME_ZONE } from './life/calendar.ts';
import { castOf } from './teams/equip.ts';
import { serviceUrlOf } from './teams/ids.ts';
import type { Personas } from './teams/personas.ts';
import { type WorkdayCredentials, workdayCredentials } from './workday/credentials.ts';
import type { CustomerTruth, HrSource, World } from './world/world.ts';

/** What an engineer would be told when setting a customer up: addresses apart, everything a customer file needs. */
export type SetUp = {
  name: string;
  tenantId: string;
  timeZone: string;
  clientId: string;
  clientSecret: string;
  /** The application that may write policies and groups, and nothing else. */
  writer: { clientId: string; clientSecret: string };
  /** Which of the two HR systems below is the customer's; the other one answers with the same people. */
  hr: HrSource;
  bamboohr: { company: string; apiKey: string };
  workday: WorkdayCredentials;
  gmail: {
    /** The service account's key file, beside the set-up values. */
    keyFile: string;
    /** The mailbox that announces the rollout, and what may be done with every mailbox of the customer. */
    mailbox: string;
    scopes: string[];
  };
  connectwise: {
    /** The provider's site: the same for every customer. */
    company: string;
    publicKey: string;
    privateKey: string;
    clientId: string;
    /** The customer's company there. */
    customer: string;
    serviceBoard: string;
    projectBoard: string;
  };
  /** Where the rollout's channel will stand, and the address under which the bot writes to this customer. */
  teams: { teamId: string; connectorUrl: string };
  /** People whom a visitor can be: made up, with their passwords. The engineer is the service provider's. */
  people: Personas;
  declared: CustomerTruth['declared'];
};

/**
 * Derives the set-up of every customer of a world as it began; `declaredOf` is what the customers' own people say,
 * `connectorUrl` the address of the running connector. Refuses a world made by hand in which somebody is missing.
 */
export function setUpsOf(
  world: World,
  declaredOf: (tenantId: string) => CustomerTruth['declared'],
  connectorUrl = '',
): SetUp[] {
  const cast = castOf(world);
  return world.tenants.map((tenant, position) => {
    const [app, writer = app] = tenant.apps;
    const company = world.bambooCompanies[position];
    if (app === undefined || writer === undefined || company === undefined) {
      throw new RangeError('every tenant of a world has an app and a company at BambooHR');
    }
    const { teamId, personas } = cast.customers[position] ?? {};
    if (typeof teamId !== 'string' || personas === undefined || personas === null) {
      throw new RangeError('every customer of a world has a team and at least four people who work');
    }
    return {
      name: typeof tenant.organization.displayName === 'string' ? tenant.organization.displayName : tenant.tenantId,
      tenantId: tenant.tenantId,
      timeZone: TIME_ZONE,
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      writer: { clientId: writer.clientId, clientSecret: writer.clientSecret },
      hr: world.hr ?? 'bamboohr',
      bamboohr: { company: company.domain, apiKey: company.apiKey },
      workday: workdayCredentials(company),
      gmail: { keyFile: SERVICE_ACCOUNT_FILE, mailbox: rolloutMailboxOf(tenant), scopes: [...DELEGATED_SCOPES] },
      connectwise: connectWiseOf(world, company.domain),
      teams: { teamId, connectorUrl: serviceUrlOf(connectorUrl, tenant.tenantId) },
      people: personas,
      declared: declaredOf(tenant.tenantId),
    };
  });
}

function connectWiseOf(world: World, domain: string): SetUp['connectwise'] {
  const { company, publicKey, privateKey, clientId } = siteOf(world);
  const boardName = (projectFlag: boolean) => BOARDS.find((board) => board.projectFlag === projectFlag)?.name ?? '';
  return {
    company,
    publicKey,
    privateKey,
    clientId,
    customer: companyIdentifierOf(domain),
    serviceBoard: boardName(false),
    projectBoard: boardName(true),
  };
}
