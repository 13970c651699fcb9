import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import type { ConnectionSettings, HrSettings, MailSettings, PsaSettings } from '../../services/connections.ts';
import type { Credential } from '../../services/graph/token.ts';
import type { BambooOAuth, BambooSettings } from '../../services/hr/bamboohr/settings.ts';
import { GMAIL_BASE_URL, GOOGLE_TOKEN_URL } from '../../services/mail/gmail/settings.ts';
import type { CustomerSettings } from './customer-file.ts';
import { keptSecret } from './kept-secret.ts';
import { type Environment, resolveSecret } from './secrets.ts';

type Secret = (reference: string) => string;

/** The settings of a customer with every secret's value in place of its reference. Refuses with `secret_missing`. */
export function connectionSettings(settings: CustomerSettings, environment: Environment): ConnectionSettings {
  const { graph, messenger, writer, mail, psa } = settings;
  const { baseUrl, loginUrl, clientId } = graph;
  const secret = (reference: string) => resolveSecret(reference, environment);
  return {
    graph: { baseUrl, loginUrl, tenantId: settings.tenantId, clientId, credential: credentialOf(graph, secret) },
    ...(messenger === undefined
      ? {}
      : { messenger: { clientId: messenger.clientId, credential: credentialOf(messenger, secret) } }),
    ...(writer === undefined
      ? {}
      : { writer: { clientId: writer.clientId, credential: credentialOf(writer, secret) } }),
    hr: hrSettings(settings, { secret, environment }),
    ...(mail === undefined ? {} : { mail: mailSettings(mail, secret) }),
    ...(psa === undefined ? {} : { psa: psaSettings(psa, secret) }),
    tls: settings.tls,
  };
}

/** Every address that this customer's settings lead to. */
export function endpointsOf({ graph, hr, mail, psa, teams }: CustomerSettings): string[] {
  return [
    graph.baseUrl,
    graph.loginUrl,
    hrAddress(hr),
    ...(hr.source === 'bamboohr' && hr.oauth !== undefined ? [loginAddress(hr)] : []),
    ...(mail?.via === 'gmail' ? [mail.baseUrl ?? GMAIL_BASE_URL, mail.tokenUrl ?? GOOGLE_TOKEN_URL] : []),
    ...(psa === undefined ? [] : [psa.baseUrl]),
    ...(teams === undefined ? [] : [teams.connectorUrl]),
  ];
}

type Application = Pick<CustomerSettings['graph'], 'clientSecret' | 'certificate'>;

function credentialOf({ clientSecret, certificate }: Application, secret: Secret): Credential {
  if (certificate === undefined) return { kind: 'secret', secret: secret(clientSecret ?? '') };
  return {
    kind: 'certificate',
    certificatePem: secret(certificate.certificate),
    privateKeyPem: secret(certificate.privateKey),
  };
}

/** The members that are needed of the key as Google hands it out. */
const serviceAccountSchema = z.looseObject({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
});

function mailSettings(mail: NonNullable<CustomerSettings['mail']>, secret: Secret): MailSettings {
  if (mail.via === 'outlook') return { kind: mail.via, mailbox: mail.mailbox };
  const { via, serviceAccountKey, ...account } = mail;
  const key = serviceAccountSchema.safeParse(parsedJson(secret(serviceAccountKey)));
  if (!key.success) {
    throw new AppError('secret_unusable', `secret ${serviceAccountKey}: not a service account's key`, {
      userMessage: `The secret ${serviceAccountKey} is not the JSON key of a Google service account. Give the file as Google made it.`,
    });
  }
  const { client_email: clientEmail, private_key: privateKeyPem, private_key_id: privateKeyId } = key.data;
  return { kind: via, ...account, serviceAccount: { clientEmail, privateKeyPem, privateKeyId } };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The text is a secret, and the parser's message would quote it: that it is none is the answer.
    return null;
  }
}

function psaSettings(psa: NonNullable<CustomerSettings['psa']>, secret: Secret): PsaSettings {
  const { source, baseUrl, companyId, clientId, apiVersion, pace } = psa;
  const keys = { publicKey: secret(psa.publicKey), privateKey: secret(psa.privateKey) };
  return { kind: source, baseUrl, companyId, clientId, apiVersion, pace, ...keys };
}

function hrAddress(hr: CustomerSettings['hr']): string {
  return hr.source === 'workday' ? hr.reportUrl : (hr.baseUrl ?? `https://${hr.company}.bamboohr.com`);
}

/** Consent and tokens are the company's own host's; a gateway in front of the API has neither. */
function loginAddress({ company, baseUrl, route, oauth }: BambooSection): string {
  if (oauth?.loginUrl !== undefined) return oauth.loginUrl;
  return baseUrl !== undefined && route === 'company' ? baseUrl : `https://${company}.bamboohr.com`;
}

function hrSettings(
  { hr, timeZone }: CustomerSettings,
  { secret, environment }: { secret: Secret; environment: Environment },
): HrSettings {
  if (hr.source === 'workday') {
    const { source, password, ...report } = hr;
    return {
      kind: source,
      ...given(report),
      reportUrl: hr.reportUrl,
      username: hr.username,
      password: secret(password),
      timeZone,
    };
  }
  const { source, apiKey: _key, oauth: _oauth, webhookKeys: _keys, ...company } = hr;
  return {
    kind: source,
    ...given(company),
    company: hr.company,
    baseUrl: hrAddress(hr),
    access: bambooAccess(hr, environment),
    timeZone,
  };
}

type BambooSection = Extract<CustomerSettings['hr'], { source: 'bamboohr' }>;

function bambooAccess(hr: BambooSection, environment: Environment): BambooSettings['access'] {
  const connection = bambooConnection(hr, environment);
  return connection ?? { kind: 'apiKey', apiKey: resolveSecret(hr.apiKey ?? '', environment) };
}

/** How a BambooHR company is connected by OAuth; null where its file names an API key. Refuses with `secret_missing`. */
export function bambooConnection(hr: BambooSection, environment: Environment): BambooOAuth | null {
  if (hr.oauth === undefined) return null;
  const { clientId, clientSecret, refreshToken } = hr.oauth;
  return {
    kind: 'oauth',
    clientId,
    clientSecret: resolveSecret(clientSecret, environment),
    refreshToken: keptSecret(refreshToken, environment),
    loginUrl: loginAddress(hr),
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The members that say something: an absent one and an undefined one mean the same in a file, not in the services. */
function given<T extends object>(value: T): Given<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Given<T>;
}
