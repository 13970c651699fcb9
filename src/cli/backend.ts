import type { Answer } from './output.ts';

/** How the program reaches what it does; `run.ts` supplies the real ones. */
export type Backend = {
  /** Runs an operation on the running server, or here when none runs. */
  operate(name: string, input: unknown): Promise<Answer>;
  /** Answers a question from a snapshot file, without server and store. */
  offline(name: OfflineCommand, snapshotText: string, options: Record<string, unknown>): Answer | Promise<Answer>;
  /** Opens the store here, which nobody else may hold meanwhile. */
  moveStore(direction: 'export' | 'import', file: string): Promise<Answer>;
  print(answer: Answer): void;
};

/** Commands that answer from a snapshot file. */
export type OfflineCommand =
  | 'roster'
  | 'exceptions'
  | 'what-if'
  | 'coverage'
  | 'policy draft'
  | 'policy replay'
  | 'report';
