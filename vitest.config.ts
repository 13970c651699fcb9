import { defineConfig } from 'vitest/config';

// The embedded store is WebAssembly. Compiling it a second time for speed pays after some 20,000 queries, which a file of
// tests does not come to.
const shared = { testTimeout: 60_000, hookTimeout: 60_000, pool: 'forks', execArgv: ['--liftoff-only'] } as const;
const globalSetup = ['test/support/postgres.ts', 'test/support/compiled-children.ts'];

export default defineConfig({
  test: {
    // One more than the two cores that this has to be quick on: much of it waits for processes, browsers and leases.
    maxWorkers: 3,
    // Files share processes and modules, which spares each of them loading the whole product; nothing of ours keeps state
    // in a module. Pages are drawn in a window of their own per file.
    projects: [
      { test: { ...shared, name: 'core', include: ['test/core/**/*.test.ts'], isolate: false } },
      { test: { ...shared, name: 'tab', include: ['test/tab/**/*.test.tsx'], globalSetup } },
      {
        test: {
          ...shared,
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: ['test/core/**', 'test/tab/**'],
          isolate: false,
          globalSetup,
        },
      },
    ],
  },
});
