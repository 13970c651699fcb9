import { describe, expect, it } from 'vitest';
import type { SignIn } from '../../src/rollout/policy/evaluator/sign-in.core.ts';
import { ANYWHERE_ELSE, BRANCH, OFFICE, OFFICE_V6, resultOf, SWISS, TENANT } from '../support/policy-builders.ts';

type Row = readonly [rule: string, conditions: Record<string, unknown>, changes: SignIn, expected: string];

const NOT_GIVEN: SignIn = { ipAddress: null, country: null };
const places = (include: readonly string[], exclude: readonly string[] = []) => ({
  locations: { includeLocations: include, excludeLocations: exclude },
});
const at = (ipAddress: string): SignIn => ({ ipAddress });

// Source: "Conditional Access: Network assignment".
const LOCATIONS: readonly Row[] = [
  ['All means every address', places(['All']), at('8.8.8.8'), 'applies'],
  ['All needs no address', places(['All']), NOT_GIVEN, 'applies'],
  ['an address within a range is inside', places([OFFICE]), at('203.0.113.200'), 'applies'],
  ['an address outside a range is not', places([OFFICE]), at('203.0.114.1'), 'notApplies'],
  ['host bits of a range are ignored', places([OFFICE]), at('203.0.113.0'), 'applies'],
  ['a range ends where its prefix says', places([BRANCH]), at('198.51.100.128'), 'notApplies'],
  ['an IPv6 address within a range is inside', places([OFFICE_V6]), at('2001:DB8:1:ffff::1'), 'applies'],
  ['an IPv6 address outside a range is not', places([OFFICE_V6]), at('2001:db8:2::1'), 'notApplies'],
  ['IPv4 written inside IPv6 is the IPv4 address', places([OFFICE]), at('::ffff:203.0.113.7'), 'applies'],
  ['an address that cannot be read is not judged', places([OFFICE]), at('203.0.113'), 'unknown'],
  ['a trusted range is excluded by AllTrusted', places(['All'], ['AllTrusted']), at('203.0.113.5'), 'notApplies'],
  [
    'a trusted IPv6 range is excluded by AllTrusted',
    places(['All'], ['AllTrusted']),
    at('2001:db8:1::9'),
    'notApplies',
  ],
  ['an untrusted range is not excluded by AllTrusted', places(['All'], ['AllTrusted']), at('198.51.100.1'), 'applies'],
  ['AllTrusted can be included', places(['AllTrusted']), at('203.0.113.5'), 'applies'],
  ['AllTrusted does not include other addresses', places(['AllTrusted']), at('192.0.2.1'), 'notApplies'],
  ['an exclusion depends on the address', places(['All'], ['AllTrusted']), NOT_GIVEN, 'conditional'],
  ['an inclusion depends on the address', places([OFFICE]), NOT_GIVEN, 'conditional'],
  [
    'a place said to be trusted is believed',
    places(['All'], ['AllTrusted']),
    { ...NOT_GIVEN, trusted: true },
    'notApplies',
  ],
  [
    'a place said not to be trusted is believed',
    places(['All'], ['AllTrusted']),
    { ...NOT_GIVEN, trusted: false },
    'applies',
  ],
  [
    'named locations that were given decide',
    places(['All'], [OFFICE]),
    { ...NOT_GIVEN, namedLocationIds: [OFFICE] },
    'notApplies',
  ],
  [
    'named locations not among those given are elsewhere',
    places(['All'], [OFFICE]),
    { ...NOT_GIVEN, namedLocationIds: [] },
    'applies',
  ],
  [
    'trust follows from the named locations given',
    places(['All'], ['AllTrusted']),
    { ...NOT_GIVEN, namedLocationIds: [OFFICE] },
    'notApplies',
  ],
  [
    'a trusted range is ruled out where the place is not trusted',
    places(['All'], [OFFICE]),
    { ...NOT_GIVEN, trusted: false },
    'applies',
  ],
  ['an IPv6 address is never in an IPv4 range', places([OFFICE]), at('::cb00:7107'), 'notApplies'],
  ['a country is compared without regard to case', places([SWISS]), { country: 'ch' }, 'applies'],
  ['another country is outside', places([SWISS]), { country: 'DE' }, 'notApplies'],
  ['a country depends on the country', places([SWISS]), { country: null }, 'conditional'],
  ['an address without a country is unknown territory', places([ANYWHERE_ELSE]), { country: '' }, 'applies'],
  ['unknown territory counts only where it was ticked', places([SWISS]), { country: '' }, 'notApplies'],
  ['exclusion wins', places(['All'], [SWISS]), { country: 'CH' }, 'notApplies'],
  ['a deleted location excludes nobody', places(['All'], ['gone']), {}, 'applies'],
  ['a deleted location includes nobody', places(['gone']), {}, 'notApplies'],
  ['a word for places that is not known is not judged', places(['All'], ['EverythingMobile']), {}, 'unknown'],
  ['a kind of location that is not known is not judged', places(['All'], ['loc-network']), {}, 'unknown'],
  // countryNamedLocation: `countryLookupMethod` authenticatorAppGps finds the country by the telephone.
  ['a country found by GPS asks the telephone', places(['loc-gps']), { country: 'DE', gpsCountry: 'CH' }, 'applies'],
  ['... and not the address', places(['loc-gps']), { country: 'CH', gpsCountry: 'DE' }, 'notApplies'],
  ['... and depends on it', places(['All'], ['loc-gps']), { country: 'CH' }, 'conditional'],
  ['a way to find countries that came later is not judged', places(['loc-later']), { country: 'CH' }, 'unknown'],
  [
    'the trusted addresses of the old service settings cannot be read',
    places(['All'], ['00000000-0000-0000-0000-000000000000']),
    {},
    'unknown',
  ],
  ['an empty condition says nothing', places([]), {}, 'applies'],
  ['an exclusion from nothing is not judged', places([], ['AllTrusted']), {}, 'unknown'],
];

