import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayAfter, instantOf, weekdayOf } from '../lib/local-time.ts';
import { LOGS_BEHIND } from '../rollout/phases/phase-life.core.ts';
import type { Procedure } from '../rollout/phases/phase-types.core.ts';
import { suggestPhases } from '../rollout/phases/procedure.core.ts';
import { procedureSchema } from '../rollout/phases/procedure-file.ts';
import type { LogLine } from './event-log.ts';
import { endOf, type RehearsedPhase } from './rehearsal-end.ts';
import { type Stage, type StageWishes, setStage } from './rehearsal-stage.ts';
import type { TruthRow } from './rehearsal-truth.ts';
import { helpAdministrators, lookInto, prepareLook, REHEARSAL, through } from './rehearsed-day.ts';
import {
  announceKnowingly,
  approveDraft,
  approveReady,
  type Deciders,
  decidersOf,
  resumeRolledBack,
  signAgain,
} from './rehearsed-decisions.ts';
import { drillDueAccounts } from './rehearsed-drill.ts';

export type RehearsalWishes = StageWishes & {
  /** Absent: what the departments suggest. */
  procedure?: Procedure | undefined;
  /** When Security Defaults give way, where the procedure is suggested; absent: with the last phase. */
  sdSwitch?: Procedure['sdSwitch'] | undefined;
  /** Hears each line of the timeline as it happens. */
  onLine(line: string): void;
  signal: AbortSignal;
};

export type Rehearsal = {
  customer: string;
  from: string;
  to: string;
  timeline: { at: string; text: string }[];
  phases: RehearsedPhase[];
  /** What the product reports beside what is so in the simulated tenant. */
  truth: TruthRow[];
  /** What happened, without ids that were drawn: the same seed gives the same. */
  log: LogLine[];
  /** Jobs that ran, and seconds of processor time of the whole process. */
  cost: { jobs: number; cpuSeconds: number };
};

/** When somebody looks at the rollout on a working day, in the customer's time zone. */
const LOOKS = ['07:30', '09:05', '10:05', '15:05'];

const DAYS_MAX = 120;

/**
 * Plays a whole rollout with made-up people on a turned clock, in this process and a folder of its own that is removed
 * at the end: exceptions signed, draft approved and pushed, every phase announced, watched, approved and enforced. In the
 * end what is reported is held against what is so. Resolves when everybody is through or nothing can go on any more.
 * Rejects with `rehearsal_broken` where it cannot begin, and `rehearsal_snapshot_incomplete`.
 */
export async function rehearse(wishes: RehearsalWishes): Promise<Rehearsal> {
  const dataDir = mkdtempSync(join(tmpdir(), 'mfa-rehearsal-'));
  const before = process.cpuUsage();
  try {
    const stage = await setStage(wishes, dataDir);
    try {
      const rehearsal = await play(stage, wishes);
      const { user, system } = process.cpuUsage(before);
      return { ...rehearsal, cost: { jobs: stage.ran(), cpuSeconds: Math.round((user + system) / 1e6) } };
    } finally {
      await stage.app.close();
      await stage.sandbox.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function play(stage: Stage, wishes: RehearsalWishes): Promise<Omit<Rehearsal, 'cost'>> {
  const { app, customer } = stage;
  const timeline: Rehearsal['timeline'] = [];
  const tell = (text: string) => {
    const at = new Date(app.clock.now()).toISOString();
    timeline.push({ at, text });
    wishes.onLine(`${at.slice(0, 16).replace('T', ' ')}  ${text}`);
  };
  const deciders = await prepare(stage, wishes, tell);
  const from = new Date(app.clock.now()).toISOString();
  await goThroughDays(stage, wishes, { deciders, tell });
  const end = await endOf(stage);
  const to = new Date(app.clock.now()).toISOString();
  return { customer: customer.name, from, to, timeline, ...end };
}

type Tell = (text: string) => void;

async function prepare(stage: Stage, wishes: RehearsalWishes, tell: Tell): Promise<Deciders> {
  const { app, customer } = stage;
  const request = { peopleOnly: false, full: true, acceptShrunk: false, actor: REHEARSAL };
  await through(stage, app.syncs.sync(customer, request, { signal: app.signal, onProgress: () => undefined }));
  const people = await app.phases.people(customer);
  tell(`${people.length} people are on the master list`);
  const deciders = await decidersOf(app, customer);
  await signAgain(app, customer, deciders);
  tell('the exceptions are signed');
  const { sdSwitch = 'last' } = wishes;
  const suggested = { version: 1, name: 'Rehearsal', sdSwitch, phases: suggestPhases(people, sdSwitch) };
  const procedure = wishes.procedure ?? procedureSchema.parse(suggested);
  const plan = { procedure, startsOn: wishes.startsOn, deadline: dayAfter(wishes.startsOn, DAYS_MAX) };
  await app.phases.begin(customer, plan, REHEARSAL);
  await drillDueAccounts(stage, (wanted) => through(stage, wanted));
  tell('every break-glass account signed in for its drill');
  const digest = await approveDraft(app, customer, deciders);
  await through(stage, app.push.push(customer, REHEARSAL, digest));
  tell('both policies are live, report-only');
  return deciders;
}

async function goThroughDays(stage: Stage, wishes: RehearsalWishes, playing: Playing): Promise<void> {
  const { app, customer } = stage;
  const { deciders, tell } = playing;
  let shown = await statesOf(stage);
  for (let day = wishes.startsOn, passed = 0; passed < DAYS_MAX; day = dayAfter(day, 1), passed += 1) {
    for (const time of weekdayOf(day) > 5 ? LOOKS.slice(0, 1) : LOOKS) {
      wishes.signal.throwIfAborted();
      await lookAt(stage, { day, time }, playing);
      shown = tellChanges(shown, await statesOf(stage), tell);
    }
    const drilled = await drillDueAccounts(stage, (wanted) => through(stage, wanted));
    if (drilled > 0) tell(`break-glass accounts whose drill had grown old, drilled again: ${drilled}`);
    const resumed = await resumeRolledBack(app, customer, deciders);
    for (const name of resumed) tell(`${name}: begins its window again`);
    if ((await app.phases.current(customer.id))?.state !== 'running') return;
  }
}

async function lookAt(stage: Stage, { day, time }: { day: string; time: string }, playing: Playing): Promise<void> {
  const { app, customer } = stage;
  const { deciders, tell } = playing;
  const instantMs = instantOf(day, time, customer.settings.timeZone).getTime();
  const isFirst = time === LOOKS[0];
  await prepareLook(stage, instantMs, isFirst);
  // What the table of exceptions rests on is read at the first look of a day alone.
  if (isFirst && (await signAgain(app, customer, deciders))) tell('the exceptions had changed and are signed again');
  await lookInto(stage, instantMs);
  await decide(stage, day, playing);
}

type Playing = { deciders: Deciders; tell: Tell };

async function decide(stage: Stage, day: string, { deciders, tell }: Playing): Promise<void> {
  const { app, customer } = stage;
  const approved = await approveReady(app, customer, { ...deciders, today: day });
  for (const name of approved) tell(`${name}: approved by both`);
  const known = await announceKnowingly(app, customer, deciders);
  for (const name of known) tell(`${name}: goes on although some would have been blocked in the last weeks`);
  if (approved.length + known.length > 0) await stage.work();
  const helped = await helpAdministrators(stage);
  if (helped > 0) tell(`administrators who registered a method, since no approval stands in for it: ${helped}`);
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
