import type { Json } from '../../lib/canonical-json.ts';
import { VendorRefusedError } from '../../lib/errors.ts';
import {
  createPolicy,
  findOwnPolicy,
  getPolicy,
  type NewPolicy,
  restorePolicy,
} from '../../services/graph/conditional-access-write.ts';
import { untilShown } from '../../services/graph/eventually.ts';
import { readPerUserMfaOf } from '../../services/graph/per-user-mfa.ts';
import { setPerUserMfa } from '../../services/graph/per-user-mfa-write.ts';
import type { GraphPolicy } from '../../services/graph/wire.ts';
import { type GraphObject, objectOf } from '../policy/graph-json.core.ts';
import { type ManagedObject, policyFingerprint } from '../policy/managed-objects.core.ts';
import { keepManaged } from '../policy/push/push-undo-managed.ts';
import { writablePolicy } from '../policy/writable-policy.core.ts';
import { saysChange, saysOriginal, wayBack } from './strip.core.ts';
import type { PerUserState, TakeoverStep } from './takeover.core.ts';
import { beginStepUndo, noteStep, rowOf, settle, type TakeoverRun } from './takeover-run.ts';
import { sendPolicyChange } from './takeover-steps.ts';

type Step<D extends TakeoverStep['do']> = Extract<TakeoverStep, { do: D }>;

/** A step that undoing left as it is, and why. */
export type TakeoverLeft = { step: string; why: string };

/**
 * Takes back every step that may have had an effect, the last one first, so that what was there at first contact stands
 * again before anything else is touched. What somebody else changed meanwhile is told and not touched. Asks no gate and
 * needs no person. Run again it goes on with what is left.
 */
export async function undoTakeoverSteps(run: TakeoverRun): Promise<TakeoverLeft[]> {
  const { plan, progress } = await rowOf(run);
  const isOpen = ({ name }: TakeoverStep) => ['begun', 'done', 'left'].includes(progress[name]?.state ?? '');
  const left: TakeoverLeft[] = [];
  for (const step of (plan?.steps ?? []).filter(isOpen).reverse()) {
    const known = progress[step.name];
    // Begun, and nobody knows what came of it.
    if (known?.state === 'begun') await settle(run, known);
    const why = await undoStep(run, step).catch(asLeft);
    if (why !== null) left.push({ step: step.name, why });
    const state = why === null ? 'undone' : 'left';
    const more = why === null ? { why: undefined } : { why };
    await noteStep(run, step, {
      event: why === null ? 'takeover.undo.done' : 'takeover.undo.left',
      facts: why === null ? {} : { why },
      ...{ state, more: more as { why?: string } },
    });
  }
  return left;
}

/** What Graph refuses is left with its reason; every step stands for itself, so that the others go back all the same. */
function asLeft(error: unknown): string {
  if (!(error instanceof VendorRefusedError)) throw error;
  return error.sentence.replace(/[.]$/, '');
}

function undoStep(run: TakeoverRun, step: TakeoverStep): Promise<string | null> {
  switch (step.do) {
    case 'observe':
      return bringObserveBack(run, step);
    case 'policy':
      return putBack(run, step);
    case 'perUser':
      return switchOnAgain(run, step);
  }
}

const BY_OTHERS = 'somebody else changed what was written since';
const NOT_SHOWN = 'Graph does not show what was written back';

/** Writes back what the change replaced, and only that: another edit by somebody else stays. */
async function putBack(run: TakeoverRun, step: Step<'policy'>): Promise<string | null> {
  const { reader, deps, options } = run;
  const original = objectOf(step.before) as GraphObject;
  const read = async () => (await getPolicy(reader, step.policyId, options)) as GraphObject | null;
  const live = await read();
  if (live === null) return 'somebody else deleted it since';
  if (!saysOriginal(live, original, step.change)) {
    if (!saysChange(live, step.change)) return BY_OTHERS;
    await beginStepUndo(run, step, { policyId: step.policyId });
    await sendPolicyChange(run, step.policyId, wayBack(original, step.change));
    deps.stopPoint('takeover.undo.policy.made');
    const shown = async () => {
      const found = await read();
      return found !== null && saysOriginal(found, original, step.change) ? true : null;
    };
    if ((await untilShown(deps.clock, shown, options.signal)) === null) return NOT_SHOWN;
  }
  return null;
}

