/** What no vendor may do to us, tried with every client: each answer ends as one of the three vendor errors. */
import { generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/lib/clock.ts';
import { VendorError } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import {
  type Connections,
  createConnections,
  type HrSettings,
  type MailSettings,
} from '../../src/services/connections.ts';
import { listRegistrationPages } from '../../src/services/graph/registration.ts';
import { listUsers } from '../../src/services/graph/users.ts';
import { createPacers } from '../../src/services/limits.ts';
import { findCompany } from '../../src/services/psa/connectwise/directory.ts';
import { CLIENT, TENANT, testAuthority, tokenReply, WIDE } from '../support/graph-bench.ts';
import { NOON } from '../support/vendor-bench.ts';
import { type Arrived, type Reply, startVendorDouble, type VendorDouble } from '../support/vendor-double.ts';

type Client = {
  what: string;
  /** Which requests are answered badly; the others as they should be. */
  target: RegExp;
  use(connections: Connections): Promise<unknown>;
  hr?: (url: string) => HrSettings;
  mail?: (url: string) => MailSettings;
};

const bamboo = (url: string, readBy: 'customReport' | 'dataset'): HrSettings => ({
  ...{ kind: 'bamboohr', baseUrl: url, company: 'contoso', readBy },
  access: { kind: 'apiKey', apiKey: 'key-1' },
});
const workday = (url: string): HrSettings => ({
  ...{ kind: 'workday', username: 'ISU', password: 'pass-1' },
  reportUrl: `${url}/ccx/service/customreport2/contoso/owner/report`,
});
const { privateKey } = generateKeyPairSync('rsa', {
  ...{ modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' } },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const gmail = (url: string): MailSettings => ({
  ...{ kind: 'gmail', mailbox: 'it@contoso.example', baseUrl: url, tokenUrl: `${url}/google/token` },
  serviceAccount: { clientEmail: 'rollout@contoso.example', privateKeyPem: privateKey },
});
const outlook = (): MailSettings => ({ kind: 'outlook', mailbox: 'it@contoso.example' });
const employees = ({ hr }: Connections) => hr?.readEmployees() ?? Promise.resolve();
const findMail = ({ mail }: Connections) => mail?.findByKey('key-1') ?? Promise.resolve();
const companyOf = ({ psa }: Connections) =>
  psa === null ? Promise.resolve() : findCompany(psa, { identifier: 'Contoso' });

const CLIENTS: readonly Client[] = [
  { what: 'Graph’s list of users', target: /\/v1\.0\/users/, use: ({ graph }) => listUsers(graph) },
  {
    what: 'Graph’s registration report',
    target: /userRegistrationDetails/,
    use: ({ graph }) => listRegistrationPages(graph),
  },
  { what: 'the token for Graph', target: /oauth2\/v2\.0\/token/, use: ({ graph }) => listUsers(graph) },
  { what: 'BambooHR’s report', target: /reports\/custom/, use: employees, hr: (url) => bamboo(url, 'customReport') },
  { what: 'BambooHR’s dataset', target: /datasets/, use: employees, hr: (url) => bamboo(url, 'dataset') },
  { what: 'BambooHR’s absences', target: /whos_out/, use: employees, hr: (url) => bamboo(url, 'customReport') },
  { what: 'Workday’s report', target: /customreport2/, use: employees, hr: workday },
  { what: 'Outlook', target: /\/messages/, use: findMail, mail: outlook },
  { what: 'Gmail', target: /\/gmail\/v1/, use: findMail, mail: gmail },
  { what: 'the token for Gmail', target: /google\/token/, use: findMail, mail: gmail },
  { what: 'ConnectWise', target: /apis\/3\.0/, use: companyOf },
  { what: 'ConnectWise’s company', target: /companyinfo/, use: companyOf },
];

const json = { 'content-type': 'application/json' };
const LONG = gzipSync(`{"value":"${'x'.repeat(70 * 1024 * 1024)}"}`);
const ANSWERS: readonly { what: string; reply: Reply }[] = [
  { what: 'truncated JSON', reply: { headers: json, raw: '{"value":[{"id":' } },
  { what: 'HTML that calls itself JSON', reply: { headers: json, raw: '<html>sign in</html>' } },
  { what: 'a page of HTML', reply: { headers: { 'content-type': 'text/html' }, raw: '<html>sign in</html>' } },
  { what: 'JSON of another content type', reply: { headers: { 'content-type': 'text/plain' }, raw: '{"value":[]}' } },
  { what: 'JSON of another shape', reply: { json: 'maintenance' } },
  { what: 'bytes that are no text', reply: { headers: json, raw: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]) } },
  { what: 'a success with an error inside', reply: { json: { error: { code: 'Unknown', message: 'no' } } } },
  { what: 'more than 64 MB', reply: { headers: { ...json, 'content-encoding': 'gzip' }, raw: LONG } },
];

