import type { Clock } from '../../lib/clock.ts';
import { parsedAnswer } from '../parsed-answer.ts';
import { batchRefusal, readInBatches } from './batch.ts';
import type { Graph } from './client.ts';
import type { ReadOptions } from './pages.ts';
import { graphCallFacts, mailboxSettingsSchema } from './wire.ts';

/** What a user's mailbox is for, in Graph's words (`user`, `shared`, `room` …); null: the user has none. */
export type Mailbox = { id: string; userPurpose: string | null };

/** The kind of mailbox of each user, twenty users in a request. Needs MailboxSettings.Read. */
export async function readMailboxes(
  deps: { graph: Graph; clock: Clock },
  read: ReadOptions & { userIds: readonly string[] },
): Promise<Mailbox[]> {
  const { userIds, ...options } = read;
  const call = 'mailboxes.settings';
  const mailboxes: Mailbox[] = [];
  // Only the purpose is asked for: the settings also hold people's automatic replies.
  for await (const { id, answer } of readInBatches(deps, {
    call,
    ids: userIds,
    query: { $select: 'userPurpose' },
    options,
  })) {
    if (answer.status !== 404 && answer.status >= 300) throw batchRefusal(call, answer);
    const userPurpose =
      answer.status === 404 ? null : parsedAnswer(mailboxSettingsSchema, answer.body, graphCallFacts(call)).userPurpose;
    mailboxes.push({ id, userPurpose });
  }
  return mailboxes;
}
