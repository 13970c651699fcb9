/**
 * Filter for devices.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices
 */
import type { GraphObject } from '../world/world.ts';
import { type Answer, type Finding, not, notGiven, notUnderstood, yesIf } from './answers.ts';
import {
  type Comparison,
  compareCollection,
  compareText,
  comparisonsOf,
  evaluateRule,
  parseRule,
  type Rule,
} from './filter-rule.ts';
import { objectAt, saysNothing, textAt, unknownKeys, wordsAt } from './wire.ts';

/** Kinds of attribute, by the operators that the table "Supported operators and device properties" gives them. */
type AttributeKind = 'id' | 'choice' | 'text' | 'collection';

const OPERATORS_OF: Record<AttributeKind, readonly string[]> = {
  choice: ['eq', 'ne'],
  id: ['eq', 'ne', 'in', 'notin'],
  collection: ['contains', 'notcontains'],
  text: [
    'eq',
    'ne',
    'startswith',
    'notstartswith',
    'endswith',
    'notendswith',
    'contains',
    'notcontains',
    'in',
    'notin',
  ],
};

/** Attribute of the rule, in lower case, to the property of Graph's `deviceInfo` and its kind. */
const ATTRIBUTES = new Map<string, { property: string; kind: AttributeKind }>([
  ['deviceid', { property: 'deviceId', kind: 'id' }],
  ['displayname', { property: 'displayName', kind: 'text' }],
  ['deviceownership', { property: 'ownership', kind: 'choice' }],
  ['enrollmentprofilename', { property: 'enrollmentProfileName', kind: 'text' }],
  ['iscompliant', { property: 'isCompliant', kind: 'choice' }],
  ['manufacturer', { property: 'manufacturer', kind: 'text' }],
  ['mdmappid', { property: 'mdmAppId', kind: 'id' }],
  ['model', { property: 'model', kind: 'text' }],
  ['operatingsystem', { property: 'operatingSystem', kind: 'text' }],
  ['operatingsystemversion', { property: 'operatingSystemVersion', kind: 'text' }],
  ['physicalids', { property: 'physicalIds', kind: 'collection' }],
  ['profiletype', { property: 'profileType', kind: 'choice' }],
  ['systemlabels', { property: 'systemLabels', kind: 'collection' }],
  ['trusttype', { property: 'trustType', kind: 'choice' }],
  ...Array.from(
    { length: 15 },
    (_, index) =>
      [
        `extensionattribute${index + 1}`,
        { property: `extensionAttribute${index + 1}`, kind: 'text' satisfies AttributeKind },
      ] as const,
  ),
]);

/** The mobile device management app of Microsoft Intune, as `mdmAppId` of a managed device. */
const INTUNE_APP_ID = '0000000a-0000-0000-c000-000000000000';

/** Whether the device is one that the policy is about; a policy without the filter is about all devices. */
export function devicesFinding(conditions: GraphObject, device: GraphObject | null | undefined): Finding {
  const devices = objectAt(conditions, 'devices');
  const unknown = unknownKeys(devices, ['deviceFilter']);
  if (unknown.length > 0) return { answer: notUnderstood(`devices.${unknown.join()}`), reason: 'devices' };
  const filter = objectAt(devices, 'deviceFilter');
  if (saysNothing(filter)) return { answer: 'yes', reason: 'devices' };
  const matches = matchesDeviceRule(textAt(filter, 'rule') ?? '', device);
  switch (textAt(filter, 'mode')?.toLowerCase() ?? '') {
    case 'include':
      return { answer: matches, reason: 'devices' };
    case 'exclude':
      return { answer: not(matches), reason: 'devices' };
    default:
      return { answer: notUnderstood('devices.deviceFilter.mode'), reason: 'devices' };
  }
}

/**
 * Whether a device matches a rule. Of a device that is not registered (`null`) "all device properties are considered
 * as null values". Of a registered one the page says two things about a rule with extensionAttributes: that a value is
 * only "available" if the device is managed by Intune, compliant or hybrid joined (warning below the table of
 * attributes), and that otherwise the policy does not apply, whatever the operator (table "Policy behavior with filter
 * for devices"). A negative operator tells the two apart, and then nobody knows.
 */
export function matchesDeviceRule(text: string, device: GraphObject | null | undefined): Answer {
  const rule = parseRule(text);
  if (rule === null || !isSupported(rule)) return notUnderstood('devices.deviceFilter.rule');
  if (device === undefined) return notGiven('deviceInfo');
  const matches = evaluateRule(rule, (comparison) => deviceCompares(comparison, device));
  const isUndocumented = matches && device !== null && asksForMissingValues(rule, device);
  return isUndocumented ? notUnderstood('extensionAttributes of a device that is not managed') : yesIf(matches);
}

function asksForMissingValues(rule: Rule, device: GraphObject): boolean {
  const asked = comparisonsOf(rule).map((comparison) => attributeOf(comparison)?.property ?? '');
  return asked.some(isExtension) && !hasExtensionAttributes(device);
}

function isExtension(property: string): boolean {
  return property.startsWith('extensionAttribute');
}

function isSupported(rule: Rule): boolean {
  return comparisonsOf(rule).every((comparison) => {
    const attribute = attributeOf(comparison);
    return attribute !== undefined && OPERATORS_OF[attribute.kind].includes(comparison.operator);
  });
}

function attributeOf(comparison: Comparison): { property: string; kind: AttributeKind } | undefined {
  const [owner, name, ...rest] = comparison.property.split('.');
  return owner === 'device' && name !== undefined && rest.length === 0 ? ATTRIBUTES.get(name) : undefined;
}

function deviceCompares(comparison: Comparison, device: GraphObject | null): boolean {
  const attribute = attributeOf(comparison);
  if (attribute === undefined) return false;
  if (device === null) return compareText(null, comparison);
  if (isExtension(attribute.property) && !hasExtensionAttributes(device)) return compareText(null, comparison);
  if (attribute.kind === 'collection') return compareCollection(wordsAt(device, attribute.property), comparison);
  const value = device[attribute.property];
  const isPlain = typeof value === 'string' || typeof value === 'boolean';
  return compareText(isPlain ? String(value) : null, comparison);
}

function hasExtensionAttributes(device: GraphObject): boolean {
  return (
    device.isCompliant === true ||
    textAt(device, 'trustType')?.toLowerCase() === 'serverad' ||
    textAt(device, 'mdmAppId')?.toLowerCase() === INTUNE_APP_ID
  );
}
