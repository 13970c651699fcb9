import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDeviations, findMissing, hasContracts, readExample, readSchema } from '../support/graph-schema.ts';
import { startWriter, type Writer } from '../support/graph-writer.ts';
import { buildUser, idOf, TENANT_ID } from '../support/sandbox-tenant.ts';

const WHERE = '../shared/contracts/graph';
if (!hasContracts)
  process.stdout.write(`SKIPPED: ${WHERE} is absent, the sandbox's writes are not checked against it\n`);

const USER = idOf('user', 1);
const TEAM = idOf('group', 1);
const CA = '/identity/conditionalAccess';
/** Ids that the official requests name: they must exist for the writes to be taken. */
const GROUP_OF_EXAMPLE = 'ba8e7ded-8b0f-4836-ba06-8ff1ecc5c8ba';
const USERS_OF_EXAMPLE = ['a702a13d-a437-4a07-8a7e-8c052de62dfd', '124c5b6a-ffa5-483a-9b88-04c3fce5574a'];
const APP_OF_EXAMPLE = '06805b9e-77e3-4b93-ac81-525eb87513b8';
const OTHER_APP = '12345678-9abc-def0-123456789a';
const LOCATION_OF_EXAMPLE = 'd2136c9c-b049-47ae-b9cf-316e04ef7198';

let writer: Writer;
let channel: string;

beforeAll(async () => {
  const group = { id: GROUP_OF_EXAMPLE, displayName: 'Of the example', groupTypes: [], securityEnabled: true };
  const location = {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    id: LOCATION_OF_EXAMPLE,
    displayName: 'Of the example',
  };
  writer = await startWriter({
    users: [buildUser(1), buildUser(2), ...USERS_OF_EXAMPLE.map((id, n) => buildUser(10 + n, { id }))],
    groups: [{ group, members: [] }],
    namedLocations: [location],
  });
  const control = async (path: string, body: unknown) =>
    writer.control(`/tenants/${TENANT_ID}${path}`, { method: 'POST', body });
  await control(`/teams/${TEAM}`, { displayName: 'IT' });
  for (const id of [APP_OF_EXAMPLE, OTHER_APP]) {
    await control(`/teamsApps/${id}`, { externalId: idOf('audit', 1), displayName: 'Of the example' });
  }
  const body = { 'teamsApp@odata.bind': `https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/${APP_OF_EXAMPLE}` };
  await writer.send(`POST /teams/${TEAM}/installedApps`, body);
  channel = encodeURIComponent(String((await writer.send(`GET /teams/${TEAM}/channels`)).at('value/0/id')));
});
afterAll(() => writer.end());

/** Official request, where it is sent, the status, and the metadata type and official answer where there is a body. */
const WRITES: [string, () => string, number, string?, string?][] = [
  [
    'ca-policy-create-1.request',
    () => `POST ${CA}/policies`,
    201,
    'conditionalAccessPolicy',
    'ca-policy-create-1.response',
  ],
  [
    'ca-policy-create-3-all-controls.request',
    () => `POST ${CA}/policies`,
    201,
    'conditionalAccessPolicy',
    'ca-policy-create-3-all-controls.response',
  ],
  [
    'named-location-ip-create.request',
    () => `POST ${CA}/namedLocations`,
    201,
    'namedLocation',
    'named-location-ip-create.response',
  ],
  [
    'named-location-country-create.request',
    () => `POST ${CA}/namedLocations`,
    201,
    'namedLocation',
    'named-location-country-create.response',
  ],
  ['security-defaults-update.request', () => 'PATCH /policies/identitySecurityDefaultsEnforcementPolicy', 204],
  ['group-create.request', () => 'POST /groups', 201, 'group', 'group-create.response'],
  ['per-user-mfa-update.beta.request', () => `PATCH /beta/users/${USER}/authentication/requirements`, 204],
  [
    'message-draft-create.request',
    () => `POST /users/${USER}/messages`,
    201,
    'message',
    'message-draft-create.response',
  ],
  [
    'message-draft-create-headers.request',
    () => `POST /users/${USER}/messages`,
    201,
    'message',
    'message-draft-create-headers.response',
  ],
  ['message-extendedproperty-create.request', () => `POST /users/${USER}/messages`, 201, 'message'],
  ['sendmail.request', () => `POST /users/${USER}/sendMail`, 202],
  ['sendmail-with-headers.request', () => `POST /users/${USER}/sendMail`, 202],
  ['channel-create.request', () => `POST /teams/${TEAM}/channels`, 201, 'channel', 'channel-create.response'],
  [
    'channel-tab-add.request',
    () => `POST /teams/${TEAM}/channels/${channel}/tabs`,
    201,
    'teamsTab',
    'channel-tab-add.response',
  ],
  ['team-install-app.request', () => `POST /teams/${TEAM}/installedApps`, 201],
  ['user-install-app.request', () => `POST /users/${USER}/teamwork/installedApps`, 201],
  ['channel-message-post.request', () => `POST /teams/${TEAM}/channels/${channel}/messages`, 403],
];

