import type { Json } from '../../lib/canonical-json.ts';
import { isRequested } from '../exceptions/decided-rows.core.ts';
import { digestOfExceptions, exceptionsMarkdown, signable } from '../exceptions/exception-table.core.ts';
import type { ClassDecision, ExceptionRequest, ExceptionTable, ShownRow } from '../exceptions/exception-types.core.ts';
import { classify } from '../exceptions/exceptions.core.ts';
import { markSigned } from '../exceptions/signature.core.ts';
import type { Roster } from '../roster/roster-types.core.ts';
import { required, rosterOf, signInProfiles } from './answers.ts';
import type { Snapshot } from './snapshot-file.ts';

export type ExceptionsAnswer = ExceptionTable & { digest: string; markdown: string };

/** What a live customer adds to a snapshot. */
export type KnownExceptions = {
  /** The rows as they were last shown: their dates and words stay, so that the digest changes only with a fact. */
  shown?: readonly ShownRow[] | undefined;
  /** What people asked for about single people, and what was decided about whole classes. */
  requests?: readonly ExceptionRequest[] | undefined;
  classDecisions?: readonly ClassDecision[] | undefined;
  /** The canonical rows of the table that was signed last; none before a signature. */
  signedRows?: readonly Json[] | undefined;
  /** The master list of the same snapshot, where it was joined before. */
  roster?: (() => Roster) | undefined;
};

/**
 * The exception table of a snapshot with its digest and as Markdown. Refuses with `snapshot_part_missing` without
 * accounts; any other missing part is named in `unknown`.
 */
export function exceptionsOf(snapshot: Snapshot, known: KnownExceptions = {}): ExceptionsAnswer {
  const accounts = required(snapshot, 'users');
  const today = snapshot.takenAt.slice(0, 10);
  const classified = classify({
    today,
    accounts,
    roster: (snapshot.hr ?? null) === null ? null : (known.roster?.() ?? rosterOf(snapshot)),
    mailboxes: snapshot.mailboxes,
    roleAssignments: snapshot.roleAssignments,
    roleGroupMembers: roleGroupMembers(snapshot),
    registration: snapshot.registration,
    methods: snapshot.authenticationMethods,
    signInProfiles: signInProfiles(snapshot),
    declared: snapshot.declared,
    shown: known.shown,
    requests: known.requests,
    classDecisions: known.classDecisions,
    tenantId: snapshot.tenantId,
    defaultOwner: snapshot.declared.approverAccountId,
  });
  const marked = markSigned(classified.exceptions, known.signedRows ?? []);
  // What ended before anybody signed it never counted; what was signed stays as ended, as every other exception does.
  const isOver = (row: (typeof marked)[number]) =>
    isRequested(row) && !row.signed && row.endsAt !== null && row.endsAt <= today;
  const table = { ...classified, exceptions: marked.filter((row) => !isOver(row)) };
  const names = new Map(accounts.map((account) => [account.id, account.displayName ?? null]));
  const markdown = exceptionsMarkdown({ ...signable(table), nameOf: (id) => names.get(id) ?? null });
  return { ...table, digest: digestOfExceptions(table.exceptions), markdown };
}

/** Members of the groups that hold a role, direct ones: role-assignable groups cannot be nested. */
function roleGroupMembers(snapshot: Snapshot): ReadonlyMap<string, readonly string[]> {
  const holders = new Set((snapshot.roleAssignments ?? []).map((assignment) => assignment.principalId));
  const groups = (snapshot.groups ?? []).filter((group) => holders.has(group.id));
  return new Map(groups.map((group) => [group.id, (group.members ?? []).map((member) => member.id)]));
}
