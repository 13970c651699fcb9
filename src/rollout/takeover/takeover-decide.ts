import type { Json } from '../../lib/canonical-json.ts';
import { shortDigest } from '../../lib/digest.ts';
import { AppError } from '../../lib/errors.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Tx } from '../../store/transaction.ts';
import { type Actor, journalActor } from '../access/access.core.ts';
import { isSamePerson, type Side, sidesOf } from '../approvals/phase-approval.core.ts';
import { mayDecide } from '../approvals/sign-off.ts';
import type { Customer } from '../customers/customers.ts';
import type { Sentence } from '../phases/phase-types.core.ts';
import {
  insertTakeoverDecision,
  lockTakeovers,
  readLatestTakeover,
  type TakeoverRow,
  type TakeoverVerdict,
} from './takeover.store.ts';
import { decidedSoFar, takeoverStanding } from './takeover-approval.ts';
import { begin } from './takeover-ask.ts';
import { judgedPlan, storedView, type TakeoverDeps } from './takeover-facts.ts';
import { redrawTakeover } from './takeover-job.ts';

/** A press: what was shown. */
export type TakeoverPress = { verdict: TakeoverVerdict; digest: string };

/** How a press ended. Everything but `recorded` changed nothing. `started`: it was the last one that was missing. */
export type TakeoverDecided =
  | { outcome: 'recorded'; missing: Side[]; started: boolean }
  | { outcome: 'already'; message: string; text: Sentence }
  | { outcome: 'stale'; currentDigest: string; message: string; text: Sentence }
  | { outcome: 'refused'; code: string; message: string; text: Sentence };

type Deciding = { customer: Customer; actor: Actor; press: TakeoverPress };

/** See `Takeover.decide`. */
export async function decide(
  deps: TakeoverDeps,
  tx: Tx,
  { customer, actor, press }: Deciding,
): Promise<TakeoverDecided> {
  await lockTakeovers(tx);
  const now = await actorNow(deps, customer, actor);
  const permission = mayDecide(now, 'approveTakeover');
  if (!permission.yes) return refusal('not_your_decision', { en: permission.why, de: NOT_YOURS });
  const latest = await readLatestTakeover(tx);
  if (press.verdict === 'hold') return hold(deps, tx, { actor: now, press, latest });
  if (latest !== null && ['asked', 'running', 'done', 'standing', 'undoing'].includes(latest.state)) {
    return { outcome: 'already', message: STANDS.en, text: STANDS };
  }
  const { digest, gates, plan } = await judgedPlan(deps, customer, await storedView(deps, customer, journalActor(now)));
  if (digest !== press.digest) return staleAt(digest);
  const [gate] = gates;
  if (gate !== undefined) return refusal(gate.code, gate.message);
  const before = await takeoverStanding(deps, customer.id, { ...(await decidedSoFar(tx)), digest });
  if (before.approvals.some(({ by }) => isSamePerson(by, now.identity))) {
    return { outcome: 'already', message: OWN.en, text: OWN };
  }
  await record(deps, tx, { actor: now, press, content: JSON.parse(JSON.stringify(plan)) as Json });
  const { missing } = await takeoverStanding(deps, customer.id, { ...(await decidedSoFar(tx)), digest });
  const isLast = missing.length === 0 && sidesOf(now.roles).length > 0;
  if (isLast) await begin(deps, tx, { again: null, actor: journalActor(now), digest });
  deps.stopPoint('takeover.deciding');
  return { outcome: 'recorded', missing, started: isLast };
}

/** Somebody with the roles that he has at this moment: one may have been taken away while the card was open. */
export async function actorNow(
  { access }: Pick<TakeoverDeps, 'access'>,
  customer: Customer,
  pressed: Actor,
): Promise<Actor> {
  try {
    const now = await access.actorOf(pressed.identity, customer.id);
    return { ...now, displayName: now.displayName ?? pressed.displayName };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_granted') return { ...pressed, roles: [] };
    throw error;
  }
}

type Holding = { actor: Actor; press: TakeoverPress; latest: TakeoverRow | null };

async function hold(deps: TakeoverDeps, tx: Tx, { actor, press, latest }: Holding): Promise<TakeoverDecided> {
  const { decisions } = await decidedSoFar(tx);
  const isOpen = latest === null || !['done', 'standing', 'undoing'].includes(latest.state);
  if (!isOpen || decisions.at(-1)?.verdict === 'hold') {
    return { outcome: 'already', message: NOTHING.en, text: NOTHING };
  }
  await record(deps, tx, { actor, press, content: null });
  return { outcome: 'recorded', missing: ['msp', 'customer'], started: false };
}

type Recording = { actor: Actor; press: TakeoverPress; content: Json };

async function record({ clock }: TakeoverDeps, tx: Tx, { actor, press, content }: Recording): Promise<void> {
  const at = new Date(clock.now());
  const { identity: by, displayName } = actor;
  await insertTakeoverDecision(tx, { ...press, by, displayName, content, at });
  const facts = { digest: press.digest };
  await appendJournal(tx, { at, actor: journalActor(actor), event: `takeover.decided.${press.verdict}`, facts });
  await redrawTakeover(tx, `${press.digest}-${press.verdict}-${by.objectId}-${at.getTime()}`, at);
}

function refusal(code: string, text: Sentence): TakeoverDecided {
  return { outcome: 'refused', code, message: text.en, text };
}

function staleAt(currentDigest: string): TakeoverDecided {
  const short = shortDigest(currentDigest);
  const text = {
    en: `The plan has changed since it was shown to you. Look at the present one (${short}) and decide on that.`,
    de: `Der Plan hat sich geändert, seit er Ihnen gezeigt wurde. Sehen Sie den jetzigen an (${short}) und entscheiden Sie darüber.`,
  };
  return { outcome: 'stale', currentDigest, message: text.en, text };
}

/** Why somebody may not, in German. */
export const NOT_YOURS =
  'Das entscheidet nur, wer die Rolle Techniker oder Freigebender hat. Ihr Techniker kann sie vergeben.';
const STANDS: Sentence = {
  en: 'The takeover was begun already. Undo it to plan another one.',
  de: 'Die Übernahme wurde schon begonnen. Nehmen Sie sie zurück, um neu zu planen.',
};
const OWN: Sentence = {
  en: 'You have approved this plan already; another person has to.',
  de: 'Sie haben diesen Plan schon freigegeben; eine andere Person muss es noch tun.',
};
const NOTHING: Sentence = { en: 'Nothing changed.', de: 'Nichts hat sich geändert.' };
