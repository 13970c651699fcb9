/**
 * Filters over custom security attributes of service principals, used to choose applications and workload
 * identities: `CustomSecurityAttribute.Set_Attribute -contains "value"`.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-filter-for-applications
 */
import type { GraphObject } from '../world/world.ts';
import { type Answer, notUnderstood, yesIf } from './answers.ts';
import { type Comparison, compareCollection, compareText, evaluateRule, parseRule } from './filter-rule.ts';
import { isObject, textAt, wordsAt } from './wire.ts';

/**
 * Whether a service principal matches the rule. Open when the rule cannot be read or the attributes were not read
 * (Graph gives `customSecurityAttributes` only when it is selected and to callers with a role of its own).
 */
export function matchesSecurityAttributes(filter: GraphObject, principal: GraphObject | undefined): Answer {
  const rule = parseRule(textAt(filter, 'rule') ?? '');
  if (rule === null) return notUnderstood('applicationFilter.rule');
  // An app without a service principal in the tenant carries no attributes: "it can't be targeted".
  if (principal === undefined) return 'no';
  const sets = principal.customSecurityAttributes;
  if (sets === undefined) return notUnderstood('customSecurityAttributes');
  return yesIf(evaluateRule(rule, (comparison) => attributeCompares(comparison, isObject(sets) ? sets : {})));
}

function attributeCompares(comparison: Comparison, sets: GraphObject): boolean {
  const [owner, name = ''] = comparison.property.split('.');
  if (owner !== 'customsecurityattribute') return false;
  const holder = Object.entries(sets).find(([set]) => name.startsWith(`${set.toLowerCase()}_`));
  if (holder === undefined || !isObject(holder[1])) return compareText(null, comparison);
  const [set, attributes] = holder;
  const key = Object.keys(attributes).find((candidate) => name === `${set}_${candidate}`.toLowerCase());
  if (key === undefined) return compareText(null, comparison);
  if (Array.isArray(attributes[key])) return compareMany(wordsAt(attributes, key), comparison);
  return compareText(textAt(attributes, key), comparison);
}

/** Of a multi-valued attribute a negative operator asks that no value is meant, a positive one that some value is. */
function compareMany(values: readonly string[], comparison: Comparison): boolean {
  if (comparison.operator === 'contains' || comparison.operator === 'notcontains') {
    return compareCollection(values, comparison);
  }
  const isNegative = comparison.operator === 'ne' || comparison.operator.startsWith('not');
  const test = (value: string): boolean => compareText(value, comparison);
  return isNegative ? values.every(test) : values.some(test);
}
