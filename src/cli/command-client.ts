import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { AppError } from '../lib/errors.ts';
import { lineSchema } from './protocol.ts';

/**
 * Runs one command on the server behind the socket. Resolves with its result, or with `notRunning` when nobody
 * listens there; throws the server's refusal as an AppError with the same code.
 */
export function callServer(
  socketPath: string,
  command: { name: string; input: unknown; onProgress: (text: string) => void },
): Promise<{ kind: 'notRunning' } | { kind: 'answered'; value: unknown }> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path: `/${encodeURIComponent(command.name)}`, method: 'POST' }, (response) => {
      let answered = false;
      const lines = createInterface({ input: response });
      lines.on('line', (text) => {
        const line = lineSchema.parse(JSON.parse(text));
        if (line.type === 'progress') {
          command.onProgress(line.text);
          return;
        }
        answered = true;
        if (line.type === 'result') resolve({ kind: 'answered', value: line.value });
        else reject(new AppError(line.code, line.message, { userMessage: line.message }));
      });
      lines.on('close', () => {
        if (!answered) reject(serverGone());
      });
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve({ kind: 'notRunning' });
      else reject(serverGone());
    });
    call.end(JSON.stringify(command.input));
  });
}

function serverGone(): AppError {
  const userMessage =
    'The server stopped before it answered. Nothing is lost: start it again, and what was under way goes on.';
  return new AppError('server_gone', userMessage, { userMessage });
}
