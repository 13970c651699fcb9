import { afterEach, describe, expect, test } from 'vitest';
import { startWriter, WRITE_ROLES, type Writer } from '../support/graph-writer.ts';
import { idOf, READER, TENANT_ID } from '../support/sandbox-tenant.ts';

const TEAM = idOf('group', 1);
const APP = 'a0a0a0a0-0000-4000-8000-000000000001';
const MANIFEST = 'a0a0a0a0-0000-4000-8000-000000000002';
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function start(given: Parameters<typeof startWriter>[1] = {}): Promise<Writer> {
  const writer = await startWriter({}, given);
  endings.push(() => writer.end());
  const team = `/tenants/${TENANT_ID}/teams/${TEAM}`;
  await writer.control(team, { method: 'POST', body: { displayName: 'IT' } });
  const app = { externalId: MANIFEST, displayName: 'MFA Rollout', azureAdAppId: READER.clientId };
  await writer.control(`/tenants/${TENANT_ID}/teamsApps/${APP}`, { method: 'POST', body: app });
  return writer;
}

function bind(appId: string): Record<string, string> {
  return { 'teamsApp@odata.bind': `https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/${appId}` };
}

const CHANNELS = `/teams/${TEAM}/channels`;

describe('Teams', () => {
  test('oddity 156: a channel name with # is refused, and so is a taken one', async () => {
    const writer = await start();
    expect((await writer.send(`POST ${CHANNELS}`, { displayName: '#it-support' })).status).toBe(400);
    const made = await writer.send(`POST ${CHANNELS}`, { displayName: 'it-support', description: 'Questions' });
    expect(made.status).toBe(201);
    expect(made.at('id')).toMatch(/^19:[0-9a-f]{32}@thread\.tacv2$/);
    const again = await writer.send(`POST ${CHANNELS}`, { displayName: 'IT-Support' });
    expect([again.status, again.at('error/code')]).toEqual([400, 'BadRequest']);
    const listed = (await writer.send(`GET ${CHANNELS}`)).rows().map((channel) => channel.displayName);
    expect(listed).toEqual(['General', 'it-support']);
    const id = encodeURIComponent(String(made.at('id')));
    expect((await writer.send(`GET ${CHANNELS}/${id}`)).at('description')).toBe('Questions');
    expect((await writer.send(`GET /teams/${idOf('group', 2)}/channels`)).status).toBe(404);
  });

  test('oddity 157: a tab needs its app installed in the team; the website tab does not', async () => {
    const writer = await start();
    const channel = (await writer.send(`GET ${CHANNELS}`)).at('value/0/id');
    const tabs = `${CHANNELS}/${encodeURIComponent(String(channel))}/tabs`;
    const tab = { displayName: 'Enrolment', configuration: { contentUrl: 'https://rollout.example/guide' } };
    const website = await writer.send(`POST ${tabs}`, { ...tab, ...bind('com.microsoft.teamspace.tab.web') });
    expect([website.status, website.at('configuration/entityId')]).toEqual([201, null]);
    expect((await writer.send(`POST ${tabs}`, { ...tab, ...bind(APP) })).status).toBe(400);
    expect((await writer.send(`POST /teams/${TEAM}/installedApps`, bind(APP))).status).toBe(201);
    expect((await writer.send(`POST ${tabs}`, { ...tab, ...bind(APP) })).status).toBe(201);
    expect((await writer.send(`POST ${tabs}`, { ...tab, ...bind(MANIFEST) })).status).toBe(404);
    const filter = encodeURIComponent(`teamsApp/id eq '${APP}'`);
    const own = (await writer.send(`GET ${tabs}?$expand=teamsApp&$filter=${filter}`)).rows();
    expect(own).toMatchObject([{ displayName: 'Enrolment', teamsApp: { id: APP, externalId: MANIFEST } }]);
    expect((await writer.send(`DELETE ${tabs}/${String(own[0]?.id)}`)).status).toBe(204);
    expect((await writer.send(`GET ${tabs}`)).rows()).toHaveLength(1);
  });

  test('oddity 158: installing is 201 with nothing, again 409; the chat comes from the installation', async () => {
    const writer = await start();
    const apps = `/users/${idOf('user', 1)}/teamwork/installedApps`;
    const made = await writer.send(`POST ${apps}`, bind(APP));
    expect([made.status, made.text]).toEqual([201, '']);
    const again = await writer.send(`POST ${apps}`, bind(APP));
    expect([again.status, again.at('error/code')]).toEqual([409, 'Conflict']);
    const filter = encodeURIComponent(`teamsApp/id eq '${APP}'`);
    const found = (await writer.send(`GET ${apps}?$expand=teamsApp,teamsAppDefinition&$filter=${filter}`)).rows();
    expect(found).toMatchObject([{ teamsApp: { id: APP }, teamsAppDefinition: { teamsAppId: APP } }]);
    expect((await writer.send(`GET ${apps}`)).at('value/0')).not.toHaveProperty('teamsApp');
    const installation = encodeURIComponent(String(found[0]?.id));
    const chat = await writer.send(`GET ${apps}/${installation}/chat`);
    expect(chat.at()).toMatchObject({
      id: `19:${idOf('user', 1)}_${READER.clientId}@unq.gbl.spaces`,
      chatType: 'oneOnOne',
    });
    expect((await writer.send(`DELETE ${apps}/${installation}`)).status).toBe(204);
    expect((await writer.send(`GET ${apps}`)).rows()).toEqual([]);
  });

  test('oddity 195: an installation stays at its version until it is upgraded', async () => {
    const writer = await start();
    const apps = `/teams/${TEAM}/installedApps`;
    await writer.send(`POST ${apps}`, bind(APP));
    const app = { externalId: MANIFEST, displayName: 'MFA Rollout', azureAdAppId: READER.clientId, version: '1.1.0' };
    await writer.control(`/tenants/${TENANT_ID}/teamsApps/${APP}`, { method: 'POST', body: app });
    const installed = async () => (await writer.send(`GET ${apps}?$expand=teamsAppDefinition`)).rows();
    expect(await installed()).toMatchObject([{ teamsAppDefinition: { version: '1.0.0' } }]);
    const catalogue = (await writer.send('GET /appCatalogs/teamsApps?$expand=appDefinitions')).rows();
    expect(catalogue.find((row) => row.id === APP)).toMatchObject({ appDefinitions: [{ version: '1.1.0' }] });
    const id = encodeURIComponent(String((await installed())[0]?.id));
    const upgraded = await writer.send(`POST ${apps}/${id}/upgrade`);
    expect([upgraded.status, upgraded.text]).toEqual([204, '']);
    expect(await installed()).toMatchObject([{ teamsAppDefinition: { version: '1.1.0' } }]);
    expect((await writer.send(`POST ${apps}/unknown/upgrade`)).status).toBe(404);
  });

  test('oddity 159: an app has another id in the catalogue than in its manifest, and Self rights reach only the own', async () => {
    const writer = await start();
    const filter = encodeURIComponent(`externalId eq '${MANIFEST}'`);
    const found = (await writer.send(`GET /appCatalogs/teamsApps?$filter=${filter}&$expand=appDefinitions`)).rows();
    expect(found).toMatchObject([
      { id: APP, externalId: MANIFEST, appDefinitions: [{ publishingState: 'published' }] },
    ]);
    const other = 'a0a0a0a0-0000-4000-8000-000000000003';
    const app = { externalId: null, displayName: 'Other', azureAdAppId: idOf('principal', 9) };
    await writer.control(`/tenants/${TENANT_ID}/teamsApps/${other}`, { method: 'POST', body: app });
    const roles = WRITE_ROLES.filter((role) => role !== 'Group.ReadWrite.All');
    const narrow = await start({ roles });
    await narrow.control(`/tenants/${TENANT_ID}/teamsApps/${other}`, { method: 'POST', body: app });
    expect((await narrow.send(`POST /teams/${TEAM}/installedApps`, bind(other))).status).toBe(403);
    expect((await narrow.send(`POST /teams/${TEAM}/installedApps`, bind(APP))).status).toBe(201);
  });

  test('oddity 160: an application cannot post into a channel', async () => {
    const channelOf = async (writer: Writer) =>
      encodeURIComponent(String((await writer.send(`GET ${CHANNELS}`)).at('value/0/id')));
    const message = { body: { content: 'Hello' } };
    for (const roles of [WRITE_ROLES, [...WRITE_ROLES, 'Teamwork.Migrate.All']]) {
      const writer = await start({ roles });
      const path = `${CHANNELS}/${await channelOf(writer)}/messages`;
      expect((await writer.send(`POST ${path}`, message)).status).toBe(403);
    }
  });

  test('oddity 204: what only people may call is 403 for an application, whatever its rights', async () => {
    const writer = await start();
    const counts = "usersRegisteredByFeature(includedUserTypes='all',includedUserRoles='all')";
    const refused = [
      await writer.send(`GET /reports/authenticationMethods/${counts}`),
      await writer.send('POST /appCatalogs/teamsApps', {}),
    ];
    for (const reply of refused) {
      expect([reply.status, reply.at('error/code')]).toEqual([403, 'Authorization_RequestDenied']);
    }
    expect((await writer.send('GET /reports/authenticationMethods/unknown')).status).toBe(400);
  });

  test('oddity 161: pinning by the chat route in a channel is 201 and pins nothing', async () => {
    const writer = await start();
    const thread = String((await writer.send(`GET ${CHANNELS}`)).at('value/0/id'));
    const chat = '19:2da4c29f6d7041eca70b638b43d45437@thread.v2';
    const pinned = [];
    for (const id of [thread, chat]) {
      const path = `/chats/${encodeURIComponent(id)}/pinnedMessages`;
      const body = { 'message@odata.bind': `https://graph.microsoft.com/v1.0/chats/${id}/messages/1616964509832` };
      expect((await writer.send(`POST ${path}`, body)).status).toBe(201);
      pinned.push((await writer.send(`GET ${path}`)).rows().map((pin) => pin.id));
    }
    expect(pinned).toEqual([[], ['1616964509832']]);
    const none = await writer.send(`POST ${CHANNELS}/${encodeURIComponent(thread)}/pinnedMessages`, {});
    expect([none.status, none.at('error/code')]).toEqual([400, 'BadRequest']);
  });

  test('oddity 162: four calls a second reach one team', async () => {
    const writer = await start();
    writer.manual.advance(3000);
    const statuses = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await writer.graph(`/v1.0${CHANNELS}`)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });
});
