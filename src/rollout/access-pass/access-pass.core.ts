/**
 * Who may issue a Temporary Access Pass to whom (safety rule S28): the checks stand in one ladder, the most final first. A
 * pass gets past every other method, so whatever could not be read refuses.
 */
import { msOf } from '../../lib/instant.ts';
import { minutesRefusal, passRefusal } from './access-pass-texts.core.ts';
import {
  type PassAsk,
  type PassRefusal,
  type PassRequest,
  PROOF_KINDS,
  type Proof,
  type ProofKind,
} from './access-pass-types.core.ts';

/** How long a pass lasts where nobody says otherwise and the tenant allows it. */
export const PASS_MINUTES_DEFAULT = 60;
/** No pass lasts longer than a working day, whatever the tenant allows, unless its shortest one does. */
export const PASS_MINUTES_MAX = 480;

/** What is known before anything is asked of Graph. */
export type StoredFacts = {
  isEnabled: boolean;
  hasWriter: boolean;
  issuer: { tenantId: string; objectId: string; isHelper: boolean; isEngineer: boolean };
  customerId: string;
  person: { accountId: string; exempt: string | null } | null;
  isBreakGlass: boolean;
  /** Whether the person holds a role in the directory; also where that was not read. */
  holdsRole: boolean;
  /** Everybody who ever asked for a pass for this person, whatever was answered later. */
  requests: readonly PassRequest[];
};

/** What Graph said a moment ago; null where it could not be read. */
export type ReadFacts = {
  /** `gone`: there is no such account any more. */
  account: { isEnabled: boolean | null } | 'gone';
  policy: {
    isEnabled: boolean;
    minutesMin: number;
    minutesMax: number;
    reaches: boolean;
  } | null;
  hasLivePass: boolean;
  mfaCapable: 'capable' | 'not' | 'unknown';
  /** Signs in and fails MFA since it is enforced. */
  isLockedOut: boolean;
};

export type Judged<T> = ({ ok: true } & T) | ({ ok: false } & PassRefusal);

function refused(refusal: PassRefusal): { ok: false } & PassRefusal {
  return { ok: false, ...refusal };
}

/** The part of the ladder that needs nothing of Graph; gives the proof as it will be kept. */
export function judgeAsk(ask: PassAsk, facts: StoredFacts): Judged<{ proof: Proof }> {
  const { issuer, person, customerId } = facts;
  if (!issuer.isHelper) return refused(passRefusal('pass_not_your_part'));
  if (!facts.isEnabled) return refused(passRefusal('pass_not_enabled'));
  if (!facts.hasWriter) return refused(passRefusal('pass_no_writer'));
  if (facts.isBreakGlass) return refused(passRefusal('pass_break_glass'));
  if (person === null) return refused(passRefusal('pass_person_unknown'));
  // With the pass of an administrator a single helper would have the tenant.
  if (facts.holdsRole && !issuer.isEngineer) return refused(passRefusal('pass_admin'));
  if (issuer.tenantId === customerId && issuer.objectId === person.accountId)
    return refused(passRefusal('pass_own_account'));
  if (facts.requests.some((one) => one.objectId === issuer.objectId && one.tenantId === issuer.tenantId))
    return refused(passRefusal('pass_requester'));
  if (person.exempt !== null) return refused(passRefusal('pass_not_in_scope'));
  const proof = proofOf(ask.proof);
  return proof === null ? refused(passRefusal('pass_proof_missing')) : { ok: true, proof };
}

function proofOf(given: PassAsk['proof']): Proof | null {
  const kind = PROOF_KINDS.find((one): one is ProofKind => one === given?.kind);
  if (kind === undefined) return null;
  const note = given?.note?.trim() ?? '';
  return { kind, note: note === '' ? null : note };
}

