import { closeSync, createReadStream, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { AppError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { StoreLocation } from '../store/database.ts';
import { exportStore, importStore } from '../store/portable.ts';
import type { Answer } from './output.ts';

/**
 * Writes the whole store into a file, whole or not at all: the way to another engine or a newer embedded one. Needs the
 * store for itself: the embedded one refuses with `store_in_use` while the server runs.
 */
export async function exportStoreTo(location: StoreLocation, file: string, log: Log): Promise<Answer> {
  const draft = `${file}.part`;
  const handle = opened(draft, file);
  try {
    const { rows } = await exportStore(location, { log }, (line) => {
      writeSync(handle, `${line}\n`);
    });
    fsyncSync(handle);
    closeSync(handle);
    renameSync(draft, file);
    return {
      json: { file, rows },
      text: `${rows} rows written to ${file}. It holds people's data: keep it accordingly.`,
    };
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Fills an empty store from such a file. Refuses with `import_not_empty` where rows are, and changes nothing then. */
export async function importStoreFrom(location: StoreLocation, file: string, log: Log): Promise<Answer> {
  const { rows } = await importStore(location, { log }, linesOf(file));
  return { json: { file, rows }, text: `${rows} rows read from ${file}.` };
}

/** The file's lines, opened when the first is asked for: a reader opened earlier would drop lines nobody waits for. */
async function* linesOf(file: string): AsyncGenerator<string, void, undefined> {
  const input = createReadStream(file, 'utf8');
  try {
    yield* createInterface({ input });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw unusable('file_unreadable', `${file} cannot be read (${code}).`);
  }
}

function opened(draft: string, file: string): number {
  try {
    return openSync(draft, 'w', 0o600);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw unusable('file_unwritable', `${file} cannot be written (${code}). Nothing was changed.`);
  }
}

function unusable(code: string, userMessage: string): AppError {
  return new AppError(code, userMessage, { userMessage });
}
