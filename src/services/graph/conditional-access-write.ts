import type { Clock } from '../../lib/clock.ts';
import { VendorRefusedError, VendorUnreachableError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import { listPolicies } from './conditional-access.ts';
import { orMissing, untilShown } from './eventually.ts';
import { objectOf, type ReadOptions } from './pages.ts';
import { type GraphPolicy, policySchema } from './wire.ts';

/** Reads go through the reading application, writes through the writing one. */
export type PolicyWriting = { reader: Graph; writer: Graph; clock: Clock };

/** What a policy may be born as: the type knows no other state, so that enforcing is never a side effect of creating. */
export type NewPolicy = {
  displayName: string;
  state: 'enabledForReportingButNotEnforced';
  conditions: object;
  grantControls: object;
};

/** Which policies there were before, and whether one that is new since says what was to be written. */
export type OwnPolicy = { before: ReadonlySet<string>; isSame(policy: GraphPolicy): boolean };

/** A policy by its id, or null where there is none (any more). Needs Policy.Read.All. */
export function getPolicy(reader: Graph, id: string, options: ReadOptions = {}): Promise<GraphPolicy | null> {
  return orMissing(() =>
    objectOf(reader, { call: 'conditionalAccess.policy', schema: policySchema, options: { ...options, ids: { id } } }),
  );
}

/** The policy that is new and says what was to be written, or null. Needs Policy.Read.All. */
export async function findOwnPolicy(
  reader: Graph,
  { before, isSame }: OwnPolicy,
  options: ReadOptions = {},
): Promise<GraphPolicy | null> {
  const policies = await listPolicies(reader, options);
  return policies.find((policy) => !before.has(policy.id) && isSame(policy)) ?? null;
}

/**
 * Makes a report-only policy, once: where the answer is lost the policies are read again and the new one that says the
 * same is given. What it names may have been made a moment ago, so that a refusal for a name that Conditional Access does
 * not know yet is tried again within a bound. Throws the refusal or the loss otherwise. Needs Policy.Read.All,
 * Policy.ReadWrite.ConditionalAccess and Application.Read.All.
 */
export async function createPolicy(
  deps: PolicyWriting,
  { policy, own }: { policy: NewPolicy; own: OwnPolicy },
  options: ReadOptions = {},
): Promise<GraphPolicy> {
  const { reader, writer, clock } = deps;
  try {
    return await onceKnown(clock, options, () =>
      objectOf(writer, {
        call: 'conditionalAccess.create',
        schema: policySchema,
        options: { ...options, body: policy },
      }),
    );
  } catch (error) {
    if (!(error instanceof VendorUnreachableError)) throw error;
    const found = await untilShown(clock, () => findOwnPolicy(reader, own, options), options.signal);
    if (found === null) throw error;
    return found;
  }
}

/** Properties that are to be put in place of a policy's own; conditions always whole, since depth may not be merged. */
export type PolicyChange = { displayName?: string; state?: string; conditions: object; grantControls: object | null };

/**
 * Changes a policy. The same change twice is one change, so that a lost answer is tried again; a refusal for a name that
 * is not known yet as well, within a bound. Rights as for `createPolicy`.
 */
export async function updatePolicy(
  { writer, clock }: Pick<PolicyWriting, 'writer' | 'clock'>,
  { id, change }: { id: string; change: PolicyChange },
  options: ReadOptions = {},
): Promise<void> {
  const request = { ...options, ids: { id }, body: change, expect: 'none', repeatable: true } as const;
  await onceKnown(clock, options, () => writer.request('conditionalAccess.update', request));
}

/** Deletes a policy; Entra keeps it for 30 days. One that is gone already is no matter. */
export async function deletePolicy(writer: Graph, id: string, options: ReadOptions = {}): Promise<void> {
  const request = { ...options, ids: { id }, expect: 'none', repeatable: true } as const;
  await orMissing(() => writer.request('conditionalAccess.delete', request));
}

/**
 * Brings a deleted policy back under its id, in the state that it had; null where Graph does not let an application do so
 * or has it no more, since the documents disagree about the right: the caller then makes it anew.
 */
export async function restorePolicy(writer: Graph, id: string, options: ReadOptions = {}): Promise<GraphPolicy | null> {
  try {
    return await objectOf(writer, {
      call: 'conditionalAccess.restore',
      schema: policySchema,
      options: { ...options, ids: { id } },
    });
  } catch (error) {
    if (error instanceof VendorRefusedError) return null;
    throw error;
  }
}

/** "NamedLocation … does not exist", "users or groups … do not exist": said also of what was made a moment ago. */
const NOT_KNOWN_YET: ReadonlySet<string | undefined> = new Set(['1040', '1054']);
const PAUSES_MS = [1_100, 2_300, 5_300, 10_700, 20_900, null];

async function onceKnown<T>(clock: Clock, { signal }: ReadOptions, write: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await write();
    } catch (error) {
      const isEarly = error instanceof VendorRefusedError && NOT_KNOWN_YET.has(error.call.vendorCode);
      if (!isEarly || pauseMs === null) throw error;
      await clock.sleep(pauseMs, signal);
    }
  }
  throw new TypeError('the last try gives or throws');
}
