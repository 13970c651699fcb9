import { type Account, noteTrap, type Pair, renamePair, type Stage, takePlain } from './draft.ts';
import { LABEL_LIKE_NAMES } from './name-tables.ts';
import { fullName, type PersonName, type Script } from './names.ts';
import { makeAccount, makeEmployee, setManager } from './people.ts';

/** A story that makes matching, status or leave harder than it looks, and how often a company of 200 tells it. */
export type Story = { trap: string; per200: number; tell: (stage: Stage, pair: Pair, index: number) => void };

const SCRIPTS: readonly Script[] = ['cyrillic', 'greek', 'cjk', 'arabic'];
const MARKED_NAMES: readonly [string, string][] = [
  ['Łukasz', 'Dąbrowski'],
  ['Søren', 'Öberg'],
  ['François', 'Núñez'],
  ['Zoë', 'Weiß'],
];

/**
 * The stories about active people. The truth of each follows from three rules alone: an employee id that is unique on
 * both sides is certain; otherwise a mail address that is unique on both sides is; a name never is.
 */
export const PEOPLE_STORIES: readonly Story[] = [
  { trap: 'activeWithoutAccount', per200: 3, tell: withoutAccount },
  { trap: 'namesakeIsSomebodyElse', per200: 2, tell: namesake },
  { trap: 'onlyNameAgrees', per200: 3, tell: onlyNameAgrees },
  { trap: 'duplicateIdUndecided', per200: 1, tell: duplicateUndecided },
  { trap: 'duplicateIdMailDecides', per200: 1, tell: duplicateOnStranger },
  { trap: 'twoPeopleOneName', per200: 2, tell: twoPeopleOneName },
  { trap: 'nameInOtherScript', per200: 4, tell: otherScript },
  { trap: 'nameWithMarks', per200: 2, tell: markedName },
  { trap: 'labelLikeName', per200: 4, tell: labelLikeName },
  { trap: 'departmentDiffers', per200: 4, tell: departmentDiffers },
  { trap: 'managerDiffers', per200: 3, tell: managerDiffers },
  { trap: 'aliasIsWorkMail', per200: 3, tell: aliasIsWorkMail },
  { trap: 'mailInOtherCase', per200: 4, tell: mailInOtherCase },
  { trap: 'employeeIdMissing', per200: 6, tell: employeeIdMissing },
  { trap: 'employeeIdWithSpace', per200: 3, tell: employeeIdWithSpace },
  { trap: 'workMailMissing', per200: 2, tell: workMailMissing },
  { trap: 'workMailIsShared', per200: 2, tell: (stage, pair) => noteTrap(stage, 'workMailIsShared', pair) },
  { trap: 'rehired', per200: 1, tell: rehired },
  { trap: 'leavesLater', per200: 1, tell: leavesLater },
  { trap: 'activeButDisabled', per200: 3, tell: activeButDisabled },
  {
    trap: 'shortHoliday',
    per200: 3,
    tell: (stage, pair, index) => absent(stage, pair, 'shortHoliday', [-1 - (index % 2), 2]),
  },
  { trap: 'leaveNotBegun', per200: 1, tell: (stage, pair) => absent(stage, pair, 'leaveNotBegun', [35, 130]) },
  { trap: 'leaveEnded', per200: 1, tell: (stage, pair) => absent(stage, pair, 'leaveEnded', [-120, -9]) },
];

/** How often a company of `size` tells a story that one of 200 tells `per200` times: never not at all. */
export function timesAt(size: number, per200: number): number {
  return Math.max(1, Math.round((per200 * size) / 200));
}

/** Tells every story about active people, each to people about whom nothing else is special. */
export function tellPeopleStories(stage: Stage): void {
  for (const story of PEOPLE_STORIES) {
    for (let index = 0; index < timesAt(stage.facts.size, story.per200); index++) {
      story.tell(stage, takePlain(stage), index);
    }
  }
}

/** Puts a further account into the directory. */
export function addAccount(stage: Stage, account: Account): Account {
  stage.accounts.push(account);
  return account;
}

