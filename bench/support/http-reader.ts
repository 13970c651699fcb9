/** A thread that asks a server again and again, so that the asking is not counted with the answering. */
import { Agent, get } from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

export type Reading = { url: string; headers: Record<string, string>; count: number };
export type Read = { status: number; bytes: number };

/** Starts the thread; `read` resolves with the last answer when all are in. */
export function startReader(): { read(reading: Reading): Promise<Read>; stop(): Promise<unknown> } {
  const worker = new Worker(import.meta.filename, { execArgv: process.execArgv });
  return {
    read: (reading) =>
      new Promise((resolve, reject) => {
        worker.removeAllListeners().once('error', reject).once('message', resolve);
        worker.postMessage(reading);
      }),
    stop: () => worker.terminate(),
  };
}

if (!isMainThread) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  parentPort?.on('message', (reading: Reading) => {
    void readAll(reading, agent).then((read) => parentPort?.postMessage(read));
  });
}

async function readAll({ url, headers, count }: Reading, agent: Agent): Promise<Read> {
  let last: Read = { status: 0, bytes: 0 };
  for (let done = 0; done < count; done += 1) last = await readOne(url, headers, agent);
  return last;
}

function readOne(url: string, headers: Record<string, string>, agent: Agent): Promise<Read> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, bytes });
      });
    }).on('error', reject);
  });
}
