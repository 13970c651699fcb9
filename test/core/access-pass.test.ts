/** Who may issue a Temporary Access Pass to whom, and what became of one (safety rule S28): the ladder as a table. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endOf,
  isLive,
  judgeAsk,
  judgeRead,
  type ListedPass,
  PASS_MINUTES_MAX,
  type ReadFacts,
  type StoredFacts,
  unclaimed,
} from '../../src/rollout/access-pass/access-pass.core.ts';
import { type OriginFacts, originOf } from '../../src/rollout/access-pass/pass-origin.core.ts';

const CUSTOMER = '0c0a50de-0000-4000-8000-000000000001';
const PERSON = 'dddddddd-0000-4000-8000-000000000001';
const HELPER = 'eeeeeeee-0000-4000-8000-000000000001';

const ASK = { accountId: PERSON, proof: { kind: 'callback', note: ' rang back ' }, minutes: null, override: null };
const STORED: StoredFacts = {
  isEnabled: true,
  hasWriter: true,
  issuer: { tenantId: CUSTOMER, objectId: HELPER, isHelper: true, isEngineer: false },
  customerId: CUSTOMER,
  person: { accountId: PERSON, exempt: null },
  isBreakGlass: false,
  holdsRole: false,
  requests: [],
};
const READ: ReadFacts = {
  account: { isEnabled: true },
  policy: { isEnabled: true, minutesMin: 60, minutesMax: 480, reaches: true },
  hasLivePass: false,
  mfaCapable: 'not',
  isLockedOut: false,
};
const POLICY = { isEnabled: true, minutesMin: 60, minutesMax: 480, reaches: true };
const asker = (objectId: string) => ({ tenantId: CUSTOMER, objectId, displayName: null, at: '2026-11-22T08:00:00Z' });
const issuer = (change: Partial<StoredFacts['issuer']>) => ({ issuer: { ...STORED.issuer, ...change } });

describe('a pass is asked for', () => {
  const cases: [string, Partial<StoredFacts>, object, string][] = [
    ['by somebody who is no helper', issuer({ isHelper: false }), {}, 'pass_not_your_part'],
    ['where the customer did not switch it on', { isEnabled: false }, {}, 'pass_not_enabled'],
    ['without a writing application', { hasWriter: false }, {}, 'pass_no_writer'],
    ['for an emergency account', { isBreakGlass: true, person: null }, {}, 'pass_break_glass'],
    ['for an administrator by the helpdesk', { holdsRole: true, ...issuer({ isEngineer: false }) }, {}, 'pass_admin'],
    ['for nobody of the master list', { person: null }, {}, 'pass_person_unknown'],
    ['for oneself', issuer({ objectId: PERSON }), {}, 'pass_own_account'],
    ['by whoever asked for it', { requests: [asker(PERSON), asker(HELPER)] }, {}, 'pass_requester'],
    ['for somebody carved out', { person: { accountId: PERSON, exempt: 'onLeave' } }, {}, 'pass_not_in_scope'],
    ['without proof of identity', {}, { proof: null }, 'pass_proof_missing'],
    ['with a proof that is none', {}, { proof: { kind: 'knowsHisName', note: null } }, 'pass_proof_missing'],
  ];
  it.each(cases)('%s: refused', (_name, facts, ask, code) => {
    expect(judgeAsk({ ...ASK, ...ask }, { ...STORED, ...facts })).toMatchObject({ ok: false, code });
  });

  it('for a colleague, by somebody else than who asked, is taken with its proof', () => {
    const asked = judgeAsk(ASK, { ...STORED, requests: [asker(PERSON)] });
    expect(asked).toEqual({ ok: true, proof: { kind: 'callback', note: 'rang back' } });
    // An engineer may, for an administrator too.
    const engineer = { holdsRole: true, ...issuer({ isEngineer: true }) };
    expect(judgeAsk(ASK, { ...STORED, ...engineer })).toMatchObject({ ok: true });
    // The same object id in another tenant is another person.
    expect(judgeAsk(ASK, { ...STORED, ...issuer({ objectId: PERSON, tenantId: HELPER }) })).toMatchObject({ ok: true });
  });
});

describe('what Graph says decides the rest', () => {
  const cases: [string, Partial<ReadFacts>, object, string][] = [
    ['the account is gone', { account: 'gone' }, {}, 'pass_person_unknown'],
    ['the account is disabled', { account: { isEnabled: false } }, {}, 'pass_account_disabled'],
    ['nobody knows whether it is enabled', { account: { isEnabled: null } }, {}, 'pass_account_disabled'],
    ['the rules could not be read', { policy: null }, {}, 'pass_policy_unread'],
    ['the tenant allows none', { policy: { ...POLICY, isEnabled: false } }, {}, 'pass_policy_off'],
    ['the rules do not reach the person', { policy: { ...POLICY, reaches: false } }, {}, 'pass_policy_not_reached'],
    ['it shall last shorter than allowed', {}, { minutes: 59 }, 'pass_minutes'],
    ['it shall last longer than allowed', {}, { minutes: 481 }, 'pass_minutes'],
    ['there is a live pass', { hasLivePass: true }, {}, 'pass_live'],
    ['the person can answer MFA', { mfaCapable: 'capable' }, {}, 'pass_has_method'],
    ['the methods are not known', { mfaCapable: 'unknown' }, {}, 'pass_methods_unread'],
  ];
  it.each(cases)('%s: refused', (_name, facts, ask, code) => {
    expect(judgeRead({ ...ASK, ...ask }, { ...READ, ...facts }, { isEngineer: false })).toMatchObject({
      ok: false,
      code,
    });
  });

  it('lets an engineer override a working method with a reason, and nobody else', () => {
    const able: ReadFacts = { ...READ, mfaCapable: 'capable' };
    const ask = { ...ASK, override: ' phone lost ' };
    const taken = { ok: true, minutes: 60, override: 'phone lost' };
    expect(judgeRead(ask, able, { isEngineer: true })).toEqual(taken);
    expect(judgeRead(ask, able, { isEngineer: false })).toMatchObject({ code: 'pass_has_method' });
    expect(judgeRead({ ...ASK, override: ' ' }, able, { isEngineer: true })).toMatchObject({ code: 'pass_has_method' });
    expect(judgeRead(ASK, { ...able, isLockedOut: true }, { isEngineer: false })).toMatchObject({ ok: true });
  });

  it('keeps every length within the bounds of the tenant and a working day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 43_200 }), fc.nat(43_200), (minutesMin, more) => {
        const policy = { ...POLICY, minutesMin, minutesMax: minutesMin + more };
        const judged = judgeRead(ASK, { ...READ, policy }, { isEngineer: false });
        const minutes = judged.ok ? judged.minutes : 0;
        expect(minutes).toBeGreaterThanOrEqual(minutesMin);
        expect(minutes).toBeLessThanOrEqual(Math.max(minutesMin, Math.min(policy.minutesMax, PASS_MINUTES_MAX)));
      }),
    );
  });
});

const MADE: ListedPass = {
  id: 'p1',
  createdAt: '2026-11-22T09:00:20Z',
  startsAt: '2026-11-22T09:00:20Z',
  minutes: 60,
  isUsable: true,
  isOnce: true,
  reason: 'EnabledByPolicy',
};

describe('a pass whose answer was lost', () => {
  const asked = { minutes: 60, askedAt: '2026-11-22T09:00:00Z', known: new Set<string>() };
  it('is found by its length, its moment and being one-time', () => {
    expect(unclaimed([MADE], asked)).toEqual([MADE]);
  });
  const others: [string, Partial<ListedPass>][] = [
    ['older', { createdAt: '2026-11-22T08:57:00Z' }],
    ['later', { createdAt: '2026-11-22T09:11:00Z' }],
    ['of another length', { minutes: 61 }],
    ['usable more than once', { isOnce: false }],
    ['without a moment', { createdAt: null, startsAt: null }],
  ];
  it.each(others)('is not mistaken for one that is %s', (_name, change) => {
    expect(unclaimed([{ ...MADE, ...change }], asked)).toEqual([]);
  });
  it('is not mistaken for one that we know', () => {
    expect(unclaimed([MADE], { ...asked, known: new Set(['p1']) })).toEqual([]);
  });
});

describe('an issued pass', () => {
  const issued = { passId: 'p1', expiresAt: '2026-11-22T10:00:20Z', now: Date.parse('2026-11-22T09:30:00Z') };
  const late = { ...issued, now: Date.parse('2026-11-22T10:00:20Z') };
  it.each([
    ['stands while it can be used', [MADE], issued, null],
    ['was used', [{ ...MADE, isUsable: false, reason: 'OneTimeUsed' }], late, { state: 'used' }],
    ['expired', [{ ...MADE, isUsable: false, reason: 'Expired' }], late, { state: 'expired' }],
    ['expired and is gone', [], late, { state: 'expired' }],
    ['was deleted by somebody', [], issued, { state: 'withdrawn' }],
  ] as const)('%s', (_name, passes, facts, end) => {
    expect(endOf(passes, facts)).toEqual(end);
  });
  it('counts as live unless Graph clearly says that it is not', () => {
    expect([MADE, { ...MADE, isUsable: null, reason: null }].map(isLive)).toEqual([true, true]);
    expect(isLive({ isUsable: false, reason: 'NotYetValid' })).toBe(true);
    expect(isLive({ isUsable: false, reason: 'OneTimeUsed' })).toBe(false);
  });
});

describe('a method registered after a pass', () => {
  const home = { at: '2026-11-10T09:00:00Z', ipAddress: '198.51.100.1', country: 'de', succeeded: true };
  const facts: OriginFacts = {
    from: '2026-11-22T09:00:00Z',
    to: '2026-11-23T10:00:00Z',
    registrations: [{ at: '2026-11-22T09:20:00Z', ipAddress: '203.0.113.7' }],
    signIns: [home, { at: '2026-11-22T09:18:00Z', ipAddress: '203.0.113.7', country: 'BR', succeeded: true }],
    usageLocation: 'DE',
  };
  it('from elsewhere is foreign', () => {
    expect(originOf(facts)).toMatchObject({ from: 'BR', usual: ['DE'], verdict: 'foreign' });
  });
  it('from where the person signs in is usual', () => {
    const there = { ...home, at: '2026-11-01T09:00:00Z', country: 'BR' };
    expect(originOf({ ...facts, signIns: [...facts.signIns, there] })).toMatchObject({ verdict: 'usual' });
  });
  it('is judged by the sign-in with the pass where the addresses differ', () => {
    const registrations = [{ at: '2026-11-22T09:20:00Z', ipAddress: '2001:db8::7' }];
    expect(originOf({ ...facts, registrations })).toMatchObject({ from: 'BR', verdict: 'foreign' });
  });
  it('is unknown, never usual, where nothing tells the place', () => {
    expect(originOf({ ...facts, signIns: [home] })).toMatchObject({ from: null, verdict: 'unknown' });
    const nowhere = { ...facts, signIns: facts.signIns.slice(1), usageLocation: null };
    expect(originOf(nowhere)).toMatchObject({ usual: [], verdict: 'unknown' });
  });
  it('counts only within the span of the pass and its sessions', () => {
    expect(originOf({ ...facts, registrations: [{ at: '2026-11-22T08:59:00Z', ipAddress: null }] })).toBe(null);
  });
});
