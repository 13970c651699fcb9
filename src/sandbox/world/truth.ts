import type { Account, Employee, Stage } from './draft.ts';
import { registrationOf } from './methods.ts';
import type { CustomerTruth } from './world.ts';

/** What the builder of a tenant knows beside the stage. */
export type Told = {
  tenantId: string;
  companyDomain: string;
  allowedMethods: readonly string[];
  leaves: readonly Employee[];
  directorySync: Account;
  serviceAccounts: readonly Account[];
  sharedMailboxes: readonly Account[];
  breakGlass: readonly Account[];
  ropc: { account: Account; appId: string } | null;
  breakGlassGroupId: string | null;
  exceptionGroupId: string | null;
};

/** Writes down what is so in the tenant, from how it was made and not from how it looks. */
export function customerTruth(stage: Stage, told: Told): CustomerTruth {
  const accountOf = new Map<Employee, Account>();
  const decided = new Set<Employee>();
  for (const account of stage.accounts) {
    if (account.owner === null) continue;
    if (account.standing === 'certain') accountOf.set(account.owner, account);
    if (account.standing === 'certain' || account.standing === 'undecided') decided.add(account.owner);
  }
  const certain = [...accountOf].map(([employee, account]) => ({ employee, account }));
  return {
    tenantId: told.tenantId,
    companyDomain: told.companyDomain,
    matches: certain.map(idsOf),
    suggestible: stage.suggestible.map((pair) => ({ ...idsOf(pair), why: pair.why })),
    forbidden: stage.forbidden.map((pair) => ({ ...idsOf(pair), why: pair.why })),
    people: certain.map((pair) => personRow(stage, told, accountOf, pair)),
    hrWithoutAccount: stage.employees.filter((one) => one.active && !decided.has(one)).map(({ key }) => key),
    futureHires: stage.employees.filter((one) => !one.active && one.hiredDay > 0).map(({ key }) => key),
    ...accountsApart(stage),
    exceptions: exceptionsOf(told, accountOf),
    ropcUser: told.ropc === null ? null : { accountId: told.ropc.account.id, appId: told.ropc.appId },
    declared: {
      breakGlass: told.breakGlass.map(({ id }) => id),
      serviceAccounts: told.serviceAccounts.filter((one) => one !== told.directorySync).map(({ id }) => id),
      exceptionGroupId: told.exceptionGroupId,
      breakGlassGroupId: told.breakGlassGroupId,
    },
    employeeRecords: stage.employees.map(({ key, recordId }) => ({ employeeId: key, recordId })),
    traps: stage.traps.map(({ trap, employee, account }) => ({
      trap,
      employeeId: employee?.key ?? null,
      accountId: account?.id ?? null,
    })),
  };
}

type CertainPair = { employee: Employee; account: Account };

function idsOf({ employee, account }: CertainPair): { employeeId: string; accountId: string } {
  return { employeeId: employee.key, accountId: account.id };
}

function personRow(
  stage: Stage,
  told: Told,
  accountOf: ReadonlyMap<Employee, Account>,
  pair: CertainPair,
): CustomerTruth['people'][number] {
  const { employee, account } = pair;
  const supervisor = employee.supervisor?.active === true ? employee.supervisor : null;
  const manager = supervisor === null ? null : (accountOf.get(supervisor) ?? null);
  const differences: ('department' | 'manager')[] = [];
  if (employee.department !== account.department) differences.push('department');
  if (manager !== account.manager) differences.push('manager');
  return {
    ...idsOf(pair),
    department: employee.department,
    managerAccountId: manager?.id ?? null,
    accountStatus: account.enabled ? 'enabled' : 'disabled',
    enrolment: enrolmentOf(stage, told, account),
    onLeave: told.leaves.includes(employee),
    differences,
  };
}

/** With the premium plan, what the report says at the start (it has no row of a disabled account); else the methods. */
function enrolmentOf(stage: Stage, told: Told, account: Account): 'capable' | 'not' | 'unknown' {
  if (stage.facts.premium && !account.enabled) return 'unknown';
  const known = stage.facts.premium && account.lag !== null ? account.lag.reportedBefore : account.methods;
  return registrationOf(known, told.allowedMethods).isMfaCapable ? 'capable' : 'not';
}

function accountsApart(stage: Stage): Pick<CustomerTruth, 'leaversWithAccount' | 'accountsWithoutHr' | 'undecided'> {
  const result: ReturnType<typeof accountsApart> = { leaversWithAccount: [], accountsWithoutHr: [], undecided: [] };
  for (const account of stage.accounts) {
    const { standing, owner, id } = account;
    if (standing === 'certain') continue;
    if (standing === 'undecided') {
      if (owner !== null) result.undecided.push({ employeeId: owner.key, accountId: id });
      continue;
    }
    result.accountsWithoutHr.push({ accountId: id, class: standing });
    if (standing === 'leaver' && account.enabled && owner !== null) {
      result.leaversWithAccount.push({ employeeId: owner.key, accountId: id });
    }
  }
  return result;
}

function exceptionsOf(told: Told, accountOf: ReadonlyMap<Employee, Account>): CustomerTruth['exceptions'] {
  const row = (kind: CustomerTruth['exceptions'][number]['kind']) => (account: Account) => ({
    accountId: account.id,
    kind,
    directorySync: account === told.directorySync,
  });
  const away = told.leaves.flatMap((employee) => accountOf.get(employee) ?? []);
  return [
    ...told.serviceAccounts.map(row('serviceAccount')),
    ...told.sharedMailboxes.map(row('sharedMailbox')),
    ...away.map(row('onLeave')),
    ...told.breakGlass.map(row('breakGlass')),
  ];
}
