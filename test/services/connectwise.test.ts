import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { VendorBrokenError, VendorRefusedError, VendorUnreachableError } from '../../src/lib/errors.ts';
import { is } from '../../src/services/psa/connectwise/conditions.ts';
import { findBoard, findCompany } from '../../src/services/psa/connectwise/directory.ts';
import {
  ensurePhase,
  ensureProject,
  findPhase,
  listProjectStatuses,
  updatePhase,
  updateProject,
} from '../../src/services/psa/connectwise/projects.ts';
import { addressesOf } from '../../src/services/psa/connectwise/settings.ts';
import {
  ensureNote,
  ensureTicket,
  findTicket,
  getTicket,
  listBoardStatuses,
  listNotes,
  pickStatus,
  ticketsChangedSince,
  updateTicket,
} from '../../src/services/psa/connectwise/tickets.ts';
import { startConnectWise } from '../support/connectwise-bench.ts';
import { createConnectWiseDouble, refusal } from '../support/connectwise-double.ts';
import { startGraphBench } from '../support/graph-bench.ts';
import { NOON } from '../support/vendor-bench.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: Parameters<typeof startConnectWise>[0] = {}) {
  const bench = await startConnectWise(options);
  closing.push(() => bench.close());
  return bench;
}

const caughtFrom = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);
const holdout = { kind: 'service', externalXRef: 'holdout:u-1', summary: 'Not enrolled', boardId: 1 } as const;

