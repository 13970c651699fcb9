import { describe, expect, it } from 'vitest';
import { isWithin, parseAddress, parseRange } from '../../src/sandbox/evaluator/network.ts';
import type { Circumstances } from '../../src/sandbox/evaluator/sign-in.ts';
import { judgeCase, verdictOf } from '../support/ca-tenant.ts';

type Expected = boolean | 'depends';
type Row = [claim: string, condition: unknown, signIn: Partial<Circumstances>, expected: Expected];

/** Runs rows on one condition of an otherwise wide policy; a failing condition gives the reason named. */
function table(key: string, reason: string, rows: Row[]): void {
  it.each(rows)('%s', (_, condition, signIn, expected) => {
    const verdict = verdictOf({ policy: { conditions: { [key]: condition } }, signIn });
    expect(verdict.applies).toBe(expected);
    expect(verdict.reasons).toEqual([expected === false ? reason : 'notSet']);
  });
}

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions#device-platforms
describe('device platforms', () => {
  const on = (includePlatforms: string[], excludePlatforms: string[] | null = []) => ({
    includePlatforms,
    excludePlatforms,
  });
  table('platforms', 'devicePlatform', [
    ['"The default is to apply to all device platforms"', null, { platform: 'linux' }, true],
    ['empty lists are the default', on([]), { platform: 'linux' }, true],
    ['any device', on(['all']), { platform: 'iOS' }, true],
    ['any device includes unsupported ones such as Chrome OS', on(['all']), { platform: null }, true],
    ['a chosen platform', on(['android', 'iOS']), { platform: 'iOS' }, true],
    ['a platform that is not chosen', on(['android', 'iOS']), { platform: 'windows' }, false],
    ['an unsupported platform is none of the chosen', on(['windows', 'macOS']), { platform: null }, false],
    [
      '"includes any device and excludes supported device platforms"',
      on(['all'], ['windows']),
      { platform: 'windows' },
      false,
    ],
    ['... which leaves the unsupported ones', on(['all'], ['windows', 'iOS', 'macOS']), { platform: null }, true],
    ['the words are read without case', on(['ios']), { platform: 'iOS' }, true],
    ['a platform that nobody tells leaves it open', on(['all'], ['iOS']), { platform: undefined }, 'depends'],
    ['"all" without exclusions asks for nothing', on(['all'], null), { platform: undefined }, true],
    ['a member that came later leaves it open', { ...on(['all']), later: ['x'] }, { platform: 'linux' }, 'depends'],
    ['a platform that Graph hides leaves it open', on(['unknownFutureValue']), { platform: 'linux' }, 'depends'],
  ]);
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions#client-apps
describe('client apps', () => {
  table('clientAppTypes', 'clientApps', [
    [
      '"apply to all client app types even if the client apps condition isn\'t configured"',
      [],
      { clientApp: 'other' },
      true,
    ],
    ['unset is the same', null, { clientApp: 'browser' }, true],
    [
      'each of the four is every client',
      ['browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other'],
      { clientApp: undefined },
      true,
    ],
    [
      'easSupported is not all of Exchange ActiveSync',
      ['browser', 'mobileAppsAndDesktopClients', 'easSupported', 'other'],
      { clientApp: undefined },
      'depends',
    ],
    ['all includes legacy clients', ['all'], { clientApp: 'other' }, true],
    ['browser', ['browser'], { clientApp: 'browser' }, true],
    ['browser is not an app', ['browser'], { clientApp: 'mobileAppsAndDesktopClients' }, false],
    ['other clients', ['exchangeActiveSync', 'other'], { clientApp: 'other' }, true],
    ['modern clients are not other clients', ['exchangeActiveSync', 'other'], { clientApp: 'browser' }, false],
    [
      'Exchange ActiveSync on any platform',
      ['exchangeActiveSync'],
      { clientApp: 'exchangeActiveSync', platform: null },
      true,
    ],
    [
      '"exchangeActiveSync includes EAS supported" platforms',
      ['exchangeActiveSync'],
      { clientApp: 'easSupported' },
      true,
    ],
    [
      'easSupported on "supported platforms (such as iOS ...)"',
      ['easSupported'],
      { clientApp: 'exchangeActiveSync', platform: 'iOS' },
      true,
    ],
    ['easSupported not on others', ['easSupported'], { clientApp: 'exchangeActiveSync', platform: null }, false],
    // https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset: no member of the enumeration any more.
    ['a type given up', ['easUnsupported'], { clientApp: 'exchangeActiveSync', platform: 'macOS' }, 'depends'],
    ['a client that nobody tells leaves it open', ['browser'], { clientApp: undefined }, 'depends'],
    ['a type not known here leaves it open', ['unknownFutureValue'], { clientApp: 'browser' }, 'depends'],
  ]);
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-assignment-network
describe('locations', () => {
  const at = (includeLocations: string[], excludeLocations: string[] | null = []) => ({
    includeLocations,
    excludeLocations,
  });
  const office = { ipAddress: '198.51.100.77', country: 'NL' };
  const officeV6 = { ipAddress: '2001:db8:1:7::1', country: 'NL' };
  const branch = { ipAddress: '192.0.2.200', country: 'NL' };
  const street = { ipAddress: '203.0.113.9', country: 'US' };
  const unmapped = { ipAddress: '203.0.113.9', country: null };
  table('locations', 'location', [
    ['"policies apply to all locations by default"', null, street, true],
    ['empty lists are the default', at([]), street, true],
    ['"Any location ... means any address on the Internet"', at(['All']), street, true],
    ['a selected location', at(['branch']), branch, true],
    ['an address outside of it', at(['branch']), { ipAddress: '192.0.2.100' }, false],
    ['"All locations marked as trusted locations" (IPv4)', at(['AllTrusted']), office, true],
    ['"All locations marked as trusted locations" (IPv6)', at(['AllTrusted']), officeV6, true],
    ['a location that is not marked is not trusted', at(['AllTrusted']), branch, false],
    ['"all locations except trusted locations", inside', at(['All'], ['AllTrusted']), office, false],
    ['"all locations except trusted locations", outside', at(['All'], ['AllTrusted']), street, true],
    ['exclusion wins over inclusion', at(['office'], ['office']), office, false],
    ['an IPv6 address in no range', at(['AllTrusted']), { ipAddress: '2001:db8:2::1' }, false],
    ['an IPv4 address written as IPv6', at(['AllTrusted']), { ipAddress: '::ffff:198.51.100.77' }, true],
    ['a country', at(['benelux']), branch, true],
    ['another country', at(['benelux']), street, false],
    ['the country is read without case', at(['benelux']), { country: 'be' }, true],
    ['"Include unknown countries/regions" chosen', at(['home-or-unknown']), unmapped, true],
    ['unknown countries not chosen', at(['benelux']), unmapped, false],
    ['GPS coordinates, not the address, where so defined', at(['gps']), { ...street, gpsCountry: 'NL' }, true],
    ['an address in the country does not make the GPS place', at(['gps']), { ...branch, gpsCountry: 'DE' }, false],
    ['a deleted location holds no address', at(['gone']), street, false],
    ['the MFA trusted IPs, which Graph does not give', at(['00000000-0000-0000-0000-000000000000']), office, 'depends'],
    ['an address that is none leaves it open', at(['office']), { ipAddress: '198.51.100' }, 'depends'],
    ['an address that nobody tells leaves it open', at(['All'], ['AllTrusted']), { ipAddress: undefined }, 'depends'],
    [
      'a country that nobody tells leaves it open',
      at(['benelux']),
      { ipAddress: '192.0.2.1', country: undefined },
      'depends',
    ],
    ['a country location does not ask for the address', at(['benelux']), { ipAddress: undefined, country: 'NL' }, true],
    ['no address is at no place', at(['office', 'home-or-unknown']), { ipAddress: null, country: null }, false],
  ]);

  it('does not know locations of another kind', () => {
    const location = { '@odata.type': '#microsoft.graph.compliantNetworkNamedLocation', id: 'network' };
    const verdict = verdictOf({
      policy: { conditions: { locations: at(['network']) } },
      tenant: { namedLocations: [location] },
    });
    expect(verdict.applies).toBe('depends');
    expect(verdict.notUnderstood).toHaveLength(1);
  });

  it('leaves open a condition that excludes without including', () => {
    const verdict = verdictOf({ policy: { conditions: { locations: at([], ['office']) } } });
    expect(verdict).toMatchObject({ applies: 'depends', notUnderstood: ['locations.includeLocations'] });
  });

  // https://learn.microsoft.com/graph/api/resources/countrynamedlocation
  it('does not know ways to find a country that came later', () => {
    const location = {
      '@odata.type': '#microsoft.graph.countryNamedLocation',
      id: 'later',
      countriesAndRegions: ['NL'],
      countryLookupMethod: 'unknownFutureValue',
    };
    const verdict = verdictOf({
      policy: { conditions: { locations: at(['later']) } },
      tenant: { namedLocations: [location] },
    });
    expect(verdict.applies).toBe('depends');
  });
});

// https://learn.microsoft.com/graph/api/resources/ipnamedlocation
describe('address ranges', () => {
  it.each<[string, string, boolean]>([
    ['12.34.220.1', '12.34.221.11/22', true],
    ['12.34.224.1', '12.34.221.11/22', false],
    ['6.5.4.3', '6.5.4.3/32', true],
    ['6.5.4.4', '6.5.4.3/32', false],
    ['2001:0:9d38:90d7::1', '2001:0:9d38:90d6:0:0:0:0/63', true],
    ['2001:0:9d38:90d8::1', '2001:0:9d38:90d6:0:0:0:0/63', false],
    ['2001:4898:80e8:ffff::1', '2001:4898:80e8:7:d92a:7695:fda1:9d62/48', true],
    ['::1', '::/0', true],
    ['1.2.3.4', '::/0', false],
    ['1.2.3.4', '0.0.0.0/0', true],
    ['1.2.3.4', '1.2.3.4/33', false],
    ['1.2.3.4', '1.2.3.4', false],
    ['2001:db8::1', '2001:DB8::1/128', true],
  ])('%s in %s: %s', (address, range, expected) => {
    const parsed = parseAddress(address);
    const read = parseRange(range);
    expect(parsed !== null && read !== null && isWithin(parsed, read)).toBe(expected);
  });

  // https://learn.microsoft.com/graph/api/resources/iprange; of kinds that came later nothing is known.
  const cidr = (cidrAddress: string) => ({ cidrAddress });
  it.each<[string, string, readonly object[], Expected]>([
    ['between two addresses', '1.2.3.7', [{ lowerAddress: '1.2.3.4', upperAddress: '1.2.3.9' }], true],
    ['beyond two addresses', '1.2.3.10', [{ lowerAddress: '1.2.3.4', upperAddress: '1.2.3.9' }], false],
    ['outside of a range, beside one of a later kind', '9.9.9.9', [cidr('1.2.3.0/24'), { asn: 64500 }], 'depends'],
    ['outside of a range, beside a broken one', '9.9.9.9', [cidr('1.2.3.0/24'), cidr('1.2.3.4/33')], 'depends'],
    ['outside of a range, beside an IPv4 address alone', '9.9.9.9', [cidr('9.9.9.9')], 'depends'],
    ['an IPv6 address alone', '2001:db8::1', [cidr('2001:db8::1')], true],
    ['in a range, beside one of a later kind', '1.2.3.7', [{ asn: 64500 }, cidr('1.2.3.0/24')], true],
  ])('%s', (_claim, ipAddress, ipRanges, expected) => {
    const place = { '@odata.type': '#microsoft.graph.ipNamedLocation', id: 'place', isTrusted: false, ipRanges };
    const verdict = verdictOf({
      policy: { conditions: { locations: { includeLocations: ['place'] } } },
      signIn: { ipAddress },
      tenant: { namedLocations: [place] },
    });
    expect(verdict.applies).toBe(expected);
  });

  it.each([
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    ':::1',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4::5:6:7:8',
    '12345::',
    'street',
    '',
  ])('"%s" is no address', (text) => expect(parseAddress(text)).toBeNull());
});

// https://learn.microsoft.com/graph/api/resources/signin: "hidden" is who was not enabled for ID Protection.
const EACH_RISK = ['none', 'low', 'medium', 'high', 'hidden'];

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions#sign-in-risk
describe('sign-in risk', () => {
  table('signInRiskLevels', 'signInRisk', [
    ['no level chosen: not configured', [], { signInRisk: 'high' }, true],
    ['unset: not configured', null, { signInRisk: undefined }, true],
    ['a chosen level', ['high', 'medium'], { signInRisk: 'medium' }, true],
    ['a higher level is not the chosen one', ['medium'], { signInRisk: 'high' }, false],
    ['no risk is a level of its own', ['none'], { signInRisk: 'none' }, true],
    ['no risk is not low', ['low'], { signInRisk: 'none' }, false],
    ['a risk that nobody tells leaves it open', ['high'], { signInRisk: undefined }, 'depends'],
    ['each level there is asks for nothing', EACH_RISK, { signInRisk: undefined }, true],
    ['a risk that is hidden is a level', ['none', 'low', 'medium', 'high'], { signInRisk: undefined }, 'depends'],
  ]);
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions#user-risk
describe('user risk', () => {
  table('userRiskLevels', 'userRisk', [
    ['a chosen level', ['high'], { userRisk: 'high' }, true],
    ['another level', ['high'], { userRisk: 'low' }, false],
    ['sign-in risk is not user risk', ['high'], { userRisk: 'none', signInRisk: 'high' }, false],
    ['a risk that nobody tells leaves it open', ['high'], { userRisk: undefined }, 'depends'],
  ]);
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions#insider-risk
describe('insider risk', () => {
  table('insiderRiskLevels', 'insiderRisk', [
    ['a level of the flags', 'moderate,elevated', { insiderRisk: 'elevated' }, true],
    ['a level that is not among them', 'moderate,elevated', { insiderRisk: 'minor' }, false],
    ['unset', null, { insiderRisk: 'elevated' }, true],
  ]);
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-authentication-flows
describe('authentication flows', () => {
  const flows = (transferMethods: string) => ({ transferMethods });
  table('authenticationFlows', 'authenticationFlow', [
    ['unset', null, { transferMethod: 'deviceCodeFlow' }, true],
    ['device code flow', flows('deviceCodeFlow'), { transferMethod: 'deviceCodeFlow' }, true],
    [
      'the flows are flags in one text',
      flows('deviceCodeFlow,authenticationTransfer'),
      { transferMethod: 'authenticationTransfer' },
      true,
    ],
    ['another flow', flows('authenticationTransfer'), { transferMethod: 'deviceCodeFlow' }, false],
    ['an ordinary sign-in', flows('deviceCodeFlow'), { transferMethod: 'none' }, false],
    ['a flow that nobody tells leaves it open', flows('deviceCodeFlow'), { transferMethod: undefined }, 'depends'],
  ]);
});

// https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset
describe('conditions that are not known', () => {
  it.each<[string, Record<string, unknown>, Expected]>([
    ['times', { times: { excludedRanges: ['x'] } }, 'depends'],
    ['a kind from the future', { agentRiskLevels: ['high'] }, 'depends'],
    // "Either users or clientApplications is required", and the risk of workload identities is none of a person.
    ['workload identities beside users', { clientApplications: { includeServicePrincipals: ['own-app'] } }, 'depends'],
    ['risk of workload identities beside users', { servicePrincipalRiskLevels: ['high'] }, 'depends'],
    ['the same unset', { times: null, deviceStates: null, clients: null, agentRiskLevels: [] }, true],
    ['an annotation alone says nothing', { clients: { '@odata.type': '#x' } }, true],
    ['the same empty within', { deviceStates: { includeStates: [], excludeStates: [] } }, true],
  ])('%s', (_, conditions, expected) => {
    expect(verdictOf({ policy: { conditions } }).applies).toBe(expected);
  });

  it('a condition that fails decides whatever is not known', () => {
    const conditions = { times: { excludedRanges: ['x'] }, clientAppTypes: ['browser'] };
    const verdict = verdictOf({ policy: { conditions }, signIn: { clientApp: 'other' } });
    expect(verdict).toMatchObject({ applies: false, reasons: ['clientApps'], notUnderstood: [] });
  });

  it('an open policy makes the outcome depend, never certain', () => {
    const conditions = { signInRiskLevels: ['high'] };
    const { outcome } = judgeCase({ policy: { conditions }, signIn: { signInRisk: undefined } });
    expect(outcome).toMatchObject({ mfaRequired: 'depends', blocked: false });
  });

  it('an open policy that blocks makes the block depend', () => {
    const policy = {
      conditions: { signInRiskLevels: ['high'] },
      grant: { operator: 'OR', builtInControls: ['block'] },
    };
    expect(judgeCase({ policy, signIn: { signInRisk: undefined } }).outcome.blocked).toBe('depends');
  });

  it('every fact that is missing is named', () => {
    const conditions = { signInRiskLevels: ['high'], platforms: { includePlatforms: ['iOS'] } };
    const verdict = verdictOf({ policy: { conditions }, signIn: { signInRisk: undefined, platform: undefined } });
    expect(verdict.dependsOn).toEqual(['devicePlatform', 'signInRiskLevel']);
  });
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-policies
describe('"All assignments are logically ANDed"', () => {
  it.each<[string, Partial<Circumstances>, string]>([
    ['the platform fails', { platform: 'macOS' }, 'devicePlatform'],
    ['the client fails', { clientApp: 'other' }, 'clientApps'],
    ['the place fails', { ipAddress: '198.51.100.1' }, 'location'],
    ['the first failing condition is the reason', { platform: 'macOS', clientApp: 'other' }, 'devicePlatform'],
    ['all hold', {}, 'notSet'],
  ])('%s', (_, signIn, reason) => {
    const conditions = {
      platforms: { includePlatforms: ['windows'] },
      clientAppTypes: ['browser'],
      locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
    };
    const verdict = verdictOf({ policy: { conditions }, signIn });
    expect(verdict.reasons).toEqual([reason]);
    expect(verdict.applies).toBe(reason === 'notSet');
  });
});
