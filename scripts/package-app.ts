// Builds the Teams app package from its template, or says everything that is wrong with it at once. What Microsoft's
// schema does not see is checked here: icons, placeholders left over, ids that must be one, domains, rights, file names.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { AppManifestUtils } from '@microsoft/app-manifest';
import { strFromU8, zipSync } from 'fflate';
import { PNG } from 'pngjs';

export type PackageInput = {
  /** Files of the package by name, the manifest still with its placeholders. */
  files: ReadonlyMap<string, Uint8Array>;
  /** Values of the placeholders. */
  values: Readonly<Record<string, string | undefined>>;
  /** The product's version: a package that is published again needs a new one. */
  version: string;
};

export type PackageResult =
  | { ok: true; zip: Uint8Array; files: { name: string; bytes: number }[]; manifest: Record<string, unknown> }
  | { ok: false; mistakes: string[] };

/**
 * The rights in a team that may be asked for, each with its reason in docs/runbook.md. The schema takes any name, and a
 * misspelt right is only noticed when a call is refused.
 */
export const TEAM_RIGHTS: ReadonlySet<string> = new Set([
  'TeamSettings.Read.Group',
  'Channel.Create.Group',
  'ChannelSettings.Read.Group',
  'ChannelMessage.Read.Group',
  'TeamsTab.Create.Group',
  'TeamsTab.Read.Group',
  'TeamsTab.Delete.Group',
]);

/** What stands in a package, all of it at its root. */
export const PACKAGE_FILES = ['manifest.json', 'color.png', 'outline.png', 'de.json'] as const;

const SCHEMA = /^https:\/\/developer\.microsoft\.com\/json-schemas\/teams\/v1\.30\/MicrosoftTeams\.schema\.json$/;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HOST = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const NIL = '00000000-0000-0000-0000-000000000000';

/** Checks and packs. The same input gives the same bytes, on every machine and in every time zone. */
export async function packageApp(input: PackageInput): Promise<PackageResult> {
  const names = [...input.files.keys()];
  const mistakes = [
    ...PACKAGE_FILES.filter((name) => !names.includes(name)).map((name) => `${name}: is missing`),
    ...names
      .filter((name) => !(PACKAGE_FILES as readonly string[]).includes(name))
      .map((name) => `${name}: does not belong into the package`),
  ];
  const filled = fillPlaceholders(textOf(input.files, 'manifest.json'), withHost(input.values));
  mistakes.push(...filled.mistakes);
  const manifest = jsonObject('manifest.json', filled.text, mistakes);
  const german = jsonObject('de.json', textOf(input.files, 'de.json'), mistakes);
  mistakes.push(...iconMistakes(input.files));
  if (manifest !== null) {
    // A placeholder without a value breaks the patterns of the schema too: that is said once, above.
    const isFilled = filled.mistakes.length === 0;
    if (isFilled) mistakes.push(...(await schemaMistakes(manifest)), ...ownMistakes(manifest, input.version));
    if (german !== null) mistakes.push(...translationMistakes(manifest, german));
  }
  if (mistakes.length > 0 || manifest === null) return { ok: false, mistakes };
  return { ok: true, manifest, ...packed(input.files, filled.text) };
}

function packed(files: PackageInput['files'], manifestText: string) {
  const content = new Map(files);
  content.set('manifest.json', new TextEncoder().encode(manifestText));
  const entries = PACKAGE_FILES.map((name) => [name, content.get(name) ?? new Uint8Array()] as const);
  // The format keeps local time without a zone: the parts of the first day it knows are the same everywhere.
  const zip = zipSync(Object.fromEntries(entries), { level: 9, mtime: new Date(1980, 0, 1) });
  return { zip, files: entries.map(([name, bytes]) => ({ name, bytes: bytes.length })) };
}

