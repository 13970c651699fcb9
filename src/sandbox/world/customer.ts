import { createAudits } from './audits.ts';
import type { Account, Facts, Pair, Stage } from './draft.ts';
import { noteTrap, takePlain } from './draft.ts';
import { graphUser } from './graph-users.ts';
import { createGroups, type Groups } from './groups.ts';
import { bambooCompany } from './hr.ts';
import { drawAllowedMethods, enrolPeople, graphMethods, registrationOf } from './methods.ts';
import { COMPANIES } from './name-tables.ts';
import {
  tellBreakGlass,
  tellFutureHires,
  tellLeavers,
  tellLeaves,
  tellOtherAccounts,
  tellSecondAccounts,
  tellServiceAccounts,
  tellSharedMailboxes,
} from './others.ts';
import { createStage } from './people.ts';
import { type PolicySet, policyTemplates } from './policies.ts';
import { graphPolicy, type PolicyTemplate } from './policy-form.ts';
import type { Random } from './random.ts';
import { createRoles } from './roles.ts';
import { createSignIns, noteActivity } from './sign-ins.ts';
import { createApps, createNamedLocations, createOrganization, createServicePrincipals, createSkus } from './tenant.ts';
import { tellPeopleStories } from './traps.ts';
import { customerTruth } from './truth.ts';
import type { BambooCompany, CustomerTruth, GraphObject, Tenant } from './world.ts';

export type CustomerKind = 'reference' | 'securityDefaults' | 'oldPolicies' | 'noPremium';

export type CustomerOptions = {
  kind: CustomerKind;
  size: number;
  startsAtMs: number;
  signInsPerPerson: number;
  employeeKey: 'employeeNumber' | 'id';
};

/** What tells the kinds of customer apart: their licence and what protects their sign-ins before the product comes. */
type Kind = { premium: boolean; securityDefaults: boolean; policies: PolicySet; perUserMfa: boolean };

const KINDS: Readonly<Record<CustomerKind, Kind>> = {
  reference: { premium: true, securityDefaults: false, policies: 'reference', perUserMfa: false },
  securityDefaults: { premium: true, securityDefaults: true, policies: 'leftovers', perUserMfa: false },
  oldPolicies: { premium: true, securityDefaults: false, policies: 'old', perUserMfa: true },
  noPremium: { premium: false, securityDefaults: true, policies: 'none', perUserMfa: true },
};

const OFFICE_IP = '203.0.113.9';
const PLACES: readonly [string, string][] = [
  ['NL', 'Utrecht'],
  ['DE', 'Kassel'],
  ['US', 'Dayton'],
  ['GB', 'Leeds'],
];

/** One customer: the directory, the HR company, and what is true about both. */
export type Customer = { tenant: Tenant; company: BambooCompany; truth: CustomerTruth };

/** Makes one customer from its own stream of random values. */
export function createCustomer(random: Random, options: CustomerOptions): Customer {
  const kind = KINDS[options.kind];
  const tenantId = random.uuid();
  const facts = drawFacts(random.fork('facts'), options, kind);
  const stage = createStage(facts, random.fork('people'));
  const cast = peopleTheStage(stage, random.fork('apps'));
  const { allowed, off } = drawAllowedMethods(random.fork('allowed'), kind.premium);
  enrolPeople(stage, off);
  for (const { account } of cast.administrators) {
    Object.assign(account, { methods: ['microsoftAuthenticatorPush'], lag: null });
  }
  const groups = createGroups(stage, {
    breakGlass: cast.breakGlass,
    helpdesk: cast.administrators.map(({ account }) => account),
    premium: kind.premium,
  });
  const tenant = writeTenant({ stage, cast, groups, kind, tenantId, allowed, options });
  const company = bambooCompany(stage, facts.domain.replace('.example', ''));
  const truth = customerTruth(stage, {
    ...cast,
    tenantId,
    companyDomain: company.domain,
    allowedMethods: allowed,
    leaves: cast.leaves.map(({ employee }) => employee),
    breakGlassGroupId: groups.breakGlassGroupId,
    exceptionGroupId: groups.exceptionGroupId,
  });
  return { tenant, company, truth };
}

/** The accounts that something else refers to. */
type Cast = {
  administrators: Pair[];
  eligible: Account;
  secondAccounts: Account[];
  leaves: Pair[];
  directorySync: Account;
  serviceAccounts: Account[];
  sharedMailboxes: Account[];
  breakGlass: Account[];
  ropc: { account: Account; appId: string; appName: string };
  lineApp: { appId: string; appName: string };
};

function drawFacts(random: Random, options: CustomerOptions, kind: Kind): Facts {
  const company = random.pick(COMPANIES);
  const mark = random.hex(5);
  const [country, city] = random.pick(PLACES);
  return {
    size: options.size,
    startsAtMs: options.startsAtMs,
    company: `${company.charAt(0).toUpperCase()}${company.slice(1)}`,
    domain: `${company}-${mark}.example`,
    aliasDomain: `${company}-${mark}-group.example`,
    initialDomain: `${company}${mark}.onmicrosoft.com`,
    employeeKey: options.employeeKey,
    premium: kind.premium,
    country,
    city,
  };
}