// Source: "Conditional Access: Conditions".
const CLIENTS: readonly Row[] = [
  ['all means every client', { clientAppTypes: ['all'] }, { clientAppType: 'other' }, 'applies'],
  ['an empty list means every client', { clientAppTypes: [] }, { clientAppType: 'other' }, 'applies'],
  [
    'a list of every kind of client depends on nothing',
    { clientAppTypes: ['other', 'browser', 'exchangeActiveSync', 'mobileAppsAndDesktopClients'] },
    { clientAppType: null },
    'applies',
  ],
  [
    'supported ActiveSync clients are not every ActiveSync client',
    { clientAppTypes: ['other', 'browser', 'easSupported', 'mobileAppsAndDesktopClients'] },
    { clientAppType: null },
    'conditional',
  ],
  ['a missing list means every client', { clientAppTypes: null }, { clientAppType: null }, 'applies'],
  ['a listed client matches', { clientAppTypes: ['browser'] }, { clientAppType: 'browser' }, 'applies'],
  [
    'another client does not',
    { clientAppTypes: ['browser'] },
    { clientAppType: 'mobileAppsAndDesktopClients' },
    'notApplies',
  ],
  [
    'old clients are not modern ones',
    { clientAppTypes: ['browser', 'mobileAppsAndDesktopClients'] },
    { clientAppType: 'other' },
    'notApplies',
  ],
  [
    'ActiveSync is a client of its own',
    { clientAppTypes: ['exchangeActiveSync'] },
    { clientAppType: 'exchangeActiveSync' },
    'applies',
  ],
  [
    'supported ActiveSync clients are those of supported platforms',
    { clientAppTypes: ['easSupported'] },
    { clientAppType: 'exchangeActiveSync', platform: 'iOS' },
    'applies',
  ],
  [
    'unsupported ActiveSync clients are left out',
    { clientAppTypes: ['easSupported'] },
    { clientAppType: 'exchangeActiveSync', platform: 'linux' },
    'notApplies',
  ],
  [
    'a client that was not given leaves it open',
    { clientAppTypes: ['browser'] },
    { clientAppType: null },
    'conditional',
  ],
  ['a client type that is not known is not judged', { clientAppTypes: ['unknownFutureValue'] }, {}, 'unknown'],
];

