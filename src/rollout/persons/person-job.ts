import { DAY_MS } from '../../lib/clock.ts';
import { AppError, VendorUnreachableError } from '../../lib/errors.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import { type EnforcementDeps, failureOf, isPassing } from '../policy/enforce/enforce-run.ts';
import type { CoverageRow } from '../policy/evaluator/coverage.core.ts';
import {
  coverReadBack,
  coverWith,
  endMembersTurn,
  forgetDirect,
  lookAtPerson,
  type PersonLook,
  personCover,
  switchedOnIn,
  takeMembersTurn,
  writeDirect,
} from '../policy/members/direct-group.ts';
import type { Evaluated, SwitchFacts, SwitchRefusal } from './persons.core.ts';
import { refusalBack, refusalOn } from './persons.core.ts';
import { countSwitched, endSwitch, noteSwitch, readSwitch, readSwitches, type SwitchRow } from './persons.store.ts';

/** What a status says where nothing could be evaluated. */
const UNREAD = { covered: 'unknown', by: [], why: 'The account is not in the tenant.', canAnswer: 'unknown' } as const;

/** The evaluated status as it is kept and shown. */
export function evaluatedOf(
  cover: CoverageRow | null,
  { canAnswer, at }: Pick<Evaluated, 'canAnswer' | 'at'>,
): Evaluated {
  if (cover === null) return { ...UNREAD, by: [], at };
  const by = cover.covering.map(({ name, why }) => ({ name, why }));
  return { covered: cover.covered, by, why: cover.why, canAnswer, at };
}

/**
 * Switches MFA on for one person, or takes that back: reads the tenant and the person afresh, judges it, writes one
 * membership, reads back, and keeps the evaluated status before and after. Killed anywhere and run again it reads first:
 * a membership that is there is not written again. Refused, nothing was written; where that is not known, it rejects.
 */
export async function runSwitch(deps: EnforcementDeps, seq: number, job: RunningJob): Promise<Save | undefined> {
  const customer = await deps.customers.find(job.customerId);
  const row = await deps.database.withCustomer(customer.id, (tx) => readSwitch(tx, seq));
  if (row === null || row.state === 'done' || row.state === 'refused') return undefined;
  try {
    const ended = await bringAbout(deps, { customer, row, job });
    return (tx) => save(deps, tx, { row, job, ...ended });
  } catch (error) {
    if (!(error instanceof AppError) || isPassing(error, job)) throw error;
    // Nobody knows what became of the write: it is no refusal. The switch stays open, and whoever asks next goes on with it.
    if (isUnsettled(error) && (await isWriting(deps, customer, seq))) throw error;
    const { code, rule, text: message } = failureOf(error);
    deps.log.warn('person.switch_refused', { customerId: customer.id, switch: seq, code });
    const end = { before: row.before, after: null, refusal: { code, rule, message } };
    return (tx) => save(deps, tx, { row, job, ...end });
  }
}

/** Whether a write may have come through although nobody has seen it. */
function isUnsettled(error: AppError): boolean {
  return error.code === 'read_back_late' || error instanceof VendorUnreachableError;
}

async function isWriting({ database }: EnforcementDeps, customer: Customer, seq: number): Promise<boolean> {
  return (await database.withCustomer(customer.id, (tx) => readSwitch(tx, seq)))?.state === 'writing';
}

type Ended = {
  before: Evaluated | null;
  after: Evaluated | null;
  refusal: { code: string; rule: string | null; message: SwitchRefusal['message'] } | null;
};

type Running = { customer: Customer; row: SwitchRow; job: RunningJob };

