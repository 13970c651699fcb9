import { z } from 'zod';
import type { Json } from '../lib/canonical-json.ts';
import type { Tx } from '../store/database.ts';

/** What a handler knows about the job it runs. */
export type RunningJob = {
  customerId: string;
  /** The deterministic key of the effect, for finding out whether an earlier attempt already brought it about. */
  key: string;
  /** 1 for the first. */
  attempt: number;
  isLastAttempt: boolean;
  /** Aborted when the job was taken over or the process stops. */
  signal: AbortSignal;
};

/** What a job leaves behind; runs in the transaction that completes the job, so that both are kept or neither. */
export type Save = (tx: Tx) => Promise<void>;

/** One kind of job, its payload's type hidden after it was checked. */
export type JobKind = {
  /** Checks a stored payload; undefined when it is not what this kind expects. */
  prepare(payload: unknown): ((job: RunningJob) => Promise<Save | undefined>) | undefined;
  retryLimit?: number;
  expireSeconds?: number;
};

export type JobKinds = Readonly<Record<string, JobKind>>;

/**
 * Defines a kind of job. The handler calls vendors outside of any transaction and returns what to save; it begins by
 * reading, since it may run again after a crash. What it throws is tried again with growing pauses.
 */
export function defineJob<S extends z.ZodType>(kind: {
  payload: S;
  handle(payload: z.output<S>, job: RunningJob): Promise<Save | undefined>;
  retryLimit?: number;
  expireSeconds?: number;
}): JobKind {
  const { payload: schema, handle, ...limits } = kind;
  return {
    ...limits,
    prepare: (payload) => {
      const parsed = schema.safeParse(payload);
      return parsed.success ? (job) => handle(parsed.data, job) : undefined;
    },
  };
}

/** What stands in a job row. Changes need to read what older versions wrote. */
export const jobData = z.object({
  customerId: z.guid(),
  kind: z.string().min(1),
  key: z.string().min(1),
  payload: z.json(),
});

export type JobData = z.output<typeof jobData> & { payload: Json };
