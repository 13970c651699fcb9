/**
 * Impact and findings held against the sandbox: its evaluator decides what the report-only policy would have meant for
 * each attempt, and its whole log tells which clients cannot answer.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import { createManualClock, DAY_MS } from '../../src/lib/clock.ts';
import type { Actor, Role } from '../../src/rollout/access/access.core.ts';
import type { Finding } from '../../src/rollout/sign-ins/findings.core.ts';
import { IMPACTS, type Impact } from '../../src/rollout/sign-ins/impact.core.ts';
import { putPolicy } from '../../src/sandbox/other-admins.ts';
import type { WorldHandle } from '../../src/sandbox/people.ts';
import { type Attempt, type AttemptTruth, attemptSignIns } from '../../src/sandbox/sign-in-attempts.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { addCustomerOf, composeProduct, type RunningSandbox, startWorld } from '../support/product.ts';
import { journalled, tenantOf } from '../support/push-world.ts';
import { seededRandom } from '../support/random-ca-cases.ts';
import { diceOf } from '../support/random-dice.ts';
import {
  OBSERVE_ID,
  observePolicy,
  peopleOf,
  phaseOf,
  readOnce,
  rolloutOf,
  type Scene,
  signInsOf,
} from '../support/sign-in-bench.ts';
import { embeddedFolder } from '../support/store.ts';

const HOUR_MS = 3_600_000;
const SLOW_MS = 60_000;
const FULL = process.env.MFA_GUARANTEES === 'full';
const SEEDS = Array.from({ length: FULL ? 20 : 3 }, (_none, n) => n + 1);
const EXCHANGE = { appId: '00000002-0000-0ff1-ce00-000000000000', appName: 'Office 365 Exchange Online' };
const CLIENTS = ['Browser', 'Mobile Apps and Desktop clients', 'IMAP4', 'Authenticated SMTP'] as const;
const MODERN: readonly string[] = ['Browser', 'Mobile Apps and Desktop clients'];

const stops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

async function start(seed: number) {
  const world = await startWorld({ seed, size: 100, frozen: true });
  stops.push(() => world.stop());
  const clock = createManualClock(world.sandbox.now());
  const app = await composeProduct({ dataDir: embeddedFolder() }, { clock });
  stops.push(() => app.close());
  const handle: WorldHandle = world.sandbox;
  const { tenantId } = world.setUp;
  putPolicy(
    handle,
    { tenantId, policyId: OBSERVE_ID },
    { policy: observePolicy(), by: world.truth.declared.breakGlass[0] ?? '' },
  );
  const customer = await addCustomerOf(app, world);
  const pass = (ms: number) => {
    world.sandbox.advance(ms);
    clock.advance(ms);
  };
  const scene: Scene = { phase: phaseOf({ windowFrom: new Date(clock.now()).toISOString() }), people: peopleOf(world) };
  return { world, handle, clock, app, customer, pass, scene, tenantId };
}

/** Most people sign in during the day that begins now, a few before it only, some never, with any kind of client. */
function attemptsOf(world: RunningSandbox, seed: number, fromMs: number): Attempt[] {
  const dice = diceOf(seededRandom(seed));
  return world.truth.people.flatMap(({ accountId }) => {
    const kind = dice.weighted({ never: 1, before: 1, within: 8 });
    if (kind === 'never') return [];
    return Array.from({ length: dice.between(1, 3) }, () => {
      const client = dice.chance(0.85) ? dice.one(CLIENTS.slice(0, 2)) : dice.one(CLIENTS);
      const atMs = kind === 'before' ? fromMs - dice.between(1, HOUR_MS) : fromMs + dice.between(0, DAY_MS - HOUR_MS);
      const isInteractive = dice.chance(0.6);
      return {
        ...{ userId: accountId, ...EXCHANGE, client, isInteractive },
        at: new Date(atMs).toISOString(),
        isRopc: !isInteractive && MODERN.includes(client) && dice.chance(0.05),
        hasMfa: MODERN.includes(client) && dice.chance(0.3),
        answers: true,
      };
    });
  });
}

