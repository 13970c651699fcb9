import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { psaRoutes } from '../../src/api/psa-routes.ts';
import { type RunningServer, startServer } from '../../src/api/server.ts';
import { findingTickets, holdoutTickets } from '../../src/rollout/tickets/ticket-lists.core.ts';
import type { WantedTicket } from '../../src/rollout/tickets/tickets.core.ts';
import type { Tickets } from '../../src/rollout/tickets/tickets.ts';
import { messagesFor } from '../../src/sandbox/connectwise/callbacks.ts';
import type { CwRecord } from '../../src/sandbox/connectwise/state.ts';
import { readJournal } from '../../src/store/journal.ts';
import { type RunningSandbox, startWorld } from '../support/product.ts';
import { embeddedFolder } from '../support/store.ts';
import { atHelpdesk, atSite, phasePerson, rolloutOf, startTickets, type TicketsRig } from '../support/tickets-rig.ts';

describe('tickets in the PSA', () => {
  const dataDir = embeddedFolder();
  let world: RunningSandbox;
  let rig: TicketsRig;
  let server: RunningServer;
  let from: string;
  beforeAll(async () => {
    world = await startWorld({ seed: 71, name: 'portfolio', size: 100 });
    const late: { tickets?: Tickets } = {};
    const receive: Tickets['receive'] = (id, received) => {
      if (late.tickets === undefined) throw new Error('the product runs');
      return late.tickets.receive(id, received);
    };
    server = await startServer(0, {
      readiness: () => ({ ready: true }),
      metrics: () => '',
      routes: psaRoutes({ receive }),
    });
    rig = await startTickets({ dataDir }, { world, publicUrl: server.url });
    late.tickets = rig.tickets;
    const { companies, contacts } = world.sandbox.state.connectwise;
    const company = companies.find(({ identifier }) => identifier === world.setUp.connectwise.customer);
    from = contacts.find(({ companyId }) => companyId === company?.id)?.email ?? '';
    rig.worker.start();
  });
  afterAll(async () => {
    await rig.close();
    await server.close();
    await world.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const want = (wanted: WantedTicket[]) =>
    rig.database.withCustomer(rig.customer.id, (tx) => rig.tickets.want(tx, rig.customer, wanted));
  const settle = () =>
    expect
      .poll(
        async () =>
          (await rig.tickets.shown(rig.customer.id)).records.every(
            (one) => one.failure !== null || one.writtenDigest === one.wantedDigest,
          ),
        { timeout: 15_000 },
      )
      .toBe(true);
  const notesOf = (ticket: { id?: unknown } | undefined): CwRecord[] =>
    atSite(world, 'note').filter((note) => note.ticketId === ticket?.id);
  const repliesTo = (ticket: { id?: unknown }) =>
    notesOf(ticket).filter((note) => note.detailDescriptionFlag === true && String(note.text).includes('[MFA-'));
  const replyState = async (id: unknown) => {
    const { replies } = await rig.tickets.shown(rig.customer.id);
    const row = replies.find(({ ticketId }) => ticketId === id);
    return row === undefined ? null : `${row.state} ${row.reason ?? ''}`;
  };

  it('opens one ticket for each holdout, writes nothing twice, and closes it on enrolment', async () => {
    const person = phasePerson({ displayName: 'Ada <b>Example</b>" or summary like "%' });
    const facts = {
      rollout: rolloutOf(),
      phase: rolloutOf().phases[0] ?? never(),
      language: 'en',
      today: '2026-11-18',
    } as const;
    const open = holdoutTickets({ ...facts, people: [person] });
    expect(await want(open)).toBe(1);
    expect(await want(open)).toBe(0);
    await settle();
    const [ticket, ...others] = atSite(world, 'ticket');
    expect(others).toEqual([]);
    expect(ticket?.summary).toBe('MFA not set up yet: Ada bExample/b" or summary like "%');
    expect(await want(open)).toBe(0);
    expect(await want(holdoutTickets({ ...facts, people: [phasePerson({ enrolment: 'capable' })] }))).toBe(1);
    await settle();
    expect(atSite(world, 'ticket')).toMatchObject([{ closedFlag: true }]);
    expect(notesOf(ticket).map(({ internalAnalysisFlag }) => internalAnalysisFlag)).toEqual([false, true]);
    const events = await rig.database.withCustomer(rig.customer.id, (tx) => readJournal(tx, rig.customer.id));
    expect(events.map(({ event }) => event).filter((event) => event.startsWith('ticket.'))).toEqual([
      'ticket.created',
      'ticket.closed',
    ]);
  });

  it('writes the priority, changes it with the wish and without a note, and takes no more look-ups', async () => {
    const wish = (priority: 'normal' | 'high') =>
      want([{ key: 'finding:p1', summary: 'Priority', text: 'Text.', state: { is: 'open' }, priority }]);
    const shown = () => atSite(world, 'ticket').find(({ summary }) => summary === 'Priority');
    await wish('high');
    await settle();
    expect(shown()).toMatchObject({ priority: { name: 'Priority 2 - High' } });
    const notes = notesOf(shown()).length;
    await wish('normal');
    await settle();
    expect(shown()).toMatchObject({ priority: { name: 'Priority 3 - Normal' } });
    expect(notesOf(shown())).toHaveLength(notes);
    const lookUps = world.sandbox.requests.list().filter(({ template }) => template === '/service/priorities');
    expect(lookUps).toHaveLength(1);
  });

  it('leaves the board’s priority where the site has none of the name in the customer file', async () => {
    const customer = await rig.addCustomer(world.setUp, (file) => {
      Object.assign(file.psa ?? never(), { priorities: { high: 'Nobody calls it so' } });
    });
    const wanted = { key: 'finding:p2', summary: 'No such name', text: 'Text.', priority: 'high' } as const;
    await rig.database.withCustomer(customer.id, (tx) =>
      rig.tickets.want(tx, customer, [{ ...wanted, state: { is: 'open' } }]),
    );
    await settle();
    const ticket = atSite(world, 'ticket').find(({ summary }) => summary === 'No such name');
    expect(ticket).toMatchObject({ priority: { name: 'Priority 3 - Normal' } });
    await rig.addCustomer(world.setUp);
  });

  it('leaves a ticket alone that a person closed, and says so', async () => {
    const finding = {
      ...{ key: 'f1', accountId: 'a', app: 'Scanner', protocol: 'SMTP', count: 3, owner: null },
      ...{ firstSeen: '2026-11-01T00:00:00Z', lastSeen: '2026-11-02T00:00:00Z' },
      remedy: { en: 'Use OAuth.', de: 'OAuth benutzen.' },
    };
    await want(findingTickets([{ ...finding, status: 'open' }], 'en'));
    await settle();
    const { records } = await rig.tickets.shown(rig.customer.id);
    const id = records.find(({ key }) => key === 'finding:f1')?.recordId;
    await atHelpdesk(world, `/tickets/${String(id)}`, { status: '>Closed' });
    const before = atSite(world, 'note').length;
    await want(findingTickets([{ ...finding, status: 'open', protocol: 'IMAP' }], 'en'));
    await settle();
    const after = await rig.tickets.shown(rig.customer.id);
    expect(after.records.find(({ key }) => key === 'finding:f1')).toMatchObject({ byPerson: 'closed', recordId: id });
    expect(atSite(world, 'note')).toHaveLength(before);
  });

  it('keeps a project with a phase for each department, and run again changes nothing', async () => {
    const change = async (rollout = rolloutOf()) => {
      const phase = rollout.phases[0] ?? never();
      await rig.database.withCustomer(rig.customer.id, (tx) =>
        rig.tickets.onPhaseChange(tx, { customer: rig.customer, rollout, phase, from: 'planned', now: new Date() }),
      );
      await settle();
    };
    await change();
    await change();
    expect(atSite(world, 'project')).toHaveLength(1);
    expect(atSite(world, 'phase')).toMatchObject([{ wbsCode: 'MFA-1', status: { name: 'In Progress' } }]);
    await change(rolloutOf({ state: 'enforced', enforcedAt: '2026-11-20T09:00:00.000Z', revision: 2 }));
    expect(atSite(world, 'phase')).toMatchObject([{ status: { name: 'Closed' } }]);
  });

  it('answers an MFA ticket once, found by callback and by poll together, and no other ticket', async () => {
    rig.facts.people = [phasePerson({ mail: from, enrolment: 'not' })];
    rig.facts.rollout = rolloutOf();
    await rig.tickets.poll(rig.customer, AbortSignal.timeout(20_000));
    const ask = { from, summary: 'Question about MFA', description: 'I have no phone for MFA. What shall I do?' };
    const ticket = await atHelpdesk(world, '/tickets', ask);
    const other = await atHelpdesk(world, '/tickets', { from, summary: 'Paper jam', description: 'Printer, floor 2.' });
    await expect.poll(() => replyState(ticket.id), { timeout: 15_000 }).toBe('replied noPhone');
    await rig.tickets.poll(rig.customer, AbortSignal.timeout(20_000));
    await rig.tickets.poll(rig.customer, AbortSignal.timeout(20_000));
    expect(repliesTo(ticket)).toHaveLength(1);
    const text = String(repliesTo(ticket)[0]?.text);
    expect(text).toContain(`${server.url}/guide/${rig.customer.id}/en`);
    expect(text).toContain('Your phase: Sales.');
    expect(notesOf(ticket).filter(({ internalAnalysisFlag }) => internalAnalysisFlag === true)).toHaveLength(1);
    expect(await replyState(other.id)).toBe('left notMfa');
  });

  it('refuses deliveries that are forged, repeated or about another customer’s ticket', async () => {
    const { connectwise } = world.sandbox.state;
    const ours = atSite(world, 'ticket').at(-1) ?? never();
    const post = (body: string, signature: string, to = rig.customer.id) =>
      fetch(`${server.url}/api/connectwise/${to}?recordId=1`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-content-signature': signature },
        body,
      }).then(({ status }) => status);
    const message = (record: CwRecord) => {
      const notice = { action: 'updated', type: 'ticket', record } as const;
      const [made] = messagesFor(connectwise, notice, { url: world.sandbox.urls.connectwise, by: 'Technician1' });
      return made ?? never();
    };
    const { body, signature } = message(ours);
    expect(await post(`${body} `, signature)).toBe(403);
    expect(await post(body, '')).toBe(403);
    expect(await post(body, signature)).toBe(204);
    expect(await post(body, signature)).toBe(409);
    expect(await post(body, signature, '00000000-0000-4000-8000-00000000dead')).toBe(404);
    const second = await rig.addCustomer(world.customers[1]?.setUp ?? never());
    expect(await post(body, signature, second.id)).toBe(403);
  });

  it('does nothing without a section psa, and says so', async () => {
    const bare = await rig.addCustomer(world.customers[2]?.setUp ?? never(), (file) => {
      delete file.psa;
    });
    const asked = await rig.database.withCustomer(bare.id, (tx) =>
      rig.tickets.want(tx, bare, findingTickets([], 'en')),
    );
    expect(asked).toBe(0);
    await expect(rig.tickets.poll(bare, AbortSignal.timeout(1_000))).rejects.toMatchObject({
      code: 'psa_not_configured',
    });
  });
});

function never(): never {
  throw new Error('the world has it');
}
