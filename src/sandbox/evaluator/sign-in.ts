/**
 * A sign-in as the evaluator reads it. In the optional facts `undefined` means "nobody said", so that a policy which
 * asks for the fact depends on it, and `null` means "said to be absent" (no known platform, a device that is not
 * registered, an address that maps to no country).
 */
import type { GraphObject } from '../world/world.ts';

/** https://learn.microsoft.com/graph/api/resources/conditionalaccessguestsorexternalusers */
export const EXTERNAL_USER_TYPES = [
  'internalGuest',
  'b2bCollaborationGuest',
  'b2bCollaborationMember',
  'b2bDirectConnectUser',
  'otherExternalUser',
  'serviceProvider',
] as const;
export type ExternalUserType = (typeof EXTERNAL_USER_TYPES)[number];

/** https://learn.microsoft.com/graph/api/resources/conditionalaccessplatforms */
export const PLATFORMS = ['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux'] as const;
type Platform = (typeof PLATFORMS)[number];

/** https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset, `clientAppTypes` */
export const CLIENT_APPS = [
  'browser',
  'mobileAppsAndDesktopClients',
  'exchangeActiveSync',
  'easSupported',
  'other',
] as const;
type ClientApp = (typeof CLIENT_APPS)[number];

export const RISK_LEVELS = ['low', 'medium', 'high', 'hidden', 'none'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

export const INSIDER_RISK_LEVELS = ['none', 'minor', 'moderate', 'elevated'] as const;
type InsiderRiskLevel = (typeof INSIDER_RISK_LEVELS)[number];

export const TRANSFER_METHODS = ['none', 'deviceCodeFlow', 'authenticationTransfer'] as const;
type TransferMethod = (typeof TRANSFER_METHODS)[number];

export const USER_ACTIONS = ['registerSecurityInformation', 'registerOrJoinDevices'] as const;
export type UserAction = (typeof USER_ACTIONS)[number];

export type UserIdentity = {
  kind: 'user';
  userId: string;
  /** Overrides what the user object tells; needed for people without an object in the directory. */
  externalUserType?: ExternalUserType | undefined;
  /** Home tenant of an external user; null: an identity provider other than Microsoft Entra ID. */
  externalTenantId?: string | null | undefined;
  /** Template ids of eligible roles that the person has activated for this session. */
  activatedRoles?: readonly string[] | undefined;
};

type ServicePrincipalIdentity = { kind: 'servicePrincipal'; servicePrincipalId: string };

export type SignInTarget =
  | { kind: 'application'; appIds: readonly string[] }
  | { kind: 'userAction'; userAction: UserAction }
  | { kind: 'authenticationContext'; value: string };

/** What of a sign-in does not depend on who signs in. */
export type Circumstances = {
  target: SignInTarget;
  clientApp?: ClientApp | null | undefined;
  platform?: Platform | null | undefined;
  ipAddress?: string | null | undefined;
  /** Two letters, found by the address. */
  country?: string | null | undefined;
  /** Two letters, told by the Authenticator app. */
  gpsCountry?: string | null | undefined;
  /** Graph `deviceInfo`; null: the device is not registered in the directory. */
  device?: GraphObject | null | undefined;
  /**
   * The flow by which the session began: it stays with the session through its refreshes ("protocol tracking").
   * https://learn.microsoft.com/entra/identity/conditional-access/concept-authentication-flows#protocol-tracking
   */
  transferMethod?: TransferMethod | undefined;
  signInRisk?: RiskLevel | undefined;
  userRisk?: RiskLevel | undefined;
  insiderRisk?: InsiderRiskLevel | undefined;
  servicePrincipalRisk?: RiskLevel | undefined;
  /** The OAuth resource-owner-password grant: a modern client that nobody can answer a prompt in. */
  isRopc?: boolean | undefined;
  /** Controls that the client fulfils by itself: approvedApplication, compliantApplication. */
  fulfilledControls?: readonly string[] | undefined;
};

export type SignIn = Circumstances & { identity: UserIdentity | ServicePrincipalIdentity };

/** Graph's words for why a policy does not apply. https://learn.microsoft.com/graph/api/resources/whatifanalysisresult */
export type AnalysisReason =
  | 'notSet'
  | 'notEnoughInformation'
  | 'invalidCondition'
  | 'users'
  | 'workloadIdentities'
  | 'application'
  | 'userActions'
  | 'authenticationContext'
  | 'devicePlatform'
  | 'devices'
  | 'clientApps'
  | 'location'
  | 'signInRisk'
  | 'emptyPolicy'
  | 'invalidPolicy'
  | 'policyNotEnabled'
  | 'userRisk'
  | 'time'
  | 'insiderRisk'
  | 'authenticationFlow';
