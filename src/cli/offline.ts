import { z } from 'zod';
import { AppError } from '../lib/errors.ts';
import { draftOf } from '../rollout/policy/draft-answer.ts';
import { rosterOf } from '../rollout/snapshots/answers.ts';
import { exceptionsOf } from '../rollout/snapshots/exception-answer.ts';
import { coverageOf, type WhatIfQuestion, whatIfOf, whatIfQuestion } from '../rollout/snapshots/policy-answers.ts';
import { parseSnapshot } from '../rollout/snapshots/snapshot-file.ts';
import type { OfflineCommand } from './backend.ts';
import { type Answer, table } from './output.ts';
import { draftAnswer } from './render-draft.ts';
import { rosterText } from './render-roster.ts';

/** Answers a question from the text of a snapshot file. Refuses a broken file with its code and a sentence. */
export function answerOffline(name: OfflineCommand, snapshotText: string, options: Record<string, unknown>): Answer {
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
    case 'what-if': {
      const answer = whatIfOf(snapshot, questionOf(options));
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

function questionOf(options: Record<string, unknown>): WhatIfQuestion {
  const parsed = whatIfQuestion.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new AppError('usage', `the command was called wrongly: ${z.prettifyError(parsed.error)}`);
}
