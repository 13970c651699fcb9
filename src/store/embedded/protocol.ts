/** What the main thread tells the thread that holds PGlite, and what it hears back. */
export type ToThread = { type: 'wire'; session: number; bytes: Uint8Array } | { type: 'leave' } | { type: 'close' };

export type FromThread =
  | { type: 'ready' }
  | { type: 'failed'; message: string }
  | { type: 'wire'; session: number; bytes: Uint8Array }
  | { type: 'done' }
  | { type: 'broken'; message: string };

/** How the thread is started. `fsyncs` is shared memory: one counter that grows with every fsync that reached the disk. */
export type ThreadStart = { folder: string; fsyncs: SharedArrayBuffer };