/** The rest of the ladder; gives how long the pass lasts and the reason it is issued in spite of a working method. */
export function judgeRead(
  ask: PassAsk,
  facts: ReadFacts,
  issuer: { isEngineer: boolean },
): Judged<{ minutes: number; override: string | null }> {
  if (facts.account === 'gone') return refused(passRefusal('pass_person_unknown'));
  if (facts.account.isEnabled !== true) return refused(passRefusal('pass_account_disabled'));
  if (facts.policy === null) return refused(passRefusal('pass_policy_unread'));
  if (!facts.policy.isEnabled) return refused(passRefusal('pass_policy_off'));
  if (!facts.policy.reaches) return refused(passRefusal('pass_policy_not_reached'));
  const minutes = minutesOf(ask.minutes, facts.policy);
  if (typeof minutes !== 'number') return refused(minutes);
  if (facts.hasLivePass) return refused(passRefusal('pass_live'));
  if (facts.mfaCapable === 'not' || facts.isLockedOut) return { ok: true, minutes, override: null };
  const reason = ask.override?.trim() ?? '';
  if (issuer.isEngineer && reason !== '') return { ok: true, minutes, override: reason };
  return refused(passRefusal(facts.mfaCapable === 'unknown' ? 'pass_methods_unread' : 'pass_has_method'));
}

/** The wished length, or the usual one brought within the bounds; a wish beyond them is refused, never cut. */
function minutesOf(
  wished: number | null,
  { minutesMin: min, minutesMax }: { minutesMin: number; minutesMax: number },
): number | PassRefusal {
  const max = Math.max(min, Math.min(minutesMax, PASS_MINUTES_MAX));
  if (wished === null) return Math.min(Math.max(PASS_MINUTES_DEFAULT, min), max);
  return Number.isInteger(wished) && wished >= min && wished <= max ? wished : minutesRefusal({ min, max });
}

/** A pass as Graph lists it. */
export type ListedPass = {
  id: string;
  createdAt: string | null;
  startsAt: string | null;
  minutes: number | null;
  isUsable: boolean | null;
  isOnce: boolean | null;
  reason: string | null;
};

/** Whether it may still let somebody in: what does not clearly say no counts. */
export function isLive({ isUsable, reason }: Pick<ListedPass, 'isUsable' | 'reason'>): boolean {
  return isUsable !== false || reason === 'NotYetValid';
}

/** Our clock and Graph's may differ by this. */
const SKEW_MS = 2 * 60_000;
/** A request that was sent is carried out within this, or never. */
export const SETTLE_MS = 10 * 60_000;

/**
 * The passes that a request of ours made whose answer nobody got: of its length, one-time, made around that moment. One
 * that somebody else issued looks otherwise or is older, and is left alone.
 */
export function unclaimed(
  passes: readonly ListedPass[],
  asked: { minutes: number; askedAt: string; known: ReadonlySet<string> },
): ListedPass[] {
  const from = msOf(asked.askedAt) - SKEW_MS;
  const to = msOf(asked.askedAt) + SETTLE_MS;
  return passes.filter(({ id, createdAt, startsAt, minutes, isOnce }) => {
    const made = msOf(createdAt ?? startsAt ?? '');
    return !asked.known.has(id) && made >= from && made <= to && minutes === asked.minutes && isOnce === true;
  });
}

export type PassEnd = { state: 'used' | 'expired' | 'withdrawn' } | null;

/** What became of an issued pass by what Graph lists; null while it can be used. */
export function endOf(
  passes: readonly ListedPass[],
  issued: { passId: string | null; expiresAt: string | null; now: number },
): PassEnd {
  const found = passes.find(({ id }) => id === issued.passId);
  const isOver = issued.expiresAt !== null && msOf(issued.expiresAt) <= issued.now;
  if (found === undefined) return { state: isOver ? 'expired' : 'withdrawn' };
  if (found.reason !== null && /^onetimeused$/i.test(found.reason)) return { state: 'used' };
  return isOver || found.reason === 'Expired' ? { state: 'expired' } : null;
}
