/**
 * Reading of Graph's loosely filled objects. Graph writes an unset list as `[]`, as `null` or leaves it out
 * (https://learn.microsoft.com/graph/api/conditionalaccessroot-post-policies, response bodies), so the three read
 * alike here. Ids and enumeration words are compared without regard to case.
 */
import type { GraphObject } from '../world/world.ts';

/** Whether the value is a JSON object, neither null nor a list. */
export function isObject(value: unknown): value is GraphObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under that key, or an empty one: an unset complex property reads as one with nothing in it. */
export function objectAt(holder: GraphObject, key: string): GraphObject {
  const value = holder[key];
  return isObject(value) ? value : {};
}

/** The text under that key, or null. */
export function textAt(holder: GraphObject, key: string): string | null {
  const value = holder[key];
  return typeof value === 'string' ? value : null;
}

/** The list of texts under that key, in lower case; unset, null and empty give an empty list. */
export function wordsAt(holder: GraphObject, key: string): string[] {
  const value = holder[key];
  if (!Array.isArray(value)) return [];
  return value.filter((word) => typeof word === 'string').map((word) => word.toLowerCase());
}

/**
 * The members of a flags enumeration, which Graph writes as one text with commas, in lower case. A list is read too.
 * https://learn.microsoft.com/graph/best-practices-concept#handling-future-members-in-evolvable-enumerations
 */
export function flagsAt(holder: GraphObject, key: string): string[] {
  const value = holder[key];
  if (typeof value !== 'string') return wordsAt(holder, key);
  return value
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
}

/** Whether nothing is said: unset, null, an empty list, an empty text, or an object of such. */
export function saysNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  if (!isObject(value)) return false;
  return Object.entries(value).every(([key, member]) => isAnnotation(key) || saysNothing(member));
}

/**
 * Whether an entry of a list of ids, in lower case, is a word that stands for many things at once. Such words came one
 * after another (`AllAgentIdUsers`, which is known here, `AllAgentIdResources`); the ids themselves are written with digits and hyphens.
 */
export function isCollectiveWord(entry: string): boolean {
  if (!/^[a-z]+$/.test(entry)) return false;
  return (entry.startsWith('all') && entry !== 'all') || entry.length >= 12;
}

/** The keys of an object that say something and are not among those known; annotations do not count. */
export function unknownKeys(holder: GraphObject, known: readonly string[]): string[] {
  return Object.keys(holder).filter((key) => !isAnnotation(key) && !known.includes(key) && !saysNothing(holder[key]));
}

function isAnnotation(key: string): boolean {
  return key.includes('@');
}
