import type { Pool } from 'pg';
import type { AppError } from '../lib/errors.ts';

/** What a database engine is to the rest of the store: one pool, and what only this engine knows. */
export type Engine = {
  kind: 'embedded' | 'server';
  pool: Pool;
  /** Calls of fsync that reached the disk since the start; undefined where the engine is another process. */
  fsyncs(): number | undefined;
  /** The engine's own explanation of a failure, when it has one. */
  explain(error: unknown): AppError | undefined;
  /** Lets statements of this process run without the time limit, for maintenance and migrations. */
  unlimited<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
};
