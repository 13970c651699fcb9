import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classDigest, classGates, classViews, judgeClass } from '../../src/rollout/exceptions/classes.core.ts';
import { canonicalRows, digestOfExceptions } from '../../src/rollout/exceptions/exception-table.core.ts';
import type { ClassDecision, ExceptionRequest } from '../../src/rollout/exceptions/exception-types.core.ts';
import { classify } from '../../src/rollout/exceptions/exceptions.core.ts';
import { judgeRequest, type RequestFacts } from '../../src/rollout/exceptions/request-rules.core.ts';
import { markSigned } from '../../src/rollout/exceptions/signature.core.ts';
import { newcomerNote, refusalBack, refusalOn, type SwitchFacts } from '../../src/rollout/persons/persons.core.ts';

const TODAY = '2027-03-01';
const BY = { tenantId: 't', objectId: 'm' };
const account = (id: string, more: object = {}) => ({
  id,
  displayName: id,
  userPrincipalName: `${id}@example.com`,
  accountEnabled: true,
  ...more,
});

const request = (accountId: string, more: Partial<ExceptionRequest> = {}): ExceptionRequest => ({
  ...{ seq: 1, accountId, kind: 'extension', until: '2027-03-20', reason: null, by: BY, displayName: 'Kim Example' },
  ...{ at: '2027-03-01T08:00:00Z', ...more },
});

const decision = (verdict: ClassDecision['verdict'], more: Partial<ClassDecision> = {}): ClassDecision => ({
  ...{ class: 'guest', verdict, reason: 'why', reviewAt: '2027-09-01', digest: 'd', count: 1, by: BY },
  ...{ displayName: 'Ada Example', at: '2027-03-01T08:00:00Z', ...more },
});

describe('a request', () => {
  const facts: RequestFacts = {
    today: TODAY,
    extensionUntil: '2027-04-01',
    isKnown: true,
    isNever: false,
    row: null,
    open: null,
  };
  it.each<[string, Parameters<typeof judgeRequest>[0], Partial<RequestFacts>, object]>([
    ['is recorded', { kind: 'extension', until: '2027-03-20', reason: null }, {}, { outcome: 'record' }],
    ['without a day is refused', { kind: 'onLeave', until: null, reason: null }, {}, { code: 'request_day_missing' }],
    [
      'past the deadline’s bound is refused',
      { kind: 'extension', until: '2027-04-02', reason: null },
      {},
      { code: 'request_past_deadline' },
    ],
    [
      'of leave is not bound by the deadline',
      { kind: 'onLeave', until: '2027-04-02', reason: null },
      {},
      { outcome: 'record' },
    ],
    [
      'for too long is refused',
      { kind: 'onLeave', until: '2027-12-01', reason: null },
      {},
      { code: 'request_day_far' },
    ],
    [
      'for MFA off says why',
      { kind: 'mfaOff', until: '2027-03-20', reason: ' \u202e ' },
      {},
      { code: 'request_reason_missing' },
    ],
    [
      'about a break-glass account is refused',
      { kind: 'mfaOff', until: '2027-03-20', reason: 'x' },
      { isNever: true },
      { code: 'account_never' },
    ],
    [
      'that stands already changes nothing',
      { kind: 'extension', until: '2027-03-20', reason: null },
      { open: request('p') },
      { outcome: 'already' },
    ],
  ])('%s', (_name, given, change, outcome) => {
    expect(judgeRequest(given, { ...facts, ...change })).toMatchObject(outcome);
  });

  it('is a row of the table that the signature covers, and carves out nobody before', () => {
    const table = (requests: ExceptionRequest[]) =>
      classify({ today: TODAY, accounts: [account('p')], roster: null, requests, tenantId: 't' }).exceptions;
    const [row] = table([request('p')]);
    expect(row).toMatchObject({
      kind: 'extension',
      endsAt: '2027-03-20',
      signed: false,
      request: 'R1',
      owner: { accountId: 'm' },
    });
    expect(row?.evidence).toEqual(['asked by Kim Example on 2027-03-01 (request R1)']);
    const signed = canonicalRows(table([request('p')]));
    expect(markSigned(table([request('p')]), signed)[0]?.signed).toBe(true);
    expect(markSigned(table([request('p', { until: '2027-03-21' })]), signed)[0]?.signed).toBe(false);
    expect(table([request('gone')])).toEqual([]);
  });
});