const PLATFORMS: readonly Row[] = [
  [
    'all includes an unsupported platform',
    { platforms: { includePlatforms: ['all'] } },
    { platform: 'chromeOS' },
    'applies',
  ],
  [
    'a listed platform matches without regard to case',
    { platforms: { includePlatforms: ['iOS'] } },
    { platform: 'ios' },
    'applies',
  ],
  ['another platform does not', { platforms: { includePlatforms: ['iOS'] } }, { platform: 'windows' }, 'notApplies'],
  [
    'exclusion wins',
    { platforms: { includePlatforms: ['all'], excludePlatforms: ['windows'] } },
    { platform: 'windows' },
    'notApplies',
  ],
  [
    'an exclusion keeps the others',
    { platforms: { includePlatforms: ['all'], excludePlatforms: ['macOS'] } },
    { platform: 'linux' },
    'applies',
  ],
  [
    'a platform that was not given leaves it open',
    { platforms: { includePlatforms: ['iOS'] } },
    { platform: null },
    'conditional',
  ],
  [
    'an empty condition says nothing',
    { platforms: { includePlatforms: [], excludePlatforms: [] } },
    { platform: null },
    'applies',
  ],
  ['any platform needs no platform', { platforms: { includePlatforms: ['all'] } }, { platform: null }, 'applies'],
  [
    'any platform but one depends on the platform',
    { platforms: { includePlatforms: ['all'], excludePlatforms: ['iOS'] } },
    { platform: null },
    'conditional',
  ],
  [
    'a platform hidden from this reader weighs more than one not given',
    { platforms: { includePlatforms: ['iOS', 'unknownFutureValue'] } },
    { platform: null },
    'unknown',
  ],
  [
    'an exclusion from nothing is not judged',
    { platforms: { includePlatforms: [], excludePlatforms: ['iOS'] } },
    {},
    'unknown',
  ],
  [
    'an exclusion hidden from this reader may exclude',
    { platforms: { includePlatforms: ['all'], excludePlatforms: ['unknownFutureValue'] } },
    {},
    'unknown',
  ],
];

const flow = (transferMethods: unknown) => ({ authenticationFlows: { transferMethods } });

// Sources: "Conditional Access: Authentication flows"; "Conditional Access: Conditions" for risk.
const FLOWS_AND_RISK: readonly Row[] = [
  ['device code flow matches', flow('deviceCodeFlow'), { authenticationFlow: 'deviceCodeFlow' }, 'applies'],
  [
    'flows are a comma-joined text',
    flow('deviceCodeFlow,authenticationTransfer'),
    { authenticationFlow: 'authenticationTransfer' },
    'applies',
  ],
  ['an ordinary sign-in is none of them', flow('deviceCodeFlow'), { authenticationFlow: 'none' }, 'notApplies'],
  ['a flow that was not given leaves it open', flow('deviceCodeFlow'), { authenticationFlow: null }, 'conditional'],
  ['no flow configured says nothing', flow('none'), { authenticationFlow: null }, 'applies'],
  ['a flow that is not known is not judged', flow('carrierPigeon'), {}, 'unknown'],
  [
    'a sign-in risk that is listed matches',
    { signInRiskLevels: ['high', 'medium'] },
    { signInRisk: 'medium' },
    'applies',
  ],
  ['a lower sign-in risk does not', { signInRiskLevels: ['high'] }, { signInRisk: 'low' }, 'notApplies'],
  [
    'a sign-in risk that was not given leaves it open',
    { signInRiskLevels: ['high'] },
    { signInRisk: null },
    'conditional',
  ],
  [
    'every risk there is asks for none to be given',
    { signInRiskLevels: ['none', 'low', 'medium', 'high', 'hidden'] },
    { signInRisk: null },
    'applies',
  ],
  [
    'every risk but a hidden one leaves it open',
    { signInRiskLevels: ['none', 'low', 'medium', 'high'] },
    { signInRisk: null },
    'conditional',
  ],
  ['a user risk that is listed matches', { userRiskLevels: ['high'] }, { userRisk: 'high' }, 'applies'],
  ['a user risk is not a sign-in risk', { userRiskLevels: ['high'] }, { signInRisk: 'high' }, 'notApplies'],
  [
    'an insider risk that is listed matches',
    { insiderRiskLevels: 'moderate,elevated' },
    { insiderRisk: 'elevated' },
    'applies',
  ],
  [
    'an insider risk that is not listed does not',
    { insiderRiskLevels: 'elevated' },
    { insiderRisk: 'minor' },
    'notApplies',
  ],
  [
    'an insider risk that was not given leaves it open',
    { insiderRiskLevels: 'elevated' },
    { insiderRisk: null },
    'conditional',
  ],
];

