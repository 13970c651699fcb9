/**
 * What has to be true before a phase is enforced (S1, S2, S3, S8, S9, S10, S13, S14, S20 to S23). Each rule stands here
 * once, as a line of a table, and says why it refuses and what somebody can do about it. What cannot be known refuses as
 * well. The way back asks none of them.
 */
import type { BreakGlassCheck } from '../../exceptions/exception-types.core.ts';
import type { Sentence } from '../../phases/phase-types.core.ts';
import type { EffectRow, Level } from '../draft/draft-effect.core.ts';
import type { DraftFinding, LicenceFacts } from '../draft/draft-finding.core.ts';
import type { GraphObject } from '../graph-json.core.ts';
import type { ManagedObject } from '../managed-objects.core.ts';
import { isAsWritten } from '../push/push-gates.core.ts';
import type { ParityGap } from '../security-defaults/security-defaults.core.ts';
import { SWITCH_TEXTS } from '../security-defaults/security-defaults-texts.core.ts';
import { type FlipRefusal, refusedBy } from './enforce.core.ts';
import { BREAK_GLASS_MIN, FLIP_TEXTS } from './enforce-texts.core.ts';

/** Somebody whose approval stands: of this very digest, in time, with a role at this moment. */
export type StandingApprover = { tenantId: string; objectId: string; sides: readonly ('msp' | 'customer')[] };

export type FlipFacts = {
  phase: string;
  /** What would be enforced now, and who approved exactly that. */
  digest: string;
  approvers: readonly StandingApprover[];
  /** Approvals of something else, or too old: told, never counted. */
  otherApprovals: number;
  /** Whether a push or an undo is under way or never came to its end. */
  pushUnfinished: boolean;
  breakGlass: readonly BreakGlassCheck[];
  declared: readonly string[];
  /** Who is in the break-glass group at this moment; null when that cannot be told. */
  breakGlassInside: readonly string[] | null;
  /** The objects that ENFORCE consists of. */
  owned: readonly ManagedObject[];
  live: readonly GraphObject[];
  groups: readonly GraphObject[];
  /** Whom the approvers were shown, by account id. */
  approved: readonly string[];
  /** The accounts in the phase's group now; null when it could not be read. */
  inGroup: readonly string[] | null;
  /** Accounts in a group that ENFORCE leaves out. */
  leftOut: readonly string[];
  /** Enforced although they cannot answer, by both signatures. */
  anyway: readonly string[];
  effect: readonly EffectRow[];
  /** Active Global Administrators; null when they were not read. */
  admins: readonly string[] | null;
  /** What stands against the draft as it is now. */
  findings: readonly DraftFinding[];
  /** Whom the switch would leave with less than Security Defaults give; null or absent where they do not go off. */
  parity?: readonly ParityGap[] | null | undefined;
  /** For how many people the tenant may use Conditional Access; judged where everybody is reached at once. */
  licence?: LicenceFacts | undefined;
  rails: { accountsMax: number; percentMax: number };
};

type Found = { code: string; text: Sentence } | null;
type Gate = { rule: string; check(facts: FlipFacts): Found };

/** The most final first: over a policy of somebody else nothing was approved, and without two approvals nothing else is worth telling. */
const GATES: readonly Gate[] = [
  { rule: 'S23', check: ownGate },
  { rule: 'S22', check: approvalGate },
  { rule: 'S23', check: pushGate },
  { rule: 'S2', check: usableGate },
  { rule: 'S1', check: floorGate },
  { rule: 'S3', check: membersGate },
  { rule: 'S8', check: blockedGate },
  { rule: 'S14', check: parityGate },
  { rule: 'S20', check: licenceGate },
  { rule: 'S31', check: unknownGate },
  { rule: 'S13', check: coverGate },
  { rule: 'S8', check: othersGate },
  { rule: 'S9', check: adminGate },
  { rule: 'S10', check: unregisteredGate },
  { rule: 'S21', check: railsGate },
];

/** The first rule that forbids enforcing, or null. */
export function flipRefusal(facts: FlipFacts): FlipRefusal | null {
  const approval = first(facts, GATES.slice(0, 3));
  if (approval !== null) return approval;
  const finding = facts.findings.find((one) => isInTheWay(one, facts));
  if (finding !== undefined) {
    const { code, rule, message, clear } = finding;
    // The draft tells what stands against it in one language.
    const told = `${message} ${clear}`;
    return refusedBy(code, rule, { en: told, de: told });
  }
  return first(facts, GATES.slice(3));
}

function first(facts: FlipFacts, gates: readonly Gate[]): FlipRefusal | null {
  for (const { rule, check } of gates) {
    const found = check(facts);
    if (found !== null) return refusedBy(found.code, rule, found.text);
  }
  return null;
}

/** Judged here for this phase alone instead of for the whole draft. */
const JUDGED_HERE: ReadonlySet<string> = new Set(['people_stuck', 'admins_too_few']);
/** About single people: in the way only where they are in this phase. */
const ABOUT_PEOPLE: ReadonlySet<string> = new Set(['exceptions_unsigned']);

