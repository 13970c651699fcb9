import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from '../../src/lib/canonical-json.ts';
import { digestOf } from '../../src/lib/digest.ts';

describe('canonical JSON', () => {
  it('sorts keys by code unit and leaves no white space', () => {
    expect(canonicalJson({ b: 1, a: [true, null], é: 'x', Z: { y: 1, x: -0 } })).toBe(
      '{"Z":{"x":0,"y":1},"a":[true,null],"b":1,"é":"x"}',
    );
  });

  it('refuses what JSON would change silently', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
    expect(() => canonicalJson({ a: undefined } as unknown as Json)).toThrow(TypeError);
    expect(() => canonicalJson('\uD800')).toThrow(TypeError);
  });

  it('carries every JSON value through, and the order of keys changes nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as Json;
        expect(JSON.parse(canonicalJson(json))).toEqual(json);
        expect(digestOf(reversed(json))).toBe(digestOf(json));
      }),
    );
  });

  it('digests to a known value', () => {
    expect(digestOf({ a: 1 })).toBe('sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862');
  });
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) return (value as Json[]).map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member as Json)]),
  );
}
