import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../lib/errors.ts';

/** Major version of the PostgreSQL inside the pinned PGlite; a folder of another one cannot be opened by it. */
export const STORE_MAJOR = '18';

/** Below this the write-ahead log cannot take its next segment. */
const SPACE_NEEDED_BYTES = 32 * 1024 * 1024;
const FULL_DISK_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const FORBIDDEN_CODES = new Set(['EROFS', 'EACCES', 'EPERM']);

/** The folder of PGlite's own files inside the data folder. */
export function storeFolder(dataDir: string): string {
  return join(dataDir, 'store');
}

/** Creates the data folder where missing. Refuses with `store_read_only` or `store_full`, saying what to do. */
export function prepareDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const probe = join(dataDir, `.write-probe-${process.pid}`);
    writeFileSync(probe, 'x');
    rmSync(probe);
  } catch (error) {
    throw folderFailure(dataDir, error) ?? error;
  }
}

/** Whether a store stands in the folder. Refuses with `store_version` when another PGlite major wrote it. */
export function hasStore(dataDir: string): boolean {
  const marker = join(storeFolder(dataDir), 'PG_VERSION');
  if (!existsSync(marker)) return false;
  const found = readFileSync(marker, 'utf8').trim();
  if (found === STORE_MAJOR) return true;
  throw new AppError('store_version', `the store was written by PostgreSQL ${found}, this is ${STORE_MAJOR}`, {
    userMessage:
      `The store in ${dataDir} was written by another version (${found}; this one reads ${STORE_MAJOR}). ` +
      'Export it with the version that wrote it, start this version with an empty folder, and import the export there.',
    facts: { found, expected: STORE_MAJOR },
  });
}

/**
 * Puts a store that was built beside its place into its place, with every file and folder on the disk first: PGlite's
 * first creation syncs nothing, and a power cut after it left folders that would not open.
 */
export async function settleNewStore(built: string, dataDir: string): Promise<void> {
  const entries = readdirSync(built, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() || entry.isDirectory());
  // Together, since the disk then writes many files in one go.
  await Promise.all([built, ...paths.map((entry) => join(entry.parentPath, entry.name))].map(syncPath));
  rmSync(storeFolder(dataDir), { recursive: true, force: true });
  renameSync(built, storeFolder(dataDir));
  await syncPath(dataDir);
  await syncPath(dirname(dataDir));
}

async function syncPath(path: string): Promise<void> {
  // Windows refuses fsync on a folder and on a file that is open for reading only.
  if (process.platform === 'win32') return;
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Explains a failure by the folder's state: full disk or no right to write; undefined when neither is the cause. */
export function folderFailure(dataDir: string, error: unknown): AppError | undefined {
  const code = codeOf(error);
  if (FULL_DISK_CODES.has(code) || isFull(dataDir)) return diskFull(dataDir, error);
  if (FORBIDDEN_CODES.has(code)) {
    return new AppError('store_read_only', `the data folder ${dataDir} cannot be written (${code})`, {
      userMessage:
        `The data folder ${dataDir} cannot be written. ` +
        'Give the account that runs this program the right to write there, or name another folder with DATA_DIR.',
      cause: error,
    });
  }
  return undefined;
}

/** The refusal of a write for want of space: what was acknowledged before stays. */
export function diskFull(dataDir: string, cause: unknown): AppError {
  return new AppError('store_full', `no space left for the store in ${dataDir}`, {
    userMessage:
      `The disk that holds ${dataDir} is full. Nothing saved so far is lost. ` +
      'Free some space; work goes on by itself afterwards.',
    cause,
  });
}

/** Where PostgreSQL notes how the store was left; without it nothing else can be read. */
const CONTROL_FILE = join('global', 'pg_control');
const CONTROL_BYTES = 8192;
/** The layout's version stands behind the eight bytes of the store's own id; PostgreSQL 18 writes this one. */
const CONTROL_VERSION_AT = 8;
const CONTROL_VERSION = 1800;

/**
 * The refusal of a store that stands in its place and does not open. The folder is left as it is: whatever can still
 * be saved from it is for a person to decide.
 */
export function damagedStore(dataDir: string, cause: unknown): AppError {
  const folder = storeFolder(dataDir);
  const fault = controlFault(folder);
  const what =
    fault === undefined
      ? `The store in ${folder} does not open; its files may be damaged. Start once more. If it stays so, move`
      : `The store in ${folder} is damaged: ${fault}. Stop this program, move`;
  return new AppError('store_damaged', `the store in ${folder} does not open: ${fault ?? textOf(cause)}`, {
    userMessage:
      `${what} that folder aside without deleting it. ` +
      'Then put the folder of the newest backup in its place, or start with none and read the newest export with ' +
      '"mfa-rollout store import FILE". Without either, start anew and add the customers again; ' +
      'nothing in their tenants was changed by this.',
    facts: { controlFile: fault ?? null },
    cause,
  });
}

function controlFault(folder: string): string | undefined {
  const path = join(folder, CONTROL_FILE);
  if (!existsSync(path)) return `its file ${CONTROL_FILE} is missing`;
  const bytes = readFileSync(path);
  if (bytes.length !== CONTROL_BYTES) return `its file ${CONTROL_FILE} has ${bytes.length} of ${CONTROL_BYTES} bytes`;
  return bytes.readUInt32LE(CONTROL_VERSION_AT) === CONTROL_VERSION
    ? undefined
    : `its file ${CONTROL_FILE} holds other bytes than PostgreSQL’s`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isFull(dataDir: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dataDir);
    return bavail * bsize < SPACE_NEEDED_BYTES;
  } catch {
    // The folder cannot even be asked; the caller's own error tells more than a guess would.
    return false;
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
