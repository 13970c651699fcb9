import { createHash, createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_CONNECTWISE_OPTIONS } from '../../src/sandbox/connectwise/options.ts';
import { siteOf } from '../../src/sandbox/connectwise/site.ts';
import { type PsaCaller, psaCaller, startReceiver } from '../support/connectwise-client.ts';
import { type Reply, startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { buildCompany, buildEmployee, buildWorld } from '../support/sandbox-tenant.ts';

const world = buildWorld({ companies: [buildCompany({ employees: [1, 2, 3].map((n) => buildEmployee(n)) })] });
const site = siteOf(world);
const COMPANY = { identifier: 'contosoexample' };
let sandbox: TestSandbox;
let psa: PsaCaller;
const endings: (() => Promise<void>)[] = [];

beforeAll(async () => {
  sandbox = await startTestSandbox(world);
  psa = psaCaller(sandbox);
});
afterAll(() => sandbox.end());
beforeEach(() => sandbox.manual.advance(61_000));
afterEach(async () => {
  sandbox.faults.clear();
  sandbox.record({ type: 'connectwise.options.set', options: DEFAULT_CONNECTWISE_OPTIONS });
  for (const end of endings.splice(0)) await end();
});

function post(path: string, body: unknown) {
  return psa(path, { method: 'POST', body });
}

function patch(path: string, body: unknown) {
  return psa(path, { method: 'PATCH', body });
}

async function newTicket(set: Record<string, unknown> = {}): Promise<number> {
  const reply = await post('/service/tickets', { summary: 'MFA', company: COMPANY, ...set });
  expect(reply.status).toBe(201);
  return Number(reply.at('id'));
}

async function find(conditions: string, rest = ''): Promise<Reply> {
  return psa(`/service/tickets?conditions=${encodeURIComponent(conditions)}${rest}`);
}

async function idsOf(conditions: string): Promise<unknown[]> {
  return (await find(conditions)).rows('').map((row) => row.id);
}

function setOptions(options: Record<string, unknown>) {
  return sandbox.control('/connectwise/options', { method: 'POST', body: options });
}

/** The address of the next page, empty at the end. */
function nextOf(reply: Reply): string {
  return /<([^>]*)>; rel="next"/.exec(String(reply.headers.link))?.[1] ?? '';
}

async function callback(set: Record<string, unknown> = {}) {
  const receiver = await startReceiver();
  const body = { url: `${receiver.url}/hook?recordId=`, objectId: 0, type: 'ticket', level: 'owner', ...set };
  const made = await post('/system/callbacks', body);
  endings.push(async () => {
    await psa(`/system/callbacks/${String(made.at('id'))}`, { method: 'DELETE' });
    await receiver.stop();
  });
  return { receiver, made, body };
}

describe('the connection to ConnectWise', () => {
  test('oddity 107: company information needs no login, and an unknown company is 200 with null', async () => {
    const base = `${sandbox.urls.connectwise}/login/companyinfo`;
    const known = await sandbox.ask(`${base}/${site.company}`);
    expect([known.status, known.at('Codebase'), known.at('IsCloud')]).toEqual([200, 'v2025_1/', true]);
    const unknown = await sandbox.ask(`${base}/nobody`);
    expect([unknown.status, unknown.at()]).toEqual([200, null]);
  });

  test('oddity 108: the code base moves: addresses with the old one are 404, those with v4_6_release go on', async () => {
    expect((await psa('/system/info', { codebase: 'v2025_1' })).status).toBe(200);
    await setOptions({ codebase: 'v2026_1' });
    const gone = await psa('/system/info', { codebase: 'v2025_1' });
    expect([gone.status, gone.at()]).toEqual([
      404,
      { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' },
    ]);
    expect((await psa('/system/info', { codebase: 'v2026_1' })).at('version')).toBe('2026.1.0');
    expect((await psa('/system/info')).status).toBe(200);
    const info = await sandbox.ask(`${sandbox.urls.connectwise}/login/companyinfo/${site.company}`);
    expect(info.at('Codebase')).toBe('v2026_1/');
  });

  test('oddity 109: a wrong key is 401, at some sites 404; without clientId it is 403', async () => {
    const key = `${site.company}+${site.publicKey}:wrong`;
    expect((await psa('/system/info', { key })).at('code')).toBe('Unauthorized');
    expect((await psa('/system/info', { key: null })).status).toBe(401);
    expect((await psa('/system/info', { headers: { clientid: 'another' } })).status).toBe(403);
    await setOptions({ wrongKeyStatus: 404 });
    expect((await psa('/system/info', { key })).status).toBe(404);
  });

  test('oddity 110: the version is pinned in Accept and comes back in the type of the answer', async () => {
    const pinned = 'application/vnd.connectwise.com+json; version=2022.1';
    const reply = await psa('/system/info', { headers: { accept: pinned } });
    expect([reply.headers['content-type'], reply.headers['api-current-version']]).toEqual([pinned, '2025.1']);
    for (const accept of [pinned.replace('2022', '2016'), pinned.replace('2022.1', 'x')]) {
      expect((await psa('/system/info', { headers: { accept } })).status).toBe(406);
    }
    expect((await psa('/system/info')).headers['content-type']).toBe('application/json');
  });

  test('oddity 111: too many requests in a minute are 429 with Retry-After', async () => {
    await setOptions({ requestsPerMinute: 2 });
    const replies = [await psa('/system/info'), await psa('/system/info'), await psa('/system/info')];
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 429]);
    expect(replies[2]?.headers['retry-after']).toBe('60');
    sandbox.manual.advance(60_000);
    expect((await psa('/system/info')).status).toBe(200);
  });
});

