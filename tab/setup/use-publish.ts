import { useMutation } from '@tanstack/react-query';
import { PACKAGE_BYTES_MAX, type PublishOutcome, publishOutcomeSchema } from '../../src/contract.ts';
import { useApi } from '../api/api.tsx';

/** Microsoft takes its time: the exchange of the token, the upload, and looking until the catalogue shows it. */
const DEADLINE_MS = 90_000;

export type Publishing = {
  /** Sends the file; a second press while the first is on its way does nothing. */
  publish: (file: File) => void;
  isSending: boolean;
  outcome: PublishOutcome | null;
  error: unknown;
  clear: () => void;
};

/** Publishes a package to the customer's catalogue. */
export function usePublish(path: string): Publishing {
  const api = useApi();
  const sending = useMutation({
    mutationFn: async (file: File) =>
      api.post(path, { body: { zip: await base64Of(file) }, deadlineMs: DEADLINE_MS }, publishOutcomeSchema),
  });
  return {
    publish: (file) => {
      if (!sending.isPending) sending.mutate(file);
    },
    isSending: sending.isPending,
    outcome: sending.data ?? null,
    error: sending.error,
    clear: sending.reset,
  };
}

/** Whether a file can be a package at all, so that nobody uploads a film. */
export function isTooLarge(file: File): boolean {
  return file.size > PACKAGE_BYTES_MAX;
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'));
    reader.readAsDataURL(file);
  });
}
