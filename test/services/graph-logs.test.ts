import { afterEach, describe, expect, it } from 'vitest';
import { type AuditEntry, isDoneBy, readNewAudits } from '../../src/services/graph/directory-audits.ts';
import type { LogMark } from '../../src/services/graph/log-mark.core.ts';
import type { LogReading } from '../../src/services/graph/log-reading.ts';
import { readNewSignIns } from '../../src/services/graph/sign-ins.ts';
import { startGraphBench } from '../support/graph-bench.ts';
import { type ConnectedSandbox, startConnectedSandbox } from '../support/sandbox-connections.ts';
import { buildSignIn, READER, START_MS } from '../support/sandbox-tenant.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(...args: Parameters<typeof startConnectedSandbox>): Promise<ConnectedSandbox> {
  const connected = await startConnectedSandbox(...args);
  closing.push(() => connected.end());
  return connected;
}

const MINUTE = 60_000;
const iso = (at: number) => new Date(at).toISOString();
const from = iso(START_MS - 24 * 60 * MINUTE);
/** Newest first, as a world keeps them. */
const signIns = (minutes: readonly number[], set: object = {}) =>
  minutes.map((minute, index) => buildSignIn(index + 1, { createdDateTime: iso(START_MS + minute * MINUTE), ...set }));

async function idsOf({ reader, clock }: ConnectedSandbox, log: 'interactive' | 'nonInteractive', mark?: LogMark) {
  const ids: string[] = [];
  const onRows = (rows: { id: string }[]) => void ids.push(...rows.map(({ id }) => id));
  const reading = await readNewSignIns(reader, log, { mark, from, now: clock.now(), onRows });
  if (reading.kind !== 'read') throw new Error('the tenant is licensed');
  return { ids, reading };
}

describe('readNewSignIns', () => {
  it('gives every sign-in once, though rows arrive minutes late and in no order', async () => {
    const rows = signIns([58, 50, 31, 30, 29, 12, 8, 7, 3, 1, -5, -600]);
    const connected = await start({ signIns: rows });
    const seen: string[] = [];
    let mark: LogMark | undefined;
    for (let step = 0; step < 24; step += 1) {
      const { ids, reading } = await idsOf(connected, 'interactive', mark);
      seen.push(...ids);
      mark = reading.mark;
      connected.sandbox.manual.advance(5 * MINUTE);
    }
    expect(seen.toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
  });

  it('asks only for the overlap and what follows when it has a mark', async () => {
    const connected = await start({ signIns: signIns([-600, -700]) });
    const { reading } = await idsOf(connected, 'interactive');
    connected.sandbox.manual.advance(60 * MINUTE);
    await idsOf(connected, 'interactive', reading.mark);
    const filters = connected.sandbox.requests.list().flatMap(({ query }) => query.$filter ?? []);
    expect(filters.at(-1)).toBe(
      `createdDateTime ge ${iso(Date.parse(reading.mark.readTo) - 45 * MINUTE)} and createdDateTime le ${iso(connected.clock.now())}`,
    );
  });

  it('reads background sign-ins from beta, with the protocol they came by', async () => {
    const background = {
      isInteractive: false,
      signInEventTypes: ['nonInteractiveUser'],
      authenticationProtocol: 'ropc',
    };
    const connected = await start({ signIns: signIns([-60, -70], background) });
    const protocols: unknown[] = [];
    await readNewSignIns(connected.reader, 'nonInteractive', {
      ...{ from, now: connected.clock.now() },
      onRows: (rows) => void protocols.push(...rows.map((row) => row.authenticationProtocol)),
    });
    expect(protocols).toEqual(['ropc', 'ropc']);
    expect((await idsOf(connected, 'interactive')).ids).toEqual([]);
  });

  it('says which span the log had dropped before it was read', async () => {
    const connected = await start();
    const day = 1_440 * MINUTE;
    const { reading } = await idsOf(connected, 'interactive', { readTo: iso(START_MS - 40 * day), known: [] });
    expect(reading.lost).toEqual({ from: iso(START_MS - 40 * day), to: iso(START_MS - 30 * day) });
    expect((await idsOf(connected, 'interactive')).reading.lost).toBeNull();
  });

  it('names the licence that a tenant lacks', async () => {
    const { reader, clock } = await start({ subscribedSkus: [] });
    const reading = await readNewSignIns(reader, 'interactive', { from, now: clock.now(), onRows: () => undefined });
    expect(reading).toEqual({ kind: 'notLicensed', needs: 'P1' });
  });

  it('counts a row once that new rows have pushed onto the next page', async () => {
    const row = (n: number) => ({ id: `row-${n}`, createdDateTime: iso(START_MS - n * 1_000) });
    const pages = [[1, 2, 3], [3, 4, 5], [5, 6], [7]].map((page) => page.map(row));
    const bench = await startGraphBench((request, _index, origin) => {
      const place = Number(request.query.get('$skiptoken') ?? '0');
      const next = `${origin}/v1.0/auditLogs/signIns?$skiptoken=${place + 1}`;
      return { json: { value: pages[place], ...(place < 3 ? { '@odata.nextLink': next } : {}) } };
    });
    closing.push(() => bench.close());
    const ids: string[] = [];
    const reading = await readNewSignIns(bench.graph, 'interactive', {
      ...{ from, now: START_MS, rules: { overlapMs: 0 } },
      onRows: (rows) => void ids.push(...rows.map(({ id }) => id)),
    });
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `row-${n}`));
    expect(reading).toMatchObject({ rows: 7, pages: 4, mark: { known: [] } });
  });
});

