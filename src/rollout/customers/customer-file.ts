import { dirname, isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { type FileMistake, mistakeText, readYaml } from '../../lib/yaml-file.ts';
import {
  bamboohr,
  connectwise,
  directoryId,
  gmail,
  graph,
  helpdesk,
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
  /** The name under which the service provider writes to the customer's people. */
  serviceProvider: oneLine.trim().min(1).max(100).optional(),
  graph,
  messenger: messenger.optional(),
  writer: writer.optional(),
  rails: rails.prefault({}),
  helpdesk: helpdesk.prefault({}),
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
      /** For so many days a drill of a break-glass account counts. */
      drillDays: z.number().int().min(1).max(365).default(90),
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

/**
 * Reads a customer file. Refuses with `customer_file_invalid` and every mistake with its line: broken YAML, an unknown
 * key, a plain-text secret, a malformed id. The text of a refused value is not repeated: it may be a secret. Relative
 * paths (`tls.caFile`, `file:` references) come back absolute, seen from the file's folder.
 */
export function parseCustomerFile(text: string, path: string): CustomerSettings {
  const reading = readYaml(text, { schema: customerFileSchema, bytesMax: FILE_BYTES_MAX, kinds: KINDS });
  if (!reading.ok) throw refused(path, reading.mistakes);
  return withAbsolutePaths(reading.value, dirname(resolve(path)));
}

/** What the choices of the file are between. */
const KINDS: Readonly<Record<string, string>> = { 'hr.source': 'bamboohr or workday', 'mail.via': 'outlook or gmail' };

function refused(path: string, mistakes: readonly FileMistake[]): AppError {
  const list = mistakes.map(mistakeText);
  return new AppError('customer_file_invalid', `customer file refused: ${list.join('; ')}`, {
    userMessage: `The customer file ${path} is refused.\n${list.map((line) => `  - ${line}`).join('\n')}\nIts form is described in docs/schemas/customer-file.schema.json.`,
  });
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
    hr: hr.source === 'workday' ? { ...hr, password: reference(hr.password) } : { ...hr, ...bambooWith(hr, reference) },
    ...(mail?.via === 'gmail' ? { mail: { ...mail, serviceAccountKey: reference(mail.serviceAccountKey) } } : {}),
    ...(psa === undefined
      ? {}
      : { psa: { ...psa, publicKey: reference(psa.publicKey), privateKey: reference(psa.privateKey) } }),
    ...(tls === undefined ? {} : { tls: { caFile: path(tls.caFile) } }),
  };
}

type BambooSection = Extract<CustomerSettings['hr'], { source: 'bamboohr' }>;

function bambooWith(
  { apiKey, oauth, webhookKeys }: BambooSection,
  reference: (text: string) => string,
): Pick<BambooSection, 'apiKey' | 'oauth' | 'webhookKeys'> {
  return {
    ...(apiKey === undefined ? {} : { apiKey: reference(apiKey) }),
    ...(oauth === undefined
      ? {}
      : {
          oauth: {
            ...oauth,
            clientSecret: reference(oauth.clientSecret),
            refreshToken: reference(oauth.refreshToken),
          },
        }),
    ...(webhookKeys === undefined ? {} : { webhookKeys: webhookKeys.map(reference) }),
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

/** A file is checked at every read of its customer, and asking Intl takes longer than all the rest. */
const ZONES_SEEN = new Set<string>();

function isTimeZone(name: string): boolean {
  if (ZONES_SEEN.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    ZONES_SEEN.add(name);
    return true;
  } catch {
    // An unknown name is the answer, not a fault: Intl tells it only by throwing.
    return false;
  }
}
