import type { Json } from '../../../lib/canonical-json.ts';
import { AppError } from '../../../lib/errors.ts';
import { dayOf } from '../../../lib/local-time.ts';
import type { Graph } from '../../../services/graph/client.ts';
import { listPolicies } from '../../../services/graph/conditional-access.ts';
import { orMissing } from '../../../services/graph/eventually.ts';
import { listMembers, listTransitiveMembers } from '../../../services/graph/groups.ts';
import type { ReadOptions } from '../../../services/graph/pages.ts';
import { readUserMethods } from '../../../services/graph/registration.ts';
import { getSecurityDefaults } from '../../../services/graph/security-defaults.ts';
import { getUser } from '../../../services/graph/users.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { RunningJob } from '../../../work/job.ts';
import type { Customer } from '../../customers/customers.ts';
import type { ExceptionRow } from '../../exceptions/exception-types.core.ts';
import type { Snapshot } from '../../snapshots/snapshot-file.ts';
import { carvedOut } from '../draft/draft-groups.core.ts';
import { lockFlips, readOpenFlips } from '../enforce/enforce.store.ts';
import { adminsOf, excludedGroups, withMembers } from '../enforce/enforce-facts.ts';
import type { EnforcementDeps, FlipRun } from '../enforce/enforce-run.ts';
import { compilePolicies } from '../evaluate.core.ts';
import { type CoverageRow, coverage } from '../evaluator/coverage.core.ts';
import { compileTenant } from '../evaluator/tenant.core.ts';
import { ownedId } from '../managed-objects.core.ts';
import { isUnderWay, readLatestPush, readManaged, readStandingPushes } from '../push/push.store.ts';
import { readLive, readStored } from '../push/push-facts.ts';
import { beginWriting } from '../writing-turn.ts';
import { forgetMembers, readMemberRun, readMembers, saveMemberRun } from './members.store.ts';
import { writeStep } from './members-write.ts';

/** The group of ENFORCE for people carried over or switched on one by one. */
const DIRECT = 'direct';

/** One person and the tenant around him, read at this moment. */
export type PersonLook = {
  snapshot: Snapshot;
  account: { id: string; isEnabled: boolean | null } | null;
  /** Null where nothing was pushed. */
  directId: string | null;
  isInDirect: boolean;
  enforce: 'absent' | 'reportOnly' | 'enabled';
  /** Whether ENFORCE itself asks this person for MFA now. */
  isEnforced: boolean;
  isBreakGlass: boolean;
  isSync: boolean;
  /** The row that carves the account out today; and whether it is in a group that the policies leave out. */
  exception: ExceptionRow | null;
  isLeftOut: boolean;
  /** By the own methods, read afresh; a usable Temporary Access Pass is told by itself. */
  canAnswer: 'yes' | 'no' | 'unknown';
  hasPass: boolean;
  /** Null where administrators were not read. */
  isGlobalAdmin: boolean | null;
};

export type PersonReading = {
  reader: Graph;
  options: ReadOptions;
  accountId: string;
  actor: Json;
};

/** Reads the tenant and the person afresh. Writes nothing; every failed read is thrown: nothing here may be guessed. */
export async function lookAtPerson(
  deps: EnforcementDeps,
  customer: Customer,
  { reader, options, accountId, actor }: PersonReading,
): Promise<PersonLook> {
  const today = dayOf(new Date(deps.clock.now()), customer.settings.timeZone);
  const known = await readStored(deps, customer, actor);
  const { snapshot: live } = await readLive(reader, { known, today, options });
  const account = await getUser(reader, accountId, options);
  const fresh = await withPerson({ reader, options }, live, { accountId, account });
  const snapshot = { ...fresh.snapshot, securityDefaults: await getSecurityDefaults(reader, options) };
  const directId = ownedId(known.owned, DIRECT) ?? null;
  const enforceId = ownedId(known.owned, 'ENFORCE');
  const enforce = (snapshot.policies ?? []).find(({ id }) => id === enforceId);
  const excluded = excludedGroups(customer, known.owned);
  const cover = personCover(snapshot, accountId);
  const rows = known.table.exceptions.filter((row) => same(row.accountId, accountId));
  const admins = adminsOf(snapshot);
  const direct = directId === null ? [] : await orMissing(() => listMembers(reader, directId, options));
  if (direct === null) throw directGone();
  return {
    snapshot,
    account: account === null ? null : { id: account.id, isEnabled: account.accountEnabled ?? null },
    ...{ directId, enforce: stateOf(enforce), ...fresh.answer },
    isInDirect: direct.some(({ id }) => same(id, accountId)),
    isEnforced: enforceId !== undefined && (cover?.by.includes(enforceId) ?? false),
    isBreakGlass: isBreakGlass(customer, accountId, rows),
    isSync: rows.some(({ directorySync }) => directorySync),
    exception: carvedOut(rows, today)[0] ?? null,
    isLeftOut: excluded !== null && (await isInAny(reader, Object.values(excluded), { accountId, options })),
    isGlobalAdmin: admins === null ? null : admins.some((id) => same(id, accountId)),
  };
}

