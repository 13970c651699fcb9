import { useEffect, useState } from 'react';

/** A value once it has stayed the same for `ms`, so that each keystroke or scroll step does not become a call. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
