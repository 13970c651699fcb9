import type { Answer } from '../http/exchange.ts';
import { isObject } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { notFound } from './errors.ts';

const CREATED = '2021-12-01T08:00:00Z';
const PHISHING_RESISTANT = ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor'];
const PASSWORDLESS = [...PHISHING_RESISTANT, 'deviceBasedPush'];
const MFA = [
  ...PASSWORDLESS,
  'temporaryAccessPassOneTime',
  'temporaryAccessPassMultiUse',
  'password,microsoftAuthenticatorPush',
  'password,softwareOath',
  'password,hardwareOath',
  'password,x509CertificateSingleFactor',
  'password,x509CertificateMultiFactor',
  'password,sms',
  'password,voice',
  'federatedMultiFactor',
  'microsoftAuthenticatorPush,federatedSingleFactor',
  'softwareOath,federatedSingleFactor',
  'hardwareOath,federatedSingleFactor',
  'sms,federatedSingleFactor',
  'voice,federatedSingleFactor',
];

/** The strengths that every tenant has, under fixed ids. */
export const BUILT_IN_STRENGTHS: readonly (GraphObject & { id: string })[] = [
  builtIn('2', 'Multifactor authentication', MFA),
  builtIn('3', 'Passwordless MFA', PASSWORDLESS),
  builtIn('4', 'Phishing-resistant MFA', PHISHING_RESISTANT),
];

function builtIn(digit: string, displayName: string, allowedCombinations: string[]): GraphObject & { id: string } {
  return {
    id: `00000000-0000-0000-0000-00000000000${digit}`,
    createdDateTime: CREATED,
    modifiedDateTime: CREATED,
    displayName,
    description: `Combinations of methods that count as: ${displayName}.`,
    policyType: 'builtIn',
    requirementsSatisfied: 'mfa',
    allowedCombinations,
    combinationConfigurations: [],
  };
}

/** GET /policies/authenticationStrengthPolicies: the built-in ones and those that the tenant's policies carry. */
export function listStrengths(context: GraphContext): Answer {
  const value = strengths(context);
  return {
    status: 200,
    body: { '@odata.context': contextUrl(context, 'policies/authenticationStrengthPolicies'), value },
  };
}

/** GET /policies/authenticationStrengthPolicies/{id}. */
export function getStrength(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const strength = strengths(context).find((candidate) => candidate.id === id);
  if (strength === undefined) return notFound(id);
  const fragment = 'policies/authenticationStrengthPolicies/$entity';
  return { status: 200, body: { '@odata.context': contextUrl(context, fragment), ...strength } };
}

function strengths(context: GraphContext): GraphObject[] {
  const found = new Map<unknown, GraphObject>(BUILT_IN_STRENGTHS.map((strength) => [strength.id, strength]));
  for (const policy of context.tenant.tenant.conditionalAccessPolicies) {
    const grant = policy.grantControls;
    const strength = isObject(grant) ? grant.authenticationStrength : null;
    if (isObject(strength) && !found.has(strength.id)) found.set(strength.id, strength);
  }
  return [...found.values()];
}