describe('a class', () => {
  const classes = (ids: string[]) => ({
    ...{ guest: { count: ids.length, accountIds: ids }, room: { count: 0, accountIds: [] } },
    equipment: { count: 0, accountIds: [] },
  });
  it('closes the last phase until it is decided, and again when its review has come', () => {
    const gates = (decisions: ClassDecision[], ids = ['a']) =>
      classGates(classViews(classes(ids), decisions, TODAY)).map(({ code }) => code);
    expect(gates([])).toEqual(['class_undecided']);
    expect(gates([], [])).toEqual([]);
    expect(gates([decision('carveOut')])).toEqual([]);
    expect(gates([decision('carveOut', { reviewAt: TODAY })])).toEqual(['class_undecided']);
    expect(gates([decision('enforce', { reviewAt: null })])).toEqual([]);
  });

  it('is decided only as it was shown, with a reason and a day of review', () => {
    const [view] = classViews(classes(['a']), [], TODAY);
    if (view === undefined) throw new Error('there are guests');
    const given = {
      class: 'guest',
      verdict: 'carveOut',
      reason: 'why',
      reviewAt: '2027-09-01',
      digest: view.digest,
    } as const;
    expect(judgeClass(given, view, TODAY)).toMatchObject({ outcome: 'record' });
    expect(judgeClass({ ...given, digest: 'other' }, view, TODAY)).toMatchObject({ outcome: 'stale' });
    expect(judgeClass({ ...given, reason: ' ' }, view, TODAY)).toMatchObject({ code: 'class_reason_missing' });
    expect(judgeClass({ ...given, reviewAt: null }, view, TODAY)).toMatchObject({ code: 'class_review_missing' });
    expect(judgeClass({ ...given, reviewAt: '2029-01-01' }, view, TODAY)).toMatchObject({ code: 'class_review_far' });
  });

  it('has one digest whatever the order of its members', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid()), (ids) => {
        expect(classDigest('guest', [...ids].reverse())).toBe(classDigest('guest', ids));
        expect(classDigest('room', ids)).not.toBe(classDigest('guest', ids));
      }),
    );
  });

  it('that is carved out leaves later members out too, and the signed digest as it was', () => {
    const table = (classDecisions: ClassDecision[]) =>
      classify({ today: TODAY, accounts: [account('g', { userType: 'Guest' })], roster: null, classDecisions })
        .exceptions;
    const rows = table([decision('carveOut')]);
    expect(rows).toMatchObject([{ accountId: 'g', kind: 'guest', signed: true, endsAt: null, reviewAt: '2027-09-01' }]);
    expect(digestOfExceptions(rows)).toBe(digestOfExceptions([]));
    expect(table([decision('enforce')])).toEqual([]);
  });
});

describe('switching one person on', () => {
  const fine: SwitchFacts = {
    ...{
      accountExists: true,
      isEnabled: true,
      enforce: 'enabled',
      isInDirect: false,
      isOurs: false,
      isEnforced: false,
    },
    ...{
      isBreakGlass: false,
      isSync: false,
      isException: false,
      canAnswer: 'yes',
      hasPass: false,
      isGlobalAdmin: false,
    },
    ...{ anyway: false, switchedLately: 0, switchedMax: 25, before: 'none', after: 'all', floor: null },
  };
  it.each<[string, Partial<SwitchFacts>, string | undefined]>([
    ['is done where nothing speaks against it', {}, undefined],
    ['is refused before a push', { enforce: 'absent' }, 'policy_not_pushed'],
    ['never reaches a break-glass account', { isBreakGlass: true, anyway: true }, 'break_glass'],
    ['never reaches directory sync', { isSync: true, anyway: true }, 'sync_account'],
    ['never reaches an exception', { isException: true, anyway: true }, 'excepted'],
    ['locks nobody out', { canAnswer: 'no' }, 'not_registered'],
    ['does not guess about methods', { canAnswer: 'unknown' }, 'methods_unknown'],
    ['is done with a pass to register', { canAnswer: 'no', hasPass: true }, undefined],
    ['is done on signature', { canAnswer: 'no', anyway: true }, undefined],
    [
      'never locks a Global Administrator out',
      { canAnswer: 'no', anyway: true, isGlobalAdmin: true },
      'admin_not_registered',
    ],
    [
      'does not guess about administrators',
      { canAnswer: 'no', anyway: true, isGlobalAdmin: null },
      'admin_not_registered',
    ],
    ['is held by the rails', { switchedLately: 25 }, 'rails_exceeded'],
    ['never shrinks cover', { before: 'all', after: 'partial' }, 'cover_shrinks'],
  ])('%s', (_name, change, code) => {
    expect(refusalOn({ ...fine, ...change })?.code).toBe(code);
  });

  it.each<[string, Partial<SwitchFacts>, string | undefined]>([
    ['is taken back where it was ours', { isOurs: true, before: 'all', after: 'none', floor: 'none' }, undefined],
    ['is not taken back where it was not ours', { isOurs: false }, 'not_ours'],
    ['is not taken back below what there was before', { isOurs: true, after: 'none', floor: 'all' }, 'below_before'],
    [
      'is not taken back where the cover afterwards is not known',
      { isOurs: true, after: 'unknown', floor: 'all' },
      'below_before',
    ],
  ])('%s', (_name, change, code) => {
    expect(refusalBack({ ...fine, ...change })?.code).toBe(code);
  });

  it('tells of newcomers only after everybody is enforced, until they have a method', () => {
    const facts = { everyoneSince: '2027-02-01', hireDate: '2027-02-10', createdOn: null, enrolment: 'not' } as const;
    expect(newcomerNote(facts)).not.toBeNull();
    expect(newcomerNote({ ...facts, everyoneSince: null })).toBeNull();
    expect(newcomerNote({ ...facts, hireDate: '2027-01-01' })).toBeNull();
    expect(newcomerNote({ ...facts, enrolment: 'capable' })).toBeNull();
  });
});