function isInTheWay({ blocks, code, accountIds }: DraftFinding, facts: FlipFacts): boolean {
  if (blocks === 'nothing' || JUDGED_HERE.has(code)) return false;
  if (code === 'security_defaults_on' && isSwitch(facts)) return false;
  if (!ABOUT_PEOPLE.has(code)) return true;
  const approved = lower(facts.approved);
  return accountIds.some((id) => approved.has(id.toLowerCase()));
}

function approvalGate({ approvers, otherApprovals }: FlipFacts): Found {
  if (hasBothSides(approvers)) return null;
  return { code: 'approvals_missing', text: FLIP_TEXTS.approvals_missing(otherApprovals) };
}

/** Whether two different people stand for the two sides; one person with both roles is one person. */
export function hasBothSides(approvers: readonly StandingApprover[]): boolean {
  const isOther = (one: StandingApprover, other: StandingApprover) =>
    one.objectId !== other.objectId || one.tenantId !== other.tenantId;
  return approvers.some(
    (one) =>
      one.sides.includes('msp') && approvers.some((other) => other.sides.includes('customer') && isOther(one, other)),
  );
}

function pushGate({ pushUnfinished }: FlipFacts): Found {
  if (!pushUnfinished) return null;
  return { code: 'push_under_way', text: FLIP_TEXTS.push_under_way() };
}

function usableGate({ breakGlass }: FlipFacts): Found {
  const isUsable = ({ accountId: _id, ...facts }: BreakGlassCheck) =>
    Object.values(facts).every((fact) => fact === 'yes');
  const usable = breakGlass.filter(isUsable);
  if (usable.length >= BREAK_GLASS_MIN && usable.length === breakGlass.length) return null;
  const failing = breakGlass.filter((check) => !isUsable(check)).map(({ accountId }) => accountId);
  return { code: 'break_glass_unusable', text: FLIP_TEXTS.break_glass_unusable(usable.length, failing) };
}

function floorGate({ declared, breakGlassInside, effect }: FlipFacts): Found {
  const inside = lower(breakGlassInside ?? []);
  const outside = declared.filter((id) => !inside.has(id.toLowerCase()));
  const rows = rowsOf(effect);
  const asked = declared.filter((id) => {
    const row = rows.get(id.toLowerCase());
    return row?.reach !== 'leftOut' || row.after === 'unknown';
  });
  if (breakGlassInside !== null && declared.length >= BREAK_GLASS_MIN && outside.length + asked.length === 0)
    return null;
  return {
    code: 'break_glass_not_excluded',
    text: FLIP_TEXTS.break_glass_not_excluded([...new Set([...outside, ...asked])]),
  };
}

function ownGate({ owned, live, groups }: FlipFacts): Found {
  const changed = owned.find((object) => !isAsWritten(object, { live, groups }));
  if (changed === undefined) return null;
  return { code: 'managed_object_changed', text: FLIP_TEXTS.object_changed(changed) };
}

function membersGate({ phase, inGroup, approved, leftOut }: FlipFacts): Found {
  if (inGroup === null) return { code: 'members_unread', text: FLIP_TEXTS.members_unread(phase) };
  const known = lower([...approved, ...leftOut]);
  const strangers = inGroup.filter((id) => !known.has(id.toLowerCase()));
  if (strangers.length === 0) return null;
  return { code: 'group_differs', text: FLIP_TEXTS.strangers(phase, strangers) };
}

function blockedGate({ effect }: FlipFacts): Found {
  const blocked = effect.filter((row) => row.isEnabled && row.change === 'blocked').map(({ accountId }) => accountId);
  if (blocked.length === 0) return null;
  return { code: 'somebody_blocked', text: FLIP_TEXTS.somebody_blocked(blocked) };
}

const RANK: Record<Exclude<Level, 'unknown'>, number> = { never: 0, partly: 1, everywhere: 2 };

/** Whether an account is asked for more or less than before; null when that cannot be told. */
function turn({ before, after, reach }: EffectRow): number | null {
  if (before === 'unknown' || after === 'unknown') return before === after && reach === 'out' ? 0 : null;
  return RANK[after] - RANK[before];
}

/** Whether Security Defaults go off with it. */
function isSwitch({ parity }: Pick<FlipFacts, 'parity'>): boolean {
  return (parity ?? null) !== null;
}

function parityGate({ parity }: FlipFacts): Found {
  const [gap] = parity ?? [];
  if (gap === undefined) return null;
  return { code: 'parity_missing', text: SWITCH_TEXTS.parityMissing(parity ?? []) };
}

/** The draft is judged for its groups; everybody at once may be more than there are seats. */
function licenceGate(facts: FlipFacts): Found {
  const { licence, effect } = facts;
  if (!isSwitch(facts)) return null;
  if (!licence) return { code: 'licence_unknown', text: SWITCH_TEXTS.licenceUnknown() };
  const needed = effect.filter(({ isEnabled, reach }) => isEnabled && reach === 'in').length;
  if (licence.hasP1 && licence.seats >= needed) return null;
  return { code: 'licence_short', text: SWITCH_TEXTS.licenceShort(needed, licence.seats) };
}