function dropAccount(stage: Stage, account: Account): void {
  const index = stage.accounts.lastIndexOf(account);
  if (index >= 0) stage.accounts.splice(index, 1);
}

function withoutAccount(stage: Stage, { employee, account }: Pair, index: number): void {
  dropAccount(stage, account);
  employee.hiredDay = -1 - stage.random.int(12);
  if (index % 2 === 1) employee.workEmail = null;
  noteTrap(stage, 'activeWithoutAccount', { employee });
}

function namesake(stage: Stage, { employee, account }: Pair): void {
  dropAccount(stage, account);
  employee.workEmail = null;
  const stranger = addAccount(stage, makeAccount(stage, copyOf(stage, employee.name)));
  stage.forbidden.push({ employee, account: stranger, why: 'namesake' });
  noteTrap(stage, 'namesakeIsSomebodyElse', { employee, account: stranger });
}

/** The mail HR knows is missing or long dead, the directory has no employee id: a person has to say so. */
function onlyNameAgrees(stage: Stage, pair: Pair, index: number): void {
  const { employee, account } = pair;
  account.employeeId = null;
  account.standing = 'undecided';
  const former = `${stage.names.localPart(employee.name)}@${stage.facts.aliasDomain}`;
  employee.workEmail = index % 2 === 0 ? null : former;
  stage.suggestible.push({ ...pair, why: 'nameOnly' });
  noteTrap(stage, 'onlyNameAgrees', pair);
}

function duplicateUndecided(stage: Stage, pair: Pair): void {
  const { employee, account } = pair;
  account.standing = 'undecided';
  employee.workEmail = null;
  const second = addAccount(stage, makeAccount(stage, copyOf(stage, employee.name)));
  Object.assign(second, { employeeId: employee.key, standing: 'secondAccount', owner: employee });
  stage.suggestible.push({ ...pair, why: 'duplicateId' }, { employee, account: second, why: 'duplicateId' });
  noteTrap(stage, 'duplicateIdUndecided', pair);
  noteTrap(stage, 'duplicateIdUndecided', { employee, account: second });
}

function duplicateOnStranger(stage: Stage, pair: Pair): void {
  const stranger = addAccount(stage, makeAccount(stage));
  stranger.employeeId = pair.employee.key;
  stage.forbidden.push({ employee: pair.employee, account: stranger, why: 'idOnStranger' });
  noteTrap(stage, 'duplicateIdMailDecides', pair);
}

function twoPeopleOneName(stage: Stage, pair: Pair, index: number): void {
  const other = takePlain(stage, ({ employee }) => employee.department !== pair.employee.department);
  renamePair(stage, other, copyOf(stage, pair.employee.name));
  if (index % 2 === 1) {
    pair.account.employeeId = null;
    other.account.employeeId = null;
  }
  stage.forbidden.push({ employee: pair.employee, account: other.account, why: 'namesake' });
  stage.forbidden.push({ employee: other.employee, account: pair.account, why: 'namesake' });
  noteTrap(stage, 'twoPeopleOneName', pair);
  noteTrap(stage, 'twoPeopleOneName', other);
}

/** The directory writes half of these names in Latin letters, so that not even the name agrees. */
function otherScript(stage: Stage, pair: Pair, index: number): void {
  const name = stage.names.drawInScript(SCRIPTS[index % SCRIPTS.length] ?? 'greek');
  renamePair(stage, pair, name);
  if (stage.random.chance(0.5)) {
    const latin = { ...name, first: capital(name.latinFirst), last: capital(name.latinLast) };
    pair.account.name = latin;
    pair.account.displayName = fullName(latin);
  }
  noteTrap(stage, 'nameInOtherScript', pair);
}

/** HR stores the name decomposed, the directory composed: equal to the eye, different in bytes. */
function markedName(stage: Stage, pair: Pair, index: number): void {
  const [first, last] = MARKED_NAMES[index % MARKED_NAMES.length] ?? ['Zoë', 'Weiß'];
  const drawn = stage.names.drawWithLast(last);
  const name = { ...drawn, first: `${first}-${drawn.first}` };
  renamePair(stage, pair, name);
  pair.employee.name = { ...name, first: name.first.normalize('NFD'), last: name.last.normalize('NFD') };
  noteTrap(stage, 'nameWithMarks', pair);
}

