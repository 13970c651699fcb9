import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { dayOf } from '../../lib/local-time.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { type Actor, journalActor, may, rolesFor } from '../access/access.core.ts';
import type { Customer } from '../customers/customers.ts';
import { toldPhasesIn } from '../outreach/told-phases.ts';
import type { Snapshot } from '../snapshots/snapshot-file.ts';
import { type MoveCode, type MovedDay, type MoveFacts, moveDeadline, movePhase } from './move.core.ts';
import { STALE } from './move-texts.core.ts';
import type { Phase, Rollout, Sentence } from './phase-types.core.ts';
import { lockRollout, readNewest, saveDeadline, savePhase } from './phases.store.ts';

export type DeadlineAsk = {
  to: string;
  /** Only says what would change. */
  plan?: boolean | undefined;
  /** The deadline that was looked at; undefined: whatever it is. */
  seen?: string | undefined;
};

export type PhaseDayAsk = {
  phase: string;
  to: string;
  /** Moves all later phases by the same number of working days. */
  withLater: boolean;
  plan?: boolean | undefined;
  /** The revision that was looked at; undefined: whatever it is. */
  revision?: number | undefined;
};

export type MoveOutcome =
  | { outcome: 'moved' | 'planned'; deadline: { from: string; to: string } | null; phases: readonly MovedDay[] }
  /** The day stands there already. */
  | { outcome: 'already' }
  | { outcome: 'refused'; code: MoveCode | 'not_allowed' | 'rollout_changed'; message: Sentence };

export type DayMoves = {
  /**
   * Moves the deadline of the running rollout. Answers `not_allowed` whoever is no engineer here, `no_rollout`, `day_past`,
   * `day_too_far`, `deadline_too_early`, and `rollout_changed` where another deadline was looked at.
   */
  deadline(customer: Customer, actor: Actor, ask: DeadlineAsk): Promise<MoveOutcome>;
  /**
   * Moves the day of a phase that nobody was told of. Answers `not_allowed`, `no_rollout`, `phase_unknown`,
   * `phase_announced`, `day_told`, `day_past`, `day_too_far`, `no_working_day`, `day_too_soon`, `phase_order`, `phase_after_deadline`, and
   * `rollout_changed` where another revision was looked at. Refuses with `snapshot_part_missing` before the first sync.
   */
  phase(customer: Customer, actor: Actor, ask: PhaseDayAsk): Promise<MoveOutcome>;
};

export type DayMovesDeps = {
  database: Pick<Database, 'withCustomer'>;
  clock: Clock;
  stopPoint: StopPoint;
  derived(customer: Customer): Promise<{ snapshot: Pick<Snapshot, 'securityDefaults'> }>;
};

/**
 * Creates the moving of a rollout's days. What depends on a day is read from the rollout wherever it is needed; a move
 * counts up the revision of what it moves, and tells the cards and the PSA of it.
 */
export function createDayMoves(deps: DayMovesDeps): DayMoves {
  return {
    deadline: (customer, actor, ask) =>
      mayMove(customer, actor) ? onDeadline(deps, { customer, actor, ask }) : Promise.resolve(NOT_ALLOWED),
    phase: (customer, actor, ask) =>
      mayMove(customer, actor) ? onPhase(deps, { customer, actor, ask }) : Promise.resolve(NOT_ALLOWED),
  };
}

function mayMove(customer: Customer, actor: Actor): boolean {
  return actor.customerId === customer.id && may(actor, 'moveRollout');
}

const ROLES = rolesFor('moveRollout');
const NOT_ALLOWED: MoveOutcome = {
  outcome: 'refused',
  code: 'not_allowed',
  message: {
    en: `Moving the days of a rollout takes the role ${ROLES.join(' or ')}. Your engineer can grant it.`,
    de: `Die Tage eines Rollouts verlegt, wer die Rolle ${ROLES.join(' oder ')} hat. Ihr Engineer kann sie vergeben.`,
  },
};

const OVERTAKEN: MoveOutcome = { outcome: 'refused', code: 'rollout_changed', message: STALE };

type Asked<Ask> = { customer: Customer; actor: Actor; ask: Ask };

