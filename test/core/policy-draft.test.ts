import { describe, expect, it } from 'vitest';
import { objectOf } from '../../src/rollout/policy/graph-json.core.ts';
import { type Customer, drawn, type exception } from '../support/draft-builders.ts';
import { BLOCK, MFA, policy } from '../support/policy-builders.ts';

const SMALL: Customer = { people: { ann: 'Sales', bob: 'Sales', cat: 'IT', dan: null }, others: ['svc', 'guest'] };

const codes = (customer: Customer) =>
  drawn(customer).draft.findings.map((finding) => `${finding.blocks} ${finding.code}`);
const jsonOf = (customer: Customer, index: number) => objectOf(drawn(customer).draft.policies[index]?.json);
const changes = (customer: Customer) =>
  Object.fromEntries(drawn(customer).effect.map((row) => [row.accountId, row.change]));

describe('drawing', () => {
  it('makes ENFORCE for groups alone, born report-only, for all applications, with MFA', () => {
    expect(jsonOf(SMALL, 0)).toEqual({
      displayName: 'MFA Rollout - ENFORCE',
      state: 'enabledForReportingButNotEnforced',
      conditions: {
        users: {
          includeGroups: [
            '$group:MFA Rollout - direct',
            '$group:MFA Rollout - phase - IT',
            '$group:MFA Rollout - phase - Sales',
            '$group:MFA Rollout - phase - Without department',
          ],
          excludeGroups: ['$group:MFA Rollout - break-glass', '$group:MFA Rollout - exceptions'],
        },
        applications: { includeApplications: ['All'] },
        clientAppTypes: ['all'],
      },
      grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    });
  });

  it('makes OBSERVE for everybody but those groups', () => {
    expect(objectOf(objectOf(jsonOf(SMALL, 1)?.conditions)?.users)).toEqual({
      includeUsers: ['All'],
      excludeGroups: ['$group:MFA Rollout - break-glass', '$group:MFA Rollout - exceptions'],
    });
  });

  it('takes the groups that the customer has, with whoever is in them', () => {
    const groups = [{ id: 'g-bg', displayName: 'Emergency', members: [{ id: 'bg1' }, { id: 'svc' }] }];
    const declared = { breakGlass: ['bg1', 'bg2'], serviceAccounts: [], breakGlassGroupId: 'G-BG' };
    const { draft, effect } = drawn({ ...SMALL, groups, more: { declared } });
    expect(draft.groups.find((group) => group.purpose === 'breakGlass')).toMatchObject({
      id: 'G-BG',
      name: 'Emergency',
      members: ['bg1', 'bg2', 'svc'],
      add: ['bg2'],
    });
    expect(effect.find((row) => row.accountId === 'svc')?.reach).toBe('leftOut');
    expect(draft.findings.find((finding) => finding.code === 'excluded_without_exception')?.accountIds).toEqual(
      expect.arrayContaining(['svc']),
    );
  });

  it('makes one phase of two spellings of a department', () => {
    const { draft } = drawn({ people: { ann: 'sales', bob: 'Sales ', cat: ' Sales' } });
    expect(draft.groups.filter((group) => group.purpose === 'phase')).toMatchObject([
      { phase: 'Sales', members: ['ann', 'bob', 'cat'] },
    ]);
  });

  it('takes hidden and half characters out of a department, and cuts an endless one', () => {
    const { draft } = drawn({ people: { ann: 'Sa\u202Eles\u0000', bob: 'x'.repeat(900), cat: '\ud800' } });
    const names = draft.groups.filter((group) => group.purpose === 'phase').map((group) => group.phase);
    expect(names).toEqual(['Sa les', 'x'.repeat(200), '\ufffd']);
    expect(draft.groups.every((group) => group.name.length <= 256)).toBe(true);
  });

  it('carries over who must use MFA everywhere and can answer, and nobody else', () => {
    const live = [policy({ users: { includeUsers: ['ann', 'bob', 'svc'] } })];
    const { draft } = drawn({ ...SMALL, live, unregistered: ['bob'] });
    expect(draft.groups.find((group) => group.purpose === 'direct')?.members).toEqual(['ann']);
    expect(draft.groups.find((group) => group.phase === 'Sales')?.members).toEqual(['bob']);
  });

  it('carries nobody over by the cover that the managed policies themselves give', () => {
    const groups = ['direct', 'sales'].map((id) => ({
      id,
      displayName: id,
      members: id === 'sales' ? [{ id: 'ann' }] : [{ id: 'dan' }],
    }));
    const own = (key: string, kind: 'group' | 'policy') => ({
      ...{ key, kind, objectId: key.replace('phase:', ''), name: key, fingerprint: '', written: null, pushId: 'p' },
    });
    const owned = [own('ENFORCE', 'policy'), own('direct', 'group'), own('phase:sales', 'group')];
    const live = [
      { ...policy({ users: { includeGroups: ['direct', 'sales'] } }), id: 'ENFORCE' },
      policy({ users: { includeUsers: ['cat'] } }),
    ];
    const { draft } = drawn({ ...SMALL, live, groups, more: { owned } });
    expect(draft.groups.find((group) => group.purpose === 'direct')?.members).toEqual(['cat', 'dan']);
    expect(draft.groups.find((group) => group.phase === 'Sales')?.members).toEqual(['ann', 'bob']);
    expect(draft.groups.find((group) => group.phase === 'Without department')?.members).toEqual([]);
  });

  it.each<[string, Parameters<typeof exception>[0], boolean]>([
    ['a signed exception', {}, true],
    ['one that ends tomorrow', { endsAt: '2026-11-23' }, true],
    ['one that ends today', { endsAt: '2026-11-22' }, false],
    ['an unsigned one', { signed: false }, false],
    ['one whose sign-in is blocked', { signInBlocked: true }, false],
  ])('carves out: %s', (_name, given, isOut) => {
    const { draft } = drawn({ ...SMALL, exceptions: [{ accountId: 'ann', ...given }] });
    const members = draft.groups.find((group) => group.purpose === 'exceptions')?.members;
    expect(members).toEqual(isOut ? ['ann'] : []);
  });
});

