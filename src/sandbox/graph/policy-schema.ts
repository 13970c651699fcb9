/**
 * The schema of a Conditional Access policy in a request, as far as a wrong kind of value is refused: a text where a
 * list belongs, an unknown member of an enumeration, an unknown property. Names from the v1.0 metadata of 2026-08.
 */
import { z } from 'zod';

const texts = z.array(z.string());
const levels = z.array(z.enum(['low', 'medium', 'high', 'hidden', 'none', 'unknownFutureValue']));

const guests = z.looseObject({ guestOrExternalUserTypes: z.string().nullish() });

const users = z
  .looseObject({
    includeUsers: texts,
    excludeUsers: texts,
    includeGroups: texts,
    excludeGroups: texts,
    includeRoles: texts,
    excludeRoles: texts,
    includeGuestsOrExternalUsers: guests.nullable(),
    excludeGuestsOrExternalUsers: guests.nullable(),
  })
  .partial();

const applications = z
  .looseObject({
    includeApplications: texts,
    excludeApplications: texts,
    includeUserActions: texts,
    includeAuthenticationContextClassReferences: texts,
    applicationFilter: z.looseObject({}).nullable(),
  })
  .partial();

const platform = z.enum(['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'all', 'linux', 'unknownFutureValue']);

const conditions = z
  .looseObject({
    users: users.nullable(),
    applications: applications.nullable(),
    clientAppTypes: z.array(
      z.enum([
        'all',
        'browser',
        'mobileAppsAndDesktopClients',
        'exchangeActiveSync',
        'easSupported',
        'other',
        'unknownFutureValue',
      ]),
    ),
    clientApplications: z
      .looseObject({
        includeServicePrincipals: texts,
        excludeServicePrincipals: texts,
        servicePrincipalFilter: z.looseObject({}).nullable(),
      })
      .partial()
      .nullable(),
    locations: z.looseObject({ includeLocations: texts, excludeLocations: texts }).partial().nullable(),
    platforms: z
      .looseObject({ includePlatforms: z.array(platform), excludePlatforms: z.array(platform) })
      .partial()
      .nullable(),
    devices: z.looseObject({}).nullable(),
    authenticationFlows: z.looseObject({ transferMethods: z.string().nullish() }).nullable(),
    signInRiskLevels: levels,
    userRiskLevels: levels,
    servicePrincipalRiskLevels: levels,
    insiderRiskLevels: z.string().nullable(),
  })
  .partial();

const grantControls = z
  .looseObject({
    operator: z.enum(['AND', 'OR']),
    builtInControls: z.array(
      z.enum([
        'block',
        'mfa',
        'compliantDevice',
        'domainJoinedDevice',
        'approvedApplication',
        'compliantApplication',
        'passwordChange',
        'riskRemediation',
        'unknownFutureValue',
      ]),
    ),
    customAuthenticationFactors: texts,
    termsOfUse: texts,
    authenticationStrength: z.looseObject({ id: z.string() }).nullable(),
  })
  .partial();

/** What may stand at the top of a sent policy. Read-only properties are taken and ignored, as an echoed GET has them. */
export const sentPolicySchema = z
  .strictObject({
    id: z.string().nullable(),
    templateId: z.string().nullable(),
    displayName: z.string(),
    description: z.string().nullable(),
    createdDateTime: z.string().nullable(),
    modifiedDateTime: z.string().nullable(),
    deletedDateTime: z.string().nullable(),
    state: z.enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced']),
    conditions,
    grantControls: grantControls.nullable(),
    sessionControls: z.looseObject({}).nullable(),
    /** Beta shows it, so that an echo may carry it. */
    partialEnablementStrategy: z.unknown(),
  })
  .partial();
