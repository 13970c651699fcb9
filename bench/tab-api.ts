/**
 * What a read of the tab costs the server: CPU of the answering thread, held against a bare node:http server that sends
 * the same bytes, and whether it depends on how many people there are. Token check, rights, revision, filters and
 * restify are in it; the store's three look-ups per read are not: access and revision answer from memory here. Size of
 * answers is exact and gated; the ratio is printed until the work on speed, growth is gated. A list with filters is made
 * at the first look at it, which does depend on the people who might pass: printed by itself.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, exportJWK, SignJWT } from 'jose';
import type { ApiDeps } from '../src/api/api-routes.ts';
import { systemClock } from '../src/lib/clock.ts';
import { AppError } from '../src/lib/errors.ts';
import type { Person } from '../src/rollout/roster/roster-types.core.ts';
import { startReader } from './support/http-reader.ts';
import { atMostLine, type BenchLine, noneLine, printedLine, ratioLine } from './support/line.ts';

const SIZES = [20_000, 200_000] as const;
const DEPARTMENTS = [50, 400] as const;
const RATIO_TARGET = 2.5;
const GROWTH_TARGET = 1.1;
const BYTES_PER_DEPARTMENT = 80;
const PAGE_BYTES = 8 * 1024;
const READS = 200;
const ROUNDS = 6;
const APP_ID = randomUUID();
const TENANT = randomUUID();
const LOGIN_URL = 'https://login.bench.example';
const TEAMS_WEB = '5e3ce6c0-2b1f-4285-8d4b-75ee78787346';

const PATHS = {
  overview: '/overview',
  'first page': '/people',
  'page in the middle': '/people?offset=9000',
  'department, not enrolled': '/people?department=Department%207&enrolment=not',
  search: '/people?search=mar%20alv&sort=department',
} as const;

type Kind = keyof typeof PATHS;

/** Runs the bench and gives one line per figure. */
export async function runTabApi(): Promise<BenchLine[]> {
  const reader = startReader();
  const token = await createTokens();
  const headers = { authorization: `Bearer ${token.text}` };
  const lines: BenchLine[] = [];
  const cost = new Map<string, number>();
  // restify changes node:http for the whole process, so the bare server is measured before it is loaded.
  const bare = await bareCosts(reader.read, [1_500, 7_000, 14_000]);
  for (const departments of DEPARTMENTS) {
    for (const size of SIZES) {
      const server = await startProduct(peopleOf(size, departments), token.check);
      const read = (path: string, count: number, more = {}) =>
        reader.read({ url: `${server.url}${path}`, headers: { ...headers, ...more }, count });
      for (const [kind, path] of Object.entries(PATHS) as [Kind, string][]) {
        const { bytes } = await read(path, READS);
        const micros = await leastMicros(() => read(path, READS));
        const name = `tab-api/${kind}/${size} people/${departments} departments`;
        cost.set(name, micros);
        lines.push(sizeLine({ name, kind, bytes, departments }));
        const ratio = micros / bare(bytes);
        lines.push(printedLine(`${name}: CPU us`, { value: micros, limit: bare(bytes), ratio, target: RATIO_TARGET }));
      }
      const etag = await etagOf(`${server.url}/people`, headers);
      const held = await read('/people', READS, { 'if-none-match': etag });
      lines.push(noneLine(`tab-api/304/${size} people/${departments} departments: bytes`, held.bytes));
      lines.push(
        printedLine(`tab-api/new search/${size} people/${departments} departments: CPU us`, await newSearch(read)),
      );
      if (held.status !== 304) throw new Error(`a held page was answered ${held.status}`);
      await server.close();
    }
    for (const kind of Object.keys(PATHS)) {
      const at = (size: number) => cost.get(`tab-api/${kind}/${size} people/${departments} departments`) as number;
      const figures = { value: at(SIZES[1]), limit: at(SIZES[0]), target: GROWTH_TARGET, isCpu: true };
      lines.push(
        ratioLine({ name: `tab-api/${kind}/${departments} departments: CPU us, 200k against 20k`, ...figures }),
      );
    }
  }
  await reader.stop();
  return lines;
}