describe('the digest of a draft', () => {
  const base = drawn(SMALL).draft;

  it('does not depend on the order of people and policies', () => {
    const people = { dan: null, cat: 'IT', bob: 'Sales', ann: 'Sales' };
    expect(drawn({ ...SMALL, people }).draft.digest).toBe(base.digest);
  });

  it.each<[string, Customer]>([
    ['a person came', { ...SMALL, people: { ...SMALL.people, eve: 'Sales' } }],
    ['a person changed the department', { ...SMALL, people: { ...SMALL.people, ann: 'IT' } }],
    ['an exception was signed', { ...SMALL, exceptions: [{ accountId: 'ann' }] }],
    ['the policy replaces one', { ...SMALL, more: { managed: { ENFORCE: 'p-1' } } }],
  ])('is another one when %s', (_name, customer) => {
    expect(drawn(customer).draft.digest).not.toBe(base.digest);
  });

  it('stays when a policy comes that is no matter of the draft', () => {
    const live = [policy({ users: { includeUsers: ['svc'] } })];
    expect(drawn({ ...SMALL, live }).draft.digest).toBe(base.digest);
  });

  it('stays when somebody registers a method', () => {
    expect(drawn({ ...SMALL, unregistered: ['ann'] }).draft.digest).toBe(base.digest);
  });
});

describe('the effect', () => {
  it('asks people of the phases, leaves out the excluded, and nobody else', () => {
    expect(changes({ ...SMALL, exceptions: [{ accountId: 'bob' }] })).toEqual({
      ann: 'asked',
      bob: 'leftOut',
      cat: 'asked',
      dan: 'asked',
      svc: 'same',
      guest: 'same',
      bg1: 'leftOut',
      bg2: 'leftOut',
    });
  });

  it.each<[string, Customer, Partial<Record<string, string>>]>([
    [
      'kept, where MFA is required everywhere already',
      { ...SMALL, live: [policy({ users: { includeUsers: ['ann'] } })] },
      { ann: 'kept', bob: 'asked' },
    ],
    [
      'asked, where it is required in some cases',
      { ...SMALL, live: [policy({ conditions: { signInRiskLevels: ['high'] } })] },
      { ann: 'asked', svc: 'same' },
    ],
    [
      'asked, where a device is accepted instead',
      { ...SMALL, live: [policy({ grantControls: { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] } })] },
      { ann: 'asked' },
    ],
    [
      'asked, where Security Defaults ask now and then',
      { ...SMALL, securityDefaultsOn: true },
      { ann: 'asked', svc: 'less', bg1: 'leftOut' },
    ],
    ['asked, where the live policies were not read', { ...SMALL, live: null }, { ann: 'asked', svc: 'same' }],
    [
      'none, where the sign-in is blocked today',
      { ...SMALL, live: [policy({ users: { includeUsers: ['ann'] }, grantControls: BLOCK })] },
      { ann: 'same', bob: 'asked' },
    ],
  ])('is %s', (_name, customer, expected) => {
    expect(changes(customer)).toMatchObject(expected);
  });

  it('of a managed policy that is replaced counts it before and not after', () => {
    const old = policy({ id: 'own', users: { includeUsers: ['svc', 'ann'] } });
    const replaced = { ...SMALL, live: [old], more: { managed: { ENFORCE: 'own' } } };
    expect(changes(replaced)).toMatchObject({ svc: 'less', ann: 'kept', bob: 'asked' });
  });

  it('tells for whom older clients would fail, unless they fail already', () => {
    const failing = (customer: Customer) =>
      drawn(customer)
        .effect.filter((row) => row.olderClientsFail)
        .map((row) => row.accountId);
    expect(failing(SMALL)).toEqual(['ann', 'bob', 'cat', 'dan']);
    const block = policy({
      users: { includeUsers: ['ann'] },
      conditions: { clientAppTypes: ['other'] },
      grantControls: BLOCK,
    });
    expect(failing({ ...SMALL, live: [block] })).toEqual(['bob', 'cat', 'dan']);
    expect(failing({ ...SMALL, securityDefaultsOn: true })).toEqual([]);
  });
});

