/**
 * Plays generated tenants on a product that is broken on purpose in one place: its source is changed while it is loaded,
 * and nowhere else. Argument: what to change and what to play, as JSON; one line of JSON for each tenant.
 */
import { registerHooks } from 'node:module';
import type { Playing } from './generated-tenants/play-some.ts';

export type Change = { file: string; find: string; put: string };
export type BrokenPlaying = Playing & { changes: readonly Change[] };

const [text] = process.argv.slice(2);
if (import.meta.main && text !== undefined) {
  const { changes, ...playing } = JSON.parse(text) as BrokenPlaying;
  const made = new Set<Change>();
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      const here = changes.filter(({ file }) => url.endsWith(`/src/${file}`));
      if (here.length === 0) return loaded;
      let source = String(loaded.source);
      for (const change of here) {
        if (!source.includes(change.find)) throw new Error(`${change.file} no longer says: ${change.find}`);
        source = source.replace(change.find, change.put);
        made.add(change);
      }
      return { ...loaded, source };
    },
  });
  const { playSome } = await import('./generated-tenants/play-some.ts');
  if (made.size !== changes.length) throw new Error('not every change is in a file that was loaded');
  await playSome(playing, (told) => process.stdout.write(`${JSON.stringify(told)}\n`));
}
