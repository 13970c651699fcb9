/** Takes one generated tenant through the product: first contact, push, every phase, and often back again. */
import { AppError } from '../../../src/lib/errors.ts';
import { dayAfter, dayOf, instantOf, weekdayOf } from '../../../src/lib/local-time.ts';
import { createRandom } from '../../../src/sandbox/world/random.ts';
import { createAccidents } from './accidents.ts';
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
export async function playTenant(stage: Stage, made: GeneratedTenant): Promise<Story> {
  const { recipe, tenant, cast } = made;
  stage.moveTo(nextMonday(stage));
  const customer = await stage.addCustomer(made);
  const judge = createJudge(stage.sandbox, tenant.tenantId, cast.emergency);
  const random = createRandom(`story of ${recipe.seed}`);
  stage.hooks.heard = judge.point;
  const steps: string[] = [];
  const accidents = createAccidents({ stage, made, judge, random: random.fork('accidents'), steps });
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
  const { stage, customer, random } = play;
  await step(play, 'sync', () => sync(play));
  if (random.chance(0.95)) await step(play, 'sign', () => sign(play));
  if (random.chance(0.95)) await step(play, 'drill', () => drill(play));
  if (random.chance(0.9)) await step(play, 'classes', () => decideClasses(play));
  await step(play, 'begin', () => begin(play));
  const digest = await step(play, 'approveDraft', () => approveDraft(play));
  await step(play, 'push', () => stage.through((app) => app.push.push(customer, BY, digest)));
}

async function goThroughPhases(play: Play): Promise<string> {
  const { random, stage, customer } = play;
  const rollout = await requireRollout(play);
  let refusal: string | null = null;
  for (const { name } of rollout.phases) {
    refusal = await enforcePhase(play, name);
    if (refusal !== null) break;
    if (random.chance(0.12)) refusal = await backAndAgain(play, name);
    if (refusal !== null) break;
    if (random.chance(0.2)) await step(play, 'members', () => stage.run(customer, 'policy.members'));
    if (random.chance(0.15)) await step(play, 'sync', () => sync(play));
  }
  const { phases } = await requireRollout(play);
  const enforced = phases.filter(({ state }) => state === 'enforced').length;
  const named = enforced === phases.length ? 'enforced' : enforced > 0 ? 'partly' : 'observed';
  return refusal === null ? named : `${named}, then ${refusal}`;
}

/** Rolled back, and now and then left so: everyone else then has to wait. */
async function backAndAgain(play: Play, name: string): Promise<string | null> {
  await rollBack(play, name);
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
    if (phase.state === 'ready') {
      const refusal = await step(play, `approve ${name}`, () => approve(play, name));
      if (refusal !== null) return refusal;
      await step(play, `enforce ${name}`, () => settleFlips(play));
      const { state, gates } = await phaseNow(play, name);
      if (state === 'enforced') return null;
      last = gates.map(({ code }) => code).join('+');
      play.steps.push(`! ${name} was refused: ${last}`);
      await step(play, 'mend', () => mend(play));
    } else if (phase.state === 'blocked' || phase.state === 'observing') {
      last = phase.gates.map(({ code }) => code).join('+');
      await step(play, 'mend', () => mend(play));
    } else return `is ${phase.state}`;
  }
  if (last === '') throw new Error(`${name} is not enforced and nobody says why`);
  return last;
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
