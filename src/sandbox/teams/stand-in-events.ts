import type { ServerResponse } from 'node:http';
import type { TeamsNews } from './observer.ts';
import type { Person } from './places.ts';
import type { Teams } from './teams.ts';

export type EventStreams = {
  /** Keeps the answer open and writes to it what happens where the person is. */
  open(person: Person, response: ServerResponse): void;
  stop(): void;
};

const RETRY_MS = 1000;

/** Creates the server-sent events of the page. */
export function createEventStreams(teams: Teams): EventStreams {
  const open = new Set<ServerResponse>();
  return {
    open(person, response) {
      response.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
      });
      response.write(`retry: ${RETRY_MS}\n\n`);
      const leave = teams.news.subscribe((news) => {
        if (concerns(teams, person, news)) response.write(`data: ${JSON.stringify(news)}\n\n`);
      });
      open.add(response);
      response.on('close', () => {
        leave();
        open.delete(response);
      });
    },
    stop() {
      for (const response of open) response.end();
    },
  };
}

/** Whether it happened in the person's tenant and where the person may look. */
function concerns(teams: Teams, person: Person, news: TeamsNews): boolean {
  if (news.tenantId !== null && news.tenantId !== person.tenant.tenant.tenantId) return false;
  return news.kind === 'places' || teams.sees(person, news.conversationId);
}
