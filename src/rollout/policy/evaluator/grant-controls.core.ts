import { flagsOf, isEmpty, type JsonObject, objectOf, strangeMembers, textOf, textsOf } from '../graph-json.core.ts';
import type { CompiledTenant } from './tenant.core.ts';

/**
 * What a policy asks for once it applies. `mfa`: a second factor in every case, by the built-in control or by an
 * authentication strength that satisfies MFA. `alternative`: MFA is one of several ways to get in, so it is not
 * required. `thirdParty`: a custom control hands over to somebody else's service, and whether that asks for a second
 * factor cannot be read from Entra. `unknown`: whether it asks for MFA cannot be told; so it is with a password change
 * or risk remediation alone, which are documented only together with MFA. Sources: "Conditional Access: Grant",
 * "Conditional Access authentication strength", conditionalAccessGrantControls.
 */
type Requirement = 'mfa' | 'alternative' | 'block' | 'none' | 'thirdParty' | 'unknown';

export type Grant = {
  readonly requirement: Requirement;
  /** Whether it demands something not understood, which may be more than anybody can meet. */
  readonly mayBlock: boolean;
  /** Whether it demands nothing at all. */
  readonly isEmpty: boolean;
  /** Whether it names a strength that not every method of MFA meets. */
  readonly isBeyondMfa: boolean;
  /** Whether nobody gets in without a device or an application of the company. */
  readonly needsDevice: boolean;
  /** The controls beside MFA, for the sentence. */
  readonly others: readonly string[];
};

/** `unclear`: can be met, and whether that takes MFA is not known. `strange`: not understood. */
type Control = 'mfa' | 'other' | 'thirdParty' | 'unclear' | 'strange';

const BUILT_IN: ReadonlyMap<string, Control> = new Map([
  ['mfa', 'mfa'],
  ['compliantdevice', 'other'],
  ['domainjoineddevice', 'other'],
  ['approvedapplication', 'other'],
  ['compliantapplication', 'other'],
  ['passwordchange', 'unclear'],
  ['riskremediation', 'unclear'],
]);

const DEVICES: ReadonlySet<string> = new Set([
  'compliantdevice',
  'domainjoineddevice',
  'approvedapplication',
  'compliantapplication',
]);
const isDevice = (control: string) => DEVICES.has(control);

const UNDERSTOOD: ReadonlySet<string> = new Set([
  'operator',
  'builtInControls',
  'authenticationStrength',
  'termsOfUse',
  'customAuthenticationFactors',
]);

/** The built-in strength that every combination of two factors meets. */
const ANY_MFA_STRENGTH = '00000000-0000-0000-0000-000000000002';

/** Built-in strengths: multifactor, passwordless, phishing-resistant. Each of them satisfies MFA. */
const MFA_STRENGTHS: ReadonlySet<string> = new Set([
  ANY_MFA_STRENGTH,
  '00000000-0000-0000-0000-000000000003',
  '00000000-0000-0000-0000-000000000004',
]);

/** Reads `grantControls`. Promises never to call something MFA that was not understood. */
export function readGrant(value: unknown, tenant: CompiledTenant): Grant {
  if (isEmpty(value))
    return { requirement: 'none', mayBlock: false, isEmpty: true, isBeyondMfa: false, needsDevice: false, others: [] };
  const grant = objectOf(value);
  const builtIn = textsOf(grant?.builtInControls);
  const custom = textsOf(grant?.customAuthenticationFactors);
  const terms = textsOf(grant?.termsOfUse);
  if (grant === null || builtIn === null || custom === null || terms === null) {
    return {
      requirement: 'unknown',
      mayBlock: true,
      isEmpty: false,
      isBeyondMfa: false,
      needsDevice: false,
      others: [],
    };
  }
  if (builtIn.includes('block'))
    return {
      requirement: 'block',
      mayBlock: false,
      isEmpty: false,
      isBeyondMfa: false,
      needsDevice: false,
      others: [],
    };
  const strength = isEmpty(grant.authenticationStrength)
    ? []
    : [strengthControl(objectOf(grant.authenticationStrength), tenant)];
  const controls: readonly Control[] = [
    ...builtIn.map((control) => BUILT_IN.get(control) ?? 'strange'),
    ...strength,
    ...custom.map((): Control => 'thirdParty'),
    ...terms.map((): Control => 'other'),
    ...strangeMembers(grant, UNDERSTOOD).map((): Control => 'strange'),
  ];
  const others = [
    ...builtIn.filter((control) => control !== 'mfa'),
    ...(strength.includes('other') ? ['an authentication strength without MFA'] : []),
    ...(terms.length > 0 ? ['termsOfUse'] : []),
    ...custom,
  ];
  const operator = textOf(grant.operator)?.toLowerCase() ?? 'and';
  const isStrange = (control: Control) => control === 'strange';
  const mayBlock = operator === 'or' ? controls.every(isStrange) : controls.some(isStrange);
  return {
    requirement: combine(controls, operator),
    mayBlock: mayBlock && controls.length > 0,
    isEmpty: controls.length === 0,
    needsDevice:
      operator === 'or'
        ? builtIn.length > 0 && controls.length === builtIn.length && builtIn.every(isDevice)
        : builtIn.some(isDevice),
    isBeyondMfa: strength.length > 0 && textOf(objectOf(grant.authenticationStrength)?.id) !== ANY_MFA_STRENGTH,
    others,
  };
}

