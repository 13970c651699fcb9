/** Does a piece of work for everybody who asks for the same at once. */
export type SharedWork<T> = (key: string, work: () => Promise<T>) => Promise<T>;

type Slot<T> = { running: Promise<T>; next: Promise<T> | undefined };

/**
 * Creates the sharing of works by key. Whoever asks gets a result of work that began after he asked, so that it shows
 * what he has just done; those who wait while it is done for others share the next one. Never ask from inside a
 * transaction: the work would wait for the connection that the asker holds.
 */
export function createSharedWork<T>(): SharedWork<T> {
  const slots = new Map<string, Slot<T>>();
  const begin = (key: string, work: () => Promise<T>): Promise<T> => {
    const running = work();
    const slot: Slot<T> = { running, next: undefined };
    slots.set(key, slot);
    const forget = () => {
      if (slots.get(key) === slot && slot.next === undefined) slots.delete(key);
    };
    running.then(forget, forget);
    return running;
  };
  return (key, work) => {
    const slot = slots.get(key);
    if (slot === undefined) return begin(key, work);
    const again = () => begin(key, work);
    slot.next ??= slot.running.then(again, again);
    return slot.next;
  };
}
