/**
 * What a people sync asks of Graph: requests against the least possible, bytes on the wire against a plan that asks
 * for no column it could do without, both against graph-client's default plan for the same listings. The published
 * limits are on, so that a refused request would show.
 */
import { gunzipSync } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { z } from 'zod';
import type { BenchOptions } from './support/bench.ts';
import { createGraphClientPeer, DEFAULT_PLAN, iterateAll } from './support/graph-client-peer.ts';
import { WATCH_REQUESTS } from './support/least.ts';
import { type BenchLine, countLine, noneLine, ratioLine } from './support/line.ts';
import { FULL_SIGN_INS, leastSyncOf, signInsFrom, syncPeople } from './support/people-sync.ts';
import type { BenchTenant, BenchTenants, TenantOptions, Traffic } from './support/tenant.ts';

const BYTES_TARGET = 1.1;
/** At least 25 times fewer bytes than the peer. */
const PEER_BYTES_TARGET = 1 / 25;

/**
 * Each row of the log names every policy of the tenant, so the peer's bytes grow with them: the target was set on rows
 * of six policies and is a gate where there are that many and more; where there are four, the figure is printed.
 */
type Peer = 'gated' | 'printed' | 'none';

type Case = TenantOptions & { label: string; peer: Peer };

const CASES: readonly Case[] = [
  { label: '200', size: 200, ordinarySignIns: 'all', peer: 'printed' },
  { label: '200 with many policies', size: 200, name: 'oldPolicies', ordinarySignIns: 'all', peer: 'gated' },
  { label: '200 with Security Defaults', size: 200, name: 'securityDefaults', ordinarySignIns: 'all', peer: 'none' },
  { label: '20000', size: 20_000, ordinarySignIns: 'few', peer: 'none' },
];
const FULL: readonly Case[] = [
  { label: '200000', size: 200_000, ordinarySignIns: 'few', signInsPerPerson: FULL_SIGN_INS, peer: 'none' },
];

/** Runs the bench, one tenant after another. */
export async function runSyncRequests(tenants: BenchTenants, { full }: BenchOptions): Promise<BenchLine[]> {
  const lines: BenchLine[] = [];
  for (const { label, peer, ...options } of [...CASES, ...(full ? FULL : [])]) {
    lines.push(...(await linesOf(await tenants.get(options), `sync-requests/${label}`, peer)));
  }
  return lines;
}

async function linesOf(tenant: BenchTenant, name: string, peerIs: Peer): Promise<BenchLine[]> {
  const least = leastSyncOf(tenant);
  const first = await syncPeople(tenant);
  const second = await syncPeople(tenant, first.mark);
  const minimal = await readMinimally(tenant);
  const peer = peerIs === 'none' ? undefined : await readByPeer(tenant);
  // A later sync that finds nothing changed replaces the pages of users by one request.
  const leastSecond = least.requests - least.usersPages + 1;
  const line = (label: string, value: number, limit: number) => ({ name: `${name}: ${label}`, value, limit });
  const lines = [
    countLine({ ...line('requests', first.requests - first.marks, least.requests), peer: peer?.requests }),
    // The formula leaves out what starts the watch for changes; without it the next sync would read everything again.
    countLine(line('requests that start the watch', first.marks, WATCH_REQUESTS)),
    countLine(line('requests when nothing changed', second.requests, leastSecond)),
    noneLine(`${name}: refused with 429`, first.refused + second.refused),
    ratioLine({ ...line('bytes against minimal columns', first.bytes, minimal), target: BYTES_TARGET }),
  ];
  if (peer === undefined) return lines;
  const figure = { ...line('bytes against graph-client', first.bytes, peer.bytes), target: PEER_BYTES_TARGET };
  const ratio = ratioLine({ ...figure, peer: peer.bytes });
  return [...lines, peerIs === 'gated' ? ratio : { ...ratio, ok: null }];
}

/** Columns without which a person could not be joined, named, placed or judged. */
const USER_COLUMNS = [
  'id',
  'userPrincipalName',
  'displayName',
  'mail',
  'proxyAddresses',
  'employeeId',
  'department',
  'jobTitle',
  'accountEnabled',
  'userType',
  'onPremisesSyncEnabled',
  'externalUserState',
];
const REGISTRATION_COLUMNS = ['id', 'isMfaRegistered', 'isMfaCapable', 'methodsRegistered', 'lastUpdatedDateTime'];
const LEGACY_CLIENTS = ['Exchange ActiveSync', 'IMAP4', 'Authenticated SMTP', 'POP3', 'Other clients'];

/** Bytes of the same listings in the largest pages and the fewest columns, asked for by hand. */
async function readMinimally(tenant: BenchTenant): Promise<number> {
  const clients = LEGACY_CLIENTS.map((name) => `clientAppUsed eq '${name}'`).join(' or ');
  const filter = `createdDateTime ge ${signInsFrom(tenant.time)} and (${clients})`;
  const report = '/reports/authenticationMethods/userRegistrationDetails';
  const listings = [
    `/users?$top=999&$select=${USER_COLUMNS.join(',')}&$expand=manager($select=id)`,
    `${report}?$top=1000&$select=${REGISTRATION_COLUMNS.join(',')}`,
    '/identity/conditionalAccess/policies',
    `/auditLogs/signIns?$top=1000&$filter=${encodeURIComponent(filter)}`,
  ];
  if (leastSyncOf(tenant).securityDefaultsCalls > 0) {
    listings.push('/policies/identitySecurityDefaultsEnforcementPolicy');
  }
  const token = await tenant.token();
  tenant.forget();
  for (const listing of listings) await readListing(tenant, token, listing);
  return tenant.traffic().bytes;
}

const page = z.object({ '@odata.nextLink': z.string().optional() });

async function readListing(tenant: BenchTenant, token: string, path: string): Promise<void> {
  let url: string | undefined = `${tenant.sandbox.urls.graph}/v1.0${path}`;
  while (url !== undefined) {
    // How fast this plan may go is the other bench's question.
    tenant.sandbox.throttle.clear();
    const answer: Dispatcher.ResponseData = await request(url, {
      dispatcher: tenant.agent,
      headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' },
    });
    if (answer.statusCode !== 200) throw new Error(`${path} was answered ${answer.statusCode}`);
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    const isPacked = answer.headers['content-encoding'] === 'gzip';
    url = page.parse(JSON.parse((isPacked ? gunzipSync(bytes) : bytes).toString('utf8')))['@odata.nextLink'];
  }
}

/** graph-client's default plan, its windows emptied before each request. */
async function readByPeer(tenant: BenchTenant): Promise<Traffic> {
  const client = await createGraphClientPeer(tenant, () => tenant.sandbox.throttle.clear());
  tenant.forget();
  for (const path of DEFAULT_PLAN) await tenant.time.run(() => iterateAll(client, path));
  return tenant.traffic();
}
