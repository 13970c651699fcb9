import { z } from 'zod';
import { AppError } from '../lib/errors.ts';
import { draftOf } from '../rollout/policy/draft/draft-answer.ts';
import { rosterOf } from '../rollout/snapshots/answers.ts';
import { exceptionsOf } from '../rollout/snapshots/exception-answer.ts';
import { coverageOf, whatIfOf, whatIfQuestion } from '../rollout/snapshots/policy-answers.ts';
import { replayOf } from '../rollout/snapshots/replay-answer.ts';
import { parseSnapshot, type Snapshot } from '../rollout/snapshots/snapshot-file.ts';
import type { OfflineCommand } from './backend.ts';
import { type Answer, table } from './output.ts';
import { draftAnswer, findingsText } from './render-draft.ts';
import { replayAnswer } from './render-replay.ts';
import { rosterText } from './render-roster.ts';
import { replayQuestion } from './replay-question.ts';

/**
 * Answers a question from the text of a snapshot file. Refuses a broken file with its code and a sentence,
 * and a principal name that no account has with `user_unknown`.
 */
export function answerOffline(
  name: Exclude<OfflineCommand, 'report'>,
  snapshotText: string,
  options: Record<string, unknown>,
): Answer {
  const snapshot = parseSnapshot(snapshotText);
  const nameOf = new Map((snapshot.users ?? []).map((user) => [user.id, user.displayName ?? user.id]));
  switch (name) {
    case 'roster': {
      const roster = rosterOf(snapshot);
      return { json: roster, text: rosterText(roster) };
    }
    case 'exceptions': {
      const answer = exceptionsOf(snapshot);
      return { json: answer, text: answer.markdown };
    }
    case 'policy draft':
      return draftAnswer(draftOf(snapshot, exceptionsOf(snapshot)), nameOf);
    case 'policy replay':
      return replayAnswer(replayOf(snapshot, asked(replayQuestion, options)), nameOf);
    case 'what-if': {
      const { user, ...question } = asked(whatIfQuestion, options);
      const person = user === undefined ? {} : { user: userIdOf(snapshot, user) };
      const answer = whatIfOf(snapshot, { ...question, ...person });
      const rows = answer.results.map((row) => [
        row.mfaRequired,
        nameOf.get(row.userId ?? '') ?? row.userId ?? '',
        row.why,
      ]);
      const parts = [table(['MFA required', 'who', 'why'], rows), findingsText(answer.findings ?? [])];
      return { json: answer, text: parts.filter((part) => part !== undefined).join('\n\n') };
    }
    case 'coverage': {
      const answer = coverageOf(snapshot);
      const rows = answer.people.map((row) => [row.covered, nameOf.get(row.userId) ?? row.userId, row.why]);
      return { json: answer, text: table(['covered', 'who', 'why'], rows) };
    }
  }
}

/** An account's id from what was typed: the id itself, or a user principal name. */
function userIdOf({ users }: Snapshot, typed: string): string {
  if (!typed.includes('@') || !users) return typed;
  const wanted = typed.toLowerCase();
  const user = users.find(({ userPrincipalName }) => userPrincipalName?.toLowerCase() === wanted);
  if (user !== undefined) return user.id;
  const userMessage = `No account of the snapshot has the user principal name ${typed}. Give its object id.`;
  throw new AppError('user_unknown', userMessage, { userMessage });
}

function asked<S extends z.ZodType>(schema: S, options: Record<string, unknown>): z.output<S> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new AppError('usage', `the command was called wrongly: ${z.prettifyError(parsed.error)}`);
}
