/** Names of authentication methods for people; Entra's own word stands where none is known here. */
const NAMES: Readonly<Record<string, { en: string; de: string }>> = {
  microsoftAuthenticatorPush: { en: 'Microsoft Authenticator', de: 'Microsoft Authenticator' },
  microsoftAuthenticatorPasswordless: { en: 'Authenticator without password', de: 'Authenticator ohne Kennwort' },
  passKeyDeviceBound: { en: 'passkey', de: 'Passkey' },
  passKeyDeviceBoundAuthenticator: { en: 'passkey in Authenticator', de: 'Passkey im Authenticator' },
  passKeyDeviceBoundWindowsHello: { en: 'passkey in Windows Hello', de: 'Passkey in Windows Hello' },
  passKeySynced: { en: 'synced passkey', de: 'synchronisierter Passkey' },
  fido2SecurityKey: { en: 'security key', de: 'Sicherheitsschlüssel' },
  fido2: { en: 'security key', de: 'Sicherheitsschlüssel' },
  windowsHelloForBusiness: { en: 'Windows Hello', de: 'Windows Hello' },
  macOsSecureEnclaveKey: { en: 'Mac platform sign-in', de: 'Mac-Plattformanmeldung' },
  softwareOneTimePasscode: { en: 'code from an app', de: 'Code aus einer App' },
  hardwareOneTimePasscode: { en: 'hardware token', de: 'Hardware-Token' },
  temporaryAccessPass: { en: 'Temporary Access Pass', de: 'Befristeter Zugriffspass' },
  mobilePhone: { en: 'mobile phone', de: 'Mobiltelefon' },
  alternateMobilePhone: { en: 'second mobile phone', de: 'zweites Mobiltelefon' },
  officePhone: { en: 'office phone', de: 'Diensttelefon' },
  email: { en: 'e-mail', de: 'E-Mail' },
  securityQuestion: { en: 'security questions', de: 'Sicherheitsfragen' },
  password: { en: 'password', de: 'Kennwort' },
};

/** The word for a method in a language; an unknown method keeps Entra's name. */
export function methodName(method: string, language: 'en' | 'de'): string {
  return NAMES[method]?.[language] ?? method;
}
