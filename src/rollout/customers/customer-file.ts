import { dirname, isAbsolute, resolve } from 'node:path';
import { isMap, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import {
  bamboohr,
  connectwise,
  directoryId,
  gmail,
  graph,
  messenger,
  oneLine,
  outlook,
  rails,
  teams,
  workday,
  writer,
} from './customer-sections.ts';

/** Customer files larger than this are refused unread: the schema cannot fill a hundredth of it. */
const FILE_BYTES_MAX = 1024 * 1024;

/** The customer file, version 1. A stored shape: a change needs a migration of `customers.config`. */
export const customerFileSchema = z.strictObject({
  version: z.literal(1),
  name: oneLine.trim().min(1).max(100),
  tenantId: directoryId,
  timeZone: z.string().refine(isTimeZone, 'a time zone name such as Europe/Berlin').default('UTC'),
  /** What the customer's people are addressed in where nothing says more of a person. */
  language: z.enum(['en', 'de']).default('en'),
  graph,
  messenger: messenger.optional(),
  writer: writer.optional(),
  rails: rails.prefault({}),
  hr: z.discriminatedUnion('source', [bamboohr, workday]),
  mail: z.discriminatedUnion('via', [outlook, gmail]).optional(),
  psa: connectwise.optional(),
  teams: teams.optional(),
  tls: z.strictObject({ caFile: oneLine.min(1) }).optional(),
  declared: z
    .strictObject({
      breakGlass: z.array(directoryId).default([]),
      serviceAccounts: z.array(directoryId).default([]),
      exceptionGroupId: directoryId.optional(),
      breakGlassGroupId: directoryId.optional(),
      approverAccountId: directoryId.optional(),
    })
    .refine(
      ({ breakGlass, serviceAccounts }) => isEachOnce([...breakGlass, ...serviceAccounts]),
      'lists in which each account stands once',
    )
    .prefault({}),
  sources: z
    .strictObject({
      shrinkPercentMax: z.number().min(0).max(100).default(20),
      shrinkRowsMax: z.number().int().min(0).default(5),
    })
    .prefault({}),
});

/** One customer as the product knows it: endpoints, ids and references to secrets, never a secret. */
export type CustomerSettings = z.infer<typeof customerFileSchema>;

/** One mistake in a customer file; `line` counts from 1. */
export type CustomerFileMistake = { line: number; path: string; message: string };

/**
 * Reads a customer file. Refuses with `customer_file_invalid` and every mistake with its line: broken YAML, an unknown
 * key, a plain-text secret, a malformed id. The text of a refused value is not repeated: it may be a secret. Relative
 * paths (`tls.caFile`, `file:` references) come back absolute, seen from the file's folder.
 */
export function parseCustomerFile(text: string, path: string): CustomerSettings {
  if (Buffer.byteLength(text) > FILE_BYTES_MAX)
    throw refused(path, [{ line: 1, path: '', message: 'is too large for a customer file' }]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false });
  if (document.errors.length > 0) {
    throw refused(
      path,
      document.errors.map((error) => ({
        line: lines.linePos(error.pos[0]).line,
        path: '',
        message: yamlReason(error.code),
      })),
    );
  }
  const lineOf = (keys: readonly PropertyKey[]) => lineOfNode(document.contents, keys, lines);
  const parsed = customerFileSchema.safeParse(plainValue(document, path), { reportInput: true });
  if (!parsed.success) {
    throw refused(
      path,
      parsed.error.issues.flatMap((issue) => mistakesOf(issue, lineOf)),
    );
  }
  return withAbsolutePaths(parsed.data, dirname(resolve(path)));
}

/** Aliases are not expanded: a few lines of them could fill the memory, and a customer file needs none. */
function plainValue(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return (document.toJS({ maxAliasCount: 0 }) as unknown) ?? {};
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw refused(path, [{ line: 1, path: '', message: 'uses YAML aliases; write the values out' }]);
  }
}

function mistakesOf(issue: z.core.$ZodIssue, lineOf: (keys: readonly PropertyKey[]) => number): CustomerFileMistake[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const keys = [...issue.path, key];
      return { line: lineOf(keys), path: keys.map(String).join('.'), message: 'is not a known key' };
    });
  }
  return [{ line: lineOf(issue.path), path: issue.path.map(String).join('.'), message: reasonOf(issue) }];
}

