import { appendJournal } from '../../../store/journal.ts';
import type { Tx } from '../../../store/transaction.ts';
import { enqueueRevocation } from '../../sessions/sessions.ts';
import type { FlipRun } from './enforce-run.ts';

/** Whose sessions end with an enforcement, by phase. */
export type EndingSessions = readonly { phase: string; accountIds: readonly string[] }[];

/**
 * The people of the phases that a flip enforces whose sessions end with it, so that they meet MFA at once and not when
 * their tokens run out: working accounts that nobody carved out. Empty where the procedure does not ask for it.
 */
export async function sessionsToEnd({ deps, customer }: FlipRun, phases: readonly string[]): Promise<EndingSessions> {
  const rollout = await deps.phases.current(customer.id);
  if (rollout?.procedure.revokeSessions !== true) return [];
  const people = await deps.phases.people(customer);
  const isMet = ({ accountStatus, exempt }: (typeof people)[number]) => accountStatus === 'enabled' && exempt === null;
  const inScope = people.filter(isMet);
  return phases.map((phase) => ({
    phase,
    accountIds: inScope.filter((person) => person.phase === phase).map(({ accountId }) => accountId),
  }));
}

/**
 * Ends them, in the transaction that notes the enforcement. Over the customer's rail nobody's sessions end (safety rule
 * S21): the journal and the log say so, and people meet MFA when their tokens run out.
 */
export async function endSessions(run: FlipRun, tx: Tx, ending: EndingSessions): Promise<void> {
  const { deps, customer, row } = run;
  const { accountsMax } = customer.settings.rails;
  const at = new Date(deps.clock.now());
  const people = new Set(ending.flatMap(({ accountIds }) => accountIds)).size;
  if (people > accountsMax) {
    const facts = { flip: row.seq, phases: ending.map(({ phase }) => phase), people, accountsMax };
    await appendJournal(tx, { at, actor: row.actor, event: 'sessions.held', facts });
    deps.log.warn('sessions.held', { customerId: customer.id, flip: row.seq, people, accountsMax });
    return;
  }
  for (const one of ending) {
    await enqueueRevocation(tx, { ...one, rolloutId: row.rolloutId, accountsMax, at, actor: row.actor });
  }
}
