import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createFaq } from '../../src/rollout/helpdesk/faq/faq.ts';
import { TOPIC_IDS } from '../../src/rollout/helpdesk/faq/faq-types.core.ts';
import { evaluate, evaluationPage, readLabelled } from '../support/faq-evaluation.ts';

const messages = readLabelled('faq-evaluation.ndjson');
const heldOut = messages.filter(({ half }) => half === 'held-out');

describe('the labelled messages', () => {
  it('are at least 500, half of them not about MFA, with every topic in both halves', () => {
    expect(messages.length).toBeGreaterThanOrEqual(500);
    expect(messages.filter(({ topic }) => topic === null).length * 2).toBeGreaterThanOrEqual(messages.length);
    for (const half of ['tune', 'held-out']) {
      const topics = new Set(messages.filter((message) => message.half === half).map(({ topic }) => topic));
      expect(topics.size).toBe(TOPIC_IDS.length + 1);
    }
  });

  it('stand in none of the phrasings that the answers are matched by', async () => {
    const { ALL_TOPICS } = await import('../../src/rollout/helpdesk/faq/topics/all-topics.ts');
    const phrasings = new Set(
      ALL_TOPICS.flatMap(({ phrasings: { en, de } }) => [...en, ...de]).map((text) => text.toLowerCase()),
    );
    const copied = heldOut.filter(({ topic, text }) => topic !== null && phrasings.has(text.toLowerCase()));
    expect(copied).toEqual([]);
  });
});

describe('the held-out half', () => {
  const figures = evaluate(createFaq(), heldOut);

  it('gets the right topic for at least 95 of 100 messages about MFA', () => {
    expect(figures.right / figures.related).toBeGreaterThanOrEqual(0.95);
  });

  it('disturbs at most 2 of 100 other messages', () => {
    expect(figures.disturbed / figures.unrelated).toBeLessThanOrEqual(0.02);
  });

  it('asks back rarely', () => {
    expect(figures.askedBack / figures.related).toBeLessThanOrEqual(0.05);
  });
});

describe('the page docs/faq-evaluation.md', () => {
  it('tells the figures of today', () => {
    expect(readFileSync('docs/faq-evaluation.md', 'utf8')).toBe(evaluationPage(createFaq()));
  });
});