describe('lists', () => {
  test('oddity 112: conditions know and, or, parentheses, not, references by slash, texts without case', async () => {
    const ids = [
      await newTicket({ summary: 'List a', severity: 'High' }),
      await newTicket({ summary: 'LIST B', externalXRef: 'x"y' }),
      await newTicket({ summary: 'List c', severity: 'Low' }),
    ];
    const [a, b, c] = ids;
    const rows: [string, unknown[]][] = [
      ['summary contains "list"', [a, b, c]],
      ["summary like 'list %' and severity != 'low'", [a, b]],
      ['summary like "LIST*" and (severity="High" or severity="Low")', [a, c]],
      ['summary contains "list" and severity not in ("Low", "High")', [b]],
      ['externalXRef="x\\"y"', [b]],
      [`id in (${a},${c}) and company/identifier="CONTOSOEXAMPLE" and closedFlag=false`, [a, c]],
      [`summary contains "list" and board/id=1 and contact/id = null and id>${a}`, [b, c]],
    ];
    for (const [conditions, expected] of rows)
      expect([conditions, await idsOf(conditions)]).toEqual([conditions, expected]);
    for (const bad of ['summary', 'summary="a" and', 'nonsense=1', 'id in 3', 'summary ~ "a"']) {
      const reply = await find(bad);
      expect([bad, reply.status, reply.at('code')]).toEqual([bad, 400, 'InvalidObject']);
    }
    expect((await psa(`/service/tickets/count?conditions=id in (${a},${b})`)).at()).toEqual({ count: 2 });
  });

  test('oddity 113: a date stands in brackets in UTC and is found in _info', async () => {
    const before = await newTicket({ summary: 'Dated' });
    sandbox.manual.advance(10_000);
    const at = new Date(sandbox.now()).toISOString();
    const after = await newTicket({ summary: 'Dated' });
    expect(await idsOf(`summary="Dated" and lastUpdated>=[${at}]`)).toEqual([after]);
    expect(await idsOf(`summary="Dated" and _info/lastUpdated<[${at}]`)).toEqual([before]);
    expect((await find('lastUpdated>[yesterday]')).status).toBe(400);
  });

  test('oddity 114: a contact is found by mail through childConditions', async () => {
    const child =
      'communicationItems/value="PERSON.2@contoso-example.com" and communicationItems/communicationType="Email"';
    const found = await psa(`/company/contacts?childConditions=${encodeURIComponent(child)}`);
    expect(found.rows('')).toMatchObject([{ firstName: 'Person', lastName: '2', company: COMPANY }]);
    const none = child.replace('"Email"', '"Fax"');
    expect((await psa(`/company/contacts?childConditions=${encodeURIComponent(none)}`)).at()).toEqual([]);
    const list = 'communicationItems/value in ("a")';
    expect((await psa(`/company/contacts?childConditions=${encodeURIComponent(list)}`)).status).toBe(400);
  });

  test('oddity 115: a page has 25 rows, 1,000 at most without a word, and nothing beyond the end', async () => {
    for (let n = 0; n < 30; n += 1) await newTicket({ summary: `Page ${n}`, poNumber: 'pages' });
    const first = await find('poNumber="pages"', '&orderBy=id desc');
    expect(
      first
        .rows('')
        .map((row) => row.summary)
        .slice(0, 2),
    ).toEqual(['Page 29', 'Page 28']);
    expect(first.rows('')).toHaveLength(25);
    const second = await psa(nextOf(first));
    expect(second.rows('')).toHaveLength(5);
    expect(String(second.headers.link)).toMatch(/rel="first".*rel="prev"/);
    expect((await find('poNumber="pages"', '&page=9')).at()).toEqual([]);
    expect((await find('poNumber="pages"', '&pageSize=5000')).rows('')).toHaveLength(30);
  });

  test('oddity 116: forward-only pages go by the last id, take no order and end with an empty link', async () => {
    for (let n = 0; n < 5; n += 1) await newTicket({ poNumber: 'forward' });
    const headers = { 'pagination-type': 'forward-only' };
    const path = `/service/tickets?conditions=${encodeURIComponent('poNumber="forward"')}&pageSize=2`;
    const seen: unknown[] = [];
    let reply = await psa(path, { headers });
    for (;;) {
      seen.push(...reply.rows('').map((row) => row.id));
      if (seen.length === 2) await newTicket({ poNumber: 'forward' });
      const next = nextOf(reply);
      if (next === '') break;
      expect(String(reply.headers.link)).not.toContain('rel="last"');
      reply = await psa(next, { headers });
    }
    expect(reply.headers.link).toBe('');
    expect(new Set(seen).size).toBe(6);
    expect((await psa(`${path}&orderBy=id`, { headers })).status).toBe(400);
    await setOptions({ forwardOnly: false });
    expect(String((await psa(path, { headers })).headers.link)).toContain('rel="last"');
    await setOptions({ forwardOnly: 'refused' });
    expect([(await psa(path, { headers })).status, (await psa(path)).status]).toEqual([400, 200]);
  });

  test('oddity 117: fields drops _info unless it is named', async () => {
    const id = await newTicket();
    expect((await psa(`/service/tickets/${id}?fields=id,status/name`)).at()).toEqual({ id, status: { name: 'New' } });
    expect((await find(`id=${id}`, '&fields=id,_info/lastUpdated')).rows('')[0]).toHaveProperty('_info.lastUpdated');
  });

  test('oddity 118: a search takes its keys in lower case and ignores them in any other', async () => {
    const id = await newTicket({
      externalXRef: 'searched',
      customFields: [{ id: 7, caption: 'Rollout', value: 'wave 1' }],
    });
    const search = async (body: unknown) => (await post('/service/tickets/search', body)).rows('').map((row) => row.id);
    expect(await search({ conditions: 'externalXRef="searched"' })).toEqual([id]);
    const custom = 'caption="Rollout" and value="wave 1"';
    expect(await search({ customfieldconditions: custom })).toEqual([id]);
    expect((await search({ customFieldConditions: custom })).length).toBeGreaterThan(1);
  });
});

