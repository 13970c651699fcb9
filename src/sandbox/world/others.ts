import {
  type Account,
  type Employee,
  type Facts,
  type Habit,
  noteTrap,
  type Pair,
  type Stage,
  takePlain,
} from './draft.ts';
import { DEPARTMENTS } from './name-tables.ts';
import { makeAccount, makeEmployee } from './people.ts';
import { addAccount, timesAt } from './traps.ts';
import type { AccountClass } from './world.ts';

const LEAVE_WORDS = ['Leave of Absence', 'Parental Leave', 'On Leave', 'Medical Leave', 'Maternity Leave'];
const GUEST_DOMAINS = ['alpine.example', 'bellows.example', 'trey.example', 'lucerne.example'];
const SYNC_APP = { appId: 'cb1056e2-e479-49de-ae31-7812af012ed8', appName: 'Microsoft Azure Active Directory Connect' };
const EXCHANGE_APP = { appId: '00000002-0000-0ff1-ce00-000000000000', appName: 'Office 365 Exchange Online' };
const SHARED_MAILBOXES = 4;
const BREAK_GLASS_ACCOUNTS = 2;

/** A client of the customer's own that takes user names and passwords. */
export type LineApp = { appId: string; appName: string };

/** Three people on leave: by employment status, by a long approved absence, and one of either kind. */
export function tellLeaves(stage: Stage): Pair[] {
  const byStatus = [true, false, stage.random.chance(0.5)];
  return byStatus.map((isStatus) => {
    const pair = takePlain(stage);
    const lastDay = 45 + stage.random.int(60);
    if (isStatus) pair.employee.employmentStatus = stage.random.pick(LEAVE_WORDS);
    else stage.absences.push({ employee: pair.employee, firstDay: -30 - stage.random.int(30), lastDay });
    pair.account.habit = { kind: 'none' };
    noteTrap(stage, isStatus ? 'onLeaveByStatus' : 'onLeaveByAbsence', pair);
    return pair;
  });
}

/** Admin accounts beside the ordinary one: one with the same employee id, one with none. They are administrators. */
export function tellSecondAccounts(stage: Stage): Account[] {
  return ['secondAccountSameId', 'secondAccountNoId'].map((trap, index) => {
    const pair = takePlain(stage, ({ employee }) => employee.department === 'IT');
    stage.names.adopt(pair.employee.name);
    const second = cloudOnly(stage, makeAccount(stage, pair.employee.name));
    Object.assign(second, { standing: 'secondAccount', owner: pair.employee, department: 'IT' });
    if (index === 0) second.employeeId = pair.employee.key;
    stage.forbidden.push({ employee: pair.employee, account: second, why: 'secondAccount' });
    noteTrap(stage, trap, { employee: pair.employee, account: second });
    return addAccount(stage, second);
  });
}

/** People who left, with a live, a blocked or no account; what their going left behind with the others. */
export function tellLeavers(stage: Stage): void {
  const { size } = stage.facts;
  for (let index = 0; index < timesAt(size, 5); index++) leaverWithAccount(stage, index);
  for (let index = 0; index < timesAt(size, 2); index++) {
    const { employee, account } = leaverWithAccount(stage, index);
    account.enabled = false;
    account.licensed = false;
    stage.traps.pop();
    noteTrap(stage, 'leaverBlocked', { employee, account });
  }
  for (let index = 0; index < timesAt(size, 8); index++) makeLeaver(stage);
  for (let index = 0; index < timesAt(size, 2); index++) {
    const { employee, account } = takePlain(stage);
    employee.supervisor = makeLeaver(stage);
    account.manager = null;
    noteTrap(stage, 'managerLeft', { employee, account });
  }
  for (let index = 0; index < timesAt(size, 2); index++) reuseAddress(stage, index);
}

function makeLeaver(stage: Stage): Employee {
  const employee = makeEmployee(stage, stage.random.pick(DEPARTMENTS));
  const left = 3 + stage.random.int(300);
  Object.assign(employee, { active: false, employmentStatus: 'Terminated', endsDay: -left });
  employee.hiredDay = -left - 100 - stage.random.int(2000);
  employee.workEmail = `${stage.names.localPart(employee.name)}@${stage.facts.domain}`;
  stage.employees.push(employee);
  return employee;
}

function leaverWithAccount(stage: Stage, index: number): Pair {
  const employee = makeLeaver(stage);
  const account = addAccount(stage, makeAccount(stage, employee.name));
  employee.workEmail = account.mail;
  Object.assign(account, { owner: employee, standing: 'leaver', department: employee.department });
  account.employeeId = index % 3 === 1 ? null : employee.key;
  account.habit = index % 2 === 0 ? { kind: 'none' } : { kind: 'person' };
  noteTrap(stage, 'leaverWithLiveAccount', { employee, account });
  return { employee, account };
}

/** A new colleague was given the address of one who left as an alias. */
function reuseAddress(stage: Stage, index: number): void {
  const leaver = makeLeaver(stage);
  const { employee, account } = takePlain(stage);
  account.aliases.push(leaver.workEmail ?? '');
  if (index % 2 === 0) account.employeeId = null;
  employee.hiredDay = -20;
  stage.forbidden.push({ employee: leaver, account, why: 'reusedAddress' });
  noteTrap(stage, 'addressReused', { employee: leaver, account });
}