async function bringAbout(deps: EnforcementDeps, { customer, row, job }: Running): Promise<Ended> {
  const pushId = await takeMembersTurn(deps, customer, job);
  const { graph: reader, writer } = await deps.customers.connections(customer);
  if (writer === null) throw new AppError('writer_not_configured', 'the customer has no writing application');
  const options = { priority: 'approval', signal: AbortSignal.any([job.signal, deps.signal]) } as const;
  const { accountId } = row;
  const reading = { reader, options, accountId };
  const look = await lookAtPerson(deps, customer, { ...reading, actor: row.actor });
  const isOn = row.kind === 'on';
  const now = () => ({ canAnswer: look.canAnswer, at: new Date(deps.clock.now()).toISOString() });
  const seen = evaluatedOf(personCover(look.snapshot, accountId), now());
  const before = row.before ?? seen;
  const facts = await factsOf(deps, { customer, row, job }, { look, seen });
  // A membership of an earlier attempt is there already and is not judged again: its intent was noted.
  const isMade = row.state === 'writing' && look.isInDirect === isOn;
  const refusal = isMade ? null : isOn ? refusalOn(facts) : refusalBack(facts);
  if (refusal !== null) return { before, after: null, refusal };
  const { directId } = look;
  if (directId !== null && (isMade || look.isInDirect !== isOn)) {
    const at = new Date(deps.clock.now());
    await deps.database.withCustomer(customer.id, (tx) => noteSwitch(tx, row.seq, { before, at }));
    deps.stopPoint('person.noted');
    const way = isOn ? ('add' as const) : ('remove' as const);
    await writeDirect({ deps, customer, reader, writer, options, pushId, directId, accountId, do: way });
    deps.stopPoint('person.written');
  }
  return { before, after: evaluatedOf(await coverReadBack(look, reading), now()), refusal: null };
}

async function factsOf(
  deps: EnforcementDeps,
  { customer, row }: Running,
  { look, seen }: { look: PersonLook; seen: Evaluated },
): Promise<SwitchFacts> {
  const { accountId, kind, anyway } = row;
  const since = new Date(deps.clock.now() - DAY_MS);
  const stored = await deps.database.withCustomer(customer.id, async (tx) => ({
    ours: await switchedOnIn(tx),
    lately: await countSwitched(tx, { since, not: accountId }),
    standing: (await readSwitches(tx, accountId)).find(mayStand),
  }));
  return {
    ...look,
    accountExists: look.account !== null,
    isEnabled: look.account?.isEnabled ?? null,
    isOurs: stored.standing !== undefined && stored.ours.has(accountId) && look.isInDirect,
    isException: look.exception !== null || look.isLeftOut,
    anyway,
    switchedLately: stored.lately,
    switchedMax: customer.settings.rails.accountsMax,
    before: seen.covered,
    after: coverWith(look, accountId, kind === 'on')?.covered ?? 'unknown',
    floor: stored.standing?.before?.covered ?? null,
  };
}

/** A switch that put the membership there, or may have: one that broke off after its write was begun. */
function mayStand({ kind, state, before, outcome }: SwitchRow): boolean {
  return kind === 'on' && (state === 'done' || (outcome?.refusal?.code === 'broke_off' && before !== null));
}

type Saving = Ended & { row: SwitchRow; job: RunningJob };

/** Tells the end once, in the transaction that completes the job. */
async function save(deps: EnforcementDeps, tx: Tx, { row, job, before, after, refusal }: Saving): Promise<void> {
  const at = new Date(deps.clock.now());
  await endMembersTurn(tx, job, at);
  const state = refusal === null ? 'done' : 'refused';
  if (!(await endSwitch(tx, row.seq, { state, before, outcome: { refusal, after }, at }))) return;
  if (row.kind === 'back' && state === 'done') await forgetDirect(tx, row.accountId);
  const facts = {
    ...{ switch: row.seq, accountId: row.accountId, kind: row.kind, anyway: row.anyway },
    ...{ code: refusal?.code ?? null, before: before?.covered ?? null, after: after?.covered ?? null },
  };
  await appendJournal(tx, { at, actor: row.actor, event: `person.${state}`, facts });
  deps.stopPoint('person.saving');
}
