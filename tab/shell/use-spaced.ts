import { useEffect, useRef, useState } from 'react';

/**
 * A value followed at once, but not more often than every `ms`: the first key of a word is answered without waiting,
 * and a fast typist does not make a call of each of the others.
 */
export function useSpaced<T>(value: T, ms: number): T {
  const [followed, setFollowed] = useState(value);
  const newest = useRef({ value, at: Number.NEGATIVE_INFINITY });
  useEffect(() => {
    if (Object.is(newest.current.value, value)) return undefined;
    const follow = () => {
      newest.current = { value, at: performance.now() };
      setFollowed(value);
    };
    const waitMs = newest.current.at + ms - performance.now();
    if (waitMs <= 0) {
      follow();
      return undefined;
    }
    const timer = setTimeout(follow, waitMs);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return followed;
}
