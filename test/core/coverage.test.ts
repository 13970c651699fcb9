import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../src/rollout/policy/evaluate.core.ts';
import { type CoverageInput, type CoverageRow, coverage } from '../../src/rollout/policy/evaluator/coverage.core.ts';
import { compileTenant, type TenantInput } from '../../src/rollout/policy/evaluator/tenant.core.ts';
import type { GraphObject, JsonObject } from '../../src/rollout/policy/graph-json.core.ts';
import {
  BLOCK,
  EXCHANGE,
  GLOBAL_ADMIN,
  OFFICE,
  OFFICE_V6,
  PAYROLL,
  type PolicyParts,
  policy,
  SWISS,
  SYNC_ROLE,
  TENANT,
} from '../support/policy-builders.ts';

type Setting = {
  tenant?: TenantInput;
  securityDefaults?: JsonObject | null;
  policiesRead?: boolean;
  more?: Partial<CoverageInput>;
};

/** Coverage of one person in a tenant with Security Defaults off and per-user MFA read, unless the test says otherwise. */
function rowOf(userId: string, policies: readonly GraphObject[], setting: Setting = {}): CoverageRow {
  const input = {
    ...(setting.tenant ?? TENANT),
    securityDefaults: 'securityDefaults' in setting ? setting.securityDefaults : { isEnabled: false },
  };
  const tenant = compileTenant(input);
  const rows = coverage({
    users: TENANT.users,
    tenant,
    policies: setting.policiesRead === false ? null : compilePolicies(tenant, policies),
    roleAssignments: TENANT.roleAssignments,
    perUserMfa: [],
    ...setting.more,
  });
  const row = rows.find((each) => each.userId === userId);
  if (row === undefined) throw new Error(`no row for ${userId}`);
  return row;
}

const coveredBy = (parts: PolicyParts, userId = 'ada') => rowOf(userId, [policy(parts)]).covered;

describe('how far one policy covers', () => {
  it.each<[claim: string, parts: PolicyParts, expected: string]>([
    ['everything is all', {}, 'all'],
    [
      'a strength that satisfies MFA is all',
      { grantControls: { authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } } },
      'all',
    ],
    [
      'another control beside MFA is all',
      { grantControls: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] } },
      'all',
    ],
    [
      'MFA as one way of two is none',
      { grantControls: { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] } },
      'none',
    ],
    ['a device without MFA is none', { grantControls: { builtInControls: ['compliantDevice'] } }, 'none'],
    ['one application is some', { applications: { includeApplications: [EXCHANGE] } }, 'some'],
    ['Office365 is some', { applications: { includeApplications: ['Office365'] } }, 'some'],
    [
      'all but one application is some',
      { applications: { includeApplications: ['All'], excludeApplications: [PAYROLL] } },
      'some',
    ],
    [
      'outside trusted places is partial',
      { conditions: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } } },
      'partial',
    ],
    [
      'outside one country is partial',
      { conditions: { locations: { includeLocations: ['All'], excludeLocations: [SWISS] } } },
      'partial',
    ],
    ['one platform is partial', { conditions: { platforms: { includePlatforms: ['iOS'] } } }, 'partial'],
    [
      'every platform but one is partial',
      { conditions: { platforms: { includePlatforms: ['all'], excludePlatforms: ['windows'] } } },
      'partial',
    ],
    [
      'listing every platform leaves unsupported ones out',
      {
        conditions: {
          platforms: { includePlatforms: ['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux'] },
        },
      },
      'partial',
    ],
    ['browsers are partial', { conditions: { clientAppTypes: ['browser'] } }, 'partial'],
    [
      'modern clients are partial',
      { conditions: { clientAppTypes: ['browser', 'mobileAppsAndDesktopClients'] } },
      'partial',
    ],
    [
      'every client, spelled out, is all',
      { conditions: { clientAppTypes: ['browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other'] } },
      'all',
    ],
    [
      'unmanaged devices are partial',
      { conditions: { devices: { deviceFilter: { mode: 'exclude', rule: 'device.isCompliant -eq True' } } } },
      'partial',
    ],
    ['one flow is partial', { conditions: { authenticationFlows: { transferMethods: 'deviceCodeFlow' } } }, 'partial'],
    ['risky sign-ins are partial', { conditions: { signInRiskLevels: ['high', 'medium'] } }, 'partial'],
    [
      'every risk, spelled out, is all',
      { conditions: { signInRiskLevels: ['none', 'low', 'medium', 'high', 'hidden'] } },
      'all',
    ],
    // riskLevel: `hidden` is the risk of somebody whom ID Protection does not watch.
    [
      'every risk but a hidden one is partial',
      { conditions: { userRiskLevels: ['none', 'low', 'medium', 'high'] } },
      'partial',
    ],
    ['a user action is none', { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } }, 'none'],
    [
      'an authentication context is none',
      { applications: { includeAuthenticationContextClassReferences: ['c1'] } },
      'none',
    ],
    [
      'one application from some places is partial',
      { applications: { includeApplications: [EXCHANGE] }, conditions: { locations: { includeLocations: [OFFICE] } } },
      'partial',
    ],
    ['a condition that is not known is unknown', { conditions: { agentIdRiskLevels: 'high' } }, 'unknown'],
    [
      'a filter for devices that is not understood is unknown',
      { conditions: { devices: { deviceFilter: { mode: 'exclude', rule: 'device.x' } } } },
      'unknown',
    ],
    [
      'a filter for applications that excludes is unknown',
      { applications: { includeApplications: ['All'], applicationFilter: { mode: 'exclude', rule: 'x' } } },
      'unknown',
    ],
    ['a strength nobody knows is unknown', { grantControls: { authenticationStrength: { id: 'lost' } } }, 'unknown'],
    [
      'a word for places that came later is partial',
      { conditions: { locations: { includeLocations: ['All'], excludeLocations: ['EverythingMobile'] } } },
      'partial',
    ],
    ['a group that was not read is unknown', { users: { includeGroups: ['unread'] } }, 'unknown'],
    ['other people are none', { users: { includeUsers: ['bo'] } }, 'none'],
  ])('%s', (_claim, parts, expected) => {
    expect(coveredBy(parts)).toBe(expected);
  });
});

