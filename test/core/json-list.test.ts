import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonList } from '../../src/services/json-list.ts';

/** Reads a text in pieces of the given lengths, the last for the rest. */
function readIn(text: string | Uint8Array, lengths: readonly number[] = []) {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  const items: unknown[] = [];
  const list = createJsonList('rows', (item) => items.push(item));
  let from = 0;
  let isWanted = true;
  for (const length of [...lengths, bytes.length]) {
    if (isWanted) isWanted = list.take(bytes.subarray(from, from + length));
    from += length;
  }
  const made = list.done();
  return made.ok ? { around: made.value, items } : 'no JSON';
}

const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 });

describe('createJsonList', () => {
  it('gives what JSON.parse gives, whatever the values and wherever the pieces are cut', () => {
    const envelope = fc.dictionary(
      fc
        .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('rows ', '"rows"', 'row\\s', 'r', '{', '['))
        .filter((name) => name !== 'rows' && name !== '__proto__'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(
        envelope,
        envelope,
        fc.array(fc.jsonValue()),
        fc.constantFrom(undefined, 1, '\t'),
        pieces,
        (before, after, rows, indent, cuts) => {
          const text = JSON.stringify({ ...before, rows, ...after }, null, indent);
          const value = JSON.parse(text) as { rows: unknown[] };
          expect(readIn(text, cuts)).toEqual({ around: { ...value, rows: [] }, items: value.rows });
        },
      ),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    const base = JSON.stringify({ a: ['x'], rows: [{ id: '1', g: [1, { b: '},]' }] }, { id: 'ü' }], z: null });
    fc.assert(
      fc.property(
        fc.nat(base.length - 1),
        fc.constantFrom('', ',', ']', '}', '"', '[', 'x'),
        fc.boolean(),
        pieces,
        (place, by, isInserted, cuts) => {
          const text = base.slice(0, place) + by + base.slice(isInserted ? place : place + 1);
          let expected: unknown = 'no JSON';
          try {
            const value = JSON.parse(text) as { rows?: unknown };
            expected = Array.isArray(value.rows)
              ? { around: { ...value, rows: [] }, items: value.rows as unknown[] }
              : { around: value, items: [] };
          } catch {
            // JSON.parse refuses it too.
          }
          expect(readIn(text, cuts)).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each([
    ['', 'no JSON'],
    ['{"rows":[{"id":1},', 'no JSON'],
    ['{"rows":[1,]}', 'no JSON'],
    ['{"rows":[,]}', 'no JSON'],
    ['{"rows":[1],"rows":[2]}', 'no JSON'],
    ['{"rows":[]}x', 'no JSON'],
    ['[{"rows":[1]}]', { around: [{ rows: [1] }], items: [] }],
    ['{"other":{"rows":[1]}}', { around: { other: { rows: [1] } }, items: [] }],
    ['{"r\\u006fws":[1]}', { around: { rows: [] }, items: [1] }],
    ['{"rows":null}', { around: { rows: null }, items: [] }],
  ])('reads %s', (text, expected) => {
    expect(readIn(text)).toEqual(expected);
  });

  it('refuses bytes that are no text, and an envelope without end', () => {
    expect(readIn(Buffer.from([...Buffer.from('{"rows":["'), 0xff, ...Buffer.from('"]}')]))).toBe('no JSON');
    expect(readIn(`{"a":"${'x'.repeat(1_100_000)}","rows":[]}`)).toBe('no JSON');
  });

  it('gives texts that a store can hold, in each element and around them', () => {
    const text =
      '{"note":"a\\u0000b","rows":[{"name":"x\\ud800","deep":[{"y":"\\uDC00z"}]},{"name":"\\ud83d\\ude00"}]}';
    expect(readIn(text, [1, 7, 30])).toEqual({
      around: { note: 'a b', rows: [] },
      items: [{ name: 'x\ufffd', deep: [{ y: '\ufffdz' }] }, { name: '😀' }],
    });
  });
});