describe('the connection', () => {
  it('looks the codebase up once and sends the headers that every call needs', async () => {
    const { connectWise, double } = await start();
    await Promise.all([findTicket(connectWise, holdout), findTicket(connectWise, holdout)]);
    expect(double.arrived.map(({ path }) => path)).toEqual([
      '/login/companyinfo/contoso',
      '/v2025_1/apis/3.0/service/tickets',
      '/v2025_1/apis/3.0/service/tickets',
    ]);
    expect(double.arrived[1]?.headers).toMatchObject({
      accept: 'application/vnd.connectwise.com+json; version=2022.1',
      authorization: `Basic ${Buffer.from('contoso+pub:priv').toString('base64')}`,
      clientid: 'client-guid',
      'pagination-type': 'forward-only',
    });
    expect(double.arrived[0]?.headers).not.toHaveProperty('authorization');
  });

  it('reads the codebase anew when it has moved, and makes the call there', async () => {
    const { connectWise, vendor, double } = await start();
    await findTicket(connectWise, holdout);
    vendor.state.codebase = 'v2026_2/';
    expect((await ensureTicket(connectWise, holdout)).created).toBe(true);
    expect(double.arrived.at(-1)?.path).toBe('/v2026_2/apis/3.0/service/tickets');
    expect(vendor.collection('/service/tickets')).toHaveLength(1);
  });

  it('reads the codebase anew where the server in front of the API says that the address is gone', async () => {
    const { connectWise, vendor } = await start();
    await findTicket(connectWise, holdout);
    vendor.state.codebase = 'v2026_2/';
    vendor.next(/^POST .*v2025_1/, { status: 404, headers: { 'content-type': 'text/html' }, raw: '<h1>404</h1>' });
    vendor.next(/^GET .*v2025_1/, { status: 404, headers: { 'content-type': 'text/html' }, raw: '<h1>404</h1>' });
    expect((await ensureTicket(connectWise, holdout)).created).toBe(true);
  });

  it('tells a path that does not exist, once the codebase is the same', async () => {
    const { connectWise, inApi } = await start({
      answer: ({ path }) =>
        path.startsWith('/login')
          ? { json: { Codebase: 'v2025_1/' } }
          : refusal(404, { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' }),
    });
    await expect(findTicket(connectWise, holdout)).rejects.toMatchObject({ call: { vendorCode: 'ConnectWiseApi' } });
    expect(inApi()).toHaveLength(1);
  });

  it('says what to check when the company is not known', async () => {
    const { connectWise } = await start({ settings: { companyId: 'contosso' } });
    const error = await caughtFrom(findTicket(connectWise, holdout));
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect((error as VendorRefusedError).userMessage).toContain('company id');
  });

  it('refuses a codebase that would lead elsewhere', async () => {
    const { connectWise } = await start({ answer: () => ({ json: { Codebase: '../../other/' } }) });
    await expect(findTicket(connectWise, holdout)).rejects.toBeInstanceOf(VendorBrokenError);
  });

  it.each([
    { baseUrl: 'https://na.myconnectwise.net', api: 'https://api-na.myconnectwise.net', isShared: true },
    { baseUrl: 'https://api-eu.myconnectwise.net/', api: 'https://api-eu.myconnectwise.net', isShared: true },
    { baseUrl: 'https://psa.contoso.example/cw/', api: 'https://psa.contoso.example/cw', isShared: false },
  ])('finds the API of $baseUrl', ({ baseUrl, api, isShared }) => {
    const settings = { companyId: 'c', publicKey: 'p', privateKey: 'k', clientId: 'i' };
    expect(addressesOf({ ...settings, baseUrl })).toMatchObject({ api, isShared });
  });

  it('refuses a base URL that is none', async () => {
    await expect(start({ settings: { baseUrl: 'na' } })).rejects.toMatchObject({ code: 'bad_base_url' });
  });

  it('starts no second call within the pace of the server', async () => {
    const pace = { limit: 1, windowMs: 1_000 };
    const { connectWise, clock, double } = await start({ limits: { connectwise: pace } });
    void caughtFrom(findTicket(connectWise, holdout));
    await double.arrival(1);
    while (clock.sleepers() < 1 || double.arrived.length < 2) {
      await new Promise((resolve) => setImmediate(resolve));
      if (double.arrived.length === 1 && clock.sleepers() === 1) clock.advance(1_000);
    }
    expect(clock.now()).toBeGreaterThanOrEqual(NOON + 1_000);
  });

  it('is built for a customer by createConnections', async () => {
    const vendor = createConnectWiseDouble();
    const bench = await startGraphBench((request) => vendor.answer(request), {
      connections: (baseUrl) => ({
        psa: {
          kind: 'connectwise',
          baseUrl,
          companyId: 'contoso',
          publicKey: 'pub',
          privateKey: 'priv',
          clientId: 'client-guid',
        },
      }),
    });
    closing.push(() => bench.close());
    const { psa } = bench.connections;
    if (psa === null) throw new Error('the customer has no PSA');
    expect(await findTicket(psa, holdout)).toBeNull();
  });
});

describe('a condition', () => {
  it('lets no text out of its quotes', () => {
    const comesBack = fc.property(fc.string(), (text) => {
      fc.pre(!/\p{Cc}/u.test(text));
      const literal = /^name="((?:\\.|[^"\\])*)"$/s.exec(is('name', text))?.[1];
      expect(literal?.replace(/\\(.)/gs, '$1')).toBe(text);
    });
    fc.assert(comesBack);
  });

  it.each(['a\nb', 'a\u0000', Number.NaN, 1.5])('refuses %j', (value) => {
    expect(() => is('name', value)).toThrow();
  });
});