function directGone(): AppError {
  const userMessage =
    'Somebody deleted the group of people who are switched on one by one. Restore it on its drift card or in the tab, then try again.';
  return new AppError('direct_group_gone', userMessage, { userMessage });
}

function stateOf(enforce: { state?: unknown } | undefined): PersonLook['enforce'] {
  if (enforce === undefined) return 'absent';
  return enforce.state === 'enabled' ? 'enabled' : 'reportOnly';
}

function isBreakGlass({ settings }: Customer, accountId: string, rows: readonly ExceptionRow[]): boolean {
  return (
    settings.declared.breakGlass.some((id) => same(id, accountId)) || rows.some(({ kind }) => kind === 'breakGlass')
  );
}

async function isInAny(
  reader: Graph,
  groupIds: readonly string[],
  { accountId, options }: Pick<PersonReading, 'accountId' | 'options'>,
): Promise<boolean> {
  for (const groupId of groupIds) {
    const members = await listTransitiveMembers(reader, groupId, options);
    if (members.some(({ id }) => same(id, accountId))) return true;
  }
  return false;
}

const PASS = /temporaryAccessPass/i;

type Whom = { accountId: string; account: Awaited<ReturnType<typeof getUser>> };

/** The snapshot with the person's account and own methods as of now. */
async function withPerson(
  { reader, options }: Pick<PersonReading, 'reader' | 'options'>,
  snapshot: Snapshot,
  { accountId, account }: Whom,
): Promise<{ snapshot: Snapshot; answer: Pick<PersonLook, 'canAnswer' | 'hasPass'> }> {
  if (account === null) return { snapshot, answer: { canAnswer: 'unknown', hasPass: false } };
  const { mfaCapable, methods } = await readUserMethods(reader, account.id, options);
  const isOther = ({ id }: { id: string }) => !same(id, accountId);
  const report = (snapshot.registration ?? []).find(({ id }) => same(id, accountId));
  // Registered and yet not capable: the tenant does not allow the method, which the list of methods does not tell.
  const isForbidden = report?.isMfaRegistered === true && report.isMfaCapable === false;
  const told = isForbidden && mfaCapable === 'capable' ? 'not' : mfaCapable;
  return {
    snapshot: {
      ...snapshot,
      users: [...(snapshot.users ?? []).filter(isOther), account],
      registration: isForbidden ? snapshot.registration : (snapshot.registration ?? []).filter(isOther),
      authenticationMethods: [...(snapshot.authenticationMethods ?? []).filter(isOther), { id: account.id, methods }],
    },
    answer: {
      canAnswer: ({ capable: 'yes', not: 'no', unknown: 'unknown' } as const)[told],
      hasPass: methods.some((method) => PASS.test(method['@odata.type']) && method.isUsable !== false),
    },
  };
}

/** How the policies of a snapshot cover one account, by the evaluator; null where the account is not in it. */
export function personCover(snapshot: Snapshot, accountId: string): CoverageRow | null {
  const user = (snapshot.users ?? []).find(({ id }) => same(id, accountId));
  if (user === undefined) return null;
  const tenant = compileTenant(snapshot);
  const rows = coverage({
    ...{ users: [user], tenant },
    policies: (snapshot.policies ?? null) === null ? null : compilePolicies(tenant, snapshot.policies ?? []),
    roleAssignments: snapshot.roleAssignments,
    registration: snapshot.registration,
    authenticationMethods: snapshot.authenticationMethods,
    perUserMfa: snapshot.perUserMfa,
  });
  return rows[0] ?? null;
}

/** The same with the person in the direct group, or out of it. */
export function coverWith({ snapshot, directId }: PersonLook, accountId: string, isIn: boolean): CoverageRow | null {
  if (directId === null) return personCover(snapshot, accountId);
  if (isIn) return personCover(withMembers(snapshot, directId, [accountId]), accountId);
  const groups = (snapshot.groups ?? []).map((group) =>
    same(group.id, directId)
      ? { ...group, members: (group.members ?? []).filter(({ id }) => !same(id, accountId)) }
      : group,
  );
  return personCover({ ...snapshot, groups }, accountId);
}

