import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FindingRow, settle, withTraffic } from '../../src/rollout/sign-ins/findings.core.ts';
import { impactsOf, type OutcomeFact } from '../../src/rollout/sign-ins/impact.core.ts';
import { type LogState, logsKnownSince } from '../../src/rollout/sign-ins/log-state.core.ts';
import { remedyFor } from '../../src/rollout/sign-ins/remedies.core.ts';
import { stopLineOf } from '../../src/rollout/sign-ins/stop-line.core.ts';
import { createTally } from '../../src/rollout/sign-ins/tally.core.ts';
import { windowGates } from '../../src/rollout/sign-ins/window.core.ts';
import { LEGACY_CLIENT_APPS } from '../../src/services/graph/sign-ins.ts';
import { OBSERVE_ID, phasePerson } from '../support/sign-in-bench.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW_MS = Date.parse('2026-11-20T12:00:00Z');
const FROM_MS = NOW_MS - 24 * HOUR_MS;
const TENANT_ID = '11111111-2222-4333-8444-555555555555';

function fact(outcome: OutcomeFact['outcome'], changes: Partial<OutcomeFact> = {}): OutcomeFact {
  return { accountId: 'ada', policyId: outcome === 'noResult' ? '' : OBSERVE_ID, outcome, lastMs: NOW_MS, ...changes };
}

describe('impact', () => {
  const judge = (facts: OutcomeFact[], changes = {}, isRead = true) =>
    impactsOf({
      people: [phasePerson({ accountId: 'ADA', ...changes })],
      ...{ facts, observeId: OBSERVE_ID, fromMs: FROM_MS, isRead },
    })[0];

  it.each([
    [[fact('prompted')], {}, 'wouldBePromptedCanAnswer', 'prompted_capable'],
    [[fact('prompted')], { enrolment: 'not' }, 'wouldBePromptedNotRegistered', 'prompted_not_registered'],
    [[fact('promptedInBackground')], { enrolment: 'not' }, 'wouldBePromptedNotRegistered', 'prompted_not_registered'],
    [[fact('prompted')], { enrolment: 'unknown' }, 'unknown', 'registration_unknown'],
    [[fact('prompted'), fact('fails')], {}, 'wouldFail', 'client_cannot_answer'],
    [[fact('satisfied')], { enrolment: 'not' }, 'notAsked', 'mfa_done_already'],
    [
      [fact('satisfied'), fact('prompted')],
      { enrolment: 'not' },
      'wouldBePromptedNotRegistered',
      'prompted_not_registered',
    ],
    [[fact('notApplied')], {}, 'notAsked', 'policy_not_applied'],
    [[fact('noResult')], {}, 'unknown', 'no_policy_result'],
    [[], {}, 'neverSeen', 'no_sign_in'],
    [[], { accountStatus: 'disabled' }, 'notAsked', 'account_disabled'],
    [[fact('fails')], { exempt: 'serviceAccount' }, 'notAsked', 'carved_out'],
    [[fact('fails', { policyId: 'another' })], {}, 'unknown', 'no_policy_result'],
    [[fact('fails', { lastMs: FROM_MS })], {}, 'wouldFail', 'client_cannot_answer'],
    [[fact('fails', { lastMs: FROM_MS - 1 })], {}, 'neverSeen', 'no_sign_in'],
  ] as const)('row %#: %o', (facts, changes, impact, why) => {
    expect(judge([...facts], changes)).toMatchObject({ impact, why });
  });

  it('is unknown where the logs were not read, except for what they show to be bad', () => {
    for (const facts of [[], [fact('prompted')], [fact('satisfied')], [fact('notApplied')]])
      expect(judge(facts, {}, false)).toMatchObject({ impact: 'unknown', why: 'logs_not_read' });
    expect(judge([fact('fails')], {}, false)?.impact).toBe('wouldFail');
    expect(judge([fact('prompted')], { enrolment: 'not' }, false)?.impact).toBe('wouldBePromptedNotRegistered');
  });
});

