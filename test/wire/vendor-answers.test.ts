import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signatureOf } from '../../src/sandbox/connectwise/callbacks.ts';
import { patchRecord } from '../../src/sandbox/connectwise/patch.ts';
import { workdayCredentials } from '../../src/sandbox/workday/credentials.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { type PsaCaller, psaCaller, startReceiver } from '../support/connectwise-client.ts';
import { askToken, gmailCaller, rawMail } from '../support/gmail-client.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { buildCompany, buildEmployee, buildWorld, TENANT_ID } from '../support/sandbox-tenant.ts';

const WHERE = '../shared/contracts/vendors';
const FOLDER = resolve('..', 'shared', 'contracts', 'vendors');
const hasContracts = existsSync(join(FOLDER, 'connectwise.psa.fields.json'));
if (!hasContracts)
  process.stdout.write(`SKIPPED: ${WHERE} is absent, the vendors' answers are not checked against it\n`);

const MAILBOX = 'it-rollout@contoso-example.com';
const company = buildCompany({
  employees: [
    buildEmployee(1, { supervisorEId: '2', location: 'Utrecht' }),
    buildEmployee(2, { terminationDate: '2026-12-31' }),
  ],
  absences: [{ id: '1', type: 'timeOff', employeeId: '1', name: 'Person 1', start: '2026-01-01', end: '2026-06-01' }],
});
let sandbox: TestSandbox;
let psa: PsaCaller;

beforeAll(async () => {
  sandbox = await startTestSandbox(buildWorld({ companies: [company] }));
  psa = psaCaller(sandbox);
});
afterAll(() => sandbox.end());

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
}

