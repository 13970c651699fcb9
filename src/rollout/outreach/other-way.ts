import type { Save } from '../../work/job.ts';
import type { LedgerRow } from './outreach.store.ts';
import type { TeamsAnswer, TeamsChat } from './outreach-facts.ts';
import { bothReasons, reasonOf } from './outreach-reasons.core.ts';
import type { Reason } from './outreach-types.core.ts';
import { judgeMail, type Ready } from './send-judgement.ts';
import { HOUR_MS, postponed, type Run, settled, written } from './send-run.ts';

/** How often it is looked whether Teams took the message, and how long. */
const LOOK_MS = 60_000;
const TEAMS_MAX_MS = 24 * HOUR_MS;

type Detour = {
  /** Why no mail reaches the person; it stays on the row whatever Teams answers. */
  reason: Reason;
  /** The message, where it was judged a moment ago. */
  ready?: Ready;
};

/**
 * What no mail reaches goes by Teams, where there is a way, once: the bot writes it and the row waits until it has. Else
 * it ends with what both said. Whoever needs no message any more by then gets none.
 */
export async function byTeams(run: Run, row: LedgerRow, detour: Detour): Promise<Save> {
  const { deps, customer } = run;
  const { teamsChat } = deps;
  const { reason } = detour;
  if (teamsChat === undefined) return ended(run, row, { reason });
  const now = deps.clock.now();
  const since = row.way === 'teams' ? (row.askedAt?.getTime() ?? now) : now;
  if (now - since > TEAMS_MAX_MS) return settled(run, row, { state: 'unknown', reason: reasonOf('teamsCannotTell') });
  // A person's word that it did not arrive makes it another message.
  const key = `teams:${run.key}:${row.asks}`;
  const answer = (await teamsChat.standing(customer, key)) ?? (await posted(run, row, { ...detour, key, teamsChat }));
  deps.stopPoint('mail.fell_over');
  if (typeof answer === 'function') return answer;
  switch (answer.kind) {
    case 'posted':
      return settled(run, row, { state: 'fellOver', way: 'teams', reason });
    case 'pending':
      return postponed({
        deps,
        row,
        reason,
        afterMs: LOOK_MS,
        change: { state: row.state === 'bounced' ? 'bounced' : 'queued', way: 'teams', askedAt: new Date(since) },
      });
    case 'refused':
      return ended(run, row, { reason: bothReasons(reason, answer.reason) });
    case 'unknown':
      return settled(run, row, { state: 'unknown', way: 'teams', reason: reasonOf('teamsCannotTell') });
  }
}

/** Plans the message, or says what becomes of the row without it. */
async function posted(
  run: Run,
  row: LedgerRow,
  { reason, ready, key, teamsChat }: Detour & { key: string; teamsChat: TeamsChat },
): Promise<TeamsAnswer | Save> {
  const { deps, customer, signal } = run;
  const judged = ready ?? (await judgeMail(deps, { customer, row, signal }));
  if (judged.kind === 'skip')
    return row.state === 'bounced'
      ? ended(run, row, { reason })
      : settled(run, row, { state: 'skipped', reason: judged.reason });
  if (judged.kind === 'wait') return postponed({ deps, row, reason, afterMs: judged.afterMs ?? HOUR_MS });
  const text = await written(run, judged.ask);
  if (!text.ok) return postponed({ deps, row, reason: text.reason, afterMs: HOUR_MS });
  return teamsChat.post({ customer, accountId: row.personId, key, message: text.rendered, signal });
}

/** There is no way to the person. */
function ended(run: Run, row: LedgerRow, { reason }: { reason: Reason }): Save {
  return settled(run, row, { state: row.state === 'bounced' ? 'bounced' : 'refused', reason });
}