function unknownGate({ effect }: FlipFacts): Found {
  const unclear = effect.filter((row) => row.isEnabled && turn(row) === null && !isPlain(row));
  if (unclear.length === 0) return null;
  const ids = unclear.map(({ accountId }) => accountId);
  return { code: 'effect_unknown', text: FLIP_TEXTS.effect_unknown(ids) };
}

/** Whatever was so before: afterwards the account is certainly asked, or certainly left alone by ENFORCE. */
function isPlain({ after, reach }: EffectRow): boolean {
  return (after === 'everywhere' && reach === 'in') || reach === 'leftOut';
}

function coverGate(facts: FlipFacts): Found {
  // Signed exceptions and break-glass accounts leave what Security Defaults gave; the parity of all others is judged above.
  const isLosing = (row: EffectRow) => row.isEnabled && (turn(row) ?? 0) < 0 && !(isSwitch(facts) && wasDefaults(row));
  const losing = facts.effect.filter(isLosing).map(({ accountId }) => accountId);
  if (losing.length === 0) return null;
  return { code: 'cover_lost', text: FLIP_TEXTS.cover_lost(losing) };
}

function othersGate({ effect, approved, phase }: FlipFacts): Found {
  const known = lower(approved);
  const others = newlyAsked(effect).filter((id) => !known.has(id.toLowerCase()));
  if (others.length === 0) return null;
  return { code: 'others_enforced', text: FLIP_TEXTS.others_enforced(phase, others) };
}

/** Security Defaults make everybody register and ask whoever they find necessary: whom they cover is not new to MFA (S10). */
function wasDefaults({ coveredBy }: EffectRow): boolean {
  return coveredBy.before.includes('securityDefaults');
}

/**
 * Enabled accounts that are asked for more than before, or of which that is not excluded. Whom Security Defaults cover is
 * asked already.
 */
export function newlyAsked(effect: readonly EffectRow[]): string[] {
  const isMore = (row: EffectRow) =>
    row.isEnabled && row.reach !== 'leftOut' && (turn(row) ?? 1) > 0 && !wasDefaults(row);
  return effect.filter(isMore).map(({ accountId }) => accountId);
}

function adminGate({ admins, effect, declared, approvers }: FlipFacts): Found {
  if (admins === null) return { code: 'roles_not_read', text: FLIP_TEXTS.roles_not_read() };
  const rows = rowsOf(effect);
  const emergency = lower(declared);
  const getsIn = (id: string) => {
    const row = rows.get(id.toLowerCase());
    if (row === undefined || !row.isEnabled) return false;
    return emergency.has(id.toLowerCase()) || row.canAnswer === 'yes' || row.after === 'never';
  };
  const locked = admins.filter((id) => {
    const row = rows.get(id.toLowerCase());
    return row?.isEnabled === true && row.reach === 'in' && !getsIn(id);
  });
  const acting = lower(approvers.map(({ objectId }) => objectId));
  const others = admins.filter((id) => getsIn(id) && !acting.has(id.toLowerCase()));
  if (locked.length === 0 && others.length > 0) return null;
  return {
    code: 'admin_locked_out',
    text: locked.length > 0 ? FLIP_TEXTS.admins_locked(locked) : FLIP_TEXTS.no_other_admin(),
  };
}

function unregisteredGate({ effect, anyway }: FlipFacts): Found {
  const stuck = unregistered(effect, anyway);
  if (stuck.length === 0) return null;
  return { code: 'unregistered_people', text: FLIP_TEXTS.unregistered_people(stuck) };
}

/** Whoever would be asked anew and is not known to be able to answer, without those who are named on purpose. */
export function unregistered(effect: readonly EffectRow[], anyway: readonly string[]): string[] {
  const signed = lower(anyway);
  const rows = rowsOf(effect);
  return newlyAsked(effect).filter(
    (id) => rows.get(id.toLowerCase())?.canAnswer !== 'yes' && !signed.has(id.toLowerCase()),
  );
}

/** So few are moved in a small tenant without a second look. */
const FEW = 20;

function railsGate({ effect, rails }: FlipFacts): Found {
  const moved = newlyAsked(effect).length;
  const total = Math.max(1, effect.filter(({ isEnabled }) => isEnabled).length);
  const percent = Math.round((moved * 100) / total);
  if (moved <= rails.accountsMax && (moved <= FEW || percent <= rails.percentMax)) return null;
  return { code: 'rails_exceeded', text: FLIP_TEXTS.rails_exceeded(moved, percent, rails) };
}

function rowsOf(effect: readonly EffectRow[]): ReadonlyMap<string, EffectRow> {
  return new Map(effect.map((row) => [row.accountId.toLowerCase(), row]));
}

function lower(ids: readonly string[]): ReadonlySet<string> {
  return new Set(ids.map((id) => id.toLowerCase()));
}
