/**
 * The master list: HR's people and Entra's accounts joined in one pass, with both left-overs. An employee id decides,
 * then an address; what is merely alike is suggested to a person and never joined. HR wins over Entra.
 */
import { type AccountFacts, type ClassAnswer, createClassing } from './account-class.core.ts';
import { createEnrolment, type EnrolmentSources } from './enrolment.core.ts';
import { hrRows, TIER } from './hr-rows.core.ts';
import { matchByAddress } from './match-by-address.core.ts';
import { matchById, matchFutureById } from './match-by-id.core.ts';
import { addressKey } from './match-keys.core.ts';
import { accountAt, employeeAt, type MatchState, NONE } from './match-state.core.ts';
import { futureHireRow, personRow, placesOf, type RowContext, rowWithoutAccount, statusOf } from './people.core.ts';
import { countPerson, countRoster, emptyCounts } from './roster-counts.core.ts';
import type {
  Account,
  AccountClass,
  AccountWithoutHr,
  Employee,
  MatchConflict,
  Person,
  Roster,
  RosterCounts,
} from './roster-types.core.ts';
import { rowOrder } from './row-order.core.ts';
import { firstDoubts, suggest } from './suggestions.core.ts';

export type ReconcileInput = EnrolmentSources &
  AccountFacts & {
    /** Which HR system the employees come from; part of every person's id. */
    hrSource: string;
    employees: readonly Employee[];
    accounts: readonly Account[];
    verifiedDomains?: readonly string[] | undefined;
    /** False when the accounts were read without their managers. */
    isManagerRead?: boolean | undefined;
    /** Today in the customer's time zone, `YYYY-MM-DD`. */
    today: string;
  };

/**
 * Joins employees and accounts. The answer does not depend on the order of the input; the rows are ordered by employee
 * id or account id. Nothing is refused: what cannot be decided is listed with its reason.
 */
export function reconcile(input: ReconcileInput): Roster {
  const state = matchById(hrRows(input.employees, input.today), input.accounts);
  matchByAddress(state, TIER.current);
  matchFutureById(state);
  matchByAddress(state, TIER.future);
  const order = rowOrder(state);
  const context: RowContext = {
    state,
    idPrefix: `${input.hrSource}:`,
    isManagerRead: input.isManagerRead ?? true,
    enrolment: createEnrolment(input, state),
    places: placesOf(state, order),
  };
  const counts = emptyCounts();
  const people = peopleByRow(context, counts);
  const rows = {
    ...hrSide(context, order, people),
    ...accountSide(context, input, order),
    conflicts: conflictsOf(state),
  };
  return { ...rows, counts: countRoster(state, rows, counts) };
}

type HrSide = Pick<Roster, 'people' | 'hrWithoutAccount' | 'futureHires'>;

function hrSide(context: RowContext, order: Uint32Array, people: readonly (Person | undefined)[]): HrSide {
  const { state } = context;
  const side: HrSide = { people: [], hrWithoutAccount: [], futureHires: [] };
  const doubts = firstDoubts(state);
  // By index, here and wherever all rows pass: an iterator makes an object of every number.
  for (let place = 0; place < order.length; place += 1) {
    const row = order[place] as number;
    const person = people[row];
    if (person !== undefined) side.people.push(person);
    else if (state.tiers[row] === TIER.future) side.futureHires.push(futureHireRow(context, row));
    else if (state.tiers[row] === TIER.current) {
      side.hrWithoutAccount.push(rowWithoutAccount(context, row, doubts.get(row) ?? whyNone(state, row)));
    }
  }
  return side;
}

/** Made in the order in which the rows lie in memory, which is several times cheaper than in the order of the answer. */
function peopleByRow(context: RowContext, counts: RosterCounts): (Person | undefined)[] {
  const { tiers, accountOf } = context.state;
  const people = new Array<Person | undefined>(tiers.length).fill(undefined);
  for (let row = 0; row < tiers.length; row += 1) {
    if (tiers[row] !== TIER.current || accountOf[row] === NONE) continue;
    const person = personRow(context, row);
    countPerson(counts, person);
    people[row] = person;
  }
  return people;
}

function whyNone(state: MatchState, row: number): string {
  const hasAddress = addressKey(employeeAt(state, row).workEmail) !== '';
  if (state.idIsShared[row] === 1) return 'the employee id stands at more than one person in HR';
  return hasAddress
    ? 'no account bears the employee id or the work e-mail'
    : 'no account bears the employee id, and HR has no work e-mail';
}

function accountSide(
  context: RowContext,
  input: ReconcileInput,
  order: Uint32Array,
): Pick<Roster, 'accountWithoutHr' | 'suggestions'> {
  const { state } = context;
  const classOf = createClassing(state, input);
  const classes = new Map<string, AccountClass>();
  const accountWithoutHr: AccountWithoutHr[] = [];
  for (let position = 0; position < state.accounts.length; position += 1) {
    const row = state.employeeOf[position] as number;
    const account = accountAt(state, position);
    const isOwn = row !== NONE && state.tiers[row] === TIER.current;
    if (isOwn || state.isCopy[position] === 1 || classes.has(account.id)) continue;
    const answer = classOf(position);
    classes.set(account.id, answer.class);
    accountWithoutHr.push(withoutHrRow(context, position, answer));
  }
  const isExcluded = (account: Account) => !SUGGESTABLE.has(classes.get(account.id) ?? 'unclassified');
  return {
    accountWithoutHr: accountWithoutHr.sort((a, b) => (a.accountId < b.accountId ? -1 : 1)),
    suggestions: suggest(state, { order, verifiedDomains: input.verifiedDomains ?? [], isExcluded }),
  };
}

/** Classes of accounts that may turn out to be an employee's own. */
const SUGGESTABLE: ReadonlySet<AccountClass> = new Set(['unclassified', 'guest', 'leaver', 'serviceAccount']);

function withoutHrRow({ state, enrolment }: RowContext, position: number, answer: ClassAnswer): AccountWithoutHr {
  const account = accountAt(state, position);
  const enrolled = enrolment.answerOf(position);
  return {
    accountId: account.id,
    displayName: account.displayName ?? '',
    userPrincipalName: account.userPrincipalName ?? null,
    accountStatus: statusOf(account),
    class: answer.class,
    ...(answer.row === NONE ? {} : { employeeId: employeeAt(state, answer.row).employeeId }),
    why: answer.why,
    enrolment: enrolled.enrolment,
    enrolmentWhy: enrolled.why,
  };
}

function conflictsOf(state: MatchState): MatchConflict[] {
  const conflicts = new Map<string, MatchConflict>();
  for (const { row, account } of state.conflicts) {
    const { employeeId } = employeeAt(state, row);
    const accountId = accountAt(state, state.accountOf[row] as number).id;
    const otherAccountId = accountAt(state, account).id;
    const why = "the employee id is this account's and decides; HR's work e-mail stands at the other account";
    conflicts.set(`${row} ${otherAccountId}`, { employeeId, accountId, otherAccountId, why });
  }
  return [...conflicts.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf(conflict: MatchConflict): string {
  return `${conflict.employeeId} ${conflict.otherAccountId}`;
}
