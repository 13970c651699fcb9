import { z } from 'zod';
import { AppError } from '../lib/errors.ts';
import { draftOf } from '../rollout/policy/draft-answer.ts';
import { rosterOf } from '../rollout/snapshots/answers.ts';
import { exceptionsOf } from '../rollout/snapshots/exception-answer.ts';
import { coverageOf, whatIfOf, whatIfQuestion } from '../rollout/snapshots/policy-answers.ts';
import { replayOf } from '../rollout/snapshots/replay-answer.ts';
import { parseSnapshot } from '../rollout/snapshots/snapshot-file.ts';
import type { OfflineCommand } from './backend.ts';
import { type Answer, table } from './output.ts';
import { draftAnswer } from './render-draft.ts';
import { replayAnswer } from './render-replay.ts';
import { rosterText } from './render-roster.ts';
import { replayQuestion } from './replay-question.ts';

/** Answers a question from the text of a snapshot file. Refuses a broken file with its code and a sentence. */
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
      const answer = whatIfOf(snapshot, asked(whatIfQuestion, options));
      const rows = answer.results.map((row) => [
        row.mfaRequired,
        nameOf.get(row.userId ?? '') ?? row.userId ?? '',
        row.why,
      ]);
      return { json: answer, text: table(['MFA required', 'who', 'why'], rows) };
    }
    case 'coverage': {
      const answer = coverageOf(snapshot);
      const rows = answer.people.map((row) => [row.covered, nameOf.get(row.userId) ?? row.userId, row.why]);
      return { json: answer, text: table(['covered', 'who', 'why'], rows) };
    }
  }
}

function asked<S extends z.ZodType>(schema: S, options: Record<string, unknown>): z.output<S> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new AppError('usage', `the command was called wrongly: ${z.prettifyError(parsed.error)}`);
}
