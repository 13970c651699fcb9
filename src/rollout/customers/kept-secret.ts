import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../lib/errors.ts';
import { randomId } from '../../lib/ids.ts';
import type { KeptSecret, SecretRoom } from '../../services/kept-secret.ts';
import { type Environment, resolveSecret } from './secrets.ts';

/**
 * The secret behind a `file:` reference, which its vendor may replace: the file is read anew each time and replaced whole.
 * Refuses with `secret_not_kept` any other reference, since an environment cannot be written back.
 */
export function keptSecret(reference: string, environment: Environment): KeptSecret {
  if (!reference.startsWith('file:')) {
    throw new AppError('secret_not_kept', `secret ${reference}: a secret that changes needs a file`, {
      userMessage: `The secret ${reference} is replaced by its vendor from time to time: keep it in a file and refer to it with file:PATH.`,
    });
  }
  const path = reference.slice('file:'.length);
  return {
    read: () => resolveSecret(reference, environment),
    makeRoom: () => makeRoom(path, reference),
  };
}

/** A file beside the secret's own, since only within one folder is a rename whole or nothing. */
function makeRoom(path: string, reference: string): SecretRoom {
  const beside = `${path}.${randomId()}.new`;
  const file = orUnwritable(reference, () => openSync(beside, 'wx', 0o600));
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(file);
    rmSync(beside, { force: true });
  };
  return {
    close,
    keep: (value) => {
      orUnwritable(reference, () => {
        writeSync(file, `${value}\n`);
        fsyncSync(file);
        renameSync(beside, path);
        syncFolder(dirname(path));
      });
      close();
    },
  };
}

/** A rename lasts once its folder is on the disk. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function orUnwritable<T>(reference: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new AppError('secret_unwritable', `secret ${reference}: cannot be replaced (${why})`, {
      userMessage: `The secret ${reference} cannot be replaced (${why}): its folder must be writable for the product, since the vendor issues a new one with each use.`,
    });
  }
}