/** What the choices of the file are between. */
const KINDS: Readonly<Record<string, string>> = { 'hr.source': 'bamboohr or workday', 'mail.via': 'outlook or gmail' };

function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_union') return `must be ${KINDS[issue.path.map(String).join('.')] ?? 'of a known kind'}`;
  if (issue.code === 'invalid_type') return `must be ${issue.expected}`;
  return `must be ${issue.message.replace(/^(Invalid input: )?expected /, '')}`;
}

/** YAML's own messages quote the text around the mistake, which may hold a secret; its codes do not. */
function yamlReason(code: string): string {
  return `is not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
}

function refused(path: string, mistakes: CustomerFileMistake[]): AppError {
  const list = mistakes.map(
    (mistake) => `line ${mistake.line}: ${mistake.path === '' ? 'the file' : mistake.path} ${mistake.message}`,
  );
  return new AppError('customer_file_invalid', `customer file refused: ${list.join('; ')}`, {
    userMessage: `The customer file ${path} is refused.\n${list.map((line) => `  - ${line}`).join('\n')}\nIts form is described in docs/schemas/customer-file.schema.json.`,
  });
}

/** The line of the deepest node on the way to `keys` that exists: of a missing key, its parent’s line. */
function lineOfNode(root: unknown, keys: readonly PropertyKey[], lines: LineCounter): number {
  let node = root;
  let line = 1;
  for (const key of keys) {
    const pair = isMap(node) ? node.items.find((item) => keyText(item.key) === String(key)) : undefined;
    const next = pair === undefined ? childAt(node, key) : pair.value;
    const start = (pair === undefined ? (next as Node | undefined) : (pair.key as Node | undefined))?.range?.[0];
    if (start !== undefined) line = lines.linePos(start).line;
    if (next === undefined || next === null) break;
    node = next;
  }
  return line;
}

function keyText(key: unknown): string {
  return String((key as { value?: unknown } | null)?.value);
}

function childAt(node: unknown, key: PropertyKey): unknown {
  const items = (node as { items?: unknown[] } | null)?.items;
  return typeof key === 'number' && !isMap(node) ? items?.[key] : undefined;
}

function withAbsolutePaths(settings: CustomerSettings, folder: string): CustomerSettings {
  const path = (text: string) => (isAbsolute(text) ? text : resolve(folder, text));
  const reference = (text: string) => (text.startsWith('file:') ? `file:${path(text.slice('file:'.length))}` : text);
  const { graph, messenger, writer: writing, hr, mail, psa, tls } = settings;
  return {
    ...settings,
    graph: { ...graph, ...credentialWith(graph, reference) },
    ...(messenger === undefined ? {} : { messenger: { ...messenger, ...credentialWith(messenger, reference) } }),
    ...(writing === undefined ? {} : { writer: { ...writing, ...credentialWith(writing, reference) } }),
    hr: hr.source === 'workday' ? { ...hr, password: reference(hr.password) } : { ...hr, apiKey: reference(hr.apiKey) },
    ...(mail?.via === 'gmail' ? { mail: { ...mail, serviceAccountKey: reference(mail.serviceAccountKey) } } : {}),
    ...(psa === undefined
      ? {}
      : { psa: { ...psa, publicKey: reference(psa.publicKey), privateKey: reference(psa.privateKey) } }),
    ...(tls === undefined ? {} : { tls: { caFile: path(tls.caFile) } }),
  };
}

type AppCredential = Pick<CustomerSettings['graph'], 'clientSecret' | 'certificate'>;

function credentialWith(
  { clientSecret, certificate }: AppCredential,
  reference: (text: string) => string,
): AppCredential {
  if (certificate === undefined) return clientSecret === undefined ? {} : { clientSecret: reference(clientSecret) };
  const { privateKey, certificate: own } = certificate;
  return { certificate: { privateKey: reference(privateKey), certificate: reference(own) } };
}

/** One account named twice would count as two break-glass accounts. */
function isEachOnce(ids: readonly string[]): boolean {
  return new Set(ids).size === ids.length;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // An unknown name is the answer, not a fault: Intl tells it only by throwing.
    return false;
  }
}
