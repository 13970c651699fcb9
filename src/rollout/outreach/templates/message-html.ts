import { Engine } from 'mrml';
import { AppError } from '../../../lib/errors.ts';
import { html, joined, type Markup } from '../../guide/markup.core.ts';
import type { MessageLanguage } from './message-types.core.ts';
import type { Block, Inline } from './template-tree.core.ts';

/** What a mail's HTML is made of, its fields filled in. */
export type MessagePage = {
  language: MessageLanguage;
  subject: string;
  preheader: string;
  company: string;
  blocks: readonly Block[];
  footer: string;
};

/**
 * The HTML of a mail: one column of tables that Outlook and Gmail show alike, dark where the reader's device is. It loads
 * nothing, neither pictures nor fonts, and so tells nobody that it was read. Every word is escaped. Refuses with
 * `message_not_rendered` when the mail library does not accept what was made here, which would be our mistake.
 */
export function messageHtml(page: MessagePage): string {
  const engine = new Engine();
  try {
    // Unasked, the library has a mail load Google's fonts as soon as it finds one of their names.
    engine.setRenderOptions({ disableComments: true, socialIconOrigin: null, fonts: {} });
    const answer = engine.toHtml(mjml(page).markup);
    if (answer.type === 'success') return answer.content;
    throw new AppError('message_not_rendered', `the mail library refused the mail: ${answer.message}`);
  } finally {
    engine.free();
  }
}

const FONT = "'Segoe UI', 'Helvetica Neue', Helvetica, Arial, sans-serif";

/** Outlook.com marks what it shows dark by these attributes instead of asking the device. */
const DARK_RULES = [
  ['.page', 'background-color:#14181f !important'],
  ['.card,.card > table', 'background-color:#1d232d !important'],
  ['.words div,.title div', 'color:#e9eef5 !important'],
  ['.brand div,.foot div', 'color:#b4c0cf !important'],
  ['.words a', 'color:#86b4ff !important'],
  ['.go td td,.go a', 'background-color:#86b4ff !important;color:#10151d !important'],
] as const;

const STYLE = [
  `@media (prefers-color-scheme:dark){${DARK_RULES.map(([selector, rule]) => `${selector}{${rule}}`).join('')} }`,
  ...DARK_RULES.map(([selector, rule]) => `${marked(selector)}{${rule}}`),
].join('');

function marked(selector: string): string {
  return selector
    .split(',')
    .map((part) => `[data-ogsc] ${part}`)
    .join(',');
}

function mjml({ language, subject, preheader, company, blocks, footer }: MessagePage): Markup {
  return html`<mjml lang="${language}"><mj-head><mj-title>${subject}</mj-title><mj-preview>${preheader}</mj-preview>
<mj-raw><meta name="color-scheme" content="light dark" /><meta name="supported-color-schemes" content="light dark" /></mj-raw>
<mj-attributes><mj-all font-family="${FONT}" /><mj-text font-size="16px" line-height="1.5" color="#1c2430" padding="0 28px 16px" />
<mj-button font-size="16px" font-weight="600" background-color="#1f5fc4" color="#ffffff" border-radius="6px" inner-padding="13px 26px" align="left" padding="4px 28px 22px" /></mj-attributes>
<mj-style>${{ markup: STYLE }}</mj-style></mj-head>
<mj-body background-color="#f4f6fa" width="600px" css-class="page">
<mj-section padding="20px 0 10px"><mj-column><mj-text css-class="brand" font-size="14px" font-weight="600" color="#4c5a6d" padding="0 28px">${company}</mj-text></mj-column></mj-section>
<mj-section css-class="card" background-color="#ffffff" border-top="4px solid #1f5fc4" padding="28px 0 12px"><mj-column>
<mj-text css-class="title" font-size="23px" font-weight="600" line-height="1.3" padding="0 28px 18px">${title(subject)}</mj-text>${joined(blocks.map(blockMarkup))}</mj-column></mj-section>
<mj-section padding="14px 0 28px"><mj-column><mj-text css-class="foot" font-size="13px" color="#4c5a6d" padding="0 28px">${footer}</mj-text></mj-column></mj-section>
</mj-body></mjml>`;
}

function title(subject: string): Markup {
  return html`<h1 style="margin:0;font-size:inherit;font-weight:inherit;line-height:inherit">${subject}</h1>`;
}

function blockMarkup(block: Block): Markup {
  switch (block.kind) {
    case 'paragraph':
      return html`<mj-text css-class="words">${inlineMarkup(block.inside)}</mj-text>`;
    case 'button':
      return html`<mj-button css-class="go" href="${block.target}">${inlineMarkup(block.inside)}</mj-button>`;
    case 'list':
      return html`<mj-text css-class="words">${listMarkup(block)}</mj-text>`;
  }
}

/** The indent is a margin: Outlook for Windows knows no padding of lists, and would hang the bullets outside the text. */
function listMarkup({ ordered, items }: Extract<Block, { kind: 'list' }>): Markup {
  const lines = joined(items.map((item) => html`<li style="margin:0 0 8px">${inlineMarkup(item)}</li>`));
  const indent = 'margin:0 0 0 22px;padding:0';
  return ordered ? html`<ol style="${indent}">${lines}</ol>` : html`<ul style="${indent}">${lines}</ul>`;
}

function inlineMarkup(inside: readonly Inline[]): Markup {
  return joined(inside.map(partMarkup));
}

function partMarkup(part: Inline): Markup {
  switch (part.kind) {
    case 'text':
      return html`${part.text}`;
    case 'break':
      return html`<br />`;
    case 'field':
      return html``;
    case 'strong':
      return html`<strong>${inlineMarkup(part.inside)}</strong>`;
    case 'em':
      return html`<em>${inlineMarkup(part.inside)}</em>`;
    case 'link':
      return html`<a href="${part.target}" style="color:#1f5fc4;text-decoration:underline">${inlineMarkup(part.inside)}</a>`;
  }
}
