import type { Json } from '../../lib/canonical-json.ts';
import { digestOf } from '../../lib/digest.ts';
import { VendorUnreachableError } from '../../lib/errors.ts';
import { listPolicies } from '../../services/graph/conditional-access.ts';
import { deletePolicy, getPolicy } from '../../services/graph/conditional-access-write.ts';
import { orMissing, untilShown } from '../../services/graph/eventually.ts';
import { listMembers } from '../../services/graph/groups.ts';
import { readPerUserMfaOf } from '../../services/graph/per-user-mfa.ts';
import { setPerUserMfa } from '../../services/graph/per-user-mfa-write.ts';
import { readUserMethods } from '../../services/graph/registration.ts';
import { type GraphObject, objectOf, textsOf } from '../policy/graph-json.core.ts';
import { policyFingerprint } from '../policy/managed-objects.core.ts';
import { canonicalMeaning } from '../policy/policy-difference.core.ts';
import { isMicrosoftManaged } from '../policy/push/push-gates.core.ts';
import { dropManaged } from '../policy/push/push-undo-managed.ts';
import { type CoverState, losersOf } from './cover-steps.core.ts';
import { type StripTenant, saysChange, withChange } from './strip.core.ts';
import { coveredByEnforce, type TakeoverStep } from './takeover.core.ts';
import { liveView } from './takeover-facts.ts';
import { beginStep, noteStep, planOf, rowOf, settle, TakeoverRefusedError, type TakeoverRun } from './takeover-run.ts';

type Step<D extends TakeoverStep['do']> = Extract<TakeoverStep, { do: D }>;

/**
 * Brings one step about: reads the tenant again, judges everybody's cover with and without what is to go, notes the
 * intent, writes once, reads back, notes what came of it. What somebody else changed since the approval is passed over
 * with the reason. Throws TakeoverRefusedError where a rule forbids it, else the vendor's error.
 */
export async function runTakeoverStep(run: TakeoverRun, step: TakeoverStep): Promise<void> {
  const known = (await rowOf(run)).progress[step.name];
  if (known?.state === 'done' || known?.state === 'skipped') return;
  if (known?.state === 'begun') await settle(run, known);
  const { state, enforce } = await stateNow(run);
  const isBegun = known?.state === 'begun';
  switch (step.do) {
    case 'observe':
      return removeObserve(run, step, { live: liveOf(state, step.policyId), isBegun });
    case 'policy':
      return changePolicy(run, step, { state, isBegun });
    case 'perUser':
      return clearPerUser(run, step, { state, enforce });
  }
}

function liveOf({ policies }: CoverState, id: string): GraphObject | undefined {
  return policies.find((policy) => policy.id === id);
}

type Now = { state: CoverState; enforce: GraphObject };

/** The tenant at this moment. Throws `enforce_changed` where the policy that everything rests on is not as approved. */
async function stateNow(run: TakeoverRun): Promise<Now> {
  const { deps, reader, options, customer, actor } = run;
  run.view.value ??= await liveView(deps, { customer, actor, reader, options });
  const { snapshot } = run.view.value;
  const policies: readonly GraphObject[] = await listPolicies(reader, options);
  const approved = planOf(await rowOf(run)).enforce;
  const enforce = policies.find(({ id }) => id === approved.policyId);
  if (enforce === undefined || digestOf(canonicalMeaning(enforce)) !== approved.meaning) {
    throw new TakeoverRefusedError({
      code: 'enforce_changed',
      rule: 'S23',
      message: 'The enforcing policy is not any more what was approved, so nothing more is taken from the old MFA.',
    });
  }
  const parts: StripTenant = { ...snapshot, users: snapshot.users ?? [] };
  const tenant = await withExcludedNow(run, parts, enforce);
  return { state: { tenant, policies, perUserMfa: snapshot.perUserMfa ?? [] }, enforce };
}

/** Whoever is left out by the enforcing policy is asked for again before each step: one name more is one cover less. */
async function withExcludedNow(run: TakeoverRun, tenant: StripTenant, enforce: GraphObject): Promise<StripTenant> {
  const excluded = textsOf(objectOf(objectOf(enforce.conditions)?.users)?.excludeGroups) ?? [];
  const fresh = new Map<string, { id: string }[]>();
  for (const id of excluded) fresh.set(id, await listMembers(run.reader, id, run.options));
  const groups = (tenant.groups ?? []).map((group) => {
    const members = fresh.get(group.id.toLowerCase());
    return members === undefined ? group : { ...group, members };
  });
  const known = new Set(tenant.users.map(({ id }) => id.toLowerCase()));
  const groupIds = new Set(groups.map(({ id }) => id.toLowerCase()));
  const strangers = [...fresh.values()]
    .flat()
    .filter(({ id }) => !known.has(id.toLowerCase()) && !groupIds.has(id.toLowerCase()));
  return { ...tenant, groups, users: [...tenant.users, ...strangers.map(({ id }) => ({ id }))] };
}

/** Everybody's cover before and after: who would have less is named, and nothing is written (S13). */
function requireCover(state: CoverState, step: TakeoverStep): void {
  const accountIds = losersOf(state, step);
  if (accountIds.length === 0) return;
  throw new TakeoverRefusedError({
    code: 'cover_would_shrink',
    rule: 'S13',
    message: `The step "${step.name}" would leave ${accountIds.length} people with less MFA than before: ${accountIds.join(', ')}.`,
    accountIds,
  });
}

function skip(run: TakeoverRun, step: TakeoverStep, why: string): Promise<void> {
  return noteStep(run, step, { event: 'takeover.step.skipped', facts: { why }, state: 'skipped', more: { why } });
}

type Found = { live: GraphObject | undefined; isBegun: boolean };

