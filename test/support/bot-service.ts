/** What stands between Teams and a bot: takes activities, signs for them, hands them on. Here with the key of a test. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Bench, Json } from './bot-bench.ts';

/** One activity on its way to the bot, and the bot's answer. */
export type Handed = { activity: Json; status: number; answer: string };

export type BotService = {
  /** Where a client sends its activities. */
  endpoint: string;
  /** Everything that was handed on, in the order of the answers. */
  handed: Handed[];
  /** Says where the bot is, once it runs; until then activities are answered with 503. */
  serve(botUrl: string): void;
  close(): Promise<void>;
};

/** Starts the service on loopback. */
export async function startBotService(bench: Pick<Bench, 'sign'>): Promise<BotService> {
  const handed: Handed[] = [];
  const state: { botUrl?: string } = {};
  const handOn = async (request: IncomingMessage, response: ServerResponse) => {
    if (state.botUrl === undefined) {
      response.writeHead(503);
      response.end();
      return;
    }
    const body = await text(request);
    const activity = JSON.parse(body) as Json;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await bench.sign(activity)}` };
    const heard = await fetch(state.botUrl, { method: 'POST', headers, body });
    const answer = await heard.text();
    handed.push({ activity, status: heard.status, answer });
    response.writeHead(heard.status, { 'content-type': heard.headers.get('content-type') ?? 'text/plain' });
    // On a line of its own: restify, loaded in the same process, makes writeHead give nothing back.
    response.end(answer);
  };
  const server = createServer((request, response) => {
    handOn(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`,
    handed,
    serve: (botUrl) => {
      state.botUrl = botUrl;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
