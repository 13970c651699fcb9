/** Takes one generated tenant through the product: first contact, push, every phase, and often back again. */
import { sql } from 'drizzle-orm';
import { AppError } from '../../../src/lib/errors.ts';
import { dayAfter, dayOf, instantOf, weekdayOf } from '../../../src/lib/local-time.ts';
import { WAITS_FOR_SWITCH } from '../../../src/rollout/phases/phase-life.core.ts';
import { createRandom } from '../../../src/sandbox/world/random.ts';
import { type Certain, createAccidents } from './accidents.ts';
import {
  approve,
  approveDraft,
  BY,
  begin,
  decideClasses,
  drill,
  mend,
  type Play,
  phaseNow,
  Refused,
  requireRollout,
  resume,
  rollBack,
  settleFlips,
  sign,
  step,
  sync,
  tick,
  toNextMorning,
  undo,
  ZONE,
} from './acts.ts';
import type { GeneratedTenant } from './build-tenant.ts';
import { createJudge, type Ended, type Violation } from './judge.ts';
import type { Stage } from './stage.ts';

export type Story = {
  seed: number;
  people: number;
  /** How far it came: `enforced` every phase, `partly` some, else where it was refused and with which code. */
  outcome: string;
  ending: Ended;
  violations: Violation[];
  /** What was done and what came of it, for whoever looks into a violation. */
  steps: string[];
  writes: number;
};

/** Plays the story of one tenant. The same seed does the same things in the same order. */
export async function playTenant(stage: Stage, made: GeneratedTenant, certain?: Certain): Promise<Story> {
  const { recipe, tenant, cast } = made;
  stage.moveTo(nextMonday(stage));
  const customer = await stage.addCustomer(made);
  const judge = createJudge(stage.sandbox, tenant.tenantId, cast.emergency);
  const random = createRandom(`story of ${recipe.seed}`);
  stage.hooks.heard = judge.point;
  const steps: string[] = [];
  const accidents = createAccidents({ stage, made, judge, random: random.fork('accidents'), steps, certain });
  const play: Play = { stage, made, customer, judge, random, accidents, steps };
  const outcome = await outcomeOf(play);
  accidents.end();
  const ending = await endingOf(play, outcome.endsWith(UNDONE));
  judge.stop();
  const { violations, writes } = judge;
  return { seed: recipe.seed, people: recipe.people, outcome, ending, violations, steps, writes };
}

function nextMonday({ now }: Stage): number {
  let day = dayAfter(dayOf(new Date(now()), ZONE), 1);
  while (weekdayOf(day) !== 1) day = dayAfter(day, 1);
  return instantOf(day, '07:00', ZONE).getTime();
}

const UNDONE = ', undone';

async function outcomeOf(play: Play): Promise<string> {
  try {
    await prepare(play);
    const outcome = await goThroughPhases(play);
    if (play.random.chance(0.4)) {
      await undo(play);
      return `${outcome}${UNDONE}`;
    }
    return outcome;
  } catch (error) {
    const code = codeOf(error);
    play.steps.push(`refused: ${code}`);
    const [, where = ''] =
      /^(\w+)/.exec(play.steps.findLast((step) => !step.startsWith('refused') && !step.startsWith('!')) ?? '') ?? [];
    return `${where}: ${code}`;
  } finally {
    play.judge.settle();
  }
}

/** A rule refuses; what the store itself refuses is a fault. */
function codeOf(error: unknown): string {
  const isRefusal = error instanceof Refused || (error instanceof AppError && !error.code.startsWith('store_'));
  if (isRefusal) return error.code;
  throw error;
}

async function prepare(play: Play): Promise<void> {
  const { stage, customer, random, accidents, judge } = play;
  await step(play, 'sync', () => sync(play));
  if (random.chance(0.95)) await step(play, 'sign', () => sign(play));
  if (random.chance(0.95)) await step(play, 'drill', () => drill(play));
  if (random.chance(0.9)) await step(play, 'classes', () => decideClasses(play));
  await step(play, 'begin', () => begin(play));
  const digest = await step(play, 'approveDraft', () => approveDraft(play));
  accidents.between('push');
  try {
    await step(play, 'push', () => stage.through((app) => app.push.push(customer, BY, digest)));
  } finally {
    judge.violations.push(...judge.rules.pushed(await pushRecord(play)));
  }
}

