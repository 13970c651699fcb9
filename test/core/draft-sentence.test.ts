import { describe, expect, it } from 'vitest';
import { type Customer, drawn, sentence } from '../support/draft-builders.ts';
import { BLOCK, policy } from '../support/policy-builders.ts';

const SMALL: Customer = { people: { ann: 'Sales', bob: 'Sales', cat: 'IT' }, others: ['svc', 'bot', 'guest'] };
const german = (customer: Customer) => drawn(customer).draft.sentences.de;

describe('the plain sentence', () => {
  it('says who would have to, who not, and that nothing changes until then', () => {
    expect(sentence(SMALL)).toBe(
      'Once enforced, these 3 people would have to use MFA everywhere, and older clients that cannot ask for it would fail for 3; these 2 break-glass accounts would not, at any time; nobody else would change; until then both policies only report and nothing changes.',
    );
    expect(german(SMALL)).toBe(
      'Sobald erzwungen wird: diese 3 Personen müssten überall MFA verwenden, und ältere Programme ohne MFA fielen bei 3 aus; diese 2 Notfallkonten nie; für niemanden sonst ändert sich etwas; bis dahin berichten beide Richtlinien nur, und nichts ändert sich.',
    );
  });

  it.each<[string, Customer, string, string]>([
    [
      'one end for all',
      {
        ...SMALL,
        exceptions: [
          { accountId: 'svc', endsAt: '2027-01-31' },
          { accountId: 'bot', endsAt: '2027-01-31' },
        ],
      },
      'these 2 accounts would not, until 31 January 2027;',
      'diese 2 Konten nicht, bis zum 31. Januar 2027;',
    ],
    [
      'several ends',
      {
        ...SMALL,
        exceptions: [
          { accountId: 'svc', endsAt: '2027-03-01' },
          { accountId: 'bot', endsAt: null },
          { accountId: 'ann', endsAt: '2027-01-31' },
        ],
      },
      'these 3 accounts would not: 1 until 31 January 2027, 1 until 1 March 2027 and 1 without an end date;',
      'diese 3 Konten nicht: 1 bis zum 31. Januar 2027, 1 bis zum 1. März 2027 und 1 ohne Enddatum;',
    ],
    [
      'one alone',
      { ...SMALL, exceptions: [{ accountId: 'svc', endsAt: '2027-01-31' }] },
      'this one account would not, until 31 January 2027;',
      'dieses eine Konto nicht, bis zum 31. Januar 2027;',
    ],
    [
      'two rows of one account',
      {
        ...SMALL,
        exceptions: [
          { accountId: 'svc', endsAt: '2027-01-31' },
          { accountId: 'svc', kind: 'sharedMailbox', endsAt: '2027-02-28' },
        ],
      },
      'this one account would not, until 28 February 2027;',
      'bis zum 28. Februar 2027;',
    ],
    [
      'who has to already',
      { ...SMALL, live: [policy({ users: { includeUsers: ['ann'] } })] },
      'this one person has to already',
      'diese eine Person muss es heute schon',
    ],
    [
      'nobody new',
      { ...SMALL, people: {} },
      'nobody would have to use MFA everywhere who does not have to today',
      'niemand müsste überall MFA verwenden, der es nicht heute schon muss',
    ],
    [
      'what is not known of today',
      { ...SMALL, more: { perUserMfa: null } },
      '(whether 3 of them have to today cannot be told)',
      '(ob 3 davon es heute schon müssen, ist nicht bekannt)',
    ],
    [
      'left out and asked by others',
      { ...SMALL, live: [policy({ users: { includeUsers: ['bg1'] } })] },
      'this one account would be left out, and other policies ask it everywhere',
      'dieses eine Konto wäre ausgenommen, und andere Richtlinien fragen es überall',
    ],
    [
      'left out and asked now and then',
      { ...SMALL, live: [policy({ conditions: { signInRiskLevels: ['high'] } })] },
      'of those left out other policies ask 2 in some cases',
      'von den Ausgenommenen fragen andere Richtlinien 2 in manchen Fällen',
    ],
    [
      'an unread source',
      {
        ...SMALL,
        groups: [{ id: 'unread', displayName: 'Unread' }],
        more: { declared: { breakGlass: ['bg1', 'bg2'], serviceAccounts: [], exceptionGroupId: 'unread' } },
      },
      'nobody else would be affected for certain',
      'sonst ist sicher niemand betroffen',
    ],
  ])('tells %s', (_name, customer, english, inGerman) => {
    expect(sentence(customer)).toContain(english);
    expect(german(customer)).toContain(inGerman);
  });

  it('says what Security Defaults cover today, that they stay on, and who would lose them', () => {
    const customer = { ...SMALL, securityDefaultsOn: true };
    expect(sentence(customer)).toMatch(/^Once enforced, for which Security Defaults have to be off, these 3 people/);
    expect(sentence(customer)).toContain('these 3 accounts outside every phase would lose what Security Defaults give');
    expect(sentence(customer)).toContain('Security Defaults stay on, which today cover 8 accounts');
    expect(german(customer)).toContain('die heute 8 Konten schützen');
  });

  it('says that nobody is in a phase where HR was not read', () => {
    const unread = { ...SMALL, more: { people: null } };
    expect(sentence(unread)).toContain('nobody is in a phase, since HR was not read');
    expect(german(unread)).toContain('niemand ist in einer Phase, da HR nicht gelesen wurde');
    expect(sentence(SMALL)).not.toContain('HR was not read');
  });

  it('counts nobody whose account is blocked in the directory', () => {
    expect(sentence({ ...SMALL, blockedInDirectory: ['ann'] })).toContain('these 2 people would have to');
  });

  it('is the same for policies of equal effect, and another one with one person more', () => {
    const one = [policy({ users: { includeUsers: ['ann'] } })];
    const other = [
      policy({
        id: 'p1',
        users: { includeGroups: ['only-ann'] },
        conditions: { clientAppTypes: ['browser', 'mobileAppsAndDesktopClients'] },
      }),
      policy({
        id: 'p2',
        users: { includeUsers: ['ANN'] },
        conditions: { clientAppTypes: ['exchangeActiveSync', 'other'] },
      }),
    ];
    const groups = [{ id: 'only-ann', displayName: 'Only Ann', members: [{ id: 'ann' }] }];
    expect(sentence({ ...SMALL, groups, live: other })).toBe(sentence({ ...SMALL, live: one }));
    expect(sentence({ ...SMALL, people: { ...SMALL.people, eve: 'IT' } })).not.toBe(sentence(SMALL));
  });

  it('does not ask of somebody who cannot sign in today', () => {
    const live = [policy({ users: { includeUsers: ['ann'] }, grantControls: BLOCK })];
    expect(sentence({ ...SMALL, live })).toContain('these 2 people would have to');
  });
});
