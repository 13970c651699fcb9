import { AppError } from '../../lib/errors.ts';
import { randomId } from '../../lib/ids.ts';
import { dayOf } from '../../lib/local-time.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { type Actor, journalActor } from '../access/access.core.ts';
import type { Side } from '../approvals/phase-approval.core.ts';
import { mayDecide } from '../approvals/sign-off.ts';
import type { Customer } from '../customers/customers.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import { carvedOut } from '../policy/draft/draft-groups.core.ts';
import { isEnforcingAsWritten } from '../policy/managed-standing.ts';
import { acceptFinding, whyNotAccepted } from './accept.ts';
import { type DriftRow, lockDrift, readFinding, saveFinding } from './drift.store.ts';
import { refreshDrift } from './drift-cards.ts';
import type { DriftDeps } from './drift-deps.ts';
import { DRIFT_TEXTS, ENDED_TEXTS } from './drift-texts.core.ts';
import type { DriftVerdict } from './drift-types.core.ts';
import { acceptOffer, type Offer, type RemedyFacts, restoreOffer } from './remedy.core.ts';
import { isTolerated, TOLERATED_DAYS } from './two-people.core.ts';
import { approveDrift } from './two-people.ts';
import { missingWords, TWO_PEOPLE_TEXTS } from './two-people-texts.core.ts';

export type DriftPress = { id: string; verdict: DriftVerdict; digest: string };

/** `open`: an approval was recorded, and another person has to give one too. */
type DecidedState = 'restoring' | 'accepted' | 'open';

export type DriftOutcome =
  | {
      outcome: 'recorded';
      state: DecidedState;
      message: string;
      text: Sentence;
      job: string | null;
      missing: readonly Side[];
    }
  | { outcome: 'already'; message: string; text: Sentence }
  | { outcome: 'stale'; message: string; text: Sentence }
  | { outcome: 'refused'; code: string; message: string; text: Sentence };

export type Deciding = { customer: Customer; pressed: Actor; press: DriftPress };

/** See `Drift.decide`. The caller's transaction keeps everything or nothing. */
export async function decideDrift(deps: DriftDeps, tx: Tx, deciding: Deciding): Promise<DriftOutcome> {
  const { customer, pressed, press } = deciding;
  await lockDrift(tx);
  const actor = await actorNow(deps, customer, pressed);
  const permission = mayDecide(actor, 'approveDrift');
  if (!permission.yes) return refused('not_your_decision', { en: permission.why, de: TWO_PEOPLE_TEXTS.notYours.de });
  const row = await readFinding(tx, press.id);
  const ended = whyNotOpen(row, press);
  if (row === null || ended !== null) return ended ?? refused('drift_unknown', DRIFT_TEXTS.unknown);
  const offer = await offerOf(deps, tx, { row, verdict: press.verdict, customer });
  if (!offer.yes) return refused(offer.code, offer.why);
  const { verdict } = press;
  if (offer.two !== undefined) {
    const ask = { customerId: customer.id, row, verdict, words: offer.two, actor };
    const { own, standing } = await approveDrift(deps, tx, ask);
    if (own) return { outcome: 'already', message: TWO_PEOPLE_TEXTS.own.en, text: TWO_PEOPLE_TEXTS.own };
    deps.stopPoint('drift.approving');
    if (standing.missing.length > 0) return stillOpen(standing.missing);
    return decided(deps, tx, { row, actor, verdict, byTwo: true });
  }
  const alone = mayDecide(actor, 'decideDrift');
  if (!alone.yes) return refused('not_your_decision', { en: alone.why, de: NOT_YOURS_DE });
  return decided(deps, tx, { row, actor, verdict, byTwo: false });
}

function whyNotOpen(row: DriftRow | null, press: DriftPress): DriftOutcome | null {
  if (row === null) return null;
  if (row.state !== 'open') return alreadyEnded(row);
  if (row.digest === press.digest) return null;
  return { outcome: 'stale', message: DRIFT_TEXTS.stale.en, text: DRIFT_TEXTS.stale };
}

type Offering = { row: DriftRow; verdict: DriftVerdict; customer: Customer };

async function offerOf(deps: DriftDeps, tx: Tx, { row, verdict, customer }: Offering): Promise<Offer> {
  const facts = await remedyFacts(deps, tx, { customer, rows: [row] });
  if (verdict === 'restore') return restoreOffer(row, facts);
  const offer = acceptOffer(row, facts);
  if (!offer.yes) return offer;
  const ours = await whyNotAccepted(tx, row, customer);
  return ours.yes ? offer : ours;
}

