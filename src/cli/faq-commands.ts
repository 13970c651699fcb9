import { type Command, Option } from 'commander';
import type { Faq } from '../rollout/helpdesk/faq/faq.ts';
import type { FaqMatch, Language } from '../rollout/helpdesk/faq/faq-types.core.ts';
import type { Answer } from './output.ts';

/** What is kept of one line of standard input: the FAQ reads only the first part of a message anyway. */
const LINE_CHARS_MAX = 20_000;

/** Adds `faq ask`, which is answered here, without server and store. */
export function addFaq(program: Command, backend: { print(answer: Answer): void }): void {
  const faq = program.command('faq').description('what the helpdesk bot answers to a question');
  faq
    .command('ask <text>')
    .description('the topic of a message and what the bot does with it; "-" reads one message per line')
    .addOption(new Option('--language <code>', 'answer in this language').choices(['en', 'de']))
    .action(async (text: string, options: { language?: Language }) => {
      // Loaded here, since no other command needs the texts and their index.
      const { createFaq } = await import('../rollout/helpdesk/faq/faq.ts');
      const answers = createFaq();
      if (text !== '-') {
        backend.print(answerOf(answers, text, options));
        return;
      }
      for await (const line of linesOf(process.stdin.setEncoding('utf8'))) {
        backend.print(answerOf(answers, line, options));
      }
    });
}

function answerOf(faq: Faq, text: string, options: { language?: Language }): Answer {
  const match = faq.ask(text, options);
  return { json: match, text: readableAnswer(match) };
}

function readableAnswer({ action, text, candidates, score }: FaqMatch): string {
  if (text === null) return '(silent: not about MFA)';
  if (action === 'askBack') {
    return ['(asks back) Which of these is it?', ...candidates.map(({ title }) => `  - ${title}`)].join('\n');
  }
  const heading = `${text.title}  [${text.id}, ${action}, ${score}]`;
  return [heading, text.answer, `-> ${text.nextStep}`].join('\n');
}

/** Lines end at a line feed and nowhere else, so that every message of the input has exactly one answer. */
async function* linesOf(chunks: AsyncIterable<unknown>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = String(chunk).split('\n');
    for (const [at, part] of parts.entries()) {
      if (at > 0) {
        yield rest.replace(/\r$/, '');
        rest = '';
      }
      rest = (rest + part).slice(0, LINE_CHARS_MAX);
    }
  }
  if (rest !== '') yield rest;
}