/** What the sandbox says becomes of each person who is on the list. */
function expectedImpacts(
  scene: Scene,
  attempts: readonly Attempt[],
  truths: readonly AttemptTruth[],
): [string, Impact][] {
  const from = scene.phase.windowFrom ?? '';
  return scene.people.map(({ accountId, accountStatus, enrolment }) => {
    const own = truths.filter(
      ({ userId, gotIn }, index) => userId === accountId && gotIn && (attempts[index]?.at ?? '') >= from,
    );
    const results = new Set(own.map(({ underReportOnly }) => underReportOnly[OBSERVE_ID]));
    if (results.has('blocked')) return [accountId, 'wouldFail'];
    if (results.has('promptedCanAnswer') || results.has('promptedNotRegistered')) {
      if (enrolment === 'unknown') return [accountId, 'unknown'];
      return [accountId, enrolment === 'capable' ? 'wouldBePromptedCanAnswer' : 'wouldBePromptedNotRegistered'];
    }
    if (accountStatus === 'disabled' || results.size > 0) return [accountId, 'notAsked'];
    return [accountId, 'neverSeen'];
  });
}

type Seen = { key: string; count: number; firstSeen: string; lastSeen: string };

/** The protocol of a row that tells of a client which cannot answer; null for others, such as a session refused lately. */
function speechless(row: GraphObject): string | null {
  const { errorCode } = row.status as { errorCode: number };
  if (errorCode !== 0 && errorCode !== 50076 && errorCode !== 50079) return null;
  if (row.authenticationProtocol === 'ropc') return 'ROPC';
  if (!MODERN.includes(String(row.clientAppUsed))) return String(row.clientAppUsed);
  return null;
}

/** Clients in the sandbox's whole log that cannot answer and had traffic within the last day. */
function expectedFindings(world: RunningSandbox, span: { fromMs: number; nowMs: number }): Seen[] {
  const seen = new Map<string, Seen>();
  for (const row of tenantOf(world).signIns) {
    const protocol = speechless(row);
    if (protocol === null || Date.parse(row.createdDateTime) < span.fromMs) continue;
    const key = `${row.userId} ${String(row.appId)} ${protocol}`;
    const at = new Date(row.createdDateTime).toISOString();
    const found = seen.get(key) ?? { key, count: 0, firstSeen: at, lastSeen: at };
    found.count += 1;
    if (at < found.firstSeen) found.firstSeen = at;
    if (at > found.lastSeen) found.lastSeen = at;
    seen.set(key, found);
  }
  const isRecent = ({ lastSeen }: Seen) => span.nowMs - Date.parse(lastSeen) < DAY_MS;
  return [...seen.values()].filter(isRecent).sort((a, b) => (a.key < b.key ? -1 : 1));
}

