/** Draws Adaptive Cards as Teams does: its Markdown, its actions, its states. */
import { el } from './dom.js';
import { hostConfig } from './host-config.js';
import { text } from './texts.js';

const { AdaptiveCards, markdownit } = globalThis;

/** Bold, italic, lists and links: all that Teams takes. */
const markdown = markdownit('zero', { html: false, linkify: false, breaks: true }).enable([
  'emphasis',
  'link',
  'list',
  'newline',
  'escape',
  'entity',
  'autolink',
]);

AdaptiveCards.AdaptiveCard.onProcessMarkdown = (given, result) => {
  result.outputHtml = markdown.render(given);
  result.didProcess = true;
};

/** Simple words of a message, drawn by the same rules. */
export function formatText(given, format) {
  const made = el('div', { class: format === 'plain' ? 'words plain' : 'words' });
  if (format === 'plain') made.textContent = given;
  else made.innerHTML = markdown.render(given);
  for (const link of made.querySelectorAll('a')) Object.assign(link, { target: '_blank', rel: 'noopener noreferrer' });
  return made;
}

/**
 * Draws a card. `act` is called with a press: `execute` with action and inputs, `submit` with data; it resolves to what
 * Teams shows, and until then the card shows that it works. `open` is called with a link.
 */
export function drawCard(content, { theme, act, open }) {
  const frame = el('div', { class: 'card' });
  const strip = el('p', { class: 'strip', role: 'status', hidden: true });
  try {
    frame.append(render(content, { theme, press: (action) => press(action, { frame, strip, act, open }) }));
  } catch (error) {
    frame.append(el('p', { class: 'strip error' }, text('cardBroken', { why: error.message })));
  }
  frame.append(strip);
  return frame;
}

function render(content, { theme, press }) {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(hostConfig(theme));
  card.version = new AdaptiveCards.Version(1, 5);
  card.onExecuteAction = press;
  card.onAnchorClicked = () => false;
  const context = new AdaptiveCards.SerializationContext(new AdaptiveCards.Version(1, 5));
  card.parse(content, context);
  const drawn = card.render();
  if (drawn === undefined) throw new Error('no content');
  for (const link of drawn.querySelectorAll('a')) Object.assign(link, { target: '_blank', rel: 'noopener noreferrer' });
  return drawn;
}

async function press(action, { frame, strip, act, open }) {
  if (action instanceof AdaptiveCards.OpenUrlAction) {
    open(action.url);
    return;
  }
  if (frame.dataset.working === 'yes') return;
  const request = requestOf(action);
  if (request === null) return;
  frame.dataset.working = 'yes';
  frame.setAttribute('aria-busy', 'true');
  say(strip, text('working'), 'working');
  const buttons = [...frame.querySelectorAll('button')].filter((button) => !button.disabled);
  for (const button of buttons) button.disabled = true;
  const shown = await act(request).catch((error) => ({ show: 'unreachable', why: error.message }));
  delete frame.dataset.working;
  frame.removeAttribute('aria-busy');
  for (const button of buttons) button.disabled = false;
  showOutcome(strip, shown);
}

function requestOf(action) {
  if (action instanceof AdaptiveCards.ExecuteAction) {
    const { id, title, verb, data } = action;
    return {
      kind: 'execute',
      action: { type: 'Action.Execute', ...(id === undefined ? {} : { id }), title, verb, data: data ?? {} },
    };
  }
  return action instanceof AdaptiveCards.SubmitAction ? { kind: 'submit', value: action.data ?? {} } : null;
}

function showOutcome(strip, shown) {
  switch (shown?.show) {
    case 'message':
      say(strip, shown.text, 'good');
      return;
    case 'error':
      say(strip, shown.text, 'error');
      return;
    case 'unreachable':
      say(strip, text('unreachable'), 'error');
      return;
    case 'card':
      say(strip, text('responded'), 'good');
      return;
    default:
      strip.hidden = true;
  }
}

function say(strip, words, kind) {
  strip.hidden = false;
  strip.className = `strip ${kind}`;
  strip.textContent = words;
}
