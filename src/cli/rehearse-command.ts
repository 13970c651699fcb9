import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { dayAfter, dayOf, weekdayOf } from '../lib/local-time.ts';
import { createLog } from '../lib/log.ts';
import type { Rehearsal, RehearsalWishes } from '../rehearsal/rehearse.ts';
import { parseProcedureFile } from '../rollout/phases/procedure-file.ts';
import { parseSnapshot } from '../rollout/snapshots/snapshot-file.ts';
import { readTextFile } from './files.ts';
import { type Answer, table } from './output.ts';

type Options = {
  seed: number;
  size: number;
  start?: string;
  world: (typeof WORLDS)[number];
  sdSwitch: 'last' | 'first';
  procedure?: string;
  snapshot?: string;
  log?: string;
};

/** Named here as well, since what can play them is loaded with the command. */
const WORLDS = ['reference', 'securityDefaults', 'oldPolicies'] as const satisfies readonly RehearsalWishes['world'][];

const SIZE_MIN = 100;
const SIZE_MAX = 2000;

/**
 * Adds `rehearse`, which needs neither server nor store: it plays with made-up people, or with those of a snapshot file,
 * in a folder of its own. Exits with 1 when what is reported in the end differs from what is so.
 */
export function addRehearse(program: Command, backend: { print(answer: Answer): void }): void {
  program
    .command('rehearse')
    .description('play a whole rollout with made-up people on a turned clock, before anything real is touched')
    .option('--seed <number>', 'which made-up customer', wholeNumber(0, 999_999_999), 1)
    .option('--size <number>', `how many people, ${SIZE_MIN} to ${SIZE_MAX}`, wholeNumber(SIZE_MIN, SIZE_MAX), 200)
    .option('--start <day>', 'the first day; without it next Monday')
    .addOption(
      new Option(
        '--world <kind>',
        'which kind of made-up customer: without MFA, with Security Defaults on, or with MFA in old policies',
      )
        .choices(WORLDS)
        .default('reference')
        .conflicts('snapshot'),
    )
    .addOption(
      new Option('--sd-switch <when>', 'when Security Defaults give way, where they are on')
        .choices(['last', 'first'])
        .default('last')
        .conflicts('procedure'),
    )
    .option(
      '--snapshot <file>',
      'rehearse with the people and policies of this file; how they behave comes from the seed',
    )
    .option('--log <file>', 'write what happened, line by line: the same seed writes the same')
    .option('--procedure <file>', 'rehearse this procedure instead of the one the departments suggest')
    .action(async ({ seed, size, start, procedure, snapshot, log, world, sdSwitch }: Options) => {
      // Loaded here, since no other command needs the sandbox in its own process.
      const [{ rehearse }, { logText }] = await Promise.all([
        import('../rehearsal/rehearse.ts'),
        import('../rehearsal/event-log.ts'),
      ]);
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort());
      const rehearsal = await rehearse({
        ...{ seed, size, world, sdSwitch },
        snapshot: snapshot === undefined ? undefined : parseSnapshot(readTextFile(snapshot)),
        startsOn: start ?? nextMonday(),
        procedure: procedure === undefined ? undefined : parseProcedureFile(readTextFile(procedure), procedure),
        onLine: (line) => process.stderr.write(`${line}\n`),
        log: createLog('error'),
        signal: stop.signal,
      });
      if (log !== undefined) writeFileSync(log, logText(rehearsal.log));
      backend.print(rehearsalAnswer(rehearsal));
    });
}

const DIFFERS = {
  code: 'rehearsal_differs',
  message: 'What the rollout says is not what was true of these people: see the rows that do not agree.',
};

/** What the command prints; with a refusal, so that it ends with 1, where a reported figure is not the true one. */
export function rehearsalAnswer(rehearsal: Rehearsal): Answer {
  const differs = rehearsal.truth.some(({ agrees }) => !agrees);
  return {
    json: { ...rehearsal, log: undefined },
    text: rehearsalText(rehearsal),
    ...(differs ? { refusal: DIFFERS } : {}),
  };
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`a whole number from ${min} to ${max}`);
  };
}

function nextMonday(): string {
  const today = dayOf(new Date(), 'UTC');
  return dayAfter(today, 8 - weekdayOf(today));
}

function rehearsalText({ customer, phases, from, to, truth, cost }: Rehearsal): string {
  const rows = phases.map(({ name, state, enforcedAt, people, enrolled }) => [
    ...[name, state, enforcedAt?.slice(0, 10) ?? ''],
    `${enrolled} of ${people}`,
  ]);
  const held = truth.map(({ what, reported, truth: so, agrees }) => [what, reported, so, agrees ? '' : 'DIFFERS']);
  return [
    `${customer}, ${from.slice(0, 10)} to ${to.slice(0, 10)}`,
    table(['phase', 'state', 'since', 'enrolled'], rows),
    table(['what', 'as reported', 'as it is', ''], held),
    `${cost.jobs} jobs, ${cost.cpuSeconds} s of processor time`,
  ].join('\n');
}
