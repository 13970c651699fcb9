import { rmSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { VendorUnreachableError } from '../../src/lib/errors.ts';
import type { WantedTicket } from '../../src/rollout/tickets/tickets.core.ts';
import { type RunningSandbox, startWorld } from '../support/product.ts';
import { embeddedFolder } from '../support/store.ts';
import { atHelpdesk, atSite, phasePerson, rolloutOf, startTickets, type TicketsRig } from '../support/tickets-rig.ts';

/** A killed process leaves nothing behind but what it had saved and sent. */
class Killed extends Error {}

const effectRow = z.object({ kind: z.string(), key: z.string(), payload: z.json() });
const TRIES_MAX = 4;

describe('work in the PSA, cut off between any two steps', () => {
  let world: RunningSandbox;
  let rig: TicketsRig;
  let from: string;
  let killAt: string | null = null;
  const dataDir = embeddedFolder();
  beforeAll(async () => {
    world = await startWorld({ seed: 72, size: 100 });
    rig = await startTickets(
      { dataDir },
      {
        world,
        stopPoint: (name) => {
          if (name !== killAt) return;
          killAt = null;
          throw new Killed(name);
        },
      },
    );
    const { companies, contacts } = world.sandbox.state.connectwise;
    const company = companies.find(({ identifier }) => identifier === world.setUp.connectwise.customer);
    from = contacts.find(({ companyId }) => companyId === company?.id)?.email ?? '';
    rig.facts.people = [phasePerson({ mail: from })];
    rig.facts.rollout = rolloutOf({ state: 'planned' });
  }, 60_000);
  afterAll(async () => {
    await rig.close();
    await world.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const inStore = <T>(work: Parameters<typeof rig.database.withCustomer<T>>[1]) =>
    rig.database.withCustomer(rig.customer.id, work);

  /** Runs what waits in the outbox the way the worker does, again after each kill; gives how often it was killed. */
  async function work(): Promise<number> {
    let kills = 0;
    for (;;) {
      const { rows } = await inStore((tx) =>
        tx.execute(
          sql`SELECT kind, key, payload FROM outbox WHERE state IN ('waiting', 'queued') ORDER BY key LIMIT 1`,
        ),
      );
      if (rows[0] === undefined) return kills;
      const effect = effectRow.parse(rows[0]);
      kills += await untilDone(effect);
    }
  }

  async function untilDone(effect: z.output<typeof effectRow>): Promise<number> {
    for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
      if (await runOnce(effect, attempt)) return attempt - 1;
    }
    throw new Error(`${effect.key} never came to an end`);
  }

  async function runOnce({ kind, key, payload }: z.output<typeof effectRow>, attempt: number): Promise<boolean> {
    const { signal } = new AbortController();
    const job = { customerId: rig.customer.id, key, attempt, isLastAttempt: false, signal };
    try {
      const save = await rig.tickets.kinds[kind]?.prepare(payload)?.(job);
      await inStore(async (tx) => {
        await tx.execute(sql`UPDATE outbox SET state = 'done' WHERE key = ${key}`);
        await save?.(tx);
      });
      return true;
    } catch (error) {
      if (error instanceof Killed || error instanceof VendorUnreachableError) return false;
      throw error;
    }
  }

  const want = (wanted: WantedTicket) => inStore((tx) => rig.tickets.want(tx, rig.customer, [wanted]));
  const ticket = (key: string, change: Partial<WantedTicket> = {}): WantedTicket => ({
    ...{ key: `finding:${key}`, summary: `Finding ${key}`, text: 'First text', priority: 'normal' },
    state: { is: 'open' },
    ...change,
  });
  const named = (key: string) => atSite(world, 'ticket').filter(({ summary }) => summary === `Finding ${key}`);
  const notesOf = (id: unknown) => atSite(world, 'note').filter(({ ticketId }) => ticketId === id);

  it.each([
    'tickets.write.begun',
    'tickets.create.made',
    'tickets.note.made',
    'tickets.close.made',
    'tickets.reopen.made',
  ])('killed at %s leaves one ticket with each note once', async (point) => {
    const key = point.replaceAll('.', '-');
    killAt = point;
    let kills = 0;
    const states: WantedTicket[] = [
      ticket(key),
      ticket(key, { text: 'Second text' }),
      ticket(key, { state: { is: 'closed', why: 'Gone' } }),
      ticket(key),
      ticket(key, { state: { is: 'closed', why: 'Gone' } }),
    ];
    for (const state of states) {
      await want(state);
      kills += await work();
    }
    expect(kills).toBe(1);
    expect(named(key)).toMatchObject([{ closedFlag: true }]);
    const texts = notesOf(named(key)[0]?.id).map(({ text }) => String(text).split('\n')[0]);
    expect(texts).toEqual(['First text', 'Second text', 'Gone', 'First text', 'Gone']);
  });

  it.each([
    ['POST', '/service/tickets'],
    ['POST', '/service/tickets/{id}/notes'],
    ['PATCH', '/service/tickets/{id}'],
  ])('an answer to %s %s that is lost makes nothing twice', async (method, template) => {
    const key = `lost ${method} ${template.replace(/[{}]/g, '')}`;
    world.sandbox.faults.put({
      id: key,
      vendor: 'connectwise',
      method,
      template,
      times: 1,
      afterEffect: true,
      cut: 'before',
    });
    await want(ticket(key));
    let losses = await work();
    await want(ticket(key, { state: { is: 'closed', why: 'Gone' } }));
    losses += await work();
    expect(losses).toBe(1);
    expect(named(key)).toMatchObject([{ closedFlag: true }]);
    expect(notesOf(named(key)[0]?.id)).toHaveLength(2);
    const { records } = await rig.tickets.shown(rig.customer.id);
    // What we closed ourselves is not taken for a person's doing.
    expect(records.find((one) => one.key === `finding:${key}`)).toMatchObject({ standing: 'closed', byPerson: null });
  });

  it.each(['tickets.reply.begun', 'tickets.reply.made', 'tickets.handOver.made'])(
    'killed at %s an MFA ticket has one reply and one note for the technician',
    async (point) => {
      const asked = await atHelpdesk(world, '/tickets', { from, summary: `MFA ${point}`, description: 'What is MFA?' });
      killAt = point;
      await inStore((tx) => tx.execute(sql`DELETE FROM outbox WHERE kind = 'tickets.poll'`));
      const polled = await rig.tickets.kinds['tickets.poll']?.prepare({})?.(pollJob());
      await inStore(async (tx) => polled?.(tx));
      expect(await work()).toBe(1);
      const again = await rig.tickets.kinds['tickets.poll']?.prepare({})?.(pollJob());
      await inStore(async (tx) => again?.(tx));
      expect(await work()).toBe(0);
      const notes = notesOf(asked.id);
      expect(notes.filter(({ detailDescriptionFlag }) => detailDescriptionFlag === true)).toHaveLength(2);
      expect(notes.filter(({ internalAnalysisFlag }) => internalAnalysisFlag === true)).toHaveLength(1);
    },
  );

  it('is silent where a technician answered before', async () => {
    const asked = await atHelpdesk(world, '/tickets', { from, summary: 'MFA help', description: 'What is MFA?' });
    const site = world.sandbox.state.connectwise;
    const opening = notesOf(asked.id)[0];
    if (opening === undefined) throw new Error('the ticket was opened with a text');
    const later = new Date(Date.now() + 600_000).toISOString();
    const { contact: _, ...byMember } = opening;
    const note = { ...byMember, id: site.nextId + 1_000, text: 'I will call you.', dateCreated: later };
    site.records.note.set(note.id, note);
    const polled = await rig.tickets.kinds['tickets.poll']?.prepare({})?.(pollJob());
    await inStore(async (tx) => polled?.(tx));
    await work();
    expect((await rig.tickets.shown(rig.customer.id)).replies).toContainEqual(
      expect.objectContaining({ ticketId: asked.id, state: 'left', reason: 'technician' }),
    );
  });

  const pollJob = () => ({
    ...{ customerId: rig.customer.id, key: 'poll', attempt: 1, isLastAttempt: false },
    signal: new AbortController().signal,
  });
});
