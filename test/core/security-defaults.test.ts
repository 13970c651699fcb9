import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { createMailText } from '../../src/rollout/outreach/mail-text.ts';
import { createOrderGate } from '../../src/rollout/phases/own-gates.ts';
import {
  decide,
  demandedOn,
  isWaiting,
  mayEnforce,
  openBefore,
  type PhaseEvent,
  standingWords,
  WAITS_FOR_SWITCH,
} from '../../src/rollout/phases/phase-life.core.ts';
import type { GateContext } from '../../src/rollout/phases/phase-ports.ts';
import type { Gate, Phase, PhasePerson, PhaseState, Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import { bindProcedure, followed, suggestPhases } from '../../src/rollout/phases/procedure.core.ts';
import { parseProcedureFile } from '../../src/rollout/phases/procedure-file.ts';
import { compileBoth, effectOf } from '../../src/rollout/policy/draft/draft-effect.core.ts';
import { compileTenant } from '../../src/rollout/policy/evaluator/tenant.core.ts';
import type { GraphObject } from '../../src/rollout/policy/graph-json.core.ts';
import { REPORT_ONLY } from '../../src/rollout/policy/managed-policies.core.ts';
import {
  microsoftPolicies,
  movesFor,
  nextOf,
  parityGaps,
  type SwitchSight,
  saysTheSame,
  stagedOf,
} from '../../src/rollout/policy/security-defaults/security-defaults.core.ts';

const NOW = '2027-01-11T09:00:00.000Z';
const words = { en: 'because', de: 'weil' };
const gate = (code: string): Gate => ({ code, rule: null, message: words, clear: words, accountIds: [] });
const phase = (name: string, state: PhaseState, more: Partial<Phase> = {}): Phase => ({
  ...{ name, ordinal: 0, everyoneElse: name === 'Everyone else', state, since: '2027-01-01T00:00:00.000Z' },
  ...{ resumes: null, enforceOn: '2027-01-12', announcedAt: NOW, windowFrom: NOW, enforcedAt: null, gates: [] },
  revision: 1,
  ...more,
});
const became = (one: Phase, event: PhaseEvent): Phase => {
  const decided = decide(one, event, NOW);
  return decided.changed ? decided.phase : one;
};
const CUSTOMER = { id: 'c', name: 'Contoso', settings: { timeZone: 'Europe/Berlin' } } as unknown as Customer;
const READER = {
  ...{ accountId: 'a', displayName: 'Ada Example', firstName: 'Ada', enrolment: 'not', methods: [] },
  ...{ enrolmentWhy: 'none', accountStatus: 'enabled' },
} as unknown as PhasePerson;

const WAITS: PhaseEvent = { kind: 'judged', gates: [gate(WAITS_FOR_SWITCH)] };

describe('a phase under Security Defaults', () => {
  it('comes to ready by its window and gates, waits there, and cannot be approved by itself', () => {
    const ready = became(phase('Sales', 'observing'), WAITS);
    expect([ready.state, isWaiting(ready), mayEnforce(ready.gates)]).toEqual(['ready', true, false]);
    expect(standingWords(ready).en).toBe('ready, waiting for the last step');
    expect(decide(ready, { kind: 'approved' }, NOW)).toMatchObject({
      changed: false,
      why: { en: expect.stringContaining('waiting for the last step') as string },
    });
  });

  it('names the day of the last phase in its mails while they are on, its own day else, and the true one after it', async () => {
    const own = phase('Sales', 'announced', { enforceOn: '2027-01-12' });
    const last = phase('Everyone else', 'planned', { enforceOn: '2027-02-02' });
    const done = { ...own, state: 'enforced' as const, enforcedAt: '2027-02-03T23:30:00.000Z' };
    const text = (sdSwitch: string) =>
      `version: 1\nname: Days\nsdSwitch: ${sdSwitch}\nphases:\n  - {name: Everyone else, people: null, enforceAfterDays: 1}\n`;
    const rolloutWith = (sdSwitch: string): Rollout => ({
      ...{ id: 'r', startsOn: '2027-01-01', deadline: '2027-03-01', state: 'running', phases: [own, last] },
      procedure: parseProcedureFile(text(sdSwitch), 'p'),
    });
    const day = (one: Phase, areDefaultsOn: boolean, sdSwitch = 'last') =>
      demandedOn(rolloutWith(sdSwitch), one, { areDefaultsOn, timeZone: 'Europe/Berlin' });
    expect([day(own, true), day(own, false), day(own, true, 'first')]).toEqual([
      ...['2027-02-02', '2027-01-12', '2027-01-12'],
    ]);
    expect([day(last, true), day(done, false)]).toEqual(['2027-02-02', '2027-02-04']);

    const render = (areDefaultsOn: boolean) =>
      createMailText({
        templates: { of: () => Promise.resolve({}) },
        guide: { edits: () => Promise.resolve({ helpdesk: { name: 'Helpdesk', mail: 'help@contoso.example' } }) },
        publicUrl: 'https://rollout.contoso.example',
        areDefaultsOn: () => Promise.resolve(areDefaultsOn),
      })({
        ...{ customer: CUSTOMER, rollout: rolloutWith('last'), phase: own, kind: 'announcement', language: 'en' },
        ...{ reader: READER, manager: null, about: [] },
      });
    expect((await render(true)).subject).toContain('2 February 2027');
    expect((await render(false)).subject).toContain('12 January 2027');
  });

  it('loses an approval of its own when Security Defaults come on', () => {
    expect(became(phase('Sales', 'approved'), WAITS).state).toBe('ready');
  });

  it('is enforced with everybody, and goes on observing when that is taken back', () => {
    const enforced = became(phase('Sales', 'ready', { gates: [gate(WAITS_FOR_SWITCH)] }), { kind: 'enforcedWithAll' });
    expect(enforced).toMatchObject({ state: 'enforced', enforcedAt: NOW, gates: [] });
    expect(became(enforced, { kind: 'returned' })).toMatchObject({
      state: 'observing',
      enforcedAt: null,
      windowFrom: NOW,
    });
  });

  it('stays enforced and says why when it cannot be taken out', () => {
    const kept = became(phase('Everyone else', 'rolledBack'), { kind: 'kept', gate: gate('x') });
    expect([kept.state, kept.gates.map(({ code }) => code)]).toEqual(['enforced', ['x']]);
  });

  it('is never enforced before the switch, whatever happens to it', () => {
    const events: PhaseEvent[] = [
      ...[{ kind: 'announce' } as const, { kind: 'observe' } as const, { kind: 'approved' } as const, WAITS],
      ...[{ kind: 'hold' } as const, { kind: 'resume' } as const, { kind: 'rollBack', why: words } as const],
      { kind: 'judged', gates: [gate('open_findings'), gate(WAITS_FOR_SWITCH)] },
      { kind: 'refused', gate: gate('x') },
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (happened) => {
        let now = phase('Sales', 'planned', { windowFrom: null });
        for (const event of happened) {
          now = became(now, event);
          // A tick judges before anybody can approve: the gate of Security Defaults stands as long as they are on.
          if (now.state === 'ready') now = became(now, WAITS);
          expect(['approved', 'enforced']).not.toContain(now.state);
        }
      }),
    );
  });
});

