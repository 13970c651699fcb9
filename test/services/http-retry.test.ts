import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RetryFacts, retryAfterMs, retryDecision, type TryOutcome } from '../../src/services/http-retry.ts';

const facts = (outcome: TryOutcome, changed: Partial<RetryFacts> = {}): RetryFacts => ({
  repeatable: true,
  attempt: 1,
  attemptsMax: 5,
  waitMaxMs: 120_000,
  jitter: 0,
  outcome,
  ...changed,
});
const status = (code: number, wait: number | null = null): TryOutcome => ({
  kind: 'status',
  status: code,
  retryAfterMs: wait,
});

describe('retryDecision', () => {
  it.each([
    { what: 'a throttled read', outcome: status(429, 2_128), repeatable: true, waits: 2_128 },
    { what: 'a throttled write, which was not accepted', outcome: status(429, 0), repeatable: false, waits: 0 },
    { what: 'a throttled call without Retry-After', outcome: status(429), repeatable: false, waits: 1_000 },
    { what: 'a read that met 503', outcome: status(503, 3_000), repeatable: true, waits: 3_000 },
    { what: 'a read that met 504', outcome: status(504), repeatable: true, waits: 1_000 },
    {
      what: 'a write that met 503, which may have been accepted',
      outcome: status(503, 3_000),
      repeatable: false,
      waits: null,
    },
    { what: 'a write that met 504', outcome: status(504), repeatable: false, waits: null },
    { what: 'a refused call', outcome: status(403), repeatable: true, waits: null },
    { what: 'a call that is not implemented', outcome: status(501), repeatable: true, waits: null },
    {
      what: 'a read whose answer was lost',
      outcome: { kind: 'lost', stage: 'sent' } as const,
      repeatable: true,
      waits: 1_000,
    },
    {
      what: 'a write whose answer was lost',
      outcome: { kind: 'lost', stage: 'sent' } as const,
      repeatable: false,
      waits: null,
    },
    {
      what: 'a write that found no connection',
      outcome: { kind: 'lost', stage: 'connect' } as const,
      repeatable: false,
      waits: 1_000,
    },
    {
      what: 'a call to an untrusted peer',
      outcome: { kind: 'lost', stage: 'tls' } as const,
      repeatable: true,
      waits: null,
    },
    { what: 'a pause longer than the caller can wait', outcome: status(429, 600_000), repeatable: true, waits: null },
  ])('decides $what', ({ outcome, repeatable, waits }) => {
    expect(retryDecision(facts(outcome, { repeatable }))).toEqual(
      waits === null ? { retry: false } : { retry: true, waitMs: waits },
    );
  });

  it('waits twice as long each time, spread by the jitter, and gives up after the allowed tries', () => {
    const waits = [1, 2, 3, 4, 5].map((attempt) => retryDecision(facts(status(429), { attempt, jitter: 1 })));
    expect(waits).toEqual([
      { retry: true, waitMs: 1_500 },
      { retry: true, waitMs: 3_000 },
      { retry: true, waitMs: 6_000 },
      { retry: true, waitMs: 12_000 },
      { retry: false },
    ]);
  });

  it('never repeats a write that may have been carried out, whatever the status', () => {
    const lost = fc.constantFrom<TryOutcome>({ kind: 'lost', stage: 'sent' }, { kind: 'lost', stage: 'tls' });
    const answered = fc
      .integer({ min: 400, max: 599 })
      .filter((code) => code !== 429)
      .map((code) => status(code, 0));
    const property = fc.property(
      fc.oneof(lost, answered),
      (outcome) => !retryDecision(facts(outcome, { repeatable: false })).retry,
    );
    expect(fc.check(property).counterexample).toBeNull();
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-20T10:00:00Z');
  it.each([
    ['10', 10_000],
    ['2.128', 2_128],
    ['0', 0],
    ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
    ['soon', null],
    ['-3', null],
    ['', null],
    [undefined, null],
  ])('reads %s', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