/** The keys of an object and of what is nested in it, without the values; a list is told by its first element. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, shapeOf(item)]),
  );
}

describe.skipIf(!hasContracts)('ConnectWise against its published fields and recorded bodies', () => {
  type Field = { type: string; enum?: string[]; maxLength?: number };

  /** What a record has that its schema has not, or has in another form. */
  function deviations(record: GraphObject, schema: string, allowed: readonly string[] = []): string[] {
    const { schemas } = read('connectwise.psa.fields.json') as { schemas: Record<string, Record<string, Field>> };
    const fields = schemas[schema] ?? {};
    return Object.entries(record).flatMap(([name, value]) => {
      const field = fields[name];
      if (field !== undefined) return value === null ? [] : inField(value, field, `${schema}.${name}`);
      return allowed.includes(name) ? [] : [`${schema}.${name}: not declared`];
    });
  }

  function inField(value: unknown, field: Field, at: string): string[] {
    if (field.enum !== undefined && !field.enum.includes(String(value))) return [`${at}: ${String(value)}`];
    const expected = /^(string|number|boolean)$/.test(field.type) ? field.type : 'object';
    if (typeof value !== expected) return [`${at}: ${typeof value}`];
    return field.type.endsWith('Reference') ? deviations(value as GraphObject, field.type) : [];
  }

  async function made(path: string, body: unknown): Promise<GraphObject> {
    const reply = await psa(path, { method: 'POST', body });
    expect([path, reply.status]).toEqual([path, 201]);
    return reply.at() as GraphObject;
  }

  test('tickets, notes, projects and phases have declared fields only, in their types', async () => {
    const contact = { id: (await psa('/company/contacts')).rows('')[0]?.id };
    const owner = { identifier: 'RolloutAPI' };
    const full = { summary: 'x', company: { identifier: company.domain }, contact, owner, source: { name: 'Call' } };
    const ticket = await made('/service/tickets', { ...full, status: { name: '>Closed' }, initialDescription: 'y' });
    const note = await made(`/service/tickets/${String(ticket.id)}/notes`, { text: 'n', detailDescriptionFlag: true });
    const project = await made('/project/projects', {
      name: 'x',
      board: { name: 'Projects' },
      company: { identifier: company.domain },
      billingMethod: 'FixedFee',
      estimatedStart: '2026-03-02T00:00:00Z',
      estimatedEnd: '2026-04-02T00:00:00Z',
    });
    const phase = await made(`/project/projects/${String(project.id)}/phases`, { description: 'Sales' });
    const projectTicket = await made('/project/tickets', { summary: 'x', project: { id: project.id } });
    expect([
      ...deviations(ticket, 'Ticket'),
      ...deviations(note, 'ServiceNote'),
      ...deviations(project, 'Project'),
      ...deviations(phase, 'ProjectPhase'),
      // Callbacks tell the kinds apart by it.
      ...deviations(projectTicket, 'ProjectTicket', ['recordType']),
    ]).toEqual([]);
  });

  test('what is there already has declared fields only', async () => {
    const rows: [string, string][] = [
      ['/company/companies', 'Company'],
      ['/company/contacts', 'Contact'],
      ['/service/boards', 'Board'],
      ['/service/boards/1/statuses', 'BoardStatus'],
      ['/service/priorities', 'Priority'],
      ['/project/statuses', 'ProjectStatus'],
      ['/project/phaseStatuses', 'PhaseStatus'],
      ['/system/members', 'Member'],
    ];
    const { paths } = read('connectwise.psa.fields.json') as { paths: Record<string, unknown> };
    for (const [path, schema] of rows) {
      const found = (await psa(path)).rows('');
      expect(found.length).toBeGreaterThan(0);
      expect(found.flatMap((row) => deviations(row, schema))).toEqual([]);
      expect(Object.keys(paths)).toContain(path.replace('/1/', '/{parentId}/'));
    }
  });

  test('errors are the recorded ones', async () => {
    expect((await psa('/company/contacts/57919')).at()).toEqual(read('connectwise.error.404-record.json'));
    expect((await psa('/nowhere')).at()).toEqual(read('connectwise.error.404-endpoint.json'));
    const missing = await psa('/service/tickets', { method: 'POST', body: {} });
    expect(shapeOf(missing.at())).toEqual(shapeOf(read('connectwise.error.400-missing-field.json')));
  });

  test('callbacks are made, refused and delivered as recorded', async () => {
    const body = read('connectwise.callback.create.request.json') as GraphObject;
    const first = await psa('/system/callbacks', { method: 'POST', body });
    expect(shapeOf(first.at())).toEqual(shapeOf(read('connectwise.callback.create.response.json')));
    expect(first.at('objectId')).toBe(1);
    const again = await psa('/system/callbacks', { method: 'POST', body });
    expect(again.at()).toEqual(read('connectwise.callback.create.400-exists.json'));
    const bad = await psa('/system/callbacks', { method: 'POST', body: { ...body, url: 'x', level: 'x' } });
    expect(bad.at()).toEqual(read('connectwise.callback.create.400-invalid.json'));
    const receiver = await startReceiver();
    await psa('/system/callbacks', { method: 'POST', body: { ...body, url: `${receiver.url}/?id=` } });
    const ticket = await made('/service/tickets', { summary: 'x' });
    await psa(`/service/tickets/${String(ticket.id)}`, { method: 'DELETE' });
    await receiver.until(2);
    const [added, deleted] = receiver.heard.map(({ json }) => shapeOf(json));
    expect(added).toEqual(shapeOf(read('connectwise.callback.delivery.updated.json')));
    expect(deleted).toEqual(shapeOf(read('connectwise.callback.delivery.deleted.json')));
    await receiver.stop();
  });

  test('signatures are those of the vectors', () => {
    const { connectwise } = read('signature.vectors.json') as {
      connectwise: { keyFetch: { response: { signing_key: string } }; body: string; signature: string };
    };
    const { signing_key: key } = connectwise.keyFetch.response;
    expect(signatureOf(key, connectwise.body)).toBe(connectwise.signature);
  });

  test('recorded patches are understood with both kinds of path', () => {
    const before = {
      firstName: 'A',
      lastName: 'B',
      communicationItems: [{ value: '1' }, { value: '2' }, { value: '3' }],
    };
    const { schemas } = read('connectwise.psa.fields.json') as { schemas: { Contact: Record<string, unknown> } };
    const names = new Set(Object.keys(schemas.Contact));
    const slash = patchRecord(before, read('connectwise.patch.slash-paths.json'), names);
    expect(slash).toMatchObject({
      ok: true,
      record: { communicationItems: { length: 4, 1: { value: '+380111358' } } },
    });
    const bare = patchRecord(before, read('connectwise.patch.bare-paths.json'), names);
    expect(bare).toMatchObject({ ok: true, record: { firstName: 'Maurice Emard', lastName: 'Andrew Schmeler' } });
  });
});

