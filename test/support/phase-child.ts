/**
 * A process to be killed: at every task that comes as a line of JSON it works off what can run by now, from the given
 * moment on, and kills itself at its point of the given number. Answers `done`, the moment to which its pauses led, and
 * how many points it passed for this task. Argument: where the store stands, as JSON. Ends with its standard input.
 */
import { createInterface } from 'node:readline';
import type { StoreLocation } from '../../src/store/database.ts';
import { createGeneratedClock } from './generated-tenants/generated-clock.ts';
import { composeStaged } from './generated-tenants/stage.ts';

/** What the process is told. */
export type PhaseTask = {
  nowMs: number;
  /** Dies at its point of this number from now on, the first being 1; null: lives. */
  diesAt: number | null;
};

/** Jobs of one customer that run at once. */
const AT_ONCE = 2;

const [text] = process.argv.slice(2);
if (import.meta.main && text !== undefined) {
  const clock = createGeneratedClock(0);
  let passed = 0;
  let diesAt: number | null = null;
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const nextTask = async (): Promise<PhaseTask | undefined> => {
    const line = await lines.next();
    return line.done === true ? undefined : (JSON.parse(line.value) as PhaseTask);
  };
  const first = await nextTask();
  clock.moveTo(first?.nowMs ?? 0);
  const app = await composeStaged({
    ...{ location: JSON.parse(text) as StoreLocation, clock },
    stopPoint: () => {
      passed += 1;
      // As a power cut would: nothing is closed, nothing is flushed.
      if (passed === diesAt) process.kill(process.pid, 'SIGKILL');
    },
  });
  for (let task = first; task !== undefined; task = await nextTask()) {
    clock.moveTo(task.nowMs);
    diesAt = task.diesAt;
    passed = 0;
    await app.queue.showTime();
    await Promise.all(Array.from({ length: AT_ONCE }, () => app.worker.drain()));
    process.stdout.write(`done ${clock.now()} ${passed}\n`);
  }
  await app.close();
}
