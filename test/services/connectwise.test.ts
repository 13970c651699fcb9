import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { VendorBrokenError, VendorRefusedError, VendorUnreachableError } from '../../src/lib/errors.ts';
import type { Limits } from '../../src/services/limits.ts';
import { createConnectWise } from '../../src/services/psa/connectwise/api.ts';
import { createCallbackVerifier, ensureCallback } from '../../src/services/psa/connectwise/callbacks.ts';
import { is } from '../../src/services/psa/connectwise/conditions.ts';
import {
  ensurePhase,
  ensureProject,
  findCompany,
  findPhase,
  listProjectStatuses,
  updatePhase,
  updateProject,
} from '../../src/services/psa/connectwise/projects.ts';
import { addressesOf, type ConnectWiseSettings } from '../../src/services/psa/connectwise/settings.ts';
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
import { createConnectWiseDouble, refusal, signatureOf } from '../support/connectwise-double.ts';
import { startGraphBench } from '../support/graph-bench.ts';
import { NOON, startVendorBench, UNBELIEVABLE } from '../support/vendor-bench.ts';
import type { Arrived, Reply } from '../support/vendor-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Start = {
  vendor?: ReturnType<typeof createConnectWiseDouble>;
  answer?: (request: Arrived) => Reply;
  settings?: Partial<ConnectWiseSettings>;
  limits?: Partial<Limits>;
};

