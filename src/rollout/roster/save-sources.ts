import { AppError } from '../../lib/errors.ts';
import type { GraphRegistration } from '../../services/graph/wire.ts';
import type { Tx } from '../../store/database.ts';
import { type AccountChange, type AccountPatch, applyAccountChanges } from './account-changes.core.ts';
import { outranks } from './enrolment.core.ts';
import type { EvidenceReading } from './read-evidence.ts';
import {
  daysBefore,
  type Outcome,
  type PeopleReading,
  type RegistrationReading,
  type UsersReading,
} from './read-sources.ts';
import {
  countRows,
  countRowsOf,
  type DatedRow,
  type KeyedRow,
  mergeDays,
  readReadings,
  readRows,
  readRowsOf,
  readWatermark,
  removeRows,
  replaceRows,
  savePart,
  saveReading,
  saveWatermark,
  upsertRows,
} from './roster.store.ts';
import type { Account } from './roster-types.core.ts';
import { blocksByKey, distrustBlocks, type Reckoning, type RowBlock, reckonBlocks } from './save-blocks.ts';
import { acceptSource } from './source-guard.core.ts';

/** The mark of the user delta. */
export const USERS_MARK = 'users.delta';

export type SaveRules = {
  at: Date;
  /** A person said that an empty or shrunk source is true. */
  acceptShrunk: boolean;
  shrinkPercentMax: number;
  shrinkRowsMax: number;
  /** The mark that the reading stands on: another one in the store means that somebody else synced meanwhile. */
  expectedMark: string | undefined;
};

const SIGN_INS_KEPT_DAYS = 30;
/** Another number wherever employees are stored in another form: what is known of older blocks then counts for nothing. */
const HR_BLOCKS = 'hr/1';

type HrRow = { employeeId: string; status: string };

const KNOWN_EMPLOYEES = 'HR employees known before';
const AT_WORK = 'HR employees at work';
const KNOWN_ACCOUNTS = 'Entra accounts known before';
const KNOWN_REGISTRATIONS = 'Registration rows known before';
/** Kinds of which every customer has some: none of them is a fault of the source, the first time as well. */
const NEVER_NONE: ReadonlySet<string> = new Set([AT_WORK, 'Entra accounts']);

/**
 * Takes a reading of people over, in the caller's transaction. Each source stands for itself: what was not read, came
 * empty or shrank stays as it was, and the reading says so. Returns the number of changed rows.
 */
export async function savePeople(tx: Tx, reading: PeopleReading, rules: SaveRules): Promise<number> {
  let changed = await saveHr(tx, reading.hr, rules);
  changed += await saveUsers(tx, reading.users, rules);
  changed += await saveRegistration(tx, reading.registration, rules);
  await saveWhole(tx, 'policies', reading.policies, rules.at);
  if (reading.securityDefaults !== undefined) {
    await saveWhole(tx, 'securityDefaults', reading.securityDefaults, rules.at);
  } else {
    // Told by an enabled policy; the evidence sync replaces it by Graph's own object.
    await saveWhole(tx, 'securityDefaults', { ok: true, value: { isEnabled: false } }, rules.at);
  }
  await saveSignIns(tx, 'legacySignIns', reading.legacySignIns, rules.at);
  return changed;
}

/** Takes a reading of evidence over, part by part. */
export async function saveEvidence(tx: Tx, reading: EvidenceReading, at: Date): Promise<void> {
  const { backgroundSignIns, interactiveSignIns, ...parts } = reading;
  for (const [part, outcome] of Object.entries(parts)) await saveWhole(tx, part, outcome, at);
  await saveSignIns(tx, 'backgroundSignIns', backgroundSignIns, at);
  await saveSignIns(tx, 'interactiveSignIns', interactiveSignIns, at);
}

async function saveHr(tx: Tx, outcome: PeopleReading['hr'], rules: SaveRules): Promise<number> {
  if (!outcome.ok) return keep(tx, 'hr', outcome, rules.at);
  const { employees, absencesKnown, digest } = outcome.value;
  const blocks = () => blocksByKey(keyed(employees), { table: 'hr_employees', version: HR_BLOCKS });
  const reading = { source: 'hr', table: 'hr_employees', blocks, digest: `${HR_BLOCKS} ${digest}` } as const;
  const reckoned = await reckonBlocks(tx, reading);
  const { before, after } = reckoned;
  const atWork = employees.filter(isCurrent).length;
  const refusal = firstRefusal(rules, [
    { kind: 'HR employees', before, after },
    // Other people under other ids in the same number are another company's, or the same under another key.
    { kind: KNOWN_EMPLOYEES, before, after: reckoned.stayed },
    // A report that lost its status column would turn everybody into a leaver without losing a row.
    { kind: AT_WORK, before: await atWorkBefore(tx, reckoned, atWork), after: atWork },
  ]);
  if (refusal !== undefined) return keep(tx, 'hr', refusal, rules.at);
  const why = absencesKnown ? null : 'HR does not show absences to this key: people on leave may stand here as active.';
  await saveReading(tx, { source: 'hr', state: 'read', rows: employees.length, why, code: null, triedAt: rules.at });
  return reckoned.apply();
}

