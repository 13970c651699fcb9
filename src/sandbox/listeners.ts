import type { ServerIdentity } from './http/certificates.ts';
import { answerInProcess, type Handler, type InProcessAnswer, type InProcessCall } from './http/in-process.ts';
import { type Listener, listen } from './http/server.ts';
import type { Journal } from './state/journal.ts';

/** Every address of the sandbox, in the order of their ports; a new one goes to the end, so that the others keep theirs. */
export const ADDRESSES = [
  'login',
  'graph',
  'bamboohr',
  'control',
  'workday',
  'gmail',
  'googleToken',
  'connectwise',
  'connector',
  'standIn',
] as const;

export type Address = (typeof ADDRESSES)[number];

export type SandboxUrls = Record<Address, string>;

/** The one that browsers open: without TLS, as no browser knows the authority of this folder. */
const PLAIN: ReadonlySet<Address> = new Set(['standIn']);

type Listeners = Record<Address, Listener & { handle: Handler }>;

/**
 * Opens one listener for each address. Addresses stand in tokens and links that callers keep, so the ports of the
 * last run are taken again when nobody else has them.
 */
export async function listenAll(
  given: { identity: ServerIdentity; journal: Journal; port: number },
  handlerOf: (address: Address) => Handler,
): Promise<Listeners> {
  const { identity, journal, port } = given;
  const open: Partial<Listeners> = {};
  for (const [index, address] of ADDRESSES.entries()) {
    const on = { identity: PLAIN.has(address) ? null : identity };
    const wanted = port === 0 ? Number(journal.readSetting(`port ${address}`) ?? '0') : port + index;
    const handle = handlerOf(address);
    const listener = await listen({ ...on, port: wanted }, handle).catch(async (error: unknown) => {
      // A remembered port that somebody else has by now is no reason not to start; a port that was asked for is.
      if (port !== 0 || wanted === 0) throw error;
      return listen({ ...on, port: 0 }, handle);
    });
    open[address] = { ...listener, handle };
    journal.writeSetting(`port ${address}`, String(listener.port));
  }
  return open as Listeners;
}

/** Answers calls to any of the addresses without the network. */
export function createCarry(
  listeners: Listeners,
): (url: string, call: InProcessCall) => Promise<InProcessAnswer> | undefined {
  const byOrigin = new Map(Object.values(listeners).map(({ url, handle }) => [url, handle]));
  return (url, call) => {
    const handle = byOrigin.get(new URL(url).origin);
    return handle && answerInProcess(handle, url, call);
  };
}
