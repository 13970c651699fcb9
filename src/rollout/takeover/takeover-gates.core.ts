/**
 * What has to be true before the first write of a takeover. Each rule stands here once, as a line of a table, and says
 * why it refuses and how to clear it; what cannot be known refuses as well. Undoing asks none of them.
 */
import type { BreakGlassCheck } from '../exceptions/exception-types.core.ts';
import type { Gate, Rollout, Sentence } from '../phases/phase-types.core.ts';
import type { GraphObject } from '../policy/graph-json.core.ts';
import { objectOf, textsOf } from '../policy/graph-json.core.ts';
import { type ManagedObject, policyFingerprint } from '../policy/managed-objects.core.ts';
import { type CoverState, firstLoss } from './cover-steps.core.ts';
import type { TakeoverPlan } from './takeover.core.ts';
import { GATE_TEXTS } from './takeover-texts.core.ts';

export type TakeoverFacts = {
  /** The newest rollout; null before the first. */
  rollout: Pick<Rollout, 'state' | 'phases'> | null;
  /** Whether "everyone else" is enforced by what is known of our own writes. */
  everyoneEnforced: boolean;
  /** The enforcing policy as it is read; undefined where it is not there. */
  enforce: GraphObject | undefined;
  owned: readonly ManagedObject[];
  /** Null: not read. */
  securityDefaultsOn: boolean | null;
  /** Parts without which nothing can be judged and that were not read. */
  unread: readonly string[];
  breakGlass: readonly BreakGlassCheck[];
  /** Declared emergency accounts that the enforcing policy's excluded groups hold; null: not read. */
  breakGlassInside: readonly string[];
  plan: TakeoverPlan;
  cover: CoverState;
  rails: { accountsMax: number; percentMax: number };
  accounts: number;
  /** Whether a takeover was ever brought to its end here: only the first one may go over the rails. */
  isFirst: boolean;
};

type Found = { message: Sentence; clear: Sentence; accountIds?: readonly string[] } | null;

const GATES: readonly { code: string; rule: string; check(facts: TakeoverFacts): Found }[] = [
  { code: 'everyone_not_enforced', rule: 'S16', check: everyoneGate },
  { code: 'rollout_not_finished', rule: 'S15', check: settledGate },
  { code: 'not_read', rule: 'S31', check: unreadGate },
  { code: 'security_defaults_on', rule: 'S14', check: defaultsGate },
  { code: 'enforce_changed', rule: 'S23', check: enforceGate },
  { code: 'break_glass_unusable', rule: 'S2', check: usableGate },
  { code: 'break_glass_not_excluded', rule: 'S1', check: excludedGate },
  { code: 'rails_exceeded', rule: 'S21', check: railsGate },
  { code: 'cover_would_shrink', rule: 'S13', check: coverGate },
];

/** Everything that stands against running the plan, the first to be mended first; none: it may be run. */
export function takeoverGates(facts: TakeoverFacts): Gate[] {
  return GATES.flatMap(({ code, rule, check }) => {
    const found = check(facts);
    return found === null ? [] : [{ code, rule, accountIds: [], ...found }];
  });
}

function everyoneGate({ everyoneEnforced, enforce }: TakeoverFacts): Found {
  return everyoneEnforced && enforce !== undefined && includesAll(enforce) ? null : GATE_TEXTS.everyoneNotEnforced;
}

function includesAll(enforce: GraphObject): boolean {
  const users = objectOf(objectOf(enforce.conditions)?.users);
  return enforce.state === 'enabled' && textsOf(users?.includeUsers)?.includes('all') === true;
}

/** While a rollout runs its phases can be rolled back, and with the old MFA gone nothing would be left. */
function settledGate({ rollout }: TakeoverFacts): Found {
  const isOver = rollout?.state === 'finished' && rollout.phases.every(({ state }) => state === 'enforced');
  return isOver ? null : GATE_TEXTS.rolloutNotFinished;
}

function unreadGate({ unread }: TakeoverFacts): Found {
  return unread.length === 0 ? null : GATE_TEXTS.notRead(unread);
}

function defaultsGate({ securityDefaultsOn }: TakeoverFacts): Found {
  return securityDefaultsOn === false ? null : GATE_TEXTS.defaultsOn;
}

function enforceGate({ enforce, owned }: TakeoverFacts): Found {
  const own = owned.find(({ key }) => key === 'ENFORCE');
  // Before a push there is nothing that somebody could have changed: the gate of everyone says so.
  if (own === undefined) return null;
  if (enforce === undefined) return GATE_TEXTS.enforceChanged;
  return policyFingerprint(enforce) === own.fingerprint ? null : GATE_TEXTS.enforceChanged;
}

/** With fewer, one lost key locks the customer out. */
const BREAK_GLASS_MIN = 2;

function usableGate({ breakGlass }: TakeoverFacts): Found {
  const usable = breakGlass.filter(({ accountId: _id, ...facts }) =>
    Object.values(facts).every((fact) => fact === 'yes'),
  );
  return usable.length >= BREAK_GLASS_MIN ? null : GATE_TEXTS.breakGlassUnusable(usable.length);
}

function excludedGate({ breakGlassInside }: TakeoverFacts): Found {
  return breakGlassInside.length >= BREAK_GLASS_MIN ? null : GATE_TEXTS.breakGlassInside(breakGlassInside.length);
}

/** So few are moved in a small tenant without a second look. */
const FEW = 20;

/** Over the rails only the first takeover may go: its two approvals are the two people who let it (S21). */
function railsGate({ plan, rails, accounts, isFirst }: TakeoverFacts): Found {
  return isFirst || !isOverRails({ plan, rails, accounts }) ? null : GATE_TEXTS.railsExceeded(plan.moved, rails);
}

/** Whether the plan writes more people than one run may. */
export function isOverRails({ plan, rails, accounts }: Pick<TakeoverFacts, 'plan' | 'rails' | 'accounts'>): boolean {
  const percent = Math.round((plan.moved * 100) / Math.max(1, accounts));
  return plan.moved > rails.accountsMax || (plan.moved > FEW && percent > rails.percentMax);
}

function coverGate({ cover, plan, unread }: TakeoverFacts): Found {
  if (unread.length > 0) return null;
  const loss = firstLoss(cover, plan.steps);
  return loss === null ? null : { ...GATE_TEXTS.coverWouldShrink(loss), accountIds: loss.accountIds };
}