describe('the gate of the window', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((accountId) => phasePerson({ accountId }));
  const seenBy = (...ids: string[]) => ids.map((accountId) => fact('prompted', { accountId }));
  const gates = (changes: object = {}) =>
    windowGates({
      ...{ window: { hours: 24, seenPercent: 80 }, fromMs: FROM_MS, nowMs: NOW_MS, people: five },
      ...{ facts: seenBy('a', 'b', 'c', 'd'), observeId: OBSERVE_ID },
      logs: { readTo: '', problem: null, code: null },
      ...changes,
    });
  const codes = (changes: object = {}) => gates(changes).map(({ code }) => code);

  it('lasts as many hours by the sun over the night on which clocks change', () => {
    // The last Sunday of March in Germany has 23 hours by the wall clock.
    const fromMs = Date.parse('2027-03-27T19:00:00+01:00');
    const facts = seenBy('a', 'b', 'c', 'd').map((one) => ({ ...one, lastMs: fromMs + HOUR_MS }));
    const [open] = gates({ fromMs, facts, nowMs: Date.parse('2027-03-28T19:30:00+02:00') });
    expect(open?.code).toBe('window_open');
    expect(open?.message.en).toContain('2027-03-28T18:00');
    expect(codes({ fromMs, facts, nowMs: Date.parse('2027-03-28T20:00:00+02:00') })).toEqual([]);
  });

  it('opens exactly at the last hour and at the share, and not before', () => {
    expect(codes()).toEqual([]);
    expect(codes({ nowMs: NOW_MS - 1 })).toEqual(['window_open']);
    expect(codes({ nowMs: FROM_MS - HOUR_MS })).toEqual(['window_open']);
    expect(codes({ facts: seenBy('a', 'b', 'c') })).toEqual(['window_seen']);
    expect(
      codes({ facts: seenBy('a', 'b', 'c').concat(fact('prompted', { accountId: 'd', lastMs: FROM_MS - 1 })) }),
    ).toEqual(['window_seen']);
  });

  it('names the never seen, and counts neither the carved out nor the disabled', () => {
    expect(gates({ facts: seenBy('c', 'd') })[0]?.accountIds).toEqual(['a', 'b', 'e']);
    const away = [
      phasePerson({ accountId: 'x', accountStatus: 'disabled' }),
      phasePerson({ accountId: 'y', exempt: 'z' }),
    ];
    expect(codes({ people: [...five, ...away] })).toEqual([]);
  });

  it('stays closed without a policy, a begin, readable logs, or results of the policy', () => {
    expect(codes({ observeId: null })).toEqual(['observe_missing']);
    expect(codes({ fromMs: null })).toEqual(['window_not_begun']);
    const unread = { readTo: null, problem: { en: 'x', de: 'x' }, code: 'sign_ins_not_read' };
    expect(codes({ logs: unread })).toEqual(['sign_ins_not_read']);
    const blind = ['a', 'b', 'c', 'd'].map((accountId) => fact('noResult', { accountId }));
    expect(codes({ facts: blind })).toEqual(['window_seen']);
  });
});

describe('what is known of the logs', () => {
  const iso = (ms: number) => new Date(ms).toISOString();
  const log = (name: LogState['log'], changes: Partial<LogState> = {}): LogState => ({
    ...{ log: name, state: 'read', why: null, readFrom: iso(FROM_MS), readTo: iso(NOW_MS), lost: [] },
    ...changes,
  });
  const known = (changes: Partial<LogState>) =>
    logsKnownSince([log('interactive'), log('nonInteractive', changes)], FROM_MS, NOW_MS).code;

  it('is everything only where both were read from the begin until just now, without a gap', () => {
    expect(known({})).toBe(null);
    expect(known({ state: 'failed', why: 'no answer' })).toBe(null);
    expect(known({ readTo: iso(NOW_MS - HOUR_MS - 1) })).toBe('sign_ins_not_read');
    expect(known({ readTo: null })).toBe('sign_ins_not_read');
    expect(known({ readFrom: iso(FROM_MS + 1) })).toBe('sign_ins_lost');
    expect(known({ lost: [{ from: iso(0), to: iso(FROM_MS + 1) }] })).toBe('sign_ins_lost');
    expect(known({ lost: [{ from: iso(0), to: iso(FROM_MS) }] })).toBe(null);
    expect(known({ state: 'notLicensed' })).toBe('sign_ins_not_licensed');
    expect(logsKnownSince([log('interactive')], FROM_MS, NOW_MS).code).toBe('sign_ins_not_read');
  });
});