/** How the person is covered by the policies and the direct group as Graph shows them now. */
export async function coverReadBack(
  look: PersonLook,
  { reader, options, accountId }: Omit<PersonReading, 'actor'>,
): Promise<CoverageRow | null> {
  const policies = await listPolicies(reader, options);
  const { directId } = look;
  const members = directId === null ? [] : await listMembers(reader, directId, options);
  const groups = (look.snapshot.groups ?? []).map((group) =>
    directId !== null && same(group.id, directId) ? { ...group, members } : group,
  );
  return personCover({ ...look.snapshot, policies, groups }, accountId);
}

/** Who is in the direct group by a switch of ours, beside those whom a push put there. In lower case. */
export async function switchedOnIn(tx: Tx): Promise<ReadonlySet<string>> {
  const rows = await readMembers(tx);
  return new Set(rows.flatMap(({ key, state, accountId }) => (key === DIRECT && state !== 'out' ? [accountId] : [])));
}

/** Everybody of whom we know that he is in the direct group, as far as our own writes tell. In lower case. */
export async function directKnownIn(tx: Tx): Promise<ReadonlySet<string>> {
  const pushed = (await readStandingPushes(tx)).at(-1)?.plan?.groups ?? [];
  const members = pushed.find(({ key }) => key === DIRECT)?.members ?? [];
  return new Set([...members.map((id) => id.toLowerCase()), ...(await switchedOnIn(tx))]);
}

const NO_ANSWER: Json = { held: null, changes: [], findings: [], skipped: null };

/**
 * Waits for its turn: nobody else may write memberships or flip a phase meanwhile. Gives the standing push. Throws
 * `flip_waits`, which is tried again by the queue, and `policy_not_pushed` where nothing stands in the tenant.
 */
export async function takeMembersTurn(deps: EnforcementDeps, customer: Customer, job: RunningJob): Promise<string> {
  const at = new Date(deps.clock.now());
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockFlips(tx);
    const run = await readMemberRun(tx);
    const isBusy = run?.state === 'writing' && run.job !== job.key && (await isUnderWay(tx, run.job));
    if (isBusy) throw new AppError('flip_waits', `memberships are being written (${run.job})`);
    for (const flip of await readOpenFlips(tx)) {
      if (flip.state === 'writing' && (await isUnderWay(tx, flip.job)))
        throw new AppError('flip_waits', `the enforcing policy is being changed (${flip.job})`);
    }
    const push = await readLatestPush(tx);
    const pushId = (await readStandingPushes(tx)).at(-1)?.id;
    const isOwned = (await readManaged(tx)).some(({ key }) => key === DIRECT);
    if (push?.state !== 'live' || pushId === undefined || !isOwned) throw notPushed();
    await beginWriting(tx, job.key);
    await saveMemberRun(tx, { job: job.key, state: 'writing', answer: run?.answer ?? NO_ANSWER }, at);
    return pushId;
  });
}

function notPushed(): AppError {
  const userMessage = 'The managed policies do not stand in the tenant. Push the approved draft first.';
  return new AppError('policy_not_pushed', userMessage, { userMessage });
}

/** Ends the turn in the transaction that completes the job; what the last upkeep answered stays its answer. */
export async function endMembersTurn(tx: Tx, job: RunningJob, at: Date): Promise<void> {
  const run = await readMemberRun(tx);
  if (run?.job === job.key) await saveMemberRun(tx, { ...run, state: 'done' }, at);
}

export type DirectWrite = Pick<FlipRun, 'deps' | 'customer' | 'reader' | 'writer' | 'options'> & {
  pushId: string;
  directId: string;
  accountId: string;
  do: 'add' | 'remove';
};

/**
 * Brings the person into the direct group, or out of it: notes the intent with who is in the group, writes once, reads
 * back. Throws `read_back_late` when Graph does not show it.
 */
export async function writeDirect({ directId, accountId, do: way, ...run }: DirectWrite): Promise<void> {
  await writeStep(run, { key: DIRECT, groupId: directId, do: way, accountIds: [accountId] });
}

/** Forgets a switch that was taken back, so that nobody brings the person in again. */
export function forgetDirect(tx: Tx, accountId: string): Promise<void> {
  return forgetMembers(tx, DIRECT, [accountId]);
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