const rule = (text: string, mode = 'include') => ({ devices: { deviceFilter: { mode, rule: text } } });
const device = (facts: NonNullable<SignIn['device']>): SignIn => ({ device: facts });
const INTUNE = '0000000a-0000-0000-c000-000000000000';
const NOT_SAW = 'device.extensionAttribute1 -ne "SAW"';
const UNMANAGED = {
  extensionAttribute1: 'SAW',
  isCompliant: false,
  trustType: 'Workplace',
  mdmAppId: null,
  model: 'y',
};
const STRAY = device(UNMANAGED);
const HALF_KNOWN = device({ extensionAttribute1: 'SAW', isCompliant: false, trustType: 'Workplace' });
const SAW = { extensionAttribute1: 'SAW', isCompliant: true, trustType: 'AzureAD', operatingSystem: 'Windows' };

// Source: "Conditional Access: Filter for devices", with its table of registered and unregistered devices.
const DEVICES: readonly Row[] = [
  ['equals matches', rule('device.extensionAttribute1 -eq "SAW"'), device(SAW), 'applies'],
  ['values ignore case', rule('device.extensionAttribute1 -eq "saw"'), device(SAW), 'applies'],
  [
    'an excluding filter takes the device out',
    rule('device.extensionAttribute1 -eq "SAW"', 'exclude'),
    device(SAW),
    'notApplies',
  ],
  [
    'a positive operator fails on an unregistered device',
    rule('device.isCompliant -eq True'),
    device('unregistered'),
    'notApplies',
  ],
  [
    'a negative operator holds for an unregistered device',
    rule('device.isCompliant -ne True'),
    device('unregistered'),
    'applies',
  ],
  [
    'an exclusion by a positive operator keeps unregistered devices in',
    rule('device.isCompliant -eq True', 'exclude'),
    device('unregistered'),
    'applies',
  ],
  ['truth is compared as text', rule('device.isCompliant -eq "True"'), device(SAW), 'applies'],
  ['startsWith compares the beginning', rule('device.operatingSystem -startsWith "Win"'), device(SAW), 'applies'],
  ['notStartsWith is its opposite', rule('device.operatingSystem -notStartsWith "Win"'), device(SAW), 'notApplies'],
  [
    'endsWith compares the end',
    rule('device.displayName -endsWith "-01"'),
    device({ displayName: 'kiosk-01' }),
    'applies',
  ],
  ['contains on text looks for a part', rule('device.model -contains "face"'), device({ model: 'Surface' }), 'applies'],
  [
    'contains on a list looks for a whole',
    rule('device.systemLabels -contains "Managed"'),
    device({ systemLabels: ['M365Managed'] }),
    'notApplies',
  ],
  [
    'contains on a list finds a whole',
    rule('device.systemLabels -contains "M365Managed"'),
    device({ systemLabels: ['M365Managed'] }),
    'applies',
  ],
  ['in compares with a list', rule('device.operatingSystem -in ["iOS", "Windows"]'), device(SAW), 'applies'],
  ['notIn is its opposite', rule('device.operatingSystem -notIn ["iOS"]'), device(SAW), 'applies'],
  // The table of supported operators and attributes.
  ['a list is no operator for trust', rule('device.trustType -in ["ServerAD"]'), device(SAW), 'unknown'],
  ['a part is no operator for compliance', rule('device.isCompliant -contains "True"'), device(SAW), 'unknown'],
  ['a whole is no operator for labels', rule('device.systemLabels -eq "x"'), device(SAW), 'unknown'],
  ['the name of an operator is not the operator', rule('device.model -equals "x"'), device(SAW), 'unknown'],
  // "Devices must be Microsoft Intune managed, compliant, or hybrid joined for a value to be available", and the table.
  [
    'an unmanaged device has no extension attributes',
    rule('device.extensionAttribute1 -eq "SAW"'),
    STRAY,
    'notApplies',
  ],
  [
    '... so that an exclusion by them keeps it in',
    rule('device.extensionAttribute1 -eq "SAW"', 'exclude'),
    STRAY,
    'applies',
  ],
  ['whether a negative operator reaches it is open', rule('device.extensionAttribute1 -ne "SAW"'), STRAY, 'unknown'],
  ['... as an exclusion too', rule('device.extensionAttribute1 -ne "SAW"', 'exclude'), STRAY, 'unknown'],
  ['... unless the rest of the rule fails', rule(`${NOT_SAW} -and device.model -eq "x"`), STRAY, 'notApplies'],
  ['Intune manages', rule(NOT_SAW), device({ ...UNMANAGED, mdmAppId: INTUNE }), 'notApplies'],
  ['hybrid joining counts as managing', rule(NOT_SAW), device({ ...UNMANAGED, trustType: 'ServerAD' }), 'notApplies'],
  ['whether it is managed may be open', rule('device.extensionAttribute1 -eq "SAW"'), HALF_KNOWN, 'conditional'],
  ['null asks for no part of a text', rule('device.model -startsWith null'), device({ model: null }), 'notApplies'],
  [
    'and needs both',
    rule('device.isCompliant -eq True -and device.trustType -eq "ServerAD"'),
    device(SAW),
    'notApplies',
  ],
  ['or needs one', rule('(device.isCompliant -eq True) -or (device.trustType -eq "ServerAD")'), device(SAW), 'applies'],
  [
    'and binds before or',
    rule('device.isCompliant -eq True -or device.model -eq "x" -and device.model -eq "y"'),
    device({ ...SAW, model: 'z' }),
    'applies',
  ],
  ['not turns an expression round', rule('-not (device.trustType -eq "ServerAD")'), device(SAW), 'applies'],
  [
    'operators need no hyphen',
    rule('device.isCompliant eq true and not device.trustType eq "ServerAD"'),
    device(SAW),
    'applies',
  ],
  ['null asks for an attribute that is not there', rule('device.mdmAppId -eq null'), device('unregistered'), 'applies'],
  [
    'the rule’s name for ownership finds Graph’s',
    rule('device.deviceOwnership -eq "Company"'),
    device({ ownership: 'Company' }),
    'applies',
  ],
  ['an attribute that was not given leaves it open', rule('device.model -eq "x"'), device(SAW), 'conditional'],
  ['a device that was not given leaves it open', rule('device.model -eq "x"'), { device: null }, 'conditional'],
  ['an undocumented attribute is not judged', rule('device.colour -eq "red"'), device(SAW), 'unknown'],
  ['an undocumented operator is not judged', rule('device.model -match "S.*"'), device(SAW), 'unknown'],
  ['a rule that stops in the middle is not judged', rule('device.model -eq "x" -and'), device(SAW), 'unknown'],
  ['an unclosed quotation is not judged', rule('device.model -eq "x'), device(SAW), 'unknown'],
  ['a mode that is not known is not judged', rule('device.model -eq "x"', 'both'), device(SAW), 'unknown'],
  [
    'the old device states are not judged',
    { devices: { includeDevices: ['All'], excludeDevices: ['Compliant'] } },
    device(SAW),
    'unknown',
  ],
  ['an empty condition says nothing', { devices: { deviceFilter: null } }, { device: null }, 'applies'],
];