describe('policies together', () => {
  const excluding = (place: string) => ({ locations: { includeLocations: ['All'], excludeLocations: [place] } });
  const modern = policy({ id: 'modern', conditions: { clientAppTypes: ['browser', 'mobileAppsAndDesktopClients'] } });
  const legacy = policy({
    id: 'legacy',
    conditions: { clientAppTypes: ['exchangeActiveSync', 'other'] },
    grantControls: BLOCK,
  });
  const outside = policy({
    id: 'outside',
    conditions: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } },
  });

  it('cover everything when modern clients are asked and old ones are blocked', () => {
    expect(rowOf('ada', [modern, legacy])).toMatchObject({ covered: 'all', by: ['legacy', 'modern'], limitedBy: [] });
  });

  it('cover nothing by a block of old clients alone', () => {
    expect(rowOf('ada', [legacy])).toMatchObject({ covered: 'none', by: [] });
  });

  it('cover everything when one is for trusted places and one for the rest', () => {
    const inside = policy({ id: 'inside', conditions: { locations: { includeLocations: [OFFICE, 'loc-office-v6'] } } });
    expect(rowOf('ada', [outside, inside]).covered).toBe('all');
    expect(
      rowOf('ada', [outside, policy({ id: 'v4', conditions: { locations: { includeLocations: [OFFICE] } } })]).covered,
    ).toBe('partial');
  });

  it('cover everything when a filter for devices meets its opposite', () => {
    const filter = (id: string, mode: string, rule: string) =>
      policy({ id, conditions: { devices: { deviceFilter: { mode, rule } } } });
    const compliant = filter('a', 'include', 'device.isCompliant -eq True');
    expect(rowOf('ada', [compliant, filter('b', 'exclude', 'device.isCompliant -eq "true"')]).covered).toBe('all');
    expect(rowOf('ada', [compliant, filter('b', 'include', 'device.isCompliant -ne True')]).covered).toBe('all');
    expect(
      rowOf('ada', [compliant, filter('b', 'include', 'device.isCompliant -ne True -and device.model -eq "x"')])
        .covered,
    ).toBe('partial');
  });

  it('know which ranges share an address', () => {
    const locations = (id: string, include: string, exclude: string) =>
      policy({ id, conditions: { locations: { includeLocations: [include], excludeLocations: [exclude] } } });
    const outsideOffice = locations('a', 'All', OFFICE);
    expect(rowOf('ada', [outsideOffice, locations('b', OFFICE, 'loc-branch')]).covered).toBe('all');
    const overlapping = [
      ...TENANT.namedLocations,
      { id: 'loc-desk', displayName: 'Desk', isTrusted: false, ipRanges: [{ cidrAddress: '203.0.113.9/32' }] },
    ];
    const setting = { tenant: { ...TENANT, namedLocations: overlapping } };
    expect(rowOf('ada', [outsideOffice, locations('b', OFFICE, 'loc-desk')], setting).covered).toBe('partial');
  });

  // ipRange: a kind of range that came later may hold any address, so that its place has an unknown part.
  it('know the part of a place that cannot be read', () => {
    const half = {
      id: 'loc-half',
      displayName: 'Half',
      isTrusted: false,
      ipRanges: [{ cidrAddress: '203.0.113.0/24' }, { asn: 64500 }],
    };
    const setting = { tenant: { ...TENANT, namedLocations: [...TENANT.namedLocations, half] } };
    const outside = policy({ id: 'a', conditions: excluding('loc-half') });
    const inside = (place: string) => policy({ id: 'b', conditions: { locations: { includeLocations: [place] } } });
    expect(rowOf('ada', [outside, inside('loc-half')], setting).covered).toBe('all');
    expect(rowOf('ada', [outside, inside(OFFICE)], setting).covered).toBe('partial');
  });

  it('read "neither" in a filter as both not', () => {
    const filter = (id: string, rule: string) =>
      policy({ id, conditions: { devices: { deviceFilter: { mode: 'include', rule } } } });
    const neither = filter('a', '-not (device.model -eq "x" -or device.trustType -eq "ServerAD")');
    const first = filter('b', 'device.model -eq "x"');
    expect(rowOf('ada', [neither, first]).covered).toBe('partial');
    expect(rowOf('ada', [neither, first, filter('c', 'device.trustType -eq "ServerAD"')]).covered).toBe('all');
  });

  it('do not call an application covered that is only blocked', () => {
    const blocked = policy({ id: 'a', applications: { includeApplications: [PAYROLL] }, grantControls: BLOCK });
    const browsers = policy({
      id: 'b',
      applications: { includeApplications: [EXCHANGE] },
      conditions: { clientAppTypes: ['browser'] },
    });
    expect(rowOf('ada', [blocked, browsers]).covered).toBe('partial');
  });

  it('cover everything when each takes other applications', () => {
    const office = policy({ id: 'a', applications: { includeApplications: ['Office365'] } });
    const rest = policy({
      id: 'b',
      applications: { includeApplications: ['All'], excludeApplications: ['Office365'] },
    });
    expect(rowOf('ada', [office, rest]).covered).toBe('all');
  });

  it('do not cover a country found by GPS by the country of the address', () => {
    const byTelephone = policy({ id: 'a', conditions: excluding('loc-gps') });
    const byAddress = policy({ id: 'b', conditions: { locations: { includeLocations: [SWISS] } } });
    expect(rowOf('ada', [byTelephone, byAddress]).covered).toBe('partial');
  });

  it('do not cover what AllTrusted may leave out: a place of a kind not known can be trusted', () => {
    const network = { id: 'loc-network', displayName: 'Compliant network', isTrusted: true };
    const setting = { tenant: { ...TENANT, namedLocations: [...TENANT.namedLocations.slice(0, 2), network] } };
    const trustedRanges = policy({ id: 'b', conditions: { locations: { includeLocations: [OFFICE, OFFICE_V6] } } });
    const elsewhere = policy({ id: 'a', conditions: excluding('AllTrusted') });
    expect(rowOf('ada', [elsewhere, trustedRanges], setting).covered).toBe('partial');
    const trusted = policy({ id: 'b', conditions: { locations: { includeLocations: ['AllTrusted'] } } });
    expect(rowOf('ada', [elsewhere, trusted], setting).covered).toBe('all');
  });

  it('do not cover unmanaged devices by the want of an extension attribute', () => {
    const filtered = (id: string, operator: string) =>
      policy({
        id,
        conditions: {
          devices: { deviceFilter: { mode: 'include', rule: `device.extensionAttribute1 ${operator} "SAW"` } },
        },
      });
    expect(rowOf('ada', [filtered('a', '-ne'), filtered('b', '-eq')]).covered).toBe('unknown');
  });

  it('cover some applications fully while the rest is limited by place', () => {
    const exchange = policy({ id: 'exchange', applications: { includeApplications: [EXCHANGE] } });
    expect(rowOf('ada', [outside, exchange])).toMatchObject({
      covered: 'some',
      by: ['exchange', 'outside'],
      limitedBy: ['app', 'place'],
    });
  });

  it('stay certain beside one that cannot be judged', () => {
    expect(rowOf('ada', [policy(), policy({ id: 'p2', conditions: { somethingNew: 'x' } })]).covered).toBe('all');
  });

  it('count a person whom everything is blocked for as covered', () => {
    expect(rowOf('ada', [policy({ grantControls: BLOCK })])).toMatchObject({ covered: 'all', by: ['p1'] });
  });

  it('are told to be too intricate rather than guessed', () => {
    const rules = Array.from(
      { length: 26 },
      (_, index) => `device.extensionAttribute${(index % 15) + 1} -eq "${index}"`,
    );
    const many = rules.flatMap((rule, index) => [
      policy({
        id: `i${index}`,
        conditions: {
          devices: {
            deviceFilter: {
              mode: 'include',
              rule: `${rule} -and ${rules[(index + 7) % 26]} -and -not (${rules[(index + 3) % 26]})`,
            },
          },
        },
      }),
    ]);
    expect(['unknown', 'partial']).toContain(rowOf('ada', many).covered);
  });
});

