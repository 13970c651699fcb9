import { locales } from './texts.js';

/** Asks the stand-in's server; a session that is over leads to the sign-in page. */
async function call(method, path, body) {
  const headers = { 'x-teams-locale': locales().bot };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (answer.status === 401) {
    location.assign('/sign-in');
    return new Promise(() => undefined);
  }
  const given = await answer.text();
  const value = given === '' ? null : JSON.parse(given);
  if (!answer.ok) throw new Error(value?.error ?? `HTTP ${answer.status}`);
  return value;
}

export const api = {
  me: () => call('GET', '/api/me'),
  places: () => call('GET', '/api/places'),
  messages: (conversation) => call('GET', `/api/messages?conversation=${encodeURIComponent(conversation)}`),
  write: (conversation, text, mentionsBot) => call('POST', '/api/messages', { conversation, text, mentionsBot }),
  press: (messageId, action) => call('POST', '/api/presses', { messageId, action }),
  refresh: (messageId, manual) => call('POST', '/api/refreshes', { messageId, manual }),
  submit: (messageId, value) => call('POST', '/api/submits', { messageId, value }),
  app: (change) => call('POST', '/api/app', change),
  tabToken: () => call('GET', '/api/tab-token'),
  signOut: () => call('POST', '/api/sign-out', {}),
};