describe('tickets', () => {
  test('oddity 119: what is wrong is told with resource and field; a summary has 100 characters', async () => {
    const missing = await post('/service/tickets', { company: COMPANY });
    expect([missing.status, missing.at('message')]).toEqual([400, 'ticket object is invalid']);
    const required = { code: 'MissingRequiredField', message: 'The summary field is required.' };
    expect(missing.at('errors')).toEqual([{ ...required, resource: 'ticket', field: 'summary' }]);
    const long = await post('/service/tickets', { summary: 'x'.repeat(101), company: { id: 9 }, severity: 'Huge' });
    expect((long.at('errors') as { field: string }[]).map((error) => error.field)).toEqual([
      'summary',
      'severity',
      'company',
    ]);
    const absent = await psa('/service/tickets/99');
    expect([absent.status, absent.at()]).toEqual([404, { code: 'NotFound', message: 'Ticket 99 not found' }]);
  });

  test('oddity 120: the first description becomes a note and is never given back', async () => {
    const made = await post('/service/tickets', {
      summary: 'A',
      initialDescription: 'seen',
      initialInternalAnalysis: 'hidden',
    });
    expect(made.at()).not.toHaveProperty('initialDescription');
    const notes = (await psa(`/service/tickets/${String(made.at('id'))}/notes`)).rows('');
    expect(notes).toMatchObject([
      { text: 'seen', detailDescriptionFlag: true, internalAnalysisFlag: false, createdBy: site.member },
      { text: 'hidden', detailDescriptionFlag: false, internalAnalysisFlag: true },
    ]);
  });

  test('oddity 121: equal posts make two tickets; a lost answer leaves the ticket there', async () => {
    const body = { summary: 'Holdout', externalXRef: 'key-1' };
    sandbox.faults.put({
      id: 'l',
      vendor: 'connectwise',
      template: '/service/tickets',
      cut: 'before',
      afterEffect: true,
      times: 1,
    });
    await expect(post('/service/tickets', body)).rejects.toThrow();
    expect(await idsOf('externalXRef="key-1"')).toHaveLength(1);
    await post('/service/tickets', body);
    expect(await idsOf('externalXRef="key-1"')).toHaveLength(2);
    sandbox.faults.put({ id: 's', vendor: 'connectwise', template: '*', status: 500, times: 1 });
    const failed = await post('/service/tickets', body);
    expect([failed.status, String(failed.at('message')).includes('timeout')]).toEqual([500, true]);
    expect(await idsOf('externalXRef="key-1"')).toHaveLength(2);
  });

  test('oddity 122: a status belongs to its board: the same name has another id on each', async () => {
    const named = async (board: number) =>
      (await psa(`/service/boards/${board}/statuses?conditions=name="In Progress"`)).rows('')[0]?.id;
    expect(await named(1)).not.toBe(await named(2));
    const id = await newTicket({ board: { name: 'Help Desk' } });
    const foreign = await patch(`/service/tickets/${id}`, [
      { op: 'replace', path: 'status', value: { id: await named(2) } },
    ]);
    expect([foreign.status, foreign.at('errors/0/field')]).toEqual([400, 'status']);
    const moved = await patch(`/service/tickets/${id}`, [{ op: 'replace', path: 'board', value: { id: 2 } }]);
    expect([moved.at('board/name'), moved.at('status/name'), moved.at('status/id')]).toEqual(['Monitoring', 'New', 21]);
  });

  test('oddity 123: closedFlag follows the setting of the status, not its name', async () => {
    const id = await newTicket();
    const move = (name: string) =>
      patch(`/service/tickets/${id}`, [{ op: 'replace', path: 'status', value: { name } }]);
    expect((await move('Completed')).at('closedFlag')).toBe(false);
    const closed = await move('>Closed');
    expect([closed.at('closedFlag'), closed.at('closedBy')]).toEqual([true, site.member]);
    expect((await move('In Progress')).at()).not.toHaveProperty('closedDate');
  });

  test('oddity 124: patch paths stand with and without slash and with their case', async () => {
    const path = `/service/tickets/${await newTicket()}`;
    expect((await patch(path, [{ op: 'replace', path: 'summary', value: 'bare' }])).at('summary')).toBe('bare');
    expect((await patch(path, [{ op: 'replace', path: '/summary', value: 'slash' }])).at('summary')).toBe('slash');
    const field = { id: 7, caption: 'Rollout', value: 'a' };
    await patch(path, [{ op: 'add', path: '/customFields/0', value: field }]);
    const changed = await patch(path, [{ op: 'replace', path: '/customFields/0/value', value: 'b' }]);
    expect(changed.at('customFields')).toEqual([{ ...field, value: 'b' }]);
    expect((await patch(path, [{ op: 'remove', path: 'customFields' }])).at()).not.toHaveProperty('customFields');
    for (const operations of [
      [{ op: 'replace', path: 'Summary', value: 'x' }],
      [{ op: 'remove', path: 'summary' }],
      [{ op: 'replace', path: '/customFields/4/value', value: 'x' }],
      { summary: 'x' },
      [{ op: 'move', path: 'summary', value: 'x' }],
    ]) {
      expect((await patch(path, operations)).status).toBe(400);
    }
    expect((await psa(path)).at('summary')).toBe('slash');
  });

  test('oddity 125: a reference is replaced whole; a patch of its identifier is 200 and changes nothing', async () => {
    const path = `/service/tickets/${await newTicket()}`;
    const reply = await patch(path, [{ op: 'replace', path: 'company/identifier', value: 'another' }]);
    expect([reply.status, reply.at('company/identifier')]).toEqual([200, 'contosoexample']);
    const contacts = (await psa('/company/contacts?orderBy=id')).rows('');
    const whole = await patch(path, [{ op: 'replace', path: 'contact', value: { id: contacts[1]?.id } }]);
    expect([whole.at('contact/name'), whole.at('contactEmailAddress')]).toEqual([
      'Person 2',
      'person.2@contoso-example.com',
    ]);
  });

  test('oddity 126: a ticket with custom fields can refuse a patch that does not name them', async () => {
    const path = `/service/tickets/${await newTicket({ customFields: [{ id: 7, value: 'a' }] })}`;
    await setOptions({ customFieldsInPatch: true });
    const summary = { op: 'replace', path: 'summary', value: 'x' };
    expect((await patch(path, [summary])).at('errors/0/field')).toBe('customFields');
    const custom = { op: 'replace', path: 'customFields', value: [{ id: 7, value: 'a' }] };
    expect((await patch(path, [summary, custom])).status).toBe(200);
    const none = { op: 'replace', path: 'customFields', value: [] };
    expect((await patch(path, [summary, none])).at('customFields')).toEqual([{ id: 7, value: 'a' }]);
    await setOptions({ customFieldsInPatch: false });
    expect((await patch(path, [summary])).status).toBe(200);
  });

  test('oddity 127: nothing tells two writers apart but lastUpdated; the last one wins', async () => {
    const path = `/service/tickets/${await newTicket()}`;
    const read = await psa(path);
    expect(read.headers).not.toHaveProperty('etag');
    sandbox.manual.advance(2000);
    await patch(path, [{ op: 'replace', path: 'summary', value: 'first' }]);
    const last = await patch(path, [{ op: 'replace', path: 'summary', value: 'second' }]);
    expect(last.at('summary')).toBe('second');
    expect(last.at('_info/lastUpdated')).not.toBe(read.at('_info/lastUpdated'));
    expect(last.at('_info/dateEntered')).toBe(read.at('_info/dateEntered'));
  });

  test('oddity 128: who sees a note is said by its flags, and a note without one is shown to nobody', async () => {
    const id = await newTicket();
    const note = async (body: unknown) => post(`/service/tickets/${id}/notes`, body);
    const reply = await note({ text: 'Hello', detailDescriptionFlag: true, processNotifications: true });
    expect([reply.status, reply.at('detailDescriptionFlag'), reply.at('internalFlag')]).toEqual([201, true, false]);
    expect((await note({ text: 'Note' })).at('detailDescriptionFlag')).toBe(false);
    expect((await note({})).at('errors/0/field')).toBe('text');
    expect((await psa(`/service/tickets/${id}/notes/count`)).at('count')).toBe(2);
    expect((await psa('/service/tickets/99/notes')).status).toBe(404);
  });

  test('oddity 129: a project wants a project board, a company, dates in UTC and a billing method; phases have own statuses', async () => {
    const project = {
      name: 'MFA rollout',
      board: { name: 'Projects' },
      company: COMPANY,
      billingMethod: 'ActualRates',
      estimatedStart: '2026-03-02T00:00:00Z',
      estimatedEnd: '2026-04-30T00:00:00Z',
    };
    const bare = await post('/project/projects', { name: 'x' });
    expect((bare.at('errors') as { field: string }[]).map((error) => error.field)).toEqual([
      ...['board', 'company', 'billingMethod', 'estimatedStart', 'estimatedEnd'],
    ]);
    expect((await post('/project/projects', { ...project, board: { id: 1 } })).at('errors/0/field')).toBe('board');
    const made = await post('/project/projects', project);
    expect([made.status, made.at('status/name')]).toEqual([201, 'Open']);
    const id = Number(made.at('id'));
    const phases = `/project/projects/${id}/phases`;
    const phase = await post(phases, { description: 'Sales', wbsCode: '1' });
    expect([phase.status, phase.at('projectId'), phase.at('board/name')]).toEqual([201, id, 'Projects']);
    const closed = await patch(`${phases}/${String(phase.at('id'))}`, [
      { op: 'replace', path: 'status', value: { id: 2 } },
    ]);
    expect(closed.at('status/name')).toBe('Closed');
    const holdout = { summary: 'Person 1', project: { id }, phase: { id: phase.at('id') } };
    const ticket = await post('/project/tickets', holdout);
    expect([ticket.at('recordType'), ticket.at('phase/name')]).toEqual(['ProjectTicket', 'Sales']);
    expect((await psa(`/service/tickets/${String(ticket.at('id'))}`)).status).toBe(404);
    expect((await psa(`/project/tickets?conditions=project/id=${id}`)).rows('')).toHaveLength(1);
    expect((await post(`/project/projects/${id}/notes`, { text: 'n' })).status).toBe(201);
    expect((await post('/project/projects/9/phases', { description: 'x' })).status).toBe(404);
  });

  test('oddity 200: a ticket of a project keeps no external reference and no severity, but a code of its own', async () => {
    const sent = { summary: 'x', externalXRef: 'ours', severity: 'High', wbsCode: '1.1', project: null };
    const made = await post('/project/tickets', sent);
    expect([made.status, made.at('wbsCode')]).toEqual([201, '1.1']);
    for (const field of ['externalXRef', 'severity', 'impact']) expect(made.at()).not.toHaveProperty(field);
    const where = (conditions: string) => psa(`/project/tickets?conditions=${encodeURIComponent(conditions)}`);
    expect((await where('externalXRef="ours"')).status).toBe(400);
    expect((await where('wbsCode="1.1"')).rows('')).toMatchObject([{ id: made.at('id') }]);
    expect((await post('/service/tickets', { ...sent, company: COMPANY })).at()).not.toHaveProperty('wbsCode');
  });

  test('oddity 130: tickets arrive by themselves, from contacts and from strangers, and customers answer', async () => {
    const mail = { from: 'Person.1@contoso-example.com', summary: 'No phone', description: 'I have none.' };
    const opened = await sandbox.control('/connectwise/tickets', { method: 'POST', body: mail });
    expect(opened.at('contact/name')).toBe('Person 1');
    const id = Number(opened.at('id'));
    expect((await psa(`/service/tickets/${id}/notes`)).rows('')).toMatchObject([
      { text: 'I have none.', contact: { name: 'Person 1' }, customerUpdatedFlag: true, createdBy: 'EmailConnector' },
    ]);
    const reply = { from: mail.from, text: 'Still none.' };
    expect((await sandbox.control(`/connectwise/tickets/${id}`, { method: 'POST', body: reply })).status).toBe(204);
    expect((await psa(`/service/tickets/${id}`)).at('customerUpdatedFlag')).toBe(true);
    await sandbox.control(`/connectwise/tickets/${id}`, { method: 'POST', body: { status: '>Closed' } });
    const closed = await psa(`/service/tickets/${id}`);
    expect([closed.at('closedFlag'), closed.at('_info/updatedBy')]).toEqual([true, 'Technician1']);
    const stranger = { ...mail, from: 'stranger@elsewhere.example' };
    const unknown = await sandbox.control('/connectwise/tickets', { method: 'POST', body: stranger });
    expect(unknown.at('contactEmailAddress')).toBe('stranger@elsewhere.example');
    expect(unknown.at()).not.toHaveProperty('contact');
    const bad = await sandbox.control('/connectwise/tickets/5', { method: 'POST', body: { status: 'New' } });
    expect(bad.status).toBe(400);
  });
});

