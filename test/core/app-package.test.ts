import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { unzipSync } from 'fflate';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { PACKAGE_FILES, packageApp, TEAM_RIGHTS } from '../../scripts/package-app.ts';
import { graphCalls } from '../../src/services/graph/calls.ts';

const VALUES = {
  TEAMS_APP_ID: '11111111-2222-4333-8444-555555555555',
  BOT_APP_ID: '66666666-2222-4333-8444-555555555555',
  PUBLIC_URL: 'https://mfa.contoso.example',
  DEVELOPER_NAME: 'Contoso MSP',
  DEVELOPER_URL: 'https://contoso.example',
  PRIVACY_URL: 'https://contoso.example/privacy',
  TERMS_URL: 'https://contoso.example/terms',
};
const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** A placeholder as the template holds it. */
function hole(name: string): string {
  return `$\{{${name}}}`;
}

function template(): Map<string, Uint8Array> {
  return new Map(PACKAGE_FILES.map((name) => [name, new Uint8Array(readFileSync(`appPackage/${name}`))]));
}

function withText(name: string, change: (text: string) => string): Map<string, Uint8Array> {
  const files = template();
  const text = new TextDecoder().decode(files.get(name));
  const changed = change(text);
  expect(changed, 'the test changes something').not.toBe(text);
  return files.set(name, new TextEncoder().encode(changed));
}

function withIcon(name: string, { size, pixel }: { size: number; pixel: readonly [number, number, number, number] }) {
  const icon = new PNG({ width: size, height: size });
  for (let at = 4; at < icon.data.length; at += 4) icon.data.set(pixel, at);
  return template().set(name, new Uint8Array(PNG.sync.write(icon)));
}

