/** The reference of the start bench: a process that imports restify, answers one path and does nothing else. */
import type { AddressInfo } from 'node:net';
import restify from 'restify';

const server = restify.createServer({ name: 'restify-only' });
server.get('/healthz', (_request, response, next) => {
  response.json(200, { status: 'alive' });
  next();
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.server.address() as AddressInfo;
  process.stdout.write(`at http://127.0.0.1:${port} \n`);
});
