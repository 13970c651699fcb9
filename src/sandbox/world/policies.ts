import type { Account } from './draft.ts';
import type { Groups } from './groups.ts';
import type { PolicyTemplate } from './policy-form.ts';
import { MFA_STRENGTH } from './policy-form.ts';
import { ROLES } from './roles.ts';

/** What the policies of a tenant refer to. */
export type PolicyGround = {
  groups: Groups;
  breakGlass: readonly Account[];
  /** A few people named one by one. */
  named: readonly Account[];
  administrators: readonly Account[];
  trustedLocationId: string;
  countryLocationId: string;
};

export type PolicySet = 'reference' | 'leftovers' | 'old' | 'none';

const LEGACY_CLIENTS = ['exchangeActiveSync', 'other'];
const ADMIN_ROLES = [ROLES.globalAdministrator, ROLES.exchangeAdministrator, ROLES.userAdministrator];

/** The policies that stand in a tenant when the product first meets it. */
export function policyTemplates(set: PolicySet, ground: PolicyGround): PolicyTemplate[] {
  switch (set) {
    case 'reference':
      return [...referenceEnabled(ground), ...leftovers(ground)];
    case 'leftovers':
      return leftovers(ground);
    case 'old':
      return [...oldByScope(ground), ...oldByControl(ground), ...microsoftManaged(ground), ...leftovers(ground)];
    case 'none':
      return [];
  }
}

/** Enabled, and none of them asks everybody for MFA: a block of legacy clients, and a session limit without a grant. */
function referenceEnabled({ groups }: PolicyGround): PolicyTemplate[] {
  return [
    {
      name: 'Legacy clients off',
      state: 'enabled',
      users: { includeGroups: [groups.byDepartment.Finance], ...notBreakGlass(groups) },
      clients: LEGACY_CLIENTS,
      grant: { controls: ['block'] },
      past: { covers: inDepartment('Finance'), effect: 'block', on: 'legacy' },
    },
    {
      name: 'Sign in again after a week',
      state: 'enabled',
      users: { includeUsers: ['All'] },
      grant: null,
      session: {
        signInFrequency: {
          value: 7,
          type: 'days',
          authenticationType: 'primaryAndSecondaryAuthentication',
          frequencyInterval: 'timeBased',
          isEnabled: true,
        },
      },
      past: { covers: () => true, effect: 'session', on: 'all' },
    },
  ];
}

function leftovers({ groups, countryLocationId }: PolicyGround): PolicyTemplate[] {
  return [
    {
      name: 'MFA trial, report only',
      state: 'enabledForReportingButNotEnforced',
      users: { includeGroups: [groups.byDepartment.Sales] },
      apps: ['Office365'],
      grant: { controls: ['mfa'] },
      past: { covers: inDepartment('Sales'), effect: 'mfa', on: 'all' },
    },
    {
      name: 'MFA for all (never switched on)',
      state: 'disabled',
      users: { includeUsers: ['All'] },
      locations: { include: ['All'], exclude: [countryLocationId] },
      grant: { controls: ['mfa'] },
    },
  ];
}

