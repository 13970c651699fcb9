import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 60_000, hookTimeout: 60_000, pool: 'forks' } as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        // Data in, data out: nothing that one file could leave to the next, so they share processes and modules.
        test: { ...shared, name: 'core', include: ['test/core/**/*.test.ts'], isolate: false },
      },
      {
        test: {
          ...shared,
          name: 'whole',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/core/**'],
          globalSetup: ['test/support/postgres.ts', 'test/support/compiled-children.ts'],
        },
      },
    ],
  },
});
