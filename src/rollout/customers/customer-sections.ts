import { z } from 'zod';

/* The sections of the customer file, each as the file writes it. */

export const directoryId = z
  .guid('an id of the form 00000000-0000-0000-0000-000000000000')
  .transform((id) => id.toLowerCase());

const baseUrl = z
  .string()
  .refine(isPlainHttpsUrl, 'an https:// address without user, password, query or fragment')
  .transform((url) => url.replace(/\/+$/, ''));

/** No control or direction characters, no half characters: a name must not forge lines, and the store takes no NUL. */
export const oneLine = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]*$/u, 'one line of ordinary characters');

const secretReference = oneLine.regex(
  /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/,
  'a reference to the secret, env:NAME or file:PATH; a secret itself never stands in this file',
);

const application = {
  clientId: directoryId,
  clientSecret: secretReference.optional(),
  certificate: z.strictObject({ privateKey: secretReference, certificate: secretReference }).optional(),
};
const ONE_CREDENTIAL = 'given either a clientSecret or a certificate';

function hasOneCredential(value: { clientSecret?: unknown; certificate?: unknown }): boolean {
  return (value.clientSecret === undefined) !== (value.certificate === undefined);
}

export const graph = z
  .strictObject({
    baseUrl: baseUrl.default('https://graph.microsoft.com'),
    loginUrl: baseUrl.default('https://login.microsoftonline.com'),
    ...application,
  })
  .refine(hasOneCredential, ONE_CREDENTIAL);

/** The app that works in Teams and sends mail: apart from the reading one, so that neither can do the other's work. */
export const messenger = z.strictObject(application).refine(hasOneCredential, ONE_CREDENTIAL);

/** The app that writes policies and groups, and only inside an approved push or an undo. */
export const writer = z.strictObject(application).refine(hasOneCredential, ONE_CREDENTIAL);

/** How many accounts one push may move; a plan that moves more is held whole. */
export const rails = z.strictObject({
  accountsMax: z.number().int().min(0).default(100),
  percentMax: z.number().min(0).max(100).default(30),
});

/** What the helpdesk may do in the tenant; issuing a Temporary Access Pass is off until the customer wants it. */
export const helpdesk = z.strictObject({ accessPass: z.boolean().default(false) });

const keptReference = oneLine.regex(
  /^file:.+$/,
  'a reference file:PATH, since the secret in it is replaced now and then',
);

/** An application registered with BambooHR, and the connection that somebody at the company consented to. */
const bambooOAuth = z.strictObject({
  clientId: oneLine.min(1),
  clientSecret: secretReference,
  /** Written by `mfa-rollout customers connect-hr`, and again whenever BambooHR issues another. */
  refreshToken: keptReference,
  /** The company's own address, where `baseUrl` names a gateway. */
  loginUrl: baseUrl.optional(),
});

export const bamboohr = z
  .strictObject({
    source: z.literal('bamboohr'),
    baseUrl: baseUrl.optional(),
    company: z.string().regex(/^[A-Za-z0-9-]+$/, 'the company’s name in its BambooHR address'),
    apiKey: secretReference.optional(),
    oauth: bambooOAuth.optional(),
    /** Private keys of webhooks, each as it was shown when its webhook was made; two while one takes over from the other. */
    webhookKeys: z.array(secretReference).min(1).max(3).optional(),
    route: z.enum(['company', 'gateway']).optional(),
    readBy: z.enum(['customReport', 'dataset']).optional(),
    datasetName: oneLine.min(1).optional(),
    employeeIdField: z.enum(['employeeNumber', 'id']).default('employeeNumber'),
    leaveStatuses: z.array(oneLine.min(1)).optional(),
    leaveDaysMin: z.number().int().min(1).max(365).optional(),
  })
  .refine(({ apiKey, oauth }) => (apiKey === undefined) !== (oauth === undefined), 'given either an apiKey or oauth');

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

export const workday = z.strictObject({
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

const mailAddress = oneLine.regex(/^[^\s@]+@[^\s@]+$/, 'a mail address');

export const outlook = z.strictObject({ via: z.literal('outlook'), mailbox: mailAddress });

export const gmail = z.strictObject({
  via: z.literal('gmail'),
  mailbox: mailAddress,
  /** Google's JSON key of the service account to which the Workspace administrator delegated the domain. */
  serviceAccountKey: secretReference,
  baseUrl: baseUrl.optional(),
  tokenUrl: baseUrl.optional(),
});

export const connectwise = z.strictObject({
  source: z.literal('connectwise'),
  baseUrl,
  companyId: oneLine.min(1),
  publicKey: secretReference,
  privateKey: secretReference,
  clientId: oneLine.min(1),
  /** The identifier of the customer's company there. */
  customer: oneLine.min(1),
  serviceBoard: oneLine.min(1).optional(),
  projectBoard: oneLine.min(1).optional(),
  /** What the site calls each level; a level that is left out is looked for by its English word. */
  priorities: z
    .strictObject({
      low: oneLine.min(1).optional(),
      normal: oneLine.min(1).optional(),
      high: oneLine.min(1).optional(),
    })
    .optional(),
  apiVersion: oneLine.regex(/^\d{4}\.\d{1,2}$/, 'a version such as 2022.1').optional(),
  pace: z.strictObject({ limit: z.number().int().min(1), windowMs: z.number().int().min(1) }).optional(),
});

/** Teams takes no other characters; General is every team's own and never the rollout's. */
const channelName = oneLine
  .trim()
  .min(1)
  .max(50)
  .regex(/^[^~#%&*{}+/\\:<>?|'"]*$/, 'a channel name without # and without ~ % & * { } + / \\ : < > ? | \' "')
  .regex(/^[^._].*[^.]$|^[^._]$/, 'a channel name that does not begin with a dot or underscore or end with a dot')
  .refine((name) => name.toLowerCase() !== 'general', 'another channel than General, which is not the rollout’s');

export const teams = z.strictObject({
  teamId: directoryId,
  channel: channelName.default('it-support'),
  connectorUrl: baseUrl.default('https://smba.trafficmanager.net/teams'),
  /** The app's id in the tenant's catalogue, or in its manifest; without it the deployment's own app is looked for. */
  teamsAppId: oneLine.regex(/^[A-Za-z0-9._-]+$/, 'an id of an app').optional(),
});

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
