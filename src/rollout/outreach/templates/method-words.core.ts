// Authentication methods and what an account lacks, in the words of a mail. Entra's registration report and its list of one
// account's methods name the same things differently; both stand here, and a name that neither knows is shown as it is.
import type { PhasePerson } from '../../phases/phase-types.core.ts';
import type { MessageLanguage, Missing } from './message-types.core.ts';

type Words = Readonly<Record<MessageLanguage, string>>;

const AUTHENTICATOR: Words = { en: 'Microsoft Authenticator', de: 'Microsoft Authenticator' };
const SECURITY_KEY: Words = { en: 'security key', de: 'Sicherheitsschlüssel' };
const PASSKEY: Words = { en: 'passkey', de: 'Passkey' };
const APP_CODE: Words = { en: 'code from an app', de: 'Code aus einer App' };
const TOKEN: Words = { en: 'hardware token', de: 'Hardwaretoken' };
const MAIL: Words = { en: 'e-mail (for passwords only)', de: 'E-Mail (nur für Kennwörter)' };
const QUESTIONS: Words = {
  en: 'security questions (for passwords only)',
  de: 'Sicherheitsfragen (nur für Kennwörter)',
};

const WORDS: Readonly<Record<string, Words>> = {
  microsoftAuthenticatorPush: AUTHENTICATOR,
  microsoftAuthenticatorPasswordless: AUTHENTICATOR,
  microsoftAuthenticator: AUTHENTICATOR,
  fido2SecurityKey: SECURITY_KEY,
  fido2: SECURITY_KEY,
  passKeyDeviceBound: PASSKEY,
  passKeyDeviceBoundAuthenticator: PASSKEY,
  passKeySynced: PASSKEY,
  passkey: PASSKEY,
  passKeyDeviceBoundWindowsHello: { en: 'Windows Hello', de: 'Windows Hello' },
  windowsHelloForBusiness: { en: 'Windows Hello', de: 'Windows Hello' },
  macOsSecureEnclaveKey: { en: 'Mac platform sign-in', de: 'Mac-Plattformanmeldung' },
  platformCredential: { en: 'platform sign-in', de: 'Plattformanmeldung' },
  softwareOneTimePasscode: APP_CODE,
  softwareOath: APP_CODE,
  hardwareOneTimePasscode: TOKEN,
  hardwareOath: TOKEN,
  x509Certificate: { en: 'certificate', de: 'Zertifikat' },
  temporaryAccessPass: { en: 'Temporary Access Pass (for a short time)', de: 'befristeter Zugriffspass' },
  mobilePhone: { en: 'mobile phone', de: 'Mobiltelefon' },
  alternateMobilePhone: { en: 'second mobile phone', de: 'zweites Mobiltelefon' },
  officePhone: { en: 'office phone', de: 'Diensttelefon' },
  phone: { en: 'phone', de: 'Telefon' },
  email: MAIL,
  securityQuestion: QUESTIONS,
  securityQuestions: QUESTIONS,
};

/** Registered by nearly everybody, and no answer to MFA. */
const NO_SECOND_STEP = new Set(['password', 'email', 'securityQuestion', 'securityQuestions', 'temporaryAccessPass']);

/** A person’s methods in words, each once. */
export function methodWords(methods: readonly string[], language: MessageLanguage): string {
  const shown = methods.filter((method) => method !== 'password');
  const words = [...new Set(shown.map((method) => WORDS[method]?.[language] ?? method))];
  return words.length === 0 ? { en: 'nothing yet', de: 'noch nichts' }[language] : words.join(', ');
}

/** What an account lacks, as the words after a colon. */
export function missingWords(missing: Missing, language: MessageLanguage): string {
  return MISSING[missing][language];
}

const MISSING: Readonly<Record<Missing, Words>> = {
  method: { en: 'no second step is set up yet', de: 'noch kein zweiter Schritt eingerichtet' },
  usableMethod: {
    en: 'what is set up is not accepted as a second step',
    de: 'was eingerichtet ist, wird nicht als zweiter Schritt angenommen',
  },
  notKnown: {
    en: 'we could not check whether a second step is set up',
    de: 'ob ein zweiter Schritt eingerichtet ist, ließ sich nicht prüfen',
  },
};

/** What a person's account lacks; null where it can answer MFA. What could not be read is `notKnown`, never missing. */
export function missingOf({ enrolment, methods }: Pick<PhasePerson, 'enrolment' | 'methods'>): Missing | null {
  if (enrolment === 'capable') return null;
  if (enrolment === 'unknown') return 'notKnown';
  return methods.some((method) => !NO_SECOND_STEP.has(method)) ? 'usableMethod' : 'method';
}
