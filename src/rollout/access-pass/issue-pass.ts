import { VendorRefusedError } from '../../lib/errors.ts';
import { randomId } from '../../lib/ids.ts';
import { storableText } from '../../lib/storable-text.ts';
import {
  createPass,
  listPasses,
  type MadePass,
  type PassPolicy,
  readPassPolicy,
} from '../../services/graph/access-passes.ts';
import type { Graph } from '../../services/graph/client.ts';
import { listTransitiveMembers } from '../../services/graph/groups.ts';
import { readUserMethods } from '../../services/graph/registration.ts';
import { getUser } from '../../services/graph/users.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import { type Actor, journalActor, may } from '../access/access.core.ts';
import type { Customer } from '../customers/customers.ts';
import { isLive, judgeAsk, judgeRead, type ReadFacts } from './access-pass.core.ts';
import { changePass, insertPass, lockPasses, readPassesOf } from './access-pass.store.ts';
import { passRefusal } from './access-pass-texts.core.ts';
import type { IssuedPass, IssueOutcome, PassAsk, PassRefusal, PassRequest, Proof } from './access-pass-types.core.ts';
import { type AccessPassDeps, passSubject } from './pass-deps.ts';
import { settleUnclaimed } from './settle-pass.ts';

type Asking = { customer: Customer; actor: Actor; ask: PassAsk };

const NOTE_UNITS_MAX = 500;
/** A person waits for the answer. */
const PRIORITY = 'approval';

/**
 * Issues a pass: may he? – read – note the intent – ask Graph once – note what came of it. The secret goes from Graph's
 * answer into this one and nowhere else, so that no worker can do it: a crash or a lost answer costs the pass.
 */
export async function issuePass(deps: AccessPassDeps, asking: Asking): Promise<IssueOutcome> {
  const { customer, actor } = asking;
  const ask = { ...asking.ask, accountId: asking.ask.accountId.toLowerCase() };
  const stored = await storedFacts(deps, { customer, actor, ask });
  const asked = judgeAsk(ask, stored);
  if (!asked.ok) return refused(asked);
  const own = await deps.database.withCustomer(customer.id, (tx) => readPassesOf(tx, ask.accountId));
  if (own.some(({ state }) => state === 'issuing')) return refused(passRefusal('pass_unsettled'));
  const { graph, writer } = await deps.customers.connections(customer);
  if (writer === null) return refused(passRefusal('pass_no_writer'));
  const facts = await readFacts(deps, { customer, graph, accountId: ask.accountId });
  const judged = judgeRead(ask, facts, stored.issuer);
  if (!judged.ok) return refused(judged);
  const wanted = { accountId: ask.accountId, proof: asked.proof, minutes: judged.minutes, override: judged.override };
  const intent = await noteIntent(deps, { customer, actor, requests: stored.requests, ...wanted });
  if ('code' in intent) return refused(intent);
  deps.stopPoint('access-pass.asking');
  const made = await askGraph(deps, { customer, graph, writer, intent });
  deps.stopPoint('access-pass.answered');
  return 'code' in made ? refused(made) : noteIssued(deps, { customer, actor, intent, made });
}

function refused({ code, message }: PassRefusal): IssueOutcome {
  return { outcome: 'refused', code, message };
}

async function storedFacts(deps: AccessPassDeps, { customer, actor, ask }: Asking) {
  const { accountId } = ask;
  const people = await deps.phases.people(customer);
  const person = people.find((one) => one.accountId === accountId) ?? null;
  const { settings } = customer;
  return {
    isEnabled: settings.helpdesk.accessPass,
    hasWriter: settings.writer !== undefined,
    issuer: {
      ...actor.identity,
      isHelper: actor.customerId === customer.id && may(actor, 'issuePass'),
      isEngineer: actor.roles.includes('engineer'),
    },
    customerId: customer.id,
    person: person === null ? null : { accountId, exempt: person.exempt },
    isBreakGlass: (await deps.breakGlassOf(customer)).has(accountId),
    holdsRole: (await deps.roleHoldersOf(customer))?.has(accountId.toLowerCase()) ?? true,
    requests: await deps.askersOf(customer, accountId),
  };
}

