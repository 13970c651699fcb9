/**
 * A phase's mails in virtual time, at the published limits of both mail systems: 200 through queue, ledger and worker,
 * undisturbed and with answers lost and refusals for going too fast; 400 (5,000 in full) through the senders alone.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../src/lib/log.ts';
import type { Fault } from '../src/sandbox/http/faults.ts';
import { createPacers } from '../src/services/limits.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { openAtSite, phaseOf, rolloutOf, siteOf, worldPeople } from '../test/support/outreach-world.ts';
import type { BenchOptions } from './support/bench.ts';
import { leastExchangeMs, leastGmailMs, leastGmailSendsMs } from './support/least.ts';
import { atMostLine, type BenchLine, countLine, noneLine, printedLine, ratioLine } from './support/line.ts';
import { type MailWay, openMailbox } from './support/mailbox.ts';
import { type BenchTenant, type BenchTenants, QUICK_FOLDER } from './support/tenant.ts';

const PHASE = 200;
/** In whose phase vendors fail: every wait for a settled answer is long. */
const DISTURBED = 60;
const MANY = 400;
/** The simulated mailbox looks through all of its mails at every search, so that so many take minutes. */
const MANY_IN_FULL = 5_000;
const TARGET = 1.01;
/** Mails that the senders have under way at once. */
const AT_ONCE = 4;
const WORLD = { size: 700, ordinarySignIns: 'few' } as const;
const WAYS: readonly MailWay[] = ['gmail', 'outlook'];
/** The bench gives up on messages that are not settled by then. */
const DAY_MS = 24 * 3_600_000;
const LOOK_MS = 50_000;
/** A busy machine lets a transaction of 200 mails take its time. */
const PATIENCE_MS = 120_000;

/** Runs the bench. */
export async function runMailPhase(tenants: BenchTenants, { full }: BenchOptions): Promise<BenchLine[]> {
  const many = full ? MANY_IN_FULL : MANY;
  const tenant = await tenants.get(WORLD);
  const folder = mkdtempSync(join(QUICK_FOLDER, 'mfa-bench-mail-'));
  const database = inVirtualTime(
    await openDatabase({ dataDir: folder }, { log: silentLog, acquireMs: PATIENCE_MS }),
    tenant,
  );
  const lines: BenchLine[] = [];
  try {
    for (const way of WAYS) {
      lines.push(...linesOf(`mail-phase/${way} ${PHASE}`, await sendPhase({ tenant, database, way, count: PHASE })));
      const faults = faultsOf(way);
      lines.push(...disturbedLines(way, await sendPhase({ tenant, database, way, count: DISTURBED, faults })));
      lines.push(...linesOf(`mail-phase/${way} ${many}`, await sendMany(tenant, way, many)));
    }
    return lines;
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Sent = {
  way: MailWay;
  count: number;
  makespanMs: number;
  requests: number;
  refused: number;
  /** Calls beyond a published window that the sandbox does not refuse. */
  beyond: number;
  twice: number;
  skipped: number;
  inDoubt: number;
};

/** A mail is looked for, drafted and sent. */
const REQUESTS_PER_MAIL = 3;

function linesOf(name: string, sent: Sent): BenchLine[] {
  const { way, count, makespanMs } = sent;
  const least = way === 'gmail' ? leastGmailMs(count) : leastExchangeMs(count);
  return [
    ratioLine({ name: `${name}: ms until the last mail is accepted`, value: makespanMs, limit: least, target: TARGET }),
    // What sixty bare sendings a minute would take, of which a lost answer could not be settled.
    ...(way === 'gmail'
      ? [printedLine(`${name}: ms, against bare sendings`, { value: makespanMs, limit: leastGmailSendsMs(count) })]
      : []),
    countLine({ name: `${name}: requests`, value: sent.requests, limit: REQUESTS_PER_MAIL * count }),
    noneLine(`${name}: refused with 429, or beyond a window`, sent.refused + sent.beyond),
    ...onceLines(name, sent),
  ];
}

function disturbedLines(way: MailWay, sent: Sent): BenchLine[] {
  const name = `mail-phase/${way} ${DISTURBED}, answers lost and a storm of 429`;
  const least = way === 'gmail' ? leastGmailMs(DISTURBED) : leastExchangeMs(DISTURBED);
  return [
    printedLine(`${name}: ms until the last mail is settled`, { value: sent.makespanMs, limit: least }),
    ...onceLines(name, sent),
  ];
}

function onceLines(name: string, { twice, skipped, inDoubt }: Sent): BenchLine[] {
  return [
    noneLine(`${name}: delivered twice`, twice, 'graph-client delivers 3 of 1 when two answers are lost'),
    noneLine(`${name}: skipped`, skipped),
    atMostLine({ name: `${name}: left in doubt`, value: inDoubt, target: 0 }),
  ];
}

type PhaseAsk = { tenant: BenchTenant; database: Database; way: MailWay; count: number; faults?: readonly Fault[] };

let phases = 0;

async function sendPhase({ tenant, database, way, count, faults = [] }: PhaseAsk): Promise<Sent> {
  const people = worldPeople(tenant, count);
  if (people.length < count) throw new Error(`the world has only ${people.length} people to write to`);
  const { time, sandbox } = tenant;
  const mailbox = openMailbox(tenant, way);
  const day = new Date(time.now()).toISOString().slice(0, 10);
  phases += 1;
  const phase = phaseOf({ enforceOn: new Date(time.now() + 7 * DAY_MS).toISOString().slice(0, 10) });
  const made = rolloutOf([phase], { announcement: { daysBefore: 7, at: '00:00' } });
  const rollout = { ...made, id: `bench-${phases}`, startsOn: day };
  const mail = way === 'gmail' ? ('gmail' as const) : undefined;
  const site = siteOf(tenant, mail);
  const pacers = createPacers(time.waiters);
  const wishes = {
    rollout: () => rollout,
    people: () => people,
    pacers,
    carry: sandbox.carry,
    ...(mail === undefined ? {} : { mail }),
  };
  const bench = await time.run(() => openAtSite({ site, clock: time.callers }, database, wishes));
  mailbox.forget();
  for (const fault of faults) sandbox.faults.put(fault);
  const startedAt = time.now();
  await time.run(async () => {
    for (;;) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => bench.worker.drain()));
      const { rows, counts } = await bench.outreach.ledger(bench.customer.id);
      if (rows.length > 0 && counts.queued + counts.drafted + counts.asked === 0) return;
      if (time.now() - startedAt > DAY_MS) throw new Error('messages without an end are left');
      await time.waiters.sleep(LOOK_MS);
    }
  });
  sandbox.faults.clear();
  const { counts } = await bench.outreach.ledger(bench.customer.id);
  await bench.close();
  const wanted = people.map((person) => String(person.mail));
  return { ...mailbox.measured(wanted), way, count, inDoubt: counts.unknown };
}

