/** What the product keeps in English is told in German: facts, reasons and findings, and none of them half. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { phaseNotice, rememberedPhase } from '../../bot/phase-outcome.ts';
import { inReadersLanguage } from '../../src/api/readers-language.ts';
import type { RouteRequest } from '../../src/api/route.ts';
import { germanAnswer, inGerman } from '../../src/rollout/helpdesk/german-words.core.ts';
import { gallery } from '../support/card-gallery.ts';

/** Words that no German sentence holds. */
const ENGLISH = /\b(the|is|are|not|and|of|with|has|have|which|that|cannot|nobody|somebody|your|this|would)\b/i;

/** Every sentence that stands in these files after one of these names: `name: text`, `NAME = text`, `return text`. */
function sentencesIn(path: string, names: string): string[] {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const literals = [
    ...text.matchAll(new RegExp(`\\b(?:${names})(?::| =)?\\s*(?:'([^'\\n]+)'|"([^"\\n]+)"|\`([^\`\\n]+)\`)`, 'g')),
  ];
  return literals
    .map(([, single, double, template]) => single ?? double ?? template ?? '')
    .map((one) => one.replaceAll(/\$\{[^}]*(?:\{[^}]*\}[^}]*)*\}/g, '7'))
    .filter((one) => one.includes(' '));
}

const FILES: readonly [string, string][] = [
  ['src/rollout/roster/enrolment.core.ts', '[A-Z_]+'],
  ['src/rollout/exceptions/exception-row.core.ts', 'reason|control|why'],
  ['src/rollout/roster/account-class.core.ts', 'why|[a-z]+[A-Z][a-z]+|unsettled'],
  ['src/rollout/roster/suggestions.core.ts', '[a-z]+[A-Z][A-Za-z]+|guest'],
  ['src/rollout/policy/draft/draft-findings.core.ts', 'message|clear'],
  ['src/rollout/policy/push/push-gates.core.ts', 'message'],
  ['src/rollout/policy/push/push.core.ts', 'does|undo'],
  ['src/rollout/takeover/takeover-steps.ts', 'message|EDITED'],
  ['src/rollout/takeover/takeover-undo.ts', 'BY_OTHERS|NOT_SHOWN|return'],
  ['src/rollout/policy/push/push-undo-policies.ts', 'BY_OTHERS|STILL_SHOWN|NOT_SHOWN'],
];

describe('the product’s own sentences', () => {
  it.each(FILES)('of %s are all told in German', (path, names) => {
    const sentences = sentencesIn(path, names);
    expect(sentences.length).toBeGreaterThan(2);
    expect(sentences.filter((one) => ENGLISH.test(inGerman(one)))).toEqual([]);
  });

  it('keep what differs in them, and a text of others as it is', () => {
    expect(inGerman('5 exceptions are not signed and therefore not carved out.')).toMatch(/^5 Ausnahmen/);
    expect(inGerman('returns on 2027-02-18 (HR)')).toBe('kehrt am 2027-02-18 zurück (HR)');
    expect(inGerman('Report of the vendor: not allowed.')).toBe('Report of the vendor: not allowed.');
  });

  it('are told together where a fact and its remedy are joined', () => {
    const joined = 'The licences of the tenant were not read. Let the administrators register a method.';
    expect(ENGLISH.test(inGerman(joined))).toBe(false);
  });

  it('are told one after the other where several things are left, with the reason of each', () => {
    const left =
      'Left as it is: Old MFA: somebody else changed what was written since; Other: what it was is not known.';
    expect(inGerman(left)).toBe(
      'Bleibt, wie es ist: Old MFA: jemand anderes hat das Geschriebene seither geändert; Other: was es war, ist nicht bekannt.',
    );
    expect(inGerman('Vendor: said no; Other: said nothing')).toBe('Vendor: said no; Other: said nothing');
  });

  it('are translated in the members that hold them and nowhere else', () => {
    const fact = 'declared by the customer';
    expect(germanAnswer({ rows: [{ evidence: [fact], why: fact, displayName: fact }] })).toEqual({
      rows: [{ evidence: ['vom Kunden erklärt'], why: 'vom Kunden erklärt', displayName: fact }],
    });
  });
});

describe('an answer of the server', () => {
  const route = inReadersLanguage({
    method: 'GET',
    path: '/x',
    handle: ({ headers }) => {
      const etag = { ETag: 'W/"abc"', Vary: 'Authorization' };
      if (headers['if-none-match'] === 'W/"abc"') return { status: 304, headers: etag };
      return { status: 200, headers: etag, body: JSON.stringify({ why: 'declared by the customer' }) };
    },
  });
  const ask = (headers: RouteRequest['headers']) =>
    route.handle({ params: {}, query: new URLSearchParams(), headers, body: undefined, reference: 'R' });

  it('is in the reader’s language, and held for that language alone', async () => {
    const german = await ask({ 'accept-language': 'de-AT' });
    expect(german).toMatchObject({ body: '{"why":"vom Kunden erklärt"}', headers: { ETag: 'W/"abc-de"' } });
    expect(await ask({ 'accept-language': 'de', 'if-none-match': 'W/"abc-de"' })).toMatchObject({ status: 304 });
    expect(await ask({ 'accept-language': 'de', 'if-none-match': 'W/"abc"' })).toMatchObject({ status: 200 });
    expect(await ask({ 'accept-language': 'en', 'if-none-match': 'W/"abc"' })).toMatchObject({ status: 304 });
    expect(await ask({ 'accept-language': 'en' })).toMatchObject({ body: '{"why":"declared by the customer"}' });
  });
});

describe('a press on the card of a phase', () => {
  const actor = { customerId: 'c', identity: { tenantId: 't', objectId: 'o' }, roles: [], displayName: null };
  const text = { en: 'The phase is enforced already.', de: 'Die Phase ist schon erzwungen.' };
  it('is answered in the reader’s language', () => {
    const acted = rememberedPhase({ outcome: 'already', decision: null, message: text.en, text }, false);
    expect(phaseNotice(actor, acted, 'de')).toEqual({ said: text.de });
    expect(phaseNotice(actor, acted, 'en')).toEqual({ said: text.en });
    const refused = rememberedPhase({ outcome: 'refused', code: 'phase_state', message: text.en, text }, false);
    expect(() => phaseNotice(actor, refused, 'de')).toThrowError(expect.objectContaining({ userMessage: text.de }));
  });
});

/** Texts of a card that a person reads; ids, verbs and choices are not among them. */
function readTexts(value: unknown, name = ''): string[] {
  if (typeof value === 'string')
    return ['text', 'title', 'label', 'fallbackText', 'value'].includes(name) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => readTexts(item, name));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    key === 'data' ? [] : readTexts(item, key),
  );
}

describe('every card in German', () => {
  it.each(Object.entries(gallery('de', 'Quax')))('%s holds no English word of ours', (_name, card) => {
    expect(readTexts(card).filter((text) => text.includes(' ') && ENGLISH.test(text))).toEqual([]);
  });
});