/** MFA for parts of the company: by group (nested too), by role, by place, by name, for guests. */
function oldByScope({ groups, breakGlass, named, administrators, trustedLocationId }: PolicyGround): PolicyTemplate[] {
  const isAdministrator = (account: Account) => administrators.includes(account);
  return [
    {
      name: 'MFA Finance',
      state: 'enabled',
      users: { includeGroups: [groups.byDepartment.Finance], ...notBreakGlass(groups) },
      grant: { controls: ['mfa'] },
      past: { covers: inDepartment('Finance'), effect: 'mfa', on: 'all' },
    },
    {
      name: 'MFA pilot ring',
      state: 'enabled',
      users: { includeGroups: [groups.nested.outer] },
      grant: { controls: ['mfa'] },
      past: { covers: (account) => groups.nested.people.includes(account), effect: 'mfa', on: 'all' },
    },
    {
      name: 'MFA administrators',
      state: 'enabled',
      users: { includeRoles: ADMIN_ROLES, excludeUsers: breakGlass.map(({ id }) => id) },
      grant: { controls: ['mfa'] },
      past: { covers: isAdministrator, effect: 'mfa', on: 'all' },
    },
    {
      name: 'MFA outside the office',
      state: 'enabled',
      users: { includeGroups: [groups.byDepartment.Operations] },
      locations: { include: ['All'], exclude: ['AllTrusted'] },
      grant: { controls: ['mfa'] },
      past: { covers: inDepartment('Operations'), effect: 'mfa', on: 'outside' },
    },
    {
      name: 'MFA named people, mail only',
      state: 'enabled',
      users: { includeUsers: named.map(({ id }) => id) },
      apps: ['00000002-0000-0ff1-ce00-000000000000'],
      locations: { include: ['All'], exclude: [trustedLocationId] },
      grant: { controls: ['mfa'] },
      past: { covers: (account) => named.includes(account), effect: 'mfa', on: 'outside' },
    },
    {
      name: 'MFA guests',
      state: 'enabled',
      users: { guests: 'internalGuest,b2bCollaborationGuest,b2bCollaborationMember,otherExternalUser' },
      grant: { controls: ['mfa'] },
      past: { covers: ({ guest }) => guest, effect: 'mfa', on: 'all' },
    },
  ];
}

/** MFA that is only one way among several, comes as a strength, or hangs on risk, an action or a context. */
function oldByControl({ groups, breakGlass }: PolicyGround): PolicyTemplate[] {
  const excludeUsers = breakGlass.map(({ id }) => id);
  return [
    {
      name: 'Strong sign-in IT',
      state: 'enabled',
      users: { includeGroups: [groups.byDepartment.IT], excludeUsers },
      grant: { controls: [], strength: MFA_STRENGTH },
      past: { covers: inDepartment('IT'), effect: 'mfa', on: 'all' },
    },
    {
      name: 'MFA or company device',
      state: 'enabled',
      users: { includeGroups: [groups.byDepartment.Engineering] },
      grant: { controls: ['mfa', 'compliantDevice'], operator: 'OR' },
    },
    {
      name: 'MFA when the sign-in is risky',
      state: 'enabled',
      users: { includeUsers: ['All'], excludeUsers },
      signInRisk: ['high', 'medium'],
      grant: { controls: ['mfa'] },
    },
    {
      name: 'Register security info',
      state: 'enabled',
      users: { includeUsers: ['All'], excludeUsers },
      userActions: ['urn:user:registersecurityinfo'],
      locations: { include: ['All'], exclude: ['AllTrusted'] },
      grant: { controls: ['mfa'] },
    },
    {
      name: 'Sensitive files',
      state: 'enabled',
      users: { includeUsers: ['All'], excludeUsers },
      authenticationContexts: ['c1'],
      grant: { controls: ['mfa'] },
    },
  ];
}

function microsoftManaged({ administrators }: PolicyGround): PolicyTemplate[] {
  return [
    {
      name: 'Microsoft-managed: Multifactor authentication for admins accessing Microsoft Admin Portals',
      state: 'enabled',
      users: { includeRoles: ADMIN_ROLES },
      apps: ['MicrosoftAdminPortals'],
      grant: { controls: ['mfa'] },
      past: { covers: (account) => administrators.includes(account), effect: 'mfa', on: 'all' },
    },
    {
      name: 'Microsoft-managed: Block legacy authentication',
      state: 'enabledForReportingButNotEnforced',
      users: { includeUsers: ['All'] },
      clients: LEGACY_CLIENTS,
      grant: { controls: ['block'] },
      past: { covers: () => true, effect: 'block', on: 'legacy' },
    },
  ];
}

function notBreakGlass({ breakGlassGroupId }: Groups): { excludeGroups: string[] } {
  return { excludeGroups: breakGlassGroupId === null ? [] : [breakGlassGroupId] };
}

function inDepartment(name: Account['department']): (account: Account) => boolean {
  return ({ department, standing }) => department === name && standing === 'certain';
}
