/** What people and time do in a story: each act is one piece of work of the real product. */
import { sql } from 'drizzle-orm';
import { dayAfter, dayOf, instantOf, weekdayOf } from '../../../src/lib/local-time.ts';
import type { Customer } from '../../../src/rollout/customers/customers.ts';
import type { Phase, Rollout } from '../../../src/rollout/phases/phase-types.core.ts';
import { suggestPhases } from '../../../src/rollout/phases/procedure.core.ts';
import { procedureSchema } from '../../../src/rollout/phases/procedure-file.ts';
import { enrolUser } from '../../../src/sandbox/people.ts';
import { attemptSignIns } from '../../../src/sandbox/sign-in-attempts.ts';
import type { Random } from '../../../src/sandbox/world/random.ts';
import type { Accidents } from './accidents.ts';
import type { GeneratedTenant } from './build-tenant.ts';
import type { Judge } from './judge.ts';
import { APPROVER, ENGINEER, type Stage } from './stage.ts';

export const BY = { kind: 'test' };
export const ZONE = 'Europe/Berlin';

/** One story under way. */
export type Play = {
  stage: Stage;
  made: GeneratedTenant;
  customer: Customer;
  judge: Judge;
  random: Random;
  accidents: Accidents;
  steps: string[];
};

/** Refusals by a rule end a story; anything without a code is a fault and is thrown. */
export class Refused extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** One piece of work with its accidents; what the switch may leave open within it is closed at its end. */
export async function step<T>(play: Play, name: string, work: () => Promise<T>): Promise<T> {
  play.steps.push(name);
  play.judge.label = name;
  play.judge.rules.working(true);
  play.accidents.before(name);
  try {
    return await work().catch(async (error: unknown) => {
      if (!play.stage.isCut()) throw error;
      // Whoever pressed sees no answer, and presses again when the product is back.
      await play.stage.restart();
      return work();
    });
  } finally {
    play.accidents.after();
    // It may have gone without anybody who heard of it.
    if (play.stage.isCut()) await play.stage.restart();
    play.judge.settle();
    play.judge.rules.working(false);
  }
}

/** Reads everything of the customer. */
export async function sync({ stage, customer }: Play): Promise<void> {
  const request = { peopleOnly: false, full: true, acceptShrunk: false, actor: BY };
  await stage.through((app) => app.syncs.sync(customer, request, { signal: app.signal, onProgress: () => undefined }));
}

/** Somebody fetches the keys and signs in once with each emergency account that can. */
export async function drill({ stage, customer, made }: Play): Promise<void> {
  for (const accountId of made.cast.emergency) await stage.app.emergency.startDrill(customer, BY, accountId);
  const attempts = made.cast.emergency.map((id) => ({ ...MAIL_SIGN_IN, userId: id, hasMfa: true }));
  attemptSignIns(stage.sandbox, customer.id, attempts);
  stage.moveTo(stage.now() + LOG_DELAY_MS);
  await stage.through((app) => app.emergency.pollNow(customer));
}

/** The sandbox's log shows a sign-in minutes later. */
const LOG_DELAY_MS = 15 * 60_000;

/** A sign-in to the mailbox from the office. */
export const MAIL_SIGN_IN = {
  ...{ appId: '00000002-0000-0ff1-ce00-000000000000', appName: 'Mail', client: 'Browser', isRopc: false },
  ...{ isInteractive: true, hasMfa: false, answers: true, ipAddress: '198.51.100.7', country: 'DE' },
};

/** The approver signs the exceptions as they are. Throws Refused. */
export async function sign({ stage, customer, judge }: Play): Promise<void> {
  const { app } = stage;
  const approver = await app.access.actorOf(APPROVER, customer.id);
  const { digest, signature } = await app.signOff.review(customer, approver);
  if (signature.state !== 'signed') {
    const outcome = await app.signOff.sign(customer, approver, digest);
    if (outcome.outcome === 'refused') throw new Refused(outcome.code);
  }
  const { exceptions } = await app.syncs.exceptions(customer);
  judge.signed.exempt = new Set(exceptions.filter(({ signed }) => signed).map(({ accountId }) => accountId));
}

