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
  await pg.execProtocolRawStream(bytes, {
    syncToFs: false,
    onRawData: (answer) => tell({ type: 'wire', session, bytes: answer.slice() }),
  });
  tell({ type: 'done' });
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
