/** Opens the tab inside a fake Teams, with its calls answered by the API of a world in memory. */
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { vi } from 'vitest';
import { App } from '../../tab/app.tsx';
import { createTabApi, type TabApi } from '../support/tab-api.ts';
import { type TabWorld, tabWorld } from '../support/tab-world.ts';
import { type HostOptions, startHost, type TeamsHost } from './teams-host.ts';

export type OpenTab = { api: TabApi; host: TeamsHost; user: ReturnType<typeof userEvent.setup> };

type Options = HostOptions & { world?: TabWorld; hash?: string };

/** Opens the tab; the host and the answers can be changed while it is open. */
export function openTab({ world = tabWorld(60), hash = '', ...host }: Options = {}): OpenTab {
  location.hash = hash;
  const api = createTabApi(world);
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const { status, headers, body } = api.answer({
      method: init.method ?? 'GET',
      path,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof init.body === 'string' ? init.body : '',
    });
    return new Response(status === 304 ? null : body, { status, headers });
  });
  const teams = startHost(host);
  render(<App />);
  return { api, host: teams, user: userEvent.setup() };
}