describe('callbacks', () => {
  test('oddity 131: level and address are checked, objectId 0 is kept as 1, a second one is ObjectExists', async () => {
    const bad = await post('/system/callbacks', { url: 'nowhere', objectId: 0, type: 'ticket', level: 'planet' });
    expect((bad.at('errors') as { field: string }[]).map((error) => error.field)).toEqual(['url', 'level']);
    const { made, body } = await callback();
    expect([made.status, made.at('objectId'), made.at('memberId')]).toEqual([201, 1, site.memberId]);
    const again = await post('/system/callbacks', body);
    expect(again.at('errors/0')).toEqual({
      code: 'ObjectExists',
      message: 'A matching callback entry already exists',
      resource: 'callbackEntry',
      field: 'objectId',
    });
  });

  test('oddity 132: the record’s id is put behind the address as it stands, the entity is JSON in a text', async () => {
    const { receiver, made } = await callback();
    const id = await newTicket({ summary: 'Told' });
    await psa(`/service/tickets/${id}`, { method: 'DELETE' });
    await receiver.until(2);
    const [added, deleted] = receiver.heard;
    expect(added?.path).toBe(`/hook?recordId=${id}`);
    expect(added?.json).toMatchObject({ Action: 'added', ID: id, Type: 'ticket', CallbackObjectRecId: made.at('id') });
    expect(JSON.parse(String(added?.json.Entity))).toMatchObject({ id, summary: 'Told', recordType: 'ServiceTicket' });
    expect(deleted?.json).toMatchObject({ Action: 'deleted', Entity: null, ID: id });
  });

  test('oddity 133: the signature covers the raw body with the hashed key, which lies at the site’s own host', async () => {
    const { receiver } = await callback();
    await newTicket();
    await receiver.until(1);
    const [heard] = receiver.heard;
    const metadata = heard?.json.Metadata as { key_url: string };
    expect(metadata.key_url).toContain(`${sandbox.urls.connectwise}/v2025_1//system/callbackkey/`);
    const key = await psa(metadata.key_url);
    const hashed = createHash('sha256')
      .update(String(key.at('signing_key')))
      .digest();
    expect(heard?.signature).toBe(
      createHmac('sha256', hashed)
        .update(heard?.body ?? '')
        .digest('base64'),
    );
    const plain = createHmac('sha256', String(key.at('signing_key')))
      .update(heard?.body ?? '')
      .digest('base64');
    expect(heard?.signature).not.toBe(plain);
    expect((await psa(metadata.key_url, { headers: { clientid: 'x' } })).status).toBe(403);
  });

  test('oddity 134: own writes come back unless they are suppressed or skipped; project tickets are tickets too', async () => {
    const { receiver } = await callback({ isSelfSuppressedFlag: true });
    const { receiver: all } = await callback();
    await newTicket({ summary: 'Silent', skipCallback: true });
    const id = await newTicket({ summary: 'Own' });
    await post('/project/tickets', { summary: 'Of a project' });
    await sandbox.control(`/connectwise/tickets/${id}`, { method: 'POST', body: { status: 'Completed' } });
    await Promise.all([receiver.until(1), all.until(3)]);
    const told = (heard: typeof receiver.heard) =>
      heard.map(({ json }) => [json.Action, (JSON.parse(String(json.Entity)) as { summary: string }).summary]);
    expect(told(receiver.heard)).toEqual([['updated', 'Own']]);
    expect(told(all.heard)).toEqual([
      ['added', 'Own'],
      ['added', 'Of a project'],
      ['updated', 'Own'],
    ]);
  });

  test('oddity 135: a callback can come twice or never, and none is repeated', async () => {
    const { receiver } = await callback();
    await setOptions({ deliveries: 'never' });
    await newTicket({ summary: 'Never' });
    await setOptions({ deliveries: 'twice' });
    await newTicket({ summary: 'Twice' });
    await receiver.until(2);
    expect(receiver.heard.map(({ json }) => String(json.Entity).includes('Twice'))).toEqual([true, true]);
  });
});