/** Properties of older or newer pages: creation options, location and tab order are not in the metadata of v1.0. */
const NOT_DECLARED = /creationOptions|sortOrderIndex/;

describe.skipIf(!hasContracts)(`writes of the simulated Graph against ${WHERE} (skipped when absent)`, () => {
  test.each(WRITES)('%s is taken as the documents say', async (request, call, status, type, response) => {
    const reply = await writer.send(call(), readExample(request));
    expect(reply.status, reply.text).toBe(status);
    if (type === undefined) return;
    const deviations = findDeviations(readSchema(), reply.at(), type);
    expect(deviations.filter((line) => !NOT_DECLARED.test(line))).toEqual([]);
    if (response === undefined) return;
    const missing = findMissing(readExample(response), reply.at());
    expect(missing.filter((line) => !NOT_DECLARED.test(line))).toEqual([]);
  });

  test('a Temporary Access Pass of the sample has every property of the sample', async () => {
    const startDateTime = new Date(writer.now() + 3_600_000).toISOString();
    const body = { ...(readExample('tap-create.request') as object), startDateTime };
    const reply = await writer.send(`POST /users/${USER}/authentication/temporaryAccessPassMethods`, body);
    expect([reply.status, reply.at('methodUsabilityReason')]).toEqual([201, 'NotYetValid']);
    expect(findMissing(readExample('tap-create.response'), reply.at())).toEqual([]);
    expect(findDeviations(readSchema(), reply.at(), 'temporaryAccessPassAuthenticationMethod')).toEqual([]);
  });

  test('installed apps come as the sample shows them', async () => {
    const filter = encodeURIComponent(`teamsApp/id eq '${OTHER_APP}'`);
    const path = `/users/${USER}/teamwork/installedApps?$expand=teamsApp,teamsAppDefinition&$filter=${filter}&$count=true`;
    const reply = await writer.send(`GET ${path}`);
    const missing = findMissing(readExample('user-installed-apps-filter.response'), reply.at());
    expect(missing.filter((line) => !line.endsWith('requiredResourceSpecificApplicationPermissions'))).toEqual([]);
  });

  test('audited policies hold what the sample of an old value holds', async () => {
    const [line] = (await writer.audits()).filter((row) => row.activityDisplayName === 'Add conditional access policy');
    expect(findDeviations(readSchema(), line, 'directoryAudit')).toEqual([]);
    const targets = (line?.targetResources ?? []) as { modifiedProperties: { newValue: string }[] }[];
    const value: unknown = JSON.parse(targets[0]?.modifiedProperties[0]?.newValue ?? 'null');
    expect(findMissing(readExample('audit-ca-policy-old-value'), value)).toEqual([]);
  });

  test('refusals are those that others saw', async () => {
    const id = String((await writer.send(`POST ${CA}/policies`, readExample('ca-policy-create-1.request'))).at('id'));
    const refused = await writer.send(`PATCH ${CA}/policies/${id}`, { conditions: { clientAppTypes: [] } });
    const seen = readExample('observed-error-ca-validation-1064') as { error: { innerError: { message: string } } };
    expect(refused.at('error/message')).toBe(seen.error.innerError.message);
    await writer.control(`/tenants/${TENANT_ID}/securityDefaults`, {
      method: 'POST',
      body: { isEnabled: true, by: USER },
    });
    const blocked = await writer.send(`POST ${CA}/policies`, readExample('ca-policy-create-1.request'));
    expect(blocked.at('error')).toMatchObject(
      (readExample('observed-error-security-defaults-block') as { error: object }).error,
    );
    const path = `POST /groups/${GROUP_OF_EXAMPLE}/members/$ref`;
    const body = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${USER}` };
    await writer.send(path, body);
    const again = await writer.send(path, body);
    expect(again.at('error')).toMatchObject(
      (readExample('observed-error-group-member-exists') as { error: object }).error,
    );
  });
});