describe('the last phase', () => {
  const gatesOf = async (phases: Phase[], isOn: boolean, of = 'Everyone else') => {
    const context = { rollout: { phases }, phase: phases.find(({ name }) => name === of) } as unknown as GateContext;
    return createOrderGate(() => Promise.resolve(isOn))(context);
  };
  const last = phase('Everyone else', 'observing');

  it.each<[PhaseState, boolean, string[]]>([
    ['ready', true, []],
    ['ready', false, ['phases_before']],
    ['enforced', false, []],
    ['held', true, ['phases_before']],
    ['rolledBack', true, ['phases_before']],
    ['blocked', true, ['phases_before']],
    ['observing', true, ['phases_before']],
  ])('with a phase that is %s and Security Defaults on: %s has the gates %j', async (state, isOn, codes) => {
    const found = await gatesOf([phase('Sales', state), last], isOn);
    expect(found.map(({ code }) => code)).toEqual(codes);
    if (codes.length > 0) expect(found[0]?.message.en).toContain('Sales (');
    expect(openBefore([phase('Sales', state), last], isOn).map(({ name }) => name)).toEqual(
      codes.length === 0 ? [] : ['Sales'],
    );
  });

  it('lets the others wait only while Security Defaults are on', async () => {
    const phases = [phase('Sales', 'observing'), last];
    expect((await gatesOf(phases, true, 'Sales')).map(({ code }) => code)).toEqual([WAITS_FOR_SWITCH]);
    expect(await gatesOf(phases, false, 'Sales')).toEqual([]);
  });
});