function labelLikeName(stage: Stage, pair: Pair, index: number): void {
  renamePair(stage, pair, stage.names.drawWithLast(LABEL_LIKE_NAMES[index % LABEL_LIKE_NAMES.length] ?? 'Service'));
  noteTrap(stage, 'labelLikeName', pair);
}

function departmentDiffers(stage: Stage, pair: Pair): void {
  const others = (['IT', 'Sales', 'Engineering', 'Operations', 'Finance'] as const).filter(
    (department) => department !== pair.employee.department,
  );
  pair.account.department = stage.random.pick(others);
  noteTrap(stage, 'departmentDiffers', pair);
}

function managerDiffers(stage: Stage, pair: Pair): void {
  const other = stage.random.pick(stage.leads.filter((lead) => lead.employee !== pair.employee.supervisor));
  const known = pair.employee.supervisor;
  setManager(pair, other);
  pair.employee.supervisor = known;
  noteTrap(stage, 'managerDiffers', pair);
}

/** HR keeps an address that the mailbox only has as an alias. */
function aliasIsWorkMail(stage: Stage, { employee, account }: Pair, index: number): void {
  const alias = `${stage.names.localPart(employee.name)}@${stage.facts.aliasDomain}`;
  account.aliases.push(alias);
  employee.workEmail = alias;
  if (index % 2 === 0) account.employeeId = null;
  noteTrap(stage, 'aliasIsWorkMail', { employee, account });
}

function mailInOtherCase(stage: Stage, { employee, account }: Pair, index: number): void {
  const mail = account.mail ?? account.upn;
  if (index % 2 === 0) {
    employee.workEmail = mail.toUpperCase();
    account.employeeId = null;
  } else {
    account.mail = mail.replace(/^./, (letter) => letter.toUpperCase());
    account.upn = account.upn.replace(/^./, (letter) => letter.toUpperCase());
  }
  noteTrap(stage, 'mailInOtherCase', { employee, account });
}

function employeeIdMissing(stage: Stage, pair: Pair): void {
  pair.account.employeeId = null;
  noteTrap(stage, 'employeeIdMissing', pair);
}

/** One of them has no address in HR either, so that only the trimmed id decides. */
function employeeIdWithSpace(stage: Stage, { employee, account }: Pair, index: number): void {
  account.employeeId = [`${employee.key} `, ` ${employee.key}`, `\t${employee.key} `][index % 3] ?? employee.key;
  if (index % 3 === 0) employee.workEmail = null;
  noteTrap(stage, 'employeeIdWithSpace', { employee, account });
}

function workMailMissing(stage: Stage, pair: Pair): void {
  pair.employee.workEmail = null;
  noteTrap(stage, 'workMailMissing', pair);
}

/** The old employment stands in HR as a second, inactive row with the same address. */
function rehired(stage: Stage, pair: Pair): void {
  const former = makeEmployee(stage, pair.employee.department);
  Object.assign(former, { name: pair.employee.name, workEmail: pair.employee.workEmail, active: false });
  Object.assign(former, { employmentStatus: 'Terminated', hiredDay: -2400, endsDay: -900 });
  pair.employee.hiredDay = -200;
  stage.employees.push(former);
  stage.forbidden.push({ employee: former, account: pair.account, why: 'formerEmployment' });
  noteTrap(stage, 'rehired', pair);
}

function leavesLater(stage: Stage, pair: Pair): void {
  pair.employee.endsDay = 25;
  noteTrap(stage, 'leavesLater', pair);
}

function activeButDisabled(stage: Stage, pair: Pair): void {
  pair.account.enabled = false;
  pair.account.habit = { kind: 'none' };
  noteTrap(stage, 'activeButDisabled', pair);
}

function absent(stage: Stage, pair: Pair, trap: string, [firstDay, lastDay]: [number, number]): void {
  stage.absences.push({ employee: pair.employee, firstDay, lastDay });
  noteTrap(stage, trap, pair);
}

function copyOf(stage: Stage, name: PersonName): PersonName {
  stage.names.adopt(name);
  return name;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
