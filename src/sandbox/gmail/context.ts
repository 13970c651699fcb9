import { randomBytes } from 'node:crypto';
import type { Bend, Call } from '../http/exchange.ts';
import type { SandboxEvent } from '../state/events.ts';
import { type GmailState, openMailbox, type StoredMessage, type Workspace } from './state.ts';

/** One authorised call to a mailbox. */
export type GmailContext = {
  state: GmailState;
  workspace: Workspace;
  /** The address of the mailbox. */
  mailbox: string;
  /** Scopes of the caller's token. */
  scopes: readonly string[];
  call: Call;
  values: Record<string, string>;
  /** The body as JSON; undefined when it is none. */
  json: unknown;
  bend: Bend;
  now: number;
  record(event: SandboxEvent): void;
};

/** An id as Gmail makes them for messages and threads. */
export function newMessageId(): string {
  return `1${randomBytes(8).toString('hex').slice(1)}`;
}

/** The messages of the mailbox that can be seen by now, newest first. */
export function visibleMessages(context: GmailContext): StoredMessage[] {
  return (
    [...openMailbox(context.state, context.mailbox).messages.values()]
      .filter((message) => message.visibleFrom <= context.now)
      // Of two in the same millisecond the later one comes first too.
      .reverse()
      .sort((a, b) => b.internalDate - a.internalDate)
  );
}

/** The text of a message, one byte a character. */
export function textOfMessage(message: Pick<StoredMessage, 'raw'>): string {
  return Buffer.from(message.raw, 'base64url').toString('latin1');
}
