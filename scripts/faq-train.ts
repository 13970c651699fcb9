// Makes src/rollout/helpdesk/faq/model.bin from the training material. `--check` makes it anew without writing and fails
// where a byte differs from the committed one.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { featuresOf } from '../src/rollout/helpdesk/faq/features.core.ts';
import { LABELS } from '../src/rollout/helpdesk/faq/labels.core.ts';
import { knownWords } from '../src/rollout/helpdesk/faq/matcher.ts';
import { type Model, writeModel } from '../src/rollout/helpdesk/faq/model.core.ts';
import { createReader, type Reader } from '../src/rollout/helpdesk/faq/reader.ts';
import { ALL_TOPICS } from '../src/rollout/helpdesk/faq/topics/all-topics.ts';
import { type LabelledMessage, readMessages, SOURCES } from '../src/rollout/helpdesk/faq/training-messages.ts';
import { type Lesson, learnModel } from './faq-learning.ts';
import { type Example, examplesOf, PATTERN_FILES, patternExamples } from './faq-training.ts';

const FAQ = 'src/rollout/helpdesk/faq';
const MODEL_FILE = `${FAQ}/model.bin`;
/** Whatever the model hangs on: the material, how a message is read, and how it is learned. */
const INPUTS = [
  ...SOURCES.map((source) => `${FAQ}/training/${source}.ndjson`),
  ...PATTERN_FILES,
  ...['words.core', 'notions.core', 'lexicon', 'signs.core', 'features.core', 'model.core', 'reader', 'matcher'].map(
    (name) => `${FAQ}/${name}.ts`,
  ),
  'scripts/faq-training.ts',
  'scripts/faq-learning.ts',
];

/** Trains on these messages and on the patterns. */
export function trainOn(
  messages: readonly LabelledMessage[],
  digest = ''.padEnd(64, '0'),
): { model: Model; read: Reader } {
  const read = createReader(knownWords(messages));
  const lesson = ({ text, label, weight }: Example): Lesson => ({ features: featuresOf(read(text)), label, weight });
  const lessons = [...examplesOf(messages), ...patternExamples()].map(lesson);
  return { model: learnModel(lessons, LABELS.length, digest), read };
}

/** The digest of everything that the committed model was made from. */
export function digestOfInputs(): string {
  const hash = createHash('sha256');
  for (const file of INPUTS) hash.update(readFileSync(file, 'utf8').replaceAll('\r\n', '\n')).update('\0');
  return hash.update(JSON.stringify(ALL_TOPICS.map(({ id, signs }) => [id, signs]))).digest('hex');
}

function main(): void {
  const bytes = writeModel(trainOn(SOURCES.flatMap(readMessages), digestOfInputs()).model);
  if (!process.argv.includes('--check')) {
    writeFileSync(MODEL_FILE, bytes);
    process.stdout.write(`${MODEL_FILE}: ${bytes.length} bytes\n`);
    return;
  }
  const isSame = readFileSync(MODEL_FILE).equals(bytes);
  process.stdout.write(isSame ? 'the model is what the material gives\n' : 'the model differs from the material\n');
  process.exitCode = isSame ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
