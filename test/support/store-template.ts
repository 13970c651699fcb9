/** The one embedded store that all test files copy: creating one takes seconds, copying it does not. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../../src/lib/log.ts';
import { openDatabase } from '../../src/store/database.ts';

const ROOT = new URL('../../', import.meta.url);

/** Gives the template, making it where there is none; kept between runs under a name that follows what made it. */
export async function readyTemplate(): Promise<string> {
  const home = fileURLToPath(new URL('node_modules/.cache/mfa-rollout/', ROOT));
  const ready = join(home, `store-${digestOfSources()}`);
  if (existsSync(ready)) return ready;
  mkdirSync(home, { recursive: true });
  const building = mkdtempSync(join(home, 'building-'));
  const database = await openDatabase({ dataDir: building }, { log: silentLog });
  await database.close();
  try {
    renameSync(building, ready);
  } catch (error) {
    // Another run made it meanwhile.
    if (!existsSync(ready)) throw error;
    rmSync(building, { recursive: true, force: true });
  }
  return ready;
}

function digestOfSources(): string {
  const hash = createHash('sha256').update(readFileSync(new URL('package-lock.json', ROOT)));
  for (const folder of ['src/store/migrations/', 'src/store/embedded/']) {
    const url = new URL(folder, ROOT);
    for (const name of readdirSync(url).sort()) hash.update(name).update(readFileSync(new URL(name, url)));
  }
  return hash.digest('hex').slice(0, 16);
}
