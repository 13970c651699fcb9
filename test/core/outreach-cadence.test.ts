import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { dayAfter, instantOf } from '../../src/lib/local-time.ts';
import { type CadenceInput, cadenceOf, isReminder, type Verdict } from '../../src/rollout/outreach/cadence.core.ts';
import { effectKey, mailKey } from '../../src/rollout/outreach/mail-key.core.ts';
import { outreachGates } from '../../src/rollout/outreach/outreach-gate.core.ts';
import { LEDGER_STATES, type LedgerFact } from '../../src/rollout/outreach/outreach-types.core.ts';
import { newcomersOf, type Presence, presenceAfter } from '../../src/rollout/outreach/presence.core.ts';
import {
  MESSAGE_KINDS,
  PHASE_STATES,
  type PhasePerson,
  type Procedure,
} from '../../src/rollout/phases/phase-types.core.ts';
import { phaseOf, phasePerson, rolloutOf } from '../support/outreach-world.ts';

const ZONE = 'Europe/Berlin';
/** Clocks are put forward on 28 March 2027, the day before the enforcement. */
const ENFORCE_ON = '2027-03-29';
const MESSAGES: Procedure['messages'] = {
  announcement: { daysBefore: 7, at: '09:00' },
  howTo: { daysBefore: 5, at: '09:00' },
  reminder: { daysBefore: 3, at: '09:00' },
  lastCall: { daysBefore: 1, at: '09:00' },
  managerNudge: { daysBefore: 2, at: '10:00' },
  allClear: { daysBefore: -1, at: '09:00' },
};

type Given = Partial<Omit<CadenceInput, 'now'>> & { at?: string; phase?: Parameters<typeof phaseOf>[0] };

function judge({ at = '2027-03-22 09:00', phase = {}, ...given }: Given) {
  const [day = '', time = ''] = at.split(' ');
  const rollout = rolloutOf([phaseOf({ enforceOn: ENFORCE_ON, ...phase })], MESSAGES);
  const now = instantOf(day, time, ZONE).getTime();
  return cadenceOf({
    rollout,
    people: [phasePerson({ accountId: 'ada' })],
    ledger: [],
    timeZone: ZONE,
    hasMail: true,
    hasTeams: false,
    now,
    ...given,
  });
}

function verdict(verdicts: readonly Verdict[], message: Verdict['message'], accountId = 'ada'): string {
  const found = verdicts.find((one) => one.message === message && one.accountId === accountId);
  return found?.verdict === 'not' ? `not ${found.reason.code}` : (found?.verdict ?? 'none');
}

const person = (given: Partial<PhasePerson>) => [phasePerson({ accountId: 'ada', ...given })];
const fact = (given: Partial<LedgerFact>): LedgerFact => ({
  message: 'announcement',
  personId: 'ada',
  scope: '',
  phase: 'Sales',
  state: 'accepted',
  reason: null,
  about: [],
  ...given,
});

