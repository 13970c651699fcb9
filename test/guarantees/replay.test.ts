/**
 * The time machine held against the sandbox. Its evaluator, which was written apart from the product's, decides each
 * recorded sign-in of a generated world twice: under the policies of today, and with the draft enforced. What the
 * product says of that sign-in from the log and the readings alone has to be the same.
 */
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/lib/canonical-json.ts';
import type { ReplayOutcome } from '../../src/rollout/policy/replay/replay-judgement.core.ts';
import { replayOf } from '../../src/rollout/snapshots/replay-answer.ts';
import type { Snapshot } from '../../src/rollout/snapshots/snapshot-file.ts';
import { signInOutcome } from '../../src/sandbox/evaluator/outcome.ts';
import type { Circumstances } from '../../src/sandbox/evaluator/sign-in.ts';
import { isObject, objectAt, textAt } from '../../src/sandbox/evaluator/wire.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import type { GraphObject, Tenant } from '../../src/sandbox/world/world.ts';
import { seededRandom } from '../support/random-ca-cases.ts';
import { worldSnapshot } from '../support/world-snapshot.ts';

const WORLDS = [
  ['reference', 21],
  ['securityDefaults', 22],
  ['oldPolicies', 23],
  ['oldPolicies', 24],
] as const;

const DIFFERENCES_SHOWN = 5;

const MFA = { operator: 'OR', builtInControls: ['mfa'] };
const ALL = {
  users: { includeUsers: ['All'] },
  applications: { includeApplications: ['All'] },
  clientAppTypes: ['all'],
};
const EXCHANGE = '00000002-0000-0ff1-ce00-000000000000';
const GLOBAL_ADMIN = '62e90394-69f5-4237-9190-012177145e10';

/** Drafts whose effect differs by person, client, application, place, platform, flow and risk. */
function draftsFor(tenant: Tenant): Record<string, GraphObject & { id: string }> {
  const group = tenant.groups.find(({ members }) => members.length > 3)?.group.id ?? 'none';
  const of = (conditions: object, grantControls: object = MFA) => ({
    id: 'd0000000-0000-4000-8000-00000000d0d0',
    displayName: 'Draft',
    state: 'enabled',
    conditions: { ...ALL, ...conditions },
    grantControls,
    sessionControls: null,
  });
  return {
    everybody: of({}),
    group: of({ users: { includeGroups: [group] } }),
    allButGroup: of({ users: { includeUsers: ['All'], excludeGroups: [group] } }),
    admins: of({ users: { includeRoles: [GLOBAL_ADMIN] } }),
    guests: of({ users: { includeUsers: ['GuestsOrExternalUsers'] } }),
    exchange: of({ applications: { includeApplications: [EXCHANGE] } }),
    allButExchange: of({ applications: { includeApplications: ['All'], excludeApplications: [EXCHANGE] } }),
    modern: of({ clientAppTypes: ['browser', 'mobileAppsAndDesktopClients'] }),
    blockOlder: of({ clientAppTypes: ['exchangeActiveSync', 'other'] }, { operator: 'OR', builtInControls: ['block'] }),
    blockCodes: of(
      { authenticationFlows: { transferMethods: 'deviceCodeFlow' } },
      { operator: 'OR', builtInControls: ['block'] },
    ),
    outside: of({ locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }),
    windows: of({ platforms: { includePlatforms: ['windows'] } }),
    risky: of({ signInRiskLevels: ['medium', 'high'] }),
  };
}

const PLATFORMS: readonly (readonly [name: string, platform: Circumstances['platform']])[] = [
  ['Windows10', 'windows'],
  ['MacOs', 'macOS'],
  ['Ios 18.1', 'iOS'],
  ['Android', 'android'],
];
const RISKS = ['none', 'low', 'medium', 'high'] as const;

/** The world's own log with more variety in it: platforms, risks, device codes, and attempts of strangers. */
function variedLog(tenant: Tenant, seed: number): Tenant['signIns'] {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  return tenant.signIns.flatMap((row, index): Tenant['signIns'] => {
    // Let in with one factor where a company device stands in for MFA: such a device it was.
    const device = { deviceId: `device-${index}`, isCompliant: true, trustType: 'Hybrid Azure AD joined' };
    const deviceDetail = { ...objectAt(row, 'deviceDetail'), ...device, operatingSystem: pick(PLATFORMS)[0] };
    const isModern = textAt(row, 'authenticationProtocol') === 'oAuth2' && row.isInteractive === true;
    const protocol = isModern && random() < 0.1 ? { authenticationProtocol: 'deviceCode' } : {};
    const varied = {
      ...{ ...row, deviceDetail, ...protocol, riskLevelDuringSignIn: pick(RISKS), resourceId: row.appId },
      originalTransferMethod: 'authenticationProtocol' in protocol ? 'deviceCodeFlow' : 'none',
    };
    const spray = { ...varied, id: `spray-${index}`, clientAppUsed: 'IMAP4', status: { errorCode: 50126 } };
    return random() < 0.1 ? [varied, spray] : [varied];
  });
}

const CLIENTS = new Map<string, Circumstances['clientApp']>([
  ['Browser', 'browser'],
  ['Mobile Apps and Desktop clients', 'mobileAppsAndDesktopClients'],
  ['Exchange ActiveSync', 'exchangeActiveSync'],
]);

