// Prints how well the FAQ is matched on the labelled messages. With --write it writes the page docs/faq-evaluation.md;
// with --wrong it shows the wrong messages of the tune half, the only ones to look at while changing the matching.
import { writeFileSync } from 'node:fs';
import { createFaq } from '../src/rollout/helpdesk/faq/faq.ts';
import { evaluate, evaluationPage, readLabelled } from '../test/support/faq-evaluation.ts';

const faq = createFaq();
const page = evaluationPage(faq);
process.stdout.write(page);
if (process.argv.includes('--write')) writeFileSync('docs/faq-evaluation.md', page);
if (process.argv.includes('--wrong')) {
  const tune = readLabelled('faq-evaluation.ndjson').filter(({ half }) => half === 'tune');
  for (const { message, got } of evaluate(faq, tune).wrong) {
    process.stdout.write(`${message.topic ?? 'unrelated'} <- ${got}: ${message.text}\n`);
  }
}