describe('judging one by one', () => {
  it('names who would be asked and cannot answer, with the reason', () => {
    const { draft } = drawn({ ...SMALL, unregistered: ['ann', 'svc', 'bob'], exceptions: [{ accountId: 'bob' }] });
    expect(draft.stuck).toEqual([
      { accountId: 'ann', displayName: 'Name of ann', department: null, canAnswer: 'no', why: 'no method' },
    ]);
  });

  it('judges every Global Administrator', () => {
    const { draft } = drawn({ ...SMALL, admins: ['ann', 'bob', 'svc', 'bg1'], unregistered: ['bob'] });
    expect(draft.admins.map((row) => [row.accountId, row.verdict])).toEqual([
      ['ann', 'canAnswer'],
      ['bg1', 'leftOut'],
      ['bob', 'lockedOut'],
      ['svc', 'notReached'],
    ]);
  });

  it('judges every exception, signed or not', () => {
    const exceptions = [
      { accountId: 'ann' },
      { accountId: 'bob', signed: false },
      { accountId: 'svc', signed: false },
      { accountId: 'gone' },
    ];
    expect(drawn({ ...SMALL, exceptions }).draft.exceptions.map((row) => [row.accountId, row.verdict])).toEqual([
      ['ann', 'leftOut'],
      ['bob', 'asked'],
      ['svc', 'notReached'],
      ['gone', 'unknown'],
    ]);
  });

  it('judges a technician of a partner', () => {
    const live = [policy({ users: { includeUsers: ['All'] }, grantControls: BLOCK })];
    expect(drawn(SMALL).draft.partner).toMatchObject({ before: 'no', after: 'no', blockedAfter: 'no' });
    expect(drawn({ ...SMALL, live }).draft.partner).toMatchObject({ blockedBefore: 'yes' });
  });
});