/** Tells every story; those that need people of one department come first, while there are some. */
function peopleTheStage(stage: Stage, random: Random): Cast {
  const isIt = ({ employee }: Pair) => employee.department === 'IT';
  const administrators = [...stage.leads.filter(isIt).slice(0, 1), takePlain(stage, isIt)];
  const eligible = takePlain(stage, isIt).account;
  const secondAccounts = tellSecondAccounts(stage);
  const leaves = tellLeaves(stage);
  const ropcPair = takePlain(stage);
  noteTrap(stage, 'ropcInBackground', ropcPair);
  tellPeopleStories(stage);
  tellLeavers(stage);
  tellFutureHires(stage);
  tellOtherAccounts(stage);
  const lineApp = { appId: random.uuid(), appName: 'Label printing' };
  const serviceAccounts = tellServiceAccounts(stage, lineApp);
  const [directorySync] = serviceAccounts;
  if (directorySync === undefined) throw new Error('the service accounts begin with the directory-sync account');
  const sharedMailboxes = tellSharedMailboxes(stage);
  const breakGlass = tellBreakGlass(stage);
  stage.accounts = stage.random.shuffle(stage.accounts);
  const ropc = { account: ropcPair.account, appId: random.uuid(), appName: 'Order board' };
  return {
    administrators,
    eligible,
    secondAccounts,
    leaves,
    directorySync,
    serviceAccounts,
    sharedMailboxes,
    breakGlass,
    ropc,
    lineApp,
  };
}

type Making = {
  stage: Stage;
  cast: Cast;
  groups: Groups;
  kind: Kind;
  tenantId: string;
  allowed: string[];
  options: CustomerOptions;
};

function writeTenant(making: Making): Tenant {
  const { stage, cast, groups, kind, tenantId } = making;
  const random = stage.random.fork('tenant');
  const locations = createNamedLocations(stage, random);
  const administrators = cast.administrators.map(({ account }) => account);
  const ground = {
    groups,
    breakGlass: cast.breakGlass,
    named: administrators,
    administrators: [...administrators, ...cast.secondAccounts],
    trustedLocationId: locations.trusted.id,
    countryLocationId: locations.country.id,
  };
  const policies = bearPolicies(stage, random, policyTemplates(kind.policies, ground));
  const signIns = createSignIns(stage, {
    tenantId,
    perPerson: making.options.signInsPerPerson,
    officeIp: OFFICE_IP,
    past: policies.flatMap(({ policy, template }) =>
      template.state === 'disabled' ? [] : [{ id: policy.id, template, isCapable: isCapableIn(making) }],
    ),
    ropc: cast.ropc,
  });
  const users = stage.accounts.map((account) => graphUser(stage, account));
  noteActivity(users, signIns);
  const apps = createApps(random);
  return {
    tenantId,
    initialDomain: stage.facts.initialDomain,
    organization: createOrganization(stage, tenantId),
    subscribedSkus: createSkus(stage, tenantId),
    apps,
    users,
    ...perAccount(stage, random),
    allowedMethods: making.allowed,
    groups: groups.groups,
    ...createRoles(random, { ...cast, administrators, roleGroupId: groups.roleGroupId, premium: kind.premium }),
    servicePrincipals: createServicePrincipals(tenantId, random, [
      ...apps.map(({ clientId, displayName }) => ({ appId: clientId, displayName })),
      { appId: cast.lineApp.appId, displayName: cast.lineApp.appName },
      { appId: cast.ropc.appId, displayName: cast.ropc.appName },
    ]),
    conditionalAccessPolicies: policies.map(({ policy }) => policy),
    deletedPolicies: [],
    namedLocations: kind.premium ? [locations.trusted, locations.country] : [],
    securityDefaults: {
      id: '00000000-0000-0000-0000-000000000005',
      displayName: 'Security Defaults',
      description: 'A set of basic identity protections recommended by the vendor.',
      isEnabled: kind.securityDefaults,
    },
    perUserMfa: kind.perUserMfa ? perUserStates(stage, random) : {},
    signIns,
    directoryAudits: createAudits(stage, random, {
      actor: administrators[0] ?? cast.eligible,
      groupId: groups.byDepartment.Sales,
      policy: policies[0]?.policy,
    }),
  };
}

function bearPolicies(stage: Stage, random: Random, templates: readonly PolicyTemplate[]) {
  return templates.map((template) => {
    const born = createdBefore(stage, random);
    return { template, policy: graphPolicy(template, { id: random.uuid(), ...born }) as GraphObject & { id: string } };
  });
}

function createdBefore(stage: Stage, random: Random): { createdDateTime: string; modifiedDateTime: string | null } {
  const at = stage.facts.startsAtMs - (100 + random.int(400)) * 86_400_000;
  const instant = (ms: number) => new Date(ms).toISOString();
  return { createdDateTime: instant(at), modifiedDateTime: random.chance(0.5) ? instant(at + 5_000_000) : null };
}

function isCapableIn({ allowed }: Making): (account: Account) => boolean {
  return ({ methods }) => registrationOf(methods, allowed).isMfaCapable;
}

function perAccount(
  stage: Stage,
  random: Random,
): Pick<Tenant, 'managers' | 'authenticationMethods' | 'registrationReportLag' | 'mailboxPurposes'> {
  const result: ReturnType<typeof perAccount> = {
    managers: {},
    authenticationMethods: {},
    registrationReportLag: {},
    mailboxPurposes: {},
  };
  for (const account of stage.accounts) {
    if (account.manager !== null) result.managers[account.id] = account.manager.id;
    result.authenticationMethods[account.id] = graphMethods(stage, account, random);
    if (account.lag !== null) result.registrationReportLag[account.id] = account.lag;
    if (account.purpose !== null) result.mailboxPurposes[account.id] = account.purpose;
  }
  return result;
}

/** Some of the registered are enforced, some of the others enabled and never signed in to register. */
function perUserStates(stage: Stage, random: Random): Tenant['perUserMfa'] {
  const result: Tenant['perUserMfa'] = {};
  for (const account of stage.accounts) {
    if (account.guest || !account.enabled || account.standing !== 'certain' || !random.chance(0.15)) continue;
    result[account.id] = account.methods.length > 0 ? 'enforced' : 'enabled';
  }
  return result;
}
