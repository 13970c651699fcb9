import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createFaq } from '../../src/rollout/helpdesk/faq/faq.ts';

const message = z.object({ text: z.string(), topic: z.string().nullable(), language: z.enum(['en', 'de']) });

/** Written by somebody who knew the topics and nothing of the matching; nothing was ever tuned on them. */
const MESSAGES = readFileSync(join(import.meta.dirname, '..', 'data', 'faq-independent.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => message.parse(JSON.parse(line)));

it('of another author’s messages, 95 of 100 find their topic and at most 2 of 100 others are answered', () => {
  const faq = createFaq();
  const answered = MESSAGES.map(({ text, topic }) => ({ topic, found: faq.ask(text) }));
  const ours = answered.filter(({ topic }) => topic !== null);
  const others = answered.filter(({ topic }) => topic === null);
  expect([ours.length, others.length]).toEqual([288, 320]);
  const right = ours.filter(({ topic, found }) => found.action !== 'silent' && found.topic === topic);
  expect(right.length / ours.length).toBeGreaterThanOrEqual(0.95);
  const disturbed = others.filter(({ found }) => found.action !== 'silent');
  expect(disturbed.length / others.length).toBeLessThanOrEqual(0.02);
});
