import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { PhasePerson } from '../phases/phase-types.core.ts';
import type { CadenceInput } from './cadence.core.ts';
import { copyOf, recipientOf, withoutAddress } from './cadence-managers.core.ts';
import { effectKey } from './mail-key.core.ts';
import { insertMail, type LedgerRow } from './outreach.store.ts';
import { onLeaveUntil, type ReasonCode, reasonOf } from './outreach-reasons.core.ts';
import type { PlannedMail, Reason } from './outreach-types.core.ts';

/** What begins the scope of a reminder that somebody asked for; the day of it follows, so that there is one a day. */
const EXTRA = 'extra:';

export type ExtraReminder = {
  rolloutId: string;
  person: PhasePerson;
  day: string;
  at: Date;
  /** Whether the bot can write to whom no mail reaches. */
  hasTeams?: boolean;
};

/**
 * Queues one reminder beside those of the cadence, in the caller's transaction: at most one for a person and day. False,
 * changing nothing, when there is one; `noAddress` when nobody can be written to. Right before it goes out it is judged
 * like every reminder, by the person's own methods.
 */
export async function queueExtraReminder(tx: Tx, asked: ExtraReminder): Promise<boolean | 'noAddress'> {
  const { rolloutId, person, day, at, hasTeams = false } = asked;
  const to = recipientOf(person) ?? (hasTeams ? withoutAddress(person) : null);
  if (to === null) return 'noAddress';
  const ref = { message: 'reminder', personId: person.accountId, scope: `${EXTRA}${day}` } as const;
  const mail: PlannedMail = { ...ref, phase: person.phase, to, cc: null, about: [], dueAt: at.toISOString() };
  if (!(await insertMail(tx, rolloutId, { mail, at }))) return false;
  const payload = { rolloutId, ...ref, round: 0 };
  await enqueue(tx, { kind: 'outreach.send', key: effectKey(payload, 0), payload, dueAt: at, priority: 5 });
  return true;
}

/** Whether a mail is one that somebody asked for beside the cadence. */
export function isExtra({ message, scope }: Pick<LedgerRow, 'message' | 'scope'>): boolean {
  return message === 'reminder' && scope.startsWith(EXTRA);
}

export type ExtraJudgement =
  | { kind: 'send'; mail: PlannedMail }
  | { kind: 'skip'; reason: Reason }
  | { kind: 'wait'; reason: Reason };

/** Whether a reminder that was asked for still makes sense by what is known; the own methods are read after this. */
export function judgeExtra({ rollout, people, hasMail, hasTeams }: CadenceInput, row: LedgerRow): ExtraJudgement {
  const skip = (code: ReasonCode): ExtraJudgement => ({ kind: 'skip', reason: reasonOf(code) });
  const byId = new Map(people.map((person) => [person.accountId, person]));
  const person = byId.get(row.personId);
  if (person === undefined) return skip('offTheList');
  if (rollout.state === 'stopped') return skip('rolloutStopped');
  if (person.accountStatus === 'disabled') return skip('accountDisabled');
  if (person.exempt !== null) return skip('exempt');
  if (person.hrStatus === 'onLeave') return { kind: 'skip', reason: onLeaveUntil(person.returnDate) };
  const to = recipientOf(person) ?? (hasTeams ? withoutAddress(person) : null);
  if (to === null) return skip('noAddress');
  if (!hasMail && !hasTeams) return { kind: 'wait', reason: reasonOf('noMailSystem') };
  const { message, personId, scope } = row;
  const dueAt = row.dueAt.toISOString();
  const mail = { message, personId, scope, phase: person.phase, to, cc: copyOf(person, byId), about: [], dueAt };
  return { kind: 'send', mail };
}
