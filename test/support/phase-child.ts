/**
 * A process to be killed: works off what can run by now, from the given moment on, and kills itself at the point of the
 * given number. Says `done`, the moment to which its pauses led, and how many points it passed. Argument: a
 * PhaseChildTask as JSON.
 */
import type { StoreLocation } from '../../src/store/database.ts';
import { createGeneratedClock } from './generated-tenants/generated-clock.ts';
import { composeStaged } from './generated-tenants/stage.ts';

/** What the process is told. */
export type PhaseChildTask = {
  location: StoreLocation;
  nowMs: number;
  /** Dies at its point of this number, the first being 1; null: lives. */
  diesAt: number | null;
};

const [text] = process.argv.slice(2);
if (import.meta.main && text !== undefined) {
  const { location, nowMs, diesAt } = JSON.parse(text) as PhaseChildTask;
  const clock = createGeneratedClock(nowMs);
  let passed = 0;
  const app = await composeStaged({
    ...{ location, clock },
    stopPoint: () => {
      passed += 1;
      // As a power cut would: nothing is closed, nothing is flushed.
      if (passed === diesAt) process.kill(process.pid, 'SIGKILL');
    },
  });
  await Promise.all([app.worker.drain(), app.worker.drain()]);
  await app.close();
  process.stdout.write(`done ${clock.now()} ${passed}\n`);
}