const FILE = `
version: 1
name: In one step
sdSwitch: first
phases:
  - { name: IT, people: { departments: [IT] }, enforceAfterDays: 5 }
  - { name: Everybody, people: null, enforceAfterDays: 10 }
`;

describe('sdSwitch: first', () => {
  const procedure = parseProcedureFile(FILE, 'p.yaml');
  const people = [{ accountId: 'ada', department: 'Sales', jobTitle: null, userPrincipalName: 'ada@contoso.example' }];
  const days = { startsOn: '2027-01-04', deadline: '2027-02-28', today: '2027-01-04' };

  it('has one phase for everybody, on the day of the first', () => {
    const { phases, mistakes } = bindProcedure(procedure, people, { ...days, securityDefaultsOn: true });
    expect(mistakes).toEqual([]);
    expect(phases).toEqual([{ name: 'Everybody', everyoneElse: true, enforceOn: '2027-01-11' }]);
    expect(suggestPhases(people, 'first').map((one) => one.people)).toEqual([null]);
  });

  it('leaves the phases as they are where Security Defaults are known to be off, and means nothing for "last"', () => {
    expect(followed(procedure, false).phases).toHaveLength(2);
    expect(followed(procedure, null).phases).toHaveLength(1);
    expect(followed({ ...procedure, sdSwitch: 'last' }, true).phases).toHaveLength(2);
  });
});

const policy = (id: string, state: string, name = id): GraphObject => ({ id, state, displayName: name });

describe('the way back', () => {
  const own = new Set(['enforce', 'observe']);

  it('moves ours and Microsoft’s first, then what only reports, and never an enabled policy of somebody else', () => {
    const managed = policy('m', 'enabled', 'Microsoft-managed: MFA');
    const all = [policy('enforce', 'enabled'), policy('observe', REPORT_ONLY), managed, policy('theirs', REPORT_ONLY)];
    expect(movesFor(all, own)?.map(({ id, to }) => [id, to])).toEqual([
      ['enforce', REPORT_ONLY],
      ['m', REPORT_ONLY],
    ]);
    const quiet = all.map((one) => ({ ...one, state: REPORT_ONLY }));
    expect(movesFor(quiet, own)?.every(({ to }) => to === 'disabled')).toBe(true);
    expect(movesFor([...all, policy('other', 'enabled')], own)).toBeNull();
    expect(
      movesFor(
        quiet.map((one) => ({ ...one, state: 'disabled' })),
        own,
      ),
    ).toBeNull();
    expect(microsoftPolicies(all).map(({ id }) => id)).toEqual(['m']);
  });

  const sight = (change: Partial<SwitchSight>): SwitchSight => ({
    ...{ state: 'going', defaultsOn: false, isEnforcing: false, isWanted: true },
    ...change,
  });
  it.each<[Partial<SwitchSight>, ReturnType<typeof nextOf>]>([
    [{}, 'forward'],
    [{ isWanted: false }, 'back'],
    [{ isEnforcing: true }, 'finish'],
    [{ isEnforcing: true, isWanted: false }, 'finish'],
    [{ defaultsOn: true }, 'anew'],
    [{ defaultsOn: true, isEnforcing: true }, 'back'],
    [{ state: 'returning' }, 'back'],
    [{ state: 'returning', isEnforcing: true }, 'back'],
    [{ state: 'returned', defaultsOn: true }, 'anew'],
  ])('an interrupted switch that shows %j goes on with %s', (change, next) => {
    expect(nextOf(sight(change))).toBe(next);
  });
});

