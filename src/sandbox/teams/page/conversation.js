/** Draws a channel with its threads, or the chat with the bot. */
import { api } from './api.js';
import { drawCard, formatText } from './cards.js';
import { el, initials, tint } from './dom.js';
import { locales, text } from './texts.js';

/**
 * A list of messages that can be brought up to date without drawing anew what did not change: an input that somebody
 * fills in stays. `reply` is called with the thread's first message, `open` with a card's link.
 */
export function createConversation({ me, theme, isChannel, reply, open }) {
  const box = el('div', { class: isChannel ? 'threads' : 'messages', role: 'log', 'aria-label': text('posts') });
  const drawn = new Map();
  const threads = new Map();
  const given = { me, theme, isChannel, reply, open };
  return {
    box,
    /** Takes the messages as they are now; resolves to whether something new came. */
    update(messages) {
      let isNew = false;
      for (const message of messages) {
        const key = JSON.stringify([
          message.text,
          message.card,
          message.isEdited,
          message.isDeleted,
          message.attachments,
        ]);
        const before = drawn.get(message.id);
        if (before?.key === key) continue;
        const node = drawMessage(message, given);
        if (before === undefined) place(message, node, { box, threads, given });
        else before.node.replaceWith(node);
        isNew ||= before === undefined;
        drawn.set(message.id, { key, node });
      }
      return isNew;
    },
    isEmpty: () => drawn.size === 0,
  };
}

function place(message, node, { box, threads, given }) {
  if (!given.isChannel) {
    box.append(node);
    return;
  }
  const known = message.rootId === null ? undefined : threads.get(message.rootId);
  if (known !== undefined) {
    known.append(node);
    return;
  }
  const replies = el('div', { class: 'replies' });
  const button = el('button', { class: 'reply', type: 'button', onclick: () => given.reply(message) }, text('reply'));
  threads.set(message.id, replies);
  box.append(el('article', { class: 'thread', 'aria-label': message.from.name }, node, replies, button));
}

function drawMessage(message, given) {
  const { me } = given;
  const isMine = message.from.id === me.person.objectId;
  const picture = el(
    'span',
    { class: `avatar ${message.from.isBot ? 'bot' : tint(message.from.name)}`, 'aria-hidden': 'true' },
    message.from.isBot ? '✓' : initials(message.from.name),
  );
  const time = new Intl.DateTimeFormat(locales().html, {
    hour: '2-digit',
    minute: '2-digit',
    day: 'numeric',
    month: 'short',
  }).format(new Date(message.at));
  const head = el(
    'p',
    { class: 'from' },
    el('b', {}, message.from.name),
    ' ',
    el('time', { dateTime: message.at, class: 'quiet' }, time),
    message.isEdited && !message.isDeleted ? el('span', { class: 'quiet' }, ` · ${text('edited')}`) : null,
  );
  const body = el('div', { class: 'body' }, head, ...contentOf(message, given));
  return el('div', { class: `message${isMine ? ' mine' : ''}`, id: `m${message.id}` }, picture, body);
}

function contentOf(message, given) {
  if (message.isDeleted) return [el('p', { class: 'quiet' }, text('deleted'))];
  const parts = [];
  if (message.text !== '') parts.push(wordsOf(message));
  if (message.card !== null) parts.push(cardOf(message, given));
  for (const attachment of message.attachments) {
    if (attachment.contentType !== 'application/vnd.microsoft.card.adaptive')
      parts.push(el('p', { class: 'quiet' }, String(attachment.name ?? attachment.contentType)));
  }
  return parts;
}

/** Mentions stand in the text as `<at>` and are drawn as names. */
function wordsOf(message) {
  if (message.mentions.length === 0) return formatText(message.text, message.textFormat);
  const made = el('div', { class: 'words plain' });
  let rest = message.text;
  for (const mention of message.mentions) {
    const at = rest.indexOf(mention.text);
    if (at < 0) continue;
    made.append(rest.slice(0, at), el('span', { class: 'at' }, mention.name));
    rest = rest.slice(at + mention.text.length);
  }
  made.append(rest);
  return made;
}

function cardOf(message, given) {
  const act = (request) =>
    request.kind === 'execute' ? api.press(message.id, request.action) : api.submit(message.id, request.value);
  const card = drawCard(message.card, {
    theme: given.theme,
    open: given.open,
    act: async (request) => {
      const shown = await act(request);
      if (shown?.show === 'card') given.me.reload().then(() => bringIntoSight(message.id));
      return shown;
    },
  });
  if (message.card.refresh === undefined) return card;
  const again = el(
    'button',
    { type: 'button', class: 'again', onclick: () => api.refresh(message.id, true).then(given.me.reload) },
    text('refreshCard'),
  );
  return el('div', {}, card, again);
}

/** The new card may be longer than the old one: it is shown whole, or from where it says how the press ended. */
function bringIntoSight(messageId) {
  const node = document.getElementById(`m${messageId}`);
  const room = document.getElementById('stage-body').clientHeight;
  node?.scrollIntoView({ block: node.offsetHeight > room ? 'start' : 'nearest' });
}

/**
 * Lets the cards refresh themselves that ask for it; the server knows for whom and how often. Resolves to whether one
 * changed, and when one of them may ask again; null when none waits.
 */
export async function refreshCards(messages) {
  const asking = messages.filter(
    (message) =>
      message.from.isBot &&
      !message.isDeleted &&
      message.attachments.some(({ content }) => content?.refresh !== undefined),
  );
  const results = await Promise.all(asking.map((message) => api.refresh(message.id, false).catch(() => null)));
  const waits = results.flatMap((result) => result?.againInMs ?? []);
  return {
    isChanged: results.some((result) => result?.show === 'card'),
    againInMs: waits.length === 0 ? null : Math.min(...waits),
  };
}