describe('who gets a message', () => {
  test.each<[string, Given, Verdict['message'], string]>([
    ['due to the minute', {}, 'announcement', 'send'],
    ['a minute early', { at: '2027-03-22 08:59' }, 'announcement', 'later'],
    ['a later one', {}, 'reminder', 'later'],
    ['on the day on which clocks change', { at: '2027-03-28 09:00' }, 'lastCall', 'send'],
    ['an hour before that by the sun', { at: '2027-03-28 08:59' }, 'lastCall', 'later'],
    ['accepted before', { ledger: [fact({})] }, 'announcement', 'sent'],
    ['in doubt', { ledger: [fact({ state: 'unknown' })] }, 'announcement', 'sent'],
    ['accepted, and the clock set back', { ledger: [fact({})], at: '2027-01-01 09:00' }, 'announcement', 'sent'],
    ['accepted in another phase', { ledger: [fact({ phase: 'IT' })] }, 'announcement', 'sent'],
    ['enrolled, announcement', { people: person({ enrolment: 'capable' }) }, 'announcement', 'send'],
    [
      'enrolled, reminder',
      { people: person({ enrolment: 'capable' }), at: '2027-03-26 09:00' },
      'reminder',
      'not enrolled',
    ],
    [
      'not known whether enrolled',
      { people: person({ enrolment: 'unknown' }), at: '2027-03-26 09:00' },
      'reminder',
      'send',
    ],
    ['carved out', { people: person({ exempt: 'x-1' }) }, 'announcement', 'not exempt'],
    ['on leave', { people: person({ hrStatus: 'onLeave', returnDate: '2027-05-01' }) }, 'announcement', 'not onLeave'],
    ['account disabled', { people: person({ accountStatus: 'disabled' }) }, 'announcement', 'not accountDisabled'],
    ['no address', { people: person({ mail: null }) }, 'announcement', 'not noAddress'],
    [
      'an address that breaks a header',
      { people: person({ mail: 'a@b.example\r\nBcc: x@y.example' }) },
      'announcement',
      'not noAddress',
    ],
    ['no mailbox to send from', { hasMail: false }, 'announcement', 'not noMailSystem'],
    ['no mailbox, and a bot', { hasMail: false, hasTeams: true }, 'announcement', 'send'],
    ['no address, and a bot', { people: person({ mail: null }), hasTeams: true }, 'announcement', 'send'],
    ['phase held', { phase: { state: 'held' } }, 'announcement', 'not phaseHeld'],
    ['phase rolled back', { phase: { state: 'rolledBack' } }, 'announcement', 'not phaseRolledBack'],
    [
      'phase enforced',
      { phase: { state: 'enforced', enforcedAt: '2027-03-22T07:00:00Z' } },
      'announcement',
      'not phaseEnforced',
    ],
    ['phase not announced', { phase: { state: 'planned', announcedAt: null } }, 'announcement', 'none'],
    ['all-clear before the enforcement', { at: '2027-03-31 09:00' }, 'allClear', 'later'],
    [
      'all-clear a day after it',
      { phase: { state: 'enforced', enforcedAt: '2027-03-29T08:00:00Z' }, at: '2027-03-30 09:00' },
      'allClear',
      'send',
    ],
    [
      'all-clear long after it, to somebody new',
      { phase: { state: 'enforced', enforcedAt: '2027-03-29T08:00:00Z' }, at: '2027-05-30 09:00' },
      'allClear',
      'not longPast',
    ],
    [
      'all-clear long after it, to whom more was sent',
      { ledger: [fact({})], phase: { state: 'enforced', enforcedAt: '2027-03-29T08:00:00Z' }, at: '2027-05-30 09:00' },
      'allClear',
      'send',
    ],
  ])('%s', (_name, given, message, expected) => {
    expect(verdict(judge(given).verdicts, message)).toBe(expected);
  });

  const ENFORCED = { state: 'enforced' as const, enforcedAt: '2027-03-29T08:00:00Z' };
  const LATER = '2027-05-30T06:00:00Z';
  test.each<[string, Given, string, string]>([
    ['came after it', { newcomers: new Map([['ada', LATER]]) }, 'send', 'not longPast'],
    [
      'came weeks ago, and nothing was sent since',
      { newcomers: new Map([['ada', '2027-04-10T06:00:00Z']]) },
      'send',
      'not longPast',
    ],
    [
      'came after it and has it',
      { newcomers: new Map([['ada', LATER]]), ledger: [fact({ message: 'howTo' })] },
      'sent',
      'not longPast',
    ],
    ['came before it', { newcomers: new Map([['ada', '2027-03-01T06:00:00Z']]) }, 'not phaseEnforced', 'not longPast'],
    ['was always there', {}, 'not phaseEnforced', 'not longPast'],
    ['somebody else came', { newcomers: new Map([['bea', LATER]]) }, 'not phaseEnforced', 'not longPast'],
    [
      'came after it, carved out',
      { newcomers: new Map([['ada', LATER]]), people: person({ exempt: 'x-1' }) },
      'not exempt',
      'not exempt',
    ],
  ])('an enforced phase: %s', (_name, given, howTo, allClear) => {
    const { verdicts, mails } = judge({ phase: ENFORCED, at: '2027-05-30 09:00', ...given });
    expect([verdict(verdicts, 'howTo'), verdict(verdicts, 'allClear')]).toEqual([howTo, allClear]);
    for (const message of ['announcement', 'reminder', 'lastCall'] as const) {
      expect(verdict(verdicts, message)).toMatch(/^not /);
    }
    expect(mails.map(({ message }) => message)).toEqual(howTo === 'send' ? ['howTo'] : []);
  });

  it('knows as new who was not there at the first look, or was enabled again, and nobody else', () => {
    const seen = (accountId: string, accountStatus: 'enabled' | 'disabled' = 'enabled') => ({
      accountId,
      accountStatus,
    });
    const looks = [
      [seen('ada'), seen('carl', 'disabled')],
      [seen('ada'), seen('carl', 'disabled'), seen('bea')],
      [seen('ada', 'disabled'), seen('carl'), seen('bea')],
      [seen('ada'), seen('carl'), seen('bea')],
    ];
    const kept = new Map<string, Presence>();
    looks.forEach((people, day) => {
      const fresh = presenceAfter([...kept.values()], people, `2027-01-0${day + 1}T00:00:00.000Z`);
      for (const one of fresh) kept.set(one.accountId, one);
    });
    expect([...newcomersOf([...kept.values()])].sort()).toEqual([
      ['ada', '2027-01-04T00:00:00.000Z'],
      ['bea', '2027-01-02T00:00:00.000Z'],
      ['carl', '2027-01-03T00:00:00.000Z'],
    ]);
  });

  it('brings one mail and no storm when a phase is announced late', () => {
    const { verdicts, mails } = judge({ at: '2027-03-26 10:00' });
    expect(verdict(verdicts, 'announcement')).toBe('not longPast');
    expect(verdict(verdicts, 'howTo')).toBe('not longPast');
    expect(mails.map(({ message }) => message)).toEqual(['reminder']);
  });

  it('says nothing of late to a mail that was due in time and had to wait', () => {
    expect(verdict(judge({ at: '2027-03-26 10:00', isLateKept: true }).verdicts, 'announcement')).toBe('send');
  });

  it('says until when somebody is on leave', () => {
    const [first] = judge({ people: person({ hrStatus: 'onLeave', returnDate: '2027-05-01' }) }).verdicts;
    expect(first?.verdict === 'not' ? first.reason.text : null).toEqual({
      en: 'On leave until 2027-05-01; written to after the return.',
      de: 'Abwesend bis 2027-05-01; bekommt danach Nachricht.',
    });
  });

  it('puts the manager in copy, unless it is the same mailbox', () => {
    const boss = phasePerson({ accountId: 'boss', phase: 'IT' });
    const ofBoss = { managerAccountId: 'boss', managerWhy: null };
    const people = [
      phasePerson({ accountId: 'ada', ...ofBoss }),
      phasePerson({ accountId: 'bo', mail: boss.mail, ...ofBoss }),
      boss,
    ];
    expect(judge({ people }).mails.map(({ personId, cc }) => [personId, cc?.accountId])).toEqual([
      ['ada', 'boss'],
      ['bo', undefined],
    ]);
  });
});