/** The row as the sandbox's evaluator takes a sign-in; translated here and nowhere else. */
function circumstancesOf(row: GraphObject): Circumstances {
  const system = textAt(objectAt(row, 'deviceDetail'), 'operatingSystem');
  const protocol = textAt(row, 'authenticationProtocol');
  return {
    target: { kind: 'application', appIds: [textAt(row, 'appId') ?? ''] },
    clientApp: CLIENTS.get(textAt(row, 'clientAppUsed') ?? '') ?? 'other',
    platform: PLATFORMS.find(([name]) => name === system)?.[1],
    ipAddress: textAt(row, 'ipAddress'),
    country: textAt(objectAt(row, 'location'), 'countryOrRegion'),
    transferMethod: protocol === 'deviceCode' ? 'deviceCodeFlow' : 'none',
    signInRisk: RISKS.find((risk) => risk === row.riskLevelDuringSignIn),
    isRopc: protocol === 'ropc',
    device: { isCompliant: true, trustType: 'ServerAD' },
  };
}

/**
 * Demands of today that the log refutes, for the row was let in with one factor: an app password, which the sandbox
 * does not know, and Security Defaults before their time to register has run out.
 */
const REFUTED = ['perUserMfa: app password needed', 'securityDefaults: registration', 'securityDefaults: mfa'];

/** What the sandbox says becomes of each sign-in under a draft; null for what is no use of the account. */
function createSandboxJudge(tenant: Tenant): (draft: GraphObject & { id: string }) => (ReplayOutcome | null)[] {
  const rows = tenant.signIns.map((row) => {
    const visitor = { userId: textAt(row, 'userId') ?? '' };
    const signIn = circumstancesOf(row);
    return { row, visitor, signIn, today: signInOutcome(tenant, visitor, signIn) };
  });
  return (draft) => {
    const drafted = withDraft(tenant, draft);
    return rows.map(({ row, visitor, signIn, today }) => {
      if (objectAt(row, 'status').errorCode !== 0) return null;
      const isFree = today.because.every((because) => REFUTED.includes(because));
      const then = signInOutcome(drafted, visitor, signIn).result;
      const isKept = !isFree && (today.result === 'blocked' || today.result === then);
      if (then === 'allowedWithoutMfa' || isKept) return 'unchanged';
      if (then === 'blocked') return 'wouldFail';
      return row.authenticationRequirement === 'multiFactorAuthentication' ? 'unchanged' : then;
    });
  };
}

function withDraft(tenant: Tenant, draft: GraphObject & { id: string }): Tenant {
  return {
    ...tenant,
    securityDefaults: { ...tenant.securityDefaults, isEnabled: false },
    conditionalAccessPolicies: [...tenant.conditionalAccessPolicies, draft],
  };
}

/** Registered by the report as it will be; passes and late reports are another test's matter. */
function settled(tenant: Tenant): Tenant {
  const isPass = (method: unknown) => isObject(method) && String(method['@odata.type']).includes('temporaryAccessPass');
  return {
    ...tenant,
    registrationReportLag: {},
    authenticationMethods: Object.fromEntries(
      Object.entries(tenant.authenticationMethods).map(([id, methods]) => [id, methods.filter((one) => !isPass(one))]),
    ),
  };
}

type Pair = readonly [userId: string, outcome: ReplayOutcome];

function byPerson(pairs: readonly Pair[]): Map<string, string> {
  const counts = new Map<string, Record<string, number>>();
  for (const [userId, outcome] of pairs) {
    const person = counts.get(userId) ?? {};
    person[outcome] = (person[outcome] ?? 0) + 1;
    counts.set(userId, person);
  }
  return new Map([...counts].map(([userId, person]) => [userId, canonicalJson(person)]));
}

describe.each(WORLDS)('the time machine in the world %s, seed %i', (name, seed) => {
  const generated = generateWorld({ name, seed, size: 100 });
  const [customer] = generated.truth.customers;
  const [first] = generated.world.tenants;
  if (customer === undefined || first === undefined) throw new Error('a world has a customer');
  const tenant = { ...settled(first), signIns: variedLog(first, seed) };
  const snapshot: Snapshot = worldSnapshot({ ...generated.world, tenants: [tenant] }, customer);

  // Whether a draft for a role reaches somebody who may activate it is open, and told as unknown.
  const eligible = new Set(tenant.roleEligibilities.map(({ principalId }) => principalId));

  const drafts = draftsFor(tenant);
  const judge = createSandboxJudge(tenant);
  const decisions = new Map(Object.entries(drafts).map(([draftName, draft]) => [draftName, judge(draft)]));

  it.each(Object.entries(drafts))('says of the draft "%s" what the sandbox decides', (draftName, draft) => {
    const answer = replayOf(snapshot, { days: 30, draftText: JSON.stringify(draft) });
    const isCompared = (userId: string) => draftName !== 'admins' || !eligible.has(userId);
    const decided = (decisions.get(draftName) ?? []).flatMap((outcome, index): Pair[] => {
      const userId = tenant.signIns[index]?.userId;
      return outcome === null || userId === undefined ? [] : [[userId, outcome]];
    });
    const said = answer.people.flatMap(({ userId, apps }) =>
      apps.flatMap(({ outcome, count }) => Array.from({ length: count }, (): Pair => [userId, outcome])),
    );
    expect(said.length).toBe(decided.length);
    const [ours, theirs] = [byPerson(said), byPerson(decided)];
    const differing = [...theirs].filter(([userId, counts]) => isCompared(userId) && ours.get(userId) !== counts);
    const shown = differing.map(([userId, counts]) => `${userId}: sandbox ${counts}, product ${ours.get(userId)}`);
    expect(shown.slice(0, DIFFERENCES_SHOWN)).toEqual([]);
  });

  it('compares every outcome that a world can show', () => {
    const seen = new Set([...decisions.values()].flat());
    const all = [null, 'unchanged', 'promptedCanAnswer', 'promptedNotRegistered', 'wouldFail'] as const;
    expect(
      all.filter((outcome) => !seen.has(outcome) && !(name === 'securityDefaults' && outcome === 'wouldFail')),
    ).toEqual([]);
  });
});
