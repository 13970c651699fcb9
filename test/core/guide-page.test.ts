import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guideText } from '../../src/rollout/guide/content.core.ts';
import { parseGuideFile, parseGuidePatch } from '../../src/rollout/guide/guide-file.ts';
import {
  GUIDE_LANGUAGES,
  GUIDE_METHODS,
  type GuideEdits,
  offeredMethods,
  patchedEdits,
} from '../../src/rollout/guide/guide-types.core.ts';
import { blockMarkup, html, inlineMarkup } from '../../src/rollout/guide/markup.core.ts';
import { guidePage } from '../../src/rollout/guide/page.core.ts';
import { PICTURE_NAMES, pictureSvg } from '../../src/rollout/guide/pictures.core.ts';

const CUSTOMER = '11111111-2222-4333-8444-555555555555';
const ASSETS = { style: '/guide/style/x.css', picture: (language: string, name: string) => `/p/${language}/${name}` };
const PAGES = GUIDE_LANGUAGES.flatMap((language) =>
  [null, ...GUIDE_METHODS].map((method) => ({ language, method, customerId: CUSTOMER })),
);

function pageWith(edits: GuideEdits, method: (typeof GUIDE_METHODS)[number] | null = 'authenticator'): string {
  return guidePage({ customerId: CUSTOMER, language: 'en', method, edits }, ASSETS);
}

