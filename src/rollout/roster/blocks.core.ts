/**
 * What changed between two readings of a source that gives no list of changes, told from the prints of its rows: which
 * rows are new, which say something else, how many are gone. A print is the key's half and then the row's; where a key
 * comes twice nothing can be told, and the readings have to be compared whole.
 */

/** Letters of either half of a print. */
export const PRINT_HALF = 11;
const PRINT_LENGTH = 2 * PRINT_HALF;

export type PrintChange =
  | {
      isClear: true;
      /** Places, in the later reading, of rows that say something else. */
      changed: number[];
      /** Places of rows whose key was not there. */
      added: number[];
      removed: number;
    }
  | { isClear: false };

/** Compares the prints of blocks that are gone, each block's one after the other, with those of the rows that came. */
export function comparePrints(before: readonly string[], after: readonly string[]): PrintChange {
  const known = new Map<string, string>();
  for (const prints of before) {
    for (let at = 0; at < prints.length; at += PRINT_LENGTH) {
      const key = prints.slice(at, at + PRINT_HALF);
      if (known.has(key)) return { isClear: false };
      known.set(key, prints.slice(at + PRINT_HALF, at + PRINT_LENGTH));
    }
  }
  const seen = new Set<string>();
  const [changed, added]: [number[], number[]] = [[], []];
  for (const [place, print] of after.entries()) {
    const key = print.slice(0, PRINT_HALF);
    if (seen.has(key)) return { isClear: false };
    seen.add(key);
    const former = known.get(key);
    if (former === undefined) added.push(place);
    else if (former !== print.slice(PRINT_HALF)) changed.push(place);
  }
  return { isClear: true, changed, added, removed: known.size - (seen.size - added.length) };
}
