/**
 * People and programs who sign in now: the sandbox's own evaluator decides what becomes of each attempt, and the log
 * shows it as Entra would. What report-only results mean:
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-report-only
 * Error codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { readSubject, type Subject } from './evaluator/identity.ts';
import { judgeSubject } from './evaluator/judge.ts';
import { outcomeOfSubject, type SignInResult } from './evaluator/outcome.ts';
import type { Circumstances } from './evaluator/sign-in.ts';
import { textAt } from './evaluator/wire.ts';
import { addSignIns, type WorldHandle } from './people.ts';
import type { GraphObject, Tenant } from './world/world.ts';

/** POST /_sandbox/tenants/{id}/signIns/attempts. */
export const attemptsSchema = z.array(
  z.strictObject({
    id: z.string().optional(),
    userId: z.string(),
    /** The sandbox's now where it is left out. */
    at: z.iso.datetime().optional(),
    appId: z.string(),
    appName: z.string(),
    /** Graph's `clientAppUsed`. */
    client: z.string(),
    isRopc: z.boolean().default(false),
    isInteractive: z.boolean(),
    /** MFA was done earlier and stands in the session. */
    hasMfa: z.boolean().default(false),
    /** Whether somebody who is asked for MFA and can answer does so. */
    answers: z.boolean().default(true),
    /** From where; what is left out, nobody knows. */
    ipAddress: z.string().optional(),
    country: z.string().length(2).optional(),
  }),
);

export type Attempt = z.output<typeof attemptsSchema>[number];

/** What the evaluator decided: today, and would a report-only policy be the only one and enforced. */
export type AttemptTruth = {
  id: string;
  userId: string;
  result: SignInResult;
  gotIn: boolean;
  underReportOnly: Record<string, SignInResult | 'satisfied'>;
};

/** Lets them sign in one by one, writes each into the log, and tells what was decided. */
export function attemptSignIns(world: WorldHandle, tenantId: string, attempts: readonly Attempt[]): AttemptTruth[] {
  const tenant = world.state.tenants.get(tenantId)?.tenant;
  if (tenant === undefined) throw new Error(`there is no tenant ${tenantId}`);
  const now = new Date(world.now()).toISOString();
  const made = attempts.map((attempt) => judgeAttempt(visitOf(tenant, attempt.userId), attempt, now));
  addSignIns(
    world,
    tenantId,
    made.map(({ row }) => row),
  );
  return made.map(({ truth }) => truth);
}

type LogRow = Tenant['signIns'][number];

/** Somebody of a tenant, read once, so that many of his sign-ins can be judged. */
export type Visit = {
  tenant: Tenant;
  subject: Subject;
  methods: readonly GraphObject[];
  user: GraphObject | undefined;
};

/** Reads somebody of a tenant; what he has registered is as the tenant knows it. */
export function visitOf(tenant: Tenant, userId: string): Visit {
  return {
    tenant,
    subject: readSubject(tenant, { kind: 'user', userId }),
    methods: tenant.authenticationMethods[userId] ?? [],
    user: tenant.users.find((one) => one.id === userId),
  };
}

/** What becomes of an attempt, and its row of the log; nothing is kept. */
export function judgeAttempt(visit: Visit, attempt: Attempt, now: string): { row: LogRow; truth: AttemptTruth } {
  const { tenant, user } = visit;
  const { result } = outcomeOfSubject(visit, circumstancesOf(attempt));
  const id = attempt.id ?? randomUUID();
  const reportOnly = tenant.conditionalAccessPolicies.filter(isReportOnly);
  const underReportOnly = Object.fromEntries(
    reportOnly.map((policy) => [policy.id, resultUnder(visit, policy, attempt)]),
  );
  const errorCode = errorCodeOf(attempt, result);
  const applied = appliedPolicies(visit, { attempt, errorCode, underReportOnly });
  const hadMfa = attempt.hasMfa || (errorCode === 0 && result === 'promptedCanAnswer');
  const row = {
    id,
    createdDateTime: attempt.at ?? now,
    userId: attempt.userId,
    userDisplayName: user?.displayName ?? '',
    userPrincipalName: String(user?.userPrincipalName ?? '').toLowerCase(),
    appId: attempt.appId,
    appDisplayName: attempt.appName,
    clientAppUsed: attempt.client,
    isInteractive: attempt.isInteractive,
    signInEventTypes: [attempt.isInteractive ? 'interactiveUser' : 'nonInteractiveUser'],
    authenticationProtocol: attempt.isRopc ? 'ropc' : isModern(attempt) ? 'oAuth2' : 'none',
    authenticationRequirement: hadMfa ? 'multiFactorAuthentication' : 'singleFactorAuthentication',
    conditionalAccessStatus: errorCode === 0 ? 'success' : 'failure',
    status: { errorCode, failureReason: errorCode === 0 ? 'Other.' : `AADSTS${errorCode}`, additionalDetails: null },
    homeTenantId: tenant.tenantId,
    resourceTenantId: tenant.tenantId,
    appliedConditionalAccessPolicies: applied,
    ...placeOf(attempt),
  };
  return { row, truth: { id, userId: attempt.userId, result, gotIn: errorCode === 0, underReportOnly } };
}