describe('a manager’s nudge', () => {
  const at = '2027-03-27 10:00';
  const under = (managerAccountId: string | null) => ({ managerAccountId, managerWhy: null });

  it('goes once to each manager, about his holdouts, and about himself to the next one', () => {
    const people = [
      phasePerson({ accountId: 'ada', ...under('boss') }),
      phasePerson({ accountId: 'bo', ...under('boss') }),
      phasePerson({ accountId: 'cy', ...under('boss'), enrolment: 'capable' }),
      phasePerson({ accountId: 'boss', ...under('top') }),
      phasePerson({ accountId: 'top', enrolment: 'capable', phase: 'IT' }),
    ];
    const { mails, verdicts } = judge({ people, at });
    expect(
      mails.filter(({ message }) => message === 'managerNudge').map(({ personId, about }) => [personId, about]),
    ).toEqual([
      ['boss', ['ada', 'bo']],
      ['top', ['boss']],
    ]);
    expect(verdict(verdicts, 'managerNudge', 'cy')).toBe('not enrolled');
    expect(
      verdicts.find(({ message, accountId }) => message === 'managerNudge' && accountId === 'ada')?.note?.code,
    ).toBe('managerIsHoldout');
    const again = judge({
      people,
      at,
      ledger: [fact({ message: 'managerNudge', personId: 'boss', scope: 'Sales', about: ['ada'] })],
    });
    expect(again.mails.filter(({ message }) => message === 'managerNudge').map(({ personId }) => personId)).toEqual([
      'top',
    ]);
    expect(verdict(again.verdicts, 'managerNudge', 'ada')).toBe('sent');
    expect(verdict(again.verdicts, 'managerNudge', 'bo')).toBe('not nudgedBefore');
  });

  test.each<[string, Partial<PhasePerson>, Partial<PhasePerson>, string]>([
    ['nobody', { managerAccountId: null, managerWhy: 'noManager' }, {}, 'not managerMissing'],
    ['somebody who left', { managerAccountId: null, managerWhy: 'managerLeft' }, {}, 'not managerLeft'],
    ['an account that is disabled', under('boss'), { accountStatus: 'disabled' }, 'not managerLeft'],
    ['somebody off the list', under('gone'), {}, 'not managerLeft'],
    ['himself', under('ada'), {}, 'not managerIsSelf'],
    ['whom he manages', under('boss'), under('ada'), 'not managerLoop'],
    ['somebody in a circle further up', under('boss'), under('boss'), 'send'],
    ['somebody on leave', under('boss'), { hrStatus: 'onLeave' }, 'not managerOnLeave'],
    ['somebody without address', under('boss'), { mail: '' }, 'not managerNoAddress'],
  ])('about a person whose manager is %s', (_name, own, boss, expected) => {
    const people = [
      phasePerson({ accountId: 'ada', ...own }),
      phasePerson({ accountId: 'boss', phase: 'IT', ...boss }),
    ];
    expect(verdict(judge({ people, at }).verdicts, 'managerNudge')).toBe(expected);
  });
});

