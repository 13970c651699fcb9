import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A script of this folder in a process of its own, whose lines can be awaited. */
export type Child = {
  lines: string[];
  /** Writes a line to its standard input. */
  say(line: string): void;
  /** The first line, from now on or before, for which `wanted` holds; fails when the process ends without it. */
  line(wanted: (line: string, count: number) => boolean): Promise<string>;
  /** Stops it where it stands, still alive. */
  freeze(): void;
  /** Kills with SIGKILL and waits for the end. */
  kill(): Promise<void>;
};

/** Starts `test/support/<script>` on this Node. */
export function startChild(script: string, args: readonly string[], options: { uid?: number } = {}): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const process_ = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...options,
  });
  return watchChild(process_);
}

function watchChild(child: ChildProcess): Child {
  const lines: string[] = [];
  let complaints = '';
  const waiting = new Set<() => void>();
  const wakeAll = () => {
    for (const wake of waiting) wake();
  };
  const state = { ended: false };
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      state.ended = true;
      resolve();
      wakeAll();
    });
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      wakeAll();
    });
  }
  // Whoever was killed reads nothing any more; that he is gone is told by his end.
  child.stdin?.on('error', () => undefined);
  return {
    lines,
    say: (line) => child.stdin?.write(`${line}\n`),
    line: async (wanted) => {
      for (;;) {
        const found = lines.find((line, index) => wanted(line, index + 1));
        if (found !== undefined) return found;
        if (state.ended) throw new Error(`the process ended without the line: ${complaints}`);
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    freeze: () => child.kill('SIGSTOP'),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
