import { type Command, InvalidArgumentError } from 'commander';
import type { Backend } from './backend.ts';
import { readTextFile } from './files.ts';
import { REPLAY_DAYS_MAX } from './replay-question.ts';

type Options = { snapshot?: string; days: number; everyone?: boolean; draft?: string };

/** Adds `policy replay`: the time machine. */
export function addReplay(policy: Command, backend: Backend): void {
  policy
    .command('replay [customer]')
    .description('what the draft would have done to the sign-ins of the last weeks, had it been enforced')
    .option('--snapshot <file>', 'replay the sign-ins of this snapshot file, without server and store')
    .option('--days <number>', `how many days back, ${REPLAY_DAYS_MAX} at most`, dayCount, REPLAY_DAYS_MAX)
    .option('--everyone', 'as in the last phase, when the draft includes everybody')
    .option('--draft <file>', 'another policy (JSON) in place of the managed draft')
    .action(async (customer: string | undefined, options: Options) => {
      const { snapshot, days, everyone, draft } = options;
      const question = {
        days,
        ...(everyone === undefined ? {} : { everyone }),
        ...(draft === undefined ? {} : { draftText: readTextFile(draft) }),
      };
      backend.print(
        snapshot === undefined
          ? await backend.operate('policy replay', { ...(customer === undefined ? {} : { customer }), ...question })
          : await backend.offline('policy replay', readTextFile(snapshot), question),
      );
    });
}

function dayCount(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= REPLAY_DAYS_MAX) return days;
  throw new InvalidArgumentError(`a whole number from 1 to ${REPLAY_DAYS_MAX}`);
}
