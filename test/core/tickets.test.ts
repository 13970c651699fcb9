import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFaq } from '../../src/rollout/helpdesk/faq/faq.ts';
import {
  type AskedNote,
  type AskedTicket,
  isAboutMfa,
  isAnswered,
  openingOf,
  ownWords,
  questionOf,
  routeOf,
  ticketRefusal,
} from '../../src/rollout/tickets/mfa-tickets.core.ts';
import { plainName, plainText } from '../../src/rollout/tickets/plain-text.core.ts';
import { pickPriority } from '../../src/rollout/tickets/priority.core.ts';
import { projectOf, siteStatus } from '../../src/rollout/tickets/project.core.ts';
import { askerOf, handOverText, replyText } from '../../src/rollout/tickets/reply-text.core.ts';
import { findingTickets, holdoutTickets } from '../../src/rollout/tickets/ticket-lists.core.ts';
import {
  checkedTickets,
  contentOf,
  type KnownTicket,
  referenceOf,
  ticketPlan,
  type WantedTicket,
} from '../../src/rollout/tickets/tickets.core.ts';
import { phasePerson, rolloutOf } from '../support/tickets-rig.ts';

const CUSTOMER = '00000000-0000-4000-8000-0000000000aa';

const wanted = (change: Partial<WantedTicket> = {}): WantedTicket => ({
  ...{ key: 'finding:1', summary: 'S', text: 'T', priority: 'normal', state: { is: 'open' } },
  ...change,
});
const closed = wanted({ state: { is: 'closed', why: 'Gone' } });

describe('what is done to a ticket', () => {
  const known = (change: Partial<KnownTicket> = {}): KnownTicket => ({
    ...{ ticketId: 7, standing: 'open', byPerson: null, written: contentOf(wanted()), begun: null },
    ...change,
  });
  const fresh = known({ ticketId: null, standing: 'none', written: null });
  const live = { summary: 'S', isClosed: false };

  it.each([
    ['makes one that is not there', wanted(), fresh, null, ['create'], null],
    [
      'takes over one whose creation was seen by nobody',
      wanted(),
      { ...fresh, begun: contentOf(wanted()) },
      live,
      [],
      null,
    ],
    ['writes nothing again', wanted(), known(), live, [], null],
    ['adds a note for a new text', wanted({ text: 'U' }), known(), live, ['note'], null],
    ['changes a summary with its note', wanted({ summary: 'V' }), known(), live, ['note', 'summary'], null],
    ['closes with a note', closed, known(), live, ['note', 'close'], null],
    ['closes nothing that was never opened', closed, fresh, null, [], null],
    ['respects what a person deleted', wanted({ text: 'U' }), known(), null, [], 'deleted'],
    ['respects what a person closed', wanted({ text: 'U' }), known(), { ...live, isClosed: true }, [], 'closed'],
    [
      'opens again what it closed itself',
      wanted(),
      known({ standing: 'closed', written: contentOf(closed) }),
      { ...live, isClosed: true },
      ['note', 'reopen'],
      null,
    ],
    [
      'changes the priority alone without a note',
      wanted({ priority: 'high' }),
      known({ written: contentOf(wanted()) }),
      { ...live, priorityDiffers: true },
      ['priority'],
      null,
    ],
    [
      'changes the priority with the text',
      wanted({ priority: 'high', text: 'U' }),
      known({ written: contentOf(wanted()) }),
      { ...live, priorityDiffers: true },
      ['note', 'priority'],
      null,
    ],
    [
      'leaves a priority that a person chose while nothing of ours changes',
      wanted(),
      known({ written: contentOf(wanted()) }),
      { ...live, priorityDiffers: true },
      [],
      null,
    ],
    [
      'writes no priority that the site has not',
      wanted({ priority: 'high' }),
      known({ written: contentOf(wanted()) }),
      { ...live, priorityDiffers: false },
      [],
      null,
    ],
    [
      'respects what a person opened again',
      closed,
      known({ standing: 'closed', written: contentOf(closed) }),
      live,
      [],
      'reopened',
    ],
    [
      'knows its own closing whose answer was lost',
      closed,
      known({ begun: contentOf(closed) }),
      { ...live, isClosed: true },
      [],
      null,
    ],
  ] as const)('%s', (_what, wish, before, there, steps, byPerson) => {
    const plan = ticketPlan(wish, before, there);
    expect([plan.steps, plan.after.byPerson]).toEqual([steps, byPerson]);
  });
});

