/** Loaded into a foreign program (`--import`): what it serves can be reached from this machine alone. */
import { type ListenOptions, Server } from 'node:net';

type Listen = (this: Server, ...given: unknown[]) => Server;

const listen = Reflect.get(Server.prototype, 'listen') as Listen;

Server.prototype.listen = function (this: Server, ...given: unknown[]): Server {
  const [first, ...rest] = given;
  const callbacks = rest.filter((each) => typeof each === 'function');
  if (typeof first === 'object' && first !== null && 'port' in first) {
    return listen.call(this, { ...(first as ListenOptions), host: '127.0.0.1' }, ...callbacks);
  }
  const isPort = typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first));
  return isPort
    ? listen.call(this, { port: Number(first), host: '127.0.0.1' }, ...callbacks)
    : listen.call(this, ...given);
};
