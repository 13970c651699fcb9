import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Customer } from '../customers/customers.ts';
import { drillOf } from './drill.core.ts';
import { insertSignIn, lockEmergency, readDrills, readSignInsSince, settleDrill } from './emergency.store.ts';
import { EMERGENCY_SUBJECT, type EmergencyDeps, signInSubject } from './emergency-deps.ts';
import type { KeptSignIn, SeenSignIn } from './emergency-types.core.ts';
import { SESSION_REACH_MS, sessionOf } from './sessions.core.ts';

type Recording = { customer: Customer; signIns: readonly SeenSignIn[]; now: Date };

/** Somebody has to look at it now. */
const PRIORITY = 10;

/**
 * Keeps what was seen of the declared accounts, each sign-in once: the first of a session is told on a card in the
 * channel and to every engineer (S3), one that a drill waited for ends that drill (S2). All of it in the caller's
 * transaction, so that neither a crash nor a second reading tells anything twice.
 */
export async function recordSignIns(tx: Tx, deps: EmergencyDeps, recording: Recording): Promise<void> {
  const { customer, signIns, now } = recording;
  const declared = new Set(customer.settings.declared.breakGlass);
  const seen = signIns.filter(({ accountId }) => declared.has(accountId)).sort((a, b) => (a.at < b.at ? -1 : 1));
  if (seen.length === 0) return;
  await lockEmergency(tx);
  const drills = await readDrills(tx);
  const from = Math.min(...seen.map(({ at }) => Date.parse(at))) - SESSION_REACH_MS;
  const known = await readSignInsSince(tx, new Date(from));
  for (const signIn of seen) {
    const drill = drillOf(signIn, drills);
    const row: KeptSignIn = { ...signIn, session: sessionOf(signIn, known), drillId: drill?.id ?? null };
    if (!(await insertSignIn(tx, row))) continue;
    const isFirst = !known.some(({ session }) => session === row.session);
    known.push(row);
    if (drill !== undefined && drill.signInId === null) {
      drill.signInId = row.id;
      drill.signedInAt = row.at;
      await settleDrill(tx, drill.id, row);
      await noteDrilled(tx, row, now);
    }
    if (isFirst) await tell(tx, deps, { customer, row, now });
    // The drill's own sign-in may not be the one that the card was posted for.
    else if (drill !== undefined) await refreshSession(tx, row, now);
  }
}

async function noteDrilled(tx: Tx, row: KeptSignIn, at: Date): Promise<void> {
  const facts = { accountId: row.accountId, drill: row.drillId, signIn: row.id, signedInAt: row.at };
  await appendJournal(tx, { at, actor: THE_WATCH, event: 'breakGlass.drilled', facts });
  const payload = { subject: EMERGENCY_SUBJECT };
  const key = `cards.refresh:${EMERGENCY_SUBJECT}:${row.id}`;
  await enqueue(tx, { kind: 'cards.refresh', key, payload, dueAt: at, priority: PRIORITY });
  // The draft's card says what keeps it from being pushed.
  const draft = { subject: 'policyDraft' };
  const draftKey = `cards.refresh:policyDraft:drilled-${row.id}`;
  await enqueue(tx, { kind: 'cards.refresh', key: draftKey, payload: draft, dueAt: at, priority: PRIORITY });
}

const THE_WATCH = { kind: 'system', name: 'emergency' };

type Telling = { customer: Customer; row: KeptSignIn; now: Date };

async function tell(tx: Tx, deps: EmergencyDeps, { customer, row, now: at }: Telling): Promise<void> {
  const { accountId, session, succeeded, interactive, drillId } = row;
  const facts = { accountId, session, signedInAt: row.at, succeeded, interactive, drill: drillId };
  await appendJournal(tx, { at, actor: THE_WATCH, event: 'breakGlass.signedIn', facts });
  const subject = signInSubject(session, false);
  const payload = { subject };
  await enqueue(tx, { kind: 'cards.post', key: `cards.post:${subject}`, payload, dueAt: at, priority: PRIORITY });
  const named = signInSubject(session, true);
  for (const person of await deps.engineersOf(customer.id)) {
    const key = `${named}:${person.tenantId}:${person.objectId}`;
    await deps.conversations.plan(customer.id, {
      key,
      target: { to: 'person', ...person },
      content: null,
      subject: named,
    });
  }
}

async function refreshSession(tx: Tx, row: KeptSignIn, at: Date): Promise<void> {
  for (const isNamed of [true, false]) {
    const subject = signInSubject(row.session, isNamed);
    const key = `cards.refresh:${subject}:${row.id}`;
    await enqueue(tx, { kind: 'cards.refresh', key, payload: { subject }, dueAt: at, priority: PRIORITY });
  }
}
