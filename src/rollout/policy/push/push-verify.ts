import { untilShown } from '../../../services/graph/eventually.ts';
import { listTransitiveMembers } from '../../../services/graph/groups.ts';
import { type Comparison, compareWithGraph, sampleOf } from '../graph-compare.ts';
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

/**
 * Compares what both policies are for with Graph's own evaluation (S8): every break-glass account, every Global
 * Administrator, whoever acts, and some of each group. Refuses with `graph_disagrees` and the account. Where the
 * application may not ask, that is the answer.
 */
export async function comparePush(run: PushRun, always: readonly string[]): Promise<Comparison> {
  const row = await rowOf(run);
  const plan = planOf(row);
  const owned = new Map(plan.steps.flatMap((step) => policyIdOf(step, row.progress[step.name]?.objectId)));
  const sample = sampleOf(
    [...run.breakGlass, ...always],
    plan.groups.map(({ members }) => members),
  );
  const questions = sample.map((userId) => ({ userId, wanted: wantedOf(plan, userId, owned) }));
  const compared = await compareWithGraph(
    { reader: run.reader, clock: run.deps.clock, options: run.options },
    questions,
  );
  if (compared.differing === null) return compared;
  throw new PushRefusedError({
    code: 'graph_disagrees',
    rule: 'S8',
    message: `Graph's own evaluation of ${compared.differing} is not what the approved draft says. Look at this account in the What If tool of the admin center.`,
  });
}

function policyIdOf(step: PushPlan['steps'][number], objectId: string | undefined): [string, string][] {
  return step.do === 'policy' && objectId !== undefined ? [[step.key, objectId]] : [];
}

/** By the groups alone: whoever is left out is reached by neither, ENFORCE reaches the members of its groups. */
function wantedOf({ groups }: PushPlan, userId: string, owned: ReadonlyMap<string, string>): Map<string, boolean> {
  const isIn = (purposes: readonly string[]) =>
    groups.some(
      ({ purpose, members }) => purposes.includes(purpose) && members.some((id) => id.toLowerCase() === userId),
    );
  const isLeftOut = isIn(['breakGlass', 'exceptions']);
  const expected = { OBSERVE: !isLeftOut, ENFORCE: !isLeftOut && isIn(['direct', 'phase']) };
  return new Map(
    (['OBSERVE', 'ENFORCE'] as const).flatMap((name) => {
      const id = owned.get(name);
      return id === undefined ? [] : [[id, expected[name]]];
    }),
  );
}