/** Puts the values in. A value must not be able to end the string it stands in, so it is written as JSON is. */
function fillPlaceholders(text: string, values: PackageInput['values']): { text: string; mistakes: string[] } {
  const missing = new Set<string>();
  const filled = text.replace(/\$\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (whole, name: string) => {
    const value = values[name]?.trim() ?? '';
    if (value === '') missing.add(name);
    return value === '' ? whole : JSON.stringify(value).slice(1, -1);
  });
  const mistakes = [...missing].map((name) => `${name}: has no value; set it in the environment or in the env file`);
  const withoutKnown = filled.replace(/\$\{\{\s*[A-Za-z0-9_]+\s*\}\}/g, '');
  if (/\$\{\{|\}\}\$|\$\{[A-Za-z_]/.test(withoutKnown)) mistakes.push('manifest.json: holds a malformed placeholder');
  return { text: filled, mistakes };
}

/** The host alone is needed in the manifest; the product's own setting is the whole address. */
function withHost(values: PackageInput['values']): PackageInput['values'] {
  const address = values.PUBLIC_URL ?? '';
  if ((values.PUBLIC_HOST ?? '') !== '' || !URL.canParse(address)) return values;
  return { ...values, PUBLIC_HOST: new URL(address).host };
}

function textOf(files: PackageInput['files'], name: string): string {
  const bytes = files.get(name);
  return bytes === undefined ? '' : strFromU8(bytes);
}

function jsonObject(name: string, text: string, mistakes: string[]): Record<string, unknown> | null {
  if (text === '') return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    mistakes.push(`${name}: is not a JSON object`);
  } catch (error) {
    mistakes.push(`${name}: is not JSON (${error instanceof Error ? error.message : 'unreadable'})`);
  }
  return null;
}

/** By the schema that the package of Microsoft ships: another version's would be fetched from the network. */
async function schemaMistakes(manifest: Record<string, unknown>): Promise<string[]> {
  if (manifest.manifestVersion !== '1.30' || !SCHEMA.test(String(manifest.$schema))) {
    return ['manifest.json: must be of manifestVersion 1.30, with the $schema of 1.30'];
  }
  const require = createRequire(import.meta.url);
  const path = require.resolve('@microsoft/app-manifest');
  const shipped = new URL('./json-schemas/teams/v1.30/MicrosoftTeams.schema.json', `file://${path}`);
  const schema: unknown = JSON.parse(readFileSync(shipped, 'utf8'));
  const found = await AppManifestUtils.validateAgainstSchema(manifest as never, schema as never);
  return found.map((mistake) => `manifest.json: ${mistake}`);
}

function ownMistakes(manifest: Record<string, unknown>, version: string): string[] {
  return [
    ...idMistakes(manifest),
    ...domainMistakes(manifest),
    ...rightMistakes(manifest),
    ...versionMistakes(manifest, version),
  ];
}

function idMistakes(manifest: Record<string, unknown>): string[] {
  const id = String(manifest.id);
  const botId = at(manifest, 'bots', 0, 'botId');
  const webId = at(manifest, 'webApplicationInfo', 'id');
  const [host] = list(manifest.validDomains);
  const resource = `api://${String(host)}/botid-${String(botId)}`;
  return [
    ...(GUID.test(id) && id !== NIL ? [] : ['id: must be a GUID of this app']),
    ...(typeof botId === 'string' && GUID.test(botId) && botId !== NIL
      ? []
      : ['bots[0].botId: must be the GUID of the Entra application']),
    ...(botId === webId ? [] : ['webApplicationInfo.id: must be the same Entra application as bots[0].botId']),
    ...(at(manifest, 'webApplicationInfo', 'resource') === resource
      ? []
      : [`webApplicationInfo.resource: must be ${resource}`]),
  ];
}

function domainMistakes(manifest: Record<string, unknown>): string[] {
  const domains = list(manifest.validDomains).map(String);
  const mistakes = domains
    .filter((domain) => !HOST.test(domain))
    .map((domain) => `validDomains: "${domain}" is not a plain host name`);
  if (domains.length === 0) mistakes.push('validDomains: must name the host of the tab');
  for (const { where, url } of addresses(manifest)) {
    if (!URL.canParse(url) || new URL(url).protocol !== 'https:') mistakes.push(`${where}: must be an https address`);
    else if (!where.startsWith('developer') && !domains.includes(new URL(url).host))
      mistakes.push(`${where}: its host is not in validDomains`);
  }
  return mistakes;
}

function addresses(manifest: Record<string, unknown>): { where: string; url: string }[] {
  const fields = [
    ...['websiteUrl', 'privacyUrl', 'termsOfUseUrl'].map((name) => ({
      where: `developer.${name}`,
      url: at(manifest, 'developer', name),
    })),
    ...list(manifest.staticTabs).flatMap((_tab, index) =>
      ['contentUrl', 'websiteUrl'].map((name) => ({
        where: `staticTabs[${index}].${name}`,
        url: at(manifest, 'staticTabs', index, name),
      })),
    ),
    { where: 'configurableTabs[0].configurationUrl', url: at(manifest, 'configurableTabs', 0, 'configurationUrl') },
  ];
  return fields.flatMap(({ where, url }) => (typeof url === 'string' ? [{ where, url }] : []));
}

