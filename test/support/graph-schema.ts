import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Microsoft's published metadata and examples, where they lie beside the project. */
const CONTRACTS = resolve('..', 'shared', 'contracts', 'graph');

type TypeEntry = { base?: string; props?: Record<string, string>; nav?: Record<string, string> };
type Schema = {
  entityTypes: Record<string, TypeEntry>;
  complexTypes: Record<string, TypeEntry>;
  enums: Record<string, unknown>;
};

export const hasContracts = existsSync(join(CONTRACTS, 'schema-trimmed.json'));

/** Reads the metadata; only where `hasContracts`. */
export function readSchema(): Schema {
  return JSON.parse(readFileSync(join(CONTRACTS, 'schema-trimmed.json'), 'utf8')) as Schema;
}

/** Reads one official example. */
export function readExample(name: string): unknown {
  return JSON.parse(readFileSync(join(CONTRACTS, 'examples', `${name}.json`), 'utf8'));
}

/**
 * Compares a value with a type of the metadata. Gives one line for each property that is not declared, each member
 * that an enumeration does not have, and each value of another kind.
 */
export function findDeviations(schema: Schema, value: unknown, type: string, at = type): string[] {
  const isRequired = type.endsWith('!');
  const name = type.replace(/!$/, '');
  if (value === null || value === undefined) return isRequired ? [`${at}: null`] : [];
  const collection = /^Collection\((.+)\)$/.exec(name)?.[1];
  if (collection !== undefined) {
    if (!Array.isArray(value)) return [`${at}: no list`];
    return value.flatMap((item) => findDeviations(schema, item, collection, `${at}[]`));
  }
  if (name in schema.enums) return findBadMembers(schema, value, name, at);
  if (name in schema.entityTypes || name in schema.complexTypes) return findInObject(schema, value, name, at);
  return isPrimitive(value, name) ? [] : [`${at}: ${JSON.stringify(value)} is no ${name}`];
}

function findInObject(schema: Schema, value: unknown, name: string, at: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: no object`];
  const object = value as Record<string, unknown>;
  const declaredType = object['@odata.type'];
  const actual = typeof declaredType === 'string' ? declaredType.replace('#microsoft.graph.', '') : name;
  const declared = declaredProperties(
    schema,
    actual in schema.entityTypes || actual in schema.complexTypes ? actual : name,
  );
  return Object.entries(object).flatMap(([property, item]) => {
    if (property.includes('@')) return [];
    const type = declared.get(property);
    return type === undefined
      ? [`${at}.${property}: not declared`]
      : findDeviations(schema, item, type, `${at}.${property}`);
  });
}

function declaredProperties(schema: Schema, name: string): Map<string, string> {
  const entry = schema.entityTypes[name] ?? schema.complexTypes[name];
  if (entry === undefined) return new Map();
  const inherited = entry.base === undefined ? new Map<string, string>() : declaredProperties(schema, entry.base);
  return new Map([...inherited, ...Object.entries(entry.props ?? {}), ...Object.entries(entry.nav ?? {})]);
}

function findBadMembers(schema: Schema, value: unknown, name: string, at: string): string[] {
  const members = JSON.stringify(schema.enums[name]);
  const given = String(value).split(',');
  return given.filter((member) => !members.includes(`"${member}"`)).map((member) => `${at}: ${name} has no ${member}`);
}

function isPrimitive(value: unknown, type: string): boolean {
  switch (type.replace('Edm.', '')) {
    case 'Boolean':
      return typeof value === 'boolean';
    case 'Int32':
    case 'Int64':
    case 'Double':
      return typeof value === 'number';
    case 'DateTimeOffset':
      return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value);
    case 'Guid':
      return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
    default:
      return typeof value === 'string';
  }
}

/** Property paths of an example that an answer lacks. Lists are compared by their first items. */
export function findMissing(example: unknown, answer: unknown, at = ''): string[] {
  if (Array.isArray(example)) {
    const isComparable = Array.isArray(answer) && answer.length > 0 && example.length > 0;
    return isComparable ? findMissing(example[0], (answer as unknown[])[0], `${at}[]`) : [];
  }
  if (typeof example !== 'object' || example === null) return [];
  if (typeof answer !== 'object' || answer === null) return answer === null && at !== '' ? [] : [`${at}: no object`];
  return Object.entries(example).flatMap(([name, item]) =>
    name in answer ? findMissing(item, (answer as Record<string, unknown>)[name], `${at}/${name}`) : [`${at}/${name}`],
  );
}
