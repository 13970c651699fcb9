/** The box in which somebody writes. */
import { api } from './api.js';
import { $, channelName, current, state } from './state.js';
import { text } from './texts.js';

/** The next message goes into this one's thread. */
export function replyTo(message) {
  state.replyTo = message;
  drawComposer();
  $('text').focus();
}

/** Shows where the next message goes. */
export function drawComposer() {
  const isChannel = state.conversation?.isChannel === true;
  const { channel } = current();
  const { app } = state.me;
  $('mention').hidden = !isChannel;
  $('mention').setAttribute('aria-pressed', String(state.mention));
  $('mention').title = text(state.mention ? 'mentionOn' : 'mentionOff');
  $('replying').hidden = state.replyTo === null;
  $('replying-text').textContent = state.replyTo === null ? '' : text('replying', { name: state.replyTo.from.name });
  const where = state.replyTo !== null ? 'placeReply' : isChannel ? 'placeChannel' : 'placeChat';
  $('text').placeholder = text(where, { channel: channel === null ? '' : channelName(channel), app: app.name });
  $('hint').textContent = `${text('hintEnter')}${isChannel ? ` ${text('hintChannel')}` : ''}`;
}

/** Makes the box for messages work; `reload` brings the conversation up to date. */
export function wireComposer(reload) {
  $('mention').addEventListener('click', () => {
    state.mention = !state.mention;
    drawComposer();
  });
  $('reply-cancel').addEventListener('click', () => {
    state.replyTo = null;
    drawComposer();
  });
  $('text').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $('composer').requestSubmit();
  });
  $('composer').addEventListener('submit', async (event) => {
    event.preventDefault();
    const words = $('text').value.trim();
    const { conversation, replyTo: root } = state;
    if (words === '' || conversation === null) return;
    $('text').value = '';
    const id = root === null ? conversation.id : `${conversation.id};messageid=${root.rootId ?? root.id}`;
    state.replyTo = null;
    drawComposer();
    await api.write(id, words, conversation.isChannel && state.mention);
    await reload();
  });
}
