import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import {
  decisionOutcomeSchema,
  draftReviewSchema,
  errorSchema,
  exceptionReviewSchema,
  LEFTOVER_PAGE_ROWS,
  leftoversPageSchema,
  meSchema,
  overviewSchema,
  type PersonRow,
  peoplePageSchema,
  personDetailSchema,
} from '../../src/contract.ts';
import { createOffsetClock, systemClock } from '../../src/lib/clock.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { Roster } from '../../src/rollout/roster/roster-types.core.ts';
import { rosterOf } from '../../src/rollout/snapshots/answers.ts';
import { patchUser } from '../../src/sandbox/people.ts';
import { type ApiAnswer, type RunningApi, type SignedInPerson, startApi } from '../support/api-client.ts';
import { addCustomerOf, type RunningSandbox, startProduct, startWorld, sync } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const QUARTER_MS = 15 * 60_000;
const PAGE_BYTES_MAX = 8 * 1024;
/** What somebody is told of a leave who may not know of it, whether there is one or not. */
const NO_LEAVE = { status: null, returnDate: null };

describeStore('the tab’s API', (store) => {
  let app: App;
  let world: RunningSandbox;
  let customer: Customer;
  let api: RunningApi;
  let roster: Roster;
  let engineer: SignedInPerson;
  let viewer: SignedInPerson;
  // A quarter of an hour begins now, so that none begins between two questions of a test.
  let turnedMs = QUARTER_MS - (systemClock.now() % QUARTER_MS);

  beforeAll(async () => {
    app = await startProduct(await store.location(), { clock: createOffsetClock(() => turnedMs) });
    world = await startWorld({ seed: 43, frozen: true });
    customer = await addCustomerOf(app, world);
    await sync(app, customer);
    roster = rosterOf(await app.syncs.stored(customer));
    api = await startApi(app);
    engineer = await api.signInAs('engineer', customer.id);
    viewer = await api.signInAs('viewer', customer.id);
  });
  afterAll(async () => {
    await api.stop();
    await app.close();
    await world.stop();
  });

  const at = (path: string, id = customer.id) => `/customers/${id}${path}`;
  const codeOf = (answer: ApiAnswer) => `${answer.status} ${errorSchema.parse(answer.body).error.code}`;

  /** Every row of a list, page by page. */
  async function allRows(person: SignedInPerson, query: string): Promise<PersonRow[]> {
    const rows: PersonRow[] = [];
    for (;;) {
      const answer = await person.get(at(`/people?${query}&offset=${rows.length}`));
      expect(answer.bytes).toBeLessThanOrEqual(PAGE_BYTES_MAX);
      const page = peoplePageSchema.parse(answer.body);
      rows.push(...page.rows);
      if (page.rows.length === 0 || rows.length === page.total) return rows;
    }
  }

  it('tells who is signed in and where he may go', async () => {
    const me = meSchema.parse((await engineer.get('/me')).body);
    expect(me.identity).toEqual({ ...engineer.identity, displayName: 'Adele Example' });
    expect(me.customers).toEqual([{ id: customer.id, name: customer.name, roles: ['engineer'] }]);
    const endUser = await api.signIn({ tenantId: customer.id });
    expect(meSchema.parse((await endUser.get('/me')).body).customers).toMatchObject([{ roles: [] }]);
    const colleague = await api.signIn({ tenantId: api.homeTenantId });
    expect(meSchema.parse((await colleague.get('/me')).body).customers).toEqual([]);
  });

  it('counts the master list in the overview as the roster does', async () => {
    const overview = overviewSchema.parse((await engineer.get(at('/overview'))).body);
    const { counts } = roster;
    expect(overview.counts).toEqual({
      people: counts.people,
      capable: counts.enrolment.capable,
      notCapable: counts.enrolment.not,
      unknown: counts.enrolment.unknown,
      exceptions: 14,
      hrWithoutAccount: counts.hrWithoutAccount,
      accountWithoutHr: counts.accountWithoutHr,
      suggestions: counts.suggestions,
      differences: roster.people.filter((person) => person.differences.length > 0).length,
    });
    expect(overview.departments.map(([name, people]) => [name, people])).toEqual(
      [...new Set(roster.people.map((person) => person.department))]
        .sort((a, b) => ((a ?? '\uffff') < (b ?? '\uffff') ? -1 : 1))
        .map((name) => [name, roster.people.filter((person) => person.department === name).length]),
    );
    expect(overview.sources.length).toBeGreaterThan(3);
    expect(overview.decisions[0]).toMatchObject({ kind: 'exceptions', state: 'open', mayDecide: false });
  });

  it('gives everybody exactly once over all pages, in the order of the names', async () => {
    const rows = await allRows(viewer, 'sort=name');
    expect(rows.map(({ accountId }) => accountId).sort()).toEqual(
      roster.people.map(({ accountId }) => accountId).sort(),
    );
    const down = await allRows(viewer, 'sort=-department');
    expect(down.map(({ department }) => department)).toEqual(
      (await allRows(viewer, 'sort=department')).map(({ department }) => department).reverse(),
    );
  });

  it('filters by every facet, and by all of them at once', async () => {
    const { department } = roster.people[0] ?? {};
    const expected = roster.people.filter(
      (person) => person.department === department && person.enrolment === 'capable',
    );
    const rows = await allRows(viewer, `department=${encodeURIComponent(department ?? '')}&enrolment=capable`);
    expect(rows.map(({ accountId }) => accountId).sort()).toEqual(expected.map(({ accountId }) => accountId).sort());
    const differing = roster.people.filter((person) => person.differences.some(({ field }) => field === 'manager'));
    expect(await allRows(viewer, 'difference=manager')).toHaveLength(differing.length);
    const disabled = roster.people.filter((person) => person.accountStatus === 'disabled');
    expect(await allRows(viewer, 'accountStatus=disabled&class=employee')).toHaveLength(
      disabled.filter((person) => person.class === 'employee').length,
    );
  });

  it('finds people by the beginnings of words, whatever the case and the diacritics', async () => {
    const person = roster.people.find(({ displayName }) => /[äöüéèßøåñçłš]/i.test(displayName)) ?? roster.people[0];
    const bare = (person?.displayName ?? '')
      .normalize('NFD')
      .replaceAll(/\p{M}/gu, '')
      .replaceAll('ß', 'ss')
      .replaceAll('ø', 'o')
      .replaceAll('ł', 'l');
    const words = bare.split(' ').map((word) => word.slice(0, 4).toUpperCase());
    const rows = await allRows(viewer, `search=${encodeURIComponent(words.reverse().join(' '))}`);
    expect(rows.map(({ accountId }) => accountId)).toContain(person?.accountId);
    expect(rows.length).toBeLessThan(roster.people.length / 4);
    expect(await allRows(viewer, `search=${encodeURIComponent('zzz zzz')}`)).toEqual([]);
  });

  it('shows everything known of one person, HR beside Entra', async () => {
    const person = roster.people.find((one) => one.differences.some(({ field }) => field === 'department'));
    const answer = await viewer.get(at(`/people/${person?.accountId}`));
    const detail = personDetailSchema.parse(answer.body);
    expect(detail).toMatchObject({
      displayName: person?.displayName,
      enrolmentWhy: person?.enrolmentWhy,
      methods: person?.methods,
      hr: { employeeId: person?.employeeId, matchedBy: person?.matchedBy },
    });
    const difference = person?.differences.find(({ field }) => field === 'department');
    expect(detail.hr?.compared[0]).toEqual({ ...difference, differs: true });
    expect(detail.exception).toBeUndefined();
    const { manager } = detail.hr ?? {};
    if (manager)
      expect(roster.people.find(({ accountId }) => accountId === manager.accountId)?.displayName).toBe(manager.name);
    expect(codeOf(await viewer.get(at(`/people/${randomUUID()}`)))).toBe('404 person_unknown');
  });

  it('shows why an account is an exception to engineer and approver only', async () => {
    const { exceptions } = await app.syncs.exceptions(customer);
    const row = exceptions.find(({ kind }) => kind === 'serviceAccount');
    const path = at(`/people/${row?.accountId}`);
    const seen = personDetailSchema.parse((await engineer.get(path)).body);
    expect(seen).toMatchObject({ hr: null, exception: { kind: 'serviceAccount', evidence: row?.evidence } });
    expect(codeOf(await viewer.get(path))).toBe('404 person_unknown');
  });

  it.each(['viewer', 'helpdesk'] as const)(
    'does not let a %s read the exceptions off the master list',
    async (role) => {
      const { exceptions } = await app.syncs.exceptions(customer);
      const accounts = exceptions.map(({ accountId }) => accountId);
      const person = await api.signInAs(role, customer.id);
      const left: string[] = [];
      for (let total = 1; left.length < total; ) {
        const answer = await person.get(at(`/leftovers?kind=accountWithoutHr&offset=${left.length}`));
        const page = leftoversPageSchema.parse(answer.body);
        if (page.kind !== 'accountWithoutHr') throw new Error(page.kind);
        left.push(...page.rows.map(({ accountId }) => accountId));
        expect(page.counts.accountWithoutHr).toBe(page.total);
        ({ total } = page);
      }
      expect(left.filter((accountId) => accounts.includes(accountId))).toEqual([]);
      expect(left.length).toBeGreaterThan(0);
      for (const { accountId, kind } of exceptions) {
        const answer = await person.get(at(`/people/${accountId}`));
        if (kind === 'onLeave') expect(personDetailSchema.parse(answer.body).hr).toMatchObject(NO_LEAVE);
        else expect(codeOf(answer)).toBe('404 person_unknown');
      }
      const atWork = roster.people.find(({ hrStatus }) => hrStatus === 'active');
      const detail = personDetailSchema.parse((await person.get(at(`/people/${atWork?.accountId}`))).body);
      expect(detail.hr).toMatchObject(NO_LEAVE);
      const overview = overviewSchema.parse((await person.get(at('/overview'))).body);
      expect(overview.counts.accountWithoutHr).toBe(left.length);
    },
  );

  it('lets engineer, the own manager and the person know of a leave', async () => {
    const onLeave = roster.people.find((one) => one.hrStatus === 'onLeave' && one.managerAccountId !== null);
    const manager = await api.signIn({ tenantId: customer.id, objectId: onLeave?.managerAccountId ?? '' });
    const self = await api.signIn({ tenantId: customer.id, objectId: onLeave?.accountId ?? '' });
    for (const person of [engineer, manager, self]) {
      const answer = await person.get(at(`/people/${onLeave?.accountId}`));
      expect(personDetailSchema.parse(answer.body).hr?.status).toBe('onLeave');
    }
  });

  it('pages through the left-overs', async () => {
    for (const kind of ['hrWithoutAccount', 'accountWithoutHr', 'suggestions'] as const) {
      const ids: string[] = [];
      for (let total = 1; ids.length < total; ) {
        const answer = await engineer.get(at(`/leftovers?kind=${kind}&offset=${ids.length}`));
        expect(answer.bytes).toBeLessThanOrEqual(PAGE_BYTES_MAX);
        const page = leftoversPageSchema.parse(answer.body);
        expect(page.rows.length).toBeLessThanOrEqual(LEFTOVER_PAGE_ROWS);
        ids.push(...page.rows.map((row) => ('accountId' in row ? row.accountId : row.employeeId)));
        ({ total } = page);
      }
      expect(ids).toHaveLength(roster[kind].length);
    }
  });

  it('answers 304 without a body until something changes: data, decisions, the own roles', async () => {
    const paths = ['/overview', '/people?search=a', '/leftovers', '/exceptions', '/policy-draft'].map((path) =>
      at(path),
    );
    for (const path of paths) {
      await engineer.get(path);
      const first = await engineer.get(path);
      expect(first).toMatchObject({ status: 200, etag: expect.stringMatching(/^W\/"/) as string });
      const again = await engineer.get(path, { 'if-none-match': `"other", ${first.etag?.replace('W/', '')}` });
      expect(again).toMatchObject({ status: 304, bytes: 0, etag: first.etag });
      expect(again.headers.get('cache-control')).toBe('private, no-cache');
    }
    const [path = ''] = paths;
    const held = { 'if-none-match': (await engineer.get(path)).etag ?? '' };
    await app.access.grant(
      customer.id,
      { identity: engineer.identity, role: 'viewer', displayName: null },
      { kind: 'test' },
    );
    expect((await engineer.get(path, held)).status).toBe(200);
    const before = { 'if-none-match': (await viewer.get(at('/people'))).etag ?? '' };
    await sync(app, customer);
    expect((await viewer.get(at('/people'), before)).status).toBe(200);
    expect((await viewer.get(at('/people'), { 'if-none-match': held['if-none-match'] })).status).toBe(200);
  });

  it('does not hold an answer over a midnight at which an exception ends', async () => {
    const path = at(`/people/${roster.people[3]?.accountId ?? ''}/mfa`);
    const held = { 'if-none-match': (await engineer.get(path)).etag ?? '' };
    expect((await engineer.get(path, held)).status).toBe(304);
    turnedMs += QUARTER_MS;
    expect((await engineer.get(path, held)).status).toBe(200);
  });

  it('shows what a sync changed at the next request', async () => {
    const person = roster.people[3];
    patchUser(world.sandbox, { tenantId: customer.id, userId: person?.accountId ?? '' }, { accountEnabled: false });
    await sync(app, customer, { peopleOnly: true });
    const detail = personDetailSchema.parse((await viewer.get(at(`/people/${person?.accountId}`))).body);
    expect(detail.accountStatus).toBe('disabled');
  });

  it('tells strangers nothing, not even whether a customer exists', async () => {
    const stranger = await api.signIn({ tenantId: api.homeTenantId });
    const [known, unknown] = [await stranger.get(at('/overview')), await stranger.get(at('/overview', randomUUID()))];
    expect(codeOf(known)).toBe('404 not_granted');
    const { message } = errorSchema.parse(known.body).error;
    expect(errorSchema.parse(unknown.body).error).toMatchObject({ code: 'not_granted', message });
    expect(codeOf(await stranger.get(at('/overview', "x' OR 1=1")))).toBe('404 not_granted');
    const foreign = await api.signIn({ tenantId: randomUUID() });
    expect(codeOf(await foreign.get('/me'))).toBe('403 tenant_not_onboarded');
  });

  it('shows an end user nobody but himself', async () => {
    const [self, other] = roster.people;
    const endUser = await api.signIn({ tenantId: customer.id, objectId: plainPerson(roster) });
    for (const path of [
      '/overview',
      '/people',
      '/leftovers',
      '/exceptions',
      '/policy-draft',
      `/people/${other?.accountId}`,
    ])
      expect(codeOf(await endUser.get(at(path)))).toBe('403 no_role');
    const own = await endUser.get(at(`/people/${endUser.identity.objectId}`));
    expect(personDetailSchema.parse(own.body).accountId).toBe(endUser.identity.objectId);
    const sameIdElsewhere = await api.signIn({ tenantId: api.homeTenantId, objectId: self?.accountId ?? '' });
    expect(codeOf(await sameIdElsewhere.get(at(`/people/${self?.accountId}`)))).toBe('404 not_granted');
  });

  it('shows a manager the own people only', async () => {
    const managerId = roster.people.find((person) => person.managerAccountId !== null)?.managerAccountId ?? '';
    const team = roster.people.filter((person) => person.managerAccountId === managerId);
    const manager = await api.signIn({ tenantId: customer.id, objectId: managerId });
    expect((await allRows(manager, 'sort=enrolment')).map(({ accountId }) => accountId).sort()).toEqual(
      team.map(({ accountId }) => accountId).sort(),
    );
    const overview = overviewSchema.parse((await manager.get(at('/overview'))).body);
    expect(overview).toMatchObject({ scope: 'team', decisions: [], counts: { people: team.length, exceptions: null } });
    expect(overview.departments.reduce((sum, [, people]) => sum + people, 0)).toBe(team.length);
    expect((await manager.get(at(`/people/${team[0]?.accountId}`))).status).toBe(200);
    const stranger = roster.people.find(
      (person) => person.managerAccountId !== managerId && person.accountId !== managerId,
    );
    expect(codeOf(await manager.get(at(`/people/${stranger?.accountId}`)))).toBe('403 not_yours');
    expect(codeOf(await manager.get(at(`/people/${randomUUID()}`)))).toBe('403 not_yours');
    expect(codeOf(await manager.get(at('/leftovers')))).toBe('403 no_role');
  });

  it('refuses a role that was taken away while the page was open', async () => {
    const helpdesk = await api.signInAs('helpdesk', customer.id);
    expect((await helpdesk.get(at('/people'))).status).toBe(200);
    await app.access.revoke(customer.id, { identity: helpdesk.identity, role: 'helpdesk' }, { kind: 'test' });
    expect(codeOf(await helpdesk.get(at('/people')))).toBe('403 no_role');
  });

  it('signs the exceptions once, by the approver, on the digest that was shown', async () => {
    const approver = await api.signInAs('approver', customer.id);
    const review = exceptionReviewSchema.parse((await approver.get(at('/exceptions'))).body);
    expect(review).toMatchObject({ counts: { total: 14 }, signature: { state: 'unsigned' }, mayDecide: { yes: true } });
    expect(review.rows).toHaveLength(14);
    const unnamed = exceptionReviewSchema.parse((await viewer.get(at('/exceptions'))).body);
    expect(unnamed).toMatchObject({ rows: null, markdown: null, digest: review.digest, mayDecide: { yes: false } });
    expect(codeOf(await engineer.post(at('/exceptions/sign'), { digest: review.digest }))).toBe(
      '403 not_your_decision',
    );
    const stale = await approver.post(at('/exceptions/sign'), { digest: 'sha256:of something else' });
    expect(decisionOutcomeSchema.parse(stale.body)).toMatchObject({ outcome: 'stale', currentDigest: review.digest });
    const presses = await Promise.all(
      Array.from({ length: 10 }, () => approver.post(at('/exceptions/sign'), { digest: review.digest })),
    );
    const outcomes = presses.map(({ body }) => decisionOutcomeSchema.parse(body).outcome).sort();
    expect(outcomes).toEqual([...Array.from({ length: 9 }, () => 'already'), 'recorded']);
    const after = exceptionReviewSchema.parse((await viewer.get(at('/exceptions'))).body);
    expect(after.signature).toMatchObject({ state: 'signed', decision: { by: approver.identity } });
    const overview = overviewSchema.parse((await viewer.get(at('/overview'))).body);
    expect(overview.decisions[0]).toMatchObject({ state: 'signed', digest: review.digest });
  });

  it('shows and holds the policy draft', async () => {
    const draft = draftReviewSchema.parse((await engineer.get(at('/policy-draft'))).body);
    expect(draft.policies.map(({ name }) => name)).toHaveLength(2);
    for (const { json } of draft.policies)
      expect(JSON.parse(json)).toMatchObject({ state: 'enabledForReportingButNotEnforced' });
    expect(draft.state).toEqual({ state: 'open' });
    const press = { digest: draft.digest, verdict: 'held' };
    expect(codeOf(await viewer.post(at('/policy-draft/decide'), press))).toBe('403 not_your_decision');
    const outcome = decisionOutcomeSchema.parse((await engineer.post(at('/policy-draft/decide'), press)).body);
    expect(outcome).toMatchObject({ outcome: 'recorded', decision: { verdict: 'held' } });
    expect(draftReviewSchema.parse((await engineer.get(at('/policy-draft'))).body).state).toMatchObject({
      state: 'held',
    });
    expect(codeOf(await viewer.get(at('/policy-draft')))).toBe('403 no_role');
  });

  it.each([
    '/people?limit=26',
    '/people?offset=-1',
    '/people?offset=1e99',
    '/people?sort=displayName',
    '/people?unknown=1',
    `/people?search=${'x'.repeat(201)}`,
    '/leftovers?kind=others',
  ])('refuses %s with a sentence', async (path) => {
    expect(codeOf(await viewer.get(at(path)))).toBe('400 request_invalid');
  });

  it.each([{}, { digest: 1 }, { digest: 'x', more: true }, [], null])('refuses to sign %j', async (body) => {
    expect(codeOf(await viewer.post(at('/exceptions/sign'), body))).toBe('400 request_invalid');
  });
});

/** The account of somebody who manages nobody. */
function plainPerson(roster: Roster): string {
  const managers = new Set(roster.people.map((person) => person.managerAccountId));
  return roster.people.find((person) => !managers.has(person.accountId))?.accountId ?? '';
}
