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
};

export type TeamsHost = {
  /** The functions that the tab has called, in order. */
  calls: string[];
  token: { token: string } | { error: string };
  /** Changes the theme as a person would. */
  setTheme(theme: string): void;
  stop(): void;
};

type Call = { id: number; uuidAsString?: string; func: string };

/** Puts the host in the place of the parent window; `stop` makes the tab forget it. */
export function startHost(options: HostOptions = {}): TeamsHost {
  const { theme = 'default', locale = 'en-us', subPageId = '', answers = true } = options;
  const context = {
    theme,
    locale,
    subEntityId: subPageId,
    entityId: 'home',
    hostName: 'Teams',
    frameContext: 'content',
    tid: '',
    userObjectId: '',
  };
  const host: TeamsHost = {
    calls: [],
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
        return ['content', 'web', JSON.stringify({ apiVersion: 4, isLegacyTeams: false, supports: {} }), '2.0.1'];
      case 'getContext':
        return [context];
      case 'authentication.getAuthToken':
        return 'token' in host.token ? [true, host.token.token] : [false, host.token.error];
      default:
        return null;
    }
  };
  const parent_ = {
    postMessage: (call: Call) => {
      host.calls.push(call.func);
      const args = answers ? answerTo(call) : null;
      if (args !== null) queueMicrotask(() => say({ id: call.id, uuidAsString: call.uuidAsString, args }));
    },
  };
  Object.defineProperty(window, 'parent', { configurable: true, value: parent_ });
  return host;
}