describe('a priority', () => {
  const STOCK = [
    { id: 6, name: 'Priority 1 - Critical' },
    { id: 7, name: 'Priority 2 - High' },
    { id: 8, name: 'Priority 3 - Normal' },
    { id: 9, name: 'Priority 4 - Low' },
  ];
  it.each([
    ['high', {}, STOCK, 7],
    ['normal', {}, STOCK, 8],
    ['low', {}, STOCK, 9],
    ['high', { high: ' priority 1 - CRITICAL ' }, STOCK, 6],
    ['high', { high: 'Urgent' }, STOCK, null],
    ['high', { low: 'Priority 1 - Critical' }, STOCK, 7],
    [
      'low',
      {},
      [
        { id: 1, name: 'Below average' },
        { id: 2, name: 'Slow lane' },
      ],
      null,
    ],
    ['high', {}, [...STOCK, { id: 10, name: 'High (out of hours)' }], null],
    ['normal', {}, [], null],
  ] as const)('%s with the names %j is looked up, and never guessed', (level, names, priorities, id) => {
    expect(pickPriority(priorities, level, names)?.id ?? null).toBe(id);
  });
});

describe('texts from outside', () => {
  it('never become markup, other lines or another reference', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
        const line = plainText(left, 'line');
        expect(line).not.toMatch(/[<>\p{Cc}]/u);
        expect(line.length).toBeLessThanOrEqual(100);
        expect(plainName(left, 'x')).not.toMatch(/[<>[\]\p{Cc}]|:\/\//u);
        const reference = referenceOf(CUSTOMER, left);
        expect(reference).toMatch(/^mfa-rollout:[0-9a-f-]{36}:[0-9a-f]{32}$/);
        if (left.toWellFormed() !== right.toWellFormed()) expect(referenceOf(CUSTOMER, right)).not.toBe(reference);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses a list with one key twice, and a key that is none', () => {
    expect(() => checkedTickets([wanted(), wanted()])).toThrow(expect.objectContaining({ code: 'ticket_key_twice' }));
    expect(() => checkedTickets([wanted({ key: 'x" or "1"="1' })])).toThrow(
      expect.objectContaining({ code: 'ticket_key_bad' }),
    );
  });
});

describe('holdout tickets', () => {
  const facts = (day: string, phase: Parameters<typeof rolloutOf>[0] = {}) => {
    const rollout = rolloutOf({ enforceOn: '2026-11-20', ...phase });
    const [first] = rollout.phases;
    if (first === undefined) throw new Error('the rollout has a phase');
    return { rollout, phase: first, language: 'en' as const, today: day };
  };

  it.each([
    ['is open three days before', '2026-11-17', {}, {}, 'open'],
    ['is none four days before', '2026-11-16', {}, {}, null],
    ['is none in a phase that nobody was told of', '2026-11-20', { state: 'planned' }, {}, null],
    ['is open after the enforcement', '2026-12-01', { state: 'enforced' }, {}, 'open'],
    ['is closed on enrolment', '2026-11-18', {}, { enrolment: 'capable' }, 'closed'],
    ['is closed for a signed exception', '2026-11-18', {}, { exempt: 'serviceAccount' }, 'closed'],
    ['is closed for an account switched off', '2026-11-18', {}, { accountStatus: 'disabled' }, 'closed'],
    ['stays as it is while enrolment is not known', '2026-11-18', {}, { enrolment: 'unknown' }, null],
    ['is another phase’s matter', '2026-11-18', {}, { phase: 'Finance' }, null],
  ] as const)('%s', (_what, day, phase, person, state) => {
    const [ticket] = holdoutTickets({ ...facts(day, phase), people: [phasePerson(person)] });
    expect(ticket?.state.is ?? null).toBe(state);
  });

  it('closes the ticket of a person who is gone', () => {
    const tickets = holdoutTickets({ ...facts('2026-11-18'), people: [], knownAccountIds: ['gone'] });
    expect(tickets).toMatchObject([{ key: 'holdout:gone', state: { is: 'closed' } }]);
  });

  it('says the same of a finding however often it was seen, until it is over', () => {
    const finding = {
      ...{ key: 'a', accountId: 'a', app: 'Scan', protocol: 'SMTP', owner: null, firstSeen: '2026-11-01' },
      remedy: { en: 'R', de: 'R' },
    };
    const states = (['open', 'inWork', 'gone', 'waived'] as const).map((status, index) =>
      findingTickets([{ ...finding, status, count: index, lastSeen: `2026-11-0${index + 1}` }], 'de'),
    );
    expect(states[0]).toEqual(states[1]);
    expect(states.map(([ticket]) => ticket?.state.is)).toEqual(['open', 'open', 'closed', 'closed']);
  });
});