describe('a listing', () => {
  it.each(['forward', 'counted'] as const)(
    'is read to its end, %s, and follows no link to another host',
    async (paging) => {
      const vendor = createConnectWiseDouble({ pageSize: 2, paging });
      for (let index = 0; index < 5; index += 1) vendor.add('/service/tickets/7/notes', { text: `note ${index}` });
      const { connectWise, inApi } = await start({ vendor });
      const notes = await listNotes(connectWise, { kind: 'service', ticketId: 7 });
      expect(notes.map(({ text }) => text)).toEqual(['note 0', 'note 1', 'note 2', 'note 3', 'note 4']);
      expect(inApi()).toHaveLength(3);
      for (const { query } of inApi()) expect(query.has('orderBy')).toBe(false);
    },
  );

  it('that refuses to be read forward only is read page by page', async () => {
    const vendor = createConnectWiseDouble({ pageSize: 2, paging: 'counted' });
    for (let index = 0; index < 3; index += 1) vendor.add('/service/tickets/7/notes', { text: `note ${index}` });
    const answer = (request: Parameters<typeof vendor.answer>[0]) =>
      'pagination-type' in request.headers
        ? refusal(400, { code: 'InvalidObject', message: 'forward-only is not supported here' })
        : vendor.answer(request);
    const { connectWise, inApi } = await start({ answer });
    expect(await listNotes(connectWise, { kind: 'service', ticketId: 7 })).toHaveLength(3);
    expect(inApi()).toHaveLength(3);
  });

  it('that gives the same page again and again is broken', async () => {
    const { connectWise, inApi } = await start({
      answer: ({ path }) =>
        path.startsWith('/login')
          ? { json: { Codebase: 'v2025_1/' } }
          : { headers: { link: '<https://x.example/?pageId=5>; rel="next"' }, json: [{ id: 1 }] },
    });
    await expect(findTicket(connectWise, holdout)).rejects.toBeInstanceOf(VendorBrokenError);
    expect(inApi()).toHaveLength(2);
  });
});

