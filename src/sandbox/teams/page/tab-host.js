/** The host's side of teams-js: a frame with the tab, and answers to what the tab asks. */
import { api } from './api.js';
import { el } from './dom.js';
import { locales, text } from './texts.js';

const PATIENCE_SECONDS = 15;
const RUNTIME = {
  apiVersion: 4,
  isLegacyTeams: false,
  isNAAChannelRecommended: false,
  hostVersionsInfo: { adaptiveCardSchemaVersion: { majorVersion: 1, minorVersion: 5 } },
  supports: { app: {}, pages: { tabs: {}, currentApp: {} }, clipboard: {} },
};

/** Opens a tab in a frame. `context` gives theme, person and place at any time; the result says how to change it later. */
export function openTab(url, { context, onClose }) {
  const origin = new URL(url).origin;
  const status = el('p', { class: 'tab-status', role: 'status' }, text('loadingTab'));
  const frame = el('iframe', { class: 'tab-frame', title: context().app.name, src: url, allow: 'clipboard-write' });
  const box = el('div', { class: 'tab-box' }, status, frame);
  let isListening = false;
  const send = (message) => frame.contentWindow?.postMessage(message, origin);
  const slow = setTimeout(() => {
    status.textContent = text('tabSlow', { s: PATIENCE_SECONDS });
  }, PATIENCE_SECONDS * 1000);
  const settle = (words = '') => {
    clearTimeout(slow);
    status.textContent = words;
    status.hidden = words === '';
  };
  const hear = async (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    const { id, uuidAsString, func, args = [] } = event.data ?? {};
    if (func === 'registerHandler' && args[0] === 'themeChange') isListening = true;
    if (func?.startsWith('appInitialization.')) noteProgress(func, args, settle);
    const answer = await answerTo(func, args, context);
    if (answer !== null) send({ id, uuidAsString, args: answer });
  };
  window.addEventListener('message', hear);
  return {
    box,
    setTheme: (theme) => isListening && send({ func: 'themeChange', args: [theme] }),
    close() {
      window.removeEventListener('message', hear);
      clearTimeout(slow);
      onClose?.();
    },
  };
}

function noteProgress(func, args, settle) {
  if (func === 'appInitialization.failure') {
    const why = typeof args[0] === 'object' ? (args[0]?.message ?? args[0]?.reason) : args[0];
    settle(text('tabFailed', { why: why ?? '' }));
    return;
  }
  settle();
}

async function answerTo(func, args, context) {
  switch (func) {
    case 'initialize':
      return ['content', 'web', JSON.stringify(RUNTIME), '2.0.1'];
    case 'getContext':
      return [contextOf(context())];
    case 'authentication.getAuthToken':
      return api.tabToken().then(
        ({ token }) => [true, token],
        (error) => [false, error.message],
      );
    case 'executeDeepLink':
    case 'openLink':
      return openLink(args[0]);
    default:
      return null;
  }
}

function openLink(link) {
  const url = URL.parse(String(link));
  if (url === null || !['http:', 'https:', 'mailto:'].includes(url.protocol))
    return [false, 'The link cannot be opened.'];
  window.open(url.href, '_blank', 'noopener');
  return [true];
}

/** The flat context of the hosts, which teams-js turns into its own. */
function contextOf({ theme, person, app, place }) {
  return {
    theme,
    locale: locales().tab,
    appId: app.id,
    sessionId: app.sessionId,
    entityId: place.entityId ?? 'overview',
    // Where in the tab a link leads.
    subEntityId: place.subPage ?? '',
    userObjectId: person.objectId,
    userPrincipalName: person.userPrincipalName,
    loginHint: person.userPrincipalName,
    userDisplayName: person.displayName,
    tid: person.tenantId,
    hostName: 'Teams',
    hostClientType: 'web',
    frameContext: 'content',
    ringId: 'general',
    isFullScreen: false,
    ...(place.teamId === undefined
      ? {}
      : {
          groupId: place.teamId,
          teamId: place.teamThread,
          channelId: place.channelId,
          channelName: place.channelName,
        }),
  };
}
