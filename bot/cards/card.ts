/** The parts cards are made of. A card is JSON of Adaptive Cards 1.5, the newest version that Teams shows. */
import { plainText } from './plain-text.ts';

export type Element = { type: string; [key: string]: unknown };
export type Action = { type: string; title: string; [key: string]: unknown };

export type Card = {
  type: 'AdaptiveCard';
  version: '1.5';
  $schema: string;
  body: Element[];
  fallbackText: string;
  actions?: Action[];
  refresh?: { action: Action; userIds: readonly string[] };
  msteams: { width: 'Full' };
};

/** A card's size is limited by Teams; this leaves room for the message around it. */
export const CARD_BYTES_MAX = 25_000;

/** Teams refreshes by itself for at most this many people. */
export const REFRESH_PEOPLE_MAX = 60;

/** Puts a card together. `fallbackText` is what a client says that cannot draw it. */
export function card(parts: {
  body: (Element | null)[];
  fallbackText: string;
  actions?: (Action | null)[];
  refresh?: Card['refresh'] | undefined;
}): Card {
  const actions = (parts.actions ?? []).filter((action) => action !== null);
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    body: parts.body.filter((element) => element !== null),
    fallbackText: parts.fallbackText,
    ...(actions.length === 0 ? {} : { actions }),
    ...(parts.refresh === undefined ? {} : { refresh: parts.refresh }),
    msteams: { width: 'Full' },
  };
}

type Look = {
  size?: 'Small' | 'Default' | 'Medium' | 'Large';
  weight?: 'Default' | 'Bolder';
  color?: 'Default' | 'Good' | 'Warning' | 'Attention' | 'Accent';
  isSubtle?: boolean;
  spacing?: 'None' | 'Small' | 'Default' | 'Medium' | 'Large';
};

/** A title. */
export function heading(text: string): Element {
  return { type: 'TextBlock', text, wrap: true, size: 'Large', weight: 'Bolder', style: 'heading' };
}

/** A text of our own, which may hold Markdown. Never for a text of others. */
export function ownText(text: string, look: Look = {}): Element {
  return { type: 'TextBlock', text, wrap: true, ...look };
}

/** A text of others inside a sentence of ours. */
export type Foreign = { foreign: string; max?: number };

/** A sentence that holds texts of others: text runs know no markup. */
export function sentence(parts: readonly (string | Foreign)[], look: Look = {}): Element {
  const { spacing, ...run } = look;
  const inlines = parts.map((part) => ({
    type: 'TextRun',
    text: typeof part === 'string' ? part : plainText(part.foreign, part.max),
    ...run,
  }));
  return { type: 'RichTextBlock', inlines, ...(spacing === undefined ? {} : { spacing }) };
}

/** Names and values in two columns; both of our own making. */
export function facts(rows: readonly { title: string; value: string }[]): Element {
  return { type: 'FactSet', facts: rows.map(({ title, value }) => ({ title, value })) };
}

/** A strip that stands out: a state or a warning. */
export function strip(style: 'good' | 'warning' | 'attention' | 'accent' | 'emphasis', items: Element[]): Element {
  return { type: 'Container', style, items, bleed: true, spacing: 'Medium' };
}

/** A table of texts of others. */
export function table(
  columns: readonly { title: string; width: number }[],
  rows: readonly (readonly string[])[],
): Element {
  const cell = (items: Element[]) => ({ type: 'TableCell', items });
  const head = columns.map(({ title }) => cell([ownText(title, { weight: 'Bolder', size: 'Small' })]));
  const body = rows.map((row) => row.map((text) => cell([sentence([{ foreign: text, max: 60 }], { size: 'Small' })])));
  return {
    type: 'Table',
    firstRowAsHeader: true,
    showGridLines: true,
    columns: columns.map(({ width }) => ({ width })),
    rows: [head, ...body].map((cells) => ({ type: 'TableRow', cells })),
  };
}

/** What a button carries back: ids and what was shown. The server believes none of it. */
export type ActionData = Readonly<Record<string, string>>;

/** A button that asks the bot. Its title names the effect. */
export function execute(
  title: string,
  action: { verb: string; data: ActionData; style?: 'positive' | 'destructive' | undefined; tooltip?: string },
): Action {
  const { verb, data, style, tooltip } = action;
  return {
    type: 'Action.Execute',
    title,
    verb,
    data,
    ...(style === undefined ? {} : { style }),
    ...(tooltip === undefined ? {} : { tooltip }),
  };
}

/** Buttons inside the body, beside what they are about. */
export function actionSet(actions: readonly Action[]): Element {
  return { type: 'ActionSet', actions: [...actions], spacing: 'Small' };
}

/** A button that opens a page. */
export function openUrl(title: string, url: string): Action {
  return { type: 'Action.OpenUrl', title, url };
}

/** Lets Teams ask for a person's own view by itself; only for those who have one. */
export function refreshFor(userIds: readonly string[], verb: string, data: ActionData): Card['refresh'] {
  return { action: execute('', { verb, data }), userIds: userIds.slice(0, REFRESH_PEOPLE_MAX) };
}

/** The same card with a mark by which it is found among the messages of a channel. */
export function marked(made: Card, marker: string): Card {
  const [first, ...rest] = made.body;
  return first === undefined ? made : { ...made, body: [{ ...first, id: marker }, ...rest] };
}
