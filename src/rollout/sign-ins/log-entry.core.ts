/**
 * One row of a sign-in log, read for the rollout: what the report-only policy would have made of it, whether it came
 * from a client that cannot answer MFA, and whether somebody failed or passed MFA under enforcement. What each
 * report-only result means: https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-report-only
 */
import { msOf } from '../../lib/instant.ts';
import { objectOf, textOf } from '../policy/graph-json.core.ts';
import {
  isBackground,
  type LogRow,
  type Speechless,
  speechlessOf,
  whyUnused,
} from '../policy/replay/recorded-sign-in.core.ts';
import { mfaFailureOf } from './mfa-failures.core.ts';

export const OUTCOMES = ['satisfied', 'prompted', 'promptedInBackground', 'fails', 'notApplied', 'noResult'] as const;

/**
 * What report-only says of a sign-in that succeeded: `satisfied` MFA was done already; `prompted` somebody present would
 * be asked, registered or not; `promptedInBackground` an app would be asked while nobody looks; `fails` the client
 * cannot answer; `notApplied` the policy leaves it alone; `noResult` the log tells nothing about this policy.
 */
export type ReportOnlyOutcome = (typeof OUTCOMES)[number];

export type EntryContext = {
  tenantId: string;
  /** The object ids of the managed policies; null: not made yet. */
  observeId: string | null;
  enforceId: string | null;
};

export type Entry = {
  accountId: string;
  atMs: number;
  /** Null for a sign-in that did not succeed. */
  outcome: ReportOnlyOutcome | null;
  /** The protocol of a client that cannot answer MFA; null: it can. */
  protocol: string | null;
  appId: string;
  appName: string;
  /** Somebody present failed or passed; null says nothing about that. */
  challenge: 'failed' | 'passed' | null;
  code: number;
  /** Whether the enforcing policy was applied to it, answered or not. */
  isEnforced: boolean;
};

/** Protocols that Graph has no name for; its names of older clients are kept as they are. */
export const ROPC = 'ROPC';
export const DEVICE_CODE = 'device code';
export const BACKGROUND = 'background sign-in';
/** What enforcement does to every session without MFA until its owner answers once: by itself no client that cannot. */
export const REFUSED = 'refused background sign-in';
export const FOREGROUND = 'app without MFA';

/** Reads a row; null for one that no person of this tenant made, that a stranger may have made, or that has no date. */
export function entryOf(row: LogRow, context: EntryContext): Entry | null {
  const code = codeOf(row);
  const isMfaFailure = failedMfa(row, code, context);
  // A failed row is the owner's only where the password was right.
  if (whyUnused(isMfaFailure ? { ...row, status: null } : row, context.tenantId) !== null) return null;
  const atMs = msOf(textOf(row.createdDateTime) ?? '');
  const accountId = textOf(row.userId)?.toLowerCase();
  if (Number.isNaN(atMs) || accountId === undefined) return null;
  const outcome = isMfaFailure ? null : outcomeOf(row, context.observeId);
  const appId = textOf(row.appId)?.toLowerCase() ?? '';
  return {
    accountId,
    atMs,
    outcome,
    protocol: protocolOf(row, isMfaFailure || outcome === 'fails'),
    appId,
    appName: textOf(row.appDisplayName) ?? appId,
    challenge: isBackground(row) ? null : isMfaFailure ? 'failed' : 'passed',
    code,
    isEnforced: isEnforcedIn(row, context.enforceId),
  };
}

function isEnforcedIn(row: LogRow, enforceId: string | null): boolean {
  const result = enforceId === null ? null : resultOf(row, enforceId);
  return result === 'success' || result === 'failure';
}

function codeOf(row: LogRow): number {
  const code = objectOf(row.status)?.errorCode;
  return typeof code === 'number' ? code : 0;
}

function failedMfa(row: LogRow, code: number, { enforceId }: EntryContext): boolean {
  const failure = mfaFailureOf(code);
  if (failure === undefined) return false;
  return !failure.isOnlyOurs || (enforceId !== null && resultOf(row, enforceId) === 'failure');
}

function outcomeOf(row: LogRow, observeId: string | null): ReportOnlyOutcome {
  switch (observeId === null ? '' : (resultOf(row, observeId) ?? '')) {
    case 'reportOnlySuccess':
      return 'satisfied';
    case 'reportOnlyInterrupted':
      return isBackground(row) ? 'promptedInBackground' : 'prompted';
    case 'reportOnlyFailure':
      return 'fails';
    case 'reportOnlyNotApplied':
      return 'notApplied';
    default:
      // A policy that somebody switched on or off, a masked result, or no right to read policies.
      return 'noResult';
  }
}

function resultOf(row: LogRow, policyId: string): string | null {
  const applied = row.appliedConditionalAccessPolicies;
  if (!Array.isArray(applied)) return null;
  for (const entry of applied as readonly unknown[]) {
    const policy = objectOf(entry);
    if (textOf(policy?.id)?.toLowerCase() === policyId.toLowerCase()) return textOf(policy?.result);
  }
  return null;
}

/** Somebody present who fails MFA in a modern app has no wrong client: he can still answer. */
function protocolOf(row: LogRow, isFailing: boolean): string | null {
  const speechless = speechlessOf(row);
  if (speechless !== null) return speechlessName(row, speechless);
  if (!isFailing) return null;
  const isRefused = codeOf(row) !== 0;
  if (isBackground(row)) return isRefused ? REFUSED : BACKGROUND;
  return isRefused ? null : FOREGROUND;
}

function speechlessName(row: LogRow, speechless: Speechless): string {
  switch (speechless) {
    case 'ropc':
      return ROPC;
    case 'deviceCode':
      return DEVICE_CODE;
    case 'legacy':
      return textOf(row.clientAppUsed)?.trim() ?? 'Other clients';
  }
}
