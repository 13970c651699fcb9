import { z } from 'zod';
import { DEFAULT_LIFE, TEMPERAMENTS } from '../life/life-state.ts';
import { withoutUndefined } from './routes.ts';

const graphObject = z.record(z.string(), z.unknown());

/** POST /_sandbox/clock: a step forward, or an instant. */
export const clockSchema = z.union([
  z.strictObject({ advanceMs: z.number().nonnegative() }),
  z.strictObject({ to: z.iso.datetime({ offset: true }) }),
]);

/** POST /_sandbox/tenants/{id}/users/{id}: any of these at once. */
export const userChangeSchema = z.strictObject({
  /** A whole new user under this id. */
  put: graphObject.optional(),
  set: graphObject.optional(),
  enrol: z
    .strictObject({
      method: z.enum(['microsoftAuthenticator', 'phone', 'fido2', 'softwareOath', 'windowsHelloForBusiness', 'email']),
      reportLagMs: z.number().nonnegative().optional(),
    })
    .optional(),
  removeMethods: z.literal(true).optional(),
  managerId: z.string().nullable().optional(),
  perUserMfa: z.enum(['disabled', 'enabled', 'enforced']).optional(),
  mailbox: z.enum(['user', 'linked', 'shared', 'room', 'equipment', 'others']).nullable().optional(),
  delete: z.enum(['soft', 'permanent']).optional(),
});

/** POST /_sandbox/tenants/{id}/groups/{id}/members. */
export const membersSchema = z.strictObject({
  add: z.array(z.string()).optional(),
  remove: z.array(z.string()).optional(),
});

/** POST /_sandbox/tenants/{id}/signIns. */
export const signInsSchema = z.array(
  graphObject.and(z.object({ id: z.string(), createdDateTime: z.string(), userId: z.string() })),
);

const window = z.tuple([z.number().nonnegative(), z.number().nonnegative()]);

const share = z.number().min(0).max(1);

/** True: as usual; null or false: off; else what differs from the usual. */
const lifeSchema = z
  .union([
    z.boolean(),
    z.null(),
    z
      .strictObject({
        temperaments: z.record(z.enum(TEMPERAMENTS), z.number().nonnegative()),
        losesPhonePerDay: share,
        travelsPerMonth: share,
        asksPerMessage: share,
        withoutPhone: share,
      })
      .partial(),
  ])
  .transform((life) =>
    life === null || life === false ? null : { ...DEFAULT_LIFE, ...(life === true ? {} : withoutUndefined(life)) },
  );

/** POST /_sandbox/tenants/{id}/options. */
export const tenantOptionsSchema = z
  .strictObject({
    perUserMfaStateSelectable: z.boolean(),
    deletedPoliciesReadable: z.boolean(),
    roleAssignmentsNeedFilter: z.boolean(),
    methodsInReportsLimit: z.boolean(),
    securityDefaultsInPolicyLimit: z.boolean(),
    deltaPageSize: z.int().positive(),
    signInDelayMs: window,
    auditDelayMs: window,
    consentVisibleAfterMs: z.number().nonnegative(),
    groupVisibleAfterMs: z.number().nonnegative(),
    referenceVisibleAfterMs: z.number().nonnegative(),
    securityDefaultsOffAfterMs: z.number().nonnegative(),
    policyPatch: z.enum(['merge', 'replace']),
    policyNullsRefused: z.boolean(),
    policyErrorInside: z.boolean(),
    auditJsonLayers: z.union([z.literal(1), z.literal(2)]),
    securityDefaultsBlockedBy: z.enum(['enabledPolicies', 'enabledOrReportOnly', 'nothing']),
    managedPoliciesAppear: z.enum(['no', 'reportOnly', 'enabled']),
    temporaryAccessPass: z.strictObject({
      isEnabled: z.boolean(),
      minimumMinutes: z.int().positive(),
      maximumMinutes: z.int().positive(),
      defaultMinutes: z.int().positive(),
      onceOnly: z.boolean(),
      forGroups: z.array(z.string()).optional(),
      notForGroups: z.array(z.string()).optional(),
    }),
    mailRecipientsPerDay: z.int().nonnegative(),
    mailSettleMs: window,
    mailReturnMs: window,
    undeliverableAddresses: z.array(z.string().toLowerCase()),
    life: lifeSchema,
  })
  .partial();

/** POST /_sandbox/bamboohr/{company}/options. */
export const companyOptionsSchema = z
  .strictObject({
    rateLimit: z.strictObject({ requests: z.int().positive(), windowMs: z.int().positive() }).nullable(),
    rateLimitStatus: z.union([z.literal(429), z.literal(503)]),
    retryAfterAsDate: z.boolean(),
    directoryShared: z.boolean(),
    directoryFields: z.array(z.string()),
    hiddenFields: z.array(z.string()),
    whosOutEnabled: z.boolean(),
    onlyCurrentHidesInactive: z.boolean(),
    datasetNames: z.enum(['usual', 'own']),
    refreshTokenRotates: z.boolean(),
    accessTokenSeconds: z.int().positive(),
  })
  .partial();

/** POST /_sandbox/bamboohr/{company}/connections. */
export const connectionSchema = z.strictObject({ scopes: z.array(z.string()) });

/** POST /_sandbox/bamboohr/{company}/employees/{id}. */
export const employeeChangeSchema = z.union([
  z.strictObject({ set: z.record(z.string(), z.string().nullable()) }),
  z.strictObject({ hire: z.record(z.string(), z.string().nullable()) }),
  z.strictObject({ delete: z.literal(true) }),
]);

/** POST /_sandbox/bamboohr/{company}/absences. */
export const absencesSchema = z.array(
  z.strictObject({
    id: z.string(),
    type: z.enum(['timeOff', 'holiday']),
    employeeId: z.string().optional(),
    name: z.string(),
    start: z.iso.date(),
    end: z.iso.date(),
  }),
);