describe('the first reply', () => {
  const ticket: AskedTicket = {
    ...{ companyId: 1, reference: null, isClosed: false, enteredAt: 1_000_000, summary: 'MFA' },
    askerAddress: 'ada@contoso.example',
  };
  const note = (change: Partial<AskedNote> = {}): AskedNote => ({
    ...{ text: 'Help', isShown: true, isByContact: true, createdAt: 1_000_000 },
    ...change,
  });
  const given = { companyId: 1, answersFrom: 0, isRecord: false };

  it.each([
    [{}, given, null],
    [{ companyId: 2 }, given, 'otherCompany'],
    [{ companyId: null }, given, 'otherCompany'],
    [{ reference: referenceOf(CUSTOMER, 'holdout:1') }, given, 'ours'],
    [{}, { ...given, isRecord: true }, 'ours'],
    [{ isClosed: true }, given, 'closed'],
    [{}, { ...given, answersFrom: 2_000_000 }, 'older'],
    [{ askerAddress: ' ' }, given, 'noAsker'],
  ])('for %j and %j is left out because of %s', (change, facts, reason) => {
    expect(ticketRefusal({ ...ticket, ...change }, facts)).toBe(reason);
  });

  it('sees a technician’s answer, and does not take the opening for one', () => {
    const typedIn = note({ isByContact: false, createdAt: 1_010_000 });
    const answer = note({ isByContact: false, createdAt: 1_300_000 });
    expect(isAnswered(ticket, [typedIn])).toBe(false);
    expect(isAnswered(ticket, [answer])).toBe(true);
    expect(isAnswered(ticket, [note(), answer])).toBe(true);
    expect(isAnswered(ticket, [note(), { ...answer, isShown: false }, note()])).toBe(false);
    expect([openingOf(ticket, [typedIn]), openingOf(ticket, [answer])]).toEqual(['Help', '']);
  });

  const faq = createFaq();
  it.each([
    ['Question about MFA', 'What do I have to do?', 'general'],
    ['No phone', 'I have no smartphone, how shall I do this MFA thing?', 'noPhone'],
    ['Anmeldung', 'Ich will mein privates Handy nicht für die Anmeldung benutzen', 'ownPhoneRefused'],
    ['MFA', 'I am travelling to Brazil next week, will MFA work?', 'travelling'],
    ['Locked out', 'Got a new phone and now I am locked out, authenticator is gone', 'lockedOut'],
    ['Printer', 'Paper jam on floor 2', null],
    ['Invoice', 'Please send the invoice for October', null],
    ['Password', 'My password expired and I cannot sign in to Windows', null],
    ['Order', 'Two screens please\n> Earlier you wrote: what about MFA enrolment, how do I register?', null],
  ])('to "%s: %s" takes the way %s', (summary, text, route) => {
    const question = questionOf({ summary }, text);
    const match = faq.ask(question);
    expect(isAboutMfa(question, match) ? routeOf(match) : null).toBe(route);
  });

  it('reads nothing below a signature or of a quoted mail', () => {
    expect(ownWords('Mine\n> yours\n-- \nContoso MFA team')).toBe('Mine');
    expect(ownWords('Mine\n-----Original Message-----\nMFA')).toBe('Mine');
  });

  it('tells the asker his own standing, and an unknown one nothing of anybody', () => {
    const people = [
      phasePerson({ mail: 'Ada@Contoso.example', methods: ['fido2'] }),
      phasePerson({
        accountId: 'b',
        displayName: 'Bob Sample',
        userPrincipalName: 'bob@contoso.example',
        phase: 'Finance',
      }),
    ];
    const person = askerOf(' ADA@contoso.example', people);
    const facts = { rollout: rolloutOf(), guideUrl: 'https://rollout.example/guide', route: 'general' as const };
    const own = replyText({ ...facts, person, language: 'en' });
    expect(own).toContain('Your phase: Sales. MFA is planned to be required from 2026-11-20.');
    expect(own).toContain('Registered methods: passkey or security key.');
    expect(own).not.toContain('Bob');
    expect(replyText({ ...facts, person, language: 'de' })).toContain('voraussichtlich ab 20.11.2026 Pflicht');
    const unknown = replyText({ ...facts, person: askerOf('eve@elsewhere.example', people), language: 'en' });
    expect(unknown).toContain('https://rollout.example/guide');
    expect(unknown).not.toMatch(/Sales|Ada|Registered methods/);
    expect(handOverText({ ...facts, person, route: 'lockedOut', language: 'en' })).toContain('Route: locked out.');
  });

  it('matches nobody where two people have the address', () => {
    expect(askerOf('ada@contoso.example', [phasePerson(), phasePerson({ accountId: 'b' })])).toBeNull();
    expect(askerOf('', [phasePerson({ mail: '' })])).toBeNull();
  });
});

describe('the project', () => {
  it('has a phase for each department with its days and status', () => {
    const project = projectOf(rolloutOf({ state: 'enforced', enforcedAt: '2026-11-19T09:00:00Z' }), 'en');
    expect(project).toMatchObject({ start: '2026-11-02', end: '2026-12-31', status: 'open' });
    expect(project.phases).toEqual([
      { code: 'MFA-1', description: 'Sales', status: 'closed', start: '2026-11-02', end: '2026-11-19' },
    ]);
  });

  it('takes the status of the site that says it best', () => {
    const sites = [
      { id: 1, name: 'Open', closes: false, isDefault: true },
      { id: 2, name: 'Closed', closes: true, isDefault: false },
      { id: 3, name: 'On-Hold', closes: false, isDefault: false },
    ];
    expect((['open', 'working', 'held', 'closed'] as const).map((one) => siteStatus(sites, one))).toEqual([1, 1, 3, 2]);
    expect(siteStatus(sites.slice(0, 1), 'closed')).toBeUndefined();
  });
});