describe('the ways in which reports get this wrong', () => {
  it('counts groups, nested and excluded, and roles', () => {
    const sales = policy({ users: { includeGroups: ['sales'] } });
    expect([rowOf('ada', [sales]).covered, rowOf('bo', [sales]).covered]).toEqual(['all', 'none']);
    const others = policy({ users: { includeUsers: ['All'], excludeGroups: ['sales'] } });
    expect([rowOf('ada', [others]).covered, rowOf('bo', [others]).covered]).toEqual(['none', 'all']);
    const admins = policy({ users: { includeRoles: [GLOBAL_ADMIN] } });
    expect(['bo', 'di', 'cy', 'ada'].map((id) => rowOf(id, [admins]).covered)).toEqual([
      'all',
      'all',
      'partial',
      'none',
    ]);
  });

  it('does not count report-only and disabled policies as protection', () => {
    for (const state of ['enabledForReportingButNotEnforced', 'disabled']) {
      expect(rowOf('ada', [policy({ state })])).toMatchObject({ covered: 'none', by: [] });
    }
  });

  it('shows Security Defaults as a cover of their own, neither all nor missing', () => {
    const on = { securityDefaults: { isEnabled: true } };
    expect(rowOf('ada', [], on)).toMatchObject({ covered: 'partial', by: ['securityDefaults'] });
    expect(rowOf('syd', [], on)).toMatchObject({ covered: 'none', by: [] });
  });

  it('never turns what was not read into protected or missing', () => {
    expect(rowOf('ada', [], { securityDefaults: null }).covered).toBe('unknown');
    expect(rowOf('ada', [], { policiesRead: false }).covered).toBe('unknown');
    expect(rowOf('ada', [], { more: { perUserMfa: null } }).covered).toBe('unknown');
    expect(rowOf('ada', [policy()], { securityDefaults: null, more: { perUserMfa: null } }).covered).toBe('all');
  });

  it('shows Security Defaults in a tenant whose licence keeps policies from being read', () => {
    const setting = { policiesRead: false, securityDefaults: { isEnabled: true } };
    expect(rowOf('ada', [], setting)).toMatchObject({ covered: 'partial', by: ['securityDefaults'] });
  });

  it('knows Security Defaults to be off where a policy is enabled', () => {
    expect(rowOf('ada', [policy({ users: { includeUsers: ['bo'] } })], { securityDefaults: null }).covered).toBe(
      'none',
    );
  });

  it('tells an admin who could answer and is never asked', () => {
    const registration = [{ id: 'bo', isMfaRegistered: true, isMfaCapable: true, methodsRegistered: ['fido2'] }];
    expect(rowOf('bo', [], { more: { registration } })).toMatchObject({
      admin: 'active',
      registered: 'yes',
      capable: 'yes',
      methods: ['fido2'],
      covered: 'none',
      gap: 'registeredNotRequired',
    });
  });

  it('accepts an exclusion directly or through a group: the effect is the same', () => {
    const direct = policy({ users: { includeUsers: ['All'], excludeUsers: ['ada'] } });
    const throughGroup = policy({ users: { includeUsers: ['All'], excludeGroups: ['exceptions'] } });
    const [one, two] = [rowOf('ada', [direct]), rowOf('ada', [throughGroup])];
    expect([one.covered, two.covered]).toEqual(['none', 'none']);
    expect([one.excludedFrom, two.excludedFrom]).toEqual([
      [{ policyId: 'p1', how: 'excluded by name' }],
      [{ policyId: 'p1', how: 'excluded through the group "Exceptions"' }],
    ]);
  });

  it('shows a third party’s MFA as a class of its own, neither covered nor missing', () => {
    const duo = policy({
      grantControls: { operator: 'OR', builtInControls: [], customAuthenticationFactors: ['DuoMfa'] },
    });
    expect(rowOf('ada', [duo])).toMatchObject({ covered: 'unknown', thirdPartyIn: ['p1'] });
  });
});

