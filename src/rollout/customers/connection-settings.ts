import type { ConnectionSettings, HrSettings } from '../../services/connections.ts';
import type { CustomerSettings } from './customer-file.ts';
import { type Environment, resolveSecret } from './secrets.ts';

/** The settings of a customer with every secret's value in place of its reference. Refuses with `secret_missing`. */
export function connectionSettings(settings: CustomerSettings, environment: Environment): ConnectionSettings {
  const { baseUrl, loginUrl, clientId, clientSecret, certificate } = settings.graph;
  const secret = (reference: string) => resolveSecret(reference, environment);
  const credential =
    certificate === undefined
      ? { kind: 'secret' as const, secret: secret(clientSecret ?? '') }
      : {
          kind: 'certificate' as const,
          certificatePem: secret(certificate.certificate),
          privateKeyPem: secret(certificate.privateKey),
        };
  return {
    graph: { baseUrl, loginUrl, tenantId: settings.tenantId, clientId, credential },
    hr: hrSettings(settings, secret),
    tls: settings.tls,
  };
}

/** Every address that this customer's settings lead to. */
export function endpointsOf(settings: CustomerSettings): string[] {
  return [settings.graph.baseUrl, settings.graph.loginUrl, hrAddress(settings.hr)];
}

function hrAddress(hr: CustomerSettings['hr']): string {
  return hr.source === 'workday' ? hr.reportUrl : (hr.baseUrl ?? `https://${hr.company}.bamboohr.com`);
}

function hrSettings({ hr, timeZone }: CustomerSettings, secret: (reference: string) => string): HrSettings {
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
  const { source, apiKey, ...company } = hr;
  return {
    kind: source,
    ...given(company),
    company: hr.company,
    baseUrl: hrAddress(hr),
    apiKey: secret(apiKey),
    timeZone,
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The members that say something: an absent one and an undefined one mean the same in a file, not in the services. */
function given<T extends object>(value: T): Given<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Given<T>;
}
