/** The product's client of ConnectWise in front of the sandbox's, where sites differ from one another. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CONNECTWISE_OPTIONS } from '../../src/sandbox/connectwise/options.ts';
import { ensureCallback } from '../../src/services/psa/connectwise/callbacks.ts';
import { ensurePhase, ensureProject, updatePhase, updateProject } from '../../src/services/psa/connectwise/projects.ts';
import { ensureTicket, findTicket, updateTicket } from '../../src/services/psa/connectwise/tickets.ts';
import { type PsaCaller, psaCaller } from '../support/connectwise-client.ts';
import { buildWorld } from '../support/sandbox-tenant.ts';
import { startSandboxVendors } from '../support/sandbox-vendors.ts';

let at: Awaited<ReturnType<typeof startSandboxVendors>>;
let psa: PsaCaller;

beforeAll(async () => {
  at = await startSandboxVendors(buildWorld());
  psa = psaCaller(at.sandbox);
});
afterAll(() => at.end());
beforeEach(() => at.sandbox.manual.advance(61_000));
afterEach(() => at.sandbox.record({ type: 'connectwise.options.set', options: DEFAULT_CONNECTWISE_OPTIONS }));

const FIELDS = [
  { id: 7, caption: 'Contract', type: 'Text', value: 'gold' },
  { id: 8, caption: 'Site', type: 'Text' },
];
const set = (options: Record<string, unknown>) =>
  at.sandbox.control('/connectwise/options', { method: 'POST', body: options });

async function made(path: string, body: Record<string, unknown>): Promise<number> {
  const reply = await psa(path, { method: 'POST', body: { customFields: FIELDS, ...body } });
  expect(reply.status).toBe(201);
  return Number(reply.at('id'));
}

const PROJECT = {
  name: 'MFA rollout',
  company: { id: 101 },
  board: { id: 3 },
  billingMethod: 'ActualRates',
  estimatedStart: '2026-03-02T00:00:00Z',
  estimatedEnd: '2026-04-30T00:00:00Z',
};

describe('a site that wants custom fields named in every patch', () => {
  it('has its ticket, project and phase changed, and every custom field keeps its value', async () => {
    const ticketId = await made('/service/tickets', { summary: 'MFA' });
    const projectId = await made('/project/projects', PROJECT);
    const phaseId = await made(`/project/projects/${projectId}/phases`, { description: 'Sales', wbsCode: 'MFA-1' });
    await set({ customFieldsInPatch: true });
    const connectWise = at.connectWise();
    const closing = await updateTicket(connectWise, { kind: 'service', ticketId, changes: { status: { id: 15 } } });
    expect(closing).toMatchObject({ ok: true, ticket: { closedFlag: true, customFields: FIELDS } });
    const held = await updateProject(connectWise, { projectId, changes: { status: { id: 3 } } });
    expect(held).toMatchObject({ status: { name: 'On-Hold' }, customFields: FIELDS });
    const done = await updatePhase(connectWise, { projectId, phaseId, changes: { status: { id: 2 } } });
    expect(done).toMatchObject({ status: { name: 'Closed' }, customFields: FIELDS });
  });

  it('still refuses what is wrong besides, and a ticket without custom fields as well', async () => {
    const ticketId = await made('/service/tickets', { summary: 'MFA' });
    const plainId = await made('/service/tickets', { summary: 'MFA', customFields: [] });
    await set({ customFieldsInPatch: true });
    const changes = { status: { id: 999 } };
    for (const id of [ticketId, plainId]) {
      const update = updateTicket(at.connectWise(), { kind: 'service', ticketId: id, changes });
      await expect(update).rejects.toMatchObject({ call: { status: 400, vendorCode: 'InvalidField.status' } });
    }
  });
});

describe('the address in the customer file', () => {
  it('may be the one of the API, with a codebase that has moved since', async () => {
    const baseUrl = `${at.sandbox.urls.connectwise}/v2019_3/apis/3.0/`;
    const holdout = { kind: 'service', externalXRef: 'holdout:base', summary: 'Not enrolled' } as const;
    expect((await ensureTicket(at.connectWise({ baseUrl }), holdout)).created).toBe(true);
    expect(await findTicket(at.connectWise(), holdout)).not.toBeNull();
  });
});

describe('a site that answers wrong keys with 404', () => {
  it('is told with what to check', async () => {
    await set({ wrongKeyStatus: 404 });
    const finding = findTicket(at.connectWise({ privateKey: 'wrong' }), { kind: 'service', externalXRef: 'x' });
    await expect(finding).rejects.toMatchObject({
      call: { status: 404 },
      userMessage: expect.stringMatching(/company id and the API keys/) as unknown,
    });
  });
});

describe('a site that refuses forward-only pages', () => {
  it('is read all the same', async () => {
    const holdout = { kind: 'service', externalXRef: 'holdout:pages', summary: 'Not enrolled' } as const;
    await ensureTicket(at.connectWise(), holdout);
    await set({ forwardOnly: 'refused' });
    expect((await ensureTicket(at.connectWise(), holdout)).created).toBe(false);
  });
});

describe('a callback that somebody has switched off', () => {
  it('is not taken for one that delivers', async () => {
    const url = 'https://rollout.example/api/connectwise/1';
    const wanted = { url, type: 'ticket', level: 'owner', objectId: 1, description: 'MFA rollout' } as const;
    const body = { url: `${url}?recordId=`, type: 'ticket', level: 'owner', objectId: 1, inactiveFlag: true };
    expect((await psa('/system/callbacks', { method: 'POST', body })).status).toBe(201);
    await expect(ensureCallback(at.connectWise(), wanted)).rejects.toMatchObject({
      code: 'vendor_refused',
      userMessage: expect.stringMatching(/switched our callback off/) as unknown,
    });
  });
});

describe('a ticket of a project', () => {
  it('is made once for its reference, which it keeps as its code', async () => {
    const connectWise = at.connectWise();
    const projectId = await made('/project/projects', PROJECT);
    const holdout = { kind: 'project', externalXRef: 'holdout:u-1', summary: 'Not enrolled', projectId } as const;
    const first = await ensureTicket(connectWise, holdout);
    expect(first).toMatchObject({ created: true, ticket: { wbsCode: 'holdout:u-1', project: { id: projectId } } });
    const { ticket } = await ensureTicket(connectWise, holdout);
    expect(ticket.id).toBe(first.ticket.id);
    await expect(findTicket(connectWise, { ...holdout, externalXRef: 'x'.repeat(51) })).rejects.toMatchObject({
      code: 'bad_reference',
    });
  });
});

describe('a project and its phases', () => {
  it('are made once, whoever asks again', async () => {
    const connectWise = at.connectWise();
    const { board, company, ...rest } = PROJECT;
    const rollout = { ...rest, billingMethod: 'ActualRates', companyId: company.id, boardId: board.id } as const;
    const named = { ...rollout, name: 'MFA "rollout" of 2026' };
    const { project, created } = await ensureProject(connectWise, named);
    expect([created, (await ensureProject(connectWise, named)).created]).toEqual([true, false]);
    const sales = { projectId: project.id, wbsCode: 'MFA-1', description: 'Sales' };
    const phases = [await ensurePhase(connectWise, sales), await ensurePhase(connectWise, sales)];
    expect(phases.map((phase) => phase.created)).toEqual([true, false]);
  });
});