// Source: conditionalAccessConditionSet; what Graph adds later must never be read as "no condition".
const STRANGE: readonly Row[] = [
  ['a kind of condition that is not known is not judged', { agentIdRiskLevels: 'high' }, {}, 'unknown'],
  [
    'an empty kind of condition that is not known says nothing',
    { times: null, deviceStates: {}, clients: [] },
    {},
    'applies',
  ],
  [
    'another condition that fails still decides',
    { agentIdRiskLevels: 'high', platforms: { includePlatforms: ['iOS'] } },
    {},
    'notApplies',
  ],
  [
    'the risk of service principals on a policy for users is not judged',
    { servicePrincipalRiskLevels: ['high'] },
    {},
    'unknown',
  ],
  [
    'all conditions must hold',
    { signInRiskLevels: ['high'], platforms: { includePlatforms: ['windows'] } },
    { signInRisk: 'high' },
    'applies',
  ],
  [
    'what is unknown weighs more than what is open',
    { agentIdRiskLevels: 'high', signInRiskLevels: ['high'] },
    { signInRisk: null },
    'unknown',
  ],
];

describe('under which conditions a policy applies', () => {
  it.each([...LOCATIONS, ...CLIENTS, ...PLATFORMS, ...FLOWS_AND_RISK, ...DEVICES, ...STRANGE])(
    '%s',
    (_rule, conditions, changes, expected) => {
      expect(resultOf({ conditions }, changes)).toBe(expected);
    },
  );
});

