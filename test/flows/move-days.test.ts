/** Moving a rollout's days: what is saved, who is told, and what follows by itself. */
import { expect, it } from 'vitest';
import type { CustomerHandler } from '../../src/api/asking.ts';
import { moveRoutes } from '../../src/api/rollout-moves.ts';
import { moveOutcomeSchema } from '../../src/contract.ts';
import { type Actor, GRANTED_ROLES, type Role } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { extensionEnd } from '../../src/rollout/exceptions/request-rules.core.ts';
import { forecastOf, planOf } from '../../src/rollout/forecast/forecast.core.ts';
import { insertMail } from '../../src/rollout/outreach/outreach.store.ts';
import { createDayMoves } from '../../src/rollout/phases/day-moves.ts';
import type { Phase, Rollout } from '../../src/rollout/phases/phase-types.core.ts';
import { insertRollout, readNewest, savePhase } from '../../src/rollout/phases/phases.store.ts';
import { procedureSchema } from '../../src/rollout/phases/procedure-file.ts';
import { announcedAt } from '../../src/rollout/phases/rollout-jobs.ts';
import { projectOf } from '../../src/rollout/tickets/project.core.ts';
import { readJournal } from '../../src/store/journal.ts';
import { PLAIN_PROCEDURE } from '../support/procedure.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const NOW = Date.parse('2027-01-04T08:00:00.000Z');
const ROLLOUT = '11111111-0000-4000-8000-000000000001';
const ZONE = 'Europe/Berlin';

const PROCEDURE = procedureSchema.parse({
  ...{ ...PLAIN_PROCEDURE, messages: { announcement: { daysBefore: 7, at: '09:00' } } },
  phases: [
    { name: 'IT', people: { departments: ['IT'] }, enforceAfterDays: 5 },
    { name: 'Sales', people: { departments: ['Sales'] }, enforceAfterDays: 7 },
    { name: 'Rest', people: null, enforceAfterDays: 10 },
  ],
});

const phaseOn = (name: string, ordinal: number, enforceOn: string): Phase => ({
  ...{ name, ordinal, everyoneElse: name === 'Rest', state: 'planned', since: '2027-01-01T08:00:00.000Z' },
  ...{ resumes: null, enforceOn, announcedAt: null, windowFrom: null, enforcedAt: null, gates: [], revision: 1 },
});