function rightMistakes(manifest: Record<string, unknown>): string[] {
  const asked = list(at(manifest, 'authorization', 'permissions', 'resourceSpecific'));
  return asked.flatMap((_right, index) => {
    const [name, type] = ['name', 'type'].map((key) => String(at(asked, index, key)));
    if (!TEAM_RIGHTS.has(name ?? '')) return [`authorization: "${name}" is not a right this product uses`];
    return type === 'Application' ? [] : [`authorization: "${name}" must be of type Application`];
  });
}

function versionMistakes(manifest: Record<string, unknown>, version: string): string[] {
  return manifest.version === version
    ? []
    : [`version: is ${String(manifest.version)}, and the product's is ${version}`];
}

/** Every text that a person reads is translated, and nothing else is: an index that moved shows the wrong text. */
function translationMistakes(manifest: Record<string, unknown>, german: Record<string, unknown>): string[] {
  const wanted = new Map([
    ['name.short', 30],
    ['name.full', 100],
    ['description.short', 80],
    ['description.full', 4000],
    ...list(manifest.staticTabs).flatMap((_tab, tab) =>
      at(manifest, 'staticTabs', tab, 'name') === undefined ? [] : [[`staticTabs[${tab}].name`, 128] as const],
    ),
    ...list(at(manifest, 'bots', 0, 'commandLists')).flatMap((_list, which) =>
      list(at(manifest, 'bots', 0, 'commandLists', which, 'commands')).flatMap((_command, command) =>
        (['title', 'description'] as const).map(
          (key) => [`bots[0].commandLists[${which}].commands[${command}].${key}`, key === 'title' ? 32 : 128] as const,
        ),
      ),
    ),
  ]);
  const given = Object.keys(german).filter((key) => key !== '$schema');
  return [
    ...[...wanted.keys()]
      .filter((key) => typeof german[key] !== 'string')
      .map((key) => `de.json: ${key} is not translated`),
    ...given.filter((key) => !wanted.has(key)).map((key) => `de.json: ${key} stands for no text of the manifest`),
    ...given
      .filter((key) => String(german[key]).length > (wanted.get(key) ?? Infinity))
      .map((key) => `de.json: ${key} is longer than ${wanted.get(key)} characters`),
  ];
}

function iconMistakes(files: PackageInput['files']): string[] {
  return [...iconMistake(files, 'color.png', 192), ...iconMistake(files, 'outline.png', 32)];
}

function iconMistake(files: PackageInput['files'], name: string, size: number): string[] {
  const bytes = files.get(name);
  if (bytes === undefined) return [];
  let icon: PNG;
  try {
    icon = PNG.sync.read(Buffer.from(bytes));
  } catch {
    // Whatever is wrong with the file, the person who drew it needs to hear only that it is no PNG.
    return [`${name}: is not a PNG`];
  }
  const mistakes =
    icon.width === size && icon.height === size
      ? []
      : [`${name}: must be ${size} x ${size}, is ${icon.width} x ${icon.height}`];
  return name === 'outline.png' ? [...mistakes, ...outlineMistakes(icon, name)] : mistakes;
}

/** Teams colours the outline itself: it must be white on nothing. */
function outlineMistakes(icon: PNG, name: string): string[] {
  const pixels = Array.from({ length: icon.data.length / 4 }, (_pixel, index) =>
    icon.data.subarray(index * 4, index * 4 + 4),
  );
  const drawn = pixels.filter((pixel) => (pixel[3] ?? 0) > 0);
  return [
    ...(drawn.length === pixels.length ? [`${name}: must have a transparent background`] : []),
    ...(drawn.length === 0 ? [`${name}: is empty`] : []),
    ...(drawn.every((pixel) => pixel[0] === 255 && pixel[1] === 255 && pixel[2] === 255)
      ? []
      : [`${name}: may hold white only`]),
  ];
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function at(value: unknown, ...keys: (string | number)[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[key] : undefined,
    value,
  );
}