function onDeadline(deps: DayMovesDeps, { customer, actor, ask }: Asked<DeadlineAsk>): Promise<MoveOutcome> {
  const at = new Date(deps.clock.now());
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockRollout(tx);
    const rollout = await readNewest(tx);
    const decided = moveDeadline(rollout, ask.to, { today: dayOf(at, customer.settings.timeZone) });
    if (decided.kind === 'already') return { outcome: 'already' };
    if (decided.kind === 'refused' || rollout === null) return refusedOf(decided);
    const { from, to } = decided;
    if (ask.seen !== undefined && ask.seen !== from) return OVERTAKEN;
    const outcome = { deadline: { from, to }, phases: [] };
    if (ask.plan === true) return { outcome: 'planned', ...outcome };
    await saveDeadline(tx, rollout.id, to);
    const facts = { rolloutId: rollout.id, from, to };
    const { seq } = await appendJournal(tx, { at, actor: journalActor(actor), event: 'rollout.deadlineMoved', facts });
    // The project in the PSA ends with the deadline; any of its phases brings it up to date.
    const any = rollout.phases.at(-1);
    if (any !== undefined) await tell(tx, { rollout, phase: any, actor, at, why: `deadline-${seq}` });
    await lookAgain(tx, { seq, at });
    deps.stopPoint('rollout.moving');
    return { outcome: 'moved', ...outcome };
  });
}

async function onPhase(deps: DayMovesDeps, { customer, actor, ask }: Asked<PhaseDayAsk>): Promise<MoveOutcome> {
  const { snapshot } = await deps.derived(customer);
  const areDefaultsOn = snapshot.securityDefaults?.isEnabled ?? null;
  const at = new Date(deps.clock.now());
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockRollout(tx);
    const rollout = await readNewest(tx);
    const told: MoveFacts['told'] = rollout === null ? new Set() : await toldPhasesIn(tx, rollout.id);
    const facts = { today: dayOf(at, customer.settings.timeZone), told, areDefaultsOn };
    const decided = movePhase(rollout, { name: ask.phase, to: ask.to, withLater: ask.withLater }, facts);
    if (decided.kind === 'already') return { outcome: 'already' };
    if (decided.kind === 'refused' || rollout === null) return refusedOf(decided);
    const { moved } = decided;
    const first = rollout.phases.find(({ name }) => name === moved[0]?.name);
    if (ask.revision !== undefined && ask.revision !== first?.revision) return OVERTAKEN;
    if (ask.plan === true) return { outcome: 'planned', deadline: null, phases: moved };
    await saveMoved(tx, { rollout, moved, actor, at });
    deps.stopPoint('rollout.moving');
    return { outcome: 'moved', deadline: null, phases: moved };
  });
}

function refusedOf(decided: ReturnType<typeof moveDeadline> | ReturnType<typeof movePhase>): MoveOutcome {
  if (decided.kind !== 'refused') throw new TypeError('a rollout that is not there cannot be moved');
  return { outcome: 'refused', ...decided.refusal };
}

type Saving = { rollout: Rollout; moved: readonly MovedDay[]; actor: Actor; at: Date };

async function saveMoved(tx: Tx, { rollout, moved, actor, at }: Saving): Promise<void> {
  for (const { name, from, to } of moved) {
    const before = rollout.phases.find((phase) => phase.name === name);
    if (before === undefined) continue;
    const phase: Phase = { ...before, enforceOn: to, revision: before.revision + 1 };
    await savePhase(tx, rollout.id, phase);
    const facts = { rolloutId: rollout.id, phase: name, from, to };
    const { seq } = await appendJournal(tx, { at, actor: journalActor(actor), event: 'phase.moved', facts });
    await tell(tx, { rollout, phase, actor, at, why: String(phase.revision) });
    await lookAgain(tx, { seq, at });
  }
}

type Telling = { rollout: Rollout; phase: Phase; actor: Actor; at: Date; why: string };

/** As every change of a phase is told, so that cards and the PSA follow. */
async function tell(tx: Tx, { rollout, phase, actor, at, why }: Telling): Promise<void> {
  const told = { rolloutId: rollout.id, phase: phase.name, from: phase.state, withdraw: null };
  const payload: Json = { ...told, actor: journalActor(actor) };
  const key = `phase.changed:${rollout.id}:${phase.name}:${why}`;
  await enqueue(tx, { kind: 'phase.changed', key, payload, dueAt: at });
}

/** A day that came nearer may be one on which something is due by now. */
async function lookAgain(tx: Tx, { seq, at }: { seq: number; at: Date }): Promise<void> {
  await enqueue(tx, { kind: 'rollout.tick', key: `rollout.tick:moved-${seq}`, payload: {}, dueAt: at });
}