describe('findings', () => {
  it('are none against a customer in order', () => {
    expect(codes({ people: { ann: 'IT', bob: 'IT' }, admins: ['ann', 'bob', 'bg1', 'bg2'] })).toEqual([]);
  });

  const grant = (operator: string, ...builtInControls: string[]) => ({ operator, builtInControls });
  const LEFT_OUT = { includeUsers: ['All'], excludeUsers: ['bg1', 'bg2'] };
  const PHONES = { includePlatforms: ['iOS', 'android'] };
  const BUT_MAC = { includePlatforms: ['all'], excludePlatforms: ['macOS'] };
  const MAIL = { includeApplications: ['00000002-0000-0ff1-ce00-000000000000'] };
  const PORTALS = { includeApplications: ['MicrosoftAdminPortals'] };
  const one = { breakGlass: ['bg1'], serviceAccounts: [] };
  const named = (id: string) => [
    { id: 'g', displayName: 'MFA Rollout - exceptions' },
    { id, displayName: 'Other' },
  ];
  const SAFE: Customer = { people: { ann: 'IT', bob: 'IT' }, others: ['svc'], admins: ['ann', 'bob', 'bg1'] };

  it.each<[string, Customer]>([
    ['push break_glass_too_few', { ...SAFE, more: { declared: one } }],
    [
      'push break_glass_unknown',
      { ...SAFE, more: { declared: { breakGlass: ['bg1', 'bg2', 'ghost'], serviceAccounts: [] } } },
    ],
    [
      'push break_glass_still_asked',
      { ...SAFE, live: [policy({ grantControls: BLOCK, users: { includeUsers: ['bg1'] } })] },
    ],
    [
      'push break_glass_still_asked',
      { ...SAFE, live: [policy({ users: { includeUsers: ['bg1'] } })], unregistered: ['bg1'] },
    ],
    [
      'push break_glass_still_asked',
      { ...SAFE, live: [policy({ grantControls: grant('AND', 'mfa', 'compliantDevice') })] },
    ],
    [
      'push service_account_unknown',
      { ...SAFE, more: { declared: { breakGlass: ['bg1', 'bg2'], serviceAccounts: ['ghost'] } } },
    ],
    [
      'push group_unknown',
      { ...SAFE, more: { declared: { breakGlass: ['bg1', 'bg2'], serviceAccounts: [], exceptionGroupId: 'lost' } } },
    ],
    ['push group_name_taken', { ...SAFE, groups: named('x') }],
    [
      'push policy_name_taken',
      { ...SAFE, live: [policy({ displayName: 'mfa rollout - observe', state: 'disabled' })] },
    ],
    ['push policies_not_read', { ...SAFE, live: null }],
    ['push hr_not_read', { ...SAFE, more: { people: null } }],
    ['push groups_not_read', { ...SAFE, groups: null }],
    ['enforcement security_defaults_on', { ...SAFE, securityDefaultsOn: true }],
    ['enforcement security_defaults_not_read', { ...SAFE, securityDefaultsOn: null }],
    ['enforcement exceptions_unsigned', { ...SAFE, exceptions: [{ accountId: 'svc', signed: false }] }],
    ['push licence_missing', { ...SAFE, more: { licence: { hasP1: false, seats: 0 } } }],
    ['enforcement licence_short', { ...SAFE, more: { licence: { hasP1: true, seats: 3 } } }],
    ['enforcement licence_unknown', { ...SAFE, more: { licence: null } }],
    ['enforcement admins_too_few', { ...SAFE, admins: ['ann'] }],
    ['enforcement people_stuck', { ...SAFE, unregistered: ['ann'] }],
    ['nothing admins_outside', { ...SAFE, admins: ['ann', 'bob', 'svc'] }],
    ['nothing nobody_in_scope', { ...SAFE, people: {}, admins: [], others: ['svc'] }],
    ['nothing exception_still_asked', { ...SAFE, live: [policy({ users: { includeUsers: ['bg1'] } })] }],
  ])('%s', (code, customer) => {
    const found = drawn(customer).draft.findings.find((finding) => `${finding.blocks} ${finding.code}` === code);
    expect(found?.message).toBeTruthy();
    expect(found?.clear).toBeTruthy();
    expect(codes(SAFE)).not.toContain(code);
  });

  it.each([
    ['a device alone', true, grant('OR', 'compliantDevice'), {}],
    ['one of two kinds of device', true, grant('OR', 'compliantDevice', 'domainJoinedDevice'), {}],
    ['a device beside MFA', true, grant('AND', 'mfa', 'domainJoinedDevice'), {}],
    ['a device or MFA', false, grant('OR', 'mfa', 'compliantDevice'), {}],
    ['a device, the emergency accounts left out', false, grant('OR', 'compliantDevice'), { users: LEFT_OUT }],
    ['a device, only reporting', false, grant('OR', 'compliantDevice'), { state: 'enabledForReportingButNotEnforced' }],
    ['an app, on telephones alone', false, grant('OR', 'approvedApplication'), { conditions: { platforms: PHONES } }],
    [
      'a device, on every platform but one',
      false,
      grant('OR', 'compliantDevice'),
      { conditions: { platforms: BUT_MAC } },
    ],
    ['a device, for mail alone', false, grant('OR', 'compliantDevice'), { applications: MAIL }],
    ['a device, for the admin portals', true, grant('OR', 'compliantDevice'), { applications: PORTALS }],
  ])('%s: whether an emergency account is held to a device: %s', (_what, isHeld, grantControls, parts) => {
    const live = [policy({ grantControls, ...parts })];
    expect(codes({ ...SAFE, live }).includes('push break_glass_still_asked')).toBe(isHeld);
  });

  it('do not take our own policies for somebody else’s', () => {
    const live = [policy({ id: 'own', displayName: 'MFA Rollout - ENFORCE', state: 'disabled' })];
    expect(codes({ ...SAFE, live, more: { managed: { ENFORCE: 'own' } } })).not.toContain('push policy_name_taken');
  });

  it('say that a group filled by a rule takes nobody', () => {
    const groups = [{ id: 'dyn', displayName: 'D', groupTypes: ['DynamicMembership'], members: [] }];
    const declared = { breakGlass: ['bg1', 'bg2'], serviceAccounts: [], breakGlassGroupId: 'dyn' };
    expect(codes({ ...SAFE, groups, more: { declared } })).toContain('push group_dynamic');
  });
});

it('the controls of the drawn policy are what the evaluator calls MFA', () => {
  expect(jsonOf(SMALL, 0)?.grantControls).toEqual(MFA);
});