describe('the stop line', () => {
  const people = Array.from({ length: 30 }, (_, index) => phasePerson({ accountId: `p${index}` }));
  const facts = people.map(({ accountId }) => fact('prompted', { accountId }));
  const failed = (accountId: string, atMs = NOW_MS - HOUR_MS) => ({
    accountId,
    atMs,
    kind: 'failed' as const,
    code: 50074,
  });
  const passed = (accountId: string, atMs: number) => ({ accountId, atMs, kind: 'passed' as const, code: 0 });
  const judge = (challenges: ReturnType<typeof failed | typeof passed>[], changes: object = {}) =>
    stopLineOf({
      ...{ people, enforcedMs: FROM_MS, limits: { percent: 10, people: 5 }, facts, challenges },
      ...{ readToMs: NOW_MS, problem: null, ...changes },
    });
  const failures = (count: number) => people.slice(0, count).map(({ accountId }) => failed(accountId));

  it('is over for more than the share, or for the number of people', () => {
    expect(judge(failures(3))).toMatchObject({ seen: 30, failing: ['p0', 'p1', 'p2'], over: false, known: true });
    expect(judge(failures(4))).toMatchObject({ over: true });
    expect(judge(failures(5), { limits: { percent: 90, people: 5 } })).toMatchObject({ over: true });
    expect(judge(failures(4), { limits: { percent: 90, people: 5 } })).toMatchObject({ over: false });
    expect(judge([]).over).toBe(false);
  });

  it('leaves out whoever succeeds within ten minutes, and nobody later than that', () => {
    const atMs = NOW_MS - HOUR_MS;
    expect(judge([failed('p0'), passed('p0', atMs + 10 * MINUTE_MS)]).failing).toEqual([]);
    expect(judge([failed('p0'), passed('p0', atMs + 10 * MINUTE_MS + 1)]).failing).toEqual(['p0']);
    expect(judge([failed('p0'), passed('p0', atMs - 1)]).failing).toEqual(['p0']);
    expect(judge([failed('p0'), passed('p1', atMs + 1)]).failing).toEqual(['p0']);
  });

  it('waits for what a late row could still show, and counts nothing from before the flip or of others', () => {
    expect(judge([failed('p0', NOW_MS - 21 * MINUTE_MS + 1)]).failing).toEqual([]);
    expect(judge([failed('p0', NOW_MS - 21 * MINUTE_MS)]).failing).toEqual(['p0']);
    expect(judge([failed('p0', FROM_MS - 1), failed('stranger')]).failing).toEqual([]);
    const carved = [phasePerson({ accountId: 'p0', exempt: 'signed' }), ...people.slice(1)];
    expect(judge([failed('p0')], { people: carved }).failing).toEqual([]);
  });

  it('says that it does not know where the logs were not read, and still raises an alarm that they show', () => {
    const problem = { en: 'not read', de: 'nicht gelesen' };
    expect(judge(failures(1), { problem })).toMatchObject({ over: false, known: false });
    expect(judge(failures(9), { problem })).toMatchObject({ over: true, known: true });
    expect(judge(failures(9), { enforcedMs: null })).toMatchObject({ over: false });
  });
});

