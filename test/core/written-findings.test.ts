import { describe, expect, it } from 'vitest';
import { answerOffline } from '../../src/cli/offline.ts';
import type { DraftFinding } from '../../src/rollout/policy/draft/draft-finding.core.ts';

const [ANN, BO, EVE] = ['1', '2', '3'].map((n) => `aaaaaaaa-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
];
const SALES = 'cccccccc-0000-4000-8000-000000000001';
const GONE = 'cccccccc-0000-4000-8000-000000000009';
const P1 = '41781fb2-bc02-4b7c-bd55-b576c07bb09d';
const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';

const skus = (enabled: number) => [
  { capabilityStatus: 'Enabled', prepaidUnits: { enabled, warning: 0 }, servicePlans: [{ servicePlanId: P1 }] },
];
const group = (id: string) => ({ id, displayName: 'Sales', members: [{ id: ANN }] });
const SNAPSHOT = {
  version: 1,
  takenAt: '2026-11-22T08:00:00Z',
  tenantId: '11111111-2222-4333-8444-555555555555',
  users: [ANN, BO, EVE].map((id) => ({ id, userType: 'Member', accountEnabled: id !== EVE })),
  groups: [group(SALES)],
  roleAssignments: [{ roleDefinitionId: GLOBAL_ADMINISTRATOR, principalId: BO }],
  namedLocations: [],
  policies: [],
  subscribedSkus: skus(2),
};

type Parts = { users?: object; conditions?: object; controls?: string[] };

function findings({ users, conditions, controls }: Parts, snapshot: object = {}): DraftFinding[] {
  const draft = {
    conditions: {
      users: { includeUsers: ['All'], ...users },
      applications: { includeApplications: ['All'] },
      ...conditions,
    },
    grantControls: { operator: 'OR', builtInControls: controls ?? ['mfa'] },
  };
  const { json } = answerOffline('what-if', JSON.stringify({ ...SNAPSHOT, ...snapshot }), {
    draftText: JSON.stringify(draft),
  });
  return (json as { findings: DraftFinding[] }).findings;
}

const codes = (...asked: Parameters<typeof findings>) => findings(...asked).map(({ code }) => code);

describe('what stands against a policy that somebody wrote', () => {
  it.each<[claim: string, parts: Parts, snapshot: object, expected: string[]]>([
    ['nothing, when it is whole', {}, {}, []],
    ['everybody blocked', { controls: ['block'] }, {}, ['blocks_everybody']],
    [
      'everybody blocked, one by one',
      { users: { includeUsers: [ANN, BO] }, controls: ['block'] },
      {},
      ['blocks_everybody'],
    ],
    [
      'every administrator blocked',
      { users: { includeUsers: [BO] }, controls: ['block'] },
      {},
      ['admins_locked_out', 'blocks_people'],
    ],
    ['somebody blocked', { users: { includeUsers: [ANN] }, controls: ['block'] }, {}, ['blocks_people']],
    [
      'a block of older clients, which is no block of people',
      { conditions: { clientAppTypes: ['other'] }, controls: ['block'] },
      {},
      [],
    ],
    ['a deleted group', { users: { includeGroups: [GONE] } }, {}, ['reference_unknown']],
    ['a deleted account left out', { users: { excludeUsers: [GONE] } }, {}, ['reference_unknown']],
    [
      'a deleted place',
      { conditions: { locations: { includeLocations: ['All'], excludeLocations: [GONE] } } },
      {},
      ['reference_unknown'],
    ],
    ['an exclusion that was not read', { users: { excludeGroups: [SALES] } }, { groups: null }, ['reference_unread']],
    [
      'roles that were not read',
      { users: { excludeRoles: [GLOBAL_ADMINISTRATOR] } },
      { roleAssignments: null },
      ['reference_unread'],
    ],
    ['groups that it does not name', {}, { groups: null }, []],
    ['an emergency account in scope', {}, { declared: { breakGlass: [ANN] } }, ['break_glass_not_excluded']],
    ['an emergency account left out', { users: { excludeGroups: [SALES] } }, { declared: { breakGlass: [ANN] } }, []],
    ['no Entra ID P1', {}, { subscribedSkus: [] }, ['licence_missing']],
    ['too few seats', {}, { subscribedSkus: skus(1) }, ['licence_short']],
    ['seats for those in scope', { users: { includeUsers: [ANN] } }, { subscribedSkus: skus(1) }, []],
    ['licences that were not read', {}, { subscribedSkus: null }, ['licence_unknown']],
  ])('%s', (_claim, parts, snapshot, expected) => {
    expect(codes(parts, snapshot)).toEqual(expected);
  });

  it('tells a name from an id, and how many groups bear it', () => {
    const twice = { groups: [group(SALES), group(GONE)] };
    const [finding] = findings({ users: { includeGroups: ['Sales'] } }, twice);
    expect(finding).toMatchObject({ code: 'reference_unknown', blocks: 'push' });
    expect(finding?.message).toContain(`a name that 2 groups bear (${SALES}, ${GONE})`);
    expect(findings({ users: { includeGroups: ['Sales'] } })[0]?.message).toContain(`which is the name of ${SALES}`);
  });

  it('names who is blocked, and leaves disabled accounts out', () => {
    expect(findings({ controls: ['block'] })[0]?.accountIds).toEqual([ANN, BO]);
  });

  it('is told in words too, with what to do', () => {
    const draftText = JSON.stringify({ conditions: { users: { includeGroups: [GONE] } }, grantControls: null });
    const { text } = answerOffline('what-if', JSON.stringify(SNAPSHOT), { draftText });
    expect(text).toContain('To be cleared (1)');
    expect(text).toContain('Name every user, group and place by an object id that exists');
  });

  it('is no part of an answer without a draft', () => {
    expect(answerOffline('what-if', JSON.stringify(SNAPSHOT), {}).json).not.toHaveProperty('findings');
  });
});
