/**
 * What may be done about a finding. Restoring brings back what was approved; accepting must not take cover from anybody
 * unless two people say so (S13, S22), nor let a managed policy break its rules (S1, S6, S17, S18, S26), nor move what only an approval moves (S4).
 */

import type { Sentence } from '../phases/phase-types.core.ts';
import { type GraphObject, isEmpty, objectOf, textsOf } from '../policy/graph-json.core.ts';
import type { ManagedGroup, ManagedName } from '../policy/managed-policies.core.ts';
import { brokenRules } from '../policy/managed-rules.core.ts';
import { DRIFT_TEXTS } from './drift-texts.core.ts';
import type { DriftEffect, DriftFinding } from './drift-types.core.ts';
import { isTolerated } from './two-people.core.ts';
import { lossWords } from './two-people-texts.core.ts';

/** `two`: it takes two people, an engineer and an approver of the customer; the sentence says to what they say yes. */
export type Offer = { yes: true; two?: Sentence } | { yes: false; code: string; why: Sentence };

const YES: Offer = { yes: true };

function no(code: string, why: Sentence): Offer {
  return { yes: false, code, why };
}

/** What the answer depends on besides the finding. */
export type RemedyFacts = {
  hasWriter: boolean;
  /** Declared break-glass accounts, in lower case. */
  breakGlass: readonly string[];
  /** Whether ENFORCE is enabled by what was written last. */
  isEnforcing: boolean;
  /** Accounts with a signed exception that stands today, in lower case. */
  signed: readonly string[];
};

type Subject = Pick<DriftFinding, 'aspect' | 'object' | 'before' | 'after' | 'effect' | 'kind'>;

/** Whether it can be put back by this product. */
export function restoreOffer(finding: Subject, { hasWriter, breakGlass, isEnforcing }: RemedyFacts): Offer {
  const { aspect, after, before, object } = finding;
  if (aspect === 'otherPolicy') return no('not_ours', DRIFT_TEXTS.notOurs);
  if (aspect === 'securityDefaults' && !isEnforcing) return no('defaults_elsewhere', DRIFT_TEXTS.defaultsElsewhere);
  if (aspect === 'group' && after.membership === 'dynamic') return no('group_dynamic', DRIFT_TEXTS.dynamicElsewhere);
  if (!hasWriter) return no('writer_not_configured', DRIFT_TEXTS.noWriter);
  const isGuard = object === 'breakGlass' || object === 'exceptions';
  const leaving = Object.keys(before).filter((id) => before[id] === 'out');
  if (aspect === 'members' && isGuard && leaving.some((id) => breakGlass.includes(id)))
    return no('break_glass_inside', DRIFT_TEXTS.emergencyInside);
  return aspect === 'securityDefaults' ? { yes: true, two: DRIFT_TEXTS.defaultsEnd } : YES;
}

/** Whether what is there now may become ours. */
export function acceptOffer(finding: Subject, { breakGlass, signed }: RemedyFacts): Offer {
  const { aspect, after, before, effect, kind, object } = finding;
  if (aspect === 'group' && after.exists === false) return no('group_named', DRIFT_TEXTS.goneStays);
  if (aspect === 'group' && after.membership === 'dynamic') return no('rule_decides', DRIFT_TEXTS.ruleDecides);
  if (aspect === 'members' && Object.values(after).includes('nested group'))
    return no('rule_decides', DRIFT_TEXTS.ruleDecides);
  const leftInside = Object.keys(before).some((id) => before[id] === 'in' && breakGlass.includes(id));
  if (object === 'breakGlass' && leftInside) return no('break_glass_missing', DRIFT_TEXTS.emergencyMissing);
  if (kind === 'disabled') return no('state_by_approval', DRIFT_TEXTS.stateByApproval);
  if ((effect?.blocked.length ?? 0) > 0) return no('locks_out', DRIFT_TEXTS.locksOut);
  // What cannot be told nobody can say yes to (S31).
  if (effect === null || effect.unknown > 0) return no('accept_shrinks_cover', DRIFT_TEXTS.lossUnknown);
  const loss = unsignedLoss(finding, effect, signed);
  return loss.lost.length === 0 ? YES : { yes: true, two: lossWords(loss, isTolerated(finding)) };
}

/** Whom it costs cover without a signed exception: who has one belongs into the group of exceptions (S13). */
function unsignedLoss({ object }: Subject, { lost, toNothing }: DriftEffect, signed: readonly string[]) {
  const isLeft = (id: string) => object !== 'exceptions' || !signed.includes(id.toLowerCase());
  return { lost: lost.filter(isLeft), toNothing: (toNothing ?? []).filter(isLeft) };
}

/**
 * Whether a policy asks for something that MFA does not answer, a company device for instance: whoever lacks it cannot
 * sign in, and of nobody is it known who does.
 */
export function asksForMore(policy: GraphObject): boolean {
  const grant = objectOf(policy.grantControls) ?? {};
  const controls = textsOf(grant.builtInControls) ?? [];
  const isMfaEnough = controls.includes('mfa') || !isEmpty(grant.authenticationStrength);
  const hasOthers =
    controls.some((control) => control !== 'mfa') ||
    !isEmpty(grant.customAuthenticationFactors) ||
    !isEmpty(grant.termsOfUse);
  return hasOthers && (!isMfaEnough || String(grant.operator).toUpperCase() === 'AND');
}

/**
 * Whether a managed policy as it is live may become ours: it keeps the rules of a managed policy. The state is no part of
 * this: it is not accepted at all.
 */
export function policyOffer(
  live: GraphObject,
  { name, breakGlassGroupId }: { name: ManagedName; breakGlassGroupId: string | null },
): Offer {
  const groups: ManagedGroup[] =
    breakGlassGroupId === null
      ? []
      : [
          {
            ...{ reference: breakGlassGroupId, name: 'breakGlass', purpose: 'breakGlass', phase: null },
            ...{ id: breakGlassGroupId, members: [], add: [] },
          },
        ];
  if (groups.length === 0) return no('break_glass_unknown', DRIFT_TEXTS.emergencyMissing);
  const json = { ...objectOf(live), state: 'enabledForReportingButNotEnforced' };
  const broken = brokenRules({ name, json: JSON.parse(JSON.stringify(json)) as never }, groups)[0];
  if (broken === undefined) return YES;
  const text = `${broken.message} ${broken.clear} (${broken.rule})`;
  return no(broken.code, { en: text, de: `Regel ${broken.rule} wäre verletzt: ${text}` });
}
