import { headerOf } from '../http/exchange.ts';
import type { GraphContext } from './context.ts';

/**
 * Members of evolvable enumerations that stand after `unknownFutureValue` in the v1.0 metadata: a caller that does
 * not ask for them gets `unknownFutureValue` instead.
 */
const LATE_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  appliedConditionalAccessPolicyResult: [
    'reportOnlySuccess',
    'reportOnlyFailure',
    'reportOnlyNotApplied',
    'reportOnlyInterrupted',
  ],
  conditionalAccessDevicePlatform: ['linux'],
  conditionalAccessGrantControl: ['riskRemediation'],
  riskDetail: [
    'm365DAdminDismissedDetection',
    'adminConfirmedServicePrincipalCompromised',
    'adminDismissedAllRiskForServicePrincipal',
    'userChangedPasswordOnPremises',
    'adminDismissedRiskForSignIn',
    'adminConfirmedAccountSafe',
    'microsoftRevokedSessions',
  ],
};

/** Whether late members are hidden from this caller. */
export function masksLateMembers(context: GraphContext): boolean {
  return !/\binclude-unknown-enum-members\b/i.test(headerOf(context.call, 'prefer') ?? '');
}

/** A value of an enumeration as a caller sees it that did not ask for late members. */
export function maskMember(enumName: string, value: unknown): unknown {
  return typeof value === 'string' && LATE_MEMBERS[enumName]?.includes(value) === true ? 'unknownFutureValue' : value;
}
