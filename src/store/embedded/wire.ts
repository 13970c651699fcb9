import { Duplex } from 'node:stream';

/** Where a client's bytes go, and how it hears that its session ended. */
export type WirePeer = {
  ready(): Promise<void>;
  send(bytes: Uint8Array): void;
  leave(): void;
};

/** The socket that node-postgres believes it talks to. */
export type WireStream = Duplex & {
  connect(): void;
  setNoDelay(): void;
  setKeepAlive(): void;
  ref(): void;
  unref(): void;
};

/**
 * Makes the stream over which an ordinary `pg` client speaks with the embedded engine: the same driver, protocol and
 * types as with a server. Answers are pushed into it by the engine; the end of the stream ends the session.
 */
export function createWireStream(peer: WirePeer): WireStream {
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      peer.send(Uint8Array.from(chunk));
      done();
    },
    writev: (chunks, done) => {
      peer.send(Uint8Array.from(Buffer.concat(chunks.map((item) => item.chunk as Buffer))));
      done();
    },
    final: (done) => {
      stream.push(null);
      done();
    },
    destroy: (error, done) => {
      peer.leave();
      done(error);
    },
  });
  return Object.assign(stream, {
    connect: () => {
      peer.ready().then(
        () => stream.emit('connect'),
        (error: unknown) => stream.destroy(error as Error),
      );
    },
    setNoDelay: () => undefined,
    setKeepAlive: () => undefined,
    ref: () => undefined,
    unref: () => undefined,
  });
}
