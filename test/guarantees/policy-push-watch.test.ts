import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hurriedClock } from '../support/hurried-clock.ts';
import { startProduct, startWorld } from '../support/product.ts';
import { addWrittenCustomer, BY, decideDraft, signExceptions } from '../support/push-world.ts';

const ROUND_MS = 180_000;

const WATCHED = [
  ['around every policy', 'oldPolicies', 23, '.policy.'],
  ['after every write', 'reference', 22, '.made'],
] as const;

/** Judged by the sandbox's own evaluator, which shares nothing with the product's; after every write it takes minutes. */
it.each(process.env.MFA_GUARANTEES === 'full' ? WATCHED : WATCHED.slice(0, 1))(
  'a push and its undo lock nobody out and take cover from nobody %s: %s, seed %i',
  async (_when, name, seed, points) => {
    const folder = mkdtempSync(join(tmpdir(), 'mfa-watched-'));
    const world = await startWorld({ name, seed, size: 100 });
    let look: (point: string) => void = () => undefined;
    const stopPoint = (point: string) => look(point);
    const app = await startProduct({ dataDir: join(folder, 'data') }, { clock: hurriedClock, stopPoint });
    const customer = await addWrittenCustomer(app, world);
    await signExceptions(app, customer);
    const digest = await decideDraft(app, customer);
    const since = world.sandbox.state.seq;
    const found: unknown[] = [];
    let looks = 0;
    look = (point) => {
      if (!point.includes(points)) return;
      looks += 1;
      const { newlyLockedOut, lostCover } = world.sandbox.watch.look(customer.id, since);
      if (newlyLockedOut.length + lostCover.length > 0) found.push([point, newlyLockedOut, lostCover]);
    };
    const pushed = await app.push.push(customer, BY, digest);
    await app.push.undo(customer, BY);
    expect(found).toEqual([]);
    expect(looks).toBeGreaterThanOrEqual(points === '.made' ? 2 * pushed.steps.length : 8);
    await app.close();
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  },
  ROUND_MS,
);
