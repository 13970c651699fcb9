import type { Clock } from '../../lib/clock.ts';
import { digestOf, shortDigest } from '../../lib/digest.ts';
import type { Database } from '../../store/database.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { PhaseApprovals } from '../approvals/phase-approval-types.ts';
import { isWaiting, REPLAY_BLOCKS } from '../phases/phase-life.core.ts';
import type { PhaseChange, PhaseListener } from '../phases/phase-ports.ts';
import type { Phase } from '../phases/phase-types.core.ts';

/** The subject under which the cards of a phase are kept. */
export function phaseSubject(name: string): string {
  return `${SUBJECT}${name}`;
}

/** The phase that a subject names; null for the subject of another card. */
export function phaseInSubject(subject: string): string | null {
  return subject.startsWith(SUBJECT) ? subject.slice(SUBJECT.length) : null;
}

const SUBJECT = 'phase:';

/** Somebody waits for it. */
const PRIORITY = 10;

/**
 * Creates what hears of every change of a phase: brings its cards up to date, and puts a new one where people look when
 * the phase became ready, blocked by something else, approved, enforced or rolled back.
 */
export function createPhaseCards(): PhaseListener {
  return async (tx, change) => {
    const { rollout, phase, now } = change;
    await refresh(tx, phase.name, { why: `${rollout.id}:${phase.revision}`, now });
    const occasion = occasionOf(change);
    if (occasion !== null) await post(tx, phase.name, { ...occasion, id: `${rollout.id}:${occasion.id}`, now });
  };
}

/**
 * The same approvals; every recorded decision also brings the cards of its phase up to date, in its own transaction, and
 * whoever asks again puts a new card before those who decide.
 */
export function withPhaseCards(
  approvals: PhaseApprovals,
  { database, clock }: { database: Database; clock: Clock },
): PhaseApprovals {
  return {
    review: approvals.review,
    decide: (customer, actor, press) =>
      database.withCustomer(customer.id, async (tx) => {
        const outcome = await approvals.decide(customer, actor, press);
        if (outcome.outcome !== 'recorded') return outcome;
        const { id, phase, verdict } = outcome.decision;
        const now = new Date(clock.now());
        await refresh(tx, phase, { why: id, now });
        if (verdict === 'askAgain') await post(tx, phase, { id: `asked-${id}`, toDeciders: true, now });
        return outcome;
      }),
  };
}

type Occasion = { id: string; toDeciders: boolean };

/** What is worth a new message; null where the cards that are out say it. */
function occasionOf({ phase, from }: PhaseChange): Occasion | null {
  const { state, revision } = phase;
  // A phase that stays blocked is news when something else keeps it so; the same things again are none.
  if (state === 'blocked') return { id: `blocked-${gatesOf(phase)}`, toDeciders: true };
  // Taking it out was wanted and not done: whoever wanted it has to know.
  if (state === 'enforced' && phase.gates.length > 0) return { id: `kept-${gatesOf(phase)}`, toDeciders: true };
  // Nobody was written to yet: whoever decides sees first whom the past says it would hit.
  const replayed = state === 'planned' ? phase.gates.find(({ code }) => code === REPLAY_BLOCKS) : undefined;
  if (replayed !== undefined) return { id: `replay-${digestOfIds(replayed)}`, toDeciders: true };
  if (state === from) return null;
  switch (state) {
    case 'ready':
      // Nobody is asked to approve a phase that waits for the last step.
      return { id: `${state}-${revision}`, toDeciders: !isWaiting(phase) };
    case 'rolledBack':
      return { id: `${state}-${revision}`, toDeciders: true };
    case 'approved':
    case 'enforced':
      return { id: `${state}-${revision}`, toDeciders: false };
    case 'planned':
    case 'announced':
    case 'observing':
    case 'held':
      return null;
  }
}

function gatesOf({ gates }: Phase): string {
  return shortDigest(digestOf([...new Set(gates.map(({ code }) => code))].sort()));
}

function digestOfIds({ accountIds }: Phase['gates'][number]): string {
  return shortDigest(digestOf([...accountIds]));
}

async function refresh(tx: Tx, name: string, { why, now }: { why: string; now: Date }): Promise<void> {
  const subject = phaseSubject(name);
  const effect = { kind: 'cards.refresh', key: `cards.refresh:${subject}:${why}`, payload: { subject } };
  await enqueue(tx, { ...effect, dueAt: now, priority: PRIORITY });
}

async function post(tx: Tx, name: string, { id, toDeciders, now }: Occasion & { now: Date }): Promise<void> {
  const subject = phaseSubject(name);
  const payload = { subject, occasion: id, toDeciders };
  await enqueue(tx, {
    kind: 'cards.post',
    key: `cards.post:${subject}:${id}`,
    payload,
    dueAt: now,
    priority: PRIORITY,
  });
}