describe('parity', () => {
  const USERS = ['anna', 'ben', 'carl', 'sync'].map((id) => ({
    id,
    displayName: id.toUpperCase(),
    accountEnabled: true,
    userType: 'Member',
    userPrincipalName: `${id}@contoso.example`,
  }));
  const enforce = (change: object = {}, users: object = {}): GraphObject => ({
    ...{ id: 'enforce', displayName: 'ENFORCE', state: 'enabled' },
    conditions: {
      users: { includeUsers: ['All'], excludeGroups: ['out'], ...users },
      ...{ applications: { includeApplications: ['All'] }, clientAppTypes: ['all'] },
      ...change,
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  });
  const GLOBAL_ADMIN = '62e90394-69f5-4237-9190-012177145e10';
  const SYNC = 'd29b2b05-8046-44ba-8758-1e26182fcf32';
  const tenant = compileTenant({
    users: USERS,
    groups: [{ id: 'out', displayName: 'out', members: [{ id: 'carl', '@odata.type': '#microsoft.graph.user' }] }],
    roleAssignments: [
      { roleDefinitionId: GLOBAL_ADMIN, principalId: 'ben', eligible: false },
      { roleDefinitionId: SYNC, principalId: 'sync', eligible: false },
    ],
    ...{
      servicePrincipals: [],
      namedLocations: [],
      authenticationStrengths: [],
      securityDefaults: { isEnabled: true },
    },
  });
  const gapsOf = (draft: GraphObject, released: string[]) => {
    const input = { tenant, users: USERS, live: [], draft, perUserMfa: [] };
    const judged = compileBoth(input);
    const gaps = parityGaps({
      ...{ after: judged.after, effect: effectOf(input, judged), released },
      nameOf: (id) => id.toUpperCase(),
    });
    return Object.fromEntries(gaps.map(({ protection, names }) => [protection, names]));
  };

  it('is there when everybody is under the policy but signed exceptions', () => {
    expect(gapsOf(enforce(), ['carl'])).toEqual({});
  });

  it('names whoever would have less and is no signed exception', () => {
    const all = { everybodyMfa: ['CARL'], olderClientsBlocked: ['CARL'], azureManagementMfa: ['CARL'] };
    expect(gapsOf(enforce(), [])).toEqual(all);
  });

  it.each<[string, GraphObject, string, string[]]>([
    [
      'older clients',
      enforce({ clientAppTypes: ['browser', 'mobileAppsAndDesktopClients'] }),
      'olderClientsBlocked',
      ['ANNA', 'BEN'],
    ],
    [
      'Azure management',
      enforce({ applications: { includeApplications: ['Office365'] } }),
      'azureManagementMfa',
      ['ANNA', 'BEN'],
    ],
    ['administrators', enforce({}, { excludeRoles: [GLOBAL_ADMIN] }), 'adminMfa', ['BEN']],
    ['everybody', enforce({ platforms: { includePlatforms: ['windows'] } }), 'everybodyMfa', ['ANNA', 'BEN']],
  ])('misses %s where the policy does not reach them', (_what, draft, protection, names) => {
    expect(gapsOf(draft, ['carl'])[protection]).toEqual(names);
  });
});

describe('the staged policy', () => {
  it('has exactly the scope to come and only reports; a new name does not make it another one', () => {
    const planned = policy('enforce', 'enabled');
    expect(stagedOf(planned)).toEqual({ ...planned, state: REPORT_ONLY });
    expect(saysTheSame({ ...planned, displayName: 'Renamed' }, planned)).toBe(true);
    expect(saysTheSame(stagedOf(planned), planned)).toBe(false);
    expect(saysTheSame(null, planned)).toBe(false);
  });
});
