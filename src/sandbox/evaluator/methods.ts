/**
 * What a person can answer a prompt with.
 * https://learn.microsoft.com/graph/api/resources/authenticationmethods-overview
 * https://learn.microsoft.com/graph/api/resources/userregistrationdetails (`methodsRegistered`)
 */
import type { GraphObject, Tenant } from '../world/world.ts';
import { MFA_COMBINATIONS } from './grant.ts';
import { textAt } from './wire.ts';

type Method = {
  /** Names by which the authentication-methods policy of the tenant may allow it. */
  names: string[];
  /** Combinations of authentication strengths that it makes possible, in lower case. */
  combinations: string[];
};

const METHODS = new Map<string, Method>([
  [
    'microsoftAuthenticatorAuthenticationMethod',
    { names: ['microsoftAuthenticatorPush'], combinations: ['password,microsoftauthenticatorpush'] },
  ],
  [
    'passwordlessMicrosoftAuthenticatorAuthenticationMethod',
    { names: ['microsoftAuthenticatorPasswordless'], combinations: ['devicebasedpush'] },
  ],
  ['softwareOathAuthenticationMethod', { names: ['softwareOneTimePasscode'], combinations: ['password,softwareoath'] }],
  ['hardwareOathAuthenticationMethod', { names: ['hardwareOneTimePasscode'], combinations: ['password,hardwareoath'] }],
  [
    'fido2AuthenticationMethod',
    {
      names: ['fido2SecurityKey', 'fido2', 'passKeyDeviceBound', 'passKeyDeviceBoundAuthenticator'],
      combinations: ['fido2'],
    },
  ],
  [
    'windowsHelloForBusinessAuthenticationMethod',
    { names: ['windowsHelloForBusiness'], combinations: ['windowshelloforbusiness'] },
  ],
  [
    'platformCredentialAuthenticationMethod',
    { names: ['macOsSecureEnclaveKey', 'platformCredential'], combinations: ['windowshelloforbusiness'] },
  ],
  [
    'x509CertificateAuthenticationMethod',
    { names: ['x509Certificate', 'certificate'], combinations: ['x509certificatemultifactor'] },
  ],
]);

/**
 * The combinations a person can use now, in lower case: of methods that are registered, usable and allowed in the
 * tenant. The password, e-mail (for resetting it) and security questions are no second factor.
 */
export function usableCombinations(tenant: Tenant, methods: readonly GraphObject[]): Set<string> {
  const allowed = tenant.allowedMethods.map((name) => name.toLowerCase());
  const usable = methods
    .map(readMethod)
    .filter((method) => method.names.some((name) => allowed.includes(name.toLowerCase())));
  return new Set(usable.flatMap((method) => method.combinations));
}

/** Whether a person can answer a prompt for MFA. */
export function canAnswerMfa(combinations: ReadonlySet<string>): boolean {
  return MFA_COMBINATIONS.some((combination) => combinations.has(combination));
}

function readMethod(method: GraphObject): Method {
  const type = (textAt(method, '@odata.type') ?? '').replace('#microsoft.graph.', '');
  if (type === 'phoneAuthenticationMethod') return readPhone(method);
  if (type === 'temporaryAccessPassAuthenticationMethod') return readPass(method);
  return METHODS.get(type) ?? { names: [], combinations: [] };
}

/** A mobile number takes text messages and calls, the other two only calls. */
function readPhone(phone: GraphObject): Method {
  switch (textAt(phone, 'phoneType') ?? '') {
    case 'mobile':
      return { names: ['mobilePhone'], combinations: ['password,sms', 'password,voice'] };
    case 'alternateMobile':
      return { names: ['alternateMobilePhone'], combinations: ['password,voice'] };
    case 'office':
      return { names: ['officePhone'], combinations: ['password,voice'] };
    default:
      return { names: [], combinations: [] };
  }
}

/** https://learn.microsoft.com/graph/api/resources/temporaryaccesspassauthenticationmethod, `isUsable` */
function readPass(pass: GraphObject): Method {
  if (pass.isUsable === false) return { names: [], combinations: [] };
  const combination = pass.isUsableOnce === true ? 'temporaryaccesspassonetime' : 'temporaryaccesspassmultiuse';
  return { names: ['temporaryAccessPass'], combinations: [combination] };
}
