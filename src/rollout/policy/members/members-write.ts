import type { Json } from '../../../lib/canonical-json.ts';
import { AppError, VendorUnreachableError } from '../../../lib/errors.ts';
import { orMissing, untilShown } from '../../../services/graph/eventually.ts';
import { listMembers } from '../../../services/graph/groups.ts';
import { absentFrom, addMembers } from '../../../services/graph/groups-write.ts';
import { appendJournal } from '../../../store/journal.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { FlipRun } from '../enforce/enforce-run.ts';
import type { MemberChange } from './members.core.ts';
import { type MembersWritten, saveMembers } from './members.store.ts';

/** What writing memberships needs: both applications and the store. */
export type MembersRun = Pick<FlipRun, 'deps' | 'customer' | 'reader' | 'writer' | 'options'> & { pushId: string };

/** The changes of one group in one direction. */
export type MembersStep = { key: string; groupId: string; do: 'add' | 'remove'; accountIds: string[] };

/** The steps of a plan: first into the groups that are left out, then out of them, then into phases. */
export function stepsOf(changes: readonly MemberChange[]): MembersStep[] {
  const steps = new Map<string, MembersStep>();
  for (const { key, groupId, do: way, accountId } of changes) {
    const name = `${way} ${key}`;
    const step = steps.get(name) ?? { key, groupId, do: way, accountIds: [] };
    step.accountIds.push(accountId);
    steps.set(name, step);
  }
  const rank = ({ key, do: way }: MembersStep) => (key === 'exceptions' ? (way === 'add' ? 0 : 1) : 2);
  return [...steps.values()].sort((a, b) => rank(a) - rank(b));
}

const THE_UPKEEP: Json = { kind: 'system', name: 'members' };

/**
 * Writes one step: notes the intent with who is in the group, writes each difference once, looks where an answer was
 * lost, reads back and notes what came of it. Throws `read_back_late` when Graph does not show it.
 */
export async function writeStep(run: MembersRun, step: MembersStep): Promise<void> {
  const { deps } = run;
  await note(run, step, 'begun');
  deps.stopPoint('members.noted');
  if (step.do === 'add') await addMembers({ ...run, clock: deps.clock }, step, run.options);
  else for (const accountId of step.accountIds) await removeOnce(run, step.groupId, accountId);
  deps.stopPoint('members.written');
  const isShown = async () => {
    const absent = await absentFrom(run, step, run.options);
    return absent.length === (step.do === 'add' ? 0 : step.accountIds.length) ? true : null;
  };
  if ((await untilShown(deps.clock, isShown, run.options.signal)) === null)
    throw new AppError('read_back_late', `Graph does not show the members of ${step.key} as they were written`);
  await note(run, step, 'done');
}

async function note(run: MembersRun, step: MembersStep, moment: 'begun' | 'done'): Promise<void> {
  const { deps, customer, pushId } = run;
  const { key, groupId, accountIds } = step;
  const members = (await orMissing(() => listMembers(run.reader, groupId, run.options))) ?? [];
  const at = new Date(deps.clock.now());
  const standing = members.map(({ id }) => id).sort();
  const facts: Json = {
    ...{ key, groupId, do: step.do, accounts: accountIds },
    ...(moment === 'begun' ? { before: standing } : { after: standing }),
  };
  const written: MembersWritten = { key, groupId, accountIds, state: STATE_AT[moment][step.do], pushId, at };
  await deps.database.withCustomer(customer.id, async (tx: Tx) => {
    await saveMembers(tx, written);
    await appendJournal(tx, { at, actor: THE_UPKEEP, event: `policy.members.${moment}`, facts });
  });
}

const STATE_AT = { begun: { add: 'adding', remove: 'removing' }, done: { add: 'in', remove: 'out' } } as const;

const TRIES_MAX = 4;
const PAUSE_MS = 1_900;

/** Takes one account out; where the answer is lost, looks before anybody asks again. */
async function removeOnce({ deps, reader, writer, options }: MembersRun, groupId: string, memberId: string) {
  const isIn = async () => (await absentFrom({ reader }, { groupId, accountIds: [memberId] }, options)).length === 0;
  for (let attempt = 1; await isIn(); attempt += 1) {
    const request = { ...options, ids: { id: groupId, memberId }, expect: 'none', attemptsMax: 1 } as const;
    try {
      await orMissing(() => writer.request('groups.removeMember', request));
      return;
    } catch (error) {
      if (!(error instanceof VendorUnreachableError) || attempt >= TRIES_MAX) throw error;
      await deps.clock.sleep(PAUSE_MS, options.signal);
    }
  }
}