/** People hired but not begun: inactive in HR with the end date unset, every second one with an account made early. */
export function tellFutureHires(stage: Stage): void {
  for (let index = 0; index < timesAt(stage.facts.size, 3); index++) {
    const employee = makeEmployee(stage, stage.random.pick(DEPARTMENTS));
    Object.assign(employee, { active: false, hiredDay: 4 + stage.random.int(40) });
    stage.employees.push(employee);
    if (index % 2 === 1) {
      noteTrap(stage, 'futureHire', { employee });
      continue;
    }
    const account = addAccount(stage, makeAccount(stage, employee.name));
    employee.workEmail = account.mail;
    Object.assign(account, { owner: employee, standing: 'futureHire', employeeId: employee.key, createdDay: -2 });
    account.habit = { kind: 'none' };
    noteTrap(stage, 'futureHireWithAccount', { employee, account });
  }
}

/** Guests, rooms, equipment, and accounts of people whom HR does not know. */
export function tellOtherAccounts(stage: Stage): void {
  const { size } = stage.facts;
  for (let index = 0; index < timesAt(size, 8); index++) addGuest(stage, index);
  for (let index = 0; index < timesAt(size, 4); index++) addResource(stage, 'room', index);
  for (let index = 0; index < timesAt(size, 2); index++) addResource(stage, 'equipment', index);
  for (let index = 0; index < timesAt(size, 4); index++) {
    const account = addAccount(stage, makeAccount(stage));
    if (index % 4 === 3) account.habit = { kind: 'none' };
    noteTrap(stage, 'unclassified', { account });
  }
}

function addGuest(stage: Stage, index: number): void {
  const account = makeAccount(stage);
  const [local = ''] = account.upn.split('@');
  const home = stage.random.pick(GUEST_DOMAINS);
  account.mail = `${local}@${home}`;
  account.upn = `${local}_${home}#EXT#@${stage.facts.initialDomain}`;
  Object.assign(account, { guest: true, standing: 'guest', synced: false, licensed: false, purpose: null });
  if (index % 3 === 2) account.habit = { kind: 'none' };
  noteTrap(stage, 'guest', { account: addAccount(stage, account) });
}

function addResource(stage: Stage, kind: 'room' | 'equipment', index: number): void {
  const account = makeAccount(stage);
  Object.assign(account, { standing: kind, purpose: kind, licensed: false, enabled: index % 3 === 2 });
  account.habit = { kind: 'none' };
  noteTrap(stage, kind, { account: addAccount(stage, account) });
}

/** Five service accounts; the first one synchronises the directory and is known by its role alone. */
export function tellServiceAccounts(stage: Stage, app: LineApp): Account[] {
  const ip = () => `198.51.100.${1 + stage.random.int(250)}`;
  const habits: Habit[] = [
    { kind: 'ropc', ...SYNC_APP, ip: ip() },
    ...stage.random.shuffle<Habit>([
      { kind: 'smtp', ...EXCHANGE_APP, ip: ip() },
      { kind: 'smtp', ...EXCHANGE_APP, ip: ip() },
      { kind: 'imap', ...EXCHANGE_APP, ip: ip() },
      { kind: 'ropc', ...app, ip: ip() },
    ]),
  ];
  return habits.map((habit, index) => {
    const account = addException(stage, 'serviceAccount', habit);
    if (index === 0) cloudOnly(stage, account);
    if (habit.kind === 'ropc') Object.assign(account, { mail: null, purpose: null, licensed: false });
    return account;
  });
}

/** Four shared mailboxes, of which the sign-in of at least one is blocked and of at least one is not. */
export function tellSharedMailboxes(stage: Stage): Account[] {
  const blocked = stage.random.shuffle([true, false, stage.random.chance(0.5), stage.random.chance(0.5)]);
  const boxes = blocked.slice(0, SHARED_MAILBOXES).map((isBlocked) => {
    const account = addException(stage, 'sharedMailbox', { kind: 'none' });
    Object.assign(account, { purpose: 'shared', licensed: false, enabled: !isBlocked });
    return account;
  });
  const users = stage.traps.filter(({ trap }) => trap === 'workMailIsShared');
  users.forEach(({ employee }, index) => {
    const box = boxes[(index >> 1) % boxes.length];
    if (employee === null || box === undefined) return;
    employee.workEmail = box.mail;
    stage.forbidden.push({ employee, account: box, why: 'sharedAddress' });
  });
  return boxes;
}

/** Two emergency accounts as the safety rules want them. */
export function tellBreakGlass(stage: Stage): Account[] {
  return Array.from({ length: BREAK_GLASS_ACCOUNTS }, () => {
    const account = cloudOnly(stage, addException(stage, 'breakGlass', { kind: 'rare' }));
    account.methods = ['passKeyDeviceBound'];
    return account;
  });
}

function addException(stage: Stage, standing: AccountClass, habit: Habit): Account {
  const account = addAccount(stage, makeAccount(stage));
  Object.assign(account, { standing, habit });
  noteTrap(stage, standing, { account });
  return account;
}

function cloudOnly(stage: Stage, account: Account): Account {
  Object.assign(account, { upn: onInitialDomain(stage.facts, account.upn), synced: false });
  return Object.assign(account, { mail: null, purpose: null, licensed: false });
}

function onInitialDomain(facts: Facts, upn: string): string {
  return `${upn.split('@')[0] ?? ''}@${facts.initialDomain}`;
}
