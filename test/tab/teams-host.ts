/** A Teams client for jsdom: it stands where the parent window stands and answers what the tab asks it. */
import { app } from '@microsoft/teams-js';

const HOST_ORIGIN = 'https://teams.microsoft.com';

export type HostOptions = {
  theme?: string;
  locale?: string;
  subPageId?: string;
  /** False: the host never answers. */
  answers?: boolean;
  /** The token, or the error that Teams would report. */
  token?: { token: string } | { error: string };
  /** Where Teams shows the page: as a tab, while one is added, or in a window for signing in. */
  frameContext?: 'content' | 'settings' | 'authentication';
  /** How a window for signing in ends: with success, or with this error. */
  signInWindow?: { error: string } | 'success';
};

export type TeamsHost = {
  /** The functions that the tab has called, in order. */
  calls: string[];
  /** The arguments of the last call of a function. */
  said(func: string): unknown[] | undefined;
  /** Presses Teams' Save button while a tab is added. */
  save(): void;
  token: { token: string } | { error: string };
  /** Changes the theme as a person would. */
  setTheme(theme: string): void;
  stop(): void;
};

type Call = { id: number; uuidAsString?: string; func: string; args?: unknown[] };

/** Puts the host in the place of the parent window; `stop` makes the tab forget it. */
export function startHost(options: HostOptions = {}): TeamsHost {
  const { theme = 'default', locale = 'en-us', subPageId = '', answers = true, frameContext = 'content' } = options;
  const supports = frameContext === 'settings' ? { pages: { config: {} } } : {};
  const heard = new Map<string, unknown[]>();
  const context = {
    theme,
    locale,
    subEntityId: subPageId,
    entityId: 'home',
    hostName: 'Teams',
    frameContext,
    tid: '',
    userObjectId: '',
  };
  const host: TeamsHost = {
    calls: [],
    said: (func) => heard.get(func),
    save: () => say({ func: 'settings.save', args: [{}] }),
    token: options.token ?? { token: 'token-of-a-test' },
    setTheme: (name) => say({ func: 'themeChange', args: [name] }),
    stop: () => {
      app._uninitialize();
      Object.defineProperty(window, 'parent', { configurable: true, value: window });
    },
  };
  const say = (data: object) => {
    const event = new MessageEvent('message', { data, origin: HOST_ORIGIN });
    Object.defineProperty(event, 'source', { value: parent_ });
    window.dispatchEvent(event);
  };
  const answerTo = (call: Call): unknown[] | null => {
    switch (call.func) {
      case 'initialize':
        return [frameContext, 'web', JSON.stringify({ apiVersion: 4, isLegacyTeams: false, supports }), '2.0.1'];
      case 'getContext':
        return [context];
      case 'authentication.getAuthToken':
        return 'token' in host.token ? [true, host.token.token] : [false, host.token.error];
      case 'authentication.authenticate':
        return options.signInWindow === 'success'
          ? [true, '']
          : [false, options.signInWindow?.error ?? 'CancelledByUser'];
      case 'settings.setSettings':
        return [true];
      default:
        return null;
    }
  };
  const parent_ = {
    postMessage: (call: Call) => {
      host.calls.push(call.func);
      heard.set(call.func, call.args ?? []);
      const args = answers ? answerTo(call) : null;
      if (args !== null) queueMicrotask(() => say({ id: call.id, uuidAsString: call.uuidAsString, args }));
    },
  };
  Object.defineProperty(window, 'parent', { configurable: true, value: parent_ });
  return host;
}