/** Gives each of them the state that he had, unless somebody switched it on again meanwhile. */
async function switchOnAgain(run: TakeoverRun, step: Step<'perUser'>): Promise<string | null> {
  const { deps, reader, writer, options } = run;
  const { users = [] } = (await rowOf(run)).progress[step.name] ?? {};
  const wanted = new Map(step.users.map(({ id, before }) => [id, before]));
  const states = await readPerUserMfaOf({ graph: reader, clock: deps.clock }, { ...options, userIds: users });
  const off = users.filter((id) => states.get(id) === 'disabled');
  if (off.length > 0) await beginStepUndo(run, step, { users: off });
  const open: string[] = [];
  for (const state of ['enforced', 'enabled'] as const satisfies readonly PerUserState[]) {
    const userIds = off.filter((id) => wanted.get(id) === state);
    if (userIds.length === 0) continue;
    const changes = await setPerUserMfa({ reader, writer, clock: deps.clock }, { userIds, state }, options);
    open.push(...changes.flatMap(({ id, outcome }) => (['refused', 'notShown'].includes(outcome) ? [id] : [])));
  }
  deps.stopPoint('takeover.undo.perUser.made');
  if (open.length > 0)
    return `per-user MFA of ${open.length} people could not be switched on again: ${open.join(', ')}`;
  return null;
}

/** Restores the policy that only reports under its id; where Graph does not let an application do so, makes it anew. */
async function bringObserveBack(run: TakeoverRun, step: Step<'observe'>): Promise<string | null> {
  const { reader, writer, deps, options } = run;
  const row = await rowOf(run);
  const owned = ownedObserve(row.before);
  if (owned === null) return 'what it was is not known';
  const live = (await getPolicy(reader, step.policyId, options)) ?? (await madeAnew(run, step));
  let policy = live;
  if (policy === null) {
    await beginStepUndo(run, step, { policyId: step.policyId });
    policy = (await restorePolicy(writer, step.policyId, options)) ?? (await makeAnew(run, step));
    deps.stopPoint('takeover.undo.observe.made');
  }
  const { id } = policy;
  const shown = async () => ((await getPolicy(reader, id, options)) === null ? null : true);
  if ((await untilShown(deps.clock, shown, options.signal)) === null) return NOT_SHOWN;
  await deps.database.withCustomer(run.customer.id, (tx) => keepManaged(tx, { ...owned, objectId: id }));
  return null;
}

function ownedObserve(before: Json): ManagedObject | null {
  const found = objectOf(objectOf(before)?.observe);
  return found === null ? null : (found as unknown as ManagedObject);
}

function sameAs(step: Step<'observe'>, before: Json) {
  const known = objectOf(before)?.policyIds;
  const wanted = policyFingerprint(objectOf(step.before) ?? {});
  return {
    before: new Set(Array.isArray(known) ? (known as string[]) : []),
    isSame: (policy: GraphPolicy) => policyFingerprint(policy as GraphObject) === wanted,
  };
}

async function madeAnew(run: TakeoverRun, step: Step<'observe'>): Promise<GraphPolicy | null> {
  return findOwnPolicy(run.reader, sameAs(step, (await rowOf(run)).before), run.options);
}

async function makeAnew(run: TakeoverRun, step: Step<'observe'>): Promise<GraphPolicy> {
  const { reader, writer, deps, options } = run;
  const { displayName, conditions, grantControls } = writablePolicy(step.before);
  const policy: NewPolicy = {
    ...{ displayName, conditions, grantControls: grantControls ?? {} },
    state: 'enabledForReportingButNotEnforced',
  };
  const own = sameAs(step, (await rowOf(run)).before);
  return createPolicy({ reader, writer, clock: deps.clock }, { policy, own }, options);
}
