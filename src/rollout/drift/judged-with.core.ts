/** What one policy does to everybody in a tenant without Security Defaults, by our own evaluator. */
import { compileBoth, type EffectInput, type EffectRow, effectOf } from '../policy/draft/draft-effect.core.ts';
import type { CompiledPolicies } from '../policy/evaluate.core.ts';
import { GLOBAL_ADMINISTRATOR } from '../policy/evaluator/role-templates.core.ts';
import { compileTenant } from '../policy/evaluator/tenant.core.ts';
import { type GraphObject, textOf } from '../policy/graph-json.core.ts';
import type { CoverWorld } from './effect.core.ts';

export type Judged = {
  after: CompiledPolicies;
  effect: EffectRow[];
  /** Active Global Administrators; null where roles were not read. */
  admins: string[] | null;
  nameOf(accountId: string): string;
};

/** Judges every account with this policy enabled in place of what stands under its id. */
export function judgedWith(world: CoverWorld, policy: GraphObject): Judged {
  const tenant = compileTenant(world);
  const input = {
    ...{ tenant, users: world.users ?? [], live: world.policies ?? null, draft: policy },
    roleAssignments: world.roleAssignments,
    registration: world.registration,
    authenticationMethods: world.authenticationMethods,
    perUserMfa: world.perUserMfa,
  } as EffectInput;
  const both = compileBoth(input);
  const names = new Map((world.users ?? []).map((user) => [user.id, textOf(user.displayName) ?? user.id]));
  return {
    ...{ after: both.after, effect: effectOf(input, both) },
    admins: tenant.rolesRead ? [...tenant.holdersOf(GLOBAL_ADMINISTRATOR).active] : null,
    nameOf: (id) => names.get(id) ?? id,
  };
}