describe('per-user MFA', () => {
  const state = (perUserMfaState: string) => ({ more: { perUserMfa: [{ id: 'ada', perUserMfaState }] } });
  const legacy = policy({
    id: 'legacy',
    conditions: { clientAppTypes: ['exchangeActiveSync', 'other'] },
    grantControls: BLOCK,
  });

  it('covers modern clients, since app passwords pass it by', () => {
    expect(rowOf('ada', [], state('enforced'))).toMatchObject({
      covered: 'partial',
      by: ['perUserMfa'],
      limitedBy: ['client'],
      perUserMfa: 'enforced',
    });
    expect(rowOf('ada', [], state('enabled')).covered).toBe('partial');
  });

  it('covers everything once old clients are blocked', () => {
    expect(rowOf('ada', [legacy], state('enforced')).covered).toBe('all');
  });

  it('covers nothing while disabled, and a person not listed is disabled', () => {
    expect(rowOf('ada', [], state('disabled'))).toMatchObject({ covered: 'none', perUserMfa: 'disabled' });
    expect(rowOf('bo', [], state('enforced'))).toMatchObject({ covered: 'none', perUserMfa: 'disabled' });
  });
});

describe('roles that are not active yet', () => {
  it('cover everything when one policy takes the active and another the inactive case', () => {
    const active = policy({ id: 'a', users: { includeRoles: [GLOBAL_ADMIN] } });
    const inactive = policy({ id: 'b', users: { includeUsers: ['All'], excludeRoles: [GLOBAL_ADMIN] } });
    expect(rowOf('cy', [active])).toMatchObject({ covered: 'partial', limitedBy: ['role'], admin: 'eligible' });
    expect(rowOf('cy', [inactive]).covered).toBe('partial');
    expect(rowOf('cy', [active, inactive]).covered).toBe('all');
  });
});