/** What the vendors answer where they behave. */
function wellAnswered({ path }: Arrived): Reply {
  if (path.includes('oauth2/v2.0/token')) return tokenReply(1);
  if (path.endsWith('google/token')) return { json: { access_token: 'token', expires_in: 3_599 } };
  if (path.includes('companyinfo')) return { json: { Codebase: 'v2025_1/', CompanyID: 'contoso', IsCloud: true } };
  if (path.endsWith('/whos_out')) return { json: [] };
  return { json: { title: 'x', fields: [], employees: [], value: [] } };
}

describe.each(CLIENTS)('$what', ({ target, use, hr, mail }) => {
  let double: VendorDouble;
  let elsewhere: VendorDouble;
  let bad: Reply;
  const open: Connections[] = [];
  beforeAll(async () => {
    elsewhere = await startVendorDouble(() => ({ json: { value: [] } }), testAuthority());
    double = await startVendorDouble(
      (request) => (target.test(request.path) ? bad : wellAnswered(request)),
      testAuthority(),
    );
  });
  afterEach(async () => {
    for (const connections of open.splice(0)) await connections.close();
  });
  afterAll(async () => {
    await double.close();
    await elsewhere.close();
  });

  const connect = (tls = { caFile: testAuthority().caFile as string | undefined }) => {
    const clock = createManualClock(NOON);
    const sleep = (ms: number, signal?: AbortSignal) => (ms < 10_000 ? Promise.resolve() : clock.sleep(ms, signal));
    const connections = createConnections(
      {
        graph: {
          ...{ baseUrl: double.url, loginUrl: double.url, tenantId: TENANT, clientId: CLIENT },
          credential: { kind: 'secret', secret: 'secret-1' },
        },
        ...(hr === undefined ? {} : { hr: hr(double.url) }),
        ...(mail === undefined ? {} : { mail: mail(double.url) }),
        psa: {
          ...{ kind: 'connectwise', baseUrl: double.url, companyId: 'contoso' },
          ...{ clientId: 'c', publicKey: 'p', privateKey: 'q' },
        },
        tls,
      },
      { clock: { ...clock, sleep }, log: silentLog, pacers: createPacers(clock, WIDE), random: () => 0 },
    );
    open.push(connections);
    return connections;
  };
  const errorOf = (reply: Reply, connections = connect()) => {
    bad = reply;
    return use(connections).then(
      () => 'believed',
      (error: unknown) => error,
    );
  };

  it.each(ANSWERS)('stops at $what', async ({ reply }) => {
    expect(await errorOf(reply)).toBeInstanceOf(VendorError);
  });

  it('follows no redirect to another host, and nothing is sent there', async () => {
    for (const status of [301, 302, 307, 308]) {
      const location = `${elsewhere.url}/x`;
      expect(await errorOf({ status, headers: { location } })).toBeInstanceOf(VendorError);
    }
    expect(elsewhere.arrived).toEqual([]);
  });

  it('sends nothing to whoever shows a certificate of an unknown authority', async () => {
    const before = double.arrived.length;
    expect(await errorOf({ json: {} }, connect({ caFile: undefined }))).toMatchObject({ code: 'vendor_unreachable' });
    expect(double.arrived).toHaveLength(before);
  });
});