function placeOf({ ipAddress, country }: Attempt): GraphObject {
  const location = country === undefined ? {} : { location: { city: null, state: null, countryOrRegion: country } };
  return { ...(ipAddress === undefined ? {} : { ipAddress }), ...location };
}

const MODERN: Readonly<Record<string, Circumstances['clientApp']>> = {
  Browser: 'browser',
  'Mobile Apps and Desktop clients': 'mobileAppsAndDesktopClients',
};

function isModern({ client }: Attempt): boolean {
  return Object.hasOwn(MODERN, client);
}

function circumstancesOf({ appId, client, isRopc, ipAddress, country }: Attempt): Circumstances {
  const older = client === 'Exchange ActiveSync' ? 'exchangeActiveSync' : 'other';
  return {
    target: { kind: 'application', appIds: [appId] },
    clientApp: MODERN[client] ?? older,
    transferMethod: 'none',
    isRopc,
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(country === undefined ? {} : { country }),
  };
}

function isReportOnly(policy: GraphObject): boolean {
  return textAt(policy, 'state')?.toLowerCase() === 'enabledforreportingbutnotenforced';
}

/** The outcome with this policy enforced and nothing else in force. */
function resultUnder(visit: Visit, policy: GraphObject & { id: string }, attempt: Attempt): SignInResult | 'satisfied' {
  const { tenant } = visit;
  const alone: Tenant = {
    ...tenant,
    conditionalAccessPolicies: [{ ...policy, state: 'enabled' }],
    securityDefaults: { ...tenant.securityDefaults, isEnabled: false },
    perUserMfa: {},
  };
  const { result } = outcomeOfSubject({ ...visit, tenant: alone }, circumstancesOf(attempt));
  const isPrompted = result === 'promptedCanAnswer' || result === 'promptedNotRegistered';
  return attempt.hasMfa && isPrompted ? 'satisfied' : result;
}

/** 0 where it got in. A client that cannot answer is refused in its own way: 50076 for ROPC, 53003 for older protocols. */
function errorCodeOf(attempt: Attempt, result: SignInResult): number {
  switch (result) {
    case 'allowedWithoutMfa':
      return 0;
    case 'promptedCanAnswer':
      if (attempt.hasMfa) return 0;
      if (!attempt.isInteractive) return 50076;
      return attempt.answers ? 0 : 50074;
    case 'promptedNotRegistered':
      if (attempt.hasMfa) return 0;
      return attempt.isInteractive ? 50072 : 50079;
    case 'blocked':
      return attempt.isRopc ? 50076 : 53003;
  }
}

function appliedPolicies(
  { tenant, subject }: Visit,
  {
    attempt,
    errorCode,
    underReportOnly,
  }: { attempt: Attempt; errorCode: number } & Pick<AttemptTruth, 'underReportOnly'>,
): GraphObject[] {
  const { policies } = judgeSubject({ tenant, subject }, circumstancesOf(attempt));
  return tenant.conditionalAccessPolicies.map((policy, index) => {
    const applies = policies[index]?.applies === true;
    const enforced = applies ? (errorCode === 0 ? 'success' : 'failure') : 'notApplied';
    const wouldBe = underReportOnly[policy.id];
    const result =
      wouldBe !== undefined
        ? reportOnlyResult(wouldBe, applies)
        : textAt(policy, 'state') === 'disabled'
          ? 'notEnabled'
          : enforced;
    return {
      id: policy.id,
      displayName: policy.displayName ?? null,
      enforcedGrantControls: applies ? ['Mfa'] : [],
      enforcedSessionControls: [],
      result,
    };
  });
}

function reportOnlyResult(result: SignInResult | 'satisfied', applies: boolean): string {
  if (!applies) return 'reportOnlyNotApplied';
  switch (result) {
    case 'satisfied':
    case 'allowedWithoutMfa':
      return 'reportOnlySuccess';
    case 'promptedCanAnswer':
    case 'promptedNotRegistered':
      return 'reportOnlyInterrupted';
    case 'blocked':
      return 'reportOnlyFailure';
  }
}
