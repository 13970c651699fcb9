/**
 * What has to be watched while policies reach people by groups: somebody new is covered by nothing (S6), somebody else
 * registers a method first (S27), the partner or the product itself is shut out (S26).
 */
import { type DraftFinding, type FindingsInput, when } from './draft/draft-finding.core.ts';
import { evaluateSignIn } from './evaluate.core.ts';
import { type GraphObject, objectOf, textOf, textsOf } from './graph-json.core.ts';
import { groupKey, ownedId } from './managed-objects.core.ts';

/** All of them. */
export function watchFindings(input: FindingsInput): DraftFinding[] {
  return [...partnerFindings(input), ...uncoveredFindings(input), ...registrationFindings(input)];
}

/** Blocks every forward step, so that the push and each enforcement stand on it. */
function partnerFindings({ judgement }: FindingsInput): DraftFinding[] {
  const { blockedBefore, blockedAfter } = judgement.partner;
  return when(blockedAfter !== 'no' && blockedAfter !== blockedBefore, {
    code: 'partner_blocked',
    rule: 'S26',
    blocks: 'push',
    message: "The partner's technicians may lose their way into this tenant by the draft.",
    clear: 'Leave service providers out of it.',
  });
}

/**
 * While ENFORCE includes groups, whoever came after they were filled is protected by nothing. Told from the first
 * enforced phase on and until the last one, which includes everybody; drawn anew with every sync.
 */
function uncoveredFindings({ live, owned = [], groups, effect, tenant, guests }: FindingsInput): DraftFinding[] {
  const enforce = live?.find(({ id }) => id === ownedId(owned, 'ENFORCE'));
  const users = objectOf(objectOf(enforce?.conditions)?.users);
  if (textOf(enforce?.state) !== 'enabled' || (textsOf(users?.includeUsers) ?? []).includes('all')) return [];
  const reached = new Set(textsOf(users?.includeGroups) ?? []);
  const isDue = (accountId: string) => {
    const own = groups.filter((group) => group.members.includes(accountId));
    const ids = own.flatMap((group) => ownedId(owned, groupKey(group)) ?? group.id ?? []);
    const isIn = ids.some((id) => tenant.membersOf(id.toLowerCase()).ids.has(accountId.toLowerCase()));
    // Whose phase is still to come is not covered yet by plan.
    return own.length === 0 || (!isIn && ids.some((id) => reached.has(id.toLowerCase())));
  };
  const bare = effect
    .filter((row) => row.isEnabled && row.before === 'never' && row.reach !== 'leftOut')
    .map(({ accountId }) => accountId)
    .filter((accountId) => guests?.has(accountId) !== true && isDue(accountId));
  return when(bare.length > 0, {
    code: 'covered_by_nothing',
    rule: 'S6',
    blocks: 'nothing',
    message: `${bare.length} accounts are asked for MFA by nothing: they came after the groups of their phase were filled, or are in no phase.`,
    clear:
      'Bring those of a reached phase in ("mfa-rollout policy members"); the others are reached by the last phase, or switched on one by one.',
    accountIds: bare,
  });
}

const REGISTER = { kind: 'userAction', action: 'urn:user:registersecurityinfo' } as const;

/** Report-only does not evaluate policies for user actions, so it is simulated: anybody, from anywhere, at a screen. */
function registrationFindings({ judged: { before }, judgement: { stuck } }: FindingsInput): DraftFinding[] {
  if (before === null) return [];
  const open = stuck.filter(({ accountId: userId }) => {
    const { blocked, mfaRequired } = evaluateSignIn(before, { userId, target: REGISTER, clientAppType: 'browser' });
    return blocked === 'no' && mfaRequired === 'no';
  });
  return when(open.length > 0, {
    code: 'registration_open',
    rule: 'S27',
    blocks: 'nothing',
    message: `${open.length} people have no method yet, and whoever knows their password can register one from anywhere.`,
    clear:
      'Guard the user action "register security information" by a policy for trusted places or with a Temporary Access Pass, or let them register soon.',
    accountIds: open.map(({ accountId }) => accountId),
  });
}

const EVERY_OWN_APP = 'serviceprincipalsinmytenant';

/**
 * S26: an enabled policy for workloads that names our application, or of which that cannot be told. `principals` are
 * the service principals of the product's own applications; null when they were not read.
 */
export function ownIdentityFindings(
  live: readonly GraphObject[],
  principals: readonly string[] | null,
): DraftFinding[] {
  const own = principals?.map((id) => id.toLowerCase()) ?? null;
  const hitting = live.find((policy) => textOf(policy.state) === 'enabled' && mayHit(policy, own));
  return when(hitting !== undefined, {
    code: 'own_app_blocked',
    rule: 'S26',
    blocks: 'push',
    message: `The enabled policy "${textOf(hitting?.displayName) ?? hitting?.id ?? ''}" may block the application that writes and takes back these policies.`,
    clear: 'Exclude its service principal there first.',
  });
}

function mayHit(policy: GraphObject, own: readonly string[] | null): boolean {
  const workloads = objectOf(objectOf(policy.conditions)?.clientApplications);
  if (workloads === null) return false;
  const included = textsOf(workloads.includeServicePrincipals);
  const excluded = textsOf(workloads.excludeServicePrincipals);
  if (included === null || excluded === null || own === null) return true;
  if (included.length === 0) return false;
  const exposed = own.filter((id) => !excluded.includes(id));
  return exposed.some((id) => included.includes(id) || included.includes(EVERY_OWN_APP));
}
