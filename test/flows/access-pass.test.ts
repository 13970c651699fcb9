/** Temporary Access Passes against the sandbox (safety rule S28), through service, bot and job; the embedded store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Log } from '../../src/lib/log.ts';
import type { Actor, GrantedRole } from '../../src/rollout/access/access.core.ts';
import { hasRoute } from '../../src/rollout/access-pass/access-pass.ts';
import type { PassAsk } from '../../src/rollout/access-pass/access-pass-types.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { procedureSchema } from '../../src/rollout/phases/procedure-file.ts';
import { enqueueRevocation } from '../../src/rollout/sessions/sessions.ts';
import { usePass } from '../../src/sandbox/pass-use.ts';
import { setMethods, setTenantOptions } from '../../src/sandbox/people.ts';
import { DEFAULT_TENANT_OPTIONS } from '../../src/sandbox/state/options.ts';
import { readJournal } from '../../src/store/journal.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { isInTransaction } from '../../src/store/transaction.ts';
import { awaitEffect } from '../../src/work/await-effect.ts';
import { type Bench, press, type Sender, startBench, startBotServer } from '../support/bot-bench.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import { addWrittenCustomer } from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const PASSES = '/users/{id}/authentication/temporaryAccessPassMethods';
const WIDE = { limit: 1_000, windowMs: 1_000 };

describe('a Temporary Access Pass', () => {
  let bench: Bench;
  let world: RunningSandbox;
  let app: App;
  let customer: Customer;
  let server: Awaited<ReturnType<typeof startBotServer>>;
  let helper: Actor;
  let engineer: Actor;
  const logged: string[] = [];
  let dieAt: string | null = null;
  const heldAtWithdrawal: boolean[] = [];
  let aheadMs = 0;
  const clock: Clock = { ...hurriedClock, now: () => hurriedClock.now() + aheadMs };
  let runs = 0;

  beforeAll(async () => {
    bench = await startBench();
    world = await startWorld({ seed: 28, size: 100 });
    const note = (event: string, facts?: object) => void logged.push(JSON.stringify([event, facts]));
    const log: Log = { info: note, warn: note, error: note };
    app = await startProduct(
      { dataDir: embeddedFolder() },
      {
        ...{ clock, log, teams: () => Promise.resolve(bench.settings) },
        teamsLimits: { thread: [WIDE], tenant: WIDE },
        stopPoint: (name) => {
          if (name === 'access-pass.withdrawing') heldAtWithdrawal.push(isInTransaction());
          if (name === dieAt) throw new Error(`died at ${name}`);
        },
      },
    );
    customer = await addWrittenCustomer(app, world, (file) => {
      file.helpdesk = { accessPass: true };
    });
    helper = await grant('helpdesk');
    engineer = await grant('engineer');
    server = await startBotServer(app, bench);
    setTenantOptions(handle(), customer.id, { auditDelayMs: [0, 0], signInDelayMs: [0, 0] });
  });
  afterAll(async () => {
    await server.close();
    await app.close();
    await world.stop();
    await bench.stop();
  });
  beforeEach(() => {
    dieAt = null;
    world.sandbox.faults.clear();
    world.sandbox.requests.clear();
  });

  const handle = () => world.sandbox;

  async function grant(role: GrantedRole): Promise<Actor> {
    const identity = { tenantId: bench.settings.homeTenantId, objectId: randomUUID() };
    await app.access.grant(customer.id, { identity, role, displayName: `Robin ${role}` }, {});
    return app.access.actorOf(identity, customer.id);
  }

  /** Somebody in scope without any method, another one each time. */
  async function person(): Promise<string> {
    runs += 1;
    const people = (await app.phases.people(customer)).filter(
      ({ accountStatus, exempt }) => accountStatus === 'enabled' && exempt === null,
    );
    const accountId = people[runs]?.accountId ?? never();
    setMethods(handle(), { tenantId: customer.id, userId: accountId }, { methods: [], reportLagMs: 0 });
    return accountId;
  }

  const issue = (accountId: string, change: Partial<PassAsk> = {}, actor = helper) =>
    app.accessPasses.issue(customer, actor, {
      ...{
        accountId,
        proof: { kind: 'callback', note: 'rang the desk phone' },
        minutes: null,
        override: null,
        ...change,
      },
    });
  const passesOf = (accountId: string) =>
    (world.sandbox.state.tenants.get(customer.id)?.tenant.authenticationMethods[accountId] ?? []).filter((one) =>
      one['@odata.type'].includes('temporaryAccessPass'),
    );
  const rows = async (accountId: string) =>
    (await app.accessPasses.list(customer.id)).filter((one) => one.accountId === accountId);
  const events = async (accountId: string) =>
    (await app.database.withCustomer(customer.id, (tx) => readJournal(tx, customer.id)))
      .filter(({ facts }) => (facts as { accountId?: string } | null)?.accountId === accountId)
      .map(({ event }) => event);
  const posts = () =>
    world.sandbox.requests.list().filter(({ method, template }) => method === 'POST' && template === PASSES);
  async function work(kind: string): Promise<void> {
    const key = `${kind}:test-${randomUUID()}`;
    const effect = { kind, key, payload: {}, dueAt: new Date(app.clock.now()) };
    await app.database.withCustomer(customer.id, (tx) => enqueue(tx, effect));
    await awaitEffect(app.database, { customerId: customer.id, key }, app.signal);
  }

  const alarms = (passId: string) =>
    app.database.withCustomer(customer.id, async (tx) => {
      const { rows: found } = await tx.execute(
        sql`SELECT key FROM posts WHERE key LIKE ${`accessPass:alarm:${passId}%`}`,
      );
      return (found as { key: string }[]).map(({ key }) => key);
    });

  /** Every row of the customer's tables as text. */
  async function everythingKept(): Promise<string> {
    return app.database.withCustomer(customer.id, async (tx) => {
      const { rows: names } = await tx.execute(
        sql`SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'customer_id'`,
      );
      const texts: string[] = [];
      for (const { table_name: name } of names as { table_name: string }[]) {
        const { rows: found } = await tx.execute(sql.raw(`SELECT to_jsonb(t)::text AS row FROM "${name}" t`));
        texts.push(...(found as { row: string }[]).map(({ row }) => row));
      }
      return texts.join('\n');
    });
  }

  it('is issued after proof, one-time and short, and told in the answer alone', async () => {
    const accountId = await person();
    const outcome = await issue(accountId);
    if (outcome.outcome !== 'issued') throw new Error(JSON.stringify(outcome));
    expect(passesOf(accountId)).toMatchObject([{ isUsableOnce: true, lifetimeInMinutes: 60 }]);
    expect(await rows(accountId)).toMatchObject([
      { state: 'issued', proof: { kind: 'callback', note: 'rang the desk phone' }, issuedBy: { ...helper.identity } },
    ]);
    expect(await events(accountId)).toEqual(['accessPass.intended', 'accessPass.issued']);
    const kept = `${await everythingKept()}\n${logged.join('\n')}`;
    expect(kept).toContain('rang the desk phone');
    expect(kept).not.toContain(outcome.secret);
    const at = new Date(app.clock.now());
    expect(await app.database.withCustomer(customer.id, (tx) => hasRoute(tx, at))).toEqual(new Set([accountId]));
    expect(await issue(accountId)).toMatchObject({ outcome: 'refused', code: 'pass_live' });
    const dismissed: Actor = { ...(await grant('viewer')), roles: ['helpdesk'] };
    expect(await app.accessPasses.withdraw(customer, dismissed, accountId)).toMatchObject({
      code: 'pass_not_your_part',
    });
    expect(await app.accessPasses.withdraw(customer, helper, accountId)).toMatchObject({ outcome: 'withdrawn' });
    expect(passesOf(accountId)).toEqual([]);
    expect(await issue(accountId)).toMatchObject({ outcome: 'issued' });
  });

  it('is shown on the issuer’s own card once: the same press again shows none', async () => {
    const accountId = await person();
    const sender: Sender = { ...helper.identity, name: 'Robin' };
    const data = { customer: customer.id, id: accountId, proof: 'inPerson', note: '', minutes: '' };
    const inChannel = await server.post(press(bench, sender, { verb: 'pass.issue', data, where: 'channel' }));
    expect(inChannel.text).toContain('personal chat');
    expect(passesOf(accountId)).toEqual([]);
    const activity = press(bench, sender, { verb: 'pass.issue', data, where: 'personal' });
    const [first, second] = [await server.post(activity), await server.post(activity)];
    const secret = /"fontType":"Monospace"/.test(first.text)
      ? /"text":"([^"]+)","size":"ExtraLarge"/.exec(first.text)?.[1]
      : undefined;
    expect(secret).toHaveLength(8);
    expect(second.text).toContain('has a pass that can still be used');
    expect(second.text).not.toContain(secret);
    expect(`${await everythingKept()}\n${logged.join('\n')}\n${JSON.stringify(bench.wrote)}`).not.toContain(secret);
    expect(posts()).toHaveLength(1);
  });

  it('is not issued by whoever lost the role since the card was shown', async () => {
    const former = await grant('helpdesk');
    await app.access.revoke(customer.id, { identity: former.identity, role: 'helpdesk' }, {});
    await expect(issue(await person(), {}, former)).rejects.toMatchObject({ code: 'not_granted' });
    await app.access.grant(customer.id, { identity: former.identity, role: 'viewer', displayName: 'Robin' }, {});
    expect(await issue(await person(), {}, former)).toMatchObject({ code: 'pass_not_your_part' });
    expect(posts()).toEqual([]);
  });

  it('is withdrawn on a card without holding the store while Graph is asked', async () => {
    const accountId = await person();
    expect(await issue(accountId)).toMatchObject({ outcome: 'issued' });
    heldAtWithdrawal.length = 0;
    const sender: Sender = { ...helper.identity, name: 'Robin' };
    const data = { customer: customer.id, id: accountId };
    const activity = press(bench, sender, { verb: 'pass.withdraw', data, where: 'personal' });
    await server.post(activity);
    expect(passesOf(accountId)).toEqual([]);
    expect((await server.post(activity)).text).toContain('no pass of ours');
    expect(heldAtWithdrawal).toEqual([false]);
  });

  it('asked for by two at the same moment is issued once', async () => {
    const accountId = await person();
    const outcomes = await Promise.all([issue(accountId), issue(accountId, {}, engineer)]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['issued', 'refused']);
    expect(posts()).toHaveLength(1);
  });

  it('is refused where the tenant allows none or not for the person, with how to switch it on', async () => {
    const accountId = await person();
    const rules = DEFAULT_TENANT_OPTIONS.temporaryAccessPass;
    const set = (change: object) =>
      setTenantOptions(handle(), customer.id, { temporaryAccessPass: { ...rules, ...change } });
    set({ isEnabled: false });
    const off = await issue(accountId);
    expect(off).toMatchObject({ code: 'pass_policy_off' });
    expect(JSON.stringify(off)).toContain('Authentication methods, Policies');
    const groups = world.sandbox.state.tenants.get(customer.id)?.tenant.groups ?? [];
    const group = groups.find(({ members }) => members.every(({ id }) => id !== accountId))?.group.id ?? never();
    set({ forGroups: [group] });
    expect(await issue(accountId)).toMatchObject({ code: 'pass_policy_not_reached' });
    set({ notForGroups: [group], minimumMinutes: 90 });
    expect(await issue(accountId)).toMatchObject({ outcome: 'issued', pass: { minutes: 90 } });
    set({});
    world.sandbox.faults.put({
      id: 'p',
      vendor: 'graph',
      template: '/policies/authenticationMethodsPolicy',
      status: 403,
    });
    expect(await issue(await person())).toMatchObject({ code: 'pass_policy_unread' });
    expect(posts()).toHaveLength(1);
  });

  it('is refused to whoever has a working method, unless an engineer gives a reason', async () => {
    const accountId = await person();
    const method = { '@odata.type': '#microsoft.graph.fido2AuthenticationMethod', id: randomUUID() };
    setMethods(handle(), { tenantId: customer.id, userId: accountId }, { methods: [method], reportLagMs: 0 });
    expect(await issue(accountId, { override: 'lost' })).toMatchObject({ code: 'pass_has_method' });
    const outcome = await issue(accountId, { override: 'key lost' }, engineer);
    expect(outcome).toMatchObject({ outcome: 'issued', pass: { overrideReason: 'key lost' } });
  });

  it('whose answer is lost is deleted, and a new one may be issued', async () => {
    const accountId = await person();
    const fault = { id: 'lost', vendor: 'graph', template: PASSES, method: 'POST', times: 1 } as const;
    world.sandbox.faults.put({ ...fault, afterEffect: true, status: 503 });
    expect(await issue(accountId)).toMatchObject({ outcome: 'refused', code: 'pass_answer_lost' });
    expect([posts().length, passesOf(accountId)]).toEqual([1, []]);
    expect(await rows(accountId)).toMatchObject([{ state: 'lost' }]);
    expect(await issue(accountId)).toMatchObject({ outcome: 'issued' });
  });

  it.each(['access-pass.asking', 'access-pass.answered'])(
    'killed at %s leaves no pass that nobody knows',
    async (point) => {
      const accountId = await person();
      dieAt = point;
      await expect(issue(accountId)).rejects.toThrow(point);
      dieAt = null;
      expect(await issue(accountId)).toMatchObject({ code: 'pass_unsettled' });
      await work('access-passes.watch');
      expect(await rows(accountId)).toMatchObject([{ state: 'issuing' }]);
      aheadMs += 4 * 60_000;
      world.sandbox.advance(4 * 60_000);
      await work('access-passes.watch');
      expect(passesOf(accountId)).toEqual([]);
      const isMade = point === 'access-pass.answered';
      expect(await rows(accountId)).toMatchObject([{ state: isMade ? 'lost' : 'issuing' }]);
    },
  );

  it('used from another country raises an alarm with the helpers, once', async () => {
    const accountId = await person();
    await issue(accountId);
    const who = { tenantId: customer.id, userId: accountId };
    usePass(handle(), who, { country: 'BR', ipAddress: '203.0.113.77', registers: 'phone' });
    await work('access-passes.watch');
    await work('access-passes.watch');
    expect(await rows(accountId)).toMatchObject([{ state: 'used', registration: { from: 'BR', verdict: 'foreign' } }]);
    const seen = (await events(accountId)).filter((event) => event === 'accessPass.methodRegistered');
    expect(seen).toHaveLength(1);
    const [pass] = await rows(accountId);
    const told = await alarms(pass?.id ?? '');
    // Once each to the helper and the two engineers.
    expect([told.length, new Set(told).size]).toEqual([3, 3]);
  });

  it('is not issued by whoever once asked for it, also when a later answer hides that', async () => {
    const phases = [{ name: 'Everybody', people: null, enforceAfterDays: 2 }];
    const procedure = procedureSchema.parse({ version: 1, name: 'Passes', phases, chaseDaysBefore: 30 });
    const day = (ahead: number) => new Date(app.clock.now() + ahead * 86_400_000).toISOString().slice(0, 10);
    await app.phases.begin(customer, { procedure, startsOn: day(1), deadline: day(20) }, {});
    await work('holdouts.chase');
    const [line = never()] = await app.holdouts.list(customer);
    const { accountId } = line;
    setMethods(handle(), { tenantId: customer.id, userId: accountId }, { methods: [], reportLagMs: 0 });
    const answer = async (actor: Actor, kind: 'tapRequest' | 'needsToken') => {
      const seen = (await app.holdouts.list(customer)).find((one) => one.accountId === accountId)?.seen ?? 0;
      return app.holdouts.answer(customer, actor, { accountId, kind, until: null, seen });
    };
    expect(await answer(helper, 'tapRequest')).toMatchObject({ outcome: 'recorded' });
    expect((await app.accessPasses.requests(customer)).get(accountId)).toMatchObject([helper.identity]);
    expect(await answer(engineer, 'needsToken')).toMatchObject({ outcome: 'recorded' });
    expect((await app.accessPasses.requests(customer)).get(accountId)).toBeUndefined();
    expect(await issue(accountId)).toMatchObject({ outcome: 'refused', code: 'pass_requester' });
    // Another rollout does not make it forgotten.
    await app.phases.stop(customer, {});
    await app.phases.begin(customer, { procedure, startsOn: day(2), deadline: day(21) }, {});
    expect(await issue(accountId)).toMatchObject({ outcome: 'refused', code: 'pass_requester' });
    expect(await issue(accountId, {}, engineer)).toMatchObject({ outcome: 'issued', pass: { accountId } });
  });

  describe('the end of sessions', () => {
    const REVOKE = '/users/{id}/revokeSignInSessions';
    const revoked = () => world.sandbox.requests.list().filter(({ template }) => template === REVOKE);
    const settled = async (occasion: string) =>
      (await app.sessions.list(customer.id)).filter((one) => one.occasion === occasion).map(({ state }) => state);

    it('at a flip reaches each person once, however often it is asked for, and is held over the rails', async () => {
      const accountIds = [await person(), await person()];
      const ask = {
        rolloutId: 'r1',
        phase: 'Sales',
        accountIds,
        accountsMax: 2,
        at: new Date(app.clock.now()),
        actor: {},
      };
      const queue = (change = {}) =>
        app.database.withCustomer(customer.id, (tx) => enqueueRevocation(tx, { ...ask, ...change }));
      expect(await queue({ accountsMax: 1 })).toEqual({ outcome: 'held', people: 2 });
      expect([await queue(), await queue()]).toEqual([
        { outcome: 'queued', added: 2 },
        { outcome: 'queued', added: 0 },
      ]);
      for (const accountId of accountIds) {
        const key = `sessions.revoke:flip:r1:Sales:${accountId}`;
        await awaitEffect(app.database, { customerId: customer.id, key }, app.signal);
      }
      expect(await settled('flip:r1:Sales')).toEqual(['done', 'done']);
      expect(revoked()).toHaveLength(2);
    });

    it('is for the helpdesk to ask, and touches no emergency account', async () => {
      const accountId = await person();
      const [emergency = ''] = customer.settings.declared.breakGlass;
      const viewer = await grant('viewer');
      expect(await app.sessions.endFor(customer, viewer, accountId)).toMatchObject({ code: 'sessions_not_your_part' });
      expect(await app.sessions.endFor(customer, helper, emergency)).toMatchObject({ code: 'sessions_break_glass' });
      const pressed: Actor = { ...viewer, roles: ['helpdesk'] };
      expect(await app.sessions.endFor(customer, pressed, accountId)).toMatchObject({ code: 'sessions_not_your_part' });
      const { users } = await app.syncs.stored(customer);
      const signInName = users?.find(({ id }) => id.toLowerCase() === emergency)?.userPrincipalName ?? never();
      expect(await app.sessions.endFor(customer, helper, signInName)).toMatchObject({
        code: 'sessions_person_unknown',
      });
      const asked = await app.sessions.endFor(customer, helper, accountId);
      if (asked.outcome !== 'asked') throw new Error(asked.code);
      const key = `sessions.revoke:${asked.occasion}:${accountId}`;
      await awaitEffect(app.database, { customerId: customer.id, key }, app.signal);
      expect([await settled(asked.occasion), revoked().length]).toEqual([['done'], 1]);
    });
  });
});

function never(): never {
  throw new Error('the world has it');
}
