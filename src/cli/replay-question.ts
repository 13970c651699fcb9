import { z } from 'zod';

/** Days of sign-ins that a tenant with P1 keeps. */
export const REPLAY_DAYS_MAX = 30;

/** What may be asked of a replay, at the socket and offline. */
export const replayQuestion = z.object({
  days: z.number().int().min(1).max(REPLAY_DAYS_MAX).default(REPLAY_DAYS_MAX),
  everyone: z.boolean().optional(),
  draftText: z.string().optional(),
});
