import { dayOf } from '../../lib/local-time.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import type { PhasePerson, Rollout } from '../phases/phase-types.core.ts';
import { ENGINEER_LIST, type HoldoutDeps, holdoutSubject } from './holdout-deps.ts';
import { wishTickets } from './holdout-tickets.core.ts';
import type { FoundHoldout, HoldoutAnswer, MethodReading } from './holdout-types.core.ts';
import { excuse, type Holdouts, holdoutsOf, nameKey } from './holdouts.core.ts';
import { type HoldoutRow, insertStep, lockHoldouts, readAnswers, readHoldouts, saveHoldout } from './holdouts.store.ts';
import { readMethodsOf } from './read-methods.ts';

/** One look at who is still missing, with everything that was read for it. */
type Chase = {
  deps: HoldoutDeps;
  customer: Customer;
  rollout: Rollout;
  people: ReadonlyMap<string, PhasePerson>;
  fresh: ReadonlyMap<string, MethodReading>;
  judged: Holdouts;
  /** Managers whom the bot can write to. */
  chatsWith: ReadonlySet<string>;
  engineers: readonly { tenantId: string; objectId: string }[];
  /** Names this run, so that what it enqueues is taken once. */
  run: string;
  at: Date;
};

/**
 * Looks at the holdouts that are due: reads their own methods, ticks off who enrolled, chases the others once for each
 * step, and brings cards and tickets up to date. Run again, it changes nothing that did not change.
 */
export async function runChase(deps: HoldoutDeps, job: RunningJob): Promise<Save | undefined> {
  const rollout = await deps.phases.current(job.customerId);
  if (rollout === null) return undefined;
  const customer = await deps.customers.find(job.customerId);
  const people = await deps.phases.people(customer);
  const at = new Date(deps.clock.now());
  const facts = { rollout, people, today: dayOf(at, customer.settings.timeZone) };
  const fresh = await freshMethods(deps, { customer, listed: holdoutsOf({ ...facts, fresh: new Map() }), job });
  const chats = await deps.conversations.list(customer.id);
  const isOpen = ({ kind, state, tenantId }: (typeof chats)[number]) =>
    kind === 'personal' && state === 'installed' && tenantId === customer.id;
  const chase: Chase = {
    ...{ deps, customer, rollout, fresh, at, run: job.key },
    people: new Map(people.map((person) => [person.accountId, person])),
    judged: holdoutsOf({ ...facts, fresh }),
    chatsWith: new Set(chats.filter(isOpen).map(({ party }) => party)),
    engineers: await deps.engineersOf(customer.id),
  };
  deps.stopPoint('holdouts.read');
  return (tx) => save(tx, chase);
}

type FreshAsk = { customer: Customer; listed: Holdouts; job: RunningJob };

async function freshMethods(deps: HoldoutDeps, { customer, listed, job }: FreshAsk) {
  if (listed.found.length === 0) return new Map<string, MethodReading>();
  const { graph } = await deps.customers.connections(customer);
  return readMethodsOf(graph, {
    accountIds: listed.found.map(({ accountId }) => accountId),
    now: () => new Date(deps.clock.now()).toISOString(),
    signal: AbortSignal.any([job.signal, deps.signal]),
  });
}

async function save(tx: Tx, chase: Chase): Promise<void> {
  const { deps, rollout, judged, at } = chase;
  await lockHoldouts(tx);
  const known = new Map((await readHoldouts(tx, rollout.id)).map((row) => [row.accountId, row]));
  const changed = new Set<string>();
  const chased: FoundHoldout[] = [];
  for (const found of judged.found) {
    if (await keepFound(tx, chase, { found, known: known.get(found.accountId), changed })) chased.push(found);
  }
  const closed = await closeOthers(tx, chase, { known, changed });
  deps.stopPoint('holdouts.saving');
  await planCards(tx, chase, { chased, changed });
  await bringTickets(tx, chase);
  if (chased.length + closed.length === 0) return;
  const facts = {
    rolloutId: rollout.id,
    chased: chased.map(({ accountId, step }) => ({ accountId, step })),
    closed: closed.map(({ accountId, standing }) => ({ accountId, standing })),
  };
  await appendJournal(tx, { at, actor: { kind: 'system', name: 'holdouts' }, event: 'holdouts.chased', facts });
}

type Keeping = { found: FoundHoldout; known: HoldoutRow | undefined; changed: Set<string> };

