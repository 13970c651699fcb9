// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { templateOf } from '../../src/rollout/outreach/templates/built-in.core.ts';
import { checkTemplate } from '../../src/rollout/outreach/templates/check-template.ts';
import {
  MESSAGE_LANGUAGES,
  type MessageFields,
  type MessageLanguage,
} from '../../src/rollout/outreach/templates/message-types.core.ts';
import { renderMessage } from '../../src/rollout/outreach/templates/render-message.ts';
import { sampleFields } from '../../src/rollout/outreach/templates/sample-fields.core.ts';
import { MESSAGE_KINDS, type MessageKind } from '../../src/rollout/phases/phase-types.core.ts';

const ALL = MESSAGE_KINDS.flatMap((kind) => MESSAGE_LANGUAGES.map((language) => ({ kind, language })));

function render(kind: MessageKind, language: MessageLanguage, fields: Partial<MessageFields> = {}) {
  return renderMessage({ kind, language, fields: { ...sampleFields(language), ...fields } });
}

/** What the tests ask of a parsed mail: the browser's types belong to the tab. */
type Page = {
  documentElement: { lang: string };
  title: string;
  body: { textContent: string };
  querySelectorAll(selector: string): ArrayLike<{ getAttribute(name: string): string | null }>;
};

type Parser = { parseFromString(text: string, type: 'text/html'): Page };

function documentOf(html: string): Page {
  const { DOMParser } = globalThis as unknown as { DOMParser: new () => Parser };
  return new DOMParser().parseFromString(html, 'text/html');
}

function hrefsOf(html: string): string[] {
  const document = documentOf(html);
  return Array.from(document.querySelectorAll('a'), (link) => link.getAttribute('href') ?? '');
}

