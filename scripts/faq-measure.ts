// Measures how well the FAQ finds its topics on lists of labelled messages: `faq-measure.ts FILE [odd|even] [--wrong]`
// gives the figures of the whole list or of every second line, counted from one; `--wrong` lists what went wrong.
import { readFileSync } from 'node:fs';
import { createFaq } from '../src/rollout/helpdesk/faq/faq.ts';
import { type LabelledMessage, parseMessage } from '../src/rollout/helpdesk/faq/training-messages.ts';

type Judged = LabelledMessage & { found: string | null; action: string; score: number };

const [file = 'test/data/faq-unseen.ndjson', ...wishes] = process.argv.slice(2);
const messages = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map(parseMessage)
  .filter((_, at) => !wishes.includes(at % 2 === 0 ? 'even' : 'odd'));
const faq = createFaq();
const judged = messages.map((message): Judged => {
  const { topic, action, score } = faq.ask(message.text);
  return { ...message, found: topic, action, score };
});

for (const language of ['all', 'en', 'de']) {
  const own = judged.filter((message) => language === 'all' || message.language === language);
  const ours = own.filter(({ topic }) => topic !== null);
  const others = own.filter(({ topic }) => topic === null);
  const right = ours.filter(({ topic, found }) => topic === found);
  const disturbed = others.filter(({ action }) => action !== 'silent');
  const asked = own.filter(({ action }) => action === 'askBack');
  process.stdout.write(
    `${language}: ${share(right.length, ours.length)} find their topic, ${share(disturbed.length, others.length)} others are answered, ${asked.length} are asked back\n`,
  );
}
if (wishes.includes('--wrong')) {
  for (const { topic, found, score, text } of judged.filter((message) => message.topic !== message.found)) {
    process.stdout.write(`${topic ?? 'none'} -> ${found ?? 'silent'} ${score}: ${text}\n`);
  }
}

function share(count: number, total: number): string {
  return `${count} of ${total} (${total === 0 ? '-' : ((100 * count) / total).toFixed(1)} %)`;
}
