/**
 * One sign-in to be judged. Whatever is left out is not evaluated: a policy that depends on it then applies
 * conditionally, never for certain (Microsoft's What If asks for every parameter for the same reason).
 */
export type SignIn = {
  /** Object id of a user of the directory. */
  readonly userId?: string | null | undefined;
  /** Somebody without an object in the directory, such as a partner's technician, instead of `userId`. */
  readonly externalUser?: { readonly type: string; readonly tenantId?: string | null | undefined } | null | undefined;
  /** What is reached for; left out, it is some application. */
  readonly target?: SignInTarget | null | undefined;
  readonly clientAppType?: string | null | undefined;
  /** `windows`, `macOS`, `iOS`, `android`, `linux`, `windowsPhone`; anything else is an unsupported platform. */
  readonly platform?: string | null | undefined;
  readonly ipAddress?: string | null | undefined;
  /** Two-letter code; an empty text means that the address maps to no country. */
  readonly country?: string | null | undefined;
  /** As `country`, told by the Authenticator app; locations found by GPS ask for it and never for the other. */
  readonly gpsCountry?: string | null | undefined;
  /** All named locations the sign-in comes from, where the caller knows them. */
  readonly namedLocationIds?: readonly string[] | null | undefined;
  /** Whether it comes from a trusted location, where the caller knows it. */
  readonly trusted?: boolean | null | undefined;
  /** Attributes of a registered device by Graph's names, or `unregistered`, which has none. */
  readonly device?: DeviceFacts | 'unregistered' | null | undefined;
  readonly authenticationFlow?: string | null | undefined;
  readonly signInRisk?: string | null | undefined;
  readonly userRisk?: string | null | undefined;
  readonly insiderRisk?: string | null | undefined;
};

export type SignInTarget =
  | { readonly kind: 'app'; readonly appId: string }
  | { readonly kind: 'userAction'; readonly action: string }
  | { readonly kind: 'authenticationContext'; readonly id: string; readonly appId?: string | null | undefined };

/** A device attribute: a value, null for "has none", left out for "not known". */
export type DeviceFacts = {
  readonly [attribute: string]: string | boolean | readonly string[] | null | undefined;
};

/** A text that was given, in lower case; null when it was not. */
export function given(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : value.toLowerCase();
}