describe('readNewAudits', () => {
  const policy = {
    displayName: 'Rollout: observe',
    state: 'enabledForReportingButNotEnforced',
    conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  };

  async function audited(layers: 1 | 2): Promise<{ entries: AuditEntry[]; reading: LogReading }> {
    const roles = [
      'Policy.Read.All',
      'Policy.ReadWrite.ConditionalAccess',
      'Application.Read.All',
      'AuditLog.Read.All',
    ];
    const connected = await start({ securityDefaults: { isEnabled: false } }, { reader: roles });
    await connected.sandbox.control(`/tenants/${connected.reader.tenantId}/options`, {
      method: 'POST',
      body: { auditJsonLayers: layers },
    });
    await connected.sandbox.graph('/v1.0/identity/conditionalAccess/policies', { method: 'POST', body: policy });
    connected.sandbox.manual.advance(10 * MINUTE);
    const entries: AuditEntry[] = [];
    const reading = await readNewAudits(connected.reader, {
      ...{ from, now: connected.clock.now(), services: ['Conditional Access'] },
      onRows: (rows) => void entries.push(...rows),
    });
    return { entries, reading };
  }

  it.each([1, 2] as const)(
    'gives a changed policy as an object out of %i layers of JSON, with its actor',
    async (layers) => {
      const { entries, reading } = await audited(layers);
      expect(entries).toHaveLength(1);
      const [entry] = entries;
      expect(entry?.activity.toLowerCase()).toBe('add conditional access policy');
      expect(entry?.targets[0]?.changes[0]).toMatchObject({ before: null, after: { displayName: policy.displayName } });
      expect(entry?.actor).toMatchObject({ kind: 'app', appId: READER.clientId });
      expect(reading).toMatchObject({ kind: 'read', rows: 1, mark: { known: [entry?.id] } });
    },
  );

  it('knows own writes by the application or by its service principal, in any case of letters', () => {
    const app = { kind: 'app', appId: null, servicePrincipalId: 'abc-1', displayName: null } as const;
    expect(isDoneBy({ actor: app }, { appIds: [], servicePrincipalIds: ['ABC-1'] })).toBe(true);
    expect(isDoneBy({ actor: app }, { appIds: ['abc-1'], servicePrincipalIds: [] })).toBe(false);
    const person = { kind: 'user', id: 'abc-1', userPrincipalName: null, displayName: null } as const;
    expect(isDoneBy({ actor: person }, { appIds: ['abc-1'], servicePrincipalIds: ['abc-1'] })).toBe(false);
  });

  it('takes values that are no JSON, lines without an actor and lines without targets as they are', async () => {
    const change = (oldValue: string | null, newValue: string | null) => ({ displayName: 'Name', oldValue, newValue });
    const modifiedProperties = [change('plain', '"quoted"'), change('["Sales"]', '{"broken":'), change(null, '"123"')];
    const line = { id: 'audit-1', activityDateTime: iso(START_MS), activityDisplayName: 'Update user' };
    const bench = await startGraphBench(() => ({
      json: {
        value: [
          { ...line, initiatedBy: { user: null, app: null }, targetResources: [{ id: 'u1', modifiedProperties }] },
          { ...line, id: 'audit-2' },
        ],
      },
    }));
    closing.push(() => bench.close());
    const entries: AuditEntry[] = [];
    await readNewAudits(bench.graph, { from, now: START_MS, onRows: (rows) => void entries.push(...rows) });
    expect(entries[0]?.targets[0]?.changes.map(({ before, after }) => [before, after])).toEqual([
      ['plain', 'quoted'],
      [['Sales'], '{"broken":'],
      [null, '123'],
    ]);
    expect(entries[0]?.actor).toEqual({ kind: 'unknown', displayName: null });
    expect(entries[1]).toMatchObject({ targets: [], actor: { kind: 'unknown' } });
  });
});
