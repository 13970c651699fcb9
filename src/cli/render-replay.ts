import type { ReplayAnswer } from '../rollout/snapshots/replay-answer.ts';
import type { Answer } from './output.ts';
import { section } from './render-roster.ts';

/** A replay in JSON and in words; the words name whoever would be touched, the sentence nobody. */
export function replayAnswer(answer: ReplayAnswer, nameOf: ReadonlyMap<string, string>): Answer {
  return { json: answer, text: replayText(answer, nameOf) };
}

function replayText({ sentence, people, counts, window, notSeen }: ReplayAnswer, nameOf: ReadonlyMap<string, string>) {
  const named = (userId: string) => nameOf.get(userId) ?? userId;
  const touched = people.filter(({ outcome }) => outcome !== 'unchanged' && outcome !== 'promptedCanAnswer');
  const { failed, notAPerson, elsewhere, outsideWindow } = counts.leftOut;
  return [
    sentence,
    '',
    section(
      'To look at before anything is enforced',
      ['outcome', 'who', 'is', 'times', 'application', 'by', 'last', 'why'],
      touched.map((person) => {
        const [worst] = person.apps;
        return [
          person.outcome,
          named(person.userId),
          person.kind,
          String(person.counts[person.outcome]),
          worst?.name ?? '',
          worst?.client ?? '',
          person.lastSeen ?? 'never',
          person.why,
        ];
      }),
    ),
    section(
      'Not seen signing in',
      ['who'],
      notSeen.map((userId) => [named(userId)]),
    ),
    `Looked at ${window.from} to ${window.to}. Not counted: ${failed} failed sign-ins, ${notAPerson} of programs without a user, ${elsewhere} to other tenants, ${outsideWindow} outside the window.`,
  ].join('\n');
}
