/** The stand-in: who is signed in, where they look, and what happens there. */
import { api } from './api.js';
import { drawComposer, replyTo, wireComposer } from './composer.js';
import { createConversation, refreshCards } from './conversation.js';
import { el, initials, tint } from './dom.js';
import { isSupport, placeOf, sameOrigin, subPageOf } from './place.js';
import { applyPreferences, drawPerson, wireSettings } from './settings.js';
import { $, channelName, current, state } from './state.js';
import { openTab } from './tab-host.js';
import { text } from './texts.js';

const sessionId = crypto.randomUUID();

applyPreferences();
wireSettings({ show, go, restorePlace });
wireComposer(reload);
await load();
restorePlace();
await show();
listen();

async function load() {
  [state.me, state.places] = await Promise.all([api.me(), api.places()]);
  state.me.app.sessionId = sessionId;
  state.me.reload = () => reload();
  drawPerson();
}

function go({ view, channelId = state.channelId, tabId = 'posts', subPage = '' }) {
  Object.assign(state, { view, channelId, tabId, subPage, replyTo: null });
  history.replaceState(null, '', placeOf({ view, channelId, tabId, subPage }));
  return show();
}

/** The place of the address, else where the person's work is: the rollout's channel, for the engineer the chat. */
function restorePlace() {
  const linked = subPageOf(location);
  if (linked !== null) history.replaceState(null, '', placeOf({ view: 'tab', subPage: linked }));
  const [view, where, tabId = 'posts'] = location.hash.slice(1).split('/').map(decodeURIComponent);
  const channels = state.places.teams.flatMap((team) => team.channels);
  const usual = state.me.person.role === 'engineer' ? 'chat' : 'teams';
  state.view = ['chat', 'teams', 'tab'].includes(view) ? view : usual;
  state.channelId = (channels.find(({ id }) => id === where) ?? channels.find(isSupport) ?? channels[0])?.id ?? null;
  state.tabId = tabId;
  state.subPage = state.view === 'tab' ? (where ?? '') : '';
}

/** A link to the tab opens it here, as Teams does; any other one beside. */
function openLink(link) {
  const url = URL.parse(link);
  const subPage = url?.origin === location.origin ? subPageOf(url) : null;
  if (subPage === null) window.open(link, '_blank', 'noopener');
  else void go({ view: 'tab', subPage });
}

async function show() {
  state.tab?.close();
  Object.assign(state, { tab: null, conversation: null });
  for (const button of document.querySelectorAll('.rail button'))
    button.setAttribute('aria-current', String(button.dataset.view === state.view));
  document.body.dataset.view = state.view;
  drawList();
  $('stage-head').replaceChildren();
  $('stage-body').replaceChildren();
  $('composer').hidden = true;
  if (state.view === 'tab') showAppTab();
  else if (state.view === 'chat') await showChat();
  else await showChannel();
}

function drawList() {
  const list = $('list');
  if (state.view === 'tab') return list.replaceChildren();
  if (state.view === 'chat') {
    return list.replaceChildren(
      entry(state.me.app.name, {
        isCurrent: true,
        picture: el('span', { class: 'avatar bot', 'aria-hidden': 'true' }, '✓'),
        open: () => go({ view: 'chat' }),
      }),
    );
  }
  const teams = state.places.teams.map((team) => {
    const rows = team.channels.map((channel) =>
      entry(channelName(channel), {
        isCurrent: channel.id === state.channelId,
        picture: el('span', { class: 'hash', 'aria-hidden': 'true' }, '#'),
        open: () => go({ view: 'teams', channelId: channel.id }),
      }),
    );
    return el(
      'section',
      {},
      el(
        'h2',
        {},
        el('span', { class: `avatar square ${tint(team.name)}`, 'aria-hidden': 'true' }, initials(team.name)),
        team.name,
      ),
      ...rows,
    );
  });
  return list.replaceChildren(...(teams.length === 0 ? [el('p', { class: 'quiet' }, text('noTeam'))] : teams));
}

function entry(name, { isCurrent, picture, open }) {
  return el(
    'button',
    { type: 'button', class: 'entry', 'aria-current': String(isCurrent), onclick: open },
    picture,
    el('span', {}, name),
  );
}

function notice(words, ...buttons) {
  return el('div', { class: 'notice' }, el('p', {}, words), ...buttons);
}

async function showChannel() {
  const { team, channel } = current();
  if (channel === null) {
    $('stage-body').append(notice(text('noTeam')));
    return;
  }
  drawChannelHead(team, channel);
  const tab = channel.tabs.find(({ id }) => id === state.tabId);
  if (tab !== undefined) {
    showTab(tab.contentUrl, {
      entityId: tab.entityId,
      teamId: team.id,
      channelId: channel.id,
      channelName: channel.name,
    });
    return;
  }
  const { app, person } = state.me;
  if (app.tabUrl === null) $('stage-body').append(notice(text('noBot')));
  else if (person.role === 'engineer') $('stage-body').append(notice(text('engineerHere', { app: app.name })));
  else if (!state.places.teams.some(({ channels }) => channels.some(isSupport)))
    $('stage-body').append(notice(text('reading', { app: app.name, customer: person.tenantName })));
  else if (!team.hasApp) $('stage-body').append(notice(text('notInTeam')));
  await showConversation(channel.id, { isChannel: true });
}

function drawChannelHead(team, channel) {
  const name = channelName(channel);
  const tabs = [{ id: 'posts', name: text('posts') }, ...channel.tabs].map((tab) => tabButton(tab, channel));
  $('stage-head').append(
    el('h1', {}, el('span', { class: 'hash', 'aria-hidden': 'true' }, '#'), name),
    el('nav', { class: 'tabs', 'aria-label': name }, ...tabs),
    el('span', { class: 'quiet' }, text('members', { n: team.members })),
  );
}