describe('over all cases', () => {
  const ids = ['ada', 'bo', 'cy', 'boss'];
  const anyPerson = (accountId: string) =>
    fc
      .record({
        enrolment: fc.constantFrom('capable', 'not', 'unknown'),
        accountStatus: fc.constantFrom('enabled', 'disabled'),
        hrStatus: fc.constantFrom('active', 'onLeave'),
        exempt: fc.constantFrom(null, null, 'x'),
        managerAccountId: fc.constantFrom(null, 'gone', ...ids),
        mail: fc.constantFrom(null, `${accountId}@contoso.example`),
        phase: fc.constantFrom('Sales', 'IT'),
      })
      .map((given) => phasePerson({ accountId, managerWhy: null, ...given }));
  const anyPhase = (name: string) =>
    fc
      .record({ state: fc.constantFrom(...PHASE_STATES), days: fc.integer({ min: -10, max: 10 }) })
      .map(({ state, days }) =>
        phaseOf({
          name,
          state,
          enforceOn: dayAfter(ENFORCE_ON, days),
          enforcedAt: state === 'enforced' ? '2027-03-20T08:00:00.000Z' : null,
        }),
      );
  const anyFact = fc.record({
    message: fc.constantFrom(...MESSAGE_KINDS),
    personId: fc.constantFrom(...ids),
    state: fc.constantFrom(...LEDGER_STATES),
    about: fc.subarray(ids),
    phase: fc.constantFrom('Sales', 'IT'),
  });
  const anyInput = fc
    .record({
      people: fc.tuple(...ids.map(anyPerson)),
      phases: fc.tuple(anyPhase('Sales'), anyPhase('IT')),
      facts: fc.array(anyFact, { maxLength: 6 }),
      hours: fc.integer({ min: -400, max: 400 }),
      hasMail: fc.boolean(),
    })
    .map(({ people, phases, facts, hours, hasMail }): CadenceInput => {
      const ledger = facts.map((one) => fact({ ...one, scope: one.message === 'managerNudge' ? one.phase : '' }));
      const now = instantOf(ENFORCE_ON, '09:00', ZONE).getTime() + hours * 3_600_000;
      return { rollout: rolloutOf(phases, MESSAGES), people, ledger, now, timeZone: ZONE, hasMail, hasTeams: false };
    });

  it('gives every person and message of an announced phase exactly one verdict', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { verdicts } = cadenceOf(input);
        const keys = verdicts.map(({ message, accountId }) => `${message} ${accountId}`);
        expect(new Set(keys).size).toBe(keys.length);
        const told = new Set(verdicts.map(({ accountId }) => accountId));
        expect(keys).toHaveLength(told.size * MESSAGE_KINDS.length);
      }),
      { numRuns: 150 },
    );
  });

  it('never sends a key twice, nor what is in the ledger, whenever it is asked again', () => {
    fc.assert(
      fc.property(anyInput, fc.integer({ min: -100, max: 400 }), (input, hours) => {
        const { id } = input.rollout;
        const first = cadenceOf(input).mails;
        const queued = first.map((mail) => fact({ ...mail, state: 'queued' }));
        const ledger = [...input.ledger, ...queued];
        const second = cadenceOf({ ...input, ledger, now: input.now + hours * 3_600_000 }).mails;
        const keys = [...ledger, ...second].map((mail) => mailKey({ rolloutId: id, ...mail }));
        const own = keys.slice(input.ledger.length);
        expect(new Set(own).size).toBe(own.length);
        expect(input.ledger.every((one) => !own.includes(mailKey({ rolloutId: id, ...one })))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('never reminds somebody capable, and writes to nobody carved out, away or without address', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const byId = new Map(input.people.map((one) => [one.accountId, one]));
        const { mails } = cadenceOf(input);
        expect(mails.filter(({ personId }) => byId.get(personId)?.mail === null)).toEqual([]);
        const subjects = mails.flatMap(({ message, personId, about }) =>
          (message === 'managerNudge' ? about : [personId]).map((id) => ({ message, ...byId.get(id) })),
        );
        for (const one of subjects)
          expect(one).toMatchObject({ accountStatus: 'enabled', exempt: null, hrStatus: 'active' });
        expect(subjects.filter(({ message, enrolment }) => isReminder(message) && enrolment === 'capable')).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

test('names of mails are fit for a header and differ wherever the messages do', () => {
  const ref = {
    rolloutId: 'r-1',
    message: 'managerNudge',
    personId: 'p-1',
    scope: 'Vertrieb & Öffentlichkeit',
  } as const;
  expect(mailKey({ ...ref, message: 'reminder', scope: '' })).toBe('mail:r-1:reminder:p-1');
  expect(mailKey(ref)).toMatch(/^[A-Za-z0-9._:@+-]{1,200}$/);
  expect(mailKey(ref)).not.toBe(mailKey({ ...ref, scope: 'Vertrieb und Öffentlichkeit' }));
  expect([0, 2].map((round) => effectKey({ ...ref, scope: 'IT' }, round))).toEqual([
    'mail:r-1:managerNudge:p-1:IT',
    'mail:r-1:managerNudge:p-1:IT#2',
  ]);
});

describe('what has to be mended before a phase is told', () => {
  const gates = (given: Partial<Parameters<typeof outreachGates>[0]>) =>
    outreachGates({
      phase: phaseOf(),
      procedure: rolloutOf([phaseOf()], MESSAGES).procedure,
      people: [],
      hasMail: true,
      hasTeams: false,
      ...given,
    }).map(({ code, accountIds }) => [code, ...accountIds]);
  const people = [
    phasePerson({ accountId: 'top' }),
    phasePerson({ accountId: 'ada', managerAccountId: 'top', managerWhy: null }),
    phasePerson({ accountId: 'bo', mail: null, managerWhy: 'managerLeft' }),
    phasePerson({ accountId: 'cy', enrolment: 'capable' }),
    phasePerson({ accountId: 'di', managerAccountId: 'di', managerWhy: null }),
    phasePerson({ accountId: 'ed', mail: null, accountStatus: 'disabled' }),
  ];

  it('lists addresses and managers that are missing', () => {
    expect(gates({ people })).toEqual([
      ['address_missing', 'bo'],
      ['manager_missing', 'bo', 'di'],
    ]);
  });

  it('wants managers only where the procedure asks them to help, and nothing of an enforced phase', () => {
    const { managerNudge: _, ...others } = MESSAGES;
    expect(gates({ people, procedure: rolloutOf([phaseOf()], others).procedure })).toEqual([['address_missing', 'bo']]);
    expect(gates({ people, phase: phaseOf({ state: 'enforced' }) })).toEqual([]);
  });

  it('wants a mailbox to send from, unless nothing is sent', () => {
    expect(gates({ hasMail: false })).toEqual([['mail_not_configured']]);
    expect(gates({ hasMail: false, procedure: rolloutOf([phaseOf()], {}).procedure })).toEqual([]);
  });

  it('wants neither mailbox nor addresses where the bot reaches people', () => {
    expect(gates({ people, hasTeams: true })).toEqual([['manager_missing', 'bo', 'di']]);
    expect(gates({ hasMail: false, hasTeams: true })).toEqual([]);
  });
});
