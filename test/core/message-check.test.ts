import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { templateOf } from '../../src/rollout/outreach/templates/built-in.core.ts';
import { checkTemplate } from '../../src/rollout/outreach/templates/check-template.ts';
import { FIELD_NAMES } from '../../src/rollout/outreach/templates/merge-fields.core.ts';
import { missingOf } from '../../src/rollout/outreach/templates/method-words.core.ts';
import { missingFields } from '../../src/rollout/outreach/templates/missing-fields.core.ts';
import { renderMessage } from '../../src/rollout/outreach/templates/render-message.ts';
import { sampleFields } from '../../src/rollout/outreach/templates/sample-fields.core.ts';
import {
  builtInEdits,
  parseTemplateEdits,
  templateFileText,
} from '../../src/rollout/outreach/templates/template-file.ts';

const GOOD = 'Day {{enforceOn}}, see {{guideUrl}}, ask {{contact}}.';

function mistakes(body: string, kind: Parameters<typeof checkTemplate>[0] = 'reminder') {
  return checkTemplate(kind, 'en', { subject: 'S', preheader: 'P', body }).map(({ code, line }) => `${code}:${line}`);
}

describe('checking a template', () => {
  it('accepts what says everything', () => {
    expect(mistakes(GOOD)).toEqual([]);
  });

  it.each([
    [`${GOOD}\n\n{{first_name}}`, ['field_unknown:3']],
    [`${GOOD}\n\n{{nothingLikeIt}}`, ['field_unknown:3']],
    [`${GOOD}\n\n{{people}}`, ['field_not_here:3']],
    [`${GOOD}\n{{ firstName`, ['field_not_closed:2']],
    ['Day {{enforceOn}}, see {{guideUrl}}.', ['field_missing:1']],
    ['', ['empty:1']],
    ['Day {{enforceOn}}, ask {{contact}}:\n\n{{guidePages}}', ['field_missing:1']],
    [`${GOOD}\n\n[here](https://evil.example)`, ['link_elsewhere:3']],
    [`${GOOD}\n\n[here]({{company}})`, ['link_elsewhere:3']],
    [`${GOOD}\n\n[here](mailto:{{guideUrl}})`, ['link_elsewhere:3']],
    [`${GOOD}\n\n[here]({{guideUrl}}/sms)`, ['link_elsewhere:3']],
    [`${GOOD}\n\n[](  {{guideUrl}} )`, ['link_without_words:3']],
    [`${GOOD}\n\n**[a]({{guideUrl}})**\n\n**[b]({{guideUrl}})**`, ['two_buttons:5']],
    [`${GOOD}\n\nsee {{guidePages}} there`, ['block_in_line:3']],
    [`${GOOD}\n\n{{guidePages}}\n\n{{guidePages}}`, ['block_twice:5']],
    [`${GOOD} Or {{manager}}.`, ['required_may_vanish:1']],
    [`${GOOD}\n\n# Heading\n\n<b>x</b>`, ['markup_unknown:3', 'markup_unknown:5']],
    [`${GOOD}\n\n${'x'.repeat(6_000)}`, ['too_long:1']],
  ])('finds the mistake in %j', (body, expected) => {
    expect(mistakes(body)).toEqual(expected);
  });

  it('lists all mistakes at once, in their order', () => {
    const text = { subject: `{{manager}} ${'x'.repeat(120)}`, preheader: '', body: '{{enforceon}}\n\n[x](http://a)' };
    const codes = checkTemplate('reminder', 'en', text).map(({ part, code }) => `${part} ${code}`);
    expect(codes).toEqual([
      'subject field_may_lack',
      'subject too_long',
      'preheader empty',
      'body field_unknown',
      'body field_missing',
      'body field_missing',
      'body field_missing',
      'body link_elsewhere',
    ]);
  });

  it('says which field was probably meant, in both languages', () => {
    const [found] = checkTemplate('reminder', 'de', { ...templateOf('reminder', 'de'), preheader: '{{firstname}}' });
    expect(found?.message.en).toBe('{{firstname}} is no merge field. Did you mean {{firstName}}?');
    expect(found?.message.de).toBe('{{firstname}} ist kein Feld. Meinten Sie {{firstName}}?');
  });

  it('lets no text through that would make a broken mail', () => {
    const piece = fc.constantFrom(
      ...FIELD_NAMES.map((name) => `{{${name}}}`),
      ...['**', '*', '[', '](', ')', '{{', '}}', '\n', '\n\n', '- ', '1. ', 'word ', '\\', '<', '&', '_', '`'],
      '({{guideUrl}})',
    );
    const property = fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const body = `${GOOD}\n\n${pieces.join('')}`;
      const edits = { reminder: { en: { body } } };
      if (checkTemplate('reminder', 'en', { ...templateOf('reminder', 'en'), body }).length > 0) return;
      const { html, text } = renderMessage({ kind: 'reminder', language: 'en', fields: sampleFields('en'), edits });
      expect(`${html}${text}`).not.toMatch(/\{\{|href=""/);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

describe('a file of templates', () => {
  const refusal = (text: string): string => {
    try {
      parseTemplateEdits(text, 'mails.yaml');
    } catch (error) {
      return (error as { userMessage: string }).userMessage;
    }
    throw new Error('was accepted');
  };

  it('gives back what it wrote, all built-in texts included', () => {
    const edits = builtInEdits();
    expect(parseTemplateEdits(templateFileText(edits), 'mails.yaml')).toEqual(edits);
    expect(parseTemplateEdits(JSON.stringify(edits), 'mails.json')).toEqual(edits);
  });

  it('names the line of every mistake', () => {
    const text = [
      'remindr: {}',
      'reminder:',
      '  en:',
      '    subject: Hello {{frstName}}',
      '    body: |',
      '      Day {{enforceOn}}, see {{guideUrl}}, ask {{contact}}.',
      '',
      '      [x](https://evil.example)',
    ];
    expect(refusal(text.join('\n'))).toContain('line 1: remindr is not a known key');
    const found = refusal(text.slice(1).join('\n'));
    expect(found).toContain('line 3: reminder.en.subject: {{frstName}} is no merge field');
    expect(found).toContain('line 7: reminder.en.body: A link leads to "https://evil.example"');
  });

  it('refuses broken YAML, aliases, control characters and what is far too large', () => {
    expect(refusal('reminder: [')).toContain('not valid YAML');
    expect(refusal('reminder: &a {}\nlastCall: *a')).toContain('aliases');
    expect(refusal('reminder: {en: {subject: "a\\u202eb"}}')).toContain('line 1');
    expect(refusal(`reminder: {en: {subject: "${'x'.repeat(600_000)}"}}`)).toContain('too large');
    expect(refusal('reminder: {}')).toContain('reminder');
  });

  it('checks only what is edited against the built-in rest', () => {
    expect(parseTemplateEdits('reminder: {de: {subject: "Kurz vor {{enforceOn}}"}}', 'f')).toEqual({
      reminder: { de: { subject: 'Kurz vor {{enforceOn}}' } },
    });
  });
});

describe('what a person lacks for a mail', () => {
  const facts = { ...sampleFields('en'), address: 'alex@contoso.example' };
  const lacks = (kind: Parameters<typeof missingFields>[0], given: object) =>
    missingFields(kind, { ...facts, ...given }).map(({ field, weight }) => `${field} ${weight}`);

  it('is nothing for a person of whom all is known', () => {
    for (const kind of ['announcement', 'managerNudge', 'allClear'] as const) expect(lacks(kind, {})).toEqual([]);
  });

  it('is told with what blocks and what falls back', () => {
    expect(lacks('announcement', { address: null, firstName: null, manager: null })).toEqual([
      'address blocks',
      'firstName fallsBack',
      'manager fallsBack',
    ]);
    expect(lacks('reminder', { address: 'no address' })).toEqual(['address blocks']);
    expect(lacks('allClear', { manager: null, tabUrl: null })).toEqual([]);
    expect(lacks('managerNudge', { tabUrl: null, people: [] })).toEqual(['people blocks', 'tabUrl fallsBack']);
    expect(missingFields('reminder', { address: null }).map(({ field }) => field)).toEqual([
      'address',
      'displayName',
      'manager',
      'company',
      'phase',
      'msp',
      'enforceOn',
      'deadline',
      'guideUrl',
      'contact',
    ]);
  });

  it('never calls unread methods missing', () => {
    expect(missingOf({ enrolment: 'capable', methods: [] })).toBeNull();
    expect(missingOf({ enrolment: 'unknown', methods: [] })).toBe('notKnown');
    expect(missingOf({ enrolment: 'not', methods: ['email', 'password', 'temporaryAccessPass'] })).toBe('method');
    expect(missingOf({ enrolment: 'not', methods: ['mobilePhone'] })).toBe('usableMethod');
  });
});
