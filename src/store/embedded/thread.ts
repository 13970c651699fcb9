/**
 * The thread that holds PGlite, so that a heavy query cannot stop the bot. It speaks PostgreSQL's wire protocol with
 * the main thread and repairs what PGlite leaves out: it starts without -F, and PostgreSQL's fsync calls reach the disk
 * (PGlite's NODEFS has no fsync operation, so a power cut would lose acknowledged rows).
 */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import type { FromThread, ThreadStart, ToThread } from './protocol.ts';

/** The part of Emscripten's file system that PGlite 0.5.16 hands out and its types do not name. */
type OpenFile = { nfd?: number; node: unknown };
type FileModule = {
  NODEFS: { stream_ops: { fsync?: (file: OpenFile) => number }; realPath(node: unknown): string };
};

const start = workerData as ThreadStart;
const fsyncs = new Int32Array(start.fsyncs);
const QUERY = 'Q'.charCodeAt(0);
const SYNC = 'S'.charCodeAt(0);
const READY = 'Z'.charCodeAt(0);
/** Type, length and one byte of state. */
const READY_BYTES = 6;

class DurableFolder extends NodeFS {
  override async init(...[pg, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const mounted = await super.init(pg, options);
    const addFsync = (module: unknown) => {
      const { NODEFS } = module as FileModule;
      NODEFS.stream_ops.fsync = (file) => {
        fsyncOpenFile(file, NODEFS);
        return 0;
      };
    };
    const before = mounted.emscriptenOpts.preRun ?? [];
    const preRun = [...(Array.isArray(before) ? before : [before]), addFsync];
    return { emscriptenOpts: { ...mounted.emscriptenOpts, preRun } as typeof mounted.emscriptenOpts };
  }
}

/** NODEFS opens no descriptor for a folder, so a folder is opened for the one call. */
function fsyncOpenFile(file: OpenFile, nodefs: FileModule['NODEFS']): void {
  Atomics.add(fsyncs, 0, 1);
  if (file.nfd !== undefined) {
    fsyncSync(file.nfd);
    return;
  }
  if (process.platform === 'win32') return;
  const folder = openSync(nodefs.realPath(file.node), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function startParams(): string[] {
  return [
    ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
    ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync'],
  ];
}

function tell(message: FromThread): void {
  if (message.type === 'wire') parentPort?.postMessage(message, [message.bytes.buffer as ArrayBuffer]);
  else parentPort?.postMessage(message);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function exchange(pg: PGlite, session: number, bytes: Uint8Array): Promise<void> {
  let end: Uint8Array = new Uint8Array();
  await pg.execProtocolRawStream(bytes, {
    syncToFs: false,
    onRawData: (answer) => {
      end = lastBytes(end, answer);
      tell({ type: 'wire', session, bytes: answer.slice() });
    },
  });
  // After a panic (a full disk) PGlite returns as if all were well, and the client would wait for ever.
  if (asksForReady(bytes) && end[0] !== READY) throw new Error('PostgreSQL stopped in the middle of an answer');
  tell({ type: 'done' });
}

/** An answer comes in pieces, and a piece may end anywhere. */
function lastBytes(before: Uint8Array, piece: Uint8Array): Uint8Array {
  if (piece.length >= READY_BYTES) return piece.slice(-READY_BYTES);
  return Uint8Array.from([...before, ...piece]).slice(-READY_BYTES);
}

/** Whether the last message of a batch is a query or a sync: both are answered with "ready for query". */
function asksForReady(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The first message of a client carries no type, and is answered as a query is.
  if (bytes[0] === 0) return true;
  let last = 0;
  for (let at = 0; at + 5 <= bytes.length; at += 1 + view.getInt32(at + 1)) last = bytes[at] ?? 0;
  return last === QUERY || last === SYNC;
}

/** A client that left in the middle of a transaction must leave nothing behind for the next one. */
async function endSession(pg: PGlite): Promise<void> {
  if (pg.isInTransaction()) await pg.execProtocolRaw(simpleQuery('ROLLBACK'));
  await pg.execProtocolRaw(simpleQuery('DISCARD ALL'));
}

function simpleQuery(text: string): Uint8Array {
  const body = Buffer.from(`${text}\0`, 'utf8');
  const message = Buffer.alloc(5 + body.length);
  message[0] = QUERY;
  message.writeInt32BE(4 + body.length, 1);
  body.copy(message, 5);
  return new Uint8Array(message);
}

async function serve(pg: PGlite, message: ToThread): Promise<void> {
  switch (message.type) {
    case 'wire':
      return exchange(pg, message.session, message.bytes);
    case 'leave':
      return endSession(pg);
    case 'close':
      // What cannot be closed in order is recovered at the next start, as after a crash.
      await pg.close().catch(() => undefined);
      // Without its port nothing keeps the thread alive. Ending it from outside could meet V8 in the middle of a compile.
      parentPort?.close();
  }
}

async function run(): Promise<void> {
  const pg = await PGlite.create({ fs: new DurableFolder(start.folder), startParams: startParams() });
  let line = Promise.resolve();
  parentPort?.on('message', (message: ToThread) => {
    line = line
      .then(() => serve(pg, message))
      .catch((error: unknown) => tell({ type: 'broken', message: textOf(error) }));
  });
  tell({ type: 'ready' });
}

run().catch((error: unknown) => tell({ type: 'failed', message: textOf(error) }));
