/**
 * A policy as Graph takes it in a change. Whether a change of `conditions` is merged in depth is not documented, so that
 * every list is said, the empty ones too: what is left out could stay. Nothing inside is null, which some tenants refuse.
 */
import type { Json } from '../../lib/canonical-json.ts';
import { type JsonObject, objectOf } from './graph-json.core.ts';

export type WritablePolicy = {
  displayName: string;
  state: string;
  conditions: { readonly [name: string]: unknown };
  grantControls: { readonly [name: string]: unknown } | null;
};

const USERS = ['includeUsers', 'excludeUsers', 'includeGroups', 'excludeGroups', 'includeRoles', 'excludeRoles'];
const APPLICATIONS = ['includeApplications', 'excludeApplications', 'includeUserActions'];

/** The members of a policy that may be written, complete. */
export function writablePolicy(policy: Json): WritablePolicy {
  const { displayName, state, conditions, grantControls } = objectOf(policy) ?? {};
  const said = without(objectOf(conditions) ?? {});
  const grant = objectOf(grantControls);
  return {
    displayName: String(displayName),
    state: String(state),
    conditions: {
      ...said,
      users: { ...empty(USERS), ...(objectOf(said.users) ?? {}) },
      applications: { ...empty(APPLICATIONS), ...(objectOf(said.applications) ?? {}) },
    },
    grantControls: grant === null ? null : without(grant),
  };
}

function empty(names: readonly string[]): Record<string, never[]> {
  return Object.fromEntries(names.map((name) => [name, []]));
}

/** Without null members and without Graph's annotations. */
function without(object: JsonObject): Record<string, unknown> {
  const kept = Object.entries(object).filter(([name, value]) => value !== null && !name.includes('@odata'));
  return Object.fromEntries(
    kept.map(([name, value]) => {
      const inner = objectOf(value);
      return [name, inner === null ? value : without(inner)];
    }),
  );
}