async function removeObserve(run: TakeoverRun, step: Step<'observe'>, { live, isBegun }: Found): Promise<void> {
  const { reader, writer, deps, options } = run;
  if (live === undefined && !isBegun) return skip(run, step, 'somebody else deleted it');
  if (live !== undefined) {
    if (fingerprint(live) !== fingerprint(objectOf(step.before))) return skip(run, step, EDITED);
    await beginStep(run, step, {}, { policyId: step.policyId });
    deps.stopPoint('takeover.observe.begun');
    await deletePolicy(writer, step.policyId, options);
    deps.stopPoint('takeover.observe.made');
    const gone = async () => ((await getPolicy(reader, step.policyId, options)) === null ? true : null);
    if ((await untilShown(deps.clock, gone, options.signal)) === null) throw differs(step.displayName);
  }
  await noteStep(run, step, {
    event: 'takeover.step.done',
    state: 'done',
    save: (tx) => dropManaged(tx, 'OBSERVE'),
  });
}

const EDITED = 'somebody edited it since it was approved';

function fingerprint(policy: GraphObject | ReturnType<typeof objectOf>): string {
  return policyFingerprint(policy ?? {});
}

function differs(name: string): TakeoverRefusedError {
  const message = `Graph shows something else than what was written: "${name}". Somebody else may be working in the tenant.`;
  return new TakeoverRefusedError({ code: 'read_back_differs', rule: 'S25', message });
}

async function changePolicy(
  run: TakeoverRun,
  step: Step<'policy'>,
  { state, isBegun }: { state: CoverState; isBegun: boolean },
): Promise<void> {
  const { reader, deps, options } = run;
  const live = liveOf(state, step.policyId);
  const original = objectOf(step.before) as GraphObject;
  const wanted = fingerprint(withChange(original, step.change));
  if (!(isBegun && live !== undefined && saysChange(live, step.change))) {
    if (live === undefined) return skip(run, step, 'somebody else deleted it');
    if (isMicrosoftManaged(live)) return skip(run, step, 'Microsoft manages it by now');
    if (fingerprint(live) !== fingerprint(original)) return skip(run, step, EDITED);
    requireCover(state, step);
    await beginStep(run, step, {}, { policyId: step.policyId, change: asJson(step.change) });
    deps.stopPoint('takeover.policy.begun');
    await sendPolicyChange(run, step.policyId, asJson(step.change));
    deps.stopPoint('takeover.policy.made');
  }
  const shown = async () => {
    const found = await getPolicy(reader, step.policyId, options);
    return found !== null && fingerprint(found) === wanted ? true : null;
  };
  if ((await untilShown(deps.clock, shown, options.signal)) === null) throw differs(step.displayName);
  await noteStep(run, step, { event: 'takeover.step.done', facts: { policyId: step.policyId }, state: 'done' });
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/**
 * Sends the one member that changes and nothing else, so that no edit of somebody else is written over. A lost answer is
 * not repeated here: whoever comes next reads first. Needs Policy.ReadWrite.ConditionalAccess.
 */
export async function sendPolicyChange({ writer, options }: TakeoverRun, id: string, change: Json): Promise<void> {
  const body = objectOf(change) ?? {};
  try {
    await writer.request('conditionalAccess.update', { ...options, ids: { id }, body, expect: 'none', attemptsMax: 1 });
  } catch (error) {
    // It may have come through; the look that follows tells.
    if (!(error instanceof VendorUnreachableError)) throw error;
  }
}

async function clearPerUser(run: TakeoverRun, step: Step<'perUser'>, { state, enforce }: Now): Promise<void> {
  const { deps, reader, writer, options } = run;
  const covered = coveredByEnforce({ tenant: state.tenant, enforce });
  const known = (await rowOf(run)).progress[step.name];
  const begun = known?.state === 'begun' ? (known.users ?? []) : null;
  const wanted = step.users.filter(({ id }) => covered.has(id.toLowerCase())).map(({ id }) => id);
  const states = await readPerUserMfaOf({ graph: reader, clock: deps.clock }, { ...options, userIds: wanted });
  const on = wanted.filter((id) => (states.get(id) ?? 'disabled') !== 'disabled');
  const users = begun ?? on;
  if (users.length === 0) return skip(run, step, 'nobody of them has it any more, or the enforcing policy covers none');
  requireCover(state, { ...step, users: step.users.filter(({ id }) => users.includes(id)) });
  const before = await methodsOf(run, users);
  await beginStep(run, step, { users }, { users });
  deps.stopPoint('takeover.perUser.begun');
  const changes = await setPerUserMfa(
    { reader, writer, clock: deps.clock },
    { userIds: users, state: 'disabled' },
    options,
  );
  deps.stopPoint('takeover.perUser.made');
  const open = changes.filter(({ outcome }) => outcome === 'refused' || outcome === 'notShown').map(({ id }) => id);
  if (open.length > 0) {
    const message = `Per-user MFA of ${open.length} people was not switched off: ${open.join(', ')}.`;
    throw new TakeoverRefusedError({ code: 'per_user_not_cleared', rule: 'S25', message, accountIds: open });
  }
  const methods = { before, after: await methodsOf(run, users) };
  await noteStep(run, step, {
    event: 'takeover.step.done',
    facts: { users, methods },
    state: 'done',
    more: { methods },
  });
}

/** How many methods these people have registered; a person who is gone has none. */
async function methodsOf({ reader, options }: TakeoverRun, users: readonly string[]): Promise<number> {
  let count = 0;
  for (const id of users) {
    const found = await orMissing(() => readUserMethods(reader, id, options));
    count += found?.methodsRegistered.length ?? 0;
  }
  return count;
}