describe.skipIf(!hasContracts)('Gmail against its published schemas', () => {
  type Schemas = {
    schemas: Record<string, Record<string, string>>;
    scopes: Record<string, string[]>;
  };
  const contract = () => read('gmail.schemas.trimmed.json') as Schemas;

  function deviations(value: unknown, type: string, at = type): string[] {
    if (type.endsWith('[]')) {
      return Array.isArray(value)
        ? value.flatMap((item) => deviations(item, type.slice(0, -2), at))
        : [`${at}: no list`];
    }
    const fields = contract().schemas[type];
    if (fields === undefined) return typeof value === type ? [] : [`${at}: ${typeof value}`];
    return Object.entries(value as GraphObject).flatMap(([name, item]) => {
      const declared = fields[name];
      return declared === undefined ? [`${at}.${name}: not declared`] : deviations(item, declared, `${at}.${name}`);
    });
  }

  test('answers have declared fields only, in their types', async () => {
    const gmail = await gmailCaller(sandbox, MAILBOX);
    const mail = { html: '<p>x</p>', attachments: [{ filename: 'a.txt', content: 'x' }] };
    const raw = await rawMail(mail);
    const draft = await gmail('/drafts', { method: 'POST', body: { message: { raw } } });
    const shown = await gmail(`/drafts/${String(draft.at('id'))}`);
    const drafts = await gmail('/drafts');
    const sent = await gmail('/drafts/send', { method: 'POST', body: { id: draft.at('id') } });
    const id = String(sent.at('id'));
    const formats = ['full', 'metadata', 'minimal', 'raw'].map((format) => gmail(`/messages/${id}?format=${format}`));
    const found: [unknown, string][] = [
      [draft.at(), 'Draft'],
      [shown.at(), 'Draft'],
      [drafts.at(), 'ListDraftsResponse'],
      [sent.at(), 'Message'],
      ...(await Promise.all(formats)).map((reply): [unknown, string] => [reply.at(), 'Message']),
      [(await gmail('/messages')).at(), 'ListMessagesResponse'],
      [(await gmail('/threads')).at(), 'ListThreadsResponse'],
      [(await gmail(`/threads/${String(sent.at('threadId'))}`)).at(), 'Thread'],
      [(await gmail('/profile')).at(), 'Profile'],
      [(await gmail('/labels')).at('labels'), 'Label[]'],
    ];
    expect(found.flatMap(([value, type]) => deviations(value, type))).toEqual([]);
    const { send200 } = (read('gmail.wire.captured.json') as { responses: { send200: unknown } }).responses;
    expect(shapeOf(sent.at())).toEqual(shapeOf(send200));
  });

  test('each method takes exactly the scopes that the vendor lists', async () => {
    const all = [...new Set(Object.values(contract().scopes).flat())].filter((scope) => !scope.includes('addons'));
    await sandbox.control(`/gmail/${TENANT_ID}`, { method: 'POST', body: { scopes: all } });
    const methods: Record<string, [string, 'GET' | 'POST']> = {
      'messages.send': ['/messages/send', 'POST'],
      'messages.list': ['/messages', 'GET'],
      'messages.get': ['/messages/1?format=minimal', 'GET'],
      'drafts.send': ['/drafts/send', 'POST'],
      'drafts.create': ['/drafts', 'POST'],
    };
    for (const scope of all) {
      const gmail = await gmailCaller(sandbox, MAILBOX, scope);
      for (const [name, [path, method]] of Object.entries(methods)) {
        const reply = await gmail(path, method === 'POST' ? { method, body: {} } : {});
        expect([scope, name, reply.status !== 403]).toEqual([scope, name, contract().scopes[name]?.includes(scope)]);
      }
    }
  });

  test('errors have the published form', async () => {
    const errors = read('gmail.errors.json') as Record<string, unknown>;
    const gmail = await gmailCaller(sandbox, MAILBOX);
    const unauthorized = await sandbox.ask(`${sandbox.urls.gmail}/gmail/v1/users/me/profile`);
    expect(unauthorized.at()).toEqual(errors['401']);
    const invalid = await gmail('/drafts', { method: 'POST', body: {} });
    expect(shapeOf(invalid.at())).toEqual(shapeOf(errors['400-invalidArgument']));
    const slow = async (rateRefusal: number) => {
      await sandbox.control(`/gmail/${TENANT_ID}`, {
        method: 'POST',
        body: { options: { unitsPerMinute: 1, rateRefusal } },
      });
      return (await gmail('/messages')).at() as { error: { errors: { reason: string }[] } };
    };
    for (const [status, name] of [
      [429, '429'],
      [403, '403-user-rate'],
    ] as const) {
      const refused = await slow(status);
      const wanted = errors[name] as typeof refused;
      expect(shapeOf(refused)).toEqual(shapeOf(wanted));
      expect(refused.error.errors[0]?.reason).toBe(wanted.error.errors[0]?.reason);
    }
    const token = await askToken(sandbox, { claims: { sub: MAILBOX, scope: 'https://example.org/other' } });
    expect(token.at()).toEqual(errors['token-unauthorized_client']);
    const grant = await askToken(sandbox, { claims: { sub: 'nobody@contoso-example.com' } });
    expect(shapeOf(grant.at())).toEqual(shapeOf(errors['token-invalid_grant']));
  });
});

describe.skipIf(!hasContracts)('Workday against the report that was agreed', () => {
  test('rows have the agreed columns only, and every one of them somewhere', async () => {
    const { tenant, owner, report, userName, password } = workdayCredentials(company);
    const authorization = `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
    const url = `${sandbox.urls.workday}/ccx/service/customreport2/${tenant}/${owner}/${report}?format=json`;
    const rows = (await sandbox.ask(url, { headers: { authorization } })).rows('Report_Entry');
    const agreed = (read('workday.raas.synthetic.json') as { Report_Entry: GraphObject[] }).Report_Entry;
    const columns = (of: GraphObject[]) => [...new Set(of.flatMap((row) => Object.keys(row)))].sort();
    expect(columns(rows).filter((name) => name !== 'Location')).toEqual(columns(agreed));
    const group = (of: GraphObject[]) => of.map((row) => row.Leave_groups).find((value) => value !== undefined);
    expect(shapeOf(group(rows))).toEqual(shapeOf(group(agreed)));
  });
});