describe('the life of a finding', () => {
  const DAY = 24 * HOUR_MS;
  const traffic = (lastMs: number) => ({
    ...{ key: 'k', accountId: 'ada', appId: 'app', appName: 'App', protocol: 'ROPC' },
    ...{ count: 1, firstMs: lastMs, lastMs },
  });
  const at = (readToMs: number, lostToMs: number | null = null) => ({
    ...{ readToMs, lostToMs, today: '2026-11-20', at: new Date(readToMs).toISOString() },
    answeredMs: new Map<string, number>(),
  });
  const open: FindingRow = settle(withTraffic(undefined, traffic(NOW_MS)), at(NOW_MS));

  it('opens with traffic of the last day, and is never opened for older traffic', () => {
    expect(open).toMatchObject({ state: 'open', openedAt: new Date(NOW_MS).toISOString(), revision: 1 });
    const old = withTraffic(undefined, traffic(NOW_MS - DAY));
    expect(settle(old, at(NOW_MS))).toBe(old);
  });

  it('is gone exactly after a day of silence that was read, and opens again with the traffic', () => {
    expect(settle(open, at(NOW_MS + DAY - 1))).toBe(open);
    expect(settle(open, at(NOW_MS + DAY, NOW_MS + 1))).toBe(open);
    const gone = settle(open, at(NOW_MS + DAY));
    expect(gone.state).toBe('gone');
    const back = settle(withTraffic(gone, traffic(NOW_MS + 2 * DAY)), at(NOW_MS + 2 * DAY));
    expect(back).toMatchObject({ state: 'open', openedAt: open.openedAt, count: 2 });
  });

  it('leaves a session that was refused in the background alone until nobody has answered for it for a day', () => {
    const refused = (lastMs: number) => ({ ...traffic(lastMs), protocol: 'refused background sign-in' });
    const first = withTraffic(undefined, refused(NOW_MS));
    expect(settle(first, at(NOW_MS + HOUR_MS))).toBe(first);
    const later = withTraffic(first, refused(NOW_MS + DAY - 1));
    expect(settle(later, at(NOW_MS + DAY))).toBe(later);
    const lasting = withTraffic(later, refused(NOW_MS + DAY));
    const opened = settle(lasting, at(NOW_MS + DAY));
    expect(opened.state).toBe('open');
    const answered = { ...at(NOW_MS + DAY), answeredMs: new Map([['ada', NOW_MS + 1]]) };
    expect(settle(lasting, answered)).toBe(lasting);
    expect(settle(opened, answered).state).toBe('gone');
    // After a pause the refusals count anew.
    const anew = withTraffic(settle(opened, answered), refused(NOW_MS + 3 * DAY));
    expect(settle(anew, at(NOW_MS + 3 * DAY)).state).toBe('gone');
  });

  it('stays waived through its last day and then is what the traffic says', () => {
    const waiver = { actor: 'x', at: '', until: '2026-11-20', why: 'x' };
    const waived: FindingRow = { ...open, state: 'waived', waiver };
    expect(settle(waived, at(NOW_MS))).toBe(waived);
    const next = { ...at(NOW_MS), today: '2026-11-21' };
    expect(settle(waived, next)).toMatchObject({ state: 'open', waiver: null });
    expect(settle(waived, { ...next, readToMs: NOW_MS + DAY })).toMatchObject({ state: 'gone' });
  });

  it('has a remedy for every protocol, and the outside date for SMTP alone', () => {
    for (const protocol of [...LEGACY_CLIENT_APPS, 'ROPC', 'device code', 'a new one']) {
      const { remedy, outside } = remedyFor(protocol);
      expect(remedy.de.length).toBeGreaterThan(20);
      expect(outside?.on).toBe(protocol.includes('SMTP') ? '2026-12-31' : undefined);
    }
  });
});

