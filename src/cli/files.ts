import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../lib/errors.ts';

/** JSON.parse cannot take a longer text than V8 holds in one string; a file beyond this is refused unread. */
const FILE_BYTES_MAX = 500 * 1024 * 1024;

/** Makes the data folder where it is missing. Refuses with `data_dir_unusable` and a sentence. */
export function makeDataFolder(path: string): void {
  try {
    makeFolders(resolve(path));
  } catch (error) {
    throw unusable(
      'data_dir_unusable',
      `The data folder ${path} cannot be made (${reason(error)}). Set DATA_DIR to a folder you may write to.`,
      error,
    );
  }
}

/** Node's own recursive mkdir never ends below /proc, where nothing can be made and the refusal says "no such folder". */
function makeFolders(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) return;
  if (there !== undefined) throw Object.assign(new Error('a file is in the way'), { code: 'ENOTDIR' });
  if (dirname(path) !== path) makeFolders(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** Reads a text file that the user named. Refuses with `file_unreadable` or `file_too_large` and a sentence. */
export function readTextFile(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > FILE_BYTES_MAX)
      throw unusable('file_too_large', `${path} is larger than ${FILE_BYTES_MAX / 1024 / 1024} MiB.`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unusable(
      'file_unreadable',
      `${path} cannot be read (${reason(error)}). Check the path and the rights.`,
      error,
    );
  }
}

/**
 * Writes a file whole or not at all: into a file beside it, flushed, then renamed over the old one. Readable by the
 * user alone, since what we write holds people's data. Refuses with `file_unwritable`; an older file stays as it was.
 */
export function writeFileWhole(path: string, content: string | Uint8Array): void {
  const target = resolve(path);
  const draft = join(dirname(target), `.${randomUUID()}.part`);
  try {
    const handle = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw unusable('file_unwritable', `${path} cannot be written (${reason(error)}). Nothing was changed.`, error);
  }
}

function reason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown reason';
}

function unusable(code: string, userMessage: string, cause?: unknown): AppError {
  return new AppError(code, userMessage, { userMessage, cause });
}