/** A tab of the product's app opens here; a website opens beside, as Teams does since 2024. */
function tabButton(tab, channel) {
  const isOwn = tab.id === 'posts' || sameOrigin(tab.contentUrl, state.me.app.tabUrl);
  if (isOwn)
    return el(
      'button',
      {
        type: 'button',
        'aria-current': String((state.tabId ?? 'posts') === tab.id),
        onclick: () => go({ view: 'teams', channelId: channel.id, tabId: tab.id }),
      },
      tab.name,
    );
  return el(
    'a',
    {
      href: URL.parse(tab.contentUrl)?.href ?? '#',
      target: '_blank',
      rel: 'noopener noreferrer',
      title: text('opensOutside', { name: tab.name }),
    },
    `${tab.name} ↗`,
  );
}

async function showChat() {
  const { app } = state.me;
  const isReady = app.isInstalled && !app.isBlocked;
  const button = (key, change) =>
    el(
      'button',
      { type: 'button', onclick: () => api.app(change).then(load).then(show) },
      text(key, { app: app.name }),
    );
  $('stage-head').append(
    el('h1', {}, el('span', { class: 'avatar bot', 'aria-hidden': 'true' }, '✓'), app.name),
    el('span', { class: 'gap' }),
    ...(app.isInstalled
      ? [
          button(app.isBlocked ? 'unblock' : 'block', { blocked: !app.isBlocked }),
          button('removeApp', { installed: false }),
        ]
      : []),
  );
  if (app.tabUrl === null) $('stage-body').append(notice(text('noBot')));
  if (!app.isInstalled) {
    const add = button('addApp', { installed: true });
    add.className = 'main';
    $('stage-body').append(notice(text('addWhy'), add));
    return;
  }
  if (app.isBlocked) $('stage-body').append(notice(text('blocked')));
  await showConversation(app.chatId, { isChannel: false, canWrite: isReady });
}

async function showConversation(id, { isChannel, canWrite = true }) {
  const { me, theme } = state;
  const empty = el('p', { class: 'empty' }, text(emptyKey(isChannel), { app: me.app.name }));
  const conversation = createConversation({ me, theme, isChannel, reply: replyTo, open: openLink });
  const typing = el('p', { class: 'typing quiet', hidden: true }, text('typing', { app: state.me.app.name }));
  $('stage-body').append(empty, conversation.box, typing);
  state.conversation = { id, isChannel, view: conversation, empty, typing };
  $('composer').hidden = !canWrite;
  drawComposer();
  await reload({ isFirst: true });
}

function emptyKey(isChannel) {
  if (!isChannel) return 'emptyChat';
  const { channel, team } = current();
  if (isSupport(channel)) return 'openingChannel';
  return team.hasApp ? 'emptyChannel' : 'emptyElsewhere';
}

async function reload({ isFirst = false } = {}) {
  clearTimeout(state.again);
  const shown = state.conversation;
  if (shown === null) return;
  const { messages } = await api.messages(shown.id);
  if (shown !== state.conversation) return;
  const isNew = shown.view.update(messages);
  shown.empty.hidden = !shown.view.isEmpty();
  if (isNew || isFirst) {
    shown.typing.hidden = true;
    scrollDown(messages, isFirst);
  }
  const { isChanged, againInMs } = await refreshCards(messages);
  if (shown !== state.conversation) return;
  if (isChanged) shown.view.update((await api.messages(shown.id)).messages);
  // Teams waits before it asks for somebody's own view again; whoever looks at the card then gets it.
  if (againInMs !== null) state.again = setTimeout(reload, againInMs);
}

function scrollDown(messages, isFirst) {
  const body = $('stage-body');
  const last = messages.at(-1);
  if (last === undefined) return;
  if (isFirst && state.conversation.isChannel) body.scrollTo({ top: body.scrollHeight, behavior: 'instant' });
  else $(`m${last.id}`)?.scrollIntoView({ block: 'nearest' });
  if (!isFirst) $('spoken').textContent = `${last.from.name}: ${last.text.replaceAll(/<[^>]+>/g, '').slice(0, 200)}`;
}

function showAppTab() {
  const { tabUrl } = state.me.app;
  if (tabUrl === null) $('stage-body').append(notice(text('noBot')));
  else showTab(tabUrl, { entityId: 'overview', subPage: state.subPage });
}

function showTab(url, place) {
  if (!sameOrigin(url, state.me.app.tabUrl)) {
    $('stage-body').append(notice(text('noBot')));
    return;
  }
  state.tab = openTab(url, {
    context: () => ({ theme: state.theme, person: state.me.person, app: state.me.app, place }),
  });
  $('stage-body').append(state.tab.box);
}

/** Hears what happens elsewhere; after a break everything is asked anew. */
function listen() {
  const source = new EventSource('/events');
  let wasLost = false;
  source.addEventListener('open', async () => {
    const isBack = wasLost;
    wasLost = false;
    if (!isBack) return;
    await load();
    await show();
  });
  source.addEventListener('error', () => {
    wasLost = true;
  });
  source.addEventListener('message', async ({ data }) => {
    const news = JSON.parse(data);
    if (news.kind === 'places') {
      await load();
      restorePlace();
      if (state.tab === null) await show();
      return;
    }
    if (state.conversation?.id !== news.conversationId) return;
    if (news.kind === 'typing') state.conversation.typing.hidden = false;
    else await reload();
  });
}
