/** Break-glass accounts: whether they can be relied on (S2), and who signs in with them (S3). */
import type { Answer, BreakGlassCheck } from '../exceptions/exception-types.core.ts';

/** Everything that makes an emergency account usable; `unknown` is no pass. */
export type UsableCheck = BreakGlassCheck & {
  /** Whether some daily administrator gets in by another kind of method than this account. */
  otherMethod: Answer;
  /** Whether a sign-in of a drill is on record that is not too old. */
  drill: Answer;
};

/** A drill as it is stored. */
export type Drill = {
  id: string;
  accountId: string;
  startedAt: string;
  expiresAt: string;
  signInId: string | null;
  signedInAt: string | null;
};

/** How an account stands with its drills. */
export type DrillStanding = {
  state: 'never' | 'running' | 'drilled' | 'overdue';
  /** When it last signed in within a drill, and until when that counts. */
  drilledAt: string | null;
  dueAt: string | null;
  /** Until when the running drill waits for the sign-in. */
  runningUntil: string | null;
  /** When a later drill ended without a sign-in. */
  missedAt: string | null;
};

/** A sign-in as the tenant's log tells it. */
export type SeenSignIn = {
  id: string;
  accountId: string;
  at: string;
  interactive: boolean;
  succeeded: boolean;
  app: string | null;
  ipAddress: string | null;
  country: string | null;
};

/** The same as it is kept: with the session that one card tells of, and the drill whose sign-in it was. */
export type KeptSignIn = SeenSignIn & { session: string; drillId: string | null };

/** The two logs of people's sign-ins. */
export const EMERGENCY_LOGS = ['interactive', 'nonInteractive'] as const;

export type EmergencyLog = (typeof EMERGENCY_LOGS)[number];

/** How far a log was read for these accounts. */
export type LogReading = { log: EmergencyLog; readTo: string | null; problem: string | null };
