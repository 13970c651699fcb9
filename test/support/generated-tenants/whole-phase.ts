/**
 * One department from its announcement to the chase: mails, window, approval, flip, roll-back, flip again, tickets. What
 * came of it outside the product is told in one canonical form, so that a run in which the power went can be compared.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dayAfter, dayOf, instantOf } from '../../../src/lib/local-time.ts';
import type { Customer } from '../../../src/rollout/customers/customers.ts';
import { procedureSchema } from '../../../src/rollout/phases/procedure-file.ts';
import { siteOf } from '../../../src/sandbox/connectwise/site.ts';
import { companyIdentifierOf } from '../../../src/sandbox/connectwise/state.ts';
import { rolloutMailboxOf } from '../../../src/sandbox/gmail/state.ts';
import { attemptSignIns } from '../../../src/sandbox/sign-in-attempts.ts';
import { createRandom } from '../../../src/sandbox/world/random.ts';
import { readJournal, verifyJournal } from '../../../src/store/journal.ts';
import { createAccidents } from './accidents.ts';
import {
  approve,
  approveDraft,
  BY,
  drill,
  MAIL_SIGN_IN,
  type Play,
  phaseNow,
  resume,
  rollBack,
  sign,
  step,
  sync,
  ZONE,
} from './acts.ts';
import { buildGenerated } from './build-tenant.ts';
import { createJudge, tenantOf, type Violation } from './judge.ts';
import type { Recipe } from './recipe.ts';
import { PowerCut, type Stage, type StageWishes, startStage } from './stage.ts';

/** What stands outside the product in the end, and what its journal says: lines that do not depend on times or ids. */
export type PhaseLog = {
  lines: string[];
  violations: Violation[];
  journalHolds: boolean;
  points: string[];
  cuts: number;
  /** The most mails of which one power cut left it unknown whether they were sent; they are asked about minutes later. */
  inDoubtMax: number;
};

/** Whether the power goes at this point, the n-th of its name and the m-th of all. */
export type CutsAt = (point: PassedPoint) => boolean;

export type PassedPoint = {
  name: string;
  nth: number;
  place: number;
  /** What recurs is on its way anew because it was cut off or put off: cuts here would call for yet another round. */
  isAgain: boolean;
};

const RECIPE: Recipe = {
  ...{ seed: 900_001, people: 5, departments: ['IT'], emergency: 'two', hasEmergencyGroup: true },
  ...{ securityDefaults: false, premium: 'yes', policies: ['legacyOff'], administrators: 1, enrolled: 0.7 },
  ...{ perUserMfa: false, guests: 0, serviceAccounts: 1, sharedMailboxes: 0, hasSyncAccount: false },
  ...{ leavers: 0, eligibleAdmin: false, twinGroups: false },
};

const PROCEDURE = {
  ...{ version: 1, name: 'One department', chaseDaysBefore: 3 },
  phases: [
    { name: 'IT', people: { departments: ['IT'] }, enforceAfterDays: 3 },
    { name: 'Everyone else', people: null, enforceAfterDays: 4 },
  ],
  messages: {
    announcement: { daysBefore: 3, at: '09:00' },
    reminder: { daysBefore: 1, at: '09:00' },
    allClear: { daysBefore: -1, at: '09:00' },
  },
  ...{ window: { hours: 24, seenPercent: 20 }, stopLine: { percent: 100, people: 1_000 } },
};

/** The published limits are kept elsewhere; here they would be waited for. */
const WIDE_MAILBOX = { unitsPerMinute: 1_000_000_000, mailsPerDay: 1_000_000 };

const JOBS = ['sign-ins.read', 'rollout.tick', 'rollout.tick', 'outreach.due', 'tickets.poll', 'holdouts.chase'];

export type PhaseWishes = StageWishes & {
  /** How many work in the department. */
  people?: number;
  /** Arms what goes wrong at the vendors, once before everything that happens on a day. */
  disturb?(stage: Stage): void;
  /** Lets processes of their own do the work of the week. */
  worksElsewhere?: NonNullable<Stage['hooks']['worksElsewhere']>;
};