/** What the offers for these findings depend on besides them. */
export async function remedyFacts(
  deps: DriftDeps,
  tx: Tx,
  { customer, rows }: { customer: Customer; rows: readonly DriftRow[] },
): Promise<RemedyFacts> {
  const { settings } = customer;
  const areAsked = rows.some(({ state, object, effect }) => {
    return state === 'open' && object === 'exceptions' && (effect?.lost.length ?? 0) > 0;
  });
  return {
    hasWriter: settings.writer !== undefined,
    breakGlass: settings.declared.breakGlass.map((id) => id.toLowerCase()),
    isEnforcing: await isEnforcingAsWritten(tx),
    signed: areAsked ? await signedNow(deps, customer) : [],
  };
}

/** Whoever has a signed exception today; nobody before the tenant was ever read. */
async function signedNow({ syncs, clock }: DriftDeps, customer: Customer): Promise<string[]> {
  const today = dayOf(new Date(clock.now()), customer.settings.timeZone);
  try {
    const { exceptions } = await syncs.exceptions(customer);
    return carvedOut(exceptions, today).map(({ accountId }) => accountId.toLowerCase());
  } catch (error) {
    if (error instanceof AppError && error.code === 'snapshot_part_missing') return [];
    throw error;
  }
}

type Decided = { row: DriftRow; actor: Actor; verdict: DriftVerdict; byTwo: boolean };

async function decided(deps: DriftDeps, tx: Tx, { row, actor, verdict, byTwo }: Decided): Promise<DriftOutcome> {
  const at = new Date(deps.clock.now());
  const decidedBy = { ...actor.identity, displayName: actor.displayName, at: at.toISOString() };
  const next: DriftRow = { ...row, decidedBy, failure: null, changedAt: at.toISOString() };
  const { id, kind, object, objectId, digest } = row;
  const facts = { id, kind, object, objectId, digest, byTwo };
  await appendJournal(tx, { at, actor: journalActor(actor), event: `drift.decided.${verdict}`, facts });
  deps.stopPoint('drift.deciding');
  if (verdict === 'accept') return accept(tx, next, { at, byTwo });
  const job = `drift.restore:${id}:${randomId()}`;
  await saveFinding(tx, { ...next, state: 'restoring', job, progress: null });
  await enqueue(tx, { kind: 'drift.restore', key: job, payload: { id }, dueAt: at, priority: PRIORITY });
  await refreshDrift(tx, id, { why: `asked:${job}`, now: at });
  return recorded('restoring', ENDED_TEXTS.restoring, job);
}

/** Somebody may be locked out, or get past MFA, until it is done. */
const PRIORITY = 10;

const NOT_YOURS_DE = 'Darüber entscheidet nur, wer die Rolle engineer hat. Ihr Techniker kann sie vergeben.';
const DAY_MS = 86_400_000;

type Accepting = { at: Date; byTwo: boolean };

async function accept(tx: Tx, row: DriftRow, { at, byTwo }: Accepting): Promise<DriftOutcome> {
  // Whoever gets past MFA by hand never becomes ours, so that he is told again when the time is over.
  const isForATime = byTwo && isTolerated(row);
  if (!isForATime) await acceptFinding(tx, row, at);
  const toleratedUntil = isForATime ? new Date(at.getTime() + TOLERATED_DAYS * DAY_MS).toISOString() : null;
  await saveFinding(tx, { ...row, state: 'accepted', job: null, toleratedUntil });
  await refreshDrift(tx, row.id, { why: 'accepted', now: at });
  return recorded('accepted', ENDED_TEXTS.accepted, null);
}

/** The role may have been taken away while the card was open. */
async function actorNow({ access }: DriftDeps, customer: Customer, pressed: Actor): Promise<Actor> {
  try {
    const now = await access.actorOf(pressed.identity, customer.id);
    return { ...now, displayName: now.displayName ?? pressed.displayName };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_granted') return { ...pressed, roles: [] };
    throw error;
  }
}

function recorded(state: 'restoring' | 'accepted', text: Sentence, job: string | null): DriftOutcome {
  return { outcome: 'recorded', state, message: text.en, text, job, missing: [] };
}

function stillOpen(missing: readonly Side[]): DriftOutcome {
  const words = missingWords(missing);
  const { approved } = TWO_PEOPLE_TEXTS;
  const text = { en: `${approved.en} ${words.en}`, de: `${approved.de} ${words.de}` };
  return { outcome: 'recorded', state: 'open', message: text.en, text, job: null, missing };
}

function refused(code: string, text: Sentence): DriftOutcome {
  return { outcome: 'refused', code, message: text.en, text };
}

function alreadyEnded({ state, decidedBy }: DriftRow): DriftOutcome {
  const what = state === 'open' ? DRIFT_TEXTS.stale : ENDED_TEXTS[state];
  const who = decidedBy === null ? '' : ` ${decidedBy.displayName ?? decidedBy.objectId}, ${decidedBy.at}.`;
  const text = { en: `${what.en}${who}`, de: `${what.de}${who}` };
  return { outcome: 'already', message: text.en, text };
}
