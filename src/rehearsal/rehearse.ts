import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, compose } from '../compose.ts';
import { sandboxCustomers } from '../embedded-sandbox.ts';
import { systemClock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { dayAfter, instantOf, weekdayOf } from '../lib/local-time.ts';
import type { Log } from '../lib/log.ts';
import { neverStop } from '../lib/stop-point.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import { LOGS_BEHIND } from '../rollout/phases/phase-life.core.ts';
import type { Procedure } from '../rollout/phases/phase-types.core.ts';
import { suggestPhases } from '../rollout/phases/procedure.core.ts';
import { procedureSchema } from '../rollout/phases/procedure-file.ts';
import { GLOBAL_ADMINISTRATOR } from '../rollout/policy/role-templates.core.ts';
import { enrolUser } from '../sandbox/people.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { setUpsOf } from '../sandbox/set-up.ts';
import { generateWorld } from '../sandbox/world/generate.ts';
import type { CustomerTruth } from '../sandbox/world/world.ts';
import { addSandboxCustomers } from '../sandbox-customers.ts';
import type { Recurring } from '../work/schedule.ts';
import { createRehearsalClock } from './rehearsal-clock.ts';
import {
  approveDraft,
  approveReady,
  type Deciders,
  decidersOf,
  resumeRolledBack,
  signAgain,
} from './rehearsed-decisions.ts';
import { drillDueAccounts } from './rehearsed-drill.ts';

export type RehearsalWishes = {
  seed: number;
  size: number;
  /** The first day, a Monday makes the best start. */
  startsOn: string;
  /** Absent: what the departments suggest. */
  procedure?: Procedure | undefined;
  /** Hears each line of the timeline as it happens. */
  onLine(line: string): void;
  log: Log;
  signal: AbortSignal;
};

export type RehearsedPhase = {
  name: string;
  state: string;
  enforcedAt: string | null;
  people: number;
  enrolled: number;
};

export type Rehearsal = {
  customer: string;
  from: string;
  to: string;
  timeline: { at: string; text: string }[];
  phases: RehearsedPhase[];
  /** By the sandbox's own watch, at the end. */
  lockedOut: number;
  lostCover: number;
};

/** Coarser than a server's: a month has to pass in a minute, and people decide by the hour. */
const RECURRING: readonly Recurring[] = [
  { kind: 'sync.due', everySeconds: 12 * 3600 },
  { kind: 'rollout.tick', everySeconds: 3600 },
  { kind: 'outreach.due', everySeconds: 3600 },
  { kind: 'sign-ins.read', everySeconds: 3600 },
  { kind: 'tickets.poll', everySeconds: 12 * 3600 },
  { kind: 'policy.members', everySeconds: 6 * 3600 },
  { kind: 'holdouts.chase', everySeconds: 6 * 3600 },
];

/** When somebody looks at the rollout on a working day, in the customer's time zone. */
const LOOKS = ['07:30', '09:05', '10:05', '12:05', '15:05', '18:05'];

/** Wide enough that no pacing costs real time; the limits themselves have tests of their own. */
const WIDE = { limit: 1_000_000, windowMs: 1_000 };
const PRODUCT_LIMITS = {
  ...{ conditionalAccess: WIDE, reports: WIDE, reportsAllTenants: WIDE, directory: WIDE, outlook: WIDE },
  ...{ teams: WIDE, teamsOne: WIDE, bamboohr: WIDE, workday: WIDE },
};
const SANDBOX_LIMITS = {
  conditionalAccess: WIDE,
  logsAndReports: WIDE,
  logsAndReportsAllTenants: WIDE,
  resourceUnits: { small: WIDE, medium: WIDE, large: WIDE },
  teams: { read: WIDE, write: WIDE, remove: WIDE, message: WIDE, perTeam: WIDE },
};

const DAYS_MAX = 120;
/** Mails have links; nobody follows them. */
const NOWHERE = 'http://127.0.0.1:9';

/**
 * Plays a whole rollout with made-up people on a turned clock, in this process and a folder of its own that is removed
 * at the end: exceptions signed, draft approved and pushed, every phase announced, watched, approved and enforced.
 * Resolves when everybody is through or nothing can go on any more. Rejects with `rehearsal_broken` where it cannot begin.
 */
export async function rehearse(wishes: RehearsalWishes): Promise<Rehearsal> {
  const dataDir = mkdtempSync(join(tmpdir(), 'mfa-rehearsal-'));
  const stage = await setStage(wishes, dataDir);
  try {
    return await play(stage, wishes);
  } finally {
    await stage.app.close();
    await stage.sandbox.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Stage = { app: App; sandbox: Sandbox; customer: Customer; moveTo(instantMs: number): void };

async function setStage(wishes: RehearsalWishes, dataDir: string): Promise<Stage> {
  const { seed, size, startsOn } = wishes;
  const startsAt = `${dayAfter(startsOn, -3)}T08:00:00.000Z`;
  const clock = createRehearsalClock(Date.parse(startsAt));
  const { world, truth } = generateWorld({ name: 'reference', seed, size, startsAt });
  const sandbox = await startSandbox({
    dataDir: join(dataDir, 'sandbox'),
    world,
    clock,
    limits: SANDBOX_LIMITS,
    life: true,
  });
  const now = { now: () => sandbox.clock.now(), sleep: clock.sleep };
  const app = await compose({
    location: { dataDir: join(dataDir, 'store') },
    clock: now,
    isClockTurned: () => true,
    log: wishes.log,
    environment: {},
    stopPoint: neverStop,
    publicUrl: NOWHERE,
    schedules: RECURRING,
    limits: PRODUCT_LIMITS,
  });
  const setUps = setUpsOf(world, (tenantId) => declaredOf(truth.customers, tenantId), sandbox.urls.connector);
  const customers = sandboxCustomers.parse(setUps);
  const { urls, caFile, googleKeyFile, app: facts } = sandbox;
  await addSandboxCustomers(dataDir, { urls, caFile, googleKeyFile, app: facts, customers, psaPace: WIDE }, app);
  const customer = await app.customers.find(customers[0]?.tenantId);
  return { app, sandbox, customer, moveTo: (instantMs) => sandbox.advance(Math.max(0, instantMs - now.now())) };
}

function declaredOf(customers: readonly CustomerTruth[], tenantId: string): CustomerTruth['declared'] {
  const found = customers.find((customer) => customer.tenantId === tenantId);
  if (found === undefined) throw new AppError('rehearsal_broken', 'the made-up world has no such customer');
  return found.declared;
}

async function play(stage: Stage, wishes: RehearsalWishes): Promise<Rehearsal> {
  const { app, customer, sandbox } = stage;
  const timeline: Rehearsal['timeline'] = [];
  const tell = (text: string) => {
    const at = new Date(app.clock.now()).toISOString();
    timeline.push({ at, text });
    wishes.onLine(`${at.slice(0, 16).replace('T', ' ')}  ${text}`);
  };
  const deciders = await prepare(stage, wishes, tell);
  const from = new Date(app.clock.now()).toISOString();
  await goThroughDays(stage, wishes, { deciders, tell });
  const { lockedOut, lostCover } = sandbox.watch.look(customer.id);
  const to = new Date(app.clock.now()).toISOString();
  return {
    ...{ customer: customer.name, from, to, timeline, phases: await phasesOf(stage) },
    ...{ lockedOut: lockedOut.length, lostCover: lostCover.length },
  };
}

type Tell = (text: string) => void;

async function prepare(stage: Stage, wishes: RehearsalWishes, tell: Tell): Promise<Deciders> {
  const { app, customer } = stage;
  const request = { peopleOnly: false, full: true, acceptShrunk: false, actor: REHEARSAL };
  await through(app, app.syncs.sync(customer, request, { signal: app.signal, onProgress: () => undefined }));
  const people = await app.phases.people(customer);
  tell(`${people.length} people are on the master list`);
  const deciders = await decidersOf(app, customer);
  await signAgain(app, customer, deciders);
  tell('the exceptions are signed');
  const suggested = { version: 1, name: 'Rehearsal', phases: suggestPhases(people) };
  const procedure = wishes.procedure ?? procedureSchema.parse(suggested);
  const plan = { procedure, startsOn: wishes.startsOn, deadline: dayAfter(wishes.startsOn, DAYS_MAX) };
  await app.phases.begin(customer, plan, REHEARSAL);
  await drillDueAccounts(stage, (wanted) => through(app, wanted));
  tell('every break-glass account signed in for its drill');
  const digest = await approveDraft(app, customer, deciders);
  await through(app, app.push.push(customer, REHEARSAL, digest));
  tell('both policies are live, report-only');
  return deciders;
}

const REHEARSAL = { kind: 'system', name: 'rehearsal' };

/** Works the queue until a promise that waits for it is settled. */
async function through<T>(app: App, wanted: Promise<T>): Promise<T> {
  const wait = { isOver: false };
  const settled = wanted.finally(() => {
    wait.isOver = true;
  });
  // Whoever awaits it below hears of a failure; until then it is nobody's.
  settled.catch(() => undefined);
  while (!wait.isOver) {
    const ran = await app.worker.drain();
    if (ran === 0) await systemClock.sleep(IDLE_MS);
  }
  return settled;
}

const IDLE_MS = 5;

async function goThroughDays(
  stage: Stage,
  wishes: RehearsalWishes,
  { deciders, tell }: { deciders: Deciders; tell: Tell },
): Promise<void> {
  const { app, customer } = stage;
  let shown = await statesOf(stage);
  for (let day = wishes.startsOn, passed = 0; passed < DAYS_MAX; day = dayAfter(day, 1), passed += 1) {
    if (await signAgain(app, customer, deciders)) tell('the exceptions had changed and are signed again');
    for (const time of weekdayOf(day) > 5 ? LOOKS.slice(0, 1) : LOOKS) {
      wishes.signal.throwIfAborted();
      await goThroughHours(stage, { day, time }, { deciders, tell });
      shown = tellChanges(shown, await statesOf(stage), tell);
    }
    await mendByEvening(stage, { deciders, tell });
    const rollout = await app.phases.current(customer.id);
    if (rollout?.state !== 'running') return;
  }
}

type Playing = { deciders: Deciders; tell: Tell };

async function goThroughHours(
  stage: Stage,
  { day, time }: { day: string; time: string },
  { deciders, tell }: Playing,
): Promise<void> {
  const { app, customer } = stage;
  stage.moveTo(instantOf(day, time, customer.settings.timeZone).getTime());
  await app.worker.drain();
  const approved = await approveReady(app, customer, { ...deciders, today: day });
  for (const name of approved) tell(`${name}: approved by both`);
  if (approved.length > 0) await app.worker.drain();
  const helped = await helpAdministrators(stage);
  if (helped > 0) tell(`administrators who registered a method, since no approval stands in for it: ${helped}`);
}

async function mendByEvening(stage: Stage, { deciders, tell }: Playing): Promise<void> {
  const drilled = await drillDueAccounts(stage, (wanted) => through(stage.app, wanted));
  if (drilled > 0) tell(`break-glass accounts whose drill had grown old, drilled again: ${drilled}`);
  const resumed = await resumeRolledBack(stage.app, stage.customer, deciders);
  for (const name of resumed) tell(`${name}: begins its window again`);
}

/** What an engineer does once a phase was refused because an administrator could not get in any more. */
async function helpAdministrators({ app, customer, sandbox }: Stage): Promise<number> {
  const rollout = await app.phases.current(customer.id);
  const isRefused = rollout?.phases.some(({ gates }) => gates.some(({ code }) => code === 'admin_locked_out')) === true;
  if (!isRefused) return 0;
  const { roleAssignments, registration } = await app.syncs.stored(customer);
  const capable = new Set((registration ?? []).filter(({ isMfaCapable }) => isMfaCapable === true).map(({ id }) => id));
  const admins = (roleAssignments ?? []).filter(({ roleDefinitionId }) => roleDefinitionId === GLOBAL_ADMINISTRATOR);
  const late = new Set(admins.map(({ principalId }) => principalId).filter((id) => !capable.has(id)));
  for (const userId of late) {
    const who = { tenantId: customer.id, userId };
    enrolUser(sandbox, who, { method: 'microsoftAuthenticator', reportLagMs: 0 });
  }
  return late.size;
}

async function statesOf({ app, customer }: Stage): Promise<Map<string, string>> {
  const rollout = await app.phases.current(customer.id);
  return new Map(
    (rollout?.phases ?? []).map(({ name, state, gates }) => {
      const codes = gates.map(({ code }) => code).filter((code) => code !== LOGS_BEHIND);
      const closed = state === 'blocked' ? ` (${codes.join(', ')})` : '';
      return [name, `${state}${closed}`];
    }),
  );
}

function tellChanges(before: Map<string, string>, after: Map<string, string>, tell: Tell): Map<string, string> {
  for (const [name, state] of after) if (before.get(name) !== state) tell(`${name}: ${state}`);
  return after;
}

async function phasesOf({ app, customer }: Stage): Promise<RehearsedPhase[]> {
  const rollout = await app.phases.current(customer.id);
  const people = await app.phases.people(customer);
  return (rollout?.phases ?? []).map(({ name, state, enforcedAt }) => {
    const own = people.filter((person) => person.phase === name && person.exempt === null);
    const enrolled = own.filter(({ enrolment }) => enrolment === 'capable').length;
    return { name, state, enforcedAt, people: own.length, enrolled };
  });
}
