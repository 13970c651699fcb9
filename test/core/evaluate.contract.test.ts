import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../src/rollout/policy/evaluate.core.ts';
import { compileTenant } from '../../src/rollout/policy/evaluator/tenant.core.ts';
import { whatIf } from '../../src/rollout/policy/evaluator/what-if.core.ts';
import type { GraphObject } from '../../src/rollout/policy/graph-json.core.ts';

const EXAMPLES = new URL('../../../shared/contracts/graph/examples/', import.meta.url);
const isPresent = existsSync(EXAMPLES);

type Request = {
  signInIdentity: { userId: string };
  signInContext: { includeApplications: string[] };
  signInConditions: Record<string, string> & {
    authenticationFlow: { transferMethod: string };
    deviceInfo: { isCompliant: boolean };
  };
};

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, EXAMPLES), 'utf8')) as T;
}

describe(`the documented What If example${isPresent ? '' : ' (skipped: the contract examples are not beside this project)'}`, () => {
  it.skipIf(!isPresent)('finds the policies that Graph finds', () => {
    const { signInIdentity, signInContext, signInConditions } = read<Request>('ca-evaluate-whatif.request.json');
    const { value } = read<{ value: (GraphObject & { policyApplies: boolean })[] }>('ca-evaluate-whatif.response.json');
    const tenant = compileTenant({
      users: [{ id: signInIdentity.userId, userType: 'Member', userPrincipalName: 'a@contoso.example' }],
    });
    const [row] = whatIf(compilePolicies(tenant, value), [
      {
        userId: signInIdentity.userId,
        target: { kind: 'app', appId: signInContext.includeApplications[0] ?? '' },
        clientAppType: signInConditions.clientAppType,
        platform: signInConditions.devicePlatform,
        ipAddress: signInConditions.ipAddress,
        country: signInConditions.country,
        signInRisk: signInConditions.signInRiskLevel,
        userRisk: signInConditions.userRiskLevel,
        insiderRisk: signInConditions.insiderRiskLevel,
        authenticationFlow: signInConditions.authenticationFlow.transferMethod,
        device: signInConditions.deviceInfo,
      },
    ]);
    const expected = value.filter((policy) => policy.policyApplies).map((policy) => policy.id);
    expect(row?.applies).toEqual(expected.sort());
    expect(row?.mfaRequired).toBe('no');
  });
});