describe('a ticket', () => {
  it('is made once for its reference', async () => {
    const { connectWise, vendor } = await start();
    const first = await ensureTicket(connectWise, {
      ...holdout,
      companyId: 5,
      statusId: 3,
      initialDescription: 'Please enrol.',
    });
    expect(first.created).toBe(true);
    expect(await ensureTicket(connectWise, holdout)).toMatchObject({ created: false, ticket: { id: first.ticket.id } });
    expect(vendor.collection('/service/tickets')).toMatchObject([
      { externalXRef: 'holdout:u-1', summary: 'Not enrolled', board: { id: 1 }, company: { id: 5 }, status: { id: 3 } },
    ]);
  });

  it('is not made again by itself when the answer was lost, and is found the next time', async () => {
    const { connectWise, vendor, inApi } = await start();
    vendor.next(/^POST/, 'lost');
    await expect(ensureTicket(connectWise, holdout)).rejects.toBeInstanceOf(VendorUnreachableError);
    expect(inApi().filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(await ensureTicket(connectWise, holdout)).toMatchObject({ created: false });
    expect(vendor.collection('/service/tickets')).toHaveLength(1);
  });

  it('is not made again after 500, but after 429', async () => {
    const { connectWise, vendor, inApi } = await start();
    vendor.next(/^POST/, { status: 500, json: { code: 'x', message: 'timeout' } });
    await expect(ensureTicket(connectWise, holdout)).rejects.toBeInstanceOf(VendorUnreachableError);
    expect(inApi().filter(({ method }) => method === 'POST')).toHaveLength(1);
    vendor.next(/^POST/, { status: 429 });
    expect((await ensureTicket(connectWise, holdout)).created).toBe(true);
  });

  it('is found only by its own reference, whatever stands in it', async () => {
    const { connectWise, vendor } = await start();
    const other = vendor.add('/service/tickets', { externalXRef: 'HOLDOUT:U-1' });
    expect(await findTicket(connectWise, holdout)).toBeNull();
    const odd = 'x" or id>0 or externalXRef="\\';
    expect((await ensureTicket(connectWise, { ...holdout, externalXRef: odd })).ticket.id).not.toBe(other.id);
    expect(await findTicket(connectWise, { kind: 'service', externalXRef: odd })).toMatchObject({ externalXRef: odd });
  });

  it('gives the oldest where somebody made two', async () => {
    const { connectWise, vendor } = await start();
    const older = vendor.add('/service/tickets', { externalXRef: holdout.externalXRef });
    vendor.add('/service/tickets', { externalXRef: holdout.externalXRef });
    expect((await findTicket(connectWise, holdout))?.id).toBe(older.id);
  });

  it('keeps a summary within what ConnectWise takes', async () => {
    const { connectWise, vendor } = await start();
    await ensureTicket(connectWise, { ...holdout, summary: `two\nlines ${'😀'.repeat(60)}` });
    const summary = String(vendor.collection('/service/tickets')[0]?.summary);
    expect(summary.length).toBeLessThanOrEqual(100);
    expect(summary).toMatch(/^two lines 😀.*…$/u);
    expect(summary.isWellFormed()).toBe(true);
  });

  it.each(['', 'x'.repeat(101)])('is refused for the reference %j', async (externalXRef) => {
    const { connectWise, double } = await start();
    await expect(ensureTicket(connectWise, { ...holdout, externalXRef })).rejects.toMatchObject({
      code: 'bad_reference',
    });
    expect(double.arrived).toEqual([]);
  });

  it('of a project lives under the project’s calls', async () => {
    const { connectWise, vendor } = await start();
    await ensureTicket(connectWise, { kind: 'project', externalXRef: 'p:1', summary: 's', projectId: 4, phaseId: 9 });
    expect(vendor.collection('/project/tickets')).toMatchObject([{ project: { id: 4 }, phase: { id: 9 } }]);
    expect(await findTicket(connectWise, { kind: 'service', externalXRef: 'p:1' })).toBeNull();
  });

  it('is changed by whole references under bare names', async () => {
    const { connectWise, vendor, inApi } = await start();
    const { id } = vendor.add('/service/tickets', { status: { id: 1, name: 'New' } });
    const update = await updateTicket(connectWise, {
      kind: 'service',
      ticketId: id,
      changes: { status: { id: 2 }, summary: 'Enrolled' },
      seenLastUpdated: '2026-11-20T11:00:00Z',
    });
    expect(update).toMatchObject({ ok: true, ticket: { summary: 'Enrolled', status: { id: 2 } } });
    expect(JSON.parse(inApi().at(-1)?.body ?? '')).toEqual([
      { op: 'replace', path: 'status', value: { id: 2 } },
      { op: 'replace', path: 'summary', value: 'Enrolled' },
    ]);
  });

  it('is left alone when somebody changed it meanwhile, or when it is gone', async () => {
    const { connectWise, vendor, inApi } = await start();
    const { id } = vendor.add('/service/tickets', {});
    const changes = { status: { id: 2 } };
    const seen = { kind: 'service', changes, seenLastUpdated: '2026-11-20T10:00:00Z' } as const;
    expect(await updateTicket(connectWise, { ...seen, ticketId: id })).toEqual({ ok: false, reason: 'changed' });
    expect(await updateTicket(connectWise, { ...seen, ticketId: 999 })).toEqual({ ok: false, reason: 'gone' });
    expect(inApi().some(({ method }) => method === 'PATCH')).toBe(false);
    expect(await updateTicket(connectWise, { kind: 'service', ticketId: 999, changes })).toEqual({
      ok: false,
      reason: 'gone',
    });
    expect(await getTicket(connectWise, { kind: 'service', ticketId: 999 })).toBeNull();
  });

  it('is gone also where the refusal lists what was not found', async () => {
    const gone = { code: 'NotFound', message: 'x', errors: [{ code: 'NotFound', resource: 'ticket', field: 'id' }] };
    const { connectWise, vendor, inApi } = await start();
    vendor.next(/^GET .*tickets\/5$/, refusal(404, gone));
    expect(await getTicket(connectWise, { kind: 'service', ticketId: 5 })).toBeNull();
    expect(inApi()).toHaveLength(1);
  });

  it('is reported as unchanged when a success changed nothing', async () => {
    const { connectWise, vendor } = await start();
    const { id } = vendor.add('/service/tickets', { status: { id: 1 } });
    vendor.state.ignoresReferences = true;
    const update = updateTicket(connectWise, { kind: 'service', ticketId: id, changes: { status: { id: 2 } } });
    await expect(update).rejects.toMatchObject({ code: 'vendor_broken', facts: { property: 'status' } });
  });
});

describe('a note', () => {
  const reply = {
    kind: 'service',
    ticketId: 7,
    text: 'How to enrol: https://guide.example/mfa',
    marker: 'https://guide.example/mfa',
    audience: 'customer',
  } as const;

  it('for the asker is added once, visible to him', async () => {
    const { connectWise, vendor } = await start();
    expect((await ensureNote(connectWise, reply)).created).toBe(true);
    expect((await ensureNote(connectWise, { ...reply, text: `${reply.text} (changed)` })).created).toBe(false);
    expect(vendor.collection('/service/tickets/7/notes')).toMatchObject([
      { text: reply.text, detailDescriptionFlag: true, internalAnalysisFlag: false, processNotifications: false },
    ]);
  });

  it('for the asker is not taken for given because the helpdesk noted the same', async () => {
    const { connectWise, vendor } = await start();
    expect((await ensureNote(connectWise, { ...reply, audience: 'internal' })).created).toBe(true);
    expect((await ensureNote(connectWise, reply)).created).toBe(true);
    expect(vendor.collection('/service/tickets/7/notes')).toHaveLength(2);
  });

  it('is not added twice when the answer was lost', async () => {
    const { connectWise, vendor } = await start();
    vendor.next(/^POST/, 'lost');
    await expect(ensureNote(connectWise, reply)).rejects.toBeInstanceOf(VendorUnreachableError);
    expect((await ensureNote(connectWise, reply)).created).toBe(false);
    expect(vendor.collection('/service/tickets/7/notes')).toHaveLength(1);
  });

  it.each(['', ' ', 'not in the text'])('is refused for the marker %j', async (marker) => {
    const { connectWise } = await start();
    await expect(ensureNote(connectWise, { ...reply, marker })).rejects.toMatchObject({ code: 'bad_marker' });
  });
});

describe('statuses', () => {
  it('are those of one board, and are picked by name or by what they mean', async () => {
    const vendor = createConnectWiseDouble();
    const named = (name: string, more: object = {}) => vendor.add('/service/boards/1/statuses', { name, ...more });
    named('New', { defaultFlag: true });
    named('Closed (old)', { closedStatus: true, inactive: true });
    const done = named('Completed', { closedStatus: true });
    const closed = named('Closed', { closedStatus: true, defaultFlag: true });
    vendor.add('/service/boards/2/statuses', { name: 'Completed', closedStatus: true });
    const { connectWise } = await start({ vendor });
    const statuses = await listBoardStatuses(connectWise, { boardId: 1 });
    expect(statuses).toHaveLength(4);
    expect(pickStatus(statuses, { name: ' completed ' })?.id).toBe(done.id);
    expect(pickStatus(statuses, { closes: true })?.id).toBe(closed.id);
    expect(pickStatus(statuses, { closes: false })?.name).toBe('New');
    expect(pickStatus(statuses, { name: 'Closed (old)' })).toBeNull();
    expect(pickStatus([], { closes: true })).toBeNull();
  });

  it('of projects and phases are listed alike', async () => {
    const vendor = createConnectWiseDouble();
    vendor.add('/project/statuses', { name: 'Open' });
    vendor.add('/project/phaseStatuses', { name: 'Done', closedFlag: true });
    const { connectWise } = await start({ vendor });
    expect(pickStatus(await listProjectStatuses(connectWise, { of: 'phase' }), { closes: true })?.name).toBe('Done');
    expect(pickStatus(await listProjectStatuses(connectWise, { of: 'project' }), { name: 'open' })).not.toBeNull();
  });
});

describe('a project', () => {
  const rollout = {
    name: 'MFA "rollout" 2026',
    companyId: 5,
    boardId: 2,
    billingMethod: 'ActualRates',
    estimatedStart: '2026-11-23T00:00:00Z',
    estimatedEnd: '2027-01-31T00:00:00Z',
  } as const;

  it('is made once for its name and company', async () => {
    const { connectWise, vendor } = await start();
    vendor.add('/project/projects', { name: rollout.name, company: { id: 6 } });
    const { project, created } = await ensureProject(connectWise, rollout);
    expect(created).toBe(true);
    expect(await ensureProject(connectWise, rollout)).toMatchObject({ created: false, project: { id: project.id } });
    expect(vendor.collection('/project/projects')[1]).toMatchObject({
      name: rollout.name,
      company: { id: 5 },
      board: { id: 2 },
      billingMethod: 'ActualRates',
    });
    expect(await updateProject(connectWise, { projectId: project.id, changes: { status: { id: 3 } } })).toMatchObject({
      status: { id: 3 },
    });
  });

  it('has one phase for each code, whose status follows', async () => {
    const { connectWise, vendor } = await start();
    const sales = { projectId: 4, wbsCode: 'mfa-sales', description: 'Sales', statusId: 1 };
    const { phase } = await ensurePhase(connectWise, sales);
    expect(await ensurePhase(connectWise, sales)).toMatchObject({ created: false, phase: { id: phase.id } });
    expect(await findPhase(connectWise, { projectId: 3, wbsCode: 'mfa-sales' })).toBeNull();
    const changes = { status: { id: 2 } };
    expect(await updatePhase(connectWise, { projectId: 4, phaseId: phase.id, changes })).toMatchObject(changes);
    expect(vendor.collection('/project/projects/4/phases')).toHaveLength(1);
  });

  it('stands under a company that is found by its identifier', async () => {
    const { connectWise, vendor } = await start();
    const { id } = vendor.add('/company/companies', { identifier: 'Fabrikam', name: 'Fabrikam Ltd' });
    expect((await findCompany(connectWise, { identifier: 'fabrikam' }))?.id).toBe(id);
    expect(await findCompany(connectWise, { identifier: 'fabrikam2' })).toBeNull();
  });
});

describe('a board', () => {
  it('is found by its name among those of its kind that are in use', async () => {
    const { connectWise, vendor } = await start();
    vendor.add('/service/boards', { name: 'Help Desk', inactiveFlag: true });
    const desk = vendor.add('/service/boards', { name: 'Help Desk', projectFlag: false });
    const projects = vendor.add('/service/boards', { name: 'help desk', projectFlag: true });
    expect((await findBoard(connectWise, { name: 'help desk', of: 'service' }))?.id).toBe(desk.id);
    expect((await findBoard(connectWise, { name: 'Help Desk', of: 'project' }))?.id).toBe(projects.id);
    expect(await findBoard(connectWise, { name: 'Other', of: 'service' })).toBeNull();
  });
});

describe('polling for changes', () => {
  it('gives what changed since, and from when to ask next', async () => {
    const vendor = createConnectWiseDouble();
    const old = vendor.add('/service/tickets', { board: { id: 1 } });
    old._info = { lastUpdated: '2026-11-20T09:59:58Z' };
    const edge = vendor.add('/service/tickets', { board: { id: 1 } });
    edge._info = { lastUpdated: '2026-11-20T10:00:00Z' };
    const young = vendor.add('/service/tickets', { board: { id: 1 } });
    vendor.add('/service/tickets', { board: { id: 2 } });
    const { connectWise } = await start({ vendor });
    const since = Date.parse('2026-11-20T10:00:00Z');
    const { tickets, next } = await ticketsChangedSince(connectWise, {
      kind: 'service',
      since,
      conditions: is('board/id', 1),
    });
    expect(tickets.map(({ id }) => id)).toEqual([edge.id, young.id]);
    expect(next).toBe(Date.parse('2026-11-20T11:00:00Z'));
  });

  it('stays where it was when nothing changed', async () => {
    const { connectWise } = await start();
    expect(await ticketsChangedSince(connectWise, { kind: 'project', since: NOON })).toEqual({
      tickets: [],
      next: NOON,
    });
  });
});