describe('what else is known of a person', () => {
  it('keeps what was not read unknown', () => {
    const row = rowOf('ada', [policy()], { more: { roleAssignments: null, perUserMfa: null } });
    expect(row).toMatchObject({
      registered: 'unknown',
      capable: 'unknown',
      methods: [],
      perUserMfa: 'unknown',
      admin: 'unknown',
      gap: null,
    });
  });

  it('does not call the sync account an admin', () => {
    expect(rowOf('syd', [])).toMatchObject({ admin: 'no' });
    expect(TENANT.roleAssignments.some((row) => row.roleDefinitionId === SYNC_ROLE)).toBe(true);
  });

  it('tells registered from capable', () => {
    const registration = [
      { id: 'ada', isMfaRegistered: true, isMfaCapable: false, methodsRegistered: ['mobilePhone'] },
    ];
    expect(rowOf('ada', [policy()], { more: { registration } })).toMatchObject({
      registered: 'yes',
      capable: 'no',
      gap: 'requiredNotRegistered',
    });
  });

  it('reads the methods themselves where there is no registration report', () => {
    const method = (type: string) => ({ '@odata.type': `#microsoft.graph.${type}AuthenticationMethod` });
    const methods = (...types: string[]) => ({
      more: { authenticationMethods: [{ id: 'ada', methods: types.map(method) }] },
    });
    expect(rowOf('ada', [], methods('password', 'fido2'))).toMatchObject({
      registered: 'yes',
      methods: ['password', 'fido2'],
      gap: 'registeredNotRequired',
    });
    expect(rowOf('ada', [], methods('password', 'email'))).toMatchObject({ registered: 'no', gap: 'neither' });
  });

  it('names policies in which MFA is one way of several', () => {
    expect(
      rowOf('ada', [policy({ grantControls: { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] } })])
        .alternativeIn,
    ).toEqual(['p1']);
  });

  it('gives one row per user in the order given', () => {
    const tenant = compileTenant(TENANT);
    const rows = coverage({ users: TENANT.users, tenant, policies: compilePolicies(tenant, []) });
    expect(rows.map((row) => row.userId)).toEqual(TENANT.users.map((user) => user.id));
  });
});
