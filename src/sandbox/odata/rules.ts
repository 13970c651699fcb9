import type { Expression } from './filter.ts';

/** What a resource lets one filter by: property path to operators, functions included (`startswith`, `any`). */
export type FilterRules = Record<string, string>;

export type FilterVerdict =
  | { ok: true; advanced: false }
  | { ok: true; advanced: true; operator: string }
  | { ok: false; property: string };

/**
 * Looks whether every clause of a filter is one that the resource supports, and whether one of them needs the
 * advanced capabilities (`ne`, `not`, `endsWith`).
 */
export function checkFilter(expression: Expression, rules: FilterRules): FilterVerdict {
  return check(expression, rules, '');
}

function check(expression: Expression, rules: FilterRules, prefix: string): FilterVerdict {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return both(check(expression.left, rules, prefix), check(expression.right, rules, prefix));
    case 'not': {
      const inner = check(expression.inner, rules, prefix);
      return inner.ok ? { ok: true, advanced: true, operator: 'not' } : inner;
    }
    case 'compare':
      return clause(rules, join(prefix, expression.path), expression.operator);
    case 'in':
      return clause(rules, join(prefix, expression.path), 'in');
    case 'text':
      return clause(rules, join(prefix, expression.path), expression.name);
    case 'any': {
      const path = join(prefix, expression.path);
      const list = clause(rules, path, 'any');
      return expression.inner === null ? list : both(list, check(expression.inner, rules, `${path}/*`));
    }
  }
}

const ADVANCED = new Set(['ne', 'endswith']);

function clause(rules: FilterRules, path: string, operator: string): FilterVerdict {
  const allowed = rules[path]?.split(' ') ?? [];
  if (!allowed.includes(operator)) return { ok: false, property: path.split('/')[0] ?? path };
  if (!ADVANCED.has(operator)) return { ok: true, advanced: false };
  return { ok: true, advanced: true, operator: operator === 'endswith' ? 'endsWith' : 'NotEqualsMatch' };
}

function both(a: FilterVerdict, b: FilterVerdict): FilterVerdict {
  if (!a.ok || a.advanced) return b.ok || !a.ok ? a : b;
  return b;
}

function join(prefix: string, path: string): string {
  if (prefix === '') return path;
  return path === '' ? prefix : `${prefix}/${path}`;
}
