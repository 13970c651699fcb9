import {
  type DecideRequest,
  type DecisionOutcome,
  decisionOutcomeSchema,
  type SignRequest,
} from '../../src/contract.ts';
import { type Press, usePress } from './use-press.ts';

export type DecisionPress = Press<SignRequest | DecideRequest, DecisionOutcome>;

/** A decision sent to `path`; whatever becomes of it, everything shown is asked again. */
export function useDecision(path: string): DecisionPress {
  return usePress(path, decisionOutcomeSchema);
}
