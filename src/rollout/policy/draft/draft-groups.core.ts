/**
 * Who is to be in which group before anything is pushed. Phases are those of the rollout's procedure, before there is one
 * the departments of the master list, where HR's word counts; everyone else has no group, since that phase is
 * include-All. People who must use MFA everywhere already and can answer are carried over at once, into the direct group.
 * Only signed exceptions are carved out, without those whose sign-in is blocked or whose end has come.
 */
import type { ExceptionRow } from '../../exceptions/exception-types.core.ts';
import type { Procedure } from '../../phases/phase-types.core.ts';
import { phaseOf } from '../../phases/procedure.core.ts';
import type { Person } from '../../roster/roster-types.core.ts';
import type { CompiledTenant, Members } from '../evaluator/tenant.core.ts';
import type { GraphObject, Part } from '../graph-json.core.ts';
import { groupKey, type ManagedObject, ownedId } from '../managed-objects.core.ts';
import { groupReference, MANAGED_PREFIX, type ManagedGroup } from '../managed-policies.core.ts';

/** What the customer said of its own accounts and groups. */
export type DeclaredAccounts = {
  breakGlass: readonly string[];
  serviceAccounts: readonly string[];
  exceptionGroupId?: string | null | undefined;
  breakGlassGroupId?: string | null | undefined;
};

export type GroupsInput = {
  tenant: CompiledTenant;
  /** The groups of the directory; absent when they were not read. */
  directory: Part<GraphObject>;
  declared: DeclaredAccounts;
  people: readonly Pick<Person, 'accountId' | 'department' | 'jobTitle' | 'userPrincipalName'>[];
  /** The procedure of the rollout, whose phases have the groups; without one each department is a phase. */
  procedure?: Pick<Procedure, 'phases'> | null | undefined;
  carriedOver: ReadonlySet<string>;
  exceptions: readonly ExceptionRow[];
  /** What earlier pushes made. */
  owned?: readonly ManagedObject[] | undefined;
  /** Today in the customer's time zone, `YYYY-MM-DD`. */
  today: string;
};

/** The phase of people without a department: nobody is passed over. */
const NO_DEPARTMENT = 'Without department';

/** Graph takes 256 characters as the name of a group; the prefix stands before it. */
const PHASE_CHARS_MAX = 200;

type Signable = Pick<ExceptionRow, 'signed' | 'signInBlocked' | 'endsAt'> & { kind: string };

/** The accounts that are carved out today, besides the break-glass accounts, which have a group of their own. */
export function carvedOut<R extends Signable>(exceptions: readonly R[], today: string): R[] {
  return exceptions.filter(
    (row) =>
      row.signed && row.kind !== 'breakGlass' && !row.signInBlocked && (row.endsAt === null || row.endsAt > today),
  );
}

/** Plans every group the two policies speak of: phases by name, then the direct, break-glass and exception group. */
export function planGroups(input: GroupsInput): ManagedGroup[] {
  const { declared, carriedOver, tenant } = input;
  const isKnown = (id: string) => tenant.subjects?.has(id.toLowerCase()) !== false;
  const exempt = carvedOut(input.exceptions, input.today).map((row) => row.accountId);
  return [
    ...phaseGroups(input),
    made(input, { name: 'direct', purpose: 'direct' }, [...carriedOver]),
    ownGroup(
      input,
      { name: 'break-glass', purpose: 'breakGlass' },
      { id: declared.breakGlassGroupId ?? null, wanted: declared.breakGlass.filter(isKnown) },
    ),
    ownGroup(
      input,
      { name: 'exceptions', purpose: 'exceptions' },
      { id: declared.exceptionGroupId ?? null, wanted: exempt },
    ),
  ];
}

function phaseGroups(input: GroupsInput): ManagedGroup[] {
  const { carriedOver } = input;
  return phasesOf(input)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, accountIds }) => {
      const members = accountIds.filter((accountId) => !carriedOver.has(accountId));
      return made(input, { name: `phase - ${plainName(name)}`, purpose: 'phase', phase: name }, members);
    });
}

type PhaseList = { name: string; accountIds: string[] };

function phasesOf({ people, procedure }: GroupsInput): PhaseList[] {
  if (procedure === null || procedure === undefined) return departmentsOf(people);
  const lists = new Map<string, PhaseList>();
  for (const { name, people: filter } of procedure.phases)
    if (filter !== null) lists.set(name, { name, accountIds: [] });
  for (const person of people) lists.get(phaseOf(procedure, person))?.accountIds.push(person.accountId);
  return [...lists.values()];
}

