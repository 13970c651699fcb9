import { startChild } from '../child.ts';
import type { PhaseChildTask } from '../phase-child.ts';
import type { Stage } from './stage.ts';

/**
 * Lets processes of their own do the work, of which one is killed after every so many points, over all of them; on a
 * server's store, where the one that people talk to goes on beside them.
 */
export function createKilledWorkers({ every, kills }: { every: number; kills: number }): {
  work(stage: Stage): Promise<number>;
  /** How many were killed. */
  killed(): number;
} {
  let left = kills;
  let until = every;
  return {
    killed: () => kills - left,
    work: async (stage) => {
      const task: PhaseChildTask = {
        ...{ location: stage.location, nowMs: stage.now() },
        diesAt: left === 0 ? null : until,
      };
      const child = startChild('phase-child.ts', [JSON.stringify(task)]);
      const said = await child.line((line) => line.startsWith('done ')).catch((error: unknown) => error);
      if (typeof said !== 'string') {
        // Whoever died by himself and not at the point says why, and that is no kill.
        if (!isSilent(said)) throw said;
        left -= 1;
        until = every;
        return 1;
      }
      const [, nowMs, passed] = said.split(' ');
      stage.moveTo(Number(nowMs));
      until = Math.max(1, until - Number(passed));
      return 0;
    },
  };
}

function isSilent(error: unknown): boolean {
  return error instanceof Error && error.message === 'the process ended without the line: ';
}
