import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { AppError } from '../lib/errors.ts';
import { type Line, lineSchema, reachSocket } from './protocol.ts';

/**
 * Runs one command on the server behind the socket. Resolves with its result, or with `notRunning` when nobody
 * listens there; throws the server's refusal as an AppError with the same code.
 */
export function callServer(socketPath: string, command: Command): Promise<Outcome> {
  return reachSocket(socketPath, (path) => call(path, command));
}

type Command = { name: string; input: unknown; onProgress: (text: string) => void };
type Outcome = { kind: 'notRunning' } | { kind: 'answered'; value: unknown };

/** What connecting fails with when nobody listens there, or nothing is there at all. */
const NOBODY = ['ENOENT', 'ENOTDIR', 'ECONNREFUSED'];
const FORBIDDEN = ['EACCES', 'EPERM'];

function call(socketPath: string, command: Command): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: `/${encodeURIComponent(command.name)}`, method: 'POST' }, (response) => {
      const gone = () => {
        reject(serverGone());
      };
      const lines = createInterface({ input: response });
      lines.on('line', (text) => {
        const line = lineOf(text);
        if (line === null) gone();
        else if (line.type === 'progress') command.onProgress(line.text);
        else if (line.type === 'result') resolve({ kind: 'answered', value: line.value });
        else reject(new AppError(line.code, line.message, { userMessage: line.message }));
      });
      // After the answer both change nothing: a promise is settled once.
      lines.on('error', gone);
      lines.on('close', gone);
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? '';
      if (NOBODY.includes(code)) resolve({ kind: 'notRunning' });
      else reject(FORBIDDEN.includes(code) ? serverForbidden() : serverGone());
    });
    sent.end(JSON.stringify(command.input));
  });
}

function serverForbidden(): AppError {
  const userMessage =
    'The server of this data folder belongs to another user. Run the command as that user, or set DATA_DIR to your own.';
  return new AppError('server_forbidden', userMessage, { userMessage });
}

/** One line of the answer; null for the half of one that a killed server leaves behind. */
function lineOf(text: string): Line | null {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    // Whatever is no line of ours means the same: there is no answer.
    return null;
  }
}

function serverGone(): AppError {
  const userMessage =
    'The server stopped before it answered. Nothing is lost: start it again, and what was under way goes on.';
  return new AppError('server_gone', userMessage, { userMessage });
}
