import type { CompiledPolicies, UserClass } from '../evaluate.core.ts';
import type { CompiledPolicy } from './compile-policy.core.ts';

/** How far somebody is covered, said in one sentence. */
export type ToldCover = {
  readonly policies: CompiledPolicies;
  readonly userClass: UserClass;
  readonly covered: 'all' | 'some' | 'partial' | 'none' | 'unknown';
  /** Ids of what covers. */
  readonly by: readonly string[];
  /** Sources beside the policies of which it is not known whether they ask. */
  readonly unread: { readonly defaults: boolean; readonly perUser: boolean };
};

/** The reason of a person's cover: what covers, or what was not read or not understood where that cannot be told. */
export function coverWhy(told: ToldCover): string {
  const { policies, covered, by } = told;
  const nameOf = new Map(policies.policies.map((policy) => [policy.id, `"${policy.name}"`]));
  const covering = by.map((id) => nameOf.get(id) ?? (id === 'perUserMfa' ? 'per-user MFA' : 'Security Defaults'));
  const blocks = policies.policies.some((policy) => by.includes(policy.id) && policy.grant.requirement === 'block');
  switch (covered) {
    case 'all':
      return `Every sign-in must use MFA${blocks ? ' or is blocked' : ''}, by ${covering.join(', ')}.`;
    case 'some':
      return `MFA is required for some applications only, by ${covering.join(', ')}.`;
    case 'partial':
      return `MFA is required in some cases only, by ${covering.join(', ')}.`;
    case 'none':
      return 'Nothing that is enforced requires MFA.';
    case 'unknown':
      return doubtsOf(told);
  }
}

function grantDoubts({ name, grant }: CompiledPolicy): string[] {
  if (grant.requirement === 'unknown') return [`whether the controls of "${name}" require MFA is not known`];
  if (grant.requirement !== 'thirdParty') return [];
  return [`"${name}" hands over to a third party, whose second factor Entra does not show`];
}

function doubtsOf({ policies, unread, userClass }: ToldCover): string {
  // Judged as a sign-in of which nothing is told: each condition then says itself what of it is not understood.
  const { verdicts } = policies.shapeOf({});
  const reasons = new Set([
    ...userClass.verdicts.filter((verdict) => verdict.outcome === 'unknown').map((verdict) => verdict.reason),
    ...policies.policies.flatMap((policy, index) => {
      if (!policy.isEnforced || userClass.verdicts[index]?.outcome === 'no') return [];
      const { outcome = 'no', reasons: why = [] } = verdicts[index] ?? {};
      return [...(outcome === 'unknown' ? why : []), ...(outcome === 'no' ? [] : grantDoubts(policy))];
    }),
    ...(unread.defaults ? ['whether Security Defaults reach this account was not read'] : []),
    ...(unread.perUser ? ['per-user MFA was not read or not understood'] : []),
  ]);
  return `Cannot be told: ${reasons.size > 0 ? [...reasons].join('; ') : 'a condition or control is not understood'}.`;
}
