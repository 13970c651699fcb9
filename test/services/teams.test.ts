import { afterEach, describe, expect, it } from 'vitest';
import { VendorRefusedError, VendorUnreachableError } from '../../src/lib/errors.ts';
import {
  chatOfInstallation,
  findTeamsApp,
  findTeamsAppOf,
  installApp,
  upgradeApp,
} from '../../src/services/graph/app-installation.ts';
import { findPosted } from '../../src/services/graph/channel-messages.ts';
import { createChannel } from '../../src/services/graph/channels.ts';
import { createTab, deleteTab, WEBSITE_APP_ID } from '../../src/services/graph/tabs.ts';
import { getTeam } from '../../src/services/graph/teams.ts';
import { channelMessageSchema, teamsAppSchema } from '../../src/services/graph/wire.ts';
import { type GraphBench, startGraphBench } from '../support/graph-bench.ts';
import { findDeviations, hasContracts, readExample, readSchema } from '../support/graph-schema.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import type { Arrived, Reply } from '../support/vendor-double.ts';

if (!hasContracts) process.stdout.write('SKIPPED: ../shared/contracts is absent, requests of Teams are not compared\n');

const TEAM = 'team-1';
const PLACE = { teamId: TEAM, channelId: '19:a@thread.tacv2' };
const BOT = 'aaaaaaaa-0000-4000-8000-000000000001';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(answer: (request: Arrived, index: number, origin: string) => Reply): Promise<GraphBench> {
  const bench = await startGraphBench(answer, { clock: hurriedClock });
  closing.push(() => bench.close());
  return bench;
}

const refusal = (status: number): Reply => ({ status, json: { error: { code: 'BadRequest', message: 'taken' } } });
const asked = (bench: GraphBench) => bench.arrived().map(({ method, path }) => `${method} ${path}`);
const bodyOf = (bench: GraphBench, method = 'POST') =>
  JSON.parse(bench.arrived().find((request) => request.method === method)?.body ?? 'null') as Record<string, unknown>;
const depsOf = ({ graph }: GraphBench) => ({ graph, clock: hurriedClock });

describe('a channel', () => {
  const NEW = { teamId: TEAM, name: 'it-support', description: 'Questions' };

  it('is asked for as the documents show it', async () => {
    const bench = await start(() => ({ status: 201, json: { id: '19:a', displayName: 'it-support' } }));
    await createChannel(depsOf(bench), NEW);
    const body = bodyOf(bench);
    expect(body).toEqual({ displayName: 'it-support', description: 'Questions', membershipType: 'standard' });
    if (!hasContracts) return;
    expect(Object.keys(body)).toEqual(Object.keys(readExample('channel-create.request') as object));
    expect(findDeviations(readSchema(), body, 'channel')).toEqual([]);
  });

  it.each([400, 409])('whose name is taken (%i) is the one that has it, once the list shows it', async (status) => {
    const bench = await start(({ method }, index) => {
      if (method === 'POST') return refusal(status);
      return { json: { value: index < 3 ? [] : [{ id: '19:b', displayName: 'IT-Support' }] } };
    });
    expect(await createChannel(depsOf(bench), NEW)).toMatchObject({ id: '19:b' });
    expect(asked(bench).filter((call) => call.startsWith('POST'))).toHaveLength(1);
  });

  it('that nobody has is refused as Graph refused it, and not asked for again', async () => {
    const bench = await start(({ method }) => (method === 'POST' ? refusal(400) : { json: { value: [] } }));
    await expect(createChannel(depsOf(bench), NEW)).rejects.toBeInstanceOf(VendorRefusedError);
    expect(asked(bench).filter((call) => call.startsWith('POST'))).toHaveLength(1);
  }, 20_000);

  it('whose answer is lost is looked for and never asked for twice', async () => {
    const bench = await start(({ method }) =>
      method === 'POST' ? 'cut' : { json: { value: [{ id: '19:c', displayName: 'it-support' }] } },
    );
    expect(await createChannel(depsOf(bench), NEW)).toMatchObject({ id: '19:c' });
    expect(asked(bench).filter((call) => call.startsWith('POST'))).toHaveLength(1);
  });

  it('belongs to a team; a group without one is nothing', async () => {
    const bench = await start(() => ({ status: 404, json: { error: { code: 'NotFound', message: 'no team' } } }));
    expect(await getTeam(bench.graph, TEAM)).toBeNull();
  });
});

