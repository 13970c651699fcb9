import { type Account, type Employee, type Facts, noteTrap, type Pair, type Stage } from './draft.ts';
import { DEPARTMENTS, type Department, JOB_TITLES, LOCATIONS } from './name-tables.ts';
import { createNames, fullName, type PersonName } from './names.ts';
import type { Random } from './random.ts';

/** Shares of the five departments, of which a company of `SHARE_TOTAL` has exactly so many people. */
const DEPARTMENT_SHARES: Readonly<Record<Department, number>> = {
  IT: 12,
  Sales: 58,
  Engineering: 64,
  Operations: 44,
  Finance: 22,
};

const SHARE_TOTAL = Object.values(DEPARTMENT_SHARES).reduce((sum, share) => sum + share, 0);
const PEOPLE_PER_LEAD = 9;
const INITIAL_DOMAIN_SHARE = 0.25;
const OTHER_LOCAL_SHARE = 0.04;
const FIRST_RECORD_ID = 100;
/** Far above every record id, so that an id is never mistaken for another person's number. */
const FIRST_EMPLOYEE_NUMBER = 7_000_001;

/** How many of `size` people each department has: the shares' largest remainders, so that the sum is exact. */
function departmentSizes(size: number): Record<Department, number> {
  const exact = DEPARTMENTS.map((department) => ({
    department,
    share: (DEPARTMENT_SHARES[department] * size) / SHARE_TOTAL,
  }));
  const result = Object.fromEntries(exact.map(({ department, share }) => [department, Math.floor(share)])) as Record<
    Department,
    number
  >;
  let missing = size - Object.values(result).reduce((sum, count) => sum + count, 0);
  for (const { department } of [...exact].sort((a, b) => (b.share % 1) - (a.share % 1))) {
    if (missing <= 0) break;
    result[department] += 1;
    missing -= 1;
  }
  return result;
}

/** Creates a tenant with its active people, everyone with an ordinary account; the stories come afterwards. */
export function createStage(facts: Facts, random: Random): Stage {
  const stage: Stage = {
    facts,
    random,
    names: createNames(random.fork('names')),
    employees: [],
    accounts: [],
    plain: [],
    leads: [],
    absences: [],
    suggestible: [],
    forbidden: [],
    traps: [],
    nextRecord: createRecordNumbers(random.fork('records'), facts.size),
  };
  const heads: Pair[] = [];
  const sizes = departmentSizes(facts.size);
  const pool: Pair[] = [];
  for (const department of DEPARTMENTS) {
    const pairs = Array.from({ length: sizes[department] }, () => makePair(stage, department));
    pool.push(...placeUnderLeads(stage, pairs, heads));
  }
  stage.plain = random.shuffle(pool);
  return stage;
}

/** The first person leads the department, one in nine leads a team; the heads report to the first head. */
function placeUnderLeads(stage: Stage, pairs: Pair[], heads: Pair[]): Pair[] {
  const leadCount = Math.min(pairs.length, 1 + Math.floor(pairs.length / PEOPLE_PER_LEAD));
  const leads = pairs.slice(0, leadCount);
  const head = leads[0];
  if (head === undefined) return [];
  heads.push(head);
  if (heads[0] !== undefined && heads[0] !== head) setManager(head, heads[0]);
  for (const lead of leads.slice(1)) setManager(lead, head);
  stage.leads.push(...leads);
  const others = pairs.slice(leadCount);
  others.forEach((pair, index) => {
    setManager(pair, leads[index % leads.length] ?? head);
  });
  return others;
}

/** HR and the directory both know this manager. */
export function setManager(pair: Pair, manager: Pair): void {
  pair.employee.supervisor = manager.employee;
  pair.account.manager = manager.account;
}

function makePair(stage: Stage, department: Department): Pair {
  const employee = makeEmployee(stage, department);
  const account = makeAccount(stage, employee.name);
  const pair = { employee, account };
  Object.assign(account, { department, jobTitle: employee.jobTitle, owner: employee, standing: 'certain' });
  account.employeeId = employee.key;
  employee.workEmail = account.mail;
  varyUpn(stage, pair);
  stage.employees.push(employee);
  stage.accounts.push(account);
  return pair;
}

/** A row of an active employee with a fresh name, not yet in the company. */
export function makeEmployee(stage: Stage, department: Department): Employee {
  const { random, facts } = stage;
  const { recordId, employeeNumber } = stage.nextRecord();
  const usesNumbers = facts.employeeKey === 'employeeNumber';
  return {
    recordId,
    employeeNumber: usesNumbers ? employeeNumber : null,
    key: usesNumbers ? employeeNumber : recordId,
    name: stage.names.draw(),
    department,
    jobTitle: random.pick(JOB_TITLES),
    location: random.pick(LOCATIONS),
    active: true,
    employmentStatus: random.chance(0.9) ? 'Full-Time' : random.pick(['Part-Time', 'Contractor']),
    hiredDay: -60 - random.int(3000),
    endsDay: null,
    supervisor: null,
    workEmail: null,
  };
}

/** An enabled, licensed member account that belongs to nobody yet, not yet in the directory. */
export function makeAccount(stage: Stage, name: PersonName = stage.names.draw()): Account {
  const { random, names, facts } = stage;
  const address = `${names.localPart(name)}@${facts.domain}`;
  return {
    id: random.uuid(),
    name,
    displayName: fullName(name),
    upn: address,
    mail: address,
    aliases: [],
    employeeId: null,
    department: random.pick(DEPARTMENTS),
    jobTitle: random.pick(JOB_TITLES),
    enabled: true,
    guest: false,
    synced: random.chance(0.7),
    licensed: true,
    purpose: 'user',
    methods: [],
    lag: null,
    createdDay: -30 - random.int(1500),
    manager: null,
    owner: null,
    standing: 'unclassified',
    habit: { kind: 'person' },
  };
}

/**
 * Some sign in with a name other than their mail address: an older local part, or one on the initial domain. As many
 * people as break-glass and sync accounts in proportion have the initial domain, so that it tells nothing.
 */
function varyUpn(stage: Stage, pair: Pair): void {
  const { random, facts, names } = stage;
  const roll = random.next();
  if (roll >= INITIAL_DOMAIN_SHARE + OTHER_LOCAL_SHARE) return;
  const [local = ''] = pair.account.upn.split('@');
  pair.account.upn =
    roll < INITIAL_DOMAIN_SHARE
      ? `${local}@${facts.initialDomain}`
      : `${names.localPart(names.draw())}@${facts.domain}`;
  noteTrap(stage, 'upnOtherThanMail', pair);
}

function createRecordNumbers(random: Random, size: number): Stage['nextRecord'] {
  const numbers = random.shuffle(Array.from({ length: size * 2 + 200 }, (_, index) => index));
  let next = 0;
  return () => {
    const index = next;
    next += 1;
    return {
      recordId: String(FIRST_RECORD_ID + index * 2 + random.int(2)),
      employeeNumber: String(FIRST_EMPLOYEE_NUMBER + (numbers[index] ?? index + numbers.length)),
    };
  };
}
