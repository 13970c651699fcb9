/** Asks axe about one frame, in the frame itself: one document has nothing to collect from others. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from 'playwright-core';

const here = createRequire(import.meta.url);
const AXE = readFileSync(createRequire(here.resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js'), 'utf8');

type Violation = { id: string; nodes: { html: string }[] };

export type Asked = {
  /** Only these rules. */
  only?: string[];
  /** The body without what this selects, as a part of another page: rules about whole pages are for that one. */
  partWithout?: string;
};

/** The violations in the frame's document. */
export async function violationsIn(frame: Frame, { only, partWithout }: Asked = {}): Promise<string[]> {
  // Brought once to a document, however often it is asked.
  if ((await frame.evaluate('"axe" in window')) !== true) await frame.evaluate(AXE);
  const part = JSON.stringify({ include: [['body']], exclude: [[partWithout]] });
  const context = partWithout === undefined ? 'document' : part;
  const options = { resultTypes: ['violations'], ...(only === undefined ? {} : { runOnly: only }) };
  const run = `axe.run(${context}, ${JSON.stringify(options)})`;
  const { violations } = (await frame.evaluate(run)) as { violations: Violation[] };
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