describe('a tab', () => {
  const TAB = { displayName: 'FAQ', teamsAppId: WEBSITE_APP_ID, entityId: null, url: 'https://rollout.example/faq' };

  it('is asked for as the documents show it, with the app of this very Graph', async () => {
    const bench = await start(() => ({ status: 201, json: { id: 't1', displayName: 'FAQ' } }));
    await createTab(depsOf(bench), { ...PLACE, tab: TAB });
    const body = bodyOf(bench);
    expect(body).toEqual({
      displayName: 'FAQ',
      'teamsApp@odata.bind': `${bench.double.origin}/v1.0/appCatalogs/teamsApps/${WEBSITE_APP_ID}`,
      configuration: { entityId: null, contentUrl: TAB.url, websiteUrl: TAB.url, removeUrl: null },
    });
    if (!hasContracts) return;
    const example = readExample('channel-tab-add.request') as Record<string, object>;
    expect(Object.keys(body)).toEqual(Object.keys(example));
    expect(Object.keys(body.configuration as object)).toEqual(Object.keys(example.configuration ?? {}));
    expect(findDeviations(readSchema(), body, 'teamsTab')).toEqual([]);
  });

  it.each([
    ['found again', TAB.url, 't2'],
    ['lost where only other pages are shown', 'https://other.example', VendorUnreachableError],
  ])(
    'whose answer is lost is %s',
    async (_what, contentUrl, outcome) => {
      const row = { id: 't2', displayName: 'FAQ', configuration: { contentUrl }, teamsApp: { id: WEBSITE_APP_ID } };
      const bench = await start(({ method }) => (method === 'POST' ? 'cut' : { json: { value: [row] } }));
      const made = createTab(depsOf(bench), { ...PLACE, tab: TAB });
      if (typeof outcome === 'string') expect(await made).toMatchObject({ id: outcome });
      else await expect(made).rejects.toBeInstanceOf(outcome);
      expect(asked(bench).filter((call) => call.startsWith('POST'))).toHaveLength(1);
    },
    20_000,
  );

  it('that is gone already is taken away', async () => {
    const bench = await start(() => ({ status: 404, json: { error: { code: 'NotFound', message: 'gone' } } }));
    await deleteTab(bench.graph, { ...PLACE, tabId: 't1' });
    expect(asked(bench)).toEqual([`DELETE /v1.0/teams/${TEAM}/channels/${PLACE.channelId}/tabs/t1`]);
  });
});

