import type { PhaseDecision, Side } from '../approvals/phase-approval.core.ts';
import type { MayDecide } from '../approvals/sign-off.ts';
import type { Gate, Sentence } from '../phases/phase-types.core.ts';
import type { LeaveCode } from './strip-rules.core.ts';
import type { TakeoverPlan, TakeoverStep } from './takeover.core.ts';
import type { StepState, TakeoverOutcome, TakeoverRow } from './takeover.store.ts';
import type { TakeoverApprovals } from './takeover-approval.ts';
import type { JudgedPlan } from './takeover-facts.ts';
import { isOverRails } from './takeover-gates.core.ts';
import { KEPT_TEXTS, LEAVE_TEXTS, wordsOf } from './takeover-texts.core.ts';

/** An account by its id and name. */
export type NamedAccount = { accountId: string; displayName: string };

/** One step as it is told: what it does, the way back, and how far it came. */
export type ToldTakeoverStep = {
  step: string;
  kind: 'observe' | 'strip' | 'disable' | 'perUser';
  policyId: string | null;
  does: Sentence;
  undo: Sentence;
  state: 'planned' | StepState['state'];
  /** Why it was passed over or left. */
  why: string | null;
  /** Whose own switch it writes. */
  people: NamedAccount[];
  /** Who loses MFA by it, each by a signed exception. */
  signedAway: NamedAccount[];
  /** Registered methods of its people before and after; null until it was done. */
  methods: { before: number; after: number } | null;
};

/** An old policy that is left, and why not more may be done. */
export type LeftPolicy = {
  policyId: string;
  name: string;
  reasons: { code: LeaveCode; text: Sentence }[];
  uncovered: NamedAccount[];
};

/** A takeover as it is put before a person. */
export type TakeoverReview = {
  /** How the newest one stands; null before the first, and after one that was taken back or refused. */
  state: TakeoverRow['state'] | null;
  takeoverId: string | null;
  /** What approvals are bound to; null while something has to stand first. */
  digest: string | null;
  /** What has to stand first; empty when the plan may be approved or was begun. */
  first: readonly Gate[];
  steps: ToldTakeoverStep[];
  left: LeftPolicy[];
  kept: (NamedAccount & { why: Sentence })[];
  /** Whose own switch is written, and whether that is more than the customer's rails allow. */
  moved: number;
  overRails: boolean;
  approvals: Pick<PhaseDecision, 'by' | 'displayName' | 'at'>[];
  missing: Side[];
  expiresAt: string | null;
  failure: TakeoverOutcome['failure'];
  /** Null where nobody in particular asks. */
  mayDecide: MayDecide | null;
};

type Reviewed = {
  row: TakeoverRow | null;
  judged: JudgedPlan;
  approvals: TakeoverApprovals;
  permission: MayDecide | null;
  users: readonly { id: string; displayName?: string | null | undefined }[];
};

/** The takeover that stands, with its own plan; else what one would do. */
export function reviewOf({ row, judged, approvals, permission, users }: Reviewed): TakeoverReview {
  const standing = row !== null && STANDS.has(row.state) ? row : null;
  const plan = standing?.plan ?? judged.plan;
  const names = new Map(users.map(({ id, displayName }) => [id.toLowerCase(), displayName ?? id]));
  const named = (accountId: string): NamedAccount => ({
    accountId,
    displayName: names.get(accountId.toLowerCase()) ?? accountId,
  });
  const first = standing === null ? judged.gates : [];
  const { rails, accounts } = judged.facts;
  return {
    state: standing?.state ?? null,
    takeoverId: standing?.id ?? null,
    digest: standing?.digest ?? (first.length > 0 || plan.steps.length === 0 ? null : judged.digest),
    first,
    steps: plan.steps.map((step) => told(step, standing?.progress[step.name], named)),
    left: leftOf(plan, named),
    kept: plan.kept.map(({ accountId, why }) => ({ ...named(accountId), why: KEPT_TEXTS[why] })),
    ...{ moved: plan.moved, overRails: isOverRails({ plan, rails, accounts }) },
    approvals: approvals.approvals.map(({ by, displayName, at }) => ({ by, displayName, at })),
    ...{ missing: standing === null ? approvals.missing : [], expiresAt: approvals.expiresAt },
    failure: row?.outcome.failure ?? null,
    mayDecide: permission,
  };
}

const STANDS: ReadonlySet<TakeoverRow['state']> = new Set(['asked', 'running', 'done', 'standing', 'undoing']);

type Named = (accountId: string) => NamedAccount;

function told(step: TakeoverStep, progress: StepState | undefined, named: Named): ToldTakeoverStep {
  return {
    step: step.name,
    kind: kindOf(step),
    policyId: step.do === 'perUser' ? null : step.policyId,
    ...wordsOf(step),
    state: progress?.state ?? 'planned',
    why: progress?.why ?? null,
    people: step.do === 'perUser' ? step.users.map(({ id }) => named(id)) : [],
    signedAway: step.do === 'policy' ? step.signedAway.map(named) : [],
    methods: progress?.methods ?? null,
  };
}

function kindOf(step: TakeoverStep): ToldTakeoverStep['kind'] {
  if (step.do !== 'policy') return step.do;
  return 'state' in step.change ? 'disable' : 'strip';
}

function leftOf({ left }: TakeoverPlan, named: Named): LeftPolicy[] {
  return left.map(({ policyId, name, reasons, uncovered, uncoveredTomorrow }) => ({
    ...{ policyId, name, uncovered: uncovered.map(named) },
    reasons: reasons.map((code) => ({ code, text: LEAVE_TEXTS[code]({ uncovered, uncoveredTomorrow }) })),
  }));
}
