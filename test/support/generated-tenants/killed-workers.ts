import { type Child, startChild } from '../child.ts';
import type { PhaseTask } from '../phase-child.ts';
import type { Stage } from './stage.ts';

/** One process after the other, of which each is killed when it has passed so many points. */
export type KilledWorkers = {
  work(stage: Stage): Promise<number>;
  /** How many were killed. */
  killed(): number;
  /** Ends the one that lives. */
  end(): Promise<void>;
};

/**
 * Lets a process of its own do the work, on a server's store, where the one that people talk to goes on beside it.
 * `spans` says after how many points each of them is killed; whoever comes after the last of them lives.
 */
export function createKilledWorkers(spans: readonly number[]): KilledWorkers {
  const left = [...spans];
  let diesAt = left.shift() ?? null;
  let living: { child: Child; tasks: number } | undefined;
  const work = async (stage: Stage): Promise<number> => {
    living ??= { child: startChild('phase-child.ts', [JSON.stringify(stage.location)]), tasks: 0 };
    const worker = living;
    const task: PhaseTask = { nowMs: stage.now(), diesAt };
    worker.tasks += 1;
    worker.child.say(JSON.stringify(task));
    // Each task is answered by one line.
    const said = await worker.child
      .line((line, count) => count === worker.tasks && line.startsWith('done '))
      .catch((error: unknown) => error);
    if (typeof said !== 'string') {
      // Whoever died by himself and not at the point says why, and that is no kill.
      if (diesAt === null || !isSilent(said)) throw said;
      living = undefined;
      diesAt = left.shift() ?? null;
      return 1;
    }
    const [, nowMs, passed] = said.split(' ');
    stage.moveTo(Number(nowMs));
    if (diesAt !== null) diesAt -= Number(passed);
    return 0;
  };
  return {
    work,
    killed: () => spans.length - left.length - (diesAt === null ? 0 : 1),
    end: async () => {
      await living?.child.kill();
      living = undefined;
    },
  };
}

function isSilent(error: unknown): boolean {
  return error instanceof Error && error.message === 'the process ended without the line: ';
}
