import { type Absence, dateOf, type Employee, instantOf, type Stage } from './draft.ts';
import { fullName } from './names.ts';
import type { BambooCompany } from './world.ts';

const UNSET_DATE = '0000-00-00';

/** Writes the employees as BambooHR gives them: every value a string or null, unset dates as zeros. */
export function bambooCompany(stage: Stage, domain: string): BambooCompany {
  const random = stage.random.fork('hr');
  const employees = random.shuffle(stage.employees);
  return {
    domain,
    apiKey: random.hex(40),
    employees: employees.map((employee) => bambooEmployee(stage, employee)),
    absences: [...stage.absences.map((absence, index) => timeOff(stage, absence, index)), ...holidays(stage)],
    lastChanged: Object.fromEntries(
      employees.map((employee) => {
        const action = employee.endsDay === null ? ('Inserted' as const) : ('Updated' as const);
        return [employee.recordId, { action, at: lastChange(stage, employee) }] as const;
      }),
    ),
  };
}

function bambooEmployee(stage: Stage, employee: Employee): BambooCompany['employees'][number] {
  const { facts } = stage;
  const { first, last } = employee.name;
  const hireDate = dateOf(facts, employee.hiredDay);
  return {
    id: employee.recordId,
    employeeNumber: employee.employeeNumber,
    firstName: first,
    middleName: null,
    lastName: last,
    preferredName: null,
    displayName: `${first} ${last}`,
    fullName1: `${first} ${last}`,
    fullName2: `${last}, ${first}`,
    fullName4: `${last}, ${first}`,
    fullName5: `${first} ${last}`,
    jobTitle: employee.jobTitle,
    department: employee.department,
    division: null,
    location: employee.location,
    status: employee.active ? 'Active' : 'Inactive',
    employmentHistoryStatus: employee.employmentStatus,
    employmentStatusName: employee.employmentStatus,
    hireDate,
    originalHireDate: UNSET_DATE,
    terminationDate: employee.endsDay === null ? UNSET_DATE : dateOf(facts, employee.endsDay),
    ...supervisorFields(employee.supervisor),
    workEmail: employee.workEmail,
    homeEmail: null,
    bestEmail: employee.workEmail,
    workPhone: null,
    workPhoneExtension: null,
    mobilePhone: null,
    homePhone: null,
    country: facts.country,
    city: facts.city,
    isPhotoUploaded: 'false',
    lastChanged: lastChange(stage, employee).replace('Z', '+00:00'),
  };
}

/** A row changes when somebody is hired and when an end is entered; nothing changes in the future. */
function lastChange(stage: Stage, employee: Employee): string {
  return instantOf(stage.facts, Math.min(-0.1, employee.endsDay ?? employee.hiredDay));
}

/** `supervisorId` is the supervisor's employee number, `supervisorEId` the id of the record: the vendor's own trap. */
function supervisorFields(supervisor: Employee | null): Record<string, string | null> {
  if (supervisor === null) {
    return { supervisor: null, supervisorId: null, supervisorEId: null, supervisorEmail: null };
  }
  return {
    supervisor: `${supervisor.name.last}, ${supervisor.name.first}`,
    supervisorId: supervisor.employeeNumber,
    supervisorEId: supervisor.recordId,
    supervisorEmail: supervisor.workEmail,
  };
}

function timeOff(stage: Stage, absence: Absence, index: number): BambooCompany['absences'][number] {
  return {
    id: String(4000 + index),
    type: 'timeOff',
    employeeId: absence.employee.recordId,
    name: fullName(absence.employee.name),
    start: dateOf(stage.facts, absence.firstDay),
    end: dateOf(stage.facts, absence.lastDay),
  };
}

function holidays(stage: Stage): BambooCompany['absences'] {
  return [9, 60].map((day, index) => {
    const date = dateOf(stage.facts, day);
    return { id: String(90 + index), type: 'holiday', name: 'Company holiday', start: date, end: date };
  });
}
