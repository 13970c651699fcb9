/** Who of a tenant's accounts is a person, and whether the person is at work on a day, by HR as it stands. */
import { type GraphUser, type SandboxState, type TenantState, textOf } from '../state/state.ts';
import type { BambooCompany } from '../world/world.ts';
import { isWeekend } from './calendar.ts';

type Employee = BambooCompany['employees'][number];

/** `gone`: no person any more, or never one. */
export type Standing = 'atWork' | 'away' | 'gone';

/** The company's people as HR knows them now; read anew for every stretch of life. */
export type Workforce = {
  /** Whether HR has a row for the account, by employee number or id, else by address. */
  knows(user: GraphUser): boolean;
  /** What the account's person does on a date. Visitors are nobody in HR; they come on workdays. */
  standingOn(user: GraphUser | undefined, date: string, isVisitor: boolean): Standing;
};

const NO_PERSON = new Set(['shared', 'room', 'equipment']);

/** Reads the workforce of a tenant: its company in HR stands at the same place of the world as the tenant. */
export function readWorkforce(state: SandboxState, tenant: TenantState): Workforce {
  const company = state.world.bambooCompanies[state.world.tenants.indexOf(tenant.tenant)];
  const byKey = indexOf(company?.employees ?? []);
  const absences = company?.absences ?? [];
  const employeeOf = (user: GraphUser): Employee | undefined => {
    const keys = [textOf(user, 'employeeId'), textOf(user, 'mail'), textOf(user, 'userPrincipalName')];
    return keys.map((key) => (key === '' ? undefined : byKey.get(key.toLowerCase()))).find((one) => one !== undefined);
  };
  const isAbsent = (employee: Employee, date: string) =>
    absences.some(
      ({ type, employeeId, start, end }) =>
        start <= date && date <= end && (type === 'holiday' || employeeId === employee.id),
    );
  return {
    knows: (user) => employeeOf(user) !== undefined,
    standingOn(user, date, isVisitor) {
      if (user === undefined || !isInUse(tenant, user)) return 'gone';
      const employee = employeeOf(user);
      const isHere = employee === undefined ? isVisitor : !hasLeft(employee, date);
      if (!isHere) return 'gone';
      const isFree = employee !== undefined && (isBefore(date, employee.hireDate) || isAbsent(employee, date));
      return isWeekend(date) || isFree ? 'away' : 'atWork';
    },
  };
}

function isInUse({ tenant }: TenantState, user: GraphUser): boolean {
  return user.accountEnabled !== false && !NO_PERSON.has(tenant.mailboxPurposes[user.id] ?? '');
}

function indexOf(employees: readonly Employee[]): Map<string, Employee> {
  const byKey = new Map<string, Employee>();
  for (const field of ['employeeNumber', 'id', 'workEmail']) {
    for (const employee of employees) {
      const key = employee[field]?.toLowerCase() ?? '';
      if (key !== '' && !byKey.has(key)) byKey.set(key, employee);
    }
  }
  return byKey;
}

function hasLeft(employee: Employee, date: string): boolean {
  const end = employee.terminationDate ?? '';
  const hasEnded = /^[1-9]/.test(end) && end < date;
  return hasEnded || (employee.status !== 'Active' && !isBefore(date, employee.hireDate));
}

function isBefore(date: string, other: string | null | undefined): boolean {
  return typeof other === 'string' && /^[1-9]/.test(other) && date < other;
}
