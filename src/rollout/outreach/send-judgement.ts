import { VendorRefusedError } from '../../lib/errors.ts';
import { readUserMethods } from '../../services/graph/registration.ts';
import type { Customer } from '../customers/customers.ts';
import type { PhasePerson } from '../phases/phase-types.core.ts';
import { type CadenceInput, cadenceOf, isReminder, type Verdict } from './cadence.core.ts';
import { isExtra, judgeExtra } from './extra-reminder.ts';
import type { LedgerRow } from './outreach.store.ts';
import { cadenceFacts, type OutreachDeps, type RenderAsk } from './outreach-facts.ts';
import { reasonOf } from './outreach-reasons.core.ts';
import type { MailRef, PlannedMail, Reason } from './outreach-types.core.ts';

/** A mail that may go out now, as it is now. */
export type Ready = { kind: 'ready'; mail: PlannedMail; ask: RenderAsk };

export type MailJudgement =
  | Ready
  | { kind: 'skip'; reason: Reason }
  /** Not now; `afterMs` where it is known when. */
  | { kind: 'wait'; reason: Reason; afterMs?: number };

/** Waits that are not the message's own fault: it was due in time and is not given up for being late. */
const VENDOR_WAITS: ReadonlySet<string> = new Set([
  'quota',
  'mailboxMissing',
  'vendorDown',
  'vendorRefuses',
  'noMailSystem',
  'cannotWrite',
]);

/** What passes without the message losing its sense. */
const PASSING: ReadonlySet<string> = new Set(['phaseHeld', 'phaseRolledBack', 'noMailSystem']);

/**
 * Judges a queued mail once more right before it goes out, by the same cadence that queued it; before a reminder the
 * people's own methods are read from Graph. Throws the vendor's error when these cannot be read.
 */
export async function judgeMail(
  deps: OutreachDeps,
  { customer, row, signal }: { customer: Customer; row: LedgerRow; signal: AbortSignal },
): Promise<MailJudgement> {
  const facts = await cadenceFacts(deps, customer);
  if (facts === null || facts.rollout.id !== row.rolloutId) return { kind: 'skip', reason: reasonOf('rolloutStopped') };
  if (isExtra(row)) {
    const judged = judgeExtra(facts, row);
    return judged.kind === 'send' ? afresh(deps, { customer, facts, mail: judged.mail, signal }) : judged;
  }
  const ledger = facts.ledger.filter((other) => !isSame(other, row));
  const isDetour = row.way === 'teams' || row.state === 'bounced';
  const isLateKept = isDetour || (row.reason !== null && VENDOR_WAITS.has(row.reason.code));
  const { people } = facts;
  const subjects = people.filter((one) =>
    row.scope === '' ? one.accountId === row.personId : one.phase === row.scope,
  );
  const { mails, verdicts } = cadenceOf({ ...facts, subjects, ledger, isLateKept });
  const mail = mails.find((planned) => isSame(planned, row));
  if (mail === undefined)
    return notNow(
      verdicts.filter((verdict) => isAbout(verdict, row)),
      facts.now,
    );
  if (!isReminder(row.message)) return readyOf(customer, facts, mail);
  return afresh(deps, { customer, facts, mail, signal });
}

function isSame(a: Omit<MailRef, 'rolloutId'>, b: Omit<MailRef, 'rolloutId'>): boolean {
  return a.message === b.message && a.personId === b.personId && a.scope === b.scope;
}

function isAbout({ message, accountId, recipientId, phase }: Verdict, row: LedgerRow): boolean {
  if (message !== row.message) return false;
  return row.scope === '' ? accountId === row.personId : recipientId === row.personId && phase === row.scope;
}

function notNow(verdicts: readonly Verdict[], now: number): MailJudgement {
  const later = verdicts.find(({ verdict }) => verdict === 'later');
  if (later !== undefined) {
    const afterMs = later.dueAt === null ? undefined : Date.parse(later.dueAt) - now;
    return { kind: 'wait', reason: reasonOf('movedLater'), ...(afterMs === undefined ? {} : { afterMs }) };
  }
  const reasons = verdicts.flatMap((one) => (one.verdict === 'not' ? [one.reason] : []));
  const passing = reasons.find(({ code }) => PASSING.has(code));
  if (passing !== undefined) return { kind: 'wait', reason: passing };
  const [first, ...others] = reasons;
  if (first === undefined) return { kind: 'skip', reason: reasonOf('offTheList') };
  return { kind: 'skip', reason: others.length === 0 ? first : reasonOf('nobodyLeft') };
}

function readyOf(customer: Customer, { rollout, people }: CadenceInput, mail: PlannedMail): MailJudgement {
  const byId = new Map(people.map((person) => [person.accountId, person]));
  const phase = rollout.phases.find(({ name }) => name === mail.phase);
  const reader = byId.get(mail.personId);
  if (phase === undefined || reader === undefined) return { kind: 'skip', reason: reasonOf('offTheList') };
  const about = mail.about.flatMap((id) => byId.get(id) ?? []);
  const { language } = customer.settings;
  const ask = { customer, rollout, phase, kind: mail.message, language, reader, manager: mail.cc, about };
  return { kind: 'ready', mail, ask };
}

type Afresh = { customer: Customer; facts: CadenceInput; mail: PlannedMail; signal: AbortSignal };

async function afresh(deps: OutreachDeps, { customer, facts, mail, signal }: Afresh): Promise<MailJudgement> {
  const isNudge = mail.message === 'managerNudge';
  const behind: string[] = [];
  for (const accountId of isNudge ? mail.about : [mail.personId]) {
    if ((await ownState(deps, { customer, accountId, signal })) === 'behind') behind.push(accountId);
  }
  if (behind.length === 0) return { kind: 'skip', reason: reasonOf(isNudge ? 'nobodyLeft' : 'enrolled') };
  return readyOf(customer, facts, isNudge ? { ...mail, about: behind } : mail);
}

/** An account that is gone needs no reminder either. */
async function ownState(
  deps: OutreachDeps,
  { customer, accountId, signal }: { customer: Customer; accountId: PhasePerson['accountId']; signal: AbortSignal },
): Promise<'done' | 'behind'> {
  const { graph } = await deps.customers.connections(customer);
  try {
    const { mfaCapable } = await readUserMethods(graph, accountId, { signal });
    return mfaCapable === 'capable' ? 'done' : 'behind';
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.status === 404) return 'done';
    throw error;
  }
}