async function start({ vendor = createConnectWiseDouble(), answer, settings, limits }: Start = {}) {
  const bench = await startVendorBench((request) => (answer ?? vendor.answer)(request), limits);
  closing.push(() => bench.close());
  const connectWise = createConnectWise(
    { http: bench.http, clock: bench.clock, pacer: bench.pacers.connectwise(bench.double.url) },
    {
      baseUrl: bench.double.url,
      companyId: 'contoso',
      publicKey: 'pub',
      privateKey: 'priv',
      clientId: 'client-guid',
      ...settings,
    },
  );
  const inApi = () => bench.double.arrived.filter(({ path }) => path.includes('/apis/3.0/'));
  return { ...bench, vendor, connectWise, inApi };
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

describe('errors of ConnectWise', () => {
  const failing = (reply: Reply) =>
    start({ answer: ({ path }) => (path.startsWith('/login') ? { json: { Codebase: 'v2025_1/' } } : reply) });

  it.each<{ what: string; status: number; body: object; code: string; says?: string }>([
    {
      what: 'a field that is missing',
      status: 400,
      body: {
        code: 'InvalidObject',
        message: 'ticket object is invalid',
        errors: [
          { code: 'MissingRequiredField', message: 'private@contoso.example', resource: 'ticket', field: 'summary' },
        ],
      },
      code: 'MissingRequiredField.summary',
    },
    {
      what: 'a refused login',
      status: 401,
      body: { code: 'Unauthorized', message: 'x' },
      code: 'Unauthorized',
      says: 'keys',
    },
    {
      what: 'a role that may not',
      status: 403,
      body: { code: 'Forbidden', message: 'x' },
      code: 'Forbidden',
      says: 'Service Tickets',
    },
    {
      what: 'a record that is gone',
      status: 404,
      body: { code: 'NotFound', message: 'Contact 1 not found' },
      code: 'NotFound',
    },
  ])('tell $what by its code, and hold neither body nor key', async ({ status, body, code, says }) => {
    const { connectWise } = await failing(refusal(status, body));
    const error = await caughtFrom(findTicket(connectWise, holdout));
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect(error).toMatchObject({ call: { status, vendorCode: code, path: '/service/tickets' } });
    expect((error as VendorRefusedError).userMessage ?? '').toContain(says ?? '');
    expect(JSON.stringify([error, String(error)])).not.toMatch(/private@|pub:|Basic/);
  });

  const recorded = (name: string) =>
    new URL(`../../../shared/contracts/vendors/connectwise.error.${name}.json`, import.meta.url);
  it.skipIf(!existsSync(recorded('404-record'))).each([
    { name: '400-missing-field', status: 400, code: 'MissingRequiredField.firstName' },
    { name: '404-endpoint', status: 404, code: 'ConnectWiseApi' },
    { name: '404-record', status: 404, code: 'NotFound' },
  ])('are read as recorded: $name (skipped without the contracts)', async ({ name, status, code }) => {
    const { connectWise } = await failing({
      status,
      json: JSON.parse(readFileSync(recorded(name), 'utf8')) as unknown,
    });
    await expect(findTicket(connectWise, holdout)).rejects.toMatchObject({ call: { status, vendorCode: code } });
  });

  it.each(UNBELIEVABLE)('stop at $what', async ({ reply }) => {
    const { connectWise } = await failing(reply);
    await expect(findTicket(connectWise, holdout)).rejects.toBeInstanceOf(VendorBrokenError);
  });

  it.each([{ json: { id: 1 } }, { json: [{ id: 'one' }] }, { json: [null] }])(
    'stop at another shape: %j',
    async (reply) => {
      const { connectWise } = await failing(reply);
      await expect(findTicket(connectWise, holdout)).rejects.toBeInstanceOf(VendorBrokenError);
    },
  );

  it('ask a read again after a fault', async () => {
    const vendor = createConnectWiseDouble();
    vendor.next(/^GET .*tickets/, { status: 500, json: { message: 'timeout' } });
    const { connectWise } = await start({ vendor });
    expect(await findTicket(connectWise, holdout)).toBeNull();
  });
});

describe('a callback', () => {
  const wanted = {
    url: 'https://bot.contoso.example/callbacks/connectwise',
    type: 'ticket',
    level: 'board',
    objectId: 1,
    description: 'MFA rollout',
  } as const;

  it('is asked for once, with the place for the record’s id at the end and without our own writes', async () => {
    const { connectWise, vendor } = await start();
    expect(await ensureCallback(connectWise, wanted)).toEqual({ created: true });
    expect(await ensureCallback(connectWise, wanted)).toEqual({ created: false });
    expect(vendor.collection('/system/callbacks')).toMatchObject([
      { url: `${wanted.url}?recordId=`, payloadVersion: '3.0.0', isSelfSuppressedFlag: true, objectId: 1 },
    ]);
  });

  it('that ConnectWise already has is no failure', async () => {
    const { connectWise, vendor } = await start();
    const exists = { code: 'InvalidObject', message: 'x', errors: [{ code: 'ObjectExists', field: 'objectId' }] };
    vendor.next(/^POST/, refusal(400, exists));
    expect(await ensureCallback(connectWise, wanted)).toEqual({ created: false });
  });

  it.each(['nowhere', 'https://x.example/?a=b', 'https://x.example/#a'])('is not asked for at %s', async (url) => {
    const { connectWise } = await start();
    await expect(ensureCallback(connectWise, { ...wanted, url })).rejects.toMatchObject({ code: 'bad_callback_url' });
  });
});

describe('a delivery', () => {
  type Change = { keyUrl?: string; entity?: string | null; company?: string; action?: string };
  async function startVerifier(settings: Partial<ConnectWiseSettings> = {}) {
    const bench = await start({ settings });
    const verifier = createCallbackVerifier(bench.connectWise, { clock: bench.clock });
    const keyUrl = `${bench.double.url}/v2025_1//system/callbackkey/index.rails?companyName=contoso&id=k1`;
    const body = (change: Change = {}) =>
      JSON.stringify({
        Action: change.action ?? 'updated',
        CompanyId: change.company ?? 'Contoso',
        Entity: change.entity === undefined ? JSON.stringify({ id: 57, recordType: 'ServiceTicket' }) : change.entity,
        ID: 57,
        MessageId: 'm-1',
        Metadata: { key_url: change.keyUrl ?? keyUrl },
        Type: 'ticket',
      });
    const verify = (text: string, signature: string | undefined = signatureOf(text, 'test-signing-key')) =>
      verifier.verify({ rawBody: Buffer.from(text), signature });
    const keyRequests = () => bench.double.arrived.filter(({ path }) => path.includes('callbackkey'));
    return { ...bench, body, verify, keyUrl, keyRequests };
  }

  it('that is signed over its raw bytes is believed, and its key is fetched once', async () => {
    const { body, verify, keyRequests } = await startVerifier();
    // Other spacing is another body: what counts are the bytes.
    const spaced = body().replace('{', '{ ');
    expect(await verify(spaced)).toEqual({
      ok: true,
      delivery: {
        action: 'updated',
        type: 'ticket',
        recordId: 57,
        messageId: 'm-1',
        entity: { id: 57, recordType: 'ServiceTicket' },
      },
    });
    expect(await verify(body({ action: 'deleted', entity: null }))).toMatchObject({
      ok: true,
      delivery: { entity: null },
    });
    expect(keyRequests()).toHaveLength(1);
    expect(keyRequests()[0]?.headers).toMatchObject({ clientid: 'client-guid' });
    expect(keyRequests()[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    { what: 'a changed byte', sign: (text: string) => signatureOf(`${text} `, 'test-signing-key') },
    { what: 'another key', sign: (text: string) => signatureOf(text, 'wrong') },
    { what: 'no signature at all', sign: () => 'AAAA' },
  ])('with $what is refused', async ({ sign }) => {
    const { body, verify } = await startVerifier();
    expect(await verify(body(), sign(body()))).toEqual({ ok: false, reason: 'badSignature' });
  });

  it('without a signature is refused before anything is asked', async () => {
    const { body, verify, double } = await startVerifier();
    expect(await verify(body(), '')).toEqual({ ok: false, reason: 'unsigned' });
    expect(double.arrived).toEqual([]);
  });

  it.each([
    'https://attacker.example/system/callbackkey/index.rails?companyName=contoso&id=k1',
    'SELF/elsewhere?companyName=contoso&id=k1',
    'SELF/system/callbackkey/index.rails?companyName=other&id=k1',
    'SELF/system/callbackkey/index.rails?companyName=contoso&CompanyName=other&id=k1',
    'SELF/system/callbackkey/../../elsewhere?companyName=contoso',
    'not an address',
  ])('whose key comes from %s is refused without asking there', async (text) => {
    const { body, verify, double } = await startVerifier();
    const keyUrl = text.replace('SELF', double.url);
    expect(await verify(body({ keyUrl }))).toEqual({ ok: false, reason: 'foreignKey' });
    expect(double.arrived).toEqual([]);
  });

  it.each(['https://127.0.0.1:1@attacker.example', 'http://USER@SELF'])(
    'whose key address hides its host is refused: %s',
    async (text) => {
      const { body, verify, double } = await startVerifier();
      const keyUrl = `${text.replace('SELF', double.url.slice(8))}/system/callbackkey/index.rails?companyName=contoso`;
      expect(await verify(body({ keyUrl }))).toEqual({ ok: false, reason: 'foreignKey' });
      expect(double.arrived).toEqual([]);
    },
  );

  it('of another company is refused, even from the same server', async () => {
    const { body, verify, double } = await startVerifier();
    expect(await verify(body({ company: 'Fabrikam' }))).toEqual({ ok: false, reason: 'otherCompany' });
    expect(double.arrived).toEqual([]);
  });

  it.each(['', 'no json', '[]', '{"Action":"updated"}'])('that is no delivery is refused: %j', async (text) => {
    const { verify } = await startVerifier();
    expect(await verify(text)).toEqual({ ok: false, reason: 'malformed' });
  });

  it('whose record cannot be read is refused, signed or not', async () => {
    const { body, verify } = await startVerifier();
    expect(await verify(body({ entity: '{"id":' }))).toEqual({ ok: false, reason: 'malformed' });
  });

  it('is believed after the key was changed', async () => {
    const { body, verify, vendor } = await startVerifier();
    expect((await verify(body())).ok).toBe(true);
    vendor.keys.set('k1', 'second-key');
    expect((await verify(body(), signatureOf(body(), 'second-key'))).ok).toBe(true);
    expect((await verify(body())).ok).toBe(false);
  });

  it('that is forged has no keys fetched without end, and holds up no delivery whose key is known', async () => {
    const { body, verify, keyUrl, keyRequests, clock } = await startVerifier();
    expect((await verify(body())).ok).toBe(true);
    const forged = Array.from({ length: 20 }, (_, index) => body({ keyUrl: keyUrl.replace('id=k1', `id=f${index}`) }));
    const answers = [];
    for (const text of forged) answers.push(await verify(text));
    expect(answers.at(-1)).toEqual({ ok: false, reason: 'tooManyKeys' });
    expect(keyRequests().length).toBeLessThanOrEqual(5);
    expect((await verify(body())).ok).toBe(true);
    clock.advance(60_000);
    expect(await verify(forged[0] ?? '')).toEqual({ ok: false, reason: 'badSignature' });
  });

  it('throws where the key cannot be had, so that it is not taken for accepted', async () => {
    const { body, verify, vendor } = await startVerifier();
    vendor.next(/callbackkey/, { headers: { 'content-type': 'text/html' }, raw: '<html>' });
    await expect(verify(body())).rejects.toBeInstanceOf(VendorBrokenError);
  });

  const vectors = new URL('../../../shared/contracts/vendors/signature.vectors.json', import.meta.url);
  it.skipIf(!existsSync(vectors))('is signed as the contracts say (skipped without them)', () => {
    const vector = z.object({ connectwise: z.object({ body: z.string(), signature: z.string() }) });
    const { connectwise } = vector.parse(JSON.parse(readFileSync(vectors, 'utf8')));
    expect(signatureOf(connectwise.body, 'test-signing-key')).toBe(connectwise.signature);
  });
});
