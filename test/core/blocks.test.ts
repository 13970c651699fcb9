import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePrints, PRINT_HALF } from '../../src/rollout/roster/blocks.core.ts';

const print = (key: number, says: number) => `k${key}`.padEnd(PRINT_HALF, '.') + `s${says}`.padEnd(PRINT_HALF, '.');

const list = fc.uniqueArray(fc.tuple(fc.nat(30), fc.nat(3)), { selector: ([key]) => key });

describe('comparePrints', () => {
  it('tells what a comparison row by row tells, however the rows of before lie in blocks', () => {
    fc.assert(
      fc.property(list, list, fc.integer({ min: 1, max: 5 }), (before, after, perBlock) => {
        const prints = before.map(([key, says]) => print(key, says));
        const blocks = Array.from({ length: Math.ceil(prints.length / perBlock) }, (_none, n) =>
          prints.slice(n * perBlock, (n + 1) * perBlock).join(''),
        );
        const known = new Map(before);
        const here = new Set(after.map(([key]) => key));
        const places = (matches: (key: number, says: number) => boolean) =>
          after.flatMap(([key, says], place) => (matches(key, says) ? [place] : []));
        expect(
          comparePrints(
            blocks,
            after.map(([key, says]) => print(key, says)),
          ),
        ).toEqual({
          isClear: true,
          changed: places((key, says) => known.has(key) && known.get(key) !== says),
          added: places((key) => !known.has(key)),
          removed: before.filter(([key]) => !here.has(key)).length,
        });
      }),
    );
  });

  it('tells nothing where a key comes twice, in either reading', () => {
    const twice = [print(1, 1), print(1, 2)];
    expect(comparePrints([twice.join('')], [print(1, 1)])).toEqual({ isClear: false });
    expect(comparePrints([print(1, 1)], twice)).toEqual({ isClear: false });
  });
});