describe('a built-in mail', () => {
  it.each(ALL)('has no mistake: $kind $language', ({ kind, language }) => {
    expect(checkTemplate(kind, language, templateOf(kind, language))).toEqual([]);
  });

  it.each(ALL)('is whole HTML that loads nothing and links only where it was told to: $kind $language', (mail) => {
    const fields = sampleFields(mail.language);
    const { html, text, subject, preheader } = render(mail.kind, mail.language);
    const document = documentOf(html);
    expect(document.documentElement.lang).toBe(mail.language);
    expect(document.title).toBe(subject);
    expect(document.body.textContent).toContain(preheader);
    expect(`${html}${text}${subject}${preheader}`).not.toMatch(/\{\{|\}\}|undefined|null/);
    expect(document.querySelectorAll('img, script, link, iframe, object, form, video, audio, base')).toHaveLength(0);
    expect(html).not.toMatch(/@import|url\(|@font-face|src=|background=/i);
    const given = [fields.guideUrl, fields.tabUrl, ...fields.guidePages.map((page) => page.url)];
    for (const href of hrefsOf(html)) {
      expect([...given, 'mailto:helpdesk@contoso.example']).toContain(href);
      expect(text).toContain(href.replace(/^mailto:/, ''));
    }
    expect(hrefsOf(html).length).toBeGreaterThan(0);
    // Outlook for Windows lays out by these alone.
    expect(html).toContain('<!--[if mso');
    expect(Buffer.byteLength(html)).toBeLessThan(40 * 1024);
    expect(text).not.toMatch(/<\/|\*\*|&amp;/);
  });

  it.each(ALL)('says the day, whom to ask and who sends it: $kind $language', ({ kind, language }) => {
    const { text } = render(kind, language);
    expect(text).toContain({ en: 'Monday, 8 February 2027', de: 'Montag, 8. Februar 2027' }[language]);
    expect(text).toContain('helpdesk@contoso.example');
    expect(text).toContain('Fabrikam Services (example)');
  });

  it('addresses people in German with "Sie"', () => {
    for (const kind of MESSAGE_KINDS) {
      const { subject, preheader, body } = templateOf(kind, 'de');
      expect(`${subject} ${preheader} ${body}`).not.toMatch(/\b(du|dich|dir|dein\w*|euch|euer)\b/i);
    }
  });

  it('is the same mail each time', () => {
    for (const { kind, language } of ALL) expect(render(kind, language)).toEqual(render(kind, language));
  });
});

describe('what is not known of a reader', () => {
  it('takes its paragraph or list item with it and leaves the rest', () => {
    const whole = render('announcement', 'en');
    const without = render('announcement', 'en', { manager: null, methods: null });
    expect(whole.text).toContain('Your manager, Morgan Example');
    expect(without.text).not.toMatch(/Your manager|Set up so far/);
    expect(without.text).toContain('What to do: set up your second step');
  });

  it('makes the display name of a missing first name', () => {
    for (const firstName of [null, '', ' \u200b\u202e ']) {
      expect(render('reminder', 'en', { firstName }).text).toContain('Hello Alex Example,');
    }
  });

  it('leaves the button out where there is no tab to lead to', () => {
    const { html, text } = render('managerNudge', 'de', { tabUrl: null });
    expect(hrefsOf(html).filter((href) => href === '' || href.includes('/tab'))).toEqual([]);
    expect(text).not.toContain('in Teams ansehen');
    expect(text).toContain('Kim Example: noch kein');
  });

  it('leaves out a list that has no items', () => {
    expect(render('howTo', 'en', { guidePages: [] }).html).not.toContain('<ul');
  });

  it('refuses a mail that lacks what it cannot do without', () => {
    const cases: [MessageKind, Partial<MessageFields>, string][] = [
      ['announcement', { displayName: '\n' }, 'displayName'],
      ['announcement', { enforceOn: '2027-02-30' }, 'enforceOn'],
      ['announcement', { deadline: 'soon' }, 'deadline'],
      ['announcement', { guideUrl: 'https://x@evil.example/' }, 'guideUrl'],
      ['howTo', { guidePages: [{ method: 'sms', url: 'javascript:alert(1)' }] }, 'guidePages'],
      ['managerNudge', { tabUrl: 'http://tab.example' }, 'tabUrl'],
      ['managerNudge', { people: [] }, 'people'],
      ['reminder', { contact: { name: 'Desk', address: 'a@b', phone: null, channel: null } }, 'contact'],
    ];
    for (const [kind, fields, named] of cases) {
      expect(() => render(kind, 'en', fields)).toThrow(
        expect.objectContaining({ code: 'message_fields_missing', message: `the mail lacks ${named}` }),
      );
    }
  });
});

describe('what a directory says', () => {
  const NASTY = '<script>alert(1)</script> {{guideUrl}} **x** [y](https://evil.example) &amp; "q"';

  it('stays text, whatever it is', () => {
    for (const { kind, language } of ALL) {
      const people = [{ displayName: NASTY, missing: 'method' as const }];
      const { html, text } = render(kind, language, { displayName: NASTY, firstName: NASTY, company: NASTY, people });
      const document = documentOf(html);
      expect(document.querySelectorAll('script')).toHaveLength(0);
      expect(document.body.textContent).toContain(NASTY);
      expect(text).toContain(NASTY);
      expect(hrefsOf(html).filter((href) => href.includes('evil'))).toEqual([]);
    }
  });

  it('cannot begin a line, a header or another direction of writing', () => {
    const name = 'Alex\r\nBcc: all@contoso.example\u2028\u202eEvil\u0000\u0085';
    const fields = { company: name, firstName: name, displayName: name, phase: name, manager: name, msp: name };
    const edits = { announcement: { en: { subject: '{{company}}', preheader: '{{displayName}} {{phase}}' } } };
    const mail = renderMessage({
      kind: 'announcement',
      language: 'en',
      fields: { ...sampleFields('en'), ...fields },
      edits,
    });
    expect(mail.subject).toBe('Alex Bcc: all@contoso.example Evil');
    expect(`${mail.subject}${mail.preheader}`).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
    expect(mail.text.split('\n').filter((line) => line.startsWith('Bcc'))).toEqual([]);
    expect(`${mail.html}${mail.text}`).not.toMatch(/[\u2028\u202e\0\u0085]/);
  });

  it('cannot fill the mail', () => {
    const displayName = '&'.repeat(10_000);
    const people = Array.from({ length: 400 }, () => ({ displayName, missing: 'notKnown' as const }));
    const { html, text, subject } = render('managerNudge', 'de', { displayName, people, company: displayName });
    expect(Buffer.byteLength(html)).toBeLessThan(102_000);
    expect(text).toContain('und 350 weitere');
    expect(subject).toBe('Ihr Team: 400 Personen noch ohne zweiten Schritt');
  });

  it('says one person where it is one', () => {
    const people = [{ displayName: 'Kim Example', missing: 'usableMethod' as const }];
    expect(render('managerNudge', 'en', { people }).subject).toBe('Your team: 1 person without a second step');
  });
});
