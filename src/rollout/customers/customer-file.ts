import { dirname, isAbsolute, resolve } from 'node:path';
import { isMap, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';

/** Customer files larger than this are refused unread: the schema cannot fill a hundredth of it. */
const FILE_BYTES_MAX = 1024 * 1024;

const directoryId = z
  .guid('an id of the form 00000000-0000-0000-0000-000000000000')
  .transform((id) => id.toLowerCase());

const baseUrl = z
  .string()
  .refine(isPlainHttpsUrl, 'an https:// address without user, password, query or fragment')
  .transform((url) => url.replace(/\/+$/, ''));

/** No control or direction characters, no half characters: a name must not forge lines, and the store takes no NUL. */
const oneLine = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]*$/u, 'one line of ordinary characters');

const secretReference = oneLine.regex(
  /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/,
  'a reference to the secret, env:NAME or file:PATH; a secret itself never stands in this file',
);

const graph = z
  .strictObject({
    baseUrl: baseUrl.default('https://graph.microsoft.com'),
    loginUrl: baseUrl.default('https://login.microsoftonline.com'),
    clientId: directoryId,
    clientSecret: secretReference.optional(),
    certificate: z.strictObject({ privateKey: secretReference, certificate: secretReference }).optional(),
  })
  .refine(
    (value) => (value.clientSecret === undefined) !== (value.certificate === undefined),
    'given either a clientSecret or a certificate',
  );

const bamboohr = z.strictObject({
  source: z.literal('bamboohr'),
  baseUrl: baseUrl.optional(),
  company: z.string().regex(/^[A-Za-z0-9-]+$/, 'the company’s name in its BambooHR address'),
  apiKey: secretReference,
  route: z.enum(['company', 'gateway']).optional(),
  readBy: z.enum(['customReport', 'dataset']).optional(),
  datasetName: oneLine.min(1).optional(),
  employeeIdField: z.enum(['employeeNumber', 'id']).default('employeeNumber'),
  leaveStatuses: z.array(oneLine.min(1)).optional(),
  leaveDaysMin: z.number().int().min(1).max(365).optional(),
});

/** Columns of the Workday report that the product knows; an alias says how the customer's report calls one. */
const reportColumn = z.enum([
  'employeeId',
  'workerStatus',
  'onLeave',
  'displayName',
  'firstName',
  'lastName',
  'workEmail',
  'department',
  'jobTitle',
  'managerEmployeeId',
  'managerWorkEmail',
  'hireDate',
  'terminationDate',
  'returnDate',
  'leaves',
  'leaveFirstDay',
  'leaveLastDay',
]);

const workday = z.strictObject({
  source: z.literal('workday'),
  reportUrl: z
    .string()
    .refine(isReportUrl, 'the https:// address of the report as a web service, without user and password'),
  username: z.string().min(1),
  password: secretReference,
  columns: z.partialRecord(reportColumn, z.string().min(1).nullable()).optional(),
  statusWords: z.partialRecord(z.enum(['active', 'onLeave', 'inactive']), z.array(z.string().min(1))).optional(),
  prompts: z.record(z.string(), z.string()).optional(),
});

/** The customer file, version 1. A stored shape: a change needs a migration of `customers.config`. */
export const customerFileSchema = z.strictObject({
  version: z.literal(1),
  name: oneLine.trim().min(1).max(100),
  tenantId: directoryId,
  timeZone: z.string().refine(isTimeZone, 'a time zone name such as Europe/Berlin').default('UTC'),
  graph,
  hr: z.discriminatedUnion('source', [bamboohr, workday]),
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

function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_union') return 'must be bamboohr or workday';
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
  const { clientSecret, certificate } = settings.graph;
  return {
    ...settings,
    graph: {
      ...settings.graph,
      ...(clientSecret === undefined ? {} : { clientSecret: reference(clientSecret) }),
      ...(certificate === undefined
        ? {}
        : {
            certificate: {
              privateKey: reference(certificate.privateKey),
              certificate: reference(certificate.certificate),
            },
          }),
    },
    hr:
      settings.hr.source === 'workday'
        ? { ...settings.hr, password: reference(settings.hr.password) }
        : { ...settings.hr, apiKey: reference(settings.hr.apiKey) },
    ...(settings.tls === undefined ? {} : { tls: { caFile: path(settings.tls.caFile) } }),
  };
}

function isPlainHttpsUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    url.protocol === 'https:' && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  );
}

function isReportUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === '';
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
