import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { loadServerIdentity } from '../../src/sandbox/http/certificates.ts';

export type TlsFront = { url: string; close(): Promise<void> };

/** What stands before the product where it is deployed: TLS ends here, and the bytes go on as they came. */
export async function startTlsFront(sandboxFolder: string, behind: () => string): Promise<TlsFront> {
  const { key, cert } = await loadServerIdentity(sandboxFolder, Date.now());
  const server = createServer({ key, cert }, (incoming, response) => {
    const target = new URL(incoming.url ?? '/', behind());
    const onward = httpRequest(target, { method: incoming.method, headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
