import { expect, it } from 'vitest';
import { createSharedWork } from '../../src/lib/shared-work.ts';

/** Works that end when they are told to, and how often one was begun. */
function bench() {
  const share = createSharedWork<number>();
  const ends: { done(): void; fail(error: Error): void }[] = [];
  const work = () => {
    const number = ends.length + 1;
    return new Promise<number>((resolve, reject) => {
      ends.push({ done: () => resolve(number), fail: reject });
    });
  };
  return { ask: (key = 'a') => share(key, work), ends, settle: () => new Promise((resolve) => setImmediate(resolve)) };
}

it('gives everybody who waits one work that began after each of them asked', async () => {
  const { ask, ends, settle } = bench();
  const first = ask();
  const others = [ask(), ask(), ask()];
  expect(ends).toHaveLength(1);
  ends[0]?.done();
  expect(await first).toBe(1);
  await settle();
  expect(ends).toHaveLength(2);
  const late = ask();
  ends[1]?.done();
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
  await settle();
  ends[2]?.done();
  expect(await late).toBe(3);
  await settle();
  void ask();
  expect(ends).toHaveLength(4);
});

it('does not make others wait who ask for something else', () => {
  const { ask, ends } = bench();
  void ask('a');
  void ask('b');
  expect(ends).toHaveLength(2);
});

it('tells a failure to those who asked for that work, and to nobody after them', async () => {
  const { ask, ends, settle } = bench();
  const first = ask();
  const second = ask();
  ends[0]?.fail(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await settle();
  ends[1]?.done();
  expect(await second).toBe(2);
});
