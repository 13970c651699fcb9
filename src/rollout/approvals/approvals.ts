import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import { type Actor, journalActor } from '../access/access.core.ts';
import { type Decision, type DecisionOutcome, judgePress, type Press, type Subject } from './approvals.core.ts';
import { insertDecision, lockSubject, readDecidedContent, readDecidedContents, readLatest } from './approvals.store.ts';

/** The newest decision on a subject, for the customer of this transaction; undefined when there is none. */
export function latestDecision(tx: Tx, subject: Subject): Promise<Decision | undefined> {
  return readLatest(tx, subject);
}

/** What the newest decision with this verdict was about, as it was shown; undefined when there is none. */
export function decidedContent(tx: Tx, subject: Subject, verdict: Decision['verdict']): Promise<unknown> {
  return readDecidedContent(tx, subject, verdict);
}

/** What each decision with this verdict was about, with when it was made, the oldest first. */
export function decidedContents(tx: Tx, subject: Subject, verdict: Decision['verdict']) {
  return readDecidedContents(tx, subject, verdict);
}

/** What a press is recorded with: who, when, and the whole of what was shown. */
export type DecisionRequest = Press & { subject: Subject; actor: Actor; at: Date; content: Json };

/**
 * Records what somebody decided, with the journal entry and the refreshing of every card copy, in the caller's
 * transaction. The caller has checked that the actor may decide and that the digest is that of the current content.
 * Presses on one subject wait for each other; a second one answers `already` with the decision that stands.
 */
export async function recordDecision(
  tx: Tx,
  request: DecisionRequest,
): Promise<Extract<DecisionOutcome, { outcome: 'recorded' | 'already' }>> {
  const { subject, digest, verdict, actor, at, content } = request;
  await lockSubject(tx, subject);
  const latest = await readLatest(tx, subject);
  if (latest !== undefined && judgePress(request, latest) === 'already')
    return { outcome: 'already', decision: latest };
  const { identity: by, displayName } = actor;
  const decision = await insertDecision(tx, { subject, digest, verdict, by, displayName, at, content });
  await appendJournal(tx, {
    at,
    actor: journalActor(actor),
    event: `${subject}.${verdict}`,
    facts: { decision: decision.id, digest },
  });
  await enqueue(tx, {
    kind: 'cards.refresh',
    key: `cards.refresh:${decision.id}`,
    payload: { subject },
    dueAt: at,
    priority: DECISION_PRIORITY,
  });
  return { outcome: 'recorded', decision };
}

/** People wait at their screens for this: before any mailing. */
const DECISION_PRIORITY = 10;
