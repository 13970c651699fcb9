/**
 * What this product owns in a tenant: groups and policies that its own pushes made, known by object id together with a
 * fingerprint of what was written (S30). A name says nothing about who made an object.
 */
import type { Json } from '../../lib/canonical-json.ts';
import { digestOf } from '../../lib/digest.ts';
import { type JsonObject, objectOf, textsOf } from './graph-json.core.ts';
import type { ManagedGroup, ManagedName } from './managed-policies.core.ts';
import { canonicalMeaning } from './policy-difference.core.ts';

/** A stored shape: a change needs a migration. */
export type ManagedObject = {
  key: string;
  kind: 'group' | 'policy';
  objectId: string;
  name: string;
  fingerprint: string;
  /** A policy's JSON as it was sent; a group's name, description and tag. */
  written: Json;
  pushId: string;
};

/** Which of a customer's managed groups this is, whatever it is called. */
export function groupKey({ purpose, phase }: Pick<ManagedGroup, 'purpose' | 'phase'>): string {
  return purpose === 'phase' ? `phase:${(phase ?? '').toLowerCase()}` : purpose;
}

/** The object id under a key, or undefined. */
export function ownedId(owned: readonly ManagedObject[], key: string): string | undefined {
  return owned.find((object) => object.key === key)?.objectId;
}

/** The policies among them, by their managed name. */
export function ownedPolicies(owned: readonly ManagedObject[]): Partial<Record<ManagedName, string>> {
  const policies = owned.filter(({ kind }) => kind === 'policy');
  return Object.fromEntries(policies.map(({ key, objectId }) => [key, objectId]));
}

/** The digest of what a policy means: order, empty members and keys that Graph adds by itself leave it the same. */
export function policyFingerprint(policy: JsonObject): string {
  return digestOf(canonicalMeaning(policy));
}

export type GroupFacts = { displayName: string; description: string; tag: string };

/** The digest of what makes a group of ours that group; members have a life of their own. */
export function groupFingerprint({ displayName, description, tag }: GroupFacts): string {
  return digestOf({ displayName, description, tag, assigned: true });
}

/** The fingerprint of a group as Graph shows it; another one when somebody renamed it or lets a rule fill it. */
export function liveGroupFingerprint(group: JsonObject): string {
  const text = (value: unknown) => (typeof value === 'string' ? value.toWellFormed() : '');
  const types = Array.isArray(group.groupTypes) ? group.groupTypes : [];
  return digestOf({
    displayName: text(group.displayName),
    description: text(group.description),
    tag: text(group.mailNickname),
    assigned: types.length === 0 && group.securityEnabled !== false,
  });
}

/** Whether a rule fills the group: nobody else takes anybody in or out of it then. */
export function isFilledByRule({ groupTypes }: JsonObject): boolean {
  return (textsOf(groupTypes) ?? []).includes('dynamicmembership');
}

/**
 * A policy's JSON with the ids of groups in place of their references. Refuses with a thrown RangeError when a reference
 * has no id yet (S7): such a policy must not be sent.
 */
export function withGroupIds(json: Json, ids: ReadonlyMap<string, string>): Json {
  const resolved = replaceReferences(json, ids);
  const text = JSON.stringify(resolved);
  if (text.includes('"$group:')) throw new RangeError('a policy names a group that has no id yet');
  return resolved;
}

/** The same, leaving references without an id as they are: for comparing. */
export function replaceReferences(json: Json, ids: ReadonlyMap<string, string>): Json {
  if (typeof json === 'string') return ids.get(json) ?? json;
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return (json as readonly Json[]).map((item) => replaceReferences(item, ids));
  const members = Object.entries(objectOf(json) ?? {}) as [string, Json][];
  return Object.fromEntries(members.map(([name, value]) => [name, replaceReferences(value, ids)]));
}
