// @vitest-environment jsdom
import './setup.ts';
import { app } from '@microsoft/teams-js';
import { act, render, renderHook, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { POLL_MS } from '../../tab/api/api.tsx';
import { App } from '../../tab/app.tsx';
import { sayReady } from '../../tab/host/connect.ts';
import { useSpaced } from '../../tab/shell/use-spaced.ts';
import { decision, tabWorld } from '../support/tab-world.ts';
import { type OpenTab, openTab } from './open-tab.tsx';

let tab: OpenTab | undefined;
const open = (...args: Parameters<typeof openTab>): OpenTab => {
  tab = openTab(...args);
  return tab;
};
afterEach(() => {
  tab?.host.stop();
  tab = undefined;
  vi.useRealTimers();
});

describe('the handshake with Teams', () => {
  it('says after five seconds that Teams does not answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    open({ answers: false });
    await act(() => vi.advanceTimersByTimeAsync(4_900));
    expect(screen.queryByText('Teams does not answer')).toBeNull();
    await act(() => vi.advanceTimersByTimeAsync(200));
    expect(screen.getByText('Teams does not answer')).toBeDefined();
  });

  it('sends whoever opens it in a browser to Teams', async () => {
    render(<App />);
    await screen.findByText('Open this page in Microsoft Teams');
    app._uninitialize();
  });

  it('tells Teams that it is ready although the sign-in failed, and asks for consent', async () => {
    const { host, user } = open({ token: { error: 'invalid_grant' } });
    await screen.findByText('The app needs your organisation’s consent');
    expect(host.calls).toContain('appInitialization.success');
    host.token = { token: 'token-of-a-test' };
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByText('Contoso Example');
  });

  it('follows a deep link', async () => {
    open({ subPageId: 'policyDraft' });
    await screen.findByText('What it does');
  });

  it('follows a deep link also where the manifest opens the overview', async () => {
    location.hash = '#overview';
    open({ subPageId: 'policyDraft' });
    await expect.poll(() => location.hash).toBe('#policy');
  });

  it('bears it that Teams is gone when the tab is ready', async () => {
    const refused = vi.fn();
    process.once('unhandledRejection', refused);
    sayReady();
    // Rejections that nobody took are told once the microtasks are done.
    await new Promise((done) => setImmediate(done));
    process.off('unhandledRejection', refused);
    expect(refused).not.toHaveBeenCalled();
  });

  it('speaks German to a German client and marks the document', async () => {
    open({ locale: 'de-de' });
    await screen.findByText('Was Sie entscheiden müssen');
    expect(document.documentElement.lang).toBe('de-DE');
  });
});

describe('a value that is followed', () => {
  it('comes at once after a pause, and only the newest of those that follow quickly', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const hook = renderHook(({ value }) => useSpaced(value, 80), { initialProps: { value: '' } });
    const type = (value: string) => {
      hook.rerender({ value });
      return hook.result.current;
    };
    expect(type('m')).toBe('m');
    expect(type('ma')).toBe('m');
    act(() => {
      vi.advanceTimersByTime(79);
    });
    expect(type('mar')).toBe('m');
    act(() => {
      vi.advanceTimersByTime(1);
    });
    expect(hook.result.current).toBe('mar');
    act(() => {
      vi.advanceTimersByTime(500);
    });
    expect(type('mari')).toBe('mari');
  });
});

describe('calls', () => {
  beforeEach(() =>
    vi.useFakeTimers({
      toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date'],
      shouldAdvanceTime: true,
    }),
  );

  it('asks again while it is seen, is answered 304, and shows what was decided elsewhere', async () => {
    const { api } = open({ hash: '#exceptions' });
    await screen.findByText('Not signed yet');
    await act(() => vi.advanceTimersByTimeAsync(POLL_MS));
    expect(api.log.at(-1)).toMatch(/ 304$/);
    api.world.exceptions.signature = { state: 'signed', decision: decision({ displayName: 'Nils Example' }) };
    await act(() => vi.advanceTimersByTimeAsync(POLL_MS));
    await screen.findByText(/Signed by .*Nils Example/);
  });

  it('asks Teams for the token of every call', async () => {
    const { api, host } = open();
    await screen.findByText('Where we stand');
    const tokens = host.calls.filter((call) => call === 'authentication.getAuthToken').length;
    expect(tokens).toBe(api.log.length);
  });

  it('takes the page away with the role, and says the reference', async () => {
    const { api } = open({ hash: '#exceptions' });
    await screen.findByText('Not signed yet');
    api.refuseWith = { status: 403, code: 'not_granted', message: 'You have no role at this customer any more.' };
    await act(() => vi.advanceTimersByTimeAsync(POLL_MS));
    expect((await screen.findAllByText(/no role at this customer any more/)).length).toBeGreaterThan(0);
    expect(screen.queryByText('Not signed yet')).toBeNull();
    expect(screen.getAllByText(/Reference number:/).length).toBeGreaterThan(0);
  });

  it('keeps what it has and says so when the server cannot be reached', async () => {
    open({ hash: '#exceptions' });
    await screen.findByText('Not signed yet');
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('down')));
    await act(() => vi.advanceTimersByTimeAsync(POLL_MS + 10_000));
    await screen.findByText(/could not be fetched/);
    expect(screen.getByText('Not signed yet')).toBeDefined();
  });

  it('offers another try when the first call fails', async () => {
    const { api, user } = open({ world: tabWorld(10) });
    api.refuseWith = { status: 503, code: 'busy', message: 'The store is being moved.' };
    await screen.findByText(/The store is being moved/);
    api.refuseWith = null;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByText('Where we stand');
  });
});