describeStore('the days of a running rollout', (store) => {
  const began = async () => {
    const database = await store.open();
    const id = await addCustomer(database);
    const customer = { id, settings: { timeZone: ZONE } } as Customer;
    const rollout: Rollout = {
      ...{ id: ROLLOUT, startsOn: '2027-01-04', deadline: '2027-02-26', state: 'running' },
      procedure: PROCEDURE,
      phases: [phaseOn('IT', 0, '2027-01-15'), phaseOn('Sales', 1, '2027-01-19'), phaseOn('Rest', 2, '2027-01-25')],
    };
    await database.withCustomer(id, (tx) => insertRollout(tx, rollout, new Date(NOW)));
    let dies = false;
    const moves = createDayMoves({
      ...{ database, clock: { now: () => NOW } as never },
      stopPoint: () => {
        if (dies) throw new Error('died');
      },
      derived: () => Promise.resolve({ snapshot: { securityDefaults: { isEnabled: false } } } as never),
    });
    const actor = (role: Role, customerId = id): Actor => ({
      ...{ customerId, roles: [role], displayName: 'Eva Example' },
      identity: { tenantId: 'tenant', objectId: role },
    });
    const kept = async () => {
      const found = await database.withCustomer(id, readNewest);
      if (found === null) throw new Error('the rollout runs');
      return found;
    };
    const journal = async () =>
      (await database.withCustomer(id, (tx) => readJournal(tx, id))).map(({ event, facts }) => ({ event, facts }));
    const asked = async () => {
      const { rows } = await database.withPortfolio((tx) =>
        tx.execute(`SELECT key FROM outbox WHERE customer_id = '${id}' ORDER BY key`),
      );
      return rows.map(({ key }) => String(key));
    };
    const die = () => {
      dies = true;
    };
    return { database, customer, moves, actor, kept, journal, asked, die };
  };

  it('move with what hangs on them, once, and say who moved them from where', async () => {
    const { customer, moves, actor, kept, journal, asked } = await began();
    const engineer = actor('engineer');
    const ask = { phase: 'Sales', to: '2027-01-26', withLater: true };
    const phases = [
      { name: 'Sales', from: '2027-01-19', to: '2027-01-26' },
      { name: 'Rest', from: '2027-01-25', to: '2027-02-01' },
    ];
    const planned = await moves.phase(customer, engineer, { ...ask, plan: true });
    expect(planned).toEqual({ outcome: 'planned', deadline: null, phases });
    expect([await journal(), await asked(), (await kept()).phases[1]?.revision]).toEqual([[], [], 1]);

    expect(await moves.phase(customer, engineer, { ...ask, revision: 1 })).toMatchObject({ outcome: 'moved', phases });
    const told = ['phase.changed', 'phase.changed', 'rollout.tick', 'rollout.tick'];
    const after = await kept();
    expect(after.phases.map(({ enforceOn, revision }) => [enforceOn, revision])).toEqual([
      ...[
        ['2027-01-15', 1],
        ['2027-01-26', 2],
        ['2027-02-01', 2],
      ],
    ]);
    expect(await journal()).toEqual(
      phases.map(({ name: phase, from, to }) => ({
        event: 'phase.moved',
        facts: { rolloutId: ROLLOUT, phase, from, to },
      })),
    );
    expect((await asked()).map((key) => key.split(':')[0])).toEqual(told);
    // Announcement, plan and the PSA's project are read from the rollout.
    const sales = after.phases[1] as Phase;
    expect(announcedAt(after, sales, ZONE).toISOString()).toBe('2027-01-19T08:00:00.000Z');
    expect(planOf(after.phases.map(({ enforceOn }) => ({ enforceOn, people: 1 }))).map(({ day }) => day)).toContain(
      '2027-01-26',
    );
    expect(projectOf(after, 'en').phases.map(({ end }) => end)).toEqual(['2027-01-15', '2027-01-26', '2027-02-01']);

    expect(await moves.phase(customer, engineer, { ...ask, revision: 1 })).toEqual({ outcome: 'already' });
    expect(await journal()).toHaveLength(2);
    expect(await asked()).toHaveLength(told.length);
  });

  it('have a deadline that moves there and back, and extensions, forecast and project with it', async () => {
    const { customer, moves, actor, kept, journal, asked } = await began();
    const engineer = actor('engineer');
    const ask = { to: '2027-03-31', seen: '2027-02-26' };
    expect(await moves.deadline(customer, engineer, ask)).toEqual({
      ...{ outcome: 'moved', deadline: { from: '2027-02-26', to: '2027-03-31' }, phases: [] },
    });
    const { deadline, ...after } = await kept();
    expect(deadline).toBe('2027-03-31');
    expect(extensionEnd(deadline, 10)).toBe('2027-04-10');
    expect(forecastOf({ today: '2027-01-04', deadline, days: [] })).toBeDefined();
    expect(projectOf({ ...after, deadline }, 'en').end).toBe('2027-03-31');
    expect(await moves.deadline(customer, engineer, ask)).toEqual({ outcome: 'already' });
    expect(await moves.deadline(customer, engineer, { ...ask, to: '2027-04-30' })).toMatchObject({
      ...{ outcome: 'refused', code: 'rollout_changed' },
    });
    // There, back and there again: each is told anew.
    for (const to of ['2027-02-26', '2027-03-31']) {
      expect(await moves.deadline(customer, engineer, { to })).toMatchObject({ outcome: 'moved' });
    }
    expect((await journal()).map(({ event }) => event)).toEqual(Array(3).fill('rollout.deadlineMoved'));
    expect((await asked()).filter((key) => key.startsWith('phase.changed:'))).toHaveLength(3);
  });

  it('stay where somebody was told, where another view was looked at, and for whoever is no engineer here', async () => {
    const { database, customer, moves, actor, kept, journal } = await began();
    const ask = { phase: 'IT', to: '2027-01-18', withLater: false };
    const codeOf = async (who: Actor, given: object = {}) => {
      const outcome = await moves.phase(customer, who, { ...ask, ...given });
      return outcome.outcome === 'refused' ? outcome.code : outcome.outcome;
    };
    for (const role of [...GRANTED_ROLES, 'manager' as const].filter((one) => one !== 'engineer')) {
      expect(await codeOf(actor(role))).toBe('not_allowed');
      expect(await moves.deadline(customer, actor(role), { to: '2027-03-31' })).toMatchObject({ code: 'not_allowed' });
    }
    expect(await codeOf(actor('engineer', 'elsewhere'))).toBe('not_allowed');
    expect(await codeOf(actor('engineer'), { revision: 7 })).toBe('rollout_changed');
    const mail = { message: 'announcement' as const, personId: 'p', scope: '', phase: 'IT', cc: null, about: [] };
    const to = { accountId: 'p', address: 'p@contoso.example' };
    await database.withCustomer(customer.id, (tx) =>
      insertMail(tx, ROLLOUT, { mail: { ...mail, to, dueAt: '2027-01-04T08:00:00.000Z' } as never, at: new Date(NOW) }),
    );
    expect(await codeOf(actor('engineer'))).toBe('phase_announced');
    expect([(await kept()).phases[0]?.enforceOn, await journal()]).toEqual(['2027-01-15', []]);
  });

  it('move by the API’s routes, which refuse in the reader’s language', async () => {
    const { customer, moves, actor, kept } = await began();
    const post = async (path: string, body: object, who = actor('engineer')) => {
      const routes = moveRoutes({ dayMoves: moves }, (method, at, handle) => ({ method, path: at, handle }) as never);
      const { handle } = routes.find((route) => route.path === path) as unknown as { handle: CustomerHandler };
      const sent = { body, headers: { 'accept-language': 'de' }, reference: 'r' };
      const answer = await handle({ request: sent, actor: who, customer } as never);
      return { status: answer.status, body: JSON.parse(String(answer.body)) as unknown };
    };
    const move = { phase: 'IT', to: '2027-01-18', withLater: false, revision: 1 };
    const { status, body } = await post('/phase/move', { ...move, plan: true });
    expect(status).toBe(200);
    expect(moveOutcomeSchema.parse(body)).toMatchObject({ outcome: 'planned', phases: [{ to: '2027-01-18' }] });
    expect(moveOutcomeSchema.parse((await post('/phase/move', move)).body)).toMatchObject({ outcome: 'moved' });
    expect((await kept()).phases[0]?.enforceOn).toBe('2027-01-18');
    const refused = await post('/rollout/move', { to: '2027-01-24', seen: '2027-02-26' });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'deadline_too_early' } } });
    expect(JSON.stringify(refused.body)).toContain('Verlegen Sie zuerst die Phase');
    await expect(post('/phase/move', move, actor('approver'))).rejects.toMatchObject({ code: 'no_role' });
  });

  it('are moved whole or not at all when the process dies', async () => {
    const { customer, moves, actor, kept, journal, asked, die } = await began();
    const before = await kept();
    die();
    const ask = { phase: 'Sales', to: '2027-01-26', withLater: true };
    await expect(moves.phase(customer, actor('engineer'), ask)).rejects.toThrow('died');
    await expect(moves.deadline(customer, actor('engineer'), { to: '2027-03-31' })).rejects.toThrow('died');
    expect([await kept(), await journal(), await asked()]).toEqual([before, [], []]);
  });

  it('keep the day they were moved to when the phase goes on', async () => {
    const { database, customer, moves, actor, kept } = await began();
    await moves.phase(customer, actor('engineer'), { phase: 'IT', to: '2027-01-18', withLater: false });
    const moved = (await kept()).phases[0] as Phase;
    await database.withCustomer(customer.id, (tx) => savePhase(tx, ROLLOUT, { ...moved, state: 'announced' }));
    expect((await kept()).phases[0]).toMatchObject({ state: 'announced', enforceOn: '2027-01-18' });
  });
});