function sizeLine({
  name,
  kind,
  bytes,
  departments,
}: {
  name: string;
  kind: Kind;
  bytes: number;
  departments: number;
}): BenchLine {
  return kind === 'overview'
    ? atMostLine({ name: `${name}: bytes per department`, value: bytes / departments, target: BYTES_PER_DEPARTMENT })
    : atMostLine({ name: `${name}: bytes`, value: bytes, target: PAGE_BYTES });
}

const NEW_SEARCHES = 20;

/** What the first page of a search costs that nobody has made before. */
async function newSearch(read: (path: string, count: number) => Promise<unknown>): Promise<{ value: number }> {
  const before = process.threadCpuUsage();
  for (let index = 0; index < NEW_SEARCHES; index += 1) await read(`/people?search=be%20${index}&enrolment=not`, 1);
  const { user, system } = process.threadCpuUsage(before);
  return { value: (user + system) / NEW_SEARCHES };
}

/** The least CPU per read of this thread, over some rounds. */
async function leastMicros(run: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.threadCpuUsage();
    await run();
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / READS);
  }
  return least;
}

/** What a bare server costs for so many bytes, by straight lines between the measured sizes. */
async function bareCosts(
  read: ReturnType<typeof startReader>['read'],
  sizes: readonly number[],
): Promise<(bytes: number) => number> {
  const points: { bytes: number; micros: number }[] = [];
  for (const bytes of sizes) {
    const body = 'x'.repeat(bytes);
    const server = createServer((_request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.setHeader('Content-Length', bytes);
      response.end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const ask = () => read({ url, headers: {}, count: READS });
    await ask();
    points.push({ bytes, micros: await leastMicros(ask) });
    server.closeAllConnections();
    server.close();
  }
  const [small, , large] = points as [Point, Point, Point];
  const slope = Math.max(0, (large.micros - small.micros) / (large.bytes - small.bytes));
  return (bytes) => small.micros + slope * (bytes - small.bytes);
}

type Point = { bytes: number; micros: number };

async function etagOf(url: string, headers: Record<string, string>): Promise<string> {
  const answer = await fetch(url, { headers });
  await answer.arrayBuffer();
  return answer.headers.get('etag') ?? '';
}

/** The product's routes on its server, over people in memory. */
async function startProduct(
  people: Person[],
  token: ApiDeps['token'],
): Promise<{ url: string; close(): Promise<void> }> {
  const { startServer } = await import('../src/api/server.ts');
  const { apiRoutes } = await import('../src/api/api-routes.ts');
  const { createReadModel } = await import('../src/api/read-models.ts');
  const readAt = new Date();
  const readings = ['hr', 'registration', 'users'].map((source) => ({
    ...{ source, state: 'read' as const, rows: people.length, why: null, code: null, readAt, triedAt: readAt },
  }));
  const model = createReadModel({ people, hrWithoutAccount: [], accountWithoutHr: [], suggestions: [] }, readings);
  const customer = { id: TENANT, name: 'Contoso', settings: { timeZone: 'Europe/Berlin' } };
  const notThere = () => Promise.reject(new AppError('snapshot_part_missing', '', { userMessage: 'Not read yet.' }));
  const deps = {
    token,
    access: {
      actorOf: (identity, customerId) =>
        Promise.resolve({ customerId, identity, roles: ['viewer'], displayName: 'Adele' }),
      customersOf: () => Promise.resolve([]),
    },
    customers: { list: () => Promise.resolve([customer as never]) },
    revisions: { of: () => Promise.resolve({ all: 1, data: 1 }) },
    readModels: { of: () => Promise.resolve(model) },
    signOff: { review: notThere, state: notThere, sign: notThere },
    publisher: {
      appId: APP_ID,
      consentUrl: () => LOGIN_URL,
      chance: () => ({ yes: false, code: 'sandbox', why: 'A bench.' }),
      publish: notThere,
    },
    drafts: { kinds: {}, review: notThere, decide: notThere, draw: notThere, state: notThere, effect: notThere },
    clock: { now: () => readAt.getTime() },
    phases: { current: () => Promise.resolve(null), people: notThere },
    approvals: { review: notThere, decide: notThere },
    dayMoves: { deadline: notThere, phase: notThere },
    outreach: { ledger: notThere, plan: notThere, settle: notThere },
    persons: { show: notThere, ask: notThere },
    requests: { list: notThere, ask: notThere, withdraw: notThere },
    classes: { list: notThere, decide: notThere },
    takeover: { show: notThere, decide: notThere, beginUndo: notThere },
    undoEverything: { show: notThere, begin: notThere },
    push: { plan: notThere, begin: notThere, beginUndo: notThere, show: notThere },
    drift: { list: notThere, decide: notThere },
    accessPasses: { issue: notThere, withdraw: notThere, requests: notThere },
    sessions: { endFor: notThere },
    stuck: { list: notThere },
    forecasts: { onLook: notThere, progress: notThere },
    history: { list: notThere },
    signIns: {
      impact: notThere,
      judgeStopLine: notThere,
      past: notThere,
      findings: { list: notThere, take: notThere, waive: notThere },
    },
  } satisfies ApiDeps;
  const probes = { readiness: () => ({ ready: true }) as const, metrics: () => '' };
  const server = await startServer(0, { ...probes, routes: apiRoutes(deps) });
  return { url: `${server.url}/api/v1/customers/${TENANT}`, close: server.close };
}

/** A real token and the real check of it; only the key does not come over a network. */
async function createTokens(): Promise<{ text: string; check: ApiDeps['token'] }> {
  const { createTokenCheck } = await import('../src/api/token.ts');
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256' }] });
  const claims = { tid: TENANT, oid: randomUUID(), ver: '2.0', scp: 'access_as_user', azp: TEAMS_WEB };
  const text = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
    .setIssuer(`${LOGIN_URL}/${TENANT}/v2.0`)
    .setAudience(APP_ID)
    .setIssuedAt()
    .setNotBefore('0s')
    .setExpirationTime('1h')
    .sign(privateKey);
  const settings = { loginUrl: LOGIN_URL, audiences: [APP_ID] };
  const isOnboarded = () => Promise.resolve(true);
  return { text, check: createTokenCheck({ settings, clock: systemClock, keys, isOnboarded }) };
}

const GIVEN = ['Anna', 'Béla', 'Carla', 'David', 'Eva', 'Farid', 'Grete', 'Hugo', 'Ines', 'Jörg', 'Marta', 'Oskar'];
const FAMILY = ['Alvarez', 'Becker', 'Çelik', 'Dvořák', 'Egger', 'Fischer', 'García', 'Huber', 'Ivanova', 'Jensen'];

/** Made-up people, the same every time. */
function peopleOf(size: number, departments: number): Person[] {
  return Array.from({ length: size }, (_, index) => {
    const displayName = `${GIVEN[index % GIVEN.length]} ${FAMILY[(index * 7) % FAMILY.length]} ${index}`;
    const address = `person.${index}@contoso.example`;
    return {
      personId: `bamboohr:${index}`,
      accountId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      employeeId: String(100_000 + index),
      displayName,
      department: `Department ${index % departments}`,
      managerAccountId: null,
      managerWhy: 'noManager',
      accountStatus: 'enabled',
      enrolment: index % 3 === 0 ? 'not' : 'capable',
      enrolmentWhy: 'the registration report shows a usable MFA method',
      class: 'employee',
      matchedBy: 'employeeId',
      differences: index % 11 === 0 ? [{ field: 'department', hr: 'a', entra: 'b' }] : [],
      hrStatus: 'active',
      returnDate: null,
      jobTitle: null,
      userPrincipalName: address,
      mail: address,
      methods: [],
    };
  });
}