describe('the customer’s words in the guide', () => {
  const cases: [string, string, string][] = [
    ['bold', 'use **your phone** now', '<p>use <strong>your phone</strong> now</p>'],
    ['italic', 'use *your* phone', '<p>use <em>your</em> phone</p>'],
    ['lists', 'a\n- b\n- c', '<p>a</p><ul><li>b</li><li>c</li></ul>'],
    ['paragraphs and line breaks', 'a\nb\n\nc', '<p>a<br>b</p><p>c</p>'],
    ['a tag as text', '<script>x</script>', '<p>&lt;script&gt;x&lt;/script&gt;</p>'],
    ['a quoted attribute as text', '" onload="x', '<p>&quot; onload=&quot;x</p>'],
    ['a script address as text', '[x](javascript:alert(1))', '<p>[x](javascript:alert(1))</p>'],
    ['an address without TLS as text', '[x](http://a.example)', '<p>[x](http://a.example)</p>'],
    [
      'an address with a false front as text',
      '[x](https://a.example@b.example)',
      '<p>[x](https://a.example@b.example)</p>',
    ],
    ['lone stars as text', '2 * 3 * 4 ** 5', '<p>2 * 3 * 4 ** 5</p>'],
  ];
  it.each(cases)('shows %s', (_name, text, expected) => {
    expect(blockMarkup(text).markup).toBe(expected);
  });

  it('makes a link that opens outside and tells nothing of where it came from', () => {
    expect(inlineMarkup('[our page](https://a.example/x?y=1&z=2)').markup).toBe(
      '<a href="https://a.example/x?y=1&amp;z=2" target="_blank" rel="noopener noreferrer">our page</a>',
    );
  });

  it('never lets a text become markup of its own', () => {
    const allowed =
      /<\/?(?:p|ul|li|strong|em|br)>|<a href="https:\/\/[^"<>]*" target="_blank" rel="noopener noreferrer">|<\/a>/g;
    const pieces = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '*',
      '**',
      '[',
      '](',
      ')',
      'https://a.b',
      '\n',
      '- ',
      'javascript:',
      'x',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (words) => {
        const left = blockMarkup(words.join('')).markup.replaceAll(allowed, '');
        expect(left).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('escapes every field of a page', () => {
    const evil = '"><img src=x onerror=alert(1)>\'&';
    const page = pageWith({
      companyName: evil,
      helpdesk: { name: evil, phone: '+49 (0)30 12', mail: 'a&b@c.example' },
      intro: { en: evil },
      notes: { authenticator: { en: evil } },
    });
    expect(page).not.toContain('<img src=x');
    expect(page).toContain('href="tel:+493012"');
    expect(page).toContain('href="mailto:a%26b@c.example"');
    expect(pageWith({ companyName: evil, intro: { en: evil } }, null)).not.toContain('<img src=x');
  });
});

describe('a page of the guide', () => {
  it.each(PAGES)('is whole in $language for $method', (subject) => {
    const page = guidePage({ ...subject, edits: {} }, ASSETS);
    expect(page).toContain(`<html lang="${subject.language}">`);
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page).toContain('https://aka.ms/mfasetup');
    // A passkey is set up in the app: the registration page is not where it begins.
    expect(page.includes('https://mysignins.microsoft.com/security-info')).toBe(subject.method !== 'passkey');
    expect(page).toMatch(/Temporary Access Pass/);
    expect(page).not.toMatch(/<script|<style|style="|undefined|\[object|\*\*/);
  });

  it.each(GUIDE_METHODS)('tells the same steps with the same pictures in every language for %s', (method) => {
    const [first, ...others] = GUIDE_LANGUAGES.map((language) => guideText(language).methods[method]);
    for (const other of others) {
      expect(other.steps.map((step) => step.picture)).toEqual(first?.steps.map((step) => step.picture));
      expect([
        other.need.length,
        other.later.length,
        other.trouble.length,
        other.before === null,
        other.minutes,
      ]).toEqual([
        first?.need.length,
        first?.later.length,
        first?.trouble.length,
        first?.before === null,
        first?.minutes,
      ]);
    }
  });

  it('shows a note in the language it was written in where the reader’s is missing', () => {
    expect(pageWith({ notes: { authenticator: { de: 'Raum 2.14' } } })).toContain('Raum 2.14');
    expect(pageWith({ notes: { authenticator: { de: 'Raum 2.14', en: 'Room 2.14' } } })).not.toContain('Raum');
    expect(pageWith({ notes: { sms: { en: 'Room 2.14' } } })).not.toContain('Room 2.14');
  });

  it('links only to methods on offer', () => {
    const page = pageWith({ methods: ['security-key', 'authenticator'] }, null);
    expect(page).toContain(`/guide/${CUSTOMER}/en/security-key`);
    expect(page).not.toContain(`/guide/${CUSTOMER}/en/sms`);
  });

  it('stays neutral where the customer said nothing of himself', () => {
    expect(pageWith({}, null)).toContain('<title>Set up your second sign-in step</title>');
    expect(pageWith({ companyName: 'Contoso' }, null)).toContain(
      '<title>Contoso: set up your second sign-in step</title>',
    );
  });
});

describe('a picture of the guide', () => {
  it.each(PICTURE_NAMES)('says what is to be seen on %s and holds nothing that runs or loads', (name) => {
    for (const language of GUIDE_LANGUAGES) {
      const words = guideText(language).pictures[name];
      const svg = pictureSvg(name, words);
      expect(svg).toContain(html`<title id="t">${words.title}</title>`.markup);
      expect(svg).toContain(html`<desc id="d">${words.description}</desc>`.markup);
      expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/script|style|href|https?:|on\w+=/);
    }
  });
});

describe('a change of the guide', () => {
  it('replaces what is given, takes away what is null and leaves the rest', () => {
    const before: GuideEdits = {
      companyName: 'Contoso',
      language: 'de',
      notes: { sms: { en: 'a' }, passkey: { en: 'b' } },
    };
    const after = patchedEdits(before, { companyName: null, intro: { en: 'Hello' }, notes: { sms: null } });
    expect(after).toEqual({ language: 'de', intro: { en: 'Hello' }, notes: { passkey: { en: 'b' } } });
    expect(patchedEdits(after, { notes: { passkey: null } })).not.toHaveProperty('notes');
    expect(patchedEdits(after, { notes: null })).not.toHaveProperty('notes');
    expect(patchedEdits(before, {})).toEqual(before);
  });

  it('offers methods in the product’s order, whatever order was given', () => {
    expect(offeredMethods({ methods: ['sms', 'passkey'] })).toEqual(['passkey', 'sms']);
  });

  const refused: [string, unknown, RegExp][] = [
    ['an unknown key', { colour: 'red' }, /colour/],
    ['an unknown method', { methods: ['fax'] }, /methods\.0/],
    ['no method at all', { methods: [] }, /methods/],
    ['a method twice', { methods: ['sms', 'sms'] }, /each method once/],
    ['a note for an unknown method', { notes: { fax: { en: 'x' } } }, /notes/],
    ['a note that is too long', { notes: { sms: { en: 'x'.repeat(2_001) } } }, /notes\.sms\.en/],
    ['an intro in no language', { intro: {} }, /at least one language/],
    ['a company name of two lines', { companyName: 'a\nb' }, /companyName/],
    ['direction characters', { companyName: 'Contoso \u202Eosotnoc' }, /companyName/],
    ['half a character in a note', { notes: { sms: { de: 'a\uD800' } } }, /notes\.sms\.de/],
    ['a NUL in an intro', { intro: { en: 'a\u0000' } }, /intro\.en/],
    ['a mail address that is none', { helpdesk: { mail: 'help at contoso' } }, /helpdesk\.mail must be a mail address/],
    ['a number that is none', { helpdesk: { phone: 'call us' } }, /helpdesk\.phone/],
    ['a helpdesk without anything', { helpdesk: {} }, /helpdesk/],
    ['a text instead of an object', 'hello', /the file/],
  ];
  it.each(refused)('refuses %s', (_name, patch, sentence) => {
    expect(() => parseGuidePatch(patch)).toThrowError(expect.objectContaining({ code: 'guide_edit_invalid' }) as Error);
    expect(() => parseGuidePatch(patch)).toThrowError(sentence);
  });

  it('names every mistake of a file at once', () => {
    expect(() => parseGuideFile('methods: [fax]\nhelpdesk: { mail: x }\n')).toThrowError(
      /helpdesk\.mail[\s\S]*methods\.0/,
    );
  });

  it.each([
    ['broken YAML', 'companyName: [', /guide was not changed/],
    ['aliases', 'companyName: &a Contoso\nintro: { en: *a }', /aliases/],
    ['a key twice', 'companyName: a\ncompanyName: b', /unique/],
    ['a large file', `intro: { en: "${'x'.repeat(300_000)}" }`, /too large/],
  ])('refuses %s', (_name, text, sentence) => {
    expect(() => parseGuideFile(text)).toThrowError(sentence);
  });

  it('takes an empty file as no change', () => {
    expect(parseGuideFile('')).toEqual({});
  });
});
