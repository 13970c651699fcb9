// Writes build/mfa-rollout.zip, the package that Teams takes. Values come from the environment, and from an env file:
//   npm run package -- env/.env.dev
// Nothing is written while anything is wrong; every mistake is listed.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { PACKAGE_FILES, packageApp } from './package-app.ts';

const OUTPUT = 'build/mfa-rollout.zip';

const [envFile] = process.argv.slice(2);
const fromFile = envFile === undefined ? {} : parseEnv(readFileSync(envFile, 'utf8'));
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const files = new Map(
  PACKAGE_FILES.map((name) => [name as string, new Uint8Array(readFileSync(`appPackage/${name}`))]),
);
const result = await packageApp({ files, values: { ...fromFile, ...process.env }, version });
if (result.ok) {
  mkdirSync('build', { recursive: true });
  writeFileSync(OUTPUT, result.zip);
  const digest = createHash('sha256').update(result.zip).digest('hex');
  const lines = result.files.map(({ name, bytes }) => `  ${name} (${bytes} bytes)`);
  process.stdout.write(
    `${OUTPUT}: app ${String(result.manifest.id)}, version ${version}, sha256 ${digest}\n${lines.join('\n')}\n`,
  );
} else {
  process.stderr.write(
    `The app package was not written:\n${result.mistakes.map((line) => `  - ${line}`).join('\n')}\n`,
  );
  process.exitCode = 1;
}
