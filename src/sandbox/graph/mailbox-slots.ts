import { decodeJwt } from 'jose';
import { type Answer, type Call, headerOf } from '../http/exchange.ts';
import type { SandboxState } from '../state/state.ts';
import { graphError } from './errors.ts';
import { mailboxKey } from './throttling.ts';

/** A call under way; `isCrowded` when too many others of the same application are in the same mailbox. */
export type Slot = { isCrowded: boolean; leave(): void };

/** Counts the calls that are under way, by application and mailbox. It lives in memory: calls end with the process. */
export type MailboxSlots = { enter(call: Call, values: Record<string, string>): Slot | null };

/** Creates the count. A call counts from its arrival until its answer has left, refused ones included. */
export function createMailboxSlots(state: SandboxState, limit: number): MailboxSlots {
  const underWay = new Map<string, number>();
  return {
    enter(call, values) {
      const key = keyOf(state, call, values);
      if (key === null) return null;
      const count = (underWay.get(key) ?? 0) + 1;
      underWay.set(key, count);
      const leave = () => {
        const left = (underWay.get(key) ?? 1) - 1;
        if (left === 0) underWay.delete(key);
        else underWay.set(key, left);
      };
      return { isCrowded: count > limit, leave };
    },
  };
}

/** The token is not believed yet: whoever has a false one is refused later, and only crowds its own name. */
function keyOf(state: SandboxState, call: Call, values: Record<string, string>): string | null {
  const token = /^Bearer\s+(\S+)$/i.exec(headerOf(call, 'authorization') ?? '')?.[1];
  if (token === undefined) return null;
  try {
    const { tid, appid } = decodeJwt(token);
    const tenant = typeof tid === 'string' ? state.tenants.get(tid) : undefined;
    return tenant === undefined ? null : mailboxKey({ appId: String(appid), tenant, values });
  } catch {
    // Not a token at all: the check of its signature will say so.
    return null;
  }
}

/** The refusal of a call that comes while four others are in the mailbox. */
export function crowded(): Answer {
  return {
    ...graphError(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.'),
    headers: { 'Retry-After': '1' },
  };
}