describe('places when named locations are few or not read', () => {
  const excludingTrusted = { conditions: places(['All'], ['AllTrusted']) };

  it('excludes nobody by AllTrusted in a tenant without a trusted location', () => {
    expect(resultOf(excludingTrusted, NOT_GIVEN, { ...TENANT, namedLocations: [] })).toBe('applies');
  });

  it('cannot judge AllTrusted when named locations were not read', () => {
    const { namedLocations: _, ...tenant } = TENANT;
    expect(resultOf(excludingTrusted, NOT_GIVEN, tenant)).toBe('unknown');
    expect(resultOf({ conditions: places(['All'], [OFFICE]) }, {}, tenant)).toBe('unknown');
  });

  // compliantNetworkNamedLocation: it can be marked as trusted, and AllTrusted is "all locations marked as trusted".
  it('cannot judge AllTrusted where a place of a kind not known is trusted', () => {
    const network = { id: 'loc-network', displayName: 'Compliant network', isTrusted: true };
    expect(resultOf(excludingTrusted, {}, { ...TENANT, namedLocations: [network] })).toBe('unknown');
    expect(resultOf(excludingTrusted, { trusted: false }, { ...TENANT, namedLocations: [network] })).toBe('applies');
  });

  const cidr = (cidrAddress: string) => ({ cidrAddress });

  it('does not judge a location with a range that cannot be read', () => {
    const broken = [
      { id: 'loc-broken', displayName: 'Broken', isTrusted: false, ipRanges: [{ cidrAddress: '203.0.113.0/99' }] },
    ];
    expect(resultOf({ conditions: places(['loc-broken']) }, {}, { ...TENANT, namedLocations: broken })).toBe('unknown');
  });

  // ipNamedLocation, ipRange: one range that holds the address suffices, whatever the others are.
  it.each<[string, string, readonly object[], string]>([
    ['in a range, beside a broken one', '203.0.113.7', ['203.0.113.0/99', '203.0.113.0/24'].map(cidr), 'applies'],
    ['outside of it', '192.0.2.7', ['203.0.113.0/99', '203.0.113.0/24'].map(cidr), 'unknown'],
    ['beside a range of a later kind', '203.0.113.7', [{ asn: 64500 }, cidr('203.0.113.0/24')], 'applies'],
    ['outside of it, beside a later kind', '192.0.2.7', [{ asn: 64500 }, cidr('203.0.113.0/24')], 'unknown'],
    ['between two addresses', '192.0.2.7', [{ lowerAddress: '192.0.2.1', upperAddress: '192.0.2.9' }], 'applies'],
    ['beyond two addresses', '192.0.2.10', [{ lowerAddress: '192.0.2.1', upperAddress: '192.0.2.9' }], 'notApplies'],
    ['between two in the wrong order', '192.0.2.7', [{ lowerAddress: '192.0.2.9', upperAddress: '::1' }], 'unknown'],
    ['at an IPv6 address alone', '2001:db8::1', [cidr('2001:db8:0::1')], 'applies'],
    ['at an IPv4 address alone, which is no range', '192.0.2.7', [cidr('192.0.2.7')], 'unknown'],
  ])('judges an address %s', (_claim, ipAddress, ipRanges, expected) => {
    const namedLocations = [{ id: 'loc-many', displayName: 'Many', isTrusted: false, ipRanges }];
    expect(resultOf({ conditions: places(['loc-many']) }, { ipAddress }, { ...TENANT, namedLocations })).toBe(expected);
  });
});