/** Plays it, with a power cut wherever `cutsAt` says so; the product then starts anew on the same store and goes on. */
export async function playWholePhase(
  storeAt: Parameters<typeof startStage>[1],
  cutsAt: CutsAt,
  { people = RECIPE.people, disturb = () => undefined, worksElsewhere, ...wishes }: PhaseWishes = {},
): Promise<PhaseLog> {
  const made = buildGenerated({ ...RECIPE, people });
  const stage = await startStage([made], storeAt, wishes);
  const { sandbox } = stage;
  sandbox.record({ type: 'gmail.options.set', workspace: made.tenant.tenantId, options: WIDE_MAILBOX });
  stage.moveTo(instantOf('2027-01-18', '07:00', ZONE).getTime());
  const customer = await stage.addCustomer(made, sectionsOf(stage));
  const judge = createJudge(sandbox, customer.id, made.cast.emergency);
  const points: string[] = [];
  const rounds: Rounds = { isAgain: false };
  stage.hooks.heard = (name) => {
    judge.point(name);
    points.push(name);
  };
  const steps: string[] = [];
  const random = createRandom('whole phase');
  const accidents = createAccidents({ stage, made, judge, random, steps });
  accidents.end();
  const play: Play = { stage, made, customer, judge, random, accidents, steps };
  await prepare(play);
  points.length = 0;
  sandbox.requests.clear();
  // Nothing disarms the cuts between two pieces of work.
  play.accidents = { before: () => undefined, between: () => undefined, after: () => undefined, end: () => undefined };
  armCuts(stage, { points, rounds }, cutsAt);
  const doubt = { most: 0, known: new Set<string>() };
  stage.hooks.restarted = async () => {
    const asked = await askedMails(play);
    doubt.most = Math.max(doubt.most, asked.filter((mail) => !doubt.known.has(mail)).length);
    doubt.known = new Set(asked);
  };
  stage.hooks.worksElsewhere = worksElsewhere;
  await goThroughWeek(play, { disturb: () => disturb(stage), rounds });
  Object.assign(stage.hooks, { stopPoint: () => undefined, worksElsewhere: undefined });
  sandbox.faults.clear();
  await settle(stage);
  const lines = await linesOf(play);
  const { ok } = await stage.app.database.withCustomer(customer.id, (tx) => verifyJournal(tx, customer.id));
  judge.stop();
  const cuts = stage.cuts();
  await stage.stop();
  // Another process tells nobody here what it is about to take back.
  const violations = worksElsewhere === undefined ? judge.violations : [];
  return { lines, violations, journalHolds: ok, points, cuts, inDoubtMax: doubt.most };
}

async function ledgerCounts({ stage, customer }: Play) {
  return (await stage.app.outreach.ledger(customer.id)).counts;
}

/** Whether what recurs is on its way for the first time on this day, or anew. */
type Rounds = { isAgain: boolean };

type Passed = { points: readonly string[]; rounds: Rounds };

async function askedMails({ stage, customer }: Play): Promise<string[]> {
  const { rows } = await stage.app.outreach.ledger(customer.id);
  return rows.filter(({ state }) => state === 'asked').map((row) => [row.message, row.personId, row.scope].join(' '));
}

function armCuts({ hooks }: Stage, { points, rounds }: Passed, cutsAt: CutsAt): void {
  const counts = new Map<string, number>();
  hooks.stopPoint = (name) => {
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    if (cutsAt({ name, nth, place: points.length, isAgain: rounds.isAgain })) throw new PowerCut(name);
  };
}

function sectionsOf({ sandbox }: Stage): object {
  const { world } = sandbox.state;
  const [tenant] = world.tenants;
  const [company] = world.bambooCompanies;
  if (tenant === undefined || company === undefined) throw new Error('a world has a tenant and a company');
  const site = siteOf(world);
  const key = join(dirname(sandbox.googleKeyFile), 'psa');
  writeFileSync(`${key}-public`, site.publicKey);
  writeFileSync(`${key}-private`, site.privateKey);
  const { urls } = sandbox;
  return {
    mail: {
      ...{ via: 'gmail', mailbox: rolloutMailboxOf(tenant), serviceAccountKey: `file:${sandbox.googleKeyFile}` },
      ...{ baseUrl: urls.gmail, tokenUrl: `${urls.googleToken}/token` },
    },
    psa: {
      ...{ source: 'connectwise', baseUrl: urls.connectwise, companyId: site.company, clientId: site.clientId },
      ...{ publicKey: `file:${key}-public`, privateKey: `file:${key}-private` },
      ...{ customer: companyIdentifierOf(company.domain), pace: { limit: 1_000_000, windowMs: 1_000 } },
    },
  };
}

async function prepare(play: Play): Promise<void> {
  const { stage, customer } = play;
  await sync(play);
  await sign(play);
  await drill(play);
  const startsOn = dayOf(new Date(stage.now()), ZONE);
  const procedure = procedureSchema.parse(PROCEDURE);
  await stage.app.phases.begin(customer, { procedure, startsOn, deadline: dayAfter(startsOn, 8) }, BY);
  const digest = await approveDraft(play);
  await stage.through((app) => app.push.push(customer, BY, digest));
}

/** Monday to the Tuesday after: what people press in between stands at its day. */
async function goThroughWeek(play: Play, { disturb, rounds }: { disturb(): void; rounds: Rounds }): Promise<void> {
  const { stage } = play;
  const monday = dayOf(new Date(stage.now()), ZONE);
  const look = (days: number, time: string) => {
    disturb();
    return lookAt(play, instantOf(dayAfter(monday, days), time, ZONE).getTime(), rounds);
  };
  await look(0, '09:05');
  await look(1, '09:15');
  await look(2, '09:25');
  await look(3, '09:35');
  await flip(play);
  await rollBack(play, 'IT');
  await settle(stage);
  await resume(play, 'IT');
  await settle(stage);
  await look(4, '10:05');
  await flip(play);
  await look(4, '11:05');
  await look(7, '09:05');
  await look(8, '09:05');
}

