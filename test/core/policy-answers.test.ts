import { describe, expect, it } from 'vitest';
import { coverageOf, whatIfOf } from '../../src/rollout/snapshots/policy-answers.ts';
import { parseSnapshot } from '../../src/rollout/snapshots/snapshot-file.ts';

const ANN = 'aaaaaaaa-0000-4000-8000-000000000001';

function snapshot(parts: object) {
  const tenantId = '11111111-2222-4333-8444-555555555555';
  return parseSnapshot(JSON.stringify({ version: 1, takenAt: '2026-11-22T08:00:00Z', tenantId, ...parts }));
}

const policy = (name: string, includeUsers: string[]) => ({
  id: name,
  state: 'enabled',
  conditions: { users: { includeUsers }, applications: { includeApplications: ['All'] }, clientAppTypes: ['all'] },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
});

const refused = /needs "users", which was not read/;

describe('questions to a snapshot about policies', () => {
  it('are refused where nobody was read, instead of answering about nobody', () => {
    expect(() => coverageOf(snapshot({ policies: [] }))).toThrow(refused);
    expect(() => whatIfOf(snapshot({ policies: [] }), {})).toThrow(refused);
  });

  it('are unknown for a person who was not read, and where policies were not read', () => {
    const answer = whatIfOf(snapshot({ policies: [policy('p', ['All'])] }), { user: ANN, app: 'x' });
    expect(answer.results).toMatchObject([{ userId: ANN }]);
    const unread = snapshot({ users: [{ id: ANN, userPrincipalName: 'ann@contoso.example', userType: 'Member' }] });
    expect(whatIfOf(unread, { app: 'x' }).results).toMatchObject([{ mfaRequired: 'unknown', applies: [] }]);
  });

  it('never say no about live policies that were not read, also with a draft', () => {
    const unread = snapshot({ users: [{ id: ANN, userPrincipalName: 'ann@contoso.example', userType: 'Member' }] });
    const ask = (draft: object) => whatIfOf(unread, { app: 'x', draftText: JSON.stringify(draft) }).results[0];
    expect(ask(policy('draft', ['None']))).toMatchObject({ mfaRequired: 'unknown', blocked: 'unknown' });
    expect(ask(policy('draft', ['All']))).toMatchObject({ mfaRequired: 'yes', applies: ['draft'] });
  });

  it('take a country for every way of finding it out', () => {
    const location = {
      '@odata.type': '#microsoft.graph.countryNamedLocation',
      id: 'gps',
      displayName: 'Home',
      countriesAndRegions: ['DE'],
      countryLookupMethod: 'authenticatorAppGps',
    };
    const limited = {
      ...policy('p', ['All']),
      conditions: { ...policy('p', ['All']).conditions, locations: { includeLocations: ['gps'] } },
    };
    const full = snapshot({
      users: [{ id: ANN, userPrincipalName: 'ann@contoso.example', userType: 'Member' }],
      policies: [limited],
      namedLocations: [location],
      groups: [],
      roleAssignments: [],
    });
    expect(whatIfOf(full, { app: 'x', country: 'DE' }).results[0]).toMatchObject({ mfaRequired: 'yes' });
    expect(whatIfOf(full, { app: 'x', country: 'FR' }).results[0]).toMatchObject({ mfaRequired: 'no' });
    expect(whatIfOf(full, { app: 'x' }).results[0]).toMatchObject({ mfaRequired: 'partial' });
  });
});
