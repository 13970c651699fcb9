/**
 * What a policy demands before it lets a sign-in through.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-grant
 */
import type { GraphObject } from '../world/world.ts';
import { flagsAt, isObject, objectAt, saysNothing, textAt, unknownKeys, wordsAt } from './wire.ts';

/** Whether something holds, or hangs on a fact that nobody gave. */
export type Certainty = boolean | 'depends';

export type Control =
  | { kind: 'builtIn'; name: string }
  | { kind: 'strength'; strength: Strength }
  | { kind: 'termsOfUse' | 'custom'; id: string }
  | { kind: 'unknown'; name: string };

export type Strength = {
  id: string | null;
  /** Whether meeting it is multifactor authentication; unknown when only an unknown id is given. */
  isMfa: Certainty;
  /** Combinations as Graph writes them (`password,sms`); null when they are not given. */
  allowedCombinations: string[] | null;
};

/** The operator is `unknown` where it is neither of the two documented ones. */
export type Grant = { blocks: boolean; operator: 'and' | 'or' | 'unknown'; controls: Control[] };

const BUILT_IN_CONTROLS = [
  'mfa',
  'compliantdevice',
  'domainjoineddevice',
  'approvedapplication',
  'compliantapplication',
  'passwordchange',
  'riskremediation',
];

/**
 * The built-in strengths. The combinations of the first are those of example 2 of
 * https://learn.microsoft.com/graph/api/conditionalaccessroot-evaluate, the others those of the table in
 * https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths
 */
const PHISHING_RESISTANT = ['windowshelloforbusiness', 'fido2', 'x509certificatemultifactor'];
const SECOND_FACTORS = ['microsoftauthenticatorpush', 'softwareoath', 'hardwareoath', 'sms', 'voice'];
export const MFA_COMBINATIONS: readonly string[] = [
  ...PHISHING_RESISTANT,
  'devicebasedpush',
  'temporaryaccesspassonetime',
  'temporaryaccesspassmultiuse',
  'federatedmultifactor',
  ...SECOND_FACTORS.map((factor) => `password,${factor}`),
  'password,x509certificatesinglefactor',
  'password,x509certificatemultifactor',
  ...SECOND_FACTORS.map((factor) => `${factor},federatedsinglefactor`),
];
const BUILT_IN_STRENGTHS = new Map<string, readonly string[]>([
  ['00000000-0000-0000-0000-000000000002', MFA_COMBINATIONS],
  ['00000000-0000-0000-0000-000000000003', [...PHISHING_RESISTANT, 'devicebasedpush']],
  ['00000000-0000-0000-0000-000000000004', PHISHING_RESISTANT],
]);

/** Reads the grant controls. "By default, Conditional Access requires all selected controls." */
export function readGrant(policy: GraphObject): Grant {
  const grant = objectAt(policy, 'grantControls');
  const builtIn = wordsAt(grant, 'builtInControls');
  const known = ['operator', 'builtInControls', 'authenticationStrength', 'termsOfUse', 'customAuthenticationFactors'];
  const strength = grant.authenticationStrength;
  const controls: Control[] = [
    ...builtIn.filter((name) => name !== 'block').map(readBuiltIn),
    ...(isObject(strength) ? [{ kind: 'strength' as const, strength: readStrength(strength) }] : []),
    ...wordsAt(grant, 'termsOfUse').map((id) => ({ kind: 'termsOfUse' as const, id })),
    ...wordsAt(grant, 'customAuthenticationFactors').map((id) => ({ kind: 'custom' as const, id })),
    ...unknownKeys(grant, known).map((name) => ({ kind: 'unknown' as const, name })),
  ];
  return { blocks: builtIn.includes('block'), operator: readOperator(grant), controls };
}

function readOperator(grant: GraphObject): Grant['operator'] {
  const word = textAt(grant, 'operator')?.toLowerCase() ?? '';
  if (word === '') return 'and';
  return word === 'and' || word === 'or' ? word : 'unknown';
}

function readBuiltIn(name: string): Control {
  return BUILT_IN_CONTROLS.includes(name) ? { kind: 'builtIn', name } : { kind: 'unknown', name };
}

