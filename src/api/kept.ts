/** Gives the value of a key, made by `make` when it is not there. */
export type Kept<T> = (key: string, make: () => Promise<T>) => Promise<T>;

/**
 * Keeps at most so many values, each made once however many ask at the same time. What could not be made is not kept: a
 * refusal may be gone the next time, for example when the store was busy.
 */
export function createKept<T>(valuesMax: number): Kept<T> {
  const kept = new Map<string, Promise<T>>();
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (kept.size >= valuesMax) kept.clear();
    const made = make();
    kept.set(key, made);
    made.catch(() => {
      if (kept.get(key) === made) kept.delete(key);
    });
    return made;
  };
}
