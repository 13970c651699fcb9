import { z } from 'zod';
import type { Json } from '../../../lib/canonical-json.ts';
import { AppError } from '../../../lib/errors.ts';
import { type NewId, randomId } from '../../../lib/ids.ts';
import { appendJournal } from '../../../store/journal.ts';
import { enqueue } from '../../../store/outbox.ts';
import type { Tx } from '../../../store/transaction.ts';
import { awaitEffect } from '../../../work/await-effect.ts';
import { defineJob, type JobKinds, type RunningJob, type Save } from '../../../work/job.ts';
import type { Recurring } from '../../../work/schedule.ts';
import type { Customer } from '../../customers/customers.ts';
import type { Sentence } from '../../phases/phase-types.core.ts';
import { lockFlips, readOpenFlips } from '../enforce/enforce.store.ts';
import type { EnforcementDeps } from '../enforce/enforce-run.ts';
import { isUnderWay, readLatestPush, readManaged } from '../push/push.store.ts';
import { beginWriting, inTurn } from '../writing-turn.ts';
import type { MemberChange, MemberFinding, MembersPlan } from './members.core.ts';
import { readMemberRun, readNotes, replaceNotes, saveMemberRun } from './members.store.ts';
import { lookAtMembers, type MembersLook } from './members-look.ts';
import { stepsOf, writeStep } from './members-write.ts';

/** How often memberships are brought to what is signed and known. */
export const MEMBERS_SCHEDULE: Recurring = { kind: 'policy.members', everySeconds: 60 * 60 };

/** What changed or would change; `skipped` says why nothing was looked at. */
export type MembersAnswer = MembersPlan & { skipped: Sentence | null };

export type Members = {
  kinds: JobKinds;
  /** What would change in our groups now, and why; reads the tenant and writes nothing. */
  plan(customer: Customer): Promise<MembersAnswer>;
  /** Brings memberships to what is signed and known, through the queue, and gives what was changed. */
  run(customer: Customer): Promise<MembersAnswer>;
};

export type MembersDeps = EnforcementDeps & { newId?: NewId };

const NOTHING: Omit<MembersAnswer, 'skipped'> = { held: null, changes: [], findings: [] };

/** Creates the upkeep of memberships: the job `policy.members` and what leads to it. It never writes a policy. */
export function createMembers(deps: MembersDeps): Members {
  const { database } = deps;
  return {
    kinds: {
      'policy.members': defineJob({
        payload: z.strictObject({}),
        handle: (_none, job) => inTurn(deps, job, { work: () => upkeep(deps, job), writes: 'groups' }),
      }),
    },
    plan: async (customer) => {
      const skipped = await database.withCustomer(customer.id, (tx) => whySkipped(deps, tx, customer.id));
      if (skipped !== null) return { ...NOTHING, skipped };
      const { graph: reader } = await deps.customers.connections(customer);
      const options = { priority: 'approval', signal: deps.signal } as const;
      return answerOf(await lookAtMembers(deps, customer, { reader, options }));
    },
    run: async (customer) => {
      const key = `policy.members:${(deps.newId ?? randomId)()}`;
      const dueAt = new Date(deps.clock.now());
      await database.withCustomer(customer.id, (tx) => ask(tx, key, dueAt));
      await awaitEffect(database, { customerId: customer.id, key }, deps.signal);
      const row = await database.withCustomer(customer.id, readMemberRun);
      return row === null ? { ...NOTHING, skipped: SKIPPED.nothingPushed } : (row.answer as unknown as MembersAnswer);
    },
  };
}

/** Asks for an upkeep in the caller's transaction, once for each `cause`: a signature is to reach its group at once. */
export function askMembers(tx: Tx, { cause, at }: { cause: string; at: Date }): Promise<unknown> {
  return ask(tx, `policy.members:${cause}`, at);
}

function ask(tx: Tx, key: string, dueAt: Date): Promise<unknown> {
  return enqueue(tx, { kind: 'policy.members', key, payload: {}, dueAt, priority: PRIORITY });
}

/** Somebody may be locked out until his exception reaches the group. */
const PRIORITY = 10;

function answerOf({ held, changes, findings }: MembersPlan): MembersAnswer {
  return { held, changes, findings, skipped: null };
}

