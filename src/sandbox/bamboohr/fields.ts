import type { Employee } from '../state/events.ts';
import type { CompanyState } from '../state/state.ts';

export type FieldDefinition = { id: number | string; alias: string; name: string; type: string };

/** The vendor's standard fields (ids as its accounts show them, some of them with a dot). */
const STANDARD: readonly FieldDefinition[] = [
  { id: 1, alias: 'firstName', name: 'First Name', type: 'text' },
  { id: 2, alias: 'lastName', name: 'Last Name', type: 'text' },
  { id: 3, alias: 'hireDate', name: 'Hire Date', type: 'date' },
  { id: 4, alias: 'department', name: 'Department', type: 'list' },
  { id: 5, alias: 'middleName', name: 'Middle Name', type: 'text' },
  { id: 13, alias: 'employeeNumber', name: 'Employee #', type: 'employee_number' },
  { id: 17, alias: 'jobTitle', name: 'Job Title', type: 'list' },
  { id: 18, alias: 'location', name: 'Location', type: 'list' },
  { id: 91, alias: 'supervisor', name: 'Reporting to', type: 'employee' },
  { id: '91.1', alias: 'supervisorId', name: 'Supervisor ID', type: 'text' },
  { id: '91.2', alias: 'supervisorEId', name: 'Supervisor EID', type: 'text' },
  { id: '91.3', alias: 'supervisorEmail', name: "Manager's email", type: 'email' },
  { id: 1350, alias: 'workPhone', name: 'Work Phone', type: 'phone' },
  { id: 1355, alias: 'division', name: 'Division', type: 'list' },
  { id: 1357, alias: 'mobilePhone', name: 'Mobile Phone', type: 'phone' },
  { id: 1358, alias: 'homeEmail', name: 'Home Email', type: 'email' },
  { id: 1360, alias: 'workEmail', name: 'Work Email', type: 'email' },
  { id: 1441, alias: 'terminationDate', name: 'Termination Date', type: 'date' },
  { id: 1520, alias: 'status', name: 'Status', type: 'status' },
  { id: 1610, alias: 'preferredName', name: 'Preferred Name', type: 'text' },
  { id: 1936, alias: 'employmentHistoryStatus', name: 'Employment Status', type: 'list' },
  { id: '4340.4', alias: 'originalHireDate', name: 'Original Hire Date', type: 'date' },
  { id: '4340.5', alias: 'displayName', name: 'Display name', type: 'text' },
  { id: '4340.6', alias: 'lastChanged', name: 'Last changed', type: 'timestamp' },
  { id: '4340.7', alias: 'fullName1', name: 'First Name Last Name', type: 'text' },
];
const CUSTOM_ID = 5000;

/** Every field that the account has: the standard ones and those that its people carry besides. */
export function fieldCatalogue(company: CompanyState): FieldDefinition[] {
  const known = new Set(STANDARD.map((field) => field.alias));
  const others = new Set(company.company.employees.flatMap((employee) => Object.keys(employee)));
  const custom = [...others]
    .filter((name) => name !== 'id' && !known.has(name))
    .map((alias, index) => ({ id: CUSTOM_ID + index, alias, name: alias, type: 'text' }));
  return [...STANDARD, ...custom];
}

/** The fields of a request that exist and that the key's user may see, in the order asked; the others are dropped. */
export function readableFields(company: CompanyState, wanted: readonly string[]): FieldDefinition[] {
  const catalogue = fieldCatalogue(company);
  const hidden = new Set(company.options.hiddenFields);
  return wanted.flatMap((name) => {
    const field = catalogue.find((candidate) => candidate.alias === name || String(candidate.id) === name);
    return field === undefined || hidden.has(field.alias)
      ? []
      : [{ ...field, alias: name === field.alias ? name : field.alias }];
  });
}

/** A person cut to some fields; what is not set is null. */
export function showEmployee(employee: Employee, fields: readonly FieldDefinition[]): Record<string, string | null> {
  return Object.fromEntries(fields.map((field) => [field.alias, employee[field.alias] ?? null]));
}

/** The people of a company that exist for this call. */
export function peopleOf(company: CompanyState, shrinkTo: number | undefined): Employee[] {
  const { employees } = company.company;
  return shrinkTo === undefined ? employees : employees.slice(0, shrinkTo);
}
