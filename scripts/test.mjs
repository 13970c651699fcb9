// `npm test`: brings what the tests need beyond npm, runs them, and ends with one plain line of counts.
// Needed: PostgreSQL (every store test runs on both engines), Chromium (pages are looked at as people see them) and
// pdftotext (the closing report is read back). On
// Debian as root they are installed; elsewhere they are looked for, and what is missing is said in one line each. With
// CI=true a skipped test is a failure.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const strict = process.env.CI === 'true';
// `npm run guarantees`: what takes minutes, such as killing the product at many random moments, is done as well.
const isFull = process.argv.includes('--full');
// Outside test/guarantees, but with more to show in full.
const MORE_IN_FULL = ['sync', 'sync-guards', 'policy-push', 'channel', 'journey-worlds', 'sign-in-window'].map(
  (name) => `test/flows/${name}.test.ts`,
);
const needs = [
  { name: 'PostgreSQL', package: 'postgresql', found: hasPostgres },
  { name: 'Chromium', package: 'chromium', found: hasChromium },
  { name: 'pdftotext', package: 'poppler-utils', found: hasPdfToText },
];

for (const need of needs) {
  if (need.found()) continue;
  const why = install(need.package);
  if (!need.found()) {
    const line = `${need.name} is not here (${why}): its tests are skipped. Install the package "${need.package}" to run them.`;
    process.stderr.write(`${line}\n`);
    if (strict) process.exit(1);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'mfa-rollout-test-'));
const report = join(folder, 'report.json');
const run = spawnSync(
  process.execPath,
  [
    join('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2).filter((argument) => argument !== '--full'),
    ...(isFull ? MORE_IN_FULL : []),
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(isFull ? { MFA_GUARANTEES: 'full' } : {}),
      NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
    },
  },
);
const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
rmSync(folder, { recursive: true, force: true });
if (counts === undefined) {
  process.stderr.write('the tests ended without a report\n');
  process.exit(1);
}
const skipped = counts.numPendingTests + (counts.numTodoTests ?? 0);
process.stdout.write(`${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${skipped} skipped\n`);
if (strict && skipped > 0) {
  for (const file of counts.testResults) {
    for (const test of file.assertionResults.filter((result) =>
      ['pending', 'skipped', 'todo'].includes(result.status),
    )) {
      process.stderr.write(`skipped: ${test.fullName}\n`);
    }
  }
  process.stderr.write('with CI=true a skipped test is a failure\n');
  process.exit(1);
}
process.exit(run.status ?? 1);

function hasPostgres() {
  const onPath = spawnSync('initdb', ['--version']).status === 0;
  const homes = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  return onPath || homes.some((version) => existsSync(join('/usr/lib/postgresql', version, 'bin', 'initdb')));
}

function hasChromium() {
  return spawnSync('chromium', ['--version']).status === 0;
}

function hasPdfToText() {
  return spawnSync('pdftotext', ['-v']).status === 0;
}

function install(name) {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) return 'installed by itself only on Debian';
  if (process.getuid?.() !== 0) return 'installing needs root';
  process.stderr.write(`installing the Debian package ${name}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env };
  spawnSync('apt-get', ['update', '-qq'], options);
  const done = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], options);
  return done.status === 0 ? 'installed, but not found' : 'apt-get could not install it';
}
