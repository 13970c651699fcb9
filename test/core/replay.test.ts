import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/rollout/policy/graph-json.core.ts';
import type { ReplayPerson } from '../../src/rollout/policy/replay/replay.core.ts';
import { type ReplayQuestion, replayOf } from '../../src/rollout/snapshots/replay-answer.ts';
import { parseSnapshot } from '../../src/rollout/snapshots/snapshot-file.ts';
import { BLOCK, EXCHANGE, OFFICE, PAYROLL, type PolicyParts, policy, TENANT } from '../support/policy-builders.ts';

const TENANT_ID = '11111111-2222-4333-8444-555555555555';
const BROWSER = 'Browser';
const DESKTOP = 'Mobile Apps and Desktop clients';

let made = 0;

/** A background-free browser sign-in of Ada that succeeded with one factor, in Graph's beta form. */
function row(changes: object = {}) {
  made += 1;
  return {
    id: `row-${made}`,
    createdDateTime: '2026-11-10T09:00:00Z',
    userId: 'ada',
    appId: EXCHANGE,
    appDisplayName: 'Office 365 Exchange Online',
    resourceId: EXCHANGE,
    clientAppUsed: BROWSER,
    isInteractive: true,
    signInEventTypes: ['interactiveUser'],
    authenticationProtocol: 'oAuth2',
    authenticationRequirement: 'singleFactorAuthentication',
    status: { errorCode: 0 },
    ipAddress: '192.0.2.44',
    location: { countryOrRegion: 'US' },
    deviceDetail: { deviceId: '', operatingSystem: 'Windows10' },
    riskLevelDuringSignIn: 'none',
    homeTenantId: TENANT_ID,
    resourceTenantId: TENANT_ID,
    ...changes,
  };
}

const COMPLETE = {
  version: 1,
  takenAt: '2026-11-22T08:00:00Z',
  tenantId: TENANT_ID,
  ...TENANT,
  registration: [
    { id: 'ada', isMfaCapable: true, isMfaRegistered: true },
    { id: 'bo', isMfaCapable: false, isMfaRegistered: false },
  ],
  policies: [] as object[] | null,
  securityDefaults: { isEnabled: false },
  perUserMfa: [] as object[],
  mailboxes: [{ id: 'ed', userPurpose: 'shared' }],
};

type Asked = { signIns: object[] | null; draft?: PolicyParts; parts?: object; question?: Partial<ReplayQuestion> };

function replay({ signIns, draft = {}, parts = {}, question = {} }: Asked) {
  const snapshot = parseSnapshot(JSON.stringify({ ...COMPLETE, signIns, ...parts }));
  const draftText = JSON.stringify(policy({ id: 'draft', displayName: 'Draft', state: 'disabled', ...draft }));
  return replayOf(snapshot, { days: 30, draftText, ...question });
}

function person(asked: Asked, userId = 'ada'): ReplayPerson {
  const found = replay(asked).people.find((one) => one.userId === userId);
  if (found === undefined) throw new Error(`${userId} is not among the people seen`);
  return found;
}

const outcome = (changes: object, more: Omit<Asked, 'signIns'> = {}) =>
  person({ signIns: [row(changes)], ...more }, 'userId' in changes ? String(changes.userId) : 'ada').outcome;

