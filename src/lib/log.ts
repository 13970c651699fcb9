import { pino } from 'pino';

/** Facts a log line may carry: ids, counts, codes. Never names, mail addresses, payloads or tokens. */
export type LogFacts = Record<string, string | number | boolean | null | undefined>;

/** A structured log: an event name in dotted form and its facts. */
export type Log = {
  info(event: string, facts?: LogFacts): void;
  warn(event: string, facts?: LogFacts): void;
  error(event: string, facts?: LogFacts & { error?: string }): void;
};

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Writes JSON lines to standard error; standard output belongs to the answers of commands. */
export function createLog(level: LogLevel): Log {
  const writer = pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
  return {
    info: (event, facts) => writer.info({ event, ...facts }),
    warn: (event, facts) => writer.warn({ event, ...facts }),
    error: (event, facts) => writer.error({ event, ...facts }),
  };
}

/** A log that keeps nothing. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
