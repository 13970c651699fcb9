import type { Json } from '../../../lib/canonical-json.ts';
import { AppError, VendorRefusedError, VendorUnreachableError } from '../../../lib/errors.ts';
import { listPolicies } from '../../../services/graph/conditional-access.ts';
import { getPolicy } from '../../../services/graph/conditional-access-write.ts';
import { orMissing, untilShown } from '../../../services/graph/eventually.ts';
import { getSecurityDefaults } from '../../../services/graph/security-defaults.ts';
import { appendJournal } from '../../../store/journal.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { FlipPlan } from '../enforce/enforce.core.ts';
import { type FlipRun, sendChange } from '../enforce/enforce-run.ts';
import { type GraphObject, objectOf } from '../graph-json.core.ts';
import { saysTheSame } from './security-defaults.core.ts';
import { type SwitchRow, saveSwitch } from './security-defaults.store.ts';

/** What a switch needs of whoever carries it out: a change of the enforcing policy, or the putting back of a drift. */
export type SwitchRun = Pick<FlipRun, 'customer' | 'reader' | 'writer' | 'options'> & {
  deps: Pick<FlipRun['deps'], 'database' | 'clock' | 'stopPoint'>;
  row: { actor: Json };
  /** Where the progress is kept, if not beside the changes of the enforcing policy. */
  keep?: (tx: Tx, row: Omit<SwitchRow, 'updatedAt'>, at: Date) => Promise<void>;
};

/** What stands in the tenant at this moment. */
export type Sight = { defaultsOn: boolean; policies: readonly GraphObject[]; enforce: GraphObject | null };

/** Reads Security Defaults and every policy. A failed read is thrown. */
export async function lookAt(
  { reader, options }: Pick<SwitchRun, 'reader' | 'options'>,
  policyId: string,
): Promise<Sight> {
  const { isEnabled: defaultsOn } = await getSecurityDefaults(reader, options);
  const policies = (await listPolicies(reader, options)) as unknown as GraphObject[];
  return { defaultsOn, policies, enforce: policies.find(({ id }) => id === policyId) ?? null };
}

/** Keeps how far a switch came, and says in the journal what is about to be written, before it is. */
export async function noteWrites(
  run: SwitchRun,
  row: Omit<SwitchRow, 'updatedAt'>,
  writes: readonly Json[],
): Promise<void> {
  const { deps, customer } = run;
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customer.id, async (tx) => {
    await (run.keep ?? saveSwitch)(tx, row, at);
    for (const write of writes) {
      const facts = { flip: row.flip, ...(objectOf(write) ?? {}) } as unknown as Json;
      await appendJournal(tx, { at, actor: run.row.actor, event: 'security_defaults.writing', facts });
    }
  });
}

/** The plan that a switch carries out, as it was noted. */
export function plannedOf(row: Pick<SwitchRow, 'planned'>): FlipPlan {
  const json = row.planned as unknown as GraphObject;
  return planTo(json);
}

/** The change that makes a policy of ours say this, its state included. */
export function planTo(json: GraphObject): FlipPlan {
  const change = {
    state: String(json.state),
    conditions: objectOf(json.conditions) ?? {},
    grantControls: objectOf(json.grantControls),
  };
  return { policyId: json.id, groupId: null, isFirst: true, json, change };
}

/** Between the tries of a write while nothing else protects the tenant: some half a minute in all. */
const PAUSES_MS = [300, 700, 1_500, 3_500, 7_500, 11_300];

type Enabled = { askedAt: number; answeredAt: number };

/**
 * Enables the policy, in a bounded number of tries, and reads back that it stands and Security Defaults are off. Gives the
 * time of the answer, or of the reading where the answer was lost. Throws `defaults_on_by_others` when somebody else
 * switched them on meanwhile, and the last failure otherwise.
 */
export async function enable(run: SwitchRun, plan: FlipPlan): Promise<Enabled> {
  const { deps, options } = run;
  let failure: AppError = notShown();
  for (const pauseMs of [...PAUSES_MS, null]) {
    const tried = await tryEnabling(run, plan);
    if ('answeredAt' in tried) return tried;
    failure = tried.failure;
    if (pauseMs !== null) await deps.clock.sleep(pauseMs, options.signal);
  }
  throw failure;
}

/** One try; the failure of one that may be repeated is given, any other is thrown. */
async function tryEnabling(run: SwitchRun, plan: FlipPlan): Promise<Enabled | { failure: AppError }> {
  const { deps, options } = run;
  const askedAt = deps.clock.now();
  try {
    const answeredAt = await sentOrLost(run, plan);
    const stands = await untilShown(deps.clock, () => standsNow(run, plan), options.signal);
    if (stands === 'on') throw onByOthers();
    return stands === null ? { failure: notShown() } : { askedAt, answeredAt: answeredAt ?? deps.clock.now() };
  } catch (error) {
    if (!isVendorFailure(error)) throw error;
    // Deleted, or not allowed any more: no repetition mends that.
    if (error instanceof VendorRefusedError && error.call.status !== 400) throw error;
    if ((await defaultsShownOn(run)) === true) throw onByOthers();
    return { failure: error };
  }
}

/** When the change was answered; null where the answer was lost: the reading tells. */
async function sentOrLost(run: SwitchRun, plan: FlipPlan): Promise<number | null> {
  try {
    await sendChange(run, plan);
    return run.deps.clock.now();
  } catch (error) {
    if (!(error instanceof VendorUnreachableError)) throw error;
    const live = (await getPolicy(run.reader, plan.policyId, run.options)) as GraphObject | null;
    if (!saysTheSame(live, plan.json)) throw error;
    return null;
  }
}

async function standsNow(run: SwitchRun, plan: FlipPlan): Promise<'enforced' | 'on' | null> {
  const live = (await getPolicy(run.reader, plan.policyId, run.options)) as GraphObject | null;
  if (!saysTheSame(live, plan.json)) return null;
  return (await defaultsShownOn(run)) === true ? 'on' : 'enforced';
}

/** Whether they are on and stay so while it is looked again: one reading may be older than what was just written. */
async function defaultsShownOn({ reader, deps, options }: SwitchRun): Promise<boolean | null> {
  try {
    const off = async () => ((await getSecurityDefaults(reader, options)).isEnabled ? null : true);
    return (await untilShown(deps.clock, off, options.signal)) === null;
  } catch (error) {
    if (error instanceof VendorUnreachableError) return null;
    throw error;
  }
}

function isVendorFailure(error: unknown): error is VendorRefusedError | VendorUnreachableError {
  return error instanceof VendorRefusedError || error instanceof VendorUnreachableError;
}

function notShown(): AppError {
  return new AppError('read_back_late', 'Graph does not show the enforcing policy as it was written.');
}

/** Somebody else switched Security Defaults on while they were to go off. */
export const ON_BY_OTHERS = 'defaults_on_by_others';

function onByOthers(): AppError {
  return new AppError(ON_BY_OTHERS, 'Security Defaults were switched on by somebody else during the switch');
}

/**
 * Changes the state of a policy and nothing else, as may be done to Microsoft's own; one that is gone is no matter. Needs
 * Policy.ReadWrite.ConditionalAccess.
 */
export async function setState(
  { writer, options }: Pick<SwitchRun, 'writer' | 'options'>,
  { id, state }: { id: string; state: string },
): Promise<void> {
  const request = { ...options, ids: { id }, body: { state }, expect: 'none', repeatable: true } as const;
  await orMissing(() => writer.request('conditionalAccess.update', request));
}