/** How many were at work by the list that is known: told from the rows that change, where they tell everything. */
async function atWorkBefore(tx: Tx, { come, isAll }: Reckoning, atWork: number): Promise<number> {
  if (!isAll) return ((await readRows(tx, 'hr_employees')) as HrRow[]).filter(isCurrent).length;
  const former = (await readRowsOf(
    tx,
    'hr_employees',
    come.map(({ key }) => key),
  )) as HrRow[];
  return atWork - come.filter(({ value }) => isCurrent(value as HrRow)).length + former.filter(isCurrent).length;
}

async function saveUsers(tx: Tx, outcome: Outcome<UsersReading>, rules: SaveRules): Promise<number> {
  if (!outcome.ok) return keep(tx, 'users', outcome, rules.at);
  const reading = outcome.value;
  const mark = await readWatermark(tx, USERS_MARK);
  if (mark !== rules.expectedMark) {
    // What was read may be older than what stands there by now. The job reads again, from the new mark on.
    throw new AppError('overtaken', 'another sync of this customer finished while this one read');
  }
  const before = await accountsKnown(tx);
  const patch = reading.kind === 'changes' ? await patchOf(tx, reading.changes) : undefined;
  const { total, stayed } = patch?.after(before) ?? (await countAll(tx, reading));
  const refusal = firstRefusal(rules, [
    { kind: 'Entra accounts', before, after: total },
    { kind: KNOWN_ACCOUNTS, before, after: stayed },
  ]);
  if (refusal !== undefined) return keep(tx, 'users', refusal, rules.at);
  await saveWatermark(tx, USERS_MARK, reading.mark);
  await saveReading(tx, { source: 'users', state: 'read', rows: total, why: null, code: null, triedAt: rules.at });
  if (reading.kind === 'all') return replaceRows(tx, 'tenant_accounts', byId(oneEach(reading.users, isLater)));
  if (patch === undefined) return 0;
  const removed = await removeRows(tx, 'tenant_accounts', [...patch.removed]);
  return removed + (await upsertRows(tx, 'tenant_accounts', byId([...patch.changed.values()])));
}

async function saveRegistration(tx: Tx, outcome: PeopleReading['registration'], rules: SaveRules): Promise<number> {
  const source = 'registration';
  if (!outcome.ok) return keep(tx, source, outcome, rules.at);
  const reading = outcome.value;
  if (reading.kind === 'notLicensed') {
    const why = 'The registration report needs an Entra ID P1 licence that the tenant does not have.';
    await saveReading(tx, { source, state: 'missing', rows: 0, why, code: 'notLicensed', triedAt: rules.at });
    await distrustBlocks(tx, source);
    return replaceRows(tx, 'tenant_registrations', []);
  }
  const reckoned = await reckonBlocks(tx, {
    ...{ source, table: 'tenant_registrations' },
    blocks: () => registrationBlocks(reading),
    oneEach: (rows) =>
      byId(
        oneEach(
          rows.map(({ value }) => value as GraphRegistration),
          outranks,
        ),
      ),
  });
  const { before, after, stayed } = reckoned;
  const refusal = firstRefusal(rules, [
    { kind: 'Registration rows', before, after },
    { kind: KNOWN_REGISTRATIONS, before, after: stayed },
  ]);
  if (refusal !== undefined) return keep(tx, source, refusal, rules.at);
  await saveReading(tx, { source, state: 'read', rows: after, why: null, code: null, triedAt: rules.at });
  return reckoned.apply();
}

/** Pages as they came are the report's own blocks; rows that came without are put into some. */
function registrationBlocks(value: Exclude<RegistrationReading, { kind: 'notLicensed' }>): RowBlock[] {
  if (value.kind === 'rows')
    return blocksByKey(byId(value.rows), { table: 'tenant_registrations', version: 'registration/1' });
  return value.pages.map(({ digest, rows }) => ({ digest, rows: () => byId(rows()) }));
}

async function saveWhole(tx: Tx, source: string, outcome: Outcome<unknown>, at: Date): Promise<void> {
  if (!outcome.ok) {
    await keep(tx, source, outcome, at);
    return;
  }
  await savePart(tx, { name: source, value: outcome.value, readAt: at });
  const rows = Array.isArray(outcome.value) ? outcome.value.length : 1;
  await saveReading(tx, { source, state: 'read', rows, why: null, code: null, triedAt: at });
}

type SignInOutcome = Outcome<{ kind: 'rows'; rows: DatedRow[] } | { kind: 'notLicensed' }>;

