import { describe, expect, it } from 'vitest';
import { matchesDeviceRule } from '../../src/sandbox/evaluator/device-filter.ts';
import { verdictOf } from '../support/ca-tenant.ts';

const LAPTOP = {
  deviceId: '90000000-0000-4000-8000-0000000000d1',
  displayName: 'LAPTOP-ABC-7',
  isCompliant: true,
  manufacturer: 'Northwind',
  mdmAppId: '0000000a-0000-0000-c000-000000000000',
  model: 'Slate 7',
  operatingSystem: 'Windows',
  operatingSystemVersion: '10.0.19045',
  ownership: 'Company',
  physicalIds: ['[ZTDId]:value', '[OrderId]:7'],
  profileType: 'RegisteredDevice',
  systemLabels: ['M365Managed'],
  trustType: 'AzureAD',
  enrollmentProfileName: 'AutoPilot Profile A',
  extensionAttribute1: 'SAW',
};

// https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices#supported-operators-and-device-properties-for-filters
describe('rules on a registered device: the examples of the table and their opposites', () => {
  it.each<[string, boolean]>([
    ['(device.deviceid -eq "90000000-0000-4000-8000-0000000000D1")', true],
    ['device.deviceId -in ["x", "90000000-0000-4000-8000-0000000000d1"]', true],
    ['(device.displayName -contains "ABC")', true],
    ['(device.displayName -notContains "abc")', false],
    ['(device.deviceOwnership -eq "Company")', true],
    ['(device.deviceOwnership -ne "Company")', false],
    ['(device.enrollmentProfileName -startsWith "AutoPilot Profile")', true],
    ['(device.isCompliant -eq "True")', true],
    ['device.isCompliant -eq True', true],
    ['device.isCompliant -eq "False"', false],
    ['(device.manufacturer -startsWith "Microsoft")', false],
    ['(device.mdmAppId -in ["0000000a-0000-0000-c000-000000000000"])', true],
    ['(device.model -notContains "Surface")', true],
    ['(device.operatingSystem -eq "Windows")', true],
    ['(device.operatingSystemVersion -in ["10.0.18363", "10.0.19041"])', false],
    ['device.operatingSystemVersion -notIn ["10.0.18363", "10.0.19041"]', true],
    ['device.operatingSystemVersion -endsWith "19045"', true],
    ['device.operatingSystemVersion -notEndsWith "19045"', false],
    ['(device.physicalIds -contains "[ZTDId]:value")', true],
    ['(device.profileType -eq "Printer")', false],
    ['(device.systemLabels -contains "M365Managed")', true],
    ['(device.trustType -eq "ServerAD")', false],
    ['(device.extensionAttribute1 -eq "SAW")', true],
    ['(device.extensionAttribute2 -eq "SAW")', false],
    ['(device.extensionAttribute2 -ne "SAW")', true],
  ])('%s: %s', (rule, expected) => {
    expect(matchesDeviceRule(rule, LAPTOP)).toBe(expected ? 'yes' : 'no');
  });

  it('a collection contains whole texts, a text contains parts', () => {
    expect(matchesDeviceRule('device.physicalIds -contains "[ZTDId]"', LAPTOP)).toBe('no');
    expect(matchesDeviceRule('device.physicalIds -notContains "[ZTDId]"', LAPTOP)).toBe('yes');
    expect(matchesDeviceRule('device.operatingSystem -contains "ndow"', LAPTOP)).toBe('yes');
  });
});

// https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership#operator-precedence
describe('rules of several expressions', () => {
  const yes = 'device.isCompliant -eq "True"';
  const no = 'device.operatingSystem -eq "iOS"';
  it.each<[string, boolean]>([
    [`${yes} -and ${no}`, false],
    [`${yes} -or ${no}`, true],
    [`${yes} -or ${no} -and ${no}`, true],
    [`(${yes} -or ${no}) -and ${no}`, false],
    [`-not ${no} -and ${yes}`, true],
    [`-not (${no} -or ${yes})`, false],
    [`-not -not (${yes})`, true],
    [`((${yes}))`, true],
    [`${yes} AND NOT ${no}`, true],
    [`${yes} –and ${yes}`, true],
    ["device.operatingSystem -eq 'Windows'", true],
    ['device.displayName -eq null', false],
    ['device.displayName -ne null', true],
    ['device.displayName -eq "null"', false],
    ['device.extensionAttribute9 -eq null', true],
    ['device.extensionAttribute9 -eq "null"', false],
  ])('%s: %s', (rule, expected) => {
    expect(matchesDeviceRule(rule, LAPTOP)).toBe(expected ? 'yes' : 'no');
  });
});