function seenOf(findings: readonly Finding[]): Seen[] {
  return findings
    .map(({ accountId, appId, protocol, count, firstSeen, lastSeen }) => ({
      key: `${accountId} ${appId} ${protocol}`,
      ...{ count, firstSeen, lastSeen },
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

describe('the window of a phase', () => {
  const met = new Set<Impact>();
  afterAll(() => {
    expect([...met].sort()).toEqual(IMPACTS.filter((impact) => impact !== 'unknown').sort());
  });

  it.each(SEEDS)(
    'tells of world %i what the sandbox decided for everybody, and every client that cannot answer',
    async (seed) => {
      const { world, handle, clock, app, customer, pass, scene, tenantId } = await start(seed);
      const beganMs = clock.now();
      const attempts = attemptsOf(world, seed, beganMs);
      const truths = attemptSignIns(handle, tenantId, attempts);
      const signIns = signInsOf(app, scene);
      for (let read = 0; read < 3; read += 1) {
        pass(8 * HOUR_MS);
        await readOnce(app, signIns, customer);
      }
      const report = await signIns.impact(customer, scene.phase);
      expect(report.problem).toBe(null);
      expect(report.people.map(({ accountId, impact }) => [accountId, impact])).toEqual(
        expectedImpacts(scene, attempts, truths),
      );
      for (const { impact } of report.people) if (impact !== 'unknown') met.add(impact);
      const open = (await signIns.findings.list(customer.id)).filter(({ status }) => status === 'open');
      // The first reading went a week back from where it began.
      const span = { fromMs: beganMs + 8 * HOUR_MS - 7 * DAY_MS, nowMs: clock.now() };
      expect(seenOf(open)).toEqual(expectedFindings(world, span));
      expect(open.length).toBeGreaterThan(0);
    },
    SLOW_MS,
  );
});

/** Somebody with one role at the customer. */
function person(role: Role): Actor {
  const identity = { tenantId: '99999999-0000-4000-8000-000000000000', objectId: role };
  return { customerId: '', identity, roles: [role], displayName: role };
}

describe('reading again and again', () => {
  let app: App | undefined;
  it(
    'counts nothing twice, takes late rows in, closes what went quiet, opens what came back, and says what it cannot read',
    async () => {
      const made = await start(7);
      const { world, handle, customer, pass, scene, tenantId, clock } = made;
      app = made.app;
      const told: string[] = [];
      const signIns = signInsOf(app, scene, {
        onFindings: [
          (_tx, findings) => {
            told.push(...findings.map(({ protocol, status, accountId }) => `${accountId} ${protocol} ${status}`));
            return Promise.resolve();
          },
        ],
      });
      const accountId = scene.people.find(({ accountStatus }) => accountStatus === 'enabled')?.accountId ?? '';
      const program: Attempt = {
        ...{ userId: accountId, appId: 'a0000000-0000-4000-8000-00000000000a', appName: 'Warehouse' },
        ...{
          client: 'Mobile Apps and Desktop clients',
          isRopc: true,
          isInteractive: false,
          hasMfa: false,
          answers: true,
        },
      };
      const found = async () =>
        (await signIns.findings.list(customer.id)).find(
          (one) => one.accountId === accountId && one.protocol === 'ROPC',
        );
      const context = () => ({
        ...{ customer, rollout: rolloutOf(scene.phase), phase: scene.phase, people: scene.people },
        now: new Date(clock.now()),
      });
      const codes = async () => (await signIns.findingsGate(context())).map(({ code }) => code);

      expect(await codes()).toEqual(['findings_unknown']);
      attemptSignIns(handle, tenantId, [program, program]);
      pass(HOUR_MS);
      await readOnce(app, signIns, customer);
      await readOnce(app, signIns, customer);
      expect(await found()).toMatchObject({ status: 'open', count: 2, owner: { why: 'own_account', accountId } });
      expect(await codes()).toEqual(['findings_open']);
      const inside = await app.database.withCustomer(customer.id, () => signIns.findings.list(customer.id));
      expect(inside).toEqual(await signIns.findings.list(customer.id));

      attemptSignIns(handle, tenantId, [{ ...program, at: new Date(clock.now() - 30 * 60_000).toISOString() }]);
      pass(15 * 60_000);
      await readOnce(app, signIns, customer);
      expect(await found()).toMatchObject({ status: 'open', count: 3 });
      // The clock of this machine is set back: nothing is read, nothing is counted again.
      clock.advance(-HOUR_MS);
      await readOnce(app, signIns, customer);
      clock.advance(HOUR_MS);
      await readOnce(app, signIns, customer);
      expect(await found()).toMatchObject({ count: 3 });

      const key = (await found())?.key ?? '';
      const until = new Date(clock.now() + DAY_MS).toISOString().slice(0, 10);
      const waiver = { key, until: '2020-01-01', why: 'replaced next week' };
      const { findings } = signIns;
      expect(await findings.take(customer, person('viewer'), key)).toMatchObject({ code: 'not_allowed' });
      expect(await findings.take(customer, person('engineer'), 'no such')).toMatchObject({ code: 'finding_unknown' });
      expect(await findings.take(customer, person('engineer'), key)).toMatchObject({ finding: { status: 'inWork' } });
      expect(await findings.take(customer, person('engineer'), key)).toMatchObject({ ok: true });
      expect(await findings.take(customer, person('helpdesk'), key)).toMatchObject({ code: 'finding_taken' });
      expect(await codes()).toEqual(['findings_open']);
      expect(await findings.waive(customer, person('engineer'), waiver)).toMatchObject({ code: 'not_allowed' });
      expect(await findings.waive(customer, person('approver'), waiver)).toMatchObject({ code: 'waiver_invalid' });
      const signed = await findings.waive(customer, person('approver'), { ...waiver, until });
      expect(signed).toMatchObject({ finding: { status: 'waived', waiver: { until } } });
      expect(await codes()).toEqual([]);

      pass(3 * DAY_MS);
      await readOnce(app, signIns, customer);
      expect(await found()).toMatchObject({ status: 'gone', count: 3, waiver: null });
      expect(await findings.take(customer, person('engineer'), key)).toMatchObject({ code: 'finding_gone' });
      attemptSignIns(handle, tenantId, [program]);
      pass(HOUR_MS);
      await readOnce(app, signIns, customer);
      expect(await found()).toMatchObject({ status: 'open', count: 4 });
      const own = told.filter((line) => line.startsWith(`${accountId} ROPC`));
      expect(own.map((line) => line.split(' ').at(-1))).toEqual(['open', 'inWork', 'waived', 'gone', 'open']);
      const events = (await journalled(app, customer, 'finding')).map(({ event }) => event);
      expect(events).toEqual(expect.arrayContaining(['findings.settled', 'finding.taken', 'finding.waived']));

      const impactOfProgram = async () => {
        const { people, problem } = await signIns.impact(customer, scene.phase);
        return { impact: people.find((one) => one.accountId === accountId)?.impact, problem: problem !== null };
      };
      expect(await impactOfProgram()).toEqual({ impact: 'wouldFail', problem: false });
      world.sandbox.state.tenants.get(tenantId)?.tenant.subscribedSkus.splice(0);
      pass(HOUR_MS);
      await readOnce(app, signIns, customer);
      const report = await signIns.impact(customer, scene.phase);
      expect(report.problem?.en).toContain('no Entra ID P1 licence');
      expect(report.counts).toMatchObject({ neverSeen: 0, wouldBePromptedCanAnswer: 0 });
      expect((await signIns.windowGate(context())).map(({ code }) => code)).toContain('sign_ins_not_licensed');
    },
    SLOW_MS,
  );
});

describe('a reading under a clock that runs', () => {
  it(
    'ends at the moment at which it began, in as many requests as under one that stands still',
    async () => {
      const { world, clock, scene } = await start(13);
      const requestsOf = async (running: boolean) => {
        let past = 0;
        const now = () => {
          if (running) past += 50;
          return clock.now() + past;
        };
        const app = await composeProduct({ dataDir: embeddedFolder() }, { clock: { ...clock, now } });
        stops.push(() => app.close());
        const own = await addCustomerOf(app, world);
        world.sandbox.requests.clear();
        await readOnce(app, signInsOf(app, scene), own);
        return world.sandbox.requests.list().filter(({ template }) => template.includes('signIns')).length;
      };
      expect(await requestsOf(true)).toBe(await requestsOf(false));
    },
    SLOW_MS,
  );
});

describe('a reading that dies', () => {
  it(
    'leaves nothing half, wherever it dies: the next one ends where an undisturbed one does',
    async () => {
      const { world, clock, app, customer, pass, scene } = await start(11);
      pass(HOUR_MS);
      for (const point of ['sign-ins.page', 'sign-ins.read', 'sign-ins.saved']) {
        let passed = 0;
        const stopPoint = (name: string) => {
          if (name === point) passed += 1;
          // The second time, so that something is kept already.
          if (name === point && passed === 2) throw new Error('dead');
        };
        await expect(readOnce(app, signInsOf(app, scene, { stopPoint }), customer)).rejects.toThrow('dead');
      }
      const after = signInsOf(app, scene);
      await readOnce(app, after, customer);
      const disturbed = await after.findings.list(customer.id);

      const other = await composeProduct({ dataDir: embeddedFolder() }, { clock });
      stops.push(() => other.close());
      const undisturbed = signInsOf(other, scene);
      await readOnce(other, undisturbed, await addCustomerOf(other, world));
      const counts = (list: readonly Finding[]) => list.map(({ key, count, status }) => [key, count, status]);
      expect(counts(disturbed)).toEqual(counts(await undisturbed.findings.list(customer.id)));
      expect(disturbed.length).toBeGreaterThan(0);
    },
    SLOW_MS,
  );
});
