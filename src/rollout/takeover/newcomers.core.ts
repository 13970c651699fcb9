/**
 * People who are not there yet: who joins a group that an old policy names, a new member, a new guest. A policy covers
 * "tomorrow" what it would ask of them, and the evaluator judges them like everybody else.
 */

import type { TenantInput } from '../policy/evaluator/tenant.core.ts';
import { type GraphObject, objectOf, textOf, textsOf } from '../policy/graph-json.core.ts';

/** Somebody who may come, and who that is in words. */
export type Newcomer = { user: GraphObject; groupId: string | null; words: string };

/** Kinds of people from outside who never get an account here. */
export const EXTERNAL_KINDS = ['b2bDirectConnectUser', 'otherExternalUser', 'serviceProvider'] as const;

/** One newcomer to each group that the policies include, and one of each kind who is in no group. */
export function newcomersTo(policies: readonly GraphObject[], { groups }: TenantInput): Newcomer[] {
  const named = policies.flatMap(
    ({ conditions }) => textsOf(objectOf(objectOf(conditions)?.users)?.includeGroups) ?? [],
  );
  const names = new Map((groups ?? []).map((group) => [group.id.toLowerCase(), textOf(group.displayName) ?? group.id]));
  const joining = [...new Set(named)].sort().map((groupId) => ({
    user: member(`joins-${groupId}`),
    groupId,
    words: `whoever joins the group "${names.get(groupId) ?? groupId}"`,
  }));
  return [
    ...joining,
    { user: member('new-member'), groupId: null, words: 'a new member' },
    { user: { ...member('new-inner-guest'), userType: 'Guest' }, groupId: null, words: 'a new guest made here' },
    { user: { ...GUEST, ...{ id: idOf('new-guest') } }, groupId: null, words: 'a new invited guest' },
  ];
}

function idOf(name: string): string {
  return `newcomer:${name}`;
}

function member(name: string): GraphObject {
  return { id: idOf(name), userType: 'Member', userPrincipalName: `${name}@newcomer.example`, accountEnabled: true };
}

const GUEST = {
  userType: 'Guest',
  userPrincipalName: 'new_guest.example#EXT#@newcomer.example',
  creationType: 'Invitation',
  accountEnabled: true,
};

/** The tenant with the newcomers in it. A group that was not read, or is not there, gets nobody. */
export function withNewcomers<T extends TenantInput & { users: readonly GraphObject[] }>(
  tenant: T,
  newcomers: readonly Newcomer[],
): T {
  const joining = Map.groupBy(
    newcomers.filter(({ groupId }) => groupId !== null),
    ({ groupId }) => groupId ?? '',
  );
  const groups = (tenant.groups ?? null)?.map((group) => {
    const news = joining.get(group.id.toLowerCase()) ?? [];
    if (news.length === 0 || !Array.isArray(group.members)) return group;
    const members = news.map(({ user }) => ({ id: user.id, '@odata.type': '#microsoft.graph.user' }));
    return { ...group, members: [...(group.members as unknown[]), ...members] };
  });
  return { ...tenant, groups, users: [...tenant.users, ...newcomers.map(({ user }) => user)] };
}
