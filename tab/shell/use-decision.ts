import { useMutation } from '@tanstack/react-query';
import {
  type DecideRequest,
  type DecisionOutcome,
  decisionOutcomeSchema,
  type SignRequest,
} from '../../src/contract.ts';
import { useApi, useRefresh } from '../api/api.tsx';

type Press = SignRequest | DecideRequest;

export type DecisionPress = {
  /** Sends the press; a second one while the first is on its way does nothing. */
  press: (body: Press) => void;
  isSending: boolean;
  outcome: DecisionOutcome | null;
  error: unknown;
  clear: () => void;
};

/** A decision sent to `path`; whatever becomes of it, everything shown is asked again. */
export function useDecision(path: string): DecisionPress {
  const api = useApi();
  const refresh = useRefresh();
  const sending = useMutation({
    mutationFn: (body: Press) => api.post(path, { body }, decisionOutcomeSchema),
    onSettled: refresh,
  });
  return {
    press: (body) => {
      if (!sending.isPending) sending.mutate(body);
    },
    isSending: sending.isPending,
    outcome: sending.data ?? null,
    error: sending.error,
    clear: sending.reset,
  };
}
