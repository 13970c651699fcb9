import { evaluateInGraph } from '../../services/graph/evaluate.ts';
import { untilShown } from '../../services/graph/eventually.ts';
import { listTransitiveMembers } from '../../services/graph/groups.ts';
import { knownGroupIds, type PushPlan } from './push.core.ts';
import { PushRefusedError, type PushRun, planOf, rowOf } from './push-run.ts';

/**
 * Reads every group that the policies are about to name and refuses with `group_differs` (S3) when somebody is missing
 * from it or somebody was put into it by anybody else.
 */
export async function verifyGroups(run: PushRun): Promise<void> {
  const row = await rowOf(run);
  const ids = knownGroupIds(planOf(row), row.progress);
  for (const { key, reference, members } of planOf(row).groups) {
    const groupId = ids.get(reference);
    if (groupId === undefined) continue;
    const wanted = new Set(members.map((id) => id.toLowerCase()));
    const same = async () => {
      const live = await listTransitiveMembers(run.reader, groupId, run.options);
      const people = live
        .filter((member) => !member['@odata.type'].endsWith('.group'))
        .map(({ id }) => id.toLowerCase());
      const isSame =
        people.every((id) => wanted.has(id)) && [...wanted].every((id) => people.includes(id) || isGroup(live, id));
      return isSame ? true : null;
    };
    if ((await untilShown(run.deps.clock, same, run.options.signal)) !== null) continue;
    throw new PushRefusedError({
      code: 'group_differs',
      rule: 'S3',
      message: `The members of the group ${key} (${groupId}) are not those of the approved draft: somebody else is changing it. Look at its audit log, sync, and approve the draft anew.`,
    });
  }
}

function isGroup(live: readonly { id: string; '@odata.type': string }[], id: string): boolean {
  return live.some((member) => member.id.toLowerCase() === id && member['@odata.type'].endsWith('.group'));
}

/** Graph is asked once a second at most, so that a comparison takes no longer than somebody waits. */
const COMPARED_MAX = 20;
/** Exchange Online: any application would do, since the policies are for all. */
const APP_ID = '00000002-0000-0ff1-ce00-000000000000';

export type Comparison = { asked: number; permitted: boolean };

/**
 * Compares what both policies are for with Graph's own evaluation (S8): every break-glass account, the administrators
 * and some of each group, up to a bound. Refuses with `graph_disagrees` and the account. Where the application may not
 * ask, that is the answer.
 */
export async function compareWithGraph(run: PushRun, admins: readonly string[]): Promise<Comparison> {
  const row = await rowOf(run);
  const plan = planOf(row);
  const owned = new Map(plan.steps.flatMap((step) => policyIdOf(step, row.progress[step.name]?.objectId)));
  const sample = sampleOf(plan, [...run.breakGlass, ...admins]);
  let asked = 0;
  for (const userId of sample) {
    const wanted = expectedOf(plan, userId);
    const question = { userId, appId: APP_ID, clientAppType: 'browser' };
    let verdict = await evaluateInGraph(run.reader, question, run.options);
    if (verdict === 'notPermitted') return { asked, permitted: false };
    const agrees = async () => {
      verdict = await evaluateInGraph(run.reader, question, run.options);
      return verdict !== 'notPermitted' && isAgreed(verdict.applies, wanted, owned) ? true : null;
    };
    asked += 1;
    if (isAgreed(verdict.applies, wanted, owned)) continue;
    // What was written a moment ago may not have reached the evaluation yet.
    if ((await untilShown(run.deps.clock, agrees, run.options.signal)) !== null) continue;
    throw new PushRefusedError({
      code: 'graph_disagrees',
      rule: 'S8',
      message: `Graph's own evaluation of ${userId} is not what the approved draft says. Look at this account in the What If tool of the admin center.`,
    });
  }
  return { asked, permitted: true };
}

type Expected = Record<'OBSERVE' | 'ENFORCE', boolean>;

function policyIdOf(step: PushPlan['steps'][number], objectId: string | undefined): [string, string][] {
  return step.do === 'policy' && objectId !== undefined ? [[step.key, objectId]] : [];
}

function isAgreed(applies: ReadonlySet<string>, wanted: Expected, owned: ReadonlyMap<string, string>): boolean {
  return (['OBSERVE', 'ENFORCE'] as const).every((name) => {
    const id = owned.get(name);
    return id === undefined || applies.has(id) === wanted[name];
  });
}

/** By the groups alone: whoever is left out is reached by neither, ENFORCE reaches the members of its groups. */
function expectedOf({ groups }: PushPlan, userId: string): Expected {
  const isIn = (purposes: readonly string[]) =>
    groups.some(
      ({ purpose, members }) =>
        purposes.includes(purpose) && members.some((id) => id.toLowerCase() === userId.toLowerCase()),
    );
  const isLeftOut = isIn(['breakGlass', 'exceptions']);
  return { OBSERVE: !isLeftOut, ENFORCE: !isLeftOut && isIn(['direct', 'phase']) };
}

function sampleOf({ groups }: PushPlan, first: readonly string[]): string[] {
  const each = [0, 1].flatMap((index) => groups.flatMap(({ members }) => members[index] ?? []));
  return [...new Set([...first, ...each])].slice(0, COMPARED_MAX);
}