describe('what a sign-in would have come to', () => {
  it.each<[claim: string, changes: object, expected: string]>([
    ['a browser of somebody registered', {}, 'promptedCanAnswer'],
    ['a browser of somebody not registered', { userId: 'bo' }, 'promptedNotRegistered'],
    ['somebody whose registration was not read', { userId: 'cy' }, 'unknown'],
    ['IMAP', { clientAppUsed: 'IMAP4', authenticationProtocol: 'none' }, 'wouldFail'],
    ['ActiveSync', { clientAppUsed: 'Exchange ActiveSync', authenticationProtocol: 'none' }, 'wouldFail'],
    [
      'a protocol nobody has listed yet',
      { clientAppUsed: 'Carrier Pigeon', authenticationProtocol: 'none' },
      'wouldFail',
    ],
    [
      'ROPC, which calls itself a modern client',
      { clientAppUsed: DESKTOP, authenticationProtocol: 'ropc' },
      'wouldFail',
    ],
    [
      'a device that refreshes a token once had by code',
      { authenticationProtocol: 'deviceCode', isInteractive: false, signInEventTypes: ['nonInteractiveUser'] },
      'wouldFail',
    ],
    ['somebody who enters a device code', { authenticationProtocol: 'deviceCode' }, 'promptedCanAnswer'],
    [
      'a token refreshed in the background',
      { clientAppUsed: DESKTOP, isInteractive: false, signInEventTypes: ['nonInteractiveUser'] },
      'promptedCanAnswer',
    ],
    ['satisfied by MFA', { authenticationRequirement: 'multiFactorAuthentication' }, 'unchanged'],
    [
      'satisfied by a claim in the token',
      {
        authenticationDetails: [
          { succeeded: true, authenticationStepResultDetail: 'MFA requirement satisfied by claim in the token' },
        ],
      },
      'unchanged',
    ],
    [
      'a security key, which is two factors by itself',
      { authenticationDetails: [{ succeeded: true, authenticationMethod: 'FIDO2 security key' }] },
      'unchanged',
    ],
    [
      'a security key that failed before the password was taken',
      { authenticationDetails: [{ succeeded: false, authenticationMethod: 'FIDO2 security key' }] },
      'promptedCanAnswer',
    ],
    ['somebody nobody read', { userId: 'stranger' }, 'unknown'],
  ])('%s: %s', (_claim, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });

  it('is nothing new where the live policies, per-user MFA or Security Defaults ask already', () => {
    const bare = { authenticationRequirement: undefined };
    expect(outcome({}, { parts: { policies: [policy({ id: 'live' })] } })).toBe('unchanged');
    expect(outcome({}, { parts: { perUserMfa: [{ id: 'ada', perUserMfaState: 'enabled' }] } })).toBe('unchanged');
    expect(outcome(bare, { parts: { perUserMfa: [{ id: 'ada', perUserMfaState: 'enforced' }] } })).toBe('unchanged');
    const imap = { clientAppUsed: 'IMAP4' };
    expect(outcome(imap, { parts: { perUserMfa: [{ id: 'ada', perUserMfaState: 'enforced' }] } })).toBe('wouldFail');
    expect(outcome(imap, { parts: { securityDefaults: { isEnabled: true } } })).toBe('unchanged');
  });

  it('takes a live policy that asks for MFA or a device as one that asks only whoever can show no device', () => {
    const live = policy({ id: 'or', grantControls: { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] } });
    const parts = { policies: [live] };
    expect(outcome({}, { parts })).toBe('promptedCanAnswer');
    expect(outcome({ authenticationRequirement: undefined }, { parts })).toBe('unknown');
    expect(outcome({ clientAppUsed: 'IMAP4' }, { parts })).toBe('unchanged');
    expect(outcome({ authenticationProtocol: 'deviceCode' }, { parts })).toBe('unchanged');
  });

  it('does not blame a draft that blocks older clients for what Security Defaults block already', () => {
    const blocking = { conditions: { clientAppTypes: ['other'] }, grantControls: BLOCK };
    const imap = { clientAppUsed: 'IMAP4' };
    expect(outcome(imap, { draft: blocking })).toBe('wouldFail');
    expect(outcome(imap, { draft: blocking, parts: { securityDefaults: { isEnabled: true } } })).toBe('unchanged');
  });

  it('takes no live report-only policy for one that asks', () => {
    const live = policy({ id: 'live', state: 'enabledForReportingButNotEnforced' });
    expect(outcome({}, { parts: { policies: [live] } })).toBe('promptedCanAnswer');
  });

  it('follows the draft: whom it excludes, what it is for, whom it blocks', () => {
    const excluding = { users: { includeUsers: ['All'], excludeGroups: ['exceptions'] } };
    expect(outcome({}, { draft: excluding })).toBe('unchanged');
    expect(outcome({ userId: 'bo' }, { draft: excluding })).toBe('promptedNotRegistered');
    expect(outcome({}, { draft: { applications: { includeApplications: [PAYROLL] } } })).toBe('unchanged');
    const mfaDone = { authenticationRequirement: 'multiFactorAuthentication' };
    expect(outcome(mfaDone, { draft: { grantControls: BLOCK } })).toBe('wouldFail');
    const modern = { conditions: { clientAppTypes: ['browser'] } };
    expect(outcome({ clientAppUsed: 'IMAP4' }, { draft: modern })).toBe('unchanged');
  });

  it('takes the client and the resource it reached for as what a policy may mean, and says unknown where they differ', () => {
    const toExchange = { applications: { includeApplications: [EXCHANGE] } };
    expect(outcome({ appId: PAYROLL, resourceId: EXCHANGE }, { draft: toExchange })).toBe('unknown');
    expect(outcome({ appId: PAYROLL, resourceId: PAYROLL }, { draft: toExchange })).toBe('unchanged');
  });

  it('judges places by the named locations of today and the address of then', () => {
    const outside = { conditions: { locations: { includeLocations: ['All'], excludeLocations: [OFFICE] } } };
    expect(outcome({ ipAddress: '203.0.113.77' }, { draft: outside })).toBe('unchanged');
    expect(outcome({ ipAddress: '8.8.4.4' }, { draft: outside })).toBe('promptedCanAnswer');
    expect(outcome({ ipAddress: null }, { draft: outside })).toBe('unknown');
    const trusted = { conditions: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } } };
    const network = [{ networkType: 'trustedNamedLocation', networkNames: ['Office'] }];
    expect(outcome({ ipAddress: null, networkLocationDetails: network }, { draft: trusted })).toBe('unchanged');
  });

  it.each<[condition: string, conditions: JsonObject, told: object | null, untold: object]>([
    [
      'platform',
      { platforms: { includePlatforms: ['macOS'] } },
      { deviceDetail: { operatingSystem: 'MacOs' } },
      { deviceDetail: { operatingSystem: '' } },
    ],
    ['risk', { signInRiskLevels: ['high'] }, { riskLevelDuringSignIn: 'high' }, { riskLevelDuringSignIn: 'hidden' }],
    [
      'flow',
      { authenticationFlows: { transferMethods: 'deviceCodeFlow' } },
      { authenticationProtocol: 'deviceCode' },
      { authenticationProtocol: undefined },
    ],
    ['client', { clientAppTypes: ['browser'] }, { clientAppUsed: BROWSER }, { clientAppUsed: '' }],
    [
      'device',
      { devices: { deviceFilter: { mode: 'exclude', rule: 'device.trustType -eq "ServerAD"' } } },
      { deviceDetail: { deviceId: 'd1', trustType: 'Azure AD joined' } },
      { deviceDetail: null },
    ],
    ['user risk, which no sign-in records', { userRiskLevels: ['high'] }, null, {}],
  ])('keeps unknown what the log does not tell: %s', (_condition, conditions, told, untold) => {
    if (told !== null) expect(outcome(told, { draft: { conditions } })).toBe('promptedCanAnswer');
    expect(outcome(untold, { draft: { conditions } })).toBe('unknown');
  });

  it('does not take a device, a strength or somebody else’s service as met', () => {
    const asking = (grantControls: object) =>
      outcome({ authenticationRequirement: 'multiFactorAuthentication' }, { draft: { grantControls } });
    expect(asking({ operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] })).toBe('unknown');
    expect(asking({ operator: 'OR', authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } })).toBe(
      'unknown',
    );
    expect(asking({ operator: 'OR', authenticationStrength: { id: '00000000-0000-0000-0000-000000000002' } })).toBe(
      'unchanged',
    );
    expect(asking({ operator: 'OR', builtInControls: [], customAuthenticationFactors: ['DuoMfa'] })).toBe('unknown');
  });

  it('never says that nothing changes where the live policies were not read and the log does not tell', () => {
    const parts = { policies: null };
    expect(outcome({ authenticationRequirement: undefined }, { parts })).toBe('unknown');
    expect(outcome({}, { parts })).toBe('promptedCanAnswer');
    expect(outcome({ clientAppUsed: 'IMAP4' }, { parts })).toBe('wouldFail');
  });
});

