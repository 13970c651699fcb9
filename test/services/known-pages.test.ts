/** Pages of a report whose bytes are known are not parsed, and say what they would have said. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { VendorBrokenError } from '../../src/lib/errors.ts';
import { listRegistrationPages, listRegistrations } from '../../src/services/graph/registration.ts';
import { startGraphBench } from '../support/graph-bench.ts';
import type { Reply } from '../support/vendor-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(answer: (index: number, origin: string) => Reply) {
  const bench = await startGraphBench((_request, index, origin) => answer(index, origin));
  closing.push(() => bench.close());
  return bench;
}

const json = { 'content-type': 'application/json' };
const HOUR = '2026-11-02T06:00:00Z';
const row = (id: string, more: object = {}) => ({
  ...{ id, isMfaRegistered: false, isMfaCapable: false, methodsRegistered: [], lastUpdatedDateTime: HOUR },
  ...more,
});

/** Every spelling of a page is read as JSON.parse reads it. */
const hostile = fc.constantFrom('"value":[', ']', '],"value":[', '\\"value\\":[', '{"value":[]}', 'ü', '"', 'plain');
const rows = fc.array(
  fc.record({ id: fc.uuid(), text: hostile, nested: fc.constantFrom(undefined, { value: [1] }, { value: [] }) }),
  { maxLength: 4 },
);
const page = fc.record({
  rows,
  before: fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(hostile, fc.constant({ value: ['x'] }))),
  after: fc.dictionary(fc.constantFrom('c', 'd'), fc.oneof(hostile, fc.constant([[']']]))),
  indent: fc.constantFrom(undefined, 1),
});
type Page = typeof page extends fc.Arbitrary<infer T> ? T : never;

const bodyOf = ({ rows: given, before, after, indent }: Page) =>
  JSON.stringify({ ...before, value: given.map(({ id, ...more }) => row(id, more)), ...after }, null, indent);

describe('pages of the registration report', () => {
  it('say what the list says, whatever stands in and around them, known or not', async () => {
    let body = '';
    const { graph } = await start(() => ({ headers: json, raw: body }));
    await fc.assert(
      fc.asyncProperty(page, async (given) => {
        body = bodyOf(given);
        const list = await listRegistrations(graph);
        const first = await listRegistrationPages(graph);
        const pages = first.kind === 'pages' ? first.pages : [];
        const again = await listRegistrationPages(graph, { known: new Set(pages.map(({ digest }) => digest)) });
        for (const read of [first, again]) {
          const told = read.kind === 'pages' ? read.pages.flatMap((one) => one.rows()) : [];
          expect(told).toEqual(list.kind === 'rows' ? list.rows : []);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('have one digest as long as they say the same, the hour of the report apart', async () => {
    const said = [
      [row('a'), row('b')],
      [row('a', { lastUpdatedDateTime: '2026-11-03T06:00:00Z' }), row('b')],
      [row('a', { isMfaCapable: true }), row('b')],
      [row('b'), row('a')],
    ];
    const { graph } = await start((index) => ({ json: { value: said[index] } }));
    const digests: unknown[] = [];
    for (const _one of said) {
      const read = await listRegistrationPages(graph);
      digests.push(read.kind === 'pages' ? read.pages[0]?.digest : null);
    }
    expect(digests[1]).toBe(digests[0]);
    expect(new Set(digests).size).toBe(3);
  });

  it('are refused where a row does not fit, unless they are known to', async () => {
    const { graph } = await start(() => ({ json: { value: [{ id: 'a' }] } }));
    await expect(listRegistrationPages(graph)).rejects.toBeInstanceOf(VendorBrokenError);
  });

  it.each<{ what: string; answer: (index: number, origin: string) => Reply }>([
    {
      what: 'a link that comes again',
      answer: (index, origin) => ({ json: { value: [row(`r${index}`)], '@odata.nextLink': `${origin}/v1.0/x?same` } }),
    },
    {
      what: 'a page that comes again',
      answer: (index, origin) => ({ json: { value: [row('r')], '@odata.nextLink': `${origin}/v1.0/x?${index}` } }),
    },
    {
      what: 'empty pages without end',
      answer: (index, origin) => ({ json: { value: [], '@odata.nextLink': `${origin}/v1.0/x?${index}` } }),
    },
    {
      what: 'a link to another host',
      answer: () => ({ json: { value: [row('r')], '@odata.nextLink': 'https://elsewhere.example/x' } }),
    },
  ])('end at $what', async ({ answer }) => {
    const { graph } = await start(answer);
    await expect(listRegistrationPages(graph)).rejects.toBeInstanceOf(VendorBrokenError);
  });
});
