import { z } from 'zod';
import { VendorRefusedError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import { objectOf, type ReadOptions, rowsOf } from './pages.ts';

/** Whom a rule of the authentication methods policy names. */
export type MethodTarget = { id: string; targetType: string };

/** The tenant's rules for Temporary Access Passes, times in minutes. */
export type PassPolicy = {
  isEnabled: boolean;
  /** Every pass has to be a one-time pass. */
  onceOnly: boolean;
  minutesMin: number;
  minutesMax: number;
  minutesDefault: number;
  includes: MethodTarget[];
  excludes: MethodTarget[];
};

const target = z.looseObject({ id: z.string().min(1), targetType: z.string() });
const configuration = z.looseObject({ id: z.string(), state: z.string().nullish() });
const passConfiguration = configuration.extend({
  state: z.enum(['enabled', 'disabled']),
  isUsableOnce: z.boolean(),
  defaultLifetimeInMinutes: z.number().int(),
  minimumLifetimeInMinutes: z.number().int(),
  maximumLifetimeInMinutes: z.number().int(),
  includeTargets: z.array(target).nullish(),
  excludeTargets: z.array(target).nullish(),
});
const policySchema = z.looseObject({ authenticationMethodConfigurations: z.array(configuration).nullish() });

const PASS_CONFIGURATION = 'temporaryaccesspass';

/**
 * The tenant's rules for Temporary Access Passes; null where its authentication methods policy does not tell them, which
 * never means that passes are allowed. Needs Policy.Read.All.
 */
export async function readPassPolicy(graph: Graph, options: ReadOptions = {}): Promise<PassPolicy | null> {
  const policy = await objectOf(graph, { call: 'methodsPolicy.get', schema: policySchema, options });
  const all = policy.authenticationMethodConfigurations ?? [];
  const parsed = passConfiguration.safeParse(all.find(({ id }) => id.toLowerCase() === PASS_CONFIGURATION));
  if (!parsed.success) return null;
  const { data } = parsed;
  return {
    isEnabled: data.state === 'enabled',
    onceOnly: data.isUsableOnce,
    minutesMin: data.minimumLifetimeInMinutes,
    minutesMax: data.maximumLifetimeInMinutes,
    minutesDefault: data.defaultLifetimeInMinutes,
    includes: targetsOf(data.includeTargets),
    excludes: targetsOf(data.excludeTargets),
  };
}

function targetsOf(targets: readonly MethodTarget[] | null | undefined): MethodTarget[] {
  return (targets ?? []).map(({ id, targetType }) => ({ id: id.toLowerCase(), targetType }));
}

/** A pass as Graph shows it after it was made: its secret is told never again. */
export type AccessPass = {
  id: string;
  createdAt: string | null;
  startsAt: string | null;
  minutes: number | null;
  isUsable: boolean | null;
  isOnce: boolean | null;
  /** Graph's own word: `EnabledByPolicy`, `NotYetValid`, `Expired`, `OneTimeUsed` …. */
  reason: string | null;
};

const passSchema = z.looseObject({
  id: z.string().min(1),
  createdDateTime: z.string().nullish(),
  startDateTime: z.string().nullish(),
  lifetimeInMinutes: z.number().int().nullish(),
  isUsable: z.boolean().nullish(),
  isUsableOnce: z.boolean().nullish(),
  methodUsabilityReason: z.string().nullish(),
});

/** The passes of one person, a used or expired one included while Graph keeps it. Needs UserAuthenticationMethod.Read.All. */
export async function listPasses(graph: Graph, userId: string, options: ReadOptions = {}): Promise<AccessPass[]> {
  const listing = { call: 'accessPasses.list', row: passSchema, options: { ...options, ids: { id: userId } } } as const;
  return (await rowsOf(graph, listing)).map(passOf);
}

function passOf(row: z.output<typeof passSchema>): AccessPass {
  return {
    id: row.id,
    createdAt: row.createdDateTime ?? null,
    startsAt: row.startDateTime ?? null,
    minutes: row.lifetimeInMinutes ?? null,
    isUsable: row.isUsable ?? null,
    isOnce: row.isUsableOnce ?? null,
    reason: row.methodUsabilityReason ?? null,
  };
}

/** A pass with its secret: for the answer to one person, and for nothing else. */
export type MadePass = AccessPass & { secret: string };

const madeSchema = passSchema.extend({ temporaryAccessPass: z.string().min(1) });

/**
 * Makes a one-time pass that starts now. It is asked once: whoever gets no answer (VendorUnreachableError,
 * VendorBrokenError) can never learn the secret, and has to look with `listPasses` for a pass to delete. Needs
 * UserAuthMethod-TAP.ReadWrite.All of the writing application.
 */
export async function createPass(
  writer: Graph,
  wish: { userId: string; minutes: number },
  options: ReadOptions = {},
): Promise<MadePass> {
  const made = await objectOf(writer, {
    call: 'accessPasses.create',
    schema: madeSchema,
    options: {
      ...options,
      ids: { id: wish.userId },
      body: { lifetimeInMinutes: wish.minutes, isUsableOnce: true },
      repeatable: false,
      attemptsMax: 1,
    },
  });
  return { ...passOf(made), secret: made.temporaryAccessPass };
}

/** Deletes a pass; one that is gone is fine. Needs UserAuthMethod-TAP.ReadWrite.All of the writing application. */
export async function deletePass(
  writer: Graph,
  { userId, passId }: { userId: string; passId: string },
  options: ReadOptions = {},
): Promise<'deleted' | 'gone'> {
  try {
    await writer.request('accessPasses.delete', { ...options, ids: { id: userId, passId }, expect: 'none' });
    return 'deleted';
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.status === 404) return 'gone';
    throw error;
  }
}