function readStrength(strength: GraphObject): Strength {
  const id = textAt(strength, 'id')?.toLowerCase() ?? null;
  const builtIn = id === null ? undefined : BUILT_IN_STRENGTHS.get(id);
  const combinations = Array.isArray(strength.allowedCombinations) ? wordsAt(strength, 'allowedCombinations') : null;
  return {
    id,
    isMfa: builtIn === undefined ? isMultifactorStrength(strength, combinations) : true,
    allowedCombinations: combinations ?? (builtIn === undefined ? null : [...builtIn]),
  };
}

/**
 * By its own word (`mfa` or `none`, https://learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy),
 * else by its combinations, which are multifactor when each is one of those of the built-in strength.
 */
function isMultifactorStrength(strength: GraphObject, combinations: readonly string[] | null): Certainty {
  const satisfied = flagsAt(strength, 'requirementsSatisfied');
  if (satisfied.includes('mfa')) return true;
  if (satisfied.includes('none')) return false;
  if (combinations === null || combinations.length === 0) return 'depends';
  const others = combinations.filter((combination) => !MFA_COMBINATIONS.includes(combination));
  if (others.length === 0) return true;
  return others.some(isOfKnownMethods) ? false : 'depends';
}

/** https://learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy, authenticationMethodModes */
const KNOWN_METHODS = new Set([...MFA_COMBINATIONS.flatMap((one) => one.split(',')), 'password', 'email', 'qrcodepin']);

function isOfKnownMethods(combination: string): boolean {
  return combination.split(',').every((method) => KNOWN_METHODS.has(method.trim()));
}

/**
 * "A Conditional Access policy must contain at minimum" an access control "to be enforced": session controls count.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-policies#simple-policies
 */
export function demandsNothing(policy: GraphObject): boolean {
  const grant = readGrant(policy);
  return !grant.blocks && grant.controls.length === 0 && saysNothing(policy.sessionControls);
}

/**
 * Whether the grant cannot be met without multifactor authentication. Of alternatives all must be MFA: "as soon as
 * the policy requirements are satisfied, access is granted".
 */
export function requiresMfa(grant: Grant): Certainty {
  const parts = grant.controls.map(isMfaControl);
  // "Block access" or "Grant access": whoever is blocked is asked for nothing.
  if (parts.length === 0 || grant.blocks) return false;
  if (grant.operator === 'unknown') return parts.every((part) => part === parts[0]) ? (parts[0] ?? false) : 'depends';
  const decisive = grant.operator === 'and';
  if (parts.includes(decisive)) return decisive;
  return parts.includes('depends') ? 'depends' : !decisive;
}

/**
 * Changing the password "must be accompanied by mfa" and risk remediation brings an authentication strength with it
 * (https://learn.microsoft.com/graph/api/resources/conditionalaccessgrantcontrols): what either asks for alone is not
 * documented. Whether another provider asks for a second factor, nobody at Microsoft sees.
 */
export function isMfaControl(control: Control): Certainty {
  switch (control.kind) {
    case 'builtIn':
      if (['passwordchange', 'riskremediation'].includes(control.name)) return 'depends';
      return control.name === 'mfa';
    case 'strength':
      return control.strength.isMfa;
    case 'termsOfUse':
      return false;
    case 'custom':
    case 'unknown':
      return 'depends';
  }
}

/** Whether nobody gets past the grant; a control not known here that must be met may be one that nobody can meet. */
export function mayBlock(grant: Grant): Certainty {
  if (grant.blocks) return true;
  const isOpen = (control: Control): boolean => control.kind === 'unknown';
  const mustMeet = grant.operator === 'or' ? grant.controls.every(isOpen) : grant.controls.some(isOpen);
  return grant.controls.length > 0 && mustMeet && 'depends';
}

/** The name of a control as reports show it. */
export function controlName(control: Control): string {
  switch (control.kind) {
    case 'builtIn':
    case 'unknown':
      return control.name;
    case 'strength':
      return 'authenticationStrength';
    case 'termsOfUse':
    case 'custom':
      return `${control.kind}:${control.id}`;
  }
}
