/**
 * The draft of the two managed policies as it is put before the engineer: JSON and digests, the groups behind it, the
 * difference to what is live, its effect in a sentence, and everybody who has to be looked at. Drawn from what is
 * stored, before anything exists in the tenant. An approval is bound to the digest over the policies and the people
 * they would touch (S22): whoever comes or goes makes it another draft.
 */
import type { Json } from '../../../lib/canonical-json.ts';
import { digestOf } from '../../../lib/digest.ts';
import type { ExceptionTable } from '../../exceptions/exception-types.core.ts';
import type { Procedure } from '../../phases/phase-types.core.ts';
import type { Person } from '../../roster/roster-types.core.ts';
import { compilePolicies } from '../evaluate.core.ts';
import { type CoverageInput, type CoverageRow, coverage } from '../evaluator/coverage.core.ts';
import { type GraphObject, objectOf, type Part } from '../graph-json.core.ts';
import { type ManagedObject, ownedId, ownedPolicies, replaceReferences } from '../managed-objects.core.ts';
import { drawPolicies, type ManagedGroup, type ManagedName, type ManagedPolicy } from '../managed-policies.core.ts';
import { differenceOf, type PolicyDifference } from '../policy-difference.core.ts';
import { compileBoth, type EffectInput, type EffectRow, effectOf } from './draft-effect.core.ts';
import type { DraftFinding, LicenceFacts } from './draft-finding.core.ts';
import { findingsOf } from './draft-findings.core.ts';
import { carvedOut, type DeclaredAccounts, planGroups, withPlannedGroups } from './draft-groups.core.ts';
import { type Judgement, judgeOneByOne, type KnownAccount } from './draft-judgement.core.ts';
import { type LeftOut, type Sentences, sentenceOf } from './draft-sentence.core.ts';

export type DraftInput = Omit<CoverageInput, 'policies'> & {
  tenantId: string;
  /** The policies of the tenant; null when they were not read. */
  live: readonly GraphObject[] | null;
  directory: Part<GraphObject>;
  declared: DeclaredAccounts;
  /** People of the master list; null when HR was not read. */
  people: readonly Pick<Person, 'accountId' | 'department' | 'jobTitle' | 'userPrincipalName'>[] | null;
  /** The procedure of the rollout; without one each department is a phase. */
  procedure?: Pick<Procedure, 'phases'> | null | undefined;
  /** What is known of each account, by its id. */
  known: ReadonlyMap<string, KnownAccount>;
  table: Pick<ExceptionTable, 'exceptions' | 'breakGlass' | 'unknown'>;
  licence: LicenceFacts;
  /** Ids of the managed policies that exist already. */
  managed?: Partial<Record<ManagedName, string>>;
  /** What earlier pushes made. It is no part of the digest, so that pushing an approved draft leaves it approved. */
  owned?: readonly ManagedObject[];
  /** Today in the customer's time zone, `YYYY-MM-DD`. */
  today: string;
};

/** How many accounts stand how; accounts that are blocked in the directory are counted as such alone. */
export type DraftCounts = { accounts: number; blockedInDirectory: number; stuck: number } & Record<
  EffectRow['change'],
  number
>;

/** A stored shape: a change needs a migration, or drawing anew. */
export type PolicyDraft = Judgement & {
  /** Over both policies, what they replace, and the people they would touch. */
  digest: string;
  policies: ManagedPolicy[];
  groups: ManagedGroup[];
  /** Over the members of every group and the accounts that something changes for. */
  userSet: string;
  sentences: Sentences;
  difference: PolicyDifference[];
  findings: DraftFinding[];
  /** What the reader has to know beside the sentence. */
  notes: string[];
  counts: DraftCounts;
};

export type DrawnDraft = { draft: PolicyDraft; effect: EffectRow[] };

/** Draws the draft. Refuses nothing: what stands against it is among its findings. */
export function drawDraft(input: DraftInput): DrawnDraft {
  const { exceptions } = input.table;
  const groups = planGroups({ ...input, people: input.people ?? [], exceptions, carriedOver: carriedOver(input) });
  const policies = drawPolicies(groups);
  const tenant = withPlannedGroups(input.tenant, groups);
  const judging: EffectInput = { ...input, tenant, draft: draftObject(input, policies[0]) };
  const judged = compileBoth(judging);
  const effect = effectOf(judging, judged);
  const judgement = judgeOneByOne({ ...input, tenant, effect, exceptions, judged });
  const managedIds = ownIds(input);
  const isHrRead = input.people !== null;
  const userSet = userSetOf(groups, effect);
  const { securityDefaultsOn } = input.tenant;
  const draft: PolicyDraft = {
    ...judgement,
    ...{ policies, groups, userSet, notes: NOTES, counts: countsOf(effect, judgement) },
    digest: digestOf({ tenantId: input.tenantId, policies: policies.map((policy) => boundOf(input, policy)), userSet }),
    sentences: sentenceOf({ effect, leftOutOf: createLeftOut(input), securityDefaultsOn, isHrRead }),
    difference: policies.flatMap((policy) => differenceToLive(input, policy, groups)),
    findings: findingsOf({
      ...input,
      ...{ managedIds, groups, policies, effect, judged, judgement, isHrRead, guests: guestsOf(input) },
    }),
  };
  return { draft, effect };
}

const NOTES = [
  'Both policies are born report-only: pushing them changes no sign-in.',
  'A policy for users never reaches service principals, so there is nothing to exclude: what breaks under MFA are user accounts that programs sign in with, and those are carved out by group.',
  'ENFORCE reaches people through groups alone. Groups written as $group:NAME do not exist yet; the push makes them and puts their ids there.',
];