describe('what is no use of the account', () => {
  const ropc = { clientAppUsed: DESKTOP, authenticationProtocol: 'ropc' };

  it('is a stranger’s failed attempt: a password spray by IMAP makes no IMAP user', () => {
    const spray = [50126, 50053, 50034, 53003, 50076].map((errorCode) =>
      row({ clientAppUsed: 'IMAP4', status: { errorCode } }),
    );
    const answer = replay({ signIns: [...spray, row()] });
    expect(answer.people).toMatchObject([{ userId: 'ada', outcome: 'promptedCanAnswer', signIns: 1 }]);
    expect(answer.counts.leftOut.failed).toBe(spray.length);
    expect(replay({ signIns: spray }).notSeen).toContain('ada');
  });

  it('is a service principal, and what one of ours does in a partner’s tenant', () => {
    const answer = replay({
      signIns: [
        row({ userId: '', servicePrincipalId: 'sp1', ...ropc }),
        row({ userId: null, ...ropc }),
        row({ userId: '00000000-0000-0000-0000-000000000000', ...ropc }),
        row({ signInEventTypes: ['servicePrincipal'], ...ropc }),
        row({ resourceTenantId: '99999999-2222-4333-8444-555555555555', ...ropc }),
      ],
    });
    expect(answer.people).toEqual([]);
    expect(answer.counts.leftOut).toMatchObject({ notAPerson: 4, elsewhere: 1 });
  });

  it('is what policies that only report wrote into the log', () => {
    const reported = (result: string) =>
      row({ appliedConditionalAccessPolicies: [{ id: 'p', result }], conditionalAccessStatus: 'success' });
    for (const result of ['reportOnlySuccess', 'reportOnlyFailure', 'reportOnlyInterrupted', 'reportOnlyNotApplied']) {
      expect(person({ signIns: [reported(result)] }).outcome).toBe('promptedCanAnswer');
    }
  });

  it('is a row outside the window or read twice; the window is told', () => {
    const rows = ['2026-11-22T08:00:00.5Z', '2026-11-15T08:00:00Z', '2026-11-15T07:59:59Z', '2026-11-22T08:00:01Z'];
    const signIns = rows.map((createdDateTime) => row({ createdDateTime }));
    const answer = replay({ signIns: [...signIns, signIns[0] ?? {}], question: { days: 7 } });
    expect(answer.counts.leftOut).toMatchObject({ outsideWindow: 2, repeated: 1 });
    expect(answer.window).toEqual({
      days: 7,
      from: '2026-11-15T08:00:00.000Z',
      to: '2026-11-22T08:00:00.000Z',
      firstSeen: '2026-11-15T08:00:00Z',
      lastSeen: '2026-11-22T08:00:00.5Z',
    });
  });

  it('is a sign-in of an account that is blocked today', () => {
    const users = TENANT.users.map((user) => (user.id === 'ada' ? { ...user, accountEnabled: false } : user));
    expect(person({ signIns: [row(ropc)], parts: { users } })).toMatchObject({ outcome: 'unchanged' });
  });
});

