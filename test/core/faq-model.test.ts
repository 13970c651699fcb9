import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { learnModel } from '../../scripts/faq-learning.ts';
import { digestOfInputs } from '../../scripts/faq-train.ts';
import { examplesOf, patternExamples } from '../../scripts/faq-training.ts';
import { FAMILY_SHARES, type Family } from '../../src/rollout/helpdesk/faq/features.core.ts';
import { LABELS, UNRELATED_LABEL } from '../../src/rollout/helpdesk/faq/labels.core.ts';
import { chancesOf, hashOf, readModel, writeModel } from '../../src/rollout/helpdesk/faq/model.core.ts';
import { parseMessage, readMessages, SOURCES } from '../../src/rollout/helpdesk/faq/training-messages.ts';
import { readable, wordsOf } from '../../src/rollout/helpdesk/faq/words.core.ts';

const bytes = readFileSync('src/rollout/helpdesk/faq/model.bin');

function features(names: Partial<Record<Family, string[]>>): Record<Family, readonly string[]> {
  const none = Object.fromEntries(Object.keys(FAMILY_SHARES).map((family) => [family, []])) as unknown as Record<
    Family,
    []
  >;
  return { ...none, ...names };
}

describe('the committed model', () => {
  const model = readModel(bytes);

  it('was made from the material, the reading and the learning as they are now', () => {
    expect(model.digest, 'run: node scripts/node24.mjs scripts/faq-train.ts').toBe(digestOfInputs());
  });

  it('is small and knows every label', () => {
    expect(bytes.length).toBeLessThan(1_500_000);
    expect(model.labels).toBe(LABELS.length);
    expect([...model.hashes].every((hash, at) => at === 0 || hash > (model.hashes[at - 1] ?? hash))).toBe(true);
  });

  it('is written as it was read', () => {
    expect(Buffer.from(writeModel(model)).equals(bytes)).toBe(true);
  });

  it.each([
    ['of another format', Buffer.concat([Buffer.from('XXXX'), bytes.subarray(4)])],
    ['cut off', bytes.subarray(0, bytes.length - 1)],
    ['empty', bytes.subarray(0, 0)],
  ])('is refused when %s', (_what, broken) => {
    expect(() => readModel(broken)).toThrow(/model/);
  });
});

describe('learning', () => {
  const lessons = ['phone', 'printer', 'phone', 'printer'].map((name, at) => ({
    features: features({ word: [name], form: ['m1'] }),
    label: at % 2 === 0 ? 0 : UNRELATED_LABEL,
    weight: 1,
  }));
  const learn = (rows: typeof lessons) => writeModel(learnModel(rows, LABELS.length, 'ab'.repeat(32)));

  it('gives the same bytes for the same lessons, and others for others', () => {
    expect(learn(lessons)).toEqual(learn(lessons));
    expect(learn(lessons)).not.toEqual(learn([...lessons].reverse()));
  });

  it('tells apart what it was shown, and gives chances that add up', () => {
    const model = readModel(learn(Array.from({ length: 40 }, () => lessons).flat()));
    const chances = chancesOf(model, features({ word: ['phone'] }));
    expect(chances[0]).toBeGreaterThan(chances[UNRELATED_LABEL] ?? 1);
    expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1);
    expect(chancesOf(model, features({ word: ['printer'] }))[UNRELATED_LABEL]).toBeGreaterThan(0.5);
    expect(model.hashes).toContain(hashOf('phone'));
  });
});

describe('the training material', () => {
  it('has each message once in its list, and every topic in both languages', () => {
    for (const source of SOURCES) {
      const texts = readMessages(source).map(({ text }) => text.toLowerCase());
      expect(new Set(texts).size).toBe(texts.length);
    }
    const all = SOURCES.flatMap(readMessages);
    for (const topic of LABELS) {
      for (const language of ['en', 'de']) {
        const own = all.filter((message) => message.topic === topic && message.language === language);
        expect(own.length, `${String(topic)} ${language}`).toBeGreaterThanOrEqual(40);
      }
    }
  });

  it('holds no message of the lists that measure it, however that is written', () => {
    const plain = (text: string) => wordsOf(readable(text)).join(' ');
    const trained = new Set(SOURCES.flatMap(readMessages).map(({ text }) => plain(text)));
    for (const list of ['faq-independent', 'faq-unseen']) {
      const lines = readFileSync(`test/data/${list}.ndjson`, 'utf8').trim().split('\n');
      expect(lines.map((line) => parseMessage(line).text).filter((text) => trained.has(plain(text)))).toEqual([]);
    }
  });

  it('spells every pattern out to the end, for every label', () => {
    const examples = patternExamples();
    expect(examples.filter(({ text }) => /[{}<>|]|undefined/.test(text) || text === '')).toEqual([]);
    expect(new Set(examples.map(({ label }) => label)).size).toBe(LABELS.length);
  });

  it('is the same each time, slips included', () => {
    const messages = readMessages('english').slice(0, 50);
    expect(examplesOf(messages)).toEqual(examplesOf(messages));
  });

  it('refuses a line without a label', () => {
    expect(() => parseMessage('{"text":"a","topic":"weather","language":"en"}')).toThrow(/not a labelled message/);
  });
});
