import { expect, it } from 'vitest';
import { type CoverSeen, lostCover } from '../../src/rehearsal/lost-cover.ts';

const of = (...ids: string[]) => ids.map((userId) => ({ userId }));
const signed = (...ids: string[]) => ({ atTheEnd: ids, ever: ids });
const NONE: CoverSeen = { end: [], writes: [], signed: signed(), hadDefaults: true };
const ENDED = { atTheEnd: [], ever: ['a'] };

it.each<[string, Partial<CoverSeen>, [number, number]]>([
  ['nothing where nobody lost cover', { writes: [[], []] }, [0, 0]],
  [
    'nobody who was carved out by signature',
    { end: of('A', 'b'), writes: [of('a', 'B')], signed: signed('a', 'b') },
    [0, 0],
  ],
  ['somebody who was not', { end: of('a', 'c'), writes: [of('a', 'c')], signed: signed('a') }, [1, 1]],
  ['at the end alone somebody whose exception has ended', { end: of('a'), writes: [of('a')], signed: ENDED }, [1, 0]],
  ['no gap of a switch that the next write closes', { writes: [[], of('a', 'b'), []] }, [0, 0]],
  ['a gap that the next write leaves open', { writes: [of('a', 'b'), of('a'), []] }, [0, 2]],
  ['a second gap', { writes: [of('a', 'b'), [], of('a'), []] }, [0, 1]],
  ['every gap where there was nothing to switch', { writes: [of('a', 'b'), []], hadDefaults: false }, [0, 2]],
])('counts %s', (_claim, given, [atTheEnd, atWorst]) => {
  expect(lostCover({ ...NONE, ...given })).toEqual({ atTheEnd, atWorst });
});
