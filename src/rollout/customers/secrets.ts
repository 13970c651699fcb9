import { readFileSync } from 'node:fs';
import { AppError } from '../../lib/errors.ts';

/** Values of environment variables; handed in, since only the configuration reads the process's own. */
export type Environment = Record<string, string | undefined>;

/**
 * The secret behind a reference, `env:NAME` or `file:PATH`, without a final line break. Refuses with `secret_missing`,
 * naming the reference and never a value.
 */
export function resolveSecret(reference: string, environment: Environment): string {
  const value = reference.startsWith('env:')
    ? environment[reference.slice('env:'.length)]
    : readSecretFile(reference.slice('file:'.length), reference);
  if (value === undefined || value.trim() === '') throw missing(reference, 'it is not set, or empty');
  return value.replace(/\r?\n$/, '');
}

function readSecretFile(path: string, reference: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw missing(reference, `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
  }
}

function missing(reference: string, why: string): AppError {
  return new AppError('secret_missing', `secret ${reference}: ${why}`, {
    userMessage: `The secret ${reference} cannot be used: ${why}. Set it where the product runs, or correct the customer file.`,
  });
}
