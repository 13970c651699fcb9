import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CARD_BYTES_MAX, type Card, REFRESH_PEOPLE_MAX } from '../../bot/cards/card.ts';
import { plainText } from '../../bot/cards/plain-text.ts';
import { brokenCard, gallery } from '../support/card-gallery.ts';

/** Its main entry cannot be loaded by Node; the bundle can, and reads cards without a page. */
const adaptiveCards = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.js',
) as typeof import('adaptivecards');

const LANGUAGES = ['en', 'de'] as const;
const CARDS = LANGUAGES.flatMap((language) =>
  Object.entries(gallery(language)).map(([name, card]) => [`${name} (${language})`, card] as const),
);

/** Everything that the reference parser of Adaptive Cards 1.5 has against a card. */
function complaintsAbout(card: Card): string[] {
  const context = new adaptiveCards.SerializationContext(adaptiveCards.Versions.v1_5);
  const parsed = new adaptiveCards.AdaptiveCard();
  parsed.parse(card, context);
  const events = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message);
  return [...events, ...parsed.validateProperties().validationEvents.map(({ message }) => message)];
}

describe('every card', () => {
  it.each(CARDS)('%s is a card of version 1.5 that the reference parser takes', (_name, card) => {
    expect(complaintsAbout(card)).toEqual([]);
  });

  it.each(CARDS)('%s is small enough for Teams', (_name, card) => {
    expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(CARD_BYTES_MAX);
  });

  it.each(CARDS)('%s refreshes itself for at most as many people as Teams allows', (_name, card) => {
    expect(card.refresh?.userIds.length ?? 0).toBeLessThanOrEqual(REFRESH_PEOPLE_MAX);
  });

  it.each(CARDS)('%s has a title on every button and ids alone behind it', (_name, card) => {
    for (const action of card.actions ?? []) {
      expect(action.title.length).toBeGreaterThan(0);
      if (action.type !== 'Action.Execute') continue;
      const allowed = ['customer', 'digest', 'seen', 'topic', 'id', 'phase', 'revision'];
      expect(Object.keys(action.data as object).filter((key) => !allowed.includes(key))).toEqual([]);
    }
  });

  it('is found out when it is none', () => {
    expect(complaintsAbout(brokenCard())).not.toEqual([]);
  });
});

/** The texts of a card that know no markup, and those that do. */
function textsOf(value: unknown, inRun = false): { plain: string[]; marked: string[] } {
  if (typeof value === 'string') return inRun ? { plain: [value], marked: [] } : { plain: [], marked: [value] };
  if (value === null || typeof value !== 'object') return { plain: [], marked: [] };
  const isRun = (value as { type?: unknown }).type === 'TextRun';
  const parts = Object.values(value).map((part) => textsOf(part, isRun));
  return { plain: parts.flatMap(({ plain }) => plain), marked: parts.flatMap(({ marked }) => marked) };
}

describe('the status', () => {
  it('says how many changes of others wait for a decision, the urgent first, and nothing where none does', () => {
    const said = (name: string, language: 'en' | 'de') => JSON.stringify(gallery(language)[name]);
    expect(said('status-drift', 'en')).toContain('Changed by others and not decided: 1 to look at once, 2 soon.');
    expect(said('status-drift', 'de')).toContain(
      'Von anderen geändert und nicht entschieden: 1 sofort anzusehen, 2 bald.',
    );
    expect(said('status', 'en')).not.toContain('Changed by others');
  });
});

describe('texts of others', () => {
  const HOSTILE = [
    '<img src=x onerror=alert(1)>',
    '**bold** [a](https://evil.example)',
    'Noor \u202Eطارق',
    '🦊👩‍👩‍👧',
    'a\n\n# b',
  ];

  it.each(HOSTILE)('stand in text runs alone, which know no markup: %j', (name) => {
    const marker = `${name}zzqq`;
    for (const card of LANGUAGES.flatMap((language) => Object.values(gallery(language, marker)))) {
      const { marked } = textsOf(card);
      expect(marked.filter((text) => text.includes('zzqq'))).toEqual([]);
    }
  });

  it('make no card too large, however long they are', () => {
    for (const card of LANGUAGES.flatMap((language) => Object.values(gallery(language, '𝔘'.repeat(5_000))))) {
      expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(CARD_BYTES_MAX);
    }
  });

  it('become one line that changes nothing around it', () => {
    const harmful = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066\u2067]/u;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 2, max: 90 }), (text, max) => {
        const plain = plainText(text, max);
        const bare = plain.replaceAll(/^\u2068|\u2069$/g, '');
        expect(plain.isWellFormed()).toBe(true);
        expect(harmful.test(plain)).toBe(false);
        expect([...bare].length).toBeLessThanOrEqual(max);
        expect(/[\u2068\u2069]/.test(bare)).toBe(false);
      }),
    );
  });

  it('keep ordinary names as they are', () => {
    for (const name of ['Zoë O’Connor-Smith', 'svc_backup', '李小龙', 'Jürgen Groß', '👩‍👩‍👧 Family']) {
      expect(plainText(name)).toBe(name);
    }
  });

  it('lose letters that nobody sees', () => {
    expect(plainText('Ada\u3164\u{e0041}\u115f Byron')).toBe('Ada Byron');
  });

  it('isolate what is written from right to left', () => {
    expect(plainText('مريم مثال')).toBe('\u2068مريم مثال\u2069');
  });
});