/** The approver lets every class of guests, rooms and devices be asked like everybody. Throws Refused. */
export async function decideClasses({ stage, customer }: Play): Promise<void> {
  const { app } = stage;
  const approver = await app.access.actorOf(APPROVER, customer.id);
  const open = (await app.classes.list(customer)).filter(({ state }) => state === 'undecided');
  for (const { class: kind, digest } of open) {
    const given = { class: kind, verdict: 'enforce' as const, reason: 'As everybody.', reviewAt: null, digest };
    const outcome = await app.classes.decide(customer, approver, given);
    if (outcome.outcome === 'refused') throw new Refused(outcome.code);
  }
}

/** Begins the rollout that the departments suggest. */
export async function begin({ stage, customer, random }: Play): Promise<void> {
  // Whoever is enforced without a method fails: with the usual line most phases would be taken out again.
  const stopLine = random.chance(0.25) ? {} : { percent: 100, people: 1_000 };
  const { app } = stage;
  const people = await app.phases.people(customer);
  const suggested = { version: 1, name: 'Generated', phases: suggestPhases(people), messages: {} };
  const procedure = procedureSchema.parse({ ...suggested, window: { hours: 24, seenPercent: 20 }, stopLine });
  const startsOn = dayOf(new Date(stage.now()), ZONE);
  await app.phases.begin(customer, { procedure, startsOn, deadline: dayAfter(startsOn, 200) }, BY);
}

/** The engineer approves the draft as it is; gives its digest. Throws Refused. */
export async function approveDraft({ stage, customer, judge }: Play): Promise<string> {
  const { app } = stage;
  const engineer = await app.access.actorOf(ENGINEER, customer.id);
  const { digest } = await app.drafts.review(customer, engineer);
  judge.rules.reviewed();
  const outcome = await app.drafts.decide(customer, engineer, { digest, verdict: 'approved' });
  if (outcome.outcome === 'refused') throw new Refused(outcome.code);
  return digest;
}

/** The rollout of the story. */
export async function requireRollout({ stage, customer }: Play): Promise<Rollout> {
  const rollout = await stage.app.phases.current(customer.id);
  if (rollout === null) throw new Error('a rollout was begun');
  return rollout;
}

/** A phase as it stands now. */
export async function phaseNow(play: Play, name: string): Promise<Phase> {
  const phase = (await requireRollout(play)).phases.find((one) => one.name === name);
  if (phase === undefined) throw new Error(`there is a phase ${name}`);
  return phase;
}

/** What people do about what keeps a phase closed: they enrol, somebody reads again and signs again. */
export async function mend(play: Play): Promise<void> {
  const { stage, made, customer, judge, random } = play;
  if (random.chance(0.6)) {
    judge.outside({ users: true }, () => {
      for (const { id: userId } of made.cast.workers) {
        const who = { tenantId: customer.id, userId };
        enrolUser(stage.sandbox, who, { method: 'microsoftAuthenticator', reportLagMs: 0, id: random.uuid() });
      }
    });
  }
  await sync(play);
  await sign(play);
}

/** The morning of the next working day, with everybody signing in on the way. */
export async function toNextMorning(play: Play): Promise<void> {
  const { stage, made, customer } = play;
  let day = dayAfter(dayOf(new Date(stage.now()), ZONE), 1);
  stage.moveTo(stage.now() + 6 * 3_600_000);
  const attempts = made.cast.workers.map(({ id }) => ({ ...MAIL_SIGN_IN, userId: id }));
  attemptSignIns(stage.sandbox, customer.id, attempts);
  while (weekdayOf(day) > 5) day = dayAfter(day, 1);
  stage.moveTo(instantOf(day, '09:05', ZONE).getTime());
}

/** Lets the rollout look at itself. */
export async function tick({ stage, customer }: Play, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await stage.run(customer, 'rollout.tick');
}

