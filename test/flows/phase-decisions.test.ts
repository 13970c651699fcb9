/** A phase decided from the tab's API and from its card, on a tenant that was pushed to; the store is the embedded one. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import {
  errorSchema,
  findingsSchema,
  holdoutsSchema,
  messageRowsSchema,
  messagesSchema,
  type PhaseDetail,
  phaseAnswerSchema,
  phaseOutcomeSchema,
  phasePeopleSchema,
  phaseReviewSchema,
  rolloutSchema,
} from '../../src/contract.ts';
import { createPhaseCards } from '../../src/rollout/conversations/phase-cards.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { PhaseEvent } from '../../src/rollout/phases/phase-life.core.ts';
import type { PhaseState } from '../../src/rollout/phases/phase-types.core.ts';
import { suggestPhases } from '../../src/rollout/phases/procedure.core.ts';
import { procedureSchema } from '../../src/rollout/phases/procedure-file.ts';
import { type RunningApi, type SignedInPerson, startApi } from '../support/api-client.ts';
import {
  activity,
  type Bench,
  CHANNEL,
  HOME_TENANT,
  type Json,
  press,
  startBench,
  startBotServer,
} from '../support/bot-bench.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import { addWrittenCustomer, BY, decideDraft, signExceptions } from '../support/push-world.ts';

const WIDE = { limit: 1_000, windowMs: 1_000 };
const SIZE = 100;

describe('a phase that is ready', () => {
  let bench: Bench;
  let world: RunningSandbox;
  let app: App;
  let customer: Customer;
  let api: RunningApi;
  let server: Awaited<ReturnType<typeof startBotServer>>;
  let phase: string;
  let person: Record<'engineer' | 'approver' | 'helpdesk' | 'viewer', SignedInPerson>;
  const onCard = { tenantId: HOME_TENANT, objectId: randomUUID(), name: 'Kim Example' };

  beforeAll(async () => {
    bench = await startBench();
    world = await startWorld({ seed: 5, size: SIZE });
    const dataDir = join(mkdtempSync(join(tmpdir(), 'mfa-phase-cards-')), 'data');
    app = await startProduct(
      { dataDir },
      { teams: () => Promise.resolve(bench.settings), teamsLimits: { thread: [WIDE], tenant: WIDE } },
    );
    customer = await addWrittenCustomer(app, world);
    await signExceptions(app, customer);
    await beginRollout();
    await app.push.push(customer, BY, await decideDraft(app, customer));
    api = await startApi(app);
    server = await startBotServer(app, bench);
    person = {
      engineer: await api.signInAs('engineer', customer.id),
      approver: await api.signInAs('approver', customer.id),
      helpdesk: await api.signInAs('helpdesk', customer.id),
      viewer: await api.signInAs('viewer', customer.id),
    };
    const { tenantId, objectId } = onCard;
    const grant = { identity: { tenantId, objectId }, role: 'engineer' as const, displayName: onCard.name };
    await app.access.grant(customer.id, grant, BY);
    await bringTo('ready');
  });
  afterAll(async () => {
    await server.close();
    await api.stop();
    await app.close();
    await world.stop();
    await bench.stop();
  });

  async function beginRollout(): Promise<void> {
    const people = await app.phases.people(customer);
    const procedure = procedureSchema.parse({ version: 1, name: 'Test', phases: suggestPhases(people) });
    const day = (ahead: number) => new Date(app.clock.now() + ahead * 86_400_000).toISOString().slice(0, 10);
    const rollout = await app.phases.begin(customer, { procedure, startsOn: day(1), deadline: day(300) }, BY);
    const size = (name: string) => people.filter((one) => one.phase === name).length;
    phase = [...rollout.phases].sort((a, b) => size(b.name) - size(a.name))[0]?.name ?? '';
  }

  const EVENTS: Partial<Record<PhaseState, readonly PhaseEvent[]>> = {
    ready: [{ kind: 'announce' }, { kind: 'observe' }, { kind: 'judged', gates: [] }],
  };

  /** By the events that time and gates bring about, without waiting for either. */
  async function bringTo(state: PhaseState): Promise<void> {
    const rolloutId = (await app.phases.current(customer.id))?.id ?? '';
    for (const event of EVENTS[state] ?? []) {
      const at = new Date(app.clock.now());
      await app.database.withCustomer(customer.id, (tx) =>
        app.phases.apply(tx, { rolloutId, phase, event, at, actor: BY }),
      );
    }
    expect((await stored()).state).toBe(state);
  }

  const stored = async () => {
    const found = (await app.phases.current(customer.id))?.phases.find(({ name }) => name === phase);
    if (found === undefined) throw new Error('the rollout has the phase');
    return found;
  };
  const at = (path: string) => `/customers/${customer.id}${path}`;
  const named = () => `phase=${encodeURIComponent(phase)}`;
  const detail = async (who = person.engineer): Promise<PhaseDetail> => {
    const { phase: found } = phaseAnswerSchema.parse((await who.get(at(`/phase?${named()}`))).body);
    if (found === null) throw new Error('the phase is there');
    return found;
  };
  /** The review with everybody who is not ready named. */
  const everybodyNamed = async (who = person.engineer) => {
    const anyway = ((await detail(who)).review?.notReady ?? []).map(({ accountId }) => accountId);
    return phaseReviewSchema.parse((await who.post(at('/phase/review'), { phase, anyway })).body);
  };
  const codeOf = async (answer: Promise<{ status: number; body: unknown }>) => {
    const { status, body } = await answer;
    return `${status} ${errorSchema.parse(body).error.code}`;
  };

  describe('in the tab', () => {
    it('stands in the rollout with its state, day and people, each counted once', async () => {
      const { rollout, scope } = rolloutSchema.parse((await person.viewer.get(at('/rollout'))).body);
      const people = await app.phases.people(customer);
      const counted = people.filter((one) => one.accountStatus === 'enabled' && one.exempt === null).length;
      expect([scope, rollout?.counts.people]).toEqual(['customer', counted]);
      expect(rollout?.phases.reduce((sum, one) => sum + one.counts.people, 0)).toBe(counted);
      expect(rollout?.phases.find(({ name }) => name === phase)?.state).toBe('ready');
    });

    it('answers 304 until something changes that no journal tells', async () => {
      const { etag } = await person.engineer.get(at('/rollout'));
      const again = () => person.engineer.get(at('/rollout'), { 'if-none-match': etag ?? '' });
      expect((await again()).status).toBe(304);
      const gate = { code: 'x', rule: null, message: { en: 'a', de: 'a' }, clear: { en: 'b', de: 'b' } };
      const gates = [{ ...gate, code: 'unregistered_people', accountIds: [] }];
      const apply = (event: PhaseEvent) =>
        app.database.withCustomer(customer.id, async (tx) => {
          const rolloutId = (await app.phases.current(customer.id))?.id ?? '';
          await app.phases.apply(tx, { rolloutId, phase, event, at: new Date(app.clock.now()), actor: BY });
        });
      await apply({ kind: 'judged', gates });
      expect((await again()).status).toBe(200);
      await apply({ kind: 'judged', gates: [] });
    });

    it('shows who is carved out, and what that would mean for whom, to the engineer and the signer alone', async () => {
      const rows = async (who: SignedInPerson) =>
        phasePeopleSchema.parse((await who.get(at(`/phase/people?${named()}`))).body).rows;
      expect((await rows(person.engineer)).every(({ exempt }) => exempt !== null)).toBe(true);
      for (const who of [person.viewer, person.helpdesk]) {
        const seen = await rows(who);
        expect(seen.length).toBeGreaterThan(0);
        expect(seen.every(({ exempt, impact }) => exempt === null && impact === null)).toBe(true);
        expect((await detail(who)).review).toBeNull();
      }
    });

    it('shows a manager the own people and their holdouts, and no message or finding', async () => {
      const people = await app.phases.people(customer);
      const holdout = people.find(
        (one) => one.enrolment !== 'capable' && one.exempt === null && one.managerAccountId !== null,
      );
      const managerId = holdout?.managerAccountId ?? '';
      const manager = await api.signIn({ tenantId: customer.id, objectId: managerId });
      const own = new Set(people.filter((one) => one.managerAccountId === managerId).map((one) => one.accountId));
      const { rows } = holdoutsSchema.parse((await manager.get(at('/holdouts'))).body);
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.every(({ accountId }) => own.has(accountId))).toBe(true);
      const answer = rolloutSchema.parse((await manager.get(at('/rollout'))).body);
      expect([answer.scope, answer.rollout?.phases.every(({ gates }) => gates === null)]).toEqual(['team', true]);
      for (const path of ['/messages', '/messages/rows', '/findings'])
        expect(await codeOf(manager.get(at(path)))).toBe('403 no_role');
    });

    it('lists messages with a reason for everybody who gets none, and findings', async () => {
      const { messages } = messagesSchema.parse((await person.helpdesk.get(at(`/messages?${named()}`))).body);
      expect(messages.length).toBeGreaterThan(0);
      const path = at(`/messages/rows?${named()}&list=not`);
      const { rows } = messageRowsSchema.parse((await person.helpdesk.get(path)).body);
      expect(rows.every(({ reason }) => reason !== null)).toBe(true);
      expect(findingsSchema.parse((await person.helpdesk.get(at('/findings'))).body).may).toEqual({
        take: true,
        waive: false,
      });
      const settle = { message: 'reminder', accountId: randomUUID(), scope: '', verdict: 'sent' };
      expect(await codeOf(person.helpdesk.post(at('/messages/settle'), settle))).toBe('409 mail_not_in_doubt');
      expect(await codeOf(person.viewer.post(at('/messages/settle'), settle))).toBe('403 no_role');
    });

    it('takes no approval of what was not shown, and none of somebody without the right', async () => {
      const wrong = { phase, verdict: 'approve', digest: `sha256:${'0'.repeat(64)}` };
      const outcome = phaseOutcomeSchema.parse((await person.engineer.post(at('/phase/decide'), wrong)).body);
      expect(outcome.outcome).toBe('stale');
      expect(await codeOf(person.helpdesk.post(at('/phase/decide'), wrong))).toBe('403 no_role');
    });
  });

  describe('on its card', () => {
    const dataNow = async () => {
      const { ordinal, revision } = await stored();
      const id = (await app.phases.current(customer.id))?.id ?? '';
      const { review } = await detail();
      return {
        ...{ customer: customer.id, id, phase: String(ordinal), revision: String(revision) },
        ...(review?.digest == null ? {} : { digest: review.digest }),
        ...(review?.latest == null ? {} : { seen: review.latest.id }),
      };
    };
    const asked = async (verb: string, data?: Json) =>
      press(bench, onCard, { verb, data: data ?? (await dataNow()), where: 'personal' });
    // Phases that are still to be announced may have a card of their own, which says what their past shows.
    const copies = () =>
      bench.wrote.filter(({ body }) => {
        const text = JSON.stringify(body);
        return text.includes('phase.view') && text.includes(phase) && !('members' in body);
      });

    it('is put into the channel and before those who decide, without a name of its people, once', async () => {
      const member = { tenantId: customer.id, objectId: randomUUID() };
      await server.post(activity(bench, member, { where: 'channel', type: 'installationUpdate', action: 'add' }));
      // Where a tenant's Teams is reached is known once somebody there was heard.
      await server.post(activity(bench, onCard, { text: 'help' }));
      bench.wrote.length = 0;
      const rollout = await app.phases.current(customer.id);
      if (rollout === null) throw new Error('the rollout is there');
      const change = { customer, rollout, phase: await stored(), from: 'observing' as const };
      for (let times = 0; times < 2; times += 1) {
        const tell = createPhaseCards();
        await app.database.withCustomer(customer.id, (tx) => tell(tx, { ...change, now: new Date(app.clock.now()) }));
      }
      const channel = () => copies().filter(({ body }) => JSON.stringify(body).includes(CHANNEL));
      const chat = `a:chat-${onCard.objectId}`;
      const own = () => copies().filter(({ path }) => path.includes(chat));
      await settled(() => channel().length > 0 && own().length > 0);
      expect([channel().length, own().length]).toEqual([1, 1]);
      const text = JSON.stringify(copies().map(({ body }) => body));
      const people = (await app.phases.people(customer)).filter((one) => one.phase === phase);
      for (const { displayName } of people) expect(text).not.toContain(displayName);
    });

    it('offers the decision to who may decide and the counts alone to anybody else', async () => {
      const stranger = { tenantId: customer.id, objectId: randomUUID(), name: 'Alex Example' };
      const view = async (sender: typeof onCard) =>
        server.post(press(bench, sender, { verb: 'phase.view', data: await dataNow() }));
      expect((await view(onCard)).text).toContain('phase.hold');
      expect((await view(stranger)).text).not.toContain('phase.hold');
      const refused = await server.post(press(bench, stranger, { verb: 'phase.hold', data: await dataNow() }));
      expect((refused.body.value as { code: string }).code).toBe('not_your_decision');
      expect((await stored()).state).toBe('ready');
    });

    it('is approved by the other side in the tab, tells who is missing, and every copy shows it', async () => {
      const { digest, anyway } = await everybodyNamed(person.approver);
      const given = { phase, verdict: 'approve', digest, anyway };
      const outcome = phaseOutcomeSchema.parse((await person.approver.post(at('/phase/decide'), given)).body);
      expect(outcome).toMatchObject({ outcome: 'recorded', missing: ['msp'] });
      const again = phaseOutcomeSchema.parse((await person.approver.post(at('/phase/decide'), given)).body);
      expect(again.outcome).toBe('already');
      const updates = () => bench.wrote.filter(({ method }) => method === 'PUT');
      await settled(() =>
        updates().some(({ body }) => JSON.stringify(body).includes('Still needed: the approval of an engineer')),
      );
    });

    it('approves with the second side from the card, once for many presses, and tells the late one who decided', async () => {
      const data = await dataNow();
      const presses = await Promise.all(Array.from({ length: 10 }, () => asked('phase.approve', data)));
      const answers = await Promise.all(presses.map((one) => server.post(one)));
      expect(answers.every(({ status, body }) => status === 200 && body.statusCode === 200)).toBe(true);
      expect((await stored()).state).toBe('approved');
      const late = { tenantId: customer.id, objectId: randomUUID(), name: 'Jo Example' };
      const { tenantId, objectId } = late;
      await app.access.grant(
        customer.id,
        { identity: { tenantId, objectId }, role: 'approver', displayName: late.name },
        BY,
      );
      const { text } = await server.post(press(bench, late, { verb: 'phase.approve', data }));
      expect(text).toContain('Somebody was faster');
      expect(text).toContain('Kim Example');
    });

    it('answers a press on a card of another rollout with the way to the present one', async () => {
      const data = { ...(await dataNow()), id: randomUUID() };
      const { text } = await server.post(await asked('phase.rollBack', data));
      expect(text).toContain('another rollout has begun');
      expect((await stored()).state).toBe('approved');
    });

    it('stands among the phases that the bot tells on “status”', async () => {
      bench.wrote.length = 0;
      await server.post(activity(bench, onCard, { text: 'status' }));
      await settled(() => bench.wrote.some(({ body }) => JSON.stringify(body).includes(': approved, ')));
    });

    /** The worker runs in this process: what it does is over when its queue is empty. */
    async function settled(isDone: () => boolean): Promise<void> {
      for (let turn = 0; turn < 200 && !isDone(); turn += 1) await app.worker.drain();
      expect(isDone()).toBe(true);
    }
  });
});