describe('counting', () => {
  const row = (changes: object = {}) => ({
    ...{ id: 'x', createdDateTime: '2026-11-20T10:00:00Z', userId: 'ADA', appId: 'app', appDisplayName: 'App' },
    ...{ clientAppUsed: 'Browser', isInteractive: true, status: { errorCode: 0 }, homeTenantId: TENANT_ID },
    ...{ resourceTenantId: TENANT_ID, appliedConditionalAccessPolicies: [] },
    ...changes,
  });
  const context = {
    ...{ tenantId: TENANT_ID, observeId: OBSERVE_ID, enforceId: 'enforce' },
    watchedFrom: new Map([['ada', Date.parse('2026-11-20T10:00:00Z')]]),
  };
  const tallied = (...pages: object[][]) => {
    const tally = createTally(context);
    for (const page of pages) tally.add(page as never);
    const sorted = <T>(list: T[]) => list.map((one) => JSON.stringify(one)).sort();
    return {
      outcomes: sorted(tally.outcomes()),
      traffic: sorted(tally.traffic()),
      challenges: sorted(tally.challenges()),
    };
  };
  const counted = (changes: object) => {
    const { outcomes, traffic, challenges } = tallied([row(changes)]);
    const of = (list: string[], name: string) => list.map((one) => (JSON.parse(one) as Record<string, unknown>)[name]);
    return [of(outcomes, 'outcome')[0], of(traffic, 'protocol')[0], of(challenges, 'kind')[0]];
  };
  it('counts what the enforcing policy was applied to, answered or not, once the phase of its account is enforced', () => {
    const times = (changes: object) => {
      const tally = createTally(context);
      tally.add([row(changes), row({ ...changes, createdDateTime: '2026-11-20T11:30:00Z' })] as never);
      return tally.enforced().map(({ count, firstMs }) => [count, new Date(firstMs).toISOString()]);
    };
    const first = { createdDateTime: '2026-11-20T11:00:00Z' };
    expect(times({ ...told('success', 'enforce'), ...first })).toEqual([[2, '2026-11-20T11:00:00.000Z']]);
    const failed = { ...told('failure', 'enforce'), status: { errorCode: 50074 }, ...first };
    expect(times(failed)).toEqual([[2, '2026-11-20T11:00:00.000Z']]);
    expect(times({ ...told('success', 'enforce'), createdDateTime: '2026-11-20T09:00:00Z' })[0]?.[0]).toBe(1);
    expect(times({ ...told('notApplied', 'enforce'), ...first })).toEqual([]);
    expect(times({ ...told('success'), ...first })).toEqual([]);
    expect(times({ ...told('success', 'enforce'), userId: 'bea', ...first })).toEqual([]);
  });

  const told = (result: string, id = OBSERVE_ID) => ({ appliedConditionalAccessPolicies: [{ id, result }] });
  const background = { isInteractive: false, signInEventTypes: ['nonInteractiveUser'] };

  it.each([
    [told('reportOnlyInterrupted'), ['prompted', undefined, 'passed']],
    [{ ...told('reportOnlyInterrupted'), ...background }, ['promptedInBackground', undefined, undefined]],
    [told('reportOnlySuccess'), ['satisfied', undefined, 'passed']],
    [told('reportOnlyNotApplied'), ['notApplied', undefined, 'passed']],
    [told('unknownFutureValue'), ['noResult', undefined, 'passed']],
    [told('reportOnlyFailure', 'other'), ['noResult', undefined, 'passed']],
    [{ ...told('reportOnlyFailure'), ...background }, ['fails', 'background sign-in', undefined]],
    [{ status: { errorCode: 50076 }, ...background }, [undefined, 'refused background sign-in', undefined]],
    [{ ...told('reportOnlyFailure'), clientAppUsed: 'IMAP4' }, ['fails', 'IMAP4', 'passed']],
    [{ authenticationProtocol: 'ropc', ...background }, ['noResult', 'ROPC', undefined]],
    [{ authenticationProtocol: 'deviceCode', ...background }, ['noResult', 'device code', undefined]],
    [{ authenticationProtocol: 'ropc', ...background, status: { errorCode: 50076 } }, [undefined, 'ROPC', undefined]],
    [{ status: { errorCode: 50074 } }, [undefined, undefined, 'failed']],
    [{ clientAppUsed: 'IMAP4', status: { errorCode: 50126 } }, [undefined, undefined, undefined]],
    [{ status: { errorCode: 53003 } }, [undefined, undefined, undefined]],
    [{ status: { errorCode: 53003 }, ...told('failure', 'enforce') }, [undefined, undefined, 'failed']],
    [{ createdDateTime: '2026-11-20T09:59:59Z' }, ['noResult', undefined, undefined]],
    [{ createdDateTime: 'never' }, [undefined, undefined, undefined]],
    [{ userId: null }, [undefined, undefined, undefined]],
    [{ resourceTenantId: 'partner' }, [undefined, undefined, undefined]],
  ] as const)('row %#: %o', (changes, expected) => {
    expect(counted(changes)).toEqual(expected);
  });

  const anyRow = fc.record({
    createdDateTime: fc.integer({ min: 0, max: 600 }).map((s) => new Date(NOW_MS + s * 1000).toISOString()),
    userId: fc.constantFrom('ada', 'bob'),
    appDisplayName: fc.constantFrom('One', 'Two'),
    clientAppUsed: fc.constantFrom('Browser', 'IMAP4', 'POP3'),
    status: fc.constantFrom({ errorCode: 0 }, { errorCode: 50074 }, { errorCode: 50126 }),
    isInteractive: fc.boolean(),
  });

  it('comes to the same in whatever order and pages the rows come', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer(),
        (rows, size, seed) => {
          const all = rows.map(row);
          const shuffled = [...all].sort((a, b) => ((seed ^ hash(a)) % 97) - ((seed ^ hash(b)) % 97));
          const pages = Array.from({ length: Math.ceil(all.length / size) }, (_, page) =>
            shuffled.slice(page * size, (page + 1) * size),
          );
          expect(tallied(...pages)).toEqual(tallied(all));
        },
      ),
      { numRuns: 60 },
    );
  });
});

function hash(value: object): number {
  return [...JSON.stringify(value)].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) | 0, 7);
}