/** Loses answers of sendings that were carried out, then refuses for a while. */
function faultsOf(way: MailWay): Fault[] {
  const send =
    way === 'gmail'
      ? ({ vendor: 'gmail', method: 'POST', template: '/gmail/v1/users/{userId}/drafts/send' } as const)
      : ({ vendor: 'graph', method: 'POST', template: '/users/{id}/messages/{message}/send' } as const);
  return [
    { id: 'lost', ...send, cut: 'before', afterEffect: true, skip: 10, times: 2 },
    { id: 'gateway', ...send, status: 504, afterEffect: true, skip: 20, times: 2 },
    { id: 'storm', ...send, status: 429, skip: 30, times: 12 },
  ];
}

/** Through the senders alone: thousands of rows of a ledger measure the store. */
async function sendMany(tenant: BenchTenant, way: MailWay, count: number): Promise<Sent> {
  const { time } = tenant;
  const mailbox = openMailbox(tenant, way);
  const sender = mailbox.connect();
  const wanted = Array.from({ length: count }, (_none, n) => `person.${n}@contoso.example`);
  const left = [...wanted];
  const work = async () => {
    for (let address = left.shift(); address !== undefined; address = left.shift()) {
      const made = await sender.createDraft({
        ...{ key: `mail:bench:${address}`, from: { address: mailbox.address }, to: [{ address }], cc: [] },
        ...{ subject: 'Announcement', html: '<p>What to do</p>', text: 'What to do' },
      });
      if (!made.ok) throw new Error(`no draft: ${made.reason}`);
      const answer = await sender.send(made.draftId);
      if (answer.kind !== 'accepted') throw new Error(`not sent: ${answer.kind}`);
    }
  };
  mailbox.forget();
  await time.run(() => Promise.all(Array.from({ length: AT_ONCE }, work)));
  await mailbox.close();
  return { ...mailbox.measured(wanted), way, count, inDoubt: 0 };
}

/** The clock stands still while the store works. */
function inVirtualTime(database: Database, { time }: BenchTenant): Database {
  const { forQueue } = database;
  return {
    ...database,
    withCustomer: (customerId, work) => time.call(() => database.withCustomer(customerId, work)),
    withPortfolio: (work) => time.call(() => database.withPortfolio(work)),
    forQueue: {
      ...forQueue,
      execute: (text, values) => time.call(() => forQueue.execute(text, values)),
      transaction: (work) => time.call(() => forQueue.transaction(work)),
    },
  };
}