type Reading = { customer: Customer; graph: Graph; accountId: string };

async function readFacts(deps: AccessPassDeps, { customer, graph, accountId }: Reading): Promise<ReadFacts> {
  const options = { signal: deps.signal, priority: PRIORITY } as const;
  const user = await getUser(graph, accountId, options);
  const base = { policy: null, hasLivePass: false, mfaCapable: 'unknown', isLockedOut: false } as const;
  if (user === null) return { ...base, account: 'gone' };
  const account = { isEnabled: user.accountEnabled ?? null };
  const policy = await policyFor(deps, graph, accountId);
  if (policy?.isEnabled !== true || !policy.reaches) return { ...base, account, policy };
  const passes = await listPasses(graph, accountId, options);
  const { mfaCapable } = await readUserMethods(graph, accountId, options);
  const isLockedOut = (await deps.failingOf(customer)).has(accountId);
  return { account, policy, hasLivePass: passes.some(isLive), mfaCapable, isLockedOut };
}

/** The tenant's rules as far as they are about one person; null where they, or a group they name, could not be read. */
async function policyFor(deps: AccessPassDeps, graph: Graph, accountId: string): Promise<ReadFacts['policy']> {
  try {
    const policy = await readPassPolicy(graph, { signal: deps.signal, priority: PRIORITY });
    return policy === null ? null : { ...policy, reaches: await reaches(deps, graph, { policy, accountId }) };
  } catch (error) {
    if (error instanceof VendorRefusedError) return null;
    throw error;
  }
}

const EVERYBODY = 'all_users';

async function reaches(
  deps: AccessPassDeps,
  graph: Graph,
  { policy, accountId }: { policy: PassPolicy; accountId: string },
): Promise<boolean> {
  const names = async ({ id, targetType }: PassPolicy['includes'][number]) => {
    if (id === EVERYBODY || id === accountId) return true;
    if (targetType.toLowerCase() !== 'group') return false;
    const members = await listTransitiveMembers(graph, id, { signal: deps.signal, priority: PRIORITY });
    return members.some((member) => member.id.toLowerCase() === accountId);
  };
  for (const target of policy.excludes) if (await names(target)) return false;
  for (const target of policy.includes) if (await names(target)) return true;
  return false;
}

type Wanted = {
  customer: Customer;
  actor: Actor;
  accountId: string;
  proof: Proof;
  minutes: number;
  override: string | null;
  requests: readonly PassRequest[];
};

/** Whoever stands here first issues it: a second press at the same moment finds the row. */
async function noteIntent(deps: AccessPassDeps, wanted: Wanted): Promise<IssuedPass | PassRefusal> {
  const { customer, actor, accountId, proof, minutes, override, requests } = wanted;
  const at = new Date(deps.clock.now());
  const note = proof.note === null ? null : storableText(proof.note, NOTE_UNITS_MAX);
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockPasses(tx);
    // The role may have been taken away while the card was open or Graph was read.
    if (!may(await deps.access.actorOf(actor.identity, customer.id), 'issuePass'))
      return passRefusal('pass_not_your_part');
    const standing = await standingRefusal(tx, accountId, at);
    if (standing !== null) return standing;
    const intent: IssuedPass = {
      ...{ id: (deps.newId ?? randomId)(), accountId, state: 'issuing', passId: null, minutes },
      proof: { kind: proof.kind, note },
      overrideReason: override === null ? null : storableText(override, NOTE_UNITS_MAX),
      requests: [...requests],
      issuedBy: { ...actor.identity, displayName: actor.displayName },
      ...{ askedAt: at.toISOString(), startsAt: null, expiresAt: null, endedAt: null, failure: null },
      registration: null,
    };
    await insertPass(tx, intent);
    await journal(tx, { at, actor, event: 'accessPass.intended', pass: intent });
    return intent;
  });
}

