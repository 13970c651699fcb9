/** The messages of a phase as the tab gets them: what went out, who comes next, who is not written to and why. */
import type { z } from 'zod';
import type { LedgerState, MessageRow, MessageRows, Messages, messageRowsQuerySchema } from '../contract.ts';
import { type Actor, may } from '../rollout/access/access.core.ts';
import type { LedgerAnswer, OutreachPlan } from '../rollout/outreach/outreach.ts';
import { MESSAGE_KINDS, type PhasePerson } from '../rollout/phases/phase-types.core.ts';
import { pageOf } from './rollout-lists.ts';
import { shortText } from './short-text.ts';

const NAME_BYTES_MAX = 120;

export type MessageFacts = {
  actor: Actor;
  /** The phase that is asked about; undefined: all of them. */
  phase: string | undefined;
  people: readonly PhasePerson[];
  ledger: LedgerAnswer;
  plan: OutreachPlan | null;
};

type Verdict = OutreachPlan['verdicts'][number];
type LedgerRow = LedgerAnswer['rows'][number];

/** The messages in the order of their days, each counted. */
export function messagesAnswer(facts: MessageFacts): Messages {
  const rows = ledgerOf(facts);
  const verdicts = verdictsOf(facts);
  return {
    messages: MESSAGE_KINDS.flatMap((message) => {
      const own = rows.filter((row) => row.message === message);
      const judged = verdicts.filter((verdict) => verdict.message === message);
      if (own.length === 0 && judged.length === 0) return [];
      const dueAt = judged.find((verdict) => verdict.dueAt !== null)?.dueAt ?? own[0]?.dueAt.toISOString() ?? null;
      return [
        {
          ...{ message, dueAt, states: countStates(own) },
          later: judged.filter(isToCome).length,
          not: judged.filter(({ verdict }) => verdict === 'not').length,
        },
      ];
    }),
  };
}

/** One page of messages or of people who get none. */
export function messageRowsPage(facts: MessageFacts, query: z.output<typeof messageRowsQuerySchema>): MessageRows {
  const isWanted = ({ message }: { message: MessageRow['message'] }) => (query.message ?? message) === message;
  const rows =
    query.list === 'sent'
      ? ledgerOf(facts)
          .filter((row) => isWanted(row) && (query.state ?? row.state) === row.state)
          .map(sentRow(facts))
      : verdictsOf(facts)
          .filter(isWanted)
          .filter((one) => (query.list === 'later' ? isToCome(one) : one.verdict === 'not'))
          .map(verdictRow(facts));
  return { total: rows.length, ...pageOf(rows, query), maySettle: may(facts.actor, 'settleMessages') };
}

function isToCome({ verdict }: Verdict): boolean {
  return verdict === 'send' || verdict === 'later';
}

function ledgerOf({ ledger, phase }: MessageFacts): LedgerRow[] {
  return ledger.rows.filter((row) => (phase ?? row.phase) === row.phase);
}

/** Who is carved out or away is told to the signer and the engineer alone. */
const PRIVATE_REASONS: ReadonlySet<string> = new Set(['exempt', 'onLeave']);

function verdictsOf({ actor, plan, phase }: MessageFacts): Verdict[] {
  const own = (plan?.verdicts ?? []).filter((verdict) => (phase ?? verdict.phase) === verdict.phase);
  if (may(actor, 'seeExceptions')) return own;
  return own.filter((verdict) => verdict.verdict !== 'not' || !PRIVATE_REASONS.has(verdict.reason.code));
}

function countStates(rows: readonly LedgerRow[]): Messages['messages'][number]['states'] {
  const counts: Partial<Record<LedgerState, number>> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function sentRow({ people }: MessageFacts): (row: LedgerRow) => MessageRow {
  const names = namesOf(people);
  return ({ message, personId, scope, state, reason, about, settledAt, askedAt, queuedAt }) => ({
    ...{ message, scope, state, about: about.length },
    accountId: personId,
    name: shortText(names.get(personId) ?? personId, NAME_BYTES_MAX),
    at: (settledAt ?? askedAt ?? queuedAt).toISOString(),
    reason: reason?.text ?? null,
  });
}

function verdictRow({ people }: MessageFacts): (verdict: Verdict) => MessageRow {
  const names = namesOf(people);
  return (verdict) => {
    const { message, accountId, displayName, recipientId, dueAt, note } = verdict;
    const reason = verdict.verdict === 'not' || verdict.verdict === 'later' ? verdict.reason : null;
    // A manager's message is planned for each of his people.
    const reader = message === 'managerNudge' && recipientId !== null ? names.get(recipientId) : undefined;
    const name = reader === undefined ? displayName : `${reader} (${displayName})`;
    return {
      ...{ message, accountId, scope: '', state: null, at: dueAt, about: 0 },
      name: shortText(name, NAME_BYTES_MAX),
      reason: reason?.text ?? note?.text ?? null,
    };
  };
}

function namesOf(people: readonly PhasePerson[]): ReadonlyMap<string, string> {
  return new Map(people.map(({ accountId, displayName }) => [accountId, displayName]));
}
