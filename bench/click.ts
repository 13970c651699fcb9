/**
 * Ten people press “approve” on one phase's card, each ten times twice, fifty presses at a time, while nobody works the
 * queue: every press is answered without a vendor being called. Then the queue is worked, the flip asked for ten times:
 * one PATCH. In the end everybody who pressed sees the phase as it is. CPU is printed beside a bare turn of the SDK.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudAdapter, ConfigurationBotFrameworkAuthentication, type Request, type Response } from 'botbuilder';
import type { App } from '../src/compose.ts';
import { createPhaseCards } from '../src/rollout/conversations/phase-cards.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import type { PhaseEvent } from '../src/rollout/phases/phase-life.core.ts';
import type { Phase, Rollout } from '../src/rollout/phases/phase-types.core.ts';
import { suggestPhases } from '../src/rollout/phases/procedure.core.ts';
import { procedureSchema } from '../src/rollout/phases/procedure-file.ts';
import { enrolUser } from '../src/sandbox/people.ts';
import {
  activity,
  type Bench,
  HOME_TENANT,
  type Json,
  press,
  type Sender,
  startBench,
  startBotServer,
} from '../test/support/bot-bench.ts';
import { type RunningSandbox, startProduct, startWorld } from '../test/support/product.ts';
import { addWrittenCustomer, BY, decideDraft, signExceptions, tenantOf } from '../test/support/push-world.ts';
import { type BenchLine, countLine, noneLine, printedLine } from './support/line.ts';

const SEED = 5;
const SIZE = 100;
const PEOPLE = 10;
const DOUBLE_CLICKS = 100;
const AT_ONCE = 50;
const ASKED_TIMES = 10;
const ANSWER_MS_TARGET = 1_000;
const WAVE_CPU_MS_TARGET = 1_000;
const CPU_TARGET = 1.25;
const FLOOR_TURNS = 400;
const WIDE = { limit: 1_000, windowMs: 1_000 };
const READY: readonly PhaseEvent[] = [{ kind: 'announce' }, { kind: 'observe' }, { kind: 'judged', gates: [] }];

type Site = {
  app: App;
  world: RunningSandbox;
  bench: Bench;
  server: Awaited<ReturnType<typeof startBotServer>>;
  customer: Customer;
  phase: string;
  people: Sender[];
};

/** Runs the bench. */
export async function runClick(): Promise<BenchLine[]> {
  const bench = await startBench();
  const world = await startWorld({ seed: SEED, size: SIZE });
  const teams = () => Promise.resolve(bench.settings);
  const dataDir = mkdtempSync(join(tmpdir(), 'mfa-click-'));
  const app = await startProduct({ dataDir }, { teams, teamsLimits: { thread: [WIDE], tenant: WIDE } });
  const server = await startBotServer(app, bench);
  try {
    const { customer, phase } = await readyPhase(app, world);
    // From here on jobs run only when they are asked to.
    await app.worker.stop();
    const site: Site = { app, world, bench, server, customer, phase, people: await clickers(app, customer) };
    await showCard(site);
    const clicks = await click(site);
    await app.worker.drain();
    const flip = await flipOnce(site);
    return [...clicks, ...flip, ...(await finalCards(site))];
  } finally {
    await server.close();
    await app.close();
    await world.stop();
    await bench.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A pushed customer all of whose people can answer MFA, its largest phase ready. */
async function readyPhase(app: App, world: RunningSandbox): Promise<{ customer: Customer; phase: string }> {
  const { tenantId, users } = tenantOf(world);
  for (const { id: userId } of users) {
    enrolUser(world.sandbox, { tenantId, userId }, { method: 'microsoftAuthenticator', reportLagMs: 0 });
  }
  const customer = await addWrittenCustomer(app, world);
  await signExceptions(app, customer);
  const people = await app.phases.people(customer);
  const procedure = procedureSchema.parse({ version: 1, name: 'Bench', phases: suggestPhases(people) });
  const day = (ahead: number) => new Date(app.clock.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  const rollout = await app.phases.begin(customer, { procedure, startsOn: day(1), deadline: day(300) }, BY);
  await app.push.push(customer, BY, await decideDraft(app, customer));
  const size = (name: string) => people.filter((one) => one.phase === name).length;
  const [largest] = rollout.phases.map(({ name }) => name).sort((a, b) => size(b) - size(a));
  const phase = largest ?? '';
  for (const event of READY) {
    const at = new Date(app.clock.now());
    const step = { rolloutId: rollout.id, phase, event, at, actor: BY };
    await app.database.withCustomer(customer.id, (tx) => app.phases.apply(tx, step));
  }
  return { customer, phase };
}

/** As many of the provider as of the customer. */
async function clickers(app: App, customer: Customer): Promise<Sender[]> {
  const senders: Sender[] = [];
  for (let place = 0; place < PEOPLE; place += 1) {
    const isEngineer = place % 2 === 0;
    const identity = { tenantId: isEngineer ? HOME_TENANT : customer.id, objectId: randomUUID() };
    const name = `Person ${place} Example`;
    await app.access.grant(
      customer.id,
      { identity, role: isEngineer ? 'engineer' : 'approver', displayName: name },
      BY,
    );
    senders.push({ ...identity, name });
  }
  return senders;
}

async function stored({ app, customer, phase: name }: Site): Promise<{ rollout: Rollout; phase: Phase }> {
  const rollout = await app.phases.current(customer.id);
  const phase = rollout?.phases.find((one) => one.name === name);
  if (rollout === null || phase === undefined) throw new Error('the rollout has the phase');
  return { rollout, phase };
}

/** The card in the channel and before those who decide, as when the phase became ready. */
async function showCard(site: Site): Promise<void> {
  const { app, bench, server, customer, people } = site;
  const member = { tenantId: customer.id, objectId: randomUUID() };
  await server.post(activity(bench, member, { where: 'channel', type: 'installationUpdate', action: 'add' }));
  for (const one of people) await server.post(activity(bench, one, { text: 'help' }));
  const change = { customer, ...(await stored(site)), from: 'observing' as const, now: new Date(app.clock.now()) };
  await app.database.withCustomer(customer.id, (tx) => createPhaseCards()(tx, change));
  await app.worker.drain();
}

/** Calls to any vendor or to Teams since the last reset. */
function callsOf({ world, bench }: Site): number {
  return world.sandbox.requests.list().length + bench.wrote.length + bench.tokens;
}

function reset({ world, bench }: Site): void {
  world.sandbox.requests.clear();
  bench.wrote.length = 0;
  bench.tokens = 0;
}

async function dataNow(site: Site): Promise<Json> {
  const { app, customer } = site;
  const { rollout, phase } = await stored(site);
  const grant = (await app.access.list(customer.id)).find(({ role }) => role === 'engineer');
  if (grant === undefined) throw new Error('the customer has an engineer');
  const engineer = await app.access.actorOf(grant.identity, customer.id);
  const { digest } = await app.approvals.review(customer, engineer, { phase: phase.name });
  const shown = { customer: customer.id, id: rollout.id, phase: String(phase.ordinal) };
  return { ...shown, revision: String(phase.revision), ...(digest === null ? {} : { digest }) };
}

async function click(site: Site): Promise<BenchLine[]> {
  const { bench, server, people } = site;
  const data = await dataNow(site);
  const presses = Array.from({ length: DOUBLE_CLICKS }, (_none, at) => {
    const sender = people[at % people.length] ?? { tenantId: '', objectId: '' };
    const one = press(bench, sender, { verb: 'phase.approve', data, where: 'personal' });
    return [one, one];
  }).flat();
  const signed = await Promise.all(
    presses.map(async (one) => ({ one, headers: { authorization: `Bearer ${await bench.sign(one)}` } })),
  );
  reset(site);
  const slowest: number[] = [];
  const cpuOfWaves: number[] = [];
  let answered = 0;
  const before = process.cpuUsage();
  for (let from = 0; from < signed.length; from += AT_ONCE) {
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    const wave = signed.slice(from, from + AT_ONCE);
    const answers = await Promise.all(wave.map(({ one, headers }) => server.send(one, headers)));
    slowest.push(performance.now() - startedAt);
    cpuOfWaves.push(cpuMsSince(cpuBefore));
    answered += answers.filter(({ status, body }) => status === 200 && body.statusCode === 200).length;
  }
  const cpuMs = cpuMsSince(before) / presses.length;
  const calls = callsOf(site);
  const { state } = (await stored(site)).phase;
  const floorMs = await floorOf(presses[0]);
  return [
    noneLine('click: vendor calls before the reply', calls),
    countLine({ name: 'click: presses answered with a card', value: answered, limit: presses.length }),
    countLine({ name: 'click: phases approved by them', value: Number(state === 'approved'), limit: 1 }),
    printedLine(`click: ms until the last of ${AT_ONCE} at once is answered, worst`, {
      value: Math.max(...slowest),
      target: ANSWER_MS_TARGET,
    }),
    printedLine(`click: CPU ms until the last of ${AT_ONCE} at once is answered, senders included, worst`, {
      value: Math.max(...cpuOfWaves),
      target: WAVE_CPU_MS_TARGET,
      peer: `of each wave: ${cpuOfWaves.map(Math.round).join(' ')}`,
    }),
    printedLine('click: CPU ms of a press, its sender and the store included', {
      ...{ value: cpuMs, limit: floorMs, ratio: cpuMs / floorMs, target: CPU_TARGET },
      peer: 'a bare turn of CloudAdapter, without network, token check and store',
    }),
  ];
}

/** What the SDK alone costs: the same activity through its adapter, answered by a handler that does nothing. */
async function floorOf(activityOf: Json | undefined): Promise<number> {
  const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}));
  const response = {
    socket: null,
    end: () => undefined,
    header: () => undefined,
    send: () => undefined,
    status: () => undefined,
  };
  const turn = () =>
    adapter.process(
      { body: { ...activityOf }, headers: {}, method: 'POST' } as Request,
      response as unknown as Response,
      async (context) => {
        await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body: {} } });
      },
    );
  for (let turns = 0; turns < FLOOR_TURNS; turns += 1) await turn();
  const before = process.cpuUsage();
  for (let turns = 0; turns < FLOOR_TURNS; turns += 1) await turn();
  return cpuMsSince(before) / FLOOR_TURNS;
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const POLICY = /\/conditionalAccess\/policies\/\{/;

async function flipOnce(site: Site): Promise<BenchLine[]> {
  const { app, customer, world } = site;
  const { rollout, phase } = await stored(site);
  reset(site);
  for (let times = 0; times < ASKED_TIMES; times += 1) {
    const ask = { rolloutId: rollout.id, phase, actor: BY, at: new Date(app.clock.now()) };
    await app.database.withCustomer(customer.id, (tx) => app.enforcement.askEnforce(tx, ask));
  }
  await app.worker.drain();
  const own = world.sandbox.requests.list().filter(({ template }) => POLICY.test(template));
  const patches = own.filter(({ method }) => method === 'PATCH');
  const at = own.findIndex(({ method }) => method === 'PATCH');
  const around = own.slice(Math.max(0, at - 1), at + 2).map(({ method }) => method);
  return [
    countLine({ name: `click: PATCHes of a flip asked for ${ASKED_TIMES} times`, value: patches.length, limit: 1 }),
    countLine({
      name: 'click: the policy is read, patched, read',
      value: Number(around.join() === 'GET,PATCH,GET'),
      limit: 1,
    }),
    printedLine('click: calls of the flip and what follows from it', {
      value: world.sandbox.requests.list().length,
      peer: own.map(({ method }) => method).join(' '),
    }),
  ];
}

async function finalCards(site: Site): Promise<BenchLine[]> {
  const { bench, server, people } = site;
  const data = await dataNow(site);
  const seen = await Promise.all(
    people.map(async (one) => (await server.post(press(bench, one, { verb: 'phase.view', data }))).text),
  );
  const updates = bench.wrote.filter(({ method }) => method === 'PUT').map(({ body }) => JSON.stringify(body));
  return [
    countLine({
      name: 'click: people who see the phase enforced',
      value: seen.filter((text) => text.includes(' · enforced')).length,
      limit: people.length,
    }),
    countLine({
      name: 'click: copies in Teams brought to the final state',
      value: Number(updates.some((text) => text.includes(' · enforced'))),
      limit: 1,
    }),
  ];
}