/**
 * Who is asked for MFA at every sign-in already and can answer loses nothing by being carried over at once. Asked by the
 * others' policies: what ENFORCE itself covers was enforced by its phase, and would otherwise move its people into the
 * direct group as soon as the first phase is reached. Whoever is in the direct group stays there.
 */
function carriedOver(input: DraftInput): ReadonlySet<string> {
  const people = new Set((input.people ?? []).map((person) => person.accountId));
  const kept = directMembers(input).filter((id) => people.has(id));
  if (input.live === null) return new Set(kept);
  const own = ownIds(input);
  const others = input.live.filter(({ id }) => !own.has(id));
  const rows = coverage({ ...input, policies: compilePolicies(input.tenant, others) });
  const excluded = new Set([
    ...input.declared.breakGlass,
    ...carvedOut(input.table.exceptions, input.today).map((row) => row.accountId),
  ]);
  const isCarried = (row: CoverageRow) =>
    people.has(row.userId) &&
    row.covered === 'all' &&
    row.enabled === 'yes' &&
    input.known.get(row.userId)?.enrolment === 'capable' &&
    !excluded.has(row.userId);
  return new Set([...kept, ...rows.filter(isCarried).map((row) => row.userId)]);
}

/** Who is in the direct group now, spelled as the accounts are. */
function directMembers({ owned, tenant, users }: DraftInput): string[] {
  const id = ownedId(owned ?? [], 'direct');
  if (id === undefined) return [];
  const { ids } = tenant.membersOf(id.toLowerCase());
  return users.filter((user) => ids.has(user.id.toLowerCase())).map((user) => user.id);
}

function guestsOf({ users }: DraftInput): ReadonlySet<string> {
  return new Set(users.filter(({ userType }) => userType === 'Guest').map(({ id }) => id));
}

/** The objects that are this product's own. */
function ownIds({ managed, owned }: DraftInput): ReadonlySet<string> {
  return new Set([...Object.values(managed ?? {}), ...(owned ?? []).map(({ objectId }) => objectId)]);
}

/** The draft as the evaluator takes it, in place of the policy it replaces. */
function draftObject(input: DraftInput, policy: ManagedPolicy | undefined): GraphObject {
  return { ...objectOf(policy?.json), id: policyIdOf(input, 'ENFORCE') ?? 'draft:ENFORCE' };
}

/** The policy that a managed one replaces, where there is one. */
function policyIdOf({ managed, owned }: DraftInput, name: ManagedName): string | undefined {
  return managed?.[name] ?? ownedPolicies(owned ?? [])[name];
}

function boundOf({ managed }: DraftInput, { name, digest }: ManagedPolicy): Json {
  return { name, id: managed?.[name] ?? 'new', digest };
}

function userSetOf(groups: readonly ManagedGroup[], effect: readonly EffectRow[]): string {
  const changes = effect
    .filter((row) => row.isEnabled && row.change !== 'same')
    .map((row) => `${row.accountId} ${row.change}`)
    .sort();
  const members = groups.map(({ reference, members: ids }): Json => ({ reference, members: ids }));
  return digestOf({ groups: members, changes });
}

function createLeftOut({ declared, table, today }: DraftInput): (accountId: string) => LeftOut {
  const breakGlass = new Set(declared.breakGlass.map((id) => id.toLowerCase()));
  const ends = new Map<string, string | null>();
  // An account with several rows returns when the last of them ends.
  for (const { accountId, endsAt } of carvedOut(table.exceptions, today)) {
    const known = ends.get(accountId);
    ends.set(accountId, known === undefined || endsAt === null ? endsAt : latest(known, endsAt));
  }
  return (accountId) => ({
    kind: breakGlass.has(accountId.toLowerCase()) ? 'breakGlass' : 'other',
    until: ends.get(accountId) ?? null,
  });
}

function latest(known: string | null, endsAt: string): string | null {
  return known === null || known > endsAt ? known : endsAt;
}

function differenceToLive(
  input: DraftInput,
  policy: ManagedPolicy,
  groups: readonly ManagedGroup[],
): PolicyDifference[] {
  const id = policyIdOf(input, policy.name);
  const live = id === undefined ? undefined : input.live?.find((one) => one.id === id);
  const names = new Map(
    groups.flatMap(({ reference, id: groupId, name }) =>
      [reference, groupId ?? reference].map((one) => [one.toLowerCase(), name] as const),
    ),
  );
  const ids = new Map(groups.flatMap(({ reference, id: groupId }) => (groupId === null ? [] : [[reference, groupId]])));
  return differenceOf({
    policy: policy.name,
    live: live ?? null,
    // Where nothing is live yet the draft is shown as it was reviewed.
    draft: objectOf(live === undefined ? policy.json : replaceReferences(policy.json, ids)) ?? {},
    nameOf: (reference) => names.get(reference.toLowerCase()) ?? reference,
  });
}

function countsOf(effect: readonly EffectRow[], judgement: Judgement): DraftCounts {
  const enabled = effect.filter((row) => row.isEnabled);
  const count = (change: EffectRow['change']) => enabled.filter((row) => row.change === change).length;
  return {
    accounts: effect.length,
    blockedInDirectory: effect.length - enabled.length,
    stuck: judgement.stuck.length,
    asked: count('asked'),
    kept: count('kept'),
    more: count('more'),
    less: count('less'),
    blocked: count('blocked'),
    leftOut: count('leftOut'),
    same: count('same'),
    unknown: count('unknown'),
  };
}