async function flip(play: Play): Promise<void> {
  const refusal = await step(play, 'approve', () => approve(play, 'IT'));
  if (refusal !== null) {
    const { state, gates } = await phaseNow(play, 'IT');
    throw new Error(
      `not approved: ${refusal}; ${state}; ${gates.map(({ code, message }) => code + message.en).join(' ')}`,
    );
  }
  await play.stage.run(play.customer, 'rollout.tick');
  await settle(play.stage);
}

async function lookAt({ stage, made, customer }: Play, instantMs: number, rounds: Rounds): Promise<void> {
  stage.moveTo(instantMs - SIGN_INS_BEFORE_MS);
  const attempts = made.cast.workers.map(({ id }) => ({ ...MAIL_SIGN_IN, userId: id }));
  attemptSignIns(stage.sandbox, customer.id, attempts);
  stage.moveTo(instantMs);
  await work(stage, customer, rounds);
}

/** What recurs comes again soon: whatever was cut off or put off this time is done by then, in the order that it needs. */
async function work(stage: Stage, customer: Customer, rounds: Rounds): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    rounds.isAgain = round > 0;
    const cuts = stage.cuts();
    const { faults } = stage.sandbox;
    const isDisturbed = faults.list().length > 0;
    for (const kind of JOBS) await stage.run(customer, kind);
    const waited = await settle(stage);
    if (!waited && !isDisturbed && cuts === stage.cuts()) {
      rounds.isAgain = false;
      return;
    }
    // A day's misfortune is over by the time at which the same work comes again.
    faults.clear();
  }
  throw new Error('what recurs never comes to rest');
}

const SIGN_INS_BEFORE_MS = 60 * 60_000;

/** Works until nothing is due for a while, so that what died is tried again; gives whether anything had to wait. */
async function settle(stage: Stage): Promise<boolean> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await stage.drain();
    const { nextDueAt } = await stage.app.queue.backlog();
    if (nextDueAt === undefined || nextDueAt > stage.now() + SOON_MS) return round > 0;
    stage.moveTo(nextDueAt);
  }
  throw new Error('the queue never comes to rest');
}

const ROUNDS_MAX = 200;
const SOON_MS = 20 * 60_000;

async function linesOf(play: Play): Promise<string[]> {
  const { stage, customer } = play;
  const { state, requests } = stage.sandbox;
  const ledger = Object.entries(await ledgerCounts(play)).map(([state_, count]) => `ledger ${state_}: ${count}`);
  const mails = state.gmail.deliveries.map(({ recipient, subject, field }) => `mail ${field} ${recipient}: ${subject}`);
  const tickets = [...state.connectwise.records.ticket.values()].map((ticket) => `ticket ${textOf(ticket)}`);
  const flips = requests
    .list()
    .filter(({ method, template, status }) => method === 'PATCH' && template.includes('policies') && status < 300)
    .map(({ template }) => `PATCH ${template}`);
  const tenant = tenantOf(stage.sandbox, customer.id);
  const names = new Map(tenant.groups.map(({ group }) => [group.id, String(group.displayName)]));
  const policies = tenant.conditionalAccessPolicies.map(({ displayName, state: is, conditions }) => {
    const text = [...names].reduce((all, [id, name]) => all.replaceAll(id, name), JSON.stringify(conditions));
    return `policy ${String(displayName)} ${String(is)} ${ordered(text)}`;
  });
  const groups = tenant.groups.map(({ group, members }) => `group ${String(group.displayName)}: ${members.length}`);
  return [
    ...mails,
    ...ledger,
    ...tickets,
    ...flips,
    ...policies,
    ...groups,
    ...(await journalLines(stage, customer)),
  ].sort();
}

/** Groups stand in a policy in the order of their ids, which are others in every run. */
function ordered(json: string): string {
  const inOrder = (_name: string, value: unknown): unknown =>
    Array.isArray(value) ? [...(value as unknown[])].sort() : value;
  return JSON.stringify(JSON.parse(json), inOrder);
}

function textOf(record: { [property: string]: unknown }): string {
  return JSON.stringify([record.summary, (record.status as { name?: unknown } | undefined)?.name]);
}

/** Decisions and their effects; what was begun may be noted again by whoever goes on. */
async function journalLines({ app }: Stage, { id }: Customer): Promise<string[]> {
  const rows = await app.database.withCustomer(id, (tx) => readJournal(tx, id));
  return rows
    .map(({ event }) => event)
    .filter((event) => /^phase\.(?:announced|observing|ready|approved|enforced|withdrawn|rolledBack|held)$/.test(event))
    .map((event) => `journal ${event}`);
}