async function whySkipped({ phases }: MembersDeps, tx: Tx, customerId: string): Promise<Sentence | null> {
  const rollout = await phases.current(customerId);
  if (rollout === null || rollout.state === 'stopped') return SKIPPED.noRollout;
  if (!(await readManaged(tx)).some(({ key }) => key === 'ENFORCE')) return SKIPPED.nothingPushed;
  const push = await readLatestPush(tx);
  const isEnded = push !== null && ['live', 'refused', 'compensated', 'undone'].includes(push.state);
  if (!isEnded) return SKIPPED.pushOpen;
  for (const flip of await readOpenFlips(tx)) if (await isUnderWay(tx, flip.job)) return SKIPPED.flipOpen;
  return null;
}

const SKIPPED = {
  noRollout: { en: 'No rollout is under way.', de: 'Es läuft keine Einführung.' },
  nothingPushed: { en: 'Nothing was pushed yet.', de: 'Es wurde noch nichts gepusht.' },
  pushOpen: {
    en: 'A push or undo is under way or never came to its end.',
    de: 'Ein Push oder seine Rücknahme läuft oder kam nie ans Ende.',
  },
  flipOpen: {
    en: 'A phase is just being enforced or taken back: this waits for its end.',
    de: 'Eine Phase wird gerade erzwungen oder zurückgenommen: das wird abgewartet.',
  },
  noWriter: {
    en: 'This customer has no writing application.',
    de: 'Dieser Kunde hat keine schreibende Anwendung.',
  },
} as const satisfies Record<string, Sentence>;

/** Marks the run as writing, unless something is in the way; a flip that is asked for afterwards waits for its end. */
async function begin(deps: MembersDeps, customer: Customer, job: RunningJob): Promise<Sentence | null> {
  const at = new Date(deps.clock.now());
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockFlips(tx);
    const other = await readMemberRun(tx);
    const isBusy = other?.state === 'writing' && other.job !== job.key && (await isUnderWay(tx, other.job));
    if (isBusy) throw new AppError('members_wait', `another upkeep of memberships is under way (${other.job})`);
    const skipped = customer.settings.writer === undefined ? SKIPPED.noWriter : await whySkipped(deps, tx, customer.id);
    if (skipped === null) await beginWriting(tx, job.key);
    if (skipped === null) await saveMemberRun(tx, { job: job.key, state: 'writing', answer: null }, at);
    return skipped;
  });
}

async function upkeep(deps: MembersDeps, job: RunningJob): Promise<Save> {
  const customer = await deps.customers.find(job.customerId);
  const ended = (answer: MembersAnswer): Save => {
    const at = new Date(deps.clock.now());
    const kept = JSON.parse(JSON.stringify(answer)) as Json;
    return (tx) => saveMemberRun(tx, { job: job.key, state: 'done', answer: kept }, at);
  };
  const skipped = await begin(deps, customer, job);
  if (skipped !== null) return ended({ ...NOTHING, skipped });
  const { graph: reader, writer } = await deps.customers.connections(customer);
  if (writer === null) throw new AppError('writer_not_configured', 'the customer has no writing application');
  const options = { priority: 'approval', signal: AbortSignal.any([job.signal, deps.signal]) } as const;
  const look = await lookAtMembers(deps, customer, { reader, options });
  await tell(deps, customer, look);
  deps.stopPoint('members.looked');
  const { pushId } = look;
  if (look.held === null && pushId !== null) {
    const run = { deps, customer, reader, writer, options, pushId };
    for (const step of stepsOf(look.changes)) await writeStep(run, step);
  }
  return ended(answerOf(look));
}

/** Notes what was found, each finding in the journal once for as long as it stands. */
async function tell(deps: MembersDeps, customer: Customer, { findings, held, changes }: MembersLook): Promise<void> {
  const at = new Date(deps.clock.now());
  const heldNotes = held === null ? [] : changes.map(heldNote);
  await deps.database.withCustomer(customer.id, async (tx) => {
    const told = new Set((await readNotes(tx)).map(nameOf));
    const news = [...findings, ...heldNotes].filter((finding) => !told.has(nameOf(finding)));
    await replaceNotes(tx, [...findings, ...heldNotes], at);
    if (news.length === 0) return;
    const facts = { findings: news.map(({ key, accountId, what }) => ({ key, accountId, what })) };
    await appendJournal(tx, { at, actor: { kind: 'system', name: 'members' }, event: 'policy.members.found', facts });
  });
}

function heldNote({ key, accountId }: MemberChange): Pick<MemberFinding, 'key' | 'accountId' | 'what'> {
  return { key, accountId, what: 'held' };
}

function nameOf({ key, accountId, what }: Pick<MemberFinding, 'key' | 'accountId' | 'what'>): string {
  return `${what} ${accountId} ${key}`;
}