describe('rules that the documents do not have', () => {
  it.each([
    '',
    'device.isCompliant',
    'device.isCompliant -eq',
    'device.isCompliant -like "x"',
    'device.isCompliant -eq "True" -and',
    '(device.isCompliant -eq "True"',
    'device.isCompliant -eq "True")',
    'device.isCompliant -eq "True',
    'device.trustType -contains "AD"',
    'device.deviceId -startsWith "9"',
    'device.physicalIds -eq "x"',
    'device.serialNumber -eq "7"',
    'user.department -eq "Sales"',
    'device.extensionAttribute16 -eq "x"',
    'device.model -in "x"',
    `device.model -eq "${'x'.repeat(3100)}"`,
  ])('leave it open: %s', (rule) => {
    expect(matchesDeviceRule(rule, LAPTOP)).toMatchObject({ because: 'notUnderstood' });
  });
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices#policy-behavior-with-filter-for-devices
describe('when the filter applies', () => {
  const unmanaged = { ...LAPTOP, isCompliant: false, mdmAppId: null, trustType: 'Workplace' };
  const positives = ['-eq "SAW"', '-startsWith "S"', '-endsWith "W"', '-contains "A"', '-in ["SAW"]'];
  const negatives = ['-ne "x"', '-notStartsWith "x"', '-notEndsWith "x"', '-notContains "x"', '-notIn ["x"]'];
  it.each(positives)('positive operator, unregistered device: no (%s)', (operator) => {
    expect(matchesDeviceRule(`device.model ${operator}`, null)).toBe('no');
    expect(matchesDeviceRule(`device.extensionAttribute1 ${operator}`, null)).toBe('no');
  });
  it.each(negatives)('negative operator, unregistered device: yes (%s)', (operator) => {
    expect(matchesDeviceRule(`device.model ${operator}`, null)).toBe('yes');
    expect(matchesDeviceRule(`device.extensionAttribute1 ${operator}`, null)).toBe('yes');
  });
  // The warning says that such a device has no "value ... available", the table that the policy does not apply to it.
  it('extension attributes of a device that is neither managed, compliant nor hybrid joined: no, or nobody knows', () => {
    expect(matchesDeviceRule('device.extensionAttribute1 -eq "SAW"', unmanaged)).toBe('no');
    expect(matchesDeviceRule('device.extensionAttribute1 -ne "x" -and device.model -eq "?"', unmanaged)).toBe('no');
    expect(matchesDeviceRule('device.extensionAttribute1 -ne "x"', unmanaged)).toMatchObject({
      because: 'notUnderstood',
    });
    const either = 'device.isCompliant -eq "False" -or device.extensionAttribute1 -eq "SAW"';
    expect(matchesDeviceRule(either, unmanaged)).toMatchObject({ because: 'notUnderstood' });
  });
  it.each([
    ['managed by Intune', { ...unmanaged, mdmAppId: LAPTOP.mdmAppId }],
    ['compliant', { ...unmanaged, isCompliant: true }],
    ['hybrid joined', { ...unmanaged, trustType: 'ServerAD' }],
  ])('extension attributes of a device that is %s: if the criteria are met', (_, device) => {
    expect(matchesDeviceRule('device.extensionAttribute1 -eq "SAW"', device)).toBe('yes');
    expect(matchesDeviceRule('device.extensionAttribute1 -ne "SAW"', device)).toBe('no');
  });
});

describe('the condition in a policy', () => {
  const filter = (mode: string, rule = 'device.isCompliant -eq "True"') => ({ deviceFilter: { mode, rule } });
  it.each<[string, unknown, Record<string, unknown> | null | undefined, boolean | 'depends']>([
    ['unset', null, null, true],
    ['unset within', { deviceFilter: null }, null, true],
    ['include mode, matching device', filter('include'), LAPTOP, true],
    ['include mode, other device', filter('include'), { isCompliant: false }, false],
    ['include mode, unregistered device', filter('include'), null, false],
    ['exclude mode, matching device', filter('exclude'), LAPTOP, false],
    ['exclude mode, other device', filter('exclude'), { isCompliant: false }, true],
    ['exclude mode, unregistered device', filter('exclude'), null, true],
    // "excluding a filter for devices using rule expression device.extensionAttribute1 equals SAW and ... Block"
    [
      'the workstation of the page is excluded',
      filter('exclude', 'device.extensionAttribute1 -eq "SAW"'),
      LAPTOP,
      false,
    ],
    ['exclude mode, negative operator, unregistered device', filter('exclude', 'device.model -ne "x"'), null, false],
    ['a device that nobody tells', filter('include'), undefined, 'depends'],
    ['a mode not known', filter('sometimes'), LAPTOP, 'depends'],
    ['a rule not understood', filter('include', 'device.age -gt 7'), LAPTOP, 'depends'],
    ['device lists of the beta version', { includeDevices: ['All'], excludeDevices: ['Compliant'] }, LAPTOP, 'depends'],
  ])('%s', (_, devices, device, expected) => {
    const verdict = verdictOf({ policy: { conditions: { devices } }, signIn: { device } });
    expect(verdict.applies).toBe(expected);
    if (expected === false) expect(verdict.reasons).toEqual(['devices']);
  });
});