/** Keeps a holdout as he is now; true when he is chased at this step for the first time. */
async function keepFound(tx: Tx, chase: Chase, { found, known, changed }: Keeping): Promise<boolean> {
  const { rollout, fresh, at } = chase;
  const reading = fresh.get(found.accountId);
  const wasRead = reading?.readAt != null;
  const row: HoldoutRow = {
    accountId: found.accountId,
    phase: found.phase,
    step: found.step,
    managerId: managerIn(found),
    why: found.owner.to === 'engineer' ? found.owner.why : null,
    standing: 'open',
    excuse: null,
    reading: wasRead ? reading.enrolment : (known?.reading ?? null),
    readAt: wasRead ? reading.readAt : (known?.readAt ?? null),
    problem: reading?.problem ?? null,
    foundAt: known?.foundAt ?? at.toISOString(),
    closedAt: null,
  };
  await saveHoldout(tx, rollout.id, row);
  if (known === undefined || looksOf(known) !== looksOf(row)) {
    for (const one of known === undefined ? [row] : [known, row]) changed.add(subjectOf(chase, one));
  }
  // Who could not be read is on the list and not chased: nobody who has enrolled meanwhile is reminded.
  if (!wasRead) return false;
  const { managerId, phase, accountId } = row;
  return insertStep(tx, rollout.id, {
    step: { phase, accountId, step: found.step, managerId, way: wayTo(chase, managerId) },
    at,
  });
}

function managerIn({ owner }: FoundHoldout): string | null {
  return owner.to === 'manager' ? owner.accountId : null;
}

function wayTo({ chatsWith }: Chase, managerId: string | null): 'card' | 'mail' | 'engineer' {
  if (managerId === null) return 'engineer';
  return chatsWith.has(managerId) ? 'card' : 'mail';
}

/** What a card shows of a row. */
function looksOf({ phase, step, managerId, why, standing, excuse: because }: HoldoutRow): string {
  return JSON.stringify([nameKey(phase), step, managerId, why?.code, standing, because?.code]);
}

function subjectOf({ rollout }: Chase, { phase, managerId }: Pick<HoldoutRow, 'phase' | 'managerId'>): string {
  const ordinal = rollout.phases.find(({ name }) => nameKey(name) === nameKey(phase))?.ordinal ?? -1;
  return holdoutSubject({ rolloutId: rollout.id, ordinal, list: managerId ?? ENGINEER_LIST });
}

type Closing = { known: ReadonlyMap<string, HoldoutRow>; changed: Set<string> };

/** Ticks off everybody who is no holdout any more. */
async function closeOthers(tx: Tx, chase: Chase, { known, changed }: Closing): Promise<HoldoutRow[]> {
  const { rollout, judged, fresh, at } = chase;
  const open = new Set(judged.found.map(({ accountId }) => accountId));
  const excuses = new Map(judged.excused.map(({ accountId, why }) => [accountId, why]));
  const closed: HoldoutRow[] = [];
  for (const row of known.values()) {
    if (open.has(row.accountId) || row.standing !== 'open') continue;
    const why = excuses.get(row.accountId) ?? excuse('left');
    const reading = fresh.get(row.accountId);
    const read = reading?.readAt == null ? {} : { reading: reading.enrolment, readAt: reading.readAt };
    const standing = why.code === 'enrolled' ? ('enrolled' as const) : ('excused' as const);
    const now = { ...row, ...read, standing, excuse: why, problem: null, closedAt: at.toISOString() };
    await saveHoldout(tx, rollout.id, now);
    changed.add(subjectOf(chase, row));
    closed.push(now);
  }
  return closed;
}

/** A new card for whoever is asked at a new step; the cards that are out follow whatever changed. */
async function planCards(
  tx: Tx,
  chase: Chase,
  { chased, changed }: { chased: readonly FoundHoldout[]; changed: ReadonlySet<string> },
): Promise<void> {
  const { deps, customer, at, run } = chase;
  for (const found of chased) {
    const managerId = managerIn(found);
    const subject = subjectOf(chase, { phase: found.phase, managerId });
    for (const person of readersOf(chase, managerId)) {
      const key = `${subject}:${found.step}:${person.tenantId}:${person.objectId}`;
      const target = { to: 'person', ...person } as const;
      await deps.conversations.plan(customer.id, { key, target, content: null, subject });
    }
  }
  for (const subject of changed) {
    const key = `cards.refresh:${subject}:${run}`;
    await enqueue(tx, { kind: 'cards.refresh', key, payload: { subject }, dueAt: at });
  }
}

function readersOf(chase: Chase, managerId: string | null): readonly { tenantId: string; objectId: string }[] {
  if (managerId === null) return chase.engineers;
  return chase.chatsWith.has(managerId) ? [{ tenantId: chase.customer.id, objectId: managerId }] : [];
}

/** What was asked of the helpdesk is closed when the person is no holdout any more. */
async function bringTickets(tx: Tx, chase: Chase): Promise<void> {
  const { deps, customer, rollout, people } = chase;
  const answers = Map.groupBy(await readAnswers(tx, rollout.id), ({ accountId }: HoldoutAnswer) => accountId);
  if (answers.size === 0) return;
  const rows = await readHoldouts(tx, rollout.id);
  const wanted = rows.flatMap(({ accountId, standing, excuse: why }) =>
    wishTickets({
      accountId,
      person: people.get(accountId) ?? null,
      answers: answers.get(accountId) ?? [],
      over: standing === 'open' ? null : (why ?? excuse('left')).text,
      language: customer.settings.language,
    }),
  );
  await deps.wantTickets(tx, customer, wanted);
}