function departmentsOf(people: GroupsInput['people']): PhaseList[] {
  const phases = new Map<string, PhaseList>();
  for (const { accountId, department } of people) {
    const name = plainName(department);
    // Two spellings of one department are one phase: Entra would make two groups that nobody can tell apart.
    const phase = phases.get(name.toLowerCase()) ?? { name, accountIds: [] };
    if (name < phase.name) phase.name = name;
    phase.accountIds.push(accountId);
    phases.set(name.toLowerCase(), phase);
  }
  return [...phases.values()];
}

function plainName(name: string | null): string {
  // Control and direction characters would forge what people read in the admin center.
  const plain = (name ?? '')
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  const short = plain.slice(0, PHASE_CHARS_MAX).toWellFormed();
  return short === '' ? NO_DEPARTMENT : short;
}

type Kind = Pick<ManagedGroup, 'name' | 'purpose'> & { phase?: string };

function created({ name: short, purpose, phase }: Kind, members: readonly string[]): ManagedGroup {
  const name = `${MANAGED_PREFIX} - ${short}`;
  const sorted = [...new Set(members)].sort();
  return {
    reference: groupReference(name),
    name,
    purpose,
    phase: phase ?? null,
    id: null,
    members: sorted,
    add: sorted,
  };
}

/**
 * A group of our own. One that exists keeps its reference, so that making it does not turn the draft into another one;
 * whoever is in it stays: nobody leaves a phase because his department changed.
 */
function made({ tenant, directory, owned }: GroupsInput, kind: Kind, wanted: readonly string[]): ManagedGroup {
  const group = created(kind, wanted);
  const id = ownedId(owned ?? [], groupKey(group)) ?? null;
  // Right after it was made the directory that was read does not know it yet: everybody wanted is in it.
  if (id === null || directory?.some((known) => known.id === id) !== true) return group;
  const present = tenant.membersOf(id.toLowerCase()).ids;
  const spelling = new Map(wanted.map((accountId) => [accountId.toLowerCase(), accountId]));
  const members = new Set([...[...present].map((accountId) => spelling.get(accountId) ?? accountId), ...wanted]);
  const add = group.members.filter((accountId) => !present.has(accountId.toLowerCase()));
  return { ...group, id, members: [...members].sort(), add };
}

/** A group that the customer may have already: whoever is in it is left out too, whatever was signed. */
function ownGroup(
  input: GroupsInput,
  kind: Kind,
  { id, wanted }: { id: string | null; wanted: readonly string[] },
): ManagedGroup {
  if (id === null) return made(input, kind, wanted);
  const { tenant, directory } = input;
  const found = directory?.find((group) => group.id.toLowerCase() === id.toLowerCase());
  const present = tenant.membersOf(id.toLowerCase()).ids;
  const spelling = new Map(wanted.map((accountId) => [accountId.toLowerCase(), accountId]));
  const members = [...new Set([...present].map((accountId) => spelling.get(accountId) ?? accountId)), ...wanted];
  const name = typeof found?.displayName === 'string' ? found.displayName.toWellFormed() : id;
  return {
    reference: id,
    name,
    purpose: kind.purpose,
    phase: null,
    id,
    members: [...new Set(members)].sort(),
    add: wanted.filter((accountId) => !present.has(accountId.toLowerCase())).sort(),
  };
}

/**
 * The tenant with the planned members in their groups, so that a draft can be judged before its groups exist. What was
 * not read of the directory stays not read.
 */
export function withPlannedGroups(tenant: CompiledTenant, planned: readonly ManagedGroup[]): CompiledTenant {
  const groups = new Map(
    planned.map((group) => {
      const ids = new Set(group.members.map((id) => id.toLowerCase()));
      const incomplete = group.id !== null && tenant.membersOf(group.id.toLowerCase()).incomplete;
      const members: Members = { ids, exists: true, incomplete };
      return [group.reference.toLowerCase(), { name: group.name, members }];
    }),
  );
  return {
    ...tenant,
    membersOf: (id) => groups.get(id)?.members ?? tenant.membersOf(id),
    groupName: (id) => groups.get(id)?.name ?? tenant.groupName(id),
  };
}