/** Why there cannot be another pass now; one whose time is over is noted as such and stands in nobody's way. */
async function standingRefusal(tx: Tx, accountId: string, at: Date): Promise<PassRefusal | null> {
  for (const open of await readPassesOf(tx, accountId)) {
    if (open.state === 'issuing') return passRefusal('pass_unsettled');
    if (open.state !== 'issued') continue;
    if (open.expiresAt !== null && Date.parse(open.expiresAt) > at.getTime()) return passRefusal('pass_live');
    await changePass(tx, open, { state: 'expired', endedAt: open.expiresAt });
  }
  return null;
}

type Sent = { customer: Customer; graph: Graph; writer: Graph; intent: IssuedPass };

/** One request, never repeated. What may have been made without our learning it is looked for and deleted. */
async function askGraph(deps: AccessPassDeps, sent: Sent): Promise<MadePass | PassRefusal> {
  const { customer, writer, intent } = sent;
  const { accountId: userId, minutes } = intent;
  try {
    return await createPass(writer, { userId, minutes }, { signal: deps.signal, priority: PRIORITY });
  } catch (error) {
    if (error instanceof VendorRefusedError) {
      await noteEnd(deps, customer, intent, { state: 'failed', failure: 'pass_refused_by_graph' });
      return passRefusal('pass_refused_by_graph');
    }
    deps.log.warn('accessPass.answerLost', { customerId: customer.id, pass: intent.id });
    await settleUnclaimed(deps, sent).catch((failure: unknown) => {
      // The job looks again until it is settled; the issuer is told the same either way.
      deps.log.warn('accessPass.unsettled', { customerId: customer.id, pass: intent.id, failure: String(failure) });
    });
    return passRefusal('pass_answer_lost');
  }
}

async function noteEnd(
  deps: AccessPassDeps,
  customer: Customer,
  pass: IssuedPass,
  end: { state: 'failed'; failure: string },
): Promise<void> {
  const at = new Date(deps.clock.now());
  await deps.database.withCustomer(customer.id, async (tx) => {
    if (!(await changePass(tx, pass, { ...end, endedAt: at.toISOString() }))) return;
    const facts = { id: pass.id, accountId: pass.accountId, failure: end.failure };
    await appendJournal(tx, { at, actor: { kind: 'product' }, event: 'accessPass.failed', facts });
  });
}

type Made = { customer: Customer; actor: Actor; intent: IssuedPass; made: MadePass };

async function noteIssued(deps: AccessPassDeps, { customer, actor, intent, made }: Made): Promise<IssueOutcome> {
  const startsAt = new Date(made.startsAt === null ? deps.clock.now() : Date.parse(made.startsAt)).toISOString();
  const minutes = made.minutes ?? intent.minutes;
  const expiresAt = new Date(Date.parse(startsAt) + minutes * 60_000).toISOString();
  const change = { state: 'issued', passId: made.id, startsAt, expiresAt } as const;
  const at = new Date(deps.clock.now());
  const isKept = await deps.database.withCustomer(customer.id, async (tx) => {
    if (!(await changePass(tx, intent, change))) return false;
    await journal(tx, { at, actor, event: 'accessPass.issued', pass: { ...intent, ...change } });
    return true;
  });
  // Somebody settled it as lost meanwhile and deleted it: what we hold lets nobody in.
  if (!isKept) return refused(passRefusal('pass_answer_lost'));
  return { outcome: 'issued', secret: made.secret, pass: { ...intent, ...change }, startsAt, expiresAt };
}

type Journalled = { at: Date; actor: Actor; event: string; pass: IssuedPass };

/** The journal keeps everything but the secret; cards that show the person follow. */
async function journal(tx: Tx, { at, actor, event, pass }: Journalled): Promise<void> {
  const { id, accountId, minutes, proof, overrideReason, requests, passId, expiresAt } = pass;
  const facts = {
    ...{ id, accountId, minutes, proof, overrideReason, passId, expiresAt },
    requests: requests.map(({ tenantId, objectId, displayName, at: asked }) => ({
      ...{ tenantId, objectId, displayName, at: asked },
    })),
  };
  await appendJournal(tx, { at, actor: journalActor(actor), event, facts });
  const subject = passSubject(accountId);
  const key = `cards.refresh:${subject}:${event}:${id}`;
  await enqueue(tx, { kind: 'cards.refresh', key, payload: { subject }, dueAt: at });
}