/** Both sides approve, whoever cannot answer by name. */
export async function approve(play: Play, phase: string): Promise<string | null> {
  const { stage, customer, judge } = play;
  const { app } = stage;
  const engineer = await app.access.actorOf(ENGINEER, customer.id);
  const first = await app.approvals.review(customer, engineer, { phase, anyway: [] });
  const late = first.people.filter(({ effect, readiness }) => effect === 'asked' && readiness === 'notReady');
  const anyway = late.map(({ accountId }) => accountId);
  const { digest, refusal } = await app.approvals.review(customer, engineer, { phase, anyway });
  if (digest === null) return refusal?.code ?? 'nothing_to_approve';
  for (const id of anyway) judge.signed.anyway.add(id);
  const press = { phase, anyway, digest };
  const refusedWith = await pressBoth(play, press);
  if (refusedWith !== null || (await phaseNow(play, phase)).state === 'approved') return refusedWith;
  // Both approvals still stand from before a refused enforcement: somebody has to ask for new ones.
  play.steps.push('! asks again');
  const again = await app.approvals.decide(customer, engineer, { phase, digest, verdict: 'askAgain' });
  if (again.outcome === 'refused') return again.code;
  return pressBoth(play, press);
}

type Approving = { phase: string; anyway: readonly string[]; digest: string };

async function pressBoth({ stage: { app }, customer }: Play, press: Approving): Promise<string | null> {
  for (const identity of [ENGINEER, APPROVER]) {
    const actor = await app.access.actorOf(identity, customer.id);
    const outcome = await app.approvals.decide(customer, actor, { ...press, verdict: 'approve' });
    if (outcome.outcome === 'refused') return outcome.code;
    if (outcome.outcome === 'stale') return 'stale';
  }
  return null;
}

/** Ticks, and gives what failed its further tries. */
export async function settleFlips(play: Play): Promise<void> {
  const { stage } = play;
  await tick(play, 1);
  for (let round = 0; round < FLIP_ROUNDS; round += 1) {
    const { phases } = await requireRollout(play);
    if (phases.every(({ state }) => state !== 'approved')) return;
    stage.moveTo(stage.now() + FLIP_PAUSE_MS);
    await stage.drain();
  }
}

const FLIP_ROUNDS = 12;
const FLIP_PAUSE_MS = 60_000;

/**
 * The engineer takes a phase out of enforcement; gives whether it is out. One that Security Defaults went with stays where
 * they cannot be switched on again. Throws Refused.
 */
export async function rollBack(play: Play, phase: string): Promise<boolean> {
  const { stage, customer } = play;
  return step(play, `rollBack ${phase}`, async () => {
    const { app } = stage;
    const engineer = await app.access.actorOf(ENGINEER, customer.id);
    const { digest } = await app.approvals.review(customer, engineer, { phase });
    const press = { phase, verdict: 'rollBack' as const, digest: digest ?? '' };
    const outcome = await app.approvals.decide(customer, engineer, press);
    if (outcome.outcome === 'refused') throw new Refused(outcome.code);
    for (let round = 0; round < FLIP_ROUNDS; round += 1) {
      await stage.drain();
      if ((await phaseNow(play, phase)).state === 'rolledBack') return true;
      if (await isKept(play, phase)) return false;
      stage.moveTo(stage.now() + FLIP_PAUSE_MS);
    }
    throw new Error(`${phase} was rolled back and is not`);
  });
}

async function isKept({ stage, customer }: Play, phase: string): Promise<boolean> {
  const { rows } = await stage.app.database.withCustomer(customer.id, (tx) =>
    tx.execute(
      sql`SELECT kind, outcome->>'code' AS code FROM phase_flips WHERE phase = ${phase} ORDER BY seq DESC LIMIT 1`,
    ),
  );
  return rows[0]?.kind === 'withdraw' && rows[0].code === 'security_defaults_not_switchable';
}

/** The engineer lets a phase that was rolled back begin its window again. */
export function resume(play: Play, phase: string): Promise<void> {
  const { stage, customer } = play;
  return step(play, `resume ${phase}`, async () => {
    const { app } = stage;
    const engineer = await app.access.actorOf(ENGINEER, customer.id);
    for (const verdict of ['hold', 'resume'] as const) {
      const { digest, latest } = await app.approvals.review(customer, engineer, { phase });
      const press = { phase, verdict, digest: digest ?? '', seen: latest?.id ?? null };
      const outcome = await app.approvals.decide(customer, engineer, press);
      if (outcome.outcome === 'refused') throw new Refused(outcome.code);
    }
    await stage.drain();
  });
}

/** Takes the push back. */
export async function undo(play: Play): Promise<void> {
  const { stage, customer } = play;
  await step(play, 'undo', async () => {
    const push = await stage.through((app) => app.push.undo(customer, BY));
    if (push.failure !== null) play.steps.push(`! left standing: ${push.failure.message}`);
  });
}
