import { type Card, card, type Element, openUrl, sentence } from './card.ts';
import type { Language } from './texts.ts';
import { textsIn } from './texts.ts';

/** A mail that reached nobody is longer than a card may be; the guide behind the button says the rest. */
const PARAGRAPHS_MAX = 24;
const PARAGRAPH_CHARS_MAX = 700;
const ADDRESS = /https?:\/\/[^\s<>"')\]]+/;

/** A message of the rollout for somebody whom no mail reaches: the mail's plain text, with its first link as a button. */
export function outreachCard({ subject, text, language }: { subject: string; text: string; language: Language }): Card {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => paragraph.trim());
  const link = ADDRESS.exec(text)?.[0].replace(/[.,;:]+$/, '');
  const body = paragraphs
    .filter((paragraph) => paragraph !== '')
    .slice(0, PARAGRAPHS_MAX)
    .map((foreign): Element => sentence([{ foreign, max: PARAGRAPH_CHARS_MAX }], { spacing: 'Medium' }));
  const title = sentence([{ foreign: subject, max: 200 }], { size: 'Medium', weight: 'Bolder' });
  return card({
    fallbackText: subject,
    body: [title, ...body],
    actions: [link === undefined ? null : openUrl(textsIn(language).openGuide, link)],
  });
}