/** What the product keeps of its push; nothing was asked for where it was refused before. */
async function pushRecord({ stage, customer }: Play): Promise<{ state: string; before: unknown }> {
  const { rows } = await stage.app.database.withCustomer(customer.id, (tx) =>
    tx.execute(sql`SELECT state, before FROM policy_pushes ORDER BY seq DESC LIMIT 1`),
  );
  const [row] = rows;
  return { state: typeof row?.state === 'string' ? row.state : 'refused', before: row?.before };
}

async function goThroughPhases(play: Play): Promise<string> {
  const rollout = await requireRollout(play);
  let refusal: string | null = null;
  for (const { name } of rollout.phases) {
    refusal = await enforcePhase(play, name);
    // Under Security Defaults every department waits for the last phase, with which they go off.
    if (refusal === WAITS_FOR_SWITCH) continue;
    refusal ??= await afterPhase(play, name);
    if (refusal !== null) break;
  }
  const { phases } = await requireRollout(play);
  const enforced = phases.filter(({ state }) => state === 'enforced').length;
  const named = enforced === phases.length ? 'enforced' : enforced > 0 ? 'partly' : 'observed';
  return refusal === null ? named : `${named}, then ${refusal}`;
}

async function afterPhase(play: Play, name: string): Promise<string | null> {
  const { random, stage, customer } = play;
  const refusal = random.chance(0.12) ? await backAndAgain(play, name) : null;
  if (refusal !== null) return refusal;
  if (random.chance(0.2)) await step(play, 'members', () => stage.run(customer, 'policy.members'));
  if (random.chance(0.15)) await step(play, 'sync', () => sync(play));
  return null;
}

/** Rolled back, and now and then left so: everyone else then has to wait. */
async function backAndAgain(play: Play, name: string): Promise<string | null> {
  if (!(await rollBack(play, name))) return null;
  if (play.random.chance(0.3)) return null;
  await resume(play, name);
  return watchAndEnforce(play, name);
}

const ROUNDS_MAX = 5;

/** From its announcement to its flip; gives the codes that keep it closed when nothing more helps. */
async function enforcePhase(play: Play, name: string): Promise<string | null> {
  const { enforceOn } = await phaseNow(play, name);
  play.stage.moveTo(instantOf(enforceOn, '07:05', ZONE).getTime());
  await step(play, `announce ${name}`, () => tick(play, 2));
  return watchAndEnforce(play, name);
}

async function watchAndEnforce(play: Play, name: string): Promise<string | null> {
  const { stage, customer } = play;
  let last = '';
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await toNextMorning(play);
    await step(play, `read ${name}`, () => stage.run(customer, 'sign-ins.read'));
    await tick(play, 1);
    const phase = await phaseNow(play, name);
    play.steps.push(`! ${name} is ${phase.state} ${phase.gates.map(({ code }) => code).join(' ')}`);
    if (!['ready', 'blocked', 'observing'].includes(phase.state)) return `is ${phase.state}`;
    last = phase.gates.map(({ code }) => code).join('+');
    if (last === WAITS_FOR_SWITCH) return last;
    if (phase.state === 'ready') {
      const tried = await approveAndFlip(play, name);
      if ('ended' in tried) return tried.ended;
      last = tried.refused;
    }
    await step(play, 'mend', () => mend(play));
  }
  if (last === '') throw new Error(`${name} is not enforced and nobody says why`);
  return last;
}

/** `ended`: enforced, or not approved; `refused`: approved, and something was in the way of the flip. */
async function approveAndFlip(play: Play, name: string): Promise<{ ended: string | null } | { refused: string }> {
  const refusal = await step(play, `approve ${name}`, () => approve(play, name));
  if (refusal !== null) return { ended: refusal };
  play.accidents.between('enforce');
  await step(play, `enforce ${name}`, () => settleFlips(play));
  const { state, gates } = await phaseNow(play, name);
  if (state === 'enforced') return { ended: null };
  const refused = gates.map(({ code }) => code).join('+');
  play.steps.push(`! ${name} was refused: ${refused}`);
  return { refused };
}

/** What stands in the end, against what the product says. */
async function endingOf(play: Play, isUndone: boolean): Promise<Ended> {
  const { stage, customer, judge } = play;
  const rollout = await stage.app.phases.current(customer.id);
  const names = new Set((rollout?.phases ?? []).filter(({ state }) => state === 'enforced').map(({ name }) => name));
  const people = rollout === null ? [] : await stage.app.phases.people(customer);
  const enforced = people.filter(({ phase, exempt }) => names.has(phase) && exempt === null);
  const isEverybody = rollout?.phases.some((one) => one.everyoneElse && one.state === 'enforced') === true;
  return judge.ending({ enforced: new Set(enforced.map(({ accountId }) => accountId)), isEverybody, isUndone });
}