function combine(controls: readonly Control[], operator: string): Requirement {
  const has = (control: Control) => controls.includes(control);
  if (controls.length === 0 || controls.every((control) => control === 'other')) return 'none';
  if (controls.every((control) => control === 'mfa')) return 'mfa';
  if (operator === 'and' && has('mfa')) return 'mfa';
  if (operator !== 'and' && operator !== 'or') return 'unknown';
  // With OR, one control that is certainly not MFA leaves a way round it.
  if (operator === 'or' && has('other')) return 'alternative';
  return has('unclear') || has('strange') ? 'unknown' : 'thirdParty';
}

function strengthControl(inline: JsonObject | null, tenant: CompiledTenant): Control {
  const id = textOf(inline?.id)?.toLowerCase() ?? '';
  if (MFA_STRENGTHS.has(id)) return 'mfa';
  for (const strength of [inline, tenant.strengths.get(id) ?? null]) {
    const judged = judgeStrength(strength);
    if (judged !== null) return judged;
  }
  return 'unclear';
}

function judgeStrength(strength: JsonObject | null): Control | null {
  if (strength === null) return null;
  const satisfied = textOf(strength.requirementsSatisfied);
  if (satisfied !== null) {
    if (flagsOf(satisfied)?.includes('mfa') === true) return 'mfa';
    if (satisfied.toLowerCase() === 'none') return 'other';
  }
  const combinations = textsOf(strength.allowedCombinations)?.map(factorsOf);
  if (combinations === undefined || combinations.length === 0) return null;
  // One combination of a single factor is a way round MFA, whatever the others are.
  if (combinations.includes('single')) return 'other';
  return combinations.includes('unclear') ? null : 'mfa';
}

/** Methods that are two factors by themselves. */
const MULTIFACTOR: ReadonlySet<string> = new Set([
  'windowshelloforbusiness',
  'fido2',
  'x509certificatemultifactor',
  'devicebasedpush',
  'temporaryaccesspassonetime',
  'temporaryaccesspassmultiuse',
  'federatedmultifactor',
]);

const SOMETHING_KNOWN: ReadonlySet<string> = new Set(['password', 'federatedsinglefactor']);
const SOMETHING_HAD: ReadonlySet<string> = new Set([
  'voice',
  'hardwareoath',
  'softwareoath',
  'sms',
  'microsoftauthenticatorpush',
  'x509certificatesinglefactor',
]);

/** Methods of authenticationMethodModes that are one factor and make no second one of a password. */
const WEAK: ReadonlySet<string> = new Set(['email', 'qrcodepin']);

/** `unclear`: a method is not known here, and without it the combination is one factor. */
function factorsOf(combination: string): 'multiple' | 'single' | 'unclear' {
  const methods = combination.split(',').map((method) => method.trim());
  if (methods.some((method) => MULTIFACTOR.has(method))) return 'multiple';
  const isKnown = (method: string) => SOMETHING_KNOWN.has(method) || SOMETHING_HAD.has(method) || WEAK.has(method);
  if (methods.some((method) => SOMETHING_KNOWN.has(method)) && methods.some((method) => SOMETHING_HAD.has(method)))
    return 'multiple';
  return methods.every(isKnown) ? 'single' : 'unclear';
}

/**
 * Whether MFA is among what a policy grants for: by the built-in control or by an authentication strength. Controls whose
 * form is not known here are taken as `unknownAs`: who takes cover away has to count them, who raises an alarm does not.
 */
export function grantsForMfa(grantControls: unknown, unknownAs: boolean): boolean {
  const grant = objectOf(grantControls) ?? {};
  const builtIn = textsOf(grant.builtInControls);
  if (builtIn?.includes('mfa') === true) return true;
  if (builtIn === null && unknownAs) return true;
  return !isEmpty(grant.authenticationStrength) && (unknownAs || objectOf(grant.authenticationStrength) !== null);
}