describe('the app package', () => {
  it('holds exactly its files at the root, with every placeholder filled', async () => {
    const result = await packageApp({ files: template(), values: VALUES, version: VERSION });
    if (!result.ok) throw new Error(result.mistakes.join('\n'));
    const content = unzipSync(result.zip);
    expect(Object.keys(content)).toEqual([...PACKAGE_FILES]);
    const text = new TextDecoder().decode(content['manifest.json']);
    expect(text).not.toMatch(/\$\{/);
    expect(JSON.parse(text)).toMatchObject({
      id: VALUES.TEAMS_APP_ID,
      bots: [{ botId: VALUES.BOT_APP_ID }],
      validDomains: ['mfa.contoso.example'],
      webApplicationInfo: { resource: `api://mfa.contoso.example/botid-${VALUES.BOT_APP_ID}` },
    });
  });

  it('has the same bytes each time, in every time zone', async () => {
    const zone = process.env.TZ;
    const zips: string[] = [];
    for (const name of ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles']) {
      process.env.TZ = name;
      const result = await packageApp({ files: template(), values: VALUES, version: VERSION });
      zips.push(result.ok ? Buffer.from(result.zip).toString('base64') : 'not written');
    }
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    expect(new Set(zips).size).toBe(1);
    expect(zips[0]).not.toBe('not written');
  });

  it('keeps a value within the text it stands in', async () => {
    const values = { ...VALUES, DEVELOPER_NAME: 'A "quoted" \\ name' };
    const result = await packageApp({ files: template(), values, version: VERSION });
    expect(result).toMatchObject({ ok: true, manifest: { developer: { name: 'A "quoted" \\ name' } } });
  });

  it('asks for the rights in a team that a call needs, and for no other', () => {
    const manifest = JSON.parse(readFileSync('appPackage/manifest.json', 'utf8')) as {
      authorization: { permissions: { resourceSpecific: { name: string }[] } };
    };
    const asked = manifest.authorization.permissions.resourceSpecific.map(({ name }) => name);
    const needed = Object.values(graphCalls).flatMap(({ permissions }) => permissions as readonly string[]);
    const inTeams = new Set(needed.filter((name) => name.endsWith('.Group')));
    expect([...asked].sort()).toEqual([...inTeams].sort());
    expect([...TEAM_RIGHTS].sort()).toEqual([...inTeams].sort());
  });

  it('gives a reason for every right in a team', () => {
    const runbook = readFileSync('docs/runbook.md', 'utf8');
    for (const right of TEAM_RIGHTS) expect(runbook).toMatch(new RegExp(`^\\| \`${right}\` \\| \\S.{20,} \\|$`, 'm'));
  });

  it('has a sample value for every placeholder that the toolkit or the package fills', () => {
    const samples = ['env/.env.dev.sample', 'env/.env.dev.user.sample']
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const filled = [
      'teamsapp.yml',
      'teamsapp.local.yml',
      'appPackage/manifest.json',
      'infra/entra-app.json',
      'infra/main.parameters.json',
    ];
    for (const path of filled) {
      const names = [...readFileSync(path, 'utf8').matchAll(/\$\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '');
      expect(
        names.filter((name) => !samples.includes(`${name}=`)),
        path,
      ).toEqual([]);
    }
    const secrets = samples.split('\n').filter((line) => /SECRET|PASSWORD/.test(line) && !line.startsWith('#'));
    expect(secrets.every((line) => line.endsWith('='))).toBe(true);
  });

  it('packs with the sample for this machine', async () => {
    const values = parseEnv(readFileSync('env/.env.local.sample', 'utf8'));
    expect(await packageApp({ files: template(), values, version: VERSION })).toMatchObject({ ok: true });
  });

  const cases: [string, () => Map<string, Uint8Array>, Record<string, string | undefined>, RegExp][] = [
    [
      'a missing icon',
      () => {
        const files = template();
        files.delete('outline.png');
        return files;
      },
      {},
      /^outline\.png: is missing$/,
    ],
    [
      'a file that does not belong there',
      () => template().set('secret.env', new Uint8Array(1)),
      {},
      /secret\.env: does not belong/,
    ],
    ['a placeholder without value', template, { BOT_APP_ID: undefined }, /^BOT_APP_ID: has no value/],
    ['an empty value', template, { PRIVACY_URL: '  ' }, /^PRIVACY_URL: has no value/],
    [
      'a malformed placeholder',
      () => withText('manifest.json', (text) => text.replace('#1F5FC4', hole('ACCENT COLOUR'))),
      {},
      /malformed placeholder/,
    ],
    ['an app id that is none', template, { TEAMS_APP_ID: 'my-app' }, /id/],
    ['the empty app id', template, { TEAMS_APP_ID: '00000000-0000-0000-0000-000000000000' }, /^id: must be a GUID/],
    [
      'a sign-in application other than the bot',
      () =>
        withText('manifest.json', (text) =>
          text.replace(`"id": "${hole('BOT_APP_ID')}"`, `"id": "${hole('TEAMS_APP_ID')}"`),
        ),
      {},
      /webApplicationInfo\.id: must be the same/,
    ],
    [
      'another resource',
      () => withText('manifest.json', (text) => text.replace('/botid-', '/')),
      {},
      /webApplicationInfo\.resource: must be api/,
    ],
    ['a host with a port', template, { PUBLIC_HOST: 'mfa.contoso.example:8443' }, /validDomains/],
    ['a host for everybody', template, { PUBLIC_HOST: '*.contoso.example' }, /validDomains/],
    ['a loopback host', template, { PUBLIC_HOST: 'localhost' }, /validDomains/],
    [
      'no domain',
      () =>
        withText('manifest.json', (text) =>
          text.replace(`"validDomains": ["${hole('PUBLIC_HOST')}"]`, '"validDomains": []'),
        ),
      {},
      /validDomains: must name/,
    ],
    [
      'a tab elsewhere',
      () =>
        withText('manifest.json', (text) =>
          text.replace(`"contentUrl": "https://${hole('PUBLIC_HOST')}`, '"contentUrl": "https://elsewhere.example'),
        ),
      {},
      /staticTabs\[0\]\.contentUrl: its host/,
    ],
    [
      'an address without TLS',
      template,
      { PRIVACY_URL: 'http://contoso.example/privacy' },
      /developer\.privacyUrl: must be an https/,
    ],
    [
      'a right that does not exist',
      () => withText('manifest.json', (text) => text.replace('ChannelMessage.Read.Group', 'Nope.Group')),
      {},
      /"Nope\.Group" is not a right/,
    ],
    [
      'a right of another type',
      () =>
        withText('manifest.json', (text) =>
          text.replace('"TeamsTab.Read.Group", "type": "Application"', '"TeamsTab.Read.Group", "type": "Delegated"'),
        ),
      {},
      /must be of type Application/,
    ],
    [
      'a key the schema does not know',
      () => withText('manifest.json', (text) => text.replace('"accentColor"', '"packageName": "x", "accentColor"')),
      {},
      /^manifest\.json: .*additional|packageName/i,
    ],
    [
      'a scope in the old spelling',
      () =>
        withText('manifest.json', (text) =>
          text.replace('"scopes": ["team"],\n      "context"', '"scopes": ["groupchat"],\n      "context"'),
        ),
      {},
      /^manifest\.json: /,
    ],
    ['a name that is too long', template, { DEVELOPER_NAME: 'x'.repeat(33) }, /^manifest\.json: /],
    [
      'another version of the form',
      () => withText('manifest.json', (text) => text.replace('"manifestVersion": "1.30"', '"manifestVersion": "1.16"')),
      {},
      /manifestVersion 1\.30/,
    ],
    [
      'another version of the product',
      () => withText('manifest.json', (text) => text.replace('"version": "', '"version": "9')),
      {},
      /^version: is 9/,
    ],
    [
      'broken JSON',
      () => withText('manifest.json', (text) => text.replace('{', '')),
      {},
      /manifest\.json: is not JSON/,
    ],
    [
      'a text that is not translated',
      () => withText('de.json', (text) => text.replace(/\n.*"staticTabs\[0\]\.name".*/, '')),
      {},
      /staticTabs\[0\]\.name is not translated/,
    ],
    [
      'a translation of nothing',
      () => withText('de.json', (text) => text.replace('staticTabs[0].name', 'staticTabs[7].name')),
      {},
      /staticTabs\[7\]\.name stands for no text/,
    ],
    [
      'a translation that is too long',
      () => withText('de.json', (text) => text.replace('Bin ich fertig?', 'x'.repeat(33))),
      {},
      /longer than 32/,
    ],
    [
      'an icon of the wrong size',
      () => withIcon('color.png', { size: 96, pixel: [1, 2, 3, 255] }),
      {},
      /color\.png: must be 192 x 192, is 96 x 96/,
    ],
    [
      'an outline in colour',
      () => withIcon('outline.png', { size: 32, pixel: [9, 9, 9, 255] }),
      {},
      /outline\.png: may hold white only/,
    ],
    [
      'an outline without a transparent background',
      () => template().set('outline.png', filledWhite()),
      {},
      /transparent background/,
    ],
    [
      'an empty outline',
      () => withIcon('outline.png', { size: 32, pixel: [0, 0, 0, 0] }),
      {},
      /outline\.png: is empty/,
    ],
    [
      'an icon that is no PNG',
      () => template().set('color.png', new TextEncoder().encode('<svg/>')),
      {},
      /color\.png: is not a PNG/,
    ],
  ];
  it.each(cases)('is not written with %s', async (_name, files, values, mistake) => {
    const result = await packageApp({ files: files(), values: { ...VALUES, ...values }, version: VERSION });
    if (result.ok) throw new Error('the package was written');
    expect(result.mistakes).toContainEqual(expect.stringMatching(mistake));
  });

  it('tells all mistakes at once', async () => {
    const files = withIcon('color.png', { size: 10, pixel: [1, 2, 3, 255] });
    const result = await packageApp({ files, values: {}, version: VERSION });
    if (result.ok) throw new Error('the package was written');
    expect(result.mistakes.join('\n')).toMatch(/TEAMS_APP_ID[\s\S]*BOT_APP_ID[\s\S]*color\.png/);
  });
});

function filledWhite(): Uint8Array {
  const icon = new PNG({ width: 32, height: 32 });
  icon.data.fill(255);
  return new Uint8Array(PNG.sync.write(icon));
}