describe('the app', () => {
  const required = {
    resourceSpecificPermissions: [{ permissionValue: 'Channel.Create.Group', permissionType: 'application' }],
  };
  const definition = {
    version: '1.1.0',
    publishingState: 'published',
    authorization: { clientAppId: BOT.toUpperCase(), requiredPermissionSet: required },
  };
  const app = teamsAppSchema.parse({
    id: 'cat-1',
    externalId: 'man-1',
    distributionMethod: 'organization',
    appDefinitions: [definition],
  });
  const installed = { id: 'i1', teamsApp: { id: 'cat-1' }, teamsAppDefinition: { version: '1.0.0' } };

  it('is found by its manifest’s id, by its catalogue’s id, and by the application it names', async () => {
    const bench = await start(({ query }) => ({
      json: { value: /id eq 'cat-1'|externalId eq 'man-1'|organization/.test(query.get('$filter') ?? '') ? [app] : [] },
    }));
    for (const id of ['man-1', 'cat-1']) expect(await findTeamsApp(bench.graph, id)).toMatchObject({ id: 'cat-1' });
    expect(await findTeamsApp(bench.graph, "o'neill")).toBeNull();
    expect(bench.arrived().at(-1)?.query.get('$filter')).toBe("id eq 'o''neill'");
    expect(await findTeamsAppOf(bench.graph, BOT)).toMatchObject({ id: 'cat-1' });
    expect(await findTeamsAppOf(bench.graph, 'another')).toBeNull();
  });

  it('is installed in a team with consent to exactly what it asks for there, with a person without', async () => {
    const bench = await start(({ method }) => (method === 'POST' ? { status: 201 } : { json: { value: [installed] } }));
    await installApp(depsOf(bench), { holder: { in: 'team', id: TEAM }, app });
    await installApp(depsOf(bench), { holder: { in: 'person', id: 'p1' }, app });
    const bind = `${bench.double.origin}/v1.0/appCatalogs/teamsApps/cat-1`;
    const bodies = bench
      .arrived()
      .flatMap(({ method, body }) => (method === 'POST' ? [JSON.parse(body) as object] : []));
    expect(bodies).toEqual([
      { 'teamsApp@odata.bind': bind, consentedPermissionSet: required },
      { 'teamsApp@odata.bind': bind },
    ]);
    if (!hasContracts) return;
    for (const body of bodies) expect(findDeviations(readSchema(), body, 'teamsAppInstallation')).toEqual([]);
  });

  it('that is installed already is found, and a refusal is told', async () => {
    const bench = await start(({ method }) => (method === 'POST' ? refusal(409) : { json: { value: [installed] } }));
    expect(await installApp(depsOf(bench), { holder: { in: 'team', id: TEAM }, app })).toMatchObject({ id: 'i1' });
    const closed = await start(() => refusal(403));
    const install = installApp(depsOf(closed), { holder: { in: 'team', id: TEAM }, app });
    await expect(install).rejects.toMatchObject({ call: { status: 403 } });
  });

  it('is brought to the catalogue’s version, and tells the chat of a person', async () => {
    const bench = await start(({ method }) => (method === 'POST' ? { status: 204 } : { json: { id: '19:chat' } }));
    await upgradeApp(bench.graph, { holder: { in: 'team', id: TEAM }, installationId: 'i1', app });
    expect(await chatOfInstallation(bench.graph, { personId: 'p1', installationId: 'i2' })).toBe('19:chat');
    expect(asked(bench)).toEqual([
      `POST /v1.0/teams/${TEAM}/installedApps/i1/upgrade`,
      'GET /v1.0/users/p1/teamwork/installedApps/i2/chat',
    ]);
  });
});

describe('our own message', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString();
  const message = (id: string, set: object = {}) => ({
    id,
    createdDateTime: at(30),
    from: { application: { id: BOT } },
    body: { content: '<attachment id="1"></attachment>' },
    attachments: [{ content: '{"type":"AdaptiveCard","id":"post-7"}' }],
    ...set,
  });
  const ask = { ...PLACE, marker: 'post-7', appId: BOT, since: Date.parse(at(0)) };
  const find = async (...pages: object[][]) => {
    const bench = await start((_request, index, origin) => {
      const link = index + 1 < pages.length ? { '@odata.nextLink': `${origin}/v1.0/next?${index}` } : {};
      return { json: { value: pages[index] ?? [], ...link } };
    });
    return { found: await findPosted(bench.graph, ask), pages: bench.arrived().length };
  };

  it('is found by its marker on a later page', async () => {
    const others = [message('1', { attachments: [] })];
    expect(await find(others, [message('2')])).toMatchObject({ found: { id: '2' }, pages: 2 });
  });

  it.each([
    ['of a person', { from: { user: { id: BOT } } }],
    ['of another app', { from: { application: { id: 'other' } } }],
    ['that was deleted', { deletedDateTime: at(31) }],
    ['with another marker', { attachments: [{ content: 'post-8' }] }],
  ])('is not one %s', async (_what, set) => {
    expect((await find([message('1', set)])).found).toBeNull();
  });

  it('is not looked for before it can have been written', async () => {
    const old = [message('1', { createdDateTime: '2026-11-19T00:00:00Z', attachments: [] })];
    expect(await find(old, [message('2')])).toEqual({ found: null, pages: 1 });
  });

  it.skipIf(!hasContracts)('fits the documents’ message (skipped without the contracts)', () => {
    expect(channelMessageSchema.safeParse(readExample('channel-message-post-card.response')).success).toBe(true);
  });
});
