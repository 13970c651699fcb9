/** What the suite tells a bench. */
export type BenchOptions = {
  /** Sizes that take more memory and minutes than the suite has by itself. */
  full: boolean;
};
