/** MFA on and off for one person, requests and classes, against the sandbox and its own evaluator; the embedded store. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PERSON_OPERATIONS } from '../../src/cli/person-commands.ts';
import type { App } from '../../src/compose.ts';
import { AppError } from '../../src/lib/errors.ts';
import type { StopPoint } from '../../src/lib/stop-point.ts';
import type { Actor } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { insertSwitch, nextSwitch } from '../../src/rollout/persons/persons.store.ts';
import type { PhasePerson } from '../../src/rollout/phases/phase-types.core.ts';
import { procedureSchema } from '../../src/rollout/phases/procedure-file.ts';
import { removeGroup } from '../../src/sandbox/other-admins.ts';
import { enrolUser } from '../../src/sandbox/people.ts';
import { readJournal } from '../../src/store/journal.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import {
  addWrittenCustomer,
  BY,
  decideDraft,
  graphWrites,
  ownGroups,
  signExceptions,
  tenantOf,
} from '../support/push-world.ts';
import { embeddedFolder } from '../support/store.ts';

const MSP = '99999999-0000-4000-8000-000000000000';
const APPROVER_ID = '99999999-0000-4000-8000-000000000002';
const DAY_MS = 86_400_000;

describe('one person', () => {
  let world: RunningSandbox;
  let app: App;
  let customer: Customer;
  let engineer: Actor;
  let approver: Actor;
  let people: readonly PhasePerson[];
  const hooks: { stopPoint: StopPoint } = { stopPoint: () => undefined };

  beforeAll(async () => {
    world = await startWorld({ seed: 77, size: 100 });
    const stopPoint: StopPoint = (name) => hooks.stopPoint(name);
    app = await startProduct({ dataDir: embeddedFolder() }, { clock: hurriedClock, stopPoint });
    customer = await addWrittenCustomer(app, world);
    await signExceptions(app, customer);
    const who = (objectId: string) => app.access.actorOf({ tenantId: MSP, objectId }, customer.id);
    [engineer, approver] = [await who(`${APPROVER_ID.slice(0, -1)}1`), await who(APPROVER_ID)];
    const phases = [{ name: 'Everybody', people: null, enforceAfterDays: 2 }];
    const procedure = procedureSchema.parse({ version: 1, name: 'One by one', phases });
    await app.phases.begin(customer, { procedure, startsOn: day(1), deadline: day(20) }, BY);
    await app.push.push(customer, BY, await decideDraft(app, customer));
    people = await app.phases.people(customer);
  });
  afterAll(async () => {
    await app.close();
    await world.stop();
  });

  function day(ahead: number): string {
    return new Date(app.clock.now() + ahead * DAY_MS).toISOString().slice(0, 10);
  }

  const group = (name: string) => ownGroups(world).get(name)?.members ?? [];
  const leftOut = () => {
    const { exceptionGroupId } = customer.settings.declared;
    const found = tenantOf(world).groups.find((one) => one.group.id === exceptionGroupId);
    return found === undefined ? group('exceptions') : found.members.map(({ id }) => id);
  };
  const isFree = ({ accountStatus, exempt, accountId }: PhasePerson) =>
    accountStatus === 'enabled' && exempt === null && !group('direct').includes(accountId);
  /** What the tenant shows at this moment, which the report of the last sync may lag behind. */
  const hasNone = ({ accountId }: PhasePerson) =>
    (tenantOf(world).authenticationMethods[accountId] ?? []).every((one) => /password|email/i.test(one['@odata.type']));
  const pick = (enrolment: PhasePerson['enrolment'], at = 0): PhasePerson => {
    const fitting = people.filter((person) => isFree(person) && person.enrolment === enrolment);
    const found = fitting.filter((person) => enrolment === 'capable' || hasNone(person))[at];
    if (found === undefined) throw new Error(`nobody free is ${enrolment}`);
    return found;
  };
  async function switched(accountId: string, kind: 'on' | 'back', { by = engineer, anyway = false } = {}) {
    const asked = await app.persons.ask(customer, by, { accountId, kind, anyway });
    if (asked.outcome === 'refused') throw new Error(`refused: ${asked.code}`);
    await app.persons.settled(customer, asked.key);
    return (await app.persons.show(customer, by, accountId)).latest;
  }
  /** Waits until a job has failed once, and lets it be tried once more at this moment instead of over hours. */
  const lastTryIsNext = (key: string) =>
    vi.waitFor(async () => {
      const { rows } = await app.database.forQueue.execute(
        "UPDATE pgboss.job SET retry_limit = 1, start_after = now() WHERE data->>'key' = $1 AND state = 'retry' RETURNING id",
        [key],
      );
      expect(rows).toHaveLength(1);
    });
  const events = async (name: string) => {
    const entries = await app.database.withCustomer(customer.id, (tx) => readJournal(tx, customer.id));
    return entries.filter(({ event }) => event === name);
  };
  const signNow = async () => {
    await signExceptions(app, customer);
    return app.members.run(customer);
  };

  it('is switched on by one membership, and shown as evaluated before and after', async () => {
    const { accountId } = pick('capable');
    world.sandbox.requests.clear();
    const latest = await switched(accountId, 'on');
    expect(latest).toMatchObject({ state: 'done', refusal: null });
    expect(latest?.before?.covered).toBe(latest?.after?.covered);
    expect(group('direct')).toContain(accountId);
    expect(graphWrites(world)).toHaveLength(1);
    const { isDirect, isOurs } = await app.persons.show(customer, engineer, accountId);
    expect({ isDirect, isOurs }).toEqual({ isDirect: true, isOurs: true });
    const plan = await app.members.plan(customer);
    expect(plan.findings.filter((finding) => finding.accountId === accountId)).toEqual([]);
  });

  it('is switched once however often somebody presses', async () => {
    const { accountId } = pick('capable');
    world.sandbox.requests.clear();
    const press = () => app.persons.ask(customer, engineer, { accountId, kind: 'on', anyway: false });
    const outcomes = await Promise.all([press(), press(), press()]);
    const keys = outcomes.flatMap((one) => ('key' in one ? [one.key] : []));
    expect(new Set(keys).size).toBe(1);
    await app.persons.settled(customer, keys[0] ?? '');
    expect(graphWrites(world)).toHaveLength(1);
    expect(await switched(accountId, 'back')).toMatchObject({ state: 'done' });
    expect(group('direct')).not.toContain(accountId);
    expect(await switched(accountId, 'back')).toMatchObject({ state: 'refused', refusal: { code: 'not_ours' } });
  });

  it('is written once where the process dies after the write', async () => {
    const { accountId } = pick('capable');
    world.sandbox.requests.clear();
    let deaths = 0;
    hooks.stopPoint = (name) => {
      if (name !== 'person.written' || deaths > 0) return;
      deaths += 1;
      throw new Error(`died at ${name}`);
    };
    expect(await switched(accountId, 'on')).toMatchObject({ state: 'done' });
    hooks.stopPoint = () => undefined;
    expect(deaths).toBe(1);
    expect(graphWrites(world)).toHaveLength(1);
    expect(await events('person.done')).not.toHaveLength(0);
  });

  it('whose switch broke off is switched when somebody asks again, the same way or the other', async () => {
    const { accountId } = pick('capable');
    const brokeOff = () =>
      app.database.withCustomer(customer.id, async (tx) => {
        const wish = { accountId, kind: 'on', actor: BY, anyway: false, at: new Date(app.clock.now()) } as const;
        await insertSwitch(tx, { ...wish, seq: await nextSwitch(tx), job: 'person.switch:dead' });
      });
    await brokeOff();
    expect(await switched(accountId, 'back')).toMatchObject({ kind: 'back', refusal: { code: 'not_ours' } });
    await brokeOff();
    expect(await switched(accountId, 'on')).toMatchObject({ kind: 'on', state: 'done' });
    expect(group('direct')).toContain(accountId);
    expect(await switched(accountId, 'back')).toMatchObject({ kind: 'back', state: 'done' });
  });

  it('whose membership nobody has seen after the write is not called refused, and can be taken back', async () => {
    const { accountId } = pick('capable');
    hooks.stopPoint = (name) => {
      if (name === 'members.written') throw new AppError('read_back_late', 'Graph does not show it yet');
    };
    const asked = await app.persons.ask(customer, engineer, { accountId, kind: 'on', anyway: false });
    if (asked.outcome === 'refused') throw new Error(`refused: ${asked.code}`);
    await lastTryIsNext(asked.key);
    await expect(app.persons.settled(customer, asked.key)).rejects.toMatchObject({ code: 'effect_failed' });
    hooks.stopPoint = () => undefined;
    expect((await app.persons.show(customer, engineer, accountId)).latest).toMatchObject({ state: 'writing' });
    expect(group('direct')).toContain(accountId);
    expect(await switched(accountId, 'back')).toMatchObject({ kind: 'back', state: 'done' });
    expect(group('direct')).not.toContain(accountId);
  });

  it('who could not answer is refused, by the own methods of this moment', async () => {
    const { accountId } = pick('not');
    expect(await switched(accountId, 'on')).toMatchObject({ refusal: { code: 'not_registered' } });
    expect(group('direct')).not.toContain(accountId);
    const anyway = { accountId, kind: 'on', anyway: true } as const;
    expect(await app.persons.ask(customer, engineer, anyway)).toMatchObject({ code: 'not_your_signature' });
    const other = pick('not', 1);
    enrolUser(
      world.sandbox,
      { tenantId: world.setUp.tenantId, userId: other.accountId },
      { method: 'microsoftAuthenticator' },
    );
    expect(await switched(other.accountId, 'on')).toMatchObject({ state: 'done' });
    expect(await switched(accountId, 'on', { by: approver, anyway: true })).toMatchObject({ state: 'done' });
  });

  it('break-glass, sync and exempt accounts are never switched on', async () => {
    const { exceptions } = await app.syncs.exceptions(customer);
    const codes = new Map<string, string>();
    for (const row of exceptions.filter(({ signInBlocked }) => !signInBlocked)) {
      const kind = row.directorySync ? 'sync' : row.kind;
      if (codes.has(kind)) continue;
      const latest = await switched(row.accountId, 'on');
      codes.set(kind, latest?.refusal?.code ?? 'done');
    }
    expect(Object.fromEntries(codes)).toMatchObject({ breakGlass: 'break_glass', sync: 'sync_account' });
    expect([...codes.values()]).not.toContain('done');
  });

  it('off is a request that counts with the signature, and ends by itself', async () => {
    const { accountId } = pick('capable', 3);
    const before = (await app.signOff.review(customer, approver)).counts.total;
    const ask = { accountId, until: day(10), reason: 'The phone is broken' };
    const outcome = await app.persons.off(customer, engineer, ask);
    expect(outcome).toMatchObject({ outcome: 'recorded' });
    expect(await app.persons.off(customer, engineer, ask)).toMatchObject({ outcome: 'already' });
    const review = await app.signOff.review(customer, approver);
    expect(review.counts.total).toBe(before + 1);
    expect(review.rows?.find((row) => row.accountId === accountId)).toMatchObject({
      kind: 'mfaOff',
      endsAt: day(10),
      reason: 'The phone is broken',
      signed: false,
    });
    await app.members.run(customer);
    expect(leftOut()).not.toContain(accountId);
    await signNow();
    expect(leftOut()).toContain(accountId);
    const [request] = await app.requests.list(customer, approver);
    expect(request).toMatchObject({ standing: 'signed', kind: 'mfaOff' });
    expect(await switched(accountId, 'on')).toMatchObject({ refusal: { code: 'excepted' } });
    expect(await app.requests.withdraw(customer, engineer, request?.id ?? '')).toMatchObject({ outcome: 'withdrawn' });
    await app.members.run(customer);
    expect(leftOut()).not.toContain(accountId);
    expect((await app.signOff.review(customer, approver)).counts.total).toBe(before);
  });

  it('is asked for by helpers and the own manager alone', async () => {
    const person = people.find((one) => isFree(one) && one.managerAccountId !== null) ?? pick('capable');
    const given = { accountId: person.accountId, kind: 'extension', until: day(8), reason: null } as const;
    const as = (objectId: string) => app.access.actorOf({ tenantId: customer.id, objectId }, customer.id);
    await expect(app.requests.ask(customer, await as(person.accountId), given)).rejects.toMatchObject({
      code: 'not_your_person',
    });
    const manager = await as(person.managerAccountId ?? '');
    expect(await app.requests.ask(customer, manager, given)).toMatchObject({ outcome: 'recorded' });
    expect(await app.requests.list(customer, manager)).toHaveLength(1);
    const late = { ...given, until: day(60) };
    expect(await app.requests.ask(customer, manager, late)).toMatchObject({ code: 'request_past_deadline' });
    const stranger = await as(pick('not').accountId);
    expect(await app.requests.list(customer, stranger)).toEqual([]);
    expect(await app.requests.withdraw(customer, stranger, 'R2')).toMatchObject({ code: 'request_unknown' });
    expect(await app.requests.withdraw(customer, manager, 'R2')).toMatchObject({ outcome: 'withdrawn' });
  });

  it('guests and rooms are decided as a whole, and a guest carved out follows into the group', async () => {
    const classes = await app.classes.list(customer);
    const guests = classes.find((one) => one.class === 'guest');
    if (guests === undefined) throw new Error('there are guests');
    expect(guests.state).toBe('undecided');
    const given = { class: 'guest', verdict: 'carveOut', reason: 'Their own companies ask for MFA' } as const;
    const decide = (by: Actor, digest: string) =>
      app.classes.decide(customer, by, { ...given, reviewAt: day(90), digest });
    expect(await decide(engineer, guests.digest)).toMatchObject({ code: 'not_your_decision' });
    expect(await decide(approver, classes[1]?.digest ?? '')).toMatchObject({ outcome: 'stale' });
    const { users } = await app.syncs.stored(customer);
    const isEnabled = (id: string) => (users ?? []).some((user) => user.id === id && user.accountEnabled !== false);
    const enabled = guests.accountIds.filter(isEnabled);
    expect(enabled).not.toHaveLength(0);
    const before = await app.signOff.review(customer, approver);
    expect(await decide(approver, guests.digest)).toMatchObject({ outcome: 'recorded' });
    expect(await decide(approver, guests.digest)).toMatchObject({ outcome: 'already' });
    const after = await app.signOff.review(customer, approver);
    expect([after.digest, after.counts]).toEqual([before.digest, before.counts]);
    await app.members.run(customer);
    expect(leftOut()).toEqual(expect.arrayContaining([...enabled]));
    expect((await app.classes.list(customer)).find((one) => one.class === 'guest')?.state).toBe('carvedOut');
  });

  it('is told of at the command line', async () => {
    const { userPrincipalName, accountId } = pick('capable', 5);
    const run = (name: string, input: object) =>
      PERSON_OPERATIONS[name]?.run({ app, clock: undefined, onProgress: () => undefined }, input);
    const on = await run('person on', { user: userPrincipalName ?? '', as: APPROVER_ID });
    expect(on?.json).toMatchObject({ accountId, switch: { state: 'done' } });
    const off = await run('exceptions request', { account: accountId, kind: 'mfaOff', until: day(5), as: APPROVER_ID });
    expect(off?.refusal?.code).toBe('request_reason_missing');
  });

  it('cannot be switched while the group is gone, and the way out is named', async () => {
    const { accountId } = pick('capable');
    const which = { tenantId: customer.id, groupId: ownGroups(world).get('direct')?.id ?? '' };
    removeGroup(world.sandbox, which, 'admin@contoso.example');
    const latest = await switched(accountId, 'on');
    expect(latest).toMatchObject({ state: 'refused', refusal: { code: 'direct_group_gone' } });
    expect(latest?.refusal?.message.en).toContain('Restore it');
    expect(latest?.refusal?.message.de).toContain('Drift-Karte');
  });
});
