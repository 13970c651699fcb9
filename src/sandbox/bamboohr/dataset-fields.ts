/** What the dataset of employees calls its fields: as the other endpoints do, or by names of its own. */
import type { Employee } from '../state/events.ts';
import type { CompanyState } from '../state/state.ts';
import { type FieldDefinition, fieldCatalogue } from './fields.ts';

/** A field of the dataset; `alias` is how the person's record calls it. */
export type DatasetField = { name: string; alias: string; label: string };

/** Names by the vendor's reference of 2026, for the fields that other endpoints call otherwise. */
const OWN: Readonly<Record<string, string>> = {
  id: 'eeid',
  workEmail: 'email',
  jobTitle: 'jobInformationJobTitle',
  department: 'jobInformationDepartment',
  division: 'jobInformationDivision',
  location: 'jobInformationLocation',
  supervisor: 'jobInformationReportsTo',
  supervisorEId: 'supervisorEid',
  employmentHistoryStatus: 'employmentStatus',
};
/** Those that both call alike. */
const COMMON = new Set([
  ...['employeeNumber', 'firstName', 'lastName', 'middleName', 'preferredName', 'status', 'hireDate'],
  ...['originalHireDate', 'terminationDate', 'workPhone', 'mobilePhone', 'lastChanged'],
]);

const ID: FieldDefinition = { id: 'id', alias: 'id', name: 'Employee ID', type: 'text' };

/** Every field that the dataset has. */
export function datasetFields(company: CompanyState): DatasetField[] {
  const isOwn = company.options.datasetNames === 'own';
  return [ID, ...fieldCatalogue(company)].flatMap(({ alias, name: label }) => {
    if (!isOwn) return [{ name: alias, alias, label }];
    const name = OWN[alias] ?? (COMMON.has(alias) ? alias : undefined);
    return name === undefined ? [] : [{ name, alias, label }];
  });
}

/** A person under the dataset's names, as its filter and its order see him. */
export function datasetRow(employee: Employee, fields: readonly DatasetField[]): Record<string, string | null> {
  return Object.fromEntries(fields.map(({ name, alias }) => [name, employee[alias] ?? null]));
}
