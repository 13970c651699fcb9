import { useMutation } from '@tanstack/react-query';
import { useApi, useRefresh } from '../api/api.tsx';
import type { Parser } from '../api/client.ts';

export type Press<B, T> = {
  /** Sends the press; a second one while the first is on its way does nothing. */
  press: (body: B) => void;
  isSending: boolean;
  outcome: T | null;
  error: unknown;
  clear: () => void;
};

/** Something sent to `path` once; whatever becomes of it, everything shown is asked again. */
export function usePress<B, T>(path: string, parser: Parser<T>): Press<B, T> {
  const api = useApi();
  const refresh = useRefresh();
  const sending = useMutation({
    mutationFn: (body: B) => api.post(path, { body }, parser),
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
