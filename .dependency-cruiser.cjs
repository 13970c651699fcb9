// Who may import whom: the house of ARCHITECTURE.md as rules. `npm run check:imports` runs them, `npm run draw` draws them.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'core-is-pure', comment: 'a *.core.ts file may import only other cores and src/lib', severity: 'error',
      from: { path: '^src/rollout/.+\\.core\\.ts$' }, to: { pathNot: '^src/(rollout/.+\\.core|lib/.+)\\.ts$' } },
    { name: 'store-stays-in-its-slice', comment: 'a noun’s tables are private to its folder', severity: 'error',
      from: { path: '^src/rollout/([^/]+)/', pathNot: '\\.core\\.ts$' }, to: { path: '^src/rollout/([^/]+)/.+\\.store\\.ts$', pathNot: '^src/rollout/$1/' } },
    { name: 'edges-call-rollout-only', comment: 'bot and api reach data through rollout', severity: 'error',
      from: { path: '^(bot|src/api)/' }, to: { path: '^src/(services|store|work|sandbox)/|\\.store\\.ts$' } },
    { name: 'inside-knows-no-edge', severity: 'error', from: { path: '^src/(rollout|services|store|lib)/' }, to: { path: '^(bot|tab|src/api|src/main)' } },
    { name: 'services-know-no-business', severity: 'error', from: { path: '^src/services/' }, to: { path: '^src/(rollout|store|work)/' } },
    { name: 'lib-knows-nobody', severity: 'error', from: { path: '^src/lib/' }, to: { path: '^(bot|tab)/|^src/(?!lib/)' } },
    { name: 'sandbox-is-independent', comment: 'a simulator sharing our schemas would share our mistakes', severity: 'error',
      from: { path: '^src/sandbox/' }, to: { path: '^(bot|tab)/|^src/(?!lib/|sandbox/)' } },
    { name: 'product-knows-no-sandbox', comment: 'the wire is the seam', severity: 'error',
      from: { path: '^(bot|tab)/|^src/(?!sandbox/)', pathNot: '^src/(cli|main|rehearsal)' }, to: { path: '^src/sandbox/' } },
    { name: 'nothing-imports-main', severity: 'error', from: {}, to: { path: '^src/main\\.ts$' } },
    { name: 'tab-is-a-browser', severity: 'error', from: { path: '^tab/' }, to: { path: '^(bot|src)/', pathNot: '^src/contract\\.ts$' } },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: '\\.d\\.ts$|\\.test\\.tsx?$|^src/main\\.ts$|^tab/main\\.tsx$|^(bench|scripts)/|\\.config\\.(ts|mjs|cjs)$' }, to: {} },
    { name: 'not-to-test', severity: 'error', from: { pathNot: '^(test|bench)/' }, to: { path: '^(test|bench)/' } },
    { name: 'no-dev-dependency-in-the-product', severity: 'error', from: { path: '^(bot|src)/' }, to: { dependencyTypes: ['npm-dev'], pathNot: '@types/' } },
  ],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: 'node_modules' }, exclude: { path: '^node:|^tab/dist/' } },
};