/** New rows join the older ones by id, since windows overlap for rows that arrive late; what is too old goes. */
async function saveSignIns(tx: Tx, source: string, outcome: SignInOutcome, at: Date): Promise<void> {
  if (!outcome.ok) {
    await keep(tx, source, outcome, at);
    return;
  }
  if (outcome.value.kind === 'notLicensed') {
    const why = 'The sign-in log needs an Entra ID P1 licence that the tenant does not have.';
    await saveReading(tx, { source, state: 'missing', rows: 0, why, code: 'notLicensed', triedAt: at });
    return;
  }
  const oldest = daysBefore(at.getTime(), SIGN_INS_KEPT_DAYS);
  const rows = await mergeDays(tx, { name: source, rows: outcome.value.rows, oldest, readAt: at });
  await saveReading(tx, { source, state: 'read', rows, why: null, code: null, triedAt: at });
}

/** Leaves what is stored and notes why; a source of which nothing is in force is missing. */
async function keep(tx: Tx, source: string, reason: Reason, at: Date): Promise<0> {
  const before = (await readReadings(tx)).find((reading) => reading.source === source);
  const isStored = before !== undefined && before.state !== 'missing';
  const rows = isStored ? before.rows : 0;
  await saveReading(tx, { source, state: isStored ? 'kept' : 'missing', rows, ...reason, triedAt: at });
  return 0;
}

type Reason = { code: string; why: string };
type Measure = { kind: string; before: number; after: number };

/** Why a reading is not believed, by the first of its measures that tells; undefined when it is, or a person said so. */
function firstRefusal(rules: SaveRules, measures: readonly Measure[]): Reason | undefined {
  if (rules.acceptShrunk) return undefined;
  const limits = { lossShareMax: rules.shrinkPercentMax / 100, lossRowsMax: rules.shrinkRowsMax };
  for (const { kind, before, after } of measures) {
    const verdict = acceptSource({ previousCount: before, currentCount: after, kind, limits });
    if (!verdict.ok) return { code: verdict.code, why: verdict.sentence };
    if (before === 0 && after === 0 && NEVER_NONE.has(kind)) {
      const why = `${kind}: no rows were returned. Check the source and its permissions, or accept the empty list by hand.`;
      return { code: 'sourceEmpty', why };
    }
  }
  return undefined;
}

/** How many accounts are stored, as the last reading noted it: counting them would look at every one. */
async function accountsKnown(tx: Tx): Promise<number> {
  const last = (await readReadings(tx)).find(({ source }) => source === 'users');
  return last === undefined || last.state === 'missing' ? countRows(tx, 'tenant_accounts') : last.rows;
}

type Counts = { total: number; stayed: number };

async function countAll(tx: Tx, reading: UsersReading): Promise<Counts> {
  const ids = new Set(reading.kind === 'all' ? reading.users.map((user) => user.id) : []);
  return { total: ids.size, stayed: await countRowsOf(tx, 'tenant_accounts', [...ids]) };
}

/** Merges the changes into the rows they are about; `after` counts what the table will hold. */
async function patchOf(
  tx: Tx,
  changes: readonly AccountChange[],
): Promise<AccountPatch & { after(before: number): Counts }> {
  const ids = [...new Set(changes.map((change) => change.id))];
  const rows = (await readRowsOf(tx, 'tenant_accounts', ids)) as Account[];
  const known = new Map(rows.map((account) => [account.id, account]));
  const patch = applyAccountChanges(known, changes);
  const added = [...patch.changed.keys()].filter((id) => !known.has(id)).length;
  return {
    ...patch,
    after: (before) => ({ total: before - patch.removed.size + added, stayed: before - patch.removed.size }),
  };
}

function isCurrent(employee: { status: string }): boolean {
  return employee.status !== 'inactive';
}

/** A list that changes while its pages are read can bring an object twice; one of the two is stored. */
function oneEach<T extends { id: string }>(rows: readonly T[], counts: (row: T, kept: T) => boolean): T[] {
  const chosen = new Map<string, T>();
  for (const row of rows) {
    const kept = chosen.get(row.id);
    if (kept === undefined || counts(row, kept)) chosen.set(row.id, row);
  }
  return [...chosen.values()];
}

/** Of an account that came twice, the later page tells. */
function isLater(): boolean {
  return true;
}

function byId(rows: readonly { id: string }[]): KeyedRow[] {
  return rows.map((row) => ({ key: row.id, value: row }));
}

/** Employees by id; a repeated id is numbered, so that the double is stored and shown instead of lost. */
function keyed(employees: readonly { employeeId: string }[]): KeyedRow[] {
  const seen = new Map<string, number>();
  return employees.map((employee) => {
    const count = (seen.get(employee.employeeId) ?? 0) + 1;
    seen.set(employee.employeeId, count);
    return { key: count === 1 ? employee.employeeId : `${employee.employeeId}#${count}`, value: employee };
  });
}
