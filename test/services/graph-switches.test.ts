import { afterEach, describe, expect, it } from 'vitest';
import { VendorRefusedError, VendorUnreachableError } from '../../src/lib/errors.ts';
import { listAuthenticationStrengths } from '../../src/services/graph/authentication-strengths.ts';
import { setPerUserMfa } from '../../src/services/graph/per-user-mfa-write.ts';
import { getSecurityDefaults } from '../../src/services/graph/security-defaults.ts';
import { switchSecurityDefaults } from '../../src/services/graph/security-defaults-write.ts';
import { type ConnectedSandbox, startConnectedSandbox } from '../support/sandbox-connections.ts';
import { buildUser, idOf } from '../support/sandbox-tenant.ts';

/** A policy as the world holds it; a test names what matters to it. */
const buildPolicy = (n: number, set: Record<string, unknown> = {}) => ({
  id: idOf('policy', n),
  displayName: `Policy ${n}`,
  state: 'enabled',
  createdDateTime: '2026-01-01T00:00:00Z',
  modifiedDateTime: null,
  conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  ...set,
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(...args: Parameters<typeof startConnectedSandbox>): Promise<ConnectedSandbox> {
  const connected = await startConnectedSandbox(...args);
  closing.push(() => connected.end());
  return connected;
}

const DEFAULTS = '/policies/identitySecurityDefaultsEnforcementPolicy';
const REQUIREMENTS = '/users/{id}/authentication/requirements';
const calls = ({ sandbox }: ConnectedSandbox, method: string, template: string) =>
  sandbox.requests.list().filter((request) => request.method === method && request.template === template);

describe('switchSecurityDefaults', () => {
  it('switches, reads back, and tells between which moments', async () => {
    const connected = await start({ securityDefaults: { isEnabled: true } });
    const result = await switchSecurityDefaults(connected, false);

    expect(result).toMatchObject({ outcome: 'switched', before: { isEnabled: true } });
    expect(await getSecurityDefaults(connected.reader)).toMatchObject({ isEnabled: false });
    if (result.outcome !== 'switched') throw new Error('it was switched');
    expect(result.shownAt).toBeGreaterThanOrEqual(result.askedAt);
  });

  it('writes nothing where it stands so already', async () => {
    const connected = await start({ securityDefaults: { isEnabled: true } });
    expect(await switchSecurityDefaults(connected, true)).toMatchObject({ outcome: 'already' });
    expect(calls(connected, 'PATCH', DEFAULTS)).toEqual([]);
  });

  it('tells a refusal while policies are enabled as a value', async () => {
    const policy = buildPolicy(1, { state: 'enabled' });
    const connected = await start({ securityDefaults: { isEnabled: false }, conditionalAccessPolicies: [policy] });
    const result = await switchSecurityDefaults(connected, true);
    expect(result).toMatchObject({ outcome: 'refused', call: { status: 400 } });
  });

  it('throws where the application lacks the right, and says which', async () => {
    const connected = await start({ securityDefaults: { isEnabled: true } }, { writer: ['Policy.Read.All'] });
    const error = await switchSecurityDefaults(connected, false).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect((error as VendorRefusedError).userMessage).toContain('Policy.ReadWrite.SecurityDefaults');
  });

  it('takes a lost answer for switched when the reading shows it, without asking twice', async () => {
    const connected = await start({ securityDefaults: { isEnabled: true } });
    const fault = { vendor: 'graph', method: 'PATCH', template: DEFAULTS, cut: 'before' } as const;
    connected.sandbox.faults.put({ id: 'lost', ...fault, afterEffect: true });
    expect(await switchSecurityDefaults(connected, false)).toMatchObject({ outcome: 'switched' });
    expect(calls(connected, 'PATCH', DEFAULTS)).toHaveLength(1);
  });

  it('throws the loss when nothing was switched', async () => {
    const connected = await start({ securityDefaults: { isEnabled: true } });
    const fault = { vendor: 'graph', method: 'PATCH', template: DEFAULTS, cut: 'before' } as const;
    connected.sandbox.faults.put({ id: 'lost', ...fault });
    const error = await switchSecurityDefaults(connected, false).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(VendorUnreachableError);
    expect(await getSecurityDefaults(connected.reader)).toMatchObject({ isEnabled: true });
  });
});

describe('setPerUserMfa', () => {
  const people = Array.from({ length: 45 }, (_none, index) => buildUser(index + 1));
  const userIds = people.map(({ id }) => id);

  it('writes only who stands otherwise, twenty in a request, and tells the state before', async () => {
    const perUserMfa = Object.fromEntries(userIds.slice(0, 43).map((id) => [id, 'enforced' as const]));
    const connected = await start({ users: people, perUserMfa });
    const gone = idOf('user', 999);
    const changes = await setPerUserMfa(connected, { userIds: [...userIds, gone], state: 'disabled' });

    expect(changes.map(({ id }) => id)).toEqual([...userIds, gone]);
    expect(changes.filter(({ outcome }) => outcome === 'set')).toHaveLength(43);
    expect(changes[0]).toMatchObject({ before: 'enforced', after: 'disabled', outcome: 'set' });
    expect(changes[44]).toMatchObject({ before: 'disabled', outcome: 'already' });
    expect(changes[45]).toEqual({ id: gone, before: null, after: null, outcome: 'gone' });
    expect(calls(connected, 'PATCH', REQUIREMENTS)).toHaveLength(43);
    expect(calls(connected, 'POST', '/$batch')).toHaveLength(3 + 3 + 3);
  });

  it('counts enforced as set where enabled was asked for', async () => {
    const methods = { [idOf('user', 1)]: [{ '@odata.type': '#microsoft.graph.fido2AuthenticationMethod', id: 'key' }] };
    const connected = await start({ users: people.slice(0, 2), authenticationMethods: methods });
    const changes = await setPerUserMfa(connected, { userIds: userIds.slice(0, 2), state: 'enabled' });
    expect(changes.map(({ after, outcome }) => [after, outcome])).toEqual([
      ['enforced', 'set'],
      ['enabled', 'set'],
    ]);
  });

  it('tells a refusal per user, with nothing changed', async () => {
    const connected = await start({ users: people.slice(0, 1) }, { writer: ['Policy.Read.All'] });
    const [change] = await setPerUserMfa(connected, { userIds: userIds.slice(0, 1), state: 'enabled' });
    expect(change).toMatchObject({ before: 'disabled', after: 'disabled', outcome: 'refused', status: 403 });
  });
});

describe('listAuthenticationStrengths', () => {
  it('gives the built-in ones and the customer’s own with their combinations', async () => {
    const own = {
      ...{ id: '99999999-0000-4000-8000-000000000001', displayName: 'Keys alone', policyType: 'custom' },
      ...{ requirementsSatisfied: 'mfa', allowedCombinations: ['fido2'] },
    };
    const grantControls = { operator: 'OR', builtInControls: [], authenticationStrength: own };
    const connected = await start({ conditionalAccessPolicies: [buildPolicy(1, { grantControls })] });
    const strengths = await listAuthenticationStrengths(connected.reader);
    expect(strengths.filter(({ policyType }) => policyType === 'builtIn')).toHaveLength(3);
    expect(strengths.find(({ id }) => id === own.id)).toMatchObject({ allowedCombinations: ['fido2'] });
    expect(strengths.find(({ id }) => id.endsWith('0002'))?.allowedCombinations).toContain(
      'password,microsoftAuthenticatorPush',
    );
  });
});