describe('a replay', () => {
  const log = [
    row({ createdDateTime: '2026-11-12T09:00:00Z' }),
    row({ clientAppUsed: 'IMAP4', createdDateTime: '2026-11-11T09:00:00Z' }),
    row({ clientAppUsed: 'IMAP4', createdDateTime: '2026-11-09T09:00:00Z' }),
    row({ userId: 'ed', clientAppUsed: 'Authenticated SMTP', authenticationProtocol: 'none' }),
    row({ userId: 'BO' }),
  ];

  it('tells of each person the worst, with counts, applications, first and last seen', () => {
    const answer = replay({ signIns: log });
    expect(answer.people.map(({ userId, outcome: worst }) => [userId, worst])).toEqual([
      ['ada', 'wouldFail'],
      ['ed', 'wouldFail'],
      ['bo', 'promptedNotRegistered'],
    ]);
    expect(answer.people[0]).toMatchObject({
      signIns: 3,
      counts: { wouldFail: 2, promptedCanAnswer: 1 },
      firstSeen: '2026-11-09T09:00:00Z',
      lastSeen: '2026-11-12T09:00:00Z',
      apps: [
        { client: 'IMAP4', outcome: 'wouldFail', count: 2, lastSeen: '2026-11-11T09:00:00Z', appId: EXCHANGE },
        { client: BROWSER, outcome: 'promptedCanAnswer', count: 1 },
      ],
    });
    expect(answer.counts).toMatchObject({
      people: { wouldFail: 2, promptedNotRegistered: 1, promptedCanAnswer: 0, unchanged: 0, unknown: 0 },
      signIns: { wouldFail: 3, promptedNotRegistered: 1, promptedCanAnswer: 1 },
      notSeen: TENANT.users.length - 3,
    });
  });

  it('says so in one sentence without a name, the same whatever the order of the log', () => {
    const answer = replay({ signIns: log });
    expect(answer.sentence).toBe(
      'Had this draft been enforced since 9 November 2026, 2 people would have been blocked 3 times, among them a shared mailbox that a scanner or program sends mail from; 1 person would have been asked for MFA and cannot answer yet; 7 accounts were not seen signing in.',
    );
    expect(answer.sentences.de).toBe(
      'Wäre dieser Entwurf seit dem 9. November 2026 erzwungen: 2 Personen wären 3-mal ausgesperrt worden, darunter ein gemeinsames Postfach (ein Scanner oder Programm versendet darüber Mails); 1 Person wäre nach MFA gefragt worden und kann noch nicht antworten; 7 Konten haben sich in dieser Zeit nicht angemeldet.',
    );
    expect(JSON.stringify(replay({ signIns: [...log].reverse() }))).toBe(JSON.stringify(answer));
  });

  it('knows nothing of anybody where the log was not read', () => {
    const answer = replay({ signIns: null });
    expect(answer).toMatchObject({
      log: 'notRead',
      counts: { people: { unknown: TENANT.users.length, unchanged: 0 } },
    });
    expect(answer.sentence).toBe('The sign-in log was not read, so that nothing can be said about the past.');
  });

  it('takes the managed draft where no other is given, and everybody in its last phase', () => {
    const employees = [{ employeeId: '1', workEmail: 'ada@contoso.example', status: 'active', displayName: 'Ada' }];
    const parts = { hr: { source: 'csv', employees } };
    const ask = (question: Partial<ReplayQuestion>) =>
      replay({ signIns: log, parts, question: { ...question, draftText: undefined } });
    const outcomes = (question: Partial<ReplayQuestion>) =>
      Object.fromEntries(ask(question).people.map(({ userId, outcome: worst }) => [userId, worst]));
    expect(outcomes({})).toEqual({ ada: 'wouldFail', bo: 'unchanged', ed: 'unchanged' });
    expect(outcomes({ everyone: true })).toEqual({ ada: 'wouldFail', bo: 'promptedNotRegistered', ed: 'wouldFail' });
  });
});
