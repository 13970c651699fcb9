import { Worker } from 'node:worker_threads';
import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { storeFolder } from './folder.ts';
import type { FromThread, ThreadStart, ToThread } from './protocol.ts';
import { createWireStream, type WireStream } from './wire.ts';

export type SupervisorOptions = { dataDir: string; log: Log; statementMs: number; fsyncs: SharedArrayBuffer };

/** Keeps the one thread with PGlite alive, routes answers to the session that asked, and ends what runs away. */
export type Supervisor = {
  /** Resolves when the thread answers, starting it where none runs. */
  ready(): Promise<void>;
  /** A stream for one more `pg` client. */
  newStream(): WireStream;
  /** Runs `work` without the time limit for statements. */
  unlimited<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** A running thread. */
export type Thread = { worker: Worker; post(message: ToThread): void; ended: Promise<void> };

/** Node 24 warns about type stripping in every thread. */
const QUIET = ['--disable-warning=ExperimentalWarning'];

/** Starts PGlite in a thread of its own on the folder; `hear` gets what it says once it is ready. */
export function startThread(start: ThreadStart, hear: (message: FromThread) => void): Promise<Thread> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: start, execArgv: QUIET });
    const ended = new Promise<void>((done) => worker.once('exit', () => done()));
    const post = (message: ToThread) => worker.postMessage(message);
    worker.on('message', (message: FromThread) => {
      if (message.type === 'ready') resolve({ worker, post, ended });
      else if (message.type === 'failed') reject(storeBroken(message.message));
      else hear(message);
    });
    worker.once('error', (error: Error) => {
      hear({ type: 'broken', message: error.message });
      reject(storeBroken(error.message));
    });
    worker.once('exit', () => reject(storeBroken('the thread of the store ended')));
  });
}

type State = SupervisorOptions & {
  sessions: Map<number, WireStream>;
  thread: Promise<Thread> | undefined;
  /** Resolves when the thread before this one is gone: two on one folder would be two writers. */
  ending: Promise<void>;
  lastSession: number;
  unanswered: number;
  watch: NodeJS.Timeout | undefined;
  unlimitedUses: number;
};

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const state: State = {
    ...options,
    sessions: new Map(),
    thread: undefined,
    ending: Promise.resolve(),
    lastSession: 0,
    unanswered: 0,
    watch: undefined,
    unlimitedUses: 0,
  };
  return {
    ready: async () => {
      await currentThread(state);
    },
    newStream: () => openSession(state),
    unlimited: async (work) => {
      state.unlimitedUses += 1;
      rewatch(state);
      try {
        return await work();
      } finally {
        state.unlimitedUses -= 1;
        rewatch(state);
      }
    },
    close: () => close(state),
  };
}

function openSession(state: State): WireStream {
  state.lastSession += 1;
  const session = state.lastSession;
  const stream = createWireStream({
    ready: async () => {
      await currentThread(state);
    },
    send: (bytes) => {
      state.unanswered += 1;
      if (state.unanswered === 1) rewatch(state);
      post(state, { type: 'wire', session, bytes });
    },
    leave: () => {
      if (state.sessions.delete(session)) post(state, { type: 'leave' });
    },
  });
  state.sessions.set(session, stream);
  return stream;
}

function currentThread(state: State): Promise<Thread> {
  if (state.thread !== undefined) return state.thread;
  const start = { folder: storeFolder(state.dataDir), fsyncs: state.fsyncs };
  const opening = state.ending.then(() => startThread(start, (message) => hear(state, message)));
  state.thread = opening;
  opening.catch(() => {
    if (state.thread === opening) state.thread = undefined;
  });
  return opening;
}

function post(state: State, message: ToThread): void {
  // A thread that did not start has told so through `ready`.
  state.thread?.then((thread) => thread.post(message)).catch(() => undefined);
}

function hear(state: State, message: FromThread): void {
  switch (message.type) {
    case 'wire':
      state.sessions.get(message.session)?.push(Buffer.from(message.bytes));
      return;
    case 'done':
      state.unanswered = Math.max(0, state.unanswered - 1);
      rewatch(state);
      return;
    case 'broken':
      abandon(state, storeBroken(message.message));
      return;
    case 'ready':
    case 'failed':
  }
}

/** PGlite knows no statement_timeout, so the time of each statement is watched from here. */
function rewatch(state: State): void {
  clearTimeout(state.watch);
  state.watch = undefined;
  if (state.unanswered === 0 || state.unlimitedUses > 0) return;
  state.watch = setTimeout(() => {
    state.log.error('store.statement_stopped', { limitMs: state.statementMs });
    abandon(state, new AppError('store_statement_stopped', `a statement ran longer than ${state.statementMs} ms`));
  }, state.statementMs);
}

/** Ends the thread and every session on it; the next use starts another one, which recovers as after a crash. */
function abandon(state: State, reason: AppError): void {
  const old = state.thread;
  state.thread = undefined;
  state.unanswered = 0;
  rewatch(state);
  if (old !== undefined) state.ending = endThread(old);
  const sessions = [...state.sessions.values()];
  state.sessions.clear();
  for (const stream of sessions) stream.destroy(reason);
}

async function endThread(old: Promise<Thread>): Promise<void> {
  const thread = await old.catch(() => undefined);
  await thread?.worker.terminate();
}

async function close(state: State): Promise<void> {
  clearTimeout(state.watch);
  const thread = await state.thread?.catch(() => undefined);
  thread?.post({ type: 'close' });
  await thread?.ended;
  await state.ending;
}

/** The refusal of a store whose thread failed; the engine's folder may know the reason behind it. */
export function storeBroken(reason: string): AppError {
  return new AppError('store_broken', `the embedded store stopped: ${reason}`, {
    userMessage: 'The store stopped unexpectedly. What was saved is on the disk; start again.',
  });
}
